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
    /// Characters before every [`STEP`]th byte, so that a column in a long line is found fast.
    counts: Vec<usize>,
}

const STEP: usize = 512;

impl<'a> Lines<'a> {
    /// Index `text`.
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        let counts = text.as_bytes().chunks(STEP).scan(0, |count, chunk| {
            let before = *count;
            *count += chunk.iter().filter(|byte| begins_a_character(**byte)).count();
            Some(before)
        });
        Self { text, starts, counts: counts.collect() }
    }

    /// The place of `length` bytes from `offset`, cut off at the end of the line. An offset that
    /// is no character's start is moved back to one, one behind the end to the end.
    pub fn position(&self, source: u16, offset: usize, length: usize) -> Position {
        let offset = floor(self.text, offset);
        let end = floor(self.text, offset.saturating_add(length));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let marked = self.text.get(offset..end).unwrap_or_default();
        let marked = marked.split(['\n', '\r']).next().unwrap_or_default();
        Position {
            source,
            line: number(line.max(1)),
            column: number(self.between(start, offset) + 1),
            length: number(marked.trim_end().chars().count()),
        }
    }

    /// Characters of a line up to a byte of it.
    fn between(&self, start: usize, offset: usize) -> usize {
        match self.text.as_bytes().get(start..offset) {
            Some(near) if near.len() <= STEP => {
                near.iter().filter(|byte| begins_a_character(**byte)).count()
            }
            _ => self.characters(offset) - self.characters(start),
        }
    }

    /// Characters before a byte.
    fn characters(&self, offset: usize) -> usize {
        let step = (offset / STEP).min(self.counts.len().saturating_sub(1));
        let before = self.counts.get(step).copied().unwrap_or_default();
        let rest = self.text.as_bytes().get(step * STEP..offset).unwrap_or_default();
        before + rest.iter().filter(|byte| begins_a_character(**byte)).count()
    }
}

/// All bytes but the continuations of UTF-8 (RFC 3629, section 3).
fn begins_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
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

    #[test]
    fn columns_of_long_lines_are_exact() {
        let text = format!("a\n{}", "äb".repeat(1000));
        let lines = Lines::new(&text);
        for (count, (offset, _)) in text.char_indices().enumerate().skip(2) {
            assert_eq!(lines.position(0, offset, 0).column as usize, count - 1);
        }
    }
}
