//! The languages of the generated files that come from templates.

/// The language of a template, chosen by the first folder of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Docker,
    Docs,
    Shell,
    Sql,
}

impl Kind {
    pub(super) const ALL: &[Self] =
        &[Self::Nginx, Self::Docker, Self::Docs, Self::Shell, Self::Sql];

    /// `None` for a path in no known folder: nothing can be printed there.
    pub(super) fn of(template: &str) -> Option<Self> {
        let (folder, _) = template.split_once('/')?;
        Self::ALL.iter().copied().find(|kind| kind.folder() == folder)
    }

    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Docker => "docker",
            Self::Docs => "docs",
            Self::Shell => "shell",
            Self::Sql => "sql",
        }
    }
}
