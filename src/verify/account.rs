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
