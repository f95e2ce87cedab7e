//! `docs/findings.md`: what others' rules find, and what we find.

use std::collections::BTreeSet;

use crate::comparison::{Comparison, Counts};
use crate::kics::{self, Answer};
use crate::rules::RULES;

const HEAD: &str = "\
<!-- Written by a test: UPDATE=1 PORTCULLIS_CORPUS=FOLDER cargo test --test findings -->
# What others find in Compose files, and what `audit` finds

";

pub(crate) fn page(comparison: &Comparison) -> String {
    let Comparison { files, services, .. } = comparison;
    let mut page = format!(
        "{HEAD}{files} files of public projects and templates that Docker Compose accepts, with {services} services,\n\
         judged by both: `audit` and compose-lint. What compose-lint finds counts as found, too, where a control\n\
         that answers for the rule fires on the same service, and for credentials on the same variable. A finding\n\
         that is missed without a reason below fails the test. {} files are left out: nobody reads them without the\n\
         values of their variables, which the corpus does not hold.\n",
        comparison.unread.len()
    );
    page += &compose_lint(comparison);
    page += &kics();
    page += &alone(comparison);
    page
}

fn compose_lint(comparison: &Comparison) -> String {
    let mut page = String::from(
        "\n## compose-lint, rule by rule\n\n\
         | rule | what it finds | controls | theirs | found, too | not, with a reason |\n\
         |---|---|---|---:|---:|---:|\n",
    );
    let mut sum = Counts::default();
    for rule in RULES {
        let counts = &comparison.rules[rule.id];
        let Counts { theirs, found, spared } = counts;
        let controls = ids(rule.controls);
        page += &format!(
            "| {} | {} | {controls} | {theirs} | {found} | {spared} |\n",
            rule.id, rule.title
        );
        sum.theirs += theirs;
        sum.found += found;
        sum.spared += spared;
    }
    page += &format!("| | **together** | | {} | {} | {} |\n", sum.theirs, sum.found, sum.spared);
    page += "\nNot found, and why:\n\n| rule | findings | reason |\n|---|---:|---|\n";
    for ((rule, words), count) in &comparison.reasons {
        page += &format!("| {rule} | {count} | {words} |\n");
    }
    page
}

fn kics() -> String {
    let mut page = String::from(
        "\n## KICS, rule by rule\n\n\
         KICS comes from no registry of packages. So each of its rules for Compose files that a control answers for\n\
         is broken by a small file, in which `audit` has to find it, and kept by another one, in which it must not.\n\n\
         | rule | what it finds | control, or why none |\n|---|---|---|\n",
    );
    for kics::Rule { id, title, answer } in kics::RULES {
        let answer = match answer {
            Answer::Control(control, ..) => format!("`{control}`"),
            Answer::None(why) => format!("none: {why}"),
        };
        page += &format!("| {id} | {title} | {answer} |\n");
    }
    page
}

/// Ours, and how many of them nobody else has.
fn alone(comparison: &Comparison) -> String {
    let by_kics: BTreeSet<&str> = kics::RULES
        .iter()
        .filter_map(|rule| match rule.answer {
            Answer::Control(control, ..) => Some(control),
            Answer::None(_) => None,
        })
        .collect();
    let all: usize = comparison.controls.values().map(|(both, ours)| both + ours).sum();
    let ours: usize = comparison.controls.values().map(|(_, ours)| ours).sum();
    let neither = comparison.controls.iter().filter(|(id, _)| !by_kics.contains(*id));
    let neither: usize = neither.map(|(_, (_, ours))| ours).sum();
    let mut page = format!(
        "\n## What we find\n\n\
         {all} findings; for {ours} compose-lint has none on the same service, and for {neither} of these KICS has\n\
         no rule either.\n\n\
         | control | findings | compose-lint's, too | not compose-lint's | KICS has a rule |\n\
         |---|---:|---:|---:|---|\n"
    );
    let mut rows: Vec<_> = comparison.controls.iter().collect();
    rows.sort_by_key(|(id, (_, ours))| (std::cmp::Reverse(*ours), **id));
    for (id, (both, ours)) in rows {
        let kics = if by_kics.contains(id) { "yes" } else { "" };
        page += &format!("| `{id}` | {} | {both} | {ours} | {kics} |\n", both + ours);
    }
    page
}

fn ids(controls: &[&str]) -> String {
    let ids: Vec<String> = controls.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}
