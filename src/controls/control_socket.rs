//! No container drives the engine.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Mount, MountSource, Place, Stack};

/// No container holds the control socket of a container engine.
pub(super) struct ControlSocket;

impl Control for ControlSocket {
    fn page(&self) -> &'static Page {
        &Page {
            id: "control-socket",
            title: "No container drives the container engine",
            section: Section::Containers,
            severity: Severity::Critical,
            why: "Who can write to the engine's socket starts a privileged container with the \
                  host's disk in it: it is root on the host, read-only mount or not.",
            example: indoc! {"
                exceptions:
                  - {control: control-socket, service: health-monitor, reason: 'restarts unhealthy containers'}
            "},
            references: &[
                "CIS Docker 5.32",
                "OWASP Docker rule 1",
                "KICS d6355c88",
                "compose-lint CL-0001",
                "compose-auditor SEC003",
            ],
            enforced_in: "compose.yaml: no `docker.sock`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |mount: &Mount| {
                Found::from(
                    &mount.origin,
                    format!("the engine's control socket is mounted at {}", mount.target),
                    "remove the mount, or declare an exception for the control `control-socket`",
                )
            };
            service
                .mounts
                .iter()
                .filter(|mount| is_socket(&mount.source))
                .map(found)
                .collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.mounts.retain(|mount| !is_socket(&mount.source));
        }
    }
}

/// File names of the sockets by which Docker, Podman, containerd, CRI-O and BuildKit are driven.
const SOCKETS: &[&str] = &[
    "docker.sock",
    "podman.sock",
    "containerd.sock",
    "crio.sock",
    "cri-dockerd.sock",
    "dockershim.sock",
    "buildkitd.sock",
    "docker_engine",
];

/// True where the host's path is a control socket.
pub(crate) fn is_socket(source: &MountSource) -> bool {
    let MountSource::Host(path) = source else { return false };
    let name = path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default();
    SOCKETS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::{Origin, testing::position};

    #[test]
    fn fires_on_the_engines_socket() {
        assert_eq!(places(&ControlSocket, |s| mount(s, "/var/run/docker.sock")), "service app");
        assert_eq!(mended(&ControlSocket, |s| mount(s, "/run/podman/podman.sock")), "");
    }

    #[test]
    fn spares_other_sockets() {
        assert_eq!(places(&ControlSocket, |s| mount(s, "/run/postgresql/.s.PGSQL.5432")), "");
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
