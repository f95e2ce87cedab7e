//! What one location says.

use std::collections::BTreeSet;

use super::drawn;
use super::stacks::{add, large, policy, route, small, to};
use crate::gateway::Files;
use crate::stack::*;

/// The lines of one location, from its opening to its closing brace, without their indentation.
fn location(files: &Files, host: &str, opening: &str) -> Vec<String> {
    let site = files.get(&format!("sites/{host}.conf")).unwrap();
    let lines = site.lines().skip_while(|line| line.trim() != opening);
    let inside = lines.take_while(|line| *line != "    }");
    inside.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn locations_stand_by_class_and_then_by_path() {
    let files = drawn(&large());
    let site = files.get("sites/api.example.com.conf").unwrap();
    let order: Vec<_> = site
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with("# --") || line.starts_with("location"))
        .collect();
    assert_eq!(
        order,
        [
            "# -- public --",
            "location = /api/auth/login {",
            "location = /api/health {",
            "location ^~ /files/ {",
            "location = /tools/admin {",
            "location ^~ /tools/admin/ {",
            "location = /tools/admin/v1/health {",
            "# -- webhooks --",
            "location = /hooks/provider {",
            "# -- keyed --",
            "location = /partner {",
            "location ^~ /partner/ {",
            "location = /robot {",
            "location ^~ /robot/ {",
            "# -- protected --",
            "location = /api {",
            "location ^~ /api/ {",
            "location = /api/ws {",
            "location / {",
        ]
    );
}

#[test]
fn an_exact_route_takes_the_place_of_the_bare_prefix() {
    let mut stack = small();
    add(&mut stack, "api.example.com", "/api", route(to("core-app", 3000), Access::Open));
    let files = drawn(&stack);
    let site = files.get("sites/api.example.com.conf").unwrap();
    assert_eq!(site.matches("location = /api {").count(), 1);
    assert!(
        location(&files, "api.example.com", "location = /api {")
            .contains(&"proxy_pass http://core-app;".to_owned())
    );
}

#[test]
fn a_narrower_route_is_not_to_be_had_from_the_wider_one_under_another_spelling() {
    let mut stack = small();
    let host = "other.example.com";
    add(&mut stack, host, "/", route(to("core-app", 3000), Access::Open));
    add(&mut stack, host, "/admin/", route(to("core-app", 3000), policy("user")));
    add(&mut stack, host, "/a.b/status", route(to("core-app", 3000), policy("user")));
    add(&mut stack, host, "/health", route(to("core-app", 3000), Access::Open));
    add(&mut stack, host, "/admin/health", route(to("core-app", 3000), Access::Open));
    let files = drawn(&stack);
    let refused = |opening: &str| -> Vec<String> {
        let lines = location(&files, host, opening);
        lines.into_iter().filter(|line| line.starts_with("if ($uri ~*")).collect()
    };
    assert_eq!(
        refused("location ^~ / {"),
        [
            r#"if ($uri ~* "^/a\x2eb(?:;[^/]*)?/status(?:;[^/]*)?/?$") {"#,
            r#"if ($uri ~* "^/admin(?:;[^/]*)?(?:/|$)") {"#,
        ]
    );
    // What is open inside a protected prefix loses nothing to it.
    assert_eq!(refused("location ^~ /admin/ {"), Vec::<String>::new());
}

#[test]
fn a_prefix_is_stripped_from_the_path_as_it_was_sent() {
    let files = drawn(&large());
    for opening in ["location ^~ /tools/admin/ {", "location = /tools/admin/v1/health {"] {
        let lines = location(&files, "api.example.com", opening);
        for line in [
            r#"if ($request_uri !~ "^/tools/admin(?<below>/[^\r\n]*)$") {"#,
            "set $route_prefix /tools/admin;",
            "proxy_pass http://admin$below;",
        ] {
            assert!(lines.iter().any(|other| other == line), "{opening} lacks {line}: {lines:#?}");
        }
    }
    let mut stack = small();
    let mut alone = route(to("core-app", 3000), Access::Open);
    alone.strip_prefix = true;
    add(&mut stack, "api.example.com", "/a/b/health", alone.clone());
    add(&mut stack, "other.example.com", "/", alone);
    let files = drawn(&stack);
    let exact = location(&files, "api.example.com", "location = /a/b/health {");
    assert!(exact.contains(&"set $route_prefix /a/b;".to_owned()), "{exact:#?}");
    let root = location(&files, "other.example.com", "location ^~ / {");
    assert!(
        root.contains(&"proxy_pass http://core-app;".to_owned()),
        "nothing to strip: {root:#?}"
    );
}

#[test]
fn a_hosts_origins_are_said_once_and_other_rules_where_they_hold() {
    let rule = |origins: &[&str]| {
        let origins: BTreeSet<_> = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let rule =
            if origins.is_empty() { OriginRule::Closed } else { OriginRule::Listed(origins) };
        Sourced::plain(CorsRule { origins: rule })
    };
    let mut stack = small();
    for (path, origins) in [
        ("/a", vec!["https://app.example.com"]),
        ("/b", vec!["https://app.example.com"]),
        ("/c", vec!["https://other.example.com"]),
        ("/api/", vec![]),
    ] {
        let mut open = route(to("core-app", 3000), Access::Open);
        open.cors = rule(&origins);
        add(&mut stack, "api.example.com", path, open);
    }
    let files = drawn(&stack);
    let cors = files.get("conf.d/cors.conf").unwrap();
    assert!(cors.contains(r#"    api.example.com " https://app.example.com ";"#), "{cors}");
    let says = |opening: &str, line: &str| {
        location(&files, "api.example.com", opening).iter().any(|other| other == line)
    };
    assert!(says("location = /a {", "include snippets/preflight.conf;"));
    assert!(says("location = /c {", "include snippets/cors-of-other.example.com.conf;"));
    assert!(says("location ^~ /api/ {", "set $route_origins closed;"));
    assert!(!files.contains_key("snippets/cors-of-app.example.com.conf"));
}

#[test]
fn the_longest_wait_of_a_routes_rates_is_told() {
    let files = drawn(&large());
    let login = location(&files, "api.example.com", "location = /api/auth/login {");
    assert!(login.contains(&"error_page 429 /__gw/error?retry=12;".to_owned()), "{login:#?}");
    let mut stack = large();
    stack.gateway.limit_status = Sourced::plain(503);
    let login = location(&drawn(&stack), "api.example.com", "location = /api/auth/login {");
    assert!(login.contains(&"error_page 503 /__gw/error?retry=12;".to_owned()), "{login:#?}");
}
