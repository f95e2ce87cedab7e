//! What a project tells base images to run, and what of it runs to its end.

use crate::typical::imported;

/// A service of the description, as one line.
fn described(text: &str, name: &str) -> String {
    let from = text.split_once(&format!("\n  {name}: ")).unwrap().1;
    let further = from.lines().skip(1).take_while(|line| line.starts_with("      "));
    let own = from.lines().take(1).chain(further);
    own.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The drawn keys of a service, as one line.
fn drawn(project: &crate::support::Project, name: &str) -> String {
    let drawn = project.read("deploy/production/compose.yaml");
    let from = drawn.split_once(&format!("\n  {name}:\n")).unwrap().1.to_owned();
    let own = from.lines().take_while(|line| line.starts_with("    "));
    own.filter(|line| !line.contains('#')).map(str::trim).collect::<Vec<_>>().join(" ")
}

const BASES: &str = r#"services:
  perms: {image: "busybox:1.36", command: [sh, -c, "chown -R 1000:1000 /data"], volumes: ["data:/data"]}
  app: {image: "node:22", working_dir: /app, command: [npm, start], volumes: ["data:/data"]}
  site: {image: "php:8.3-apache", ports: ["80:80"]}
  queue: {image: "php:8.3-apache", command: [php, artisan, "queue:work"]}
  told: {image: "alpine:3.20", user: "1000:1000", read_only: true, command: [crond, -f]}
volumes: {data: {}}
"#;

#[test]
fn what_a_base_image_is_told_to_run_is_not_known() {
    let (project, text, _) = imported(BASES, &[]);
    for name in ["perms", "app", "queue"] {
        let own = described(&text, name);
        assert!(own.contains("use: ") && own.contains("unknown: [user, writes]"), "{text}");
        let drawn = drawn(&project, name);
        assert!(drawn.contains("cap_add: - CHOWN - DAC_OVERRIDE - FOWNER"), "{drawn}");
        assert!(!drawn.contains("read_only: true") && !drawn.contains("user: "), "{drawn}");
    }
    // The check of the server that it does not run.
    assert!(!drawn(&project, "queue").contains("curl"), "{text}");
    let report = project.read("deploy/production/HARDENING.md");
    assert!(report.contains("what busybox:1.36 is told to run"), "{report}");
}

#[test]
fn a_base_image_that_runs_its_own_program_stays_known() {
    let (project, text, _) = imported(BASES, &[]);
    for name in ["site", "told"] {
        assert!(!described(&text, name).contains("unknown"), "{text}");
        let drawn = drawn(&project, name);
        assert!(drawn.contains("read_only: true") && !drawn.contains("cap_add"), "{drawn}");
    }
    assert!(drawn(&project, "site").contains("user: \"33:33\""));
}

const JOBS: &str = r#"services:
  certs-init: {image: "acme/init:1", entrypoint: [sh, -c], command: ["echo x > /c/x; tail -f /dev/null"]}
  init: {image: "acme/init:1", command: [make-folders]}
  setup: {image: "acme/setup:1", command: [make-certificates]}
  db-init: {image: "acme/init:1", restart: always}
  load: {image: "acme/load:1", restart: "no", command: [sh, -c, "crond -f"]}
  migrate: {image: "acme/web:1", command: [migrate]}
  permissions: {image: "acme/web:1", entrypoint: [sh, -xc], command: ["if true; then\n chown -R 1:1 /x\nfi"]}
  web:
    image: acme/web:1
    ports: ["80:80"]
    depends_on:
      certs-init: {condition: service_started}
      setup: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
"#;

#[test]
fn only_what_ends_is_waited_for() {
    let (_, text, _) = imported(JOBS, &[]);
    for (name, once) in [
        ("certs-init", false),
        ("init", true),
        ("setup", false),
        ("db-init", false),
        ("load", false),
        ("migrate", true),
        ("permissions", true),
    ] {
        assert_eq!(described(&text, name).contains("once: true"), once, "{name}\n{text}");
    }
}

#[test]
fn a_start_is_waited_for_unless_the_end_is_in_sight() {
    let endless = "services:\n  conf-init: {image: 'alpine:3.20', command: [sh, -c, 'x; sleep infinity']}\n  \
                   web: {image: 'acme/web:1', ports: ['80:80'], depends_on: [conf-init]}\n";
    assert!(!imported(endless, &[]).1.contains("once"));
    let ends = endless.replace("sleep infinity", "echo done");
    assert!(imported(&ends, &[]).1.contains("once: true"));
    // Nobody knows what this one does: to wait for its end may be to wait for ever.
    let silent = endless.replace("[sh, -c, 'x; sleep infinity']", "[/start]");
    assert!(!imported(&silent, &[]).1.contains("once"));
    let said = silent.replace("[/start]", "[/start], restart: on-failure");
    assert!(imported(&said, &[]).1.contains("once: true"));
}

const BUILT: &str = r#"services:
  api:
    build: {context: ./api, target: release, args: {STAGE: live}}
    image: acme/api
    ports: ["80:80"]
  worker: {image: "acme/api:latest", command: work, depends_on: [api]}
  other: {image: "acme/api:2", command: work}
"#;

#[test]
fn an_image_that_another_service_builds_is_built_where_it_is_used() {
    let (project, text, told) = imported(BUILT, &["--explain"]);
    for name in ["api", "worker"] {
        assert!(described(&text, name).contains("context: api"), "{text}");
        let drawn = drawn(&project, name);
        assert!(drawn.contains("target: release") && drawn.contains("STAGE: live"), "{drawn}");
    }
    assert!(described(&text, "other").contains("image: acme/api:2"), "{text}");
    let line = "| `services.worker.image` | kept | `api` builds this image: it is built here from the same |";
    assert!(told.contains(line), "{told}");
}
