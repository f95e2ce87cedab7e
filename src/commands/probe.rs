//! `probe`: what can be seen of an image on this machine's engine, as image knowledge.

use std::time::Duration;

use super::{Failure, World};
use crate::cli::ProbeArgs;
use crate::engine::{Docker, EngineError};
use crate::probe;
use crate::stack::ImageReference;

/// A container of a large image takes the engine a while to make and to remove.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn run(args: &ProbeArgs, world: &mut World<'_>) -> Result<(), Failure> {
    let name = args.image.as_str();
    let parsed = ImageReference::parse(name)
        .map_err(|error| Failure::Input(format!("error: `{}`: {error}", name.escape_debug())))?;
    let docker = Docker::default().with_patience(PATIENCE);
    let image = docker.image(name).map_err(no_engine)?.ok_or_else(|| {
        let help = format!("`docker pull {name}` brings it");
        Failure::Input(format!("error: the engine has no image `{name}`\n  help: {help}"))
    })?;
    let today = world.today.to_string();
    let mut said = Ok(());
    let mut say = |line: &str| {
        if said.is_ok() {
            said = world.say(line);
        }
    };
    let named = (name, parsed.repository());
    let seen = probe::look(&docker, named, image, args.seconds, &mut say).map_err(no_engine)?;
    said?;
    if !seen.ran {
        world.say("it did not keep running: what it needs to start is not known to a probe")?;
    }
    let sheet =
        probe::sheet(&seen, &today).map_err(|error| Failure::Machine(format!("error: {error}")))?;
    world.print(&sheet)
}

fn no_engine(error: EngineError) -> Failure {
    Failure::Machine(format!("error: {error}"))
}
