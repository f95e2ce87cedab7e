//! A Dockerfile in the words of its rules. The only file that names the parser.

use parse_dockerfile::{Command as Given, Flag, Instruction as Parsed, Source, parse};

use super::shell::{Command, commands};

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
    let parsed = parse(text).map_err(|error| (error.line(), error.to_string()))?;
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
        } else if let Some(instruction) = translated(instruction, text, escape) {
            match file.stages.last_mut() {
                Some(stage) => stage.instructions.push(instruction),
                None => file.arguments.push(instruction),
            }
        }
    }
    Ok(file)
}

fn translated(instruction: Parsed<'_>, text: &str, escape: char) -> Option<Instruction> {
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
            let documents = run.here_docs.iter().map(|document| (&*document.value, &document.span));
            let mut found = given(&run.arguments, escape);
            // A heredoc with a command of its own is that command's input, not the shell's.
            let script = found.iter().all(|command| {
                command.program().0.is_empty()
                    || command.words.iter().all(|word| word.starts_with("<<"))
                    || SHELLS.contains(&command.program().0)
            });
            for (body, span) in documents.filter(|_| script) {
                let start = text.get(span.clone()).and_then(|all| all.find(body)).unwrap_or(0);
                found.extend(moved(commands(body, '\\'), span.start + start));
            }
            (run.run.span.start, What::Run(found))
        }
        Parsed::Onbuild(onbuild) => {
            let inner = translated(*onbuild.instruction, text, escape)?;
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

/// Programs that run what they read.
pub(super) const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh"];

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
            Source::Path(path) => Some(path.value.to_string()),
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
