//! The processes of a container, as the host numbers them (`docker top`).

use super::{Docker, EngineError};

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number on the engine's host.
    pub pid: u32,
    /// Its command line.
    pub line: String,
}

impl Docker {
    /// What runs in a container.
    ///
    /// # Errors
    /// [`EngineError`], also where the container does not run.
    pub fn processes(&self, container: &str) -> Result<Vec<Process>, EngineError> {
        Ok(read(&self.ask(&["top", container, "-eo", "pid,args"])?))
    }
}

fn read(printed: &str) -> Vec<Process> {
    let lines = printed.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
    let process = |(pid, line): (&str, &str)| {
        Some(Process { pid: pid.parse().ok()?, line: line.trim().to_owned() })
    };
    lines.filter_map(process).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_is_no_process() {
        let printed = "PID                 COMMAND\n7771                nginx: master process nginx -e stderr\n7772                nginx: worker process\n";
        let worker = Process { pid: 7772, line: "nginx: worker process".to_owned() };
        assert_eq!(read(printed).len(), 2);
        assert_eq!(read(printed).last(), Some(&worker));
    }
}
