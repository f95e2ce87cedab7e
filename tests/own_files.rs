//! What the program draws keeps the rules by which it judges the Dockerfiles and nginx configurations
//! of others, and each rule sees where a line of it is broken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod support;

use std::collections::BTreeMap;

use portcullis::audit::dockerfile::{self, Build};
use portcullis::audit::nginx::{self, Configuration, File};
use support::{PRESETS, Project};

const WHOLE: Configuration = Configuration { is_whole: true, is_edge: true };

fn drawn(preset: &str) -> BTreeMap<String, String> {
    let project = Project::new(preset);
    let files = project.files().into_iter();
    files.filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?))).collect()
}

fn in_dockerfile(text: &str) -> Vec<&'static str> {
    let found = dockerfile::judge(text, 0, Build { target: None, ignores_nothing: false });
    found.unwrap().iter().map(|finding| finding.control).collect()
}

fn in_gateway(files: &BTreeMap<String, String>) -> Vec<&'static str> {
    let own = files.iter().filter_map(|(path, text)| {
        let (_, path) = path.split_once("gateway/")?;
        path.ends_with(".conf").then(|| (format!("/etc/nginx/{path}"), text))
    });
    let own: Vec<_> = own.collect();
    assert!(own.len() > 5, "{:?}", files.keys());
    let each = own.iter().map(|(path, text)| File { path, text, source: 0 });
    let judged = nginx::judge(&each.collect::<Vec<_>>(), WHOLE);
    assert!(judged.unread.is_empty(), "{:?}", judged.unread);
    judged.findings.iter().map(|finding| finding.control).collect()
}

#[test]
fn nothing_is_found_in_what_is_drawn() {
    let mut dockerfiles = 0;
    for preset in PRESETS {
        let files = drawn(preset);
        assert_eq!(in_gateway(&files), [""; 0], "{preset}");
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with("Dockerfile")) {
            assert_eq!(in_dockerfile(text), [""; 0], "{preset}: {path}");
            dockerfiles += 1;
        }
    }
    assert!(dockerfiles > 0);
}

#[test]
fn a_line_that_goes_makes_its_rule_speak() {
    let files = drawn("web-api");
    for (from, to, rule) in [
        ("server_tokens off;", "server_tokens on;", "server-tokens"),
        ("ssl_protocols TLSv1.2", "ssl_protocols TLSv1.1", "tls-version"),
        ("$host$request_uri", "$host$uri", "nginx-response-splitting"),
        ("Host $host", "Host $http_host", "nginx-host-header"),
        (
            "X-Forwarded-For $remote_addr",
            "X-Forwarded-For $proxy_add_x_forwarded_for",
            "nginx-forwarded-for",
        ),
    ] {
        let broken = files.iter().map(|(path, text)| (path.clone(), text.replace(from, to)));
        let broken: BTreeMap<_, _> = broken.collect();
        assert!(in_gateway(&broken).contains(&rule), "{from}: {:?}", in_gateway(&broken));
    }
    let (_, text) = files.iter().find(|(path, _)| path.ends_with("Dockerfile")).unwrap();
    let without =
        text.lines().filter(|line| !line.starts_with("USER")).collect::<Vec<_>>().join("\n");
    assert_eq!(in_dockerfile(&without), ["dockerfile-user"]);
}
