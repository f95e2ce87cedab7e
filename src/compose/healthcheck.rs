//! `healthcheck:` of a service.

use super::keys::keys;
use super::{Number, Words};

keys! {
    /// How an engine asks whether a service is well.
    pub struct Healthcheck
    ordered {
        /// A line for the shell, or a list that begins with CMD, CMD-SHELL or NONE.
        "test" test: Option<Words>,
        /// Time between two questions.
        "interval" interval: Option<String>,
        /// Time for an answer.
        "timeout" timeout: Option<String>,
        /// Failures in a row until it counts as ill.
        "retries" retries: Option<Number>,
        /// Time after the start in which failures do not count.
        "start_period" start_period: Option<String>,
        /// True: switched off.
        "disable" disable: Option<bool>,
    }
}
