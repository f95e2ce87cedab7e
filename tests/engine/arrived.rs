//! What of a request reached the application: the probe's answer shows it.

use serde_json::Value;

use super::reply::Reply;

/// A request as the probe saw it.
pub struct Arrived(Value);

impl Arrived {
    /// What an answer of the probe tells.
    ///
    /// # Panics
    /// When the answer is not the probe's.
    pub fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{reply:?}");
        let seen: Value = serde_json::from_slice(&reply.body).expect("the probe's answer");
        assert!(seen["headers"].is_array(), "not the probe's answer: {seen}");
        Self(seen)
    }

    /// All values of a header, in whatever case and whether with hyphens or underscores.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let headers = self.0["headers"].as_array().expect("headers");
        let same = |other: &str| other.replace(['_', '.'], "-").eq_ignore_ascii_case(name);
        let named = headers.iter().filter(|pair| pair[0].as_str().is_some_and(same));
        named.filter_map(|pair| pair[1].as_str()).collect()
    }

    /// The size of its body, in bytes.
    pub fn size(&self) -> u64 {
        self.0["size"].as_u64().expect("a size")
    }
}
