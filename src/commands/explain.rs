//! `explain`: the page of a control, or all of them by section.

use super::{Failure, World};
use crate::controls::{self, Section};
use crate::diagnostic::did_you_mean;

pub(super) fn run(control: Option<&str>, world: &mut World<'_>) -> Result<(), Failure> {
    let Some(id) = control else { return world.print(&list()) };
    match controls::page(id) {
        Some(page) => world.print(&page),
        None => {
            let ids = controls::ALL.iter().map(|control| control.id());
            let help = did_you_mean(id, ids)
                .unwrap_or_else(|| "`portcullis explain` lists them".to_owned());
            Err(Failure::Input(format!("error: no control is called `{id}`\n  help: {help}")))
        }
    }
}

fn list() -> String {
    let mut text = String::new();
    for section in Section::ALL {
        let controls: Vec<_> =
            controls::ALL.iter().filter(|control| control.section() == section).collect();
        if !controls.is_empty() {
            text += &format!("{}\n", section.title());
        }
        for control in controls {
            text += &format!("  {:24} {}\n", control.id(), control.title());
        }
    }
    text
}
