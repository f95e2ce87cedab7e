//! Judging nginx configurations by what the drawn gateway keeps.
//!
//! Few rules, and exact ones. What a file does not say may stand in another: what is lacking is
//! told only of a whole set of files, and only where nothing is included that is not among them.

mod context;
mod lacking;
mod pattern;
mod rules;
#[cfg(test)]
mod tests;
mod whole;

pub use pattern::fits;

use super::Finding;
use crate::diagnostic::{Position, SourceId};
use crate::directives::{Directive, directives};
use whole::Whole;

/// One file of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// The path that includes name: `/etc/nginx/conf.d/site.conf`.
    pub path: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The source that its positions name.
    pub source: SourceId,
}

/// What is known of a whole configuration beside its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Configuration {
    /// True where its files are all that nginx reads, beside those of its image.
    pub is_whole: bool,
    /// True where clients reach it without another proxy before it.
    pub is_edge: bool,
}

/// What is known after judging the files of one nginx.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
    /// The files that could not be read.
    pub unread: Vec<Unread<'a>>,
    /// What is included and is not among the files, as it is written.
    pub unseen: Vec<String>,
}

/// A file that is no configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread<'a> {
    /// The path that includes name.
    pub path: &'a str,
    /// Where that shows.
    pub at: Position,
    /// Why.
    pub why: &'static str,
}

/// Judge the files of one nginx, each where it is included.
pub fn judge<'a>(files: &[File<'a>], configuration: Configuration) -> Judgement<'a> {
    let (whole, unread) = Whole::read(files);
    let mut findings = Vec::new();
    for tree in &whole.trees {
        context::visit(tree, None, &mut |standing| {
            let start = standing.directive.offset;
            let found = rules::found(standing).and_then(|found| whole.finding(found, start));
            findings.extend(found);
        });
    }
    let is_whole = configuration.is_whole && unread.is_empty() && whole.unseen.is_empty();
    findings.extend(lacking::found(&whole, Configuration { is_whole, ..configuration }));
    findings.sort();
    // What is included twice is wrong once.
    findings.dedup_by(|one, other| (one.at, one.control) == (other.at, other.control));
    Judgement { findings, unread, unseen: whole.unseen }
}

/// The paths and patterns that a file includes, as nginx takes them; none of what is no configuration.
pub fn included(text: &str) -> Vec<String> {
    fn collect(tree: &[Directive], found: &mut Vec<String>) {
        for directive in tree {
            if let ("include", [path]) = (directive.name(), directive.arguments()) {
                found.push(pattern::absolute(path));
            }
            collect(directive.block(), found);
        }
    }
    let mut found = Vec::new();
    collect(&directives(text).unwrap_or_default(), &mut found);
    found
}
