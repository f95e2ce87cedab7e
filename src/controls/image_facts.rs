//! What is only believed of an image is said.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::Stack;

/// What is used of a known image was seen at work.
pub(super) struct ImageFacts;

impl Control for ImageFacts {
    fn page(&self) -> &'static Page {
        &Page {
            id: "image-facts",
            title: "What is used of a known image was seen at work",
            section: Section::Images,
            severity: Severity::Info,
            why: "A known image brings its user, paths and health check from its own sources. Some \
                  of these facts were not found there, or no engine has shown them yet: a program \
                  that stops at its first start may have met one. What the description says \
                  itself replaces such a fact.",
            example: indoc! {"
                services:
                  grafana:
                    use: 'grafana/grafana:12.1.0'
                    user: '472:0'
            "},
            references: &["OWASP Docker rule 2", "OWASP Docker rule 8"],
            enforced_in: "the first start",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(fact, words): (&String, &String)| {
                Found::unsaid(format!("no engine has shown its `{fact}`: {words}"), ADVICE)
            };
            service.unproven.iter().map(found).collect::<Vec<_>>()
        })
    }
}

const ADVICE: &str = "watch the first start; what is wrong can be said in the description";

#[cfg(test)]
mod tests {
    use super::super::contract::{db, places};
    use super::*;

    #[test]
    fn fires_on_a_fact_that_nothing_has_shown() {
        let believe = |s: &mut Stack| {
            db(s).unproven.insert("user".to_owned(), "the number was not read".to_owned());
        };
        assert_eq!(places(&ImageFacts, believe), "service db");
    }

    #[test]
    fn spares_what_was_shown() {
        assert_eq!(places(&ImageFacts, |_| {}), "");
    }
}
