//! Secrets: what the description declares, and which service receives which how.

use std::collections::BTreeSet;

use super::{Resolution, entrypoints};
use crate::description::{Hole, Located, Piece, SecretSource, Template};
use crate::diagnostic::{Diagnostic, Position};
use crate::stack::{
    Delivery, Format, Made, Origin, Part, Secret, SecretKind, SecretName, SecretUse, ServiceName,
    SettingName, Sourced,
};

/// Declare the description's own secrets. Templates are joined by name, so their parts may be
/// declared later.
pub(super) fn declare(resolution: &mut Resolution<'_>) {
    for (name, declared) in &resolution.description.secrets {
        let kind = match &declared.source {
            SecretSource::Template(template) => match format(resolution, &template.value) {
                Some(format) => SecretKind::Template(format),
                None => continue,
            },
            SecretSource::Generated(length) => {
                SecretKind::Generated(Made::Text { length: length.0 })
            }
            SecretSource::Provided => SecretKind::Provided,
        };
        let minimum = declared
            .minimum
            .map_or_else(Sourced::default, |minimum| Sourced::written(minimum.value, minimum.at));
        let rotate_after = declared
            .rotate_after
            .map_or_else(Sourced::default, |age| Sourced::written(age.value, age.at));
        let secret = Secret {
            kind,
            minimum,
            rotate_after,
            for_people: declared.for_people,
            shared_group: 0,
            origin: Origin::Written(name.at),
        };
        resolution.stack.secrets.insert(name.value.clone(), secret);
    }
}

fn format(resolution: &mut Resolution<'_>, template: &Template) -> Option<Format> {
    let mut parts = Vec::new();
    for piece in &template.0 {
        parts.push(match piece {
            Piece::Text(text) => Part::Text(text.clone()),
            Piece::Hole(Located { value: Hole::Secret(name), .. }) => Part::Secret(name.clone()),
            Piece::Hole(hole) => Part::Text(resolution.hosts.address(hole, resolution.problems)??),
        });
    }
    Some(Format(parts))
}

/// Hand secrets to the services that read them, once all of them are declared.
pub(super) fn uses(resolution: &mut Resolution<'_>) {
    parts_exist(resolution);
    for (service, keys) in &resolution.description.services {
        let service = &service.value;
        let mut taken = BTreeSet::new();
        for secret in &keys.secrets {
            let variable = format!("{}_FILE", secret.value.as_str().to_ascii_uppercase());
            if let Ok(variable) = SettingName::new(variable) {
                let delivery = Delivery::FileVariable(variable);
                hand(resolution, service, secret, delivery, &mut taken);
            }
        }
        for (variable, secret) in keys.env_secrets.iter() {
            if let Some((setting, _)) = keys.settings.get_key_value(&variable.value) {
                let message = format!("`{}` is a setting and a secret", variable.value);
                let diagnostic = Diagnostic::at(variable.at, "duplicate-variable", message);
                let diagnostic = diagnostic.note(setting.at, "the setting");
                resolution.problems.add(diagnostic.help("keep one of them"));
            }
            let delivery = variable_delivery(resolution, service, &variable.value);
            if matches!(delivery, Delivery::Variable(_)) && !variable.value.is_for_shells() {
                let message = format!("no shell can export a variable named `{}`", variable.value);
                let help = "use a name of letters, digits and `_`, or `secrets:` for a file";
                resolution.problems.report(variable.at, "wrong-name", message, help);
            }
            hand(resolution, service, secret, delivery, &mut taken);
        }
    }
}

/// A known image that takes `NAME_FILE` needs no entrypoint of ours.
fn variable_delivery(
    resolution: &Resolution<'_>,
    service: &ServiceName,
    variable: &SettingName,
) -> Delivery {
    let suffix = resolution.known.get(service).and_then(|known| known.facts.secret_suffix.clone());
    match suffix.and_then(|suffix| SettingName::new(format!("{variable}{suffix}")).ok()) {
        Some(file_variable) => Delivery::FileVariable(file_variable),
        // No shell exports such a name; Compose does.
        None if !variable.is_for_shells() && entrypoints::is_accepted(resolution, service) => {
            Delivery::Plain(variable.clone())
        }
        None => Delivery::Variable(variable.clone()),
    }
}

fn hand(
    resolution: &mut Resolution<'_>,
    service: &ServiceName,
    secret: &Located<SecretName>,
    delivery: Delivery,
    taken: &mut BTreeSet<Delivery>,
) {
    if !exists(resolution, &secret.value, secret.at) {
        return;
    }
    if !taken.insert(delivery.clone()) {
        let message = format!("`{}` is read twice in the same way", secret.value);
        resolution.problems.report(secret.at, "duplicate-secret", message, "name it once");
        return;
    }
    if let Some(service) = resolution.stack.services.get_mut(service) {
        // What the image knowledge hands over by itself need not be handed over again.
        service.secrets.retain(|used| used.delivery != delivery);
        service.secrets.push(SecretUse { secret: secret.value.clone(), delivery });
        service.secrets.sort();
    }
}

/// Every part of a template exists, and no template is made of itself.
fn parts_exist(resolution: &mut Resolution<'_>) {
    for (name, declared) in &resolution.description.secrets {
        let SecretSource::Template(template) = &declared.source else { continue };
        for hole in template.value.holes() {
            if let Hole::Secret(part) = &hole.value
                && exists(resolution, part, hole.at)
                && made_of(resolution, part, &name.value, &mut BTreeSet::new())
            {
                let message = format!("`{}` is made of itself", name.value);
                let help = "a template is made of secrets that are generated or provided";
                resolution.problems.add(Diagnostic::at(hole.at, "cycle", message).help(help));
            }
        }
    }
}

fn made_of(
    resolution: &Resolution<'_>,
    name: &SecretName,
    wanted: &SecretName,
    seen: &mut BTreeSet<SecretName>,
) -> bool {
    if name == wanted {
        return true;
    }
    if !seen.insert(name.clone()) {
        return false;
    }
    match resolution.stack.secrets.get(name).map(|secret| &secret.kind) {
        Some(SecretKind::Template(Format(parts))) => parts.iter().any(|part| match part {
            Part::Secret(part) => made_of(resolution, part, wanted, seen),
            Part::Text(_) => false,
        }),
        _ => false,
    }
}

fn exists(resolution: &mut Resolution<'_>, name: &SecretName, at: Position) -> bool {
    let found = resolution.stack.secrets.contains_key(name);
    if !found && !resolution.problems.is_spoiled(name.as_str()) {
        let known: Vec<String> = resolution.stack.secrets.keys().map(ToString::to_string).collect();
        resolution.unknown("secret", name.as_str(), at, known.iter().map(String::as_str));
    }
    let derived = resolution.stack.secrets.get(name).map(|secret| &secret.kind);
    if matches!(derived, Some(SecretKind::Derived(_))) {
        let message = format!("`{name}` is a file that is made for one program");
        resolution.problems.report(at, "wrong-value", message, "name a secret of its own");
    }
    found
}
