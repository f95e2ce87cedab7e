//! What a person has accepted: a control that shall not hold at one place, with the reason.

use super::{Place, Position};

/// One accepted violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The control's id.
    pub control: String,
    /// Where it applies.
    pub place: Place,
    /// Why; printed in the report.
    pub reason: String,
    /// Last day on which it holds, `YYYY-MM-DD`; empty: without an end.
    pub until: String,
    /// Where it stands. At most one; none where knowledge brings it (an image that must start as root).
    pub written: Vec<Position>,
}
