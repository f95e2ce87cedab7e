//! The preset that asks for podman, and one with a job, drawn for podman, really run under podman-compose.
//!
//! `cargo test --test podman` needs root and what `tests/tools/install` brings. The machine, its street and the
//! images are those of the engine tests; podman keeps everything below a folder of this run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "../engine/mod.rs"]
mod engine;
mod looks;
mod podman;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use engine::observation::{complaint, keep_complaints};
use engine::totals::conclude;
use podman::Podman;

fn main() -> ExitCode {
    keep_complaints();
    let (mut good, mut bad) = (0, 0);
    for (preset, looks) in [("ai-stack", looks::ALL), ("web-api", looks::JOBS)] {
        let podman = Podman::with(preset);
        for (name, look) in looks {
            let begun = Instant::now();
            let seen = catch_unwind(AssertUnwindSafe(|| look(&podman)));
            let took = begun.elapsed().as_millis();
            match seen {
                Ok(()) => {
                    println!("test podman::{preset}::{name} ... ok ({took} ms)");
                    good += 1;
                }
                Err(panic) => {
                    let words = complaint(&*panic);
                    println!("test podman::{preset}::{name} ... FAILED ({took} ms)\n{words}");
                    bad += 1;
                    // Nothing can be seen of a stack that is not up.
                    if *name == looks::COMES_UP {
                        break;
                    }
                }
            }
        }
    }
    conclude(good, bad, 0)
}
