//! The commands of a `RUN`, as far as their words: no variable is filled in, no loop is followed.
//!
//! Grammar: POSIX.1-2024, Shell Command Language, sections 2.2 (quoting) and 2.3 (tokens).

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Command {
    /// Its name and arguments without quotes; assignments before it and `sudo`, `env`, `exec` stay.
    pub(super) words: Vec<String>,
    /// The byte of the text at which it begins.
    pub(super) offset: usize,
    /// True where the next command reads what it writes.
    pub(super) piped: bool,
}

impl Command {
    /// The program, without its folder, and what it is given. Words that only lead to a program are
    /// skipped: assignments, `sudo`, `env`, `exec`, `time`, `!` and the words of loops.
    pub(super) fn program(&self) -> (&str, &[String]) {
        let leads = |word: &String| {
            LEADING.contains(&word.rsplit('/').next().unwrap_or_default())
                || word.split_once('=').is_some_and(|(name, _)| is_name(name))
        };
        let mut left = self.words.as_slice();
        while let Some((first, rest)) = left.split_first() {
            if !leads(first) {
                return (first.rsplit('/').next().unwrap_or_default(), rest);
            }
            left = rest;
            if first == "sudo" {
                // Options of sudo that take no value.
                while let Some((option, rest)) = left.split_first() {
                    if !matches!(option.as_str(), "-E" | "-H" | "-n" | "-S" | "--") {
                        break;
                    }
                    left = rest;
                }
            }
        }
        ("", &[])
    }
}

const LEADING: &[&str] = &[
    "!", "do", "elif", "else", "env", "exec", "if", "sudo", "then", "time", "until", "while", "{",
];

/// Programs that run what they read.
pub(super) const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh"];

/// A program that runs what it reads: `sh`, `bash -s -- x`, `python3 -`.
pub(super) fn reads_program(command: &Command) -> bool {
    let (program, arguments) = command.program();
    let first = arguments.iter().find(|word| *word != "-" && !word.starts_with('>'));
    if SHELLS.contains(&program) {
        // `-c` and a file are programs themselves; what is read is then only their input.
        let script = arguments.iter().any(|word| word == "-s" || word == "-");
        let option = |word: &String| word.starts_with('-') && !word.ends_with('c');
        return script || arguments.iter().all(option);
    }
    matches!(program, "python" | "python3" | "perl" | "ruby" | "node") && first.is_none()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The commands of a text; `escape` is what continues a line.
pub(super) fn commands(text: &str, escape: char) -> Vec<Command> {
    let mut reading = Reading { found: Vec::new(), open: Command::default(), word: None };
    let mut left = text.char_indices().peekable();
    while let Some((at, c)) = left.next() {
        match c {
            c if c == escape && continues(text, at) => {
                // What follows up to the line's end, and comment lines between, do not count.
                left.by_ref().find(|(_, c)| *c == '\n');
                while let Some(end) = left.peek().and_then(|(at, _)| comment_line(text, *at)) {
                    while left.next_if(|(at, _)| *at < end).is_some() {}
                }
            }
            '\\' => {
                if let Some((_, c)) = left.next() {
                    reading.push(at, c);
                }
            }
            '\'' => {
                reading.begin(at);
                for (at, c) in left.by_ref().take_while(|(_, c)| *c != '\'') {
                    reading.push(at, c);
                }
            }
            '"' => {
                reading.begin(at);
                while let Some((at, c)) = left.next() {
                    match c {
                        '"' => break,
                        '\\' => {
                            if let Some((_, c)) = left.next().filter(|(_, c)| *c != '\n') {
                                reading.push(at, c);
                            }
                        }
                        c => reading.push(at, c),
                    }
                }
            }
            '#' if reading.word.is_none() => while left.next_if(|(_, c)| *c != '\n').is_some() {},
            '|' => {
                let or = left.next_if(|(_, c)| *c == '|').is_some();
                left.next_if(|(_, c)| *c == '&');
                reading.end(!or);
            }
            ';' | '&' | '(' | ')' | '\n' | '`' => reading.end(false),
            c if c.is_whitespace() => reading.end_word(),
            c => reading.push(at, c),
        }
    }
    reading.end(false);
    reading.found
}

/// True where nothing but space stands between a byte and the end of its line.
fn continues(text: &str, at: usize) -> bool {
    let mut rest = text.get(at..).unwrap_or_default().chars();
    rest.next();
    let line = rest.as_str().split('\n').next().unwrap_or_default();
    line.len() < rest.as_str().len() && line.trim().is_empty()
}

/// The byte behind a line that is only a comment or empty.
fn comment_line(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let line = rest.split_inclusive('\n').next()?;
    (line.trim_start().starts_with('#') && line.ends_with('\n')).then_some(at + line.len())
}

struct Reading {
    found: Vec<Command>,
    open: Command,
    word: Option<String>,
}

impl Reading {
    fn begin(&mut self, at: usize) {
        if self.word.is_none() {
            self.word = Some(String::new());
            if self.open.words.is_empty() {
                self.open.offset = at;
            }
        }
    }

    fn push(&mut self, at: usize, c: char) {
        self.begin(at);
        if let Some(word) = &mut self.word {
            word.push(c);
        }
    }

    fn end_word(&mut self) {
        self.open.words.extend(self.word.take());
    }

    fn end(&mut self, piped: bool) {
        self.end_word();
        if !self.open.words.is_empty() {
            let command = std::mem::take(&mut self.open);
            self.found.push(Command { piped, ..command });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        commands(text, '\\').iter().map(|command| command.words.join("_")).collect()
    }

    #[test]
    fn commands_end_where_the_shell_ends_them() {
        assert_eq!(words("a b&&c|d;(e) || f"), ["a_b", "c", "d", "e", "f"]);
        assert_eq!(words("echo 'a|b;c' \"d\\\"&& e\" # f | g\nh"), ["echo_a|b;c_d\"&& e", "h"]);
        assert_eq!(words("a \\\n# no command | sh\n  b \\  \n && c"), ["a_b", "c"]);
        let piped: Vec<_> = commands("a|b||c", '\\').iter().map(|c| c.piped).collect();
        assert_eq!(piped, [true, false, false]);
    }

    #[test]
    fn the_program_stands_behind_what_leads_to_it() {
        let program = |text: &str| commands(text, '\\')[0].program().0.to_owned();
        assert_eq!(program("sudo -E A=b /usr/bin/env bash -c x"), "bash");
        assert_eq!(program("if ! curl x"), "curl");
        assert_eq!(program("A=b"), "");
    }
}
