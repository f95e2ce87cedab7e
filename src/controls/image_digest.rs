//! What runs is what was tested.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Digest, Stack};

/// Pulled images are pinned by digest.
pub(super) struct ImageDigest;

impl Control for ImageDigest {
    fn page(&self) -> &'static Page {
        &Page {
            id: "image-digest",
            title: "Pulled images are pinned by digest",
            section: Section::Images,
            severity: Severity::Low,
            why: "A tag is a name that its owner may move: a registry account that is taken over \
                  serves another program under the same version. The digest is the program itself.",
            example: indoc! {"
                services:
                  cache: {use: 'redis:8'}
                  webui: {image: 'ghcr.io/open-webui/open-webui:v0.6.22@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}
            "},
            references: &[
                "CIS Docker 4.2",
                "OWASP Docker rule 13",
                "compose-lint CL-0019",
                "SLSA Build L1",
            ],
            enforced_in: "compose.yaml: `image`; portcullis.lock: `images`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let unpinned = *service.image.digest() == Digest::Unpinned;
            (service.recipe.is_empty() && unpinned).then(|| {
                let words = format!("{} has no digest", *service.image);
                Found::in_value(&service.image, words, ADVICE)
            })
        })
    }
}

const ADVICE: &str = "write the digests that `docker buildx imagetools inspect IMAGE` prints below \
     `images:` in portcullis.lock: `IMAGE: sha256:…`";

#[cfg(test)]
mod tests {
    use super::super::contract::{db, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_tag_alone() {
        assert_eq!(places(&ImageDigest, |_| {}), "service db, service gateway");
    }

    #[test]
    fn spares_a_digest() {
        let pin = |s: &mut Stack| {
            let digest = Digest::Sha256("a".repeat(64));
            db(s).image = written(db(s).image.pinned(digest));
        };
        assert_eq!(places(&ImageDigest, pin), "service gateway");
    }
}
