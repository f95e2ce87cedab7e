//! What a container may take of its host.

use std::collections::BTreeMap;

use super::{plain, set};
use crate::compose::{Number, Service};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::stack::{Bytes, CpuShare, Limits, Logging, Sourced, Ulimit};

/// Limits of either form. Where both stand, Compose refuses different values.
pub(super) fn limits(service: &Service, limits: &mut Limits, problems: &mut Problems) {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let bounds = deploy.and_then(|resources| resources.limits.as_ref());
    let at = |long: Option<&String>, short: &str| {
        service.places.of(if long.is_some() { "deploy" } else { short })
    };
    let memory = bounds.and_then(|bounds| bounds.memory.as_ref());
    let cpus = bounds.and_then(|bounds| bounds.cpus.as_ref());
    let pids = bounds.and_then(|bounds| bounds.pids.as_ref()).map(|number| &number.0);
    let number = |number: &'_ Option<Number>| number.as_ref().map(|n| n.0.clone());
    let at_memory = at(memory, "mem_limit");
    let text = memory.cloned().or_else(|| service.mem_limit.clone());
    let bytes = read(text, at_memory, |text| Bytes::parse(text).ok(), problems);
    set(&mut limits.memory, bytes, at_memory);
    let at_cpus = at(cpus, "cpus");
    let text = cpus.cloned().or_else(|| number(&service.cpus));
    set(&mut limits.cpus, read(text, at_cpus, CpuShare::parse, problems), at_cpus);
    let at_pids = at(pids, "pids_limit");
    let text = pids.cloned().or_else(|| number(&service.pids_limit));
    set(&mut limits.pids, read(text, at_pids, |text| text.parse().ok(), problems), at_pids);
}

/// A value that parses, or a complaint.
fn read<T: Default>(
    text: Option<String>,
    at: Position,
    parse: impl Fn(&str) -> Option<T>,
    problems: &mut Problems,
) -> Option<T> {
    let text = text?;
    // Docker's spellings of "no limit".
    let unlimited = || matches!(text.as_str(), "0" | "-1").then(T::default);
    let value = parse(&text).or_else(unlimited);
    if value.is_none() {
        problems.add(Diagnostic::at(at, "wrong-value", "this limit cannot be read"));
    }
    value
}

pub(super) fn ulimits(
    service: &Service,
    problems: &mut Problems,
) -> BTreeMap<String, Sourced<Ulimit>> {
    let at = service.places.of("ulimits");
    let mut out = BTreeMap::new();
    for (name, ulimit) in &service.ulimits {
        let limit = |number: &Option<Number>| match number.as_ref().map(|n| n.0.as_str()) {
            Some("-1") => Some(u64::MAX),
            Some(text) => text.parse().ok(),
            None => None,
        };
        match (limit(&ulimit.soft), limit(&ulimit.hard)) {
            (Some(soft), Some(hard)) => {
                out.insert(name.clone(), Sourced::written(Ulimit { soft, hard }, at));
            }
            _ => problems.add(Diagnostic::at(at, "wrong-value", "a limit needs soft and hard")),
        }
    }
    out
}

pub(super) fn logging(service: &Service) -> Option<Logging> {
    service.logging.as_ref().map(|logging| Logging {
        driver: logging.driver.as_deref().map(plain).unwrap_or_default(),
        options: logging.options.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
    })
}
