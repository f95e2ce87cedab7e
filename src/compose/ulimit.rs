//! One entry of `ulimits:`, a number for both limits or each by name.

use super::Number;
use super::keys::keys;

keys! {
    /// A resource limit; -1 is no limit.
    pub struct Ulimit
    short both;
    ordered {
        /// What applies.
        "soft" soft: Option<Number>,
        /// What the process may raise it to.
        "hard" hard: Option<Number>,
    }
}

fn both(text: &str) -> Result<Ulimit, String> {
    let limit = Some(Number(text.to_owned()));
    Ok(Ulimit { soft: limit.clone(), hard: limit, ..Ulimit::default() })
}
