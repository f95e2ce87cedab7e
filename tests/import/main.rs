//! Importing Compose files: what becomes of typical ones, and of those of other people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

mod as_written;
mod closed;
mod corpus;
mod drawn;
mod encrypted;
mod jobs;
mod memory;
mod mounted;
mod proxies;
mod reached;
mod secrecy;
mod shown;
mod typical;
mod unknown;
