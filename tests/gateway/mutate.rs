//! Every line of a configuration left out, every flag of it turned round, one at a time.

use std::fmt;
use std::path::{Path, PathBuf};

/// One way to break a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The file, from the tree's root.
    pub file: PathBuf,
    /// The line before, without its indentation.
    pub line: String,
    /// The line after; empty when it, or the block that it opens, is gone.
    pub instead: String,
    /// How often the same change of an equal line stands earlier in the file.
    pub earlier: usize,
    /// The whole file with the change.
    pub content: String,
}

impl Mutant {
    /// Whether this breaks another tree at the same place.
    pub fn is(&self, other: &Self) -> bool {
        let place = |mutant: &Self| {
            (mutant.file.clone(), mutant.line.clone(), mutant.instead.clone(), mutant.earlier)
        };
        place(self) == place(other)
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {}", self.file.display(), self.line, self.instead)
    }
}

/// All mutants of a file's text, in the order of its lines.
pub fn of_file(file: &Path, text: &str) -> Vec<Mutant> {
    let lines: Vec<&str> = text.lines().collect();
    let mut mutants: Vec<Mutant> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') || words == "}" {
            continue;
        }
        let end = if words.ends_with('{') { block_end(&lines, number) } else { number };
        let mut change = |instead: &str, end: usize| {
            let kept = lines[..number]
                .iter()
                .copied()
                .chain(Some(instead))
                .chain(lines[end + 1..].iter().copied());
            let same = |mutant: &&Mutant| mutant.line == words && mutant.instead == instead.trim();
            let earlier = mutants.iter().filter(same).count();
            mutants.push(Mutant {
                file: file.to_owned(),
                line: words.to_owned(),
                instead: instead.trim().to_owned(),
                earlier,
                content: kept.flat_map(|line| [line, "\n"]).collect(),
            });
        };
        change("", end);
        for instead in negations(line) {
            change(&instead, number);
        }
    }
    mutants
}

/// The line of the brace that closes the block opened in line `start`.
fn block_end(lines: &[&str], start: usize) -> usize {
    let mut depth = 0;
    for (number, line) in lines.iter().enumerate().skip(start) {
        let code = if line.trim().starts_with('#') { "" } else { line.trim_end() };
        depth += usize::from(code.ends_with('{'));
        depth -= usize::from(code.trim() == "}");
        if depth == 0 {
            return number;
        }
    }
    start
}

/// Words that stand for a decision, each with its opposite.
const FLAGS: &[(&str, &str)] = &[
    (" on;", " off;"),
    (" off;", " on;"),
    (" on ", " off "),
    (" 0;", " 1;"),
    (" 1;", " 0;"),
    (" always;", ";"),
    (" nodelay;", ";"),
    (" default_server;", ";"),
    (" ssl;", ";"),
    (" ssl ", " "),
    (" resolve ", " "),
    (" max_fails=0", " max_fails=1"),
    (" ipv6=off", " ipv6=on"),
    ("allow ", "deny "),
    ("deny all", "allow all"),
    ("~*", "~"),
    (" real_ip_recursive on", " real_ip_recursive off"),
    (" escape=json", ""),
];

fn negations(line: &str) -> Vec<String> {
    let code = line.split(" # ").next().unwrap_or(line);
    if code.trim_start().starts_with('\'') {
        return Vec::new();
    }
    let mut all: Vec<String> = FLAGS
        .iter()
        .filter(|(word, _)| code.contains(word))
        .map(|(word, not)| code.replacen(word, not, 1))
        .collect();
    all.extend(other_numbers(code));
    all
}

/// Directives whose numbers are limits: ten times as much and a tenth.
const LIMITS: &[&str] = &[
    "limit_req",
    "limit_req_zone",
    "limit_conn",
    "client_max_body_size",
    "client_header_timeout",
    "client_body_timeout",
    "send_timeout",
    "keepalive_timeout",
    "proxy_connect_timeout",
    "proxy_read_timeout",
    "proxy_send_timeout",
    "resolver",
    "large_client_header_buffers",
    "http2_max_concurrent_streams",
    "ssl_session_timeout",
];
/// What stands before such a number.
const BEFORE: &[&str] = &[
    "rate=",
    "burst=",
    "valid=",
    "retry=",
    "max-age=",
    " conn ",
    "_size ",
    "_timeout ",
    "_streams ",
    "_buffers ",
];

fn other_numbers(code: &str) -> Vec<String> {
    let directive = code.split_whitespace().next().unwrap_or_default();
    let relevant =
        LIMITS.contains(&directive) || code.contains("retry=") || code.contains("max-age=");
    let Some(at) = BEFORE
        .iter()
        .filter(|_| relevant)
        .find_map(|word| code.find(word).map(|at| at + word.len()))
    else {
        return Vec::new();
    };
    let digits = code[at..].bytes().take_while(u8::is_ascii_digit).count();
    let Ok(number) = code[at..at + digits].parse::<u64>() else { return Vec::new() };
    let tenth = (number >= 10).then_some(number / 10);
    [Some(number * 10), tenth]
        .into_iter()
        .flatten()
        .filter(|other| *other != number)
        .map(|other| format!("{}{other}{}", &code[..at], &code[at + digits..]))
        .collect()
}
