//! What a scalar without quotes is to Compose, whose reader (go-yaml) keeps parts of YAML 1.1:
//! `0755` is 493, `1_000` is 1000 and `1.10` is 1.1, and that is what a container gets to see.

use super::{Kind, Scalar, Value};

/// The value of a scalar as Compose takes it.
pub(super) fn resolve(scalar: Scalar) -> Value {
    if scalar.quoted {
        return Value::Scalar(scalar);
    }
    let made = |text: String, kind| Value::Scalar(Scalar { text, kind, quoted: false });
    match scalar.text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => made("true".to_owned(), Kind::Boolean),
        "false" | "False" | "FALSE" => made("false".to_owned(), Kind::Boolean),
        text => match (integer(text), float(text)) {
            (Some(text), _) => made(text, Kind::Integer),
            (None, Some(text)) => made(text, Kind::Float),
            (None, None) => made(text.to_owned(), Kind::String),
        },
    }
}

/// A whole number in base 2, 8, 10 or 16 with `_` between digits, in decimal.
fn integer(text: &str) -> Option<String> {
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (digits, 8)
    } else {
        let octal = lower.strip_prefix('0').filter(|digits| !digits.is_empty());
        octal.map_or((lower.as_str(), 10), |digits| (digits, 8))
    };
    if !digits.starts_with(|c: char| c.is_digit(base)) {
        return None;
    }
    let number = u64::from_str_radix(digits, base).ok()?;
    let small = sign.is_empty() || number <= i64::MAX.unsigned_abs() + 1;
    small.then(|| if number == 0 { "0".to_owned() } else { format!("{sign}{number}") })
}

/// A number with a fraction or an exponent, in the shortest form that Go writes.
fn float(text: &str) -> Option<String> {
    let plain = text.replace('_', "");
    let digits = plain.trim_start_matches(['+', '-']);
    let valid = !text.starts_with('_')
        && plain.len() - digits.len() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    let number = plain.parse::<f64>().ok().filter(|number| valid && number.is_finite())?;
    Some(shortest(number))
}

/// The shortest text that is this number, with an exponent below 1e-4 and from 1e6 on, as Go's
/// `%v` writes it.
fn shortest(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if (-4..6).contains(&exponent) => format!("{number}"),
        Ok(exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        Err(_) => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_go_makes_of_them() {
        for (text, kind, expected) in [
            ("0755", Kind::Integer, "493"),
            ("08", Kind::Float, "8"),
            ("1_000", Kind::Integer, "1000"),
            ("0x1F", Kind::Integer, "31"),
            ("0b101", Kind::Integer, "5"),
            ("-5", Kind::Integer, "-5"),
            ("1.10", Kind::Float, "1.1"),
            ("yes", Kind::String, "yes"),
            ("22:22", Kind::String, "22:22"),
            ("1.2.3", Kind::String, "1.2.3"),
            ("-", Kind::String, "-"),
            ("_1", Kind::String, "_1"),
            ("True", Kind::Boolean, "true"),
        ] {
            let scalar = Scalar { text: text.to_owned(), kind: Kind::String, quoted: false };
            let expected = Scalar { text: expected.to_owned(), kind, quoted: false };
            assert_eq!(resolve(scalar), Value::Scalar(expected), "{text}");
        }
    }

    #[test]
    fn quotes_make_text() {
        let scalar = Scalar { text: "0755".to_owned(), kind: Kind::String, quoted: true };
        assert_eq!(resolve(scalar.clone()), Value::Scalar(scalar));
    }
}
