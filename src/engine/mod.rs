//! What runs on a container engine, as the engine itself tells it.
//!
//! It stands alone because nothing else runs the `docker` program or knows what `docker inspect`
//! prints. Whoever asks gets [`Inspection`]: typed, of one Compose project, and without the values
//! of environment variables, which may be secret and are never read.

mod compose;
mod container;
mod docker;
mod image;
mod inspection;
mod network;
mod null;
mod process;

pub use compose::Compose;
pub use container::{
    Container, ContainerConfig, Device, Endpoint, HealthAnswer, HealthState, HostConfig, HostPort,
    Mounted, NetworkSettings, RestartPolicy, State, Ulimit,
};
pub use docker::{Docker, EngineError};
pub use image::{Image, ImageConfig, ImageHealthcheck, ImageMetadata, Nothing};
pub use inspection::{Inspection, Unreadable};
pub use network::{IpamSettings, IpamSubnet, Network};
pub use process::Process;

/// Label that Compose gives to everything of a project: its name.
pub const PROJECT_LABEL: &str = "com.docker.compose.project";
/// Label of a container: the service that it belongs to.
pub const SERVICE_LABEL: &str = "com.docker.compose.service";
/// Label of a container: the folder of the Compose file that it was made from.
pub const FOLDER_LABEL: &str = "com.docker.compose.project.working_dir";
/// Label of a container: the number of the image that Compose found for it. Compose makes a
/// container anew where this differs from the number that the image's name has now.
pub const IMAGE_LABEL: &str = "com.docker.compose.image";
/// Label of a network or volume: its name in the Compose file.
pub const NETWORK_LABEL: &str = "com.docker.compose.network";
/// Label of a container: the hash of the service's configuration that it was made from.
pub const CONFIG_HASH_LABEL: &str = "com.docker.compose.config-hash";
/// Label of a container that `docker compose run` made, beside those of the service.
pub const ONEOFF_LABEL: &str = "com.docker.compose.oneoff";
