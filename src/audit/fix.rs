//! What to write into a Compose file: words for people, and changes where a machine may write them.
//!
//! A control's own advice speaks to people who write a description; here stands what a Compose file
//! says for the same.

use crate::compose::load::Project;
use crate::controls::Violation;
use crate::diagnostic::{Position, Sources};
use crate::stack::{Origin, Place};
use crate::yaml::Node;

/// Text in the place of what is marked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What is replaced; a length of 0 only inserts.
    pub at: Position,
    /// What stands there afterwards; whole lines end with a line feed.
    pub text: String,
}

/// (control, what to write, key of the service, its value): a key that a machine may add where the
/// service does not have it; the words say what has to be looked at before.
const KEYS: &[(&str, &str, &str, &str)] = &[
    ("capabilities-dropped", "write `cap_drop: [ALL]`", "cap_drop", "[ALL]"),
    (
        "no-new-privileges",
        "write `security_opt: ['no-new-privileges:true']`",
        "security_opt",
        "['no-new-privileges:true']",
    ),
    ("init", "write `init: true`", "init", "true"),
    ("host-ipc", "write `ipc: private`", "ipc", "private"),
    (
        "read-only-root",
        "write `read_only: true`, and `tmpfs:` for what it writes",
        "read_only",
        "true",
    ),
];

/// (control, what to write), where only a person knows the value.
const WORDS: &[(&str, &str)] = &[
    ("pids", "write `pids_limit: 256`, or what the program needs"),
    ("restart", "write `restart: unless-stopped`; `restart: 'no'` for a job that ends"),
    ("memory", "write `mem_limit:` with what it needs and some more, such as 512m"),
    ("cpu", "write `cpus:` with its share, such as 1"),
    ("user", "write `user: 'UID:GID'` with numbers other than 0 that the image can run as"),
    ("logging", "write `logging: {driver: json-file, options: {max-size: 10m, max-file: '3'}}`"),
    ("health-check", "write `healthcheck:` with a test that the image can run"),
    ("health-times", "write `interval`, `timeout` and `retries` in `healthcheck:`"),
    ("ulimits", "write `ulimits:` with `core: 0` and a bound for `nofile`"),
    ("stop-grace", "write `stop_grace_period:` with the time that it needs to end"),
    ("start-order", "write `depends_on: {NAME: {condition: service_healthy}}`"),
    ("image-tag", "write the version that was tested, not `latest`"),
    ("image-digest", "write the digest behind the tag: `IMAGE:TAG@sha256:…`"),
    ("published-ports", "bind it to 127.0.0.1, or leave it out and put a gateway in front"),
    ("secret-looking-settings", "hand it over as a file: `secrets:` and NAME_FILE"),
    ("secrets-as-files", "hand it over as a file: `secrets:` and NAME_FILE"),
    ("link-isolation", "give each pair that talks a network of its own"),
    ("egress", "write `internal: true` for networks that need no way out"),
    (
        "control-socket",
        "remove the mount; a program that must see containers gets a filtering proxy",
    ),
    ("sensitive-host-paths", "mount a folder of the project instead"),
    ("host-paths", "mount a folder of the project, or a named volume"),
    ("host-network", "remove `network_mode: host` and publish what is needed"),
    ("host-pid", "remove `pid: host`"),
    ("privileged", "remove it; add the one capability or device that is needed"),
    ("capabilities", "remove it, or write why the program needs it"),
    ("devices", "remove it, or write why the program needs it"),
    ("seccomp", "remove `seccomp:unconfined`"),
    ("apparmor", "remove `apparmor:unconfined`"),
    ("tmpfs-size", "write `size=64m`, or what it needs"),
    ("tmpfs-options", "write `noexec,nosuid,nodev`"),
];

/// What to write into a Compose file.
pub(super) fn words(control: &str) -> Option<&'static str> {
    let keys = KEYS.iter().map(|(id, words, ..)| (*id, *words));
    keys.chain(WORDS.iter().copied()).find(|(id, _)| *id == control).map(|(_, words)| words)
}

/// The change that a machine may write.
pub(super) fn fix(
    control: &str,
    violation: &Violation,
    project: &Project,
    sources: &Sources,
) -> Option<Fix> {
    match (control, &violation.origin) {
        ("published-ports", Origin::Written(at)) => loopback(*at, sources),
        ("privileged", Origin::Written(at)) => word(*at, "true", "false", sources),
        ("read-only-root" | "init", Origin::Written(at)) => word(*at, "false", "true", sources),
        _ => lacking(control, &violation.place, project),
    }
}

/// Another word, where exactly `old` stands.
fn word(at: Position, old: &str, new: &str, sources: &Sources) -> Option<Fix> {
    let behind = rest(at, sources)?.strip_prefix(old)?;
    let length = u32::try_from(old.chars().count()).ok()?;
    let ends = behind.chars().next().is_none_or(|c| " \t\r,}]#".contains(c));
    ends.then(|| Fix { at: Position { length, ..at }, text: new.to_owned() })
}

/// The host's own address before `HOST:CONTAINER` in the short form without one.
fn loopback(at: Position, sources: &Sources) -> Option<Fix> {
    let text = rest(at, sources)?;
    let port = text.strip_prefix(['"', '\'']).unwrap_or(text);
    let end = port.find([' ', '\t', '\r', '"', '\'', ',', ']', '}', '#']).unwrap_or(port.len());
    let (host, container) = port.get(..end)?.split_once(':')?;
    let container = container.split('/').next()?;
    let number =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let column = at.column.checked_add(u32::from(port.len() < text.len()))?;
    let at = Position { column, length: 0, ..at };
    (number(host) && number(container)).then(|| Fix { at, text: "127.0.0.1:".to_owned() })
}

/// What stands at a place, to the end of its line.
fn rest(at: Position, sources: &Sources) -> Option<&str> {
    let index = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let line = sources.text(at.source).lines().nth(index)?;
    let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
    let (start, _) = line.char_indices().nth(column)?;
    line.get(start..)
}

/// The key that a service lacks, as a line of its own above its first one.
fn lacking(control: &str, place: &Place, project: &Project) -> Option<Fix> {
    let (_, _, key, value) = KEYS.iter().find(|(id, ..)| *id == control)?;
    let Place::Service(name) = place else { return None };
    let service = project.node.get("services")?.get(name.as_str())?;
    if service.get(key).is_some() {
        return None;
    }
    let name = service_key(project, name.as_str())?;
    let keys = service.mapping()?.iter().map(|(key, _)| key.at);
    // Keys that come from a merge or another file stand elsewhere; in flow style all stand on one line.
    let own = keys.filter(|at| at.source == name.source && at.line > name.line);
    let first = own.min()?;
    let indent = " ".repeat(usize::try_from(first.column).ok()?.checked_sub(1)?);
    let line = Position { column: 1, length: 0, ..first };
    (first.column > name.column)
        .then(|| Fix { at: line, text: format!("{indent}{key}: {value}\n") })
}

fn service_key(project: &Project, name: &str) -> Option<Position> {
    let services = project.node.get("services").and_then(Node::mapping)?;
    services.iter().find(|(key, _)| key.text == name).map(|(key, _)| key.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::find;

    #[test]
    fn every_entry_is_about_a_control_and_stands_once() {
        let ids = KEYS.iter().map(|(id, ..)| id).chain(WORDS.iter().map(|(id, _)| id));
        let mut ids: Vec<_> = ids.copied().collect();
        assert!(ids.iter().all(|id| find(id).is_some()), "{ids:?}");
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len());
    }
}
