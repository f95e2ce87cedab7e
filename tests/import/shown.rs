//! Descriptions that import writes, as people read them: a file under `snapshots/imported/` for each.
//!
//! Beside each stands what it is for: the stack that it makes has the original's services and
//! volumes, and the gateway.

use std::path::Path;

use super::typical::imported;

#[test]
fn a_blog_with_its_database() {
    shown(
        "blog",
        include_str!("wordpress.yaml"),
        &["db", "gateway", "wordpress"],
        &["db_data", "wp_data"],
    );
}

#[test]
fn an_application_with_a_migration() {
    let services = ["app", "gateway", "migrate", "my-cache", "postgres"];
    shown("application", include_str!("app.yaml"), &services, &["my-cache-data", "pgdata"]);
}

#[test]
fn a_broker_that_http_cannot_reach() {
    shown("broker", include_str!("mosquitto.yaml"), &["gateway", "mosquitto"], &["data"]);
}

#[test]
fn an_agent_that_steers_the_engine() {
    shown("agent", include_str!("agent.yaml"), &["agent", "gateway"], &[]);
}

#[test]
fn a_proxy_told_by_labels() {
    shown("labelled", include_str!("labelled.yaml"), &["gateway", "web"], &[]);
}

/// Holds the description of `compose` against its snapshot, and the stack that it makes against
/// what has to be in it.
fn shown(name: &str, compose: &str, services: &[&str], volumes: &[&str]) {
    let (project, text, _) = imported(compose, &[]);
    let drawn = project.read("deploy/production/compose.yaml");
    assert_eq!(keys(&drawn, "services"), services, "{drawn}");
    assert_eq!(keys(&drawn, "volumes"), volumes, "{drawn}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/imported"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // Every run of the tests has another identity.
    let text = text.split_inclusive('\n').map(|line| match line.starts_with("recipients: ") {
        true => "recipients: [KEY]\n",
        false => line,
    });
    let text: String = text.collect();
    settings.bind(|| insta::assert_snapshot!(format!("{name}.yaml"), text));
}

/// The names below a top-level key, sorted.
fn keys(drawn: &str, key: &str) -> Vec<String> {
    let lines = drawn.lines().skip_while(|line| *line != format!("{key}:")).skip(1);
    let below = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    let name = |line: &str| {
        let name = line.strip_prefix("  ")?.split_once(':')?.0;
        (!name.starts_with([' ', '#'])).then(|| name.trim_matches('"').to_owned())
    };
    let mut names: Vec<String> = below.filter_map(name).collect();
    names.sort();
    names
}
