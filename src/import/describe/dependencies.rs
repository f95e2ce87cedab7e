//! Who needs whom, and who needs the internet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Describing, manual};
use crate::compose::{Attachments, Choice, ComposeFile, Logging};
use crate::description::LabelName;
use crate::diagnostic::looks_secret;
use crate::import::account::Fate;
use crate::import::draft::DraftService;
use crate::import::links::{self, Links, Way};
use crate::import::proxy;

impl Describing<'_> {
    /// Links and ways out of all services; those that shared a network with others to which they
    /// have no link.
    pub(super) fn dependencies(&mut self, file: &ComposeFile) -> BTreeSet<String> {
        let project = self.original.project;
        let mut further = self.proxies.links();
        further.extend(links::in_files(project, self.original.texts));
        let links = links::of(project, self.knowledge, &further);
        for (name, keys) in &file.services {
            for needed in keys.depends_on.0.keys() {
                self.depends(name, needed, &links);
            }
            let mut needs: Vec<String> = links
                .needs
                .get(name)
                .into_iter()
                .flatten()
                .map(|need| self.names.of_service(&need.service))
                .collect();
            needs.sort();
            let way = links.egress.get(name);
            let profile = links.profiles.get(name).cloned().flatten();
            if keys.profiles.len() > 1 {
                self.one_profile(name, profile.as_deref());
            }
            let Some(service) = self.drafted(name) else { continue };
            service.needs = needs;
            service.profile = profile;
            service.egress = way.is_some_and(Way::is_open);
            if service.once && !links.jobs.contains(name) {
                service.note("once", "it runs to its end: nothing restarts it in the original");
            }
        }
        links.apart.into_keys().collect()
    }

    /// What became of several profiles.
    fn one_profile(&mut self, name: &str, profile: Option<&str>) {
        let words = match profile {
            Some(one) => format!("a service has one profile: only `{one}` starts it"),
            None => "it starts with the stack: services of different profiles need it, and a service has one profile".to_owned(),
        };
        self.account.correct(&["services", name, "profiles"], Fate::Dropped(words));
    }

    /// What became of one entry of `depends_on`.
    fn depends(&mut self, name: &str, needed: &str, links: &Links) {
        let linked = |from: &str, to: &str| {
            links.needs.get(from).into_iter().flatten().any(|need| need.service == to)
        };
        let path = ["depends_on", needed];
        if linked(name, needed) {
            return self.kept(name, &path);
        }
        let told = links.dropped.iter().find(|one| one.from == name && one.to == needed);
        let words = told.map_or("it is not there, or itself", |one| one.reason.as_str());
        self.dropped(name, &path, words);
    }

    pub(super) fn belonging(
        &mut self,
        name: &str,
        networks: &Attachments,
        container_name: Option<&Value>,
        env_file: Option<&Value>,
    ) {
        let Attachments(networks) = networks;
        for (network, keys) in networks {
            let words =
                "a network for each link, which nobody else is on; aliases stay the service's";
            let _ = keys;
            self.hardened(name, &["networks", network], words);
        }
        if container_name.is_some() {
            self.dropped(
                name,
                &["container_name"],
                "containers are named after project and service; those that need it find it by this name too",
            );
        }
        if env_file.is_some() {
            self.kept(name, &["env_file"]);
        }
    }

    pub(super) fn labels(
        &mut self,
        name: &str,
        labels: &Choice<BTreeMap<String, Option<String>>>,
        out: &mut DraftService,
    ) {
        // A proxy that stays goes on reading them.
        let marks = match self.original.project.file.services.get(name) {
            Some(keys) if !self.proxies.read_labels() => proxy::told(keys).marks,
            _ => Vec::new(),
        };
        for mark in marks.iter().filter(|mark| mark.fate == proxy::Fate::Restriction) {
            let words = format!("`{}` kept somebody out: {}", mark.name, mark.words);
            out.note(out.base.key(), manual(words));
        }
        for (label, value) in labels.iter() {
            let path = ["labels", label.as_str()];
            let value = value.as_deref().map(super::plain).unwrap_or_default();
            if let Some(mark) = marks.iter().find(|mark| mark.name.eq_ignore_ascii_case(label)) {
                let words = mark.words.clone();
                let fate = match mark.fate {
                    proxy::Fate::Route | proxy::Fate::Gateway => Fate::Gateway(words),
                    proxy::Fate::Left | proxy::Fate::Restriction => Fate::Dropped(words),
                };
                self.say(name, &path, fate);
            } else if holds_a_secret(label, &value) {
                let words = "it holds a secret, and whoever asks the engine reads labels";
                self.dropped(name, &path, words);
                out.note(
                    out.base.key(),
                    manual(format!("the label `{label}` is left out: {words}")),
                );
            } else if LabelName::new(label).is_ok() {
                self.kept(name, &path);
                out.labels.push((label.clone(), value));
            } else {
                self.dropped(name, &path, "its name is reserved, or no name of a label");
            }
        }
    }

    pub(super) fn logging(&mut self, name: &str, logging: Option<&Logging>) {
        let Some(Logging { driver, options: _, carried: _, places: _ }) = logging else { return };
        match driver.as_deref() {
            None | Some("json-file" | "local") => {
                self.hardened(name, &["logging"], "files of a bounded size");
            }
            Some(other) => {
                let words = format!("files of a bounded size; the driver `{other}` is not used");
                self.dropped(name, &["logging"], words);
            }
        }
    }
}

/// A secret by name or by itself, the hash of a password (crypt(5), htpasswd) among them.
pub(super) fn holds_a_secret(name: &str, value: &str) -> bool {
    const HASHES: [&str; 8] = ["$apr1$", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$argon2"];
    let users = ["basicauth.users", "digestauth.users", "basic_auth", "basicauth"];
    let lower = name.to_ascii_lowercase();
    looks_secret(name, value)
        || users.iter().any(|end| lower.ends_with(end))
        || HASHES.iter().any(|hash| value.contains(hash))
        || value.contains("{SHA}")
}
