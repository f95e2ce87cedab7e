//! The laws that hold for every control, so that a new one gets them for nothing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;

use super::random_stack::{allowed, insecure};
use super::*;
use crate::controls::{ALL, all_without};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/controls");

fn ids(hardening: &Hardening) -> BTreeMap<&'static str, Vec<(Place, String)>> {
    let manual = |finding: &Finding| {
        let left = finding.places.iter().filter(|p| p.verdict == Verdict::Manual);
        left.map(|p| (p.place.clone(), p.found.clone())).collect()
    };
    let each = hardening.findings.iter().map(|finding| (finding.control, manual(finding)));
    each.filter(|(_, left): &(_, Vec<_>)| !left.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn mending_twice_is_mending_once(stack in insecure()) {
        let mut once = stack;
        let first = judge(&mut once, ALL);
        let mut twice = once.clone();
        let second = judge(&mut twice, ALL);
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(ids(&first), ids(&second), "what is left is the same");
        for place in second.findings.iter().flat_map(|finding| &finding.places) {
            prop_assert!(place.verdict >= Verdict::Excepted, "mended again: {:?}", place);
        }
    }

    #[test]
    fn the_order_of_controls_decides_nothing(stack in insecure(), picks in order()) {
        let mut shuffled: Vec<&dyn Control> = Vec::new();
        let mut rest = ALL.to_vec();
        for pick in picks {
            shuffled.push(rest.remove(pick.index(rest.len())));
        }
        let reversed: Vec<&dyn Control> = ALL.iter().rev().copied().collect();
        let (mut forward, mut backward, mut random) = (stack.clone(), stack.clone(), stack);
        let said = judge(&mut forward, ALL);
        for other in [judge(&mut backward, &reversed), judge(&mut random, &shuffled)] {
            let differs: Vec<_> = told(&said).symmetric_difference(&told(&other)).cloned().collect();
            prop_assert!(differs.is_empty(), "{:?}", differs);
        }
        prop_assert_eq!(&forward, &backward);
        prop_assert_eq!(&forward, &random);
    }

    #[test]
    fn no_mending_makes_another_violation(stack in insecure(), index in any::<Index>()) {
        let control = *index.get(ALL);
        let before: BTreeSet<(&str, Place)> = violations(&stack);
        let mut mended = stack;
        judge(&mut mended, &[control]);
        let made: Vec<_> = violations(&mended).difference(&before).cloned().collect();
        prop_assert_eq!(made, vec![], "by {}", control.id());
    }

    #[test]
    fn what_a_person_wrote_and_may_write_stays(values in allowed()) {
        let mut stack = crate::stack::testing::sample();
        values.iter().for_each(|value| (value.apply)(&mut stack));
        let kept: Vec<_> = values.iter().filter(|value| (value.holds)(&stack)).collect();
        let hardening = harden(&mut stack, ALL, &[]);
        for value in kept {
            prop_assert!((value.holds)(&stack), "{:?} was changed", value);
        }
        let fixed = hardening.findings.iter().filter(|f| f.verdict == Verdict::Fixed);
        prop_assert_eq!(fixed.map(|f| f.control).collect::<Vec<_>>(), Vec::<&str>::new());
        prop_assert_eq!(hardening.refused, vec![]);
    }

    #[test]
    fn nothing_that_is_found_is_lost(stack in insecure(), index in any::<Index>()) {
        let control = *index.get(ALL);
        let found = control.check(&stack);
        let mut hardened = stack;
        let hardening = harden(&mut hardened, &[control], &[]);
        let quiet = !control.concerns(&hardened);
        for violation in found {
            // A replaced default of something that the stack does not use is no news.
            if quiet && !violation.origin.is_written() && hardening.findings.is_empty() {
                continue;
            }
            let reported = hardening.findings.iter().flat_map(|finding| &finding.places);
            let mut reported = reported.map(|p| (&p.place, &p.found)).chain(
                hardening.refused.iter().map(|r| (&r.violation.place, &r.violation.found)),
            );
            let told = reported.any(|told| told == (&violation.place, &violation.found));
            prop_assert!(told, "{} forgets {:?}", control.id(), violation);
        }
    }
}

/// What a run said of each place, in an order of its own.
fn told(hardening: &Hardening) -> BTreeSet<(&'static str, &Place, &str, Verdict)> {
    let each = hardening.findings.iter().flat_map(|finding| {
        let places = finding.places.iter();
        places.map(|at| (finding.control, &at.place, at.found.as_str(), at.verdict))
    });
    each.collect()
}

fn order() -> impl Strategy<Value = Vec<Index>> {
    proptest::collection::vec(any::<Index>(), ALL.len())
}

fn violations(stack: &Stack) -> BTreeSet<(&'static str, Place)> {
    let found = |control: &&'static dyn Control| {
        let id = control.id();
        control.check(stack).into_iter().map(move |violation| (id, violation.place))
    };
    ALL.iter().flat_map(found).collect()
}

#[test]
fn every_file_is_in_the_list_and_every_id_is_its_file() {
    let files: BTreeSet<String> = sources().into_keys().collect();
    let ids: Vec<String> = ALL.iter().map(|control| control.id().replace('-', "_")).collect();
    assert_eq!(files, ids.iter().cloned().collect::<BTreeSet<_>>());
    assert_eq!(ids.len(), files.len(), "an id stands twice");
}

#[test]
fn every_control_has_a_case_that_fires_and_one_that_must_not() {
    for (name, source) in sources() {
        assert!(source.contains("fn fires_"), "{name} has no case that fires");
        assert!(source.contains("fn spares_"), "{name} has no case that must not fire");
        let mends = source.contains("fn mend(");
        assert!(!mends || source.contains("mended(&"), "{name} has no case of its mending");
        let body = source.lines().take_while(|line| *line != "#[cfg(test)]").count();
        assert!(body <= 100, "{name} is too long for one condition");
    }
}

#[test]
fn every_page_has_a_reason_an_example_and_references() {
    for control in ALL {
        let (id, page) = (control.id(), control.page());
        assert!(page.why.split_whitespace().count() >= 12, "{id}: a reason of a few words");
        assert!(page.why.ends_with('.') && !page.title.ends_with('.'), "{id}: punctuation");
        assert!(!page.references.is_empty() && !page.enforced_in.is_empty(), "{id}");
        let example: Result<serde_json::Value, _> = serde_saphyr::from_str(page.example);
        assert!(example.is_ok_and(|value| value.is_object()), "{id}: the example is no YAML map");
    }
}

#[test]
fn what_only_people_can_fulfil_is_neither_mended_nor_claimed() {
    let of_people: Vec<&dyn Control> =
        ALL.iter().copied().filter(|control| control.is_advice()).collect();
    let plain = crate::stack::testing::sample();
    let mut judged = plain.clone();
    let hardening = judge(&mut judged, &of_people);
    assert_eq!(judged, plain);
    assert!(!hardening.findings.is_empty() && hardening.findings.len() < of_people.len());
    assert!(hardening.findings.iter().all(|finding| finding.verdict == Verdict::Manual));
}

#[test]
fn every_mending_is_missed_when_it_is_left_out() {
    let plain = crate::stack::testing::sample();
    let mut hardened = plain.clone();
    judge(&mut hardened, ALL);
    for control in ALL {
        let mut alone = plain.clone();
        judge(&mut alone, &[*control]);
        let mut without = plain.clone();
        judge(&mut without, &all_without(control.id()));
        assert_eq!(alone != plain, without != hardened, "{}", control.id());
    }
}

fn sources() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(SOURCES).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file() && !path.ends_with("mod.rs"));
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}
