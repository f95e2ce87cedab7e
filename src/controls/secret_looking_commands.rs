//! Command lines and labels hold nothing secret.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::diagnostic::{holds_secret, is_told_secret};
use crate::stack::{Command, Service, Stack};

/// Nothing in a command line or a label says that it is a secret.
pub(super) struct SecretLookingCommands;

impl Control for SecretLookingCommands {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secret-looking-commands",
            title: "No command line or label holds a secret",
            section: Section::Secrets,
            severity: Severity::High,
            why: "Whoever lists the processes of the host reads command lines, and whoever asks \
                  the engine reads labels. The value of an option such as `--db-password`, a URL \
                  with a password and a token that says itself what it is are told; other words \
                  are not guessed at.",
            example: indoc! {"
                services:
                  app:
                    command: [serve, --password-file=/run/secrets/app_password]
                    secrets: [app_password]
            "},
            references: &["CIS Docker 4.10", "CWE-214", "CWE-798"],
            enforced_in: "compose.yaml: `command`, `entrypoint`, `labels`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| lines(service).chain(labels(service)).collect::<Vec<_>>())
    }
}

/// Command lines that hold secrets: whoever lists the processes of the host reads them.
fn lines(service: &Service) -> impl Iterator<Item = Found> {
    let commands = [("command", &service.command), ("entrypoint", &service.entrypoint)];
    let told = commands.into_iter().filter(|(_, command)| match &***command {
        Command::Image => false,
        Command::Exec(words) => holds_secret(words.iter().flat_map(|word| word.split_whitespace())),
        Command::Shell(line) => holds_secret(line.split_whitespace()),
    });
    told.map(|(name, command)| {
        Found::in_value(
            command,
            format!("its {name} holds what looks like a secret"),
            "let the program read it from a file, or from a variable of `env_secrets:`",
        )
    })
}

/// Labels that hold secrets: whoever asks the engine reads them.
fn labels(service: &Service) -> impl Iterator<Item = Found> {
    let told = service.labels.iter().filter(|(_, value)| is_told_secret(value));
    told.map(|(name, _)| {
        Found::from(
            &service.origin,
            format!("the label {name} holds what looks like a secret"),
            "remove it: labels are read by whoever asks the engine",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::written;

    fn of(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        places(&SecretLookingCommands, |s| app(s).command = written(Command::Exec(words.clone())))
    }

    #[test]
    fn fires_on_command_lines_and_labels() {
        for words in [
            &["prog", "--db-password=hunter2hunter2"][..],
            &["prog", "--password", "hunter2hunter2"],
            &["prog", "--url=postgres://u:inUrlPw77@db/x"],
            &["sh", "-c", "prog --api-key 'abcdefgh12'"],
            &["prog", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"],
        ] {
            assert_eq!(of(words), "service app", "{words:?}");
        }
        let label = |s: &mut Stack| {
            let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789".to_owned();
            app(s).labels.insert("t".to_owned(), token);
        };
        assert_eq!(places(&SecretLookingCommands, label), "service app");
    }

    #[test]
    fn spares_files_variables_and_other_words() {
        for words in [
            &["prog", "--password-file=/run/secrets/x", "--token", "--verbose"][..],
            &["sh", "-c", "prog --password=$(cat /run/secrets/x) --secret $S"],
            &["prog", "--password=/run/secrets/pw", "postgres://u@db/x", "--token-ttl=12345678"],
            &["server", "password", "hunter2hunter2"],
        ] {
            assert_eq!(of(words), "", "{words:?}");
        }
    }
}
