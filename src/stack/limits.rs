//! What a service may take from its host, and what becomes of its end and its output.

use std::collections::BTreeMap;

use super::{Bytes, Sourced};

/// Memory, processors and processes of one container. Docker's default is no limit, which is 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// Memory; swap is not added to it. 0: none.
    pub memory: Sourced<Bytes>,
    /// Share of processors. 0: all.
    pub cpus: Sourced<CpuShare>,
    /// Processes and threads. 0: none.
    pub pids: Sourced<u32>,
}

/// Processors in thousandths, so that equal shares compare equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CpuShare(pub u32);

impl CpuShare {
    /// `2`, `0.5`, `1.25`; at most three decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 3 {
            return None;
        }
        let thousandths: u32 = format!("{part:0<3}").parse().ok()?;
        whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(thousandths).map(Self)
    }
}

impl std::fmt::Display for CpuShare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / 1000, self.0 % 1000);
        if part == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{}", format!("{part:03}").trim_end_matches('0'))
        }
    }
}

/// A resource limit of setrlimit(2): soft and hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ulimit {
    /// What applies.
    pub soft: u64,
    /// What the process may raise it to.
    pub hard: u64,
}

/// What the engine does when the container ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Restart {
    /// Nothing (Docker's default).
    #[default]
    No,
    /// Start it again, whatever happened.
    Always,
    /// Start it again unless a person stopped it.
    UnlessStopped,
    /// Start it again after an error, at most so often; 0 is without end.
    OnFailure(u32),
}

/// Where output goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logging {
    /// The engine's driver; empty is the engine's own default, json-file without an end.
    pub driver: String,
    /// The driver's options.
    pub options: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_back_as_written() {
        for text in ["2", "0.5", "1.25", "0.125"] {
            assert_eq!(CpuShare::parse(text).map(|c| c.to_string()), Some(text.to_owned()));
        }
        for text in ["", ".5", "1.2345", "-1", "1,5", "x"] {
            assert_eq!(CpuShare::parse(text), None, "{text}");
        }
    }
}
