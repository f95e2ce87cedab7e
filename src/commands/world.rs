//! What a command gets from outside: streams, environment, clock, randomness.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Read, Write};

use time::{Date, OffsetDateTime};

use super::Failure;
use crate::cli::Color;
use crate::secrets::{Randomness, SecretValue};

/// The most that is read from standard input, in bytes.
const MOST: u64 = 1 << 20;

/// Everything outside that a command uses; tests pass their own.
pub struct World<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// Everything else.
    pub err: &'a mut dyn Write,
    /// An environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The day on which this runs.
    pub today: Date,
    /// Where random values come from.
    pub randomness: &'a mut dyn Randomness,
    /// Say only what went wrong.
    pub quiet: bool,
    /// Messages have colour.
    pub color: bool,
    /// The warnings that were given already.
    pub warned: BTreeSet<String>,
}

/// The real world of a process.
#[derive(Debug, Default)]
pub struct Real;

impl Real {
    /// Hand the real world to `act`.
    pub fn with<T>(&self, quiet: bool, color: Color, act: impl FnOnce(&mut World<'_>) -> T) -> T {
        let variable = |name: &str| std::env::var(name).ok();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        };
        act(&mut World {
            out: &mut std::io::stdout(),
            err: &mut std::io::stderr(),
            variable: &variable,
            today: OffsetDateTime::now_utc().date(),
            randomness: &mut rand::rngs::SysRng,
            quiet,
            color,
            warned: BTreeSet::new(),
        })
    }
}

impl World<'_> {
    /// Print a result.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            // Whoever read our output has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }

    /// Say something beside the result, unless nobody wants to hear it.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { Ok(writeln!(self.err, "{text}")?) }
    }

    /// Warn of what is dangerous but not refused, however quiet the run is meant to be; once.
    pub(super) fn warn(&mut self, text: &str) -> Result<(), Failure> {
        if self.warned.insert(text.to_owned()) {
            writeln!(self.err, "warning: {text}")?;
        }
        Ok(())
    }

    /// Ask for a value on the terminal, without showing it.
    pub(super) fn ask(&mut self, question: &str) -> Result<SecretValue, Failure> {
        let answer = rpassword::prompt_password(format!("{question}: "))?;
        Ok(SecretValue::from(answer.as_str()))
    }

    /// True where a person can be asked.
    pub(super) fn has_person(&self) -> bool {
        std::io::stdin().is_terminal()
    }

    /// Everything on standard input, at most a mebibyte.
    pub(super) fn input(&self) -> Result<SecretValue, Failure> {
        let mut bytes = Vec::new();
        let read = std::io::stdin().take(MOST + 1).read_to_end(&mut bytes)?;
        let value = SecretValue::new(bytes);
        if read as u64 > MOST {
            // Half a value must not be sealed as if it were the whole.
            return Err(Failure::Input("error: standard input is larger than 1 MiB".into()));
        }
        Ok(value)
    }
}
