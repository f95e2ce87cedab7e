//! Certificates of the hosts: who issues them, and how they reach the gateway.
//!
//! The gateway mounts one folder with a PEM per host, chain and key together, so that one rename
//! replaces both and a renewed file is seen without a reload.

use std::collections::BTreeSet;

use super::{Resolution, accounts, ingress};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    Delivery, Derived, HostName, Made, MountSource, Secret, SecretKind, SecretName, SecretUse,
    ServiceName, TlsIssuer,
};

/// Folder of the unsealed secrets that holds one PEM per host.
pub(super) const FOLDER: &str = "tls";
/// Where the gateway looks for them.
pub(super) const MOUNTED_AT: &str = "/run/tls";

/// Declare what the issuer needs; with ACME, what stands in until the first certificate.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let hosts: Vec<HostName> = resolution.stack.gateway.hosts.keys().cloned().collect();
    let files = matches!(*resolution.stack.gateway.tls.issuer, TlsIssuer::Files);
    let mut bundles = Vec::new();
    for host in hosts {
        let pair = if files { provided(resolution) } else { leaf(resolution, &host) };
        let Some((certificate, key)) = pair else { continue };
        let Some(name) = resolution.own_secret(&["tls", host.as_str()]) else { continue };
        if let Some(secret) = resolution.stack.secrets.get_mut(&name) {
            secret.kind = SecretKind::Derived(Derived::TlsBundle { host, certificate, key });
        }
        bundles.push(SecretUse { secret: name, delivery: Delivery::Folder });
    }
    let acme = matches!(*resolution.stack.gateway.tls.issuer, TlsIssuer::Acme { .. });
    let gateway = resolution.stack.services.get_mut(&ServiceName::gateway());
    if let Some(gateway) = gateway.filter(|_| !acme) {
        gateway.secrets.extend(bundles);
        gateway.mounts.push(ingress::mount(MountSource::Secrets(FOLDER.to_owned()), MOUNTED_AT));
    }
}

/// A certificate of the stack's own authority for one host.
fn leaf(resolution: &mut Resolution<'_>, host: &HostName) -> Option<(SecretName, SecretName)> {
    let authority = resolution.own_secret(&["tls", "authority"])?;
    set(resolution, &authority, Made::Authority);
    let leaf = resolution.own_secret(&["tls", "leaf", host.as_str()])?;
    set(resolution, &leaf, Made::Leaf { hosts: BTreeSet::from([host.clone()]) });
    Some((leaf.clone(), leaf))
}

fn set(resolution: &mut Resolution<'_>, name: &SecretName, made: Made) {
    if let Some(secret) = resolution.stack.secrets.get_mut(name) {
        *secret = Secret { kind: SecretKind::Generated(made), ..accounts::generated(0) };
    }
}

/// The secrets `tls_cert` and `tls_key`, which a person gives.
fn provided(resolution: &mut Resolution<'_>) -> Option<(SecretName, SecretName)> {
    let pair = (SecretName::new("tls_cert").ok()?, SecretName::new("tls_key").ok()?);
    for name in [&pair.0, &pair.1] {
        let secret = Secret { kind: SecretKind::Provided, ..accounts::generated(0) };
        let declared = resolution.stack.secrets.entry(name.clone()).or_insert(secret);
        if !matches!(declared.kind, SecretKind::Provided) {
            let message = format!("`{name}` is given by a person where `tls.issuer` is `files`");
            let at = declared.origin.clone();
            let mut problem = Diagnostic::nowhere("wrong-value", message);
            if let crate::stack::Origin::Written(at) = at {
                problem.at = Some(at);
            }
            resolution
                .problems
                .add(problem.help("declare it as `{provided: true}`, or not at all"));
        }
    }
    Some(pair)
}
