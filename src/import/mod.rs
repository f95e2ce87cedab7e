//! From a Compose project to a description that a person would have written, with an account of
//! every key.

pub mod links;
pub mod proxy;
pub mod web;
