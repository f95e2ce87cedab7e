//! Each rule by snippets that break it and snippets that do not.

use super::*;

const EDGE: Configuration = Configuration { is_whole: true, is_edge: true };

fn rules(text: &str) -> Vec<&'static str> {
    let file = File { path: "/etc/nginx/nginx.conf", text, source: 0 };
    let Judgement { findings: found, unread, .. } = judge(&[file], EDGE);
    assert!(unread.is_empty(), "{unread:?}: {text}");
    found.iter().map(|finding| finding.control).collect()
}

/// (rule, what breaks it in a server, what keeps it there).
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("server-tokens", &["server_tokens on;"], &["server_tokens off;", "server_tokens build;"]),
    (
        "tls-version",
        &["ssl_protocols TLSv1 TLSv1.2;", "ssl_protocols SSLv3;", "ssl_protocols TLSv1.1;"],
        &["ssl_protocols TLSv1.2 TLSv1.3;"],
    ),
    (
        "tls-ciphers",
        &["ssl_ciphers HIGH:RC4-SHA;", "ssl_ciphers 'ALL:aNULL';", "ssl_ciphers DES-CBC3-SHA;"],
        &["ssl_ciphers HIGH:!aNULL:!MD5;", "ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;"],
    ),
    ("nginx-autoindex", &["location / { autoindex on; }"], &["autoindex off;"]),
    (
        "nginx-alias-traversal",
        &["location /a { alias /b/; }", "location ^~ /a { alias /b/; }"],
        &[
            "location /a/ { alias /b/; }",
            "location /a { alias /b; }",
            "location = /a { alias /b/; }",
            "location ~ ^/a { alias /b/; }",
        ],
    ),
    (
        "nginx-host-header",
        &["proxy_set_header Host $http_host;", "proxy_set_header host \"${http_host}\";"],
        &["proxy_set_header Host $host;", "proxy_set_header X-Original-Host $http_host;"],
    ),
    (
        "nginx-header-inheritance",
        &["add_header X-Frame-Options DENY; location / { add_header A b; }"],
        &[
            "add_header X-Frame-Options DENY; location / { add_header A b; add_header x-frame-options DENY; }",
            "add_header X-Frame-Options DENY; location / { root /x; }",
            "add_header A b; location / { add_header C d; }",
            "add_header_inherit merge; add_header X-Frame-Options DENY; location / { add_header A b; }",
            "add_header X-Frame-Options DENY; location / { include headers; add_header A b; }",
        ],
    ),
    (
        "nginx-response-splitting",
        &[
            "return 301 https://$host$uri;",
            "rewrite ^ https://x$document_uri permanent;",
            "add_header X-Path $uri;",
        ],
        &[
            "return 301 https://$host$request_uri;",
            "return 200 $uri;",
            "rewrite ^ /x$uri last;",
            "location = /a { return 301 /b$uri; }",
            "try_files $uri /x;",
        ],
    ),
    (
        "nginx-forwarded-for",
        &["proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"],
        &[
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "set_real_ip_from 10.0.0.0/8; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        ],
    ),
    (
        "body-limits",
        &["client_max_body_size 0;", "location / { client_max_body_size 0m; }"],
        &["client_max_body_size 10m;", "location = /x { internal; client_max_body_size 0; }"],
    ),
    (
        "nginx-proxy-target",
        &["location / { proxy_pass http://$arg_to; }", "proxy_pass https://${http_x_target}/a;"],
        &[
            "proxy_pass http://$upstream;",
            "location /x { internal; proxy_pass http://$arg_to; }",
            "proxy_pass http://a/$arg_to;",
        ],
    ),
    (
        "unknown-host",
        &["server_name example.org;"],
        &[
            "server_name _;",
            "server_name example.org; } server { listen 80 default_server; return 444;",
        ],
    ),
];

#[test]
fn each_rule_fires_on_what_breaks_it_and_on_nothing_else() {
    for (rule, broken, kept) in CASES {
        let whole = |inner: &str| format!("http {{ {TOKENS} server {{ {inner} }} }}");
        for inner in *broken {
            assert!(rules(&whole(inner)).contains(rule), "{rule} is not found in {inner:?}");
        }
        for inner in *kept {
            assert!(!rules(&whole(inner)).contains(rule), "{rule} is found in {inner:?}");
        }
    }
}

const TOKENS: &str = "server_tokens off;";

#[test]
fn what_another_file_may_say_is_not_lacking() {
    let server = "server { server_name example.org; }";
    assert_eq!(rules(server), ["server-tokens", "unknown-host"]);
    assert_eq!(rules(&format!("http {{ include sites-enabled/*; {server} }}")), [""; 0]);
    let found = judge(&[File { path: "a", text: server, source: 0 }], Configuration::default());
    assert_eq!(found, Judgement::default());
    let plain = format!("http {{ include mime.types; include conf.d/*.conf; {server} }}");
    assert_eq!(rules(&plain).len(), 2);
}

#[test]
fn a_finding_stands_at_its_directive_and_names_its_place() {
    let text = "server {\n  server_tokens off;\n  location /a {\n    alias /b/;\n  }\n}\n";
    let Judgement { findings: found, .. } =
        judge(&[File { path: "a", text, source: 3 }], Configuration::default());
    assert_eq!((found[0].at.source, found[0].at.line, found[0].at.column), (3, 4, 5));
    assert_eq!(found[0].place, "location /a");
}

#[test]
fn what_cannot_be_read_is_told() {
    let broken = File { path: "a", text: "server {", source: 0 };
    let good = File { path: "b", text: "autoindex on;", source: 1 };
    let Judgement { findings: found, unread, .. } = judge(&[broken, good], EDGE);
    assert_eq!((found.len(), unread.len(), unread[0].path), (1, 1, "a"));
}

/// Findings of files: path, rule, line.
fn places(files: &[(&str, &str)]) -> (Vec<(usize, &'static str, u32)>, Vec<String>) {
    let all = files.iter().enumerate();
    let all = all.map(|(source, (path, text))| File { path, text, source: source as SourceId });
    let judged = judge(&all.collect::<Vec<_>>(), EDGE);
    let place = |f: &Finding| (f.at.source as usize, f.control, f.at.line);
    (judged.findings.iter().map(place).collect(), judged.unseen)
}

#[test]
fn what_is_included_stands_where_its_include_does() {
    let site = "server_tokens off;\nserver {\n add_header X-Frame-Options DENY;\n location / {\n  include snippets/*.inc;\n }\n}\n";
    let inner = "\nadd_header A b;\nautoindex on;\n";
    let files = [("/etc/nginx/conf.d/a.conf", site), ("/etc/nginx/snippets/x.inc", inner)];
    let found = [(1, "nginx-header-inheritance", 2), (1, "nginx-autoindex", 3)];
    assert_eq!(places(&files), (found.to_vec(), Vec::new()));
    // In a server with names the host is one of them; alone it is the client's word.
    let target = ("/etc/nginx/to", "proxy_pass http://$host;");
    let named =
        "server_tokens off; server { server_name a.example; include to; } server { return 444; }";
    assert_eq!(places(&[target, ("/etc/nginx/nginx.conf", named)]), (Vec::new(), Vec::new()));
    assert_eq!(places(&[target]).0, [(0, "nginx-proxy-target", 1)]);
}

#[test]
fn rings_and_bombs_of_includes_end() {
    let ring = [("/etc/nginx/a", "include b; autoindex on;"), ("/etc/nginx/b", "include a;")];
    assert_eq!(places(&ring).0, [(0, "nginx-autoindex", 1)]);
    let many = "include *;".repeat(200) + "autoindex on;";
    let names: Vec<String> = (0..40).map(|number| format!("/etc/nginx/{number}")).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), many.as_str())).collect();
    let began = std::time::Instant::now();
    assert!(!places(&files).0.is_empty());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn includes_that_are_not_here_are_named_and_nothing_is_lacking() {
    let text = "http { include mime.types; include /srv/a.conf; server { include b*; } }";
    let unseen = vec!["/srv/a.conf".to_owned(), "b*".to_owned()];
    assert_eq!(places(&[("/etc/nginx/nginx.conf", text)]), (Vec::new(), unseen));
}
