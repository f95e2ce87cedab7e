//! What an attacker writes.

use proptest::prelude::*;
use proptest::sample::select;

/// Texts that no language gives a meaning, and that stand nowhere else: a word and paths.
pub(crate) const HARMLESS: [&str; 3] = ["zqharmlessqz", "/zqharmlessqz", "./zqharmlessqz"];

/// Texts that say something in several languages at once.
pub(crate) const POLYGLOT: [&str; 6] = [
    "'\"`;}{ $(id) ${HOME} | & # */ -- <b>",
    "x\n    privileged: true\nRUN id\n; } server { listen 1; }",
    "x: y # z, [a](javascript:b) \\",
    "a$${B}$c|d",
    "\u{202e}\0\u{2028}",
    "x; deny all",
];

/// One attack each.
pub(crate) const NASTY: &[&str] = &[
    "'",
    "\"",
    "\"\"\"",
    "`id`",
    "\\",
    "\\\\",
    "\\n",
    "\n",
    "a\nb: c",
    "\r\n",
    "\t",
    ";",
    "; }",
    "{",
    "}",
    "{}",
    "{{",
    "{ { url } }",
    "{% raw %}",
    "{#",
    "$",
    "$$",
    "$$$",
    "$X",
    "${X}",
    "${X:-y}",
    "$(id)",
    "$((1))",
    "$host",
    "#",
    " # x",
    "*/",
    "/*",
    "--",
    "-- x",
    "' OR 1=1",
    "'; DROP TABLE x; --",
    "\\gexec",
    "</script>",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "&amp;",
    "| pipe",
    "|",
    "\\|",
    "a | b | c",
    "[link](javascript:x)",
    "![x](https://x.example)",
    "**bold**",
    "__x__",
    "~~x~~",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "```",
    "~~~",
    "https://x.example/?a=b&c",
    "\u{202e}txt.exe",
    "\u{200f}",
    "\u{2066}x\u{2069}",
    "\u{feff}x",
    "\u{2028}",
    "\u{85}",
    "\0",
    "x\0y",
    "\u{1b}[2J",
    "\u{7f}",
    "!!",
    "!!binary x",
    "&a",
    "*a",
    "- ",
    ": ",
    "a: b",
    "%",
    "%s",
    "%0a",
    "---",
    "...",
    "<<",
    "~",
    "null",
    "yes",
    "true",
    "0x10",
    "1e3",
    "1_000",
    "22:22",
    "2001-01-01",
    " ",
    " x",
    "x ",
    "",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "~/x",
    "аpp",
    "ｓhop",
    "x && id",
    "x || id",
    "x > /tmp/y",
    "*",
    "?",
    "[a-z]",
    "!x",
    "(x)",
    "x\\",
    "-rf",
    "--privileged",
    "@x",
    "${{ secrets.X }}",
    "EOF\nid",
    "SQL\nid",
    "]",
    "\", \"x",
    "x, y",
    "a=b",
    "a,b",
];

/// Nasty texts, joined and mixed with others, up to 300 characters.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let word = || prop_oneof![4 => select(NASTY).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    prop_oneof![
        4 => proptest::collection::vec(word(), 1..5).prop_map(|words| words.concat()),
        2 => "[ -~]{1,40}",
        1 => "\\PC{1,20}",
        1 => select(NASTY).prop_map(|text| text.chars().cycle().take(300 * usize::from(!text.is_empty())).collect()),
    ]
}

/// True where no character means anything to anybody: such a text is no attack.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || " ._/-".contains(c))
}

/// Characters that move a cursor, reorder a line or hide.
pub(crate) fn acts_on_a_terminal(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
