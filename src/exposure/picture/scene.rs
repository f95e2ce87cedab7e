//! What is in the picture: boxes and arrows, without a place yet.

use std::collections::BTreeMap;

use crate::escape::{Unescapable, xml};
use crate::exposure::footprint::door;
use crate::exposure::graph::policies;
use crate::exposure::reach::reach_internet;
use crate::stack::{Namespace, Purpose, Role, Service, ServiceName, Stack};

/// Boxes in the order of their names, the internet first, networks last; arrows by box.
pub(super) struct Scene {
    pub(super) nodes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// What it reaches besides its arrows.
    pub(super) note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Internet,
    Gateway,
    Service,
    /// A database, cache or broker.
    Store,
    /// A network on which everybody reaches everybody.
    Network,
}

pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: Way,
    pub(super) label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// One service opens connections to another.
    Opens,
    /// A port of the host leads in.
    Street,
    /// A service is on a network with others.
    Member,
}

/// The internet's place in [`Scene::nodes`].
pub(super) const INTERNET: usize = 0;

impl Scene {
    pub(super) fn of(stack: &Stack) -> Self {
        let outward = reach_internet(stack);
        let internet =
            Node { kind: Kind::Internet, name: "internet".to_owned(), note: String::new() };
        let boxes = stack.services.iter().map(|(name, service)| Node {
            kind: kind(service),
            name: name.to_string(),
            note: note(service, outward.contains(name)),
        });
        let nodes = std::iter::once(internet).chain(boxes).collect();
        let ids = stack.services.keys().zip(INTERNET + 1..).collect();
        let mut scene = Self { nodes, arrows: Vec::new() };
        scene.streets(stack, &ids);
        scene.links(stack, &ids);
        scene.networks(stack, &ids);
        scene
    }

    /// A box's name as the picture writes it.
    pub(super) fn name(&self, node: usize) -> Result<String, Unescapable> {
        xml::text(self.nodes.get(node).map_or("", |node| &node.name))
    }

    fn streets(&mut self, stack: &Stack, ids: &BTreeMap<&ServiceName, usize>) {
        for (name, service) in &stack.services {
            let doors: Vec<String> = service.published.iter().map(|port| door(port)).collect();
            if let (Some(&to), false) = (ids.get(name), doors.is_empty()) {
                let label = doors.join(" ");
                self.arrows.push(Arrow { from: INTERNET, to, kind: Way::Street, label });
            }
        }
    }

    fn links(&mut self, stack: &Stack, ids: &BTreeMap<&ServiceName, usize>) {
        for (from, to) in stack.links() {
            let label = policies(stack, from, to);
            if let (Some(&from), Some(&to)) = (ids.get(from), ids.get(to)) {
                self.arrows.push(Arrow { from, to, kind: Way::Opens, label });
            }
        }
    }

    /// A network of several is a box of its own: an arrow for each pair would be a tangle.
    fn networks(&mut self, stack: &Stack, ids: &BTreeMap<&ServiceName, usize>) {
        let published = |name: &ServiceName| {
            stack.services.get(name).is_some_and(|service| !service.published.is_empty())
        };
        for (name, network) in &stack.networks {
            if network.purpose != Purpose::Shared || network.members.len() < 2 {
                continue;
            }
            let bus = self.nodes.len();
            let (name, note) = (name.to_string(), String::new());
            self.nodes.push(Node { kind: Kind::Network, name, note });
            for member in &network.members {
                let Some(&id) = ids.get(member) else { continue };
                // What is reached from the street stands left of the network, all else right.
                let (from, to) = if published(member) { (id, bus) } else { (bus, id) };
                self.arrows.push(Arrow { from, to, kind: Way::Member, label: String::new() });
            }
        }
    }
}

impl Way {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Opens => "way",
            Self::Street => "street",
            Self::Member => "member",
        }
    }
}

fn kind(service: &Service) -> Kind {
    match service.role {
        Role::Gateway => Kind::Gateway,
        Role::Known(_) => Kind::Store,
        Role::Application | Role::OidcProxy(_) | Role::AcmeClient => Kind::Service,
    }
}

fn note(service: &Service, outward: bool) -> String {
    match (&*service.network_namespace, outward) {
        (Namespace::Host, _) => "in the host's network".to_owned(),
        (_, true) => "reaches the internet".to_owned(),
        (_, false) => String::new(),
    }
}
