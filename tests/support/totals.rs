//! How a test program with a harness of its own ends.

use std::process::ExitCode;

/// Says the totals as Rust's own test harness does, for whoever adds them up; a failure if any test failed.
pub fn conclude(passed: usize, failed: usize, filtered_out: usize) -> ExitCode {
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered_out} filtered out"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
