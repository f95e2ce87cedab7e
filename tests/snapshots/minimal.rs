//! The smallest stack, complete but for the parts of the gateway that no stack changes.

use portcullis::compose::{ComposeFile, drawn_part, lift};
use portcullis::diagnostic::Problems;
use portcullis::exposure::Exposure;
use portcullis::lock::Lock;
use portcullis::yaml;

use crate::case::Case;

/// Read back, it is the stack.
#[test]
fn compose() {
    let case = Case::of("minimal");
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, case.shown("compose.yaml"), &mut problems);
    let lifted = lift(&file, "../..", &mut problems).normal();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(lifted, drawn_part(&case.hardened.stack));
}

/// The whole stack answers at one host, and everything in front of its routes is included.
#[test]
fn gateway() {
    let case = Case::of("minimal");
    let nginx = case.shown("gateway/nginx.conf");
    let site = case.shown("gateway/sites/app.example.com.conf");
    let upstream = case.shown("gateway/upstreams/app.conf");
    case.shown("gateway/conf.d/limits.conf");
    case.shown("gateway/conf.d/guard.conf");
    case.shown("gateway/sites/_default.conf");
    for included in ["upstreams/app.conf", "sites/app.example.com.conf", "sites/_default.conf"] {
        assert!(nginx.contains(&format!("include {included};")), "{included}");
    }
    assert!(upstream.contains("server app:8000"), "{upstream}");
    assert!(site.contains("server_name app.example.com;"), "{site}");
}

/// Every verdict stands in the tables once.
#[test]
fn hardening() {
    let case = Case::of("minimal");
    let report = case.shown("HARDENING.md");
    let findings = &case.hardened.hardening.findings;
    assert!(findings.len() > 60, "{}", findings.len());
    for finding in findings {
        let cells = format!("| {} | `{}` |", finding.verdict.word(), finding.control);
        assert_eq!(report.matches(&cells).count(), 1, "{cells}");
    }
}

/// It names the commands of this stack, and asks for no secret that nobody has to give.
#[test]
fn runbook() {
    let case = Case::of("minimal");
    let runbook = case.shown("RUNBOOK.md");
    assert!(runbook.contains("docker compose -f deploy/production/compose.yaml"));
    assert!(runbook.contains("https://app.example.com/"));
    assert!(!runbook.contains("asks for"), "{runbook}");
}

/// Read back, it is what was exposed: one route, open to all.
#[test]
fn exposure() {
    let case = Case::of("minimal");
    let text = case.shown("exposure.yaml");
    assert_eq!(Exposure::parse(0, text).unwrap(), case.exposure);
    assert!(text.contains("app.example.com /"), "{text}");
}

/// It ends as a user of its own, on a base with a tag.
#[test]
fn dockerfile() {
    let case = Case::of("minimal");
    let text = case.shown("services/app/Dockerfile");
    let user = text.lines().rfind(|line| line.starts_with("USER ")).unwrap();
    assert!(!user.starts_with("USER 0") && !user.contains("root"), "{user}");
    for base in text.lines().filter_map(|line| line.strip_prefix("FROM ")) {
        assert!(base.contains(':'), "{base}");
    }
    assert!(case.shown("services/app/Dockerfile.dockerignore").contains(".env"));
}

/// Read back, it is the lock.
#[test]
fn lock() {
    let case = Case::of("minimal");
    let text = yaml::to_string(&case.hardened.lock).unwrap();
    case.show("portcullis.lock", &text);
    assert_eq!(yaml::from_str::<Lock>(0, &text).unwrap(), case.hardened.lock);
}

/// Each waiver has a reason.
#[test]
fn waivers() {
    let case = Case::of("minimal");
    let text = case.shown(".compose-lint.yml");
    let waived = text.lines().filter(|line| line.starts_with("      ")).collect::<Vec<_>>();
    assert!(!waived.is_empty() && waived.iter().all(|line| line.contains(": ")), "{text}");
    case.shown(".env");
}
