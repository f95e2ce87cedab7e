//! Reading a file as Compose reads it: several documents, the tags `!reset` and `!override`, and
//! scalars as its own YAML reader takes them. Separate from the strict reading of our own files.

use serde_saphyr::options::{DuplicateKeyPolicy, Options};

use super::comments::read_past;
use super::failure::explain;
use super::parse::{Placing, RawNode};
use super::strict::{check_size, options};
use super::{Mark, Node};
use crate::diagnostic::{Diagnostic, Problems, SourceId};

/// Most documents of one file; people write one, rarely two.
const MAX_DOCUMENTS: usize = 64;

/// One document of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its tree.
    pub node: Node,
    /// What its tags say, in the order of the file.
    pub marks: Vec<Mark>,
}

/// Read every document of a file; null documents are left out. What is wrong is reported.
pub fn parse_documents(source: SourceId, text: &str, problems: &mut Problems) -> Vec<Document> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = check_size(text).and_then(|()| {
        read_past(text, |text| serde_saphyr::from_multiple_with_options::<RawNode>(text, lenient()))
            .map_err(|error| explain(&error, source, text))
    });
    match read {
        Ok(documents) => {
            documents.into_iter().map(|raw| document(source, text, raw, problems)).collect()
        }
        Err(diagnostic) => {
            problems.add(Diagnostic { code: diagnostic.code, ..diagnostic });
            Vec::new()
        }
    }
}

fn document(source: SourceId, text: &str, raw: RawNode, problems: &mut Problems) -> Document {
    let mut placing = Placing::new(source, text, problems);
    placing.compose = Some(Vec::new());
    let node = placing.node(raw);
    Document { node, marks: placing.compose.unwrap_or_default() }
}

/// As much as our own files may hold, but with tags, more documents, and indentation as it comes.
fn lenient() -> Options {
    let mut options = options(DuplicateKeyPolicy::PassThrough);
    options.reject_unsupported_tags = false;
    options.strict_indentation = false;
    if let Some(budget) = &mut options.budget {
        budget.max_documents = MAX_DOCUMENTS;
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Kind, Value};

    fn read(text: &str) -> (Vec<Document>, Problems) {
        let mut problems = Problems::new();
        let documents = parse_documents(0, text, &mut problems);
        (documents, problems)
    }

    #[test]
    fn tags_are_noted_where_they_stand() {
        let text = "a: !reset null\nb: {c: !override [1]}\nd: !!str 5\ne: &x !override {f: 1}\n";
        let (documents, problems) = read(text);
        assert!(problems.is_empty(), "{problems:?}");
        let marks: Vec<_> =
            documents[0].marks.iter().map(|mark| (mark.path.join("."), mark.reset)).collect();
        let expected = [("a", true), ("b.c", false), ("e", false)];
        assert_eq!(marks, expected.map(|(path, reset)| (path.to_owned(), reset)));
        let text = documents[0].node.get("d").and_then(Node::scalar);
        assert_eq!(text.map(|scalar| scalar.kind), Some(Kind::String));
    }

    #[test]
    fn merged_maps_keep_their_tags() {
        let (documents, problems) = read("x: &x {a: !reset 1, b: 2}\ns: {<<: *x, c: 3}\n");
        assert!(problems.is_empty(), "{problems:?}");
        let paths: Vec<_> = documents[0].marks.iter().map(|mark| mark.path.join(".")).collect();
        assert_eq!(paths, ["x.a", "s.a"]);
    }

    #[test]
    fn one_anchor_may_be_merged_by_very_many_services() {
        let services: String = (0..300).map(|number| format!("s{number}: {{<<: *x}}\n")).collect();
        let (documents, problems) = read(&format!("x: &x {{a: 1}}\n{services}"));
        assert!(problems.is_empty(), "{problems:?}");
        assert!(documents[0].node.get("s299").and_then(|service| service.get("a")).is_some());
    }

    #[test]
    fn comments_may_be_long() {
        // Between a key and its value the YAML crate buffers them, and at most 96.
        let run = "    # é\n".repeat(300);
        let text = format!("a:\n{run}  - b\n{run}  - c: |\n      # text\n{run}d:\n{run}  e: 5\n");
        let (documents, problems) = read(&text);
        assert!(problems.is_empty(), "{problems:?}");
        let root = &documents[0].node;
        let five = root.get("d").and_then(|d| d.get("e")).unwrap();
        assert_eq!(five.at.line, 1206);
        assert_eq!(root.get("a").and_then(Node::sequence).map(<[Node]>::len), Some(2));
        let short = format!("a:\n{run}  - [\n");
        assert_eq!(read(&short).1.len(), 1, "a mistake behind them is told");
    }

    #[test]
    fn strangers_and_keys_that_are_no_text_are_refused() {
        for (text, line) in [("a: !secret x", 1), ("a: 1\n8080: x", 2), ("a: {true: x}", 1)] {
            let (_, problems) = read(text);
            let at = problems.iter().next().and_then(|problem| problem.at);
            assert_eq!(at.map(|at| at.line), Some(line), "{text}");
        }
        assert!(read("'8080': x\non: y\n").1.is_empty());
    }

    #[test]
    fn documents_are_read_in_their_order() {
        let (documents, problems) = read("---\na: 1\n---\n---\nb: 2\n");
        assert!(problems.is_empty(), "{problems:?}");
        let keys: Vec<_> = documents
            .iter()
            .filter_map(|document| match &document.node.value {
                Value::Mapping(entries) => Some(entries[0].0.text.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(keys, ["a", "b"]);
    }
}
