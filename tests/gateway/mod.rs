//! The behaviour suite of the drawn gateway: a real nginx in a room of its own, stand-ins
//! around it, and one named function per promise. Nothing here reads the configuration's
//! text: a check knows hosts, paths and limits, sends bytes and looks at what arrives where.

pub mod bench;
pub mod checks;
pub mod client;
pub mod drawn;
pub mod facts;
pub mod hello;
pub mod mutate;
pub mod nginx;
pub mod reply;
pub mod room;
pub mod stubs;
pub mod suite;
pub mod survivors;
pub mod trust;
pub mod work;
