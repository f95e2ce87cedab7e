//! Where a service's program comes from: a known image, any image, or a build.

use std::collections::BTreeMap;

use super::{Describing, manual, plain};
use crate::compose::{self, Build};
use crate::description::StageName;
use crate::diagnostic::{looks_secret, names_a_secret};
use crate::import::account::Fate;
use crate::import::draft::{Base, DraftService};
use crate::knowledge::{Facts, ImageKnowledge};
use crate::stack::{ImageReference, SettingName};

impl Describing<'_> {
    pub(super) fn base(
        &mut self,
        name: &str,
        keys: &compose::Service,
        image: Option<&str>,
        build: Option<&Build>,
    ) -> Base {
        if let Some(build) = build {
            if let Some(builder) = self.built.get(name) {
                let words =
                    format!("`{builder}` builds this image: it is built here from the same");
                self.say(name, &["image"], Fate::Kept(words));
            } else if image.is_some() {
                self.dropped(name, &["image"], "a built image is named after project and service");
            }
            return self.build(name, build);
        }
        self.kept(name, &["image"]);
        let text = image.map(plain).unwrap_or_default();
        let Ok(reference) = ImageReference::parse(&text) else {
            return Base::Image(format!("{}:unknown", self.names.of_service(name)));
        };
        match self.known(&reference) {
            Some((_, facts)) if fits(keys, &facts) => Base::Use(text),
            _ => Base::Image(text),
        }
    }

    /// What is known of an image.
    pub(super) fn known(&self, image: &ImageReference) -> Option<(ImageKnowledge, Facts)> {
        let known = self.knowledge.image(image).ok()??;
        let facts = known.facts_for(image.tag());
        Some((known, facts))
    }

    /// What is known of the image that a draft uses.
    pub(super) fn used(&self, base: &Base) -> Option<(ImageKnowledge, Facts)> {
        match base {
            Base::Use(text) => self.known(&ImageReference::parse(text).ok()?),
            Base::Image(_) | Base::Build { .. } => None,
        }
    }

    /// True for a known base image with words of the project's own to run: what those do is known
    /// as little as what a Dockerfile makes.
    pub(super) fn is_told(&self, out: &DraftService) -> bool {
        let words = |words: &Option<Vec<String>>| words.clone().unwrap_or_default();
        let used = self.used(&out.base);
        used.is_some_and(|(_, facts)| facts.is_told(&words(&out.entrypoint), &words(&out.command)))
    }

    fn build(&mut self, name: &str, build: &Build) -> Base {
        let Build { context, dockerfile, args, target, carried, places: _ } = build;
        let context = context.as_deref().map(plain).unwrap_or_else(|| ".".to_owned());
        let dockerfile =
            dockerfile.as_deref().map(plain).unwrap_or_else(|| "Dockerfile".to_owned());
        let inside = self.project_path(&context);
        if inside.is_some() {
            self.kept(name, &["build", "context"]);
        } else {
            let words = format!(
                "`{}` is no folder below the description: put the sources there",
                without_user(&context)
            );
            self.dropped(name, &["build", "context"], words);
        }
        let dockerfile = match below(&context, &dockerfile) {
            Some(path) => {
                self.kept(name, &["build", "dockerfile"]);
                path
            }
            None => {
                let words = format!("`{dockerfile}` is no file below `{context}`: put it there");
                self.dropped(name, &["build", "dockerfile"], words);
                place_of(&dockerfile)
            }
        };
        let args = self.arguments(name, args);
        let target = target.as_deref().map(plain).filter(|stage| StageName::new(stage).is_ok());
        if target.is_some() {
            self.kept(name, &["build", "target"]);
        }
        for key in carried.keys() {
            self.dropped(
                name,
                &["build", key],
                "there is no word for it: builds are drawn in one way",
            );
        }
        let context = inside.unwrap_or_else(|| self.names.of_service(name));
        Base::Build { context, dockerfile, args, target }
    }

    /// Build arguments; none that is secret, since the image keeps them.
    fn arguments(
        &mut self,
        name: &str,
        args: &BTreeMap<String, Option<String>>,
    ) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (key, value) in args {
            let path = ["build", "args", key.as_str()];
            let Some(value) = value.as_deref().map(plain) else {
                self.dropped(name, &path, "it has no value here: write it below `args:`");
                continue;
            };
            if looks_secret(key, &value) || names_a_secret(key) && !value.is_empty() {
                let words = "an image keeps its arguments: hand secrets over when it runs";
                self.dropped(name, &path, words);
            } else if SettingName::new(key.as_str()).is_err() || value.chars().any(char::is_control)
            {
                self.dropped(name, &path, "its name or value is none that a description admits");
            } else {
                self.kept(name, &path);
                kept.push((key.clone(), value));
            }
        }
        kept
    }

    /// A comment where the sources of a build are not where the description can name them.
    pub(super) fn build_note(&self, build: &Build) -> Option<String> {
        let context = build.context.as_deref().map(plain).unwrap_or_else(|| ".".to_owned());
        if self.project_path(&context).is_none() {
            return Some(manual(format!(
                "the sources are at {}: put them into this folder, or move this file above both",
                without_user(&context)
            )));
        }
        let dockerfile = build.dockerfile.as_deref().map(plain)?;
        below(&context, &dockerfile).is_none().then(|| {
            let place = place_of(&dockerfile);
            manual(format!(
                "the Dockerfile is at {dockerfile}, seen from {context}: copy it to {place} there"
            ))
        })
    }
}

/// A path seen from a context, without its way round; None where it leads out of the context.
fn below(context: &str, path: &str) -> Option<String> {
    let mut names: Vec<&str> =
        context.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    let depth = names.len();
    let own: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    if path.starts_with('/') {
        return None;
    }
    for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
        match name {
            ".." => drop(names.pop()?),
            name => names.push(name),
        }
    }
    let inside = names.get(..depth).is_some_and(|above| above == own);
    let path = names.get(depth..).filter(|_| inside)?.join("/");
    crate::description::ProjectPath::new(&path).ok().map(|path| path.as_str().to_owned())
}

/// Where a Dockerfile from elsewhere is looked for: no other file is taken for it.
fn place_of(dockerfile: &str) -> String {
    let names = dockerfile.split('/').filter(|name| !matches!(*name, "" | "." | ".."));
    let path = names.collect::<Vec<_>>().join("/");
    match crate::description::ProjectPath::new(&format!("elsewhere/{path}")) {
        Ok(path) => path.as_str().to_owned(),
        Err(_) => "elsewhere/Dockerfile".to_owned(),
    }
}

/// An address without who signs in there, and with which password.
fn without_user(context: &str) -> String {
    let whole = || context.to_owned();
    let Some((scheme, rest)) = context.split_once("://") else { return whole() };
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    authority.rsplit_once('@').map_or_else(whole, |(_, host)| format!("{scheme}://{host}{path}"))
}

/// True where nothing that the service says contradicts what is known of its image.
fn fits(keys: &compose::Service, facts: &Facts) -> bool {
    let own: Vec<&String> = facts.volumes.iter().flat_map(|volumes| volumes.values()).collect();
    let mounted = keys.volumes.iter().filter_map(|mount| mount.target.as_deref());
    // A mount above or below the known path of the data would hide one of the two.
    let above = |upper: &str, lower: &str| {
        lower.strip_prefix(upper.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
    };
    let apart = |target: &str| own.iter().all(|path| !above(target, path) && !above(path, target));
    let moved = keys.environment.contains_key("PGDATA");
    !moved && mounted.into_iter().all(apart)
}
