//! `certs`: what the stack's own authority has issued, and what it should.

use super::project::Project;
use super::{Failure, World};
use crate::certificates::{self, inspect};
use crate::cli::{CertsCommand, Common};
use crate::secrets::{Kind, Sealing};
use crate::stack::{Made, SecretKind};
use crate::tree::Disk;

pub(super) fn run(
    command: &CertsCommand,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    match command {
        CertsCommand::Show => show(&Project::open(common, world)?, world),
        CertsCommand::Issue => issue(Project::open_alone(common, world)?, world),
    }
}

fn show(project: &Project, world: &mut World<'_>) -> Result<(), Failure> {
    let mut text = String::new();
    for (name, known) in project.bundle.index().secrets {
        if !matches!(known.kind, Kind::Authority | Kind::Leaf) {
            continue;
        }
        text += &match inspect(&known.public) {
            Ok(facts) => {
                let hosts: Vec<&str> = facts.hosts.iter().map(String::as_str).collect();
                let hosts =
                    if hosts.is_empty() { "authority".to_owned() } else { hosts.join(", ") };
                format!("{name}: {hosts}, until {}\n", facts.not_after)
            }
            Err(error) => format!("{name}: {error}\n"),
        };
    }
    for (name, reason) in
        certificates::stale_leaves(project.stack(), &project.bundle.index(), world.today)
    {
        text += &format!("{name}: to be issued ({reason}): `portcullis certs issue`\n");
    }
    world.print(if text.is_empty() { "no certificates\n" } else { &text })
}

fn issue(mut project: Project, world: &mut World<'_>) -> Result<(), Failure> {
    let is_authority = |kind: &SecretKind| *kind == SecretKind::Generated(Made::Authority);
    let mut secrets = project.hardened.stack.secrets.iter();
    let authority = secrets.find(|(_, secret)| is_authority(&secret.kind)).map(|(name, _)| name);
    let opened = match authority {
        Some(name) if project.bundle.index().secrets.contains_key(name) => {
            project.opened(world)?.secrets.remove(name)
        }
        _ => None,
    };
    let recipients = project.recipients(world)?;
    let sealing = Sealing { recipients: &recipients, today: world.today };
    let issued = certificates::issue_missing(
        &mut project.bundle,
        &project.hardened.stack,
        opened.as_ref(),
        &sealing,
        world.randomness,
    );
    let issued = issued.map_err(|error| Failure::Machine(format!("error: {error}")))?.issued;
    let disk: &dyn Disk = &project.disk;
    for file in project.files()? {
        file.write(disk)?;
    }
    let names: Vec<&str> = issued.iter().map(crate::stack::SecretName::as_str).collect();
    world.print(&match names.is_empty() {
        true => "every certificate is good\n".to_owned(),
        false => format!("issued: {}\nnext: portcullis secrets unseal\n", names.join(", ")),
    })
}
