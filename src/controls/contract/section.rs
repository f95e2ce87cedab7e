//! Sections of the report.

/// Sections of the report, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Who reaches what.
    Network,
    /// Encryption.
    Tls,
    /// Who may ask.
    Authentication,
    /// What a request may hold.
    InputLimits,
    /// What an error tells.
    ErrorResponses,
    /// Which origins may read.
    Cors,
    /// How often one may ask.
    RateLimiting,
    /// What is written down.
    Logging,
    /// Values that nobody else may know.
    Secrets,
    /// What a container may do.
    Containers,
    /// What runs, and how it was built.
    Images,
    /// Who starts when, and is well.
    Health,
    /// What can be brought back.
    Backups,
    /// What people do.
    Operations,
}

impl Section {
    /// Every section, in the report's order.
    pub const ALL: [Self; 14] = [
        Self::Network,
        Self::Tls,
        Self::Authentication,
        Self::InputLimits,
        Self::ErrorResponses,
        Self::Cors,
        Self::RateLimiting,
        Self::Logging,
        Self::Secrets,
        Self::Containers,
        Self::Images,
        Self::Health,
        Self::Backups,
        Self::Operations,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Network => "Network",
            Self::Tls => "TLS",
            Self::Authentication => "Authentication",
            Self::InputLimits => "Input limits",
            Self::ErrorResponses => "Error responses",
            Self::Cors => "CORS",
            Self::RateLimiting => "Rate limiting",
            Self::Logging => "Logging and audit",
            Self::Secrets => "Secrets",
            Self::Containers => "Containers",
            Self::Images => "Images and dependencies",
            Self::Health => "Health and start order",
            Self::Backups => "Backups",
            Self::Operations => "Operations",
        }
    }
}
