//! A command line as words, as Compose splits it (go-shellwords, without variables and backticks):
//! what a shell would treat as the end of a command ends the words too.

/// The words; none where a quote or a parenthesis does not end.
pub(super) fn split(line: &str) -> Option<Vec<String>> {
    let mut splitter = Splitter::default();
    for c in line.chars() {
        if !splitter.take(c)? {
            break;
        }
    }
    splitter.end()
}

#[derive(Default)]
struct Splitter {
    words: Vec<String>,
    word: String,
    begun: bool,
    escaped: bool,
    double: bool,
    single: bool,
    back: bool,
    dollar: bool,
}

impl Splitter {
    fn quoted(&self) -> bool {
        self.single || self.double || self.back || self.dollar
    }

    /// Take a character; false where the command ends, none where it cannot be read.
    fn take(&mut self, c: char) -> Option<bool> {
        if self.escaped {
            self.escaped = false;
            self.push(c);
            return Some(true);
        }
        match c {
            '\\' if self.single => self.word.push(c),
            '\\' => self.escaped = true,
            ' ' | '\t' | '\r' | '\n' if self.quoted() => self.word.push(c),
            ' ' | '\t' | '\r' | '\n' => self.finish(),
            '"' if !self.single && !self.dollar => self.toggle(true),
            '\'' if !self.double && !self.dollar => self.toggle(false),
            '`' if !self.single && !self.double && !self.dollar => {
                self.back = !self.back;
                self.push(c);
            }
            ')' if !self.single && !self.double && !self.back => {
                self.dollar = !self.dollar;
                self.push(c);
            }
            '(' if !self.single && !self.double && !self.back => {
                if self.dollar || !self.word.ends_with('$') {
                    return None;
                }
                self.dollar = true;
                self.word.push(c);
            }
            ';' | '&' | '|' | '<' | '>' if !self.quoted() => {
                // The number before a redirection belongs to it.
                if c == '>' && self.word.starts_with(|c: char| c.is_ascii_digit()) {
                    self.begun = false;
                }
                return Some(false);
            }
            _ => self.push(c),
        }
        Some(true)
    }

    fn push(&mut self, c: char) {
        self.word.push(c);
        self.begun = true;
    }

    /// A quote opens or closes; after it closes there is a word, even an empty one.
    fn toggle(&mut self, double: bool) {
        let open = if double { &mut self.double } else { &mut self.single };
        self.begun |= *open;
        *open = !*open;
    }

    fn finish(&mut self) {
        if std::mem::take(&mut self.begun) {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn end(mut self) -> Option<Vec<String>> {
        let open = self.escaped || self.quoted();
        self.finish();
        (!open).then_some(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_compose_does() {
        for (line, expected) in [
            ("a  b", &["a", "b"][..]),
            ("sh -c 'x && y'", &["sh", "-c", "x && y"]),
            ("a \"b c\" '' d\\ e", &["a", "b c", "", "d e"]),
            ("a; b", &["a"]),
            ("a && b", &["a"]),
            ("a 2>x", &["a"]),
            ("echo $(a b)", &["echo", "$(a b)"]),
            ("'a\\b'", &["a\\b"]),
            ("", &[]),
        ] {
            let words = split(line).unwrap();
            assert_eq!(words, expected, "{line}");
        }
        for line in ["'a", "a \"b", "a\\", "f(x)"] {
            assert_eq!(split(line), None, "{line}");
        }
    }
}
