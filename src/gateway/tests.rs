use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::stack::*;

fn main_host() -> HostName {
    HostName::new("api.example.com").unwrap()
}

fn image() -> Sourced<ImageReference> {
    Sourced::plain(ImageReference::parse("example:1").unwrap())
}

fn service(port: u16) -> Service {
    let mut service = Service::new(Role::Application, Origin::Default, image());
    service.port = Sourced::plain(port);
    service
}

fn to(name: &str, port: u16) -> Target {
    Target::Service { service: ServiceName::new(name).unwrap(), port }
}

fn route(target: Target, access: Access) -> Route {
    let mut route = Route::new(target, Origin::Default);
    route.access = Sourced::plain(access);
    route
}

fn policy(name: &str) -> Access {
    Access::Policy(PolicyName::new(name).unwrap())
}

/// nginx as it comes, in front of nothing.
fn bare() -> Stack {
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
fn mended() -> Stack {
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

fn add(stack: &mut Stack, host: &str, path: &str, route: Route) {
    let host = HostName::new(host).unwrap();
    let new = || Host { main: false, origin: Origin::Default, routes: BTreeMap::new() };
    let host = stack.gateway.hosts.entry(host).or_insert_with(new);
    host.routes.insert(RoutePath::new(path).unwrap(), route);
}

fn rate(stack: &mut Stack, name: &str, text: &str) {
    let rate = Sourced::plain(Rate::parse(text).unwrap());
    stack.gateway.rates.insert(RateName::new(name).unwrap(), rate);
}

fn add_policy(stack: &mut Stack, name: &str, kind: PolicyKind, identity: &[(&str, &str)]) {
    let header = |text: &str| HeaderName::new(text).unwrap();
    let identity = identity.iter().map(|(to, from)| (header(to), header(from))).collect();
    let policy = Policy { kind, identity, origin: Origin::Default };
    stack.gateway.policies.insert(PolicyName::new(name).unwrap(), policy);
}

fn validator(service: &str, path: &str) -> PolicyKind {
    PolicyKind::Validator(ValidatorPolicy {
        service: ServiceName::new(service).unwrap(),
        path: UrlPath::new(path).unwrap(),
    })
}

fn keys(header: &str, table: &str, forward: bool) -> PolicyKind {
    PolicyKind::ApiKey(ApiKeyPolicy {
        clients: BTreeMap::new(),
        header: HeaderName::new(header).unwrap(),
        forward,
        table: SecretName::new(table).unwrap(),
    })
}

fn oidc(proxy: &str) -> PolicyKind {
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

fn rates(names: &[&str]) -> Sourced<Vec<RateName>> {
    Sourced::plain(names.iter().map(|name| RateName::new(*name).unwrap()).collect())
}

/// One service with one protected prefix.
fn small() -> Stack {
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
fn large() -> Stack {
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

fn drawn(stack: &Stack) -> Files {
    let address_of = |service: &ServiceName, port: u16| format!("{service}:{port}");
    draw(stack, &Surroundings::container(&address_of)).unwrap()
}

#[test]
fn one_host_with_one_route() {
    let files = drawn(&small());
    let site = files.get("sites/api.example.com.conf").unwrap();
    assert_eq!(
        site,
        indoc::indoc! {"
            server {
                listen 8443 ssl;
                http2 on;
                server_name api.example.com;
                include snippets/server.conf;
                include snippets/policy-user.conf;

                # -- protected --
                location = /api {
                    return 404;
                }
                location ^~ /api/ {
                    include snippets/rate-default.conf;
                    include snippets/auth-user.conf;
                    include snippets/errors-upstream.conf;
                    proxy_pass http://core-app;
                }
                location / {
                    return 404;
                }
            }
        "}
    );
}

/// Every file that an `include` names is drawn, and every drawn snippet is named.
#[test]
fn includes_and_files_are_the_same_set() {
    for stack in [bare(), small(), large()] {
        let files = drawn(&stack);
        let lines = files.values().flat_map(|text| text.lines());
        let named = lines.filter_map(|line| line.trim().strip_prefix("include "));
        let named: BTreeSet<_> = named.map(|path| path.trim_end_matches(';')).collect();
        for path in named.iter().filter(|path| !path.starts_with('/')) {
            assert!(files.contains_key(*path), "{path} is included and not drawn");
        }
        let topology = |path: &&String| {
            ["rate-", "auth-", "policy-", "cors-"].iter().any(|kind| path.contains(kind))
        };
        for path in files
            .keys()
            .filter(topology)
            .filter(|path| path.as_str() != "snippets/auth-endpoint.conf")
        {
            assert!(named.contains(path.as_str()), "{path} is drawn and not included");
        }
    }
}

#[test]
fn adding_a_service_with_a_route_changes_no_line_but_adds_some() {
    let before = large();
    let mut after = before.clone();
    after.services.insert(ServiceName::new("billing").unwrap(), service(9000));
    let mut added = route(to("billing", 9000), policy("user"));
    added.rates = rates(&["default"]);
    add(&mut after, "api.example.com", "/billing/", added);
    let (before, after) = (drawn(&before), drawn(&after));
    for (path, text) in &before {
        let mut lines = after.get(path).unwrap().lines();
        for line in text.lines() {
            assert!(lines.any(|other| other == line), "{path} lost or moved: {line}");
        }
    }
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!(new, ["upstreams/billing.conf"]);
    let changed =
        after.iter().filter(|(path, text)| before.get(*path).is_some_and(|old| old != *text));
    let changed: Vec<_> = changed.map(|(path, _)| path.as_str()).collect();
    assert_eq!(changed, ["nginx.conf", "sites/api.example.com.conf"]);
}
