//! One line of a source with everything masked that may be a secret.
