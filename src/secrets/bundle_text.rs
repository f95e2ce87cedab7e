//! The bundle's form in a file, `secrets/ENV.yaml`. Stands alone because the form is read
//! strictly, written by one rule, and merged by version control.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_saphyr::LitString;
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::Bundle;
use super::bundle::{Entry, Kind, Known};
use crate::stack::{EnvironmentName, Seconds, SecretName};

/// The version of the form.
const VERSION: u32 = 1;

/// No bundle is larger than this many bytes.
const MOST: usize = 8 << 20;

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

const OPENING: &str = "\
# Sealed values of one environment, each for its recipients with age (age-encryption.org).\n\
# Commit this file. `portcullis secrets` changes it; no entry depends on another.\n";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error(
        "line {0} is a merge conflict: keep both sides' entries, remove the marker lines, and \
         where one name stands twice keep the one whose value is in use"
    )]
    Conflict(usize),
    #[error("is larger than {} MiB, which no bundle is", MOST >> 20)]
    TooLarge,
    #[error("is not a bundle: {0}")]
    Form(String),
    #[error("has version {0}; this portcullis knows version {VERSION}: use a newer one")]
    Version(u32),
    #[error("belongs to the environment `{0}`")]
    OtherEnvironment(String),
    #[error("{name}: {what}")]
    Entry { name: String, what: String },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBundle {
    version: u32,
    environment: String,
    secrets: BTreeMap<String, WrittenEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    kind: Kind,
    created: String,
    rotated: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rotate_after: String,
    recipients: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<LitString>,
    sealed: LitString,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<LitString>,
}

impl Bundle {
    /// Reads the text of a bundle and checks that it is that of `environment`.
    pub fn parse(text: &str, environment: &EnvironmentName) -> Result<Self, BundleError> {
        if text.len() > MOST {
            return Err(BundleError::TooLarge);
        }
        if let Some(line) = conflict(text) {
            return Err(BundleError::Conflict(line));
        }
        let written: WrittenBundle = read(text)?;
        if written.version != VERSION {
            return Err(BundleError::Version(written.version));
        }
        if written.environment != environment.as_str() {
            return Err(BundleError::OtherEnvironment(written.environment));
        }
        let entries = written.secrets.into_iter().map(|(name, entry)| {
            let fault = |what: String| BundleError::Entry { name: name.clone(), what };
            let known = SecretName::new(name.as_str()).map_err(|error| fault(error.to_string()))?;
            Ok((known, entry.read().map_err(fault)?))
        });
        let entries = entries.collect::<Result<_, BundleError>>()?;
        Ok(Self { environment: environment.clone(), entries })
    }

    /// The text of the bundle: sorted by name, the same bytes for the same content.
    pub fn to_text(&self) -> Result<String, BundleError> {
        let secrets = self.entries.iter();
        let written = WrittenBundle {
            version: VERSION,
            environment: self.environment.to_string(),
            secrets: secrets.map(|(name, entry)| (name.to_string(), entry.written())).collect(),
        };
        let body = serde_saphyr::to_string(&written);
        let body = body.map_err(|error| BundleError::Form(error.to_string()))?;
        Ok(format!("{OPENING}{body}"))
    }
}

impl WrittenEntry {
    fn read(self) -> Result<Entry, String> {
        let rotate_after = match self.rotate_after.as_str() {
            "" => Seconds(0),
            text => Seconds::parse(text).map_err(|error| format!("rotate_after {error}"))?,
        };
        let text = |text: Option<LitString>| text.map(|LitString(text)| text).unwrap_or_default();
        let previous = text(self.previous);
        let known = Known {
            kind: self.kind,
            created: day(&self.created)?,
            rotated: day(&self.rotated)?,
            rotate_after,
            recipients: self.recipients,
            public: text(self.public),
            has_previous: !previous.is_empty(),
        };
        Ok(Entry { known, sealed: self.sealed.0, previous })
    }
}

impl Entry {
    fn written(&self) -> WrittenEntry {
        let Known { kind, created, rotated, rotate_after, recipients, public, has_previous: _ } =
            &self.known;
        let block = |text: &str| Some(LitString(text.to_owned())).filter(|_| !text.is_empty());
        let rotate_after = match rotate_after {
            Seconds(0) => String::new(),
            age => age.to_string(),
        };
        WrittenEntry {
            kind: *kind,
            created: created.to_string(),
            rotated: rotated.to_string(),
            rotate_after,
            recipients: recipients.clone(),
            public: block(public),
            sealed: LitString(self.sealed.clone()),
            previous: block(&self.previous),
        }
    }
}

/// The first line of a merge conflict, from 1. `=======` alone could stand in no bundle either.
fn conflict(text: &str) -> Option<usize> {
    let marks = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let marked = |line: &str| marks.iter().any(|mark| line.starts_with(mark));
    text.lines().position(marked).map(|index| index + 1)
}

/// Reads YAML strictly. Of an error only the place and the kind are passed on: a snippet would
/// print the lines around it.
fn read(text: &str) -> Result<WrittenBundle, BundleError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map(|place| format!("line {}: ", place.line()));
        BundleError::Form(format!("{}{}", place.unwrap_or_default(), error.without_snippet()))
    })
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, DAY).map_err(|_| format!("`{text}` is no day such as 2026-11-22"))
}

#[cfg(test)]
mod tests {
    use super::super::{Deposit, Identities, Recipient, Sealing, SecretValue};
    use super::*;
    use time::macros::date;

    fn production() -> EnvironmentName {
        EnvironmentName::new("production").unwrap()
    }

    fn put(bundle: &mut Bundle, name: &str, recipients: &[Recipient]) {
        let deposit = Deposit {
            kind: Kind::Generated,
            value: &SecretValue::from("a value"),
            public: String::new(),
            rotate_after: Seconds(90 * 86_400),
        };
        let name = SecretName::new(name).unwrap();
        let sealing = Sealing { recipients, today: date!(2026 - 11 - 22) };
        bundle.put(&name, deposit, false, &sealing).unwrap();
    }

    #[test]
    fn a_bundle_reads_back_and_a_new_entry_leaves_the_others_alone() {
        let (identities, _) = Identities::generate(date!(2026 - 11 - 22));
        let recipients = identities.recipients();
        let mut bundle = Bundle::new(production());
        put(&mut bundle, "b_key", &recipients);
        put(&mut bundle, "yes", &recipients);
        let before = bundle.to_text().unwrap();
        assert_eq!(Bundle::parse(&before, &production()).unwrap(), bundle);
        assert_eq!(Bundle::parse(&before, &production()).unwrap().to_text().unwrap(), before);
        put(&mut bundle, "c_key", &recipients);
        let after = bundle.to_text().unwrap();
        let at = |text: &str, mark: &str| text.find(mark).unwrap();
        let (first, last) = (at(&before, "  \"yes\""), at(&after, "  \"yes\""));
        assert!(after.starts_with(&before[..first]));
        assert_eq!(after[last..], before[first..]);
    }

    /// A small bundle with one line replaced.
    fn changed(line: &str, by: &str) -> Result<Bundle, BundleError> {
        let text = "version: 1\nenvironment: production\nsecrets:\n  a_key:\n    kind: generated\n    \
            created: 2026-11-22\n    rotated: 2026-11-22\n    rotate_after: 90d\n    \
            recipients: 00\n    sealed: |\n      armour\n";
        assert!(text.contains(line), "{line}");
        Bundle::parse(&text.replace(line, by), &production())
    }

    #[test]
    fn reading_is_strict_and_says_where() {
        assert!(changed("a_key", "a_key").is_ok());
        for (line, by, expected) in [
            ("    kind", "<<<<<<< HEAD\n    kind", "line 5 is a merge conflict"),
            ("  a_key:", "=======\n  a_key:", "line 4 is a merge conflict"),
            ("version: 1", "version: 2", "has version 2"),
            ("production", "dev", "belongs to the environment `dev`"),
            ("recipients: 00", "recipients: 00\n    value: x", "line 10"),
            ("kind: generated", "kind: guessed", "line 5"),
            ("sealed: |", "sealed: [x]\n    more: |", "line 10"),
            ("  a_key:", "  a_key: 1\n  a_key:", "line 4"),
            ("a_key", "A-KEY", "A-KEY: a secret's name must"),
            ("created: 2026-11-22", "created: 2026-13-22", "a_key: `2026-13-22` is no day"),
            ("90d", "soon", "a_key: rotate_after must be"),
        ] {
            let error = changed(line, by).unwrap_err().to_string();
            assert!(error.contains(expected), "{by}: {error}");
        }
        let huge = " ".repeat(MOST + 1);
        assert_eq!(Bundle::parse(&huge, &production()), Err(BundleError::TooLarge));
    }
}
