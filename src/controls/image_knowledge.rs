//! What nobody knows of an image is said, with what to write once somebody does.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Role, Runtime, Service, Stack, Unknown};

/// It is known what each image needs.
pub(super) struct ImageKnowledge;

impl Control for ImageKnowledge {
    fn page(&self) -> &'static Page {
        &Page {
            id: "image-knowledge",
            title: "It is known what each image needs",
            section: Section::Images,
            severity: Severity::Low,
            why: "Who runs an image, which paths it writes and how it starts decide how tightly it \
                  can be held. What a description calls `unknown:` stays as open as such an image \
                  may need; of any other image the user, the volumes and the paths are assumptions, \
                  and a program that needs something else stops at its first start.",
            example: indoc! {"
                services:
                  shop:
                    image: 'registry.example.com/shop:4.2'
                    unknown: [user, writes]  # until `portcullis probe` has shown it
                  forum:
                    image: 'registry.example.com/forum:2.0'
                    user: '1000:1000'
                    writable: [/var/cache/forum]
            "},
            references: &["OWASP Docker rule 2", "OWASP Docker rule 3", "OWASP Docker rule 8"],
            enforced_in: "the description: `user`, `writable`, `volumes`, `entrypoint`",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| (!service.unknown.is_empty()).then(|| found(service)))
    }
}

fn found(service: &Service) -> Found {
    let unknown = &service.unknown;
    let own = service.recipe.iter().find(|recipe| recipe.runtime == Runtime::Own);
    let of_its_words = unknown.contains(&Unknown::User) || unknown.contains(&Unknown::Writes);
    let (image, shown) = match own {
        Some(recipe) => ("its image".to_owned(), format!("{} shows it", recipe.dockerfile)),
        // A base that we know: only what it is told to run is not known.
        None if of_its_words && matches!(service.role, Role::Known(_)) => {
            let words = format!("what {} is told to run", *service.image);
            (words, "a look at its command shows it".to_owned())
        }
        None => {
            let image = service.image.to_string();
            let shown = format!("`portcullis probe {image}` shows it");
            (image, shown)
        }
    };
    if unknown.contains(&Unknown::Unsaid) {
        let words = format!("nobody knows {image}: its user, volumes and paths are assumptions");
        let advice = format!("{shown}: write `user:`, `volumes:` and `writable:` as it needs them");
        return Found::from(&service.origin, words, advice);
    }
    let words: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let words = format!("nobody knows yet of {image} {}", listed(&words));
    let shown = match unknown.iter().all(|one| *one == Unknown::Version) {
        true => "its registry lists its versions".to_owned(),
        false => shown,
    };
    let advice = format!(
        "{shown}: write {}, then remove `unknown:`",
        listed(&unknown.iter().map(|one| answer(*one).to_owned()).collect::<Vec<_>>())
    );
    Found::from(&service.origin, words, advice)
}

/// The keys that say what is not known.
fn answer(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::User | Unknown::Unsaid => "`user: 'UID:GID'`",
        Unknown::Writes => "`writable: [/PATH]`",
        Unknown::Start => "`entrypoint: [PROGRAM]`",
        Unknown::Version => "the version that was tested behind the image's name, `NAME:VERSION`",
    }
}

fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, places};
    use super::*;

    #[test]
    fn fires_on_what_nobody_knows() {
        let ignorant = |s: &mut Stack| {
            app(s).unknown.insert(Unknown::User);
            db(s).unknown.insert(Unknown::Unsaid);
        };
        assert_eq!(places(&ImageKnowledge, ignorant), "service app, service db");
    }

    #[test]
    fn spares_what_is_known() {
        assert_eq!(places(&ImageKnowledge, |_| {}), "");
    }

    #[test]
    fn says_what_to_write_instead() {
        let mut stack = crate::stack::testing::sample();
        db(&mut stack).unknown =
            std::collections::BTreeSet::from([Unknown::User, Unknown::Writes, Unknown::Start]);
        let found = ImageKnowledge.check(&stack).remove(0);
        assert!(found.found.ends_with("who runs it, which paths it writes and how it starts"));
        assert_eq!(
            found.advice.split_once(": ").unwrap().1,
            "write `user: 'UID:GID'`, `writable: [/PATH]` and `entrypoint: [PROGRAM]`, then remove `unknown:`"
        );
    }
}
