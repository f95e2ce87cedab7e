//! The engine writes `null` for an empty list, map or word.

use serde::{Deserialize, Deserializer};

/// Read `null` as the type's empty value.
pub(super) fn is_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}
