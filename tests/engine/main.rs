//! Every preset really runs, and keeps the promises that only a running engine can show.
//!
//! `cargo test --test engine [-- WORD...]` makes the observations whose name contains one of the words;
//! `--stay` leaves the stacks up until Enter is pressed, and says how to enter their machines. Needs root
//! and what `tests/tools/install` brings: dockerd, iptables, iproute2, util-linux, nginx and so on. Nothing
//! is downloaded, and neither the machine's own engine nor its network is touched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "mod.rs"]
mod engine;

use std::process::ExitCode;

fn main() -> ExitCode {
    engine::run::run(std::env::args().skip(1))
}
