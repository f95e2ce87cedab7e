//! What is looked at, in this order. Each fails when its promise is broken.

use std::fs;
use std::process::Output;
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::client::Client;
use crate::engine::project::{feed, finish};
use crate::engine::reply::Reply;
use crate::engine::stack::said;
use crate::podman::Podman;

/// Without it nothing else can be seen.
pub const COMES_UP: &str = "comes_up";

/// A program of the stack needs some seconds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub type Look = fn(&Podman);

/// What is looked at where a job runs between a database and a service.
pub const JOBS: &[(&str, Look)] = &[(COMES_UP, comes_up)];

/// Every look by its name.
pub const ALL: &[(&str, Look)] = &[
    ("stops_without_secrets", stops_without_secrets),
    (COMES_UP, comes_up),
    ("answers_through_the_gateway", answers_through_the_gateway),
    ("limits_are_real", limits_are_real),
    ("programs_are_confined", programs_are_confined),
    ("secrets_have_one_reader", secrets_have_one_reader),
    ("links_lead_nowhere_else", links_lead_nowhere_else),
];

/// Nothing is unsealed yet: no container that reads a secret is made.
fn stops_without_secrets(podman: &Podman) {
    let output = feed(&mut podman.compose(&["up", "-d", "--no-build"]), "");
    assert!(said(&output).contains("bind source path does not exist"), "{}", said(&output));
    finish(&mut podman.compose(&["down"]), "");
}

/// Without systemd podman never asks for health by itself, so each check is made by hand.
fn comes_up(podman: &Podman) {
    finish(&mut podman.portcullis(&["secrets", "unseal"]), "");
    let output = feed(&mut podman.compose(&["up", "-d", "--no-build"]), "");
    let begun = Instant::now();
    for service in podman.services() {
        let container = podman.container(service);
        let is_well = || match podman.is_job(service) {
            true => ended_well(podman, &container),
            false => feed(&mut podman.podman(&["healthcheck", "run", &container]), ""),
        };
        while !is_well().status.success() {
            if begun.elapsed() > PATIENCE {
                let logs = feed(&mut podman.podman(&["logs", &podman.container(service)]), "");
                panic!("{service} is not healthy: {}\n{}", said(&logs), said(&output));
            }
            thread::sleep(Duration::from_millis(200));
        }
    }
}

/// Before 4.6 podman does not wait for a database's health, so that a job may have come too early: it is started
/// again, as HARDENING.md says.
fn ended_well(podman: &Podman, job: &str) -> Output {
    let state = ["inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", job];
    let state = finish(&mut podman.podman(&state), "");
    if String::from_utf8_lossy(&state.stdout).trim() == "exited 0" {
        return state;
    }
    feed(&mut podman.podman(&["start", "--attach", job]), "")
}

/// TLS, the key, and a name that podman's own name server answers.
fn answers_through_the_gateway(podman: &Podman) {
    let client = podman.client();
    assert_eq!(settled(&client, "/aidb/health", &[]).status, 200);
    assert_eq!(client.get("localhost", "/aidb/").status, 401);
    let key = finish(&mut podman.on_machine("cat", &[&secret(podman, "stack_api_key")]), "");
    let key = String::from_utf8(key.stdout).expect("text");
    for path in ["/aidb/", "/hybrid/", "/embeddings/", "/docs/"] {
        let reply = settled(&client, path, &[("X-API-Key", &key)]);
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
    }
}

/// What the gateway answers once it knows the service's address: it asks again for a name after 5 s,
/// and one that was started before the service has asked too early.
fn settled(client: &Client, path: &str, headers: &[(&str, &str)]) -> Reply {
    let begun = Instant::now();
    loop {
        let reply = client.ask("GET", "localhost", path, headers);
        if reply.status != 503 || begun.elapsed() > Duration::from_secs(10) {
            return reply;
        }
        thread::sleep(Duration::from_millis(250));
    }
}

/// As a cgroup and as a program sees them: 512 MiB, 128 processes, one CPU.
fn limits_are_real(podman: &Podman) {
    let service = &podman.project.model["services"]["aidb"];
    let Limits { memory, processes, quota, period } = limits(podman, "aidb");
    assert_eq!(Some(memory.to_string().as_str()), service["mem_limit"].as_str(), "memory");
    assert_eq!(Some(processes), service["pids_limit"].as_u64(), "processes");
    assert_eq!(quota, service["cpus"].as_u64().expect("whole CPUs") * period, "CPUs");

    let greedy = podman.inside("aidb", &["/usr/local/bin/probe", "allocate", "700"]);
    assert_eq!(greedy.status.code(), Some(137), "killed by its limit: {}", said(&greedy));
    let fertile = podman.told("aidb", &["/usr/local/bin/probe", "fork", "300"]);
    assert!(fertile.contains("stopped: Resource temporarily unavailable"), "{fertile}");
    assert!(number(&fertile) < processes, "{fertile}");
}

/// What the kernel allows a container: bytes, processes, and microseconds of CPU in each period.
struct Limits {
    memory: u64,
    processes: u64,
    quota: u64,
    period: u64,
}

/// Of cgroups v2 where the container sees them, else of v1.
fn limits(podman: &Podman, service: &str) -> Limits {
    let read = |name: &str| podman.told(service, &["cat", &format!("/sys/fs/cgroup/{name}")]);
    let one = |name: &str| number(&read(name));
    if read("cgroup.controllers").is_empty() {
        return Limits {
            memory: one("memory/memory.limit_in_bytes"),
            processes: one("pids/pids.max"),
            quota: one("cpu/cpu.cfs_quota_us"),
            period: one("cpu/cpu.cfs_period_us"),
        };
    }
    let time = read("cpu.max");
    let (quota, period) = time.split_once(' ').unwrap_or_else(|| panic!("no CPU limit: {time}"));
    Limits {
        memory: one("memory.max"),
        processes: one("pids.max"),
        quota: number(quota),
        period: number(period),
    }
}

fn number(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number: {text}"))
}

/// User, capabilities, seccomp, the root and the scratch folder, of every service that is no exception.
fn programs_are_confined(podman: &Podman) {
    for service in podman.services() {
        let told = podman.told(service, &["cat", "/proc/self/status", "/proc/self/mounts"]);
        let (status, mounts) = told.split_at(told.find("\noverlay / ").unwrap_or(told.len()));
        for line in ["CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
            assert!(status.contains(line), "{service}: no {line}\n{status}");
        }
        let user = podman.project.model["services"][service]["user"].as_str().expect("a user");
        let uid = user.split(':').next().expect("a uid");
        assert!(status.contains(&format!("Uid:\t{uid}\t")), "{service} is not {user}:\n{status}");
        let options = |path: &str| {
            let line = mounts.lines().rfind(|line| line.split(' ').nth(1) == Some(path));
            line.and_then(|line| line.split(' ').nth(3)).unwrap_or_default().to_owned()
        };
        assert!(options("/").starts_with("ro,"), "{service}: {mounts}");
        for option in ["nosuid", "nodev", "noexec", "size=65536k"] {
            assert!(options("/tmp").contains(option), "{service}: /tmp lacks {option}: {mounts}");
        }
        assert!(written(podman, service, "/tmp/x"), "{service} cannot use /tmp");
        assert!(!written(podman, service, "/x"), "{service} writes to its root");
    }
    assert!(
        written(podman, "postgres", "/var/run/postgresql/x"),
        "its scratch folder is not its own"
    );
}

fn written(podman: &Podman, service: &str, path: &str) -> bool {
    podman.inside(service, &["/usr/local/bin/probe", "write", path]).status.success()
}

/// Who declared it reads it; neither another service nor another user of the host does.
fn secrets_have_one_reader(podman: &Podman) {
    let read = |service: &str, name: &str| {
        podman.inside(service, &["/usr/local/bin/probe", "read", &format!("/run/secrets/{name}")])
    };
    for (reader, name) in [("aidb", "aidb_database_url"), ("postgres", "postgres_password")] {
        let value = read(reader, name);
        assert!(value.status.success() && !value.stdout.is_empty(), "{reader}: {}", said(&value));
        assert!(!read("docs", name).status.success(), "docs reads {name}");
        let somebody = somebody_reads(podman, &secret(podman, name));
        assert!(!somebody.status.success(), "another user reads {name}");
    }
    let variable = podman.told("webui", &["cat", "/proc/1/environ"]);
    assert!(!variable.contains("WEBUI_SECRET_KEY"), "podman itself was told a secret");
}

fn somebody_reads(podman: &Podman, path: &str) -> Output {
    let mut cat =
        podman.on_machine("setpriv", &["--reuid=12345", "--regid=12345", "--clear-groups"]);
    feed(cat.args(["cat", path]), "")
}

fn secret(podman: &Podman, name: &str) -> String {
    let settings = fs::read_to_string(podman.project.drawn(".env")).expect(".env");
    let folder = settings.trim().split('\'').nth(1).expect("a folder").to_owned();
    format!("{folder}/{name}")
}

/// A declared link is open, an undeclared one has no name and no way, and neither leads outside.
fn links_lead_nowhere_else(podman: &Podman) {
    let _listening = podman.town.listen_in_street(7777);
    let targets = ["postgres:5432", "qdrant:6333", "192.0.2.2:7777"];
    let dial = |service: &str| {
        let told =
            podman.told(service, &[["/usr/local/bin/probe", "dial"].as_slice(), &targets].concat());
        let open = told.lines().filter_map(|line| line.strip_suffix(" open"));
        open.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(dial("aidb"), "postgres:5432 qdrant:6333");
    assert_eq!(dial("hybrid"), "qdrant:6333 192.0.2.2:7777", "it alone may call out");
    assert_eq!(dial("prometheus"), "");
    assert_eq!(dial("embeddings"), "");
}
