//! Variables of a tree take their values, before anything is merged. Keys are left as they are.

use std::collections::BTreeSet;

use super::template::{Failure, Variables, substitute};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::yaml::{Kind, Node, Value};

/// Replace the variables of every text of the tree; what has no value is reported and left.
pub(super) fn interpolate(
    node: &mut Node,
    value: &dyn Fn(&str) -> Option<String>,
    asked: &mut BTreeSet<String>,
    problems: &mut Problems,
) {
    match &mut node.value {
        Value::Null => {}
        Value::Sequence(items) => {
            items.iter_mut().for_each(|item| interpolate(item, value, asked, problems));
        }
        Value::Mapping(entries) => {
            for (key, entry) in entries {
                problems.under(&key.text, |problems| interpolate(entry, value, asked, problems));
            }
        }
        Value::Scalar(scalar) if scalar.kind == Kind::String && scalar.text.contains('$') => {
            let mut variables = Variables { value, asked };
            match substitute(&scalar.text, &mut variables) {
                Ok(text) => {
                    scalar.text = text;
                    scalar.quoted = true;
                }
                Err(failure) => {
                    let diagnostic = complaint(&failure, node.at, |text| problems.quoted(text));
                    problems.add(diagnostic);
                }
            }
        }
        Value::Scalar(_) => {}
    }
}

/// A failure in words; never with the text around it, which may be a secret. `quote` shows what the
/// file says of a variable.
pub(super) fn complaint(
    failure: &Failure,
    at: Position,
    quote: impl Fn(&str) -> String,
) -> Diagnostic {
    match failure {
        Failure::Grammar => {
            let message = "this is no variable: `${` needs a name and a `}`";
            Diagnostic::at(at, "wrong-variable", message).help("write `$$` for a plain `$`")
        }
        Failure::Required { name, words } => {
            let words = words.trim();
            let message = match words {
                "" => format!("the variable `{name}` has to be set"),
                words => format!("the variable `{name}` has to be set: {}", quote(words)),
            };
            let help = format!("write `{name}=...` into `.env` beside the file, or set it");
            Diagnostic::at(at, "variable-not-set", message).help(help)
        }
        Failure::TooMuch => {
            let message = "variables nest deeper or grow longer than is read";
            Diagnostic::at(at, "file-too-complex", message).help("write fewer of them")
        }
    }
}
