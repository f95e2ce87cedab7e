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
            for other in seen.same(atom) {
                join(&mut parents, other, atom.group);
            }
            let (service, name) = (variable.service.clone(), variable.name.clone());
            let member = Member { service, name, whole, place: variable.place };
            found.push((atom.clone(), member));
        }
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
    /// Those that are no variable's, by value; and one of each value that is some variable's.
    literal: BTreeMap<String, usize>,
    of_variables: BTreeMap<String, Vec<usize>>,
}

impl Seen {
    /// Earlier occurrences of the same secret. Two variables that happen to have one value, such
    /// as the same default, are two secrets.
    fn same(&mut self, atom: &Atom) -> Vec<usize> {
        let mut same = Vec::new();
        let own = atom.group;
        match (&atom.variable, &atom.value) {
            (Some(variable), value) => {
                let key = (variable.clone(), value.clone());
                same.push(*self.variables.entry(key).or_insert(own));
                if let Some(value) = value {
                    same.extend(self.literal.get(value));
                    self.of_variables.entry(value.clone()).or_default().push(own);
                }
            }
            (None, Some(value)) => {
                same.push(*self.literal.entry(value.clone()).or_insert(own));
                same.extend(self.of_variables.get(value).into_iter().flatten());
            }
            (None, None) => {}
        }
        same
    }
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
