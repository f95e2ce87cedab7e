//! What a container runs, as whom, with which environment, and how its health is asked.

use std::collections::BTreeMap;

use super::DrawError;
use crate::compose::conventions::{ENTRYPOINT, SECRETS_FOLDER, value_variable};
use crate::compose::{Healthcheck, Number, Words, doubled};
use crate::stack::{
    Command, Delivery, Health, Probe, Restart, Seconds, SecretName, Service, ServiceName,
    SettingValue, User,
};

/// Where Compose mounts a secret.
pub(super) fn secret_file(name: &SecretName) -> String {
    format!("{SECRETS_FOLDER}/{name}")
}

/// `entrypoint` and `command`. A generated entrypoint drops what the image says, so both are said.
pub(super) fn program(
    name: &ServiceName,
    service: &Service,
) -> Result<(Option<Words>, Option<Words>), DrawError> {
    if !service.secrets.iter().any(|used| matches!(used.delivery, Delivery::Variable(_))) {
        return Ok((words(&service.entrypoint), words(&service.command)));
    }
    let program = service.program();
    if program.is_empty() {
        return Err(DrawError::NoProgram { service: name.clone() });
    }
    let entrypoint = vec!["/bin/sh".to_owned(), ENTRYPOINT.to_owned()];
    Ok((Some(Words::List(entrypoint)), Some(Words::List(escaped(program)))))
}

fn words(command: &Command) -> Option<Words> {
    match command {
        Command::Image => None,
        Command::Exec(_) | Command::Shell(_) => Some(Words::List(escaped(command.words()))),
    }
}

fn escaped(words: Vec<String>) -> Vec<String> {
    words.iter().map(|word| doubled(word)).collect()
}

pub(super) fn user(user: &User) -> Option<String> {
    match user {
        User::Image => None,
        User::Numeric { uid, gid } => Some(format!("{uid}:{gid}")),
        User::Named(name) => Some(doubled(name)),
    }
}

/// Settings, paths of secret files, and what only who runs Compose knows.
pub(super) fn environment(service: &Service) -> BTreeMap<String, Option<String>> {
    let mut out = BTreeMap::new();
    for (name, value) in &service.settings {
        let value = match &**value {
            SettingValue::Text(text) => doubled(text),
            SettingValue::Required => required(name.as_str()),
        };
        out.insert(name.to_string(), Some(value));
    }
    for used in &service.secrets {
        let (name, value) = match &used.delivery {
            Delivery::FileVariable(name) => (name, secret_file(&used.secret)),
            Delivery::Plain(name) => (name, value_of(&used.secret)),
            Delivery::File | Delivery::Folder | Delivery::Variable(_) => continue,
        };
        out.insert(name.to_string(), Some(value));
    }
    out
}

/// A value that must be in the environment of who runs Compose.
fn required(name: &str) -> String {
    format!("${{{name}:?not set; export it before running Compose}}")
}

/// The value of a secret, from the environment of who runs Compose.
fn value_of(secret: &SecretName) -> String {
    let variable = value_variable(secret);
    format!("${{{variable}:?not set; run Compose through: portcullis secrets exec}}")
}

pub(super) fn healthcheck(health: &Health) -> Option<Healthcheck> {
    let test = match &health.probe {
        Probe::Image | Probe::Impossible => return None,
        Probe::Disabled => {
            return Some(Healthcheck { disable: Some(true), ..Healthcheck::default() });
        }
        Probe::Exec(words) => {
            ["CMD".to_owned()].into_iter().chain(escaped(words.clone())).collect()
        }
        Probe::Shell(line) => vec!["CMD-SHELL".to_owned(), doubled(line)],
    };
    Some(Healthcheck {
        test: Some(Words::List(test)),
        interval: Some(seconds(health.interval)),
        timeout: Some(seconds(health.timeout)),
        retries: Some(Number(health.retries.to_string())),
        start_period: Some(seconds(health.start_period)),
        ..Healthcheck::default()
    })
}

/// A time in seconds, the one unit that every reader of Compose files knows.
pub(super) fn seconds(time: Seconds) -> String {
    format!("{}s", time.0)
}

pub(super) fn restart(restart: &Restart) -> Option<String> {
    match restart {
        Restart::No => None,
        Restart::Always => Some("always".to_owned()),
        Restart::UnlessStopped => Some("unless-stopped".to_owned()),
        Restart::OnFailure(0) => Some("on-failure".to_owned()),
        Restart::OnFailure(times) => Some(format!("on-failure:{times}")),
    }
}
