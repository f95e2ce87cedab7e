//! How much a violation gives away.

/// From what is only worth a look to what gives the host away; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing by itself.
    Info,
    /// Time to find out, or the service itself.
    Low,
    /// More than a flaw in a program would have to cost.
    Medium,
    /// Data, credentials or another machine.
    High,
    /// The host.
    Critical,
}

impl Severity {
    /// Every severity, from the least.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word that people write and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Why a violation has it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Info => "worth a look by a person; gives nothing away by itself",
            Self::Low => "a failure lasts longer, or shows later, than it has to",
            Self::Medium => "a flaw in one program costs more than that program",
            Self::High => "data, credentials or another machine lie open to a flaw or to anybody",
            Self::Critical => "whoever breaks into the container has the host",
        }
    }

    /// One step less: for a default of Docker's that nobody chose.
    #[must_use]
    pub fn less(self) -> Self {
        match self {
            Self::Info | Self::Low => Self::Info,
            Self::Medium => Self::Low,
            Self::High => Self::Medium,
            Self::Critical => Self::High,
        }
    }
}
