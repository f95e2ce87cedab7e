//! `presets`: the descriptions to begin with, and the images that are known.

use super::{Failure, World};
use crate::diagnostic::did_you_mean;
use crate::knowledge::Knowledge;

pub(super) fn run(name: Option<&str>, world: &mut World<'_>) -> Result<(), Failure> {
    let Some(name) = name else {
        return world.print(&list());
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

fn list() -> String {
    let mut text = "stacks (portcullis new DIR --preset NAME):\n".to_owned();
    for name in Knowledge.stack_names() {
        let about = Knowledge.stack(name).map(first_sentence).unwrap_or_default();
        text += &format!("  {name:<11}{about}\n");
    }
    let mut images: Vec<String> =
        Knowledge.image_names().iter().filter_map(|name| Knowledge.repository(name)).collect();
    images.sort_unstable();
    text += &format!("images (use: NAME:TAG):\n  {}\n", images.join("\n  "));
    text
}

/// What a preset says of itself: the comment below its first line, up to the end of a sentence.
fn first_sentence(preset: &str) -> String {
    let lines = preset.lines().skip(1).map_while(|line| line.strip_prefix("# "));
    let about: Vec<&str> = lines.collect();
    let about = about.join(" ");
    about.split_once(". ").map_or(about.trim_end_matches('.'), |(first, _)| first).to_owned()
}
