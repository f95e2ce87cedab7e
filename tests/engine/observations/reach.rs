//! Who can reach whom: exactly along the declared links, and what the engine leaves open is told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use crate::engine::observation::{Observation, Presets, complaint, running};
use crate::engine::project::finish;
use crate::engine::stack::Stack;
use crate::engine::town::{INTERNET, MACHINE};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running("reach::services", &["AC-2", "MY-7", "MY-11", "AI-2"], Presets::Every, services),
    running("reach::host", &["AC-2"], Presets::Every, host),
    running("reach::outside", &["AC-2", "MY-7"], Presets::Every, outside),
    running("reach::from_the_street", &["AC-1", "AC-2", "MY-7"], Presets::Every, from_the_street),
];

/// A port on which no service listens: a refusal shows that the way there is open.
const NOBODY: u16 = 7;
/// Where the test listens on the machine and in the street.
const LISTENER: u16 = 4444;

/// Every service dials every other, by name and by each of its addresses, on each port it listens on and on
/// one where nobody does. A bridge has no direction, so a link opens both.
fn services(stack: &Stack) {
    let links = links(stack);
    let running = stack.running();
    let addresses: BTreeMap<&str, _> =
        running.iter().map(|service| (*service, stack.addresses(service))).collect();
    let ports: BTreeMap<&str, BTreeSet<u16>> = running
        .iter()
        .map(|service| (*service, stack.listening(service).into_iter().chain([NOBODY]).collect()))
        .collect();
    each(&running, |from| {
        let mut expected: BTreeMap<String, bool> = BTreeMap::new();
        for to in running.iter().filter(|to| **to != from) {
            let linked = links.contains(&(from, *to)) || links.contains(&(*to, from));
            let own = [format!("{from}--{to}"), format!("{to}--{from}")];
            for port in &ports[to] {
                expected.insert(format!("{to}:{port}"), linked);
                for (network, address) in &addresses[to] {
                    expected.insert(format!("{address}:{port}"), linked && own.contains(network));
                }
            }
        }
        let targets: Vec<String> = expected.keys().cloned().collect();
        for (target, verdict) in stack.dial(from, &targets) {
            let reached = verdict == "open" || verdict == "refused";
            assert_eq!(reached, expected[&target], "{from} dials {target}: {verdict}");
            let listens = !target.ends_with(&format!(":{NOBODY}"));
            assert!(!reached || listens == (verdict == "open"), "{from}, {target}: {verdict}");
        }
    });
}

/// A service on links alone reaches no port of the machine. The gateway and who may call out do, on this
/// engine: HARDENING.md says so, and the runbook's rule closes it.
fn host(stack: &Stack) {
    let listener = stack.town.in_machine(|| TcpListener::bind(("0.0.0.0", LISTENER)));
    let _listener = listener.expect("a port of the machine");
    let targets = host_targets(stack);
    let running = stack.running();
    each(&running, |service| {
        let open = reached(stack, service, &targets);
        if calls_out(stack, service) {
            assert!(!open.is_empty(), "{service} reaches no host port: the report says it does");
        } else {
            assert!(open.is_empty(), "{service} reaches the machine at {open:?}");
        }
    });
    let told: Vec<&str> = running.into_iter().filter(|s| calls_out(stack, s)).collect();
    let report = std::fs::read_to_string(stack.project.drawn("HARDENING.md")).expect("a report");
    assert!(report.contains("| MANUAL | `host-firewall` |"), "{told:?} reach the machine, untold");
    let runbook = std::fs::read_to_string(stack.project.drawn("RUNBOOK.md")).expect("a runbook");
    let rule = runbook.lines().find(|line| line.starts_with("iptables -I INPUT "));
    let rule = rule.expect("the runbook's rule");
    finish(&mut stack.shell(rule), "");
    each(&told, |service| {
        let open = reached(stack, service, &targets);
        assert!(open.is_empty(), "{service} reaches the machine at {open:?} with the rule");
    });
    finish(&mut stack.shell(&rule.replace("-I INPUT", "-D INPUT")), "");
}

/// Who may call out reaches the street, and nobody else does.
fn outside(stack: &Stack) {
    let _listener = stack.town.listen_in_street(LISTENER);
    let target = [format!("{INTERNET}:{LISTENER}")];
    let declared = stack.exposure("egress");
    each(&stack.running(), |service| {
        let open = !reached(stack, service, &target).is_empty();
        let may = declared.iter().any(|name| name == service);
        assert_eq!(open, may, "{service} and the outside");
    });
}

/// A neighbour in the street sends packets for the containers' own addresses to the machine: none but the
/// gateway's published ports answers.
fn from_the_street(stack: &Stack) {
    let lock = std::fs::read_to_string(stack.root().join("portcullis.lock")).expect("the lock");
    let pool = lock.lines().find_map(|line| line.trim().strip_prefix("pool: ")).expect("a pool");
    stack.town.street(&["ip", "route", "add", pool, "via", "192.0.2.1"]);
    let published = stack.exposure("published");
    let published =
        |port: u16| published.iter().any(|line| line.contains(&format!(" gateway:{port} ")));
    each(&stack.running(), |service| {
        for (network, address) in stack.addresses(service) {
            for port in stack.listening(service).into_iter().chain([NOBODY]) {
                let answered = stack.town.in_street(|| accepts(address, port));
                let public = service == "gateway" && network == "ingress" && published(port);
                assert!(!answered || public, "{service} answers the street at {address}:{port}");
            }
        }
    });
    stack.town.street(&["ip", "route", "delete", pool]);
}

/// Looks from several services at once; all complaints are kept.
fn each(services: &[&str], look: impl Fn(&str) + Sync) {
    let complaints: Vec<String> = thread::scope(|scope| {
        let looks: Vec<_> = services
            .iter()
            .map(|service| {
                scope.spawn(|| {
                    catch_unwind(AssertUnwindSafe(|| look(service)))
                        .map_err(|panic| complaint(&*panic))
                })
            })
            .collect();
        looks.into_iter().filter_map(|look| look.join().expect("a look").err()).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn accepts(address: IpAddr, port: u16) -> bool {
    let patience = Duration::from_millis(300);
    match TcpStream::connect_timeout(&(address, port).into(), patience) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
    }
}

/// The machine's addresses: in the street, on Docker's own bridge, and in each network of the stack.
fn host_targets(stack: &Stack) -> Vec<String> {
    let networks = stack.project.model["networks"].as_object().expect("networks");
    let subnets = networks.values().filter_map(|n| n["ipam"]["config"][0]["subnet"].as_str());
    let first = |subnet: &str| {
        let (network, _) = subnet.split_once('/')?;
        let (start, last) = network.rsplit_once('.')?;
        Some(format!("{start}.{}", last.parse::<u8>().ok()? + 1))
    };
    let bridges = subnets.filter_map(first);
    let own = [MACHINE.to_string(), "172.17.0.1".to_owned()];
    own.into_iter().chain(bridges).map(|address| format!("{address}:{LISTENER}")).collect()
}

fn reached(stack: &Stack, from: &str, targets: &[String]) -> Vec<String> {
    let verdicts = stack.dial(from, targets);
    let open =
        verdicts.into_iter().filter(|(_, verdict)| verdict == "open" || verdict == "refused");
    open.map(|(target, _)| target).collect()
}

/// Whether a service has a network that leads out of the machine.
fn calls_out(stack: &Stack, service: &str) -> bool {
    service == "gateway" || stack.exposure("egress").iter().any(|name| name == service)
}

/// The declared links of exposure.yaml.
fn links(stack: &Stack) -> BTreeSet<(&str, &str)> {
    let links = stack.exposure("links");
    let running = stack.services();
    let name = |part: &str| running.iter().copied().find(|service| *service == part);
    let pairs = links.iter().filter_map(|line| {
        let (from, to) = line.split_once(" -> ")?;
        Some((name(from)?, name(to)?))
    });
    pairs.collect()
}
