//! What nobody sets. A project that comes with values, in its `.env` or another env file, leaves
//! the other variables empty on purpose, and Compose takes them so; one without any is a template
//! whose values are still to come.

use super::shape::{Piece, Shape};
use super::variable::Variable;
use super::{Ground, Source, group, kind};

/// True where the project comes with values: what they leave out is empty.
pub(super) fn comes_with_values(ground: &Ground<'_>) -> bool {
    ground.project.environment.keys().any(|name| name != "COMPOSE_PROJECT_NAME")
}

/// True where a variable is empty as the project means it, and not one that it demands.
pub(super) fn is_empty(ground: &Ground<'_>, variable: &str) -> bool {
    comes_with_values(ground) && !ground.unset.iter().any(|name| name == variable)
}

/// Secrets that somebody outside would issue and that the project leaves empty are none.
pub(super) fn settle(ground: &Ground<'_>, variables: &[Variable], shapes: &mut [Shape]) {
    if !comes_with_values(ground) {
        return;
    }
    let mut numbered = shapes.to_vec();
    let groups = group::of(variables, &mut numbered);
    for (shape, numbered) in shapes.iter_mut().zip(&numbered) {
        let Shape::Secret(atom) = numbered else { continue };
        let Some(variable) = atom.variable.as_deref() else { continue };
        let given = groups.get(atom.group).is_some_and(|group| {
            group.value.is_none() && matches!(kind::of(group), Source::Provided)
        });
        if given && is_empty(ground, variable) {
            *shape = Shape::Unset(vec![Piece::Unset(variable.to_owned())]);
        }
    }
}
