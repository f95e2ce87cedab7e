//! One line of a source with everything masked that may be a secret.

use std::ops::Range;

use super::Position;
use super::masking::Masking;

/// What stands for a masked text, whatever its length.
const MASK: &str = "***";
/// A file with a longer line was not written by hand; none of it is shown.
const LONGEST: usize = 10_000;
/// Longest excerpt in characters; a longer line is cut around the mark.
const WIDEST: usize = 160;

/// A line that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, masked.
    pub(super) line: String,
    /// The marked bytes of it.
    pub(super) mark: Range<usize>,
}

impl Excerpt {
    /// The line of `position`; `hide` masks the marked text itself. `None` where it cannot be
    /// shown: it is not there, or the file is no file of lines.
    pub(super) fn of(text: &str, position: Position, hide: bool) -> Option<Self> {
        let number = usize::try_from(position.line).ok()?.checked_sub(1)?;
        if text.split('\n').nth(number).is_none() || text.split('\n').any(|l| l.len() > LONGEST) {
            return None;
        }
        let mut masking = Masking::of(text);
        let (line, mut masked) = text
            .split('\n')
            .take(number + 1)
            .map(|line| line.trim_end_matches('\r'))
            .fold(("", Vec::new()), |_, line| (line, masking.line(line)));
        let mark = bytes(line, position);
        if hide {
            masked.push(if mark.is_empty() { mark.start..line.len() } else { mark.clone() });
        }
        Some(Self::masked(line, mark, masked).narrowed())
    }

    fn masked(line: &str, mark: Range<usize>, mut masked: Vec<Range<usize>>) -> Self {
        masked.sort_by_key(|range| (range.start, range.end));
        let mut shown = String::new();
        let (mut from, mut to) = (None, None);
        let mut at = 0;
        for range in masked {
            if range.end <= at || range.is_empty() {
                continue;
            }
            copy(line, at..range.start.max(at), &mark, &mut shown, (&mut from, &mut to));
            let start = shown.len();
            shown.push_str(MASK);
            if range.contains(&mark.start) {
                from.get_or_insert(start);
            }
            if mark.end > range.start && mark.end <= range.end {
                to.get_or_insert(shown.len());
            }
            at = range.end;
        }
        copy(line, at..line.len(), &mark, &mut shown, (&mut from, &mut to));
        let from = from.unwrap_or(shown.len());
        let to = to.unwrap_or(from).max(from);
        Self { line: shown, mark: from..to }
    }

    /// At most [`WIDEST`] characters, with the mark among them.
    fn narrowed(self) -> Self {
        if self.line.chars().count() <= WIDEST {
            return self;
        }
        let before = self.line.get(..self.mark.start).unwrap_or_default();
        let skipped = before.chars().count().saturating_sub(WIDEST / 4);
        let byte = |characters: usize| {
            self.line.char_indices().nth(characters).map_or(self.line.len(), |(at, _)| at)
        };
        let (start, end) = (byte(skipped), byte(skipped + WIDEST));
        let line = self.line.get(start..end).unwrap_or_default().to_owned();
        let mark =
            self.mark.start.saturating_sub(start)..self.mark.end.min(end).saturating_sub(start);
        Self { line, mark }
    }
}

/// Copy a part of the line, noting where the mark begins and ends in the copy.
fn copy(
    line: &str,
    part: Range<usize>,
    mark: &Range<usize>,
    shown: &mut String,
    (from, to): (&mut Option<usize>, &mut Option<usize>),
) {
    let base = shown.len();
    if (part.start..=part.end).contains(&mark.start) {
        from.get_or_insert(base + mark.start - part.start);
    }
    if (part.start..=part.end).contains(&mark.end) && mark.end > part.start {
        to.get_or_insert(base + mark.end - part.start);
    }
    shown.push_str(line.get(part).unwrap_or_default());
}

/// The marked bytes of a line.
fn bytes(line: &str, position: Position) -> Range<usize> {
    let index = |characters: u32| {
        let characters = usize::try_from(characters).unwrap_or(usize::MAX);
        line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at)
    };
    let first = position.column.saturating_sub(1);
    index(first)..index(first.saturating_add(position.length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::looks_secret;

    fn shown(text: &str, line: u32) -> String {
        let position = Position { line, column: 1, ..Position::default() };
        Excerpt::of(text, position, false).unwrap().line
    }

    #[test]
    fn what_names_or_looks_like_a_secret_is_masked() {
        for (text, expected) in [
            ("DB_PASSWORD: hunter2", "DB_PASSWORD: ***"),
            ("- DB_PASSWORD=hunter2", "- DB_PASSWORD=***"),
            ("a: {API_KEY: 'it''s', b: c}", "a: {API_KEY: '***', b: c}"),
            ("a: {\"API_KEY\": [x, y], b: c}", "a: {\"API_KEY\": [***, ***], b: c}"),
            ("command: [run, --password, hunter2, -v]", "command: [run, --password, ***, -v]"),
            ("url: postgres://app:hunter2@db/x", "url: postgres://***@db/x"),
            ("x: zX9$kLm2Qw8!pRt5Vb7nYc3 y", "x: *** y"),
            ("a: b # TOKEN: hunter2", "a: b # TOKEN: ***"),
            ("session_key: {generate: {length: 43}}", "session_key: {generate: {length: 43}}"),
            ("u: \"redis://a:{{ redis_a }}@redis\"", "u: \"redis://a:{{ redis_a }}@redis\""),
        ] {
            assert_eq!(shown(text, 1), expected, "{text}");
        }
    }

    /// What people meet most: a mistake beside something harmless whose name, or whose entry's name,
    /// ends like a secret's.
    #[test]
    fn what_is_harmless_beside_a_mistake_is_shown() {
        for line in [
            "settings: {LOG_LEVEL: debug, TLS_KEY: /run/secrets/tls_key}",
            "env_secrets: {SESSION_KEY: session_key}",
            "staff: {client_secret: session_key, groups: x}",
            "session_key: {template: \"{{ other }}\"}",
            "session_key: {template: \"redis://a:{{ other }}@redis:6379/0\"}",
            "session_key: {provided: yes, readers: people}",
            "routes: {/oauth/token: {auth: none, rate: login}}",
            "api-token: {image: \"valkey:8\", port: http, health: x}",
        ] {
            let text = format!("{line}\nsecrets:\n  # why\n  session_key: {{provided: true}}\n");
            assert_eq!(shown(&text, 1), line);
        }
    }

    #[test]
    fn only_what_is_known_to_be_harmless_is() {
        for line in [
            "env_secrets: {SESSION_KEY: hunter2}",
            "settings: {TLS_KEY: /hunter2/x}",
            "settings: {TLS_KEY: /run/aB3dE5fG7hJ9kL1mN3pQ5rS7}",
            "session_key: {template: \"{{ other }}hunter2\"}",
            "session_key: {template: \"redis://a:hunter2@{{ url }}\"}",
            "session_key: {template: \"https://hunter2@{{ other }}/\"}",
            "session_key: {value: hunter2}",
            "api-token: {needs: [hunter2]}",
        ] {
            let text = format!("{line}\nsecrets:\n  session_key:\n    hunter2: x\nname: y\n");
            let shown = shown(&text, 1);
            assert!(shown.contains(MASK) && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn secrets_are_followed_over_lines() {
        for (text, line) in [
            ("TOKEN: |\n  hunter2\n  hunter2", 3),
            ("a:\n  TOKEN: \"one\n  hunter2\"", 3),
            ("TOKEN:\n  hunter2", 2),
            ("TOKEN:\nhunter2", 2),
            ("TOKEN:\n- hunter2", 2),
            ("TOKEN: [\n  a,\n  hunter2\n]", 3),
            ("a: {TOKEN:\n hunter2}", 2),
            ("a:\n  - TOKEN: one\n      hunter2", 3),
            ("TOKEN: {\nvalue: hunter2}", 2),
        ] {
            let shown = shown(text, line);
            assert!(!shown.contains("hunter2") && shown.contains(MASK), "{text:?} {shown}");
        }
        assert_eq!(shown("TOKEN: |\n  x\nnext: line", 3), "next: line");
        assert_eq!(shown("a:\n  TOKEN: x\n  b: line", 3), "  b: line");
    }

    #[test]
    fn the_mark_follows_its_text() {
        let at = |column, length| {
            let position = Position { line: 1, column, length, source: 0 };
            let excerpt = Excerpt::of("{API_KEY: hunter2, prot: 1}", position, false).unwrap();
            excerpt.line.get(excerpt.mark).unwrap().to_owned()
        };
        assert_eq!(at(20, 4), "prot");
        assert_eq!(at(11, 7), MASK);
        assert_eq!(at(12, 2), MASK);
        assert_eq!(at(2, 7), "API_KEY");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}: x", "abc ".repeat(1000));
        let position = Position { line: 1, column: 2001, length: 3, source: 0 };
        let excerpt = Excerpt::of(&text, position, false).unwrap();
        assert_eq!(excerpt.line.chars().count(), WIDEST);
        assert_eq!(excerpt.line.get(excerpt.mark), Some("abc"));
    }

    fn layouts(name: &str, value: &str) -> Vec<String> {
        let double = format!("{value:?}");
        let single = format!("'{}'", value.replace('\'', "''"));
        [double.as_str(), single.as_str(), value]
            .iter()
            .flat_map(|value| {
                [
                    format!("{name}: {value}"),
                    format!("a:\n  b:\n    {name}: {value} # why"),
                    format!("a: {{b: c, {name}: {value}, d: e}}"),
                    format!("a:\n  - {name}: {value}\n    b: c"),
                    format!("{name}:\n  {value}"),
                    format!("a: [x, {{{name}: {value}}}]"),
                    format!("{name}: {value}\nb: [\n"),
                ]
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_excerpt_shows_a_secret(
            name in "[A-Z_]{0,6}(PASSWORD|SECRET|TOKEN|KEY|DSN|_URL|_NAME)",
            value in prop_oneof![
                "[A-Za-z0-9!%&*+./:=?@^_~-]{8,40}",
                "[a-z]{2,8}://[a-z]{1,5}:[A-Za-z0-9]{4,12}@[a-z]{2,8}/[a-z]{0,5}",
                "[a-z0-9]{20,60}",
            ],
        ) {
            prop_assume!(looks_secret(&name, &value));
            for text in layouts(&name, &value) {
                for line in 1..=text.lines().count() {
                    let shown = shown(&text, u32::try_from(line).unwrap());
                    prop_assert!(!shown.contains(&value), "{text:?} {shown:?}");
                }
            }
        }

        #[test]
        fn any_text_and_place_can_be_shown(text in "\\PC{0,40}(\n\\PC{0,40}){0,3}", line in 0u32..6, column in 0u32..50, length in 0u32..50) {
            let position = Position { line, column, length, source: 0 };
            if let Some(excerpt) = Excerpt::of(&text, position, true) {
                prop_assert!(excerpt.line.get(excerpt.mark).is_some());
            }
        }
    }
}
