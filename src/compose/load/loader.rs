//! One run of the loader: the files it has read, and the phases that turn them into one tree.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::canonical::{Mode, canonical, defaults};
use super::conform::conform;
use super::interpolate::interpolate;
use super::merge::{merge, reset};
use super::pass_through::pass_through;
use super::path::Path;
use super::relative::rebase;
use super::schema::PROJECT;
use super::tree::{as_text, get_mut, map, remove};
use super::unique::unique;
use super::{Files, Unreadable, dotenv, foreign};
use crate::diagnostic::{Diagnostic, Position, Problems, SourceId, Sources, quoted};
use crate::yaml::{Document, Mark, Node, Value, parse_documents};

/// Most files of one project; the largest known has some dozens.
const MAX_FILES: usize = 500;
/// Most text of one project, in bytes.
const MAX_TEXT: usize = 32 << 20;

/// One run.
pub(super) struct Loader<'a> {
    pub(super) files: &'a dyn Files,
    /// Folder of the project.
    pub(super) root: Utf8PathBuf,
    pub(super) sources: &'a mut Sources,
    pub(super) problems: &'a mut Problems,
    /// True where variables take their values.
    pub(super) interpolated: bool,
    /// What `~` stands for.
    pub(super) home: Option<String>,
    /// Names of variables that the files use.
    pub(super) variables: BTreeSet<String>,
    /// Files read so far.
    pub(super) read: Vec<Utf8PathBuf>,
    pub(super) text: usize,
}

/// Where the files of one model stand and what they see.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// Folder of relative paths.
    pub(super) folder: Utf8PathBuf,
    /// Values of variables.
    pub(super) environment: BTreeMap<String, String>,
    /// Files that are being included, the outermost first.
    pub(super) included: Vec<Utf8PathBuf>,
}

/// What is left out for a file whose services are only extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Base,
}

impl Loader<'_> {
    /// Several files as one tree, each laid over those before it. `base` is put before relative
    /// paths.
    pub(super) fn model(
        &mut self,
        files: &[(Utf8PathBuf, Position)],
        scope: &Scope,
        base: Option<&str>,
    ) -> Option<Node> {
        let mut tree = None;
        for (file, asked) in files {
            tree = Some(self.file(file, *asked, scope, tree, Part::Whole)?.0);
        }
        let mut tree = tree?;
        defaults(&mut tree, &Path::ROOT, self.problems);
        if let Some(base) = base {
            rebase(&mut tree, base, self.home.as_deref());
        }
        if self.interpolated {
            pass_through(&mut tree, &scope.environment);
        }
        Some(tree)
    }

    /// One file laid over `tree`, and what its last document marks.
    pub(super) fn file(
        &mut self,
        file: &Utf8Path,
        asked: Position,
        scope: &Scope,
        mut tree: Option<Node>,
        part: Part,
    ) -> Option<(Node, Vec<Mark>)> {
        let (source, text) = self.source(file, asked)?;
        let before = self.problems.len();
        let documents = parse_documents(source, &text, self.problems);
        let mut marks = Vec::new();
        for document in documents {
            let (node, marked) = self.document(document, file, scope, tree.take(), part);
            tree = Some(node);
            marks = marked;
        }
        if self.problems.len() > before && tree.is_none() {
            return None;
        }
        let start = Position { source, line: 1, column: 1, ..Position::default() };
        Some((tree.unwrap_or_else(|| map(Vec::new(), start)), marks))
    }

    fn document(
        &mut self,
        document: Document,
        file: &Utf8Path,
        scope: &Scope,
        tree: Option<Node>,
        part: Part,
    ) -> (Node, Vec<Mark>) {
        let Document { mut node, marks } = document;
        let mut tree = tree.unwrap_or_else(|| map(Vec::new(), node.at));
        if node.mapping().is_none() {
            let message = format!("expected a map of Compose's keys, found {}", node.kind());
            self.problems.add(Diagnostic::at(node.at, "wrong-type", message));
            return (tree, marks);
        }
        if foreign::is_version_one(&node, self.problems) {
            return (tree, marks);
        }
        for mark in marks.iter().filter(|mark| mark.reset) {
            reset(&mut node, &mark.path);
        }
        if self.interpolated {
            let value = |name: &str| scope.environment.get(name).cloned();
            interpolate(&mut node, &value, &mut self.variables, self.problems);
        }
        if part == Part::Whole {
            self.include(&mut node, file, scope, &marks);
        }
        marks.iter().for_each(|mark| reset(&mut tree, &mark.path));
        if part == Part::Whole {
            self.extend(&mut node, file, scope, &marks);
        }
        let mut tree = merge(tree, node, &Path::ROOT, self.problems);
        unique(&mut tree, &Path::ROOT);
        if part == Part::Whole {
            conform(&tree, &PROJECT, self.problems);
            remove(&mut tree, "version");
        }
        let mode = Mode { lenient: !self.interpolated };
        canonical(&mut tree, &Path::ROOT, mode, self.problems);
        without_empty_resolvers(&mut tree);
        unique(&mut tree, &Path::ROOT);
        (tree, marks)
    }

    /// The text of a model, remembered for excerpts where whoever runs this named it or it is part
    /// of the project: what a project names elsewhere may be anything of this machine.
    pub(super) fn source(
        &mut self,
        file: &Utf8Path,
        asked: Position,
    ) -> Option<(SourceId, String)> {
        let inside = file
            .strip_prefix(&self.root)
            .is_ok_and(|rest| !rest.components().any(|part| part == Utf8Component::ParentDir));
        let shown = asked.line == 0 || inside && !self.files.is_link(file);
        let text = self.text_of(file, asked)?;
        let id = match shown {
            true => self.sources.add(file.as_str(), text.as_str()),
            false => self.sources.add_hidden(file.as_str(), text.as_str()),
        };
        Some((id, text))
    }

    /// The text of a file of settings, of which no line is shown.
    pub(super) fn settings_source(
        &mut self,
        file: &Utf8Path,
        asked: Position,
    ) -> Option<(SourceId, String)> {
        let text = self.text_of(file, asked)?;
        Some((self.sources.add_hidden(file.as_str(), text.as_str()), text))
    }

    fn text_of(&mut self, file: &Utf8Path, asked: Position) -> Option<String> {
        let refused = |why: String| {
            let message = format!("the file {} cannot be read: {why}", quoted(file.as_str()));
            match asked.line {
                0 => Diagnostic::nowhere("file-unreadable", message),
                _ => Diagnostic::at(asked, "file-unreadable", message),
            }
        };
        if self.read.len() >= MAX_FILES || self.text > MAX_TEXT {
            self.problems.add(refused("the project has more files than are read".to_owned()));
            return None;
        }
        match self.files.read(file) {
            Ok(text) => {
                self.text += text.len();
                self.read.push(file.to_owned());
                Some(text)
            }
            Err(why) => {
                self.problems.add(refused(why.to_string()));
                None
            }
        }
    }

    /// Values of env files, later ones over earlier ones. `environment` is asked first.
    pub(super) fn env_files(
        &mut self,
        files: &[(Utf8PathBuf, Position)],
        environment: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut values = dotenv::Values::new();
        for (file, asked) in files {
            if let Some((source, text)) = self.settings_source(file, *asked) {
                let outside = |name: &str| environment.get(name).cloned();
                dotenv::read(source, &text, &mut values, &outside, self.problems);
            }
        }
        values.into_iter().map(|(name, (value, _))| (name, value)).collect()
    }

    /// `.env` of a folder, where there is one.
    pub(super) fn default_env_file(&self, folder: &Utf8Path) -> Option<Utf8PathBuf> {
        let file = folder.join(".env");
        let missing = [Unreadable::Missing, Unreadable::NotAFile];
        let there = !self.files.read(&file).is_err_and(|why| missing.contains(&why));
        there.then_some(file)
    }
}

/// Compose leaves out name servers without an address.
fn without_empty_resolvers(tree: &mut Node) {
    let Some(Value::Mapping(services)) = get_mut(tree, "services").map(|node| &mut node.value)
    else {
        return;
    };
    for (_, service) in services {
        if let Some(Value::Sequence(items)) = get_mut(service, "dns").map(|node| &mut node.value) {
            items.retain(|item| !item.is_null() && as_text(item) != Some(""));
        }
    }
}
