//! The heart: everything that this tool enforces, one file per control.
//!
//! `resolve` and `lift` fill in what would run without us; a control finds what is wrong with it
//! and mends it. So this folder is the whole answer to "what does this tool enforce?".

use crate::stack::{Origin, Place, Stack};

/// One wanted condition of a stack.
pub trait Control: Sync {
    /// Stable, kebab-case; used in exceptions and reports.
    fn id(&self) -> &'static str;

    /// The wanted condition: "The root filesystem is read-only".
    fn title(&self) -> &'static str;

    /// Markdown: the reason, an example, references (CIS Docker, OWASP, KICS, compose-lint ids).
    fn why(&self) -> &'static str;

    /// The section of the report that it belongs to.
    fn section(&self) -> Section;

    /// What it satisfies elsewhere, for example `CIS Docker 5.12`, `compose-lint CL-0007`.
    fn references(&self) -> &'static [&'static str];

    /// True where a value that a person wrote in a description is refused instead of mended.
    fn refuses(&self) -> bool {
        false
    }

    /// Every place where the condition does not hold.
    fn check(&self, stack: &Stack) -> Vec<Violation>;

    /// What a machine may safely do about it; nothing by default: a person must.
    fn mend(&self, _stack: &mut Stack, _at: &Place) {}

    /// Where the mended condition shows in the generated files, for the report.
    fn enforced_in(&self) -> &'static str;
}

/// One place where a control's condition does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// What was found, in words, never a secret's value.
    pub found: String,
    /// Who put it there: decides between HARDENED and FIXED, and where an error points.
    pub origin: Origin,
    /// What a person does about it, or writes instead.
    pub advice: String,
}

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

/// Every control, in the order in which they mend.
pub const ALL: &[&dyn Control] = &[];
