//! Files that are no descriptions, and texts that nobody would write.

use camino::Utf8Path;
use portcullis::description::load;
use proptest::prelude::*;

use super::{mistakes, report};

#[test]
fn files_that_are_no_description_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| Utf8Path::from_path(folder.path()).unwrap().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
    write("latin1.yaml", b"name: x\n# caf\xe9\n");
    write("utf16.yaml", b"\xff\xfen\0a\0m\0e\0");
    let huge = std::fs::File::create(path("huge.yaml")).unwrap();
    huge.set_len(50 << 20).unwrap();
    for (name, code, message) in [
        ("missing.yaml", "missing-file", "there is no"),
        (".", "not-a-file", "is a folder"),
        ("latin1.yaml", "not-utf-8", "latin1.yaml:2:6: byte 14 of the file is no UTF-8"),
        ("utf16.yaml", "not-utf-8", "utf16.yaml:1:1: byte 1"),
        ("huge.yaml", "file-too-large", "is larger than the 4 MiB that are read"),
    ] {
        let error = load(&path(name), 0).unwrap_err();
        assert_eq!(error.code, code);
        assert!(error.message.contains(message), "{}", error.message);
    }
}

#[test]
fn byte_order_marks_and_windows_line_ends_are_read() {
    for text in ["\u{feff}name: x\ndomian: y\n", "name: x\r\ndomian: y\r\n"] {
        let found = mistakes(text);
        assert!(found.len() == 1 && found[0].starts_with("2:1 unknown-key"), "{found:?}");
        let (_, report) = report(text);
        assert!(report.contains("x.yaml:2:1") && report.contains("2 | domian: y\n"), "{report:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic_and_reported_inside_it(
        parts in proptest::collection::vec(prop_oneof![
            Just("name: x\n"), Just("services:\n"), Just("  app:\n"), Just("    port: "), Just("0\n"),
            Just("    routes: {/: {auth: "), Just("}}\n"), Just("secrets: {a: {template: \"{{ "), Just(" }}\"}}\n"),
            Just("environments: {dev: {"), Just("auth: {default: "), Just("é"), Just("\u{feff}"), Just("\r\n"),
            Just("*a"), Just("&a "), Just("<<: "), Just("- "), Just("["), Just("null"), Just("\0"), Just("'"),
        ], 0..30),
    ) {
        let text = parts.concat();
        let (problems, _) = report(&text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for at in problems.iter().filter_map(|d| d.at) {
            let line = text.split('\n').nth(at.line as usize - 1);
            prop_assert!(line.is_some_and(|line| (at.column + at.length) as usize <= line.chars().count() + 2));
        }
    }
}
