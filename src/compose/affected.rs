//! What a running stack feels of a new Compose file.

use super::ComposeFile;

/// Services that `up -d` touches, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Affected {
    /// Started: they are new.
    pub started: Vec<String>,
    /// Stopped and made anew: their definition changed, which a new network is enough for.
    pub recreated: Vec<String>,
    /// Orphans, which `--remove-orphans` removes.
    pub removed: Vec<String>,
}

/// Compare two files service by service, as Compose does by a hash of the definition.
pub fn affected(before: &ComposeFile, after: &ComposeFile) -> Affected {
    let mut affected = Affected::default();
    for (name, service) in &after.services {
        match before.services.get(name) {
            None => affected.started.push(name.clone()),
            Some(old) if old != service => affected.recreated.push(name.clone()),
            Some(_) => {}
        }
    }
    let gone = before.services.keys().filter(|name| !after.services.contains_key(*name));
    affected.removed = gone.cloned().collect();
    affected
}

impl Affected {
    /// One line for each kind that is not empty.
    pub fn lines(&self) -> Vec<String> {
        [("recreates", &self.recreated), ("starts", &self.started), ("orphans", &self.removed)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("`up -d` {what} {}", names.join(", ")))
            .collect()
    }
}
