//! What is drawn for small stacks.

use super::*;
use crate::compose::ComposeFile;
use crate::controls;
use crate::diagnostic::Problems;
use crate::hardening;
use crate::stack::testing::{sample, secret_name, service};
use crate::stack::{
    AddressRange, Command, Delivery, EnvironmentName, GeneratedFile, Mount, MountSource, Origin,
    Purpose, SecretUse, SettingName, SettingValue, Sourced,
};

fn around(gateway: &Tree) -> Surroundings<'_> {
    Surroundings {
        version: "0.1.0",
        description: "0123456789abcdef",
        folder: "deploy/production",
        secrets_dir: "/run/portcullis/shop/production",
        target: &TARGET,
        gateway,
    }
}

/// The sample, hardened, with a gateway that mounts its files and its certificates.
fn hardened() -> Stack {
    let mut stack = sample();
    let mount = |source, target: &str| Mount {
        source,
        target: target.to_owned(),
        read_only: true,
        nocopy: false,
        subpath: String::new(),
        origin: Origin::Derived,
    };
    stack.services.get_mut(&service("gateway")).unwrap().mounts = vec![
        mount(MountSource::Generated("gateway".to_owned()), "/etc/portcullis"),
        mount(MountSource::Secrets("tls".to_owned()), "/run/tls"),
    ];
    hardening::judge(&mut stack, controls::ALL);
    stack
}

fn drawn_with(stack: &Stack, nginx: &str) -> Tree {
    let mut gateway = Tree::new();
    gateway.add("gateway/nginx.conf", File::plain(nginx)).unwrap();
    draw(stack, &around(&gateway)).unwrap()
}

fn drawn(stack: &Stack) -> Tree {
    drawn_with(stack, "events {}\n")
}

fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
    std::str::from_utf8(&tree.get(path).unwrap().bytes).unwrap()
}

fn read(tree: &Tree) -> ComposeFile {
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, text(tree, "compose.yaml"), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    file
}

fn app(stack: &mut Stack) -> &mut crate::stack::Service {
    stack.services.get_mut(&service("app")).unwrap()
}

#[test]
fn the_file_reads_back_as_it_was_drawn() {
    let tree = drawn(&hardened());
    let file = read(&tree);
    let again = yaml::to_string(&file).unwrap();
    let keys = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        lines.filter(|line| !matches!(*line, "" | "---")).map(str::to_owned).collect()
    };
    assert_eq!(keys(&again), keys(text(&tree, "compose.yaml")));
    assert_eq!(file.services["app"].read_only, Some(true));
    assert_eq!(file.services["app"].cap_drop, ["ALL"]);
    assert!(file.services["app"].carried.is_empty());
}

#[test]
fn what_is_built_here_is_never_asked_of_a_registry() {
    let file = read(&drawn(&hardened()));
    for (name, service) in &file.services {
        let expected = service.build.is_some().then_some("never");
        assert_eq!(service.pull_policy.as_deref(), expected, "{name}");
    }
    assert!(file.services["app"].build.is_some());
}

#[test]
fn limits_stand_in_both_forms_with_equal_values() {
    let file = read(&drawn(&hardened()));
    for (name, service) in &file.services {
        let limits = service.deploy.as_ref().and_then(|d| d.resources.as_ref()?.limits.as_ref());
        let limits = limits.unwrap_or_else(|| panic!("{name} has no limits"));
        assert_eq!(limits.memory, service.mem_limit, "{name}");
        assert_eq!(service.memswap_limit, service.mem_limit, "{name}");
        assert_eq!(limits.cpus, service.cpus.as_ref().map(|n| n.0.clone()), "{name}");
        assert_eq!(limits.pids, service.pids_limit, "{name}");
    }
}

/// Compose names containers, networks and volumes after it: those of production never change.
#[test]
fn environments_of_a_project_share_no_name() {
    let mut stack = hardened();
    let name = |stack: &Stack| read(&drawn(stack)).name.unwrap();
    let production = name(&stack);
    assert_eq!(production, stack.name.as_str());
    stack.environment = EnvironmentName::new("dev").unwrap();
    assert_eq!(name(&stack), format!("{production}-dev"));
}

#[test]
fn a_dollar_reaches_the_program_and_no_variable_does() {
    let mut stack = hardened();
    let name = SettingName::new("PRICE").unwrap();
    let value = SettingValue::Text("5$ or ${HOME}".to_owned());
    app(&mut stack).settings.insert(name, Sourced::derived(value));
    app(&mut stack).command = Sourced::derived(Command::Exec(vec!["echo $PATH".to_owned()]));
    let tree = drawn(&stack);
    let file = read(&tree);
    let drawn = &file.services["app"];
    assert_eq!(drawn.environment["PRICE"].as_deref(), Some("5$$ or $${HOME}"));
    assert!(text(&tree, "compose.yaml").contains("- echo $$PATH\n"));
}

#[test]
fn a_program_that_reads_only_its_environment_gets_an_entrypoint() {
    let mut stack = hardened();
    let variable = SettingName::new("SESSION_KEY").unwrap();
    app(&mut stack).secrets.push(SecretUse {
        secret: secret_name("stack_api_key"),
        delivery: Delivery::Variable(variable),
    });
    let mut tree = Tree::new();
    tree.add("gateway/nginx.conf", File::plain("")).unwrap();
    let refused = draw(&stack, &around(&tree));
    assert!(matches!(refused, Err(DrawError::NoProgram { .. })), "nothing to run: {refused:?}");

    app(&mut stack).entrypoint = Sourced::derived(Command::Exec(vec!["tini".to_owned()]));
    app(&mut stack).command = Sourced::derived(Command::Exec(vec!["serve".to_owned()]));
    let tree = drawn(&stack);
    let script = text(&tree, "services/app/entrypoint.sh");
    assert!(script.contains("SESSION_KEY=$(cat /run/secrets/stack_api_key)\n"), "{script}");
    let compose = text(&tree, "compose.yaml");
    assert!(compose.contains("    command:\n      - tini\n      - serve\n"), "{compose}");
    assert!(compose.contains("    entrypoint:\n      - /bin/sh\n      - /usr/local/libexec/"));
    assert!(!compose.contains("SESSION_KEY"));
    assert_eq!(read(&tree).services["app"].configs.len(), 1);
}

#[test]
fn only_who_mounts_a_changed_file_is_recreated() {
    let mut stack = hardened();
    let file = |content: &str| GeneratedFile {
        name: "db-roles".to_owned(),
        source: "services/db/10-roles.sh".to_owned(),
        target: "/docker-entrypoint-initdb.d/10-roles.sh".to_owned(),
        content: content.to_owned(),
    };
    let db = service("db");
    stack.services.get_mut(&db).unwrap().files = vec![file("one\n")];
    let before = read(&drawn(&stack));
    let gateway = read(&drawn_with(&stack, "events { }\n"));
    stack.services.get_mut(&db).unwrap().files = vec![file("two\n")];
    let after = read(&drawn(&stack));
    for (other, changed) in [(gateway, "gateway"), (after, "db")] {
        for (name, service) in &before.services {
            assert_eq!(*service != other.services[name], name == changed, "{name}, {changed}");
        }
    }
    assert!(before.services["app"].labels.is_empty());
}

#[test]
fn secrets_are_files_below_the_variable_and_certificates_a_folder() {
    let mut stack = hardened();
    let gateway = stack.services.get_mut(&service("gateway")).unwrap();
    gateway
        .secrets
        .push(SecretUse { secret: secret_name("stack_api_key"), delivery: Delivery::Folder });
    let tree = drawn(&stack);
    let file = read(&tree);
    let names: Vec<_> = file.secrets.keys().map(String::as_str).collect();
    assert_eq!(names, ["db_app_password", "db_password"]);
    let source = file.services["gateway"].volumes[1].source.as_deref().unwrap();
    assert!(source.starts_with("${PORTCULLIS_SECRETS_DIR:?not set; run: "), "{source}");
    assert!(source.ends_with(" --env production}/tls"), "{source}");
    assert_eq!(text(&tree, ".env"), "PORTCULLIS_SECRETS_DIR='/run/portcullis/shop/production'\n");
}

#[test]
fn keys_without_a_word_in_the_model_are_carried_in_their_place() {
    let mut stack = hardened();
    let carried = &mut app(&mut stack).carried;
    carried.insert("sysctls".to_owned(), Sourced::derived("{net.core.somaxconn: 1}".to_owned()));
    let option = Sourced::derived("'label:disable'".to_owned());
    carried.insert("security_opt label".to_owned(), option);
    carried.insert("working_dir".to_owned(), Sourced::derived("/srv".to_owned()));
    let tree = drawn(&stack);
    let compose = text(&tree, "compose.yaml");
    let at = |key: &str| compose.find(&format!("\n    {key}:")).unwrap();
    assert!(at("working_dir") < at("restart"));
    assert_eq!(
        read(&tree).services["app"].security_opt,
        ["no-new-privileges:true", "label:disable"]
    );
    assert!(at("stop_grace_period") < at("sysctls") && at("sysctls") < at("tmpfs"));
    app(&mut stack).carried.insert("x".to_owned(), Sourced::derived("[".to_owned()));
    let tree = Tree::new();
    assert!(matches!(draw(&stack, &around(&tree)), Err(DrawError::Carried { .. })));
}

#[test]
fn nobody_but_the_gateway_is_published_without_a_word_of_the_judge() {
    let mut stack = hardened();
    let published = stack.services["gateway"].published[0].clone();
    app(&mut stack).published.push(published);
    let waivers = drawn(&stack);
    let (_, rest) = text(&waivers, ".compose-lint.yml").split_once("CL-0005:").unwrap();
    let (of_the_rule, _) = rest.split_once("CL-").unwrap();
    assert!(of_the_rule.contains(" gateway:") && !of_the_rule.contains(" app:"), "{of_the_rule}");
}

#[test]
fn waivers_stand_only_where_this_stack_needs_them() {
    let stack = hardened();
    let tree = drawn(&stack);
    let waivers = text(&tree, ".compose-lint.yml");
    let only = "CL-0005:\n    exclude_services:\n      gateway: \"the one public entrance";
    assert!(waivers.contains(only), "{waivers}");
    assert!(!waivers.contains("CL-0007"));
    assert!(tree.get(".dclintrc.yaml").is_none());
    assert!(tree.get(".gixy.cfg").is_none());

    let mut stack = stack;
    stack.local = true;
    stack.exceptions.push(crate::stack::Exception {
        control: "read-only-root".to_owned(),
        place: crate::stack::Place::Service(service("app")),
        reason: "writes: beside # its binary".to_owned(),
        until: String::new(),
        written: Vec::new(),
    });
    app(&mut stack).recipe[0].packages.insert("ffmpeg".to_owned());
    let image = crate::stack::ImageReference::parse("shop/app:latest").unwrap();
    app(&mut stack).image = Sourced::derived(image);
    let label = Sourced::derived("\"label:disable\"".to_owned());
    app(&mut stack).carried.insert("security_opt label".to_owned(), label);
    let tree = drawn(&stack);
    let waivers = text(&tree, ".compose-lint.yml");
    let reason = "app: \"exception `read-only-root`: writes: beside # its binary\"";
    assert!(waivers.contains(reason), "{waivers}");
    assert!(waivers.contains("CL-0009:\n    exclude_services:\n      app: "), "{waivers}");
    let dockerfile = text(&tree, "services/app/Dockerfile");
    assert!(dockerfile.contains("\n# hadolint ignore=DL3008\nRUN apt-get"), "{dockerfile}");
    assert!(text(&tree, ".dclintrc.yaml").contains("require-explicit-tag: 0"));
    assert!(text(&tree, ".gixy.cfg").ends_with("\nskips = hsts_header\n"));
    for host in stack.gateway.hosts.values_mut() {
        host.routes.values_mut().for_each(|route| route.buffering = false);
    }
    let waivers = drawn(&stack);
    let waivers = text(&waivers, ".gixy.cfg");
    assert!(waivers.ends_with("\nskips = hsts_header,proxy_buffering_off\n"), "{waivers}");
    assert!(waivers.contains("# hsts_header: a loopback name"), "{waivers}");
    assert!(waivers.contains("# proxy_buffering_off: a route passes"), "{waivers}");
    let stream = |transport| crate::stack::Stream {
        port: 6881,
        transport,
        service: service("app"),
        service_port: 6881,
        reason: "peers".to_owned(),
        origin: crate::stack::Origin::Default,
    };
    use crate::stack::Transport::{Tcp, Udp};
    stack.gateway.streams = vec![stream(Tcp), stream(Udp)];
    let waivers = drawn(&stack);
    assert!(text(&waivers, ".gixy.cfg").ends_with(",default_server_flag\n"));
}

/// What podman-compose refuses or passes over is said in its own words, and nothing else changes.
#[test]
fn podman_gets_its_own_words() {
    let mut stack = hardened();
    let app = stack.services.get_mut(&service("app")).unwrap();
    app.files.push(GeneratedFile {
        name: "app-roles".to_owned(),
        source: "services/app/roles.sh".to_owned(),
        target: "/roles.sh".to_owned(),
        content: "true\n".to_owned(),
    });
    let gateway = Tree::new();
    let docker = read(&draw(&stack, &around(&gateway)).unwrap());
    let around = Surroundings { target: &PODMAN, ..around(&gateway) };
    let podman = read(&draw(&stack, &around).unwrap());

    assert!(docker.networks.values().any(|network| !network.driver_opts.is_empty()));
    assert!(podman.networks.values().all(|network| network.driver_opts.is_empty()));
    assert!(podman.networks.iter().all(|(name, n)| n.internal == docker.networks[name].internal));
    assert!(podman.configs.is_empty() && !docker.configs.is_empty());
    let (app, apps) = (&podman.services["app"], &docker.services["app"]);
    let mounted = app.volumes.iter().find(|mount| mount.target.as_deref() == Some("/roles.sh"));
    let mounted = mounted.unwrap();
    assert_eq!(mounted.source.as_deref(), Some("./services/app/roles.sh"));
    assert_eq!((mounted.read_only, app.configs.len()), (Some(true), 0));
    assert!(apps.tmpfs.iter().any(|tmpfs| tmpfs.ends_with("mode=1777,uid=10001,gid=10001")));
    assert!(app.tmpfs.iter().any(|tmpfs| tmpfs.ends_with("mode=1777,U")));
    assert_eq!((&app.mem_limit, &app.cap_drop), (&apps.mem_limit, &apps.cap_drop));
}

/// A job that needs nothing ends before anybody who waits for it, there as well.
#[test]
fn under_podman_nobody_waits_for_a_job_that_needs_a_service() {
    let mut file = drawn_file("needy: {depends_on: {db: {condition: service_healthy}}}");
    podman::adapt(&mut file);
    let waits = |name: &str| file.services[name].depends_on.0.keys().collect::<Vec<_>>();
    assert_eq!(waits("app"), ["db", "free"]);
    assert_eq!(waits("needy"), ["db"]);
}

/// Where `app` waits for two jobs and a database.
fn drawn_file(needy: &str) -> ComposeFile {
    let ended = "{condition: service_completed_successfully}";
    let app = format!("{{db: {{condition: service_healthy}}, free: {ended}, needy: {ended}}}");
    let text = format!("services: {{db: {{}}, free: {{}}, {needy}, app: {{depends_on: {app}}}}}\n");
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, &text, &mut problems);
    assert!(problems.is_empty(), "{text}");
    file
}

#[test]
fn podman_answers_names_at_the_first_address_of_the_ingress() {
    let mut stack = sample();
    assert_eq!(resolver(&stack), None);
    let ingress = stack.networks.values_mut().find(|n| n.purpose == Purpose::Ingress).unwrap();
    ingress.subnet = vec![AddressRange::parse("10.128.0.8/29").unwrap()];
    assert_eq!(resolver(&stack).as_deref(), Some("10.128.0.9"));
}
