//! Small projects, each made for one rule.

use super::*;
use crate::compose::load::{Memory, Request, load};
use crate::diagnostic::{Problems, Sources, looks_secret};

fn read(yaml: &str, env: &str, interpolate: bool) -> Project {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let files = Memory::new([("p/compose.yaml", yaml), ("p/.env", env)]);
    let request = Request { interpolate, ..Request::of("p/compose.yaml") };
    load(&request, &files, &mut sources, &mut problems).expect(yaml)
}

fn settings(yaml: &str, env: &str, used: &[&str]) -> Settings {
    let used = used.iter().map(|name| (*name).to_owned()).collect();
    let (project, written) = (read(yaml, env, true), read(yaml, env, false));
    of(&Ground {
        project: &project,
        written: Some(&written),
        unset: &[],
        knowledge: &Knowledge,
        used: &used,
    })
}

/// One line for each thing that is written.
fn told(settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, service) in &settings.services {
        for (key, value) in &service.settings {
            let value = match value {
                Setting::Text(text) => text.as_str(),
                Setting::Required(_) => "?",
            };
            lines.push(format!("{name} {key}={value}"));
        }
        lines.extend(service.env_secrets.iter().map(|(key, one)| format!("{name} {key}<{one}")));
        lines.extend(service.secrets.iter().map(|one| format!("{name} <{one}")));
    }
    for (name, secret) in &settings.secrets {
        lines.push(match &secret.source {
            Source::Generated => format!("{name} generated"),
            Source::Provided => format!("{name} provided"),
            Source::Template(text) => format!("{name} = {text}"),
        });
    }
    lines
}

fn app(environment: &str) -> String {
    format!(
        "services:\n  app: {{image: 'acme/app:1', entrypoint: [/run.sh], environment: {{{environment}}}}}\n  my_db: {{image: 'acme/db:1'}}\n"
    )
}

#[test]
fn variables_become_settings_or_secrets() {
    for (environment, env, expected) in [
        ("A: b", "", "app A=b"),
        ("A: '${A}'", "", "app A=?"),
        ("A: '${A:-}'", "", "app A="),
        ("A: '${A:-x}'", "", "app A=x"),
        ("A: '${B}'", "B=c", "app A=c"),
        ("A: ", "", "app A=?"),
        // What a project's own values leave out is empty, as Compose has it.
        ("A: '${A}'", "B=c", "app A="),
        ("A: 'x${A}'", "B=c", "app A=x"),
        ("A: , API_TOKEN: ", "B=c", ""),
        ("SMTP_PASS: '${SMTP_PASS}'", "B=c", "app SMTP_PASS="),
        ("DB_HOST: my_db", "", "app DB_HOST=my_db"),
        ("DB_NAME: my_db", "", "app DB_NAME=my_db"),
        ("API_TOKEN: abc", "", "app API_TOKEN<api_token;api_token provided"),
        ("API_TOKEN: ", "", "app API_TOKEN<api_token;api_token provided"),
        (
            "USE_TOKEN: 'true', TOKEN: 12, KEY: /a/b, X_TOKEN: ''",
            "",
            "app KEY=/a/b;app TOKEN=12;app USE_TOKEN=true;app X_TOKEN=",
        ),
        (
            "JAVA_OPTS: '-Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom'",
            "",
            "app JAVA_OPTS<java_opts;java_opts = -Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom",
        ),
        (
            "JWT_PRIVATE_KEY: abcdefgh",
            "",
            "app JWT_PRIVATE_KEY<jwt_private_key;jwt_private_key provided",
        ),
        ("DB_PASS: 1234", "", "app DB_PASS<db_pass;db_pass generated"),
        ("SMTP_PASS: '${SMTP_PASS}'", "", "app SMTP_PASS<smtp_pass;smtp_pass provided"),
        ("X: '${PW}', Y: '${PW}'", "PW=zX9kLm2Qw8pRt5Vb7nYc3", "app X<pw;app Y<pw;pw provided"),
        (
            "URL: 'redis://:${PW}@my_db:6379/0'",
            "PW=abc",
            "app URL<url;pw provided;url = redis://:{{ pw }}@my_db:6379/0",
        ),
        (
            "URL: 'postgres://u:abc@my_db/x', PW_PASSWORD: abc",
            "",
            "app PW_PASSWORD<pw_password;app URL<url;pw_password generated;url = postgres://u:{{ pw_password }}@my_db/x",
        ),
        (
            "URL: 'postgres://${DB_USER}:${DB_PASSWORD}@my_db/${DB_NAME}', DB_USER: '${DB_USER}'",
            "",
            "app DB_USER=app;app URL<url;db_password generated;url = postgres://app:{{ db_password }}@my_db/app",
        ),
        ("URL: 'postgres://u:${DB_PASSWORD}@${SOMEWHERE}/x'", "", "app URL<url;url provided"),
        (
            "C: 'Host=my_db:1;Password=abc'",
            "",
            "app C<c;app_c_password provided;c = Host=my_db:1;Password={{ app_c_password }}",
        ),
        (
            "A_TOKEN: hunter2hunter2, X: 'a hunter2hunter2'",
            "",
            "app A_TOKEN<a_token;app X<x;a_token provided;x = a {{ a_token }}",
        ),
        (
            "A_SECRET: same, B_SECRET: same",
            "",
            "app A_SECRET<a_secret;app B_SECRET<a_secret;a_secret generated",
        ),
        (
            "A_USERNAME: kibanaserver, A_PASSWORD: kibanaserver",
            "",
            "app A_USERNAME=kibanaserver;app A_PASSWORD<a_password;a_password generated",
        ),
        (
            "ENCRYPTION_KEY: '00000000000000000000000000000000', ERLANG_COOKIE: some-cookie",
            "",
            "app ENCRYPTION_KEY<encryption_key;app ERLANG_COOKIE<erlang_cookie;encryption_key provided;erlang_cookie provided",
        ),
    ] {
        let told = told(&settings(&app(environment), env, &[]));
        assert_eq!(told.join(";"), expected, "{environment}");
    }
}

#[test]
fn only_what_any_text_does_for_is_drawn() {
    for (name, value, source) in [
        ("JWT_PRIVATE_KEY", "eyJhbGciOiAiUlMyNTYiLCAia3R5IjogIlJTQSIsICJuIjogInFhdVV", "provided"),
        (
            "APP_OPTS",
            "-Xms64m -XX:+UseG1GC -Djava.egd=file:/dev/urandom -Dx=zX9kLm2Qw8pRt5Vb7nYc3",
            "provided",
        ),
        ("API_TOKEN", "abc", "generated"),
    ] {
        let yaml = format!(
            "services:\n  a: {{image: 'acme/a:1', environment: {{{name}: '{value}'}}}}\n  b: {{image: 'acme/b:1', environment: {{{name}: '{value}'}}}}\n"
        );
        let told = told(&settings(&yaml, "", &[]));
        let expected = format!("{} {source}", name.to_lowercase());
        assert_eq!(told.last(), Some(&expected), "{name}");
    }
}

#[test]
fn images_get_secrets_in_their_own_way() {
    let yaml = "services:\n  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: abc}}\n";
    let told_as = |used: &[&str], yaml: &str| told(&settings(yaml, "", used)).join(";");
    assert_eq!(
        told_as(&["db"], yaml),
        "db POSTGRES_PASSWORD<postgres_password;postgres_password generated"
    );
    assert_eq!(
        told_as(&[], yaml),
        "db POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password;db <postgres_password;postgres_password generated"
    );
    let unknown = "services:\n  app: {image: 'acme/app:1', environment: {APP_SECRET: abc}}\n";
    let settings = settings(unknown, "", &[]);
    assert!(settings.services["app"].in_plain_sight.is_some());
}

#[test]
fn redis_reads_its_password_from_a_file() {
    let yaml = "services:\n  cache: {image: 'redis:7', command: 'redis-server --requirepass ${REDIS_PASSWORD} --appendonly yes'}\n  app: {image: 'acme/app:1', environment: {REDIS_PASSWORD: '${REDIS_PASSWORD}'}}\n";
    let settings = settings(yaml, "", &["cache"]);
    let cache = &settings.services["cache"];
    let command = cache.command.clone().unwrap();
    assert!(
        command[2].contains("requirepass \"$(cat /run/secrets/redis_password)\""),
        "{command:?}"
    );
    assert_eq!(command[3..], ["redis", "--appendonly", "yes"]);
    assert!(cache.health.clone().unwrap()[2].contains("REDISCLI_AUTH"));
    assert!(cache.secrets.contains("redis_password"));
    assert!(settings.services["app"].env_secrets["REDIS_PASSWORD"].as_str() == "redis_password");
    let open = self::settings("services:\n  cache: {image: 'redis:7'}\n", "", &["cache"]);
    let cache = &open.services["cache"];
    assert_eq!(cache.command, Some(vec!["redis-server".to_owned()]));
}

#[test]
fn lines_read_files() {
    for (keys, health, command) in [
        (
            "healthcheck: {test: 'curl -u admin:$$ADMIN_PASSWORD http://localhost'}",
            "curl -u admin:$(cat /run/secrets/admin_password) http://localhost",
            "",
        ),
        (
            "healthcheck: {test: [CMD, curl, -u, 'admin:${ADMIN_PASSWORD}', 'http://localhost/a b']}",
            "curl -u admin:\"$(cat /run/secrets/admin_password)\" 'http://localhost/a b'",
            "",
        ),
        (
            "command: [sh, -c, \"run '${ADMIN_PASSWORD}' $$ADMIN_PASSWORD\"]",
            "",
            "sh|-c|run ''\"$(cat /run/secrets/admin_password)\"'' $ADMIN_PASSWORD",
        ),
        ("command: [run, '--token=${ADMIN_PASSWORD}']", "", "run|--token="),
        ("healthcheck: {test: 'true'}", "", ""),
    ] {
        let yaml = format!(
            "services:\n  app: {{image: 'acme/app:1', entrypoint: [/run.sh], environment: {{ADMIN_PASSWORD: '${{ADMIN_PASSWORD}}'}}, {keys}}}\n"
        );
        let settings = settings(&yaml, "", &[]);
        let app = &settings.services["app"];
        let line = app.health.as_ref().map(|words| words[2].clone()).unwrap_or_default();
        assert_eq!(line, health, "{keys}");
        assert_eq!(app.command.clone().unwrap_or_default().join("|"), command, "{keys}");
        assert_eq!(app.manual.len(), usize::from(keys.contains("--token")), "{keys}");
    }
}

#[test]
fn files_of_the_project_become_secrets() {
    let yaml = "services:\n  app: {image: 'a:1', secrets: [db-pass], environment: {DB_FILE: /run/secrets/db-pass}}\nsecrets: {db-pass: {file: ./pw.txt}}\n";
    let settings = settings(yaml, "", &[]);
    let told = told(&settings).join(";");
    assert_eq!(told, "app DB_FILE=/run/secrets/db_pass;app <db_pass;db_pass provided");
}

#[test]
fn values_are_not_printed() {
    let yaml = app("A_PASSWORD: hunter2hunter2, URL: 'redis://:hunter3hunter3@my_db'");
    let settings = settings(&yaml, "", &[]);
    assert_eq!(settings.secrets.values().filter(|secret| secret.value.is_some()).count(), 2);
    assert!(!format!("{settings:?}").contains("hunter"), "{settings:?}");
}

#[test]
fn what_the_reader_refuses_is_no_setting() {
    let yaml = app("X: 'zX9kLm2Qw8pRt5Vb7nYc3', Y: 'a https://u:p@h'");
    for (name, setting) in &settings(&yaml, "", &[]).services["app"].settings {
        let Setting::Text(text) = setting else { continue };
        assert!(!looks_secret(name.as_str(), text), "{name}={text}");
    }
}

#[test]
fn a_default_password_is_that_of_the_database_which_its_text_names() {
    let yaml = "services:\n  app: {image: 'acme/app:1', environment: {ADMIN_PASSWORD: '${ADMIN_PASSWORD:-password}', DATABASE_URL: 'postgres://postgres:password@db:5432/x'}}\n  db: {image: 'acme/db:1', environment: {POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-password}'}}\n";
    let told = told(&settings(yaml, "", &[])).join(";");
    assert!(told.contains("app ADMIN_PASSWORD<admin_password"), "{told}");
    assert!(told.contains("db POSTGRES_PASSWORD<postgres_password"), "{told}");
    assert!(told.contains("postgres://postgres:{{ postgres_password }}@db:5432/x"), "{told}");
}
