// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Sizes and fuel on the command line.

/// Parses bytes: `65536`, `64K`, `64KiB`, `1MB`, `1g`. All units are powers of 1024.
pub fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text
        .get(digits.len()..)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let shift = match unit.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(format!("`{unit}` is no unit: use K, M or G")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{digits}` is not a number"))?;
    match number.checked_mul(1 << shift) {
        Some(0) => Err("must be more than zero".into()),
        Some(bytes) => Ok(bytes),
        None => Err("too large".into()),
    }
}

/// Parses a duration: `100ms`, `2s`, `1m 30s`; a plain number is seconds.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return std::time::Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 100ms, 2s or 1m"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn sizes() {
        assert_eq!(bytes("65536"), Ok(65536));
        assert_eq!(bytes("64KiB"), Ok(65536));
        assert_eq!(bytes("2m"), Ok(2 << 20));
        assert_eq!(bytes("3G"), Ok(3 << 30));
        for bad in ["", "0", "-1", "x", "1T", "K", "99999999999999G", "1.5M"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("100ms"), Ok(Duration::from_millis(100)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
        for bad in ["", "-1", "soon", "nan", "inf", "5 parsecs"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
