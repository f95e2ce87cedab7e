//! A template whose answer was taken away.

use portcullis::compose::load::{Memory, Request, load};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import::web::{Candidate, candidates};
use portcullis::knowledge::Knowledge;

/// A Compose file and the answer.
pub struct Template {
    pub name: String,
    pub text: String,
    pub answers: Vec<Answer>,
}

/// A service that faces the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub service: String,
    pub port: Option<u16>,
}

impl Answer {
    pub fn ports(&self) -> Vec<u16> {
        self.port.into_iter().collect()
    }
}

/// How the file is read.
#[derive(Debug, Clone, Copy)]
pub enum Reading {
    Interpolated,
    Written,
}

impl Template {
    pub fn candidates(&self, reading: Reading) -> Result<Vec<Candidate>, String> {
        let path = format!("/{}/compose.yaml", self.name);
        let text = declared(&self.text);
        let mut request = Request::of(path.clone());
        request.interpolate = matches!(reading, Reading::Interpolated);
        let files = Memory::new([(path.as_str(), text.as_str())]);
        // A person has to set what the file requires; which value that is says nothing.
        for _ in 0..40 {
            let (mut sources, mut problems) = (Sources::new(), Problems::new());
            if let Some(project) = load(&request, &files, &mut sources, &mut problems) {
                return Ok(candidates(&project, &Knowledge));
            }
            let said = sources.report(&problems);
            let Some(missing) = required(&said) else { return Err(said) };
            request.environment.insert(missing, "given".to_owned());
        }
        Err("too many required variables".to_owned())
    }
}

/// The variable that a message says is required.
fn required(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("required variable ")?;
    Some(rest.split_whitespace().next()?.trim_matches('`').to_owned())
}

/// With the volumes that a platform declares by itself, and without the keys of its own.
fn declared(text: &str) -> String {
    text.to_owned()
}
