//! Secrets on command lines and in health checks. In a line for a shell the file's content takes
//! their place; elsewhere they are told, since nothing but a shell reads a file there.

use std::collections::{BTreeMap, BTreeSet};

use super::delivery::{known, redis_dialect};
use super::naming::Names;
use super::script::{self, Script};
use super::shape::{Piece, Shape};
use super::variable::{Place, Variable, environment};
use super::{Fate, Ground, ServiceSettings, Settings};
use crate::compose::{ComposeFile, Service, Words};
use crate::import::asked;
use crate::import::expression::parts;
use crate::stack::SecretName;

/// Keys of a service whose texts may hold secrets.
const KEYS: [&str; 3] = ["entrypoint", "command", "healthcheck"];

/// Stands before each word of a list, as no text holds it.
const BETWEEN: char = '\u{1f}';

/// Every command line, as something that may hold a secret.
pub(super) fn all(ground: &Ground<'_>) -> Vec<Variable> {
    let mut out = Vec::new();
    let (project, known) = (ground.project, environment(ground));
    for (service, keys) in &project.file.services {
        for key in KEYS {
            if key == "healthcheck" && is_replaced(ground, service, keys) {
                continue;
            }
            let Some(text) = text(keys, key) else { continue };
            let written = ground
                .written
                .and_then(|one| same(&one.file, service, key, &text, &project.environment));
            let parts = Some(parts(&written.unwrap_or(text), &known));
            let (service, name) = (service.clone(), key.to_owned());
            out.push(Variable { service, name, parts, place: Place::Line });
        }
    }
    out
}

/// The same line with its variables, where it says the same once they are filled in: what has no
/// value leaves no word behind there.
fn same(
    file: &ComposeFile,
    service: &str,
    key: &str,
    filled: &str,
    environment: &BTreeMap<String, String>,
) -> Option<String> {
    let text = text(file.services.get(service)?, key)?;
    let letters = |text: &str| -> String {
        let parts = parts(text, environment).into_iter().filter_map(|part| part.text);
        let gap = |c: &char| !c.is_whitespace() && *c != BETWEEN && !"'\"\\".contains(*c);
        parts.collect::<String>().chars().filter(gap).collect()
    };
    (letters(&text) == letters(filled)).then_some(text)
}

fn words<'a>(keys: &'a Service, key: &str) -> Option<&'a Words> {
    match key {
        "entrypoint" => keys.entrypoint.as_ref(),
        "command" => keys.command.as_ref(),
        _ => keys.healthcheck.as_ref().and_then(|check| check.test.as_ref()),
    }
}

fn text(keys: &Service, key: &str) -> Option<String> {
    match words(keys, key)? {
        Words::Line(line) => Some(line.clone()),
        Words::List(words) => {
            Some(words.iter().flat_map(|word| [BETWEEN.to_string(), word.clone()]).collect())
        }
    }
}

/// Write the lines that hold a secret anew.
pub(super) fn add(
    ground: &Ground<'_>,
    variables: &[Variable],
    shapes: &[Shape],
    names: &Names,
    settings: &mut Settings,
) {
    for (service, keys) in &ground.project.file.services {
        let out = settings.services.entry(service.clone()).or_default();
        let line = |key: &str| line(service, key, variables, shapes);
        health(ground, service, keys, line("healthcheck"), names, out);
        if redis_dialect(ground, keys).is_none() {
            program(ground, keys, line("entrypoint"), line("command"), names, out);
        }
    }
}

/// A command line in pieces, one list for each word.
pub(super) fn line(
    service: &str,
    key: &str,
    variables: &[Variable],
    shapes: &[Shape],
) -> Vec<Vec<Piece>> {
    let own = |variable: &Variable| {
        variable.place == Place::Line && variable.service == service && variable.name == key
    };
    let Some(at) = variables.iter().position(own) else { return Vec::new() };
    let pieces = match shapes.get(at) {
        Some(Shape::Plain(text)) => vec![Piece::Text(text.clone())],
        Some(Shape::Unset(pieces) | Shape::Template(pieces)) => pieces.clone(),
        Some(Shape::Secret(atom)) => vec![Piece::Secret(atom.clone())],
        None => Vec::new(),
    };
    let is_list = matches!(pieces.first(), Some(Piece::Text(text)) if text.starts_with(BETWEEN));
    match (is_list, key) {
        (true, _) => script::split(&pieces, Some(BETWEEN)).into_iter().skip(1).collect(),
        // A health check of one line is one for the shell.
        (false, "healthcheck") => vec![vec![Piece::Text("CMD-SHELL".to_owned())], pieces],
        (false, _) => script::split(&pieces, None),
    }
}

/// True where the check that is known for the image is asked instead.
fn is_replaced(ground: &Ground<'_>, service: &str, keys: &Service) -> bool {
    let instead = |(known, facts): (_, _)| asked::instead(&known, &facts, keys).is_some();
    ground.used.contains(service) && known(ground, keys).is_some_and(instead)
}

fn has_secret(words: &[Vec<Piece>]) -> bool {
    words.iter().flatten().any(|piece| matches!(piece, Piece::Secret(_)))
}

/// The health check, where it holds a secret, or a variable that is a secret now: Docker gives it
/// the container's variables, not those that the entrypoint exports.
fn health(
    ground: &Ground<'_>,
    service: &str,
    keys: &Service,
    words: Vec<Vec<Piece>>,
    names: &Names,
    out: &mut ServiceSettings,
) {
    if is_replaced(ground, service, keys) || words.is_empty() {
        return;
    }
    let script = Script { names, variables: variables_gone(out) };
    let kind = script::plain(words.first().map_or(&[], Vec::as_slice));
    let (line, rest) = match (kind.as_deref(), words.get(1..).unwrap_or_default()) {
        (Some("CMD-SHELL"), [line]) => (script.code(line), std::slice::from_ref(line)),
        (Some("CMD"), rest) => (script.words(rest), rest),
        _ => return,
    };
    if has_secret(rest) || line.names_variable {
        mount(line.reads, out);
        out.health = Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), line.text]);
    }
}

/// Mount the files that a line reads, where they are not mounted already.
fn mount(reads: BTreeSet<SecretName>, out: &mut ServiceSettings) {
    for name in reads {
        if !out.env_secrets.values().any(|one| *one == name) {
            out.secrets.insert(name);
        }
    }
}

/// Variables of the service that are no longer in its container's environment, with their secrets.
fn variables_gone(out: &ServiceSettings) -> BTreeMap<String, SecretName> {
    let secret = |(name, fate): (&String, &Fate)| match fate {
        Fate::Secret(secret, _) if out.in_plain_sight.is_none() => {
            Some((name.clone(), secret.clone()))
        }
        _ => None,
    };
    out.fates.iter().filter_map(secret).collect()
}

/// The program, where its line holds a secret.
fn program(
    ground: &Ground<'_>,
    keys: &Service,
    entrypoint: Vec<Vec<Piece>>,
    command: Vec<Vec<Piece>>,
    names: &Names,
    out: &mut ServiceSettings,
) {
    if !has_secret(&entrypoint) && !has_secret(&command) {
        return;
    }
    let script = Script { names, variables: BTreeMap::new() };
    let facts = known(ground, keys).map(|(_, facts)| facts).unwrap_or_default();
    let says_entrypoint = !entrypoint.is_empty();
    let whole: Vec<Vec<Piece>> = entrypoint.iter().chain(&command).cloned().collect();
    let shell = |words: &[Vec<Piece>]| {
        let first = words.first().and_then(|word| script::plain(word)).unwrap_or_default();
        let option = words.get(1).and_then(|word| script::plain(word)).unwrap_or_default();
        let name = first.rsplit('/').next().unwrap_or_default().to_owned();
        ["sh", "bash", "ash", "dash"].contains(&name.as_str())
            && option.starts_with('-')
            && option.ends_with('c')
    };
    if shell(&command) && !has_secret(&entrypoint) {
        let (words, reads) = script.shell(&command);
        out.command = Some(words);
        mount(reads, out);
    } else if shell(&whole) {
        let (words, reads) = script.shell(&whole);
        out.entrypoint = Some(words);
        out.command = Some(Vec::new());
        mount(reads, out);
    } else if let (true, Some(own)) = (facts.shell == Some(true), facts.entrypoint)
        && !says_entrypoint
    {
        let own = own.into_iter().map(|word| vec![Piece::Text(word)]);
        let words: Vec<Vec<Piece>> = own.chain(command).collect();
        let line = script.words(&words);
        out.entrypoint = Some(vec!["/bin/sh".into(), "-c".into(), format!("exec {}", line.text)]);
        out.command = Some(Vec::new());
        mount(line.reads, out);
    } else {
        left_out(entrypoint, command, names, out);
    }
}

/// What no shell starts goes without its secrets, and a person is told.
fn left_out(
    entrypoint: Vec<Vec<Piece>>,
    command: Vec<Vec<Piece>>,
    names: &Names,
    out: &mut ServiceSettings,
) {
    let secret = |piece: &Piece| match piece {
        Piece::Secret(atom) => names.groups.get(atom.group).map(|name| format!("`{name}`")),
        Piece::Text(_) | Piece::Unset(_) => None,
    };
    let used: Vec<String> =
        entrypoint.iter().chain(&command).flatten().filter_map(secret).collect();
    let blank = |words: &[Vec<Piece>]| words.iter().map(|word| script::without(word)).collect();
    if !entrypoint.is_empty() {
        out.entrypoint = Some(blank(&entrypoint));
    }
    out.command = Some(blank(&command));
    out.manual.push(format!(
        "its command line holds {}, which is left out: every process list shows it; let the \
         program read /run/secrets, or start it through a shell",
        used.join(", ")
    ));
}
