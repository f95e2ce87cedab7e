//! `explain`: the page of a control or of a rule for files, or all of them by section.

use super::{Failure, World};
use crate::audit;
use crate::controls::{self, Section};
use crate::diagnostic::did_you_mean;

pub(super) fn run(control: Option<&str>, world: &mut World<'_>) -> Result<(), Failure> {
    let Some(id) = control else { return world.print(&list()) };
    match controls::page(id).or_else(|| audit::rule(id).map(|rule| rule.to_string())) {
        Some(page) => world.print(&page),
        None => {
            let ids = controls::ALL.iter().map(|control| control.id());
            let ids = ids.chain(audit::RULES.iter().map(|rule| rule.id));
            let help = did_you_mean(id, ids)
                .unwrap_or_else(|| "`portcullis explain` lists them".to_owned());
            Err(Failure::Input(format!(
                "error: no control or rule is called `{id}`\n  help: {help}"
            )))
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
    text += "Dockerfiles and nginx configurations, judged by `audit`\n";
    for rule in audit::RULES {
        text += &format!("  {:24} {}\n", rule.id, rule.title);
    }
    text
}
