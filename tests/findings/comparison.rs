//! Their findings beside ours, rule by rule.

use std::collections::{BTreeMap, BTreeSet};

use portcullis::audit::Judged;
use portcullis::compose::load::Project;

use crate::ours::Ours;
use crate::rules::{self, Rule};
use crate::theirs::Theirs;

/// What became of one rule's findings.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) theirs: usize,
    pub(crate) found: usize,
    /// Not found, with a reason.
    pub(crate) spared: usize,
}

#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) files: usize,
    pub(crate) services: usize,
    /// By rule; every rule of theirs has a line.
    pub(crate) rules: BTreeMap<&'static str, Counts>,
    /// How often each reason was the one.
    pub(crate) reasons: BTreeMap<(&'static str, &'static str), usize>,
    /// Misses that no reason explains.
    pub(crate) unexplained: Vec<String>,
    /// What we cannot read.
    pub(crate) unread: Vec<String>,
    /// Findings of ours: by control, of services where a rule of theirs says the same, and others.
    pub(crate) controls: BTreeMap<&'static str, (usize, usize)>,
}

impl Comparison {
    pub(crate) fn of(ours: &[Ours], theirs: &[Theirs]) -> Self {
        let mut out = Self { files: ours.len(), ..Self::default() };
        for rule in rules::RULES {
            out.rules.insert(rule.id, Counts::default());
            for reason in rule.spared {
                out.reasons.insert((rule.id, reason.words), 0);
            }
        }
        let mut said: BTreeSet<(usize, &str, &str)> = BTreeSet::new();
        for finding in theirs {
            let Some(rule) = rules::of(&finding.rule) else {
                out.unexplained.push(format!("{} is not in the table", finding.rule));
                continue;
            };
            said.extend(rule.controls.iter().map(|id| (finding.case, *id, &*finding.service)));
            if let Ok((project, judged)) = &ours[finding.case].outcome {
                out.take(rule, finding, project, judged, &ours[finding.case].name);
            }
        }
        for (index, one) in ours.iter().enumerate() {
            match &one.outcome {
                Ok((_, judged)) => out.count(index, judged, &said),
                Err(why) => out.unread.push(format!("{}: {why}", one.name)),
            }
        }
        out
    }

    fn take(
        &mut self,
        rule: &'static Rule,
        finding: &Theirs,
        project: &Project,
        judged: &Judged,
        name: &str,
    ) {
        let counts = self.rules.entry(rule.id).or_default();
        counts.theirs += 1;
        if is_found(rule, finding, judged) {
            counts.found += 1;
            return;
        }
        let keys = project.file.services.get(&finding.service);
        let reason = keys.and_then(|keys| {
            rule.spared.iter().find(|reason| (reason.holds)(keys, &finding.message))
        });
        match reason {
            Some(reason) => {
                counts.spared += 1;
                *self.reasons.entry((rule.id, reason.words)).or_default() += 1;
            }
            None => {
                let Theirs { rule, service, message, .. } = finding;
                self.unexplained.push(format!("{name}: {rule}: {service}: {message}"));
            }
        }
    }

    fn count(&mut self, case: usize, judged: &Judged, said: &BTreeSet<(usize, &str, &str)>) {
        self.services += judged.services;
        for finding in &judged.findings {
            let service = finding.place.strip_prefix("service ").unwrap_or_default();
            let counts = self.controls.entry(finding.control).or_default();
            match said.contains(&(case, finding.control, service)) {
                true => counts.0 += 1,
                false => counts.1 += 1,
            }
        }
    }
}

/// True where one of the rule's controls fires on the same service, and about the same variable
/// where the rule names one.
fn is_found(rule: &Rule, finding: &Theirs, judged: &Judged) -> bool {
    let place = format!("service {}", finding.service);
    let named = match rule.names_a_variable {
        true => rules::quoted(&finding.message),
        false => "",
    };
    judged.findings.iter().any(|ours| {
        ours.place == place && rule.controls.contains(&ours.control) && ours.found.contains(named)
    })
}
