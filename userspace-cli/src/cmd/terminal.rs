// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! What programs wrote, on a terminal: it must not command it. Into files and pipes their bytes go as they are.

/// `text` with its lines and tabs; other control characters (escape sequences begin with one) are replaced.
pub fn harmless(text: &str) -> String {
    let show = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(show).collect()
}

/// Bytes at the end of `data` to be kept until more comes: the beginning of a character, or a carriage return.
pub fn incomplete(data: &[u8], more: bool) -> usize {
    if !more {
        return 0;
    }
    if data.ends_with(b"\r") {
        return 1;
    }
    match data.utf8_chunks().last() {
        // A chunk that is invalid at the very end, and could go on.
        Some(chunk)
            if std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none()) =>
        {
            chunk.invalid().len()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(harmless("a\tb\r\nü\n"), "a\tb\nü\n");
        assert_eq!(
            harmless("\x1b]0;title\x07\x1b[2Jx\u{9b}31m\rover"),
            "\u{fffd}]0;title\u{fffd}\u{fffd}[2Jx\u{fffd}31m\u{fffd}over"
        );
    }

    #[test]
    fn half_a_character_waits() {
        assert_eq!(incomplete("ü".as_bytes(), true), 0);
        assert_eq!(incomplete(b"a\xc3", true), 1);
        assert_eq!(incomplete(b"a\xe2\x82", true), 2);
        assert_eq!(incomplete(b"a\xe2\x82", false), 0);
        assert_eq!(incomplete(b"a\xff", true), 0);
        assert_eq!(incomplete(b"a\r", true), 1);
        assert_eq!(incomplete(b"", true), 0);
    }
}
