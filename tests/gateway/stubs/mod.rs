//! Stand-ins for what surrounds the gateway: Docker's resolver and the services behind it.

mod dns;
pub mod http;
pub mod provider;
pub mod sign_in;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use super::room::{Room, service_address};

pub use dns::Dns;
pub use http::{Seen, Service};

/// All stand-ins of one room.
pub struct Stubs {
    /// Docker's resolver.
    pub dns: Dns,
    services: Mutex<BTreeMap<String, Service>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stubs {
    /// One service per name and port, each at an address of its own, and names for them.
    pub fn start(room: &Room, services: &[(&str, u16)]) -> Self {
        let stubs = Self { dns: Dns::start(), services: Mutex::default(), seen: Arc::default() };
        stubs.restore(room, services);
        stubs
    }

    /// All as in the beginning, whatever became of it: no connection, nothing seen.
    pub fn restore(&self, room: &Room, services: &[(&str, u16)]) {
        self.services.lock().expect("services").clear();
        for (number, (name, port)) in (10..).zip(services) {
            self.place(room, name, service_address(number), *port);
        }
        self.forget();
    }

    /// (Re)starts a service at an address; an earlier incarnation ends with all its connections.
    pub fn place(&self, room: &Room, name: &str, address: Ipv4Addr, port: u16) {
        self.stop(name);
        self.dns.set(name, &[address]);
        self.place_beside(room, name, name, address, port);
    }

    /// One more incarnation of a service, under a key of its own, without a name in the resolver.
    pub fn place_beside(&self, room: &Room, key: &str, name: &str, address: Ipv4Addr, port: u16) {
        let service = Service::start(name, room.listen((address, port)), Arc::clone(&self.seen));
        self.services.lock().expect("services").insert(key.to_owned(), service);
    }

    /// Ends a service; its name stays.
    pub fn stop(&self, name: &str) {
        self.services.lock().expect("services").remove(name);
    }

    /// Connections of a service that the gateway holds open.
    pub fn open_connections(&self, name: &str) -> usize {
        self.services.lock().expect("services").get(name).map_or(0, Service::open_connections)
    }

    /// Every request that any service has got and that `wanted` accepts.
    pub fn seen(&self, wanted: impl Fn(&Seen) -> bool) -> Vec<Seen> {
        self.seen.lock().expect("seen").iter().filter(|request| wanted(request)).cloned().collect()
    }

    /// Whether `marker` reached any service, in a target or a header.
    pub fn mentions(&self, marker: &str) -> bool {
        !self
            .seen(|request| {
                request.target.contains(marker)
                    || request.headers.iter().any(|(_, value)| value.contains(marker))
            })
            .is_empty()
    }

    /// Forgets what was seen.
    pub fn forget(&self) {
        self.seen.lock().expect("seen").clear();
    }
}
