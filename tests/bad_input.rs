//! Every mistake that reading a description can find: at its place, with what to write instead,
//! and all of them in one run.

use camino::Utf8Path;
use indoc::indoc;
use portcullis::description::{Document, load};
use portcullis::diagnostic::{Problems, Sources, looks_secret};
use portcullis::stack::{ServiceName, SettingName};
use proptest::prelude::*;

/// What reading `text` reports: `LINE:COLUMN CODE message (help)`, in order.
fn mistakes(text: &str) -> Vec<String> {
    let mut problems = Problems::new();
    Document::read(0, text, &mut problems);
    problems
        .iter()
        .map(|d| {
            let at = d.at.unwrap_or_default();
            let help = d.help.as_deref().unwrap_or_default();
            format!("{}:{} {} {} ({help})", at.line, at.column, d.code, d.message)
        })
        .collect()
}

/// The one mistake of a service that is otherwise right.
fn in_service(key: &str) -> String {
    let text = format!("name: x\nservices:\n  app:\n    {key}\n");
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "{text} {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

/// The one mistake of a description that is otherwise right.
fn at_the_top(key: &str) -> String {
    let text = format!("name: x\n{key}\n");
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "{text} {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn mistakes_of_a_service_are_named_at_their_place() {
    for (key, expected) in [
        ("prot: 3000", "4:5 unknown-key a service has no key `prot` (did you mean `port`?)"),
        (
            "ports: [\"80:80\"]",
            "4:5 unknown-key a service has no key `ports` (only the gateway publishes",
        ),
        (
            "environment: {A: b}",
            "4:5 unknown-key a service has no key `environment` (write `settings:`",
        ),
        ("depends_on: [db]", "4:5 unknown-key a service has no key `depends_on` (write `needs:`"),
        (
            "privileged: true",
            "4:5 unknown-key a service has no key `privileged` (remove it; if nothing else works: `compose:",
        ),
        (
            "mtls: true",
            "4:5 unknown-key a service has no key `mtls` (mutual TLS between the gateway and a service is not available",
        ),
        (
            "kubernetes: {}",
            "4:5 unknown-key a service has no key `kubernetes` (there is no Kubernetes target",
        ),
        (
            "port: http",
            "4:11 wrong-value `http` is not a whole number (write a whole number from 1 to 65535)",
        ),
        (
            "port: 0",
            "4:11 wrong-value `0` is not within the bounds (write a whole number from 1 to 65535)",
        ),
        ("port: 65536", "4:11 wrong-value `65536` is not within the bounds"),
        ("port: 0755", "4:11 wrong-value `0755` is not a whole number"),
        ("port: [80]", "4:11 wrong-type a whole number is expected here, not a list"),
        (
            "egress: yes",
            "4:13 wrong-type true or false is expected here, not text (write true or false",
        ),
        ("egress: 'true'", "4:13 wrong-type true or false is expected here"),
        ("needs: db", "4:12 wrong-type a list is expected here, not text (write a list"),
        (
            "needs: [gateway-x]",
            "4:13 wrong-value `gateway-x` is not a service's name (`gateway` and `gateway-*`",
        ),
        (
            "command: node server.js",
            "4:14 wrong-type a list is expected here, not text (write program and arguments as a list: [node, server.js])",
        ),
        ("command: []", "4:14 wrong-value a command needs a program"),
        ("command: [\"a\\0\"]", "4:15 wrong-value the argument holds a control character"),
        ("image: 'a b'", "4:12 wrong-value `a b` is not an image"),
        ("user: -1:0", "4:11 wrong-value `-1:0` is not a user (write UID:GID"),
        (
            "health: {command: [a], path: /x}",
            "4:28 unknown-key a health check has no key `path` (write `health: /path`",
        ),
        ("health: health", "4:13 wrong-value `health` is not a path (must be a URL path"),
        (
            "volumes: {c: /data}",
            "4:15 wrong-value `c` is not something to mount (it must hold only letters",
        ),
        (
            "volumes: {~/x: /data}",
            "4:15 wrong-value `~/x` is not something to mount (`~` differs from person to person",
        ),
        (
            "volumes: {./../x: /data}",
            "4:15 wrong-value `./../x` is not something to mount (it leaves the project",
        ),
        (
            "volumes: {data/x: /data}",
            "4:15 wrong-value `data/x` is not something to mount (a path of the project starts with `./`",
        ),
        (
            "volumes: {clips: data}",
            "4:22 wrong-value `data` is not a place to mount (write an absolute path",
        ),
        (
            "volumes: {clips: '/data:z'}",
            "4:22 wrong-value `/data:z` is not a place to mount (only `:ro` and `:rw`",
        ),
        (
            "volumes: ['clips:/data']",
            "4:14 wrong-type a map is expected here, not a list (write a map: {clips: /data})",
        ),
        ("writable: [/]", "4:16 wrong-value `/` is not a path of the container (the root itself"),
        (
            "build: {context: ../x, runtime: go}",
            "4:22 wrong-value `../x` is not a path of the project (it leaves the project",
        ),
        (
            "build: {context: /x, runtime: go}",
            "4:22 wrong-value `/x` is not a path of the project (write a path inside",
        ),
        (
            "build: {context: ., runtime: ruby}",
            "4:34 wrong-value `ruby` is not a runtime (write node, python",
        ),
        ("build: {runtime: go}", "4:12 missing-key a build needs the key `context`"),
        (
            "build: {context: ., runtime: go, args: {}}",
            "4:38 unknown-key a build has no key `args` (build arguments end up in the image",
        ),
        ("limits: {memory: 0}", "4:22 wrong-value `0` is not a size (must be an amount"),
        ("limits: {cpus: -1}", "4:20 wrong-value `-1` is not a share of processors"),
        (
            "ulimits: {nofile: {soft: 2, hard: 1}}",
            "4:23 wrong-value the soft limit is above the hard one",
        ),
        ("ulimits: {files: 1}", "4:15 wrong-value `files` is not a limit's name"),
        ("stop_grace: 10", "4:17 wrong-value `10` is not a time (must be a time such as 30s"),
        ("settings: {A: [b]}", "4:19 wrong-type text is expected here, not a list"),
        ("settings: {A-B: c}", "4:16 wrong-value `A-B` is not a setting's name"),
        ("settings: {A: '{{ urls.Auth }}'}", "4:20 template nothing fills this hole"),
        ("settings: {A: 'x {{ url'}", "4:22 template a hole `{{` without its end"),
        (
            "secrets: [DB-Password]",
            "4:15 wrong-value this is not the name of a secret (it must start with",
        ),
        ("backup: {schedule: often, keep: 3}", "4:24 wrong-value `often` is not a schedule"),
        ("compose: [privileged]", "4:14 wrong-type a map is expected here"),
        ("routes: {/a b: {}}", "4:14 wrong-value `/a b` is not a path"),
        ("routes: {/: {auth: None}}", "4:24 wrong-value `None` is not a policy"),
        (
            "routes: {/: {rate: 5/min}}",
            "4:24 wrong-value `5/min` is not a rate's name (write the name of a rate",
        ),
        ("routes: {/: {methods: [get]}}", "4:28 wrong-value `get` is not a method"),
        (
            "routes: {/: {cors: {origins: ['https://x/']}}}",
            "4:35 wrong-value `https://x/` is not an origin",
        ),
        ("routes: {/: {webhook: {}}}", "4:27 missing-key a webhook needs the key `signature`"),
    ] {
        let found = in_service(key);
        assert!(found.starts_with(expected), "{key}\n found {found}\nwanted {expected}");
    }
}

#[test]
fn mistakes_at_the_top_are_named_at_their_place() {
    for (key, expected) in [
        (
            "servces: {}",
            "2:1 unknown-key the description has no key `servces` (did you mean `services`?)",
        ),
        (
            "networks: {}",
            "2:1 unknown-key the description has no key `networks` (networks follow from",
        ),
        (
            "forbidden_settings: []",
            "2:1 unknown-key the description has no key `forbidden_settings` (it belongs into one",
        ),
        (
            "name: y",
            "2:1 duplicate-key the key `name` stands twice in one map (keep one of the two; the other is in line 1)",
        ),
        (
            "services: {a--b: {}}",
            "2:12 wrong-value `a--b` is not a service's name (it must not hold '--'",
        ),
        (
            "services: {gateway: {}}",
            "2:12 wrong-value `gateway` is not a service's name (`gateway` and",
        ),
        (
            "services: {App: {}}",
            "2:12 wrong-value `App` is not a service's name (it must start with a lower",
        ),
        ("services: [a]", "2:11 wrong-type a map is expected here, not a list"),
        (
            "domain: Example.com",
            "2:9 wrong-value `Example.com` is not a host name (it must be a DNS name in lower",
        ),
        ("domain: exаmple.com", "2:9 wrong-value `exаmple.com` is not a host name"),
        ("publish: {address: localhost}", "2:20 wrong-value `localhost` is not an IP address"),
        ("publish: {https: 70000}", "2:18 wrong-value `70000` is not within the bounds"),
        ("trusted_proxies: [10.0.0.1/8]", "2:19 wrong-value `10.0.0.1/8` is not an address range"),
        ("tls: {minimum: 1.1}", "2:16 wrong-value `1.1` is not a version of TLS"),
        (
            "rates: {login: 5/hour}",
            "2:16 wrong-value `5/hour` is not a rate (must be a rate such as",
        ),
        ("cors: {origins: [example.com]}", "2:18 wrong-value `example.com` is not an origin"),
        (
            "cors: {origins: ['https://a.b:443']}",
            "2:18 wrong-value `https://a.b:443` is not an origin (leave the scheme's own port out",
        ),
        ("blocked: [api]", "2:11 wrong-value `api` is not a path"),
        (
            "streams: {25: {service: a, port: 1, reason: b}}",
            "2:11 wrong-value `25` is not a port (write PORT/tcp",
        ),
        (
            "streams: {25/tcp: {service: a, port: 1}}",
            "2:19 missing-key a stream needs the key `reason`",
        ),
        (
            "auth: {user: {}}",
            "2:14 missing-key a policy needs one of `validator`, `api_key` and `oidc`",
        ),
        ("auth: {user: {validator: a/b, api_key: c}}", "2:14 wrong-value a policy is one of"),
        (
            "auth: {user: {validator: ab}}",
            "2:26 wrong-value `ab` is not a validator (write SERVICE/PATH",
        ),
        (
            "auth: {user: {validator: a/b, forward: true}}",
            "2:40 wrong-value `header` and `forward` belong to `api_key`",
        ),
        ("auth: {none: {validator: a/b}}", "2:8 wrong-value `none` is not a policy's name"),
        (
            "auth: {a: {oidc: {issuer: 'https://x', client_id: y, client_secret: z}}}",
            "2:18 missing-key an oidc policy needs `groups` or `email_domains`",
        ),
        (
            "auth: {a: {oidc: {issuer: 'http://x', client_id: y, client_secret: z, groups: [g]}}}",
            "2:27 wrong-value the issuer is no https URL",
        ),
        (
            "secrets: {a: {}}",
            "2:14 missing-key a secret needs one of `template`, `generate` and `provided`",
        ),
        ("secrets: {a: {provided: true, generate: {}}}", "2:14 wrong-value a secret is one of"),
        ("secrets: {a: {provided: false}}", "2:25 wrong-value `provided` is true or not there"),
        (
            "secrets: {a: {generate: {length: 8}}}",
            "2:34 wrong-value `8` is not within the bounds (write a whole number from 16 to 1024)",
        ),
        (
            "secrets: {a: {generate: {}, minimum: 50}}",
            "2:38 wrong-value 43 characters are drawn, fewer than the minimum",
        ),
        (
            "secrets: {a: {provided: true, readers: ci}}",
            "2:40 wrong-value `ci` is not a kind of reader",
        ),
        ("exceptions: [{control: x}]", "2:14 missing-key an exception needs the key `reason`"),
        (
            "exceptions: [{control: x, reason: \"a\\nb\"}]",
            "2:35 wrong-value `a\\u{a}b` is not a reason",
        ),
        (
            "exceptions: [{control: x, reason: y, until: 2027-02-30}]",
            "2:45 wrong-value `2027-02-30` is not a day",
        ),
        ("recipients: [AGE-SECRET-KEY-1ABC]", "2:14 wrong-value"),
        ("environments: {dev: {name: y}}", "2:22 unknown-key an environment has no key `name`"),
        (
            "environments: {dev: {domian: y}}",
            "2:22 unknown-key the description has no key `domian` (did you mean `domain`?)",
        ),
        ("environments: {dev: 1}", "2:21 wrong-type a map is expected here"),
        ("environments: {Dev: {}}", "2:16 wrong-value `Dev` is not an environment's name"),
    ] {
        let found = at_the_top(key);
        assert!(found.starts_with(expected), "{key}\n found {found}\nwanted {expected}");
    }
}

#[test]
fn names_admit_nothing_that_means_something_elsewhere() {
    let long = "a".repeat(300);
    let bad = [
        "a..b",
        "a/b",
        "a\nb",
        "a'b",
        "a\"b",
        "a;b",
        "a{b",
        "a$b",
        "a#b",
        "a\0b",
        "а",
        "",
        long.as_str(),
        "a\u{202e}b",
        "a`b",
        "a b",
        "a|b",
        "a\\b",
        "a<b",
        "-a",
    ];
    for name in bad {
        let key = serde_json::to_string(name).unwrap();
        for text in [
            format!("name: {key}"),
            format!("name: x\nservices: {{{key}: {{}}}}"),
            format!("name: x\nservices: {{app: {{needs: [{key}]}}}}"),
            format!("name: x\nservices: {{app: {{settings: {{{key}: a}}}}}}"),
            format!("name: x\nservices: {{app: {{secrets: [{key}]}}}}"),
            format!("name: x\nservices: {{app: {{databases: {{{key}: []}}}}}}"),
            format!("name: x\nservices: {{app: {{profile: {key}}}}}"),
            format!("name: x\nhosts: {{{key}: a.b}}"),
            format!("name: x\ndomain: {key}"),
            format!("name: x\nauth: {{{key}: {{api_key: a}}}}"),
            format!("name: x\nauth: {{u: {{api_key: {{{key}: a}}}}}}"),
            format!("name: x\nauth: {{u: {{validator: a/b, identity: {{{key}: a}}}}}}"),
            format!("name: x\nrates: {{{key}: 5/s}}"),
            format!("name: x\nallow_lists: {{{key}: []}}"),
            format!("name: x\nsecrets: {{{key}: {{provided: true}}}}"),
            format!("name: x\nexceptions: [{{control: {key}, reason: a}}]"),
        ] {
            // Profiles are Compose's own words, which admit two dots.
            if !(text.contains("profile") && name == "a..b") {
                assert!(!mistakes(&text).is_empty(), "{text}");
            }
        }
    }
}

#[test]
fn every_mistake_of_a_file_is_found_in_one_run() {
    let text = indoc! {"
        name: Shop
        services:
          app:
            prot: 3000
            needs: [db, Db]
            routes:
              api: {}
              /x: {auht: none}
          -bad: {}
        auth: {user: {validtor: a/b}}
        environments:
          staging: {services: {app: {port: 0}}, rates: 5}
    "};
    let places: Vec<_> =
        mistakes(text).iter().map(|m| m.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        places,
        [
            "1:7 wrong-value",
            "4:5 unknown-key",
            "5:17 wrong-value",
            "7:7 wrong-value",
            "8:12 unknown-key",
            "9:3 wrong-value",
            "10:15 unknown-key",
            "12:36 wrong-value",
            "12:48 wrong-type",
        ]
    );
}

#[test]
fn what_is_right_beside_a_mistake_is_still_read() {
    let mut problems = Problems::new();
    let text = "name: x\nservices: {app: {port: 0, egress: true}, db: {}, Bad: {}}\n";
    let document = Document::read(0, text, &mut problems).unwrap();
    let description = document.environment("production", &mut problems).unwrap();
    let name = |text| ServiceName::new(text).unwrap();
    assert!(description.services[&name("app")].egress.is_some_and(|egress| *egress));
    assert_eq!(description.services.len(), 2);
    assert!(problems.is_spoiled("app") && problems.is_spoiled("Bad"));
    assert!(!problems.is_spoiled("db"));
}

#[test]
fn environments_are_laid_over() {
    let text = indoc! {"
        name: x
        domain: example.com
        blocked: [/a]
        services:
          app: {port: 80, settings: {A: one, B: two}, routes: {/: {}}}
          debug: {}
        environments:
          dev:
            domain: localhost
            publish: {address: 127.0.0.1}
            blocked: []
            services: {app: {settings: {A: three, C: four}}, debug: null}
            forbidden_settings: [D]
    "};
    let mut problems = Problems::new();
    let document = Document::read(0, text, &mut problems).unwrap();
    let dev = document.environment("dev", &mut problems).unwrap();
    let production = document.environment("production", &mut problems).unwrap();
    assert!(problems.is_empty(), "{}", Sources::new().report(&problems));
    assert!(dev.is_local() && !production.is_local());
    assert_eq!(dev.domain.as_ref().unwrap().as_str(), "localhost");
    assert_eq!(dev.domain.as_ref().unwrap().at.line, 9);
    assert!(dev.blocked.is_empty() && production.blocked.len() == 1);
    assert_eq!((dev.services.len(), production.services.len()), (1, 2));
    let settings = &dev.services[&ServiceName::new("app").unwrap()].settings;
    let names: Vec<_> = settings.keys().map(|name| (name.as_str(), name.at.line)).collect();
    assert_eq!(names, [("A", 5), ("B", 5), ("C", 12)]);
    assert_eq!(settings[&SettingName::new("A").unwrap()].at.line, 12);
    assert_eq!(dev.environments.len(), 1);
}

#[test]
fn an_unknown_environment_names_those_that_exist() {
    let mut problems = Problems::new();
    let text = "name: x\nenvironments: {staging: {}}\n";
    let document = Document::read(0, text, &mut problems).unwrap();
    assert!(document.environment("stagin", &mut problems).is_none());
    assert!(document.environment("qa", &mut problems).is_none());
    let helps: Vec<_> = problems.iter().filter_map(|d| d.help.clone()).collect();
    assert_eq!(helps, ["the environments are production, staging", "did you mean `staging`?"]);
}

#[test]
fn files_that_are_no_description_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| Utf8Path::from_path(folder.path()).unwrap().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
    write("latin1.yaml", b"name: x\n# caf\xe9\n");
    write("utf16.yaml", b"\xff\xfen\0a\0m\0e\0");
    let huge = std::fs::File::create(path("huge.yaml")).unwrap();
    huge.set_len(50 << 20).unwrap();
    for (name, code, message) in [
        ("missing.yaml", "missing-file", "there is no"),
        (".", "not-a-file", "is a folder"),
        ("latin1.yaml", "not-utf-8", "latin1.yaml:2:6: byte 14 of the file is no UTF-8"),
        ("utf16.yaml", "not-utf-8", "utf16.yaml:1:1: byte 1"),
        ("huge.yaml", "file-too-large", "is larger than the 4 MiB that are read"),
    ] {
        let error = load(&path(name), 0).unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.message.contains(message), "{}", error.message);
    }
}

#[test]
fn byte_order_marks_and_windows_line_ends_are_read() {
    for text in ["\u{feff}name: x\ndomian: y\n", "name: x\r\ndomian: y\r\n"] {
        let found = mistakes(text);
        assert!(found.len() == 1 && found[0].starts_with("2:1 unknown-key"), "{found:?}");
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("x.yaml", text);
        Document::read(source, text, &mut problems);
        let report = sources.report(&problems);
        assert!(report.contains("x.yaml:2:1") && report.contains("2 | domian: y\n"), "{report:?}");
    }
}

#[test]
fn no_message_and_no_excerpt_shows_a_secret() {
    let secret = "Hunter2-hunter2";
    for key in [
        format!("settings: {{DB_PASSWORD: [{secret}]}}"),
        format!("settings: {{DB_PASSWORD: \"{secret} {{{{ {secret} }}}}\"}}"),
        format!("env_secrets: {{DB_PASSWORD: {secret}}}"),
        format!("secrets: [{secret}]"),
        format!("command: server --password {secret}"),
        format!("settings: {{DB_PASSWORD: !{secret}}}"),
        format!("settings: {{DB_PASSWORD: *{secret}}}"),
        format!("settings: {{DB_PASSWORD: \"{secret}\n"),
        format!("settings: {{URL: 'postgres://a:{secret}@db'}}\n    port: x"),
        format!("healt: 'postgres://a:{secret}@db'"),
        format!("health: 'postgres://a:{secret}@db'"),
        format!("port: 'postgres://a:{secret}@db'"),
        format!("labels: {{SESSION_KEY: {{{secret}: 1}}}}"),
    ] {
        let text = format!("name: x\nservices:\n  app:\n    {key}\n");
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("x.yaml", text.clone());
        Document::read(source, &text, &mut problems);
        assert!(!problems.is_empty(), "{text}");
        let report = sources.report(&problems);
        assert!(!report.contains(secret), "{text}\n{report}");
    }
}

proptest! {
    #[test]
    fn a_secret_in_any_wrong_place_is_not_shown(
        name in "[A-Z]{1,6}_(PASSWORD|SECRET|TOKEN|KEY|DSN)",
        value in "[A-Za-z0-9!%&*+./:=?@^_~-]{8,40}",
        layout in 0usize..6,
    ) {
        prop_assume!(looks_secret(&name, &value));
        let text = match layout {
            0 => format!("name: x\nservices: {{app: {{settings: {{{name}: [\"{value}\"]}}}}}}\n"),
            1 => format!("name: x\nservices: {{app: {{env_secrets: {{{name}: \"{value}\"}}}}}}\n"),
            2 => format!("name: x\nservices: {{app: {{settings: {{{name}: \"{value}\", {name}: b}}}}}}\n"),
            3 => format!("name: x\nservices:\n  app:\n    labels:\n      {name}:\n        - \"{value}\"\n"),
            4 => format!("name: x\nservices:\n  app:\n    {name}: \"{value}\"\n"),
            _ => format!("name: x\nservices:\n  app:\n    settings: {{{name}: {value}\n"),
        };
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("x.yaml", text.clone());
        Document::read(source, &text, &mut problems);
        let report = sources.report(&problems);
        prop_assert!(!problems.is_empty() && !report.contains(&value), "{}\n{}", text, report);
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_reported_inside_it(
        parts in proptest::collection::vec(prop_oneof![
            Just("name: x\n"), Just("services:\n"), Just("  app:\n"), Just("    port: "), Just("0\n"),
            Just("    routes: {/: {auth: "), Just("}}\n"), Just("secrets: {a: {template: \"{{ "), Just(" }}\"}}\n"),
            Just("environments: {dev: {"), Just("auth: {default: "), Just("é"), Just("\u{feff}"), Just("\r\n"),
            Just("*a"), Just("&a "), Just("<<: "), Just("- "), Just("["), Just("null"), Just("\0"), Just("'"),
        ], 0..30),
    ) {
        let text = parts.concat();
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("x.yaml", text.clone());
        Document::read(source, &text, &mut problems);
        sources.report(&problems);
        let text = text.trim_start_matches('\u{feff}');
        for at in problems.iter().filter_map(|d| d.at) {
            let line = text.split('\n').nth(at.line as usize - 1);
            prop_assert!(line.is_some_and(|line| (at.column + at.length) as usize <= line.chars().count() + 2));
        }
    }
}
