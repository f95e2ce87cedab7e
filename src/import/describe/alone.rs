//! Services that nothing leads to or from any more.
//!
//! In the original everybody on a network reached everybody else, so that nobody had to write down
//! who talks to whom. Where no file says it either, only a person knows.

use std::collections::BTreeSet;

use super::{Describing, manual};
use crate::import::draft::DraftService;

impl Describing<'_> {
    /// Say so of those among `shared`, which had a network in common with others.
    pub(super) fn alone(&mut self, shared: &BTreeSet<String>) {
        let streams = self.draft.streams.iter().map(|stream| stream.service.clone());
        let needed = self.draft.services.iter().flat_map(|service| service.needs.clone());
        let met: BTreeSet<String> = streams.chain(needed).collect();
        for name in shared {
            let Some(service) = self.drafted(name).filter(|one| !met.contains(&one.name)) else {
                continue;
            };
            if is_alone(service) {
                let key = service.base.key();
                let words = "nothing in the files says who talks to it: add `needs: [...]`";
                service.note(key, manual(words));
            }
        }
    }
}

/// A job that needs nobody has done without.
fn is_alone(service: &DraftService) -> bool {
    service.needs.is_empty() && service.routes.is_empty() && !service.once
}
