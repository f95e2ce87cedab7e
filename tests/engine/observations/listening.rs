//! What the machine answers to the street: the published ports and no other, over IPv4 and IPv6.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::stack::Stack;
use crate::engine::town::{MACHINE, MACHINE_V6};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "listening::street",
        proves: &["AC-1", "AC-2", "MY-7", "AI-1"],
        on: Presets::Every,
        moment: Moment::Running,
        look: street,
    },
    Observation {
        name: "listening::loopback",
        proves: &["AC-11", "AI-1"],
        on: Presets::Every,
        moment: Moment::Running,
        look: loopback,
    },
];

/// Somebody in the street tries every TCP port.
fn street(stack: &Stack) {
    let public = published(stack, |address| address.is_unspecified());
    let open = stack.town.in_street(|| answering(MACHINE));
    assert_eq!(open, public, "over IPv4");
    let open = stack.town.in_street(|| answering(MACHINE_V6));
    assert!(open.is_empty(), "nothing is published over IPv6, yet {open:?} answer");
}

/// A program on the machine itself tries every TCP port of the loopback.
fn loopback(stack: &Stack) {
    let local = published(stack, |address| address.is_unspecified() || address.is_loopback());
    let open = stack.town.in_machine(|| answering(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    assert_eq!(open, local, "over IPv4");
    let open = stack.town.in_machine(|| answering(IpAddr::V6(Ipv6Addr::LOCALHOST)));
    assert!(open.is_empty(), "nothing is published over IPv6, yet {open:?} answer");
}

/// The ports that exposure.yaml lists as `ADDRESS:PORT/tcp ...`, for the addresses that count.
fn published(stack: &Stack, counts: impl Fn(IpAddr) -> bool) -> BTreeSet<u16> {
    let ports: BTreeSet<u16> = stack
        .exposure("published")
        .iter()
        .filter_map(|line| {
            let (address, _) = line.split_once("/tcp ")?;
            let address: SocketAddr = address.parse().expect("an address");
            counts(address.ip()).then_some(address.port())
        })
        .collect();
    assert!(!stack.exposure("published").is_empty(), "the stack publishes nothing");
    ports
}

/// Every port that accepts a connection, of all there are.
fn answering(address: IpAddr) -> BTreeSet<u16> {
    let mut open = BTreeSet::new();
    for port in 1..=u16::MAX {
        // Who does not listen says so at once; silence would be a filter that somebody put there.
        match TcpStream::connect_timeout(&(address, port).into(), Duration::from_secs(2)) {
            // The kernel may pick the very port that is dialled as the dialler's own, and connect it to itself.
            Ok(stream) if stream.local_addr().ok() == stream.peer_addr().ok() => {}
            Ok(_) => drop(open.insert(port)),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
            Err(error) => panic!("{address} port {port}: {error}"),
        }
        if port % 4096 == 0 {
            thread::yield_now();
        }
    }
    open
}
