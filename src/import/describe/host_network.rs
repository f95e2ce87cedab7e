//! Services in the network of the host, and ports of one of its addresses.

use super::{Describing, manual};
use crate::compose::{ComposeFile, Port, Service};
use crate::import::draft::Noted;
use crate::import::kinds::{self, Kind};
use crate::import::web::{Candidate, Confidence};
use crate::stack::ImageReference;

impl Describing<'_> {
    /// Where every port was published on one address alone, the gateway is too.
    pub(super) fn one_address(&mut self, file: &ComposeFile) {
        let ports = file.services.values().flat_map(|service| &service.ports);
        // A proxy in the host's network is open on every address.
        if file.services.values().any(|keys| is_on_host(keys) && is_proxy(keys)) {
            return;
        }
        if let Some(address) = Port::common_address(ports) {
            let note = match address.is_loopback() {
                true => "as every port of the original: reachable from this host only",
                false => "as every port of the original: reachable at this address only",
            };
            let value = Some(address.to_string());
            self.draft.publish = Noted { value, note: vec![note.to_owned()] };
        }
    }

    /// Say of a service in the host's network that no request of the gateway finds it there, where
    /// requests from outside did.
    pub(super) fn on_host(&mut self, name: &str, keys: &Service, candidates: &[Candidate]) {
        if !keys.ports.is_empty() {
            self.dropped(name, &["ports"], "in the network of the host no port is published");
        }
        let known = |one: &Candidate| one.confidence != Confidence::NotKnown;
        let faces = candidates.iter().any(|one| one.service == name && known(one));
        let words = match (is_proxy(keys), faces) {
            (true, _) => {
                "it is in the network of the host, where the gateway opens 80 and 443 itself: remove it, or its `network_mode` and give it `port:` and `routes:`"
            }
            (false, true) => {
                "it is in the network of the host, where the gateway does not find it: it has no route"
            }
            (false, false) => return,
        };
        if let Some(service) = self.drafted(name) {
            let key = service.base.key();
            service.note(key, manual(words));
        }
    }
}

pub(super) fn is_on_host(keys: &Service) -> bool {
    keys.network_mode.as_deref() == Some("host")
}

fn is_proxy(keys: &Service) -> bool {
    let image = keys.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
    kinds::kind(image.as_ref()) == Kind::Proxy
}
