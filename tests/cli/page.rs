//! The page of all commands, from the types of the command line.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};
use portcullis::cli::Cli;

/// `docs/cli.md`.
pub(crate) fn page() -> String {
    let cli = built();
    let mut page = String::from(
        "<!-- Written from the command line's types by a test: UPDATE=1 cargo test --test cli -->\n# Commands\n",
    );
    writeln!(page, "\n{}.", cli.get_about().unwrap()).unwrap();
    let codes = cli.get_after_help().unwrap().to_string();
    let codes = codes.lines().find(|line| line.starts_with("Exit codes")).unwrap();
    writeln!(page, "\n{codes}\n\n## Options of every command\n").unwrap();
    cli.get_arguments().filter(|arg| arg.is_global_set()).for_each(|arg| option(arg, &mut page));
    for (path, command) in commands() {
        write!(page, "\n## {path}\n\n{}.\n", command.get_about().unwrap()).unwrap();
        let usage = command.clone().render_usage().to_string().replace("Usage: ", "");
        write!(page, "\n```text\n{usage}\n```\n").unwrap();
        let own: Vec<&Arg> = command.get_arguments().filter(|arg| own(arg)).collect();
        page += if own.is_empty() { "" } else { "\n" };
        own.iter().for_each(|arg| option(arg, &mut page));
        write!(page, "\n```sh\n{}\n```\n", examples(&command).join("\n")).unwrap();
    }
    page
}

/// Every command that does something, with the words that call it.
pub(crate) fn commands() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    let mut open: Vec<(String, Command)> = vec![("portcullis".to_owned(), built())];
    while let Some((path, command)) = open.pop() {
        let below = command.get_subcommands().filter(|command| command.get_name() != "help");
        let below: Vec<_> =
            below.map(|c| (format!("{path} {}", c.get_name()), c.clone())).collect();
        if below.is_empty() {
            found.push((path, command));
        } else {
            open.extend(below.into_iter().rev());
        }
    }
    found
}

/// The lines below `Example:` of a command's help.
pub(crate) fn examples(command: &Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut lines = help.lines().skip_while(|line| !line.starts_with("Example"));
    lines.next();
    lines.take_while(|line| line.starts_with("  ")).map(|line| line.trim().to_owned()).collect()
}

fn built() -> Command {
    let mut cli = Cli::command();
    cli.build();
    cli
}

fn own(arg: &Arg) -> bool {
    !arg.is_global_set() && !matches!(arg.get_id().as_str(), "help" | "version")
}

/// One line: how it is written, what it means, what it is by default.
fn option(arg: &Arg, page: &mut String) {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values = arg.get_possible_values();
    let values: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    let default: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    write!(page, "- `{}`: {help}", arg.to_string().replace('`', "")).unwrap();
    // Where the values are hidden, the help names them.
    let shown = !arg.is_hide_possible_values_set();
    if shown && !values.is_empty() && arg.get_action().takes_values() {
        write!(page, "; one of {}", values.join(", ")).unwrap();
    }
    if !default.is_empty() && arg.get_action().takes_values() {
        write!(page, "; `{}` by default", default.join(" ")).unwrap();
    }
    page.push('\n');
}
