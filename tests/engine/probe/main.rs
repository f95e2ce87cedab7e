//! Plays the applications of a stack, and looks around from inside a container.
//!
//! One static program that runs in any image, on std alone, since the tests compile it with plain
//! rustc. `serve` answers until it is told to end; every other command prints what it saw and
//! ends with 0, or says on standard error what was refused and ends with 1.

mod dial;
mod greed;
mod http;
mod socket;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::{env, fs, io, process};

const USAGE: &str = "probe serve --port N... | dial TARGET... | read PATH | write PATH | as UID:GID PROGRAM... | status | \
                     fork COUNT | allocate MIB | remain";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["serve", ref rest @ ..] => http::serve(&ports(rest)),
        ["dial", ref targets @ ..] => dial::all(targets),
        ["read", path] => fs::read_to_string(path).map(|text| print!("{text}")),
        ["write", path] => fs::write(path, "written by the probe\n"),
        ["as", user, program, ref rest @ ..] => hand_over(user, program, rest),
        ["status"] => fs::read_to_string("/proc/self/status").map(|text| print!("{text}")),
        ["fork", count] => greed::fork(count),
        ["allocate", mebibytes] => greed::allocate(mebibytes),
        ["remain"] => greed::remain(),
        _ => Err(io::Error::other(USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("probe: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Becomes a program of another user, without any further group, as gosu and su-exec do.
fn hand_over(user: &str, program: &str, arguments: &[&str]) -> io::Result<()> {
    let (uid, gid) = user.split_once(':').ok_or(io::Error::other("no UID:GID"))?;
    let number = |text: &str| text.parse().map_err(io::Error::other);
    Err(Command::new(program).args(arguments).uid(number(uid)?).gid(number(gid)?).exec())
}

/// The numbers after each `--port`; whatever else the played program takes means nothing here.
fn ports(words: &[&str]) -> Vec<u16> {
    let ports: Vec<u16> = words
        .windows(2)
        .filter(|pair| pair[0] == "--port")
        .map(|pair| pair[1].parse().unwrap_or_else(|_| fail(&format!("no port: {}", pair[1]))))
        .collect();
    if ports.is_empty() { fail("serve needs --port") } else { ports }
}

fn fail(words: &str) -> ! {
    eprintln!("probe: {words}");
    process::exit(2)
}
