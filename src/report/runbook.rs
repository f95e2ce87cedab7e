//! RUNBOOK.md: the commands of this very stack.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde::Serialize;

use super::backup::{Backup, backups};
use super::{Report, ReportError};
use crate::compose::conventions::project_name;
use crate::stack::{
    Access, Delivery, HostName, PolicyKind, Purpose, Route, RoutePath, SecretKind, SecretName,
    Service, ServiceName, SettingValue, Stack, TlsIssuer,
};
use crate::targets::Engine;
use crate::templates;

#[derive(Serialize)]
struct View<'a> {
    project: &'a str,
    /// Compose's name of it, before those of networks and volumes.
    running: String,
    /// The most that one service may use, in whole CPUs.
    cpus: u32,
    environment: &'a str,
    folder: &'a str,
    secrets_dir: &'a str,
    compose: String,
    engine: Engine,
    provided: String,
    required: Vec<String>,
    internal: bool,
    files: bool,
    acme: bool,
    /// What `up --wait` is told to wait for; nothing where everything can be waited for.
    waited: String,
    /// Services whose secrets Compose itself has to know; empty where none has.
    in_environment: String,
    /// Jobs that nobody waits for: `up --wait` takes their end for a failure.
    jobs: Vec<String>,
    examples: Vec<Example>,
    key_recipe: String,
    verify: String,
    secrets: Vec<Readers>,
    databases: Vec<Roles>,
    backups: Vec<Backup>,
    published: String,
    leads_out: String,
    firewall: Vec<String>,
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
    let jobs = lone_jobs(stack);
    let view = View {
        project: stack.name.as_str(),
        running: project_name(stack),
        environment: stack.environment.as_str(),
        folder: report.folder,
        secrets_dir: report.secrets_dir,
        compose: format!("{}/compose.yaml", report.folder),
        engine: report.target.engine,
        cpus: cpus(stack),
        provided: provided(stack),
        required: required(stack),
        internal: *issuer == TlsIssuer::Internal,
        files: *issuer == TlsIssuer::Files,
        waited: if jobs.is_empty() { String::new() } else { lasting(stack) },
        jobs,
        in_environment: in_environment(stack),
        acme: matches!(issuer, TlsIssuer::Acme { .. }),
        key_recipe: key_recipe(stack, &examples),
        examples,
        verify: verify(stack),
        secrets: secrets(stack),
        databases: databases(stack),
        backups: backups(stack, report.target.engine.program),
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

fn in_environment(stack: &Stack) -> String {
    let plain = |service: &Service| {
        service.secrets.iter().any(|used| matches!(used.delivery, Delivery::Plain(_)))
    };
    let services = stack.services.iter().filter(|(_, service)| plain(service));
    joined(services.map(|(name, _)| format!("`{name}`")))
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

/// On the machine itself, where the names may not lead yet.
fn verify(stack: &Stack) -> String {
    let port = *stack.gateway.publish.https;
    format!("portcullis verify --env {} --url https://127.0.0.1:{port}", stack.environment)
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
    let readers = stack.all_readers();
    let mut wholes: BTreeMap<&SecretName, Vec<&SecretName>> = BTreeMap::new();
    for (whole, secret) in &stack.secrets {
        // A file with a certificate and its key is made of one secret twice.
        let parts: BTreeSet<&SecretName> = secret.kind.parts().into_iter().collect();
        parts.into_iter().for_each(|part| wholes.entry(part).or_default().push(whole));
    }
    let readers_of = |name: &SecretName| readers.get(name).into_iter().flatten();
    let told = |name: &SecretName, for_people: bool| {
        let direct = readers_of(name).map(|(reader, _)| reader.to_string());
        let in_wholes = wholes.get(name).into_iter().flatten().flat_map(|whole| {
            readers_of(whole).map(move |(reader, _)| format!("{reader} (in {whole})"))
        });
        let people = for_people.then(|| "people".to_owned());
        or_nobody(joined(direct.chain(in_wholes).chain(people)))
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

/// Rules on everything that the stack's networks may be cut from. A published port is reached over
/// the host as well (by the engine's own proxy), so it stays open.
fn firewall(report: &Report<'_>) -> Vec<String> {
    let rule = |transport: &str, udp: bool| {
        let ports = report.stack.services.values().flat_map(|service| &service.published);
        let ports: BTreeSet<u16> =
            ports.filter(|port| port.udp == udp).map(|port| port.host_port).collect();
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        let but = match ports.join(",") {
            none if none.is_empty() => String::new(),
            ports => format!(" -m multiport ! --dports {ports}"),
        };
        let new = "-m conntrack --ctstate NEW";
        format!("iptables -I INPUT -s {} {new} -p {transport}{but} -j DROP", report.pool)
    };
    vec![rule("tcp", false), rule("udp", true)]
}

/// What the machine has to have, as an engine counts it.
fn cpus(stack: &Stack) -> u32 {
    let shares = stack.services.values().map(|service| service.limits.cpus.0.div_ceil(1000));
    shares.max().unwrap_or_default()
}

/// Jobs that no service waits for.
fn lone_jobs(stack: &Stack) -> Vec<String> {
    let waited: BTreeSet<&ServiceName> =
        stack.services.values().flat_map(|service| service.starts_after.keys()).collect();
    let jobs = stack.services.iter().filter(|(name, service)| {
        service.once && service.profiles.is_empty() && !waited.contains(name)
    });
    jobs.map(|(name, _)| name.to_string()).collect()
}

/// Every service that goes on running, each with a space before it.
fn lasting(stack: &Stack) -> String {
    let lasting =
        stack.services.iter().filter(|(_, service)| !service.once && service.profiles.is_empty());
    lasting.map(|(name, _)| format!(" {name}")).collect()
}

fn reaches(stack: &Stack) -> Vec<Reach> {
    let (mut opens, mut answers) = (Neighbours::new(), Neighbours::new());
    for (from, to) in stack.links() {
        opens.entry(from).or_default().push(to);
        answers.entry(to).or_default().push(from);
    }
    let named = |of: &Neighbours<'_>, name: &ServiceName| -> Vec<String> {
        of.get(name).into_iter().flatten().map(ToString::to_string).collect()
    };
    let egress = stack.egress();
    let reach = |(name, service): (&ServiceName, &Service)| {
        let internet = egress.contains(name).then(|| "the internet".to_owned());
        let clients = (!service.published.is_empty()).then(|| "everybody".to_owned());
        let secrets = service.secrets.iter().map(|used| used.secret.to_string());
        Reach {
            service: name.to_string(),
            reaches: or_nothing(joined(named(&opens, name).into_iter().chain(internet))),
            reached_by: or_nothing(joined(named(&answers, name).into_iter().chain(clients))),
            reads: or_nothing(joined(secrets)),
        }
    };
    stack.services.iter().map(reach).collect()
}

/// Services by the one that they are linked with, in the order of the networks' names.
type Neighbours<'a> = BTreeMap<&'a ServiceName, Vec<&'a ServiceName>>;
