//! Diagnostics drawn as rustc draws them: message, place, one line of excerpt, help.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::suggest::is_invisible;
use super::{Diagnostic, Position, Problems, Sources};

impl Sources {
    /// One mistake with its excerpt, without colour, without a line break at the end.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let shown = |at: Position| Shown::of(self, at, diagnostic.secret);
        let primary = diagnostic.at.map(shown);
        let notes = diagnostic.notes.iter().map(|(at, words)| (shown(*at), words.as_str()));
        let notes: Vec<(Shown<'_>, &str)> = notes.collect();
        let message = inert(&diagnostic.message);
        let help = diagnostic.help.as_deref().map(inert);
        if primary.is_none() && notes.is_empty() {
            // Nothing to frame: the renderer would draw the bar of an excerpt that is not there.
            let help = help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
            return format!("error[{}]: {message}{help}", diagnostic.code);
        }
        let title = Level::ERROR.primary_title(message).id(diagnostic.code);
        let mut group = title
            .elements(primary.iter().map(|shown| shown.element(AnnotationKind::Primary, None)));
        for (shown, words) in &notes {
            group = group.element(shown.element(AnnotationKind::Context, Some(words)));
        }
        if let Some(help) = help {
            group = group.element(Level::HELP.message(help));
        }
        let rendered = Renderer::plain().render(&[group]);
        primary
            .iter()
            .chain(notes.iter().map(|(shown, _)| shown))
            .fold(rendered, |rendered, shown| shown.with_true_column(rendered))
    }

    /// Every mistake, in order, and how many there are.
    pub fn report(&self, problems: &Problems) -> String {
        let mut report = String::new();
        for diagnostic in problems.iter() {
            report.push_str(&self.render(diagnostic));
            report.push_str("\n\n");
        }
        let more = match problems.unshown() {
            0 => String::new(),
            unshown => format!(", of which {unshown} are not shown"),
        };
        match problems.len() {
            1 => report.push_str("1 mistake\n"),
            count => report.push_str(&format!("{count} mistakes{more}\n")),
        }
        report
    }
}

/// Text that a terminal only shows. The renderer does the same to titles and excerpts.
fn inert(text: &str) -> String {
    let spell = |c: char| (is_invisible(c) && c != '\n').then(|| c.escape_unicode());
    text.chars().fold(String::new(), |mut shown, c| {
        match spell(c) {
            Some(spelled) => shown.extend(spelled),
            None => shown.push(c),
        }
        shown
    })
}

/// A line that is shown, with its place before anything of it was masked.
struct Shown<'a> {
    name: &'a str,
    at: Position,
    excerpt: Option<Excerpt>,
}

impl<'a> Shown<'a> {
    fn of(sources: &'a Sources, at: Position, hide: bool) -> Self {
        let source = sources.get(at.source).filter(|source| !source.hidden);
        let excerpt = source.and_then(|source| Excerpt::of(&source.text, at, hide));
        Self { name: sources.name(at.source), at, excerpt }
    }

    fn element(&self, kind: AnnotationKind, words: Option<&'a str>) -> Element<'_> {
        let size = |number| usize::try_from(number).unwrap_or_default();
        let (line, column) = (size(self.at.line), size(self.at.column));
        match &self.excerpt {
            None => Origin::path(self.name).line(line).char_column(column).into(),
            Some(Excerpt { line: text, mark }) => {
                let annotation = kind.span(mark.clone()).label(words);
                Snippet::source(text).line_start(line).path(self.name).annotation(annotation).into()
            }
        }
    }

    /// The renderer counts columns in the masked line; people need those of the file.
    fn with_true_column(&self, rendered: String) -> String {
        let Some(Excerpt { line: text, mark }) = &self.excerpt else { return rendered };
        let Position { line, column, .. } = self.at;
        let masked = text.get(..mark.start).unwrap_or_default().chars().count() + 1;
        let place = |column: usize| format!("{}:{line}:{column}\n", self.name);
        rendered.replacen(&place(masked), &place(usize::try_from(column).unwrap_or_default()), 1)
    }
}

#[cfg(test)]
mod tests {
    use indoc::indoc;

    use super::*;

    const TEXT: &str = "first: 1\nservices: {DB_PASSWORD: hunter2, prot: 3}\n";

    fn draw(diagnostic: Diagnostic) -> String {
        let mut sources = Sources::new();
        sources.add("portcullis.yaml", TEXT);
        sources.render(&diagnostic) + "\n"
    }

    fn at(line: u32, column: u32, length: u32) -> Position {
        Position { source: 0, line, column, length }
    }

    #[test]
    fn one_line_at_its_true_column_without_the_secret() {
        let diagnostic = Diagnostic::at(at(2, 34, 4), "unknown-key", "a service has no key `prot`")
            .help("did you mean `port`?")
            .note(at(1, 1, 5), "beside this");
        let expected = indoc! {"
            error[unknown-key]: a service has no key `prot`
             --> portcullis.yaml:2:34
              |
            2 | services: {DB_PASSWORD: ***, prot: 3}
              |                              ^^^^
              |
             ::: portcullis.yaml:1:1
              |
            1 | first: 1
              | ----- beside this
              |
              = help: did you mean `port`?
        "};
        assert_eq!(draw(diagnostic), expected);
    }

    #[test]
    fn of_a_hidden_text_the_place_is_told() {
        let mut sources = Sources::new();
        sources.add_hidden("x.env", "machine x password hunter2");
        let drawn = sources.render(&Diagnostic::at(at(1, 9, 1), "x", "y"));
        assert!(drawn.contains("x.env:1:9") && !drawn.contains("hunter2"), "{drawn}");
    }

    #[test]
    fn what_has_no_place_has_no_frame() {
        let diagnostic = Diagnostic::nowhere("unknown-environment", "there is none").help("look");
        assert_eq!(draw(diagnostic), "error[unknown-environment]: there is none\n  help: look\n");
    }

    #[test]
    fn a_secret_mark_is_masked() {
        let drawn = draw(Diagnostic::at(at(1, 8, 1), "x", "y").secret());
        assert!(drawn.contains("first: ***"), "{drawn}");
    }

    #[test]
    fn a_place_that_cannot_be_shown_is_still_named() {
        let drawn = draw(Diagnostic::at(at(30, 7, 1), "x", "y"));
        assert!(drawn.contains("portcullis.yaml:30:7"), "{drawn}");
    }

    #[test]
    fn no_escape_sequence_reaches_the_terminal() {
        let drawn = draw(Diagnostic::nowhere("x", "a\u{1b}[31m").help("b\u{1b}[0m"));
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }

    #[test]
    fn a_report_says_how_many() {
        let mut problems = Problems::new();
        problems.extend((0..150).map(|n| Diagnostic::nowhere("x", format!("problem {n:03}"))));
        let report = Sources::new().report(&problems);
        assert!(report.contains("problem 099") && !report.contains("problem 100"));
        assert!(report.ends_with("150 mistakes, of which 50 are not shown\n"), "{report}");
    }
}
