//! What nobody knows of a service's image yet.

use std::fmt;

/// One thing that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// Who runs it: it may start as root and hand over.
    User,
    /// Which paths it writes besides its volumes.
    Writes,
    /// How it starts: what its ENTRYPOINT says.
    Start,
    /// Which version of it runs: its name follows whatever is newest.
    Version,
    /// Nobody knows the image, and its description does not speak of who runs it: user, volumes
    /// and paths are those that most images get along with.
    Unsaid,
}

/// What entrypoints that start as root use to hand over to another user: they make folders
/// theirs, read what belongs to others, and change who they are (docker-library's `gosu` and
/// `su-exec` entrypoints).
pub const HANDING_OVER: [&str; 5] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

impl Unknown {
    /// What a description may say, by the words for it.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("user", Self::User),
        ("writes", Self::Writes),
        ("start", Self::Start),
        ("version", Self::Version),
    ];

    /// The word that a description says it with; none for what is not said.
    pub fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(_, unknown)| *unknown == self).map(|(word, _)| *word)
    }

    /// The fact that a word of a description stands for.
    ///
    /// # Errors
    /// What to write, where it stands for none.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let found = Self::WORDS.iter().find(|(word, _)| *word == text);
        found.map(|(_, unknown)| *unknown).ok_or(
            "write what is not known: `user` (who runs it), `writes` (which paths it writes), \
             `start` (how it starts) or `version` (which version runs)",
        )
    }
}

/// As it stands in a sentence.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "who runs it",
            Self::Writes => "which paths it writes",
            Self::Start => "how it starts",
            Self::Version => "which version runs",
            Self::Unsaid => "anything",
        })
    }
}
