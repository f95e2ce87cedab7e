//! Diagnostics drawn as rustc draws them.
