//! The tests of docker-bench-security (CIS Docker Benchmark 1.6.0) on every container and its image,
//! each as that program's own source decides it. What it still warns of is answered in HARDENING.md.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::finish;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[Observation {
    name: "bench::every_warning_is_explained",
    proves: &["AC-1", "RL-12", "RL-14"],
    on: Presets::Only(&["wavestack", "ai-camera", "relay"]),
    moment: Moment::Running,
    look: every_warning_is_explained,
}];

/// A test's number, and whether it warns of a container.
type Test = (&'static str, fn(&Value) -> bool);

const TESTS: &[Test] = &[
    ("4.1", |container| runs_as_root(&container["Config"]["User"])),
    ("5.2", |container| container["AppArmorProfile"].as_str().is_none_or(is_unconfined)),
    ("5.3", |container| list(&host(container)["SecurityOpt"]).is_empty()),
    ("5.4", |container| !list(&host(container)["CapAdd"]).is_empty()),
    ("5.5", |container| host(container)["Privileged"] == true),
    ("5.6", |container| sources(container).iter().any(|path| SENSITIVE.contains(path))),
    ("5.8", |container| published(container).iter().any(|(_, port)| *port < 1025)),
    ("5.10", |container| host(container)["NetworkMode"] == "host"),
    ("5.11", |container| host(container)["Memory"] == 0),
    ("5.12", |container| host(container)["CpuShares"] == 0 && host(container)["NanoCpus"] == 0),
    ("5.13", |container| host(container)["ReadonlyRootfs"] == false),
    ("5.14", |container| published(container).iter().any(|(address, _)| address == "0.0.0.0")),
    ("5.15", |container| host(container)["RestartPolicy"]["MaximumRetryCount"].as_u64() > Some(5)),
    ("5.16", |container| host(container)["PidMode"] == "host"),
    ("5.17", |container| host(container)["IpcMode"] == "host"),
    ("5.18", |container| !list(&host(container)["Devices"]).is_empty()),
    ("5.19", |container| list(&host(container)["Ulimits"]).is_empty()),
    ("5.20", |container| {
        list(&container["Mounts"]).iter().any(|mount| mount["Propagation"] == "shared")
    }),
    ("5.21", |container| host(container)["UTSMode"] == "host"),
    ("5.22", |container| options(container).any(|option| option == "seccomp=unconfined")),
    ("5.25", |container| host(container)["CgroupParent"] != ""),
    ("5.26", |container| !options(container).any(|option| option.starts_with("no-new-privileges"))),
    ("5.27", |container| container["State"].get("Health").is_none_or(Value::is_null)),
    ("5.29", |container| host(container)["PidsLimit"].as_i64().unwrap_or(0) <= 0),
    ("5.30", |container| !container["NetworkSettings"]["Networks"]["bridge"].is_null()),
    ("5.31", |container| host(container)["UsernsMode"] == "host"),
    ("5.32", |container| sources(container).iter().any(|path| path.contains("docker.sock"))),
];

/// What test 5.6 calls sensitive.
const SENSITIVE: [&str; 8] = ["/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr"];

/// The warnings that stay are these and no others, and the report has a line about each.
fn every_warning_is_explained(stack: &Stack) {
    let mut warnings = BTreeSet::new();
    let mut expected = BTreeSet::from([("5.8", "gateway"), ("5.14", "gateway")]);
    for service in stack.running() {
        let container = stack.inspect(service);
        let broken = TESTS.iter().filter(|(_, warns)| warns(&container));
        warnings.extend(broken.map(|(test, _)| (*test, service)));
        if stack.processes(service).iter().any(|process| process["Name"] == "sshd") {
            warnings.insert(("5.7", service));
        }
        if image(stack, &container)["Config"].get("Healthcheck").is_none_or(Value::is_null) {
            warnings.insert(("4.6", service));
        }
        if stack.service(service).get("build").is_none() {
            expected.insert(("4.6", service));
        }
        // The one accepted exception that these tests see.
        if stack.is_excepted("read-only-root", service) {
            expected.insert(("5.13", service));
        }
        if !kernel_has_apparmor() {
            expected.insert(("5.2", service));
        }
    }
    assert_eq!(warnings, expected);
    let report = fs::read_to_string(stack.project.drawn("HARDENING.md")).expect("the report");
    let part = report.split_once("## What docker-bench-security still says").expect("a part").1;
    let part = part.split("\n## ").next().unwrap_or_default();
    for (test, service) in warnings {
        if test == "5.13" {
            let line = format!("\n- `read-only-root`, service {service}: ");
            assert!(report.contains(&line), "no line about the root of {service}");
            continue;
        }
        assert!(part.contains(&format!("\n- {test}, ")), "nothing about {test} of {service}");
    }
}

fn image(stack: &Stack, container: &Value) -> Value {
    let id = container["Image"].as_str().expect("an image");
    let output = finish(&mut stack.docker(&["image", "inspect", id]), "");
    let mut all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    all[0].take()
}

fn kernel_has_apparmor() -> bool {
    fs::read_to_string("/sys/module/apparmor/parameters/enabled").is_ok_and(|on| on.trim() == "Y")
}

fn runs_as_root(user: &Value) -> bool {
    let user = user.as_str().unwrap_or_default();
    ["", "root", "0", "0:0"].contains(&user)
}

fn is_unconfined(profile: &str) -> bool {
    profile.is_empty() || profile == "unconfined"
}

fn host(container: &Value) -> &Value {
    &container["HostConfig"]
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn options(container: &Value) -> impl Iterator<Item = &str> {
    list(&host(container)["SecurityOpt"]).iter().filter_map(Value::as_str)
}

fn sources(container: &Value) -> Vec<&str> {
    list(&container["Mounts"]).iter().filter_map(|mount| mount["Source"].as_str()).collect()
}

/// Address and port of the host, of every port that is published.
fn published(container: &Value) -> Vec<(String, u16)> {
    let ports = container["NetworkSettings"]["Ports"].as_object();
    let bindings = ports.into_iter().flatten().flat_map(|(_, bindings)| list(bindings));
    let pair = |binding: &Value| {
        let port = binding["HostPort"].as_str()?.parse().ok()?;
        Some((binding["HostIp"].as_str()?.to_owned(), port))
    };
    bindings.filter_map(pair).collect()
}
