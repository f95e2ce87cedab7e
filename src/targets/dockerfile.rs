//! Dockerfiles from recipes: one template for each runtime, in `templates/docker/`.
//!
//! The last stage is the smallest that has a probe and, for generated entrypoints, a shell. What
//! is locked, pinned, owned or asked is the recipe's; the templates only know how to say it.

use serde::Serialize;

use crate::stack::{Probe, Recipe, Service, User};
use crate::templates::{self, TemplateError};

/// A Dockerfile and what stays out of its context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The Dockerfile.
    pub dockerfile: String,
    /// `Dockerfile.dockerignore`, which BuildKit reads; empty where nothing is kept out.
    pub ignored: String,
}

/// What the templates print.
#[derive(Debug, Serialize)]
struct Values<'a> {
    build_base: String,
    run_base: String,
    installer: &'a str,
    lock_file: &'a str,
    locked: bool,
    packages: Vec<&'a str>,
    /// The command that makes the folders that belong to the user.
    make_owned: Vec<String>,
    /// `uid:gid`, or empty for the base's user.
    user: String,
    artifact: &'a str,
    port: u16,
    probe: Vec<String>,
    interval: u64,
    timeout: u64,
    retries: u32,
    start_period: u64,
    command: Vec<String>,
    /// True where the program is started by its package manager, which then must be there.
    manager_at_run: bool,
}

/// Draw the Dockerfile of one service.
///
/// # Errors
/// [`TemplateError`] where a value has no harmless form in a Dockerfile.
pub fn draw(service: &Service, recipe: &Recipe) -> Result<Drawn, TemplateError> {
    let runtime = recipe.runtime.name();
    let values = values(service, recipe);
    let dockerfile = templates::render(&format!("docker/{runtime}.Dockerfile.j2"), &values)?;
    let ignored = if *recipe.ignores_secrets {
        templates::render("docker/dockerignore.j2", &values)?
    } else {
        String::new()
    };
    Ok(Drawn { dockerfile, ignored })
}

fn values<'a>(service: &Service, recipe: &'a Recipe) -> Values<'a> {
    let user = match &*recipe.user {
        User::Image => String::new(),
        User::Numeric { uid, gid } => format!("{uid}:{gid}"),
        User::Named(name) => name.clone(),
    };
    let mut command = service.entrypoint.words();
    command.extend(service.command.words());
    Values {
        build_base: recipe.build_base.to_string(),
        run_base: recipe.run_base.to_string(),
        installer: &recipe.installer.name,
        lock_file: &recipe.installer.lock_file,
        locked: *recipe.locked_install,
        packages: recipe.packages.iter().map(String::as_str).collect(),
        make_owned: make_owned(recipe),
        user,
        artifact: &recipe.artifact,
        port: *service.port,
        probe: if *recipe.health_check { probe(&service.health.probe) } else { Vec::new() },
        interval: service.health.interval.0,
        timeout: service.health.timeout.0,
        retries: service.health.retries,
        start_period: service.health.start_period.0,
        manager_at_run: command.first().is_some_and(|word| *word == recipe.installer.name),
        command,
    }
}

/// Makes the owned folders readable for others too, since the gateway serves some of them.
fn make_owned(recipe: &Recipe) -> Vec<String> {
    if recipe.owned_paths.is_empty() {
        return Vec::new();
    }
    let mut words = ["install", "-d", "-m", "0755"].map(str::to_owned).to_vec();
    match &*recipe.user {
        User::Image => {}
        User::Numeric { uid, gid } => {
            words.extend(["-o".to_owned(), uid.to_string(), "-g".to_owned(), gid.to_string()]);
        }
        User::Named(name) => words.extend(["-o".to_owned(), name.clone()]),
    }
    words.extend(recipe.owned_paths.iter().cloned());
    words
}

/// The words of the HEALTHCHECK; none where nothing is asked.
fn probe(probe: &Probe) -> Vec<String> {
    match probe {
        Probe::Image | Probe::Impossible | Probe::Disabled => Vec::new(),
        Probe::Exec(words) => words.clone(),
        Probe::Shell(line) => ["/bin/sh", "-c", line].map(str::to_owned).to_vec(),
    }
}
