//! The ACME client: a service that fetches one certificate per host by http-01 and renews it.
//!
//! Until the first one is there, certificates of the stack's own authority stand in, so that the
//! gateway answers from its first second.

use serde::Serialize;

use super::{Resolution, accounts, certificates, ingress, links};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    Command, Delivery, Derived, GeneratedFile, ImageReference, Installer, Mount, MountSource,
    Origin, Recipe, Role, Runtime, SecretKind, SecretUse, Service, ServiceName, Sourced, TlsIssuer,
    Volume, VolumeName,
};
use crate::templates;

/// The client that is put into the image.
const CLIENT: &str = "goacme/lego";
/// What the image is made of besides: a shell for the loop.
const BASE: &str = "alpine:3.22";
/// Volume, where the client mounts it, where the gateway mounts it.
const VOLUMES: [(&str, &str, &str); 2] =
    [("gateway-tls", "/tls", certificates::MOUNTED_AT), ("gateway-acme", "/acme", "/var/www/acme")];
/// The client's account and what it fetched.
const STATE: (&str, &str) = ("gateway-acme-state", "/state");
/// Where the loop is mounted.
const SCRIPT: &str = "/usr/local/libexec/acme-renew";

/// Add the client where certificates come by ACME.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let TlsIssuer::Acme { email } = (*resolution.stack.gateway.tls.issuer).clone() else { return };
    let Ok(name) = ServiceName::new("gateway-acme") else { return };
    let Some(mut service) = service(resolution, &name) else { return };
    match script(resolution, &email) {
        Ok(content) => service.files.push(GeneratedFile {
            name: accounts::joined(&[name.as_str(), "renew"]),
            source: format!("services/{name}/renew.sh"),
            target: SCRIPT.to_owned(),
            content,
        }),
        Err(error) => {
            resolution.problems.add(Diagnostic::nowhere("template", error.to_string()));
            return;
        }
    }
    let gateway = ServiceName::gateway();
    for (volume, written, read) in VOLUMES {
        let Ok(volume) = VolumeName::new(volume) else { continue };
        resolution.stack.volumes.insert(volume.clone(), Volume { external: false });
        service.mounts.push(writable(&volume, written));
        if let Some(gateway) = resolution.stack.services.get_mut(&gateway) {
            gateway.mounts.push(ingress::mount(MountSource::Volume(volume), read));
        }
    }
    if let Ok(volume) = VolumeName::new(STATE.0) {
        resolution.stack.volumes.insert(volume.clone(), Volume { external: false });
        service.mounts.push(writable(&volume, STATE.1));
    }
    let stand_ins = MountSource::Secrets(certificates::FOLDER.to_owned());
    service.mounts.push(ingress::mount(stand_ins, certificates::MOUNTED_AT));
    service.secrets = bundles(resolution);
    for recipe in &mut service.recipe {
        recipe.owned_paths = ["/acme", "/state", "/tls"].map(str::to_owned).into();
    }
    resolution.stack.services.insert(name.clone(), service);
    links::egress(resolution, &name);
}

/// A service that runs as the gateway's user, so that both read the same files.
fn service(resolution: &mut Resolution<'_>, name: &ServiceName) -> Option<Service> {
    let user = resolution.stack.services.get(&ServiceName::gateway())?.user.clone();
    let client = ImageReference::parse(CLIENT).ok()?;
    let known = resolution.knowledge.image(&client).ok()??;
    let client = ingress::pinned(&known, CLIENT)?;
    let image = format!("{}/{name}:{}", resolution.stack.name, resolution.stack.environment);
    let image = Sourced::derived(ImageReference::parse(&image).ok()?);
    let mut service = Service::new(Role::AcmeClient, Origin::Derived, image);
    service.user = user.clone();
    service.writable.insert("/tmp".to_owned());
    service.command =
        Sourced::derived(Command::Exec(vec!["/bin/sh".to_owned(), SCRIPT.to_owned()]));
    let probe = crate::stack::Probe::Exec(["test", "-d", "/tls"].map(str::to_owned).to_vec());
    service.health = Sourced::derived(super::health::with(probe));
    service.recipe = vec![Recipe {
        origin: Origin::Derived,
        runtime: Runtime::Acme,
        context: ".".to_owned(),
        dockerfile: String::new(),
        arguments: Default::default(),
        stage: String::new(),
        build_base: client,
        run_base: Sourced::derived(ImageReference::parse(BASE).ok()?),
        installer: Installer { name: String::new(), lock_file: String::new() },
        packages: std::collections::BTreeSet::new(),
        user,
        health_check: Sourced::default(),
        locked_install: Sourced::derived(true),
        ignores_secrets: Sourced::default(),
        owned_paths: std::collections::BTreeSet::new(),
        artifact: String::new(),
    }];
    Some(service)
}

#[derive(Serialize)]
struct Script<'a> {
    email: &'a str,
    hosts: Vec<ScriptHost>,
}

#[derive(Serialize)]
struct ScriptHost {
    name: String,
    bootstrap: String,
}

fn script(resolution: &Resolution<'_>, email: &str) -> Result<String, templates::TemplateError> {
    let host = |host: &crate::stack::HostName| ScriptHost {
        name: host.to_string(),
        bootstrap: format!("{}/{host}.pem", certificates::MOUNTED_AT),
    };
    let hosts = resolution.stack.gateway.hosts.keys().map(host).collect();
    templates::render("shell/acme-renew.sh.j2", &Script { email, hosts })
}

fn bundles(resolution: &Resolution<'_>) -> Vec<SecretUse> {
    let secrets = resolution.stack.secrets.iter();
    secrets
        .filter(|(_, secret)| matches!(secret.kind, SecretKind::Derived(Derived::TlsBundle { .. })))
        .map(|(name, _)| SecretUse { secret: name.clone(), delivery: Delivery::Folder })
        .collect()
}

fn writable(volume: &VolumeName, target: &str) -> Mount {
    Mount {
        source: MountSource::Volume(volume.clone()),
        target: target.to_owned(),
        read_only: false,
        nocopy: false,
        subpath: String::new(),
        origin: Origin::Derived,
    }
}
