//! What a container may take of its host.

use std::collections::BTreeMap;

use super::{plain, written};
use crate::compose::{Number, Service};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::stack::{Bytes, CpuShare, Limits, Logging, Sourced, Ulimit};

/// Limits of either form. Where both stand, Compose refuses different values.
pub(super) fn limits(service: &Service, problems: &mut Problems) -> Limits {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let bounds = deploy.and_then(|resources| resources.limits.as_ref());
    let at = |long: Option<&String>, short: &str| {
        service.places.of(if long.is_some() { "deploy" } else { short })
    };
    let memory = bounds.and_then(|bounds| bounds.memory.as_ref());
    let cpus = bounds.and_then(|bounds| bounds.cpus.as_ref());
    let pids = bounds.and_then(|bounds| bounds.pids.as_ref()).map(|number| &number.0);
    let number = |number: &'_ Option<Number>| number.as_ref().map(|n| n.0.clone());
    Limits {
        memory: read(
            memory.cloned().or_else(|| service.mem_limit.clone()),
            at(memory, "mem_limit"),
            |text| Bytes::parse(text).ok(),
            problems,
        ),
        cpus: read(
            cpus.cloned().or_else(|| number(&service.cpus)),
            at(cpus, "cpus"),
            CpuShare::parse,
            problems,
        ),
        pids: read(
            pids.cloned().or_else(|| number(&service.pids_limit)),
            at(pids, "pids_limit"),
            |text| text.parse().ok(),
            problems,
        ),
    }
}

/// A value that parses, or a complaint and Docker's own.
fn read<T: Default>(
    text: Option<String>,
    at: Position,
    parse: impl Fn(&str) -> Option<T>,
    problems: &mut Problems,
) -> Sourced<T> {
    let Some(text) = text else { return Sourced::default() };
    match parse(&text) {
        Some(value) => Sourced::written(value, at),
        // Docker's spelling of "no limit".
        None if matches!(text.as_str(), "0" | "-1") => Sourced::written(T::default(), at),
        None => {
            problems.add(Diagnostic::at(at, "wrong-value", "this limit cannot be read"));
            Sourced::default()
        }
    }
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

pub(super) fn logging(service: &Service) -> Sourced<Logging> {
    let lift = |logging: &crate::compose::Logging| Logging {
        driver: logging.driver.as_deref().map(plain).unwrap_or_default(),
        options: logging.options.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
    };
    let at = service.places.of("logging");
    written(service.logging.as_ref(), at, lift, Logging::default())
}
