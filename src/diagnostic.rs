//! What is wrong with a file that a person wrote, and what to write instead.
//!
//! Everything that reads collects [`Diagnostic`]s in [`Problems`], so that one run reports every
//! mistake; [`Sources`] draws them with one line of excerpt each, in which secrets are masked.
//! The module stands first and alone because every reader needs it and it needs none of them.

mod excerpt;
mod hidden;
mod line;
mod lines;
mod masking;
mod position;
mod problems;
mod render;
mod secret_looking;
mod sources;
mod suggest;

pub use lines::Lines;
pub use position::Position;
pub use problems::Problems;
pub use secret_looking::{holds_secret, is_told_secret, looks_secret, names_a_secret, says_where};
pub use sources::{SourceId, Sources};
pub(crate) use suggest::is_invisible;
pub use suggest::{did_you_mean, quoted, suggest};

/// One mistake: what happened, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where; `None` for what concerns no place in a file, such as a missing one.
    pub at: Option<Position>,
    /// Stable kebab-case word for the kind of mistake, for example `unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop; never holds a secret.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Further places with a few words each, for example "first written here".
    pub notes: Vec<(Position, String)>,
    /// True where the marked text itself may be a secret: it is masked whole.
    pub secret: bool,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn at(at: Position, code: &'static str, message: impl Into<String>) -> Self {
        Self { at: Some(at), ..Self::nowhere(code, message) }
    }

    /// A mistake that concerns no place in a file.
    pub fn nowhere(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            at: None,
            code,
            message: message.into(),
            help: None,
            notes: Vec::new(),
            secret: false,
        }
    }

    /// With what to write instead.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With what to write instead, where there is something to say.
    #[must_use]
    pub fn maybe_help(self, help: Option<impl Into<String>>) -> Self {
        Self { help: help.map(Into::into), ..self }
    }

    /// With a further place.
    #[must_use]
    pub fn note(mut self, at: Position, words: impl Into<String>) -> Self {
        self.notes.push((at, words.into()));
        self
    }

    /// The marked text may be a secret.
    #[must_use]
    pub fn secret(self) -> Self {
        Self { secret: true, ..self }
    }
}
