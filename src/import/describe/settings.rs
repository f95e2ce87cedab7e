//! Settings of the services, and what of them is secret.

use std::collections::BTreeMap;

use super::storage::secret_name;
use super::{Describing, manual, plain};
use crate::compose::ComposeFile;
use crate::diagnostic::{looks_secret, names_a_secret};
use crate::import::account::Fate;
use crate::import::draft::{DraftSecret, Noted};
use crate::import::layout::{Entry, Item};
use crate::stack::SettingName;

impl Describing<'_> {
    /// Settings of all services, in the order of the original.
    pub(super) fn settings(&mut self, file: &ComposeFile) {
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for name in self.order() {
            let Some(keys) = file.services.get(&name) else { continue };
            for (variable, value) in keys.environment.iter() {
                let value = value.as_deref().map(plain);
                self.setting(&name, variable, value, &mut values);
            }
        }
    }

    fn setting(
        &mut self,
        service: &str,
        variable: &str,
        value: Option<String>,
        values: &mut BTreeMap<String, String>,
    ) {
        let path = ["environment", variable];
        if SettingName::new(variable).is_err() {
            self.dropped(service, &path, "no name of an environment variable");
            return;
        }
        let text = value.clone().unwrap_or_default();
        if looks_secret(variable, &text)
            || (names_a_secret(variable)
                && !text.starts_with('/')
                && text.parse::<f64>().is_err()
                && !matches!(text.as_str(), "true" | "false"))
        {
            self.secret(service, variable, &text, values);
            return;
        }
        let whole =
            !["NAME", "USER", "DATABASE", "DB", "SCHEMA"].iter().any(|end| variable.ends_with(end));
        let text = value.map(|text| self.names.replaced(&text, whole));
        let text = text.map(|text| text.replace('\r', ""));
        self.kept(service, &path);
        let Some(out) = self.drafted(service) else { return };
        match text {
            Some(text) if text.contains("{{") => {
                let raw =
                    out.compose.entry("environment".to_owned()).or_insert(Item::Map(Vec::new()));
                if let Item::Map(entries) = raw {
                    entries.push(Entry::new(variable, Item::text(crate::compose::doubled(&text))));
                }
            }
            text => out.settings.push((variable.to_owned(), Noted::plain(text))),
        }
    }

    fn secret(
        &mut self,
        service: &str,
        variable: &str,
        value: &str,
        values: &mut BTreeMap<String, String>,
    ) {
        let path = ["environment", variable];
        let own = secret_name(&format!("{service}_{variable}"));
        let secret = match value {
            "" => own,
            value => values.entry(value.to_owned()).or_insert(own).clone(),
        };
        let known = self.drafted(service).map(|out| out.base.clone());
        let known = known.and_then(|base| self.used(&base));
        let starts = known.is_some_and(|(_, facts)| {
            facts.secret_suffix.is_some()
                || (facts.shell == Some(true) && facts.entrypoint.is_some())
        });
        let words = format!("`{secret}`");
        self.say(service, &path, Fate::Secret(words));
        let Some(out) = self.drafted(service) else { return };
        if starts || out.entrypoint.is_some() {
            out.env_secrets.insert(variable.to_owned(), secret.clone());
            self.draft.secrets.entry(secret).or_insert(Noted::plain(DraftSecret::Provided));
        } else {
            let note = manual(
                "secret, and how the image starts is not known: add `entrypoint:` and move it to `env_secrets:`",
            );
            out.settings.push((variable.to_owned(), Noted { value: None, note: vec![note] }));
        }
    }
}
