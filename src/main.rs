//! The program: hands the command line to the library and its exit code to the system.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use portcullis::cli::Cli;
use portcullis::commands::{Real, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (quiet, color) = (cli.common.quiet, cli.common.color);
    match Real.with(quiet, color, |world| run(&cli, world)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                // Nothing is left to do where standard error is closed as well.
                let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
            }
            ExitCode::from(failure.code())
        }
    }
}
