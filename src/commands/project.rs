//! A project on disk: its description, lock and bundle, read once and written in order.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Failure, World, output};
use crate::cli::{Common, TargetName};
use crate::description::{self, Document};
use crate::diagnostic::{Problems, Sources};
use crate::exposure::Exposure;
use crate::lock::Lock;
use crate::pipeline::{self, Destination, Hardened};
use crate::secrets::{self, Bundle, Identities, OpenBundle, Recipient};
use crate::stack::{EnvironmentName, Stack};
use crate::targets::{self, Target};
use crate::tree::{Digest, Disk, Found, Mode, RealDisk, SingleFile, Tree, TreePath};
use crate::yaml;

const LOCK: &str = "portcullis.lock";
const LOCK_HEADER: &str =
    "# Addresses, groups and digests that must not move. Written by portcullis; commit it.\n";

/// One environment of a project.
pub(super) struct Project {
    pub(super) root: Utf8PathBuf,
    pub(super) disk: RealDisk,
    pub(super) out: TreePath,
    pub(super) target: &'static Target,
    pub(super) hardened: Hardened,
    pub(super) bundle: Bundle,
    pub(super) recipients: Vec<Recipient>,
    description_hash: String,
}

impl Project {
    /// Read and harden everything, for a command that writes nothing.
    pub(super) fn open(common: &Common, world: &mut World<'_>) -> Result<Self, Failure> {
        let (text, root) = (load(common)?, root_of(&common.file));
        let disk = RealDisk::open(&root)?;
        Self::read(root, disk, text, common, world)
    }

    /// The same for a command that writes: until it is done, no second one does.
    pub(super) fn open_alone(common: &Common, world: &mut World<'_>) -> Result<Self, Failure> {
        let (_, root) = (load(common)?, root_of(&common.file));
        let disk = RealDisk::open_alone(&root)?;
        // What is read after the lock was taken is what this run works on.
        Self::read(root, disk, load(common)?, common, world)
    }

    fn read(
        root: Utf8PathBuf,
        disk: RealDisk,
        text: String,
        common: &Common,
        world: &mut World<'_>,
    ) -> Result<Self, Failure> {
        let mut sources = Sources::new();
        let mut problems = Problems::new();
        let hash: String = Digest::of(text.as_bytes()).to_string().chars().take(16).collect();
        let source = sources.add(common.file.as_str(), text);
        let lock = read_lock(&disk, &mut sources)?;
        let target = target(common.target);
        let document = Document::read(source, sources.text(source), &mut problems);
        let hardened = document.as_ref().and_then(|document| {
            check_others(document, &common.env, &mut problems);
            pipeline::hardened(document, &common.env, target, &lock, world.today, &mut problems)
        });
        let (Some(hardened), true) = (hardened, problems.is_empty()) else {
            return Err(Failure::Input(sources.report(&problems)));
        };
        let environment = hardened.stack.environment.clone();
        let bundle = read_bundle(&root, &environment, &mut sources)?;
        let recipients = document
            .as_ref()
            .and_then(|document| document.environment(&common.env, &mut Problems::new()));
        let recipients = recipients.map(|description| description.recipients).unwrap_or_default();
        let recipients = recipients
            .iter()
            .map(|recipient| recipient.value.as_str().parse())
            .collect::<Result<Vec<Recipient>, _>>()
            .map_err(|error| Failure::Input(format!("error: recipients: {error}")))?;
        let all = document.as_ref().map(Document::environments).unwrap_or_default();
        let out = output::folder(&disk, common.out.as_deref(), &environment, &all)?;
        let description_hash = hash;
        Ok(Self { root, disk, out, target, hardened, bundle, recipients, description_hash })
    }

    pub(super) fn stack(&self) -> &Stack {
        &self.hardened.stack
    }

    /// Draw the tree with what the bundle shows without a private key.
    pub(super) fn draw(&self) -> Result<(Tree, Exposure), Failure> {
        let secrets_dir = self.deployed_secrets_dir();
        let destination = Destination {
            folder: self.out.as_str(),
            secrets_dir: &secrets_dir,
            description: &self.description_hash,
        };
        Ok(pipeline::draw(&self.hardened, self.target, &self.bundle.index(), destination)?)
    }

    /// Where secrets lie on the machine that runs the stack as root; the same on every machine,
    /// so that the drawn files do not depend on who draws them.
    pub(super) fn deployed_secrets_dir(&self) -> String {
        format!("/run/portcullis/{}/{}", self.stack().name, self.stack().environment)
    }

    /// For whom values are sealed: the description's recipients, or this person.
    pub(super) fn recipients(&self, world: &mut World<'_>) -> Result<Vec<Recipient>, Failure> {
        if !self.recipients.is_empty() {
            return Ok(self.recipients.clone());
        }
        Ok(identities(world)?.recipients())
    }

    /// The bundle and the lock as files, in the order in which they are written.
    pub(super) fn files(&self) -> Result<Vec<SingleFile>, Failure> {
        let wrong = |error: yaml::WriteError| Failure::Machine(format!("error: {error}"));
        let bundle = self.bundle.to_text().map_err(wrong)?;
        let lock = yaml::to_string(&self.hardened.lock).map_err(wrong)?;
        let mut files = Vec::new();
        if !self.bundle.index().secrets.is_empty() {
            let path = TreePath::new(&format!("secrets/{}.yaml", self.stack().environment))?;
            files.push(SingleFile { path, bytes: bundle.into_bytes(), mode: Mode::Private });
        }
        let bytes = format!("{LOCK_HEADER}{lock}").into_bytes();
        files.push(SingleFile { path: TreePath::new(LOCK)?, bytes, mode: Mode::Plain });
        Ok(files)
    }

    /// Every value of the bundle.
    pub(super) fn opened(&self, world: &mut World<'_>) -> Result<OpenBundle, Failure> {
        if self.bundle.index().secrets.is_empty() {
            let environment = self.stack().environment.clone();
            return Ok(OpenBundle { environment, secrets: std::collections::BTreeMap::new() });
        }
        self.bundle.open(&identities(world)?).map_err(|closed| {
            let lines: Vec<String> = closed.iter().map(|entry| format!("  {entry}")).collect();
            Failure::Refused(format!("error: the bundle does not open:\n{}", lines.join("\n")))
        })
    }
}

/// The text of the description.
fn load(common: &Common) -> Result<String, Failure> {
    description::load(&common.file, 0).map_err(|mut mistake| {
        if let ("missing-file", Some(above)) = (mistake.code, description_above(&common.file)) {
            mistake.help = Some(format!("`-f {above}` is the nearest one above"));
        }
        Failure::mistake(&mistake)
    })
}

/// A description in a folder above this one, for a person who stands inside a project. It is
/// named and not taken: which project a command works on is never guessed.
fn description_above(file: &Utf8Path) -> Option<Utf8PathBuf> {
    let here = std::env::current_dir().ok()?;
    let name = file.file_name().filter(|name| *name == file.as_str())?;
    let above = (1..here.components().count()).map(|up| "../".repeat(up) + name);
    above.map(Utf8PathBuf::from).find(|path| path.is_file())
}

/// The identity of this person, with a warning where it is not theirs alone.
pub(super) fn identities(world: &mut World<'_>) -> Result<Identities, Failure> {
    let path = secrets::identity_path(world.variable).ok_or_else(|| {
        Failure::Machine("error: no home folder to look for an identity in".into())
    })?;
    let identities = Identities::read(&path, &|| None)?;
    if secrets::others_may_read(&path) {
        world.warn(&format!(
            "other users of this machine may use the identity {path}: `chmod 600 {path}` closes it"
        ))?;
    }
    Ok(identities)
}

/// The folder of the description is the project.
pub(super) fn root_of(file: &Utf8Path) -> Utf8PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

fn target(name: TargetName) -> &'static Target {
    match name {
        TargetName::Compose => &targets::compose::TARGET,
        TargetName::Podman => &targets::compose::PODMAN,
    }
}

/// Mistakes of the other environments are reported in the same run.
fn check_others(document: &Document, environment: &str, problems: &mut Problems) {
    for other in document.environments().iter().filter(|name| name.as_str() != environment) {
        if let Some(description) = document.environment(other.as_str(), problems) {
            crate::resolve::resolve(&description, other, &crate::knowledge::Knowledge, problems);
        }
    }
}

fn read_lock(disk: &dyn Disk, sources: &mut Sources) -> Result<Lock, Failure> {
    let bytes = match disk.look(&TreePath::new(LOCK)?)? {
        Found::File { bytes, .. } => bytes,
        Found::Nothing => return Ok(Lock::default()),
        Found::Folder | Found::Other => {
            return Err(Failure::Refused(format!("error: {LOCK} is not a file")));
        }
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Input(format!("error: {LOCK} is not UTF-8")))?;
    let source = sources.add(LOCK, text);
    yaml::from_str(source, sources.text(source)).map_err(|mistake| {
        let mut problems = Problems::new();
        problems.add(mistake);
        Failure::Input(sources.report(&problems))
    })
}

fn read_bundle(
    root: &Utf8Path,
    environment: &EnvironmentName,
    sources: &mut Sources,
) -> Result<Bundle, Failure> {
    let path = secrets::bundle_path(root, environment);
    Bundle::read_file(&path, environment, sources).map_err(|error| match error {
        secrets::BundleFileError::Unreadable(mistake) => {
            let mut problems = Problems::new();
            problems.add(*mistake);
            Failure::Input(sources.report(&problems))
        }
        secrets::BundleFileError::Refused(error) => error.into(),
        secrets::BundleFileError::NotText { .. } => Failure::Input(format!("error: {error}")),
    })
}
