//! The mutants that no check can notice, each with the reason.

use std::fs;
use std::path::Path;

use super::mutate::Mutant;

/// Where the gateway decides who gets in: nothing may survive there, unless the line only repeats
/// what nginx does without it, which no mutant can change.
const GUARDED: &[&str] = &[
    "conf.d/guard.conf",
    "conf.d/headers.conf",
    "conf.d/limits.conf",
    "conf.d/policies.conf",
    "conf.d/tls.conf",
    "sites/_default.conf",
    "snippets/auth",
    "snippets/drop.conf",
    "snippets/guard.conf",
    "snippets/policy",
    "snippets/proxy-headers.conf",
    "snippets/rate",
];

/// The list, read from `tests/gateway/survivors.txt`.
pub struct Survivors(Vec<Survivor>);

struct Survivor {
    file: String,
    line: String,
    instead: String,
    reason: String,
}

impl Survivors {
    /// One a line: `FILE | LINE | INSTEAD | REASON`, an empty INSTEAD for a line left out.
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/survivors.txt");
        let text = fs::read_to_string(path).expect("the list of survivors");
        let entries = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(
            entries
                .map(|entry| match entry.split(" | ").map(str::trim).collect::<Vec<_>>()[..] {
                    [file, line, instead, reason] => Survivor {
                        file: file.to_owned(),
                        line: line.to_owned(),
                        instead: instead.to_owned(),
                        reason: reason.to_owned(),
                    },
                    _ => panic!("not FILE | LINE | INSTEAD | REASON: {entry}"),
                })
                .collect(),
        )
    }

    /// Whether this one is expected to survive.
    pub fn lists(&self, mutant: &Mutant) -> bool {
        self.0.iter().any(|entry| entry.is(mutant))
    }

    /// What is wrong with the list and the mutants that survived; stale entries only count when all were tried.
    pub fn judge(&self, survived: &[Mutant], all: bool) -> Vec<String> {
        let mut faults = Vec::new();
        for mutant in survived {
            let file = mutant.file.to_string_lossy();
            let listed = self.0.iter().find(|entry| entry.is(mutant));
            let what = format!("{mutant} |");
            match listed {
                None => faults.push(format!("survived: {what}")),
                Some(entry) if entry.is_default() => println!("no change: {what} {}", entry.reason),
                Some(_) if GUARDED.iter().any(|start| file.starts_with(start)) => {
                    faults.push(format!("survived where nothing may: {what}"));
                }
                Some(entry) => println!("survived: {what} {}", entry.reason),
            }
        }
        let stale =
            self.0.iter().filter(|entry| all && !survived.iter().any(|mutant| entry.is(mutant)));
        faults.extend(stale.map(|entry| {
            format!("listed, but caught: {} | {} | {}", entry.file, entry.line, entry.instead)
        }));
        faults
    }
}

impl Survivor {
    fn is_default(&self) -> bool {
        self.instead.is_empty() && self.reason.starts_with("nginx's default: ")
    }

    fn is(&self, mutant: &Mutant) -> bool {
        mutant.file == Path::new(&self.file)
            && mutant.line == self.line
            && mutant.instead == self.instead
    }
}
