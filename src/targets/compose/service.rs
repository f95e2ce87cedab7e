//! One service, from the model's fields to Compose's keys.

use std::collections::BTreeMap;

use super::configs::Generated;
use super::notes::Notes;
use super::{DrawError, Drawing, container, is_ours, limits, mounts, process, secrets};
use crate::compose::conventions::SECURITY_OPTION;
use crate::compose::{
    Attachments, Build, Choice, Dependencies, Dependency, Port, Service, doubled,
};
use crate::stack::{self, Condition, NetworkName, Published, Recipe, Seconds, ServiceName};
use crate::yaml;

/// Docker's time between SIGTERM and SIGKILL where nothing is said (`docker stop`).
const STOP_GRACE: Seconds = Seconds(10);

pub(super) fn draw(
    drawing: &Drawing<'_>,
    name: &ServiceName,
    service: &stack::Service,
    generated: &Generated,
    notes: &mut Notes,
) -> Result<Service, DrawError> {
    note(name.as_str(), service, notes);
    if !service.recipe.is_empty() {
        let why = "built here: Docker Hub is never asked for an image of this name";
        notes.say("services", name.as_str(), "pull_policy", why);
    }
    let (entrypoint, command) = process::program(name, service)?;
    let mut out = Service {
        image: Some(service.image.to_string()),
        build: service.recipe.first().map(|recipe| build(drawing, name, recipe)),
        depends_on: dependencies(service),
        volumes: mounts::volumes(drawing, service),
        configs: generated.references(),
        secrets: secrets::mounted(service),
        environment: Choice(process::environment(service)),
        ports: ports(service),
        command,
        entrypoint,
        restart: process::restart(&service.restart),
        healthcheck: process::healthcheck(&service.health),
        logging: limits::logging(&service.logging),
        labels: Choice(labels(service, generated)),
        user: process::user(&service.user),
        pull_policy: built_here(service),
        profiles: service.profiles.iter().map(ToString::to_string).collect(),
        stop_grace_period: (*service.stop_grace != STOP_GRACE)
            .then(|| process::seconds(*service.stop_grace)),
        tmpfs: Choice(mounts::tmpfs(&service.tmpfs)),
        ulimits: limits::ulimits(service),
        carried: carried(name, service)?,
        ..Service::default()
    };
    container::fill(service, &mut out);
    place_carried(&mut out);
    limits::fill(&service.limits, *service.replicas, &mut out);
    if out.network_mode.is_none() {
        let networks = drawing.networks_of.get(name).into_iter().flatten();
        let attached =
            |network: &NetworkName| (network.to_string(), attachment(drawing, network, name));
        out.networks = Attachments(networks.map(|network| attached(network)).collect());
        if out.networks.0.is_empty() {
            // Compose would put it on a default network, which leads to the internet.
            out.network_mode = Some("none".to_owned());
        }
    }
    Ok(out)
}

/// What a service says of a network: the names that it answers to there beside its own.
fn attachment(
    drawing: &Drawing<'_>,
    network: &NetworkName,
    name: &ServiceName,
) -> serde_json::Value {
    let network = drawing.stack.networks.get(network);
    let aliases = network.into_iter().flat_map(|network| &network.aliases);
    let own: Vec<_> =
        aliases.filter(|(_, member)| *member == name).map(|(alias, _)| alias).collect();
    if own.is_empty() { serde_json::Value::Null } else { serde_json::json!({"aliases": own}) }
}

fn build(drawing: &Drawing<'_>, name: &ServiceName, recipe: &Recipe) -> Build {
    let dockerfile = if is_ours(recipe) {
        let depth = recipe.context.split('/').filter(|part| !matches!(*part, "" | ".")).count();
        format!("{}{}/services/{name}/Dockerfile", "../".repeat(depth), drawing.around.folder)
    } else {
        recipe.dockerfile.clone()
    };
    let arguments = recipe.arguments.iter();
    let arguments = arguments.map(|(name, value)| (name.clone(), Some(doubled(value))));
    Build {
        context: Some(doubled(&drawing.of_project(&recipe.context))),
        dockerfile: (!dockerfile.is_empty()).then(|| doubled(&dockerfile)),
        args: Choice(arguments.collect()),
        target: (!recipe.stage.is_empty()).then(|| recipe.stage.clone()),
        ..Build::default()
    }
}

/// What is built here is never pulled: Compose would first ask Docker Hub for its name, which
/// somebody else may have taken there.
fn built_here(service: &stack::Service) -> Option<String> {
    (!service.recipe.is_empty()).then(|| "never".to_owned())
}

fn dependencies(service: &stack::Service) -> Dependencies {
    let word = |condition: Condition| match condition {
        Condition::Started => "service_started",
        Condition::Healthy => "service_healthy",
        Condition::Completed => "service_completed_successfully",
    };
    let one = |condition: Condition| Dependency {
        condition: Some(word(condition).to_owned()),
        ..Dependency::default()
    };
    let after = service.starts_after.iter();
    Dependencies(after.map(|(name, condition)| (name.to_string(), one(*condition))).collect())
}

/// In the order of the host's ports, which dclint asks for.
fn ports(service: &stack::Service) -> Vec<Port> {
    let port = |published: &Published| Port {
        address: published.address.to_string(),
        host: if published.host_port == 0 {
            String::new()
        } else {
            published.host_port.to_string()
        },
        container: published.container_port.to_string(),
        protocol: if published.udp { "udp" } else { "tcp" }.to_owned(),
        further: BTreeMap::new(),
    };
    let mut sorted: Vec<&Published> = service.published.iter().map(|port| &**port).collect();
    sorted.sort_by_key(|port| (port.host_port, port.container_port, *port));
    sorted.into_iter().map(port).collect()
}

fn labels(service: &stack::Service, generated: &Generated) -> BTreeMap<String, Option<String>> {
    let given = service.labels.iter().map(|(name, value)| (name.clone(), Some(doubled(value))));
    let ours = generated.label.iter().map(|(name, hash)| ((*name).to_owned(), Some(hash.clone())));
    given.chain(ours).collect()
}

fn carried(
    name: &ServiceName,
    service: &stack::Service,
) -> Result<BTreeMap<String, serde_json::Value>, DrawError> {
    let mut out = BTreeMap::new();
    for (key, text) in &service.carried {
        let value = yaml::from_str(0, text)
            .map_err(|_| DrawError::Carried { service: name.clone(), key: key.clone() })?;
        out.insert(key.clone(), value);
    }
    Ok(out)
}

/// Carried keys that have a place of their own among the others.
fn place_carried(out: &mut Service) {
    let places = [
        ("container_name", &mut out.container_name),
        ("volumes_from", &mut out.volumes_from),
        ("env_file", &mut out.env_file),
        ("extra_hosts", &mut out.extra_hosts),
        ("working_dir", &mut out.working_dir),
        ("isolation", &mut out.isolation),
    ];
    for (key, place) in places {
        *place = out.carried.remove(key);
    }
    let options = &mut out.security_opt;
    out.carried.retain(|key, option| {
        let is_option = key.starts_with(SECURITY_OPTION);
        options.extend(option.as_str().filter(|_| is_option).map(doubled));
        !is_option
    });
    // Groups that have a name; those with a number stand there already.
    if let Some(names) = out.carried.remove("group_add") {
        let names = names.as_array().into_iter().flatten().filter_map(|name| name.as_str());
        out.group_add.extend(names.map(str::to_owned));
    }
    if let Some(policy) = out.carried.remove("pull_policy") {
        out.pull_policy = policy.as_str().map(str::to_owned);
    }
}

/// Names the controls that set a key.
fn note(name: &str, service: &stack::Service, notes: &mut Notes) {
    let mut credit = |key, origin| notes.credit("services", name, key, origin);
    credit("user", service.user.origin());
    credit("privileged", service.privileged.origin());
    credit("cap_drop", service.capabilities_dropped.origin());
    credit("cap_add", service.capabilities_added.origin());
    credit("security_opt", service.no_new_privileges.origin());
    credit("security_opt", service.seccomp.origin());
    credit("security_opt", service.apparmor.origin());
    credit("read_only", service.read_only_root.origin());
    credit("network_mode", service.network_namespace.origin());
    credit("pid", service.pid_namespace.origin());
    credit("ipc", service.ipc_namespace.origin());
    credit("devices", service.devices.origin());
    credit("init", service.init.origin());
    credit("deploy", service.limits.memory.origin());
    credit("deploy", service.limits.cpus.origin());
    credit("deploy", service.limits.pids.origin());
    credit("restart", service.restart.origin());
    credit("logging", service.logging.origin());
    credit("healthcheck", service.health.origin());
    for mount in service.tmpfs.values() {
        credit("tmpfs", mount.origin());
    }
    for ulimit in service.ulimits.values() {
        credit("ulimits", ulimit.origin());
    }
    for port in &service.published {
        credit("ports", port.origin());
    }
}
