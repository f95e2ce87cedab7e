//! Proxies that stand in the project themselves: replaced where all that they do is understood,
//! behind the gateway where it is not.

use crate::support::Project;

/// Import a shop with a proxy of this image, configured by `text`; the description and what was told.
fn imported(image: &str, target: &str, text: &str) -> (Project, String, String) {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    let compose = include_str!("proxied.yaml").replace("IMAGE", image).replace("TARGET", target);
    project.write("compose.yaml", &compose);
    project.write("proxy.conf", text);
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    project.succeed(&["generate"]);
    let text = project.read("portcullis.yaml");
    (project, text, told)
}

fn nginx(text: &str) -> (Project, String, String) {
    imported("nginx:1.27", "/etc/nginx/conf.d/default.conf", text)
}

fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

const NGINX: &str = include_str!("proxied.conf");

#[test]
fn an_nginx_that_is_understood_is_replaced() {
    let (project, text, told) = nginx(NGINX);
    assert!(!text.contains("proxy"), "{text}");
    holds(
        &text,
        &[
            "domain: shop.example.org",
            "/api/: {strip_prefix: true, body: 20m, timeout: 300s, passthrough: true}",
            "/: {body: 20m, errors: own}",
        ],
    );
    holds(&told, &["| `services.proxy.image` | replaced by the gateway |"]);
    let lines = told.lines().filter(|line| line.starts_with("| `services.proxy."));
    let lines: Vec<_> = lines.collect();
    assert!(lines.len() >= 5, "{told}");
    assert!(lines.iter().all(|line| line.contains("| replaced by the gateway |")), "{lines:#?}");
    let compose = project.read("deploy/production/compose.yaml");
    assert!(!compose.contains("nginx:1.27"), "{compose}");
}

#[test]
fn one_directive_that_is_not_known_leaves_it_where_it_is() {
    for (line, reason) in [
        (
            "auth_basic on;",
            "line 6 `auth_basic on` is not one the gateway knows: it keeps requests out",
        ),
        ("sub_filter a b;", "line 6 `sub_filter a ...` is not one the gateway knows |"),
        // What may be a password is not repeated.
        (
            "proxy_set_header Authorization \"Basic dXNlcjpodW50ZXIy\";",
            "line 6 `proxy_set_header Authorization ...` is not one the gateway knows |",
        ),
        // A server that answers by itself never comes to its locations.
        (
            "return 404;",
            "line 6 `return 404` is not one the gateway knows: it keeps requests out |",
        ),
        (
            "include /etc/nginx/certs/deny-mime.types;",
            "line 6 `include /etc/nginx/certs/deny-mime.types` is not one the gateway knows |",
        ),
    ] {
        let text = NGINX.replace("  client_max_body_size 20m;", &format!("  {line}"));
        assert_ne!(text, NGINX);
        let (project, text, told) = nginx(&text);
        holds(&text, &["  proxy: {", "needs: [api, web]"]);
        holds(
            &told,
            &[&format!("| `services.proxy.image` | kept | chained behind the gateway: {reason}")],
        );
        holds(&project.read("deploy/production/compose.yaml"), &["nginx:1.27"]);
        let web = text.split("  web:").nth(1).unwrap();
        assert!(!web.contains("routes:"), "{text}");
    }
}

#[test]
fn a_caddy_that_is_understood_is_replaced() {
    let text = "shop.example.org {\n  encode gzip\n  handle_path /api/* {\n    reverse_proxy api:4000\n  }\n  handle {\n    reverse_proxy web:3000\n  }\n}\n";
    let (_, text, told) = imported("caddy:2", "/etc/caddy/Caddyfile", text);
    assert!(!text.contains("caddy:2"), "{text}");
    holds(&text, &["/api/: {strip_prefix: true, passthrough: true}", "port: 3000"]);
    holds(&told, &["| `services.proxy.ports` | replaced by the gateway |"]);
}

#[test]
fn bodies_are_limited_where_they_were() {
    let caddy = |limit: &str| {
        let text = format!("shop.example.org {{\n{limit}  reverse_proxy web:3000\n}}\n");
        imported("caddy:2", "/etc/caddy/Caddyfile", &text)
    };
    // Caddy takes bodies of any size where nobody limits them; what passes through takes files.
    let (project, text, _) = caddy("");
    holds(&text, &["routes: {/: passthrough}"]);
    let exposure = |project: &Project| project.read("deploy/production/exposure.yaml");
    holds(&exposure(&project), &["body=1g service=web"]);
    let site = project.read("deploy/production/gateway/sites/shop.example.org.conf");
    holds(&site, &["client_max_body_size 1g;", "proxy_request_buffering off;"]);
    let (_, text, _) = caddy("  request_body {\n    max_size 64MB\n  }\n");
    assert!(text.contains("body: 64m"), "{text}");
    // nginx takes 1m where nobody says a size, and so does what it handed on.
    let text = NGINX.replace("  client_max_body_size 20m;\n", "");
    assert_ne!(text, NGINX);
    let (project, text, _) = nginx(&text);
    assert!(!text.contains("nginx:1.27"), "{text}");
    holds(&exposure(&project), &["body=1m service=api", "body=1m service=web"]);
    assert!(!exposure(&project).contains("body=1g"), "{text}");
}

#[test]
fn labels_for_traefik_become_routes_without_it() {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    project.write("compose.yaml", include_str!("labelled.yaml"));
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    project.succeed(&["generate"]);
    let text = project.read("portcullis.yaml");
    holds(&text, &["domain: shop.example.org", "routes: {/: passthrough}"]);
    assert!(!text.contains("control-socket") && !text.contains("traefik:"), "{text}");
    holds(&told, &["| `services.traefik.volumes` | replaced by the gateway |"]);
}

#[test]
fn what_traefik_was_told_to_leave_alone_gets_no_route() {
    let compose = |option: &str| {
        format!(
            "services:
  traefik:
    image: traefik:v3
    command: [--providers.docker{option}, --entrypoints.web.address=:80]
    ports: ['80:80']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
  shop:
    image: example/shop:1.2
    labels:
      traefik.enable: 'true'
      traefik.http.routers.shop.rule: Host(`shop.example.org`)
      traefik.http.services.shop.loadbalancer.server.port: '3000'
  admin:
    image: example/admin:1.2
    labels:
      traefik.http.routers.admin.rule: Host(`admin.example.org`)
      traefik.http.services.admin.loadbalancer.server.port: '3001'
"
        )
    };
    let routed = |option: &str| {
        let project = Project::empty("shop");
        std::fs::create_dir(project.root()).unwrap();
        project.write("compose.yaml", &compose(option));
        project.succeed(&["import", "compose.yaml"]);
        project.succeed(&["generate"]);
        let text = project.read("portcullis.yaml");
        (text.contains("shop.example.org"), text.contains("admin.example.org"))
    };
    assert_eq!(routed(".exposedbydefault=false"), (true, false));
    assert_eq!(routed(""), (true, true));
}
