//! A Dockerfile in the words of its rules. The only file that names the parser.

use parse_dockerfile::{Command as Given, Flag, Instruction as Parsed, Source, parse};

use super::heredocs::{self, Heredoc};
use super::shell::{Command, SHELLS, commands, reads_program};

/// The stages of a Dockerfile, in their order.
#[derive(Debug, Default)]
pub(super) struct Dockerfile {
    pub(super) stages: Vec<Stage>,
    /// `ARG` before the first stage.
    pub(super) arguments: Vec<Instruction>,
}

/// What one `FROM` begins.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) offset: usize,
    pub(super) base: String,
    pub(super) name: Option<String>,
    pub(super) instructions: Vec<Instruction>,
}

/// An instruction that some rule asks about.
#[derive(Debug)]
pub(super) struct Instruction {
    pub(super) offset: usize,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    User(String),
    /// `ENV` and `ARG`: names and values.
    Settings(Vec<(String, String)>),
    Run(Vec<Command>),
    Copy(Copied),
    Expose(Vec<String>),
}

/// `COPY` and `ADD`.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) is_add: bool,
    /// Paths and URLs; heredocs fall away.
    pub(super) sources: Vec<String>,
    /// True where another stage or context is copied from.
    pub(super) elsewhere: bool,
    pub(super) checksum: bool,
    /// Files that the instruction leaves out itself.
    pub(super) excludes: bool,
    pub(super) mode: Option<String>,
}

/// Read a Dockerfile.
///
/// # Errors
/// The line and why it is none.
pub(super) fn read(text: &str) -> Result<Dockerfile, (usize, String)> {
    let (plain, heredocs) = heredocs::split(text)?;
    let parsed = parse(&plain).map_err(|error| (error.line(), error.to_string()))?;
    let escape = parsed.parser_directives.escape.as_ref().map_or('\\', |is| is.value.value);
    let mut file = Dockerfile::default();
    for instruction in parsed.instructions {
        if let Parsed::From(from) = instruction {
            file.stages.push(Stage {
                offset: from.from.span.start,
                base: from.image.value.trim().to_owned(),
                name: from.as_.map(|(_, name)| name.value.trim().to_lowercase()),
                instructions: Vec::new(),
            });
        } else if let Some(instruction) = translated(instruction, (text, &heredocs), escape) {
            match file.stages.last_mut() {
                Some(stage) => stage.instructions.push(instruction),
                None => file.arguments.push(instruction),
            }
        }
    }
    Ok(file)
}

/// `documents`: the text that was read, and its heredocs.
fn translated(
    instruction: Parsed<'_>,
    documents: (&str, &[Heredoc]),
    escape: char,
) -> Option<Instruction> {
    let (offset, what) = match instruction {
        Parsed::User(user) => (user.user.span.start, What::User(user.arguments.value.into_owned())),
        Parsed::Env(env) => (env.env.span.start, What::Settings(settings(&env.arguments.value))),
        Parsed::Arg(arg) => (arg.arg.span.start, What::Settings(settings(&arg.arguments.value))),
        Parsed::Expose(expose) => {
            let ports = expose.arguments.into_iter().map(|port| port.value.into_owned());
            (expose.expose.span.start, What::Expose(ports.collect()))
        }
        Parsed::Copy(copy) => {
            (copy.copy.span.start, What::Copy(copied(false, &copy.options, &copy.src)))
        }
        Parsed::Add(add) => (add.add.span.start, What::Copy(copied(true, &add.options, &add.src))),
        Parsed::Run(run) => {
            let mut found = given(&run.arguments, escape);
            if let Given::Shell(words) = &run.arguments {
                let scripts = scripts(&found, &words.span, documents);
                found.extend(scripts);
            }
            (run.run.span.start, What::Run(found))
        }
        Parsed::Onbuild(onbuild) => {
            let inner = translated(*onbuild.instruction, documents, escape)?;
            // It happens in images built from this one: nothing here changes its user.
            if matches!(inner.what, What::User(_)) {
                return None;
            }
            (onbuild.onbuild.span.start, inner.what)
        }
        _ => return None,
    };
    Some(Instruction { offset, what })
}

/// The commands of the heredocs of a `RUN` that a shell runs; what other programs read is theirs.
///
/// A lone heredoc is the script itself, a `#!` names its program (BuildKit,
/// frontend/dockerfile/dockerfile2llb/convert.go, `dispatchRun`).
fn scripts(
    given: &[Command],
    words: &std::ops::Range<usize>,
    (text, heredocs): (&str, &[Heredoc]),
) -> Vec<Command> {
    let own: Vec<_> = heredocs.iter().filter(|one| words.contains(&one.opened)).collect();
    let mut found = Vec::new();
    for heredoc in &own {
        let body = text.get(heredoc.body.clone()).unwrap_or_default();
        let command = given.iter().rfind(|command| command.offset <= heredoc.opened);
        let Some(command) = command else { continue };
        let is_input = |word: &&String| !is_opening(word);
        let rest: Vec<String> = command.words.iter().filter(is_input).cloned().collect();
        let runs = if rest.is_empty() {
            given.len() == 1 && own.len() == 1 && names_a_shell(body)
        } else {
            let inputs = command.words.len() - rest.len();
            inputs == 1 && reads_program(&Command { words: rest, ..command.clone() })
        };
        let script = heredocs::without_bodies(body);
        found.extend(
            moved(commands(&script, '\\'), heredoc.body.start).into_iter().filter(|_| runs),
        );
    }
    found
}

/// What [`heredocs::split`] leaves of a word that opens a heredoc.
fn is_opening(word: &str) -> bool {
    let rest = word.strip_prefix('<');
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c == '_'))
}

/// True for a script whose `#!` names a shell, or that has none.
fn names_a_shell(script: &str) -> bool {
    let Some(line) = script.lines().next().and_then(|line| line.strip_prefix("#!")) else {
        return true;
    };
    line.split_whitespace().any(is_shell)
}

fn given(command: &Given<'_>, escape: char) -> Vec<Command> {
    match command {
        Given::Shell(text) => moved(commands(text.value, escape), text.span.start),
        Given::Exec(words) => {
            let list: Vec<String> = words.value.iter().map(|word| word.value.to_string()).collect();
            match list.as_slice() {
                [shell, option, script] if is_shell(shell) && option.ends_with('c') => {
                    let each = commands(script, '\\').into_iter();
                    each.map(|command| Command { offset: words.span.start, ..command }).collect()
                }
                _ => vec![Command { words: list, offset: words.span.start, piped: false }],
            }
        }
        _ => Vec::new(),
    }
}

fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program.rsplit('/').next().unwrap_or_default())
}

fn moved(commands: Vec<Command>, by: usize) -> Vec<Command> {
    let each = commands.into_iter();
    each.map(|command| Command { offset: command.offset + by, ..command }).collect()
}

fn copied(is_add: bool, options: &[Flag<'_>], sources: &[Source<'_>]) -> Copied {
    let mut copied = Copied { is_add, ..Copied::default() };
    for option in options {
        let value = option.value.as_ref().map(|value| value.value.to_string());
        match &*option.name.value {
            "from" => copied.elsewhere = true,
            "checksum" => copied.checksum = true,
            "exclude" => copied.excludes = true,
            "chmod" => copied.mode = value,
            _ => {}
        }
    }
    copied.sources = sources
        .iter()
        .filter_map(|source| match source {
            Source::Path(path) => Some(path.value.to_string()).filter(|path| !is_opening(path)),
            _ => None,
        })
        .collect();
    copied
}

/// `NAME=VALUE ...`, or the old `NAME VALUE`.
fn settings(text: &str) -> Vec<(String, String)> {
    let words: Vec<String> =
        commands(text.trim(), '\0').into_iter().flat_map(|c| c.words).collect();
    match words.split_first() {
        Some((name, _)) if !name.contains('=') && words.len() > 1 => {
            let value = text.trim().get(name.len()..).unwrap_or_default().trim();
            vec![(name.clone(), value.to_owned())]
        }
        _ => {
            let pair = |word: &String| {
                let (name, value) = word.split_once('=')?;
                Some((name.to_owned(), value.to_owned()))
            };
            words.iter().filter_map(pair).collect()
        }
    }
}
