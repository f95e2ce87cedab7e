//! `init`: a description from a preset, an identity if there is none, and a .gitignore.

use camino::Utf8Path;

use super::{Failure, World};
use crate::cli::{Common, InitArgs};
use crate::diagnostic::did_you_mean;
use crate::knowledge::Knowledge;
use crate::secrets::{Identities, Recipient, identity_path};
use crate::stack::{HostName, ProjectName};
use crate::tree::{Mode, RealDisk, TreePath, create_new};

/// What git must not see; the bundle is sealed and belongs into it.
const IGNORED: &str = "\
.env
!deploy/*/.env
*.pem
!deploy/*/ca.pem
*.key
identity.txt
# what a stopped write leaves until the next one finishes it
deploy/*/.portcullis/journal
deploy/*/.portcullis/staged/
.*.portcullis-new
";

/// The files that [`write`] makes.
pub(super) const WRITTEN: [&str; 3] = [DESCRIPTION, SCHEMA, GITIGNORE];
/// The description's usual name.
pub(super) const DESCRIPTION: &str = "portcullis.yaml";
const SCHEMA: &str = "portcullis.schema.json";
const GITIGNORE: &str = ".gitignore";

/// What a project begins with.
pub(super) struct Start<'a> {
    /// The description's name in its folder.
    pub(super) file: &'a str,
    pub(super) preset: &'a str,
    pub(super) domain: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) recipients: &'a [String],
}

/// What was found or made beside the description.
pub(super) struct Begun {
    /// Who can open the secrets, in words.
    pub(super) identity: String,
}

pub(super) fn run(args: &InitArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    let file = &common.file;
    let name = file.file_name().unwrap_or_default();
    let preset = &args.preset;
    let start = Start { file: name, preset, domain: None, email: None, recipients: &[] };
    let root = super::project::root_of(file);
    let begun = write(&root, &start, world)?;
    let option = if file == DESCRIPTION { String::new() } else { format!(" --file {file}") };
    world.print(&format!(
        "made {file}\n  who can open its secrets: {}\n\
         next: edit it, then `portcullis generate{option}`\n",
        begun.identity
    ))
}

/// Write the description into `dir`; never over one that is there.
pub(super) fn write(
    dir: &Utf8Path,
    start: &Start<'_>,
    world: &mut World<'_>,
) -> Result<Begun, Failure> {
    let knowledge = Knowledge;
    let Some(preset) = knowledge.stack(start.preset) else {
        let names = knowledge.stack_names();
        let help = did_you_mean(start.preset, names.iter().copied())
            .unwrap_or_else(|| format!("the presets are {}", names.join(", ")));
        let name = start.preset;
        return Err(Failure::Input(format!("error: there is no preset `{name}`\n  help: {help}")));
    };
    let (recipients, identity) = recipients(start.recipients, world)?;
    let text = fitted(preset, dir, start, &recipients)?;
    fs_err::create_dir_all(dir)?;
    put(dir, start.file, &text)?;
    Ok(Begun { identity })
}

/// Write a description that is new, and what belongs beside it.
pub(super) fn put(dir: &Utf8Path, file: &str, text: &str) -> Result<(), Failure> {
    let disk = RealDisk::open(dir)?;
    let schema = crate::description::schema();
    create_new(&disk, &TreePath::new(file)?, text.as_bytes(), Mode::Plain)?;
    for (name, text) in [(SCHEMA, schema.as_str()), (GITIGNORE, IGNORED)] {
        match create_new(&disk, &TreePath::new(name)?, text.as_bytes(), Mode::Plain) {
            Ok(()) | Err(crate::tree::DiskError::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Write a file that is new where the user named it.
pub(super) fn put_beside(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    let disk = RealDisk::open(&super::project::root_of(path))?;
    let name = TreePath::new(path.file_name().unwrap_or_default())?;
    Ok(create_new(&disk, &name, text.as_bytes(), Mode::Plain)?)
}

/// Those named, else this person, whose identity is made if there is none.
pub(super) fn recipients(
    named: &[String],
    world: &mut World<'_>,
) -> Result<(Vec<String>, String), Failure> {
    if !named.is_empty() {
        for key in named {
            key.parse::<Recipient>()
                .map_err(|error| Failure::Input(format!("error: --recipient: {error}")))?;
        }
        return Ok((named.to_vec(), format!("the {} keys of --recipient", named.len())));
    }
    let path = identity_path(world.variable)
        .ok_or_else(|| Failure::Machine("error: no home folder to keep an identity in".into()))?;
    let (identities, how) = match Identities::read(&path, &|| None) {
        Ok(identities) => (identities, "found"),
        Err(crate::secrets::IdentityFileError::Missing { .. }) => {
            (Identities::create(&path, world.today)?, "made just now; keep a copy of it")
        }
        Err(error) => return Err(error.into()),
    };
    let keys = identities.recipients().iter().map(|key| key.as_str().to_owned()).collect();
    Ok((keys, format!("{path} ({how})")))
}

/// The preset with the project's own name, host and recipients. Every comment stays.
fn fitted(
    preset: &str,
    dir: &Utf8Path,
    start: &Start<'_>,
    recipients: &[String],
) -> Result<String, Failure> {
    let name = dir.file_name().and_then(|name| ProjectName::new(name).ok());
    let host = start.domain.map(HostName::new).transpose();
    let host = host.map_err(|error| Failure::Input(format!("error: --domain: {error}")))?;
    let mut text = String::new();
    let mut domain = String::new();
    for line in preset.lines() {
        match (line.split_once(": "), &name, &host) {
            (Some(("name", _)), Some(name), _) => text += &format!("name: {name}\n"),
            (Some(("domain", old)), _, Some(host)) => {
                domain = old.split_whitespace().next().unwrap_or_default().to_owned();
                text += &format!("domain: {host}\n");
            }
            (Some(("tls", _)), _, Some(_)) if start.email.is_some() => {}
            _ => text += &format!("{line}\n"),
        }
    }
    if let (Some(host), false) = (&host, domain.is_empty()) {
        // Further hosts of a preset are siblings of its domain.
        let parent = |host: &str| host.split_once('.').map(|(_, rest)| rest.to_owned());
        if let (Some(old), Some(new)) = (parent(&domain), parent(host.as_str())) {
            text = text.replace(&format!(".{old}"), &format!(".{new}"));
        }
    }
    if let Some(email) = start.email {
        text += &format!("\ntls: {{issuer: acme, email: {}}}\n", quoted(email)?);
    }
    let keys: Vec<String> = recipients.iter().map(|key| quoted(key)).collect::<Result<_, _>>()?;
    text += &format!(
        "\n# Who can open secrets/; add a colleague's public key here.\nrecipients: [{}]\n",
        keys.join(", ")
    );
    Ok(text)
}

/// A YAML scalar in single quotes.
fn quoted(text: &str) -> Result<String, Failure> {
    if text.chars().any(|c| c.is_control() || c == '\'') {
        return Err(Failure::Input(
            "error: an argument holds a quote or a control character".into(),
        ));
    }
    Ok(format!("'{text}'"))
}
