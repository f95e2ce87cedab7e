//! The forms in which a template may print a value: one plain form per language, and named
//! filters for the others. A filter works in its own language only.

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value};

use super::kind::Kind;
use crate::escape::{Unescapable, dockerfile, markdown, nginx, shell, sql};

type Escaper = fn(&str) -> Result<String, Unescapable>;

/// Filter, language, escaper.
const FILTERS: &[(&str, Kind, Escaper)] = &[
    ("quoted", Kind::Nginx, nginx::quoted),
    ("regex", Kind::Nginx, nginx::regex),
    ("code", Kind::Docs, markdown::code),
    ("cell_code", Kind::Docs, markdown::cell_code),
    ("cell_prose", Kind::Docs, markdown::cell_prose),
    ("prose", Kind::Docs, markdown::prose),
    ("fenced", Kind::Docs, markdown::fenced),
    ("identifier", Kind::Sql, sql::identifier),
    ("mysql_identifier", Kind::Sql, sql::mysql_identifier),
];

/// The form of a value without a filter.
fn plain(kind: Kind) -> Escaper {
    match kind {
        Kind::Nginx => nginx::word,
        Kind::Docker => dockerfile::word,
        Kind::Docs => markdown::inline,
        Kind::Shell => shell::word,
        Kind::Sql => sql::literal,
    }
}

/// Writes one value, escaped for the template's language. What a filter returned, and a block
/// that was captured, were written by this very function or by an escaper and pass as they are.
pub(super) fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let kind = kind_of(state)?;
    let text = match value.kind() {
        ValueKind::Number if value.is_integer() => value.to_string(),
        ValueKind::String if value.is_safe() => value.to_string(),
        ValueKind::String => escaped(plain(kind), value)?,
        other => return Err(refused(format!("a value of kind {other} cannot be printed"))),
    };
    out.write_str(&text).map_err(Error::from)
}

/// Adds the filters of [`FILTERS`], and `exec`, which takes a list.
pub(super) fn install(environment: &mut Environment<'static>) {
    for (name, kind, escaper) in FILTERS {
        environment.add_filter(*name, move |state: &State, value: Value| {
            check(state, *kind, name)?;
            escaped(*escaper, &value).map(Value::from_safe_string)
        });
    }
    environment.add_filter("exec", |state: &State, words: Vec<String>| {
        check(state, Kind::Docker, "exec")?;
        let form = dockerfile::exec(&words).map_err(|why| refused(why.to_string()))?;
        Ok::<_, Error>(Value::from_safe_string(form))
    });
}

fn kind_of(state: &State) -> Result<Kind, Error> {
    let folder = match state.auto_escape() {
        AutoEscape::Custom(folder) => folder,
        _ => return Err(refused("this template has no language".to_owned())),
    };
    let known = Kind::ALL.iter().copied().find(|kind| kind.folder() == folder);
    known.ok_or_else(|| refused(format!("no language is called {folder}")))
}

fn check(state: &State, kind: Kind, filter: &str) -> Result<(), Error> {
    if kind_of(state)? == kind {
        return Ok(());
    }
    Err(refused(format!("{filter} is a form of {} templates only", kind.folder())))
}

/// Escapes a text or an integer. A value that was escaped before is refused: two forms of one
/// value never fit together.
fn escaped(escaper: Escaper, value: &Value) -> Result<String, Error> {
    if value.is_safe() {
        return Err(refused("this value already has a form".to_owned()));
    }
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_integer() => value.to_string(),
        None => return Err(refused(format!("a value of kind {} has no form", value.kind()))),
    };
    escaper(&text).map_err(|why| refused(why.to_string()))
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}
