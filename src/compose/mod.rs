//! A Compose file as typed structs, shared by what reads one and what draws one.
//!
//! The structs hold what stands in the file, in its own words (`$$` is still `$$`), and nothing of
//! what it means: [`lift`] says that. Every struct writes its keys in one order, the one that the
//! file's checkers ask for, and keeps the keys it has no field for, so that reading and writing
//! lose nothing.

mod affected;
mod build;
pub mod conventions;
mod deploy;
mod device;
mod dollar;
mod file;
mod forms;
mod healthcheck;
mod keys;
mod lift;
pub mod load;
mod network;
mod port;
mod read;
mod reference;
mod service;
mod ulimit;
mod volume;
mod words;

pub use affected::{Affected, affected};
pub use build::Build;
pub use deploy::{Deploy, ResourceLimits, Resources};
pub use device::Device;
pub use dollar::{doubled, undoubled};
pub use file::{ComposeFile, FileSource};
pub use forms::{Choice, Number};
pub use healthcheck::Healthcheck;
pub use keys::Places;
pub use lift::{Lifted, drawn_part, lay_over, lift, lift_project, seconds, words};
pub use network::{Attachments, Ipam, IpamConfig, Network};
pub use port::Port;
pub use reference::{Dependencies, Dependency, Reference};
pub use service::{Logging, Service};
pub use ulimit::Ulimit;
pub use volume::{BindOptions, NamedVolume, VolumeMount, VolumeOptions};
pub use words::Words;
