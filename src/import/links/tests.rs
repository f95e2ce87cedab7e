//! Small projects, each made for one rule, and all of a corpus where there is one.

use super::*;
use crate::compose::load::{Memory, Request, load};
use crate::diagnostic::{Problems, Sources};

fn links(yaml: &str) -> Links {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let files = Memory::new([("p/compose.yaml", yaml)]);
    let request = Request::of("p/compose.yaml");
    let project = load(&request, &files, &mut sources, &mut problems).expect(yaml);
    of(&project, &Knowledge, &[])
}

/// `app>db cache;web>app`.
fn needs(yaml: &str) -> String {
    let links = links(yaml);
    let of = |(name, needs): (&String, &Vec<Need>)| {
        let names: Vec<_> = needs.iter().map(|need| need.service.as_str()).collect();
        format!("{name}>{}", names.join(" "))
    };
    links.needs.iter().map(of).collect::<Vec<_>>().join(";")
}

#[test]
fn what_is_named_is_needed() {
    for (service, expected) in [
        ("depends_on: [db]", "app>db"),
        ("links: ['db:database']", "app>db"),
        ("network_mode: 'service:db'", "app>db"),
        ("volumes_from: ['db:ro']", "app>db"),
        ("environment: {DATABASE_URL: 'postgres://u:p@db:5432/x'}", "app>db"),
        ("environment: {DB_HOST: db}", "app>db"),
        ("environment: {DB_NAME: db, DB_USER: db, X: 'db-2:80'}", ""),
        ("command: 'wait-for db:5432 -- run'", "app>db"),
        ("command: [run, --db-host, db]", "app>db"),
        ("command: [run, --db-host=db]", "app>db"),
        ("command: sh -c 'until nc -z db 5432; do sleep 1; done'", "app>db"),
        ("command: run db", ""),
        ("environment: {X: 'app:80'}", ""),
    ] {
        let yaml = format!(
            "services:\n  app: {{image: 'a:1', {service}}}\n  db: {{image: 'postgres:17'}}\n"
        );
        assert_eq!(needs(&yaml), expected, "{service}");
    }
}

#[test]
fn depends_on_wins_and_circles_are_told() {
    let yaml = "services:\n  a: {image: 'a:1', environment: {B_URL: 'http://b:1'}}\n  b: {image: 'b:1', depends_on: [a]}\n";
    assert_eq!(needs(yaml), "b>a");
    let dropped = links(yaml).dropped;
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].linked && dropped[0].reason.starts_with("B_URL"), "{dropped:?}");
    let circle = "services:\n  a: {image: 'a:1', environment: {B_URL: 'http://b:1'}}\n  b: {image: 'b:1', environment: {C_URL: 'http://c:1'}}\n  c: {image: 'c:1', environment: {A_URL: 'http://a:1'}}\n";
    assert_eq!(needs(circle), "a>b;b>c");
    assert!(links(circle).dropped.iter().any(|one| !one.linked && one.from == "c"));
}

#[test]
fn who_only_shared_a_network_is_apart() {
    let yaml = "services:\n  a: {image: 'a:1', networks: [x]}\n  b: {image: 'b:1', networks: [x]}\n  c: {image: 'c:1', networks: [y]}\nnetworks: {x: , y: }\n";
    let apart = links(yaml).apart;
    assert_eq!(apart.keys().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn jobs_are_waited_for() {
    let yaml = "services:\n  a: {image: 'a:1', depends_on: {m: {condition: service_completed_successfully}}}\n  m: {image: 'a:1'}\n";
    let links = links(yaml);
    assert_eq!(links.jobs.iter().collect::<Vec<_>>(), ["m"]);
    assert_eq!(links.needs["a"][0].condition, Some(Condition::Completed));
}

#[test]
fn a_profile_that_is_off_is_not_waited_for() {
    let yaml = "services:\n  a: {image: 'a:1', environment: {B: 'http://b:1'}}\n  b: {image: 'b:1', profiles: [x]}\n";
    assert_eq!(needs(yaml), "b>a");
}

#[test]
fn ways_out_are_those_that_something_asks_for() {
    for (keys, open) in [
        ("image: 'postgres:17'", false),
        ("image: 'memcached:1'", false),
        ("image: 'acme/app:1'", true),
        ("image: 'minio/minio:1', environment: {X: 'https://s3.amazonaws.com'}", true),
        ("image: 'acme/app:1', networks: [inside]", false),
        ("image: 'acme/app:1', networks: [inside, outside]", true),
        ("image: 'acme/app:1', network_mode: none", false),
    ] {
        let yaml = format!(
            "services:\n  a: {{{keys}}}\nnetworks: {{inside: {{internal: true}}, outside: }}\n"
        );
        assert_eq!(links(&yaml).egress["a"].is_open(), open, "{keys}");
    }
}
