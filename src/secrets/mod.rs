//! Secret values: made, sealed into a bundle that can be committed, opened again, and written
//! where only their readers find them. Stands alone because nothing else in the program ever
//! holds a value.

pub mod derived;
mod generate;
mod identity;
mod seal;
mod secret_value;

pub use generate::{ALPHABET, DEFAULT_LENGTH, NoRandomness, Randomness, generate};
pub use identity::{
    IDENTITY_VARIABLE, Identities, IdentityFileError, Passphrase, identity_path, others_may_read,
};
pub use seal::{
    IdentityError, Recipient, RecipientError, SealError, UnsealError, fingerprint, seal, unseal,
};
pub use secret_value::SecretValue;
