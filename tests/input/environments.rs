//! Environments, laid over the description.

use indoc::indoc;
use portcullis::description::Document;
use portcullis::diagnostic::{Problems, Sources};
use portcullis::stack::{ServiceName, SettingName};

#[test]
fn environments_are_laid_over() {
    let text = indoc! {"
        name: x
        domain: example.com
        blocked: [/a]
        services:
          app: {port: 80, settings: {A: one, B: two}, routes: {/: {}}}
          debug: {}
        environments:
          dev:
            domain: localhost
            publish: {address: 127.0.0.1}
            blocked: []
            services: {app: {settings: {A: three, C: four}}, debug: null}
            forbidden_settings: [D]
    "};
    let mut problems = Problems::new();
    let document = Document::read(0, text, &mut problems).unwrap();
    let dev = document.environment("dev", &mut problems).unwrap();
    let production = document.environment("production", &mut problems).unwrap();
    assert!(problems.is_empty(), "{}", Sources::new().report(&problems));
    assert!(dev.is_local() && !production.is_local());
    assert_eq!(dev.domain.as_ref().unwrap().as_str(), "localhost");
    assert_eq!(dev.domain.as_ref().unwrap().at.line, 9);
    assert!(dev.blocked.is_empty() && production.blocked.len() == 1);
    assert_eq!((dev.services.len(), production.services.len()), (1, 2));
    let settings = &dev.services[&ServiceName::new("app").unwrap()].settings;
    let names: Vec<_> = settings.keys().map(|name| (name.as_str(), name.at.line)).collect();
    assert_eq!(names, [("A", 5), ("B", 5), ("C", 12)]);
    assert_eq!(settings[&SettingName::new("A").unwrap()].at.line, 12);
    assert_eq!(dev.environments.len(), 1);
}

#[test]
fn an_unknown_environment_names_those_that_exist() {
    let mut problems = Problems::new();
    let text = "name: x\nenvironments: {staging: {}}\n";
    let document = Document::read(0, text, &mut problems).unwrap();
    assert!(document.environment("stagin", &mut problems).is_none());
    assert!(document.environment("qa", &mut problems).is_none());
    let helps: Vec<_> = problems.iter().filter_map(|d| d.help.clone()).collect();
    assert_eq!(helps, ["the environments are production, staging", "did you mean `staging`?"]);
}
