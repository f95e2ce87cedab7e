//! The ACL file of redis and valkey: one user per consumer, known by a hash (Redis
//! documentation, "ACL": rules and `aclfile`).

use ring::digest::{SHA256, digest};

/// What a consumer may do: all keys and channels, and no command that administers the server
/// or endangers others (`@admin`: CONFIG, ACL, SHUTDOWN; `@dangerous`: FLUSHALL, KEYS,
/// MONITOR). INFO is given back, since client libraries read the version with it.
const CONSUMER: &str = "~* &* +@all -@admin -@dangerous +info";

/// A consumer and its password, as the consumer sends it.
pub struct RedisUser<'a> {
    pub name: &'a str,
    pub password: &'a [u8],
}

/// The lines of the ACL file, in the order given. The default user is off; `health` has no
/// password and may say nothing but PING, so that the health check needs no secret.
pub fn redis_acl(users: &[RedisUser<'_>]) -> String {
    let mut lines = String::from("user default off\nuser health on nopass -@all +ping\n");
    for RedisUser { name, password } in users {
        let hash = digest(&SHA256, password);
        let digits: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push_str(&format!("user {name} on #{digits} {CONSUMER}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_known_by_the_hash_of_their_password() {
        let acl = redis_acl(&[RedisUser { name: "core-app", password: b"password" }]);
        let expected = "user default off\n\
            user health on nopass -@all +ping\n\
            user core-app on \
            #5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 \
            ~* &* +@all -@admin -@dangerous +info\n";
        assert_eq!(acl, expected);
    }
}
