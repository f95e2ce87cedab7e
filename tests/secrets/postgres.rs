//! Verifiers, and the script that makes roles of them, judged by a PostgreSQL server that listens
//! on a socket of its own and nowhere else.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use portcullis::secrets::derived::scram_verifier;

/// A server that ends with its value. It refuses to run as root, so root lends it a user.
struct Server {
    home: tempfile::TempDir,
    programs: PathBuf,
}

const LENT: u32 = 65534;

impl Server {
    fn start() -> Self {
        let server = Self { home: tempfile::tempdir().unwrap(), programs: programs() };
        let home = server.home.path();
        std::fs::set_permissions(home, PermissionsExt::from_mode(0o755)).unwrap();
        if is_root() {
            chown(home, Some(LENT), Some(LENT)).unwrap();
        }
        std::fs::write(home.join("password"), "administrator").unwrap();
        let initdb = ["-D", "data", "-A", "scram-sha-256", "-U", "postgres", "--no-sync"];
        server.run("initdb", &[&initdb[..], &["--pwfile", "password"]].concat());
        let options = format!("-c listen_addresses= -c fsync=off -k {}", home.display());
        server.run("pg_ctl", &["-D", "data", "-w", "-l", "log", "-o", &options, "start"]);
        server
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(self.home.path()).stdout(std::process::Stdio::null());
        if is_root() {
            command.uid(LENT).gid(LENT);
        }
        assert!(command.status().unwrap().success(), "{program}");
    }

    fn ask(&self, role: &str, password: &str, query: &str) -> Output {
        self.ask_in("postgres", role, password, query)
    }

    fn ask_in(&self, database: &str, role: &str, password: &str, query: &str) -> Output {
        Command::new(self.programs.join("psql"))
            .args(["-X", "-At", "-d", database, "-U", role, "-c", query, "-h"])
            .arg(self.home.path())
            .env("PGPASSWORD", password)
            .output()
            .unwrap()
    }

    /// Runs a script as the image's entrypoint would: with the server's own tools, at its socket.
    fn script(&self, script: &str) {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("PGHOST", self.home.path());
        command.env("PATH", format!("{}:{path}", self.programs.display()));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where Debian's package `postgresql` puts the server, whatever its version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.unwrap().path().join("bin")).collect();
    found.retain(|programs| programs.join("initdb").exists());
    found.sort();
    found
        .pop()
        .expect("a PostgreSQL server is needed here; Debian has it in the package postgresql")
}

#[test]
fn needs_postgres_a_role_signs_in_with_the_password_of_its_verifier() {
    let server = Server::start();
    for (role, password) in [("core-app", "consumer"), ("other", "with 'quotes' & blanks~")] {
        let verifier = scram_verifier(password.as_bytes(), role);
        let create = format!("CREATE ROLE \"{role}\" LOGIN PASSWORD '{verifier}'");
        let created = server.ask("postgres", "administrator", &create);
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        let stored = format!("SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'");
        let stored = server.ask("postgres", "administrator", &stored).stdout;
        assert_eq!(String::from_utf8(stored).unwrap().trim(), verifier);
        let answer = server.ask(role, password, "SELECT current_user").stdout;
        assert_eq!(String::from_utf8(answer).unwrap().trim(), role);
        assert!(!server.ask(role, "another", "SELECT 1").status.success());
    }
}

#[derive(serde::Serialize)]
struct RoleScript {
    service: &'static str,
    password_file: String,
    roles_file: String,
}

#[test]
fn needs_postgres_the_generated_script_gives_each_consumer_its_rights_and_no_more() {
    let server = Server::start();
    let roles_file = server.home.path().join("roles");
    let list = [("migrate", "owner"), ("core-app", "member"), ("other", "owner")];
    let line = |(role, rights): (&str, &str)| {
        let database = if role == "other" { "elsewhere" } else { "core" };
        format!("{role} {database} {rights} {}\n", scram_verifier(role.as_bytes(), role))
    };
    std::fs::write(&roles_file, list.map(line).concat()).unwrap();
    let values = RoleScript {
        service: "postgres",
        password_file: server.home.path().join("password").display().to_string(),
        roles_file: roles_file.display().to_string(),
    };
    let script = portcullis::templates::render("shell/postgres-roles.sh.j2", &values).unwrap();
    let may = |role, database, query| server.ask_in(database, role, role, query).status.success();
    server.script(&script);
    assert!(may("migrate", "core", "CREATE TABLE items (id serial, name text)"));
    assert!(may("core-app", "core", "INSERT INTO items (name) VALUES ('one')"));
    server.script(&script);
    assert!(may("core-app", "core", "UPDATE items SET name = 'two'"), "a second run keeps all");
    for (role, database, query) in [
        ("core-app", "core", "CREATE TABLE more (id int)"),
        ("core-app", "core", "DROP TABLE items"),
        ("core-app", "core", "CREATE ROLE more"),
        ("core-app", "elsewhere", "SELECT 1"),
        ("other", "core", "SELECT 1"),
        ("migrate", "postgres", "SELECT 1"),
        ("migrate", "core", "SELECT rolpassword FROM pg_authid"),
    ] {
        assert!(!may(role, database, query), "{role} in {database}: {query}");
    }
}
