//! The sentence of the architecture as functions: description, stack, controls, tree.
//!
//! Nothing here reads a file, asks the clock or throws dice: everything is passed in.

use time::Date;

use crate::certificates;
use crate::controls;
use crate::description::{Document, ExceptionKeys};
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean};
use crate::exposure::{Exposure, expose};
use crate::gateway;
use crate::hardening::{Difference, Hardening, differences, harden};
use crate::knowledge::Knowledge;
use crate::lock::{self, Lock, LockError};
use crate::report::{self, Report};
use crate::resolve::resolve;
use crate::secrets::BundleIndex;
use crate::stack::{EnvironmentName, Exception, NetworkName, Origin, Place, ServiceName, Stack};
use crate::targets::{self, Target};
use crate::tree::{File, Tree};

/// A stack that every control has looked at, with its numbers.
#[derive(Debug, Clone)]
pub struct Hardened {
    /// The mended stack.
    pub stack: Stack,
    /// What the controls found.
    pub hardening: Hardening,
    /// The lock that fits it.
    pub lock: Lock,
    /// Networks that had to move.
    pub moved: Vec<NetworkName>,
    /// Controls whose verdict is another one than production's; nothing for production itself.
    pub differs: Vec<Difference>,
}

impl Hardened {
    /// The addresses that the stack's networks are cut from.
    fn pool(&self) -> &str {
        let environment = self.lock.environments.get(self.stack.environment.as_str());
        environment.map_or("", |environment| environment.pool.as_str())
    }
}

/// What a drawing depends on besides the stack.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// Folder of the drawn files below the project, for example `deploy/production`.
    pub folder: &'a str,
    /// The directory that secrets are unsealed into on the machine that runs the stack.
    pub secrets_dir: &'a str,
    /// Hash of the description.
    pub description: &'a str,
}

/// Why a hardened stack could not be drawn: a defect of ours or a value without a harmless form.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The gateway.
    #[error(transparent)]
    Gateway(#[from] gateway::DrawError),
    /// The target.
    #[error(transparent)]
    Target(#[from] targets::compose::DrawError),
    /// podman's name server has no address that is known before the stack runs.
    #[error("the network of the published ports has no IPv4 addresses of its own")]
    Resolver,
    /// A report.
    #[error(transparent)]
    Report(#[from] report::ReportError),
    /// Two drawers want one file.
    #[error(transparent)]
    Tree(#[from] crate::tree::TreeError),
}

/// Resolve one environment of a document and let the controls mend it. `None` where `problems`
/// say why not.
pub fn hardened(
    document: &Document,
    environment: &str,
    target: &Target,
    old: &Lock,
    today: Date,
    problems: &mut Problems,
) -> Option<Hardened> {
    let description = document.environment(environment, problems)?;
    let name = EnvironmentName::new(environment).ok()?;
    let mut stack = resolve(&description, &name, &Knowledge, problems)?;
    pin(&mut stack, old);
    let pool = description.network.as_ref().and_then(|network| network.pool);
    let allocation = lock::allocate(&stack, old, pool.map(|pool| pool.value));
    let allocation = match allocation {
        Ok(allocation) => allocation,
        Err(error) => {
            problems.add(locked(&error, pool.map(|pool| pool.at)));
            return None;
        }
    };
    let hardening = harden(&mut stack, controls::ALL, target.lacks);
    refusals(&stack, &hardening, problems);
    exceptions(&stack, &hardening, today, problems);
    if let Err(error) = allocation.lock.apply(&mut stack) {
        problems.add(locked(&error, None));
    }
    let lock::Allocation { lock, moved } = allocation;
    let differs = if environment == PRODUCTION {
        Vec::new()
    } else {
        let theirs = hardened(document, PRODUCTION, target, old, today, &mut Problems::new());
        theirs.map(|theirs| differences(&theirs.hardening, &hardening)).unwrap_or_default()
    };
    problems.is_empty().then_some(Hardened { stack, hardening, lock, moved, differs })
}

/// The environment that the others are held against.
const PRODUCTION: &str = "production";

/// Draw everything that stands below `deploy/ENV`.
///
/// # Errors
/// [`DrawError`] where a value has no harmless form; nothing is drawn then.
pub fn draw(
    hardened: &Hardened,
    target: &Target,
    index: &BundleIndex,
    to: Destination<'_>,
) -> Result<(Tree, Exposure), DrawError> {
    let stack = &hardened.stack;
    let mut gateway_files = Tree::new();
    let address_of = |service: &ServiceName, port: u16| format!("{service}:{port}");
    let mut surroundings = gateway::Surroundings::container(&address_of);
    if target.name == targets::compose::PODMAN.name {
        surroundings.resolver = targets::compose::resolver(stack).ok_or(DrawError::Resolver)?;
    }
    for (path, text) in gateway::draw(stack, &surroundings)? {
        gateway_files.add(&format!("gateway/{path}"), File::plain(text))?;
    }
    let around = targets::compose::Surroundings {
        version: env!("CARGO_PKG_VERSION"),
        description: to.description,
        folder: to.folder,
        secrets_dir: to.secrets_dir,
        target,
        gateway: &gateway_files,
    };
    let mut tree = targets::compose::draw(stack, &around)?;
    tree.absorb(gateway_files)?;
    if let Some(certificate) = certificates::authority_certificate(stack, index) {
        tree.add("ca.pem", File::plain(certificate))?;
    }
    let exposure = expose(stack);
    let report = Report {
        stack,
        hardening: &hardened.hardening,
        exposure: &exposure,
        target,
        folder: to.folder,
        secrets_dir: to.secrets_dir,
        pool: hardened.pool(),
        differs: &hardened.differs,
    };
    tree.absorb(report::draw(&report)?)?;
    Ok((tree, exposure))
}

/// Put the digests of the lock into images and bases.
fn pin(stack: &mut Stack, lock: &Lock) {
    for service in stack.services.values_mut() {
        if service.recipe.is_empty() {
            let origin = service.image.origin().clone();
            service.image = crate::stack::Sourced::from(lock.pin(&service.image), origin);
        }
        for recipe in &mut service.recipe {
            for base in [&mut recipe.build_base, &mut recipe.run_base] {
                let origin = base.origin().clone();
                *base = crate::stack::Sourced::from(lock.pin(base), origin);
            }
        }
    }
}

fn locked(error: &LockError, at: Option<Position>) -> Diagnostic {
    Diagnostic { at, ..Diagnostic::nowhere("lock", error.to_string()) }
}

/// A refusing control's violation at a written value is an error of the input.
fn refusals(stack: &Stack, hardening: &Hardening, problems: &mut Problems) {
    for refusal in &hardening.refused {
        let violation = &refusal.violation;
        // Nobody reads a secret whose reader misspelt its name.
        if matches!(&violation.place, Place::Secret(name) if problems.is_spoiled(name.as_str())) {
            continue;
        }
        let at = match violation.origin {
            Origin::Written(at) => Some(at),
            _ => None,
        };
        let message = format!("{}: {}", violation.place, violation.found);
        let entry = ExceptionKeys::entry(refusal.control, &violation.place, &stack.gateway);
        let help = format!(
            "{} (`portcullis explain {}`)\nan exception, below `exceptions:`, reads {entry}",
            violation.advice, refusal.control
        );
        // What a control about secrets points at may be one, under whatever key it is defined;
        // the name of a declared one is none.
        let named = matches!(violation.place, Place::Secret(_));
        let secret = refusal.control.contains("secret") && !named;
        let diagnostic = Diagnostic { at, secret, ..Diagnostic::nowhere(refusal.control, message) };
        problems.add(diagnostic.help(help));
    }
}

/// An unknown, unused or expired exception is an error at its line.
fn exceptions(stack: &Stack, hardening: &Hardening, today: Date, problems: &mut Problems) {
    let ids: Vec<&str> = controls::ALL.iter().map(|control| control.id()).collect();
    for exception in &stack.exceptions {
        let Some(at) = exception.written.first().copied() else { continue };
        if !ids.contains(&exception.control.as_str()) {
            let message = format!("no control is called `{}`", exception.control);
            let help = did_you_mean(&exception.control, ids.iter().copied())
                .unwrap_or_else(|| "`portcullis explain` lists them".to_owned());
            problems.add(Diagnostic::at(at, "unknown-control", message).help(help));
        } else if !exception.until.is_empty() && exception.until < today.to_string() {
            let message = format!("this exception ended on {}", exception.until);
            let help = "remove it, or write a later day with a fresh reason";
            problems.add(Diagnostic::at(at, "expired-exception", message).help(help));
        } else if hardening.unused.contains(exception) {
            problems.add(unused(exception, at));
        }
    }
}

fn unused(exception: &Exception, at: Position) -> Diagnostic {
    let whereabouts = match exception.place {
        Place::Stack | Place::Gateway => "anywhere in the gateway".to_owned(),
        ref place => format!("at {place}"),
    };
    let message = format!("`{}` finds nothing to except {whereabouts}", exception.control);
    Diagnostic::at(at, "unused-exception", message).help("remove it")
}
