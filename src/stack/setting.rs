//! Values of environment variables that hold no secret.

/// What an environment variable is set to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingValue {
    /// This text, handed over unchanged (a `$` is a `$`).
    Text(String),
    /// Taken from the environment of who runs Compose; the start stops where it is missing.
    Required,
}
