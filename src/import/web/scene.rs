//! What the clues look at: the services of a project with what is known of their images.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::load::Project;
use crate::compose::{Service as Written, Words};
use crate::import::kinds::{self, Kind};
use crate::knowledge::{Facts, Knowledge};
use crate::stack::ImageReference;

/// A project.
pub(super) struct Scene<'a> {
    /// Its name; empty where it says nothing, as `app` or `docker`.
    pub(super) name: String,
    /// Everything that would run, by name.
    pub(super) services: Vec<Service<'a>>,
}

/// A service.
pub(super) struct Service<'a> {
    pub(super) name: &'a str,
    pub(super) written: &'a Written,
    /// Its image, where that is a reference.
    pub(super) image: Option<ImageReference>,
    /// What is known of the image.
    pub(super) facts: Facts,
    /// What it is for.
    pub(super) kind: Kind,
    /// Settings with a value.
    pub(super) settings: BTreeMap<&'a str, &'a str>,
    /// Those that it starts after, or names in `links`.
    pub(super) waits_for: BTreeSet<&'a str>,
}

/// Folders that people keep Compose files in; as a project's name they say nothing.
const MUTE: [&str; 12] = [
    "app",
    "compose",
    "deploy",
    "deployment",
    "dev",
    "docker",
    "docker-compose",
    "example",
    "production",
    "project",
    "self-hosted",
    "templates",
];

impl<'a> Scene<'a> {
    pub(super) fn of(project: &'a Project, knowledge: &Knowledge) -> Self {
        let all = &project.file.services;
        // Profiles that nobody chose do not run; where nothing else is left, they are looked at.
        let runs = |name: &str| !project.inactive.contains(name);
        let none_runs = !all.keys().any(|name| runs(name));
        let services = all.iter().filter(|(name, _)| none_runs || runs(name));
        let name = project.name.to_lowercase();
        Self {
            name: if MUTE.contains(&name.as_str()) { String::new() } else { name },
            services: services
                .map(|(name, written)| Service::of(name, written, knowledge))
                .collect(),
        }
    }

    /// Services that start after this one.
    pub(super) fn waiting_for(&self, name: &str) -> impl Iterator<Item = &Service<'a>> {
        self.services.iter().filter(move |other| other.waits_for.contains(name))
    }

    pub(super) fn others(&self, name: &str) -> impl Iterator<Item = &Service<'a>> {
        self.services.iter().filter(move |other| other.name != name)
    }
}

impl<'a> Service<'a> {
    fn of(name: &'a str, written: &'a Written, knowledge: &Knowledge) -> Self {
        let image = written.image.as_deref().map(crate::import::expression::with_defaults);
        let image = image.and_then(|text| ImageReference::parse(&text).ok());
        let known = image.as_ref().and_then(|image| {
            let known = knowledge.image(image).ok().flatten()?;
            Some(known.facts_for(image.tag()))
        });
        let settings = written.environment.iter();
        let settings = settings.filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?)));
        Self {
            name,
            kind: kinds::of_service(name, image.as_ref()),
            written,
            facts: known.unwrap_or_default(),
            settings: settings.collect(),
            waits_for: written.depends_on.0.keys().map(String::as_str).collect(),
            image,
        }
    }

    /// The image's repository, in lower case; empty where there is none.
    pub(super) fn repository(&self) -> String {
        self.image.as_ref().map(|image| image.repository().to_lowercase()).unwrap_or_default()
    }

    /// The words that run instead of the image's own.
    pub(super) fn command(&self) -> Vec<String> {
        let words = [&self.written.entrypoint, &self.written.command];
        words.into_iter().flatten().flat_map(split).collect()
    }

    /// The words of its health check.
    pub(super) fn health(&self) -> Vec<String> {
        let check = self.written.healthcheck.as_ref().and_then(|check| check.test.as_ref());
        check.map(split).unwrap_or_default()
    }
}

/// Words, also those inside a line for the shell.
fn split(words: &Words) -> Vec<String> {
    let lines = match words {
        Words::Line(line) => std::slice::from_ref(line),
        Words::List(words) => words.as_slice(),
    };
    let split = lines.iter().flat_map(|line| line.split_whitespace());
    split
        .map(|word| crate::import::expression::with_defaults(word.trim_matches(['"', '\'', ';'])))
        .collect()
}
