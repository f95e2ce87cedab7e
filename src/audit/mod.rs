//! Judging Compose files that other people wrote: what the controls find in a lifted project, where
//! it stands, how bad it is, and what to write instead.
