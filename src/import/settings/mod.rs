//! What the environment variables of a project become: plain settings, required ones, and secrets.
//!
//! A secret is found by the rules with which the description's reader refuses secrets among
//! settings, by the names of `${VARIABLES}`, and inside URLs and connection strings, which become
//! templates. The same value, or the same variable, is one secret with one name. How it gets in is
//! what the image can take: a file that a variable names, or a variable that a generated entrypoint
//! fills. Values are never part of the result's text: they stand in [`Secret::value`], which cannot
//! be printed, for sealing.
//!
//! Databases keep the accounts that the project gives them: what a program does with its account
//! (extensions, migrations, tables of its own) is not in the files, data that is there already
//! knows no other, and many programs can be told a password but no user. So their settings stay,
//! with the password as a secret, and roles for each consumer are a person's next step. redis and
//! valkey get a command that reads the password from its file ([`redis`]).
//!
//! Alone because what is secret has to be decided over all services at once.

mod connection;
mod delivery;
mod files;
mod group;
mod kind;
mod lines;
mod naming;
mod redis;
mod script;
mod secrecy;
mod shape;
mod template;
mod unset;
mod variable;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::load::Project;
use crate::knowledge::Knowledge;
use crate::secrets::SecretValue;
use crate::stack::{SecretName, SettingName};

pub(super) use self::delivery::PLAIN_SIGHT;

use self::delivery::Delivery;
use self::naming::Names;
use self::shape::Shape;

/// What there is to know before settings can be described.
pub struct Ground<'a> {
    /// The project with its variables filled in.
    pub project: &'a Project,
    /// The same with its variables as they are written, where it could be read so.
    pub written: Option<&'a Project>,
    /// Variables that have to be set and are not, whose values are stand-ins.
    pub unset: &'a [String],
    pub knowledge: &'a Knowledge,
    /// Services of the project that the description writes with `use:`.
    pub used: &'a BTreeSet<String>,
}

/// What the settings of a project become.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// By the services' names in the project.
    pub services: BTreeMap<String, ServiceSettings>,
    /// `secrets:` of the description.
    pub secrets: BTreeMap<SecretName, Secret>,
}

/// What one service gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceSettings {
    /// `settings:`, in the order of their names.
    pub settings: BTreeMap<SettingName, Setting>,
    /// `secrets:`.
    pub secrets: BTreeSet<SecretName>,
    /// `env_secrets:`.
    pub env_secrets: BTreeMap<SettingName, SecretName>,
    /// Variables that only Compose's own words can say, for `compose: {environment: ...}`: their
    /// text holds `{{`. A `$` is a `$` here.
    pub raw: BTreeMap<SettingName, String>,
    /// `entrypoint:` to write, where a secret needs one and the image's own is known.
    pub entrypoint: Option<Vec<String>>,
    /// `command:` to write instead of the project's; words as the program gets them.
    pub command: Option<Vec<String>>,
    /// `health: {command: ...}` to write instead of the project's.
    pub health: Option<Vec<String>>,
    /// Paths of secrets that have another name now, for commands: the old path and the new one.
    pub moved: BTreeMap<String, String>,
    /// What became of each variable.
    pub fates: BTreeMap<String, Fate>,
    /// What a person has to do, each in one sentence.
    pub manual: Vec<String>,
    /// Why the description needs an exception from `secrets-as-files` at this service: programs
    /// whose start is not known get their secrets from who runs Compose.
    pub in_plain_sight: Option<String>,
}

/// A line of `settings:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// This text; public, and in the grammar of the description's templates.
    Text(String),
    /// A key without a value; why, for a comment.
    Required(String),
}

/// What became of a variable of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A setting with the same text.
    Kept,
    /// A setting with another text, because of what.
    Changed(String),
    /// A setting without a value, because of what.
    Required(String),
    /// The value of a secret; how it gets in.
    Secret(SecretName, String),
    /// It is not there any more, because of what.
    Dropped(String),
}

/// A line of `secrets:` in the description.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    pub source: Source,
    /// The value that the project has; none where it has none, or where it is a template.
    pub value: Option<SecretValue>,
    /// For a comment where a person should know; otherwise empty.
    pub note: String,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Drawn: both ends of it are in the stack, or it is the program's own.
    Generated,
    /// Given by a person: the other end is outside.
    Provided,
    /// In the grammar of the description's templates.
    Template(String),
}

/// Decide what becomes of every environment variable, and of secrets in commands, in health checks
/// and in the file's own `secrets:`.
pub fn of(ground: &Ground<'_>) -> Settings {
    let mut variables = variable::all(ground);
    variables.extend(lines::all(ground));
    let mut shapes: Vec<Shape> = variables.iter().map(shape::of).collect();
    shape::known_values(&variables, &mut shapes);
    template::assume(&variables, &mut shapes);
    unset::settle(ground, &variables, &mut shapes);
    let groups = group::of(&variables, &mut shapes);
    let mut settings = Settings::default();
    let names = Names::declare(&groups, &mut settings);
    let mut delivery = Delivery::new(ground, names, &shapes);
    for (variable, shape) in variables.iter().zip(&shapes) {
        delivery.deliver(variable, shape, &mut settings);
    }
    files::add(ground, &mut delivery.names, &mut settings);
    lines::add(ground, &variables, &shapes, &delivery.names, &mut settings);
    redis::add(ground, &variables, &shapes, &delivery.names, &mut settings);
    settings
}
