//! Other names of services, on the networks of those that need them: each leads to one service, and
//! none hides another.

use std::collections::BTreeMap;

use super::Resolution;
use crate::stack::{Purpose, ServiceName};

/// Report every alias that somebody else answers to; Docker's resolver takes no heed of case.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let services = resolution.stack.services.keys();
    let mut taken: BTreeMap<String, &ServiceName> =
        services.map(|name| (name.as_str().to_lowercase(), name)).collect();
    for (name, keys) in &resolution.description.services {
        for alias in &keys.aliases {
            let other = taken.insert(alias.value.as_str().to_lowercase(), &name.value);
            if let Some(other) = other {
                let message = format!("`{other}` answers to `{}` already", alias.value);
                let help = "a name leads to one service: remove it, or choose another";
                resolution.problems.report(alias.at, "name-taken", message, help);
            }
        }
    }
    for network in resolution.stack.networks.values_mut() {
        let Purpose::Link { to, .. } = &network.purpose else { continue };
        let keys = resolution.description.services.get(to);
        let aliases = keys.into_iter().flat_map(|keys| &keys.aliases);
        network.aliases = aliases.map(|alias| (alias.value.clone(), to.clone())).collect();
    }
}
