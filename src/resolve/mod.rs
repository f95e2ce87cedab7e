//! From a description to a stack: every name is looked up, every fact of our knowledge put in,
//! and all mistakes that need more than one value to see are collected.
//!
//! What nobody wrote gets the plain default of Docker or nginx; hardening is the controls' part.

mod accounts;
mod acme;
mod aliases;
mod builds;
mod certificates;
mod cycles;
mod entrypoints;
mod exceptions;
mod health;
mod hosts;
mod images;
mod ingress;
mod links;
mod oidc;
mod policies;
mod routes;
mod secrets;
mod services;
mod streams;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

use crate::description::{self, Description};
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean, suggest};
use crate::knowledge::{Facts, ImageKnowledge, Knowledge};
use crate::stack::{
    Command, EnvironmentName, Gateway, HostName, SecretName, Service, ServiceName, Stack,
};

use hosts::Hosts;

/// Resolve `description` for `environment`. `None` where a problem leaves no stack to speak of;
/// otherwise the stack is usable only while `problems` is empty.
pub fn resolve(
    description: &Description,
    environment: &EnvironmentName,
    knowledge: &Knowledge,
    problems: &mut Problems,
) -> Option<Stack> {
    let hosts = Hosts::of(description, problems)?;
    let gateway = Gateway::new(hosts::publish(description), hosts::tls(description, problems));
    let stack = Stack {
        name: description.name.value.clone(),
        environment: environment.clone(),
        local: description.is_local(),
        services: BTreeMap::new(),
        networks: BTreeMap::new(),
        volumes: BTreeMap::new(),
        secrets: BTreeMap::new(),
        gateway,
        exceptions: Vec::new(),
    };
    let mut resolution = Resolution {
        stack,
        description,
        knowledge,
        problems,
        hosts,
        known: BTreeMap::new(),
        brought: BTreeMap::new(),
    };
    resolution.run();
    Some(resolution.stack)
}

/// A stack in the making, with what is needed to make it.
struct Resolution<'a> {
    stack: Stack,
    description: &'a Description,
    knowledge: &'a Knowledge,
    problems: &'a mut Problems,
    hosts: Hosts,
    /// Services with a known image.
    known: BTreeMap<ServiceName, Known>,
    /// Secrets that we bring, with the words that their names were made of.
    brought: BTreeMap<SecretName, Vec<String>>,
}

/// True where a service brings its own accounts.
fn own_accounts(service: &description::Service) -> bool {
    service.accounts.is_some_and(|accounts| !accounts.value)
}

/// A known image with the facts of its tag.
#[derive(Debug, Clone)]
struct Known {
    image: ImageKnowledge,
    facts: Facts,
}

impl Known {
    /// True where the image is a base, and this service has words of its own for it to run.
    fn is_told(&self, service: &Service) -> bool {
        let words = |command: &Command| match command {
            Command::Image => Vec::new(),
            Command::Exec(words) => words.clone(),
            Command::Shell(line) => vec![line.clone()],
        };
        self.facts.is_told(&words(&service.entrypoint), &words(&service.command))
    }
}

impl Resolution<'_> {
    /// Every step reads what the steps before it have put into the stack.
    fn run(&mut self) {
        secrets::declare(self);
        services::add(self);
        links::add(self);
        cycles::find(self);
        policies::add(self);
        routes::add(self);
        streams::add(self);
        oidc::add(self);
        ingress::add(self);
        certificates::add(self);
        acme::add(self);
        aliases::add(self);
        self.add_accounts();
        secrets::uses(self);
        entrypoints::add(self);
        unknown::accept_starts(self);
        exceptions::add(self);
    }

    fn add_accounts(&mut self) {
        let known: Vec<(ServiceName, Known)> =
            self.known.iter().map(|(name, known)| (name.clone(), known.clone())).collect();
        for (name, Known { image, facts }) in known {
            let declared = self.description.services.get(&name);
            if declared.is_some_and(own_accounts) {
                accounts::leave_out(self, &name);
                continue;
            }
            let databases = declared.map(|service| &service.databases);
            if let Some((database, _)) = databases.and_then(|all| all.first())
                && !image.dialect.has_databases()
            {
                let message = format!("`{name}` has no databases of its own: {}", image.title);
                let help = "remove `databases:`";
                self.problems.report(database.at, "no-databases", message, help);
            }
            let databases = databases
                .into_iter()
                .flatten()
                .map(|(database, users)| {
                    let users = users.iter().map(|user| (user.value.clone(), user.at)).collect();
                    (database.value.clone(), users)
                })
                .collect();
            accounts::make(self, &name, image.dialect, &facts, &databases);
        }
    }

    /// Where the description names a service.
    fn position_of(&self, name: &ServiceName) -> Option<Position> {
        self.description.services.get_key_value(name).map(|(key, _)| key.at)
    }

    /// The name of a secret that we bring, declared as generated unless the description says
    /// otherwise. Two that would get one name are an error.
    fn own_secret(&mut self, words: &[&str]) -> Option<SecretName> {
        let name = SecretName::new(accounts::joined(words)).ok()?;
        let made_of: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match self.brought.get(&name) {
            Some(other) if *other != made_of => {
                let at = words.first().and_then(|first| {
                    ServiceName::new(*first).ok().and_then(|service| self.position_of(&service))
                });
                let message = format!(
                    "the secret `{name}` would be that of {} and of {}",
                    other.join(" for "),
                    made_of.join(" for ")
                );
                let diagnostic =
                    Diagnostic { at, ..Diagnostic::nowhere("secret-collision", message) };
                self.problems.add(diagnostic.help("rename one of the services"));
                return None;
            }
            _ => {
                self.brought.insert(name.clone(), made_of);
            }
        }
        let length = accounts::PASSWORD_LENGTH;
        self.stack.secrets.entry(name.clone()).or_insert_with(|| accounts::generated(length));
        Some(name)
    }

    /// Report a name that is not there, with the nearest one that is.
    fn unknown<'n>(
        &mut self,
        what: &str,
        name: &str,
        at: Position,
        known: impl Iterator<Item = &'n str>,
    ) {
        if self.problems.is_spoiled(name) {
            return;
        }
        let known: BTreeSet<&str> = known.collect();
        if let ("secret", Some(meant)) = (what, suggest(name, known.iter().copied())) {
            self.problems.spoil(meant);
        }
        let listed = known.iter().copied().collect::<Vec<_>>().join(", ");
        let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| {
            if listed.is_empty() {
                format!("declare it: there is no {what} yet")
            } else {
                format!("declare it, or use one of: {listed}")
            }
        });
        let message = format!("there is no {what} named `{name}`");
        self.problems.add(Diagnostic::at(at, "unknown-name", message).help(help));
    }

    /// A service of the description, or an error at `at`.
    fn service_exists(&mut self, name: &ServiceName, at: Position) -> bool {
        let exists = self.description.services.contains_key(name);
        if !exists {
            let known: Vec<&str> =
                self.description.services.keys().map(|key| key.value.as_str()).collect();
            self.unknown("service", name.as_str(), at, known.into_iter());
        }
        exists
    }

    /// A text of the description with its holes filled by public addresses.
    fn fill(&mut self, template: &description::Template) -> Option<String> {
        self.hosts.fill(template, self.problems)
    }

    /// The host that a route names: a name of `hosts` or a full host name.
    fn host(&mut self, named: Option<&description::Located<HostName>>) -> Option<HostName> {
        self.hosts.find(named, self.problems)
    }
}
