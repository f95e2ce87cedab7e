//! Sizes with units, as Docker counts them (go-units `RAMInBytes`: 1k is 1024 bytes).

use crate::compose::load::tree::{spelled, text};
use crate::yaml::Node;

/// The size in bytes, as text.
pub(super) fn read(node: &Node) -> Result<Node, &'static str> {
    let size = spelled(node).and_then(parse).ok_or("a size such as 512m or 2g")?;
    Ok(text(size.to_string(), node.at))
}

fn parse(size: &str) -> Option<i64> {
    if let Ok(bytes) = size.parse::<i64>() {
        return Some(bytes);
    }
    let end = size.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')?;
    let (number, unit) = size.split_at(end + 1);
    let number = number.strip_suffix(' ').unwrap_or(number).parse::<f64>().ok()?;
    let unit = unit.to_ascii_lowercase();
    let power = match unit.chars().next() {
        None | Some('b') if unit.len() <= 1 => 0,
        Some(letter) => {
            let power = "kmgtp".find(letter)? + 1;
            if !["", "b", "ib"].contains(&unit.get(1..)?) {
                return None;
            }
            power
        }
        None => 0,
    };
    let bytes = number * 1024_f64.powi(i32::try_from(power).ok()?);
    // More than an i64 holds is more than any machine has.
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    (0.0..9.0e18).contains(&bytes).then_some(bytes as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (size, bytes) in [
            ("512m", Some(512 << 20)),
            ("2g", Some(2 << 30)),
            ("1.5GB", Some(3 << 29)),
            ("1 KiB", Some(1024)),
            ("64", Some(64)),
            ("-1", Some(-1)),
            ("10b", Some(10)),
            ("", None),
            ("2x", None),
            ("g", None),
            ("1gg", None),
        ] {
            assert_eq!(parse(size), bytes, "{size}");
        }
    }
}
