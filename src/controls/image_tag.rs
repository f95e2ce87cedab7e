//! An image is chosen, not whatever is newest.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::Stack;

/// No image follows a moving tag.
pub(super) struct ImageTag;

impl Control for ImageTag {
    fn page(&self) -> &'static Page {
        &Page {
            id: "image-tag",
            title: "No image follows a moving tag",
            section: Section::Images,
            severity: Severity::Medium,
            why: "`latest`, or no tag, is another program on each machine and after each pull: \
                  nobody chose it, tested it, or can go back to it.",
            example: indoc! {"
                services:
                  webui: {image: 'ghcr.io/open-webui/open-webui:v0.6.22'}
            "},
            references: &[
                "CIS Docker 4.2",
                "OWASP Docker rule 13",
                "compose-lint CL-0004",
                "dclint service-image-require-explicit-tag",
                "hadolint DL3006",
                "hadolint DL3007",
            ],
            enforced_in: "compose.yaml: `image`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (service.recipe.is_empty() && service.image.is_floating()).then(|| {
                Found::in_value(
                    &service.image,
                    format!("{} follows whatever is newest", *service.image),
                    "write a version as tag, `NAME:VERSION`",
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, places};
    use super::*;
    use crate::stack::{ImageReference, testing::written};

    #[test]
    fn fires_on_latest_and_on_no_tag() {
        for text in ["postgres", "postgres:latest"] {
            assert_eq!(places(&ImageTag, |s| pull(s, text)), "service db", "{text}");
        }
    }

    #[test]
    fn spares_a_version_and_what_is_built() {
        assert_eq!(places(&ImageTag, |s| pull(s, "postgres:17")), "");
        let built = |s: &mut Stack| app(s).image = written(ImageReference::parse("app").unwrap());
        assert_eq!(places(&ImageTag, built), "");
    }

    fn pull(stack: &mut Stack, text: &str) {
        db(stack).image = written(ImageReference::parse(text).unwrap());
    }
}
