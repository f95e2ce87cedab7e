//! Services as Docker would run them, with what the description and our knowledge say of each.

use std::collections::BTreeSet;

use super::{Resolution, builds, health, images, unknown};
use crate::compose;
use crate::description::{self, Located, Setting, VolumeSource};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    Backup, Command, Mount, MountSource, Origin, Service, ServiceName, SettingValue, Sourced,
    Stack, Volume,
};

/// Add every service of the description.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    for (name, keys) in &resolution.description.services {
        if let Some(mut service) = base(resolution, name, keys) {
            process(keys, &mut service);
            said(keys, &mut service);
            limits(keys, &mut service);
            mounts(resolution, keys, &mut service);
            settings(resolution, keys, &mut service);
            health::add(resolution, &name.value, keys, &mut service);
            raw_keys(resolution, keys, &mut service);
            unknown::add(resolution, &name.value, keys, &mut service);
            service.backup = backup(keys);
            resolution.stack.services.insert(name.value.clone(), service);
        } else {
            resolution.problems.spoil(name.value.as_str());
        }
    }
    let Stack { services, volumes, .. } = &mut resolution.stack;
    let mounts = services.values().flat_map(|service| &service.mounts);
    let sources: BTreeSet<&MountSource> = mounts.map(|mount| &mount.source).collect();
    // Where a description mounts its own volume, what is known of the image mounts none.
    volumes.retain(|name, _| sources.contains(&MountSource::Volume(name.clone())));
}

/// The service's image: built, known or any; exactly one of them.
fn base(
    resolution: &mut Resolution<'_>,
    name: &Located<ServiceName>,
    keys: &description::Service,
) -> Option<Service> {
    match (&keys.build, &keys.image, &keys.r#use) {
        (Some(build), None, None) => builds::service(resolution, name, build, keys),
        (None, Some(image), None) => Some(images::any(image, name.at)),
        (None, None, Some(image)) => images::known(resolution, name, image),
        (None, None, None) => {
            let message =
                format!("the service `{}` needs one of `build`, `image` and `use`", name.value);
            let help = "add `build: {context: DIR, runtime: python}`, `use: postgres:17` or `image: NAME:TAG`";
            resolution.problems.report(name.at, "missing-key", message, help);
            None
        }
        _ => {
            let message = format!(
                "the service `{}` has more than one of `build`, `image` and `use`",
                name.value
            );
            resolution.problems.report(name.at, "wrong-value", message, "keep one of them");
            None
        }
    }
}

fn process(keys: &description::Service, service: &mut Service) {
    if let Some(command) = &keys.command {
        service.command = Sourced::written(Command::Exec(command.value.words()), command.at);
    }
    if let Some(entrypoint) = &keys.entrypoint {
        service.entrypoint =
            Sourced::written(Command::Exec(entrypoint.value.words()), entrypoint.at);
    }
    if let Some(user) = &keys.user {
        service.user = Sourced::written(user.value.0.clone(), user.at);
    }
    if let Some(port) = keys.port {
        service.port = Sourced::written(port.value.get(), port.at);
    }
    if let Some(replicas) = keys.replicas {
        service.replicas = Sourced::written(replicas.value.get(), replicas.at);
    }
    if let Some(stop_grace) = keys.stop_grace {
        service.stop_grace = Sourced::written(stop_grace.value, stop_grace.at);
    }
    service.once = keys.once.is_some_and(|once| once.value);
    service.profiles = keys.profile.iter().map(|profile| profile.value.clone()).collect();
    for (name, label) in &keys.labels {
        service.labels.insert(name.value.as_str().to_owned(), label.value.clone());
    }
    for (name, limit) in &keys.ulimits {
        let limit = Sourced::written(limit.value.0, limit.at);
        service.ulimits.insert(name.value.as_str().to_owned(), limit);
    }
    for path in &keys.writable {
        service.writable.insert(path.value.as_str().to_owned());
    }
}

fn backup(keys: &description::Service) -> Backup {
    keys.backup.as_ref().map_or(Backup::Unsaid, |backup| Backup::Planned {
        schedule: backup.value.schedule.value.as_str().to_owned(),
        keep: backup.value.keep.value.get(),
    })
}

/// What a person says is no longer a guess of ours.
fn said(keys: &description::Service, service: &mut Service) {
    let said = [
        ("user", keys.user.is_some()),
        ("port", keys.port.is_some()),
        ("health", keys.health.is_some()),
        ("entrypoint", keys.entrypoint.is_some()),
        ("command", keys.command.is_some()),
        ("stop_grace", keys.stop_grace.is_some()),
        ("limits", keys.limits.is_some()),
    ];
    service.unproven.retain(|fact, _| !said.contains(&(fact.as_str(), true)));
}

fn limits(keys: &description::Service, service: &mut Service) {
    let Some(limits) = &keys.limits else { return };
    if let Some(memory) = limits.value.memory {
        service.limits.memory = Sourced::written(memory.value, memory.at);
    }
    if let Some(cpus) = limits.value.cpus {
        service.limits.cpus = Sourced::written(cpus.value, cpus.at);
    }
    if let Some(pids) = limits.value.pids {
        service.limits.pids = Sourced::written(pids.value.get(), pids.at);
    }
}

/// Mounts of the description; one at a path that our knowledge mounts replaces that mount.
fn mounts(resolution: &mut Resolution<'_>, keys: &description::Service, service: &mut Service) {
    let mut targets = BTreeSet::new();
    for (source, target) in &keys.volumes.0 {
        let path = target.value.path.as_str().to_owned();
        if !targets.insert(path.clone()) {
            let message = format!("two volumes are mounted at `{path}`");
            let diagnostic = Diagnostic::at(target.at, "duplicate-mount", message);
            resolution.problems.add(diagnostic.help("mount each at a path of its own"));
        }
        let (mounted, writable) = match &source.value {
            VolumeSource::Named(volume) => {
                resolution
                    .stack
                    .volumes
                    .entry(volume.clone())
                    .or_insert(Volume { external: false });
                (MountSource::Volume(volume.clone()), true)
            }
            VolumeSource::Project(path) => (MountSource::Project(path.as_str().to_owned()), false),
            VolumeSource::Host(path) => (MountSource::Host(path.as_str().to_owned()), false),
        };
        service.mounts.retain(|mount| mount.target != path);
        service.mounts.push(Mount {
            source: mounted,
            target: path,
            read_only: target.value.read_only.unwrap_or(!writable),
            nocopy: false,
            subpath: String::new(),
            origin: Origin::Written(source.at),
        });
    }
    service.mounts.sort_by(|a, b| a.target.cmp(&b.target));
}

fn settings(resolution: &mut Resolution<'_>, keys: &description::Service, service: &mut Service) {
    for (name, setting) in &keys.settings {
        if setting.value == Setting::Required && !name.value.is_for_shells() {
            let message = format!("no shell can hand over a variable named `{}`", name.value);
            let help = "write its value, or use a name of letters, digits and `_`";
            resolution.problems.report(name.at, "wrong-name", message, help);
        }
        let value = match &setting.value {
            Setting::Required => Some(SettingValue::Required),
            Setting::Text(template) => resolution.fill(template).map(SettingValue::Text),
        };
        if let Some(value) = value {
            service.settings.insert(name.value.clone(), Sourced::written(value, setting.at));
        }
    }
    let environment = resolution.stack.environment.as_str();
    let forbidden = resolution.description.environments.get(&resolution.stack.environment);
    for name in forbidden.iter().flat_map(|environment| &environment.forbidden_settings) {
        if let Some((key, _)) = keys.settings.get_key_value(&name.value) {
            let message = format!("`{}` is forbidden in {environment}", key.value);
            let diagnostic = Diagnostic::at(key.at, "forbidden-setting", message);
            let diagnostic = diagnostic.note(name.at, "forbidden here");
            let help = "remove it, or set it only in the environments that may have it";
            resolution.problems.add(diagnostic.help(help));
        }
    }
}

/// `compose:` is judged like an imported file's keys.
fn raw_keys(resolution: &mut Resolution<'_>, keys: &description::Service, service: &mut Service) {
    if let Some(raw) = &keys.compose {
        let declared = service.labels.clone();
        compose::lay_over(&raw.0, service, resolution.problems);
        for mount in &service.mounts {
            if let MountSource::Volume(volume) = &mount.source {
                let volumes = &mut resolution.stack.volumes;
                volumes.entry(volume.clone()).or_insert(Volume { external: false });
            }
        }
        let labels = raw.0.mapping().into_iter().flatten().find(|(key, _)| key.text == "labels");
        let added = service.labels.keys().filter(|name| !declared.contains_key(*name));
        let taken = added.filter(|name| description::is_reserved_label(name));
        for (name, (key, _)) in taken.flat_map(|name| labels.map(|entry| (name, entry))) {
            let message = format!("the label `{name}` is not free");
            let help = "choose a name of your own: Compose, or the stack, uses this one";
            resolution.problems.report(key.at, "wrong-value", message, help);
        }
    }
}
