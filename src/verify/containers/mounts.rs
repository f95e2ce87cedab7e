//! What of the host and of volumes a container sees.

use super::super::{Observation, Promise, Target, Turn};
use super::each;
use crate::compose::conventions::{ENTRYPOINT, SECRETS_FOLDER, project_name};
use crate::engine::{Container, Mounted};
use crate::stack::{Mount, MountSource, Service};

/// CIS Docker Benchmark 5.6 and 5.32.
pub(in super::super) const MOUNTS: Promise = Promise {
    id: "container-mounts",
    text: "Containers see the drawn volumes, files and memory, as writable as drawn, and nothing else of the host",
    turn: Turn::Any,
    run: mounts,
};

/// Digits of the name that the engine gives to a volume which an image asks for.
const ANONYMOUS: usize = 64;

fn mounts(target: &Target<'_>) -> Observation {
    each(target, |service, container| {
        let mut faults = Vec::new();
        for mount in &service.mounts {
            match container.mounts.iter().find(|runs| runs.destination == mount.target) {
                None => faults.push(format!("{} is not mounted", mount.target)),
                Some(runs) => faults.extend(differs(&project_name(target.stack), mount, runs)),
            }
        }
        let drawn =
            |runs: &&Mounted| service.mounts.iter().any(|one| one.target == runs.destination);
        for extra in container.mounts.iter().filter(|runs| !drawn(runs)) {
            faults.extend(surplus(service, extra));
        }
        faults.extend(memory(service, container));
        faults
    })
}

fn differs(project: &str, drawn: &Mount, runs: &Mounted) -> Vec<String> {
    let mut faults = Vec::new();
    if drawn.read_only && runs.writable {
        faults.push(format!("{} is writable", drawn.target));
    }
    let (kind, from, wanted) = match &drawn.source {
        MountSource::Volume(name) => ("volume", &runs.name, format!("{project}_{name}")),
        MountSource::Host(path) => ("bind", &runs.source, path.clone()),
        MountSource::Anonymous => ("volume", &runs.name, runs.name.clone()),
        // Where the project and its secrets lie is known on the machine only.
        MountSource::Project(_) | MountSource::Generated(_) | MountSource::Secrets(_) => {
            ("bind", &runs.source, runs.source.clone())
        }
    };
    // A volume that somebody else makes has a name of its own.
    if runs.kind != kind || (*from != wanted && !from.ends_with(&wanted)) {
        faults.push(format!("{} is the {} {from}", drawn.target, runs.kind));
    }
    faults
}

/// Secrets and generated files are mounted by rules of Compose, an image's own volumes by those of
/// the engine.
fn surplus(service: &Service, runs: &Mounted) -> Option<String> {
    let to = runs.destination.as_str();
    let secret = to.strip_prefix(SECRETS_FOLDER).and_then(|rest| rest.strip_prefix('/'));
    let secret =
        secret.is_some_and(|name| service.secrets.iter().any(|used| used.secret.as_str() == name));
    let generated = to == ENTRYPOINT || service.files.iter().any(|file| file.target == to);
    if secret || generated {
        return runs.writable.then(|| format!("{to} is writable"));
    }
    let by_image = runs.kind == "volume"
        && runs.name.len() == ANONYMOUS
        && runs.name.chars().all(|c| c.is_ascii_hexdigit());
    let in_memory = runs.kind == "tmpfs" && service.tmpfs.contains_key(to);
    (!by_image && !in_memory)
        .then(|| format!("{to} is the {} {}{}", runs.kind, runs.name, runs.source))
}

fn memory(service: &Service, container: &Container) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, drawn) in &service.tmpfs {
        let Some(runs) = container.host_config.tmpfs.get(path) else {
            faults.push(format!("{path} is no memory"));
            continue;
        };
        // Docker's own options of a tmpfs are the strict ones; only what lifts them is a fault.
        let has = |word: &str| runs.split(',').any(|option| option == word);
        let lifted = [("exec", drawn.exec), ("suid", drawn.suid), ("dev", drawn.dev)];
        for (word, drawn) in lifted {
            if has(word) && !drawn {
                faults.push(format!("{path} is mounted {word}"));
            }
        }
        if drawn.size.0 > 0 && !runs.contains("size=") {
            faults.push(format!("{path} has no size"));
        }
    }
    faults
}
