//! The `docker` program: the one way in which this tool talks to an engine.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Inspection, PROJECT_LABEL, Unreadable};

/// Time for an engine to answer a question. One that is well answers within a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Lines of a failed program that are repeated: what went wrong stands in the last ones.
const LAST: usize = 8;

/// The client program of an engine.
#[derive(Debug, Clone)]
pub struct Docker {
    program: OsString,
    variables: Vec<(OsString, OsString)>,
    patience: Duration,
}

/// Why an engine did not answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The program is not installed.
    #[error("`{program}` was not found")]
    Missing {
        /// Its name.
        program: String,
    },
    /// It could not be run.
    #[error("`{program}` could not be run: {error}")]
    Io {
        /// Its name.
        program: String,
        /// Why.
        error: io::Error,
    },
    /// It said no.
    #[error("`{command}` failed: {words}")]
    Failed {
        /// The command line.
        command: String,
        /// The first line that it printed about it.
        words: String,
    },
    /// It said nothing.
    #[error("`{command}` gave no answer within {} s", .patience.as_secs())]
    Silent {
        /// The command line.
        command: String,
        /// How long it was waited for.
        patience: Duration,
    },
    /// It printed something else than it should.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Default for Docker {
    fn default() -> Self {
        Self::new("docker")
    }
}

impl Docker {
    /// A client program, by name or path. It finds its engine as ever: `DOCKER_HOST`, a context,
    /// the usual socket.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self { program: program.into(), variables: Vec::new(), patience: PATIENCE }
    }

    /// Another program with the same variables and patience.
    pub fn with_program(self, program: impl Into<OsString>) -> Self {
        Self { program: program.into(), ..self }
    }

    /// The same with an environment variable more.
    pub fn with_variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The same with another time to answer a question.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Everything of the Compose project `name`, stopped containers included.
    ///
    /// # Errors
    /// [`EngineError`] where the program is missing, refuses, or prints something else.
    pub fn project(&self, name: &str) -> Result<Inspection, EngineError> {
        let filter = format!("label={PROJECT_LABEL}={name}");
        let containers =
            self.ask(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &filter])?;
        let networks =
            self.ask(&["network", "ls", "--quiet", "--no-trunc", "--filter", &filter])?;
        let mut text = Vec::new();
        for (kind, list) in [("container", &containers), ("network", &networks)] {
            let mut words = vec![kind, "inspect"];
            words.extend(list.split_whitespace());
            if words.len() > 2 {
                text.push(self.ask(&words)?);
            }
        }
        let mut whole = Inspection::default();
        for part in &text {
            let part = Inspection::read(part)?;
            whole.containers.extend(part.containers);
            whole.networks.extend(part.networks);
        }
        Ok(whole.of_project(name))
    }

    /// What the program prints on standard output for a question that it answers at once.
    ///
    /// # Errors
    /// [`EngineError`]; after the patience the program is ended.
    pub fn ask(&self, words: &[&str]) -> Result<String, EngineError> {
        self.ask_with(words, "")
    }

    /// The same with `input` on its standard input, which must be less than a pipe holds (64 KiB
    /// on Linux, pipe(7)).
    ///
    /// # Errors
    /// [`EngineError`]; after the patience the program is ended.
    pub fn ask_with(&self, words: &[&str], input: &str) -> Result<String, EngineError> {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.not_run(error))?;
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not read says itself why.
            pipe.write_all(input.as_bytes()).ok();
        }
        // Both are read beside the wait: a full pipe would stop the program.
        let (out, err) = (collect(child.stdout.take()), collect(child.stderr.take()));
        let ended = self.wait(&mut child, words)?;
        let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
        if ended {
            return Ok(String::from_utf8_lossy(&out).into_owned());
        }
        let words_of_it = String::from_utf8_lossy(&err);
        let first = words_of_it.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Err(EngineError::Failed { command: self.line(words), words: first.trim().to_owned() })
    }

    /// Run the program to its end, however long it takes. Everything that it prints goes to
    /// standard error, or nowhere where it is not to be `shown`.
    ///
    /// # Errors
    /// [`EngineError::Failed`] where it ends with anything but 0, with the end of what it said.
    pub fn run(&self, words: &[&str], shown: bool) -> Result<(), EngineError> {
        let mut command = self.command(words);
        command.stdin(Stdio::null());
        if shown {
            command.stdout(io::stderr()).stderr(Stdio::inherit());
        } else {
            command.stdout(Stdio::null()).stderr(Stdio::piped());
        }
        let mut child = command.spawn().map_err(|error| self.not_run(error))?;
        let err = collect(child.stderr.take());
        let status = child.wait().map_err(|error| self.not_run(error))?;
        let err = err.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let words_of_it = match (last_lines(&err), status.code()) {
            (said, _) if !said.is_empty() => said,
            (_, Some(code)) => format!("exit code {code}"),
            (_, None) => "ended by a signal".to_owned(),
        };
        Err(EngineError::Failed { command: self.line(words), words: words_of_it })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// True where it ended well.
    fn wait(&self, child: &mut Child, words: &[&str]) -> Result<bool, EngineError> {
        let begun = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) if begun.elapsed() < self.patience => {
                    thread::sleep(Duration::from_millis(10));
                }
                Ok(None) => {
                    child.kill().and_then(|()| child.wait()).ok();
                    let (command, patience) = (self.line(words), self.patience);
                    return Err(EngineError::Silent { command, patience });
                }
                Err(error) => return Err(self.not_run(error)),
            }
        }
    }

    fn not_run(&self, error: io::Error) -> EngineError {
        let program = self.program.to_string_lossy().into_owned();
        match error.kind() {
            io::ErrorKind::NotFound => EngineError::Missing { program },
            _ => EngineError::Io { program, error },
        }
    }

    /// The command line as a person would read it, cut where it names many things.
    fn line(&self, words: &[&str]) -> String {
        let program = self.program.to_string_lossy();
        let shown: Vec<&str> =
            Some(&*program).into_iter().chain(words.iter().copied().take(6)).collect();
        let more = if words.len() > 6 { " ..." } else { "" };
        format!("{}{more}", shown.join(" "))
    }
}

/// The end of what a program printed, without control characters.
fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(LAST)..).unwrap_or_default();
    last.join("\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn collect(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is what there is.
        from.map(|mut from| from.read_to_end(&mut bytes));
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Docker::new("no-such-engine").project("shop").unwrap_err();
        assert_eq!(error.to_string(), "`no-such-engine` was not found");
    }

    #[test]
    fn what_the_program_says_of_a_failure_is_kept() {
        let error = Docker::new("sh").ask(&["-c", "echo; echo no engine >&2; exit 1"]).unwrap_err();
        assert!(error.to_string().ends_with("failed: no engine"), "{error}");
    }

    #[test]
    fn a_silent_program_is_ended() {
        let short = Docker::new("sh").with_patience(Duration::from_millis(50));
        let error = short.ask(&["-c", "sleep 20"]).unwrap_err();
        assert!(matches!(error, EngineError::Silent { .. }), "{error}");
    }

    #[test]
    fn more_than_a_pipe_holds_is_read() {
        let long = Docker::new("sh").ask(&["-c", "head -c 300000 /dev/zero"]).unwrap();
        assert_eq!(long.len(), 300_000);
    }
}
