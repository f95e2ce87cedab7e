//! What every embedded file must be.

use std::collections::BTreeSet;

use super::*;
use crate::stack::{Bytes, CpuShare, Seconds, SettingName};

#[test]
fn every_embedded_file_reads() {
    assert!(images().len() >= 45, "{} images", images().len());
    for (name, text) in files("runtimes") {
        let _: RuntimeKnowledge = read("runtimes", name, text).unwrap();
    }
    assert!(!Knowledge.stack_names().is_empty());
}

#[test]
fn no_repository_is_claimed_twice() {
    for image in images() {
        for repository in &image.repositories {
            let reference = ImageReference::parse(repository).unwrap();
            assert_eq!(reference.tag(), "", "{repository}");
            let found = Knowledge.image(&reference).unwrap().unwrap();
            assert_eq!(found.name, image.name, "{repository} is claimed twice");
        }
    }
}

#[test]
fn every_image_fact_names_its_source() {
    let wanted = BTreeSet::from([
        "administrator",
        "capabilities",
        "executable",
        "health",
        "oidc",
        "root",
        "secret_suffix",
        "user",
        "volumes",
        "writable",
        "writes_root",
    ]);
    for image in images() {
        let keys = facts(&image).iter().flat_map(Facts::keys).collect::<BTreeSet<_>>();
        for key in keys.intersection(&wanted) {
            assert!(image.evidence.contains_key(*key), "{}: {key} has no source", image.name);
        }
        for key in image.evidence.keys().chain(image.unproven.keys()) {
            let known = keys.contains(key.as_str()) || (key == "pin" && !image.pin.is_empty());
            assert!(known, "{}: {key} is no fact of it", image.name);
        }
        let words = image.evidence.values().chain(image.unproven.values());
        assert!(words.into_iter().all(|words| words.len() > 10), "{}", image.name);
    }
}

#[test]
fn image_facts_can_be_drawn() {
    for image in images() {
        for facts in facts(&image) {
            let name = &image.name;
            let commands = [&facts.http_probe, &facts.entrypoint, &facts.command];
            for command in commands.into_iter().flatten() {
                assert!(command.first().is_some_and(|word| !word.is_empty()), "{name}");
            }
            match &facts.health {
                Some(HealthFact::Command(words)) => assert!(!words.is_empty(), "{name}"),
                Some(HealthFact::Shell(line) | HealthFact::Impossible(line)) => {
                    assert!(!line.is_empty(), "{name}");
                }
                None => {}
            }
            if let Some(user) = &facts.user {
                let (uid, gid) = user.split_once(':').unwrap();
                assert!(uid.parse::<u32>().unwrap() != 0 && gid.parse::<u32>().is_ok(), "{name}");
            }
            assert_ne!(facts.port, Some(0), "{name}");
            let volumes = facts.volumes.iter().flatten().map(|(_, path)| path);
            let memory = facts.writable.iter().chain(&facts.executable).flatten();
            assert!(volumes.chain(memory).all(|path| path.starts_with('/')), "{name}");
            for variable in facts.settings.iter().flatten().map(|(variable, _)| variable) {
                assert!(SettingName::new(variable.as_str()).is_ok(), "{name}: {variable}");
            }
            if let Some(limits) = &facts.limits {
                assert!(Bytes::parse(&limits.memory).is_ok(), "{name}");
                assert!(CpuShare::parse(&limits.cpus).is_some() && limits.pids > 0, "{name}");
            }
            let grace = facts.stop_grace.as_deref();
            assert!(grace.is_none_or(|grace| Seconds::parse(grace).is_ok()), "{name}");
        }
    }
}

#[test]
fn a_value_from_the_environment_has_a_known_start() {
    for image in images() {
        let merged = image
            .variants
            .iter()
            .map(|variant| image.facts_for(&variant.tags[0].replace('*', "1")));
        for facts in merged.chain([image.facts.clone()]) {
            let by = facts.administrator.as_ref().map(|administrator| administrator.by);
            if by == Some(SecretPath::Variable) {
                assert_eq!(facts.shell, Some(true), "{}", image.name);
                assert!(facts.entrypoint.is_some(), "{}", image.name);
            }
        }
    }
}

#[test]
fn variants_are_for_tags_that_can_be_written() {
    for image in images() {
        for glob in image.variants.iter().flat_map(|variant| &variant.tags) {
            let tag = glob.replace('*', "1");
            let reference = format!("{}:{tag}", image.repositories[0]);
            assert!(ImageReference::parse(&reference).is_ok(), "{reference}");
            assert_ne!(image.facts_for(&tag), image.facts, "{reference} changes nothing");
        }
    }
}

fn images() -> Vec<ImageKnowledge> {
    let read = |(name, text)| read::<ImageKnowledge>("images", name, text).unwrap().named(name);
    files("images").map(read).collect()
}

/// The facts for all tags, and what each variant says itself.
fn facts(image: &ImageKnowledge) -> Vec<Facts> {
    let variants = image.variants.iter().map(|variant| variant.facts.clone());
    [image.facts.clone()].into_iter().chain(variants).collect()
}

#[test]
fn tags_choose_the_variant() {
    let facts = |image: &str| {
        let image = ImageReference::parse(image).unwrap();
        Knowledge.image(&image).unwrap().unwrap().facts_for(image.tag())
    };
    assert_eq!(facts("postgres:17").user.as_deref(), Some("999:999"));
    assert_eq!(facts("docker.io/library/postgres:17-alpine").user.as_deref(), Some("70:70"));
    let moved = facts("postgres:18").volumes.unwrap();
    assert_eq!(moved.get("data").map(String::as_str), Some("/var/lib/postgresql"));
}

#[test]
fn a_short_name_leads_to_the_repository() {
    assert_eq!(Knowledge.repository("keycloak").unwrap(), "quay.io/keycloak/keycloak");
    assert_eq!(Knowledge.repository("no-such-image"), None);
}
