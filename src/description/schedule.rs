//! When something recurs.

use super::leaf::leaves;

/// `hourly`, `daily`, `weekly`, `monthly`, or five fields of cron(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(String);

impl Schedule {
    /// Check and take a schedule.
    ///
    /// # Errors
    /// What to write instead.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let word = ["hourly", "daily", "weekly", "monthly"].contains(&text);
        if word || is_cron(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err("write hourly, daily, weekly, monthly, or five fields of cron such as `30 2 * * *`")
        }
    }

    /// The schedule as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

leaves! {
    Schedule, "a schedule", Self::new, {"type": "string", "examples": ["daily", "30 2 * * *"]};
}

/// Minute, hour, day of the month, month, day of the week, as numbers.
fn is_cron(text: &str) -> bool {
    const BOUNDS: [(u8, u8); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    let fields: Vec<&str> = text.split(' ').collect();
    fields.len() == BOUNDS.len()
        && fields
            .iter()
            .zip(BOUNDS)
            .all(|(field, (least, most))| field.split(',').all(|part| is_part(part, least, most)))
}

fn is_part(part: &str, least: u8, most: u8) -> bool {
    let number = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u8>().ok().filter(|_| digits)
    };
    let within = |text: &str| number(text).filter(|n| (least..=most).contains(n));
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let range = match range.split_once('-') {
        Some((first, last)) => within(first).zip(within(last)).is_some_and(|(a, b)| a <= b),
        None => range == "*" || within(range).is_some(),
    };
    range && number(step).is_some_and(|step| step > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_words_or_cron() {
        for good in ["daily", "30 2 * * *", "*/15 0-6 1,15 * 1-5"] {
            assert!(Schedule::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "often",
            "60 2 * * *",
            "* * * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "* * 0 * *",
            "1 1 1 1 8",
        ] {
            assert!(Schedule::new(bad).is_err(), "{bad}");
        }
    }
}
