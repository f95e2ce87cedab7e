//! The clues, each a function that looks at one service among all.

use super::scene::{Scene, Service};
use super::{Reason, names, port, settings};
use crate::import::expression;
use crate::import::kinds::Kind;
use crate::import::proxy;

/// A clue.
#[derive(Clone, Copy)]
pub(super) struct Clue {
    /// Its name.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests leave clues out by name"))]
    pub(super) name: &'static str,
    /// What it says of a service.
    pub(super) look: fn(&Scene<'_>, &Service<'_>) -> Option<Reason>,
}

/// Every clue.
pub(super) const ALL: &[Clue] = &[
    Clue { name: "labels", look: labels },
    Clue { name: "ports", look: ports },
    Clue { name: "kind", look: kind },
    Clue { name: "front-name", look: front_name },
    Clue { name: "behind-name", look: behind_name },
    Clue { name: "project-name", look: project_name },
    Clue { name: "waited-for", look: waited_for },
    Clue { name: "called", look: called },
    Clue { name: "waits", look: waits },
    Clue { name: "known-port", look: known_port },
    Clue { name: "job", look: job },
    Clue { name: "own-address", look: own_address },
    Clue { name: "http-health", look: http_health },
    Clue { name: "other-command", look: other_command },
];

fn because(points: i32, words: impl Into<String>) -> Option<Reason> {
    Some(Reason { points, words: words.into() })
}

/// Labels or settings by which another proxy finds its services.
fn labels(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    if !proxy::is_labelled(service.written) {
        return None;
    }
    because(8, "carries labels or settings for a reverse proxy")
}

/// The best of its ports.
fn ports(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let published = port::tcp_ports(&service.written.ports).into_iter().map(|port| {
        let at_home = port.host.is_some_and(|host| matches!(host, 80 | 443));
        let usual = if port.may_be_http() { port::usual(port.container) } else { OTHER_PROTOCOL };
        (usual + if at_home { 2 } else { 0 }, port.container)
    });
    let exposed = port::exposed(service).into_iter().map(|port| (port::usual(port), port));
    let (points, number) = published.chain(exposed).max()?;
    because(points, format!("opens port {number}"))
}

/// What a port for another protocol than HTTP is worth where there is no other.
const OTHER_PROTOCOL: i32 = -1;

/// What its image is for.
fn kind(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    // In front of the others where it is published, or started after them.
    let opens = !service.written.ports.is_empty() || !service.waits_for.is_empty();
    match service.kind {
        Kind::Store => because(-12, "its image keeps data for other services"),
        Kind::Tool => because(-5, "its image is a tool beside an application"),
        Kind::Proxy if opens => because(6, "its image is a reverse proxy, with ports"),
        Kind::Proxy => because(5, "its image is a reverse proxy"),
        Kind::Other => because(-6, "its image serves another protocol than HTTP"),
        Kind::Program => None,
    }
}

fn front_name(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let part = names::front(service.name)?;
    because(2, format!("is named `{part}`"))
}

fn behind_name(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let part = names::behind(service.name)?;
    because(-6, format!("is named `{part}`"))
}

/// The application that the project is for, or its face: `shop`, `shop-web`.
fn project_name(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let (own, project) = (names::joined(service.name), names::joined(&scene.name));
    if project.is_empty() {
        None
    } else if own == project {
        because(4, "is named as the project")
    } else if own.starts_with(&project) && names::face(service.name) {
        because(4, "is named as the project's face")
    } else {
        None
    }
}

/// The outermost service is the one that nobody waits for, but for workers.
fn waited_for(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let mut waiting = scene.waiting_for(service.name);
    if waiting.any(|other| names::behind(other.name).is_none()) {
        return None;
    }
    because(2, "no other service waits for it")
}

/// A service that another calls works behind it.
fn called(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let calls = |other: &&Service<'_>| {
        let plain = other.settings.values().map(|value| expression::with_defaults(value));
        let mut ports = plain.flat_map(|value| settings::http_ports(&value, service.name));
        other.kind == Kind::Program && names::behind(other.name).is_none() && ports.next().is_some()
    };
    let caller = scene.others(service.name).find(calls)?;
    because(-2, format!("`{}` calls it", caller.name))
}

/// An application waits for what it works with; helpers wait for nobody.
fn waits(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    if service.waits_for.is_empty() {
        return None;
    }
    because(1, "starts after others")
}

/// An image that is known to serve HTTP.
fn known_port(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let number = port::of_image(service).filter(|_| service.kind != Kind::Store)?;
    because(1, format!("its image serves HTTP on port {number}"))
}

/// A job ends; nobody can reach it.
fn job(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let ends = |other: &Service<'_>| {
        let how = other.written.depends_on.0.get(service.name)?.condition.as_deref()?;
        (how == "service_completed_successfully").then_some(())
    };
    let awaited = scene.services.iter().any(|other| ends(other).is_some());
    let restart =
        service.written.deploy.as_ref().and_then(|deploy| deploy.carried.get("restart_policy"));
    let never = restart.and_then(|policy| policy.get("condition")?.as_str()) == Some("none");
    let once = never || service.written.restart.as_deref() == Some("no");
    if awaited {
        because(-12, "others wait for its end")
    } else if once {
        because(-4, "is not started again")
    } else {
        None
    }
}

/// A program that is told its own public address, not another service's.
fn own_address(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let public = |value: &Option<String>| {
        let value = expression::with_defaults(value.as_deref().unwrap_or_default());
        scene.others(service.name).all(|other| settings::http_ports(&value, other.name).is_empty())
    };
    let mut settings = service.written.environment.iter();
    let own = settings.find(|(name, value)| settings::names_own_address(name) && public(value));
    because(2, format!("setting {} holds a public address", own?.0))
}

/// A program that answers HTTP.
fn http_health(_: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let words = expression::with_defaults(&service.health().join(" "));
    words.contains("http://").then_some(())?;
    because(1, "its health is asked by HTTP")
}

/// Of several services with one image, those with a command of their own work behind.
fn other_command(scene: &Scene<'_>, service: &Service<'_>) -> Option<Reason> {
    let own = |service: &Service<'_>| {
        service.written.command.is_some() || service.written.entrypoint.is_some()
    };
    let repository = service.repository();
    let plain = |other: &Service<'_>| other.repository() == repository && !own(other);
    let shared = scene.others(service.name).any(plain);
    (own(service) && shared && !repository.is_empty()).then_some(())?;
    because(-3, "runs a command of its own in an image that serves elsewhere")
}
