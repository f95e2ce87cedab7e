//! Secrets, judged by the programs that will read them: age, nginx, PostgreSQL, a TLS client.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod age;
mod garbage;
mod nginx;
mod plain_sight;
mod postgres;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod unsealed;

use portcullis::secrets::{Bundle, Deposit, Kind, Recipient, Sealing, SecretValue};
use portcullis::stack::{EnvironmentName, Seconds, SecretName};
use time::Date;
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 22);

/// A bundle of `production` that holds one value.
fn sealed(name: &str, value: &str, recipients: &[Recipient]) -> Bundle {
    let mut bundle = Bundle::new(EnvironmentName::new("production").unwrap());
    let deposit = Deposit {
        kind: Kind::Provided,
        value: &SecretValue::from(value),
        public: String::new(),
        rotate_after: Seconds(0),
    };
    let sealing = Sealing { recipients, today: TODAY };
    bundle.put(&SecretName::new(name).unwrap(), deposit, false, &sealing).unwrap();
    bundle
}
