//! Waits until services are well, and says why one is not.

use std::thread;
use std::time::{Duration, Instant};

use super::running::Running;
use super::site::Site;
use crate::compose::conventions::project_name;
use crate::engine::{Container, EngineError, Inspection};
use crate::stack::{self, Probe};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(300);
/// Time to start beside what the health check allows: a busy machine starts a container in seconds.
const START: Duration = Duration::from_secs(30);
/// Time for a job that nobody waits for; migrations of large databases take minutes.
const JOB: Duration = Duration::from_secs(600);
/// Ends of a program after which it is not waited for any longer: an engine doubles the pause
/// before each start, from 100 ms, and most that only wait for another service need one or two.
const RESTARTS: i64 = 4;
/// Lines of a health check's answer that are repeated.
const LINES: usize = 3;
/// Characters of such a line.
const WIDTH: usize = 160;

/// How one container is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Well,
    Unsettled(String),
    Ill(String),
}

/// Wait until all of `services` are well: healthy, or running where nobody asks, or ended without
/// an error where they are jobs. What is wrong with which one, where that does not happen in time.
pub(super) fn wait(site: &Site<'_>, services: &[String]) -> Result<Vec<String>, EngineError> {
    let begun = Instant::now();
    let patience = services.iter().filter_map(|name| {
        let (_, service) = site.stack.services.iter().find(|(key, _)| key.as_str() == name)?;
        Some(patience(service))
    });
    let patience = patience.max().unwrap_or(START);
    loop {
        let inspection = site.docker.project(&project_name(site.stack))?;
        let found = conditions(site, &inspection, services);
        let unsettled: Vec<String> = found
            .iter()
            .filter_map(|(name, condition)| match condition {
                Condition::Unsettled(why) => {
                    Some(format!("{name} {why} after {} s", patience.as_secs()))
                }
                Condition::Well | Condition::Ill(_) => None,
            })
            .collect();
        let ill: Vec<String> = found.into_iter().filter_map(illness).collect();
        if !ill.is_empty() || unsettled.is_empty() {
            return Ok(ill);
        }
        if begun.elapsed() >= patience {
            return Ok(unsettled);
        }
        thread::sleep(PAUSE);
    }
}

/// What is wrong with which of them at this moment.
pub(super) fn ill(site: &Site<'_>, services: &[String]) -> Result<Vec<String>, EngineError> {
    let inspection = site.docker.project(&project_name(site.stack))?;
    Ok(conditions(site, &inspection, services).into_iter().filter_map(illness).collect())
}

impl Site<'_> {
    /// What is wrong with what runs, as it was looked at.
    pub fn ill(&self, running: &Running) -> Vec<String> {
        let services: Vec<String> = self.stack.services.keys().map(ToString::to_string).collect();
        let ran = services.into_iter().filter(|name| running.of(name).next().is_some());
        let ran: Vec<String> = ran.collect();
        let found = conditions(self, &running.inspection, &ran);
        found.into_iter().filter_map(illness).collect()
    }
}

fn illness((name, condition): (String, Condition)) -> Option<String> {
    match condition {
        Condition::Ill(why) => Some(format!("{name} {why}")),
        Condition::Well | Condition::Unsettled(_) => None,
    }
}

/// One line for each service: what runs now.
pub(super) fn states(site: &Site<'_>) -> Result<Vec<String>, EngineError> {
    let inspection = site.docker.project(&project_name(site.stack))?;
    let line = |container: &Container| {
        let health = match container.state.health.status.as_str() {
            "" | "none" => String::new(),
            status => format!(", {status}"),
        };
        let code = match container.state.status.as_str() {
            "exited" => format!(" with code {}", container.state.exit_code),
            _ => String::new(),
        };
        format!("{}: {}{code}{health}", container.service(), container.state.status)
    };
    let mut lines: Vec<String> = inspection.containers.iter().map(line).collect();
    lines.sort();
    Ok(lines)
}

fn patience(service: &stack::Service) -> Duration {
    if service.once {
        return JOB;
    }
    let health = &*service.health;
    match health.probe {
        Probe::Disabled | Probe::Impossible => START,
        Probe::Image | Probe::Exec(_) | Probe::Shell(_) => {
            let round = health.interval.0.saturating_add(health.timeout.0);
            let rounds = round.saturating_mul(u64::from(health.retries) + 1);
            START + Duration::from_secs(rounds.saturating_add(health.start_period.0))
        }
    }
}

fn conditions(
    site: &Site<'_>,
    inspection: &Inspection,
    services: &[String],
) -> Vec<(String, Condition)> {
    let mut found = Vec::new();
    for name in services {
        let job = site.stack.services.iter().any(|(key, s)| key.as_str() == name && s.once);
        let mut containers = inspection.of_service(name).peekable();
        if containers.peek().is_none() {
            found.push((name.clone(), Condition::Ill("has no container".to_owned())));
        }
        found.extend(containers.map(|one| (name.clone(), condition(one, job))));
    }
    found
}

fn condition(container: &Container, job: bool) -> Condition {
    let state = &container.state;
    if container.restart_count >= RESTARTS {
        return Condition::Ill(format!("ended {} times since it started", container.restart_count));
    }
    match (state.status.as_str(), state.health.status.as_str()) {
        ("exited", _) if job && state.exit_code == 0 => Condition::Well,
        ("running", _) if job => Condition::Unsettled("has not ended".to_owned()),
        ("running", "unhealthy") => Condition::Ill(format!("is unhealthy{}", answer(container))),
        ("running", "starting") => {
            Condition::Unsettled(format!("is not healthy{}", answer(container)))
        }
        ("running", _) => Condition::Well,
        ("restarting", _) => {
            Condition::Unsettled(format!("keeps ending with code {}", state.exit_code))
        }
        ("exited" | "dead", _) => Condition::Ill(format!("ended with code {}", state.exit_code)),
        (status, _) => Condition::Unsettled(format!("is {status}")),
    }
}

/// What its health check said last, shortened and without control characters.
fn answer(container: &Container) -> String {
    let Some(last) = container.state.health.log.last() else { return String::new() };
    let lines: Vec<&str> = last.output.lines().filter(|line| !line.trim().is_empty()).collect();
    let end = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    let shown = end.iter().map(|line| {
        let plain = line.trim().chars().filter(|c| !c.is_control());
        format!("\n    {}", plain.take(WIDTH).collect::<String>())
    });
    format!(" (its check ended with code {}){}", last.exit_code, shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{HealthAnswer, HealthState, State};

    fn container(status: &str, health: &str, exit_code: i64) -> Container {
        let answer = HealthAnswer { exit_code: 1, output: "a\nb\nc\n\n\u{1b}[31mrefused\n".into() };
        let health = HealthState { status: health.into(), log: vec![answer], ..Default::default() };
        let state = State { status: status.into(), health, exit_code, ..Default::default() };
        Container { state, ..Container::default() }
    }

    #[test]
    fn a_job_is_well_when_it_has_ended_and_a_service_when_it_is_healthy() {
        assert_eq!(condition(&container("exited", "", 0), true), Condition::Well);
        assert!(matches!(condition(&container("exited", "", 1), true), Condition::Ill(_)));
        assert!(matches!(condition(&container("running", "", 0), true), Condition::Unsettled(_)));
        assert!(matches!(condition(&container("exited", "", 0), false), Condition::Ill(_)));
        assert_eq!(condition(&container("running", "healthy", 0), false), Condition::Well);
        assert_eq!(condition(&container("running", "", 0), false), Condition::Well);
        let mut ends = container("restarting", "", 1);
        assert!(matches!(condition(&ends, false), Condition::Unsettled(_)));
        ends.restart_count = RESTARTS;
        ends.state.status = "running".to_owned();
        assert!(matches!(condition(&ends, false), Condition::Ill(_)));
    }

    #[test]
    fn the_last_words_of_a_failed_check_are_shown_plainly() {
        let Condition::Ill(why) = condition(&container("running", "unhealthy", 0), false) else {
            panic!("an unhealthy service is ill")
        };
        assert_eq!(
            why,
            "is unhealthy (its check ended with code 1)\n    b\n    c\n    [31mrefused"
        );
    }
}
