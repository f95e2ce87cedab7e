//! What is looked at in an imported project. Each fails when its promise is broken.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::answer::{Answer, PATHS, PATIENCE, settled};
use crate::cases::Case;
use crate::engine::container::first_process;
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};
use crate::original::{FILE, Original, volumes};

/// `capability.h` of Linux: the number of each capability that a project here keeps.
const CAPABILITIES: &[(&str, u32)] = &[
    ("CHOWN", 0),
    ("DAC_OVERRIDE", 1),
    ("FOWNER", 3),
    ("KILL", 5),
    ("SETGID", 6),
    ("SETUID", 7),
    ("NET_BIND_SERVICE", 10),
    ("SYS_CHROOT", 18),
];

/// The discard service's (RFC 863), which no program here offers.
const NOBODYS: u16 = 9;

/// Whether a look has something to look at.
pub fn applies(look: &str, case: &Case) -> bool {
    match look {
        "answers_as_before" => !case.web.is_empty() || !case.streams.is_empty(),
        "is_replaced_by_the_gateway" => case.replaced.is_some(),
        "jobs_have_run" => !case.jobs.is_empty(),
        "values_reach_their_process_alone" => !case.values.is_empty(),
        "data_outlives_down_and_up" => !case.data.is_empty(),
        "a_wrong_port_is_noticed" => case.control.is_some(),
        _ => true,
    }
}

/// Imported with its values sealed, generated, and the original put away.
pub fn imports(case: &Case, stack: &mut Stack) {
    finish(&mut stack.portcullis(&["import", FILE, "--seal"]), "");
    finish(&mut stack.portcullis(&["generate"]), "");
    stack.project.model = model(stack);
    for file in [FILE, ".env"] {
        fs::remove_file(stack.root().join(file)).ok();
    }
    for built in stack.services().iter().filter(|name| stack.service(name)["build"].is_object()) {
        let image = stack.service(built)["image"].as_str().expect("an image");
        finish(&mut stack.docker(&["tag", &format!("{}-{built}", case.name), image]), "");
    }
}

/// What Compose understands of the drawn file, once it knows the values that it hands over.
fn model(stack: &Stack) -> Value {
    let compose = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/docker-compose");
    let mut config = stack.portcullis(&["secrets", "exec", "--", compose, "--profile", "*", "-f"]);
    config.arg(stack.project.drawn("compose.yaml"));
    let output = finish(config.args(["config", "--format", "json"]), "");
    serde_json::from_slice(&output.stdout).expect("Compose's JSON")
}

/// As RUNBOOK.md says, but for the build, which the images' stand-ins went before.
pub fn comes_up(stack: &Stack) {
    let lines = stack.runbook("First start");
    let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("dc build")).collect();
    let up = feed(&mut stack.shell(&lines.join("\n")), "");
    assert!(up.status.success(), "{}\n{}", said(&up), stack.unhealthy());
}

/// Over TLS where it was HTTP, as it was where it is a stream.
pub fn answers_as_before(case: &Case, stack: &Stack, before: &Original) {
    for ((port, path), wanted) in &before.answers {
        if let Some((_, host)) = case.web.iter().find(|(web, _)| web == port) {
            let answer = behind_the_gateway(stack, host, path, PATIENCE, wanted);
            assert_eq!(&answer, wanted, "port {port} of before, now {host}, for {path}");
        } else {
            let same = |answer: &Option<Answer>| answer.as_ref() == Some(wanted);
            let answer = settled(PATIENCE, || Answer::at(&stack.town, *port, path).ok(), same);
            assert_eq!(answer.as_ref(), Some(wanted), "the stream {port}, for {path}");
        }
    }
}

fn behind_the_gateway(
    stack: &Stack,
    host: &str,
    path: &str,
    patience: Duration,
    wanted: &Answer,
) -> Answer {
    let host = format!("{host}{}.example.com", stack.preset());
    let client = stack.client();
    settled(patience, || Answer::of(&client.get(&host, path)), |answer| answer == wanted)
}

/// 80 and 443 of the gateway and the streams, and no port of any other container.
pub fn publishes_nothing_else(case: &Case, stack: &Stack, _: &Original) {
    let mut wanted: BTreeSet<u16> = case.streams.iter().copied().collect();
    wanted.extend([80, 443]);
    for service in stack.running() {
        let inspected = stack.inspect(service);
        let bindings = inspected["HostConfig"]["PortBindings"].as_object().expect("bindings");
        let ports = bindings.values().filter_map(Value::as_array).flatten();
        let ports: BTreeSet<u16> =
            ports.filter_map(|binding| binding["HostPort"].as_str()?.parse().ok()).collect();
        let wanted = if service == "gateway" { wanted.clone() } else { BTreeSet::new() };
        assert_eq!(ports, wanted, "published by {service}");
    }
}

/// What the gateway took the place of is neither drawn nor running.
pub fn is_replaced_by_the_gateway(case: &Case, stack: &Stack, _: &Original) {
    let replaced = case.replaced.expect("a service");
    let drawn = stack.services();
    assert!(!drawn.contains(&replaced), "{replaced} is one of {drawn:?}");
}

/// Every process as its service is drawn, and whatever is less than usual told as an exception.
pub fn is_confined_as_reported(_: &Case, stack: &Stack, _: &Original) {
    for service in stack.running() {
        let drawn = stack.service(service);
        let kept = capabilities(drawn);
        let processes = stack.processes(service);
        assert!(!processes.is_empty(), "{service} has no process");
        for process in processes {
            let name = &process["Name"];
            assert_eq!(process["NoNewPrivs"], "1", "{service}: {name}");
            assert_eq!(process["Seccomp"], "2", "{service}: {name}");
            let bound = u64::from_str_radix(&process["CapBnd"], 16).expect("a mask");
            assert_eq!(bound, kept, "capabilities of {service}: {name}");
            let effective = u64::from_str_radix(&process["CapEff"], 16).expect("a mask");
            assert_eq!(effective & !kept, 0, "effective ones of {service}: {name}");
        }
        let mounts = stack.mounts(service);
        let root = mounts.iter().find(|mount| mount.path == "/").expect("a root");
        assert_eq!(root.has("ro"), drawn["read_only"] == true, "the root of {service}");
        assert!(
            root.has("ro") || stack.is_excepted("read-only-root", service),
            "{service}: a root"
        );
        assert!(kept == 0 || stack.is_excepted("capabilities", service), "{service}: capabilities");
    }
}

fn capabilities(drawn: &Value) -> u64 {
    let names = drawn["cap_add"].as_array().into_iter().flatten();
    let numbers = names.map(|name| {
        let known = CAPABILITIES.iter().find(|(known, _)| name == known);
        known.unwrap_or_else(|| panic!("no number of {name}")).1
    });
    numbers.fold(0, |mask, number| mask | 1 << number)
}

/// Each ended well; that the service found its work done is part of the service's answer.
pub fn jobs_have_run(case: &Case, stack: &Stack, _: &Original) {
    for job in case.jobs {
        let state = &stack.inspect(job)["State"];
        assert_eq!((&state["Status"], &state["ExitCode"]), (&"exited".into(), &0.into()), "{job}");
    }
}

/// `secrets exec` hands them over; no file of the project holds one.
pub fn values_reach_their_process_alone(case: &Case, stack: &Stack, _: &Original) {
    for (service, variable, value) in case.values {
        assert!(stack.is_excepted("secrets-as-files", service), "{service} is no exception");
        let environ = format!("/proc/{}/environ", first_process(stack, service));
        let environ = fs::read(environ).expect("its environment");
        let wanted = format!("{variable}={value}");
        let reached = environ.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes());
        assert!(reached, "{variable} of {service} does not hold its value");
        let holder = holder_of(&stack.root(), value);
        assert!(holder.is_none(), "{variable} stands in {holder:?}");
    }
}

/// A file below a folder that holds these words.
fn holder_of(folder: &Path, words: &str) -> Option<std::path::PathBuf> {
    fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() && !path.is_symlink() {
            return holder_of(&path, words);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(words.len()).any(|window| window == words.as_bytes()).then_some(path)
    })
}

/// Under the volume names of before.
pub fn data_outlives_down_and_up(case: &Case, stack: &Stack, before: &Original) {
    let lost: Vec<_> = before.volumes.difference(&volumes(stack)).cloned().collect();
    assert!(lost.is_empty(), "no longer there: {lost:?}");
    let read = |(service, path): &(&str, &str)| {
        let shown = stack.inside(service, &["cat", path]);
        assert!(shown.status.success(), "{path} of {service}: {}", said(&shown));
        said(&shown)
    };
    let kept: Vec<String> = case.data.iter().map(read).collect();
    let first = stack.runbook_blocks("First start").remove(0);
    finish(&mut stack.shell(&format!("set -e\n{first}\ndc down")), "");
    comes_up(stack);
    assert_eq!(case.data.iter().map(read).collect::<Vec<_>>(), kept);
}

/// Breaks the description on purpose: whoever looks at the answers must see it.
pub fn a_wrong_port_is_noticed(case: &Case, stack: &Stack, before: &Original) {
    let path = stack.root().join("portcullis.yaml");
    let text = fs::read_to_string(&path).expect("the description");
    let mut description: Value = serde_saphyr::from_str(&text).expect("YAML");
    description["services"][case.control.expect("a service")]["port"] = NOBODYS.into();
    fs::write(&path, description.to_string()).expect("the description");
    finish(&mut stack.portcullis(&["generate"]), "");
    comes_up(stack);
    let (port, host) = case.web[0];
    let wanted = &before.answers[&(port, PATHS[0])];
    let answer = behind_the_gateway(stack, host, PATHS[0], Duration::from_secs(5), wanted);
    assert_ne!(&answer, wanted, "nobody serves that port");
    assert!([502, 503, 504].contains(&answer.status), "{answer:?}");
}
