//! `secrets fill` and `secrets set`: values that a person gives.

use super::super::project::Project;
use super::super::{Failure, World, summary};
use super::{deposit, save};
use crate::diagnostic::did_you_mean;
use crate::secrets::SecretValue;
use crate::stack::SecretName;

/// Ask for what is missing, and only for that; without a terminal read lines `NAME=VALUE`.
pub(super) fn run(mut project: Project, world: &mut World<'_>) -> Result<(), Failure> {
    let missing = summary::to_provide(&project, &project.bundle.index());
    if missing.is_empty() {
        return world.say("nothing is missing");
    }
    let mut given = Vec::new();
    if world.has_person() {
        for name in &missing {
            let value = world.ask(name.as_str())?;
            if value.trimmed().is_empty() {
                continue;
            }
            deposit(&mut project, name, &value, world)?;
            given.push(name.to_string());
        }
    } else {
        for (name, value) in lines(&world.input()?, &missing)? {
            deposit(&mut project, &name, &value, world)?;
            given.push(name.to_string());
        }
    }
    save(&project)?;
    let left: Vec<String> =
        missing.iter().map(ToString::to_string).filter(|name| !given.contains(name)).collect();
    if !given.is_empty() {
        world.say(&format!("sealed: {}", given.join(", ")))?;
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found(format!("still missing: {}", left.join(", "))))
    }
}

/// Give one secret a value, new or in place of the present one.
pub(super) fn set(mut project: Project, name: &str, world: &mut World<'_>) -> Result<(), Failure> {
    let known = project.stack().secrets.keys().map(SecretName::as_str);
    let help =
        did_you_mean(name, known).unwrap_or_else(|| "`portcullis secrets list` shows them".into());
    let name = SecretName::new(name)
        .ok()
        .filter(|name| project.stack().secrets.contains_key(name))
        .ok_or_else(|| Failure::Input(format!("error: there is no such secret\n  help: {help}")))?;
    let value = if world.has_person() { world.ask(name.as_str())? } else { world.input()? };
    deposit(&mut project, &name, &value, world)?;
    save(&project)?;
    world.say(&format!("sealed: {name}\nnext: portcullis secrets unseal"))
}

/// Lines `NAME=VALUE`; blank lines and lines that begin with `#` are left out.
fn lines(
    input: &SecretValue,
    missing: &[SecretName],
) -> Result<Vec<(SecretName, SecretValue)>, Failure> {
    let Some(text) = input.text() else {
        return Err(Failure::Input("error: standard input is not UTF-8".into()));
    };
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').ok_or_else(|| {
            Failure::Input(format!("error: standard input, line {number}: write NAME=VALUE"))
        })?;
        let wanted = missing.iter().find(|wanted| wanted.as_str() == name.trim());
        let wanted = wanted.ok_or_else(|| {
            let known: Vec<&str> = missing.iter().map(SecretName::as_str).collect();
            Failure::Input(format!(
                "error: standard input, line {number}: not a missing secret; missing are {}",
                known.join(", ")
            ))
        })?;
        values.push((wanted.clone(), SecretValue::from(value)));
    }
    Ok(values)
}
