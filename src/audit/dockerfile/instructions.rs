//! Rules that one instruction breaks by itself.

use super::super::judged_file::Found;
use super::read::{Copied, Instruction, Stage, What};
use super::{Build, commands};
use crate::diagnostic::looks_secret;

/// What is wrong with an instruction that runs nothing; `remains` where it is in the result.
pub(super) fn found(
    instruction: &Instruction,
    remains: bool,
    build: Build<'_>,
) -> impl Iterator<Item = Found> {
    let offset = instruction.offset;
    let found = match &instruction.what {
        What::Settings(settings) => settings.iter().filter_map(|s| setting(offset, s)).collect(),
        What::Copy(copied) => copy(offset, copied, remains, build),
        What::Expose(ports) if remains => ports.iter().filter_map(|p| ssh(offset, p)).collect(),
        _ => Vec::new(),
    };
    found.into_iter()
}

/// A base without a version.
pub(super) fn base(stage: &Stage, earlier: &[Stage]) -> Option<Found> {
    let name = stage.base.to_lowercase();
    let is_stage = earlier.iter().any(|stage| stage.name.as_deref() == Some(name.as_str()));
    if is_stage || name == "scratch" || name.contains('$') || name.contains('@') {
        return None;
    }
    let last = name.rsplit('/').next().unwrap_or_default();
    let found = match last.split_once(':') {
        None => "has no tag, so it is whatever `latest` is today",
        Some((_, "latest")) => "is whatever `latest` is today",
        Some(_) => return None,
    };
    let found = format!("the base {} {found}", stage.base);
    Some(new("dockerfile-base-tag", stage.offset, found, "name a version, best with its digest"))
}

/// `USER root`, by name or number.
pub(super) fn root(offset: usize, user: &str) -> Option<Found> {
    let name = user.trim().trim_matches(['"', '\'']).split(':').next().unwrap_or_default();
    let zero = !name.is_empty() && name.chars().all(|c| c == '0');
    let found = || new("dockerfile-user", offset, "the image runs as root".to_owned(), USER);
    (name == "root" || zero).then(found)
}

/// No `USER` on the way to `base`; silent about bases that say by their name that they have one.
pub(super) fn no_user(offset: usize, base: &str) -> Option<Found> {
    const OTHERS: [&str; 6] =
        ["nonroot", "rootless", "unprivileged", "cgr.dev/", "bitnami", "/windows/"];
    let base = base.to_lowercase();
    let knows = base.contains('$') || OTHERS.iter().any(|word| base.contains(word));
    let found = "it has no USER: it runs as its base says, which is root unless that sets another";
    let found =
        || Found { lacking: true, ..new("dockerfile-user", offset, found.to_owned(), USER) };
    (!knows).then(found)
}

const USER: &str = "end the stage with a numbered user, `USER 10001:10001`";

fn setting(offset: usize, (name, value): &(String, String)) -> Option<Found> {
    // Public by their purpose: official images name the keys that signed their sources.
    let public = ["GPG", "PUBLIC", "FINGERPRINT"];
    let public = public.iter().any(|word| name.to_uppercase().contains(word));
    if let Some(off) = commands::verification_off(name, value) {
        return Some(new("dockerfile-unverified-download", offset, off, commands::VERIFY));
    }
    (!public && looks_secret(name, &literal(value))).then(|| {
        let advice = "hand it over while it runs; for the build, `RUN --mount=type=secret`";
        let found = format!("{name} looks like a secret");
        new("secret-looking-settings", offset, found, advice)
    })
}

/// A value without its variables, which are what somebody else set. An unclosed one is left in.
fn literal(value: &str) -> String {
    let (mut text, mut left) = (String::new(), value);
    while let Some((before, rest)) = left.split_once('$') {
        text += before;
        left = match rest.strip_prefix('{') {
            Some(braced) => match braced.split_once('}') {
                // The default of a variable is a value.
                Some((inner, behind)) => {
                    text += inner.split_once(":-").map(|(_, default)| default).unwrap_or_default();
                    behind
                }
                None => braced,
            },
            None => rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        };
    }
    text + left
}

fn copy(offset: usize, copied: &Copied, remains: bool, build: Build<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let word = if copied.is_add { "ADD" } else { "COPY" };
    let remote = |source: &&String| {
        (source.starts_with("https://") || source.starts_with("http://"))
            && !source.contains(".git")
    };
    if copied.is_add && !copied.checksum && copied.sources.iter().any(|source| remote(&source)) {
        let advice = "write `ADD --checksum=sha256:...`";
        let words = "a file is added from the network without a checksum".to_owned();
        found.push(new("dockerfile-remote-add", offset, words, advice));
    }
    if let Some(mode) = copied.mode.as_deref().filter(|_| remains) {
        found.extend(commands::mode(mode, offset));
    }
    let own = || copied.sources.iter().filter(|_| !copied.elsewhere);
    let whole = own().any(|source| matches!(source.as_str(), "." | "./" | "/"));
    if whole && build.ignores_nothing && !copied.excludes {
        let words = format!("`{word}` takes the whole folder, and there is no `.dockerignore`");
        let advice = "write a `.dockerignore` that names `.git`, `.env` and what else is secret";
        let lacking = new("dockerfile-no-secrets", offset, words, advice);
        found.push(Found { lacking: true, ..lacking });
    }
    let file = |source: &String| source.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(name) = own().map(file).find(|name| SECRET_FILES.contains(&name.as_str())) {
        let words = format!("`{word}` puts `{name}` into a layer");
        let advice = "hand it over while it runs; for the build, `RUN --mount=type=secret`";
        found.push(new("dockerfile-no-secrets", offset, words, advice));
    }
    found
}

/// Files that hold credentials by their purpose.
const SECRET_FILES: [&str; 7] =
    [".env", ".netrc", ".pypirc", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"];

fn ssh(offset: usize, port: &str) -> Option<Found> {
    let found =
        || new("dockerfile-ssh", offset, "port 22 is SSH's".to_owned(), "use `docker exec`");
    matches!(port, "22" | "22/tcp").then(found)
}

fn new(rule: &'static str, offset: usize, found: String, advice: &'static str) -> Found {
    Found { rule, offset, place: String::new(), found, advice, lacking: false }
}
