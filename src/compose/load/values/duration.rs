//! Times with units, read as Compose reads them (with days and weeks) and written as Go writes
//! them: `90s` is `1m30s`.

use crate::compose::load::tree::{spelled, text};
use crate::yaml::Node;

/// The time in Go's spelling.
pub(super) fn read(node: &Node) -> Result<Node, &'static str> {
    let time = spelled(node).and_then(parse).ok_or("a time such as 30s or 1m30s")?;
    Ok(text(shown(time), node.at))
}

/// Nanoseconds.
fn parse(time: &str) -> Option<i64> {
    let (sign, mut rest) = match time.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, time.strip_prefix('+').unwrap_or(time)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0.0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let number = number.parse::<f64>().ok()?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        total += number * nanoseconds(unit)?;
        rest = after;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    (total < 9.0e18).then_some(sign * total.round() as i64)
}

fn nanoseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1.0e3,
        "ms" => 1.0e6,
        "s" => 1.0e9,
        "m" => 6.0e10,
        "h" => 3.6e12,
        "d" => 8.64e13,
        "w" => 6.048e14,
        _ => return None,
    })
}

fn shown(time: i64) -> String {
    let sign = if time < 0 { "-" } else { "" };
    let time = time.unsigned_abs();
    let part = |unit: u64| {
        let digits = unit.to_string().len() - 1;
        let fraction = format!("{:0digits$}", time % unit);
        let fraction = fraction.trim_end_matches('0');
        let whole = time / unit;
        if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
    };
    match time {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{time}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", part(1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", part(1_000_000)),
        _ => {
            let minutes = time / 60_000_000_000;
            let seconds = shown_seconds(time % 60_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn shown_seconds(time: u64) -> String {
    let fraction = format!("{:09}", time % 1_000_000_000);
    match (time / 1_000_000_000, fraction.trim_end_matches('0')) {
        (whole, "") => whole.to_string(),
        (whole, fraction) => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_as_go_does() {
        for (time, expected) in [
            ("90s", "1m30s"),
            ("1h", "1h0m0s"),
            ("1.5s", "1.5s"),
            ("500ms", "500ms"),
            ("1d", "24h0m0s"),
            ("0", "0s"),
            ("0s", "0s"),
            ("1500us", "1.5ms"),
        ] {
            assert_eq!(parse(time).map(shown).as_deref(), Some(expected), "{time}");
        }
        for time in ["", "10", "s", "1x", "1.2.3s", "s1"] {
            assert_eq!(parse(time), None, "{time}");
        }
    }
}
