//! oauth2-proxy: one service for each `oidc` policy that some route uses.

use super::{Resolution, health, ingress, links};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    Access, Command, Delivery, OidcPolicy, Origin, PolicyKind, PolicyName, Role, SecretName,
    SecretUse, Service, ServiceName, SettingName, SettingValue, Sourced, Target,
};

/// The proxy's image.
const IMAGE: &str = "quay.io/oauth2-proxy/oauth2-proxy";
/// Where it listens; also its own default.
const PORT: u16 = 4180;

/// Add a proxy for every `oidc` policy in use.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let policies: Vec<(PolicyName, OidcPolicy)> = resolution
        .stack
        .gateway
        .policies
        .iter()
        .filter_map(|(name, policy)| match &policy.kind {
            PolicyKind::Oidc(oidc) if in_use(resolution, name) => {
                Some((name.clone(), oidc.clone()))
            }
            _ => None,
        })
        .collect();
    one_sign_in(resolution);
    for (name, policy) in policies {
        reserved(resolution, &name);
        proxy(resolution, &name, policy);
    }
}

fn in_use(resolution: &Resolution<'_>, policy: &PolicyName) -> bool {
    let mut routes = resolution.stack.gateway.routes();
    routes.any(|(_, _, route)| matches!(&*route.access, Access::Policy(name) if name == policy))
}

/// Two policies would share `/oauth2/` of one host.
fn one_sign_in(resolution: &mut Resolution<'_>) {
    let gateway = &resolution.stack.gateway;
    for (name, host) in &gateway.hosts {
        let mut first: Option<&PolicyName> = None;
        for (path, route) in &host.routes {
            let Access::Policy(policy) = &*route.access else { continue };
            let kind = gateway.policies.get(policy).map(|policy| &policy.kind);
            if !matches!(kind, Some(PolicyKind::Oidc(_))) {
                continue;
            }
            if let (Some(first), Origin::Written(at)) =
                (first.filter(|f| *f != policy), &route.origin)
            {
                let message = format!(
                    "`{name}{path}` is the second way to sign in on this host, beside `{first}`"
                );
                let help = "give one of the two policies a host of its own";
                resolution.problems.add(Diagnostic::at(*at, "two-sign-ins", message).help(help));
            }
            first = first.or(Some(policy));
        }
    }
}

/// `/oauth2/` is the proxy's on every host that uses the policy.
fn reserved(resolution: &mut Resolution<'_>, policy: &PolicyName) {
    for host in resolution.stack.gateway.hosts.values() {
        let uses = host
            .routes
            .values()
            .any(|route| matches!(&*route.access, Access::Policy(name) if name == policy));
        let taken = host.routes.iter().find(|(path, _)| path.as_str().starts_with("/oauth2/"));
        if let (true, Some((path, route))) = (uses, taken)
            && let Origin::Written(at) = route.origin
        {
            let message = format!("`{path}` belongs to the sign-in of the policy `{policy}`");
            let help = "choose another path, or another host";
            resolution.problems.add(Diagnostic::at(at, "reserved-path", message).help(help));
        }
    }
}

fn proxy(resolution: &mut Resolution<'_>, name: &PolicyName, policy: OidcPolicy) {
    let role = Role::OidcProxy(name.clone());
    let service_name = policy.proxy.clone();
    let Some((mut service, facts)) = ingress::brought(resolution, &service_name, role, IMAGE)
    else {
        return;
    };
    let issuer = issuer_service(resolution, &policy.issuer);
    settings(&mut service, &policy);
    match &issuer {
        Some(issuer) => {
            inner_endpoints(resolution, &mut service, &policy, issuer);
            links::link(resolution, &service_name, issuer);
        }
        None => links::egress(resolution, &service_name),
    }
    if let Some(words) = &facts.command {
        service.command = Sourced::preset(Command::Exec(words.clone()), "images/oauth2-proxy");
    }
    service.port = Sourced::derived(PORT);
    if let Some(probe) = health::fact_probe(&facts) {
        service.health = Sourced::preset(health::with(probe), "images/oauth2-proxy");
    }
    service.secrets = secrets(&policy);
    resolution.stack.services.insert(service_name.clone(), service);
    links::link(resolution, &ServiceName::gateway(), &service_name);
    if let Some(declared) = resolution.stack.gateway.policies.get_mut(name)
        && let PolicyKind::Oidc(oidc) = &mut declared.kind
    {
        oidc.issuer_service = issuer.into_iter().collect();
    }
}

/// The service of this stack that answers at the issuer's address.
fn issuer_service(resolution: &Resolution<'_>, issuer: &str) -> Option<ServiceName> {
    let (host, routes) = resolution
        .stack
        .gateway
        .hosts
        .iter()
        .find(|(host, _)| issuer.starts_with(&resolution.hosts.url(host)))
        .map(|(host, entry)| (host, &entry.routes))?;
    let path = issuer.strip_prefix(&resolution.hosts.url(host))?;
    let path = format!("{}/", path.trim_end_matches('/'));
    let covering = routes.iter().filter(|(route, _)| route.covers(&path));
    let (_, route) = covering.max_by_key(|(route, _)| route.as_str().len())?;
    match &route.target {
        Target::Service { service, .. } => Some(service.clone()),
        Target::Static { .. } => None,
    }
}

fn settings(service: &mut Service, policy: &OidcPolicy) {
    let join = |words: &std::collections::BTreeSet<String>| {
        words.iter().cloned().collect::<Vec<_>>().join(",")
    };
    let domains =
        if policy.email_domains.is_empty() { "*".to_owned() } else { join(&policy.email_domains) };
    set(service, "PROVIDER", "oidc");
    set(service, "OIDC_ISSUER_URL", &policy.issuer);
    set(service, "CLIENT_ID", &policy.client_id);
    set(service, "EMAIL_DOMAINS", &domains);
    if !policy.groups.is_empty() {
        set(service, "ALLOWED_GROUPS", &join(&policy.groups));
    }
    set(service, "CODE_CHALLENGE_METHOD", "S256");
    set(service, "COOKIE_NAME", "__Host-gateway");
    set(service, "COOKIE_SAMESITE", "lax");
    set(service, "COOKIE_SECURE", "true");
    set(service, "HTTP_ADDRESS", &format!("0.0.0.0:{PORT}"));
    set(service, "REVERSE_PROXY", "true");
    set(service, "SET_XAUTHREQUEST", "true");
    set(service, "SKIP_PROVIDER_BUTTON", "true");
    set(service, "UPSTREAMS", "static://202");
}

/// The browser goes to the issuer's public address; the proxy asks over its own link.
fn inner_endpoints(
    resolution: &mut Resolution<'_>,
    service: &mut Service,
    policy: &OidcPolicy,
    issuer: &ServiceName,
) {
    let endpoints = resolution.known.get(issuer).and_then(|known| known.facts.oidc.clone());
    let Some(endpoints) = endpoints else {
        let message = format!("`{issuer}` is the issuer, but where its endpoints are is not known");
        let help = "use a known issuer such as keycloak, or one outside this stack";
        let at = resolution.position_of(issuer);
        let problem = Diagnostic { at, ..Diagnostic::nowhere("unknown-issuer", message) };
        resolution.problems.add(problem.help(help));
        return;
    };
    let port = resolution.stack.services.get(issuer).map_or(0, |service| *service.port);
    let (_, rest) = policy.issuer.split_once("://").unwrap_or(("", ""));
    let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default();
    let inner = format!("http://{issuer}:{port}{}", path.trim_end_matches('/'));
    let public = policy.issuer.trim_end_matches('/');
    set(service, "SKIP_OIDC_DISCOVERY", "true");
    set(service, "LOGIN_URL", &format!("{public}{}", endpoints.authorization));
    set(service, "REDEEM_URL", &format!("{inner}{}", endpoints.token));
    set(service, "OIDC_JWKS_URL", &format!("{inner}{}", endpoints.keys));
}

fn set(service: &mut Service, name: &str, value: &str) {
    if let Ok(name) = SettingName::new(format!("OAUTH2_PROXY_{name}")) {
        service.settings.insert(name, Sourced::derived(SettingValue::Text(value.to_owned())));
    }
}

fn secrets(policy: &OidcPolicy) -> Vec<SecretUse> {
    let file = |secret: &SecretName, name: &str| {
        let variable = SettingName::new(format!("OAUTH2_PROXY_{name}_FILE")).ok()?;
        Some(SecretUse { secret: secret.clone(), delivery: Delivery::FileVariable(variable) })
    };
    [file(&policy.client_secret, "CLIENT_SECRET"), file(&policy.cookie_secret, "COOKIE_SECRET")]
        .into_iter()
        .flatten()
        .collect()
}
