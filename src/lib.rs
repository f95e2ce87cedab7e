//! A description is resolved into a stack; controls mend the stack and say what they found;
//! targets draw the stack as a tree of files; the tree is written, compared or checked.
//!
//! The modules below stand in the order of their dependencies: a later one may use an earlier
//! one, never the other way. `stack` is the only meeting point of what reads and what writes.

pub mod diagnostic;
pub mod yaml;
pub mod escape;
pub mod templates;
pub mod tree;
pub mod stack;
pub mod knowledge;
pub mod description;
pub mod compose;
pub mod lock;
pub mod secrets;
pub mod certificates;
pub mod resolve;
pub mod controls;
pub mod hardening;
pub mod exposure;
pub mod gateway;
pub mod targets;
pub mod report;
pub mod pipeline;
pub mod directives;
pub mod import;
pub mod audit;
pub mod engine;
pub mod probe;
pub mod verify;
pub mod apply;
pub mod cli;
pub mod commands;
