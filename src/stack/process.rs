//! What a container's process is, who runs it, and what separates it from the host.

/// A command line, or the image's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Command {
    /// What the image says.
    #[default]
    Image,
    /// Program and arguments, handed over as they are.
    Exec(Vec<String>),
    /// One line for `/bin/sh -c`.
    Shell(String),
}

impl Command {
    /// The words that run; none for the image's own. A line is the shell's argument.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Image => Vec::new(),
            Self::Exec(words) => words.clone(),
            Self::Shell(line) => ["/bin/sh", "-c", line].map(str::to_owned).to_vec(),
        }
    }
}

/// Who runs the program in the container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum User {
    /// Who the image says: root, unless it has a USER line.
    #[default]
    Image,
    /// Ids that mean the same in every image.
    Numeric {
        /// User id.
        uid: u32,
        /// Group id.
        gid: u32,
    },
    /// A name that only the image can resolve.
    Named(String),
}

/// A profile that confines system calls or file access.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Confinement {
    /// The engine's own profile.
    #[default]
    Default,
    /// None.
    Unconfined,
    /// A profile of the people who wrote the file.
    Custom(String),
}

/// A Linux namespace of a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Namespace {
    /// Its own.
    #[default]
    Private,
    /// Its own, but others may join (Docker's default for shared memory).
    Shareable,
    /// The host's.
    Host,
    /// Another one: `service:NAME`, `container:NAME`, `none`.
    Other(String),
}
