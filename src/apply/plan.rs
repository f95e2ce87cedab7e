//! What is to be done, in order, each with its reason.

use std::fmt;

/// Steps in the order in which they are done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each with its reason.
    pub steps: Vec<Step>,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Why.
    pub why: String,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// An image is fetched.
    Pull {
        /// For this service.
        service: String,
    },
    /// An image is built.
    Build {
        /// For this service.
        service: String,
    },
    /// A network goes before its numbers are used again, with the containers on it.
    Clear {
        /// Its name on the engine.
        network: String,
    },
    /// nginx reads its configuration and says whether it would take it.
    Test {
        /// In a container of the new definition, where the running one is recreated.
        anew: bool,
    },
    /// Compose brings a service up.
    Up {
        /// Which one.
        service: String,
        /// What that means for its containers.
        how: How,
    },
    /// A service's containers are stopped and started.
    Restart {
        /// Which one.
        service: String,
    },
    /// nginx loads its configuration; no connection is lost.
    Reload,
    /// A container that compose.yaml does not know is stopped and removed.
    Remove {
        /// Its service.
        service: String,
    },
    /// A network that compose.yaml does not know is removed.
    RemoveNetwork {
        /// Its name on the engine.
        network: String,
    },
}

/// What bringing a service up means for its containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// There is none yet, or not enough of them, or too many.
    Create,
    /// Each is stopped and made anew.
    Recreate,
    /// The same, if the image that is built or pulled before is another one than it has.
    RecreateIfImageDiffers,
    /// Each is stopped and removed first: Compose would not see that its networks are others.
    Remake,
    /// They are there and do not run.
    Start,
}

impl Plan {
    /// True where nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The actions in order.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.steps.iter().map(|step| &step.action)
    }
}

impl Action {
    /// Something that runs is another thing afterwards. A fetched or built image is used by nobody
    /// yet, and a test changes nothing.
    pub fn touches(&self) -> bool {
        !matches!(self, Self::Pull { .. } | Self::Build { .. } | Self::Test { .. })
    }

    fn verb(&self) -> &'static str {
        match self {
            Self::Pull { .. } => "pull",
            Self::Build { .. } => "build",
            Self::Test { .. } => "test",
            Self::Up { how: How::Create, .. } => "create",
            Self::Up { how: How::Recreate | How::RecreateIfImageDiffers | How::Remake, .. } => {
                "recreate"
            }
            Self::Up { how: How::Start, .. } => "start",
            Self::Restart { .. } => "restart",
            Self::Reload => "reload",
            Self::Remove { .. } | Self::Clear { .. } | Self::RemoveNetwork { .. } => "remove",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Pull { service }
            | Self::Build { service }
            | Self::Up { service, .. }
            | Self::Restart { service }
            | Self::Remove { service } => service.clone(),
            Self::Test { .. } | Self::Reload => "gateway".to_owned(),
            Self::Clear { network } | Self::RemoveNetwork { network } => {
                format!("network {network}")
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb(), self.object())
    }
}

/// One line for each step, in columns.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects: Vec<String> = self.steps.iter().map(|step| step.action.object()).collect();
        let width = objects.iter().map(|object| object.chars().count()).max().unwrap_or_default();
        for (step, object) in self.steps.iter().zip(&objects) {
            writeln!(f, "  {:<8}  {object:<width$}  {}", step.action.verb(), step.why)?;
        }
        Ok(())
    }
}
