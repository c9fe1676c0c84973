//! Sizes in arguments.

/// Units in bytes, binary units first.
const UNITS: [(&str, u64); 6] =
    [("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000)];

/// The minimum memory for loading a trail.
const LEAST: u64 = 256_000_000;

/// The minimum and maximum of the record size limit.
const RECORD: std::ops::RangeInclusive<u64> = 64 << 10..=256 << 20;

/// Parses a memory size.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let size = bytes(text)?;
    if size >= LEAST { Ok(size) } else { Err("expected at least 256MB".to_owned()) }
}

/// Parses a record size.
pub(crate) fn parse_record(text: &str) -> Result<u64, String> {
    let size = bytes(text)?;
    if RECORD.contains(&size) { Ok(size) } else { Err("expected 64KiB to 256MiB".to_owned()) }
}

/// Parses sizes such as `2GB` and `512 MiB` into bytes.
fn bytes(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|(name, bytes)| Some((lower.strip_suffix(name)?.trim_end(), bytes)));
    let size = unit.and_then(|(number, bytes)| number.parse::<u64>().ok()?.checked_mul(*bytes));
    size.ok_or_else(|| "expected a whole number followed by KB, MB, GB, KiB, MiB or GiB, such as 2GB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_units_are_parsed() {
        let sizes = ["300000KB", "300 MB", "2GB", "262144KiB", "512mib", "1GiB"].map(parse);
        let wanted = [300_000_000, 300_000_000, 2_000_000_000, 268_435_456, 536_870_912, 1_073_741_824];
        assert_eq!(sizes, wanted.map(Ok));
    }

    #[test]
    fn invalid_and_too_small_sizes_are_rejected() {
        for text in ["", "2", "GB", "-1GB", "1.5GB", "99999999999999GB", "255MB", "1 TB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
