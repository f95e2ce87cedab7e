//! Secret values: made, sealed into a bundle that can be committed, opened again, and written
//! where only their readers find them. Stands alone because nothing else in the program ever
//! holds a value.

mod bundle;
mod bundle_file;
mod bundle_text;
pub mod derived;
mod directory;
mod generate;
mod identity;
mod install;
mod reconcile;
mod reuse;
mod seal;
mod secret_value;
mod unseal_files;
mod values;

pub use bundle::{
    Bundle, BundleIndex, Deposit, Kind, Known, OpenBundle, OpenSecret, Sealing, Unopened,
};
pub use bundle_file::{BundleFileError, bundle_path};
pub use directory::{DirectoryError, SecretsDirectory, Storage, default_directory};
pub use generate::{ALPHABET, DEFAULT_LENGTH, NoRandomness, Randomness, generate};
pub use identity::{
    IDENTITY_VARIABLE, Identities, IdentityFileError, Passphrase, identity_path, others_may_read,
};
pub use install::{Installed, Unsealed};
pub use reconcile::{
    MakeError, Overdue, Reconciliation, due, make, make_missing, reconcile, stored_kind,
};
pub use reuse::{Reuse, reused};
pub use seal::{
    IdentityError, Recipient, RecipientError, SealError, UnsealError, fingerprint, seal, unseal,
};
pub use secret_value::SecretValue;
pub use unseal_files::{
    Access, SecretFile, SecretFiles, faults, file_path, readers_to_restart, unseal_files,
    values_in_sight,
};
pub use values::{Fault, Reason};
