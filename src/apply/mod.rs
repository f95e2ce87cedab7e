//! Brings a running stack to the drawn files with the least disturbance.
//!
//! Planning is a pure function of what is drawn ([`Drawn`]) and what runs ([`Running`]); surveying
//! both and doing what the plan says are the only parts that ask the engine. It stands alone
//! because Compose cannot say beforehand what it will do: its dry run recreates containers, it
//! sees neither a file changed inside a mounted folder nor a renamed secret, and it leaves the
//! networks of removed links behind.

mod builder;
mod capacity;
mod drawn;
mod fate;
mod files;
mod ignored;
mod loaded;
mod mounted;
mod networks;
mod order;
mod perform;
mod plan;
mod planning;
mod running;
mod site;
mod sources;
mod survey;
mod wait;

pub use drawn::{Changed, Configuration, Drawn, DrawnNetwork, DrawnService, Sources};
pub use perform::{Done, Stopped, perform};
pub use plan::{Action, How, Plan, Step};
pub use planning::plan;
pub use running::Running;
pub use site::{Site, SiteError};

/// The gateway's service.
const GATEWAY: &str = "gateway";

#[cfg(test)]
mod tests;
