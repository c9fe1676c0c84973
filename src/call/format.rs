//! Formats values for sentences.

use std::borrow::Cow;

use super::name::short;
use super::schema::ValueFormat;

/// The value in the format, or unchanged if the format does not apply.
pub(super) fn format(value: &str, format: Option<ValueFormat>) -> Cow<'_, str> {
    match format {
        Some(ValueFormat::Bytes) => value.parse::<f64>().map_or(Cow::Borrowed(value), |bytes| Cow::Owned(size(bytes))),
        Some(ValueFormat::Instances) if value == "1" => Cow::Borrowed("1 instance"),
        Some(ValueFormat::Instances) => Cow::Owned(format!("up to {value} instances")),
        Some(ValueFormat::InstanceCount) => number(value, "instance"),
        Some(ValueFormat::Days) => number(value, "day"),
        Some(ValueFormat::Years) => number(value, "year"),
        Some(ValueFormat::Nodes) => number(value, "node"),
        Some(ValueFormat::Units) => number(value, "unit"),
        Some(ValueFormat::DedicatedHosts) => number(value, "Dedicated Host"),
        Some(ValueFormat::SpotInstances) => number(value, "Spot Instance"),
        Some(ValueFormat::Name | ValueFormat::Members) | None => short(value, None),
    }
}

/// A number with its noun: `1 day`, `30 days`.
fn number<'v>(value: &str, noun: &str) -> Cow<'v, str> {
    Cow::Owned(format!("{value} {noun}{}", if value == "1" { "" } else { "s" }))
}

/// A number of bytes: `1.2 GB`.
fn size(bytes: f64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut size = bytes;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 || size >= 99.95 { format!("{size:.0} {}", UNITS[unit]) } else { format!("{size:.1} {}", UNITS[unit]) }
}

/// The regular past tense of a verb: `created` for `create`. Irregular ones are in `words/past.toml`.
pub(super) fn regular_past(verb: &str) -> String {
    let is_vowel = |byte: u8| b"aeiou".contains(&byte);
    match verb.as_bytes() {
        [.., b'e'] => format!("{verb}d"),
        [.., before, b'y'] if !is_vowel(*before) => format!("{}ied", &verb[..verb.len() - 1]),
        _ => format!("{verb}ed"),
    }
}

/// The text with an uppercase first letter.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_three_digits() {
        let cases =
            [("0", "0 bytes"), ("999", "999 bytes"), ("1234567890", "1.2 GB"), ("123456", "123 kB"), ("x", "x")];
        for (bytes, text) in cases {
            assert_eq!(format(bytes, Some(ValueFormat::Bytes)), text);
        }
    }

    #[test]
    fn counts_other_than_one_are_plural() {
        assert_eq!(format("1", Some(ValueFormat::Days)), "1 day");
        assert_eq!(format("30", Some(ValueFormat::Days)), "30 days");
        assert_eq!(format("2", Some(ValueFormat::DedicatedHosts)), "2 Dedicated Hosts");
    }

    #[test]
    fn regular_verbs_are_converted_to_past_tense() {
        let cases = [("create", "created"), ("attach", "attached"), ("modify", "modified"), ("deploy", "deployed")];
        for (verb, past) in cases {
            assert_eq!(regular_past(verb), past);
        }
    }
}
