//! What must not move, tried out.

use super::*;
use crate::stack::testing;
use crate::stack::{Purpose, ServiceName};

fn link(stack: &mut Stack, from: &str, to: &str) {
    let name = |text: &str| ServiceName::new(text).unwrap();
    let (from, to) = (name(from), name(to));
    let network = NetworkName::link(&from, &to);
    let purpose = Purpose::Link { from: from.clone(), to: to.clone() };
    stack.networks.insert(network, Network::new(purpose, [from, to]));
}

fn subnets(lock: &Lock) -> BTreeMap<String, String> {
    lock.environments.values().next().unwrap().networks.clone()
}

#[test]
fn numbers_stay_and_freed_ones_rest() {
    let mut stack = testing::sample();
    let first = allocate(&stack, &Lock::default(), None).unwrap().lock;
    link(&mut stack, "aaa", "bbb");
    let second = allocate(&stack, &first, None).unwrap().lock;
    for (name, subnet) in subnets(&first) {
        assert_eq!(subnets(&second)[&name], subnet, "{name} moved");
    }
    let gone = subnets(&second)["aaa--bbb"].clone();
    stack.networks.remove("aaa--bbb");
    let third = allocate(&stack, &second, None).unwrap().lock;
    link(&mut stack, "ccc", "ddd");
    let fourth = allocate(&stack, &third, None).unwrap().lock;
    assert_ne!(subnets(&fourth)["ccc--ddd"], gone);
    assert_eq!(allocate(&stack, &fourth, None).unwrap().lock, fourth);
}

#[test]
fn the_later_of_two_with_one_number_moves() {
    let mut stack = testing::sample();
    link(&mut stack, "aaa", "bbb");
    link(&mut stack, "ccc", "ddd");
    let mut lock = allocate(&stack, &Lock::default(), None).unwrap().lock;
    let environment = lock.environments.values_mut().next().unwrap();
    let first = environment.networks["aaa--bbb"].clone();
    environment.networks.insert("ccc--ddd".to_owned(), first.clone());
    let allocation = allocate(&stack, &lock, None).unwrap();
    assert_eq!(allocation.moved, [NetworkName::new("ccc--ddd").unwrap()]);
    let subnets = subnets(&allocation.lock);
    assert_eq!(subnets["aaa--bbb"], first);
    assert_ne!(subnets["ccc--ddd"], first);
}

#[test]
fn a_thousand_links_grow_the_pool_and_none_overlaps() {
    let mut stack = testing::sample();
    for number in 0..1_500 {
        link(&mut stack, &format!("a{number}"), "hub");
    }
    let lock = allocate(&stack, &Lock::default(), None).unwrap().lock;
    let distinct: BTreeSet<String> = subnets(&lock).into_values().collect();
    assert_eq!(distinct.len(), stack.networks.len());
}

#[test]
fn a_pool_of_a_person_is_not_left() {
    let mut stack = testing::sample();
    let pool = AddressRange::parse("10.9.0.0/28").unwrap();
    for number in 0..4 {
        link(&mut stack, &format!("a{number}"), "hub");
    }
    assert_eq!(allocate(&stack, &Lock::default(), Some(pool)), Err(LockError::Full(pool)));
}

#[test]
fn what_is_no_digest_is_refused() {
    let mut lock = Lock::default();
    lock.images.insert("redis:8".to_owned(), "latest".to_owned());
    assert!(allocate(&testing::sample(), &lock, None).is_err());
}
