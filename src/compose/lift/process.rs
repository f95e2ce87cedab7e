//! What a container runs, as whom, and how its health is asked.

use super::plain;
use crate::compose::{Healthcheck, Number, Words};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::stack::{Command, Health, Probe, Restart, Seconds, User};

/// The words of a command, split where it is one line.
pub fn words(words: &Words) -> Vec<String> {
    command(words).words()
}

/// Words as they are. One line is split as Compose does it, at blanks outside quotes.
pub(super) fn command(words: &Words) -> Command {
    match words {
        Words::List(words) => Command::Exec(words.iter().map(|word| plain(word)).collect()),
        Words::Line(line) => Command::Exec(split(&plain(line))),
    }
}

/// The words of a line: blanks separate, quotes and backslashes protect (`shellwords`, which
/// Compose uses).
fn split(line: &str) -> Vec<String> {
    let (mut words, mut current, mut quote) = (Vec::new(), None::<String>, None);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => current.get_or_insert_default().extend(rest.next()),
            (c, Some(end)) if c == end => quote = None,
            (c, Some(_)) => current.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                current.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(current.take()),
            (c, None) => current.get_or_insert_default().push(c),
        }
    }
    words.extend(current);
    words
}

pub(super) fn user(text: &str) -> User {
    let (uid, gid) = text.split_once(':').unwrap_or((text, "0"));
    match (uid.parse(), gid.parse()) {
        (Ok(uid), Ok(gid)) => User::Numeric { uid, gid },
        _ => User::Named(plain(text)),
    }
}

pub(super) fn restart(text: &str, at: Position, problems: &mut Problems) -> Restart {
    let (policy, times) = text.split_once(':').unwrap_or((text, "0"));
    match (policy, times.parse()) {
        ("no" | "", _) => Restart::No,
        ("always", _) => Restart::Always,
        ("unless-stopped", _) => Restart::UnlessStopped,
        ("on-failure", Ok(times)) => Restart::OnFailure(times),
        _ => {
            problems.add(Diagnostic::at(at, "wrong-value", "this is no restart policy"));
            Restart::No
        }
    }
}

pub(super) fn health(check: &Healthcheck, problems: &mut Problems) -> Health {
    let plainly = Health::default();
    let mut time = |text: &Option<String>, key: &str, plain: Seconds| match text {
        None => plain,
        Some(text) => seconds(text).unwrap_or_else(|| {
            let at = check.places.of(key);
            problems.add(Diagnostic::at(at, "wrong-value", "this is no time such as 30s"));
            plain
        }),
    };
    let retries = check.retries.as_ref().and_then(|Number(text)| text.parse().ok());
    Health {
        probe: if check.disable == Some(true) { Probe::Disabled } else { probe(&check.test) },
        interval: time(&check.interval, "interval", plainly.interval),
        timeout: time(&check.timeout, "timeout", plainly.timeout),
        retries: retries.unwrap_or(plainly.retries),
        start_period: time(&check.start_period, "start_period", plainly.start_period),
    }
}

fn probe(test: &Option<Words>) -> Probe {
    match test {
        None => Probe::Image,
        Some(Words::Line(line)) => Probe::Shell(plain(line)),
        Some(Words::List(words)) => match words.split_first() {
            Some((kind, [])) if kind == "NONE" => Probe::Disabled,
            Some((kind, [line])) if kind == "CMD-SHELL" => Probe::Shell(plain(line)),
            Some((kind, words)) if kind == "CMD" => {
                Probe::Exec(words.iter().map(|word| plain(word)).collect())
            }
            _ => Probe::Image,
        },
    }
}

/// A time of Compose in whole seconds, rounded up; parts of a second have units of their own.
pub fn seconds(text: &str) -> Option<Seconds> {
    match text.strip_suffix("ms") {
        Some(number) => number.parse::<u64>().ok().map(|ms| Seconds(ms.div_ceil(1000))),
        None => Seconds::parse(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_would() {
        assert_eq!(
            split(r#"nginx -g 'daemon off;' "a b"\ c ''"#),
            ["nginx", "-g", "daemon off;", "a b c", ""]
        );
        assert_eq!(split("  "), Vec::<String>::new());
    }

    #[test]
    fn users_with_numbers_mean_the_same_in_every_image() {
        assert_eq!(user("1000:1000"), User::Numeric { uid: 1000, gid: 1000 });
        assert_eq!(user("0"), User::Numeric { uid: 0, gid: 0 });
        assert_eq!(user("node"), User::Named("node".to_owned()));
    }
}
