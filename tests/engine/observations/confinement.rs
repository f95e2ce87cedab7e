//! What a program inside a container may do: nothing that its service did not declare.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine::observation::{Observation, Presets, running};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running("confinement::user", &["RL-12"], Presets::Every, user),
    running("confinement::capabilities", &["RL-12"], Presets::Every, capabilities),
    running("confinement::reaper", &["RL-12"], Presets::Every, reaper),
    running("confinement::read_only", &["RL-12"], Presets::Every, read_only),
    running("confinement::writable_mounts", &["RL-12"], Presets::Every, writable_mounts),
    running("confinement::scratch_memory", &["RL-12"], Presets::Every, scratch_memory),
    running("confinement::limits_known", &["AI-7"], Presets::Every, limits_known),
    running("confinement::fork_bomb", &["AI-7"], Presets::Every, fork_bomb),
    running("confinement::allocation", &["AI-7"], Presets::Every, allocation),
];

/// Every process has the declared user and group: real, effective, saved and of the file system.
fn user(stack: &Stack) {
    for (service, status) in all_processes(stack) {
        let declared = stack.service(&service)["user"].as_str().unwrap_or("none");
        let (uid, gid) = declared.split_once(':').expect("a user and a group");
        assert_eq!(status["Uid"], [uid; 4].join("\t"), "{service}");
        assert_eq!(status["Gid"], [gid; 4].join("\t"), "{service}");
        let excepted = stack.is_excepted("user", &service);
        assert_eq!(uid == "0", excepted, "{service} runs as {declared}");
    }
}

/// No process has a capability or can get one, and the engine's filter of system calls is on.
fn capabilities(stack: &Stack) {
    for (service, status) in all_processes(stack) {
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(status[set], "0000000000000000", "{service}: {set}");
        }
        assert_eq!(status["NoNewPrivs"], "1", "{service}: NoNewPrivs");
        assert_eq!(status["Seccomp"], "2", "{service}: Seccomp");
    }
}

/// Process 1 of every container is the engine's own, which reaps children.
fn reaper(stack: &Stack) {
    for service in stack.running() {
        let processes = stack.processes(service);
        let first = |status: &&BTreeMap<String, String>| status["NSpid"].ends_with("\t1");
        let first = processes.iter().find(first).expect("a first process");
        assert_eq!(first["Name"], "docker-init", "{service}: process 1");
    }
}

/// Nobody can write where programs and settings lie.
fn read_only(stack: &Stack) {
    for service in stack.running() {
        let writable_root = stack.is_excepted("read-only-root", service);
        for path in ["/new", "/etc/new", "/usr/local/bin/new"] {
            let wrote = stack.inside(service, &["/usr/local/bin/probe", "write", path]);
            assert!(!wrote.status.success(), "{service} wrote {path}");
            let words = said(&wrote);
            let reason = words.contains("Read-only file system");
            assert!(
                reason || writable_root,
                "{service} could not write {path}, but because: {words}"
            );
        }
    }
}

/// Where a write can end at all: declared volumes and scratch memory, and what every container has.
fn writable_mounts(stack: &Stack) {
    for service in stack.running() {
        let declared = stack.service(service);
        let volumes = declared["volumes"].as_array().into_iter().flatten();
        let socket = stack.is_excepted("control-socket", service);
        // What lies on the host is never to be written, but the engine's socket where a person says so.
        let writable = volumes
            .filter(|volume| volume["read_only"] != true && (volume["type"] == "volume" || socket));
        let mut allowed: Vec<&str> = writable.filter_map(|v| v["target"].as_str()).collect();
        allowed.extend(scratch(declared).map(|(path, _)| real(path)));
        allowed.extend(["/proc", "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm"]);
        if stack.is_excepted("read-only-root", service) {
            allowed.extend(["/", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts"]);
        }
        for mount in stack.mounts(service).iter().filter(|mount| mount.has("rw")) {
            let masked = mount.path.starts_with("/proc/") || mount.path.starts_with("/sys/");
            assert!(
                allowed.contains(&&*mount.path) || masked,
                "{service} may write to {}: {}",
                mount.path,
                mount.options
            );
        }
    }
}

/// Scratch memory holds neither programs nor devices and has an end; what is put there cannot be run.
fn scratch_memory(stack: &Stack) {
    for service in stack.running() {
        let mounts = stack.mounts(service);
        for (path, options) in scratch(stack.service(service)) {
            let mount = mounts.iter().find(|mount| mount.path == real(path));
            let mount = mount.unwrap_or_else(|| panic!("{service} has no {path}"));
            for option in ["nosuid", "nodev", "noexec"] {
                assert!(mount.has(option), "{service} {path}: no {option}: {}", mount.options);
            }
            let size = options.split(',').find_map(|option| option.strip_prefix("size="));
            let mebibytes: u64 = size.and_then(|s| s.strip_suffix('m')?.parse().ok()).expect("MiB");
            assert!(
                mount.has(&format!("size={}k", mebibytes << 10)),
                "{service}: {}",
                mount.options
            );
        }
        let program = "cp /usr/local/bin/probe /tmp/program && /tmp/program status; \
                       code=$?; rm -f /tmp/program; exit $code";
        let ran = stack.inside(service, &["sh", "-c", program]);
        assert_eq!(ran.status.code(), Some(126), "{service} runs from /tmp: {}", said(&ran));
    }
}

/// The engine holds each container to the drawn limits, without swap.
fn limits_known(stack: &Stack) {
    for service in stack.running() {
        let (declared, host) = (stack.service(service), &stack.inspect(service)["HostConfig"]);
        let memory = number(&declared["mem_limit"]);
        assert!(memory > 0, "{service} has no limit");
        assert_eq!(number(&host["Memory"]), memory, "{service}: memory");
        assert_eq!(number(&host["MemorySwap"]), memory, "{service}: memory and swap");
        assert_eq!(number(&host["PidsLimit"]), number(&declared["pids_limit"]), "{service}: pids");
        let cpus = declared["cpus"].as_f64().expect("cpus") * 1e9;
        assert_eq!(host["NanoCpus"].as_f64(), Some(cpus), "{service}: cpus");
    }
}

/// More processes than allowed: they end at the limit, and the service stays healthy.
fn fork_bomb(stack: &Stack) {
    for service in stack.running() {
        let limit = number(&stack.service(service)["pids_limit"]);
        let bomb =
            stack.inside(service, &["/usr/local/bin/probe", "fork", &format!("{}", limit + 8)]);
        let words = said(&bomb);
        let count: u64 = words.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(u64::MAX);
        assert!(count < limit && words.contains("stopped: "), "{service}, limit {limit}: {words}");
    }
    stack.assert_undisturbed();
}

/// More memory than allowed: the kernel ends who takes it, not the service.
fn allocation(stack: &Stack) {
    for service in stack.running() {
        let limit = number(&stack.service(service)["mem_limit"]) >> 20;
        // The large ones would only take long: `limits_known` has seen their limit set.
        if limit > 512 {
            continue;
        }
        let wanted = format!("{}", limit + 16);
        let taken = stack.inside(service, &["/usr/local/bin/probe", "allocate", &wanted]);
        assert_eq!(taken.status.code(), Some(137), "{service}, limit {limit}: {}", said(&taken));
    }
    stack.assert_undisturbed();
}

/// `/proc/PID/status` of every process of every service.
fn all_processes(stack: &Stack) -> Vec<(String, BTreeMap<String, String>)> {
    let mut all = Vec::new();
    for service in stack.running() {
        let processes = stack.processes(service);
        assert!(!processes.is_empty(), "{service} has no process");
        all.extend(processes.into_iter().map(|status| (service.to_owned(), status)));
    }
    all
}

/// The scratch paths of a service with their options.
fn scratch(service: &Value) -> impl Iterator<Item = (&str, &str)> {
    let entries = service["tmpfs"].as_array().into_iter().flatten();
    entries.filter_map(|entry| entry.as_str()?.split_once(':'))
}

/// Where a path leads in an image whose `/var/run` is the usual link to `/run`.
fn real(path: &str) -> &str {
    path.strip_prefix("/var").filter(|rest| rest.starts_with("/run/")).unwrap_or(path)
}

/// A number that Compose writes as a text, or not.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}
