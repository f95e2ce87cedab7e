//! Files of other hands; our own are read back in `targets::compose`.

use super::*;
use crate::stack::{Command, MountSource, Probe, Purpose, User};

fn lifted(text: &str) -> Lifted {
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, text, &mut problems);
    let lifted = lift(&file, ".", &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    lifted
}

#[test]
fn short_forms_say_the_same_as_long_ones() {
    let short = lifted(
        "services:\n  web:\n    image: nginx:1\n    command: nginx -g 'daemon off;'\n    ports: ['80:8080']\n    volumes: ['data:/data:ro', './conf:/etc/web']\n    environment: [A=1, B=x=y]\n    depends_on: [db]\n    tmpfs: /tmp\n    ulimits: {core: 0}\n  db: {image: 'postgres:17'}\nvolumes: {data: }\n",
    );
    let long = lifted(
        "services:\n  web:\n    image: nginx:1\n    command: [nginx, -g, 'daemon off;']\n    ports: [{target: 8080, published: '80'}]\n    volumes:\n      - {type: volume, source: data, target: /data, read_only: true}\n      - {type: bind, source: ./conf, target: /etc/web}\n    environment: {A: 1, B: x=y}\n    depends_on: {db: {condition: service_started}}\n    tmpfs: [/tmp]\n    ulimits: {core: {soft: 0, hard: 0}}\n  db: {image: 'postgres:17'}\nvolumes: {data: {}}\n",
    );
    assert_eq!(short.clone().normal(), long.normal());
    let web = &short.services["web"];
    assert_eq!(
        *web.command,
        Command::Exec(["nginx", "-g", "daemon off;"].map(str::to_owned).to_vec())
    );
    assert_eq!(web.mounts[1].source, MountSource::Project("conf".to_owned()));
    assert!(web.published[0].address.is_unspecified());
}

#[test]
fn what_docker_would_do_without_a_word() {
    let stack = lifted("services:\n  a: {image: x}\n  b: {image: y, user: root, pid: host}\n");
    let default = &stack.networks["default"];
    assert_eq!(default.members.len(), 2);
    assert_eq!(default.purpose, Purpose::Shared);
    assert!(!*default.internal && *default.masquerade);
    let a = &stack.services["a"];
    assert!(!*a.read_only_root && a.capabilities_dropped.is_empty());
    assert!(!a.user.origin().is_written() && *a.user == User::Image);
    assert_eq!(a.health.probe, Probe::Image);
    let b = &stack.services["b"];
    assert_eq!(*b.user, User::Named("root".to_owned()));
    assert!(b.pid_namespace.origin().is_written());
}

#[test]
fn places_are_those_of_the_file() {
    let stack = lifted("services:\n  a:\n    image: x\n    privileged: true\n");
    let crate::stack::Origin::Written(at) = stack.services["a"].privileged.origin() else {
        panic!("not written");
    };
    assert_eq!((at.line, at.column), (4, 17));
}

#[test]
fn raw_keys_change_what_they_name_and_nothing_else() {
    use crate::stack::testing::{sample, service};
    let mut app = sample().services.remove(&service("app")).unwrap();
    let before = app.clone();
    let raw = "privileged: true\npids_limit: 9\nsecurity_opt: ['label:disable']\nvolumes: ['./x:/x:ro']\nsysctls: {a: 1}\n";
    let node = crate::yaml::parse(0, raw).unwrap();
    let mut problems = Problems::new();
    lay_over(&node, &mut app, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    assert!(*app.privileged && app.privileged.origin().is_written());
    assert_eq!(*app.limits.pids, 9);
    assert_eq!(app.mounts.last().unwrap().source, MountSource::Project("x".to_owned()));
    assert_eq!(*app.carried["sysctls"], "{\"a\":1}");
    assert_eq!(*app.carried["security_opt label"], "\"label:disable\"");
    let mut same = app;
    same.privileged = before.privileged.clone();
    same.limits.pids = before.limits.pids.clone();
    same.mounts.pop();
    same.carried.clear();
    assert_eq!(same, before);

    let node = crate::yaml::parse(0, "networks: [host]\nimage: x\n").unwrap();
    lay_over(&node, &mut same, &mut problems);
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn raw_keys_that_bring_in_what_nobody_judges_are_refused() {
    use crate::stack::testing::{sample, service};
    let mut app = sample().services.remove(&service("app")).unwrap();
    for raw in [
        "use_api_socket: true",
        "volumes_from: [postgres]",
        "env_file: ../../secrets/production.yaml",
        "extends: {service: postgres}",
        "userns_mode: host",
        "device_cgroup_rules: ['a *:* rwm']",
        "post_start: [{command: id, user: root, privileged: true}]",
        "configs: [{source: x, target: /y}]",
        "'<<': {privileged: true}",
    ] {
        let mut problems = Problems::new();
        lay_over(&crate::yaml::parse(0, raw).unwrap(), &mut app, &mut problems);
        assert!(format!("{problems:?}").contains("cannot stand among raw keys"), "{raw}");
    }
}

#[test]
fn every_mistake_is_reported_and_the_rest_is_read() {
    let mut problems = Problems::new();
    let text = "services:\n  a: {image: 'A b'}\n  b: {image: x, restart: often, ports: ['1:x'], mem_limit: lots, tmpfs: '/t:what=1'}\n  c: [1]\n  'd e': {image: x}\n";
    let file = ComposeFile::read(0, text, &mut problems);
    let lifted = lift(&file, ".", &mut problems);
    assert_eq!(lifted.services.keys().map(ServiceName::as_str).collect::<Vec<_>>(), ["b"]);
    assert!(problems.len() >= 6, "{problems:?}");
}
