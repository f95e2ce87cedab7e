//! Templates of the description: text with the names of secrets in it.

use std::collections::BTreeMap;

use super::shape::{Atom, Piece, Shape};
use super::variable::Variable;
use crate::stack::SecretName;

/// What stands in a template where the project leaves a name to who runs Compose. One text for each
/// variable, so that both ends agree.
pub(super) type Assumed = BTreeMap<String, String>;

/// The name that a variable without a value gets inside a template: those of accounts and of
/// databases can be chosen, nothing else can.
pub(super) fn assumed(variable: &str) -> Option<String> {
    let upper = variable.to_ascii_uppercase();
    let chosen = ["USER", "USERNAME", "DB", "DATABASE", "DBNAME", "DB_NAME", "DATABASE_NAME"];
    let port = [("POSTGRES_PORT", "5432"), ("MYSQL_PORT", "3306"), ("REDIS_PORT", "6379")];
    if let Some((_, port)) = port.iter().find(|(name, _)| upper == *name) {
        return Some((*port).to_owned());
    }
    chosen.iter().any(|end| upper.ends_with(end)).then(|| "app".to_owned())
}

/// Templates with a part that nobody can choose become secrets that are given as a whole.
pub(super) fn assume(variables: &[Variable], shapes: &mut [Shape]) {
    for (variable, shape) in variables.iter().zip(shapes) {
        let Shape::Template(pieces) = shape else { continue };
        let open = |piece: &Piece| matches!(piece, Piece::Unset(name) if assumed(name).is_none());
        if pieces.iter().any(open) {
            *shape = Shape::Secret(Atom { variable: None, value: variable.text(), group: 0 });
        }
    }
}

/// What is assumed in all templates.
pub(super) fn all_assumed(shapes: &[Shape]) -> Assumed {
    let pieces = shapes.iter().flat_map(|shape| match shape {
        Shape::Template(pieces) => pieces.as_slice(),
        _ => &[],
    });
    let unset = pieces.filter_map(|piece| match piece {
        Piece::Unset(name) => Some((name.clone(), assumed(name)?)),
        _ => None,
    });
    unset.collect()
}

/// The text of a template.
pub(super) fn text(pieces: &[Piece], groups: &[SecretName], assumed: &Assumed) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Unset(name) => out.push_str(assumed.get(name).map_or("", String::as_str)),
            Piece::Secret(atom) => {
                let name = groups.get(atom.group).map(SecretName::as_str).unwrap_or_default();
                out.push_str(&format!("{{{{ {name} }}}}"));
            }
        }
    }
    out
}
