//! What proxies are told, and what is made of it.

use std::collections::{BTreeMap, BTreeSet};

use indoc::indoc;

use super::*;
use crate::compose::load::{Memory, Project, Request, load};
use crate::diagnostic::{Problems, Sources};

/// A service, and its routes as `host path port`; `-` takes the first part of the path away.
const TOLD: &[(&str, &[&str])] = &[
    ("labels: {'traefik.http.routers.a.rule': 'Host(`a.example`)'}", &["a.example / ?"]),
    (
        "labels: ['traefik.http.routers.a.rule=Host(`a.example`, `b.example`)', \
         'traefik.http.services.a.loadbalancer.server.port=8080']",
        &["a.example / 8080", "b.example / 8080"],
    ),
    (
        "labels: {'traefik.http.routers.a.rule': \
         'Host(`a.example`) && (PathPrefix(`/api`) || Path(`/up`))'}",
        &["a.example /api ?", "a.example /api/ ?", "a.example /up ?"],
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a.example`) || PathPrefix(`/x/`)'}",
        &[" /x/ ?", "a.example / ?"],
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'PathPrefix(`/api`)', \
         'traefik.http.routers.a.middlewares': 's@docker', \
         'traefik.http.middlewares.s.stripprefix.prefixes': '/api'}",
        &[" /api/- ?"],
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'PathPrefix(`/a`)', \
         'traefik.http.routers.a.service': one, 'traefik.http.routers.b.rule': 'Path(`/b`)', \
         'traefik.http.routers.b.service': two, \
         'traefik.http.services.one.loadbalancer.server.port': '1001', \
         'traefik.http.services.two.loadbalancer.server.port': '1002'}",
        &[" /a 1001", " /a/ 1001", " /b 1002"],
    ),
    (
        "labels: {traefik.frontend.rule: 'Host:a.example;PathPrefixStrip:/x', traefik.port: '81'}",
        &["a.example /x/- 81"],
    ),
    (
        "labels: {caddy: a.example, caddy.reverse_proxy: '{{upstreams 8080}}'}",
        &["a.example / 8080"],
    ),
    (
        "labels: {caddy_0: 'a.example b.example', caddy_0.reverse_proxy: '/api/* {{upstreams}}'}",
        &["a.example /api/ ?", "b.example /api/ ?"],
    ),
    (
        "labels: {caddy: a.example, caddy.handle_path: '/x/*', \
         caddy.handle_path.0_reverse_proxy: '{{upstreams 81}}'}",
        &["a.example /x/- 81"],
    ),
    (
        "environment: {VIRTUAL_HOST: 'a.example,b.example', VIRTUAL_PORT: '81'}",
        &["a.example / 81", "b.example / 81"],
    ),
    (
        "environment: {VIRTUAL_HOST: a.example, VIRTUAL_PATH: /x/, VIRTUAL_DEST: /}",
        &["a.example /x/- ?"],
    ),
];

#[test]
fn labels_become_routes() {
    for (keys, expected) in TOLD {
        let told = of(keys);
        let routes: Vec<_> = told.routes.iter().map(shown).collect();
        assert_eq!(routes, *expected, "{keys}");
        assert!(told.is_understood(), "{keys}: {:?}", told.marks);
    }
}

/// Labels that make no route, since a condition is not understood, or that restrict one.
const RESTRICTED: &[(&str, usize)] = &[
    ("labels: {'traefik.http.routers.a.rule': 'Host(`a`) && ClientIP(`10.0.0.0/8`)'}", 0),
    ("labels: {'traefik.http.routers.a.rule': 'Host(`a`) && !Path(`/x`)'}", 0),
    ("labels: {'traefik.http.routers.a.rule': 'HostRegexp(`.+`)'}", 0),
    ("labels: {'traefik.http.routers.a.rule': 'Host(`a`) && Host(`b`)'}", 0),
    ("labels: {'traefik.http.routers.a.rule': 'Host(`a`'}", 0),
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a`)', \
         'traefik.http.routers.a.middlewares': 'auth@file'}",
        0,
    ),
    ("labels: {'traefik.http.middlewares.m.basicauth.users': 'x'}", 0),
    ("labels: {caddy: a, caddy.reverse_proxy: '@m {{upstreams 80}}'}", 0),
    ("labels: {caddy: a, caddy.basicauth: x, caddy.reverse_proxy: '{{upstreams 80}}'}", 0),
    ("labels: {caddy: a, caddy.route.basic_auth: x, caddy.reverse_proxy: '{{upstreams 80}}'}", 0),
    (
        "labels: {caddy: a, caddy.tls.client_auth.mode: require_and_verify, \
         caddy.reverse_proxy: '{{upstreams 80}}'}",
        0,
    ),
    // What one router guards may lie below the other's path.
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a`)', \
         'traefik.http.routers.b.rule': 'Host(`a`) && PathPrefix(`/admin`)', \
         'traefik.http.routers.b.middlewares': m, \
         'traefik.http.middlewares.m.basicAuth.users': 'x'}",
        0,
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a`)', \
         'traefik.http.routers.a.tls.options': 'mtls@file'}",
        0,
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a`)', \
         'traefik.http.routers.a.entrypoints': internal}",
        0,
    ),
    (
        "labels: {'traefik.http.routers.a.rule': 'Host(`a`) && PathPrefix(`/off`)', \
         'traefik.http.routers.a.service': noop@internal, \
         'traefik.http.routers.b.rule': 'Host(`a`)'}",
        0,
    ),
    ("labels: {traefik.frontend.rule: 'Host:a', traefik.frontend.auth.basic.users: x}", 0),
    ("environment: {VIRTUAL_HOST: '~^a'}", 0),
    ("environment: {VIRTUAL_HOST: a, NETWORK_ACCESS: internal}", 0),
];

#[test]
fn a_condition_that_is_not_understood_is_said() {
    for (keys, routes) in RESTRICTED {
        let told = of(keys);
        assert_eq!(told.routes.len(), *routes, "{keys}");
        let restricts = told.marks.iter().any(|mark| mark.fate == Fate::Restriction);
        assert!(restricts, "{keys}: {:?}", told.marks);
    }
}

#[test]
fn every_label_has_a_fate() {
    let told = of(indoc! {"
        labels:
          traefik.enable: 'true'
          traefik.http.routers.a.entrypoints: websecure
          traefik.http.routers.a.tls.certresolver: le
          traefik.http.middlewares.h.headers.stsSeconds: '1'
          traefik.tcp.routers.t.rule: HostSNI(`*`)
    "});
    let fates: Vec<_> = told.marks.iter().map(|mark| (mark.name.as_str(), mark.fate)).collect();
    let expected = [
        ("traefik.enable", Fate::Gateway),
        ("traefik.http.middlewares.h.headers.stsseconds", Fate::Left),
        ("traefik.http.routers.a.entrypoints", Fate::Gateway),
        ("traefik.http.routers.a.tls.certresolver", Fate::Gateway),
        ("traefik.tcp.routers.t.rule", Fate::Left),
    ];
    assert_eq!(fates, expected);
}

#[test]
fn traefik_goes_where_its_labels_are_understood() {
    let file = |label: &str| {
        format!(
            "{{proxy: {{image: 'traefik:3', command: [--providers.docker], ports: ['80:80'], \
             volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']}}, \
             app: {{image: x, labels: ['{label}']}}}}"
        )
    };
    let label = "traefik.http.routers.a.rule=Host(`a.example`)";
    let routes = translated(&file(label), &[]).unwrap();
    assert_eq!(routes, ["app a.example / ?"]);
    let why = translated(&file("traefik.http.routers.a.rule=ClientIP(`::1`)"), &[]).unwrap_err();
    assert!(why.contains("traefik.http.routers.a.rule"), "{why}");
    let other = file(label).replace("--providers.docker", "--providers.file.filename=/x");
    assert!(translated(&other, &[]).is_err());
    let mounted =
        file(label).replace("volumes: [", "volumes: ['./traefik.yml:/etc/traefik/traefik.yml', ");
    assert!(translated(&mounted, &[]).is_err());
}

const NGINX: &str = indoc! {r#"
    events { worker_connections 1024; }
    http {
      upstream back { server api:4000; }
      server { listen 80; server_name a.example; return 301 https://$host$request_uri; }
      server {
        listen 443 ssl; # TLS
        server_name a.example;
        ssl_certificate /etc/nginx/certs/a.pem;
        location / { proxy_pass http://web:3000; proxy_set_header Host $host; }
        location /api/ { proxy_pass http://back/; proxy_set_header Upgrade "$http_upgrade"; }
        location = /up { proxy_pass http://back; }
      }
    }
"#};

const SERVICES: &str = "{proxy: {image: IMAGE, ports: ['443:443'], volumes: ['./conf:TARGET']}, \
                        web: {image: x}, api: {image: y}}";

#[test]
fn an_nginx_that_only_hands_on_is_translated() {
    let services = SERVICES.replace("IMAGE", "nginx:1").replace("TARGET", "/etc/nginx/nginx.conf");
    let routes = translated(&services, &[("./conf", NGINX)]).unwrap();
    assert_eq!(
        routes,
        ["api a.example /api/- 4000", "api a.example /up 4000", "web a.example / 3000"]
    );
    for (part, instead) in [
        ("web:3000", "elsewhere:3000"),
        ("location = /up", "location ~ /up"),
        ("proxy_set_header Host $host", "auth_basic on"),
        ("proxy_set_header Host $host", "proxy_set_header X-Internal 1"),
        ("proxy_pass http://web:3000;", "root /srv;"),
        ("http://back/;", "http://back/v1/;"),
        ("events {", "events {{"),
        ("location = /up", "location /api/"),
        ("listen 443 ssl", "listen 9000"),
        ("listen 443 ssl", "listen 127.0.0.1:443"),
        ("ssl_certificate /etc", "ssl_client_certificate /etc"),
        ("proxy_set_header Host $host", "proxy_set_header Host inner"),
        ("proxy_set_header Host $host", "client_max_body_size 0"),
        ("proxy_set_header Host $host", "deny all"),
        ("server_name a.example;\n    ssl", "server_name a.example b.example;\n    ssl"),
        ("http://back; ", "http://api:5000; "),
    ] {
        let text = NGINX.replace(part, instead);
        assert_ne!(text, NGINX);
        assert!(translated(&services, &[("./conf", &text)]).is_err(), "{instead}");
    }
    let why = |text: &str| translated(&services, &[("./conf", text)]).unwrap_err();
    let told = why(&NGINX.replace("proxy_set_header Host $host", "auth_basic on"));
    assert_eq!(told, "line 9 `auth_basic on` is not one the gateway knows: it keeps requests out");
    let leaning =
        services.replace("web: {image: x}", "web: {image: x, environment: {API: 'http://proxy'}}");
    assert!(translated(&leaning, &[("./conf", NGINX)]).unwrap_err().contains("`web` reaches"));
    assert!(translated(&services, &[]).unwrap_err().contains("not given"));
    let pages = services.replace("volumes: [", "volumes: ['./html:/usr/share/nginx/html', ");
    assert!(translated(&pages, &[("./conf", NGINX)]).unwrap_err().contains("html"));
}

const CADDY: &str = indoc! {"
    {
      email ops@a.example
    }
    a.example {
      @api path /api/* /hooks/*
      reverse_proxy @api api:4000 {
        header_up Host {host}
      }
      handle_path /old/* {
        reverse_proxy api:4000
      }
      handle {
        reverse_proxy web:3000
      }
    }
"};

#[test]
fn a_caddy_that_only_hands_on_is_translated() {
    let services = SERVICES.replace("IMAGE", "caddy:2").replace("TARGET", "/etc/caddy/Caddyfile");
    let routes = translated(&services, &[("./conf", CADDY)]).unwrap();
    assert_eq!(
        routes,
        [
            "api a.example /api/ 4000",
            "api a.example /hooks/ 4000",
            "api a.example /old/- 4000",
            "web a.example / 3000"
        ]
    );
    assert_eq!(
        translated(
            &services.replace("443:443", "80:80"),
            &[("./conf", ":80\nreverse_proxy web:3000\n")]
        )
        .unwrap(),
        ["web  / 3000"]
    );
    for (part, instead) in [
        ("@api path", "@api remote_ip"),
        ("email ops@a.example", "order x first"),
        ("header_up Host {host}", "transport http"),
        ("reverse_proxy web:3000", "file_server"),
        ("/old/*", "/old*"),
        ("@api api:4000", "@api api:4001"),
        ("web:3000", "web:3000 web:3001"),
        ("a.example {", "a.example:9000 {"),
        ("a.example {", "a.example, b.example {"),
        ("handle {", "tls {\nclient_auth\n}\nhandle {"),
        ("handle {", "basic_auth x y\nhandle {"),
        ("handle {", "handle {\nrequest_body {\nmax_size 1MB\n}\n"),
    ] {
        let text = CADDY.replace(part, instead);
        assert!(translated(&services, &[("./conf", &text)]).is_err(), "{instead}");
    }
}

#[test]
fn what_cannot_be_read_stays_behind_the_gateway() {
    for service in [
        "{image: 'haproxy:3', ports: ['80:80']}",
        "{image: 'nginx:1', ports: ['80:80'], command: nginx-debug}",
        "{image: 'envoyproxy/envoy:v1', ports: ['80:80']}",
    ] {
        assert!(translated(&format!("{{proxy: {service}}}"), &[]).is_err(), "{service}");
    }
    let inner = project("{proxy: {image: 'nginx:1'}, app: {image: x, ports: ['80:80']}}");
    assert!(own_proxies(&inner, &BTreeMap::new()).is_empty());
}

#[test]
fn no_text_is_too_strange() {
    let ports = BTreeSet::from([80, 443]);
    let pieces =
        ["{", "}", ";", "(", "Host(`a`)", "&&", "||", "\"", "server", "location /", "é", "*", "\n"];
    for one in pieces {
        for two in pieces {
            for three in pieces {
                let text = format!("{one} {two}{three} {one}");
                let _ = traefik_rule::parse(&text);
                let _ = nginx::read(&text, &ports);
                let _ = caddyfile::read(&text, &ports);
            }
        }
    }
    let deep = "(".repeat(100_000);
    assert_eq!(traefik_rule::parse(&deep), None);
    assert!(nginx::read(&"a {".repeat(100_000), &ports).is_err());
    assert!(caddyfile::read(&"a {\n".repeat(100_000), &ports).is_err());
    let wide = "(Host(`a`) || Host(`b`))".to_owned() + &" && (Path(`/a`) || Path(`/b`))".repeat(40);
    assert_eq!(traefik_rule::parse(&wide), None);
}

/// The routes of the only proxy, or why it stays.
fn translated(services: &str, texts: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let mut found = own_proxies(&project(services), &texts.collect());
    assert_eq!(found.len(), 1, "{services}");
    match found.remove(0).place {
        Place::Chained { why } => Err(why),
        Place::Translated { routes } => Ok(routes
            .iter()
            .map(|(service, route)| format!("{service} {}", shown(route)))
            .collect()),
    }
}

fn shown(route: &Route) -> String {
    let port = route.port.map_or("?".to_owned(), |port| port.to_string());
    format!("{} {}{} {port}", route.host, route.path, if route.strip_prefix { "-" } else { "" })
}

fn of(keys: &str) -> Told {
    let text = keys.replace('\n', "\n    ");
    let file = format!("services:\n  app:\n    image: x\n    {text}\n");
    told(&read(&file).file.services["app"])
}

fn project(services: &str) -> Project {
    read(&format!("services: {services}"))
}

fn read(file: &str) -> Project {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let files = Memory::new([("/shop/compose.yaml", file)]);
    let request = Request::of("/shop/compose.yaml");
    load(&request, &files, &mut sources, &mut problems)
        .unwrap_or_else(|| panic!("{}\n{file}", sources.report(&problems)))
}
