//! No container sees the host's own files.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use super::control_socket::is_socket;
use crate::stack::{Mount, MountSource, Stack};

/// No system directory of the host is mounted.
pub(super) struct SensitiveHostPaths;

impl Control for SensitiveHostPaths {
    fn page(&self) -> &'static Page {
        &Page {
            id: "sensitive-host-paths",
            title: "No system directory of the host is mounted",
            section: Section::Containers,
            severity: Severity::High,
            why: "The host's /etc holds its users and keys, /proc and /sys its kernel, /root and \
                  /home the keys of people, /run the sockets of its services. Mounted, they are \
                  one file away from the host's root, even read-only.",
            example: indoc! {"
                exceptions:
                  - {control: sensitive-host-paths, service: exporter, reason: 'reads /proc for metrics'}
            "},
            references: &[
                "CIS Docker 5.6",
                "OWASP Docker rule 8",
                "KICS 1c1325ff",
                "compose-lint CL-0001",
                "compose-lint CL-0013",
                "compose-lint CL-0025",
            ],
            enforced_in: "compose.yaml: no such `volumes`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |mount: &Mount| {
                let MountSource::Host(path) = &mount.source else { return None };
                if is_time_zone(path) && !mount.read_only {
                    let words = format!("{path} of the host can be written at {}", mount.target);
                    return Some(Found::from(&mount.origin, words, "mount it read-only: `:ro`"));
                }
                (is_sensitive(path) && !is_socket(&mount.source)).then(|| {
                    let with_socket = matches!(&*plain(path), "" | "run" | "var" | "var/run");
                    let socket =
                        if with_socket { ", with the engine's control socket" } else { "" };
                    let words =
                        format!("{path} of the host is mounted at {}{socket}", mount.target);
                    let advice = "mount a file of the project instead, or declare an exception";
                    Found::from(&mount.origin, words, advice)
                })
            };
            service.mounts.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

/// Directories that count with everything below them: CIS Docker 5.6.
const TREES: &[&str] = &[
    "boot", "dev", "etc", "lib", "lib64", "proc", "sys", "usr", "bin", "sbin", "root", "run",
    "var/run", "var/log",
];

/// The same of engines' stores.
const STORES: &[&str] = &["var/lib/docker", "var/lib/containerd", "var/lib/kubelet"];

/// Directories that count themselves: below them may be anything.
const SINGLE: &[&str] = &["", "home", "var", "var/lib", "opt", "srv", "mnt"];

/// A path without `.` and `..`, and without slashes at its ends.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// True for a file that holds nothing but the time zone: it may be read, not written.
pub(crate) fn is_time_zone(path: &str) -> bool {
    ["etc/localtime", "etc/timezone"].contains(&plain(path).as_str())
}

/// True for a directory of the host's system, and for anybody's home written with `~`.
pub(super) fn is_sensitive(path: &str) -> bool {
    let plain = plain(path);
    let within = |tree: &&str| format!("{plain}/").starts_with(&format!("{tree}/"));
    path.starts_with('~')
        || SINGLE.contains(&plain.as_str())
        || (TREES.iter().chain(STORES).any(within) && !is_time_zone(path))
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::{Origin, testing::position};

    #[test]
    fn fires_on_system_directories() {
        for path in
            ["/", "/etc", "/etc/ssh/", "/srv/../etc", "/proc", "/home", "~/.ssh", "/var/run"]
        {
            assert_eq!(places(&SensitiveHostPaths, |s| mount(s, path)), "service app", "{path}");
        }
    }

    #[test]
    fn spares_what_only_sounds_alike() {
        for path in
            ["/etcetera", "/srv/data", "/home/shop/files", "/etc/localtime", "/run/docker.sock"]
        {
            assert_eq!(places(&SensitiveHostPaths, |s| mount(s, path)), "", "{path}");
        }
    }

    #[test]
    fn fires_on_a_time_zone_that_can_be_written() {
        let write = |stack: &mut Stack| {
            mount(stack, "/etc/localtime");
            app(stack).mounts.last_mut().unwrap().read_only = false;
        };
        assert_eq!(places(&SensitiveHostPaths, write), "service app");
    }

    #[test]
    fn tells_of_the_socket_in_a_directory() {
        let found = |path: &str| {
            let mut stack = crate::stack::testing::sample();
            mount(&mut stack, path);
            SensitiveHostPaths.check(&stack).remove(0).found
        };
        assert!(found("/var/run/").contains("control socket"));
        assert!(!found("/etc").contains("control socket"));
    }

    fn mount(stack: &mut Stack, path: &str) {
        let source = MountSource::Host(path.to_owned());
        let target = "/mnt".to_owned();
        let origin = Origin::Written(position());
        app(stack).mounts.push(Mount {
            source,
            target,
            read_only: true,
            nocopy: false,
            subpath: String::new(),
            origin,
        });
    }
}
