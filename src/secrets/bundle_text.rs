//! The bundle's form in a file, `secrets/ENV.yaml`. Stands alone because the form is read
//! strictly, written by one rule, and merged by version control.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::Bundle;
use super::bundle::{Entry, Kind, Known};
use crate::diagnostic::{Diagnostic, Lines, SourceId};
use crate::stack::{EnvironmentName, InvalidName, InvalidQuantity, Seconds, SecretName};
use crate::yaml::{self, Block, WriteError};

/// The version of the form.
const VERSION: u32 = 1;

const OPENING: &str = "\
# Sealed values of one environment, each for its recipients with age (age-encryption.org).\n\
# Commit this file. `portcullis secrets` changes it; no entry depends on another.\n";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBundle {
    version: u32,
    environment: String,
    secrets: BTreeMap<Name, WrittenEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    kind: Kind,
    created: Day,
    rotated: Day,
    #[serde(default, skip_serializing_if = "Age::is_never")]
    rotate_after: Age,
    recipients: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<Block>,
    sealed: Block,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Block>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String", into = "String")]
#[derive(Clone)]
struct Name(SecretName);

#[derive(Serialize, Deserialize, Clone)]
#[serde(try_from = "String", into = "String")]
struct Day(Date);

#[derive(Serialize, Deserialize, Clone, Default)]
#[serde(try_from = "String", into = "String")]
struct Age(Seconds);

impl Bundle {
    /// Reads the text of a bundle and checks that it is that of `environment`.
    ///
    /// # Errors
    /// A [`Diagnostic`] at the first mistake.
    pub fn parse(
        source: SourceId,
        text: &str,
        environment: &EnvironmentName,
    ) -> Result<Self, Diagnostic> {
        refuse_conflict(source, text)?;
        let written: WrittenBundle = yaml::from_str(source, text)?;
        if written.version != VERSION {
            let message = format!("the bundle has version {}", written.version);
            let help = format!("this portcullis knows version {VERSION}: use a newer one");
            return Err(Diagnostic::nowhere("bundle-version", message).help(help));
        }
        if written.environment != environment.as_str() {
            let message = format!("the bundle belongs to another environment than `{environment}`");
            let help = "each environment has a bundle of its own; none is copied to another";
            return Err(Diagnostic::nowhere("bundle-environment", message).help(help));
        }
        let entries = written.secrets.into_iter().map(|(Name(name), entry)| (name, entry.into()));
        Ok(Self { environment: environment.clone(), entries: entries.collect() })
    }

    /// The text of the bundle: sorted by name, the same bytes for the same content.
    pub fn to_text(&self) -> Result<String, WriteError> {
        let secrets = self.entries.iter();
        let written = WrittenBundle {
            version: VERSION,
            environment: self.environment.to_string(),
            secrets: secrets.map(|(name, entry)| (Name(name.clone()), entry.into())).collect(),
        };
        Ok(format!("{OPENING}{}", yaml::to_string(&written)?))
    }
}

impl From<WrittenEntry> for Entry {
    fn from(written: WrittenEntry) -> Self {
        let text = |block: Option<Block>| block.map(|Block(text)| text).unwrap_or_default();
        let previous = text(written.previous);
        let known = Known {
            kind: written.kind,
            created: written.created.0,
            rotated: written.rotated.0,
            rotate_after: written.rotate_after.0,
            recipients: written.recipients,
            public: text(written.public),
            has_previous: !previous.is_empty(),
        };
        Self { known, sealed: written.sealed.0, previous }
    }
}

impl From<&Entry> for WrittenEntry {
    fn from(entry: &Entry) -> Self {
        let Known { kind, created, rotated, rotate_after, recipients, public, has_previous: _ } =
            &entry.known;
        let block = |text: &str| Some(Block(text.to_owned())).filter(|_| !text.is_empty());
        Self {
            kind: *kind,
            created: Day(*created),
            rotated: Day(*rotated),
            rotate_after: Age(*rotate_after),
            recipients: recipients.clone(),
            public: block(public),
            sealed: Block(entry.sealed.clone()),
            previous: block(&entry.previous),
        }
    }
}

/// Version control leaves markers where two branches changed neighbouring entries.
fn refuse_conflict(source: SourceId, text: &str) -> Result<(), Diagnostic> {
    let marks = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if marks.iter().any(|mark| line.starts_with(mark)) {
            let at = Lines::new(text).position(source, offset, line.trim_end().len());
            let help = "keep the entries of both sides and remove the marker lines; where one \
                        name stands twice, keep the one whose value is in use";
            return Err(Diagnostic::at(at, "merge-conflict", "an unresolved merge").help(help));
        }
        offset += line.len();
    }
    Ok(())
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        SecretName::new(text).map(Self)
    }
}

impl From<Name> for String {
    fn from(Name(name): Name) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
        Date::parse(&text, DAY).map(Self).map_err(|_| "expected a day such as 2026-11-22")
    }
}

impl From<Day> for String {
    fn from(Day(day): Day) -> Self {
        day.to_string()
    }
}

impl Age {
    fn is_never(&self) -> bool {
        self.0 == Seconds(0)
    }
}

impl TryFrom<String> for Age {
    type Error = InvalidQuantity;

    fn try_from(text: String) -> Result<Self, InvalidQuantity> {
        Seconds::parse(&text).map(Self)
    }
}

impl From<Age> for String {
    fn from(Age(age): Age) -> Self {
        age.to_string()
    }
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
        assert_eq!(Bundle::parse(0, &before, &production()).unwrap(), bundle);
        assert_eq!(Bundle::parse(0, &before, &production()).unwrap().to_text().unwrap(), before);
        put(&mut bundle, "c_key", &recipients);
        let after = bundle.to_text().unwrap();
        let at = |text: &str, mark: &str| text.find(mark).unwrap();
        let (first, last) = (at(&before, "  \"yes\""), at(&after, "  \"yes\""));
        assert!(after.starts_with(&before[..first]));
        assert_eq!(after[last..], before[first..]);
    }

    const ENTRY: &str = "  a_key: {kind: provided, created: 2026-11-22, rotated: 2026-11-22, \
        recipients: x, sealed: y}\n";

    /// A small bundle with one line replaced.
    fn changed(line: &str, by: &str) -> Result<Bundle, Diagnostic> {
        let text = "version: 1\nenvironment: production\nsecrets:\n  a_key:\n    kind: generated\n    \
            created: 2026-11-22\n    rotated: 2026-11-22\n    rotate_after: 90d\n    \
            recipients: 00\n    sealed: |\n      armour\n";
        assert!(text.contains(line), "{line}");
        Bundle::parse(0, &text.replace(line, by), &production())
    }

    #[test]
    fn reading_is_strict_and_says_where() {
        assert!(changed("a_key", "a_key").is_ok());
        for (line, by, code, at) in [
            ("    kind", "<<<<<<< HEAD\n    kind", "merge-conflict", 5),
            ("  a_key:", "=======\n  a_key:", "merge-conflict", 4),
            ("version: 1", "version: 2", "bundle-version", 0),
            ("production", "dev", "bundle-environment", 0),
            ("recipients: 00", "recipients: 00\n    value: x", "unknown-key", 10),
            ("kind: generated", "kind: guessed", "wrong-value", 5),
            ("sealed: |", "sealed: [x]\n    more: |", "yaml-syntax", 10),
            ("  a_key:", &format!("{ENTRY}  a_key:"), "duplicate-key", 5),
            ("a_key", "A-KEY", "wrong-value", 4),
            ("created: 2026-11-22", "created: 2026-13-22", "wrong-value", 6),
            ("90d", "soon", "wrong-value", 8),
        ] {
            let error = changed(line, by).unwrap_err();
            let line = error.at.map_or(0, |place| place.line);
            assert_eq!((error.code, line), (code, at), "{by}: {error:?}");
        }
    }
}
