//! `secrets:` of the project: files and variables of the host that become secrets of the bundle.

use super::delivery::FOLDER;
use super::naming::Names;
use super::{Ground, Secret, Setting, Settings, Source};
use crate::secrets::SecretValue;
use crate::stack::SecretName;

/// Declare each secret that a service names, and rewrite the paths under which settings name it.
pub(super) fn add(ground: &Ground<'_>, names: &mut Names, settings: &mut Settings) {
    let file = &ground.project.file;
    let mut declared = std::collections::BTreeMap::<&str, SecretName>::new();
    for (service, keys) in &file.services {
        for reference in &keys.secrets {
            let source = reference.source();
            let name = declared.entry(source).or_insert_with(|| {
                let name = names.free(vec![source.to_owned()]);
                settings.secrets.insert(name.clone(), secret(ground, source));
                name
            });
            let out = settings.services.entry(service.clone()).or_default();
            out.secrets.insert(name.clone());
            let mounted = reference.0.target.as_deref().unwrap_or(source);
            let old = match mounted.starts_with('/') {
                true => mounted.to_owned(),
                false => format!("{FOLDER}/{mounted}"),
            };
            let new = format!("{FOLDER}/{name}");
            if old != new {
                for setting in out.settings.values_mut() {
                    if let Setting::Text(text) = setting {
                        *text = text.replace(&old, &new);
                    }
                }
                out.moved.insert(old, new);
            }
        }
    }
}

fn secret(ground: &Ground<'_>, source: &str) -> Secret {
    let keys = ground.project.file.secrets.get(source);
    let variable = keys.and_then(|keys| keys.carried.get("environment")?.as_str());
    let value = variable.and_then(|name| ground.project.environment.get(name));
    let note = match (keys.and_then(|keys| keys.file.as_deref()), variable) {
        (Some(file), _) => format!("the content of {file}"),
        (None, Some(variable)) => format!("the value of {variable}"),
        (None, None) => String::new(),
    };
    let value = value.filter(|value| !value.is_empty());
    let value = value.map(|value| SecretValue::from(value.as_str()));
    Secret { source: Source::Provided, value, note }
}
