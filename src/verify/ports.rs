//! Which ports of the host answer.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Observation, Promise, Target, Turn};
use crate::stack::{Role, Stack};

/// Time for one connection: a port that is open on a host that answers at all is faster.
const PATIENCE: Duration = Duration::from_millis(400);
/// Time for all of them.
const TIME: Duration = Duration::from_secs(4);
/// Connections at a time.
const THREADS: usize = 48;

/// One way in.
pub(super) const PUBLISHED: Promise = Promise {
    id: "published-ports",
    text: "Of the ports on which services of this stack listen, the host answers on published ones only",
    turn: Turn::Any,
    run: published,
};

/// Ports by which the known databases and brokers listen (IANA's registry of service names).
const KNOWN: &[(&str, &[u16])] = &[
    ("postgres", &[5432]),
    ("redis", &[6379]),
    ("valkey", &[6379]),
    ("mysql", &[3306]),
    ("mariadb", &[3306]),
    ("mongo", &[27017]),
    ("rabbitmq", &[5672, 15672]),
    ("keycloak", &[8080, 9000]),
];

fn published(target: &Target<'_>) -> Observation {
    let stack = target.stack;
    let doors = &target.given.doors;
    let mut expected = published_ports(stack);
    expected.insert(doors.https.port());
    expected.extend(doors.http.iter().map(SocketAddr::port));
    let listening = listening(stack);
    // Ports that the system hands out (RFC 6335) are many; without load they are left alone.
    let last = if target.given.load { u16::MAX } else { 1023 };
    let ports = in_order(&listening, last);
    let (open, tried) = scan(doors.https.ip(), &ports, target.within(TIME));
    if tried < listening.len() {
        return Observation::Unseen("no time was left to try the ports".to_owned());
    }
    let inner: Vec<String> = open
        .iter()
        .filter(|port| !expected.contains(port))
        .filter_map(|port| {
            Some(format!("port {port} answers, on which {} listens", listening.get(port)?))
        })
        .collect();
    if !inner.is_empty() {
        return Observation::Broken(inner);
    }
    let others: Vec<String> =
        open.difference(&expected).take(10).map(ToString::to_string).collect();
    let more = match others.len() {
        0 => String::new(),
        _ => format!("; of something else: {}", others.join(", ")),
    };
    let kept: Vec<String> = open.intersection(&expected).map(ToString::to_string).collect();
    Observation::Holds(format!("{} of {tried} ports: {}{more}", kept.len(), kept.join(", ")))
}

fn published_ports(stack: &Stack) -> BTreeSet<u16> {
    let published = stack.services.values().flat_map(|service| &service.published);
    published.filter(|port| !port.udp).map(|port| port.host_port).collect()
}

/// Ports in containers, with the service that listens there.
fn listening(stack: &Stack) -> BTreeMap<u16, String> {
    let mut ports = BTreeMap::new();
    for (name, service) in &stack.services {
        let known =
            KNOWN.iter().filter(|(kind, _)| service.role == Role::Known((*kind).to_owned()));
        let inner = service.published.iter().map(|port| port.container_port);
        let all = inner.chain(known.flat_map(|(_, ports)| ports.iter().copied()));
        for port in all.chain(Some(*service.port)).filter(|port| *port > 0) {
            ports.entry(port).or_insert_with(|| name.to_string());
        }
    }
    ports
}

/// The stack's own first, then all up to the last.
fn in_order(listening: &BTreeMap<u16, String>, last: u16) -> Vec<u16> {
    let rest = (1..=last).filter(|port| !listening.contains_key(port));
    listening.keys().copied().chain(rest).collect()
}

/// The open ones, and how many were tried until `until`.
fn scan(host: IpAddr, ports: &[u16], until: Instant) -> (BTreeSet<u16>, usize) {
    let (next, tried, open) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::default());
    thread::scope(|scope| {
        for _ in 0..THREADS.min(ports.len()) {
            scope.spawn(|| {
                while Instant::now() < until {
                    let Some(port) = ports.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        return;
                    };
                    let address = SocketAddr::new(host, *port);
                    if answers(address) {
                        let mut open: std::sync::MutexGuard<'_, BTreeSet<u16>> =
                            open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        open.insert(*port);
                    }
                    tried.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let open = open.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    (open, tried.into_inner())
}

/// True where somebody else is there: a connection from a port of this host to the same port meets
/// itself (RFC 9293 section 3.5, simultaneous open).
fn answers(address: SocketAddr) -> bool {
    let stream = TcpStream::connect_timeout(&address, PATIENCE);
    stream.is_ok_and(|stream| stream.local_addr().ok() != stream.peer_addr().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn an_open_port_is_found_and_a_closed_one_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let until = Instant::now() + Duration::from_secs(5);
        let (open, tried) = scan([127, 0, 0, 1].into(), &[closed, port], until);
        assert_eq!((open, tried), (BTreeSet::from([port]), 2));
    }
}
