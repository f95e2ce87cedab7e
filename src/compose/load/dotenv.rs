//! The grammar of env files as Compose reads them: `NAME=value` and `NAME: value` by line,
//! `export`, comments, quotes over several lines, escapes, and variables of what came before. A
//! name alone takes its value from the environment.

use std::collections::{BTreeMap, BTreeSet};

use super::interpolate::complaint;
use super::template::{Variables, substitute};
use crate::diagnostic::{Diagnostic, Lines, Position, Problems, SourceId, names_a_secret, quoted};

/// Values with their places, by name.
pub(super) type Values = BTreeMap<String, (String, Position)>;

/// Read an env file into `values`, which it may refer to; `outside` is asked first. The first
/// mistake is reported and ends the reading, as it does for Compose.
pub(super) fn read(
    source: SourceId,
    text: &str,
    values: &mut Values,
    outside: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { source, text, at: 0, lines: Lines::new(text) };
    while let Some(line) = reader.line() {
        match line.and_then(|line| reader.value(line, values, outside)) {
            Ok(Some((name, value, at))) => {
                values.insert(name, (value, at));
            }
            Ok(None) => {}
            Err(diagnostic) => {
                problems.add(diagnostic);
                return;
            }
        }
    }
}

/// Read an env file of the format `raw`: every line is `NAME=VALUE` to its end, as Docker's own
/// `--env-file` has it.
pub(super) fn read_raw(
    source: SourceId,
    text: &str,
    values: &mut Values,
    outside: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let at = lines.position(source, offset, line.trim_end().len());
        offset += line.len();
        let line = line.trim_end_matches(['\n', '\r']).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').map_or((line, None), |(n, v)| (n, Some(v)));
        if name.is_empty() || name.contains(char::is_whitespace) {
            let message = "a line of this format is `NAME=VALUE`, the name without spaces";
            problems.add(Diagnostic::at(at, "env-file-syntax", message).secret());
            return;
        }
        if let Some(value) = value.map(str::to_owned).or_else(|| outside(name)) {
            values.insert(name.to_owned(), (value, at));
        }
    }
}

/// A name with what follows it.
struct Line {
    name: String,
    at: Position,
    assigned: bool,
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
    lines: Lines<'a>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, what: impl FnMut(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(what).len();
    }

    fn position(&self, at: usize, length: usize) -> Position {
        self.lines.position(self.source, at, length)
    }

    fn wrong(&self, length: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.position(self.at, length), "env-file-syntax", message)
            .help("write `NAME=value`; quotes around what has spaces or `#`")
    }

    /// The next name; none at the end of the file.
    fn line(&mut self) -> Option<Result<Line, Diagnostic>> {
        self.skip(char::is_whitespace);
        while self.rest().starts_with('#') {
            self.skip(|c| c != '\n');
            self.skip(char::is_whitespace);
        }
        if self.rest().is_empty() {
            return None;
        }
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with(char::is_whitespace)
        {
            self.at += "export".len();
            self.skip(is_space);
        }
        Some(self.name())
    }

    fn name(&mut self) -> Result<Line, Diagnostic> {
        let rest = self.rest();
        let end = rest.find(|c: char| {
            !is_space(c) && !"_.-[]".contains(c) && !c.is_alphabetic() && !c.is_numeric()
        });
        let (name, assigned) = match end.and_then(|end| rest.get(end..)?.chars().next()) {
            Some('=' | ':') => (rest.get(..end.unwrap_or_default()).unwrap_or_default(), true),
            Some('\n') => (rest.get(..end.unwrap_or_default()).unwrap_or_default(), false),
            Some(_) => return Err(self.wrong(1, "a name has no such character")),
            None => return Ok(Line { name: String::new(), at: self.end(), assigned: false }),
        };
        let at = self.position(self.at, name.trim_end().len());
        self.at += name.len() + 1;
        self.skip(is_space);
        let name = name.trim_end().to_owned();
        if name.contains(' ') {
            let message = "a name has no spaces";
            return Err(Diagnostic::at(at, "env-file-syntax", message).help("write `NAME=value`"));
        }
        Ok(Line { name, at, assigned })
    }

    /// A last name without a line's end says nothing.
    fn end(&mut self) -> Position {
        let at = self.position(self.at, 0);
        self.at = self.text.len();
        at
    }

    fn value(
        &mut self,
        line: Line,
        values: &Values,
        outside: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<(String, String, Position)>, Diagnostic> {
        let Line { name, at, assigned } = line;
        if !assigned {
            return Ok(outside(&name).map(|value| (name, value, at)));
        }
        let known =
            |name: &str| outside(name).or_else(|| values.get(name).map(|(value, _)| value.clone()));
        let mut asked = BTreeSet::new();
        let mut expand = |text: &str| {
            substitute(text, &mut Variables { value: &known, asked: &mut asked })
                .map_err(|failure| complaint(&failure, at, |text| shown(&name, text)))
        };
        let rest = self.rest();
        let value = match rest.chars().next() {
            Some('"') => expand(&escaped(&self.quoted('"', at)?))?,
            Some('\'') => self.quoted('\'', at)?,
            _ => {
                let line = rest.split('\n').next().unwrap_or_default();
                self.at += line.len();
                let value = line.split(" #").next().unwrap_or_default();
                expand(value.trim_end())?
            }
        };
        Ok(Some((name, value, at)))
    }

    /// The text between two quotes, with the quote itself unescaped.
    fn quoted(&mut self, quote: char, at: Position) -> Result<String, Diagnostic> {
        let mut text = String::new();
        let mut escape = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match (c, escape) {
                (c, false) if c == quote => {
                    self.at += offset + 1;
                    return Ok(text);
                }
                ('\\', false) => {
                    escape = true;
                    continue;
                }
                (c, true) if c != quote => text.extend(['\\', c]),
                _ => text.push(c),
            }
            escape = false;
        }
        let message = format!("the quote after {} does not end", quoted_name(at, self.text));
        Err(Diagnostic::at(at, "env-file-syntax", message).help("close it"))
    }
}

/// A part of a value, where its name lets it be shown.
fn shown(name: &str, text: &str) -> String {
    if names_a_secret(name) { "`***`".to_owned() } else { quoted(text) }
}

fn quoted_name(at: Position, text: &str) -> String {
    let line = usize::try_from(at.line).unwrap_or(1).saturating_sub(1);
    let line = text.lines().nth(line).unwrap_or_default();
    quoted(line.split(['=', ':']).next().unwrap_or_default().trim())
}

/// A space within a line.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// The escapes of a double-quoted value; an escaped `$` stays one after the variables.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('c') => out.push_str("\\c"),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('v') => out.push('\u{b}'),
            Some('$') => out.push_str("$$"),
            Some('"') => out.push('"'),
            Some('\\') => out.push('\\'),
            Some('0') => {
                let mut digits = String::new();
                while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() && digits.len() < 3) {
                    digits.push(digit);
                }
                match u8::from_str_radix(&digits, 8).ok().filter(|_| digits.len() == 3) {
                    Some(byte) => out.push(char::from(byte)),
                    None => out.extend(["\\0", digits.as_str()]),
                }
            }
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(text: &str) -> (Vec<(String, String)>, Problems) {
        let mut values = Values::new();
        let mut problems = Problems::new();
        let outside = |name: &str| (name == "HOST").then(|| "outside".to_owned());
        read(0, text, &mut values, &outside, &mut problems);
        (values.into_iter().map(|(name, (value, _))| (name, value)).collect(), problems)
    }

    #[test]
    fn the_whole_grammar() {
        for (text, expected) in [
            ("A=b\nC: d\n", &[("A", "b"), ("C", "d")][..]),
            ("# x\n\n export A = b # c\n", &[("A", "b")]),
            ("A=b#c\nB= \nC", &[("A", "b#c"), ("B", "")]),
            ("A=\"b # c\\n\\$x\\\"\"\nB='$A\\n'", &[("A", "b # c\n$x\""), ("B", "$A\\n")]),
            ("A=\"1\n2\"\nB=x\n", &[("A", "1\n2"), ("B", "x")]),
            ("A=x\nB=${A}y$HOST\nC=${U:-d}\n", &[("A", "x"), ("B", "xyoutside"), ("C", "d")]),
            ("HOST\nNONE\nA=1\n", &[("A", "1"), ("HOST", "outside")]),
            ("\u{feff}A=1\r\nB=2\r\n", &[("A", "1"), ("B", "2")]),
        ] {
            let (values, problems) = values(text);
            let expected: Vec<_> =
                expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            assert_eq!(values, expected, "{text:?} {problems:?}");
            assert!(problems.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn mistakes_have_a_place_and_no_value() {
        for (text, line) in
            [("A=1\nB$=hunter2\n", 2), ("A=\"hunter2", 1), ("\nA B=hunter2\n", 2), ("A=${B\n", 1)]
        {
            let (_, problems) = values(text);
            let problem = problems.iter().next().unwrap();
            assert_eq!(problem.at.unwrap().line, line, "{text:?} {problem:?}");
            assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "([A-C=:\"'\\\\ #\n$é]|export |\\$\\{A){0,40}") {
            values(&text);
        }
    }
}
