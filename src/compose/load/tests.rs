//! Whole projects through all phases.

use indoc::indoc;

use super::*;

/// The project of files in memory; the first is the Compose file, `.env` is found by itself.
fn read(files: &[(&str, &str)]) -> Result<Project, String> {
    ask(Request::of(files[0].0), files)
}

fn ask(request: Request, files: &[(&str, &str)]) -> Result<Project, String> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let files = Memory::new(files.iter().copied());
    let project = load(&request, &files, &mut sources, &mut problems);
    assert_eq!(project.is_none(), !problems.is_empty());
    project.ok_or_else(|| sources.report(&problems))
}

fn show(project: &Project, path: &[&str]) -> String {
    let node = path.iter().fold(&project.node, |node, key| match key.parse::<usize>() {
        Ok(index) => &node.sequence().unwrap()[index],
        Err(_) => node.get(key).unwrap_or_else(|| panic!("no {key} in {node:?}")),
    });
    flat(node)
}

fn flat(node: &Node) -> String {
    let list = |items: Vec<String>| items.join(" ");
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Scalar(scalar) => scalar.text.clone(),
        Value::Sequence(items) => format!("[{}]", list(items.iter().map(flat).collect())),
        Value::Mapping(entries) => {
            let entry =
                |(key, node): &(crate::yaml::Key, Node)| format!("{}={}", key.text, flat(node));
            format!("{{{}}}", list(entries.iter().map(entry).collect()))
        }
    }
}

#[test]
fn a_file_is_read_with_its_env_file() {
    let file = indoc! {r#"
        services:
          web:
            image: "app:${TAG:-1}"
            ports: ["${PORT}:80"]
            command: run --now "a b"
            environment: [MODE, "PRICE=$$5"]
            env_file: web.env
            healthcheck: {test: curl x, interval: 90s}
            mem_limit: 1g
    "#};
    let env = "TAG=2\nPORT=8080\nMODE=prod\n";
    let project =
        read(&[("/p/compose.yaml", file), ("/p/.env", env), ("/p/web.env", "LATE=$TAG\nMODE=x\n")])
            .unwrap();
    for (path, expected) in [
        ("image", "app:2"),
        ("ports", "[{mode=ingress target=80 published=8080 protocol=tcp}]"),
        ("command", "[run --now a b]"),
        ("environment", "{MODE=prod PRICE=$$5 LATE=2}"),
        ("healthcheck", "{test=[CMD-SHELL curl x] interval=1m30s}"),
        ("mem_limit", "1073741824"),
    ] {
        assert_eq!(show(&project, &["services", "web", path]), expected, "{path}");
    }
    assert_eq!(project.name, "p");
    assert_eq!(project.variables.iter().map(String::as_str).collect::<Vec<_>>(), ["PORT", "TAG"]);
    assert_eq!(project.files, ["/p/.env", "/p/compose.yaml", "/p/web.env"]);
    assert_eq!(project.file.services["web"].ports[0].host, "8080");
}

#[test]
fn without_interpolation_the_text_stays() {
    let file = "services: {web: {image: 'a:$T', ports: ['${P}:80'], command: x $$Y}}";
    let request = Request { interpolate: false, ..Request::of("/p/c.yaml") };
    let project = ask(request, &[("/p/c.yaml", file)]).unwrap();
    assert_eq!(show(&project, &["services", "web"]), "{image=a:$T ports=[${P}:80] command=x $$Y}");
    assert_eq!(project.file.services["web"].ports[0].to_string(), "${P}:80");
}

#[test]
fn an_override_is_laid_over() {
    let base = indoc! {"
        services:
          web:
            image: a
            command: [x]
            environment: {A: 1, B: 2}
            ports: ['80:80', '81:81']
            volumes: ['data:/data', './a:/b']
            labels: {x: y}
            cap_add: [NET_ADMIN]
        volumes: {data: }
    "};
    let over = indoc! {"
        services:
          web:
            command: [y, z]
            environment: [B=3, C=4]
            ports: !override ['90:90']
            volumes: ['./c:/data:ro']
            labels: !reset {}
            cap_add: [NET_ADMIN, SYS_TIME]
    "};
    let files = [("/p/compose.yaml", base), ("/p/compose.override.yaml", over)];
    let memory = Memory::new(files);
    let request = Request::in_folder("/p".into(), &memory).unwrap();
    let project = ask(request, &files).unwrap();
    for (path, expected) in [
        ("command", "[y z]"),
        ("environment", "{A=1 B=3 C=4}"),
        ("ports", "[{mode=ingress target=90 published=90 protocol=tcp}]"),
        (
            "volumes",
            "[{type=bind source=./c target=/data read_only=true bind={create_host_path=true}} \
             {type=bind source=./a target=/b bind={create_host_path=true}}]",
        ),
        ("cap_add", "[NET_ADMIN SYS_TIME]"),
    ] {
        assert_eq!(show(&project, &["services", "web", path]), expected, "{path}");
    }
    let web = project.node.get("services").and_then(|services| services.get("web")).unwrap();
    assert_eq!(web.get("labels"), None);
    let over = web.get("command").unwrap().at;
    assert_eq!((over.source, over.line), (1, 3), "values stand where they were written");
}

#[test]
fn services_are_extended_from_other_folders() {
    let main = "services: {web: {extends: {file: sub/base.yaml, service: b}, environment: [X=2]}}";
    let base = indoc! {"
        services:
          a: {image: i, volumes: ['./conf:/conf'], environment: {X: 1, Y: 1}}
          b: {extends: a, env_file: a.env, command: run}
    "};
    let env = "Z=3\n";
    let files = [("/p/c.yaml", main), ("/p/sub/base.yaml", base), ("/p/sub/a.env", env)];
    let project = read(&files).unwrap();
    assert_eq!(
        show(&project, &["services", "web"]),
        "{image=i volumes=[{type=bind source=sub/conf target=/conf bind={create_host_path=true}}] \
         environment={X=2 Y=1 Z=3} command=[run]}"
    );
}

#[test]
fn projects_are_included_with_their_own_env_file() {
    let main = indoc! {"
        include:
          - sub/compose.yaml
          - {path: other/x.yaml, project_directory: ., env_file: o.env}
        services: {web: {image: w, depends_on: [db]}, db: {mem_limit: 1m}}
    "};
    let files = [
        ("/p/c.yaml", main),
        ("/p/sub/compose.yaml", "services: {db: {image: 'db:$V', volumes: ['./d:/d']}}"),
        ("/p/sub/.env", "V=1\n"),
        ("/p/other/x.yaml", "services: {x: {image: 'x:$V', build: ./x}}"),
        ("/p/o.env", "V=2\n"),
    ];
    let project = read(&files).unwrap();
    assert_eq!(show(&project, &["services", "db", "image"]), "db:1");
    assert_eq!(show(&project, &["services", "db", "mem_limit"]), "1048576");
    assert_eq!(show(&project, &["services", "db", "volumes", "0", "source"]), "sub/d");
    assert_eq!(show(&project, &["services", "x"]), "{image=x:2 build={context=x}}");
}

#[test]
fn profiles_say_what_runs() {
    let file = "services: {a: {image: a}, b: {image: b, profiles: [p], depends_on: [gone]}}";
    let project = read(&[("/p/c.yaml", file)]).unwrap();
    assert!(project.inactive.contains("b"));
    let request = Request { profiles: ["p".to_owned()].into(), ..Request::of("/p/c.yaml") };
    let refused = ask(request, &[("/p/c.yaml", file)]).unwrap_err();
    assert!(refused.contains("`gone`"), "{refused}");
    assert!(read(&[("/p/c.yaml", file), ("/p/.env", "COMPOSE_PROFILES=p\n")]).is_err());
}

#[test]
fn mistakes_have_a_place_and_a_way_out() {
    for (file, expected) in [
        ("services: {a: {image: x, prots: []}}", "did you mean `ports`?"),
        ("services: {a: {image: 5}}", "write it in quotes"),
        ("services: {a: {image: '${X:?set it}'}}", "`set it`"),
        ("services: {a: {image: '${X'}}", "write `$$` for a plain `$`"),
        ("services: {a: {command: x}}", "neither an image nor a build"),
        ("services: {a: {image: x, networks: [n]}}", "the network `n`, which is not there"),
        ("services: {a: {image: x, volumes: ['vol:/v']}}", "Coolify does so by itself"),
        ("services: {a: {image: x, secrets: [s]}}", "the secret `s`"),
        ("services: {a: {image: x, ports: ['x:y']}}", "the container's port is a number"),
        ("services: {a: {image: x, mem_limit: lots}}", "a size such as 512m"),
        ("services: {a: {image: x, exclude_from_hc: true}}", "Coolify's own"),
        ("web: {image: x}\ndb: {image: y}", "version 1"),
        (
            "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}",
            "`a` → `b` → `a`",
        ),
        ("services: {a: {extends: b}, b: {extends: a}}", "extends itself"),
        ("services: {a: {extends: {file: c.yaml, service: a}}}", "extends itself"),
        ("include: [c.yaml]\nservices: {a: {image: x}}", "includes itself"),
        ("include: [nowhere.yaml]", "it does not exist"),
        (
            "services: {a: {image: x, network_mode: host, networks: [n]}}\nnetworks: {n: }",
            "keep one",
        ),
        ("x: [", "yaml-syntax"),
        ("[a]", "expected a map"),
        ("services: {a: {image: x, env_file: none.env}}", "none.env"),
    ] {
        let refused = read(&[("/p/c.yaml", file)]).unwrap_err();
        assert!(refused.contains(expected), "{file}\n{refused}");
        assert!(refused.contains("/p/c.yaml:"), "{file}\n{refused}");
    }
}

#[test]
fn no_message_shows_a_secret() {
    for file in [
        "services: {a: {image: x, environment: {DB_PASSWORD: '${X:?hunter2hunter2}'}}}",
        "services: {a: {image: x, environment: {DB_PASSWORD: [hunter2hunter2]}}}",
        "services: {a: {image: x, labels: {API_KEY: {a: hunter2hunter2}}}}",
        "services:\n  a:\n    image: x\n    environment:\n      API_KEY: '${hunter2hunter2'\n",
        "services: {a: {image: x, security_opt: [TOKEN=hunter2hunter2, TOKEN=hunter2hunter2]}}",
    ] {
        let refused = read(&[("/p/c.yaml", file)]).unwrap_err();
        assert!(!refused.contains("hunter2"), "{file}\n{refused}");
    }
}

mod any {
    use proptest::prelude::*;

    use super::*;

    /// Values of every kind under keys of every kind.
    fn value() -> impl Strategy<Value = String> {
        let scalar = "([a-c0-9${}:?/.=,~ -]|\\$\\{A){0,8}".prop_map(|text| format!("{text:?}"));
        let plain = prop_oneof![Just("~"), Just("1"), Just("true"), Just("[]"), Just("{}")];
        let leaf = prop_oneof![scalar, plain.prop_map(str::to_owned)];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let key = prop_oneof![
                Just("image"),
                Just("ports"),
                Just("volumes"),
                Just("extends"),
                Just("build"),
                Just("service"),
                Just("file"),
                Just("environment"),
                Just("networks"),
                Just("deploy"),
                Just("depends_on"),
                Just("ulimits"),
                Just("logging"),
                Just("ipam"),
                Just("config"),
                Just("external"),
                Just("env_file"),
                Just("healthcheck"),
                Just("target"),
                Just("a"),
            ];
            let map = proptest::collection::btree_map(key, inner.clone(), 0..3).prop_map(|map| {
                let entries: Vec<_> =
                    map.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", entries.join(", "))
            });
            let list = proptest::collection::vec(inner, 0..3)
                .prop_map(|items| format!("[{}]", items.join(", ")));
            prop_oneof![map, list]
        })
    }

    proptest! {
        #[test]
        fn any_project_is_read_or_refused(a in value(), b in value(), top in value(), interpolate: bool) {
            let base = format!("services: {{a: {a}, b: {{image: x, extends: a}}}}\nnetworks: {top}\n");
            let over = format!("services: {{a: !override {b}, c: {a}}}\nvolumes: {top}\n");
            let files = [("/p/c.yaml", base.as_str()), ("/p/o.yaml", over.as_str())];
            let request = Request { interpolate, ..Request::of("/p/c.yaml") };
            let request = Request { files: vec!["/p/c.yaml".into(), "/p/o.yaml".into()], ..request };
            let _ = ask(request, &files);
        }
    }
}
