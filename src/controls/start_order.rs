//! A service starts when what it needs is ready.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Condition, Place, Service, ServiceName, Stack};

/// A service waits until what it needs is well.
pub(super) struct StartOrder;

impl Control for StartOrder {
    fn page(&self) -> &'static Page {
        &Page {
            id: "start-order",
            title: "Services wait until what they need is well",
            section: Section::Health,
            severity: Severity::Low,
            why: "Docker waits only until a container has started: the first connection then \
                  fails, and the service with it. What can be asked is waited for until it is \
                  well; a job until it has run to its end.",
            example: indoc! {"
                services:
                  app:
                    depends_on: {db: {condition: service_healthy}}
            "},
            references: &["Docker Compose depends_on", "compose-auditor DEP001"],
            enforced_in: "compose.yaml: `depends_on`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(|service| !service.starts_after.is_empty())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(needed, _): (ServiceName, Condition)| {
                Found::unsaid(format!("it does not wait until {needed} is ready"), "nothing")
            };
            early(stack, service).into_iter().map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Place::Service(name) = at else { return };
        let Some(service) = stack.services.get(name) else { return };
        let conditions = early(stack, service);
        if let Some(service) = stack.services.get_mut(name) {
            service.starts_after.extend(conditions);
        }
    }
}

/// What the service waits for too briefly, with the condition that it should wait for.
fn early(stack: &Stack, service: &Service) -> Vec<(ServiceName, Condition)> {
    let wanted = |needed: &Service| match () {
        () if needed.once => Condition::Completed,
        () if needed.health.can_be_asked() => Condition::Healthy,
        () => Condition::Started,
    };
    let waits = service.starts_after.iter();
    waits
        .filter_map(|(name, condition)| {
            let wanted = wanted(stack.services.get(name)?);
            (*condition < wanted).then(|| (name.clone(), wanted))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;
    use crate::stack::{Sourced, testing::service};

    #[test]
    fn fires_where_only_the_start_is_awaited() {
        let early = |s: &mut Stack| {
            app(s).starts_after.insert(service("db"), Condition::Started);
        };
        assert_eq!(places(&StartOrder, early), "service app");
        assert_eq!(mended(&StartOrder, early), "");
        let job = |s: &mut Stack| db(s).once = true;
        assert_eq!(mended(&StartOrder, job), "");
    }

    #[test]
    fn spares_what_cannot_be_asked() {
        let silent = |s: &mut Stack| {
            app(s).starts_after.insert(service("db"), Condition::Started);
            db(s).health = Sourced::default();
        };
        assert_eq!(places(&StartOrder, silent), "");
    }
}
