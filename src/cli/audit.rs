//! The arguments of `audit`.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use crate::controls::Severity;

/// Arguments of `audit`.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Compose files, each a project of its own; `-` is standard input [default: the folder's own with its override]
    #[arg(value_name = "FILE")]
    pub files: Vec<Utf8PathBuf>,
    /// Values of variables, KEY=VALUE [default: .env beside each file]
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<Utf8PathBuf>,
    /// Form of the result: text, markdown (for a pull request), json or sarif (for programs)
    #[arg(long, default_value = "text", hide_possible_values = true)]
    pub format: AuditFormat,
    /// Exit 1 for findings of this severity or worse: info, low, medium, high, critical or never
    #[arg(long, default_value = "medium", value_name = "LEVEL", hide_possible_values = true)]
    pub fail_on: Threshold,
    /// Show findings of this severity or worse; text and markdown only count the others
    #[arg(long, default_value = "low", value_name = "LEVEL", hide_possible_values = true)]
    pub least: Threshold,
}

/// Forms of what `audit` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For programs; a versioned schema
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

/// A severity from which on something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Threshold {
    /// Everything
    Info,
    /// Low or worse
    Low,
    /// Medium or worse
    Medium,
    /// High or worse
    High,
    /// Critical alone
    Critical,
    /// Nothing
    Never,
}

impl Threshold {
    /// True where a severity reaches it.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        let least = match self {
            Self::Info => Severity::Info,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
            Self::Never => return false,
        };
        severity >= least
    }
}
