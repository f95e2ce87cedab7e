//! Descriptions that are right are read whole and without a word.

use std::collections::BTreeSet;

use portcullis::description::{
    AllowedOrigin, ApiKeys, Description, Document, Hole, PolicyKind, SecretSource, Setting,
    VolumeSource, schema,
};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::stack::{
    Bytes, PolicyName, RoutePath, Seconds, SecretName, ServiceName, SettingName,
};
use serde_json::Value;

const EVERY_KEY: &str = include_str!("../fixtures/every-key.yaml");

fn read(name: &str, text: &str, environment: &str) -> Description {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let source = sources.add(name, text);
    let document = Document::read(source, text, &mut problems);
    let description = document.and_then(|d| d.environment(environment, &mut problems));
    assert!(problems.is_empty(), "{}", sources.report(&problems));
    description.unwrap()
}

fn every_key(environment: &str) -> Description {
    read("every-key.yaml", EVERY_KEY, environment)
}

fn service(description: &Description, name: &str) -> portcullis::description::Service {
    description.services[&ServiceName::new(name).unwrap()].clone()
}

/// Short forms say what the long ones say.
#[test]
fn short_forms_are_read_as_the_long_ones() {
    const TOP: &str = "name: x\ndomain: x.example.com\nservices:\n  app:\n    image: acme/app:1\n";
    let with = |keys: &str, end: &str| {
        let description = read("x.yaml", &format!("{TOP}{keys}{end}"), "production");
        (service(&description, "app"), description.secrets)
    };
    let short = with("    env_secrets: [A_KEY]\n", "secrets: {a_key: generate}\n");
    let long = with("    env_secrets: {A_KEY: a_key}\n", "secrets: {a_key: {generate: {}}}\n");
    assert_eq!(short, long);
    assert_eq!(with("", "secrets: {a: provided}\n"), with("", "secrets: {a: {provided: true}}\n"));
    assert_eq!(
        with("", "secrets: {a: generate, b: \"x{{ a }}\"}\n"),
        with("", "secrets: {a: {generate: {length: 43}}, b: {template: \"x{{ a }}\"}}\n")
    );
    let route = |keys: &str| {
        let (app, _) = with(&format!("    port: 80\n    routes: {{/: {keys}}}\n"), "");
        let route = app.routes[&RoutePath::new("/").unwrap()].clone();
        (route.auth.clone(), route.websocket, route.errors)
    };
    let long = route("{auth: none, websocket: true, errors: own}");
    assert_eq!(route("passthrough"), long);
    assert_eq!(route("{passthrough: true, body: 1m}"), long);
    assert_ne!(route("{passthrough: true, websocket: false}"), long);
    assert_eq!(route("{passthrough: false}"), route("{}"));
}

#[test]
fn every_preset_is_read_in_every_environment() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/presets/stacks");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // Reading a document checks it in each of its environments.
        read(&path.to_string_lossy(), &text, "production");
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

/// The keys of every map in the schema, but those of environments, which repeat them.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    for (name, value) in schema.as_object().into_iter().flatten() {
        if name == "properties" {
            found.extend(value.as_object().into_iter().flatten().map(|(key, _)| key.clone()));
        }
        if !name.starts_with("laid-over-") {
            keys(value, found);
        }
    }
    schema.as_array().into_iter().flatten().for_each(|item| keys(item, found));
}

#[test]
fn the_fixture_has_every_key() {
    let mut known = BTreeSet::new();
    keys(&serde_json::from_str(&schema()).unwrap(), &mut known);
    let words: BTreeSet<&str> =
        EVERY_KEY.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = known.iter().filter(|key| !words.contains(key.as_str())).collect();
    assert!(missing.is_empty() && known.len() > 80, "{missing:?}");
}

#[test]
fn values_arrive_as_they_are_written() {
    let description = every_key("production");
    let web = service(&description, "web");
    let build = web.build.as_ref().unwrap();
    assert_eq!(build.context.as_str(), "apps/web");
    assert_eq!(web.command.as_ref().unwrap().words(), ["node", "server.js", "--port", "3000"]);
    assert_eq!(web.port.unwrap().get(), 3000);
    assert_eq!(web.stop_grace.unwrap().value, Seconds(90));
    let limits = web.limits.as_ref().unwrap();
    assert_eq!((limits.memory.unwrap().value, limits.cpus.unwrap().0), (Bytes(1 << 30), 500));
    let setting = |name| web.settings[&SettingName::new(name).unwrap()].value.clone();
    let text = |name| match setting(name) {
        Setting::Text(template) => template.plain(),
        Setting::Required => None,
    };
    assert_eq!((text("WORKERS").as_deref(), text("DEBUG").as_deref()), (Some("4"), Some("false")));
    assert_eq!(setting("REGION"), Setting::Required);
    let volumes: Vec<_> = web
        .volumes
        .0
        .iter()
        .map(|(source, target)| {
            let source = match &source.value {
                VolumeSource::Named(name) => format!("volume {name}"),
                VolumeSource::Project(path) => format!("project {path}"),
                VolumeSource::Host(path) => format!("host {path}"),
            };
            format!("{source} {} {:?}", target.path, target.read_only)
        })
        .collect();
    assert_eq!(
        volumes,
        [
            "volume clips /data None",
            "project presets /etc/presets Some(false)",
            "host /srv/x /x Some(true)"
        ]
    );
    let route = &web.routes[&RoutePath::new("/").unwrap()];
    let origins = &route.cors.as_ref().unwrap().origins;
    assert_eq!(origins.iter().map(|o| o.value.clone()).collect::<Vec<_>>(), [AllowedOrigin::Any]);
}

#[test]
fn policies_and_secrets_know_their_kind() {
    let description = every_key("production");
    let policy = |name| &description.auth.policies[&PolicyName::new(name).unwrap()].kind;
    assert!(
        matches!(policy("session"), PolicyKind::Validator(v) if v.path.as_str() == "/internal/session")
    );
    assert!(
        matches!(policy("robot"), PolicyKind::ApiKey(key) if matches!(key.keys.value, ApiKeys::One(_)))
    );
    assert!(matches!(policy("partners"), PolicyKind::ApiKey(key)
        if matches!(&key.keys.value, ApiKeys::PerClient(clients) if clients.len() == 2)));
    let PolicyKind::Oidc(oidc) = policy("staff") else { panic!("staff is no oidc policy") };
    let holes: Vec<_> = oidc.issuer.holes().map(|hole| (&hole.value, hole.at.column)).collect();
    assert!(matches!(holes.as_slice(), [(Hole::UrlOf(host), 16)] if host.as_str() == "sso"));
    let secret = |name| &description.secrets[&SecretName::new(name).unwrap()];
    assert!(
        matches!(secret("session_key").source, SecretSource::Generated(length) if length.0 == 64)
    );
    assert!(secret("smoke_test_key").for_people && !secret("session_key").for_people);
}

#[test]
fn an_environment_removes_with_null() {
    let dev = every_key("dev");
    let web = service(&dev, "web");
    assert!(web.egress.is_none() && web.build.as_ref().unwrap().packages.is_empty());
    assert_eq!(web.routes.len(), 2);
    assert!(dev.is_local() && dev.tls.as_ref().unwrap().email.is_none());
    assert_eq!(dev.publish.as_ref().unwrap().http.unwrap().get(), 80);
}
