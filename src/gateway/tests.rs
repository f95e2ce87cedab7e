//! The drawing as text. What nginx does with it is tested with nginx itself.

mod locations;
mod stacks;

use std::collections::BTreeSet;

use super::*;
use crate::stack::*;
use stacks::{
    add, add_policy, bare, keys, large, mended, oidc, policy, rate, rates, route, service, small,
    to,
};

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

/// One field each, put back to nginx's own default: something must change, or no control that
/// mends the field could be missed.
#[test]
fn every_field_of_the_gateway_is_drawn_in_both_states() {
    type Unmend = fn(&mut Gateway, Gateway);
    let fields: [(&str, Unmend); 20] = [
        ("server_tokens", |g, plain| g.server_tokens = plain.server_tokens),
        ("access_log", |g, plain| g.access_log = plain.access_log),
        ("requests_in_error_log", |g, plain| g.requests_in_error_log = plain.requests_in_error_log),
        ("unknown_host", |g, plain| g.unknown_host = plain.unknown_host),
        ("default_deny", |g, plain| g.default_deny = plain.default_deny),
        ("error_bodies", |g, plain| g.error_bodies = plain.error_bodies),
        ("identity_headers", |g, plain| g.identity_headers = plain.identity_headers),
        ("guards.methods", |g, plain| g.guards.methods = plain.guards.methods),
        ("guards.paths", |g, plain| g.guards.paths = plain.guards.paths),
        ("guards.arguments", |g, plain| g.guards.arguments = plain.guards.arguments),
        ("guards.misdirected", |g, plain| g.guards.misdirected = plain.guards.misdirected),
        ("security_headers", |g, plain| g.security_headers = plain.security_headers),
        ("upstream_steering", |g, plain| g.upstream_steering = plain.upstream_steering),
        ("client_timeout", |g, plain| g.client_timeout = plain.client_timeout),
        ("connections_per_client", |g, plain| {
            g.connections_per_client = plain.connections_per_client
        }),
        ("limit_status", |g, plain| g.limit_status = plain.limit_status),
        ("audit_log", |g, plain| g.audit_log = plain.audit_log),
        ("tls.ciphers", |g, plain| g.tls.ciphers = plain.tls.ciphers),
        ("tls.hsts", |g, plain| g.tls.hsts = plain.tls.hsts),
        ("body_limit", |g, _| g.body_limit = Sourced::plain(Bytes(1 << 30))),
    ];
    let whole = drawn(&large());
    for (name, unmend) in fields {
        let mut stack = large();
        unmend(&mut stack.gateway, bare().gateway);
        assert_ne!(drawn(&stack), whole, "{name} is drawn alike in both states");
    }
}

#[test]
fn a_local_stack_sends_no_hsts() {
    let hsts = |files: &Files| {
        files.values().any(|text| text.contains("add_header Strict-Transport-Security"))
    };
    let mut stack = small();
    assert!(hsts(&drawn(&stack)));
    stack.local = true;
    assert!(!hsts(&drawn(&stack)));
}

#[test]
fn another_published_port_is_named_wherever_a_client_sees_it() {
    let mut stack = large();
    stack.gateway.publish.https = Sourced::plain(8443);
    let files = drawn(&stack);
    let has = |path: &str, text: &str| files.get(path).unwrap().contains(text);
    assert!(has("sites/_default.conf", "return 308 https://$host:8443$request_uri;"));
    assert!(has("snippets/proxy-headers.conf", "X-Forwarded-Port 8443;"));
    assert!(has("snippets/proxy-headers.conf", "proxy_set_header Host $host:8443;"));
    assert!(has("conf.d/websocket.conf", r">https://\k<own_host>:8443$"));
}

#[test]
fn a_rate_per_credential_counts_what_the_policy_looks_at() {
    let files = drawn(&large());
    let limits = files.get("conf.d/limits.conf").unwrap();
    assert!(
        limits.contains("limit_req_zone $credential_of_robot zone=per-user.robot:10m rate=300r/m;")
    );
    assert!(
        limits.contains("limit_req_zone $credential_of_user zone=per-user.user:10m rate=300r/m;")
    );
    assert!(limits.contains("map $client_of_robot $credential_of_robot {"));
    let mut stack = large();
    let open = stack.gateway.hosts.values_mut().flat_map(|host| host.routes.values_mut());
    for route in open {
        route.access = Sourced::plain(Access::Open);
    }
    let files = drawn(&stack);
    assert!(files.get("conf.d/limits.conf").unwrap().contains("$client_net zone=per-user:10m"));
}

#[test]
fn identities_are_stripped_once_whatever_their_case() {
    let mut stack = small();
    add_policy(&mut stack, "other", oidc("core-app"), &[("x-user-id", "x-auth-request-user")]);
    let files = drawn(&stack);
    let headers = files.get("snippets/proxy-headers.conf").unwrap().to_ascii_lowercase();
    for header in ["x-user-id", "x-scopes", "x-auth-request-user", "remote-user", "x-api-client"] {
        let lines = headers.matches(&format!("proxy_set_header {header} ")).count();
        assert_eq!(lines, 1, "{header}");
    }
}

#[test]
fn what_the_stack_does_not_have_is_an_error() {
    let address_of = |_: &ServiceName, _: u16| "127.0.0.1:1".to_owned();
    let refusal = |change: fn(&mut Stack)| {
        let mut stack = small();
        change(&mut stack);
        draw(&stack, &Surroundings::container(&address_of)).unwrap_err().to_string()
    };
    const HOST: &str = "api.example.com";
    assert!(refusal(|s| s.services.clear()).contains("core-app"));
    assert!(refusal(|s| s.gateway.policies.clear()).contains("policy user"));
    assert!(refusal(|s| s.gateway.rates.clear()).contains("rate default"));
    assert!(refusal(|s| s.gateway.hosts.clear()).contains("no host"));
    assert!(
        refusal(|s| add_policy(s, "k", keys("Authorization", "t", false), &[]))
            .contains("Authorization")
    );
    assert!(refusal(|s| add_policy(s, "v", oidc("core-app"), &[("Host", "x")])).contains("Host"));
    assert!(
        refusal(|s| {
            let volume = VolumeName::new("clips").unwrap();
            add(s, HOST, "/files/", route(Target::Static { volume }, Access::Open));
        })
        .contains("clips")
    );
    assert!(
        refusal(|s| {
            let mut limited = route(to("core-app", 3000), Access::Open);
            let office = AllowListName::new("office").unwrap();
            limited.allow = Sourced::plain(BTreeSet::from([office]));
            add(s, HOST, "/x", limited);
        })
        .contains("office")
    );
    assert!(
        refusal(|s| {
            for name in ["one", "two"] {
                add_policy(s, name, oidc("core-app"), &[]);
                add(s, HOST, &format!("/{name}"), route(to("core-app", 3000), policy(name)));
            }
        })
        .contains("two oidc policies")
    );
}

#[test]
fn a_value_that_would_be_nginx_syntax_is_refused() {
    let address_of = |_: &ServiceName, _: u16| "127.0.0.1:1".to_owned();
    for origin in ["https://a; return 200", "https://a$host", "https://a\n", "https://a b"] {
        let mut stack = small();
        let mut open = route(to("core-app", 3000), Access::Open);
        let origins = OriginRule::Listed(BTreeSet::from([origin.to_owned()]));
        open.cors = Sourced::plain(CorsRule { origins });
        add(&mut stack, "api.example.com", "/x", open);
        assert!(draw(&stack, &Surroundings::container(&address_of)).is_err(), "{origin:?}");
    }
    let injected = |_: &ServiceName, _: u16| "a:1; } server { listen 1".to_owned();
    assert!(draw(&small(), &Surroundings::container(&injected)).is_err());
    let mut stack = small();
    let site = stack.gateway.hosts.values_mut().flat_map(|host| host.routes.values_mut());
    for route in site {
        route.methods = Sourced::plain(BTreeSet::from(["GET)$\") { return 200; } #".to_owned()]));
    }
    assert!(draw(&stack, &Surroundings::container(&address_of)).is_err());
}

#[test]
fn a_thousand_services_are_drawn_within_a_blink() {
    let mut stack = mended();
    rate(&mut stack, "default", "100/min burst 20");
    for number in 0..1000 {
        let name = format!("service-{number}");
        stack.services.insert(ServiceName::new(&name).unwrap(), service(3000));
        let mut open = route(to(&name, 3000), Access::Open);
        open.rates = rates(&["default"]);
        add(&mut stack, &format!("host-{number}.example.com"), "/", open);
    }
    drawn(&small()); // compiles the templates
    let begun = std::time::Instant::now();
    let files = drawn(&stack);
    assert_eq!(files.keys().filter(|path| path.starts_with("sites/host-")).count(), 1000);
    // Measured: under half a second without optimisation; the bound catches a quadratic step.
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
}
