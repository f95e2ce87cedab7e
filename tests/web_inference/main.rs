//! How often an import finds the service that faces the web, and its port.
//!
//! The templates of Dokploy and Coolify say both, written by people: `template.toml` has the
//! domains, Coolify's files have markers (`SERVICE_URL_APP_3000`). Both are taken away before the
//! importer reads. `PORTCULLIS_CORPUS` is the corpus' folder; without it the small templates of
//! `tests/fixtures/web_inference` are measured by the same bars. `PORTCULLIS_ONLY` keeps those
//! whose name holds a text, and shows their clues.

// Clippy's leave for tests covers only the functions marked as such, not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// The shares and the misses are what a person runs this for.
#![allow(clippy::print_stdout)]

mod coolify;
mod dokploy;
mod template;

use portcullis::import::web::{Candidate, Confidence};
use template::{Answer, Reading, Template};

/// A set of templates with its bars, in percent: service (of those with several), port.
struct Bar {
    set: &'static str,
    service: f64,
    port: f64,
}

const BARS: [Bar; 2] = [
    Bar { set: "dokploy", service: 97.0, port: 85.0 },
    Bar { set: "coolify", service: 98.0, port: 70.0 },
];

#[test]
fn the_service_that_faces_the_web_is_found_with_its_port() {
    let corpus = std::env::var("PORTCULLIS_CORPUS")
        .unwrap_or_else(|_| format!("{}/tests/fixtures/web_inference", env!("CARGO_MANIFEST_DIR")));
    let only = std::env::var("PORTCULLIS_ONLY").unwrap_or_default();
    let mut low = Vec::new();
    for bar in &BARS {
        let folder = format!("{corpus}/templates/{}", bar.set);
        let mut templates =
            if bar.set == "dokploy" { dokploy::read(&folder) } else { coolify::read(&folder) };
        templates.retain(|template| template.name.contains(&only));
        for reading in [Reading::Interpolated, Reading::Written, Reading::Nameless] {
            let tally = measure(&templates, reading, !only.is_empty());
            println!("{} {reading:?}: {tally:?}", bar.set);
            let (service, port) = (tally.service.percent(), tally.port.percent());
            println!("{}: service {service:.1} %, port {port:.1} %", bar.set);
            if service < bar.service || port < bar.port {
                low.push(bar.set);
            }
        }
    }
    assert!(low.is_empty() || !only.is_empty(), "below the bars: {low:?}");
}

#[derive(Default, Debug)]
struct Tally {
    service: Share,
    port: Share,
    sure: Share,
    likely: Share,
    unread: usize,
}

#[derive(Default, Debug)]
struct Share {
    right: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }

    fn percent(&self) -> f64 {
        if self.all == 0 {
            return 0.0;
        }
        100.0 * self.right as f64 / self.all as f64
    }
}

fn measure(templates: &[Template], reading: Reading, loud: bool) -> Tally {
    let mut tally = Tally::default();
    for template in templates {
        let found = match template.candidates(reading) {
            Ok(found) => found,
            Err(why) => {
                println!("UNREAD {} {}", template.name, why.lines().next().unwrap_or_default());
                tally.unread += 1;
                continue;
            }
        };
        if loud {
            println!("{found:#?}\n{:?}", template.answers);
        }
        let Some(first) = found.first() else { continue };
        let answer = template.answers.iter().find(|answer| answer.service == first.service);
        if found.len() > 1 {
            tally.service.count(answer.is_some());
            match first.confidence {
                Confidence::Sure => tally.sure.count(answer.is_some()),
                Confidence::Likely => tally.likely.count(answer.is_some()),
                Confidence::NotKnown => {}
            }
            if answer.is_none() {
                wrong_service(template, &found);
            }
        }
        if template.answers.iter().any(|answer| answer.port.is_some()) {
            let said = found[0].port.as_ref().map(|port| port.number);
            let is = |answer: &Answer| answer.service == first.service && answer.port == said;
            let right = said.is_some() && template.answers.iter().any(is);
            tally.port.count(right);
            if !right {
                println!("PORT {} {} {:?}", template.name, first.service, first.port);
            }
        }
    }
    tally
}

fn wrong_service(template: &Template, found: &[Candidate]) {
    let show = |c: &Candidate| {
        format!(
            "{} {} {:?}",
            c.service,
            c.score,
            c.reasons.iter().map(|r| format!("{:+} {}", r.points, r.words)).collect::<Vec<_>>()
        )
    };
    let named = found.iter().filter(|c| template.answers.iter().any(|a| a.service == c.service));
    println!(
        "SERVICE {} {:?}\n   {}\n   answer {}",
        template.name,
        found[0].confidence,
        show(&found[0]),
        named.map(show).collect::<Vec<_>>().join(" | ")
    );
}
