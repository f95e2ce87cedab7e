//! Secrets that two environments share: whoever learns the weaker one holds the other. Stands
//! alone because it is the only question that two opened bundles answer together.

use super::{OpenBundle, OpenSecret, SecretValue};
use crate::stack::{EnvironmentName, SecretName};

/// One value that stands in two environments, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reuse {
    pub first: (EnvironmentName, SecretName),
    pub second: (EnvironmentName, SecretName),
}

/// Every value of `first` that is also one of `second`, under whatever name, those before the
/// last rotation included; sorted. Line ends at the end make no difference.
pub fn reused(first: &OpenBundle, second: &OpenBundle) -> Vec<Reuse> {
    let mut found = Vec::new();
    for (name, secret) in &first.secrets {
        for (other, candidate) in &second.secrets {
            if values(secret).any(|value| values(candidate).any(|other| same(value, other))) {
                let first = (first.environment.clone(), name.clone());
                let second = (second.environment.clone(), other.clone());
                found.push(Reuse { first, second });
            }
        }
    }
    found
}

fn values(secret: &OpenSecret) -> impl Iterator<Item = &SecretValue> {
    std::iter::once(&secret.value).chain(&secret.previous)
}

fn same(a: &SecretValue, b: &SecretValue) -> bool {
    let trimmed = |value: &SecretValue| SecretValue::new(value.trimmed().to_vec());
    trimmed(a) == trimmed(b)
}

#[cfg(test)]
mod tests {
    use super::super::{Bundle, Deposit, Identities, Kind, Sealing};
    use super::*;
    use crate::stack::Seconds;
    use time::macros::date;

    fn open(environment: &str, values: &[(&str, &str)]) -> OpenBundle {
        let today = date!(2026 - 11 - 22);
        let (identities, _) = Identities::generate(today);
        let sealing = Sealing { recipients: &identities.recipients(), today };
        let mut bundle = Bundle::new(EnvironmentName::new(environment).unwrap());
        for (index, (name, value)) in values.iter().enumerate() {
            let deposit = Deposit {
                kind: Kind::Provided,
                value: &SecretValue::from(*value),
                public: String::new(),
                rotate_after: Seconds(0),
            };
            bundle.put(&SecretName::new(*name).unwrap(), deposit, index > 0, &sealing).unwrap();
        }
        bundle.open(&identities).unwrap()
    }

    fn shared(first: &OpenBundle, second: &OpenBundle) -> Vec<String> {
        let pair = |reuse: Reuse| format!("{} {}", reuse.first.1, reuse.second.1);
        reused(first, second).into_iter().map(pair).collect()
    }

    #[test]
    fn a_value_in_two_environments_is_found_under_any_name() {
        let production = open("production", &[("a", "one"), ("b", "two"), ("c", "three")]);
        let dev = open("dev", &[("a", "uno"), ("d", "two\n"), ("c", "three")]);
        assert_eq!(shared(&production, &dev), ["b d", "c c"]);
        assert_eq!(shared(&production, &open("dev", &[("a", "1"), ("b", "2")])), [""; 0]);
    }

    #[test]
    fn a_value_before_a_rotation_counts_while_it_is_valid() {
        let rotated = open("production", &[("a", "old"), ("a", "new")]);
        assert_eq!(shared(&rotated, &open("dev", &[("a", "old")])), ["a a"]);
    }
}
