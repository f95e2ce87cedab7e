//! The texts that diagnostics point into.

/// Names a text of [`Sources`]; the `source` of a [`super::Position`].
pub type SourceId = u16;

/// File names and texts in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    /// True where no line of it is shown.
    pub(super) hidden: bool,
}

impl Sources {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Remember a text under the name that messages show. A byte order mark is no part of it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.remember(name.into(), text.into(), false)
    }

    /// The same for a text of which messages name places and show no line: any of them may be a
    /// secret.
    pub fn add_hidden(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.remember(name.into(), text.into(), true)
    }

    fn remember(&mut self, name: String, mut text: String, hidden: bool) -> SourceId {
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        // A run reads a handful of files; the last id stands for all beyond the 65,535th.
        let id = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        self.files.push(Source { name, text, hidden });
        id
    }

    /// The name of a source as messages show it.
    pub fn name(&self, id: SourceId) -> &str {
        self.get(id).map_or("", |source| source.name.as_str())
    }

    /// The text of a source.
    pub fn text(&self, id: SourceId) -> &str {
        self.get(id).map_or("", |source| source.text.as_str())
    }

    pub(super) fn get(&self, id: SourceId) -> Option<&Source> {
        self.files.get(usize::from(id))
    }
}
