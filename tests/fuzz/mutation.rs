//! Inputs from other inputs: by characters, by lines, and by words that mean something.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// An endless row of inputs.
pub(crate) struct Mutation {
    dice: StdRng,
    seeds: Vec<String>,
}

/// Longest input; a longer one is slow and finds nothing more.
const LONGEST: usize = 6_000;

/// Words of YAML, of Compose and of variables at which readers have stumbled.
const WORDS: &[&str] = &[
    "null",
    "~",
    "true",
    "no",
    "0",
    "-1",
    "1e309",
    "0x7fffffffffffffff",
    "18446744073709551616",
    "''",
    "\"\"",
    "[]",
    "{}",
    "- ",
    ": ",
    "? ",
    "!reset null",
    "!override []",
    "&a ",
    "*a",
    "<<: *a",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "#",
    "\t",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "𝄞",
    "$",
    "$$",
    "${",
    "${A",
    "${A:-",
    "${A:?no}",
    "${A:+${B:-}}",
    "${A-}",
    "$A",
    "}",
    "services:",
    "image:",
    "ports:",
    "80:80",
    "65536",
    "0-99999999",
    "[::1]:1:1/udp",
    "volumes:",
    "/:/:ro",
    "..",
    "env_file:",
    "extends: {service: web}",
    "include: [compose.yaml]",
    "depends_on:",
    "healthcheck:",
    "test: NONE",
    "network_mode: service:web",
    "networks:",
    "secrets:",
    "configs:",
    "build: .",
    "deploy:",
    "replicas: 99999",
    "profiles: [a]",
    "labels:",
    "99999999999999999999h",
    "1.5.5",
    "10gb",
    "user: 0:0",
    "command: [",
    "entrypoint: \"a 'b\"",
    "x-a:",
    "name: A_B",
    "cpus: .inf",
];

impl Mutation {
    pub(crate) fn new(dice: u64, seeds: Vec<String>) -> Self {
        Self { dice: StdRng::seed_from_u64(dice), seeds }
    }

    pub(crate) fn next_input(&mut self) -> String {
        let mut text = self.seed();
        for _ in 0..=self.dice.random_range(0..6) {
            text = self.changed(text);
        }
        let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST);
        end.map_or_else(|| text.clone(), |end| text[..end].to_owned())
    }

    fn seed(&mut self) -> String {
        let at = self.dice.random_range(0..self.seeds.len());
        self.seeds[at].clone()
    }

    fn changed(&mut self, text: String) -> String {
        match self.dice.random_range(0..8) {
            0 => self.without_a_piece(&text),
            1 | 2 => {
                let word = WORDS[self.dice.random_range(0..WORDS.len())];
                let at = self.place(&text);
                format!("{}{word}{}", &text[..at], &text[at..])
            }
            3 => self.with_another_value(&text),
            4 => {
                let (at, c) = (self.place(&text), char::from(self.dice.random_range(9..127_u8)));
                format!("{}{c}{}", &text[..at], &text[at..])
            }
            _ => self.lines(&text),
        }
    }

    fn without_a_piece(&mut self, text: &str) -> String {
        let (one, other) = (self.place(text), self.place(text));
        let (from, to) = (one.min(other), one.max(other));
        let to = text.char_indices().map(|(at, _)| at).find(|at| *at >= to.min(from + 12));
        format!("{}{}", &text[..from], &text[to.unwrap_or(text.len())..])
    }

    /// What stands after a colon becomes a word.
    fn with_another_value(&mut self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let with: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains(": ")).collect();
        if !with.is_empty() {
            let at = with[self.dice.random_range(0..with.len())];
            let word = WORDS[self.dice.random_range(0..WORDS.len())];
            let key = lines[at].split_once(": ").unwrap().0.to_owned();
            lines[at] = format!("{key}: {word}");
        }
        lines.join("\n") + "\n"
    }

    /// A line is doubled, moved, removed, indented, or taken from another seed.
    fn lines(&mut self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            return self.seed();
        }
        let (at, to) =
            (self.dice.random_range(0..lines.len()), self.dice.random_range(0..lines.len()));
        match self.dice.random_range(0..6) {
            0 => lines.insert(to, lines[at].clone()),
            1 => lines.swap(at, to),
            2 => drop(lines.remove(at)),
            3 => lines[at].insert_str(0, "  "),
            4 => lines[at] = lines[at].strip_prefix("  ").unwrap_or(&lines[at]).to_owned(),
            _ => {
                let other = self.seed();
                let from = self.dice.random_range(0..=other.lines().count());
                let count = self.dice.random_range(0..8);
                let taken = other.lines().skip(from).take(count).map(str::to_owned);
                lines.splice(at..at, taken);
            }
        }
        lines.join("\n") + "\n"
    }

    fn place(&mut self, text: &str) -> usize {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        if places.is_empty() { 0 } else { places[self.dice.random_range(0..places.len())] }
    }
}
