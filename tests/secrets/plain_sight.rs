//! Programs whose start nobody knows: an error, or with an exception values that only who runs
//! Compose hands over.

use crate::support::{Project, text};

const DESCRIPTION: &str = r#"name: plain
domain: app.example.com
services:
  app:
    image: "acme/app:1"
    user: "1000:1000"
    health: {command: [/bin/true]}
    env_secrets: {APP_SECRET: app_secret, "app.dotted": url}
secrets:
  app_secret: {generate: {}}
  url: {template: "redis://:{{ app_secret }}@cache:6379"}
"#;

const EXCEPTION: &str = "exceptions:\n  - {control: secrets-as-files, service: app, reason: \"how the image starts is not known\"}\n";

#[test]
fn without_an_exception_it_is_an_error_that_names_the_ways_out() {
    let project = Project::described(DESCRIPTION);
    let refused = project.run(&["generate"]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("unknown-entrypoint") && said.contains("unknown: [start]"), "{said}");
}

#[test]
fn with_one_exec_hands_the_values_over() {
    let project = Project::described(&format!("{DESCRIPTION}{EXCEPTION}"));
    project.succeed(&["generate"]);
    let drawn = project.read("deploy/production/compose.yaml");
    assert!(drawn.contains("APP_SECRET: \"${PORTCULLIS_SECRET_APP_SECRET:?"), "{drawn}");
    assert!(drawn.contains("app.dotted: \"${PORTCULLIS_SECRET_URL:?"), "{drawn}");
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let to = folder.path().join("unsealed");
    let script = "test ${#PORTCULLIS_SECRET_APP_SECRET} = 43 && \
                  test \"$PORTCULLIS_SECRET_URL\" = \"redis://:$PORTCULLIS_SECRET_APP_SECRET@cache:6379\"";
    let to = to.to_str().unwrap();
    project.succeed(&["secrets", "exec", "--to", to, "--", "sh", "-c", script]);
    let report = project.read("deploy/production/HARDENING.md");
    assert!(report.contains("how the image starts is not known"), "{report}");
}

/// The word says the same as the exception, and asks for what would make it unneeded.
#[test]
fn a_start_that_is_called_unknown_is_that_exception() {
    let excepted = Project::described(&format!("{DESCRIPTION}{EXCEPTION}"));
    let said = DESCRIPTION.replacen("    health:", "    unknown: [start]\n    health:", 1);
    let unknown = Project::described(&said);
    let drawn = [&excepted, &unknown].map(|project| {
        project.succeed(&["generate"]);
        project.read("deploy/production/compose.yaml")
    });
    // The hash of the description is what has to differ.
    let hash = |line: &&str| !line.starts_with("  description: ");
    let [long, short] = drawn.map(|text| text.lines().filter(hash).collect::<String>());
    assert!(short.contains("PORTCULLIS_SECRET_APP_SECRET"), "{short}");
    assert_eq!(short, long);
    let report = unknown.read("deploy/production/HARDENING.md");
    assert!(report.contains("not known yet how it starts"), "{report}");
    assert!(report.contains("write `entrypoint: [PROGRAM]`, then remove `unknown:`"), "{report}");
}
