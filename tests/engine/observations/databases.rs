//! Databases: one role per consumer with least rights, the administrator's password nowhere else, and
//! data that outlives its containers.

use std::fs;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::finish;
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "databases::postgres_has_a_role_per_consumer",
        proves: &["MY-12", "WS-17"],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Running,
        look: postgres_has_a_role_per_consumer,
    },
    Observation {
        name: "databases::postgres_members_own_nothing",
        proves: &["MY-12"],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Running,
        look: postgres_members_own_nothing,
    },
    Observation {
        name: "databases::redis_consumers_cannot_administer",
        proves: &["MY-12"],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Running,
        look: redis_consumers_cannot_administer,
    },
    Observation {
        name: "databases::only_the_database_holds_the_administrators_password",
        proves: &["MY-12", "WS-17"],
        on: Presets::Only(&["web-api", "wavestack", "myloware"]),
        moment: Moment::Running,
        look: only_the_database_holds_the_administrators_password,
    },
    Observation {
        name: "databases::data_outlives_down_and_up",
        proves: &[],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Disturbing,
        look: data_outlives_down_and_up,
    },
];

/// The consumers may sign in and are nothing more; the script that makes them may run again.
fn postgres_has_a_role_per_consumer(stack: &Stack) {
    let rights = "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication \
                  OR rolbypassrls FROM pg_roles WHERE rolcanlogin ORDER BY rolname";
    let expected = "app|f\nmigrate|f\npostgres|t\n";
    assert_eq!(administrator(stack, rights), expected);
    let again = ["sh", "/docker-entrypoint-initdb.d/10-roles.sh"];
    let again = stack.inside("postgres", &again);
    assert!(again.status.success(), "the script's second run: {}", said(&again));
    assert_eq!(administrator(stack, rights), expected);
    let stored = "SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%'";
    assert_eq!(administrator(stack, stored), "3\n");
}

/// The owner makes tables; a member reads and writes them, makes none, and sees no other database.
fn postgres_members_own_nothing(stack: &Stack) {
    let (owner, member) = (value(stack, "migrate_url"), value(stack, "database_url"));
    query(stack, &owner, "CREATE TABLE IF NOT EXISTS kept (word text)").expect("the owner's table");
    query(stack, &member, "INSERT INTO kept VALUES ('by the member')").expect("a member writes");
    let denied = query(stack, &member, "CREATE TABLE mine (word text)");
    assert!(denied.as_ref().is_err_and(|why| why.contains("permission denied")), "{denied:?}");
    let denied = query(stack, &member, "DROP TABLE kept");
    assert!(denied.as_ref().is_err_and(|why| why.contains("must be owner")), "{denied:?}");
    let (server, _) = member.rsplit_once('/').expect("a database in the URL");
    let denied = query(stack, &format!("{server}/postgres"), "SELECT 1");
    assert!(denied.as_ref().is_err_and(|why| why.contains("permission denied")), "{denied:?}");
    let wrong = member.replacen("@postgres", "x@postgres", 1);
    let denied = query(stack, &wrong, "SELECT 1");
    assert!(denied.as_ref().is_err_and(|why| why.contains("authentication failed")), "{denied:?}");
}

/// A consumer reads and writes; configuration, users and the end of the server are not its own.
fn redis_consumers_cannot_administer(stack: &Stack) {
    let url = value(stack, "redis_url");
    let redis = |arguments: &[&str]| {
        let mut command = vec!["redis-cli", "--no-auth-warning"];
        command.extend(arguments);
        said(&stack.inside("redis", &command))
    };
    let consumer = |words: &[&str]| redis(&[&["-u", url.as_str()], words].concat());
    assert_eq!(consumer(&["SET", "kept", "word"]), "OK\n");
    assert_eq!(consumer(&["GET", "kept"]), "word\n");
    for words in [
        ["CONFIG", "GET", "*"].as_slice(),
        &["ACL", "LIST"],
        &["SHUTDOWN", "NOSAVE"],
        &["REPLICAOF", "198.51.100.80", "6379"],
        &["MODULE", "LIST"],
    ] {
        let answer = consumer(words);
        assert!(answer.contains("NOPERM"), "{words:?}: {answer}");
    }
    assert!(redis(&["PING"]).contains("NOAUTH"), "without a password: {}", redis(&["PING"]));
    let health = ["--user", "health", "--pass", "health"];
    assert_eq!(redis(&[&health[..], &["PING"]].concat()), "PONG\n");
    let denied = redis(&[&health[..], &["GET", "kept"]].concat());
    assert!(denied.contains("NOPERM"), "the health check's user: {denied}");
}

/// No other container has the file or the value.
fn only_the_database_holds_the_administrators_password(stack: &Stack) {
    let password = value(stack, "postgres_password");
    for service in stack.running().into_iter().filter(|service| *service != "postgres") {
        let read = stack.inside(service, &["sh", "-c", "cat /run/secrets/* 2>/dev/null; true"]);
        assert!(!said(&read).contains(&password), "{service} can read it");
    }
    let held = stack.inside("postgres", &["cat", "/run/secrets/postgres_password"]);
    assert_eq!(said(&held).trim(), password);
}

fn data_outlives_down_and_up(stack: &Stack) {
    let owner = value(stack, "migrate_url");
    query(stack, &owner, "CREATE TABLE IF NOT EXISTS kept (word text)").expect("a table");
    query(stack, &owner, "INSERT INTO kept VALUES ('before')").expect("a row");
    finish(&mut stack.compose(&["down"]), "");
    stack.up();
    let rows = query(stack, &owner, "SELECT DISTINCT word FROM kept WHERE word = 'before'");
    assert_eq!(rows.as_deref(), Ok("before\n"));
}

/// What the administrator's question is answered, unaligned.
fn administrator(stack: &Stack, sql: &str) -> String {
    let line = "PGPASSWORD=$(cat /run/secrets/postgres_password) psql --no-psqlrc -h postgres \
                -U postgres -d postgres -At -c \"$0\"";
    let output = stack.inside("postgres", &["sh", "-c", line, sql]);
    assert!(output.status.success(), "{sql}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a consumer's question is answered, or why not.
pub fn query(stack: &Stack, url: &str, sql: &str) -> Result<String, String> {
    let output = stack.inside("postgres", &["psql", "--no-psqlrc", "-At", "-q", url, "-c", sql]);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(out) } else { Err(said(&output)) }
}

/// An unsealed value.
pub fn value(stack: &Stack, name: &str) -> String {
    let path = format!("/run/portcullis/{}/production/{name}", stack.preset());
    let value = fs::read_to_string(stack.town.on_machine(&path));
    value.unwrap_or_else(|e| panic!("{path}: {e}")).trim().to_owned()
}
