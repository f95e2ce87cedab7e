//! Stacks built in code: the smallest, and one that says everything the language can say.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use crate::stack::*;

pub(super) fn main_host() -> HostName {
    HostName::new("api.example.com").unwrap()
}

pub(super) fn image() -> Sourced<ImageReference> {
    Sourced::plain(ImageReference::parse("example:1").unwrap())
}

pub(super) fn service(port: u16) -> Service {
    let mut service = Service::new(Role::Application, Origin::Default, image());
    service.port = Sourced::plain(port);
    service
}

pub(super) fn to(name: &str, port: u16) -> Target {
    Target::Service { service: ServiceName::new(name).unwrap(), port }
}

pub(super) fn route(target: Target, access: Access) -> Route {
    let mut route = Route::new(target, Origin::Default);
    route.access = Sourced::plain(access);
    route
}

pub(super) fn policy(name: &str) -> Access {
    Access::Policy(PolicyName::new(name).unwrap())
}

/// nginx as it comes, in front of nothing.
pub(super) fn bare() -> Stack {
    let publish = Publish {
        address: Sourced::plain(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        http: Sourced::plain(80),
        https: Sourced::plain(443),
    };
    let tls = Tls {
        issuer: Sourced::plain(TlsIssuer::Internal),
        minimum: Sourced::plain(TlsVersion::V1_2),
        ciphers: Sourced::default(),
        hsts: Sourced::plain(Seconds(0)),
    };
    let mut gateway = Gateway::new(publish, tls);
    gateway
        .hosts
        .insert(main_host(), Host { main: true, origin: Origin::Default, routes: BTreeMap::new() });
    Stack {
        name: ProjectName::new("demo").unwrap(),
        environment: EnvironmentName::new("production").unwrap(),
        local: false,
        services: BTreeMap::new(),
        networks: BTreeMap::new(),
        volumes: BTreeMap::new(),
        secrets: BTreeMap::new(),
        gateway,
        exceptions: Vec::new(),
    }
}

/// Every field as a control would leave it.
pub(super) fn mended() -> Stack {
    let mut stack = bare();
    let gateway = &mut stack.gateway;
    gateway.tls.hsts = Sourced::plain(Seconds(63_072_000));
    gateway.tls.ciphers = Sourced::plain(vec!["ECDHE-ECDSA-AES128-GCM-SHA256".to_owned()]);
    gateway.server_tokens = Sourced::plain(false);
    gateway.access_log = Sourced::plain(AccessLog::Json);
    gateway.requests_in_error_log = Sourced::plain(false);
    gateway.unknown_host = Sourced::plain(UnknownHost::Refused);
    gateway.default_deny = Sourced::plain(true);
    gateway.error_bodies = Sourced::plain(ErrorBodies::Json);
    gateway.identity_headers = Sourced::plain(IdentityHeaders::Stripped);
    gateway.guards = Guards {
        methods: Sourced::plain(true),
        paths: Sourced::plain(true),
        arguments: Sourced::plain(true),
        misdirected: Sourced::plain(true),
    };
    gateway.security_headers = Sourced::plain(true);
    gateway.upstream_steering = Sourced::plain(false);
    gateway.client_timeout = Sourced::plain(Seconds(10));
    gateway.connections_per_client = Sourced::plain(50);
    gateway.limit_status = Sourced::plain(429);
    gateway.audit_log = Sourced::plain(true);
    stack
}

pub(super) fn add(stack: &mut Stack, host: &str, path: &str, route: Route) {
    let host = HostName::new(host).unwrap();
    let new = || Host { main: false, origin: Origin::Default, routes: BTreeMap::new() };
    let host = stack.gateway.hosts.entry(host).or_insert_with(new);
    host.routes.insert(RoutePath::new(path).unwrap(), route);
}

pub(super) fn rate(stack: &mut Stack, name: &str, text: &str) {
    let rate = Sourced::plain(Rate::parse(text).unwrap());
    stack.gateway.rates.insert(RateName::new(name).unwrap(), rate);
}

pub(super) fn add_policy(
    stack: &mut Stack,
    name: &str,
    kind: PolicyKind,
    identity: &[(&str, &str)],
) {
    let header = |text: &str| HeaderName::new(text).unwrap();
    let identity = identity.iter().map(|(to, from)| (header(to), header(from))).collect();
    let policy = Policy { kind, identity, origin: Origin::Default };
    stack.gateway.policies.insert(PolicyName::new(name).unwrap(), policy);
}

pub(super) fn validator(service: &str, path: &str) -> PolicyKind {
    PolicyKind::Validator(ValidatorPolicy {
        service: ServiceName::new(service).unwrap(),
        path: UrlPath::new(path).unwrap(),
    })
}

pub(super) fn keys(header: &str, table: &str, forward: bool) -> PolicyKind {
    PolicyKind::ApiKey(ApiKeyPolicy {
        clients: BTreeMap::new(),
        header: HeaderName::new(header).unwrap(),
        forward,
        table: SecretName::new(table).unwrap(),
    })
}

pub(super) fn oidc(proxy: &str) -> PolicyKind {
    PolicyKind::Oidc(OidcPolicy {
        issuer: "https://sso.example.com".to_owned(),
        issuer_service: Vec::new(),
        client_id: "gateway".to_owned(),
        client_secret: SecretName::new("oidc_client_secret").unwrap(),
        cookie_secret: SecretName::new("oidc_cookie_secret").unwrap(),
        groups: BTreeSet::from(["staff".to_owned()]),
        email_domains: BTreeSet::new(),
        proxy: ServiceName::new(proxy).unwrap(),
    })
}

pub(super) fn rates(names: &[&str]) -> Sourced<Vec<RateName>> {
    Sourced::plain(names.iter().map(|name| RateName::new(*name).unwrap()).collect())
}

/// One service with one protected prefix.
pub(super) fn small() -> Stack {
    let mut stack = mended();
    stack.services.insert(ServiceName::new("core-app").unwrap(), service(3000));
    add_policy(
        &mut stack,
        "user",
        validator("core-app", "/api/auth/validate"),
        &[("X-User-Id", "x-user-id"), ("X-Scopes", "x-scopes")],
    );
    rate(&mut stack, "default", "100/min burst 20");
    let mut protected = route(to("core-app", 3000), policy("user"));
    protected.rates = rates(&["default"]);
    add(&mut stack, "api.example.com", "/api/", protected);
    stack
}

/// Everything that the language can say.
pub(super) fn large() -> Stack {
    let mut stack = small();
    for (name, port) in [("admin", 8000), ("gateway-oidc-staff", 4180), ("mail", 25), ("idp", 8080)]
    {
        stack.services.insert(ServiceName::new(name).unwrap(), service(port));
    }
    let clips = VolumeName::new("clips").unwrap();
    let mut gateway = Service::new(Role::Gateway, Origin::Default, image());
    gateway.mounts.push(Mount {
        source: MountSource::Volume(clips.clone()),
        target: "/data/clips".to_owned(),
        read_only: true,
        nocopy: true,
        subpath: String::new(),
        origin: Origin::Default,
    });
    gateway.published.push(Sourced::plain(Published {
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        host_port: 25,
        container_port: 10025,
        udp: false,
    }));
    stack.services.insert(ServiceName::gateway(), gateway);
    rate(&mut stack, "login", "5/min burst 5");
    rate(&mut stack, "per-user", "300/min burst 50 per credential");
    add_policy(&mut stack, "robot", keys("X-API-Key", "gateway_keys_robot", false), &[]);
    add_policy(&mut stack, "partner", keys("X-Partner-Key", "gateway_keys_partner", true), &[]);
    add_policy(
        &mut stack,
        "staff",
        oidc("gateway-oidc-staff"),
        &[("X-User-Id", "x-auth-request-user")],
    );
    let office = AllowListName::new("office").unwrap();
    let ranges = ["203.0.113.0/24", "2001:db8::/32", "127.0.0.2"];
    let ranges = ranges.iter().map(|range| AddressRange::parse(range).unwrap()).collect();
    stack.gateway.allow_lists.insert(office.clone(), ranges);
    stack.gateway.closed.insert(UrlPath::new("/api/auth/token").unwrap(), Origin::Default);
    stack.gateway.trusted_proxies.push(Sourced::plain(AddressRange::parse("10.0.0.0/8").unwrap()));
    stack.gateway.streams.push(Stream {
        port: 25,
        transport: Transport::Tcp,
        service: ServiceName::new("mail").unwrap(),
        service_port: 25,
        reason: "inbound mail".to_owned(),
        origin: Origin::Default,
    });
    let listed = CorsRule {
        origins: OriginRule::Listed(BTreeSet::from([
            "https://app.example.com".to_owned(),
            "http://localhost:5173".to_owned(),
        ])),
    };
    let core = || to("core-app", 3000);
    let host = "api.example.com";

    add(&mut stack, host, "/api/health", route(core(), Access::Open));
    let mut login = route(core(), Access::Open);
    login.rates = rates(&["default", "login"]);
    login.body = Sourced::plain(Bytes(16 << 10));
    login.cors = Sourced::plain(listed.clone());
    login.methods = Sourced::plain(BTreeSet::from(["POST".to_owned()]));
    add(&mut stack, host, "/api/auth/login", login);
    let mut socket = route(core(), policy("user"));
    socket.websocket = true;
    socket.cors = Sourced::plain(listed);
    socket.rates = rates(&["default", "per-user"]);
    add(&mut stack, host, "/api/ws", socket);
    let mut hook = route(
        core(),
        Access::Webhook(Webhook { signature: HeaderName::new("X-Signature").unwrap() }),
    );
    hook.body = Sourced::plain(Bytes(256 << 10));
    add(&mut stack, host, "/hooks/provider", hook);
    let mut robot = route(core(), policy("robot"));
    robot.rates = rates(&["per-user"]);
    add(&mut stack, host, "/robot/", robot);
    add(&mut stack, host, "/partner/", route(core(), policy("partner")));
    let mut files = route(Target::Static { volume: clips }, Access::Open);
    files.cors = Sourced::plain(CorsRule { origins: OriginRule::Any });
    files.rates = rates(&["login"]);
    add(&mut stack, host, "/files/", files);
    let mut stripped = route(to("admin", 8000), Access::Open);
    stripped.strip_prefix = true;
    stripped.timeout = Sourced::plain(Seconds(120));
    stripped.buffering = false;
    add(&mut stack, host, "/tools/admin/", stripped.clone());
    add(&mut stack, host, "/tools/admin/v1/health", stripped);

    let mut admin = route(to("admin", 8000), policy("staff"));
    admin.allow = Sourced::plain(BTreeSet::from([office.clone()]));
    admin.audit = true;
    admin.rates = rates(&["default"]);
    add(&mut stack, "admin.example.com", "/", admin);
    let mut own = route(to("idp", 8080), Access::Open);
    own.errors = ErrorSource::Own;
    add(&mut stack, "auth.example.com", "/realms/", own.clone());
    own.allow = Sourced::plain(BTreeSet::from([office]));
    add(&mut stack, "auth.example.com", "/admin/", own);
    stack
}
