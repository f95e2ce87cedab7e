//! Every third-party judge looks at the tree of every embedded preset and must find nothing
//! beyond the waivers that the tree itself explains.
//!
//! The judges come from `./test`, which installs them; a judge that is not there fails its tests.
//! That each judge still judges is shown in `controls.rs`, where it is handed something broken.

// Clippy's leave for tests covers only the functions marked as such, not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod controls;
mod jail;
mod judges;
#[path = "../support/mod.rs"]
mod support;

macro_rules! judge_presets {
    ($($module:ident: $preset:literal),+ $(,)?) => { $(
        mod $module {
            use super::{accepted, judges};

            #[test]
            fn compose() { accepted(judges::compose, "docker-compose", $preset); }
            #[test]
            fn schema() { accepted(judges::schema, "check-jsonschema", $preset); }
            #[test]
            fn compose_lint() { accepted(judges::compose_lint, "compose-lint", $preset); }
            #[test]
            fn dclint() { accepted(judges::dclint, "dclint", $preset); }
            #[test]
            fn yamllint() { accepted(judges::yamllint, "yamllint", $preset); }
            #[test]
            fn hadolint() { accepted(judges::hadolint, "hadolint", $preset); }
            #[test]
            fn trivy() { accepted(judges::trivy, "trivy", $preset); }
            #[test]
            fn gixy_ng() { accepted(judges::gixy_ng, "gixy-ng", $preset); }
            #[test]
            fn gixy_next() { accepted(judges::gixy_next, "gixy-next", $preset); }
            #[test]
            fn nginx_needs_root() { accepted(judges::nginx, "nginx", $preset); }
        }
    )+

        /// A preset that nobody added to the list below would be judged by nobody.
        #[test]
        fn every_preset_is_judged() {
            let judged: std::collections::BTreeSet<&str> = [$($preset),+].into();
            let embedded = portcullis::knowledge::Knowledge.stack_names();
            assert_eq!(judged, embedded.into_iter().collect());
        }
    };
}

judge_presets! {
    minimal: "minimal",
    web_api: "web-api",
    relay: "relay",
    ai_camera: "ai-camera",
    myloware: "myloware",
    wavestack: "wavestack",
    ai_stack: "ai-stack",
}

/// Dockerfiles of the runtimes that no preset has: Go, Rust and static sites, and one program of Go with packages
/// of the distribution.
#[test]
fn hadolint_on_further_runtimes() {
    let described = include_str!("../fixtures/engine/bulletin.yaml");
    let more = described.replace("runtime: go}", "runtime: go, packages: [ffmpeg]}");
    assert_ne!(more, described);
    for description in [described, &more] {
        let project = support::Project::described(description);
        project.succeed(&["generate"]);
        if let Err(findings) = judges::hadolint(&project.root().join("deploy/production")) {
            panic!("hadolint rejects:\n{findings}");
        }
    }
}

fn accepted(judge: judges::Judge, name: &str, preset: &str) {
    let project = support::Project::new(preset);
    if let Err(findings) = judge(&project.root().join("deploy/production")) {
        panic!("{name} rejects the tree of the preset {preset}:\n{findings}");
    }
}
