//! Random stacks: the sample, grown by services and made worse, or better, step by step.

use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::stack::testing::{sample, service, written};
use crate::stack::*;

/// One change of a stack, with its name for messages.
#[derive(Clone)]
pub(super) struct Step {
    name: &'static str,
    apply: fn(&mut Stack),
    holds: fn(&Stack) -> bool,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Step {
    /// Some of the values that a person may write.
    pub(super) fn allowed() -> impl Strategy<Value = Vec<Self>> {
        subsequence(ALLOWED.to_vec(), 0..=ALLOWED.len())
    }

    pub(super) fn apply(&self, stack: &mut Stack) {
        (self.apply)(stack);
    }

    pub(super) fn holds(&self, stack: &Stack) -> bool {
        (self.holds)(stack)
    }
}

/// A stack of three to seven services, each with some insecure values, before a gateway with some.
pub(super) fn insecure() -> impl Strategy<Value = Stack> {
    let of_services =
        proptest::collection::vec(subsequence(SERVICE.to_vec(), 0..=SERVICE.len()), 7);
    let of_stack = subsequence(STACK.to_vec(), 0..=STACK.len());
    (0..=4usize, of_services, of_stack).prop_map(|(more, of_services, of_stack)| {
        let mut stack = sample();
        for number in 0..more {
            let kind = if number % 2 == 0 { "app" } else { "db" };
            let copy = stack.services[kind].clone();
            stack.services.insert(service(&format!("more-{number}")), copy);
        }
        for (service, changes) in stack.services.values_mut().zip(of_services) {
            changes.iter().for_each(|(_, change)| change(service));
        }
        of_stack.iter().for_each(|(_, change)| change(&mut stack));
        stack
    })
}

const SERVICE: &[(&str, fn(&mut Service))] = &[
    ("privileged", |s| s.privileged = written(true)),
    ("writable root", |s| s.read_only_root = written(false)),
    ("read-only root", |s| s.read_only_root = written(true)),
    ("host network", |s| s.network_namespace = written(Namespace::Host)),
    ("host pid", |s| s.pid_namespace = written(Namespace::Host)),
    ("host ipc", |s| s.ipc_namespace = written(Namespace::Host)),
    ("capability", |s| s.capabilities_added = written(["SYS_ADMIN".to_owned()].into())),
    ("dropped one", |s| s.capabilities_dropped = written(["NET_RAW".to_owned()].into())),
    ("seccomp", |s| s.seccomp = written(Confinement::Unconfined)),
    ("apparmor", |s| s.apparmor = written(Confinement::Unconfined)),
];

const STACK: &[(&str, fn(&mut Stack))] = &[("local", |s| s.local = true)];

const ALLOWED: &[Step] = &[Step {
    name: "a seccomp profile of one's own",
    apply: |s| app(s).seccomp = written(Confinement::Custom("own.json".to_owned())),
    holds: |s| *s.services["app"].seccomp == Confinement::Custom("own.json".to_owned()),
}];

fn app(stack: &mut Stack) -> &mut Service {
    stack.services.get_mut("app").unwrap()
}
