//! How each service's health is asked, with what its image has.

use super::Resolution;
use crate::description::{self, HealthCheck, HealthCommand, Located};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Facts, HealthFact};
use crate::stack::{Health, Probe, Runtime, Seconds, Service, ServiceName, Sourced};

/// A start of half a minute is normal for the slowest of common frameworks; failures in it do
/// not count, and a service that is well earlier is taken as well at once.
const TIMES: (Seconds, Seconds, u32, Seconds) = (Seconds(10), Seconds(5), 5, Seconds(30));

/// Set the health check that the description asks for, or the one that we know.
pub(super) fn add(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    keys: &description::Service,
    service: &mut Service,
) {
    match &keys.health {
        Some(Located { value: HealthCheck::Command(keys), at }) => {
            service.health = Sourced::written(asked(keys), *at);
        }
        Some(Located { value: HealthCheck::Path(path), at }) => {
            match path_probe(resolution, name, service, path.as_str()) {
                Ok(probe) => service.health = Sourced::written(with(probe), *at),
                Err(help) => {
                    let message = "this path cannot be asked from inside the container";
                    resolution.problems.add(Diagnostic::at(*at, "no-probe", message).help(help));
                }
            }
        }
        None => {
            if let Some((probe, source)) = known_probe(resolution, name, service) {
                let known = resolution.known.get(name);
                let slow = known.and_then(|known| known.facts.health_timeout).map(Seconds);
                let usual = with(probe);
                let timeout = slow.unwrap_or(usual.timeout);
                let interval = usual.interval.max(timeout);
                service.health = Sourced::preset(Health { interval, timeout, ..usual }, source);
            }
        }
    }
}

/// A question in the description's own words.
fn asked(keys: &HealthCommand) -> Health {
    let HealthCommand { command, interval, timeout, retries, start_period } = keys;
    let usual = with(Probe::Exec(command.value.words()));
    let time = |said: &Option<Located<Seconds>>, usual| said.map_or(usual, |time| time.value);
    Health {
        interval: time(interval, usual.interval),
        timeout: time(timeout, usual.timeout),
        retries: retries.map_or(usual.retries, |count| count.value.get().into()),
        start_period: time(start_period, usual.start_period),
        ..usual
    }
}

/// A question with our usual times.
pub(super) fn with(probe: Probe) -> Health {
    let (interval, timeout, retries, start_period) = TIMES;
    Health { probe, interval, timeout, retries, start_period }
}

/// The command that asks `path`, by what the runtime or the image has.
fn path_probe(
    resolution: &Resolution<'_>,
    name: &ServiceName,
    service: &Service,
    path: &str,
) -> Result<Probe, &'static str> {
    if *service.port == 0 {
        return Err("add `port:`, where the service answers");
    }
    let words = match runtime(service) {
        Some(runtime) => resolution.knowledge.runtime(runtime).ok().map(|known| known.http_probe),
        None => resolution.known.get(name).and_then(|known| known.facts.http_probe.clone()),
    };
    let words = words.ok_or(
        "write {command: [...]} with a program that the image has; what it has is not known here",
    )?;
    Ok(Probe::Exec(filled(words, *service.port, path)))
}

fn known_probe(
    resolution: &Resolution<'_>,
    name: &ServiceName,
    service: &Service,
) -> Option<(Probe, String)> {
    if let Some(known) = resolution.known.get(name) {
        // What a base is told to run may open another port, or none.
        let probe = fact_probe(&known.facts).filter(|_| !known.is_told(service))?;
        return Some((probe, format!("images/{}", known.image.name)));
    }
    let runtime = runtime(service).filter(|_| *service.port != 0 && !service.once)?;
    let words = resolution.knowledge.runtime(runtime).ok()?.port_probe;
    let probe = Probe::Exec(filled(words, *service.port, "/"));
    Some((probe, format!("runtimes/{}", runtime.name())))
}

/// What is known of an image's health check.
pub(super) fn fact_probe(facts: &Facts) -> Option<Probe> {
    facts.health.as_ref().map(|fact| match fact {
        HealthFact::Command(words) => Probe::Exec(words.clone()),
        HealthFact::Shell(line) => Probe::Shell(line.clone()),
        HealthFact::Impossible(_) => Probe::Impossible,
    })
}

fn runtime(service: &Service) -> Option<Runtime> {
    service.recipe.first().map(|recipe| recipe.runtime).filter(|runtime| *runtime != Runtime::Own)
}

fn filled(words: Vec<String>, port: u16, path: &str) -> Vec<String> {
    let port = port.to_string();
    words.into_iter().map(|word| word.replace("{port}", &port).replace("{path}", path)).collect()
}
