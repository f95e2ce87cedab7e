//! Judging nginx configurations by what the drawn gateway keeps.
//!
//! Few rules, and exact ones. What a file does not say may stand in another: what is lacking is
//! told only of a whole set of files, and only where nothing is included that is not among them.

mod context;
mod lacking;
mod rules;
#[cfg(test)]
mod tests;

use super::Finding;
use super::judged_file::JudgedFile;
use crate::diagnostic::SourceId;
use crate::directives::{Directive, directives};

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

/// The findings in the files of one nginx, and the files that could not be read, each with why.
pub fn judge<'a>(
    files: &[File<'a>],
    configuration: Configuration,
) -> (Vec<Finding>, Vec<(&'a str, String)>) {
    let (mut findings, mut unread) = (Vec::new(), Vec::new());
    let mut read: Vec<(JudgedFile<'_>, Vec<Directive>)> = Vec::new();
    for file in files {
        match directives(file.text) {
            Ok(tree) => read.push((JudgedFile::new(file.text, file.source), tree)),
            Err(why) => unread.push((file.path, why)),
        }
    }
    for (file, tree) in &read {
        context::visit(tree, None, &mut |standing| {
            let start = standing.directive.offset;
            findings.extend(rules::found(standing).map(|found| file.finding(found, start)));
        });
    }
    let paths: Vec<&str> = files.iter().map(|file| file.path).collect();
    let whole = configuration.is_whole && unread.is_empty();
    findings.extend(lacking::found(
        &read,
        &paths,
        Configuration { is_whole: whole, ..configuration },
    ));
    findings.sort();
    (findings, unread)
}
