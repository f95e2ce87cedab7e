//! Production logs what happens, not what passes through.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{
    Origin, Place, Recipe, Role, Runtime, Service, SettingName, SettingValue, Sourced, Stack,
};

/// Built services log at level info.
pub(super) struct LogLevel;

impl Control for LogLevel {
    fn page(&self) -> &'static Page {
        &Page {
            id: "log-level",
            title: "Built services log at level info",
            section: Section::Logging,
            severity: Severity::Low,
            why: "At level debug programs log requests, queries and settings, secrets among them. \
                  Built services get `LOG_LEVEL=info` unless the description sets it; a program \
                  that wants another spelling sets its own.",
            example: indoc! {"
                services:
                  app:
                    settings: {LOG_LEVEL: warning}
            "},
            references: &["CWE-532", "OWASP ASVS (logging)", "OWASP Docker rule 10"],
            enforced_in: "compose.yaml: `LOG_LEVEL`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(is_ours_to_set)
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            if !is_ours_to_set(service) {
                return None;
            }
            let Some(level) = service.settings.get(NAME) else {
                return Some(Found::unsaid(
                    "the program chooses its log level",
                    "write `LOG_LEVEL:`",
                ));
            };
            let SettingValue::Text(text) = &**level else { return None };
            let verbose = VERBOSE.iter().any(|word| text.eq_ignore_ascii_case(word));
            (verbose && !stack.local).then(|| {
                Found::in_value(
                    level,
                    format!("it logs at level {text}"),
                    "write `LOG_LEVEL: info`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        if let Ok(name) = SettingName::new(NAME) {
            let level = SettingValue::Text("info".to_owned());
            let mended = || Sourced::from(level, Origin::Control(self.id()));
            service.settings.entry(name).or_insert_with(mended);
        }
    }
}

const NAME: &str = "LOG_LEVEL";
const VERBOSE: &[&str] = &["debug", "trace", "all", "silly"];

/// Programs that we build; nginx behind built files has no such setting.
fn is_ours_to_set(service: &Service) -> bool {
    let program = |recipe: &Recipe| !matches!(recipe.runtime, Runtime::Static | Runtime::Acme);
    service.role == Role::Application && service.recipe.iter().any(program)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_nobody_says_and_on_debug() {
        assert_eq!(places(&LogLevel, |_| {}), "service app");
        assert_eq!(mended(&LogLevel, |_| {}), "");
        assert_eq!(mended(&LogLevel, |s| set(s, "DEBUG")), "service app", "a person's word stands");
    }

    #[test]
    fn spares_another_level_and_loopback() {
        assert_eq!(places(&LogLevel, |s| set(s, "warning")), "");
        let local = |s: &mut Stack| {
            set(s, "debug");
            s.local = true;
        };
        assert_eq!(places(&LogLevel, local), "");
    }

    fn set(stack: &mut Stack, level: &str) {
        let value = written(SettingValue::Text(level.to_owned()));
        app(stack).settings.insert(SettingName::new(NAME).unwrap(), value);
    }
}
