//! A preset's stack on its engine: up, asked, down.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::Value;

use super::client::Client;
use super::container;
use super::dockerd::Dockerd;
use super::project::{Project, feed, finish};
use super::town::Town;

/// The stack of a preset.
pub struct Stack {
    /// Drawn, with its applications in place.
    pub project: Project,
    /// The engine, with all images.
    pub engine: Dockerd,
    /// Machine and street.
    pub town: Arc<Town>,
}

impl Stack {
    /// Nothing runs yet, and no secret is filled.
    pub fn new(project: Project, engine: Dockerd, town: Arc<Town>) -> Self {
        Self { project, engine, town }
    }

    /// The preset's name.
    pub fn preset(&self) -> &'static str {
        self.project.preset
    }

    /// The program on the machine, in the project's folder.
    pub fn portcullis(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_portcullis");
        self.project.at_home(self.town.machine(&self.root(), program), arguments)
    }

    /// A line of shell on the machine, in the project's folder, as RUNBOOK.md prints it: `portcullis`,
    /// `docker compose` and the preset's own variables are at hand.
    pub fn shell(&self, line: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_portcullis");
        let line =
            format!("shopt -s expand_aliases; portcullis() {{ '{program}' \"$@\"; }}\n{line}");
        self.project.at_home(self.engine.shell(&self.root(), &line), &[])
    }

    /// `docker compose -f deploy/production/compose.yaml` with arguments.
    pub fn compose(&self, arguments: &[&str]) -> Command {
        let mut docker = self.docker(&["compose", "-f", "deploy/production/compose.yaml"]);
        docker.args(arguments);
        docker
    }

    /// `docker` with arguments.
    pub fn docker(&self, arguments: &[&str]) -> Command {
        let docker = self.engine.docker(&self.root());
        self.project.at_home(docker, arguments)
    }

    /// Fills what a person provides, from standard input.
    pub fn fill(&self) -> Output {
        let provided = self.project.provided();
        let lines: String =
            provided.iter().map(|name| format!("{name}=made-up-{name}-0123456789\n")).collect();
        feed(&mut self.portcullis(&["secrets", "fill"]), &lines)
    }

    /// Fills and unseals, then starts everything and waits until it is healthy.
    pub fn up(&self) {
        assert!(self.fill().status.success(), "the secrets are not filled");
        finish(&mut self.portcullis(&["secrets", "unseal"]), "");
        self.start(&[]);
    }

    /// Starts what belongs to some profile as well.
    pub fn up_with_profiles(&self) {
        self.start(&["--profile", "*"]);
    }

    fn start(&self, profiles: &[&str]) {
        let mut up = self.compose(&["--progress", "quiet"]);
        up.args(profiles);
        let output = feed(up.args(["up", "-d", "--no-build", "--wait"]), "");
        assert!(output.status.success(), "up: {}\n{}", said(&output), self.unhealthy());
    }

    /// Stops and removes everything, volumes too.
    pub fn down(&self) {
        finish(&mut self.compose(&["--profile", "*", "down", "-v"]), "");
    }

    /// The services of the drawn file, those of a profile included.
    pub fn services(&self) -> Vec<&str> {
        let all = self.project.model["services"].as_object().expect("services");
        all.keys().map(String::as_str).collect()
    }

    /// The services that run on and on: all but the jobs.
    pub fn running(&self) -> Vec<&str> {
        let runs = |name: &&str| self.service(name)["restart"] == "unless-stopped";
        self.services().into_iter().filter(runs).collect()
    }

    /// What the drawn file says of a service, as Compose understands it.
    pub fn service(&self, name: &str) -> &Value {
        &self.project.model["services"][name]
    }

    /// What the engine says of a service's container.
    pub fn inspect(&self, service: &str) -> Value {
        let output = finish(&mut self.docker(&["inspect", &self.container(service)]), "");
        let mut all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        all[0].take()
    }

    /// The name of a service's container.
    pub fn container(&self, service: &str) -> String {
        format!("{}-{service}-1", self.preset())
    }

    /// A command inside a service's container, as the container's own user.
    pub fn inside(&self, service: &str, command: &[&str]) -> Output {
        let container = self.container(service);
        let mut exec = self.docker(&["exec", &container]);
        feed(exec.args(command), "")
    }

    /// The address of a service in each of its networks, by the drawn network's name.
    pub fn addresses(&self, service: &str) -> BTreeMap<String, IpAddr> {
        let inspected = self.inspect(service);
        let networks = inspected["NetworkSettings"]["Networks"].as_object().expect("networks");
        let prefix = format!("{}_", self.preset());
        let address = |network: &Value| network["IPAddress"].as_str()?.parse().ok();
        let pairs = networks.iter().filter_map(|(name, network)| {
            Some((name.strip_prefix(&prefix).unwrap_or(name).to_owned(), address(network)?))
        });
        pairs.collect()
    }

    /// Dials `HOST:PORT` targets from a service's network, with its resolver; each verdict is `open`,
    /// `refused` or `closed REASON`. All at once, which is why the service's limits do not count here.
    pub fn dial(&self, from: &str, targets: &[String]) -> BTreeMap<String, String> {
        let process = container::first_process(self, from).to_string();
        let mut probe = Command::new("nsenter");
        probe.args(["--target", &process, "--net", "--mount", "/usr/local/bin/probe", "dial"]);
        let output = feed(probe.args(targets), "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        let verdicts: BTreeMap<_, _> =
            lines.map(|(target, verdict)| (target.to_owned(), verdict.to_owned())).collect();
        assert_eq!(verdicts.len(), targets.len(), "{from} could not dial: {}", said(&output));
        verdicts
    }

    /// The lines of one part of exposure.yaml: `published`, `links`, `egress`, `exceptions` and so on.
    pub fn exposure(&self, part: &str) -> Vec<String> {
        let text = fs::read_to_string(self.project.drawn("exposure.yaml")).expect("exposure.yaml");
        let lines = text.lines().skip_while(|line| !line.starts_with(&format!("{part}:"))).skip(1);
        let lines = lines.map_while(|line| line.strip_prefix("  - "));
        lines.map(|line| line.trim_matches('"').to_owned()).collect()
    }

    /// Whether the description excepts a service from a control.
    pub fn is_excepted(&self, control: &str, service: &str) -> bool {
        let start = format!("{control} service {service}: ");
        self.exposure("exceptions").iter().any(|line| line.starts_with(&start))
    }

    /// Somebody in the street who trusts the stack's own authority.
    pub fn client(&self) -> Client {
        Client::new(Arc::clone(&self.town), &self.project.drawn("ca.pem"))
    }

    /// The commands that RUNBOOK.md prints in a section, after those that it asks for first.
    pub fn runbook(&self, section: &str) -> String {
        let [first, blocks @ ..] = &self.runbook_blocks(section)[..] else { unreachable!() };
        format!("set -e\n{first}{}", blocks.concat())
    }

    /// What RUNBOOK.md asks for first, then each of a section's blocks of shell.
    pub fn runbook_blocks(&self, section: &str) -> Vec<String> {
        let text = fs::read_to_string(self.project.drawn("RUNBOOK.md")).expect("the runbook");
        let mut parts = text.split("\n## ");
        let first = blocks(parts.next().expect("a beginning")).concat();
        let heading = format!("{section}\n");
        let part = parts.find(|part| part.starts_with(&heading));
        let part = part.unwrap_or_else(|| panic!("the runbook has no section {section}"));
        [vec![first], blocks(part)].concat()
    }

    /// How a person enters the machine.
    pub fn way_in(&self) -> String {
        format!("nsenter --target {} --net --mount", self.town.machine_process())
    }

    /// The project's folder.
    pub fn root(&self) -> PathBuf {
        self.project.root()
    }

    /// Who is not healthy, and what their last check and log said.
    pub fn unhealthy(&self) -> String {
        let mut words = String::new();
        for service in self.services() {
            let container = self.container(service);
            let output = feed(&mut self.docker(&["inspect", &container]), "");
            let state: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let state = &state[0]["State"];
            if state["Health"]["Status"] != "healthy" && state["ExitCode"] != 0
                || state["Health"]["Status"] == "unhealthy"
            {
                let log = feed(&mut self.docker(&["logs", "--tail", "15", &container]), "");
                words += &format!("{service}: {state}\n{}\n", said(&log));
            }
        }
        words
    }
}

/// The blocks of shell of a Markdown text.
fn blocks(markdown: &str) -> Vec<String> {
    let blocks = markdown.split("```sh\n").skip(1);
    blocks.filter_map(|block| Some(block.split_once("```")?.0.to_owned())).collect()
}

/// All that a command printed.
pub fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}
