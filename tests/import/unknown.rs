//! Images that nobody knows: what import says of them, what such a service keeps, and what the
//! report asks for.

use crate::support::Project;

const COMPOSE: &str = r#"services:
  shop:
    image: acme/shop:4
    environment: {API_TOKEN: q8fJ2kLm0zXw71Bv}
  worker:
    image: acme/worker:4
    user: "1000:1000"
    read_only: true
  tunnel:
    image: acme/tunnel:4
    cap_add: [NET_ADMIN]
    cap_drop: [SETUID]
  guest:
    image: acme/guest:4
    user: root
"#;

fn imported(compose: &str) -> (Project, String) {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    project.write("compose.yaml", compose);
    project.succeed(&["import", "compose.yaml"]);
    project.succeed(&["generate"]);
    let text = project.read("portcullis.yaml");
    (project, text)
}

/// The keys of a service in the drawn file, as one line.
fn service(project: &Project, name: &str) -> String {
    let drawn = project.read("deploy/production/compose.yaml");
    let from = drawn.split_once(&format!("\n  {name}:\n")).unwrap().1;
    let own = from.lines().take_while(|line| line.starts_with("    "));
    own.filter(|line| !line.contains('#')).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn import_says_in_a_word_what_is_not_known() {
    let (project, text) = imported(COMPOSE);
    assert!(text.contains("unknown: [user, writes, start]"), "{text}");
    assert!(!text.contains("not known yet which"), "{text}");
    let kept = "cap_add: - CHOWN - DAC_OVERRIDE - FOWNER - SETGID - SETUID";
    assert!(service(&project, "shop").contains(kept), "{}", service(&project, "shop"));
    assert!(!service(&project, "shop").contains("read_only: true"));
}

#[test]
fn what_the_original_says_is_not_unknown() {
    let (project, text) = imported(COMPOSE);
    let worker = text.split("  worker:").nth(1).unwrap().split("  tunnel:").next().unwrap();
    assert!(!worker.contains("unknown"), "{text}");
    let drawn = service(&project, "worker");
    assert!(drawn.contains("read_only: true") && !drawn.contains("cap_add"), "{drawn}");
    // Root may still hand over to somebody.
    let guest = text.split("  guest:").nth(1).unwrap();
    assert!(guest.contains("unknown: [user, writes]"), "{text}");
}

#[test]
fn a_capability_that_the_original_takes_away_does_not_come_back() {
    let (project, _) = imported(COMPOSE);
    let drawn = service(&project, "tunnel");
    let kept = "cap_add: - CHOWN - DAC_OVERRIDE - FOWNER - NET_ADMIN - SETGID ";
    assert!(drawn.contains(kept) && !drawn.contains("SETUID"), "{drawn}");
}

/// The word is short for two exceptions and five capabilities: what is drawn does not differ.
#[test]
fn the_word_keeps_what_the_exceptions_kept() {
    let head = "name: x\ndomain: x.example.com\nservices:\n  app:\n    image: acme/app:1\n    health: {command: [/bin/true]}\n";
    let long = "    compose: {cap_add: [CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID]}\n\
        exceptions:\n\
        - {control: capabilities, service: app, reason: 'not known yet who runs it: it may start as root and hand over'}\n\
        - {control: read-only-root, service: app, reason: 'not known yet which paths it writes'}\n";
    let [short, long] = ["    unknown: [user, writes]\n", long].map(|rest| {
        let project = Project::described(&format!("{head}{rest}"));
        project.succeed(&["generate"]);
        let drawn = |file: &str| project.read(&format!("deploy/production/{file}"));
        // The hash of the description is what has to differ.
        let hash = |line: &&str| !line.starts_with("  description: ");
        let compose: Vec<String> =
            drawn("compose.yaml").lines().filter(hash).map(str::to_owned).collect();
        (compose, drawn(".compose-lint.yml"))
    });
    assert!(short.1.contains("not known yet who runs it"), "{}", short.1);
    assert_eq!(short, long);
}

#[test]
fn the_report_asks_for_what_nobody_has_said() {
    let (project, _) = imported(COMPOSE);
    let report = project.read("deploy/production/HARDENING.md");
    let advice = "`portcullis probe acme/shop:4` shows it: write `user: 'UID:GID'`, \
                  `writable: [/PATH]` and `entrypoint: [PROGRAM]`, then remove `unknown:`";
    assert!(report.contains(advice), "{report}");
    assert!(!report.contains("probe acme/worker:4"), "{report}");
}

#[test]
fn an_image_of_which_nothing_is_said_is_named_too() {
    let described = |user: &str| {
        let project = Project::described(&format!(
            "name: x\ndomain: x.example.com\nservices:\n  app: {{image: 'acme/app:1', {user}health: {{command: [/bin/true]}}}}\n"
        ));
        project.succeed(&["generate"]);
        project.read("deploy/production/HARDENING.md")
    };
    let line = "nobody knows acme/app:1: its user, volumes and paths are assumptions";
    assert!(described("").contains(line));
    assert!(!described("user: '1000:1000', ").contains(line));
}
