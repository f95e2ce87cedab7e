//! `presets`: the descriptions to begin with, and the images that are known.

use super::{Failure, World};
use crate::diagnostic::did_you_mean;
use crate::knowledge::Knowledge;

pub(super) fn run(name: Option<&str>, world: &mut World<'_>) -> Result<(), Failure> {
    let Some(name) = name else {
        let text = format!(
            "stacks (portcullis new DIR --preset NAME):\n  {}\nimages (use: NAME:TAG):\n  {}\n",
            Knowledge.stack_names().join("\n  "),
            Knowledge.image_names().join("\n  ")
        );
        return world.print(&text);
    };
    match Knowledge.stack(name) {
        Some(text) => world.print(text),
        None => {
            let names = Knowledge.stack_names();
            let help = did_you_mean(name, names.iter().copied())
                .unwrap_or_else(|| "`portcullis presets` lists them".to_owned());
            Err(Failure::Input(format!("error: there is no preset `{name}`\n  help: {help}")))
        }
    }
}
