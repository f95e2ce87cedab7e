//! `docs/corpus.md`: what import and generate make of Compose files that nobody here wrote.

use std::collections::BTreeMap;

use crate::drawn::Drawn;

/// The numbers that bars are held against.
pub(crate) struct Numbers {
    pub(crate) accepted: usize,
    pub(crate) imported: usize,
    pub(crate) generated: usize,
    pub(crate) clean: usize,
    pub(crate) panics: usize,
    /// Keys that end in `compose:` of all keys, and those that no rule knows, in ten-thousandths.
    pub(crate) carried: usize,
    pub(crate) unknown: usize,
    /// Median of description's to original's lines, in hundredths.
    pub(crate) median: usize,
}

impl Numbers {
    pub(crate) fn of(drawn: &[Drawn]) -> Self {
        let count = |what: fn(&Drawn) -> bool| drawn.iter().filter(|one| what(one)).count();
        let done: Vec<&Drawn> = drawn.iter().filter(|one| one.failure.is_empty()).collect();
        let all = done.iter().map(|one| one.keys.0).sum::<usize>().max(1);
        let share =
            |of: fn(&Drawn) -> usize| done.iter().map(|one| of(one)).sum::<usize>() * 10_000 / all;
        let mut ratios: Vec<usize> =
            done.iter().map(|one| one.lines.1 * 100 / one.lines.0.max(1)).collect();
        ratios.sort_unstable();
        Self {
            accepted: drawn.len(),
            imported: count(|one| one.imported),
            generated: done.len(),
            clean: count(|one| one.failure.is_empty() && one.findings.is_empty()),
            panics: count(|one| one.panicked),
            carried: share(|one| one.keys.1),
            unknown: share(|one| one.keys.2),
            median: ratios.get(ratios.len() / 2).copied().unwrap_or(0),
        }
    }

    /// Tenths of a per cent of the accepted.
    pub(crate) fn share(&self, count: usize) -> usize {
        count * 1000 / self.accepted.max(1)
    }
}

pub(crate) fn page(drawn: &[Drawn], every: usize) -> String {
    let numbers = Numbers::of(drawn);
    let share = |count| {
        let share = numbers.share(count);
        format!("{count} ({}.{} %)", share / 10, share % 10)
    };
    let hundredths = |n: usize| format!("{}.{:02} %", n / 100, n % 100);
    let mut page = String::from(
        "<!-- Written by a test: UPDATE=1 PORTCULLIS_CORPUS=FOLDER cargo test --test corpus -->\n\
         # Compose files that nobody here wrote\n\n\
         Every Compose file of a corpus of public projects and templates that Docker Compose accepts is imported and\n\
         generated, and the tree is handed to the judges: `docker-compose config`, compose-lint, dclint, gixy-ng,\n\
         gixy-next and `nginx -t`; the description has to pass the published schema. ",
    );
    page += &match every {
        1 => "Every judge looked at every tree.\n".to_owned(),
        every => format!("The two gixys looked at one tree in {every}, the others at all.\n"),
    };
    page += &format!(
        "\n| | wanted | reached |\n|---|---:|---:|\n\
         | accepted by Compose | | {} |\n| imported | | {} |\n| generated | | {} |\n\
         | judged clean, or waived with a reason | 95 % | {} |\n| panics | 0 | {} |\n\
         | keys that end in `compose:` | under 3 % | {} |\n| keys that no rule knows | 0 % | {} |\n\
         | lines of the description to those of the original, median | 0.50 | {}.{:02} |\n",
        numbers.accepted,
        share(numbers.imported),
        share(numbers.generated),
        share(numbers.clean),
        numbers.panics,
        hundredths(numbers.carried),
        hundredths(numbers.unknown),
        numbers.median / 100,
        numbers.median % 100,
    );
    page += "\n## Why not\n\n| files | what a user is told |\n|---:|---|\n";
    for (why, count) in
        sorted(drawn.iter().filter(|one| !one.failure.is_empty()).map(|one| one.failure.clone()))
    {
        page += &format!("| {count} | {} |\n", cell(&why));
    }
    page += "\n## What the judges found\n\n| trees | judge | finding |\n|---:|---|---|\n";
    let found = drawn.iter().flat_map(|one| {
        let mut kinds: Vec<String> =
            one.findings.iter().map(|(judge, what)| format!("{judge}\t{}", kind(what))).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    });
    for (what, count) in sorted(found) {
        let (judge, what) = what.split_once('\t').unwrap();
        page += &format!("| {count} | {judge} | {} |\n", cell(what));
    }
    page += "\n## Exceptions that the originals need, each with its reason in the description\n\n\
             | files | exceptions | control |\n|---:|---:|---|\n";
    let mut waived: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in drawn {
        let mut seen: Vec<&str> = one.exceptions.iter().map(|e| e.control.as_str()).collect();
        seen.iter().for_each(|control| waived.entry(control).or_default().1 += 1);
        seen.sort_unstable();
        seen.dedup();
        seen.iter().for_each(|control| waived.entry(control).or_default().0 += 1);
    }
    for (control, (files, count)) in waived {
        page += &format!("| {files} | {count} | `{control}` |\n");
    }
    page
}

/// The rule, or the first line without paths and numbers.
fn kind(what: &str) -> String {
    let line = what.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let (true, Some((_, why))) = (line.contains("interpolating"), line.split_once("required")) {
        return general(why);
    }
    let rule = line.split(": ").next().unwrap_or(line);
    let words: Vec<&str> = if rule.len() < 48 && rule != line && !rule.contains(' ') {
        vec![rule]
    } else {
        line.split_whitespace().filter(|word| !word.contains(['/', '#', '"'])).take(14).collect()
    };
    words.join(" ")
}

/// A complaint about a variable, without its name.
fn general(why: &str) -> String {
    let words = why.split_whitespace().map(|word| {
        let name = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if name { "…" } else { word }
    });
    format!("required {}", words.collect::<Vec<_>>().join(" "))
}

/// The most frequent first.
fn sorted(what: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    what.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn cell(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(240).collect();
    text.replace('|', "\\|")
}
