//! What a probe prints must be what the reader of image knowledge takes.

use super::*;
use crate::diagnostic::SourceId;
use crate::engine::Image;
use crate::knowledge::{HealthFact, ImageKnowledge};

fn seen(image: &str) -> Seen {
    Seen {
        name: "shop/db:1".to_owned(),
        repository: "shop/db".to_owned(),
        image: serde_json::from_str::<Image>(image).unwrap(),
        ran: true,
        ports: Some(vec![5432]),
        read_only: Some(true),
        tools: vec!["/bin/sh".to_owned(), "/usr/bin/wget".to_owned()],
        watched: 4,
        ..Seen::default()
    }
}

fn read(seen: &Seen) -> ImageKnowledge {
    let text = sheet(seen, "2026-01-31").unwrap();
    let known: ImageKnowledge = crate::yaml::from_str(SourceId::MAX, &text).unwrap();
    for key in known.facts.keys() {
        assert!(known.evidence.contains_key(key), "{key} has no source in\n{text}");
    }
    assert!(text.contains("\nrepositories: [shop/db]\n"), "{text}");
    known
}

const IMAGE: &str = r#"{"Id": "sha256:1", "RepoDigests": ["shop/db@sha256:2"], "Config": {
    "User": "", "ExposedPorts": {"5432/tcp": {}}, "Volumes": {"/var/lib/db/data": {}},
    "Entrypoint": ["entry.sh"], "Cmd": ["db"],
    "Healthcheck": {"Test": ["CMD-SHELL", "db-ready: yes"]}}}"#;

#[test]
fn an_image_that_steps_down_has_a_user() {
    let user = "70:70".to_owned();
    let known = read(&Seen { user, runs_as_user: true, ..seen(IMAGE) });
    let facts = known.facts;
    assert_eq!(facts.user.as_deref(), Some("70:70"));
    assert_eq!(facts.port, Some(5432));
    assert_eq!(facts.volumes.unwrap()["data"], "/var/lib/db/data");
    assert_eq!(facts.health, Some(HealthFact::Shell("db-ready: yes".to_owned())));
    assert!(known.evidence["user"].contains("2026-01-31"));
    assert!(known.evidence["user"].contains("sha256:2"));
    assert!(known.unproven.is_empty(), "{:?}", known.unproven);
}

#[test]
fn what_was_not_seen_is_said_to_be_unproven() {
    let capabilities = vec!["CHOWN".to_owned()];
    let blind = Seen { ports: None, capabilities, read_only: Some(false), ..seen(IMAGE) };
    let known = read(&blind);
    assert_eq!(known.facts.root.unwrap().capabilities, ["CHOWN"]);
    let keys: Vec<&str> = known.unproven.keys().map(String::as_str).collect();
    assert_eq!(keys, ["port", "root", "writes_root"]);
}

#[test]
fn memory_is_for_folders_that_hold_no_programs() {
    let written = vec!["/etc".to_owned(), "/run/db".to_owned()];
    let facts = read(&Seen { written, ..seen(IMAGE) }).facts;
    assert_eq!((facts.writable, facts.writes_root.is_some()), (None, true));
    let written = vec!["/run/db".to_owned(), "/tmp".to_owned()];
    let facts = read(&Seen { written, ..seen(IMAGE) }).facts;
    assert_eq!(facts.writable.unwrap(), ["/run/db"]);
}

#[test]
fn one_program_alone_cannot_be_asked() {
    let bare = Seen { tools: Vec::new(), ..seen(r#"{"Id": "sha256:1"}"#) };
    let known = read(&bare);
    assert_eq!(known.facts.shell, Some(false));
    assert!(matches!(known.facts.health, Some(HealthFact::Impossible(_))));
}
