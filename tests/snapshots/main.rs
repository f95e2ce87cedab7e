//! What is drawn, as people read it: one small file under `snapshots/` per artifact.
//!
//! A snapshot says that something changed, not that it was right: beside each stands a check of
//! what the artifact is for. Date, version and hash of the description are fixed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod case;
mod minimal;
mod wavestack;
