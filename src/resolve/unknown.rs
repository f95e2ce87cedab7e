//! What a description says that nobody knows of an image: until somebody does, the service keeps
//! what such an image may need, as exceptions whose reason is that it is not known.

use super::{Resolution, images};
use crate::description::{self, Located};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    Command, Delivery, HANDING_OVER, Runtime, Service, ServiceName, Sourced, Unknown, User,
};

/// Put what is unknown of a service's image into it, once everything that its description says
/// is there.
pub(super) fn add(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    keys: &description::Service,
    service: &mut Service,
) {
    let silent = keys.unknown.iter().all(|one| one.value == Unknown::Version);
    if silent && keys.image.is_some() && *service.user == User::Image {
        service.unknown.insert(Unknown::Unsaid);
    }
    for unknown in &keys.unknown {
        let told = resolution.known.get(name).is_some_and(|known| known.is_told(service));
        if told && unknown.value == Unknown::User && keys.user.is_none() {
            // Whom a base names for itself is not who has to run this.
            service.user = Sourced::plain(User::Image);
            service.unproven.remove("user");
        }
        if let Some((message, help)) = known_after_all(unknown.value, name, keys, told, service) {
            let problem = Diagnostic::at(unknown.at, "known-after-all", message);
            resolution.problems.add(problem.help(help));
            continue;
        }
        if !service.unknown.insert(unknown.value) {
            let message = format!("what is not known of `{name}` is named twice");
            let help = "name it once";
            resolution.problems.report(unknown.at, "wrong-value", message, help);
        }
        keep(resolution, name, *unknown, service);
    }
}

/// What the description knows of a thing that it calls unknown, and what to do.
fn known_after_all(
    unknown: Unknown,
    name: &ServiceName,
    keys: &description::Service,
    told: bool,
    service: &Service,
) -> Option<(String, &'static str)> {
    let of_any = matches!(unknown, Unknown::Start | Unknown::Version);
    if keys.r#use.is_some() && !of_any && !told {
        let message = format!("the image of `{name}` is known");
        let help = "keep only `start` or `version`: `use:` brings its user and its paths";
        return Some((message, help));
    }
    if service.recipe.iter().any(|recipe| recipe.runtime != Runtime::Own) {
        let message = format!("`{name}` is built by a Dockerfile that is drawn");
        return Some((message, "remove `unknown:`: everything of its image is known"));
    }
    match unknown {
        // Root may still hand over.
        Unknown::User if !matches!(&*service.user, User::Image) && !is_root(&service.user) => {
            Some((
                format!("who runs `{name}` is known: `user:` says so"),
                "remove `user` from `unknown:`",
            ))
        }
        Unknown::Writes if *service.read_only_root => Some((
            format!("the root of `{name}` is read-only, so what it writes is known"),
            "remove `writes` from `unknown:`",
        )),
        Unknown::Start if *service.entrypoint != Command::Image => Some((
            format!("how `{name}` starts is known: `entrypoint:` says so"),
            "remove `start` from `unknown:`",
        )),
        Unknown::Version if !service.recipe.is_empty() || !service.image.is_floating() => Some((
            format!("which version of `{name}` runs is known"),
            "remove `version` from `unknown:`",
        )),
        Unknown::User | Unknown::Writes | Unknown::Start | Unknown::Version | Unknown::Unsaid => {
            None
        }
    }
}

fn is_root(user: &User) -> bool {
    match user {
        User::Numeric { uid, .. } => *uid == 0,
        User::Named(name) => name.split(':').next() == Some("root"),
        User::Image => false,
    }
}

fn keep(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    unknown: Located<Unknown>,
    service: &mut Service,
) {
    match unknown.value {
        Unknown::User => {
            let five = HANDING_OVER.map(str::to_owned);
            // What goes beyond these needs an exception with a reason of its own.
            let beyond = service.capabilities_added.iter().any(|one| !five.contains(one));
            let at = service.capabilities_added.origin().clone();
            let mut kept = (*service.capabilities_added).clone();
            kept.extend(five);
            service.capabilities_added = match at.is_written() {
                true => Sourced::from(kept, at),
                false => Sourced::written(kept, unknown.at),
            };
            if !beyond {
                let reason = "not known yet who runs it: it may start as root and hand over";
                images::except(resolution, name, "capabilities", reason);
            }
        }
        Unknown::Writes => {
            let reason = "not known yet which paths it writes";
            images::except(resolution, name, "read-only-root", reason);
        }
        Unknown::Version => {
            let reason = "not known yet which version runs: its name follows whatever is newest";
            images::except(resolution, name, "image-tag", reason);
        }
        // Which secrets that concerns is known only when all of them are handed out.
        Unknown::Start | Unknown::Unsaid => {}
    }
}

/// True where the description says that nobody knows how this service starts.
pub(super) fn start(resolution: &Resolution<'_>, name: &ServiceName) -> bool {
    let service = resolution.stack.services.get(name);
    service.is_some_and(|service| service.unknown.contains(&Unknown::Start))
}

/// Accept that secrets stay in the environment of services whose start is unknown; one that has
/// none there does not need the word.
pub(super) fn accept_starts(resolution: &mut Resolution<'_>) {
    for (name, keys) in &resolution.description.services {
        let Some(word) = keys.unknown.iter().find(|one| one.value == Unknown::Start) else {
            continue;
        };
        let Some(service) = resolution.stack.services.get(&name.value) else { continue };
        if !service.unknown.contains(&Unknown::Start) {
            continue;
        }
        if service.secrets.iter().any(|used| matches!(used.delivery, Delivery::Plain(_))) {
            let reason = "not known yet how it starts: its secrets stay in its environment";
            images::except(resolution, &name.value, "secrets-as-files", reason);
        } else {
            let message = format!("how `{}` starts makes no difference", name.value);
            let help = "remove `start` from `unknown:`: no secret is read from its environment";
            resolution.problems.report(word.at, "unused-word", message, help);
        }
    }
}
