//! From byte offsets to lines and columns.
//!
//! A line ends at `\n`, as editors count; the YAML crate's own lines also end at other
//! characters, so only its byte offsets are used.

use super::Position;

/// The line starts of one text.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Index `text`.
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of `length` bytes from `offset`, cut off at the end of the line. An offset that
    /// is no character's start is moved back to one, one behind the end to the end.
    pub fn position(&self, source: u16, offset: usize, length: usize) -> Position {
        let offset = floor(self.text, offset);
        let end = floor(self.text, offset.saturating_add(length));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let marked = self.text.get(offset..end).unwrap_or_default();
        let marked = marked.split(['\n', '\r']).next().unwrap_or_default();
        Position {
            source,
            line: number(line.max(1)),
            column: number(before.chars().count() + 1),
            length: number(marked.trim_end().chars().count()),
        }
    }
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("a: b\r\nü: wert\n");
        let at = |offset, length| {
            let p = lines.position(0, offset, length);
            (p.line, p.column, p.length)
        };
        assert_eq!(at(3, 1), (1, 4, 1));
        assert_eq!(at(10, 4), (2, 4, 4));
        assert_eq!(at(10, 400), (2, 4, 4));
        assert_eq!(at(7, 0), (2, 1, 0), "inside a character");
        assert_eq!(at(400, 4), (3, 1, 0));
    }
}
