//! How each value gets into its service.

use std::collections::BTreeMap;

use super::naming::Names;
use super::shape::{Piece, Shape};
use super::template::{self, Assumed};
use super::unset;
use super::variable::{Place, Variable};
use super::{Fate, Ground, ServiceSettings, Setting, Settings};
use crate::compose::{Service, Words, undoubled};
use crate::knowledge::{Dialect, Facts, ImageKnowledge};
use crate::stack::{ImageReference, SecretName, SettingName};

/// Where Compose mounts secrets.
pub(super) const FOLDER: &str = "/run/secrets";

/// What is needed to hand values to services.
pub(super) struct Delivery<'a> {
    ground: &'a Ground<'a>,
    pub(super) names: Names,
    assumed: Assumed,
    starts: BTreeMap<&'a str, Start>,
}

/// How a service's program can be given a secret.
#[derive(Debug, Clone, PartialEq)]
enum Start {
    /// `NAME` with this ending names a file.
    File { ending: String, used: bool },
    /// A generated entrypoint can start it; with these words where they have to be written.
    Entrypoint(Option<(Vec<String>, Option<Vec<String>>)>),
    /// Nothing is known of how it starts.
    Unknown,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(ground: &'a Ground<'a>, names: Names, shapes: &[Shape]) -> Self {
        let services = ground.project.file.services.iter();
        Self {
            ground,
            names,
            assumed: template::all_assumed(shapes),
            starts: services
                .map(|(name, keys)| (name.as_str(), start(ground, name, keys)))
                .collect(),
        }
    }

    /// Hand one variable to its service.
    pub(super) fn deliver(&mut self, variable: &Variable, shape: &Shape, settings: &mut Settings) {
        if variable.place == Place::Line {
            return;
        }
        let Ok(name) = SettingName::new(variable.name.as_str()) else {
            let words = "its name is none that every program can read from its environment";
            let manual = format!("`{}` is not carried over: {words}", variable.name);
            let out = settings.services.entry(variable.service.clone()).or_default();
            out.manual.push(manual);
            out.fates.insert(variable.name.clone(), Fate::Dropped(words.to_owned()));
            return;
        };
        let fate = match shape {
            Shape::Plain(text) => {
                let out = settings.services.entry(variable.service.clone()).or_default();
                plain(&name, text, out)
            }
            Shape::Unset(pieces) => {
                let out = settings.services.entry(variable.service.clone()).or_default();
                self.unset(variable, &name, pieces, out)
            }
            Shape::Secret(atom) => match self.names.groups.get(atom.group).cloned() {
                Some(secret) => self.secret(variable, name, secret, settings),
                None => return,
            },
            Shape::Template(pieces) => {
                let text = template::text(pieces, &self.names.groups, &self.assumed);
                let (service, setting) = (variable.service.as_str(), variable.name.as_str());
                let secret = self.names.template(service, setting, text, settings);
                self.secret(variable, name, secret, settings)
            }
        };
        let out = settings.services.entry(variable.service.clone()).or_default();
        out.fates.insert(variable.name.clone(), fate);
    }

    /// A setting that the project takes from elsewhere.
    fn unset(
        &self,
        variable: &Variable,
        name: &SettingName,
        pieces: &[Piece],
        out: &mut ServiceSettings,
    ) -> Fate {
        let known = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Unset(variable) => self.assumed.get(variable).cloned(),
            Piece::Secret(_) => None,
        };
        if let Some(text) = pieces.iter().map(known).collect::<Option<String>>() {
            let words = "the project leaves it open; both ends get the same name".to_owned();
            out.settings.insert(name.clone(), Setting::Text(text));
            return Fate::Changed(words);
        }
        let shown = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Unset(variable) => format!("${{{variable}}}"),
            Piece::Secret(_) => String::new(),
        };
        let written: String = pieces.iter().map(shown).collect();
        let empty = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Unset(variable) => unset::is_empty(self.ground, variable).then(String::new),
            Piece::Secret(_) => None,
        };
        match pieces.iter().map(empty).collect::<Option<String>>() {
            Some(_) if variable.parts.is_none() => {
                let words = "nothing sets it here, and Compose leaves it out then; add it where who starts the stack does";
                return Fate::Dropped(words.to_owned());
            }
            Some(text) => {
                out.settings.insert(name.clone(), Setting::Text(text));
                return Fate::Changed(format!("`{written}` in the project, which nothing sets"));
            }
            None => {}
        }
        let reason = match written == name.as_str() {
            true => "taken from who starts the stack".to_owned(),
            false => format!("`{written}` in the project"),
        };
        out.settings.insert(name.clone(), Setting::Required(reason.clone()));
        Fate::Required(reason)
    }

    fn secret(
        &self,
        variable: &Variable,
        name: SettingName,
        secret: SecretName,
        settings: &mut Settings,
    ) -> Fate {
        let out = settings.services.entry(variable.service.clone()).or_default();
        let words = match self.starts.get(variable.service.as_str()) {
            Some(Start::File { used: true, .. }) => {
                out.env_secrets.insert(name, secret.clone());
                "a file, which the image reads".to_owned()
            }
            Some(Start::File { ending, used: false }) => {
                let path = Setting::Text(format!("{FOLDER}/{secret}"));
                if let Ok(file) = SettingName::new(format!("{name}{ending}")) {
                    out.settings.insert(file, path);
                }
                out.secrets.insert(secret.clone());
                "a file, which the image reads".to_owned()
            }
            Some(Start::Entrypoint(_)) if !name.is_for_shells() => {
                out.in_plain_sight = Some(format!("no shell exports a variable named {name}"));
                out.env_secrets.insert(name, secret.clone());
                "the environment, from who starts the stack".to_owned()
            }
            Some(Start::Entrypoint(words)) => {
                if let Some((entrypoint, command)) = words {
                    out.entrypoint = Some(entrypoint.clone());
                    out.command = command.clone();
                }
                out.env_secrets.insert(name, secret.clone());
                "a file; a generated entrypoint exports it".to_owned()
            }
            Some(Start::Unknown) | None => {
                out.env_secrets.insert(name, secret.clone());
                out.in_plain_sight.get_or_insert_with(|| PLAIN_SIGHT.to_owned());
                "the environment, from who starts the stack".to_owned()
            }
        };
        Fate::Secret(secret, words)
    }
}

fn plain(name: &SettingName, text: &str, out: &mut ServiceSettings) -> Fate {
    let shown: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    if shown.contains("{{") {
        out.raw.insert(name.clone(), shown);
    } else {
        out.settings.insert(name.clone(), Setting::Text(shown));
    }
    Fate::Kept
}

/// Why a program whose start is not known gets its secrets as before.
pub(in crate::import) const PLAIN_SIGHT: &str = "how the image starts is not known, so its secrets stay in its \
     environment, as in the original; write its ENTRYPOINT below `entrypoint:` to change that";

/// How a service's program starts and reads secrets.
fn start(ground: &Ground<'_>, name: &str, keys: &Service) -> Start {
    let facts = known(ground, keys).map(|(_, facts)| facts);
    let used = ground.used.contains(name);
    if let Some(ending) = facts.as_ref().and_then(|facts| facts.secret_suffix.clone()) {
        return Start::File { ending, used };
    }
    let facts = facts.unwrap_or_default();
    if facts.shell == Some(false) {
        return Start::Unknown;
    }
    if keys.entrypoint.as_ref().is_some_and(|words| !is_empty(words)) {
        return Start::Entrypoint(None);
    }
    match (facts.entrypoint, facts.shell) {
        (Some(_), Some(true)) if used => Start::Entrypoint(None),
        (Some(entrypoint), Some(true)) => {
            // An entrypoint in a Compose file drops the image's command.
            let own = keys.command.as_ref().is_some_and(|words| !is_empty(words));
            match (own, facts.command) {
                (true, _) => Start::Entrypoint(Some((entrypoint, None))),
                (false, Some(command)) if !command.iter().any(|word| word.contains('{')) => {
                    Start::Entrypoint(Some((entrypoint, Some(command))))
                }
                (false, _) => Start::Unknown,
            }
        }
        _ => Start::Unknown,
    }
}

fn is_empty(words: &Words) -> bool {
    match words {
        Words::Line(line) => line.trim().is_empty(),
        Words::List(words) => words.is_empty(),
    }
}

/// The dialect of a service that is redis or valkey.
pub(super) fn redis_dialect(ground: &Ground<'_>, keys: &Service) -> Option<Dialect> {
    let (image, _) = known(ground, keys)?;
    matches!(image.dialect, Dialect::Redis | Dialect::Valkey).then_some(image.dialect)
}

/// What is known of a service's image.
pub(super) fn known(ground: &Ground<'_>, keys: &Service) -> Option<(ImageKnowledge, Facts)> {
    let text = keys.image.as_deref()?;
    let text = undoubled(text).unwrap_or_else(|| text.to_owned());
    let image = ImageReference::parse(&text).ok()?;
    let known = ground.knowledge.image(&image).ok()??;
    let facts = known.facts_for(image.tag());
    Some((known, facts))
}
