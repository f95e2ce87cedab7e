//! HARDENING.md: first what is left to people, then what was accepted and what was changed, then
//! one line per control with its verdict and where it is enforced.

use indexmap::IndexMap;
use serde::Serialize;

use super::{Report, ReportError};
use crate::controls::{self, Control, Section};
use crate::hardening::{Finding, Hardening, PlaceFinding, Verdict};
use crate::templates;

/// One section of the report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportSection {
    /// Its heading.
    pub title: &'static str,
    /// Its controls, in their order.
    pub lines: Vec<Line>,
}

/// One control.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// HARDENED, FIXED, EXCEPTED or MANUAL.
    pub verdict: &'static str,
    /// The control's id.
    pub control: &'static str,
    /// The wanted condition.
    pub title: &'static str,
    /// Where it shows in the generated files.
    pub enforced_in: &'static str,
    /// What it satisfies elsewhere.
    pub references: String,
}

/// Lines of one kind, before the sections.
#[derive(Serialize)]
struct Told {
    title: &'static str,
    lines: Vec<ToldLine>,
}

/// What one control says with equal words, at all its places.
#[derive(Serialize)]
struct ToldLine {
    control: &'static str,
    /// Places, each group with what was found there.
    found: String,
    /// What to do, as a sentence, or the reason of an exception as it was given.
    advice: String,
}

#[derive(Serialize)]
struct View {
    project: String,
    environment: String,
    hardened: usize,
    fixed: usize,
    excepted: usize,
    manual: usize,
    differs: Vec<Differs>,
    told: Vec<Told>,
    sections: Vec<ReportSection>,
}

#[derive(Serialize)]
struct Differs {
    control: &'static str,
    production: &'static str,
    here: &'static str,
}

/// The text of HARDENING.md.
pub(super) fn draw(report: &Report<'_>) -> Result<String, ReportError> {
    let count = |verdict: Verdict| {
        report.hardening.findings.iter().filter(|finding| finding.verdict == verdict).count()
    };
    let word = |verdict: Option<Verdict>| verdict.map_or("does not apply", Verdict::word);
    let view = View {
        project: report.stack.name.to_string(),
        environment: report.stack.environment.to_string(),
        hardened: count(Verdict::Hardened),
        fixed: count(Verdict::Fixed),
        excepted: count(Verdict::Excepted),
        manual: count(Verdict::Manual),
        differs: report
            .differs
            .iter()
            .map(|difference| Differs {
                control: difference.control,
                production: word(difference.production),
                here: word(difference.here),
            })
            .collect(),
        told: told(report.hardening),
        sections: sections(report.hardening),
    };
    Ok(templates::render("docs/HARDENING.md.j2", &view)?)
}

/// The findings by section, sections without a control left out.
pub fn sections(hardening: &Hardening) -> Vec<ReportSection> {
    let in_section = |section: Section| {
        let of_it = known(hardening).filter(move |(_, control)| control.section() == section);
        of_it.map(|(finding, control)| line(finding, control)).collect()
    };
    Section::ALL
        .iter()
        .map(|section| ReportSection { title: section.title(), lines: in_section(*section) })
        .filter(|section| !section.lines.is_empty())
        .collect()
}

fn known(hardening: &Hardening) -> impl Iterator<Item = (&Finding, &'static dyn Control)> {
    hardening
        .findings
        .iter()
        .filter_map(|finding| Some((finding, controls::find(finding.control)?)))
}

fn line(finding: &Finding, control: &'static dyn Control) -> Line {
    Line {
        verdict: finding.verdict.word(),
        control: finding.control,
        title: control.title(),
        enforced_in: control.enforced_in(),
        references: control.references().join(", "),
    }
}

/// Everything that a person must know of, the longest task list first; what only replaced a plain
/// default needs no words.
fn told(hardening: &Hardening) -> Vec<Told> {
    let of = |title, verdict, in_code: fn(&str) -> bool| Told {
        title,
        lines: known(hardening)
            .filter(|(_, control)| in_code(control.enforced_in()))
            .flat_map(|(finding, _)| grouped(finding, verdict))
            .collect(),
    };
    let all = [
        of("Left to who operates the stack", Verdict::Manual, |place| !is_code(place)),
        of("Left to who writes the programs", Verdict::Manual, is_code),
        of("Accepted, each with its reason", Verdict::Excepted, |_| true),
        of("Changed, though somebody had written it", Verdict::Fixed, |_| true),
    ];
    all.into_iter().filter(|told| !told.lines.is_empty()).collect()
}

fn is_code(enforced_in: &str) -> bool {
    enforced_in.ends_with("own code")
}

/// One line for each advice, with every place that it is for; the order of places stays.
fn grouped(finding: &Finding, verdict: Verdict) -> Vec<ToldLine> {
    let places = finding.places.iter().filter(|place| place.verdict == verdict);
    let by_advice = alike(places, |place| place.advice.as_str());
    let line = |(advice, places): (&str, Vec<&PlaceFinding>)| {
        let by_words = alike(places.into_iter(), |place| place.found.as_str());
        let found = by_words.iter().map(|(found, at)| format!("{}: {found}", whereabouts(at)));
        ToldLine {
            control: finding.control,
            found: on_one_line(&found.collect::<Vec<_>>().join("; ")),
            // A reason is a person's own words.
            advice: match verdict {
                Verdict::Excepted => on_one_line(advice),
                _ => sentence(&on_one_line(advice)),
            },
        }
    };
    by_advice.into_iter().map(line).collect()
}

/// What is found may repeat a path or a name of the stack, and those may hold line breaks.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Findings with equal words together, in the order of their first.
fn alike<'a>(
    places: impl Iterator<Item = &'a PlaceFinding>,
    words: fn(&PlaceFinding) -> &str,
) -> Vec<(&'a str, Vec<&'a PlaceFinding>)> {
    let mut order: IndexMap<&str, Vec<&PlaceFinding>> = IndexMap::new();
    for place in places {
        order.entry(words(place)).or_default().push(place);
    }
    order.into_iter().collect()
}

/// `service app`, `services app, worker`: the kind once, then the names.
fn whereabouts(places: &[&PlaceFinding]) -> String {
    let words: Vec<String> = places.iter().map(|found| found.place.to_string()).collect();
    let split =
        |word: &String| word.split_once(' ').map(|(kind, name)| (kind.to_owned(), name.to_owned()));
    let named: Option<Vec<(String, String)>> = words.iter().map(split).collect();
    match named.as_deref() {
        Some([(kind, _), _, ..]) if named.iter().flatten().all(|(other, _)| other == kind) => {
            let names: Vec<&str> = named.iter().flatten().map(|(_, name)| name.as_str()).collect();
            format!("{kind}s {}", names.join(", "))
        }
        _ => words.join(", "),
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    first.into_iter().chain(letters).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{Origin, Place, testing::service};

    fn at(place: Place, found: &str, advice: &str) -> PlaceFinding {
        let (found, advice) = (found.to_owned(), advice.to_owned());
        PlaceFinding { place, verdict: Verdict::Manual, found, advice, origin: Origin::Default }
    }

    fn told_of(places: Vec<PlaceFinding>) -> Vec<String> {
        let finding = Finding { control: "image-digest", verdict: Verdict::Manual, places };
        let lines = grouped(&finding, Verdict::Manual).into_iter();
        lines.map(|line| format!("{}. {}", line.found, line.advice)).collect()
    }

    #[test]
    fn equal_advice_is_given_once_for_all_its_places() {
        let app = || Place::Service(service("app"));
        let db = || Place::Service(service("db"));
        let equal = vec![at(app(), "no digest", "write one"), at(db(), "no digest", "write one")];
        assert_eq!(told_of(equal), ["services app, db: no digest. Write one."]);
        let found = vec![at(app(), "a:1", "write one"), at(db(), "b:2", "write one")];
        assert_eq!(told_of(found), ["service app: a:1; service db: b:2. Write one."]);
        let other = vec![at(app(), "a:1", "write one"), at(Place::Gateway, "a:1", "remove it")];
        assert_eq!(told_of(other), ["service app: a:1. Write one.", "gateway: a:1. Remove it."]);
        let mixed = vec![at(Place::Gateway, "a:1", "write one"), at(app(), "a:1", "write one")];
        assert_eq!(told_of(mixed), ["gateway, service app: a:1. Write one."]);
    }

    #[test]
    fn what_holds_and_what_is_left_elsewhere_are_no_lines_here() {
        let mut held = at(Place::Gateway, "a:1", "nothing");
        held.verdict = Verdict::Hardened;
        assert_eq!(told_of(vec![held]), Vec::<String>::new());
    }
}
