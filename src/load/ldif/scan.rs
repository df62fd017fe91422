//! The two searches that every byte or every line goes through: where lines start, and how long names are.
//!
//! Both are written so that the compiler can do many bytes at once and the processor has little to guess: one call of
//! `memchr` per line, and one byte at a time in names, cost more in wrong guesses than in work.

use super::line::line_end;

const LOW_BITS: u64 = u64::from_le_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);

/// Eight times the same byte.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Writes where each line of a block starts, and the length of the block as the last entry: line `n` is between
/// entries `n` and `n + 1`, its break included.
pub(super) fn line_starts(bytes: &[u8], starts: &mut Vec<u32>) {
    starts.clear();
    starts.push(0);
    if has_lone_return(bytes) {
        return line_starts_of_any_kind(bytes, starts);
    }
    let (words, rest) = bytes.as_chunks::<64>();
    let mut last = [b' '; 64];
    for (space, byte) in last.iter_mut().zip(rest) {
        *space = *byte;
    }
    let mut base = 0_u32;
    for word in words.iter().chain([&last]) {
        push_starts(feed_bits(word), base, starts);
        base = base.saturating_add(64);
    }
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    if starts.last() != Some(&length) {
        starts.push(length);
    }
}

/// Adds the start of the line after each LF. Four are written in any case and those that were none taken back: the
/// number of lines in 64 bytes is what no branch predictor can guess.
#[inline]
fn push_starts(mut feeds: u64, base: u32, starts: &mut Vec<u32>) {
    let before = starts.len();
    let mut count = 0;
    let mut next = || {
        let start = base + feeds.trailing_zeros() + 1;
        count += usize::from(feeds != 0);
        feeds &= feeds.wrapping_sub(1);
        start
    };
    let first = [next(), next(), next(), next()];
    starts.extend_from_slice(&first);
    starts.truncate(before + count);
    while feeds != 0 {
        starts.push(base + feeds.trailing_zeros() + 1);
        feeds &= feeds - 1;
    }
}

/// Which of 64 bytes are LF; the first byte is the lowest bit.
#[inline]
fn feed_bits(word: &[u8; 64]) -> u64 {
    let feeds = word.map(|byte| u8::from(byte == b'\n'));
    let mut bits = 0;
    for (position, part) in feeds.as_chunks::<8>().0.iter().enumerate() {
        // Moves the lowest bit of each of the eight bytes into the highest byte.
        let together = u64::from_le_bytes(*part).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= together << (position * 8);
    }
    bits
}

/// Whether any CR is not right before a LF. Written so that it needs no branch per byte.
fn has_lone_return(bytes: &[u8]) -> bool {
    let after = bytes.get(1..).unwrap_or_default();
    let mut parts = bytes.chunks(1024).zip(after.chunks(1024));
    let is_lone = |byte: u8, next: u8| u8::from(byte == b'\r') & u8::from(next != b'\n');
    bytes.last() == Some(&b'\r')
        || parts.any(|(part, after)| {
            part.iter().zip(after).fold(0, |lone, (byte, next)| lone | is_lone(*byte, *next)) != 0
        })
}

/// The same for blocks with CR alone, or CR CR LF.
fn line_starts_of_any_kind(bytes: &[u8], starts: &mut Vec<u32>) {
    let mut at = 0;
    while at < bytes.len() {
        at = line_end(bytes, at).1;
        starts.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
}

/// Length of the attribute name that a line starts with: letters, digits and hyphens.
#[inline]
pub(super) fn name_length(line: &[u8]) -> usize {
    let (parts, rest) = line.as_chunks::<8>();
    let mut length = 0;
    for part in parts {
        let others = other_bits(u64::from_le_bytes(*part));
        if others != 0 {
            return length + (others.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + rest.iter().position(|byte| !is_name_byte(*byte)).unwrap_or(rest.len())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// The high bit of each of eight bytes that is not part of an attribute name.
#[inline]
fn other_bits(part: u64) -> u64 {
    // With the high bit set, subtracting a bound of at most 0x7f leaves it set where the byte is at least the bound,
    // and never borrows from the next byte.
    let plain = part & !HIGH_BITS;
    let at_least = |value: u64, bound: u8| (value | HIGH_BITS) - all(bound);
    let between = |value: u64, low: u8, high: u8| at_least(value, low) & !at_least(value, high + 1);
    let letters = between(plain | (LOW_BITS * 0x20), b'a', b'z');
    let digits = between(plain, b'0', b'9');
    let hyphens = between(plain, b'-', b'-');
    (!(letters | digits | hyphens) | part) & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn starts(bytes: &[u8]) -> Vec<u32> {
        let mut starts = Vec::new();
        line_starts(bytes, &mut starts);
        starts
    }

    #[test]
    fn lines_of_all_kinds_of_breaks_are_found() {
        assert_eq!(starts(b""), [0]);
        assert_eq!(starts(b"a\nb\r\n"), [0, 2, 5]);
        assert_eq!(starts(b"a\rb\r\r\nc"), [0, 2, 6, 7]);
        let split = [vec![b'x'; 63], b"\r\n\n".to_vec()].concat();
        assert_eq!(starts(&split), [0, 65, 66]);
    }

    proptest! {
        #[test]
        fn bits_are_those_of_a_plain_search(bytes in any::<[u8; 8]>(), feeds in any::<u64>()) {
            let others = other_bits(u64::from_le_bytes(bytes));
            let plain = bytes.iter().position(|byte| !is_name_byte(*byte));
            prop_assert_eq!((others != 0).then(|| others.trailing_zeros() as usize / 8), plain);
            let mut word = [b'\r'; 64];
            for (position, byte) in word.iter_mut().enumerate() {
                let odd = bytes[position % 8];
                *byte = if feeds >> position & 1 == 1 { b'\n' } else if odd == b'\n' { 0x8a } else { odd };
            }
            prop_assert_eq!(feed_bits(&word), feeds);
        }

        #[test]
        fn lines_start_where_one_after_the_other_they_do(text in "[a\n\r]{0,200}") {
            let mut expected = vec![0];
            line_starts_of_any_kind(text.as_bytes(), &mut expected);
            prop_assert_eq!(starts(text.as_bytes()), expected);
        }
    }
}
