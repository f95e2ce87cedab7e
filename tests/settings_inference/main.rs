//! What an import makes of the settings and the links of real projects.
//!
//! `PORTCULLIS_CORPUS` is a folder with an `INDEX.tsv`; without it the small projects of
//! `tests/fixtures/loading` are read. `PORTCULLIS_ONLY` keeps those whose name holds a text, and
//! shows what each becomes.

// Clippy's leave for tests covers only the functions marked as such, not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// The counts are what a person runs this for.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::Utf8PathBuf;
use portcullis::compose::load::{Disk, Request};
use portcullis::diagnostic::{Problems, Sources, looks_secret};
use portcullis::import::links::{self, Links, Way};
use portcullis::import::settings::{self, Fate, Ground, Setting, Settings, Source};
use portcullis::import::{Reading, read};
use portcullis::knowledge::Knowledge;
use portcullis::stack::ImageReference;

#[test]
fn nothing_secret_is_left_in_plain_sight_and_links_hold_together() {
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    let only = std::env::var("PORTCULLIS_ONLY").unwrap_or_default();
    let projects = projects();
    assert!(projects.len() > 3);
    for file in projects.into_iter().filter(|file| file.as_str().contains(&only)) {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let Some(reading) = read(&Request::of(file.clone()), &Disk, &mut sources, &mut problems)
        else {
            count(&mut counts, "unread", 1);
            continue;
        };
        count(&mut counts, "projects", 1);
        let used = used(&reading);
        let settings = described(&reading, &used);
        let links = links::of(&reading.project, &Knowledge, &[]);
        wrong
            .extend(faults(&reading, &settings, &links).iter().map(|one| format!("{file}: {one}")));
        tally(&reading, &settings, &links, &mut counts);
        if !only.is_empty() {
            println!("{settings:#?}\n{links:#?}");
        }
    }
    for (what, number) in &counts {
        println!("{number:6} {what}");
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn projects() -> Vec<Utf8PathBuf> {
    if let Ok(corpus) = std::env::var("PORTCULLIS_CORPUS") {
        let index = fs::read_to_string(format!("{corpus}/INDEX.tsv")).unwrap();
        let lines = index.lines().skip(1).map(|line| line.split('\t').next().unwrap());
        return lines.map(|file| Utf8PathBuf::from(format!("{corpus}/{file}"))).collect();
    }
    let folder = format!("{}/tests/fixtures/loading", env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.map(|folder| folder.join("compose.yaml"));
    files.map(|file| Utf8PathBuf::from_path_buf(file).unwrap()).collect()
}

/// Services whose image is known, as an import would use them.
fn used(reading: &Reading) -> BTreeSet<String> {
    let known = |image: &str| {
        let image = ImageReference::parse(image).ok()?;
        Knowledge.image(&image).ok().flatten()
    };
    let services = reading.project.file.services.iter();
    let services = services.filter(|(_, keys)| keys.image.as_deref().and_then(known).is_some());
    services.map(|(name, _)| name.clone()).collect()
}

fn described(reading: &Reading, used: &BTreeSet<String>) -> Settings {
    settings::of(&Ground {
        project: &reading.project,
        written: reading.written.as_ref(),
        unset: &reading.unset,
        knowledge: &Knowledge,
        used,
    })
}

/// What must never be.
fn faults(reading: &Reading, settings: &Settings, links: &Links) -> Vec<String> {
    let mut faults = Vec::new();
    for (service, out) in &settings.services {
        for (name, setting) in &out.settings {
            let Setting::Text(text) = setting else { continue };
            if looks_secret(name.as_str(), text) {
                faults.push(format!("{service} {name} looks like a secret"));
            }
        }
        for secret in out.secrets.iter().chain(out.env_secrets.values()) {
            if !settings.secrets.contains_key(secret) {
                faults.push(format!("{service} reads {secret}, which is not declared"));
            }
        }
        let variables = &reading.project.file.services[service].environment;
        for name in variables.keys().filter(|name| !out.fates.contains_key(*name)) {
            faults.push(format!("{service} {name} has no fate"));
        }
    }
    faults.extend(values_in_sight(settings));
    for (service, keys) in &reading.project.file.services {
        for needed in keys.depends_on.0.keys() {
            let told = links.dropped.iter().any(|one| one.from == *service && one.to == *needed);
            if !linked(links, service, needed) && !linked(links, needed, service) && !told {
                faults.push(format!("{service} waits for {needed} without a link"));
            }
        }
    }
    faults.extend(circle(links).map(|name| format!("{name} needs itself")));
    faults
}

/// Values of secrets that stand somewhere in what is written. Short ones are words of their own.
fn values_in_sight(settings: &Settings) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, secret) in &settings.secrets {
        let Some(value) = secret.value.as_ref().and_then(|value| value.text()) else { continue };
        if value.len() < 12 {
            continue;
        }
        for (service, out) in &settings.services {
            let settings = out.settings.iter().map(|(key, setting)| match setting {
                Setting::Text(text) | Setting::Required(text) => (key.as_str(), text.clone()),
            });
            let lines = [("command", &out.command), ("health", &out.health)];
            let lines =
                lines.into_iter().filter_map(|(key, line)| Some((key, line.as_ref()?.join(" "))));
            for (key, _) in settings.chain(lines).filter(|(_, text)| text.contains(value)) {
                faults.push(format!("{service} {key} shows the value of {name}"));
            }
        }
    }
    faults
}

fn linked(links: &Links, from: &str, to: &str) -> bool {
    links.needs.get(from).into_iter().flatten().any(|need| need.service == to)
}

/// A service that needs itself by way of others.
fn circle(links: &Links) -> Option<String> {
    let reaches = |start: &String| {
        let mut open: Vec<&str> = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            for need in links.needs.get(name).into_iter().flatten() {
                if need.service == *start {
                    return true;
                }
                if seen.insert(need.service.as_str()) {
                    open.push(&need.service);
                }
            }
        }
        false
    };
    links.needs.keys().find(|name| reaches(name)).cloned()
}

fn count(counts: &mut BTreeMap<String, usize>, what: &str, number: usize) {
    *counts.entry(what.to_owned()).or_default() += number;
}

fn tally(
    reading: &Reading,
    settings: &Settings,
    links: &Links,
    counts: &mut BTreeMap<String, usize>,
) {
    count(counts, "services", reading.project.file.services.len());
    for out in settings.services.values() {
        for fate in out.fates.values() {
            let what = match fate {
                Fate::Kept => "variable: kept",
                Fate::Changed(_) => "variable: changed",
                Fate::Required(_) => "variable: required",
                Fate::Secret(_, how) => &format!("variable: secret, {how}"),
                Fate::Dropped(_) => "variable: not carried over",
            };
            count(counts, what, 1);
        }
        count(
            counts,
            "services with secrets in plain sight",
            usize::from(out.in_plain_sight.is_some()),
        );
        count(counts, "sentences for a person", out.manual.len());
        count(counts, "commands rewritten", usize::from(out.command.is_some()));
        count(counts, "health checks rewritten", usize::from(out.health.is_some()));
        count(counts, "raw variables", out.raw.len());
    }
    for secret in settings.secrets.values() {
        let what = match secret.source {
            Source::Generated => "secret: generated",
            Source::Provided => "secret: provided",
            Source::Template(_) => "secret: template",
        };
        count(counts, what, 1);
    }
    for need in links.needs.values().flatten() {
        count(counts, &format!("link: {:?}", need.source), 1);
    }
    for dropped in &links.dropped {
        count(counts, &format!("link left out, linked: {}", dropped.linked), 1);
    }
    count(counts, "pairs apart", links.apart.values().map(BTreeSet::len).sum::<usize>() / 2);
    for way in links.egress.values() {
        let what = match way {
            Way::Shut(_) => "egress: shut",
            Way::None(_) => "egress: none",
            Way::Needed(_) => "egress: needed",
            Way::NotKnown => "egress: not known",
        };
        count(counts, what, 1);
    }
}
