//! Illness shows within half a minute.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Health, Place, Probe, Seconds, Sourced, Stack};

/// Health is asked often enough to matter.
pub(super) struct HealthTimes;

impl Control for HealthTimes {
    fn page(&self) -> &'static Page {
        &Page {
            id: "health-times",
            title: "Illness shows within half a minute",
            section: Section::Health,
            severity: Severity::Low,
            why: "Docker asks every 30 seconds and allows 30 more for the answer: a stack of \
                  services that wait for each other takes minutes to start, and a hung one stays \
                  unnoticed as long.",
            example: indoc! {"
                services:
                  app:
                    healthcheck: {interval: 5s, timeout: 3s, retries: 5, start_period: 30s}
            "},
            references: &["CIS Docker 5.27", "Docker Compose healthcheck"],
            enforced_in: "compose.yaml: `healthcheck`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (service.health.can_be_asked() && times(&service.health) == times(&Health::default()))
                .then(|| Found::unsaid("health is asked at the engine's default times", "nothing"))
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            let probe = service.health.probe.clone();
            let origin = service.health.origin().clone();
            service.health = Sourced::from(Health { probe, ..WANTED }, origin);
        }
    }
}

/// A service that starts within 30 s is well 5 s later; a hung one is ill after 25 s.
const WANTED: Health = Health {
    probe: Probe::Image,
    interval: Seconds(5),
    timeout: Seconds(3),
    retries: 5,
    start_period: Seconds(30),
};

fn times(health: &Health) -> (Seconds, Seconds, u32, Seconds) {
    (health.interval, health.timeout, health.retries, health.start_period)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_the_engines_times() {
        assert_eq!(places(&HealthTimes, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&HealthTimes, |_| {}), "");
    }

    #[test]
    fn spares_times_that_a_person_wrote() {
        let own = |s: &mut Stack| {
            let probe = app(s).health.probe.clone();
            app(s).health = written(Health { probe, interval: Seconds(60), ..Health::default() });
        };
        assert_eq!(places(&HealthTimes, own), "service db, service gateway");
    }
}
