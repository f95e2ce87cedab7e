//! Compose on one file: the plugin of `docker`, or the program `docker-compose` where a machine has
//! only that.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Docker, EngineError};

/// Compose reads and resolves a whole file before it answers; a busy machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Compose and the file that it works on.
#[derive(Debug, Clone)]
pub struct Compose {
    program: Docker,
    /// Words before Compose's own: `compose` for the plugin.
    prefix: &'static [&'static str],
    project: String,
    file: Utf8PathBuf,
}

impl Compose {
    /// The Compose that this machine has. The project is named, as a variable of whoever runs this
    /// (`COMPOSE_PROJECT_NAME`) would go before the name in the file.
    ///
    /// # Errors
    /// What `docker compose version` says where `docker-compose` is not there either.
    pub fn find(docker: &Docker, project: &str, file: &Utf8Path) -> Result<Self, EngineError> {
        let with = |program: &Docker, prefix| Self {
            program: program.clone().with_patience(PATIENCE),
            prefix,
            project: project.to_owned(),
            file: file.to_owned(),
        };
        let plugin = with(docker, &["compose"]);
        let Err(error) = plugin.version() else { return Ok(plugin) };
        let alone = with(&docker.clone().with_program("docker-compose"), &[]);
        alone.version().map(|_| alone).map_err(|_| error)
    }

    /// The hash of each service's definition, which Compose writes into the label of the
    /// containers that it makes. `overlay` is a second file, laid over the first.
    ///
    /// # Errors
    /// [`EngineError`]: for example a variable that the file requires and nobody set.
    pub fn hashes(&self, overlay: &str) -> Result<BTreeMap<String, String>, EngineError> {
        let mut words = self.words();
        if !overlay.is_empty() {
            words.extend(["-f", "-"]);
        }
        words.extend(["config", "--hash", "*"]);
        let printed = self.program.ask_with(&words, overlay)?;
        let lines = printed.lines().filter_map(|line| line.trim().split_once(' '));
        Ok(lines.map(|(service, hash)| (service.to_owned(), hash.trim().to_owned())).collect())
    }

    /// Run a command of Compose to its end, however long it takes.
    ///
    /// # Errors
    /// [`EngineError::Failed`] where it does not end well.
    pub fn run(&self, command: &[&str], shown: bool) -> Result<(), EngineError> {
        let mut words = self.words();
        words.extend(command);
        self.program.run(&words, shown)
    }

    fn version(&self) -> Result<String, EngineError> {
        let words: Vec<&str> = self.prefix.iter().copied().chain(["version", "--short"]).collect();
        self.program.ask(&words)
    }

    fn words(&self) -> Vec<&str> {
        let words = ["--project-name", self.project.as_str(), "-f", self.file.as_str()];
        self.prefix.iter().copied().chain(words).collect()
    }
}
