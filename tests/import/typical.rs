//! Files as people write them: each is imported, says what it has to, and generates as it is.

use crate::support::Project;

/// Import a Compose file; the description, after it has generated.
pub(crate) fn imported(compose: &str, arguments: &[&str]) -> (Project, String, String) {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    project.write("compose.yaml", compose);
    let told = project.succeed(&[&["import", "compose.yaml"], arguments].concat());
    project.succeed(&["generate"]);
    let text = project.read("portcullis.yaml");
    (project, text, told)
}

fn holds(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_blog_with_its_database() {
    let (_, text, _) = imported(include_str!("wordpress.yaml"), &[]);
    holds(&text, &["accounts: false", "needs: [db]", "db_data: /var/lib/mysql", "routes: {/: "]);
    assert!(!text.contains("somewordpress"), "{text}");
}

#[test]
fn an_application_with_urls_and_a_migration() {
    let (project, text, _) = imported(include_str!("app.yaml"), &[]);
    holds(&text, &["once: true", ": \"postgres://", "replicas: 2", "my-cache:"]);
    assert!(!text.contains("correct-horse"), "{text}");
    let compose = project.read("deploy/production/compose.yaml");
    holds(&compose, &["target: release", "GIT_SHA: abc"]);
}

#[test]
fn what_http_cannot_carry_is_a_stream() {
    let (_, text, _) = imported(include_str!("mosquitto.yaml"), &[]);
    holds(&text, &["streams:", "1883/tcp", "MANUAL: say who uses it"]);
}

#[test]
fn what_the_original_needs_is_an_exception_with_a_reason() {
    let (_, text, _) = imported(include_str!("agent.yaml"), &[]);
    holds(&text, &["control: privileged", "control: control-socket", "version]"]);
}

#[test]
fn values_are_sealed_and_never_shown() {
    let (project, text, told) = imported(include_str!("app.yaml"), &["--seal", "--explain"]);
    holds(&told, &["sealed: ", "| before | after |", "`services.app.environment.DATABASE_URL`"]);
    let bundle = project.read("secrets/production.yaml");
    for shown in [&text, &told, &bundle] {
        assert!(!shown.contains("correct-horse"), "{shown}");
    }
    let values = project.secrets("production");
    assert!(
        values.values().any(|value| value.starts_with(b"correct-horse")),
        "{:?}",
        values.keys()
    );
}

#[test]
fn both_graphs_are_drawn_into_a_file_that_is_new() {
    let (project, _, _) = imported(include_str!("app.yaml"), &["--picture", "import.svg"]);
    let picture = project.read("import.svg");
    let (before, after) = picture.split_once(">after</text>").unwrap();
    assert!(before.starts_with("<svg ") && after.ends_with("</svg>\n"), "{picture}");
    // The gateway stands before the stack that import makes, and nowhere in the original.
    assert!(!before.contains(">gateway</text>") && after.contains(">gateway</text>"), "{picture}");
    assert!(!picture.contains("correct-horse"), "{picture}");
    std::fs::remove_file(project.root().join("portcullis.yaml")).unwrap();
    let again = project.run(&["import", "compose.yaml", "--picture", "import.svg"]);
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(project.read("import.svg"), picture);
    assert!(!project.root().join("portcullis.yaml").exists());
}

#[test]
fn every_name_of_a_service_still_finds_it() {
    let (project, text, _) = imported(
        "services:\n  my_db: {image: 'acme/db:1', container_name: shop-db}\n  xmpp: {image: 'acme/xmpp:1', networks: {n: {aliases: [xmpp.meet, web]}}}\n  web:\n    image: acme/web:1\n    ports: ['80:80']\n    links: ['xmpp:chat']\n    depends_on: [my_db]\n    environment: {DB_URL: 'http://my_db:5432/x'}\n    networks: [n, default]\nnetworks: {n: }\n",
        &[],
    );
    // Whose names lead to another service stays with that.
    let lines = ["aliases: [my_db, shop-db]", "aliases: [xmpp.meet, chat]", "http://my_db:5432/x"];
    holds(&text, &lines);
    let compose = project.read("deploy/production/compose.yaml");
    holds(
        &compose,
        &["      web--my-db:\n        aliases:\n          - my_db\n          - shop-db\n"],
    );
    assert!(!compose.contains("- web\n"), "{compose}");
}

#[test]
fn settings_name_the_public_address() {
    let (project, text, told) = imported(
        "services:\n  web:\n    image: acme/web:1\n    ports: ['3000:3000']\n    environment: {NEXTAUTH_URL: 'http://localhost:3000', PRERENDER: 'http://localhost:3000/x', DOCS: 'http://localhost:9999'}\n  api:\n    image: acme/api:1\n    ports: ['9000:80']\n    environment: {ORIGINS: 'http://localhost:3000,http://127.0.0.1:9000/a'}\n",
        &["--explain"],
    );
    let lines = [
        "NEXTAUTH_URL: \"{{ url",
        "PRERENDER: http://localhost:3000/x",
        "DOCS: http://localhost:9999",
    ];
    holds(&text, &lines);
    holds(&text, &["ORIGINS: \"{{ url"]);
    holds(
        &told,
        &[
            "| `services.web.environment.NEXTAUTH_URL` | kept | the public address is the gateway's |",
        ],
    );
    let compose = project.read("deploy/production/compose.yaml");
    assert!(compose.contains("NEXTAUTH_URL: https://"), "{compose}");
    assert!(!compose.contains("localhost:9000/a"), "{compose}");
}

#[test]
fn standard_input_is_a_file_too() {
    let (project, text, _) = imported(include_str!("app.yaml"), &[]);
    let compose = project.read("compose.yaml");
    std::fs::remove_file(project.root().join("portcullis.yaml")).unwrap();
    let output = project.feed(&["import", "-"], &compose);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(project.read("portcullis.yaml"), text);
    let found = |arguments: &[&str]| {
        let output = project.feed(&[&["audit"], arguments].concat(), &compose);
        String::from_utf8(output.stdout).unwrap()
    };
    let named = found(&["compose.yaml"]);
    assert_eq!(found(&["-"]).replace("-:", ":"), named.replace("compose.yaml:", ":"));
    // A file that is named twice is judged once.
    assert_eq!(found(&["compose.yaml", "compose.yaml"]), named);
}

#[test]
fn a_description_is_never_written_over() {
    let (project, text, _) = imported(include_str!("mosquitto.yaml"), &[]);
    let again = project.run(&["import", "compose.yaml"]);
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(project.read("portcullis.yaml"), text);
}

#[test]
fn the_time_zone_is_read_only_and_said_to_be() {
    let project = Project::empty("clock");
    std::fs::create_dir(project.root()).unwrap();
    let compose = "services:\n  web:\n    image: example/web:1\n    ports: ['8080:80']\n    \
                   volumes: ['/etc/localtime:/etc/localtime']\n";
    project.write("compose.yaml", compose);
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    assert!(told.contains("it tells the time zone"), "{told}");
    project.succeed(&["generate"]);
    let drawn = project.read("deploy/production/compose.yaml");
    let mount = drawn.split("source: /etc/localtime").nth(1).unwrap();
    assert!(mount.lines().take(4).any(|line| line.trim() == "read_only: true"), "{drawn}");
}
