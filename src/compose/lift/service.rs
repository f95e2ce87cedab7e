//! One service, from Compose's keys to the model's fields.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::{limits, plain, process, recipe, set, storage};
use crate::compose::conventions::{
    CONFIG_LABEL, ENTRYPOINT, SECRETS_FOLDER, SECURITY_OPTION, VALUE_PREFIX,
};
use crate::compose::{self, ComposeFile, Device, Words};
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::{
    Condition, Confinement, Delivery, GeneratedFile, ImageReference, Namespace, Origin,
    ProfileName, Published, Role, Seconds, SecretName, SecretUse, Service, ServiceName,
    SettingName, SettingValue, Sourced,
};

pub(super) fn lift(
    from: &compose::Service,
    file: &ComposeFile,
    root: &str,
    problems: &mut Problems,
) -> Option<Service> {
    let at = |key: &str| from.places.of(key);
    let image = match from.image.as_deref().map(|text| ImageReference::parse(&plain(text))) {
        Some(Ok(image)) => Sourced::written(image, at("image")),
        _ => {
            problems.add(Diagnostic::at(at("image"), "wrong-value", "this is no image"));
            return None;
        }
    };
    let mut out = Service::new(Role::Application, Origin::Written(at("image")), image);
    let built = from.build.iter();
    out.recipe = built.map(|build| recipe::lift(build, root, &out.image, at("build"))).collect();
    fill(from, file, root, &mut out, problems);
    Some(out)
}

/// Puts what the keys say over what is there; keys that are absent change nothing.
pub(super) fn fill(
    from: &compose::Service,
    file: &ComposeFile,
    root: &str,
    out: &mut Service,
    problems: &mut Problems,
) {
    let at = |key: &str| from.places.of(key);
    separation(from, out);
    program(from, out);
    limits::limits(from, &mut out.limits, problems);
    out.ulimits.extend(limits::ulimits(from, problems));
    set(&mut out.logging, limits::logging(from), at("logging"));
    if let Some(user) = &from.user {
        out.user = Sourced::written(process::user(user), at("user"));
    }
    if let Some(restart) = &from.restart {
        let restart = process::restart(restart, at("restart"), problems);
        out.restart = Sourced::written(restart, at("restart"));
    }
    if let Some(check) = &from.healthcheck {
        out.health = Sourced::written(process::health(check, problems), at("healthcheck"));
    }
    for tmpfs in from.tmpfs.iter() {
        let (path, options) = storage::tmpfs(tmpfs, at("tmpfs"), problems);
        out.tmpfs.insert(path, Sourced::written(options, at("tmpfs")));
    }
    for mount in &from.volumes {
        match storage::memory(mount, problems) {
            Some((path, options)) => {
                out.tmpfs.insert(path, Sourced::written(options, at("volumes")));
            }
            None => out.mounts.extend(storage::mount(mount, root, at("volumes"), problems)),
        }
    }
    times(from, out, problems);
    published(from, out, problems);
    named(from, file, out, problems);
    environment(from, out, problems);
    carried(from, out);
}

/// What separates it from its host.
fn separation(from: &compose::Service, out: &mut Service) {
    let at = |key: &str| from.places.of(key);
    let texts = |list: &[String]| list.iter().map(|text| plain(text)).collect::<Vec<_>>();
    let some = |list: &[String]| (!list.is_empty()).then(|| texts(list));
    let named = |list: &[String]| some(list).map(BTreeSet::from_iter);
    set(&mut out.read_only_root, from.read_only, at("read_only"));
    set(&mut out.privileged, from.privileged, at("privileged"));
    set(&mut out.init, from.init, at("init"));
    set(&mut out.capabilities_dropped, named(&from.cap_drop), at("cap_drop"));
    set(&mut out.capabilities_added, named(&from.cap_add), at("cap_add"));
    let devices: Vec<String> = from.devices.iter().map(Device::line).collect();
    set(&mut out.devices, some(&devices), at("devices"));
    let numbered = |group: &&String| group.parse::<u32>().is_ok();
    let (numbers, names): (Vec<_>, Vec<_>) = from.group_add.iter().partition(numbered);
    out.groups.extend(numbers.into_iter().filter_map(|group| group.parse::<u32>().ok()));
    if !names.is_empty() {
        let names = serde_json::json!(names).to_string();
        out.carried.insert("group_add".to_owned(), Sourced::written(names, at("group_add")));
    }
    let namespace = |text: &String| match text.as_str() {
        "host" => Namespace::Host,
        "private" => Namespace::Private,
        "shareable" => Namespace::Shareable,
        other => Namespace::Other(plain(other)),
    };
    set(&mut out.pid_namespace, from.pid.as_ref().map(namespace), at("pid"));
    set(&mut out.ipc_namespace, from.ipc.as_ref().map(namespace), at("ipc"));
    let network = from.network_mode.as_ref().map(namespace);
    set(&mut out.network_namespace, network, at("network_mode"));
    for option in &from.security_opt {
        let (name, value) = option.split_once([':', '=']).unwrap_or((option, "true"));
        let confinement = match value {
            "unconfined" => Confinement::Unconfined,
            profile => Confinement::Custom(plain(profile)),
        };
        let place = at("security_opt");
        match name {
            "no-new-privileges" => {
                out.no_new_privileges = Sourced::written(value == "true", place);
            }
            "seccomp" => out.seccomp = Sourced::written(confinement, place),
            "apparmor" => out.apparmor = Sourced::written(confinement, place),
            _ => {
                let text = serde_json::Value::String(plain(option)).to_string();
                let rest = Sourced::written(text, place);
                // Other options have no word; the drawing puts them back into the list.
                out.carried.insert(format!("{SECURITY_OPTION}{name}"), rest);
            }
        }
    }
}

/// What it runs. Behind our own entrypoint stands the whole program as its command.
fn program(from: &compose::Service, out: &mut Service) {
    let ours = Words::List(["/bin/sh", ENTRYPOINT].map(str::to_owned).to_vec());
    let entrypoint = from.entrypoint.as_ref().filter(|words| **words != ours);
    let command = |words: &Words| process::command(words);
    let at = |key: &str| from.places.of(key);
    set(&mut out.entrypoint, entrypoint.map(command), at("entrypoint"));
    set(&mut out.command, from.command.as_ref().map(command), at("command"));
}

fn times(from: &compose::Service, out: &mut Service, problems: &mut Problems) {
    let at = |key: &str| from.places.of(key);
    if let Some(grace) = &from.stop_grace_period {
        match process::seconds(grace) {
            Some(time) => out.stop_grace = Sourced::written(time, at("stop_grace_period")),
            None => {
                let place = at("stop_grace_period");
                problems.add(Diagnostic::at(place, "wrong-value", "this is no time such as 30s"));
                out.stop_grace = Sourced::plain(Seconds(10));
            }
        }
    }
    let replicas = from.deploy.as_ref().and_then(|deploy| deploy.replicas.as_ref());
    if let Some(replicas) = replicas.and_then(|number| number.0.parse().ok()) {
        out.replicas = Sourced::written(replicas, at("deploy"));
    }
}

fn published(from: &compose::Service, out: &mut Service, problems: &mut Problems) {
    let at = from.places.of("ports");
    for port in &from.ports {
        let address = match port.address.as_str() {
            "" => Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            text => text.parse(),
        };
        let host = if port.host.is_empty() { Ok(0) } else { port.host.parse() };
        match (address, host, port.container.parse()) {
            (Ok(address), Ok(host_port), Ok(container_port)) => {
                let udp = port.protocol == "udp";
                let published = Published { address, host_port, container_port, udp };
                out.published.push(Sourced::written(published, at));
            }
            _ => problems.add(Diagnostic::at(at, "wrong-value", "this port cannot be read")),
        }
    }
}

/// What it names: dependencies, profiles, labels, secrets, generated files.
fn named(from: &compose::Service, file: &ComposeFile, out: &mut Service, problems: &mut Problems) {
    let at = |key: &str| from.places.of(key);
    for (name, dependency) in &from.depends_on.0 {
        let place = at("depends_on");
        let Some(name) = super::named(name, ServiceName::new, place, problems) else { continue };
        let condition = match dependency.condition.as_deref() {
            Some("service_healthy") => Condition::Healthy,
            Some("service_completed_successfully") => Condition::Completed,
            _ => Condition::Started,
        };
        out.starts_after.insert(name, condition);
    }
    for name in &from.profiles {
        out.profiles.extend(super::named(name, ProfileName::new, at("profiles"), problems));
    }
    let labels = from.labels.iter().filter(|(name, _)| *name != CONFIG_LABEL);
    out.labels.extend(
        labels.map(|(name, value)| (name.clone(), value.as_deref().map(plain).unwrap_or_default())),
    );
    for reference in &from.secrets {
        let name = super::named(reference.source(), SecretName::new, at("secrets"), problems);
        let uses = name.map(|secret| SecretUse { secret, delivery: Delivery::File });
        out.secrets.extend(uses);
    }
    for reference in &from.configs {
        let source = file.configs.get(reference.source()).and_then(|config| config.file.clone());
        let source = source.unwrap_or_default();
        out.files.push(GeneratedFile {
            name: reference.source().to_owned(),
            source: source.strip_prefix("./").unwrap_or(&source).to_owned(),
            target: reference.0.target.clone().unwrap_or_default(),
            content: String::new(),
        });
    }
}

/// Settings; a variable that holds the path of a secret's file says how that secret gets in.
fn environment(from: &compose::Service, out: &mut Service, problems: &mut Problems) {
    let at = from.places.of("environment");
    let secrets: BTreeMap<String, SecretName> = out
        .secrets
        .iter()
        .map(|used| (format!("{SECRETS_FOLDER}/{}", used.secret), used.secret.clone()))
        .collect();
    for (name, value) in from.environment.iter() {
        let Some(name) = super::named(name, SettingName::new, at, problems) else { continue };
        let text = value.as_deref().map(plain).unwrap_or_default();
        if let Some(secret) = secrets.get(&text) {
            let delivery = Delivery::FileVariable(name);
            out.secrets.retain(|used| used.secret != *secret || used.delivery != Delivery::File);
            out.secrets.push(SecretUse { secret: secret.clone(), delivery });
            continue;
        }
        let asked = [format!("${{{name}:?"), format!("${{{VALUE_PREFIX}")];
        let required =
            value.as_ref().is_none_or(|v| asked.iter().any(|start| v.starts_with(start)));
        let value = if required { SettingValue::Required } else { SettingValue::Text(text) };
        out.settings.insert(name, Sourced::written(value, at));
    }
}

/// Keys that the model has no word for, as YAML text (JSON is YAML).
fn carried(from: &compose::Service, out: &mut Service) {
    let placed = [
        ("container_name", &from.container_name),
        ("volumes_from", &from.volumes_from),
        ("env_file", &from.env_file),
        ("extra_hosts", &from.extra_hosts),
        ("working_dir", &from.working_dir),
        ("isolation", &from.isolation),
    ];
    let placed = placed.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let built_here = |policy: &String| from.build.is_some() && policy == "never";
    if let Some(policy) = from.pull_policy.as_ref().filter(|policy| !built_here(policy)) {
        let text = Sourced::written(policy.clone(), from.places.of("pull_policy"));
        out.carried.insert("pull_policy".to_owned(), text);
    }
    let free = from.carried.iter().map(|(key, value)| (key.as_str(), value));
    for (key, value) in placed.chain(free) {
        let text = Sourced::written(value.to_string(), from.places.of(key));
        out.carried.insert(key.to_owned(), text);
    }
}
