//! Random values. The source of randomness is passed in, so everything above is a function of
//! its inputs.

use rand::TryCryptoRng;
use zeroize::Zeroizing;

use super::SecretValue;

/// Letters and digits that survive URLs, shells, configuration files and nginx's `map`, which
/// ignores case: 36 signs, 5.17 bits each; 43 of them carry 222 bits.
pub const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The length of a generated value whose description names none.
pub const DEFAULT_LENGTH: usize = 43;

/// A source of randomness fit for keys. Every cryptographic generator of `rand` is one; the
/// real one is `rand::rngs::SysRng`, the operating system.
pub trait Randomness {
    /// Fills `bytes`, or says that no randomness is to be had.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

impl<R: TryCryptoRng> Randomness for R {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.try_fill_bytes(bytes).map_err(|_| NoRandomness)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// A value of `length` signs of `alphabet`, each equally likely: a byte beyond the last whole
/// multiple of the alphabet's length is thrown away, not folded back. An alphabet of no signs,
/// or of more than 256, gives an empty value, which no minimum accepts.
pub fn generate(
    length: usize,
    alphabet: &[u8],
    randomness: &mut dyn Randomness,
) -> Result<SecretValue, NoRandomness> {
    let mut value = Zeroizing::new(Vec::with_capacity(length));
    let signs = alphabet.len();
    if signs == 0 || signs > 256 {
        return Ok(SecretValue::new(Vec::new()));
    }
    let fair = 256 - 256 % signs;
    let mut pool = Zeroizing::new([0_u8; 64]);
    while value.len() < length {
        randomness.fill(pool.as_mut_slice())?;
        let picked = pool.iter().map(|byte| usize::from(*byte));
        let picked = picked.filter(|byte| *byte < fair);
        let picked = picked.filter_map(|byte| alphabet.get(byte % signs).copied());
        let missing = length - value.len();
        value.extend(picked.take(missing));
    }
    Ok(SecretValue::new(value.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn values_have_the_asked_length_and_only_known_signs() {
        let mut seeded = StdRng::seed_from_u64(7);
        for length in [0, 1, 43, 64, 65, 300] {
            let value = generate(length, ALPHABET, &mut seeded).unwrap();
            assert_eq!(value.expose().len(), length);
            assert!(value.expose().iter().all(|sign| ALPHABET.contains(sign)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_value_and_the_next_one_differs() {
        let draw = |seed| generate(43, ALPHABET, &mut StdRng::seed_from_u64(seed)).unwrap();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let mut system = rand::rngs::SysRng;
        let first = generate(43, ALPHABET, &mut system).unwrap();
        assert_ne!(first, generate(43, ALPHABET, &mut system).unwrap());
    }

    /// Folding 256 bytes onto 36 signs would favour the first four by an eighth.
    #[test]
    fn no_sign_is_favoured() {
        let mut seeded = StdRng::seed_from_u64(3);
        let value = generate(360_000, ALPHABET, &mut seeded).unwrap();
        for sign in ALPHABET {
            let seen = value.expose().iter().filter(|other| *other == sign).count();
            assert!((9_500..10_500).contains(&seen), "{}: {seen}", *sign as char);
        }
    }

    #[test]
    fn a_dry_source_is_an_error() {
        struct Dry;
        impl Randomness for Dry {
            fn fill(&mut self, _: &mut [u8]) -> Result<(), NoRandomness> {
                Err(NoRandomness)
            }
        }
        assert_eq!(generate(1, ALPHABET, &mut Dry), Err(NoRandomness));
    }
}
