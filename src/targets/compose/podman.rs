//! What podman-compose with podman reads otherwise than Docker's Compose. Alone in one file so that
//! everything that the other engine needs, and everything that it lacks, can be read at once.
//!
//! Seen with podman 4.3.1 (netavark and aardvark-dns 1.4.0) and podman-compose 1.6.0: docs/podman.md.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::mounts;
use crate::compose::{ComposeFile, Dependency, FileSource, Service};
use crate::stack::{Purpose, Stack};
use crate::targets::{Engine, Target};

/// The condition of who waits for a job's good end (compose-spec, `depends_on`).
const COMPLETED: &str = "service_completed_successfully";

/// podman-compose, as root.
pub const PODMAN: Target = Target {
    name: "podman",
    engine: Engine { program: "podman", compose: "podman-compose" },
    lacks: &[
        (
            "link-isolation",
            "podman gives the host an address on every link: ports that the host opens on all its addresses answer \
             there; the firewall rule of RUNBOOK.md closes them",
        ),
        (
            "egress",
            "podman lets the gateway open connections to the internet: `iptables -I FORWARD -s SUBNET -m conntrack \
             --ctstate NEW -j DROP`, SUBNET being that of `ingress` in compose.yaml",
        ),
        (
            "memory",
            "podman-compose does not read `memswap_limit`, so a container may swap out as much again: turn swap off \
             on that machine",
        ),
        (
            "tmpfs-options",
            "podman adds /run and /var/tmp to a container with a read-only root, in memory and without `noexec`; what \
             lies there counts against the memory limit and goes with the container",
        ),
        (
            "health-check",
            "podman runs health checks by timers of systemd: without systemd there are none",
        ),
        (
            "start-order",
            "podman before 4.6 cannot wait for health: a service starts as soon as the others have been started, and \
             must try again until they answer; nobody waits for a job that needs a running service: see with \
             `podman ps --all` that it ended with 0, else `podman start --attach` runs it again",
        ),
        (
            "restart",
            "podman does not bring containers back after a reboot unless their policy is `always`: run `up -d` from a \
             unit of systemd, after `secrets unseal`",
        ),
    ],
};

/// Rewrites what podman-compose refuses or passes over in silence.
pub(super) fn adapt(file: &mut ComposeFile) {
    for network in file.networks.values_mut() {
        // Its bridge refuses every option of Docker's.
        network.driver_opts.clear();
    }
    wait_for_no_needy_job(file);
    let configs = std::mem::take(&mut file.configs);
    for service in file.services.values_mut() {
        mount_configs(service, |name| configs.get(name));
        for tmpfs in &mut service.tmpfs.0 {
            *tmpfs = owned(tmpfs);
        }
    }
}

/// podman starts nobody who waits for a job that has ended and itself needs what runs, as it looks for the whole
/// chain among what it has to start (podman-compose#683): whoever would wait does not.
fn wait_for_no_needy_job(file: &mut ComposeFile) {
    let needs =
        |name: &str| file.services.get(name).is_some_and(|job| !job.depends_on.0.is_empty());
    let ends = |wait: &Dependency| wait.condition.as_deref() == Some(COMPLETED);
    let waits = file.services.values().flat_map(|service| &service.depends_on.0);
    let needy = waits.filter(|(name, wait)| ends(wait) && needs(name));
    let needy: BTreeSet<String> = needy.map(|(name, _)| name.clone()).collect();
    for service in file.services.values_mut() {
        service.depends_on.0.retain(|name, _| !needy.contains(name));
    }
}

/// It never reads `configs:`, so a generated entrypoint or a database's roles would be missing.
fn mount_configs<'a>(service: &mut Service, config: impl Fn(&str) -> Option<&'a FileSource>) {
    for reference in std::mem::take(&mut service.configs) {
        let file = config(reference.source()).and_then(|source| source.file.clone());
        let (Some(file), Some(target)) = (file, &reference.0.target) else { continue };
        service.volumes.push(mounts::bind(file, target, true));
    }
}

/// It refuses `uid` and `gid`. Its own `U` gives the memory to the user whom the container runs as,
/// who is the one that the drawing names.
fn owned(tmpfs: &str) -> String {
    let Some((path, options)) = tmpfs.split_once(':') else { return tmpfs.to_owned() };
    let names_owner = |option: &&str| option.starts_with("uid=") || option.starts_with("gid=");
    let mut kept: Vec<&str> = options.split(',').filter(|option| !names_owner(option)).collect();
    if kept.len() < options.split(',').count() {
        kept.push("U");
    }
    format!("{path}:{}", kept.join(","))
}

/// Where names are answered: at the host's address on the network where published ports arrive,
/// the first of its range. Nothing where the engine chooses the addresses itself.
pub fn resolver(stack: &Stack) -> Option<String> {
    let ingress = stack.networks.values().find(|network| network.purpose == Purpose::Ingress)?;
    match ingress.subnet.first()?.first() {
        IpAddr::V4(first) => Some(Ipv4Addr::from(u32::from(first).checked_add(1)?).to_string()),
        IpAddr::V6(_) => None,
    }
}
