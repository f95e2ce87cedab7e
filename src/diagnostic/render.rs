//! Diagnostics drawn as rustc draws them: message, place, one line of excerpt, help.

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::{Diagnostic, Position, Problems, Sources};

impl Sources {
    /// One mistake with its excerpt, without colour, without a line break at the end.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let primary = diagnostic.at.and_then(|at| Shown::of(self, at, diagnostic.secret));
        let noted = |(at, words): &'_ (Position, String)| {
            Shown::of(self, *at, diagnostic.secret).map(|shown| (shown, words.clone()))
        };
        let notes: Vec<(Shown<'_>, String)> = diagnostic.notes.iter().filter_map(noted).collect();
        let title = Level::ERROR.primary_title(&diagnostic.message).id(diagnostic.code);
        let mut group = title.elements(
            primary.iter().map(|shown| shown.snippet(AnnotationKind::Primary, None)),
        );
        for (shown, words) in &notes {
            group = group.element(shown.snippet(AnnotationKind::Context, Some(words)));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        let rendered = Renderer::plain().render(&[group]);
        primary
            .iter()
            .chain(notes.iter().map(|(shown, _)| shown))
            .fold(rendered, |rendered, shown| shown.with_true_column(&rendered))
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

/// A line that is shown, with its place before anything of it was masked.
struct Shown<'a> {
    name: &'a str,
    at: Position,
    excerpt: Excerpt,
}

impl<'a> Shown<'a> {
    fn of(sources: &'a Sources, at: Position, hide: bool) -> Option<Self> {
        let excerpt = Excerpt::of(sources.text(at.source), at, hide)?;
        Some(Self { name: sources.name(at.source), at, excerpt })
    }

    fn snippet(&self, kind: AnnotationKind, words: Option<&'a str>) -> Snippet<'_, Annotation<'_>> {
        let line = usize::try_from(self.at.line).unwrap_or_default();
        let annotation = kind.span(self.excerpt.mark.clone()).label(words);
        Snippet::source(&self.excerpt.line).line_start(line).path(self.name).annotation(annotation)
    }

    /// The renderer counts columns in the masked line; people need those of the file.
    fn with_true_column(&self, rendered: &str) -> String {
        let Position { line, column, .. } = self.at;
        let masked = self.excerpt.line.get(..self.excerpt.mark.start).unwrap_or_default();
        let counted = format!("{}:{line}:{}\n", self.name, masked.chars().count() + 1);
        rendered.replacen(&counted, &format!("{}:{line}:{column}\n", self.name), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_like_rustc() {
        let mut sources = Sources::new();
        let id = sources.add("portcullis.yaml", "a: 1\nservices: {DB_PASSWORD: hunter2, prot: 3}\n");
        let at = |line, column, length| Position { source: id, line, column, length };
        let d = Diagnostic::at(at(2, 34, 4), "unknown-key", "a service has no key `prot`").help("did you mean `port`?").note(at(1, 1, 1), "first here");
        println!("{}", sources.render(&d));
        println!("{}", sources.render(&Diagnostic::nowhere("x", "y\u{1b}[31m").help("a\nb")));
        println!("{}", sources.render(&Diagnostic::at(at(3, 1, 0), "x", "y")));
        println!("{}", sources.render(&Diagnostic::at(at(30, 1, 0), "x", "y")));
    }
}
