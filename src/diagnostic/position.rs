//! A place in a source file.

/// A place in a source file, one-based, with the length of the marked text in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Which source: an index into [`super::Sources`].
    pub source: u16,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Marked characters; 0 marks the point.
    pub length: u32,
}
