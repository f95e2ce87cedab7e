//! Which occurrences are one secret: those of one variable, and those of one value.

use std::collections::BTreeMap;

use super::shape::{Atom, Shape};
use super::variable::{Place, Variable};

/// One secret with all its occurrences.
#[derive(Clone, Default)]
pub(super) struct Group {
    /// The variables that it comes from, sorted.
    pub(super) variables: Vec<String>,
    /// Its value, where there is one.
    pub(super) value: Option<String>,
    pub(super) members: Vec<Member>,
}

/// An occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) service: String,
    /// The environment variable, or the key whose text holds it.
    pub(super) name: String,
    /// True where it is all of the variable's value.
    pub(super) whole: bool,
    pub(super) place: Place,
}

/// Number the secrets among `shapes`.
pub(super) fn of(variables: &[Variable], shapes: &mut [Shape]) -> Vec<Group> {
    let mut parents: Vec<usize> = Vec::new();
    let mut seen = Seen::default();
    let mut found: Vec<(Atom, Member)> = Vec::new();
    for (variable, shape) in variables.iter().zip(shapes.iter_mut()) {
        let whole = matches!(shape, Shape::Secret(_));
        for atom in shape.atoms() {
            atom.group = parents.len();
            parents.push(atom.group);
            if let Some(other) = seen.same(atom) {
                join(&mut parents, other, atom.group);
            }
            let (service, name) = (variable.service.clone(), variable.name.clone());
            let member = Member { service, name, whole, place: variable.place };
            found.push((atom.clone(), member));
        }
    }
    for (literal, other) in ends(variables, &found) {
        join(&mut parents, literal, other);
    }
    let mut numbers = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (atom, member) in found {
        let number = *numbers.entry(root(&parents, atom.group)).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Group::default());
        }
        let Some(group) = groups.get_mut(number) else { continue };
        group.variables.extend(atom.variable);
        group.variables.sort();
        group.variables.dedup();
        group.value = group.value.take().or(atom.value);
        group.members.push(member);
    }
    for atom in shapes.iter_mut().flat_map(Shape::atoms) {
        atom.group = numbers.get(&root(&parents, atom.group)).copied().unwrap_or_default();
    }
    groups
}

/// Occurrences by what they have in common.
#[derive(Default)]
struct Seen {
    /// By variable and value.
    variables: BTreeMap<(String, Option<String>), usize>,
    /// Those that are no variable's, by value.
    literal: BTreeMap<String, usize>,
}

impl Seen {
    /// An earlier occurrence of the same secret. Two variables that happen to have one value, such
    /// as the same default, are two secrets.
    fn same(&mut self, atom: &Atom) -> Option<usize> {
        let own = atom.group;
        match (&atom.variable, &atom.value) {
            (Some(variable), value) => {
                Some(*self.variables.entry((variable.clone(), value.clone())).or_insert(own))
            }
            (None, Some(value)) => Some(*self.literal.entry(value.clone()).or_insert(own)),
            (None, None) => None,
        }
    }
}

/// Pairs of a value that stands as it is and the variable that it is a value of. Where several
/// variables have it, the one at the service that the text names decides: a URL with a default
/// password is for one database, and the administrator's password may have the same default.
fn ends(variables: &[Variable], found: &[(Atom, Member)]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let literals = found.iter().filter(|(atom, _)| atom.variable.is_none());
    for (literal, member) in literals {
        let same: Vec<&(Atom, Member)> = found
            .iter()
            .filter(|(atom, _)| atom.variable.is_some() && literal.value.is_some())
            .filter(|(atom, _)| atom.value == literal.value)
            .collect();
        let own = variables
            .iter()
            .find(|variable| variable.service == member.service && variable.name == member.name);
        let text = own.and_then(Variable::text).unwrap_or_default();
        let is_named = |one: &&&(Atom, Member)| is_host(&text, &one.1.service);
        let chosen = same.iter().find(is_named).or(same.first());
        pairs.extend(chosen.map(|(atom, _)| (literal.group, atom.group)));
    }
    pairs
}

/// Whether a name stands in a text as a host of its own.
fn is_host(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let inner = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        matches!(before, Some('@' | '/')) && !after.is_some_and(inner)
    })
}

fn root(parents: &[usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).copied().filter(|parent| *parent != at) {
        at = parent;
    }
    at
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    if let Some(parent) = parents.get_mut(one.max(other)) {
        *parent = one.min(other);
    }
}
