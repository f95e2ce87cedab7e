//! What changed between two exposures, and whether more or less can be reached.

use std::collections::BTreeSet;

use super::{Exposure, Fact, Section};

/// One changed fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its section.
    pub section: Section,
    /// The line before; empty for a new fact.
    pub before: String,
    /// The line after; empty for one that is gone.
    pub after: String,
    /// What it means.
    pub effect: Effect,
}

/// What a change means for who can reach or read something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// More can be reached or read.
    MoreExposed,
    /// Less can be reached or read.
    LessExposed,
    /// Neither more nor less.
    Neutral,
}

/// Every changed fact: more exposed first, then by section and subject.
pub fn compare(before: &Exposure, after: &Exposure) -> Vec<Change> {
    let mut changes: Vec<Change> = Section::ALL
        .into_iter()
        .flat_map(|section| compare_section(section, before, after))
        .collect();
    changes.sort_by_key(|change| change.effect);
    changes
}

fn compare_section(section: Section, before: &Exposure, after: &Exposure) -> Vec<Change> {
    let facts = |exposure: &Exposure| exposure.facts.get(&section).cloned().unwrap_or_default();
    let (old, new) = (facts(before), facts(after));
    let subjects: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    subjects
        .into_iter()
        .filter_map(|subject| {
            let (before, after) = (old.get(subject), new.get(subject));
            let effect = match (before, after) {
                (Some(before), Some(after)) if before == after => return None,
                (Some(before), Some(after)) => effect(before, after),
                (None, Some(_)) => Effect::MoreExposed,
                (Some(_), None) => Effect::LessExposed,
                (None, None) => return None,
            };
            let line = |fact: Option<&Fact>| fact.map(Fact::to_line).unwrap_or_default();
            Some(Change { section, before: line(before), after: line(after), effect })
        })
        .collect()
}

/// A fact with the same subject: one detail that opens more decides.
fn effect(before: &Fact, after: &Fact) -> Effect {
    let names: BTreeSet<&str> =
        before.details.iter().chain(&after.details).map(|(name, _)| name.as_str()).collect();
    names
        .into_iter()
        .filter(|name| before.detail(name) != after.detail(name))
        .map(|name| detail_effect(name, before.detail(name), after.detail(name)))
        .min()
        .unwrap_or(Effect::Neutral)
}

fn detail_effect(name: &str, before: Option<&str>, after: Option<&str>) -> Effect {
    let openness = |value: Option<&str>| match name {
        "auth" => auth_openness(value),
        "body" => value.map_or(0, size),
        "rate" => value.map_or(u64::MAX, rate_openness),
        // A list of who may: absent means everybody.
        "allow" | "methods" => value.map_or(u64::MAX, |list| list.split(',').count() as u64),
        // A list of who may besides: absent means nobody.
        "cors" => value
            .map_or(0, |list| if list == "*" { u64::MAX } else { list.split(',').count() as u64 }),
        "websocket" => u64::from(value.is_some()),
        "in" => u64::from(value.is_some()),
        _ => 0,
    };
    match openness(before).cmp(&openness(after)) {
        std::cmp::Ordering::Less => Effect::MoreExposed,
        std::cmp::Ordering::Greater => Effect::LessExposed,
        // Another list of the same length, another policy: somebody new may come in.
        std::cmp::Ordering::Equal if matches!(name, "allow" | "methods" | "cors" | "auth") => {
            Effect::MoreExposed
        }
        std::cmp::Ordering::Equal => Effect::Neutral,
    }
}

fn auth_openness(value: Option<&str>) -> u64 {
    match value {
        None | Some("none" | "unstated") => 2,
        Some(policy) if policy.starts_with("webhook:") => 1,
        Some(_) => 0,
    }
}

fn size(text: &str) -> u64 {
    crate::stack::Bytes::parse(text).map_or(0, |bytes| bytes.0)
}

/// Requests an hour of the tightest rate.
fn rate_openness(text: &str) -> u64 {
    text.split(',')
        .map(|rate| {
            let (requests, rest) = rate.split_once('/').unwrap_or((rate, ""));
            let an_hour = if rest.starts_with("min") { 60 } else { 3_600 };
            requests.parse::<u64>().map_or(u64::MAX, |n| n.saturating_mul(an_hour))
        })
        .min()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(auth: &str, rate: &str) -> Exposure {
        let mut exposure = Exposure::default();
        let fact = Fact::about("a.example /x").with("auth", auth).with("rate", rate);
        exposure.add(Section::Routes, fact);
        exposure
    }

    #[test]
    fn opening_counts_as_more() {
        let effects = |before: Exposure, after: Exposure| {
            compare(&before, &after).iter().map(|change| change.effect).collect::<Vec<_>>()
        };
        let closed = route("user", "60/min+20");
        assert_eq!(effects(closed.clone(), closed.clone()), []);
        assert_eq!(effects(closed.clone(), route("none", "60/min+20")), [Effect::MoreExposed]);
        assert_eq!(effects(route("none", "60/min+20"), closed.clone()), [Effect::LessExposed]);
        assert_eq!(effects(closed.clone(), route("user", "120/min+20")), [Effect::MoreExposed]);
        assert_eq!(effects(closed.clone(), route("none", "1/min+1")), [Effect::MoreExposed]);
        assert_eq!(effects(Exposure::default(), closed.clone()), [Effect::MoreExposed]);
        assert_eq!(effects(closed, Exposure::default()), [Effect::LessExposed]);
    }
}
