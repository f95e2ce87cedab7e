//! A preset as a person would draw it, with applications in the folders that its services are built from.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::applications;

/// A drawn project in a home of its own.
pub struct Project {
    /// The preset.
    pub preset: &'static str,
    home: PathBuf,
    /// What Compose understands of the drawn file.
    pub model: Value,
}

/// A service that is built.
pub struct Built {
    /// The tag it gets.
    pub image: String,
    /// Where its sources are.
    pub context: String,
    /// The drawn Dockerfile.
    pub dockerfile: String,
}

impl Project {
    /// `portcullis new PRESET --preset PRESET` below `home`; or `init` and `generate` for a description of
    /// that name in `tests/fixtures/engine`.
    pub fn draw(preset: &'static str, home: &Path) -> Self {
        fs::create_dir_all(home).expect("a home");
        let mut project = Self { preset, home: home.to_owned(), model: Value::Null };
        let described = format!("tests/fixtures/engine/{preset}.yaml");
        let described = Path::new(env!("CARGO_MANIFEST_DIR")).join(described);
        if described.exists() {
            fs::create_dir_all(project.root()).expect("a project");
            finish(&mut project.portcullis(&["init"]), "");
            fs::copy(described, project.root().join("portcullis.yaml")).expect("the description");
            finish(&mut project.portcullis(&["generate"]), "");
        } else {
            let mut new = project.portcullis(&["new", preset, "--preset", preset]);
            finish(new.current_dir(home), "");
        }
        project.read_model();
        project
    }

    /// Nothing yet but a folder of its name below `home`.
    pub fn empty(preset: &'static str, home: &Path) -> Self {
        let project = Self { preset, home: home.to_owned(), model: Value::Null };
        fs::create_dir_all(project.root()).expect("a project");
        project
    }

    /// The folder with the project and its identity.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The project's folder.
    pub fn root(&self) -> PathBuf {
        self.home.join(self.preset)
    }

    /// A file of the drawn folder `deploy/production`.
    pub fn drawn(&self, path: &str) -> PathBuf {
        self.root().join("deploy/production").join(path)
    }

    /// The program, to be run in the project's folder with the project's identity.
    pub fn portcullis(&self, arguments: &[&str]) -> Command {
        self.at_home(Command::new(env!("CARGO_BIN_EXE_portcullis")), arguments)
    }

    /// Completes a command with arguments, folder and home.
    pub fn at_home(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).current_dir(self.root()).env("HOME", &self.home);
        command.env_remove("PORTCULLIS_IDENTITY");
        command
    }

    /// Asks Compose again what the drawn file means.
    pub fn read_model(&mut self) {
        let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/docker-compose");
        let mut config = Command::new(compose);
        config.args(["--profile", "*", "-f"]).arg(self.drawn("compose.yaml"));
        let output = finish(config.args(["config", "--format", "json"]), "");
        self.model = serde_json::from_slice(&output.stdout).expect("Compose's JSON");
    }

    /// The images that are not built.
    pub fn pulls(&self) -> Vec<String> {
        let services = self.services().filter(|(_, service)| service.get("build").is_none());
        let named = services.map(|(_, service)| text(&service["image"]));
        named.chain(self.builds().iter().flat_map(|built| bases(&built.dockerfile))).collect()
    }

    /// The services that are built.
    pub fn builds(&self) -> Vec<Built> {
        let built = self.services().filter_map(|(_, service)| {
            let build = service.get("build")?;
            let context = text(&build["context"]);
            // Written from the build context, which is some folders below the project's.
            let dockerfile = text(&build["dockerfile"]);
            let dockerfile = self.root().join(dockerfile.trim_start_matches("../"));
            let dockerfile = dockerfile.to_str().expect("a path").to_owned();
            Some(Built { image: text(&service["image"]), context, dockerfile })
        });
        built.collect()
    }

    /// Puts an application into each folder that a service is built from, and a file wherever a service
    /// mounts one of the person's own.
    pub fn furnish(&self, parts: &Path) {
        for built in self.builds() {
            applications::write(&built, parts);
        }
        let services = self.services().filter_map(|(_, service)| service["volumes"].as_array());
        let mounts = services.flatten().filter(|volume| volume["type"] == "bind");
        for source in mounts.map(|mount| PathBuf::from(text(&mount["source"]))) {
            if source.starts_with(self.root()) && !source.exists() {
                fs::create_dir_all(source.parent().expect("a folder")).expect("a folder");
                fs::write(source, "# The stand-in reads nothing of this.\n").expect("a file");
            }
        }
    }

    /// The secrets that a person provides.
    pub fn provided(&self) -> Vec<String> {
        let description = fs::read_to_string(self.root().join("portcullis.yaml")).expect("it");
        let provided = description.lines().filter(|line| line.contains("{provided: true"));
        provided.filter_map(|line| Some(line.trim().split_once(':')?.0.to_owned())).collect()
    }

    fn services(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.model["services"].as_object().expect("services").iter()
    }
}

/// Runs a command that must succeed, with text on its standard input.
pub fn finish(command: &mut Command, input: &str) -> Output {
    let output = feed(command, input);
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Runs a command with text on its standard input.
pub fn feed(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    // A program that has read enough closes its end.
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).ok();
    child.wait_with_output().expect("its end")
}

/// The images that a Dockerfile starts from.
fn bases(dockerfile: &str) -> Vec<String> {
    let text = fs::read_to_string(dockerfile).unwrap_or_else(|e| panic!("{dockerfile}: {e}"));
    let bases = text.lines().filter_map(|line| line.strip_prefix("FROM "));
    bases.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
