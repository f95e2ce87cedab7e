//! Settings and secrets of all services, as `crate::import::settings` decides.

use std::collections::{BTreeMap, BTreeSet};

use super::{Describing, manual};
use crate::compose::doubled;
use crate::import::account::Fate;
use crate::import::draft::{Base, DraftSecret, DraftService, Noted};
use crate::import::layout::{Entry, Item};
use crate::import::settings::{self, Ground, Secret, ServiceSettings, Setting, Source};
use crate::stack::Unknown;

impl Describing<'_> {
    pub(super) fn settings(&mut self) {
        let used = self.draft.services.iter().filter(|one| matches!(one.base, Base::Use(_)));
        let used: BTreeSet<&str> = used.map(|one| one.name.as_str()).collect();
        let order = self.order();
        let is_used = |name: &&String| used.contains(self.names.of_service(name).as_str());
        let used: BTreeSet<String> = order.iter().filter(is_used).cloned().collect();
        let found = settings::of(&Ground {
            project: self.original.project,
            written: self.original.written,
            knowledge: self.knowledge,
            used: &used,
            unset: self.original.unset,
        });
        for (name, service) in found.services {
            self.fates(&name, &service.fates);
            let plain = service.in_plain_sight.clone();
            if let Some(out) = self.drafted(&name) {
                put(service, out);
            }
            if let Some(reason) = plain {
                self.in_plain_sight(&name, &reason);
            }
        }
        for (name, Secret { source, value, note }) in found.secrets {
            let source = match source {
                Source::Generated => DraftSecret::Generate,
                Source::Provided => DraftSecret::Provided,
                Source::Template(text) => DraftSecret::Template(text),
            };
            let note = if note.is_empty() { Vec::new() } else { vec![note] };
            self.draft.secrets.insert(name.to_string(), Noted { value: source, note });
            self.values.extend(value.map(|value| (name, value)));
        }
    }

    /// Secrets that stay in a service's environment: nobody knows how its image starts, or there
    /// is another reason.
    fn in_plain_sight(&mut self, name: &str, reason: &str) {
        let unknown = self
            .drafted(name)
            .filter(|out| reason == settings::PLAIN_SIGHT && out.entrypoint.is_none());
        match unknown {
            Some(out) => {
                out.unknown.insert(Unknown::Start);
            }
            None => self.except(name, "secrets-as-files", reason),
        }
    }

    fn fates(&mut self, service: &str, fates: &BTreeMap<String, settings::Fate>) {
        for (variable, fate) in fates {
            let fate = match fate {
                settings::Fate::Kept => Fate::Kept(String::new()),
                settings::Fate::Changed(words) => Fate::Kept(words.clone()),
                settings::Fate::Required(words) => Fate::Kept(format!("without a value: {words}")),
                settings::Fate::Secret(secret, words) => {
                    Fate::Secret(format!("`{secret}`, by {words}"))
                }
                settings::Fate::Dropped(words) => Fate::Dropped(words.clone()),
            };
            self.say(service, &["environment", variable], fate);
        }
    }
}

/// Write what a service gets into its draft.
fn put(service: ServiceSettings, out: &mut DraftService) {
    let ServiceSettings {
        settings,
        secrets,
        env_secrets,
        raw,
        entrypoint,
        command,
        health,
        moved,
        fates: _,
        manual: asked,
        in_plain_sight: _,
    } = service;
    out.entrypoint = entrypoint.or(out.entrypoint.take());
    // An entrypoint of its own takes no words of the image's.
    out.command = command.or(out.command.take()).filter(|words| !words.is_empty());
    if let Some(words) = health {
        let command = Entry::new("command", Item::texts(words));
        out.health = Some(Item::Map(vec![command]));
    }
    let words = [&mut out.entrypoint, &mut out.command].into_iter().flatten().flatten();
    for word in words {
        for (old, new) in &moved {
            *word = word.replace(old, new);
        }
    }
    for (name, setting) in settings {
        let value = match setting {
            Setting::Text(text) => Noted::plain(Some(text)),
            Setting::Required(_) => Noted::plain(None),
        };
        out.settings.push((name.to_string(), value));
    }
    out.secrets.extend(secrets.iter().map(ToString::to_string));
    let pairs = env_secrets.iter().map(|(name, secret)| (name.to_string(), secret.to_string()));
    out.env_secrets.extend(pairs);
    if !raw.is_empty() {
        let raw =
            raw.iter().map(|(name, text)| Entry::new(name.as_str(), Item::text(doubled(text))));
        out.compose.insert("environment".to_owned(), Item::Map(raw.collect()));
    }
    for words in asked {
        out.note(out.base.key(), manual(words));
    }
}
