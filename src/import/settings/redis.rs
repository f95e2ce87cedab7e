//! redis and valkey without accounts of ours: programs that know nothing of accounts send the one
//! password that the project has, or none. redis takes it on its command line, where every process
//! list shows it, or from a configuration; so that is read from standard input, made of the file.

use super::delivery::{FOLDER, redis_dialect};
use super::lines::line;
use super::naming::Names;
use super::script;
use super::shape::{Piece, Shape};
use super::variable::Variable;
use super::{Ground, Settings};
use crate::import::asked;
use crate::knowledge::Dialect;
use crate::stack::SecretName;

/// Write command and health check of every such service.
pub(super) fn add(
    ground: &Ground<'_>,
    variables: &[Variable],
    shapes: &[Shape],
    names: &Names,
    settings: &mut Settings,
) {
    for (service, keys) in &ground.project.file.services {
        let Some(dialect) = redis_dialect(ground, keys) else { continue };
        let name = if dialect == Dialect::Redis { "redis" } else { "valkey" };
        let words = line(service, "command", variables, shapes);
        if line(service, "entrypoint", variables, shapes).iter().any(|word| !word.is_empty()) {
            continue;
        }
        let out = settings.services.entry(service.clone()).or_default();
        let Some(command) = Command::of(name, &words) else {
            let sentence = "its command is a script: see that no password stands on a command line";
            out.manual.push(sentence.to_owned());
            continue;
        };
        let password = command.password.and_then(|group| names.groups.get(group)).cloned();
        out.command = Some(program(name, &command, password.as_ref()));
        if !asked::has_accounts_in_a_file(keys) {
            out.health = Some(health(name, password.as_ref()));
        } else if keys.healthcheck.as_ref().is_none_or(|check| check.test.is_none()) {
            out.health = Some(answers(name));
        }
        out.secrets.extend(password);
    }
}

/// What the command says.
struct Command {
    /// Options, without the password.
    options: Vec<String>,
    /// A configuration file.
    file: Option<String>,
    /// The number of the password's group.
    password: Option<usize>,
}

impl Command {
    /// None for a script.
    fn of(name: &str, words: &[Vec<Piece>]) -> Option<Self> {
        let mut words = words.iter().peekable();
        let server = format!("{name}-server");
        let first = words.peek().map(|word| script::without(word)).unwrap_or_default();
        match first.rsplit('/').next().unwrap_or_default() {
            "" => {}
            last if last == server => {
                words.next();
            }
            _ if first.starts_with('-') || first.ends_with(".conf") => {}
            _ => return None,
        }
        let mut command = Self { options: Vec::new(), file: None, password: None };
        while let Some(word) = words.next() {
            let text = script::without(word);
            let next = words.peek().and_then(|next| secret(next));
            if text == "--requirepass" && next.is_some() {
                command.password = next;
                words.next();
            } else if secret(word).is_none() {
                let first = command.options.is_empty() && command.file.is_none();
                match first && !text.starts_with('-') && !text.is_empty() {
                    true => command.file = Some(text),
                    false => command.options.push(text),
                }
            }
        }
        Some(command)
    }
}

fn secret(word: &[Piece]) -> Option<usize> {
    word.iter().find_map(|piece| match piece {
        Piece::Secret(atom) => Some(atom.group),
        Piece::Text(_) | Piece::Unset(_) => None,
    })
}

fn program(name: &str, command: &Command, password: Option<&SecretName>) -> Vec<String> {
    let server = format!("{name}-server");
    let options = command.options.iter().cloned();
    let Some(password) = password else {
        return [server].into_iter().chain(command.file.clone()).chain(options).collect();
    };
    // `-` is standard input (redis.io, "Configuration"); a file is included by it.
    let include = command.file.as_ref().map(|file| format!("include {file}\n")).unwrap_or_default();
    let script = format!(
        "exec {server} - \"$@\" <<END\n{include}requirepass \"$(cat {FOLDER}/{password})\"\nEND\n"
    );
    let words = ["/bin/sh".to_owned(), "-c".to_owned(), script, name.to_owned()];
    words.into_iter().chain(options).collect()
}

/// Whether it answers at all: nobody here knows who may ask for more.
fn answers(name: &str) -> Vec<String> {
    vec![format!("{name}-cli"), "ping".to_owned()]
}

fn health(name: &str, password: Option<&SecretName>) -> Vec<String> {
    let client = format!("{name}-cli");
    // Both clients read the password from this variable (redis-cli(1)).
    let login = password.map(|password| format!("REDISCLI_AUTH=\"$(cat {FOLDER}/{password})\" "));
    let line = format!("{}{client} ping | grep -q PONG", login.unwrap_or_default());
    vec!["/bin/sh".to_owned(), "-c".to_owned(), line]
}
