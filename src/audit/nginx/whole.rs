//! The files of one nginx as it reads them: what is included stands where its `include` does.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Finding;
use super::super::judged_file::{Found, JudgedFile};
use super::pattern;
use super::{File, Unread};
use crate::directives::{Directive, Malformed, directives};

/// A configuration. The offsets of its directives count through all its files.
pub(super) struct Whole<'a> {
    /// Each file with the offset at which it begins.
    files: Vec<(usize, JudgedFile<'a>)>,
    /// What stands in each file that no other includes, with what it includes.
    pub(super) trees: Vec<Vec<Directive>>,
    /// What is included and is not among the files, sorted.
    pub(super) unseen: Vec<String>,
}

/// Includes in includes that anybody writes.
const DEEP: usize = 8;

/// Directives that includes may add to one configuration: more is a bomb.
const MANY: usize = 20_000;

impl<'a> Whole<'a> {
    /// Put the files together; those that could not be read, each with why.
    pub(super) fn read(files: &[File<'a>]) -> (Self, Vec<Unread<'a>>) {
        let (mut parsed, mut judged, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        let mut begin = 0;
        for file in files {
            match directives(file.text) {
                Ok(mut tree) => {
                    shift(&mut tree, begin);
                    parsed.push((file.path, tree));
                    judged.push((begin, JudgedFile::new(file.text, file.source)));
                    begin += file.text.len() + 1;
                }
                Err(Malformed { offset, why }) => {
                    let at = JudgedFile::new(file.text, file.source).position(offset);
                    unread.push(Unread { path: file.path, at, why });
                }
            }
        }
        let mut joining = Joining {
            parsed: &parsed,
            named: BTreeMap::new(),
            used: BTreeSet::new(),
            left: MANY,
            unseen: BTreeSet::new(),
        };
        let included: BTreeSet<usize> =
            parsed.iter().flat_map(|(_, tree)| joining.included_in(tree)).collect();
        let all = || 0..parsed.len();
        let mut trees = Vec::new();
        // Files that include each other in a ring have nobody above them: they follow at last.
        for number in all().filter(|number| !included.contains(number)).chain(all()) {
            if !joining.used.contains(&number) {
                trees.push(joining.file(number, &mut Vec::new()));
            }
        }
        let unseen = joining.unseen.into_iter().collect();
        (Self { files: judged, trees, unseen }, unread)
    }

    /// A finding, in the file in which it stands.
    pub(super) fn finding(&self, found: Found, start: usize) -> Option<Finding> {
        let number = self.files.partition_point(|(begin, _)| *begin <= found.offset);
        let (begin, file) = self.files.get(number.checked_sub(1)?)?;
        let found = Found { offset: found.offset - begin, ..found };
        Some(file.finding(found, start.saturating_sub(*begin)))
    }
}

struct Joining<'p, 'a> {
    parsed: &'p [(&'a str, Vec<Directive>)],
    /// Paths of includes, each with the files and how many directives stand in them.
    named: BTreeMap<String, (Vec<usize>, usize)>,
    /// Files that stand somewhere.
    used: BTreeSet<usize>,
    /// How many more directives includes may add.
    left: usize,
    unseen: BTreeSet<String>,
}

impl Joining<'_, '_> {
    /// The files that an `include` names, and how many directives stand in them; none for another
    /// directive. Each path is looked for once.
    fn named(&mut self, directive: &Directive) -> (Vec<usize>, usize) {
        let ("include", [path]) = (directive.name(), directive.arguments()) else {
            return (Vec::new(), 0);
        };
        if let Some(named) = self.named.get(path) {
            return named.clone();
        }
        let pattern = pattern::absolute(path);
        let files = self.parsed.iter().enumerate();
        let named: Vec<_> =
            files.filter(|(_, (file, _))| pattern::is_matched(&pattern, file)).collect();
        let size = named.iter().map(|(_, (_, tree))| count(tree)).sum();
        let named = (named.into_iter().map(|(number, _)| number).collect(), size);
        self.named.insert(path.clone(), named.clone());
        named
    }

    fn included_in(&mut self, tree: &[Directive]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for directive in tree {
            found.extend(self.named(directive).0);
            found.extend(self.included_in(directive.block()));
        }
        found
    }

    /// A file with what it includes; `around` are the files that lead to it.
    fn file(&mut self, number: usize, around: &mut Vec<usize>) -> Vec<Directive> {
        self.used.insert(number);
        let parsed = self.parsed;
        let Some((_, tree)) = parsed.get(number) else { return Vec::new() };
        around.push(number);
        let joined = self.block(tree, around);
        around.pop();
        joined
    }

    fn block(&mut self, tree: &[Directive], around: &mut Vec<usize>) -> Vec<Directive> {
        let mut joined = Vec::with_capacity(tree.len());
        for directive in tree {
            let (files, added) = self.named(directive);
            if files.is_empty() {
                self.unseen.extend(pattern::unseen(directive));
                let inside = directive.inside.as_ref().map(|block| self.block(block, around));
                let (words, offset) = (directive.words.clone(), directive.offset);
                joined.push(Directive { words, inside, offset });
                continue;
            }
            if around.len() >= DEEP || self.left < added {
                joined.push(directive.clone());
                continue;
            }
            self.left -= added;
            for number in files {
                // nginx refuses a file that includes itself.
                if !around.contains(&number) {
                    joined.extend(self.file(number, around));
                }
            }
        }
        joined
    }
}

fn count(tree: &[Directive]) -> usize {
    tree.iter().map(|directive| 1 + count(directive.block())).sum()
}

fn shift(tree: &mut [Directive], by: usize) {
    for directive in tree {
        directive.offset += by;
        shift(directive.inside.as_deref_mut().unwrap_or_default(), by);
    }
}
