//! Engine tests: a town with a machine and a street for each preset, an engine on the machine, the preset's
//! stack on the engine, and a list of observations of it. A program that includes this module calls it `engine`.

pub mod applications;
pub mod arrived;
pub mod client;
pub mod container;
pub mod damage;
pub mod dockerd;
pub mod images;
pub mod journal;
pub mod observation;
pub mod observations;
pub mod project;
#[path = "../gateway/reply.rs"]
pub mod reply;
pub mod run;
pub mod stack;
#[path = "../support/totals.rs"]
pub mod totals;
pub mod town;
pub mod workshop;
