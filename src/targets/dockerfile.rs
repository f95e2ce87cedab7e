//! Dockerfiles from recipes: one template for each runtime, in `templates/docker/`.
//!
//! The last stage is the smallest that has a probe and, for generated entrypoints, a shell. What
//! is locked, pinned, owned or asked is the recipe's; the templates only know how to say it.

use serde::Serialize;

use crate::stack::{Probe, Recipe, Runtime, Service, User};
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
    /// The built program's name (go, rust), or the folder of the built files (static).
    artifact: String,
    /// Where the built program stands in the image (go, rust).
    installed: String,
    port: u16,
    probe: Vec<String>,
    never_asked: bool,
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
    let command = service.program();
    let (artifact, installed) = built(&command, recipe);
    Values {
        build_base: recipe.build_base.to_string(),
        run_base: recipe.run_base.to_string(),
        installer: &recipe.installer.name,
        lock_file: &recipe.installer.lock_file,
        locked: *recipe.locked_install,
        packages: recipe.packages.iter().map(String::as_str).collect(),
        make_owned: make_owned(recipe),
        user,
        artifact,
        installed,
        port: *service.port,
        probe: if *recipe.health_check { probe(&service.health.probe) } else { Vec::new() },
        never_asked: *recipe.health_check && never_asked(service),
        interval: service.health.interval.0,
        timeout: service.health.timeout.0,
        retries: service.health.retries,
        start_period: service.health.start_period.0,
        manager_at_run: command.first().is_some_and(|word| *word == recipe.installer.name),
        command,
    }
}

/// Where a built program goes, unless its command says another place.
const PROGRAMS: &str = "/usr/local/bin";
/// The image's working directory, which a relative command starts from.
const WORKDIR: &str = "/app";
/// Folders of the base: a program there is the distribution's.
const OF_THE_BASE: &[&str] = &["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/lib/", "/usr/lib/"];
/// Programs of the base (busybox) that start another one, or a shell.
const STARTERS: &[&str] =
    &["ash", "chroot", "env", "exec", "ionice", "nice", "setsid", "sh", "su", "timeout", "tini"];

/// The program that the first word of the command names, and where that word expects it; the
/// recipe's own where the word is no such place.
fn built(command: &[String], recipe: &Recipe) -> (String, String) {
    let own = || (recipe.artifact.clone(), format!("{PROGRAMS}/{}", recipe.artifact));
    if !matches!(recipe.runtime, Runtime::Go | Runtime::Rust) {
        return own();
    }
    let Some(word) = command.first() else { return own() };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let path = match word.strip_prefix("./") {
        Some(below) => format!("{WORKDIR}/{below}"),
        None if word.starts_with('/') => word.clone(),
        None if word.contains('/') => format!("{WORKDIR}/{word}"),
        None => format!("{PROGRAMS}/{word}"),
    };
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let elsewhere = OF_THE_BASE.iter().any(|folder| path.starts_with(folder))
        || STARTERS.contains(&name.as_str())
        || recipe.packages.contains(&name);
    let steps_out = path.split('/').any(|part| part == "..") || name.is_empty();
    if elsewhere || steps_out || !path.chars().all(plain) { own() } else { (name, path) }
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

/// A job ends before anybody asks it, which the image says as well, lest it inherit a check.
fn never_asked(service: &Service) -> bool {
    match service.health.probe {
        Probe::Image => service.once,
        Probe::Impossible | Probe::Disabled => true,
        Probe::Exec(_) | Probe::Shell(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{sample, service};
    use crate::stack::{Command, Health, ImageReference, Installer, Sourced};

    fn app(runtime: Runtime, installer: &str, lock_file: &str) -> (Service, Recipe) {
        let mut service = sample().services.remove(&service("app")).unwrap();
        let mut recipe = service.recipe.remove(0);
        recipe.runtime = runtime;
        recipe.installer =
            Installer { name: installer.to_owned(), lock_file: lock_file.to_owned() };
        recipe.artifact = "shop".to_owned();
        service.recipe = vec![recipe.clone()];
        (service, recipe)
    }

    fn mended(recipe: &mut Recipe) {
        let digest = crate::stack::Digest::Sha256("a".repeat(64));
        let base = ImageReference::parse("base:1").unwrap().pinned(digest);
        recipe.build_base = Sourced::derived(base.clone());
        recipe.run_base = Sourced::derived(base);
        recipe.user = Sourced::derived(User::Numeric { uid: 10001, gid: 10001 });
        recipe.health_check = Sourced::derived(true);
        recipe.locked_install = Sourced::derived(true);
        recipe.ignores_secrets = Sourced::derived(true);
        recipe.owned_paths = ["/data".to_owned(), "/my data".to_owned()].into();
    }

    const EVERY: &[(Runtime, &str, &str, &str)] = &[
        (Runtime::Python, "pip", "requirements.txt", "\"--require-hashes\""),
        (Runtime::Python, "uv", "uv.lock", "\"--locked\""),
        (Runtime::Python, "poetry", "poetry.lock", "poetry check --lock"),
        (Runtime::Node, "npm", "package-lock.json", "\"ci\""),
        (Runtime::Node, "pnpm", "pnpm-lock.yaml", "\"--frozen-lockfile\""),
        (Runtime::Node, "yarn", "yarn.lock", "\"--frozen-lockfile\""),
        (Runtime::Go, "go", "go.sum", "go mod verify"),
        (Runtime::Rust, "cargo", "Cargo.lock", "\"--locked\""),
        (Runtime::Static, "npm", "package-lock.json", "\"ci\""),
    ];

    #[test]
    fn every_flag_of_a_recipe_is_drawn_and_none_is_added() {
        for (runtime, installer, lock_file, check) in EVERY {
            let (service, mut recipe) = app(*runtime, installer, lock_file);
            let bare = draw(&service, &recipe).unwrap();
            for absent in [check, "USER", "HEALTHCHECK", "\"install\", \"-d\""] {
                assert!(!bare.dockerfile.contains(absent), "{installer}: {absent}\n{bare:?}");
            }
            assert_eq!(bare.ignored, "");
            mended(&mut recipe);
            let drawn = draw(&service, &recipe).unwrap();
            let own = "[\"install\", \"-d\", \"-m\", \"0755\", \"-o\", \"10001\", \"-g\", \"10001\", \"/data\", \"/my data\"]";
            let ask = "CMD [\"/bin/sh\", \"-c\", \"python3 -m probe\"]";
            let pinned = "FROM base:1@sha256:";
            for present in [check, "\nUSER 10001:10001\n", own, ask, pinned] {
                assert!(drawn.dockerfile.contains(present), "{installer}: {present}\n{drawn:?}");
            }
            assert!(drawn.ignored.contains("\nsecrets\n"));
            assert!(drawn.ignored.contains("\n**/.env\n"));
        }
    }

    #[test]
    fn a_job_says_that_nobody_asks_it() {
        let (mut job, mut recipe) = app(Runtime::Python, "pip", "requirements.txt");
        job.once = true;
        job.health = Sourced::derived(Health::default());
        assert!(!draw(&job, &recipe).unwrap().dockerfile.contains("HEALTHCHECK"));
        recipe.health_check = Sourced::derived(true);
        assert!(draw(&job, &recipe).unwrap().dockerfile.contains("\nHEALTHCHECK NONE\n"));
        job.once = false;
        assert!(!draw(&job, &recipe).unwrap().dockerfile.contains("HEALTHCHECK"));
    }

    #[test]
    fn the_last_user_is_never_the_one_that_installs() {
        let (service, mut recipe) = app(Runtime::Static, "npm", "package-lock.json");
        mended(&mut recipe);
        recipe.packages.insert("brotli".to_owned());
        let drawn = draw(&service, &recipe).unwrap().dockerfile;
        let users: Vec<_> = drawn.lines().filter(|line| line.starts_with("USER")).collect();
        assert_eq!(users, ["USER 0:0", "USER 10001:10001"]);
    }

    #[test]
    fn a_built_program_runs_where_nobody_names_another() {
        let (service, recipe) = app(Runtime::Go, "go", "go.sum");
        assert!(draw(&service, &recipe).unwrap().dockerfile.ends_with("CMD [\"shop\"]\n"));
        assert_eq!(service.program(), ["shop"]);
    }

    #[test]
    fn a_built_program_stands_where_its_command_looks_for_it() {
        for (first, name, place) in [
            ("/usr/local/bin/shop", "shop", "/usr/local/bin/shop"),
            ("/app/server", "server", "/app/server"),
            ("/server", "server", "/server"),
            ("./server", "server", "/app/server"),
            ("bin/server", "server", "/app/bin/server"),
            ("server", "server", "/usr/local/bin/server"),
            ("sh", "shop", "/usr/local/bin/shop"),
            ("/bin/sh", "shop", "/usr/local/bin/shop"),
            ("ffmpeg", "shop", "/usr/local/bin/shop"),
            ("../server", "shop", "/usr/local/bin/shop"),
            ("/app/", "shop", "/usr/local/bin/shop"),
            ("/app/a b", "shop", "/usr/local/bin/shop"),
        ] {
            let (mut service, mut recipe) = app(Runtime::Go, "go", "go.sum");
            recipe.packages.insert("ffmpeg".to_owned());
            service.command = Sourced::derived(Command::Exec(vec![first.to_owned()]));
            let drawn = draw(&service, &recipe).unwrap().dockerfile;
            let copied = format!("\nCOPY --from=build /out/{name} {place}\n");
            assert!(drawn.contains(&copied), "{first}:\n{drawn}");
            assert!(drawn.contains(&format!("[ -d ./cmd/{name} ]")), "{first}:\n{drawn}");
            let (_, recipe) = app(Runtime::Rust, "cargo", "Cargo.lock");
            let drawn = draw(&service, &recipe).unwrap().dockerfile;
            assert!(first == "ffmpeg" || drawn.contains(&format!("\"--bin\", \"{name}\"]")));
        }
    }

    #[test]
    fn a_lock_that_its_installer_cannot_read_is_refused_by_name() {
        let (service, mut recipe) = app(Runtime::Node, "yarn", "yarn.lock");
        mended(&mut recipe);
        let drawn = draw(&service, &recipe).unwrap().dockerfile;
        let refusal = drawn.find("__metadata").expect("a look at the lock's version");
        assert!(refusal < drawn.find("\"yarn\", \"install\"").unwrap(), "{drawn}");
    }

    #[test]
    fn nothing_leaves_its_place() {
        for hostile in ["a\nRUN x", "a b", "$(x)", "a;b", "\"", "#"] {
            let (service, mut recipe) = app(Runtime::Python, "pip", "requirements.txt");
            recipe.packages.insert(hostile.to_owned());
            assert!(draw(&service, &recipe).is_err(), "package {hostile:?}");
            let (_, recipe) = app(Runtime::Go, "go", hostile);
            let locked = Recipe { locked_install: Sourced::derived(true), ..recipe };
            assert!(draw(&service, &locked).is_err(), "lock file {hostile:?}");
        }
        let (mut service, recipe) = app(Runtime::Python, "pip", "requirements.txt");
        let words = vec!["a\"]\\".to_owned(), "$X `y`".to_owned()];
        service.command = Sourced::derived(Command::Exec(words));
        let drawn = draw(&service, &recipe).unwrap().dockerfile;
        assert!(drawn.ends_with("CMD [\"a\\\"]\\\\\", \"$X `y`\"]\n"), "{drawn}");
    }
}
