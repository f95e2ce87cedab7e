//! Other reverse proxies: what they are told in labels and settings, and what they are where they
//! stand in the project themselves.

mod labels;
pub mod protocols;

pub use labels::{is_labelled, labelled_port};
