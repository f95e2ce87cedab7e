//! What became of every promise, for a person and for a program.

use serde_json::{Value, json};

use super::{Observation, Promise};

/// Version of the JSON form: it changes when a field goes or changes its meaning.
const VERSION: u32 = 1;

/// What became of every promise that the stack makes.
pub struct Account {
    entries: Vec<(&'static Promise, Observation)>,
}

impl Account {
    /// Promises that the stack does not make are left out.
    pub(super) fn new(mut entries: Vec<(&'static Promise, Observation)>) -> Self {
        entries.retain(|(_, observation)| *observation != Observation::NotMade);
        Self { entries }
    }

    /// True where some promise is broken.
    pub fn is_broken(&self) -> bool {
        self.count("broken") > 0
    }

    /// For a terminal: one line a promise, what was seen below a broken one, and a sum.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (promise, observation) in &self.entries {
            let (word, lines) = told(observation);
            text += &format!("{word:<7} {}\n", promise.text);
            for line in lines {
                text += &format!("        {line}\n");
            }
        }
        let [holds, broken, unseen] = ["holds", "broken", "unseen"].map(|word| self.count(word));
        text + &format!("\n{holds} hold, {broken} broken, {unseen} cannot be seen from here\n")
    }

    /// For programs: `{version, promises: [{id, promise, result, seen: [LINE]}]}`, where `result`
    /// is `holds`, `broken` or `unseen`.
    pub fn json(&self) -> Value {
        let entry = |(promise, observation): &(&Promise, Observation)| {
            let (result, seen) = told(observation);
            json!({"id": promise.id, "promise": promise.text, "result": result, "seen": seen})
        };
        json!({"version": VERSION, "promises": self.entries.iter().map(entry).collect::<Vec<_>>()})
    }

    fn count(&self, word: &str) -> usize {
        self.entries.iter().filter(|(_, observation)| told(observation).0 == word).count()
    }
}

/// The word for an observation, and its lines.
fn told(observation: &Observation) -> (&'static str, Vec<&str>) {
    match observation {
        Observation::Holds(seen) => ("holds", vec![seen]),
        Observation::Broken(seen) => ("broken", seen.iter().map(String::as_str).collect()),
        Observation::Unseen(why) => ("unseen", vec![why]),
        Observation::NotMade => ("absent", Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ALL;
    use super::*;

    fn account() -> Account {
        let found = [
            Observation::Holds("2 ports".to_owned()),
            Observation::Broken(vec!["TLS 1.0 is spoken".to_owned()]),
            Observation::Unseen("no token".to_owned()),
            Observation::NotMade,
        ];
        Account::new(ALL.iter().zip(found).collect())
    }

    #[test]
    fn what_was_seen_of_a_broken_promise_stands_below_it() {
        let text = account().text();
        assert!(
            text.contains("broken  TLS 1.0 and TLS 1.1 are refused\n        TLS 1.0 is spoken\n")
        );
        assert!(text.ends_with("\n1 hold, 1 broken, 1 cannot be seen from here\n"), "{text}");
    }

    #[test]
    fn programs_get_a_version_and_what_the_stack_promises() {
        let value = account().json();
        assert_eq!(value["version"], 1);
        let results: Vec<&str> = value["promises"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|p| p["result"].as_str())
            .collect();
        assert_eq!(results, ["holds", "broken", "unseen"]);
        assert_eq!(value["promises"][1]["seen"][0], "TLS 1.0 is spoken");
    }
}
