//! Small projects, each decided by one clue: with it the service `right` is first, without it not.

use super::*;
use crate::compose::load::{Memory, Request, load};
use crate::diagnostic::{Problems, Sources};

/// The clue, and the services of a project named `shop`.
const CASES: &[(&str, &str)] = &[
    ("labels", "{a: {image: x, ports: [8080]}, right: {image: y, labels: {caddy: a.example}}}"),
    ("ports", "{a: {image: x}, right: {image: y, ports: ['80:80']}}"),
    ("kind", "{a: {image: postgres, ports: ['8080:80']}, right: {image: y}}"),
    ("front-name", "{a: {image: x}, right-ui: {image: y}}"),
    ("behind-name", "{a-worker: {image: x}, right: {image: y}}"),
    ("project-name", "{a: {image: x}, shop: {image: y}}"),
    ("project-name", "{a: {image: x, ports: [7000]}, shop-client: {image: y}}"),
    (
        "waited-for",
        "{a: {image: x}, right: {image: y}, z: {image: mysql, depends_on: [a]}, \
         y-worker: {image: z, depends_on: [right]}}",
    ),
    ("waits", "{a: {image: x}, right: {image: y, depends_on: [db]}, db: {image: mysql}}"),
    ("known-port", "{a: {image: x}, right: {image: louislam/uptime-kuma}}"),
    ("job", "{a: {image: x, restart: 'no'}, right: {image: y}}"),
    ("job", "{a: {image: x, deploy: {restart_policy: {condition: none}}}, right: {image: y}}"),
    (
        "job",
        "{a: {image: x, ports: [8080]}, right: {image: y, depends_on: \
         {a: {condition: service_completed_successfully}}}}",
    ),
    ("called", "{a: {image: x}, right: {image: y, environment: {API: 'http://a:4000/'}}}"),
    ("own-address", "{a: {image: x}, right: {image: y, environment: {PUBLIC_URL: ''}}}"),
    (
        "http-health",
        "{a: {image: x}, right: {image: y, healthcheck: {test: 'curl http://localhost:80/'}}}",
    ),
    ("other-command", "{a: {image: x, command: b}, right: {image: x}}"),
];

#[test]
fn every_clue_decides() {
    for (name, services) in CASES {
        let project = read(services);
        let first = |clues: &[clues::Clue]| judge(&project, &Knowledge, clues).remove(0);
        let all = first(clues::ALL);
        assert!(is_right(&all), "{name}: {services}: {all:?}");
        assert!(!all.reasons.is_empty());
        let rest: Vec<_> = clues::ALL.iter().filter(|clue| clue.name != *name).copied().collect();
        assert!(!is_right(&first(&rest)), "{name} makes no difference in {services}");
    }
    for clue in clues::ALL {
        assert!(CASES.iter().any(|(name, _)| *name == clue.name), "{} has no case", clue.name);
    }
}

fn is_right(candidate: &Candidate) -> bool {
    candidate.service.starts_with("right") || candidate.service.starts_with("shop")
}

/// Where a port is found, the services (asked for `app`), and the port; none: not known.
const PORTS: &[(&str, &str, Option<u16>)] = &[
    ("labels", "{image: x, ports: [9999], environment: {VIRTUAL_PORT: '7070'}}", Some(7070)),
    ("published", "{image: x, ports: ['80:7070', '9999:9999']}", Some(7070)),
    ("TLS beside HTTP", "{image: x, ports: ['443:443', '80:80']}", Some(80)),
    ("usual", "{image: x, ports: ['9999:9999', '8080:8080']}", Some(8080)),
    (
        "entry points",
        "{image: 'traefik:3', ports: ['80:80', '443:443'], command: ['--entrypoints.s.address=:443']}",
        Some(443),
    ),
    ("not HTTP", "{image: x, ports: ['2222:22']}", None),
    ("UDP beside", "{image: x, ports: ['9999:9999', '9999:9999/udp']}", None),
    ("HTTP/3 beside", "{image: x, ports: ['443:443', '443:443/udp']}", Some(443)),
    ("exposed", "{image: x, expose: ['7070']}", Some(7070)),
    ("own setting", "{image: x, environment: {PORT: '7070'}}", Some(7070)),
    ("own address", "{image: x, environment: {LISTEN_ADDR: '0.0.0.0:7070'}}", Some(7070)),
    ("command", "{image: x, command: serve --port 7070}", Some(7070)),
    ("command, joined", "{image: x, command: [serve, '--port=7070']}", Some(7070)),
    (
        "health",
        "{image: x, healthcheck: {test: [CMD, curl, 'http://localhost:7070/up']}}",
        Some(7070),
    ),
    ("table", "{image: 'ghcr.io/miniflux/miniflux:2'}", Some(8080)),
    ("knowledge", "{image: 'grafana/grafana:12'}", Some(3000)),
    ("namesake", "{image: someone/uptime-kuma}", Some(3001)),
    ("part of a program", "{image: someone/frontend}", None),
    ("nothing", "{image: x}", None),
];

#[test]
fn every_place_gives_a_port() {
    for (name, app, expected) in PORTS {
        let project = read(&format!("{{app: {app}}}"));
        let found = candidates(&project, &Knowledge).remove(0).port;
        assert_eq!(found.map(|port| port.number), *expected, "{name}");
    }
    let other = "{app: {image: x}, b: {image: y, environment: {API: 'http://app:7070/v1'}}}";
    let found = candidates(&read(other), &Knowledge);
    let app = found.iter().find(|candidate| candidate.service == "app").unwrap();
    assert_eq!(app.port.as_ref().map(|port| port.number), Some(7070));
}

#[test]
fn confidence_follows_the_distance() {
    for (services, expected) in [
        ("{app: {image: x, ports: ['80:80']}, db: {image: postgres}}", Confidence::Sure),
        ("{app: {image: x, depends_on: [db]}, db: {image: postgres}}", Confidence::Likely),
        ("{a: {image: x}, db: {image: postgres}}", Confidence::NotKnown),
        ("{a: {image: x, ports: [8080]}, b: {image: y, ports: [8080]}}", Confidence::NotKnown),
        ("{db: {image: postgres, ports: ['80:80']}}", Confidence::NotKnown),
    ] {
        assert_eq!(candidates(&read(services), &Knowledge)[0].confidence, expected, "{services}");
    }
}

/// Every line of the table is read, and once; none names a port of another protocol.
#[test]
fn the_table_is_whole() {
    let text = include_str!("../../../presets/ports.yaml");
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 900);
    for line in &lines {
        let (repository, port) = line.rsplit_once(": ").unwrap();
        assert_eq!(repository, repository.to_lowercase());
        let image = crate::stack::ImageReference::parse(repository).unwrap();
        let port = port.parse().unwrap();
        assert_eq!(table::port(&image), Some(port), "{line}");
        assert_eq!(proxy::protocols::not_http(port), None, "{line}");
    }
    assert!(lines.is_sorted_by(|a, b| a.split(": ").next() < b.split(": ").next()));
}

fn read(services: &str) -> crate::compose::load::Project {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let file = format!("services: {services}");
    let files = Memory::new([("/shop/compose.yaml", file.as_str())]);
    let request = Request::of("/shop/compose.yaml");
    load(&request, &files, &mut sources, &mut problems)
        .unwrap_or_else(|| panic!("{}", sources.report(&problems)))
}
