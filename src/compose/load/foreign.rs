//! Files that look like Compose files and are none: of version 1, and those of platforms that add
//! keys of their own. Kept apart because none of it is Compose's.

use super::tree::as_text;
use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::Node;

/// What to say of a key that only a platform or an old version knows.
pub(super) fn key(name: &str) -> Option<&'static str> {
    Some(match name {
        "exclude_from_hc" => "it is Coolify's own; remove it, health checks are asked per service",
        "content" => "it is Coolify's own; write the text into `configs: {NAME: {content: ...}}`",
        "is_directory" | "isDirectory" => {
            "it is Coolify's own; write `bind: {create_host_path: true}`"
        }
        "net" => "it is of version 1; write `network_mode` or `networks`",
        "log_driver" | "log_opt" => "it is of version 1; write `logging: {driver, options}`",
        "volume_driver" => "it is of version 1; write the driver into the top-level `volumes`",
        "dockerfile" => "it is of version 1; write `build: {dockerfile: ...}`",
        "service" => "did you mean `services`?",
        _ => return None,
    })
}

/// Report a file without `services:` whose top level is a list of them, and say true.
pub(super) fn is_version_one(node: &Node, problems: &mut Problems) -> bool {
    let Some(entries) = node.mapping() else { return false };
    let known = ["services", "include", "version", "name"];
    if known.iter().any(|key| node.get(key).is_some()) {
        return false;
    }
    let service = entries.iter().find(|(key, value)| {
        let has = |name| value.get(name).is_some();
        let top = ["networks", "volumes", "secrets", "configs", "models"];
        !key.text.starts_with("x-")
            && !top.contains(&key.text.as_str())
            && (value.get("image").is_some_and(|image| as_text(image).is_some()) || has("build"))
    });
    if let Some((key, _)) = service {
        let message = "this is a Compose file of version 1, which Compose no longer reads";
        let help = "write `services:` above and indent everything below it";
        problems.add(Diagnostic::at(key.at, "compose-version-one", message).help(help));
    }
    service.is_some()
}
