// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

//! Character classes of RFC 9110 §5.6 and a quick search for a byte.

const TOKEN: u8 = 1;
const VALUE: u8 = 2;
const TARGET: u8 = 4;
const HOST: u8 = 8;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let c = i as u8;
        let visible = c > b' ' && c < 0x7f;
        if c.is_ascii_alphanumeric() || in_set(c, b"!#$%&'*+-.^_`|~") {
            table[i] |= TOKEN;
        }
        if visible || c == b' ' || c == b'\t' || c >= 0x80 {
            table[i] |= VALUE;
        }
        if visible && c != b'#' {
            table[i] |= TARGET;
        }
        if c.is_ascii_alphanumeric() || in_set(c, b"-._~!$&'()*+,;=%:[]") {
            table[i] |= HOST;
        }
        i += 1;
    }
    table
}

const fn in_set(c: u8, set: &[u8]) -> bool {
    let mut i = 0;
    while i < set.len() {
        if set[i] == c {
            return true;
        }
        i += 1;
    }
    false
}

fn all(bytes: &[u8], class: u8) -> bool {
    bytes.iter().all(|&c| CLASS[c as usize] & class != 0)
}

/// Whether `bytes` is a `token`: the form of methods and field names.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && all(bytes, TOKEN)
}

/// Whether `bytes` may stand in a field value: no control character but the tab.
pub fn is_field_value(bytes: &[u8]) -> bool {
    all(bytes, VALUE)
}

/// Whether `bytes` may be a request target: visible ASCII without a fragment.
pub fn is_target(bytes: &[u8]) -> bool {
    !bytes.is_empty() && all(bytes, TARGET)
}

/// Whether `bytes` has only characters of `uri-host [":" port]`; may be empty.
pub fn is_host(bytes: &[u8]) -> bool {
    all(bytes, HOST)
}

/// `bytes` without optional white space (space, tab) at both ends.
pub fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Offset of the first `needle` in `bytes`, eight bytes at a time.
pub fn find(bytes: &[u8], needle: u8) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pattern = LOW * needle as u64;
    let mut words = bytes.chunks_exact(8);
    let mut at = 0;
    for word in &mut words {
        let Ok(array) = <[u8; 8]>::try_from(word) else {
            break;
        };
        let x = u64::from_le_bytes(array) ^ pattern;
        let zero = x.wrapping_sub(LOW) & !x & HIGH;
        if zero != 0 {
            return Some(at + (zero.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    words
        .remainder()
        .iter()
        .position(|&c| c == needle)
        .map(|i| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_grammar() {
        assert!(is_token(b"X-Forwarded-For"));
        assert!(!is_token(b""));
        for bad in [&b"a b"[..], b"a:", b"a\0", b"(a)", b"\xc3\xa4"] {
            assert!(!is_token(bad), "{bad:?}");
        }
        assert!(is_field_value(b"a b\tc \xff"));
        assert!(!is_field_value(b"a\rb") && !is_field_value(b"\0") && !is_field_value(b"\x7f"));
        assert!(is_target(b"/a?b=%20") && !is_target(b"/a b") && !is_target(b"/\xe4"));
        assert!(is_host(b"[::1]:80") && !is_host(b"a/b") && !is_host(b"a@b"));
    }

    #[test]
    fn find_agrees_with_position() {
        for len in 0..40 {
            for at in 0..len {
                let mut text = vec![b'x'; len];
                text[at] = b'\n';
                if at + 3 < len {
                    text[at + 3] = b'\n';
                }
                assert_eq!(find(&text, b'\n'), Some(at));
            }
            assert_eq!(find(&vec![0x0bu8; len], b'\n'), None);
        }
    }

    #[test]
    fn trim_takes_only_blanks() {
        assert_eq!(trim(b" \ta b\t "), b"a b");
        assert_eq!(trim(b" \t"), b"");
        assert_eq!(trim(b"\ra"), b"\ra");
    }
}
