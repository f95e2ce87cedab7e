//! A running container, seen from the kernel's side: its processes, mounts and listening ports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::stack::Stack;

/// One line of `/proc/PID/mountinfo`.
pub struct Mount {
    /// Where it is mounted.
    pub path: String,
    /// The mount's own options, then those of the file system.
    pub options: String,
}

impl Mount {
    /// Whether it has an option; `rw` and `ro` are the mount's own.
    pub fn has(&self, option: &str) -> bool {
        let (own, all) = (self.options.split(' ').next().unwrap_or_default(), &self.options);
        let options = if option == "rw" || option == "ro" { own } else { all };
        options.split([',', ' ']).any(|one| one == option)
    }
}

impl Stack {
    /// The fields of `/proc/PID/status` of each process of a service.
    pub fn processes(&self, service: &str) -> Vec<BTreeMap<String, String>> {
        let container = self.inspect(service)["Id"].as_str().expect("an id").to_owned();
        let entries = fs::read_dir("/proc").expect("/proc").flatten();
        // Who ended in the meantime has no status any more.
        let statuses = entries.filter_map(|entry| {
            let groups = fs::read_to_string(entry.path().join("cgroup")).ok()?;
            groups.contains(&container).then_some(())?;
            fs::read_to_string(entry.path().join("status")).ok()
        });
        statuses.map(|status| fields(&status)).collect()
    }

    /// What is mounted where in a service's container.
    pub fn mounts(&self, service: &str) -> Vec<Mount> {
        let path = format!("/proc/{}/mountinfo", first_process(self, service));
        let text = fs::read_to_string(path).expect("the mounts");
        let mounts = text.lines().filter_map(|line| {
            let (mount, file_system) = line.split_once(" - ")?;
            let mut fields = mount.split(' ').skip(4);
            let (path, own) = (fields.next()?.to_owned(), fields.next()?);
            Some(Mount { path, options: format!("{own} {}", file_system.rsplit(' ').next()?) })
        });
        mounts.collect()
    }

    /// The TCP ports on which a service listens, for more than itself.
    pub fn listening(&self, service: &str) -> BTreeSet<u16> {
        let process = first_process(self, service);
        let tables = ["tcp", "tcp6"].map(|name| format!("/proc/{process}/net/{name}"));
        let text: String = tables.map(|path| fs::read_to_string(path).unwrap_or_default()).concat();
        let sockets = text.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (address, port) = fields.get(1)?.split_once(':')?;
            // State 0A is LISTEN; 127.x.x.x in the kernel's order of bytes ends in 7F.
            let counts =
                fields.get(3) == Some(&"0A") && !(address.len() == 8 && address.ends_with("7F"));
            counts.then(|| u16::from_str_radix(port, 16).ok())?
        });
        sockets.collect()
    }

    /// Asserts that every service is healthy and was not started again.
    pub fn assert_undisturbed(&self) {
        for service in self.running() {
            let inspected = self.inspect(service);
            assert_eq!(inspected["RestartCount"], 0, "{service} was started again");
            assert_eq!(inspected["State"]["Health"]["Status"], "healthy", "{service}");
        }
    }
}

/// The number, on the real host, of the first process of a service's container.
pub fn first_process(stack: &Stack, service: &str) -> u64 {
    let process = stack.inspect(service)["State"]["Pid"].as_u64().expect("a process");
    assert!(process > 0, "{service} does not run");
    process
}

fn fields(status: &str) -> BTreeMap<String, String> {
    let pairs = status.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}
