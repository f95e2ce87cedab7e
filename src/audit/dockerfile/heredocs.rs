//! Heredocs of a Dockerfile, taken out before it is parsed: they are other files' contents or scripts.
//!
//! Which words open one and where it ends: BuildKit, frontend/dockerfile/parser/parser.go
//! (`heredocsFromLine`, `heredocDirectives`). In a script: POSIX.1-2024, Shell Command Language, 2.7.4.

use std::ops::Range;

/// What stands between a heredoc's word and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heredoc {
    /// The byte of the word that opens it.
    pub(super) opened: usize,
    /// Its lines, without the one that ends it.
    pub(super) body: Range<usize>,
}

/// A text of the same length and lines in which heredocs are comments and the words that open them
/// are redirections, and the heredocs in their order.
///
/// # Errors
/// The line of a heredoc that does not end, and its name.
pub(super) fn split(text: &str) -> Result<(String, Vec<Heredoc>), (usize, String)> {
    let escape = escape(text);
    let mut lines = Lines { text, at: 0 };
    let (mut out, mut found) = (String::with_capacity(text.len()), Vec::new());
    while let Some(first) = lines.next() {
        let mut end = first.end;
        let mut continued = !is_comment(text, &first) && continues(text, &first, escape);
        while continued {
            let Some(line) = lines.next() else { break };
            let skipped = is_comment(text, &line) || slice(text, &line).trim().is_empty();
            continued = skipped || continues(text, &line, escape);
            end = line.end;
        }
        let instruction = first.start..end;
        let opening = openings(slice(text, &instruction));
        let Some(opening) = opening.filter(|words| !words.is_empty()) else {
            out.push_str(slice(text, &instruction));
            continue;
        };
        for word in opening {
            let opened = instruction.start + word.at.start;
            out.push_str(slice(text, &(out.len()..opened)));
            out.push('<');
            out.extend(std::iter::repeat_n('_', word.at.len().saturating_sub(1)));
            let start = lines.at;
            let body = lines.body(&word).ok_or_else(|| {
                let line = slice(text, &(0..opened)).matches('\n').count() + 1;
                (line, format!("the heredoc `{}` does not end", word.name))
            })?;
            found.push(Heredoc { opened, body: start..body });
        }
        out.push_str(slice(text, &(out.len()..end)));
        hide(slice(text, &(end..lines.at)), &mut out);
    }
    Ok((out, found))
}

/// A script of the same length in which the heredocs of its commands are comments.
pub(super) fn without_bodies(script: &str) -> String {
    let mut lines = Lines { text: script, at: 0 };
    let mut out = String::with_capacity(script.len());
    while let Some(line) = lines.next() {
        out.push_str(slice(script, &line));
        for word in in_script(slice(script, &line)) {
            let start = lines.at;
            // What does not end is no heredoc: a shift of numbers, or in quotes.
            match lines.body(&word) {
                Some(_) => hide(slice(script, &(start..lines.at)), &mut out),
                None => lines.at = start,
            }
        }
    }
    out
}

/// A word that opens a heredoc.
struct Opening {
    at: Range<usize>,
    name: String,
    /// True where tabs before its lines do not count.
    indented: bool,
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Lines<'_> {
    /// The next line with its end.
    fn next(&mut self) -> Option<Range<usize>> {
        let line = self.text.get(self.at..)?.split_inclusive('\n').next()?;
        let start = self.at;
        self.at += line.len();
        Some(start..self.at)
    }

    /// Go behind the line that ends a heredoc; where that begins.
    fn body(&mut self, word: &Opening) -> Option<usize> {
        loop {
            let line = self.next()?;
            let text = slice(self.text, &line).trim_end_matches(['\r', '\n']);
            let text = if word.indented { text.trim_start_matches('\t') } else { text };
            if text == word.name {
                return Some(line.start);
            }
        }
    }
}

fn slice<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or_default()
}

fn is_comment(text: &str, line: &Range<usize>) -> bool {
    slice(text, line).trim_start().starts_with('#')
}

fn continues(text: &str, line: &Range<usize>, escape: char) -> bool {
    slice(text, line).trim_end().ends_with(escape)
}

/// Lines as comments of the same length.
fn hide(lines: &str, out: &mut String) {
    for line in lines.split_inclusive('\n') {
        let length = line.trim_end_matches(['\r', '\n']).len();
        out.extend(std::iter::repeat_n('#', length));
        out.push_str(line.get(length..).unwrap_or_default());
    }
}

/// The character that continues lines: the directive `escape` above the first instruction.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let escape =
        directives.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    escape.and_then(|(_, value)| value.trim().chars().next()).unwrap_or('\\')
}

/// The words of an instruction that open heredocs; none where it takes none.
fn openings(instruction: &str) -> Option<Vec<Opening>> {
    let mut words = instruction.split_whitespace();
    let mut keyword = words.next()?;
    if keyword.eq_ignore_ascii_case("onbuild") {
        keyword = words.next()?;
    }
    let takes = ["RUN", "COPY", "ADD"].iter().any(|name| keyword.eq_ignore_ascii_case(name));
    takes.then(|| {
        words_of(instruction).into_iter().filter_map(|at| opening(instruction, at)).collect()
    })
}

/// `<<NAME`, `3<<-"NAME"`.
fn opening(text: &str, at: Range<usize>) -> Option<Opening> {
    let word =
        slice(text, &at).trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let rest = word.strip_prefix('-');
    let name: String =
        rest.unwrap_or(word).chars().filter(|c| !matches!(c, '"' | '\'' | '\\')).collect();
    let is_one = !name.is_empty() && !name.contains('<');
    is_one.then_some(Opening { at, name, indented: rest.is_some() })
}

/// Words between spaces; quotes hold them together.
fn words_of(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut quote, mut escaped) = (Vec::new(), None, None, false);
    for (at, c) in text.char_indices() {
        let is_space = quote.is_none() && !escaped && c.is_whitespace();
        match (is_space, start) {
            (true, Some(begin)) => {
                found.push(begin..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        if escaped {
            escaped = false;
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '"' | '\'') {
            quote = Some(c);
        } else {
            escaped = c == '\\' && quote != Some('\'');
        }
    }
    found.extend(start.map(|begin| begin..text.len()));
    found
}

/// The heredocs of a shell's line: here spaces may stand before the name, and `;` ends it.
fn in_script(line: &str) -> Vec<Opening> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("<<") {
        let around = (line.get(..at).unwrap_or_default(), line.get(at + 2..).unwrap_or_default());
        if around.0.ends_with('<') || around.1.starts_with('<') {
            continue;
        }
        let rest = around.1.strip_prefix('-');
        let name = rest.unwrap_or(around.1).trim_start_matches([' ', '\t']);
        let end = |c: char| c.is_whitespace() || ";&|()<>".contains(c);
        let name = name.split(end).next().unwrap_or_default();
        let name = name.replace(['"', '\'', '\\'], "");
        if !name.is_empty() {
            found.push(Opening { at: at..at + 2, name, indented: rest.is_some() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies of a text's heredocs.
    fn bodies(text: &str) -> Vec<&str> {
        let (out, found) = split(text).unwrap();
        assert_eq!((out.len(), out.lines().count()), (text.len(), text.lines().count()));
        found.iter().map(|one| &text[one.body.clone()]).collect()
    }

    #[test]
    fn heredocs_begin_and_end_where_buildkit_says() {
        assert_eq!(bodies("RUN cat <<EOF >x && \\\n  y\na\nEOF\nRUN b\n"), ["a\n"]);
        assert_eq!(bodies("run 3<<-'A' x <<B\n\tü\n\tA\n\n A\nB\n"), ["\tü\n", "\n A\n"]);
        assert_eq!(bodies("ONBUILD COPY <<\"E\" /x\r\nRUN cat <<F\r\nE\r\n"), ["RUN cat <<F\r\n"]);
        assert_eq!(bodies("# escape=`\nRUN a `\n # no\n\n <<E\nE\nUSER 5"), [""]);
        for none in
            ["RUN cat <<<x", "RUN cat '<<x'", "# RUN <<x", "LABEL <<x", "RUN a<<x", "RUN << x"]
        {
            assert_eq!(bodies(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn one_that_does_not_end_is_told_with_its_line() {
        let why = split("FROM a\nRUN cat <<EOF\nEOF \n").unwrap_err();
        assert_eq!(why, (2, "the heredoc `EOF` does not end".to_owned()));
    }

    #[test]
    fn bodies_of_scripts_are_comments() {
        assert_eq!(without_bodies("a << 'E';b\nsudo x\nE\nc"), "a << 'E';b\n######\n#\nc");
        for same in ["a <<<b\nb\n", "echo $((1<<2))\nb\n", "a <<E\nb"] {
            assert_eq!(without_bodies(same), same);
        }
    }
}
