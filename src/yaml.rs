//! The wall around the YAML crate: the only module that names `serde_saphyr`.
//!
//! [`parse`] gives a tree in which every node keeps its place and its own spelling, for files
//! that people write; [`parse_documents`] the same for files that people wrote for Compose, read
//! as Compose reads them; [`from_str`] reads our own files into types; [`to_string`] writes them in
//! one house style. All refuse what readers disagree about: duplicate keys, `yes` as a boolean,
//! unknown tags, and documents that grow without bound.

mod comments;
mod documents;
mod failure;
mod mark;
mod node;
mod parse;
mod plain;
mod strict;
mod write;

pub use documents::{Document, parse_documents};
pub use mark::Mark;
pub use node::{Key, Kind, Mapping, Node, Scalar, Value};
pub use parse::{parse, parse_into};
pub use strict::{MAX_BYTES, from_str};
pub use write::{Above, Block, SingleQuoted, WriteError, to_string};
