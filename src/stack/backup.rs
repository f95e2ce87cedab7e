//! How often a service's data should be saved.

/// What a person asked for; the stack itself copies nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Backup {
    /// Nothing was said.
    #[default]
    Unsaid,
    /// Save at these times and keep so many copies.
    Planned {
        /// `hourly`, `daily`, `weekly`, `monthly`, or five fields of cron(5).
        schedule: String,
        /// Copies that are kept.
        keep: u16,
    },
}
