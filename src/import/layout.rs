//! YAML as a person lays it out: short things on one line, long ones over several, comments where
//! a decision was made. Stands alone because [`crate::yaml::to_string`] has one style for what
//! programs read, and a description is read by people.

/// Widest line that short forms may fill, in characters.
const WIDTH: usize = 120;
/// Most lines of a map that stands in braces only while it is short.
const FOLDED: usize = 4;

/// A value with its layout.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A key without a value.
    Nothing,
    /// Text; quoted where YAML would take it for something else.
    Text(String),
    /// A number or a word such as `true`, written as it is.
    Plain(String),
    /// A list.
    List(Vec<Item>),
    /// A map, on one line where it fits.
    Map(Vec<Entry>),
    /// A map in braces where a few lines hold it, with a line for each key otherwise.
    Fold(Vec<Entry>),
    /// A map that always stands over several lines.
    Block(Vec<Entry>),
    /// A list whose items stand on a line each.
    Lines(Vec<Item>),
}

/// One entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// The value.
    pub(super) value: Item,
    /// Lines of comment above it.
    pub(super) above: Vec<String>,
    /// A comment behind it, where there is room; above it otherwise.
    pub(super) beside: String,
    /// True where an empty line stands before it.
    pub(super) apart: bool,
}

impl Item {
    /// Text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number, or a word such as `true`.
    pub(super) fn plain(value: impl std::fmt::Display) -> Self {
        Self::Plain(value.to_string())
    }

    /// A list of texts.
    pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::text(text.as_ref())).collect())
    }

    /// Any JSON value.
    pub(super) fn json(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::plain(flag),
            Value::Number(number) => Self::plain(number),
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::List(items.iter().map(Self::json).collect()),
            Value::Object(map) => Self::Map(
                map.iter().map(|(key, value)| Entry::new(key, Self::json(value))).collect(),
            ),
        }
    }

    /// The value on one line.
    fn inline(&self) -> Option<String> {
        match self {
            Self::Nothing => Some(String::new()),
            Self::Text(text) => Some(scalar(text)),
            Self::Plain(text) => Some(text.clone()),
            Self::List(_) | Self::Map(_) | Self::Fold(_) => {
                let (open, parts, close) = self.parts()?;
                Some(format!("{open}{}{close}", parts.join(", ")))
            }
            Self::Block(entries) if entries.is_empty() => Some("{}".to_owned()),
            Self::Lines(items) => match items.as_slice() {
                [one] => Some(format!("[{}]", one.inline()?)),
                _ => None,
            },
            Self::Block(_) => None,
        }
    }

    /// What stands between brackets or braces; none where something in it has a comment.
    fn parts(&self) -> Option<(char, Vec<String>, char)> {
        match self {
            Self::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(Self::inline).collect();
                Some(('[', items?, ']'))
            }
            Self::Map(entries) | Self::Fold(entries) => {
                let pair = |entry: &Entry| {
                    let value = entry.value.inline()?;
                    (entry.above.is_empty() && entry.beside.is_empty())
                        .then(|| format!("{}: {value}", scalar(&entry.key)))
                };
                let pairs: Option<Vec<_>> = entries.iter().map(pair).collect();
                Some(('{', pairs?, '}'))
            }
            Self::Nothing | Self::Text(_) | Self::Plain(_) | Self::Block(_) | Self::Lines(_) => {
                None
            }
        }
    }
}

impl Entry {
    /// An entry without a comment.
    pub(super) fn new(key: impl Into<String>, value: Item) -> Self {
        Self { key: key.into(), value, above: Vec::new(), beside: String::new(), apart: false }
    }

    /// With lines of comment above.
    pub(super) fn with(mut self, above: impl IntoIterator<Item = String>) -> Self {
        self.above.extend(above);
        self
    }

    /// With a comment behind it.
    pub(super) fn beside(self, beside: impl Into<String>) -> Self {
        Self { beside: beside.into(), ..self }
    }

    /// With an empty line before it.
    pub(super) fn apart(self) -> Self {
        Self { apart: true, ..self }
    }
}

/// The text of a map.
pub(super) fn text(entries: &[Entry]) -> String {
    let mut out = String::new();
    block(entries, 0, &mut out);
    out
}

fn block(entries: &[Entry], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for entry in entries {
        let hoisted = hoisted(entry, depth);
        let entry = hoisted.as_ref().unwrap_or(entry);
        if entry.apart && !out.is_empty() {
            out.push('\n');
        }
        for line in entry.above.iter().flat_map(|text| folded(text, WIDTH - 2 * depth - 2)) {
            out.push_str(&format!("{indent}# {line}\n"));
        }
        let key = scalar(&entry.key);
        let begin = out.len();
        out.push_str(&format!("{indent}{key}:"));
        value(&entry.value, depth, key.chars().count() + 1, out);
        beside(&entry.beside, &indent, begin, out);
    }
}

/// A map that fits in braces but for the comments in it has them above itself.
fn hoisted(entry: &Entry, depth: usize) -> Option<Entry> {
    let Item::Fold(keys) = &entry.value else { return None };
    let comments: Vec<String> = keys
        .iter()
        .flat_map(|key| key.above.iter().chain([&key.beside]))
        .filter(|comment| !comment.is_empty())
        .cloned()
        .collect();
    let bare = keys.iter().map(|key| Entry::new(&key.key, key.value.clone())).collect();
    let bare = Item::Fold(bare);
    let used = scalar(&entry.key).chars().count() + 1;
    (!comments.is_empty() && packed(&bare, depth, used).is_some())
        .then(|| Entry { value: bare, ..entry.clone() }.with(comments))
}

/// A comment behind the first line of what was written from `begin` on; above it where there is no
/// room.
fn beside(comment: &str, indent: &str, begin: usize, out: &mut String) {
    if comment.is_empty() {
        return;
    }
    let written = out.split_off(begin);
    let (line, rest) = written.split_once('\n').unwrap_or((&written, ""));
    if line.chars().count() + comment.chars().count() + 4 <= WIDTH {
        out.push_str(&format!("{line}  # {comment}\n{rest}"));
        return;
    }
    for line in folded(comment, WIDTH - indent.len() - 2) {
        out.push_str(&format!("{indent}# {line}\n"));
    }
    out.push_str(&written);
}

/// What follows a key.
fn value(item: &Item, depth: usize, used: usize, out: &mut String) {
    let line = item.inline().filter(|line| {
        let fits = 2 * depth + used + 1 + line.chars().count() <= WIDTH;
        fits || matches!(item, Item::Text(_) | Item::Plain(_) | Item::Nothing)
    });
    if let Some(line) = line {
        let gap = if line.is_empty() { "" } else { " " };
        return out.push_str(&format!("{gap}{line}\n"));
    }
    if let Some(lines) = packed(item, depth, used) {
        return out.push_str(&lines);
    }
    out.push('\n');
    match item {
        Item::Map(entries) | Item::Fold(entries) | Item::Block(entries) => {
            block(entries, depth + 1, out);
        }
        Item::List(items) | Item::Lines(items) => {
            for item in items {
                // The items of a list of ours are short or texts: on one line whatever its length.
                let line = item.inline().unwrap_or_default();
                out.push_str(&format!("{}- {line}\n", "  ".repeat(depth + 1)));
            }
        }
        Item::Nothing | Item::Text(_) | Item::Plain(_) => {}
    }
}

/// A list or map of short things as few lines in brackets, the first behind the key; none where
/// something in it is long or has a comment.
fn packed(item: &Item, depth: usize, used: usize) -> Option<String> {
    let (open, parts, close) = item.parts()?;
    let indent = "  ".repeat(depth + 2);
    let mut lines = vec![format!(" {open}")];
    let mut begun = false;
    for (at, part) in parts.iter().enumerate() {
        let end = if at + 1 == parts.len() { close } else { ',' };
        let before = if lines.len() == 1 { 2 * depth + used } else { 0 };
        let line = lines.last_mut()?;
        let gap = usize::from(begun);
        if before + line.chars().count() + gap + part.chars().count() < WIDTH {
            line.push_str(&format!("{}{part}{end}", if begun { " " } else { "" }));
        } else {
            if indent.len() + part.chars().count() >= WIDTH || !begun {
                return None;
            }
            lines.push(format!("{indent}{part}{end}"));
        }
        begun = true;
    }
    let most = if matches!(item, Item::Fold(_)) { FOLDED } else { usize::MAX };
    (lines.len() <= most).then(|| lines.join("\n") + "\n")
}

/// A comment's words in lines of at most `width` characters.
fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = |line: &&mut String| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width
        };
        match lines.last_mut().filter(fits) {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.push_str(&format!(" {word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text as a scalar that is safe on a line of its own and inside brackets.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Double quotes with JSON's escapes, which YAML reads alike; what JSON leaves and YAML does not
/// print is escaped as well.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{85}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// True for text that every reader of YAML takes for the same text without quotes, on a line and
/// inside brackets.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"];
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '.' | '_');
    let inner = |c: char| c.is_ascii_alphanumeric() || "/._-+@=$()^%;~: ".contains(c);
    // A colon is part of a word where a word goes on behind it.
    let joined = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    // Behind the dashes of an option stands a letter; `- ` and `---` mean something to YAML.
    let dashes = text.len() - text.trim_start_matches('-').len();
    let Some(first) = text.trim_start_matches('-').chars().next().filter(|_| dashes < 3) else {
        return false;
    };
    let begins = |c: char| if dashes > 0 { c.is_ascii_alphabetic() } else { begins(c) };
    let lower = text.to_ascii_lowercase();
    begins(first)
        && text.chars().all(inner)
        && text.split(':').skip(1).all(joined)
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text.starts_with("..")
        && !WORDS.contains(&lower.trim_start_matches('.'))
        && text.trim_start_matches('.').parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_things_stand_on_one_line() {
        let entries = [
            Entry::new("port", Item::plain(80)),
            Entry::new("volumes", Item::Map(vec![Entry::new("data", Item::text("/data"))]))
                .with(["why it is so".to_owned()]),
            Entry::new("settings", Item::Map(vec![Entry::new("REQUIRED", Item::Nothing)])),
            Entry::new("command", Item::texts(["sh", "-c", "echo: a", "yes"])),
        ];
        assert_eq!(
            text(&entries),
            "port: 80\n# why it is so\nvolumes: {data: /data}\nsettings: {REQUIRED: }\n\
             command: [sh, -c, \"echo: a\", \"yes\"]\n"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(texts in proptest::collection::vec("[ -~é\n\t]{0,30}", 1..9)) {
            let map = texts.iter().enumerate();
            let map = map.map(|(at, text)| Entry::new(format!("k{at}"), Item::text(text)));
            let entries = [
                Entry::new("list", Item::texts(&texts)),
                Entry::new("map", Item::Map(map.collect())),
            ];
            let written = text(&entries);
            let node = crate::yaml::parse(0, &written).unwrap();
            for (at, text) in texts.iter().enumerate() {
                let item = node.get("list").and_then(|list| list.sequence()?.get(at)?.scalar());
                prop_assert_eq!(item.map(|item| &item.text), Some(text), "{}", written);
                let value = node.get("map").and_then(|map| map.get(&format!("k{at}"))?.scalar());
                prop_assert_eq!(value.map(|item| &item.text), Some(text), "{}", written);
            }
        }
    }
}
