//! What more than one value must be looked at to refuse: names that are not there, two that want
//! one place, values that a control does not let through. Each at its line, nothing written.

mod support;

use portcullis::description::Document;
use portcullis::diagnostic::Problems;
use portcullis::lock::Lock;
use portcullis::pipeline;
use portcullis::targets::compose::TARGET;
use support::{Project, text};
use time::macros::date;

const BASE: &str = r#"name: base
domain: app.example.com
hosts: {files: files.example.com}
auth:
  default: user
  user: {validator: app/check, identity: {X-User-Id: x-user-id}}
  robot: {api_key: robot_key}
rates: {default: 60/min burst 20}
services:
  app:
    build: {context: app, runtime: python}
    command: [python, app.py]
    port: 8000
    health: /health
    needs: [postgres]
    settings: {MODE: live}
    secrets: [database_url]
    volumes: {uploads: /data}
    routes: {/: {}, /open: {auth: none}, /robot: {auth: robot}}
  worker:
    build: {context: app, runtime: python}
    command: [python, worker.py]
    health: {command: [python, ping.py]}
    needs: [app]
  postgres: {use: "postgres:17", databases: {app: [app]}}
static: {/uploads/: {volume: uploads, auth: none}}
allow_lists: {office: [203.0.113.0/24]}
secrets:
  database_url: {template: "postgres://app:{{ postgres_app_password }}@postgres:5432/app"}
  robot_key: {generate: {length: 43}}
  id: {provided: true, minimum: 16, readers: people}
"#;

/// (what it shows, text that is replaced, by what, code of the mistake)
const CASES: &[(&str, &str, &str, &str)] = &[
    ("unknown service in needs", "needs: [postgres]", "needs: [postgrs]", "unknown-name"),
    (
        "unknown service of a validator",
        "validator: app/check",
        "validator: ap/check",
        "unknown-name",
    ),
    ("unknown secret", "secrets: [database_url]", "secrets: [database_uri]", "unknown-name"),
    (
        "unknown secret in a template",
        "{{ postgres_app_password }}",
        "{{ postgres_ap_password }}",
        "unknown-name",
    ),
    ("unknown secret of a key", "api_key: robot_key", "api_key: robot_kee", "unknown-name"),
    ("unknown policy", "/robot: {auth: robot}", "/robot: {auth: robots}", "unknown-name"),
    ("unknown default policy", "default: user", "default: usr", "unknown-name"),
    ("unknown rate", "/open: {auth: none}", "/open: {auth: none, rate: slow}", "unknown-name"),
    (
        "unknown allow list",
        "/open: {auth: none}",
        "/open: {auth: none, allow: home}",
        "unknown-name",
    ),
    ("unknown volume", "volume: uploads, auth", "volume: upload, auth", "unknown-name"),
    ("unknown host", "/open: {auth: none}", "/open: {auth: none, host: file}", "unknown-name"),
    ("unknown image", "use: \"postgres:17\"", "use: \"postgrez:17\"", "unknown-image"),
    ("unknown address", "MODE: live", "MODE: \"{{ urls.nowhere }}\"", "unknown-name"),
    (
        "a secret in a setting's hole",
        "MODE: live",
        "MODE: \"{{ robot_key }}\"",
        "secret-in-setting",
    ),
    ("a cycle", "needs: [postgres]", "needs: [postgres, worker]", "cycle"),
    (
        "a name that leads to two",
        "needs: [postgres]",
        "aliases: [App]\n    needs: [postgres]",
        "name-taken",
    ),
    ("a service that needs itself", "needs: [app]", "needs: [worker]", "cycle"),
    ("a template made of itself", "{{ postgres_app_password }}", "{{ database_url }}", "cycle"),
    (
        "two routes for one location",
        "needs: [app]",
        "port: 1\n    routes: {/open: {}}\n    needs: [app]",
        "duplicate-route",
    ),
    ("a route and files for one location", "/uploads/: {volume", "/: {volume", "duplicate-route"),
    ("one host twice", "files: files.example.com", "files: app.example.com", "duplicate-host"),
    ("a path of the gateway", "/open: {auth: none}", "/__gw/x: {auth: none}", "reserved-path"),
    (
        "a path of ACME",
        "/open: {auth: none}",
        "/.well-known/acme-challenge/: {auth: none}",
        "reserved-path",
    ),
    ("routes without a port", "needs: [app]", "routes: {/w: {}}\n    needs: [app]", "no-port"),
    (
        "a role for who does not need it",
        "databases: {app: [app]}",
        "databases: {app: [app, worker]}",
        "not-a-consumer",
    ),
    ("a database for nobody who needs it", "needs: [app]", "needs: [app, postgres]", "no-database"),
    (
        "a lock file of another runtime",
        "runtime: python}",
        "runtime: python, lock: Cargo.lock}",
        "wrong-value",
    ),
    (
        "arguments for a Dockerfile that is drawn",
        "runtime: python}",
        "runtime: python, args: {A: b}}",
        "wrong-value",
    ),
    ("no command", "    command: [python, app.py]\n", "", "missing-key"),
    (
        "a forbidden setting",
        "name: base",
        "name: base\nenvironments: {production: {forbidden_settings: [MODE]}}",
        "forbidden-setting",
    ),
    (
        "an unknown control",
        "name: base",
        "name: base\nexceptions: [{control: read-only-rot, service: app, reason: x}]",
        "unknown-control",
    ),
    (
        "an unused exception",
        "name: base",
        "name: base\nexceptions: [{control: privileged, service: app, reason: x}]",
        "unused-exception",
    ),
    (
        "an expired exception",
        "name: base",
        "name: base\nexceptions: [{control: hsts, reason: x, until: 2020-01-01}]\ntls: {hsts: 0}",
        "expired-exception",
    ),
    (
        "`*` on a protected route",
        "/robot: {auth: robot}",
        "/robot: {auth: robot, cors: {origins: [\"*\"]}}",
        "cors",
    ),
    ("no rate at all", "/open: {auth: none}", "/open: {auth: none, rate: none}", "rate-limits"),
    ("hsts off", "name: base", "name: base\ntls: {hsts: 0}", "hsts"),
    (
        "a secret in the settings",
        "MODE: live",
        "API_TOKEN: q8fJ2kLm0zXw71Bv",
        "secret-looking-settings",
    ),
    ("a route without a policy", "  default: user\n", "", "route-auth"),
    ("a floating tag", "use: \"postgres:17\"", "use: \"postgres:latest\"", "image-tag"),
    (
        "a control socket",
        "uploads: /data",
        "/var/run/docker.sock: /var/run/docker.sock",
        "control-socket",
    ),
    (
        "a privileged service",
        "MODE: live}",
        "MODE: live}\n    compose: {privileged: true}",
        "privileged",
    ),
    (
        "a published port",
        "MODE: live}",
        "MODE: live}\n    compose: {ports: [\"8000:8000\"]}",
        "published-ports",
    ),
    (
        "a label of Compose among raw keys",
        "MODE: live}",
        "MODE: live}\n    compose: {labels: {com.docker.compose.project: other}}",
        "wrong-value",
    ),
    (
        "an added capability",
        "MODE: live}",
        "MODE: live}\n    compose: {cap_add: [NET_ADMIN]}",
        "capabilities",
    ),
    (
        "a secret that nobody reads",
        "  robot_key:",
        "  lonely: {generate: {length: 43}}\n  robot_key:",
        "secret-readers",
    ),
    (
        "sign-in for everybody",
        "  robot: {api_key: robot_key}",
        "  robot: {api_key: robot_key}\n  staff: {oidc: {issuer: 'https://id.example.com', client_id: x, client_secret: id}}",
        "oidc-restriction",
    ),
    (
        "a known image that is called unknown",
        "use: \"postgres:17\"",
        "use: \"postgres:17\", unknown: [writes]",
        "known-after-all",
    ),
    (
        "an unknown version beside a version",
        "use: \"postgres:17\"",
        "use: \"postgres:17\", unknown: [version]",
        "known-after-all",
    ),
    (
        "a drawn Dockerfile whose image is called unknown",
        "command: [python, ping.py]}",
        "command: [python, ping.py]}\n    unknown: [user]",
        "known-after-all",
    ),
    (
        "an unknown user beside a user",
        "  worker:",
        "  tool: {image: 'acme/tool:1', user: '1000:1000', unknown: [user]}\n  worker:",
        "known-after-all",
    ),
    (
        "unknown writes below a read-only root",
        "  worker:",
        "  tool: {image: 'acme/tool:1', unknown: [writes], compose: {read_only: true}}\n  worker:",
        "known-after-all",
    ),
    (
        "an unknown start beside an entrypoint",
        "  worker:",
        "  tool: {image: 'acme/tool:1', entrypoint: [/run], unknown: [start], env_secrets: {K: robot_key}}\n  worker:",
        "known-after-all",
    ),
    (
        "an unknown start without a secret",
        "  worker:",
        "  tool: {image: 'acme/tool:1', unknown: [start]}\n  worker:",
        "unused-word",
    ),
    (
        "an unknown thing named twice",
        "  worker:",
        "  tool: {image: 'acme/tool:1', unknown: [writes, writes]}\n  worker:",
        "wrong-value",
    ),
    (
        "a capability beyond what an unknown image keeps",
        "  worker:",
        "  tool: {image: 'acme/tool:1', unknown: [user], compose: {cap_add: [NET_ADMIN]}}\n  worker:",
        "capabilities",
    ),
    ("a header of the gateway", "X-User-Id: x-user-id", "Host: x-user-id", "reserved-header"),
    (
        "a key that is too short",
        "robot_key: {generate: {length: 43}}",
        "robot_key: {provided: true, minimum: 8}",
        "secret-length",
    ),
];

fn problems(description: &str) -> Problems {
    let mut problems = Problems::new();
    let document = Document::read(0, description, &mut problems);
    if let Some(document) = document {
        let today = date!(2026 - 11 - 22);
        pipeline::hardened(
            &document,
            "production",
            &TARGET,
            &Lock::default(),
            today,
            &mut problems,
        );
    }
    problems
}

#[test]
fn the_base_is_right() {
    let problems = problems(BASE);
    let found: Vec<_> = problems.iter().collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_mistake_is_named_at_its_place() {
    for (what, from, to, code) in CASES {
        assert!(BASE.contains(from), "{what}: the base has no {from:?}");
        let problems = problems(&BASE.replacen(from, to, 1));
        let found: Vec<_> = problems.iter().collect();
        let named = found.iter().find(|problem| problem.code == *code);
        let named = named.unwrap_or_else(|| panic!("{what}: no {code} in {found:#?}"));
        assert!(named.at.is_some(), "{what}: {code} has no place");
        assert!(named.help.is_some(), "{what}: {code} does not say what to write");
    }
}

/// The line that a refusal prints is the exception that it speaks of.
#[test]
fn the_exception_that_is_printed_is_accepted() {
    let controls: Vec<&str> = portcullis::controls::ALL.iter().map(|c| c.id()).collect();
    let mut tried = 0;
    for (what, from, to, code) in CASES.iter().filter(|(.., code)| controls.contains(code)) {
        let description = BASE.replacen(from, to, 1);
        let problems = problems(&description);
        let entries: Vec<String> = problems
            .iter()
            .filter(|problem| problem.code == *code)
            .filter_map(|problem| {
                Some(problem.help.as_ref()?.split_once(" reads - ")?.1.to_owned())
            })
            .collect();
        assert!(!entries.is_empty(), "{what}: no exception is printed");
        let lines: String = entries.iter().map(|entry| format!("  - {entry}\n")).collect();
        let left = self::problems(&format!("{description}exceptions:\n{lines}"));
        let left: Vec<&str> = left.iter().map(|problem| problem.code).collect();
        let others: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        let others: Vec<&str> = others.into_iter().filter(|other| other != code).collect();
        assert_eq!(left, others, "{what}: {lines}");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn one_mistake_of_a_policy_is_told_once() {
    let staff = |keys: &str| {
        let policy = format!("  robot: {{api_key: robot_key}}\n  staff: {{oidc: {{{keys}}}}}");
        BASE.replacen("  robot: {api_key: robot_key}", &policy, 1).replacen(
            ", readers: people",
            "",
            1,
        )
    };
    for (keys, code) in [
        ("issuer: 'https://a.example', client_id: x, client_secret: id", "oidc-restriction"),
        (
            "issuer: 'https://a.example', client_id: x, client_secret: id, groups: [' ']",
            "wrong-value",
        ),
        ("issuer: '{{ urls.fils }}', client_id: x, client_secret: id, groups: [a]", "unknown-name"),
        (
            "issuer: 'https://a.example', client_id: x, client_secret: ids, groups: [a]",
            "unknown-name",
        ),
    ] {
        let problems = problems(&staff(keys));
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{keys}");
    }
}

/// A default that is not there is one mistake, whether no route takes it or several do.
#[test]
fn an_unknown_default_policy_is_told_once() {
    let misspelt = BASE.replacen("default: user", "default: usr", 1);
    let taken_by_none = misspelt.replacen("/: {}", "/: {auth: user}", 1);
    for description in [misspelt, taken_by_none] {
        let problems = problems(&description);
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["unknown-name"]);
    }
}

#[test]
fn all_mistakes_come_at_once_and_nothing_is_written() {
    let mut description = BASE.to_owned();
    for (from, to) in [
        ("needs: [postgres]", "needs: [postgrs]"),
        ("/robot: {auth: robot}", "/robot: {host: nowhere, auth: robots}"),
        ("volume: uploads, auth", "volume: upload, auth"),
    ] {
        description = description.replacen(from, to, 1);
    }
    let project = Project::described(&description);
    let before = project.files();
    let refused = project.run(&["generate"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    for word in
        ["`postgrs`", "`nowhere`", "`robots`", "`upload`", "portcullis.yaml:15:", "did you mean"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(project.files(), before);
}

/// Where something else lies, nothing is drawn; nor does anything move.
#[test]
fn a_folder_that_holds_something_else_is_not_drawn_into() {
    let project = Project::new("minimal");
    project.succeed(&["generate", "--env", "dev", "--out", "elsewhere"]);
    let before = project.files();
    for (folder, code, words) in [
        (".", 2, "is the project's own folder"),
        ("./", 2, "is the project's own folder"),
        ("secrets", 2, "holds the sealed bundles"),
        ("./Secrets/x", 2, "holds the sealed bundles"),
        (".git/hooks", 2, "belongs to git"),
        ("deploy", 2, "holds the environments' folders"),
        ("deploy/dev", 2, "belongs to another environment"),
        ("deploy/dev/below", 2, "belongs to another environment"),
        ("deploy/production/gateway", 2, "lies in deploy/production, which is drawn itself"),
        ("x/.portcullis", 2, "where portcullis keeps its own notes"),
        ("/tmp", 2, "it is absolute"),
        ("../x", 2, "`..`"),
        ("portcullis.lock", 3, "is not a folder"),
        ("elsewhere", 3, "is drawn for the environment `dev`, not for `production`"),
    ] {
        let refused = project.run(&["generate", "--out", folder]);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(code), "{folder}: {said}");
        assert!(said.contains(words), "{folder}: {said}");
    }
    assert_eq!(project.files(), before);
    project.succeed(&["generate", "--out", "./further/one/"]);
    assert!(project.succeed(&["generate", "--out", "further/one"]).contains("nothing to do"));
}

#[test]
fn another_description_is_begun_by_its_name_or_refused() {
    let project = Project::empty("begun");
    std::fs::create_dir(project.root()).unwrap();
    let refused = project.run(&["new", "shop", "-f", "other.yaml"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("it reads no other.yaml"), "{said}");
    assert!(project.files().is_empty());
    let said = project.succeed(&["init", "-f", "other.yaml"]);
    assert!(said.contains("`portcullis generate --file other.yaml`"), "{said}");
    project.succeed(&["generate", "--file", "other.yaml"]);
    assert!(!project.files().contains_key("portcullis.yaml"));
}
