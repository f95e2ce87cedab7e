//! What is computed from secrets when they are unsealed, and never stored: verifiers that let a
//! server check a password without knowing it, and the gateway's table of keys. Each is a
//! function of plain inputs. Stands alone because each file follows an outside specification.

mod api_keys;
mod caching_sha2;
mod native_password;
mod redis_acl;
mod salt;
mod scram;
mod template;

pub use api_keys::{ApiKey, KEY_MINIMUM, KEY_MOST, KeyFault, api_key_map, bits_lost_to_case};
pub use caching_sha2::caching_sha2_verifier;
pub use native_password::native_password_verifier;
pub use redis_acl::{RedisUser, redis_acl};
pub use scram::scram_verifier;
pub use template::{Part, fill_template};
