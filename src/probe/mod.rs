//! What can be learnt of an image by running it for a few seconds, confined, and looking.
//!
//! It stands alone because it is the only part that starts a container of its own. It knows nothing
//! of stacks: it gives [`Seen`], and a [`sheet`] of it that `presets/images/` could hold.

mod attempt;
mod footprint;
mod host;
mod sheet;
mod tools;

use std::time::Duration;

use self::attempt::{Attempt, Confinement};
use crate::engine::{Docker, EngineError, Image};

pub use self::sheet::sheet;

/// Attempts that one look takes at most: without capabilities, with those of a step-down, with the
/// engine's own, as the user that was seen, on a read-only root.
const ATTEMPTS: u64 = 5;

/// What an image's entrypoint needs to give folders away and step down, as gosu and setpriv do.
const STEP_DOWN: [&str; 5] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

/// What was seen of an image; what is empty was not seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How the image was named.
    pub name: String,
    /// Its repository, as Compose files write it.
    pub repository: String,
    /// What the image says of itself.
    pub image: Image,
    /// It kept running, or ended with 0, with the capabilities of `capabilities`.
    pub ran: bool,
    /// Capabilities without which it did not run; empty: it needs none, or never ran.
    pub capabilities: Vec<String>,
    /// `uid:gid` of its main process; empty where it could not be seen.
    pub user: String,
    /// It also ran as `user` from the start, without any capability.
    pub runs_as_user: bool,
    /// TCP ports on which it listened; none where they could not be seen.
    pub ports: Option<Vec<u16>>,
    /// Folders that it wrote to, outside its volumes.
    pub written: Vec<String>,
    /// Whether it ran with a read-only root and memory at `written`; none: not tried.
    pub read_only: Option<bool>,
    /// Programs of [`tools`] that it has, by their path.
    pub tools: Vec<String>,
    /// Seconds that each attempt was watched.
    pub watched: u64,
}

/// Look at an image that the engine has. What is done is said, one line each.
///
/// # Errors
/// [`EngineError`] where the engine does not answer or makes no container. Containers that were made
/// are removed in any case.
pub fn look(
    docker: &Docker,
    (name, repository): (&str, &str),
    image: Image,
    seconds: u64,
    say: &mut dyn FnMut(&str),
) -> Result<Seen, EngineError> {
    let watched = (seconds / ATTEMPTS).max(1);
    let mut seen = Seen {
        name: name.to_owned(),
        repository: repository.to_owned(),
        image,
        watched,
        ..Seen::default()
    };
    let looker = Looker { docker, image: name, watch: Duration::from_secs(watched) };
    let attempt = looker.least_privileged(&mut seen, say)?;
    seen.tools = tools::of(docker, attempt.id());
    seen.user = host::user(docker, &attempt);
    seen.ports = host::ports(&attempt);
    let volumes: Vec<&str> = seen.image.config.volumes.keys().map(String::as_str).collect();
    seen.written = footprint::of(&attempt.changes()?, &volumes);
    drop(attempt);
    if seen.ran {
        looker.confined_further(&mut seen, say)?;
    }
    Ok(seen)
}

/// Whoever starts the attempts of one look.
struct Looker<'a> {
    docker: &'a Docker,
    image: &'a str,
    watch: Duration,
}

impl<'a> Looker<'a> {
    /// The first attempt that ran, from the least privileged; the last one where none did.
    fn least_privileged(
        &self,
        seen: &mut Seen,
        say: &mut dyn FnMut(&str),
    ) -> Result<Attempt<'a>, EngineError> {
        let mut attempt = self.attempt(&Confinement::default(), "without capabilities", say)?;
        seen.ran = attempt.ran();
        // Capabilities change nothing for an image with a user of its own.
        if seen.ran || !seen.image.config.starts_as_root() {
            return Ok(attempt);
        }
        let step_down: Vec<String> = STEP_DOWN.map(str::to_owned).to_vec();
        for (capabilities, words) in [
            (step_down, "with the capabilities of a step-down"),
            (attempt::engines_own(), "with the engine's own capabilities"),
        ] {
            drop(attempt);
            let confinement = Confinement { capabilities, ..Confinement::default() };
            attempt = self.attempt(&confinement, words, say)?;
            if attempt.ran() {
                seen.ran = true;
                seen.capabilities = confinement.capabilities;
                break;
            }
        }
        Ok(attempt)
    }

    /// As the user that was seen, and on a read-only root.
    fn confined_further(
        &self,
        seen: &mut Seen,
        say: &mut dyn FnMut(&str),
    ) -> Result<(), EngineError> {
        let mut confinement = Confinement::default();
        confinement.capabilities.clone_from(&seen.capabilities);
        if !seen.user.is_empty() && !seen.user.starts_with("0:") {
            if seen.image.config.starts_as_root() {
                let user = Confinement { user: seen.user.clone(), ..Confinement::default() };
                let words = format!("as {}, without capabilities", seen.user);
                seen.runs_as_user = self.attempt(&user, &words, say)?.ran();
                if seen.runs_as_user {
                    confinement = user;
                }
            } else {
                seen.runs_as_user = seen.capabilities.is_empty();
            }
        }
        confinement.read_only = true;
        confinement.memory.clone_from(&seen.written);
        let words = "on a read-only root, with memory where it wrote";
        seen.read_only = Some(self.attempt(&confinement, words, say)?.ran());
        Ok(())
    }

    fn attempt(
        &self,
        confinement: &Confinement,
        words: &str,
        say: &mut dyn FnMut(&str),
    ) -> Result<Attempt<'a>, EngineError> {
        let attempt = Attempt::start(self.docker, self.image, confinement, self.watch)?;
        let outcome = attempt.outcome();
        say(&format!("ran {} for {} s {words}: {outcome}", self.image, self.watch.as_secs()));
        Ok(attempt)
    }
}
