//! One container, started with so much confinement, watched, and removed whatever happens.

use std::time::{Duration, Instant};
use std::{fmt, thread};

use crate::engine::{Docker, EngineError, Inspection, State};

/// More than most images need to start, and less than hurts a machine.
const MEMORY: &str = "1g";
const PROCESSES: &str = "512";
/// Between two looks at a container that is watched.
const PAUSE: Duration = Duration::from_millis(100);

/// How a container is held.
#[derive(Debug, Clone, Default)]
pub(super) struct Confinement {
    /// `uid:gid` instead of the image's own; empty: the image's own.
    pub(super) user: String,
    /// Capabilities, all others are dropped.
    pub(super) capabilities: Vec<String>,
    /// The root file system cannot be written.
    pub(super) read_only: bool,
    /// Folders that are memory.
    pub(super) memory: Vec<String>,
}

/// What Docker gives where nothing is said (Engine 20.10, oci/caps/defaults.go), without
/// `NET_RAW`, `MKNOD` and `AUDIT_WRITE`, which nothing that serves needs.
pub(super) fn engines_own() -> Vec<String> {
    let names = [
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];
    names.map(str::to_owned).to_vec()
}

/// A container that was started; it is removed when this is dropped.
pub(super) struct Attempt<'a> {
    docker: &'a Docker,
    id: String,
    state: State,
}

/// How it went, in words.
pub(super) struct Outcome<'a>(&'a State);

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            state if state.running => out.write_str("it runs"),
            state if state.oom_killed => out.write_str("it wanted more memory"),
            state => write!(out, "it ended with {}", state.exit_code),
        }
    }
}

impl<'a> Attempt<'a> {
    /// Make a container without any network, start it, and watch it so long or until it ends.
    pub(super) fn start(
        docker: &'a Docker,
        image: &str,
        confinement: &Confinement,
        watch: Duration,
    ) -> Result<Self, EngineError> {
        let words = words(image, confinement);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let id = docker.ask(&words)?.trim().to_owned();
        let mut attempt = Self { docker, id, state: State::default() };
        // A program that cannot be run at all is an outcome, not a mistake of the engine.
        match docker.ask(&["start", &attempt.id]) {
            Ok(_) | Err(EngineError::Failed { .. }) => {}
            Err(error) => return Err(error),
        }
        let begun = Instant::now();
        loop {
            attempt.state = attempt.look()?;
            if !attempt.state.running || begun.elapsed() >= watch {
                return Ok(attempt);
            }
            thread::sleep(PAUSE);
        }
    }

    /// The container's number.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Process number on the engine's host; 0 where it does not run.
    pub(super) fn pid(&self) -> i64 {
        self.state.pid
    }

    /// It runs, or ended well as a job does.
    pub(super) fn ran(&self) -> bool {
        self.state.running || (self.state.status == "exited" && self.state.exit_code == 0)
    }

    /// How it went.
    pub(super) fn outcome(&self) -> Outcome<'_> {
        Outcome(&self.state)
    }

    /// What `docker diff` prints: a letter and a path on each line.
    pub(super) fn changes(&self) -> Result<String, EngineError> {
        self.docker.ask(&["diff", &self.id])
    }

    fn look(&self) -> Result<State, EngineError> {
        let printed = self.docker.ask(&["container", "inspect", &self.id])?;
        let found = Inspection::read(&printed)?;
        Ok(found.containers.into_iter().next().map(|one| one.state).unwrap_or_default())
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        // Nobody is left to tell; the label says whose it was.
        self.docker.ask(&["rm", "--force", "--volumes", &self.id]).ok();
    }
}

fn words(image: &str, confinement: &Confinement) -> Vec<String> {
    let fixed = [
        "create",
        "--pull=never",
        "--label=portcullis.probe=true",
        "--network=none",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
    ];
    let mut words: Vec<String> = fixed.map(str::to_owned).to_vec();
    words.extend([
        format!("--memory={MEMORY}"),
        format!("--memory-swap={MEMORY}"),
        format!("--pids-limit={PROCESSES}"),
    ]);
    words.extend(confinement.capabilities.iter().map(|one| format!("--cap-add={one}")));
    if !confinement.user.is_empty() {
        words.push(format!("--user={}", confinement.user));
    }
    if confinement.read_only {
        words.extend(["--read-only".to_owned(), "--tmpfs=/tmp".to_owned()]);
        let others = confinement.memory.iter().filter(|path| *path != "/tmp");
        words.extend(others.map(|path| format!("--tmpfs={path}")));
    }
    words.extend(["--".to_owned(), image.to_owned()]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_container_is_confined() {
        let confinement = Confinement {
            user: "70:70".to_owned(),
            capabilities: vec!["CHOWN".to_owned()],
            read_only: true,
            memory: vec!["/tmp".to_owned(), "/run/app".to_owned()],
        };
        let words = words("db:1", &confinement).join(" ");
        for word in [
            "--network=none",
            "--cap-drop=ALL",
            "--cap-add=CHOWN",
            "--security-opt=no-new-privileges",
            "--pids-limit=512",
            "--user=70:70",
            "--read-only --tmpfs=/tmp --tmpfs=/run/app -- db:1",
        ] {
            assert!(words.contains(word), "{word} is not in {words}");
        }
    }
}
