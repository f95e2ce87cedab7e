//! Importing Compose files: what becomes of typical ones, and of those of other people.

#[path = "../support/mod.rs"]
mod support;

mod corpus;
