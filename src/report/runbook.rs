//! RUNBOOK.md: the commands of this very stack.

use std::net::SocketAddr;

use serde::Serialize;

use super::backup::{Backup, backups};
use super::{Report, ReportError};
use crate::stack::{
    Access, Derived, HostName, PolicyKind, Purpose, Route, RoutePath, SecretKind, SecretName,
    Service, ServiceName, SettingValue, Stack, TlsIssuer,
};
use crate::templates;

#[derive(Serialize)]
struct View<'a> {
    project: &'a str,
    environment: &'a str,
    folder: &'a str,
    secrets_dir: &'a str,
    compose: String,
    provided: String,
    required: Vec<String>,
    internal: bool,
    acme: bool,
    examples: Vec<Example>,
    key_recipe: String,
    secrets: Vec<Readers>,
    databases: Vec<Roles>,
    backups: Vec<Backup>,
    published: String,
    leads_out: String,
    firewall: String,
    reaches: Vec<Reach>,
}

#[derive(Serialize)]
struct Example {
    host: String,
    address: String,
    policy: String,
    command: String,
}

#[derive(Serialize)]
struct Readers {
    name: String,
    readers: String,
}

#[derive(Serialize)]
struct Roles {
    service: String,
    script: String,
}

#[derive(Serialize)]
struct Reach {
    service: String,
    reaches: String,
    reached_by: String,
    reads: String,
}

/// The text of RUNBOOK.md.
pub(super) fn draw(report: &Report<'_>) -> Result<String, ReportError> {
    let stack = report.stack;
    let issuer = &*stack.gateway.tls.issuer;
    let examples = examples(report);
    let view = View {
        project: stack.name.as_str(),
        environment: stack.environment.as_str(),
        folder: report.folder,
        secrets_dir: report.secrets_dir,
        compose: format!("{}/compose.yaml", report.folder),
        provided: provided(stack),
        required: required(stack),
        internal: *issuer == TlsIssuer::Internal,
        acme: matches!(issuer, TlsIssuer::Acme { .. }),
        key_recipe: key_recipe(stack, &examples),
        examples,
        secrets: secrets(stack),
        databases: databases(stack),
        backups: backups(stack),
        published: published(stack),
        leads_out: leads_out(stack),
        firewall: firewall(report),
        reaches: reaches(stack),
    };
    Ok(templates::render("docs/RUNBOOK.md.j2", &view)?)
}

fn joined(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text }
}

fn provided(stack: &Stack) -> String {
    let secrets = stack.secrets.iter();
    joined(
        secrets
            .filter(|(_, secret)| secret.kind == SecretKind::Provided)
            .map(|(name, _)| name.to_string()),
    )
}

fn required(stack: &Stack) -> Vec<String> {
    let settings = stack.services.values().flat_map(|service| &service.settings);
    let mut names: Vec<String> = settings
        .filter(|(_, value)| ***value == SettingValue::Required)
        .map(|(name, _)| name.to_string())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// One request per policy and host: the shortest path of each.
fn examples(report: &Report<'_>) -> Vec<Example> {
    let stack = report.stack;
    let mut examples: Vec<Example> = Vec::new();
    for (host, path, route) in stack.gateway.routes() {
        let policy = policy(route);
        let told = examples.iter().any(|e| e.host == host.as_str() && e.policy == policy);
        if !told && route.methods.is_empty() | route.methods.contains("GET") {
            let command = command(report, host, path, route);
            examples.push(Example {
                host: host.to_string(),
                address: format!("{host}{path}"),
                policy,
                command,
            });
        }
    }
    examples
}

fn policy(route: &Route) -> String {
    match &*route.access {
        Access::Unstated | Access::Open => "none".to_owned(),
        Access::Policy(name) => name.to_string(),
        Access::Webhook(_) => "webhook".to_owned(),
    }
}

fn command(report: &Report<'_>, host: &HostName, path: &RoutePath, route: &Route) -> String {
    let stack = report.stack;
    let port = *stack.gateway.publish.https;
    let shown = if port == 443 { String::new() } else { format!(":{port}") };
    let mut words = vec!["curl -sS -i".to_owned()];
    if *stack.gateway.tls.issuer == TlsIssuer::Internal {
        words.push(format!("--cacert {}/ca.pem", report.folder));
    }
    words.push(format!("--resolve {host}:{port}:127.0.0.1"));
    if let Access::Policy(name) = &*route.access {
        match stack.gateway.policies.get(name).map(|policy| &policy.kind) {
            Some(PolicyKind::Validator(_)) => {
                words.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
            }
            Some(PolicyKind::ApiKey(keys)) => words.push(format!("-H \"{}: $KEY\"", keys.header)),
            // People sign in with a browser; a program sees where it would be sent.
            Some(PolicyKind::Oidc(_)) | None => {}
        }
    }
    if let Access::Webhook(webhook) = &*route.access {
        words.push(format!("-H \"{}: $SIGNATURE\" -d @event.json", webhook.signature));
    }
    words.push(format!("'https://{host}{shown}{path}'"));
    words.join(" ")
}

/// How a person gets at a key that clients send.
fn key_recipe(stack: &Stack, examples: &[Example]) -> String {
    let key = stack.gateway.policies.iter().find_map(|(name, policy)| match &policy.kind {
        PolicyKind::ApiKey(keys) if examples.iter().any(|e| e.policy == name.as_str()) => {
            keys.clients.values().next()
        }
        _ => None,
    });
    key.map(|key| {
        format!(
            "KEY=$(sed -n '/^  {key}:/,/END AGE/p' secrets/{}.yaml | sed -n '/BEGIN AGE/,/END AGE/p' | sed 's/^ *//' | age -d -i ~/.config/portcullis/identity.txt | tail -n +2)",
            stack.environment
        )
    })
    .unwrap_or_default()
}

/// The readers of each secret, those of what it is a part of included.
fn secrets(stack: &Stack) -> Vec<Readers> {
    let wholes = |name: &SecretName| {
        let wholes = stack.secrets.iter().filter(|(_, secret)| is_part(name, &secret.kind));
        joined(wholes.flat_map(|(whole, _)| {
            stack.readers(whole).map(move |(reader, _)| format!("{reader} (in {whole})"))
        }))
    };
    let told = |name: &SecretName, for_people: bool| {
        let direct = joined(stack.readers(name).map(|(reader, _)| reader.to_string()));
        let people = if for_people { "people".to_owned() } else { String::new() };
        let parts = [direct, wholes(name), people];
        or_nobody(joined(parts.into_iter().filter(|part| !part.is_empty())))
    };
    let secrets = stack.secrets.iter();
    secrets
        .map(|(name, secret)| Readers {
            name: name.to_string(),
            readers: told(name, secret.for_people),
        })
        .collect()
}

fn or_nobody(text: String) -> String {
    if text.is_empty() { "nobody".to_owned() } else { text }
}

fn is_part(name: &SecretName, kind: &SecretKind) -> bool {
    use crate::stack::{Format, Part};
    match kind {
        SecretKind::Template(Format(parts)) => {
            parts.iter().any(|part| matches!(part, Part::Secret(part) if part == name))
        }
        SecretKind::Derived(derived) => match derived {
            Derived::ApiKeys { clients } => clients.iter().any(|(_, key)| key == name),
            Derived::PostgresRoles(roles) | Derived::MysqlRoles(roles) => {
                roles.iter().any(|role| role.password == *name)
            }
            Derived::RedisAcl(users) => users.iter().any(|user| user.password == *name),
            Derived::TlsBundle { certificate, key, .. } => certificate == name || key == name,
        },
        SecretKind::Generated(_) | SecretKind::Provided => false,
    }
}

fn has_roles(service: &Service) -> bool {
    service.files.iter().any(|file| file.target.ends_with("/10-roles.sh"))
}

fn databases(stack: &Stack) -> Vec<Roles> {
    let services = stack.services.iter().filter(|(_, service)| has_roles(service));
    services
        .map(|(name, service)| {
            let file = service.files.iter().find(|file| file.target.ends_with("/10-roles.sh"));
            let target = file.map(|file| file.target.as_str()).unwrap_or_default();
            Roles { service: name.to_string(), script: format!("dc exec {name} sh {target}") }
        })
        .collect()
}

fn published(stack: &Stack) -> String {
    let ports = stack.services.values().flat_map(|service| &service.published);
    joined(ports.map(|port| {
        let transport = if port.udp { "udp" } else { "tcp" };
        format!("{}/{transport}", SocketAddr::new(port.address, port.host_port))
    }))
}

/// Services on a network that is not a link: the gateway, and those with a way out.
fn leads_out(stack: &Stack) -> String {
    let networks = stack.networks.values().flat_map(|network| match &network.purpose {
        Purpose::Egress { .. } | Purpose::Ingress => network.members.iter().collect(),
        Purpose::Link { .. } | Purpose::Shared => Vec::new(),
    });
    let mut names: Vec<String> = networks.map(ToString::to_string).collect();
    names.sort();
    names.dedup();
    joined(names.into_iter())
}

/// One rule on everything that the stack's networks may be cut from.
fn firewall(report: &Report<'_>) -> String {
    let ports = report.stack.services.values().flat_map(|service| &service.published);
    let mut ports: Vec<u16> = ports.filter(|port| !port.udp).map(|port| port.host_port).collect();
    ports.sort_unstable();
    ports.dedup();
    let ports = joined(ports.into_iter().map(|port| port.to_string())).replace(", ", ",");
    format!(
        "iptables -I INPUT -s {} -m conntrack --ctstate NEW -p tcp -m multiport ! --dports {ports} -j DROP",
        report.pool
    )
}

fn reaches(stack: &Stack) -> Vec<Reach> {
    let links: Vec<(&ServiceName, &ServiceName)> = stack.links().collect();
    stack
        .services
        .iter()
        .map(|(name, service)| {
            let to = links.iter().filter(|(from, _)| *from == name).map(|(_, to)| to.to_string());
            let internet = stack.has_egress(name).then(|| "the internet".to_owned());
            let from = links.iter().filter(|(_, to)| *to == name).map(|(from, _)| from.to_string());
            let clients = (!service.published.is_empty()).then(|| "everybody".to_owned());
            let secrets = service.secrets.iter().map(|used| used.secret.to_string());
            Reach {
                service: name.to_string(),
                reaches: or_nothing(joined(to.chain(internet))),
                reached_by: or_nothing(joined(from.chain(clients))),
                reads: or_nothing(joined(secrets)),
            }
        })
        .collect()
}
