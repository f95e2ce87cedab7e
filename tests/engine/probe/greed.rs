//! Takes more than its share, to see the limits at work.

use std::process::{Child, Command};
use std::{env, io, thread, time};

/// Starts up to COUNT processes that stay, and prints how many there were when it was stopped.
pub fn fork(count: &str) -> io::Result<()> {
    let count: usize = count.parse().map_err(io::Error::other)?;
    let own = env::current_exe()?;
    let mut children: Vec<Child> = Vec::new();
    let mut end = "not stopped".to_owned();
    while children.len() < count {
        match Command::new(&own).arg("remain").spawn() {
            Ok(child) => children.push(child),
            Err(error) => {
                end = format!("stopped: {error}");
                break;
            }
        }
    }
    println!("{} processes, {end}", children.len());
    for child in &mut children {
        child.kill().ok();
        child.wait().ok();
    }
    Ok(())
}

/// Touches MIB mebibytes, and prints every 8th as it is had; a limit ends it with SIGKILL.
pub fn allocate(mebibytes: &str) -> io::Result<()> {
    let mebibytes: usize = mebibytes.parse().map_err(io::Error::other)?;
    let mut taken: Vec<Vec<u8>> = Vec::new();
    for number in 1..=mebibytes {
        // Not zero: a page of zeroes may be shared.
        taken.push(vec![number as u8 | 1; 1 << 20]);
        if number % 8 == 0 || number == mebibytes {
            println!("{number} MiB");
        }
    }
    drop(taken);
    Ok(())
}

/// Does nothing until it is told to end.
pub fn remain() -> io::Result<()> {
    loop {
        thread::sleep(time::Duration::from_secs(60));
    }
}
