//! Services that are built from sources of the project.

use std::collections::BTreeMap;

use super::Resolution;
use crate::description::{self, Build, Located, RuntimeName};
use crate::diagnostic::{Diagnostic, Problems};
use crate::knowledge::{LimitFacts, RuntimeKnowledge};
use crate::stack::{
    Bytes, Command, CpuShare, ImageReference, Installer, Limits, Origin, Recipe, Role, Runtime,
    Service, ServiceName, SettingName, SettingValue, Sourced,
};

/// Folder of the built files of a static site, as the common bundlers name it.
const STATIC_FILES: &str = "dist";

/// A service with a recipe.
pub(super) fn service(
    resolution: &mut Resolution<'_>,
    name: &Located<ServiceName>,
    build: &Located<Build>,
    keys: &description::Service,
) -> Option<Service> {
    let stack = &resolution.stack;
    let image = format!("{}/{}:{}", stack.name, name.value, stack.environment);
    let image = ImageReference::parse(&image).ok()?;
    let origin = Origin::Written(name.at);
    let mut service = Service::new(Role::Application, origin, Sourced::derived(image));
    let recipe = match (&build.value.runtime, &build.value.dockerfile) {
        (Some(_), None) if build.value.target.is_some() || !build.value.args.is_empty() => {
            let message = "`args` and `target` belong to a `dockerfile` of the project's own";
            resolution.problems.report(build.at, "wrong-value", message, "remove them");
            return None;
        }
        (Some(runtime), None) => drawn(resolution, name, build, runtime, keys, &mut service)?,
        (None, Some(dockerfile)) => own(build, dockerfile.value.as_str()),
        (None, None) => {
            let message = "a build needs `runtime` or `dockerfile`";
            let help =
                "add `runtime: python` (or node, go, rust, static), or `dockerfile: Dockerfile`";
            resolution.problems.report(build.at, "missing-key", message, help);
            return None;
        }
        (Some(_), Some(dockerfile)) => {
            let message = "a build has a `runtime`, or a `dockerfile` of its own";
            resolution.problems.report(dockerfile.at, "wrong-value", message, "keep one of them");
            return None;
        }
    };
    service.recipe = vec![recipe];
    service.writable.insert("/tmp".to_owned());
    Some(service)
}

fn drawn(
    resolution: &mut Resolution<'_>,
    name: &Located<ServiceName>,
    build: &Located<Build>,
    runtime: &Located<RuntimeName>,
    keys: &description::Service,
    service: &mut Service,
) -> Option<Recipe> {
    let runtime_kind = kind(runtime.value);
    let knowledge = match resolution.knowledge.runtime(runtime_kind) {
        Ok(knowledge) => knowledge,
        Err(problem) => {
            resolution.problems.add(problem);
            return None;
        }
    };
    if knowledge.needs_command && keys.command.is_none() {
        let message = format!("a {} service needs `command:`", runtime_kind.name());
        let help = "add what starts it, as a list: command: [PROGRAM, ARGUMENT]";
        resolution.problems.report(build.at, "missing-key", message, help);
    }
    let source = format!("runtimes/{}", runtime_kind.name());
    service.limits = limits(&knowledge.limits, &source);
    if knowledge.port != 0 {
        service.port = Sourced::preset(knowledge.port, source.as_str());
    }
    service.writable.extend(knowledge.writable.iter().cloned());
    settings(&knowledge.settings, &source, service);
    let artifact = match runtime_kind {
        Runtime::Static => STATIC_FILES.to_owned(),
        _ => name.value.to_string(),
    };
    if matches!(runtime_kind, Runtime::Go | Runtime::Rust) {
        let command = Command::Exec(vec![format!("/usr/local/bin/{artifact}")]);
        service.command = Sourced::preset(command, source.as_str());
    }
    let version =
        build.value.version.as_ref().map_or(knowledge.version.as_str(), |v| v.value.as_str());
    Some(Recipe {
        origin: Origin::Written(build.at),
        runtime: runtime_kind,
        context: build.value.context.value.as_str().to_owned(),
        dockerfile: String::new(),
        arguments: Default::default(),
        stage: String::new(),
        build_base: base(&knowledge.build_base, version, &source)?,
        run_base: base(&knowledge.run_base, version, &source)?,
        installer: installer(&knowledge, build, resolution.problems)?,
        packages: build.value.packages.iter().map(|p| p.value.as_str().to_owned()).collect(),
        user: Sourced::default(),
        health_check: Sourced::default(),
        locked_install: Sourced::default(),
        ignores_secrets: Sourced::default(),
        owned_paths: std::collections::BTreeSet::new(),
        artifact,
    })
}

/// A Dockerfile of the project: nothing of it is known, so nothing is said of it.
fn own(build: &Located<Build>, dockerfile: &str) -> Recipe {
    let arguments = build.value.args.iter();
    let unknown = || Sourced::derived(ImageReference::scratch());
    Recipe {
        origin: Origin::Written(build.at),
        runtime: Runtime::Own,
        context: build.value.context.value.as_str().to_owned(),
        dockerfile: dockerfile.to_owned(),
        arguments: arguments
            .map(|(name, value)| (name.value.to_string(), value.value.clone()))
            .collect(),
        stage: build.value.target.as_ref().map(|stage| stage.value.to_string()).unwrap_or_default(),
        build_base: unknown(),
        run_base: unknown(),
        installer: Installer { name: String::new(), lock_file: String::new() },
        packages: std::collections::BTreeSet::new(),
        user: Sourced::default(),
        health_check: Sourced::default(),
        locked_install: Sourced::default(),
        ignores_secrets: Sourced::default(),
        owned_paths: std::collections::BTreeSet::new(),
        artifact: String::new(),
    }
}

fn kind(runtime: RuntimeName) -> Runtime {
    match runtime {
        RuntimeName::Node => Runtime::Node,
        RuntimeName::Python => Runtime::Python,
        RuntimeName::Go => Runtime::Go,
        RuntimeName::Rust => Runtime::Rust,
        RuntimeName::Static => Runtime::Static,
    }
}

fn base(pattern: &str, version: &str, source: &str) -> Option<Sourced<ImageReference>> {
    let image = ImageReference::parse(&pattern.replace("{version}", version)).ok()?;
    Some(Sourced::preset(image, source))
}

fn installer(
    knowledge: &RuntimeKnowledge,
    build: &Located<Build>,
    problems: &mut Problems,
) -> Option<Installer> {
    let Some(lock) = &build.value.lock else {
        let fact = knowledge.installers.first()?;
        return Some(Installer { name: fact.name.clone(), lock_file: fact.lock_file.clone() });
    };
    let wanted = lock.value.as_str();
    let fact = knowledge.installers.iter().find(|fact| fact.lock_file == wanted);
    if fact.is_none() {
        let known: Vec<&str> = knowledge.installers.iter().map(|f| f.lock_file.as_str()).collect();
        let message = format!("`{wanted}` is not a lock file of this runtime");
        let help = format!("write one of {}", known.join(", "));
        problems.add(Diagnostic::at(lock.at, "wrong-value", message).help(help));
    }
    fact.map(|fact| Installer { name: fact.name.clone(), lock_file: fact.lock_file.clone() })
}

/// Limits of our knowledge, as amounts.
pub(super) fn limits(facts: &LimitFacts, source: &str) -> Limits {
    Limits {
        memory: Sourced::preset(Bytes::parse(&facts.memory).unwrap_or_default(), source),
        cpus: Sourced::preset(CpuShare::parse(&facts.cpus).unwrap_or_default(), source),
        pids: Sourced::preset(facts.pids, source),
    }
}

/// Settings of our knowledge; what the description sets later replaces them.
pub(super) fn settings(facts: &BTreeMap<String, String>, source: &str, service: &mut Service) {
    for (name, value) in facts {
        if let Ok(name) = SettingName::new(name.as_str()) {
            let value = SettingValue::Text(value.clone());
            service.settings.insert(name, Sourced::preset(value, source));
        }
    }
}
