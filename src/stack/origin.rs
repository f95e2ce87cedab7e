//! Where a value comes from, so that an error and the report can point at it.

use std::ops::Deref;

pub use crate::diagnostic::Position;

/// Who put a value where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Nobody: what Docker or nginx would do without us.
    Default,
    /// A person, in a file.
    Written(Position),
    /// Knowledge that we carry: `images/postgres`, `runtimes/node`.
    Preset(String),
    /// The resolver, by a rule of the description's language.
    Derived,
    /// A control that mended the value.
    Control(&'static str),
}

impl Origin {
    /// True where a person wrote the value.
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Written(_))
    }
}

/// A value with its origin; compares by value alone.
#[derive(Debug, Clone)]
pub struct Sourced<T> {
    value: T,
    origin: Origin,
}

impl<T> Sourced<T> {
    /// What would run without us.
    pub fn plain(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A value that a person wrote at `position`.
    pub fn written(value: T, position: Position) -> Self {
        Self { value, origin: Origin::Written(position) }
    }

    /// A value of our own knowledge, for example `images/postgres`.
    pub fn preset(value: T, name: impl Into<String>) -> Self {
        Self { value, origin: Origin::Preset(name.into()) }
    }

    /// A value that follows from the description by a rule of its language.
    pub fn derived(value: T) -> Self {
        Self { value, origin: Origin::Derived }
    }

    /// A value with an origin that is already known.
    pub fn from(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Replace the value in the name of a control.
    pub fn mend(&mut self, value: T, control: &'static str) {
        *self = Self { value, origin: Origin::Control(control) };
    }

    /// Where the value comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> Deref for Sourced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Sourced<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Sourced<T> {}

impl<T: Default> Default for Sourced<T> {
    fn default() -> Self {
        Self::plain(T::default())
    }
}
