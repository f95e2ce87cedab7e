//! podman and podman-compose on the machine of a town, and one preset's project drawn for them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use crate::engine::client::Client;
use crate::engine::images;
use crate::engine::project::{Project, feed, finish};
use crate::engine::town::Town;

/// runc, because crun refuses cgroups v1 beside an empty v2 hierarchy.
const SETTINGS: &str =
    "[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n";

/// podman raises the number of processes and files by itself, which root may not do everywhere.
const WRAPPER: &str = r#"#!/bin/bash
flags=(--root "$HERE/root" --runroot "$HERE/run" --tmpdir "$HERE/tmp" --network-config-dir "$HERE/networks" --volumepath "$HERE/volumes")
case $1 in
    create | run) flags+=("$1" --ulimit nproc=4096:4096); shift ;;
    build) flags+=("$1" --ulimit nproc=4096:4096 --ulimit nofile=1024:1024); shift ;;
esac
exec podman "${flags[@]}" "$@"
"#;

/// The drawn project, its images, and the engine that runs it.
pub struct Podman {
    /// Drawn for podman.
    pub project: Project,
    /// Machine and street.
    pub town: Arc<Town>,
    folder: PathBuf,
}

impl Podman {
    /// Draws the preset, published to the street, and makes its images. Nothing runs yet.
    pub fn with(preset: &'static str) -> Self {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = all.join(format!("podman-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for podman");
        fs::write(folder.join("containers.conf"), SETTINGS).expect("podman's settings");
        let wrapper = folder.join("podman");
        fs::write(&wrapper, WRAPPER).expect("podman's wrapper");
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("its mode");
        let project = Project::draw(preset, &folder.join("home"));
        let podman = Self { project, town: Arc::new(Town::found()), folder };
        podman.draw();
        podman.make_images();
        podman
    }

    /// The preset publishes on loopback, where nobody in the street could ask.
    fn draw(&self) {
        let description = self.project.root().join("portcullis.yaml");
        let text = fs::read_to_string(&description).expect("the description");
        let open = text.lines().filter(|line| !line.starts_with("publish:"));
        let open: String = open.flat_map(|line| [line, "\n"]).collect();
        fs::write(&description, open).expect("the description");
        finish(&mut self.project.portcullis(&["generate", "--target", "podman"]), "");
        let mounted = self.project.root().join("prometheus");
        fs::create_dir_all(&mounted).expect("a folder of the project");
        fs::write(mounted.join("prometheus.yml"), "scrape_configs: []\n").expect("a file of it");
    }

    /// What is built is built once: the services differ by their command alone.
    fn make_images(&self) {
        let parts = images::lay_out(&self.folder);
        for image in self.project.pulls() {
            let stage = images::stand_in(&image);
            let arguments = ["build", "--quiet", "--target", stage, "--tag", &image];
            finish(self.podman(&arguments).arg(&parts), "");
        }
        self.project.furnish(&parts);
        let mut first: Option<String> = None;
        for built in self.project.builds() {
            if let Some(first) = &first {
                finish(&mut self.podman(&["tag", first, &built.image]), "");
                continue;
            }
            let arguments =
                ["build", "--quiet", "--file", &built.dockerfile, "--tag", &built.image];
            finish(self.podman(&arguments).arg(&built.context), "");
            first = Some(built.image);
        }
    }

    /// `podman` with arguments, on the machine, in the project's folder.
    pub fn podman(&self, arguments: &[&str]) -> Command {
        let wrapper = self.folder.join("podman");
        self.on_machine(wrapper.to_str().expect("a path"), arguments)
    }

    /// `podman-compose -f deploy/production/compose.yaml` with arguments.
    pub fn compose(&self, arguments: &[&str]) -> Command {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/podman-compose");
        let mut compose = self.on_machine(tools.to_str().expect("a path"), &["--podman-path"]);
        compose.arg(self.folder.join("podman"));
        compose.args(["-f", "deploy/production/compose.yaml"]).args(arguments);
        compose
    }

    /// The program on the machine, in the project's folder.
    pub fn portcullis(&self, arguments: &[&str]) -> Command {
        self.on_machine(env!("CARGO_BIN_EXE_portcullis"), arguments)
    }

    /// Any program on the machine, in the project's folder.
    pub fn on_machine(&self, program: &str, arguments: &[&str]) -> Command {
        let machine = self.town.machine(&self.project.root(), program);
        let mut command = self.project.at_home(machine, arguments);
        command.env("HERE", &self.folder);
        command.env("CONTAINERS_CONF", self.folder.join("containers.conf"));
        command
    }

    /// A command inside a service's container, as the container's own user.
    pub fn inside(&self, service: &str, command: &[&str]) -> Output {
        feed(self.podman(&["exec", &self.container(service)]).args(command), "")
    }

    /// What such a command prints.
    pub fn told(&self, service: &str, command: &[&str]) -> String {
        String::from_utf8_lossy(&self.inside(service, command).stdout).into_owned()
    }

    /// The name of a service's container.
    pub fn container(&self, service: &str) -> String {
        format!("{}_{service}_1", self.project.preset)
    }

    /// The services that start without a profile.
    pub fn services(&self) -> Vec<&str> {
        let all = self.project.model["services"].as_object().expect("services");
        let plain = all.iter().filter(|(_, service)| service.get("profiles").is_none());
        plain.map(|(name, _)| name.as_str()).collect()
    }

    /// Whether it ends by itself.
    pub fn is_job(&self, service: &str) -> bool {
        self.project.model["services"][service]["restart"] != "unless-stopped"
    }

    /// Somebody in the street who trusts the stack's own authority.
    pub fn client(&self) -> Client {
        Client::new(Arc::clone(&self.town), &self.project.drawn("ca.pem"))
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        feed(&mut self.podman(&["rm", "--all", "--force", "--time", "0"]), "");
        // Layers are mounted by podman's own library; it alone can take them away.
        feed(&mut self.podman(&["system", "reset", "--force"]), "");
        fs::remove_dir_all(&self.folder).ok();
    }
}
