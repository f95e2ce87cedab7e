//! Every known image, with a tag of each of its variants, becomes a service that can be drawn.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use support::Project;

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
    assert!(names.len() >= 90, "{} images and variants", names.len());
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
