//! What is mounted belongs to the project.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use super::control_socket::is_socket;
use super::sensitive_host_paths::{is_sensitive, is_time_zone};
use crate::stack::{Mount, MountSource, Stack};

/// No path of the host outside the project is mounted.
pub(super) struct HostPaths;

impl Control for HostPaths {
    fn page(&self) -> &'static Page {
        &Page {
            id: "host-paths",
            title: "What is mounted lies in the project",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "A path outside the project exists on one machine only, belongs to somebody else, \
                  and is not in the repository: nobody who reads the description can know what the \
                  container sees.",
            example: indoc! {"
                services:
                  clipper:
                    volumes:
                      clips: /data
                      ./presets: /etc/clipper
            "},
            references: &["CIS Docker 5.6", "OWASP Docker rule 8", "KICS 1c1325ff"],
            enforced_in: "compose.yaml: `volumes`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |mount: &Mount| {
                let MountSource::Host(path) = &mount.source else { return None };
                let judged_elsewhere = is_socket(&mount.source) || is_sensitive(path);
                (!judged_elsewhere && !is_time_zone(path)).then(|| {
                    Found::from(
                        &mount.origin,
                        format!("{path} of the host is mounted at {}", mount.target),
                        "use a named volume or a path of the project that begins with `./`",
                    )
                })
            };
            service.mounts.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::{Origin, testing::position};

    #[test]
    fn fires_on_a_path_outside() {
        assert_eq!(places(&HostPaths, |s| mount(s, "/srv/data")), "service app");
    }

    #[test]
    fn spares_volumes_and_what_another_control_judges() {
        assert_eq!(places(&HostPaths, |_| {}), "");
        for path in ["/etc/localtime", "/etc/ssh", "/var/run/docker.sock"] {
            assert_eq!(places(&HostPaths, |s| mount(s, path)), "", "{path}");
        }
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
