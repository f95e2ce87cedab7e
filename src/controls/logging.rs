//! Logs end before the disk does.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Logging, Place, Stack};

/// The log of every container is rotated.
pub(super) struct LogRotation;

impl Control for LogRotation {
    fn page(&self) -> &'static Page {
        &Page {
            id: "logging",
            title: "The log of every container is kept and rotated",
            section: Section::Logging,
            severity: Severity::Low,
            why: "Docker's json-file has no limit: one service that repeats an error fills the \
                  disk, and then everything stops. Without a driver (`none`) there is nothing to \
                  look at after an incident.",
            example: indoc! {"
                services:
                  app:
                    logging: {driver: json-file, options: {max-size: 10m, max-file: '5'}}
            "},
            references: &[
                "CIS Docker 2.13",
                "OWASP Docker rule 10",
                "compose-lint CL-0014",
                "compose-auditor OPS003",
            ],
            enforced_in: "compose.yaml: `max-size`, `max-file`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            problem(&service.logging).map(|words| {
                Found::in_value(
                    &service.logging,
                    words,
                    "another driver of your own stands as it is",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        let mut options = match service.logging.driver.as_str() {
            JSON => service.logging.options.clone(),
            _ => BTreeMap::new(),
        };
        for (option, value) in OPTIONS {
            options.entry(option.to_owned()).or_insert_with(|| value.to_owned());
        }
        service.logging.mend(Logging { driver: JSON.to_owned(), options }, self.id());
    }
}

const JSON: &str = "json-file";
/// 50 MB a container: days of a busy gateway, weeks of everything else.
const OPTIONS: [(&str, &str); 2] = [("max-size", "10m"), ("max-file", "5")];

fn problem(logging: &Logging) -> Option<&'static str> {
    let bounded = OPTIONS.iter().all(|(option, _)| logging.options.contains_key(*option));
    match logging.driver.as_str() {
        "" | JSON if !bounded => Some("its log grows without end"),
        "none" => Some("its output is thrown away"),
        "" => Some("the engine decides where its log goes"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;
    use crate::stack::{Sourced, testing::written};

    #[test]
    fn fires_on_dockers_default_and_on_none() {
        assert_eq!(places(&LogRotation, |_| {}), "service app, service db, service gateway");
        let none = |s: &mut Stack| app(s).logging = log("none", &[]);
        assert_eq!(mended(&LogRotation, none), "");
        let endless = |s: &mut Stack| app(s).logging = log("json-file", &[("max-size", "1m")]);
        assert_eq!(mended(&LogRotation, endless), "");
    }

    #[test]
    fn spares_other_drivers_and_bounded_files() {
        let own = |s: &mut Stack| {
            app(s).logging = log("journald", &[]);
            db(s).logging = log("json-file", &[("max-size", "1m"), ("max-file", "2")]);
        };
        assert_eq!(places(&LogRotation, own), "service gateway");
    }

    fn log(driver: &str, options: &[(&str, &str)]) -> Sourced<Logging> {
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        written(Logging { driver: driver.to_owned(), options })
    }
}
