//! Structs of Compose keys: declared once, in the order in which they are written.
//!
//! The macro stands alone because three things must never drift apart: the field, its key, and
//! its place in the file. What a struct has no field for is kept in `carried`.

use std::collections::BTreeMap;
use std::iter::Peekable;

use serde::ser::SerializeMap;
use serde_json::Value;

use crate::diagnostic::Position;

/// A value that is left out of the file where it says nothing.
pub(super) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Where keys stand in the file that was read; says nothing about what they mean, so all are equal.
#[derive(Debug, Clone, Default)]
pub struct Places(pub(super) BTreeMap<String, Position>);

impl Places {
    /// The place of a key's value; the file's beginning for a key that was not read.
    pub fn of(&self, key: &str) -> Position {
        self.0.get(key).copied().unwrap_or_default()
    }
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Writes the carried keys that sort before `key`, as the alphabetical part of a service wants.
pub(super) fn carry_before<M: SerializeMap>(
    map: &mut M,
    carried: &mut Peekable<std::collections::btree_map::Iter<'_, String, Value>>,
    key: &str,
) -> Result<(), M::Error> {
    while let Some((name, value)) = carried.next_if(|(name, _)| name.as_str() < key) {
        map.serialize_entry(name, value)?;
    }
    Ok(())
}

/// Declares a struct of Compose keys. `ordered` keys are written as they stand; `sorted` ones
/// after them, with the carried keys between them in alphabetical order. `short` reads the short
/// form, a text or a number instead of the map, and says in words why it cannot.
macro_rules! keys {
    (
        $(#[$doc:meta])* $vis:vis struct $name:ident
        $(short $short:path;)?
        ordered { $($(#[$head_doc:meta])* $head_key:literal $head:ident: $head_type:ty,)* }
        $(sorted { $($(#[$tail_doc:meta])* $tail_key:literal $tail:ident: $tail_type:ty,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        $vis struct $name {
            $($(#[$head_doc])* pub $head: $head_type,)*
            $($($(#[$tail_doc])* pub $tail: $tail_type,)*)?
            /// Keys that this struct has no field for.
            pub carried: std::collections::BTreeMap<String, serde_json::Value>,
            /// Where the keys stand.
            pub places: $crate::compose::keys::Places,
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                use $crate::compose::keys::Absent as _;
                let mut map = to.serialize_map(None)?;
                let carried = self.carried.iter().peekable();
                $(if !self.$head.is_absent() {
                    map.serialize_entry($head_key, &self.$head)?;
                })*
                $(
                let mut carried = carried;
                $(
                    $crate::compose::keys::carry_before(&mut map, &mut carried, $tail_key)?;
                    if !self.$tail.is_absent() {
                        map.serialize_entry($tail_key, &self.$tail)?;
                    }
                )*)?
                for (name, value) in carried {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl $crate::compose::read::Read for $name {
            fn read(node: &$crate::yaml::Node, problems: &mut $crate::diagnostic::Problems) -> Self {
                $(if let Some(scalar) = node.scalar() {
                    return $short(&scalar.text).unwrap_or_else(|why| {
                        $crate::compose::read::refuse(node, why, problems);
                        Self::default()
                    });
                })?
                let mut out = Self::default();
                for (key, value) in $crate::compose::read::entries(node, problems) {
                    out.places.0.insert(key.text.clone(), value.at);
                    match key.text.as_str() {
                        $($head_key => out.$head = <$head_type as $crate::compose::read::Read>::read(value, problems),)*
                        $($($tail_key => out.$tail = <$tail_type as $crate::compose::read::Read>::read(value, problems),)*)?
                        other => {
                            let value = <serde_json::Value as $crate::compose::read::Read>::read(value, problems);
                            out.carried.insert(other.to_owned(), value);
                        }
                    }
                }
                out
            }
        }
    };
}
pub(super) use keys;
