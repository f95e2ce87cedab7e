//! Every service runs, and nothing else does.

use super::super::promise::Tally;
use super::super::{Observation, Promise, Target, Turn};
use super::seen;

/// Drift, at its coarsest.
pub(in super::super) const COMPLETE: Promise = Promise {
    id: "containers",
    text: "Every service has its containers, and the project has no others",
    turn: Turn::Any,
    run: complete,
};

fn complete(target: &Target<'_>) -> Observation {
    seen(target, |inspection| {
        let mut tally = Tally::default();
        for (name, service) in &target.stack.services {
            let runs = inspection.of_service(name.as_str()).count();
            let drawn = usize::from(*service.replicas);
            // Whoever did not ask for its profile does not run it.
            let optional = !service.profiles.is_empty() && runs == 0;
            tally.judge(runs == drawn || optional, || {
                format!("{name}: {runs} containers, drawn {drawn}")
            });
        }
        let known = |name: &str| target.stack.services.keys().any(|known| known.as_str() == name);
        for extra in inspection.containers.iter().filter(|one| !known(one.service())) {
            tally.broken(format!("{} belongs to no service", extra.plain_name()));
        }
        tally.conclude("services")
    })
}
