//! What people read about a control: in `explain`, in the documentation, as a SARIF rule.

use std::fmt;

use super::{Section, Severity};

/// A control's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Stable, kebab-case; used in exceptions and reports.
    pub id: &'static str,
    /// The wanted condition: "The root file system is read-only".
    pub title: &'static str,
    /// The section of the report that it belongs to.
    pub section: Section,
    /// How much a violation gives away, where somebody wrote it.
    pub severity: Severity,
    /// Markdown: why the condition is wanted.
    pub why: &'static str,
    /// YAML that shows it: what is generated, what is refused, or what a person writes.
    pub example: &'static str,
    /// What it satisfies elsewhere.
    pub references: &'static [&'static str],
    /// Where the mended condition shows in the generated files.
    pub enforced_in: &'static str,
    /// True where a value that a person wrote in a description is refused instead of mended.
    pub refuses: bool,
    /// True where only people can fulfil it, outside of what is generated: a stack that gives no
    /// reason to ask for it has no line about it, since no code earns one.
    pub by_people: bool,
}

/// Markdown, from the second level of headings on.
impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n\n**{}.** {}\n", self.id, self.title, self.why)?;
        writeln!(f, "```yaml\n{}\n```\n", self.example.trim_end())?;
        writeln!(f, "- Section: {}", self.section.title())?;
        writeln!(f, "- Severity: {}: {}", self.severity.word(), self.severity.reason())?;
        writeln!(f, "- Enforced in: {}", self.enforced_in)?;
        if self.refuses {
            writeln!(f, "- A value that a description states against it is refused.")?;
        }
        if self.by_people {
            writeln!(
                f,
                "- Fulfilled by people: a line only where the stack gives a reason for it"
            )?;
        }
        writeln!(f, "- References: {}", self.references.join("; "))
    }
}
