//! Whether the machine has what a container may use: an engine refuses one that may use more CPUs than there are,
//! and would say so of the first only, with others started already.

use super::site::{Site, SiteError};
use crate::stack::{CpuShare, Stack};

impl Site<'_> {
    /// Asks for nothing that the engine refuses.
    ///
    /// # Errors
    /// [`SiteError::TooFewCpus`] with everybody who may use too many, or what the engine said.
    pub fn capacity(&self) -> Result<(), SiteError> {
        let told = self.docker.ask(&["info", "--format", "{{.NCPU}}"])?;
        // An engine that does not say how many there are says it of a container.
        let Ok(cpus) = told.trim().parse::<u32>() else { return Ok(()) };
        let greedy = greedy(self.stack, cpus);
        if greedy.is_empty() { Ok(()) } else { Err(SiteError::TooFewCpus { cpus, greedy }) }
    }
}

/// Who may use more than so many CPUs; whoever belongs to a profile is not started with the others.
fn greedy(stack: &Stack, cpus: u32) -> Vec<String> {
    let most = CpuShare(cpus.saturating_mul(1000));
    let started = stack.services.iter().filter(|(_, service)| service.profiles.is_empty());
    let more = started.filter(|(_, service)| cpus > 0 && *service.limits.cpus > most);
    more.map(|(name, service)| format!("{name} ({})", *service.limits.cpus)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::stack::testing::sample;
    use crate::stack::{ProfileName, Sourced};

    #[test]
    fn who_may_use_more_than_there_is_is_named() {
        let mut stack = sample();
        for service in stack.services.values_mut() {
            service.limits.cpus = Sourced::derived(CpuShare(2000));
        }
        assert_eq!(greedy(&stack, 2), Vec::<String>::new());
        let app = stack.services.get_mut("app").unwrap();
        app.limits.cpus = Sourced::derived(CpuShare(2001));
        assert_eq!(greedy(&stack, 2), ["app (2.001)"]);
        assert_eq!(greedy(&stack, 0), Vec::<String>::new(), "it did not say");
        let profile = ProfileName::new("later").unwrap();
        stack.services.get_mut("app").unwrap().profiles = BTreeSet::from([profile]);
        assert_eq!(greedy(&stack, 2), Vec::<String>::new());
    }
}
