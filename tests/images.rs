//! Every known image, with a tag of each of its variants, becomes a service that can be drawn.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::Utf8Path;
use portcullis::compose::load::{Disk, Request};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import;
use portcullis::knowledge::Knowledge;
use portcullis::stack::ImageReference;
use support::Project;

/// What stands in a project for a variable whose value only its owner has.
const NOT_AT_HAND: &str = "replace-me";

/// An image that so many files of the corpus pull is one that we know.
const COMMON: usize = 3;

#[test]
fn every_known_image_can_be_drawn() {
    let mut description = String::from(
        "name: images\ndomain: app.example.com\nrates: {default: 60/min burst 20}\nservices:\n",
    );
    let mut names = Vec::new();
    for (name, image) in images() {
        description += &format!("  {name}: {{use: '{image}'}}\n");
        names.push(name);
    }
    assert!(names.len() >= 120, "{} images and variants", names.len());
    let route = "    routes: {/: {auth: none}}\n";
    description += "  web:\n    image: 'example/web:1'\n    user: '1000:1000'\n    port: 8080\n";
    description += &format!("    health: {{command: [/web, --health]}}\n{route}");
    let project = Project::described(&description);
    project.succeed(&["generate"]);
    let compose = project.read("deploy/production/compose.yaml");
    for name in names {
        assert!(compose.contains(&format!("\n  {name}:\n")), "{name} is not drawn");
    }
}

#[test]
fn every_image_that_several_projects_pull_is_known() {
    let Ok(corpus) = std::env::var("PORTCULLIS_CORPUS") else { return };
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let index = fs::read_to_string(format!("{corpus}/INDEX.tsv")).unwrap();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[6] != "yes" {
            continue;
        }
        for repository in pulled(Utf8Path::new(&format!("{corpus}/{}", columns[0]))) {
            users.entry(repository).or_default().insert(columns[0].to_owned());
        }
    }
    users.retain(|_, files| files.len() >= COMMON);
    assert!(users.len() > 30, "{} common images", users.len());
    let is_known = |repository: &str| {
        let image = ImageReference::parse(repository).unwrap();
        Knowledge.image(&image).unwrap().is_some()
    };
    users.retain(|repository, _| !is_known(repository));
    assert!(users.is_empty(), "not known:\n{users:#?}");
}

/// Repositories of the images that a project's services pull; what it builds itself is its own.
fn pulled(file: &Utf8Path) -> BTreeSet<String> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = Request::of(file);
    let Some(read) = import::read(&request, &Disk, &mut sources, &mut problems) else {
        return BTreeSet::new();
    };
    let services = read.project.file.services.values();
    let images = services.filter(|service| service.build.is_none());
    let written = images.filter_map(|service| service.image.as_deref());
    let parsed = written.filter_map(|image| ImageReference::parse(image).ok());
    let named = parsed.map(|image| short(image.repository()).to_owned());
    named.filter(|repository| repository != NOT_AT_HAND).collect()
}

/// Docker Hub's own images have two longer names.
fn short(repository: &str) -> &str {
    let short = repository.strip_prefix("docker.io/").unwrap_or(repository);
    short.strip_prefix("library/").unwrap_or(short)
}

/// A service's name and image for each file of `presets/images` and each variant in it; those that
/// we bring ourselves are drawn with every stack.
fn images() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/presets/images");
    let mut images = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("\npin:") {
            continue;
        }
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let repository = first(&text, "repositories: [").unwrap();
        let globs = text.lines().filter_map(|line| first(line, "- tags: [\""));
        let tags = globs.map(|glob| glob.replace('*', "1"));
        for (at, tag) in ["1.0".to_owned()].into_iter().chain(tags).enumerate() {
            images.push((format!("{stem}-{at}"), format!("{repository}:{tag}")));
        }
    }
    images.sort();
    images
}

/// The first word of the list that `opening` begins.
fn first(text: &str, opening: &str) -> Option<String> {
    let rest = text.split_once(opening)?.1;
    rest.split([',', ']', '"']).next().map(str::to_owned)
}
