//! The profile that a service gets: the one that decides whether it starts.
//!
//! Apart because the links ask for it as well: Compose refuses to wait for what does not start.

use serde_json::Value;

use crate::compose::Service;
use crate::stack::ProfileName;

/// The profile of what the original runs none of.
pub(super) const OFF: &str = "off";

/// The profile of a service; none: it starts with the stack. Of several that start it the first
/// stays; where no profile can have such a name, it goes by another, since it did not start by
/// itself.
pub(super) fn of(service: &Service) -> Option<String> {
    let valid = |name: &&String| ProfileName::new(name.as_str()).is_ok();
    let first = service.profiles.iter().find(valid).cloned();
    let other = || (!service.profiles.is_empty()).then(|| "other".to_owned());
    first.or_else(other).or_else(|| is_off(service).then(|| OFF.to_owned()))
}

/// Whether the original runs none of it: `scale: 0`, `deploy: {replicas: 0}`.
pub(super) fn is_off(service: &Service) -> bool {
    let deployed = service.deploy.as_ref().and_then(|deploy| deploy.replicas.as_ref());
    let scaled = service.carried.get("scale").and_then(count);
    scaled.or_else(|| deployed?.0.trim().parse().ok()) == Some(0)
}

/// A whole number, also as a text.
pub(super) fn count(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
