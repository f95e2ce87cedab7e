//! What a Compose file may hold, key by key (Compose Specification, `compose-spec.json`): one tree
//! of shapes, from which both the check of the merged file and the typed values follow. Data alone;
//! a new key of Compose is one line here.

mod build;
mod deploy;
mod service;
mod shared;
mod top;

pub(super) use top::PROJECT;

/// What may stand at a place, and what becomes of it.
#[derive(Debug)]
pub(super) enum Shape {
    /// Text; a number is refused.
    Text,
    /// One of some words.
    Word(&'static [&'static str]),
    /// When an image is taken from a registry.
    PullPolicy,
    /// A boolean, or text that says one.
    Flag,
    /// A whole number, or text that says one.
    Whole,
    /// A number, or text that says one; single precision, as Compose counts processors.
    Number,
    /// Bytes: a number, or text with a unit.
    Size,
    /// Bytes as text.
    SizeText,
    /// Time as text with units.
    Duration,
    /// The mode of a file, octal where it is text.
    Mode,
    /// A number of devices, or `all`.
    Count,
    /// Text or number, kept as text.
    Label,
    /// A boolean or text, kept as text.
    Loose,
    /// Text or list of texts; a line is split like a shell does, null is no command.
    Command,
    /// The command of a health check; a line is for the shell.
    Test,
    /// A list.
    List(&'static Shape),
    /// A list in which nothing stands twice.
    Set(&'static Shape),
    /// A text or a list of them.
    OneOrMany,
    /// A map of names to values, or a list of `NAME=VALUE`.
    Pairs(Unset),
    /// Keys of a build: a map of names to paths, or a list of `NAME=PATH` and `NAME`.
    Agents,
    /// A value or a list of values, each kept as text.
    Texts,
    /// A map of host names to addresses, or a list of `HOST=ADDRESS`.
    Hosts,
    /// A map with any keys.
    Map(&'static Shape),
    /// A map whose keys are names: letters, digits, `.`, `_` and `-`.
    Names(&'static Shape),
    /// A map with names, or a list of them.
    NamesOrList(&'static Shape),
    /// A map with these keys and those that begin with `x-`.
    Keys(&'static [(&'static str, Shape)]),
    /// The same without `x-` keys.
    Closed(&'static [(&'static str, Shape)]),
    /// Keys of which the first must be there.
    Led(&'static [(&'static str, Shape)]),
    /// A text instead of the keys.
    Short(&'static Shape),
    /// A number or text instead of the keys.
    ShortNumber(&'static Shape),
    /// Nothing at all, or something.
    Maybe(&'static Shape),
    /// `external`: a boolean, or the old map with a name.
    External,
}

/// What a name without a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unset {
    /// Nothing: it is taken from who runs Compose.
    Null,
    /// The empty text.
    Empty,
}
