//! A template whose answer was taken away.

use portcullis::compose::load::{Memory, Request, load};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import::web::{Candidate, candidates};
use portcullis::knowledge::Knowledge;

/// A Compose file and the answer.
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) answers: Vec<Answer>,
}

/// A service that faces the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) service: String,
    pub(crate) port: Option<u16>,
}

/// How the file is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reading {
    Interpolated,
    Written,
    Nameless,
}

impl Template {
    /// What the importer makes of it, given what its platform gives: values of required variables,
    /// empty env files, declared volumes.
    pub(crate) fn candidates(&self, reading: Reading) -> Result<Vec<Candidate>, String> {
        let folder = if matches!(reading, Reading::Nameless) { "app" } else { &self.name };
        let path = format!("/{folder}/compose.yaml");
        let mut text = self.text.clone();
        let mut empty = Vec::new();
        let mut request = Request::of(path.clone());
        request.interpolate = !matches!(reading, Reading::Written);
        for _ in 0..60 {
            let (mut sources, mut problems) = (Sources::new(), Problems::new());
            let mut files = vec![(path.as_str(), text.as_str())];
            files.extend(empty.iter().map(|file: &String| (file.as_str(), "")));
            if let Some(project) = load(&request, &Memory::new(files), &mut sources, &mut problems)
            {
                return Ok(candidates(&project, &Knowledge));
            }
            let said = sources.report(&problems);
            if let Some(variable) = quoted(&said, "the variable ") {
                request.environment.insert(variable, "always".to_owned());
            } else if let Some(volume) = quoted(&said, "names the volume ") {
                text = declared(&text, &volume);
            } else if let Some(file) = quoted(&said, "the file ") {
                empty.push(file);
            } else {
                return Err(said);
            }
        }
        Err("it lacks too much".to_owned())
    }
}

/// What stands in backquotes after some words.
fn quoted(said: &str, words: &str) -> Option<String> {
    let (_, rest) = said.split_once(&format!("{words}`"))?;
    Some(rest.split_once('`')?.0.to_owned())
}

/// With one more volume at the top level.
fn declared(text: &str, volume: &str) -> String {
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let entry = format!("  \"{volume}\": {{}}");
    match lines.iter().position(|line| line.trim_end() == "volumes:") {
        Some(at) => lines.insert(at + 1, entry),
        None => lines.extend(["volumes:".to_owned(), entry]),
    }
    lines.join("\n")
}
