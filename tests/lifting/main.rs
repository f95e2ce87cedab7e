//! Whatever Compose accepts becomes a stack, and nothing that decides how safe it is gets lost on
//! the way: what the file says is counted on both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../loading/corpus.rs"]
mod corpus;

use camino::Utf8PathBuf;
use portcullis::compose::lift_project;
use portcullis::compose::load::{Disk, Project, Request, load};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::stack::{Service, Stack};
use portcullis::yaml::{Node, Value};

#[test]
fn nothing_that_compose_accepts_is_lost() {
    let mut lifted = 0;
    for case in corpus::cases() {
        let Some(project) = read(&case) else { continue };
        let mut problems = Problems::new();
        let stack = lift_project(&project, &mut problems).expect("a stack");
        let unread = problems.iter().filter(|problem| !problem.message.contains("not judged"));
        let unread: Vec<_> = unread.map(|problem| &problem.message).collect();
        assert!(unread.is_empty(), "{}: {unread:?}", case.name);
        for (name, node) in services(&project) {
            compare(&stack, name, node, &case.name);
        }
        lifted += 1;
    }
    assert!(lifted >= 5, "{lifted}");
}

fn compare(stack: &Stack, name: &str, node: &Node, case: &str) {
    let service = stack.services.get(name).unwrap_or_else(|| panic!("{case}: no {name}"));
    let said: [(&str, usize); 7] = [
        ("ports", service.published.len()),
        ("volumes", service.mounts.len() + service.tmpfs.len()),
        ("cap_add", service.capabilities_added.len()),
        ("cap_drop", service.capabilities_dropped.len()),
        ("devices", service.devices.len()),
        ("secrets", service.secrets.len()),
        ("environment", variables(service)),
    ];
    for (key, found) in said {
        let lists = if key == "volumes" { vec![key, "tmpfs"] } else { vec![key] };
        let wanted: usize = lists.iter().map(|key| entries(node, key)).sum();
        assert_eq!(found, wanted, "{case}: {key} of {name}");
    }
    for (key, found) in [
        ("privileged", *service.privileged),
        ("read_only", *service.read_only_root),
        ("init", *service.init),
    ] {
        assert_eq!(found, text(node, key) == Some("true"), "{case}: {key} of {name}");
    }
}

/// Variables: settings, and those that hold the path of a secret.
fn variables(service: &Service) -> usize {
    use portcullis::stack::Delivery;
    let paths = service.secrets.iter().filter(|u| matches!(u.delivery, Delivery::FileVariable(_)));
    service.settings.len() + paths.count()
}

fn entries(node: &Node, key: &str) -> usize {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Sequence(items)) => items.len(),
        Some(Value::Mapping(entries)) => entries.len(),
        Some(Value::Scalar(_)) => 1,
        Some(Value::Null) | None => 0,
    }
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Scalar(scalar)) => Some(&scalar.text),
        _ => None,
    }
}

fn services(project: &Project) -> impl Iterator<Item = (&str, &Node)> {
    let services = project.node.get("services").and_then(Node::mapping).into_iter().flatten();
    services.map(|(key, node)| (key.text.as_str(), node))
}

fn read(case: &corpus::Case) -> Option<Project> {
    let path = |path: std::path::PathBuf| Utf8PathBuf::from_path_buf(path).expect("UTF-8");
    let files: Vec<_> = case.files.iter().map(|file| path(case.folder.join(file))).collect();
    let mut request = Request::of(files[0].clone());
    request.files = files;
    request.folder = path(case.folder.clone());
    request.profiles.insert("*".to_owned());
    let lines = case.env.iter().flat_map(|env| env.lines());
    let variables = lines.filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once('='));
    request.environment =
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    load(&request, &Disk, &mut Sources::default(), &mut Problems::new())
}
