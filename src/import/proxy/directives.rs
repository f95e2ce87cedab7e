//! The grammar of nginx configurations: directives with words, and blocks of them in braces.

/// A directive: its words, where it stands, and what stands in its braces.
pub(super) struct Directive {
    pub(super) words: Vec<String>,
    /// Line of its first word, from one.
    pub(super) at: usize,
    pub(super) inside: Option<Vec<Directive>>,
}

impl Directive {
    pub(super) fn name(&self) -> &str {
        self.words.first().map(String::as_str).unwrap_or_default()
    }

    pub(super) fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }

    /// What stands in its braces; nothing where it has none.
    pub(super) fn inner(&self) -> &[Directive] {
        self.inside.as_deref().unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        self.words.join(" ")
    }
}

/// Read a text; an error says why it is none.
pub(super) fn parse(text: &str) -> Result<Vec<Directive>, String> {
    block(&mut words(text)?.into_iter(), 0)
}

/// Blocks in blocks that anybody writes: http, server, location, if.
const DEEP: usize = 8;

/// A word with its line.
struct Word {
    text: String,
    at: usize,
    /// Outside of quotes, so that `;` and braces are what they seem.
    bare: bool,
}

fn block(words: &mut std::vec::IntoIter<Word>, depth: usize) -> Result<Vec<Directive>, String> {
    let mut found = Vec::new();
    let mut open = Directive { words: Vec::new(), at: 0, inside: None };
    let fresh = || Directive { words: Vec::new(), at: 0, inside: None };
    while let Some(Word { text, at, bare }) = words.next() {
        match text.as_str() {
            ";" if bare => found.push(std::mem::replace(&mut open, fresh())),
            "{" if bare && depth < DEEP => {
                open.inside = Some(block(words, depth + 1)?);
                found.push(std::mem::replace(&mut open, fresh()));
            }
            "}" if bare && depth > 0 && open.words.is_empty() => return Ok(found),
            "{" | "}" if bare => return Err("its braces do not fit".to_owned()),
            _ => {
                if open.words.is_empty() {
                    open.at = at;
                }
                open.words.push(text);
            }
        }
    }
    if depth == 0 && open.words.is_empty() {
        Ok(found)
    } else {
        Err("it ends too early".to_owned())
    }
}

/// Words, `;` and braces; comments fall away.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let (mut found, mut word, mut quote, mut at) = (Vec::new(), String::new(), None, 1);
    let mut quoted = false;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => (quote, quoted) = (Some(c), true),
            ('#', None) if word.is_empty() && !quoted => {
                characters.by_ref().find(|c| *c == '\n');
                at += 1;
            }
            ('\\', None) => return Err("it has escapes, which are not read".to_owned()),
            (c, None) if c.is_whitespace() || ";{}".contains(c) => {
                if !word.is_empty() || quoted {
                    found.push(Word { text: std::mem::take(&mut word), at, bare: !quoted });
                }
                quoted = false;
                if !c.is_whitespace() {
                    found.push(Word { text: c.to_string(), at, bare: true });
                }
            }
            (c, None) => word.push(c),
        }
        at += usize::from(c == '\n');
    }
    if quote.is_some() { Err("a quote stays open".to_owned()) } else { Ok(found) }
}
