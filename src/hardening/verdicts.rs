//! What the runner makes of a control's findings, shown with a control of its own.

use super::*;
use crate::controls::{Page, Section, Severity};
use crate::stack::testing::{position, sample, service, written};
use crate::stack::{Position, Service, Sourced, Stream, Transport};

/// Process 1 must reap children; the database's cannot be mended.
struct Reaped;

impl Control for Reaped {
    fn page(&self) -> &'static Page {
        &Page {
            id: "reaped",
            title: "Children are reaped",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "",
            example: "",
            references: &[],
            enforced_in: "",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let bad = stack.services.iter().filter(|(_, service)| !*service.init);
        bad.map(|(name, service)| Violation {
            place: Place::Service(name.clone()),
            found: "children stay".to_owned(),
            origin: service.init.origin().clone(),
            advice: "reap them".to_owned(),
        })
        .collect()
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Place::Service(name) = at
            && name.as_str() != "db"
            && let Some(service) = stack.services.get_mut(name)
        {
            service.init.mend(true, self.id());
        }
    }
}

fn stack(app: Sourced<bool>, db: Sourced<bool>) -> Stack {
    let mut stack = sample();
    let set = |service: Option<&mut Service>, value| service.unwrap().init = value;
    set(stack.services.get_mut("app"), app);
    set(stack.services.get_mut("db"), db);
    set(stack.services.get_mut("gateway"), Sourced::derived(true));
    stack
}

fn verdict(hardening: &Hardening) -> Verdict {
    hardening.findings[0].verdict
}

#[test]
fn a_plain_default_that_is_replaced_is_hardened() {
    let mut stack = stack(Sourced::plain(false), Sourced::derived(true));
    let hardening = harden(&mut stack, &[&Reaped], &[]);
    assert_eq!(verdict(&hardening), Verdict::Hardened);
    assert_eq!(hardening.findings[0].places.len(), 1, "the place is listed all the same");
    assert_eq!(stack.services["app"].init.origin(), &Origin::Control("reaped"));
}

#[test]
fn a_written_value_is_refused_in_a_description_and_fixed_in_a_lifted_file() {
    let mut described = stack(written(false), Sourced::derived(true));
    let mut lifted = described.clone();
    let hardening = harden(&mut described, &[&Reaped], &[]);
    assert_eq!(hardening.refused[0].violation.origin, Origin::Written(position()));
    assert!(!*described.services["app"].init, "what is refused stays as it was written");
    let hardening = judge(&mut lifted, &[&Reaped]);
    assert_eq!((verdict(&hardening), hardening.refused), (Verdict::Fixed, vec![]));
}

#[test]
fn what_is_left_is_manual_and_the_worst_place_decides() {
    let mut stack = stack(Sourced::plain(false), Sourced::plain(false));
    let hardening = harden(&mut stack, &[&Reaped], &[]);
    assert_eq!(verdict(&hardening), Verdict::Manual);
    let places: Vec<Verdict> = hardening.findings[0].places.iter().map(|p| p.verdict).collect();
    assert_eq!(places, [Verdict::Hardened, Verdict::Manual]);
}

#[test]
fn an_exception_covers_its_place_alone_and_keeps_the_value() {
    let mut stack = stack(written(false), Sourced::plain(false));
    let exception = |control: &str, name| Exception {
        control: control.to_owned(),
        place: Place::Service(service(name)),
        reason: "short-lived".to_owned(),
        until: String::new(),
        written: Vec::new(),
    };
    stack.exceptions =
        vec![exception("reaped", "app"), exception("reaped", "gateway"), exception("raeped", "db")];
    let hardening = harden(&mut stack, &[&Reaped], &[]);
    let app = &hardening.findings[0].places[0];
    assert_eq!((app.verdict, app.advice.as_str()), (Verdict::Excepted, "short-lived"));
    assert!(!*stack.services["app"].init && hardening.refused.is_empty());
    let unused: Vec<String> = hardening.unused.iter().map(|e| e.control.clone()).collect();
    assert_eq!(unused, ["reaped", "raeped"], "nothing found there, and an unknown control");
}

#[test]
fn of_two_exceptions_at_one_place_each_explains_what_stands_where_it_does() {
    let mut stack = sample();
    let name = service("db");
    for (line, reason) in [(7, "inbound mail"), (9, "names")] {
        let at = Position { line, ..position() };
        stack.gateway.streams.push(Stream {
            port: 1000,
            transport: Transport::Tcp,
            service: name.clone(),
            service_port: 25,
            reason: reason.to_owned(),
            origin: Origin::Written(at),
        });
        stack.exceptions.push(Exception {
            control: "streams".to_owned(),
            place: Place::Service(name.clone()),
            reason: reason.to_owned(),
            until: String::new(),
            written: vec![at],
        });
    }
    let hardening = harden(&mut stack, crate::controls::ALL, &[]);
    let streams = hardening.findings.iter().find(|finding| finding.control == "streams").unwrap();
    let told: Vec<&str> = streams.places.iter().map(|place| place.advice.as_str()).collect();
    assert_eq!(told, ["inbound mail", "names"]);
}

#[test]
fn an_exception_for_the_stack_holds_for_its_gateway() {
    let mut stack = sample();
    let reason = "behind a load balancer that sets it".to_owned();
    stack.exceptions = vec![Exception {
        control: "hsts".to_owned(),
        place: Place::Stack,
        reason,
        until: String::new(),
        written: vec![position()],
    }];
    let hardening = harden(&mut stack, crate::controls::ALL, &[]);
    assert_eq!(hardening.unused, vec![]);
    let hsts = hardening.findings.iter().find(|finding| finding.control == "hsts").unwrap();
    assert_eq!(hsts.verdict, Verdict::Excepted);
}

#[test]
fn what_a_target_lacks_is_manual() {
    let mut stack = stack(written(true), written(true));
    let hardening = harden(&mut stack, &[&Reaped], &[("reaped", "set it in the daemon")]);
    assert_eq!(verdict(&hardening), Verdict::Manual);
    assert_eq!(hardening.findings[0].places[0].advice, "set it in the daemon");
}
