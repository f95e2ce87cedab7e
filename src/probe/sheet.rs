//! What was seen of an image, as a file of `presets/images/`.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::{Map, Value, json};

use super::{Seen, tools};
use crate::yaml;

/// Folders whose content is the image's: memory there would hide it.
const PROGRAMS: [&str; 9] =
    ["/", "/bin", "/etc", "/lib", "/opt", "/sbin", "/usr", "/usr/local", "/var"];

/// The file: facts that were seen with what showed them, and what could not be seen.
///
/// # Errors
/// [`yaml::WriteError`] where a value has no form in YAML.
pub fn sheet(seen: &Seen, today: &str) -> Result<String, yaml::WriteError> {
    let digest = seen.image.repo_digests.first().map_or(seen.image.id.as_str(), String::as_str);
    let mut sheet = Sheet {
        source: format!("probed {today} for {} s an attempt, {digest}", seen.watched),
        ..Sheet::default()
    };
    sheet.itself(seen);
    sheet.who(seen);
    sheet.where_it_writes(seen);
    sheet.how_it_is_asked(seen);
    let title = yaml::to_string(&json!({"title": format!("{}, as a probe saw it", seen.name)}))?;
    // On one line: that is how a repository is found among the files.
    let repositories = format!("repositories: [{}]\n", seen.repository);
    let mut rest = Map::new();
    rest.insert("facts".to_owned(), Value::Object(sheet.facts));
    rest.insert("evidence".to_owned(), json!(sheet.evidence));
    if !sheet.unproven.is_empty() {
        rest.insert("unproven".to_owned(), json!(sheet.unproven));
    }
    Ok(format!("{title}{repositories}{}", yaml::to_string(&rest)?))
}

#[derive(Default)]
struct Sheet {
    source: String,
    facts: Map<String, Value>,
    evidence: BTreeMap<&'static str, String>,
    unproven: BTreeMap<&'static str, String>,
}

impl Sheet {
    /// A fact, and in which way the probe saw it.
    fn fact(&mut self, key: &'static str, value: Value, how: &str) {
        self.facts.insert(key.to_owned(), value);
        self.evidence.insert(key, format!("{}: {how}", self.source));
    }

    /// What the image says of itself.
    fn itself(&mut self, seen: &Seen) {
        let config = &seen.image.config;
        for (key, words) in [("entrypoint", &config.entrypoint), ("command", &config.cmd)] {
            if words.first().is_some_and(|word| !word.is_empty()) {
                self.fact(key, json!(words), "the image's configuration");
            }
        }
        if !config.volumes.is_empty() {
            let named = named(config.volumes.keys().map(String::as_str));
            self.fact("volumes", json!(named), "the image's configuration");
        }
        let exposed: Vec<u16> = config.exposed_ports.keys().filter_map(|port| tcp(port)).collect();
        match (seen.ports.as_deref(), exposed.as_slice()) {
            (Some([port]), _) => self.fact("port", json!(port), "the only port it listened on"),
            (Some(ports), _) if exposed.iter().any(|port| ports.contains(port)) => {
                let port = exposed.iter().find(|port| ports.contains(port));
                self.fact("port", json!(port), "declared, and it listened there");
                let all = listed(ports);
                self.unproven.insert("port", format!("it listened on {all}; which is meant?"));
            }
            (_, [port, ..]) => {
                self.fact("port", json!(port), "declared by the image");
                let words = "nobody was seen listening there; see where the program listens";
                self.unproven.insert("port", words.to_owned());
            }
            _ => {}
        }
    }

    /// As whom it runs, and with what.
    fn who(&mut self, seen: &Seen) {
        if seen.runs_as_user {
            let how = "its main process had these numbers and ran with them from the start";
            self.fact("user", json!(seen.user), how);
        } else if !seen.capabilities.is_empty() {
            let reason = "it did not start without these capabilities, and did with them";
            let value = json!({"reason": reason, "capabilities": seen.capabilities});
            self.fact("root", value, "runs with fewer and fewer capabilities");
            let words = "the smallest set of capabilities was not sought";
            self.unproven.insert("root", words.to_owned());
        }
    }

    /// Paths outside its volumes.
    fn where_it_writes(&mut self, seen: &Seen) {
        let is_program = |path: &&String| PROGRAMS.contains(&path.as_str());
        let hidden: Vec<&String> = seen.written.iter().filter(is_program).collect();
        let memory: Vec<&String> =
            seen.written.iter().filter(|path| !is_program(path) && *path != "/tmp").collect();
        if seen.read_only == Some(false) || !hidden.is_empty() {
            let at = match seen.written.is_empty() {
                true => "a place that was not seen".to_owned(),
                false => seen.written.join(", "),
            };
            self.fact("writes_root", json!(format!("it writes to {at}")), "docker diff");
            let words = "it did not run on a read-only root with memory there; find out why";
            if seen.read_only == Some(false) {
                self.unproven.insert("writes_root", words.to_owned());
            }
        } else if !memory.is_empty() {
            self.fact("writable", json!(memory), "docker diff, and a run with memory there");
        }
    }

    /// Shell and programs that ask.
    fn how_it_is_asked(&mut self, seen: &Seen) {
        let has = |name: &str| tools::has(&seen.tools, name);
        let shell = has("sh");
        self.fact("shell", json!(shell), "looked for /bin/sh in its files");
        let check = &seen.image.config.healthcheck.test;
        let (kind, words) =
            check.split_first().map_or(("", &[][..]), |(kind, words)| (kind, words));
        match (kind, words) {
            ("CMD", [_, ..]) => self.fact("health", json!({"command": words}), "HEALTHCHECK"),
            ("CMD-SHELL", [line, ..]) => self.fact("health", json!({"shell": line}), "HEALTHCHECK"),
            _ if !shell && seen.tools.is_empty() => {
                let words = "the image has neither a shell nor curl, wget, nc, python3 or node";
                self.fact("health", json!({"impossible": words}), "looked for in its files");
                let words = "the program itself may be able to ask; see its options";
                self.unproven.insert("health", words.to_owned());
            }
            _ => {}
        }
        let address = "http://127.0.0.1:{port}{path}";
        let probe = match (has("wget"), has("curl")) {
            (_, true) => json!(["curl", "-fs", "-o", "/dev/null", address]),
            (true, false) => json!(["wget", "-q", "-O", "/dev/null", address]),
            (false, false) => return,
        };
        self.fact("http_probe", probe, "the program lies in its files");
    }
}

/// `5432/tcp` as a number.
fn tcp(port: &str) -> Option<u16> {
    port.strip_suffix("/tcp").unwrap_or(port).parse().ok()
}

fn listed(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// Ending of a volume's name to its path, from the last word of each path.
fn named<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeMap<String, &'a str> {
    let mut named = BTreeMap::new();
    for path in paths {
        let last = Utf8Path::new(path).file_name().unwrap_or("data").to_ascii_lowercase();
        let plain: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut name = if plain.is_empty() { "data".to_owned() } else { plain };
        while named.contains_key(&name) {
            name.push('2');
        }
        named.insert(name, path);
    }
    named
}

#[cfg(test)]
mod tests;
