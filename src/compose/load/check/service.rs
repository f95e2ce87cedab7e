//! One service against the rest of the project (compose-go `loader/validate.go`).

use std::collections::{BTreeMap, BTreeSet};

use super::cycle::cycles;
use super::{entries, is_external};
use crate::compose::load::tree::spelled;
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean, quoted};
use crate::yaml::Node;

/// A project by the names of its parts.
pub(in crate::compose::load) struct Project<'a> {
    tree: &'a Node,
    active: BTreeMap<&'a str, &'a Node>,
    inactive: BTreeSet<&'a str>,
}

/// Check every service that runs.
pub(in crate::compose::load) fn services(project: &Project<'_>, problems: &mut Problems) {
    for (name, service) in &project.active {
        let check = Check { name, service, project };
        check.image(problems);
        check.build(problems);
        check.networks(problems);
        check.health(problems);
        check.dependencies(problems);
        check.resources(problems);
        check.limits(problems);
        check.mounts(problems);
    }
    for (name, secret) in entries(project.tree, "secrets") {
        let given = ["file", "environment"].iter().any(|key| secret.get(key).is_some());
        if !is_external(secret) && !given {
            let message =
                format!("the secret {} has neither `file` nor `environment`", quoted(name));
            problems.add(Diagnostic::at(secret.at, "missing-key", message));
        }
    }
    cycles(&project.active, problems);
}

impl<'a> Project<'a> {
    pub(in crate::compose::load) fn new(tree: &'a Node, inactive: &'a BTreeSet<String>) -> Self {
        let inactive: BTreeSet<&str> = inactive.iter().map(String::as_str).collect();
        let active = entries(tree, "services").filter(|(name, _)| !inactive.contains(name));
        Self { tree, active: active.collect(), inactive }
    }

    fn names(&self, kind: &str) -> BTreeSet<&'a str> {
        entries(self.tree, kind).map(|(name, _)| name).collect()
    }
}

struct Check<'a> {
    name: &'a str,
    service: &'a Node,
    project: &'a Project<'a>,
}

impl Check<'_> {
    fn text(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(self.service, |node, key| node.get(key)).and_then(spelled)
    }

    fn at(&self, key: &str) -> Position {
        self.service.get(key).map_or(self.service.at, |node| node.at)
    }

    fn conflict(&self, key: &str, words: &str, problems: &mut Problems) {
        let message = format!("the service {} {words}", quoted(self.name));
        problems.add(Diagnostic::at(self.at(key), "conflict", message).help("keep one of the two"));
    }

    fn image(&self, problems: &mut Problems) {
        let image = self.text(&["image"]).is_some_and(|image| !image.is_empty());
        let made = ["build", "provider"]
            .iter()
            .any(|key| self.service.get(key).is_some_and(|node| !node.is_null()));
        if !image && !made {
            let message =
                format!("the service {} has neither an image nor a build", quoted(self.name));
            let help =
                "write `image:` or `build:`; a file that is laid over another needs that one too";
            problems.add(Diagnostic::at(self.service.at, "missing-key", message).help(help));
        }
    }

    fn build(&self, problems: &mut Problems) {
        let Some(build) = self.service.get("build") else { return };
        if build.get("dockerfile").is_some() && build.get("dockerfile_inline").is_some() {
            self.conflict("build", "has `dockerfile` and `dockerfile_inline`", problems);
        }
        for (_, context) in entries(build, "additional_contexts") {
            let Some(other) = spelled(context).and_then(|c| c.strip_prefix("service:")) else {
                continue;
            };
            match self.project.active.get(other) {
                Some(service) if service.get("build").is_some() => {}
                Some(_) => {
                    let message = format!("the service {} is not built", quoted(other));
                    problems.add(Diagnostic::at(context.at, "unknown-service", message));
                }
                None => self.unknown("service", other, context.at, problems),
            }
        }
        let platforms = build.get("platforms").and_then(Node::sequence).unwrap_or_default();
        if let Some(platform) = self.text(&["platform"])
            && !platforms.is_empty()
            && !platforms.iter().any(|other| spelled(other) == Some(platform))
        {
            self.conflict("platform", "is not built for its `platform`", problems);
        }
        for secret in build.get("secrets").and_then(Node::sequence).unwrap_or_default() {
            self.reference("secret", "secrets", secret, problems);
        }
    }

    fn networks(&self, problems: &mut Problems) {
        let mode = self.text(&["network_mode"]).unwrap_or_default();
        let known = self.project.names("networks");
        let mut any = false;
        for (network, node) in entries(self.service, "networks") {
            any = true;
            if network != "default" && !known.contains(network) {
                self.unknown("network", network, node.at, problems);
            }
        }
        if any && !mode.is_empty() {
            self.conflict("network_mode", "has `network_mode` and `networks`", problems);
        }
        if let Some(other) = mode.strip_prefix("service:")
            && !self.project.active.contains_key(other)
        {
            self.unknown("service", other, self.at("network_mode"), problems);
        }
    }

    fn health(&self, problems: &mut Problems) {
        let test = self.service.get("healthcheck").and_then(|health| health.get("test"));
        let Some(first) = test.and_then(Node::sequence).and_then(<[Node]>::first) else { return };
        if !matches!(spelled(first), Some("CMD" | "CMD-SHELL" | "NONE")) {
            let message = "the list of a health check begins with CMD, CMD-SHELL or NONE";
            let help = "write [\"CMD\", ...] or one line of text";
            problems.add(Diagnostic::at(first.at, "wrong-value", message).help(help));
        }
    }

    fn dependencies(&self, problems: &mut Problems) {
        for (other, dependency) in entries(self.service, "depends_on") {
            let optional = dependency.get("required").and_then(spelled) == Some("false");
            let spared = optional && self.project.inactive.contains(other);
            if !spared && !self.project.active.contains_key(other) {
                self.unknown("service", other, dependency.at, problems);
            }
        }
    }

    fn resources(&self, problems: &mut Problems) {
        let volumes = self.project.names("volumes");
        for mount in self.service.get("volumes").and_then(Node::sequence).unwrap_or_default() {
            let part = |key: &str| mount.get(key).and_then(spelled).unwrap_or_default();
            let source = part("source");
            if part("type") == "volume" && !source.is_empty() && !volumes.contains(source) {
                self.unknown("volume", source, mount.at, problems);
            }
        }
        for (kind, key) in [("config", "configs"), ("secret", "secrets")] {
            for used in self.service.get(key).and_then(Node::sequence).unwrap_or_default() {
                self.reference(kind, key, used, problems);
            }
        }
        let models = self.project.names("models");
        for (model, node) in entries(self.service, "models") {
            if !models.contains(model) {
                self.unknown("model", model, node.at, problems);
            }
        }
    }

    fn reference(&self, kind: &str, key: &str, used: &Node, problems: &mut Problems) {
        let source = used.get("source").and_then(spelled).unwrap_or_default();
        if !self.project.names(key).contains(source) {
            self.unknown(kind, source, used.at, problems);
        }
    }

    fn unknown(&self, kind: &str, name: &str, at: Position, problems: &mut Problems) {
        let message = format!(
            "the service {} names the {kind} {}, which is not there",
            quoted(self.name),
            quoted(name)
        );
        let absent = kind == "service" && self.project.inactive.contains(name);
        let known = self.project.names(&format!("{kind}s"));
        let help = match did_you_mean(name, known) {
            _ if absent => format!("start the profile of {}", quoted(name)),
            Some(meant) => meant,
            None if kind == "volume" => {
                format!("declare it: `volumes: {{{name}: {{}}}}`; Coolify does so by itself")
            }
            None => format!("declare it, or remove what names it; see `{kind}s:`"),
        };
        problems.add(Diagnostic::at(at, "unknown-name", message).help(help));
    }

    fn limits(&self, problems: &mut Problems) {
        let replicas = self.text(&["deploy", "replicas"]);
        let scale = self.text(&["scale"]);
        if let (Some(scale), Some(replicas)) = (scale, replicas)
            && scale != replicas
        {
            self.conflict("scale", "has different `scale` and `deploy.replicas`", problems);
        }
        let count = scale.or(replicas).and_then(|count| count.parse::<i64>().ok()).unwrap_or(1);
        if count < 0 {
            let message = "a number of containers is not negative";
            problems.add(Diagnostic::at(self.at("scale"), "wrong-value", message));
        }
        if count > 1 && self.text(&["container_name"]).is_some_and(|name| !name.is_empty()) {
            self.conflict("container_name", "runs more than once under one name", problems);
        }
        const SAME: [(&str, &str, &str); 4] = [
            ("cpus", "limits", "cpus"),
            ("mem_limit", "limits", "memory"),
            ("mem_reservation", "reservations", "memory"),
            ("pids_limit", "limits", "pids"),
        ];
        for (key, bound, other) in SAME {
            let own = self.text(&[key]).filter(|own| *own != "0");
            let bounds = ["deploy", "resources", bound]
                .iter()
                .try_fold(self.service, |node, key| node.get(key));
            if let (Some(own), Some(bounds)) = (own, bounds)
                && own != bounds.get(other).and_then(spelled).unwrap_or("0")
            {
                let words = format!("has different `{key}` and `deploy.resources.{bound}.{other}`");
                self.conflict(key, &words, problems);
            }
        }
    }

    fn mounts(&self, problems: &mut Problems) {
        let mut seen = BTreeSet::new();
        let list = |key: &str| self.service.get(key).and_then(Node::sequence).unwrap_or_default();
        let memory = list("tmpfs").iter().map(|node| {
            (spelled(node).and_then(|text| text.split(':').next()).unwrap_or_default(), node.at)
        });
        let mounts = list("volumes")
            .iter()
            .map(|node| (node.get("target").and_then(spelled).unwrap_or_default(), node.at));
        for (target, at) in memory.chain(mounts) {
            if !seen.insert(target) {
                let message =
                    format!("two mounts of {} go to {}", quoted(self.name), quoted(target));
                problems.add(Diagnostic::at(at, "conflict", message).help("keep one of them"));
            }
        }
        for watch in self
            .service
            .get("develop")
            .and_then(|d| d.get("watch"))
            .and_then(Node::sequence)
            .unwrap_or_default()
        {
            let action = watch.get("action").and_then(spelled).unwrap_or_default();
            let target = watch.get("target").and_then(spelled).unwrap_or_default();
            if target.is_empty() && !matches!(action, "rebuild" | "restart") {
                let message = "what is synchronised needs a `target`";
                problems.add(Diagnostic::at(watch.at, "missing-key", message));
            }
        }
    }
}
