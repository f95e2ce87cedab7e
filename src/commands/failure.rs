//! How a command can end other than well: one variant per exit code.

use crate::diagnostic::Diagnostic;

/// Why a command did not end well, with the text to print.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// 1: something was found: drift, a difference, a missing secret.
    #[error("{0}")]
    Found(String),
    /// 2: the input or the command line is wrong.
    #[error("{0}")]
    Input(String),
    /// 3: refused, to protect something.
    #[error("{0}")]
    Refused(String),
    /// 4: the machine got in the way.
    #[error("{0}")]
    Machine(String),
    /// The exit code of a child process.
    #[error("")]
    Child(u8),
}

impl Failure {
    /// The exit code that it stands for.
    pub fn code(&self) -> u8 {
        match self {
            Self::Found(_) => 1,
            Self::Input(_) => 2,
            Self::Refused(_) => 3,
            Self::Machine(_) => 4,
            Self::Child(code) => *code,
        }
    }

    /// The same, with a line more.
    pub(super) fn with(self, line: &str) -> Self {
        let more = |text: String| format!("{}\n{line}", text.trim_end());
        match self {
            Self::Found(text) => Self::Found(more(text)),
            Self::Input(text) => Self::Input(more(text)),
            Self::Refused(text) => Self::Refused(more(text)),
            Self::Machine(text) => Self::Machine(more(text)),
            Self::Child(code) => Self::Child(code),
        }
    }

    /// A mistake outside any file.
    pub(super) fn mistake(diagnostic: &Diagnostic) -> Self {
        let help = diagnostic.help.as_ref().map(|help| format!("\n  help: {help}"));
        Self::Input(format!("error: {}{}", diagnostic.message, help.unwrap_or_default()))
    }
}

impl From<crate::tree::WriteError> for Failure {
    fn from(error: crate::tree::WriteError) -> Self {
        let text = format!("error: {error}");
        if error.is_refusal() { Self::Refused(text) } else { Self::Machine(text) }
    }
}

impl From<crate::tree::DiskError> for Failure {
    fn from(error: crate::tree::DiskError) -> Self {
        let text = format!("error: {error}");
        if error.is_refusal() { Self::Refused(text) } else { Self::Machine(text) }
    }
}

impl From<crate::tree::TreePathError> for Failure {
    fn from(error: crate::tree::TreePathError) -> Self {
        Self::Input(format!("error: {error}"))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(format!("error: {error}"))
    }
}

impl From<crate::pipeline::DrawError> for Failure {
    fn from(error: crate::pipeline::DrawError) -> Self {
        Self::Input(format!("error: {error}"))
    }
}

impl From<crate::secrets::DirectoryError> for Failure {
    fn from(error: crate::secrets::DirectoryError) -> Self {
        use crate::secrets::DirectoryError as E;
        let text = format!("error: {error}");
        match error {
            E::NotInMemory { .. } | E::Untrusted { .. } | E::Foreign { .. } => Self::Refused(text),
            E::Io { .. } => Self::Machine(text),
        }
    }
}

impl From<crate::secrets::IdentityFileError> for Failure {
    fn from(error: crate::secrets::IdentityFileError) -> Self {
        use crate::secrets::IdentityFileError as E;
        let text = format!("error: {error}");
        match error {
            E::Missing { .. } | E::Exists { .. } | E::Unusable { .. } => Self::Refused(text),
            E::Io { .. } => Self::Machine(text),
        }
    }
}

impl From<crate::apply::SiteError> for Failure {
    fn from(error: crate::apply::SiteError) -> Self {
        let text = format!("error: {error}");
        if error.is_refusal() { Self::Refused(text) } else { Self::Machine(text) }
    }
}
