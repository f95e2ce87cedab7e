//! How an engine asks a service whether it is well.

use super::Seconds;

/// The question itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Probe {
    /// What the image says; for most images that is nothing.
    #[default]
    Image,
    /// Nothing can be asked: the image has no tool for it.
    Impossible,
    /// Switched off.
    Disabled,
    /// A program in the container.
    Exec(Vec<String>),
    /// A line for the container's shell.
    Shell(String),
}

/// A health check; the times are Docker's own where nobody set them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What is asked.
    pub probe: Probe,
    /// Time between two questions. Docker: 30 s.
    pub interval: Seconds,
    /// Time for an answer. Docker: 30 s.
    pub timeout: Seconds,
    /// Failures in a row until it counts as ill. Docker: 3.
    pub retries: u32,
    /// Time after the start in which failures do not count. Docker: 0 s.
    pub start_period: Seconds,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            probe: Probe::Image,
            interval: Seconds(30),
            timeout: Seconds(30),
            retries: 3,
            start_period: Seconds(0),
        }
    }
}

impl Health {
    /// True where somebody can wait for this service to be well.
    pub fn can_be_asked(&self) -> bool {
        matches!(self.probe, Probe::Exec(_) | Probe::Shell(_))
    }
}
