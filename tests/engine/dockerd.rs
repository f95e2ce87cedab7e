//! A Docker engine of the test's own, on the machine of a town.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::town::Town;

/// An engine starts in 2 s on an idle machine; a busy one gets more.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the engine when standard input closes, so that it never outlives the test.
const WATCH: &str = r#"
dockerd --data-root "$1/data" --config-file "$1/daemon.json" >>"$1/log" 2>&1 </dev/null &
cat >/dev/null
kill -TERM $!
wait $!
"#;

/// The engine, with its images, volumes and log below one folder.
pub struct Dockerd {
    town: Arc<Town>,
    folder: PathBuf,
    running: Mutex<Option<Child>>,
}

impl Dockerd {
    /// Starts an engine that keeps everything below `folder`.
    pub fn start(town: &Arc<Town>, folder: &Path) -> Self {
        let plugins = folder.join("cli/cli-plugins");
        fs::create_dir_all(&plugins).expect("a folder for the engine");
        let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/docker-compose");
        let plugin = plugins.join("docker-compose");
        if !plugin.exists() {
            symlink(compose, plugin).expect("Compose as a plugin");
            // The package's own client builds with BuildKit alone; a newer one wants a plugin for it.
            let client = ["/usr/bin/docker", "/usr/local/bin/docker"].map(Path::new);
            let client = client.into_iter().find(|path| path.exists()).expect("docker");
            fs::create_dir_all(folder.join("bin")).expect("a folder for the client");
            symlink(client, folder.join("bin/docker")).expect("the client");
            fs::write(folder.join("daemon.json"), "{}").expect("the engine's settings");
        }
        let engine =
            Self { town: Arc::clone(town), folder: folder.to_owned(), running: Mutex::default() };
        engine.begin();
        engine
    }

    /// Starts it again after [`Dockerd::stop`].
    pub fn begin(&self) {
        let mut watch = self.town.machine(&self.folder, "sh");
        watch.args(["-c", WATCH, "engine"]).arg(&self.folder).stdin(Stdio::piped());
        *self.running.lock().expect("engine") = Some(watch.spawn().expect("the engine"));
        let begun = Instant::now();
        while !self.answers() {
            assert!(begun.elapsed() < PATIENCE, "no engine: {}", self.last_words());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it, as a shutdown of the machine would.
    pub fn stop(&self) {
        if let Some(mut watch) = self.running.lock().expect("engine").take() {
            drop(watch.stdin.take());
            watch.wait().expect("the engine's end");
        }
    }

    /// `docker`, to be completed, in `folder` on the machine.
    pub fn docker(&self, folder: &Path) -> Command {
        self.with_client(self.town.machine(folder, "docker"))
    }

    /// A line of shell as a person on the machine would type it, with `docker compose` at hand.
    pub fn shell(&self, folder: &Path, line: &str) -> Command {
        let mut shell = self.with_client(self.town.machine(folder, "bash"));
        shell.args(["-c", line]);
        shell
    }

    fn with_client(&self, mut command: Command) -> Command {
        command.env("DOCKER_CONFIG", self.folder.join("cli")).env("DOCKER_BUILDKIT", "1");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.folder.join("bin").display()));
        command.env_remove("DOCKER_HOST");
        command
    }

    fn answers(&self) -> bool {
        let ping = || -> std::io::Result<bool> {
            let mut socket = UnixStream::connect(self.town.on_machine("/run/docker.sock"))?;
            socket.set_read_timeout(Some(Duration::from_secs(5)))?;
            socket.write_all(b"GET /_ping HTTP/1.0\r\n\r\n")?;
            let mut answer = [0; 12];
            socket.read_exact(&mut answer)?;
            Ok(&answer == b"HTTP/1.0 200" || &answer == b"HTTP/1.1 200")
        };
        ping().unwrap_or(false)
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

impl Drop for Dockerd {
    fn drop(&mut self) {
        self.stop();
    }
}
