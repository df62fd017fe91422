//! Points in time: FILETIME (100 ns since 1601-01-01 UTC) and generalized time
//! (`input-formats` section 11, rules 3 and 4, read 2026-11-20).

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};

/// 100-nanosecond steps in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;

/// 1601-01-01.
const EPOCH: DateTime = DateTime::constant(1601, 1, 1, 0, 0, 0, 0);

/// Whether a stored FILETIME means "none" or "never": 0, negative, or the largest number.
pub fn is_never(filetime: i64) -> bool {
    filetime <= 0 || filetime == i64::MAX
}

/// UTC date and time; `None` outside the years -9999 to 9999 (so for "never" as the largest number, not for 0, which
/// is 1601-01-01).
pub fn to_date_time(filetime: i64) -> Option<DateTime> {
    let nanoseconds = i32::try_from(filetime.rem_euclid(TICKS_PER_SECOND) * 100).ok()?;
    EPOCH.checked_add(SignedDuration::new(filetime.div_euclid(TICKS_PER_SECOND), nanoseconds)).ok()
}

/// FILETIME of a UTC date and time; parts below 100 ns are dropped. `None` when 64 bits do not hold it.
pub fn from_date_time(date_time: DateTime) -> Option<i64> {
    let since = date_time.duration_since(EPOCH);
    let ticks = since.as_nanos().div_euclid(100);
    i64::try_from(ticks).ok()
}

/// Reads `20260131120000.0Z`: seconds, fraction and zone (`Z`, `+0200`, `-07`) may be missing, no zone is UTC. `None`
/// for any other text and for dates the calendar does not have.
pub fn parse_generalized(text: impl AsRef<[u8]>) -> Option<i64> {
    let text = std::str::from_utf8(text.as_ref()).ok()?.trim_ascii();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let part = |from: usize, to: usize| number.get(from..to)?.parse::<i8>().ok();
    let second = match digits {
        14 => part(12, 14)?,
        12 => 0,
        _ => return None,
    };
    let year = number.get(..4)?.parse().ok()?;
    let (fraction_ticks, zone) = read_fraction(rest)?;
    // A leap second counts as the last second of its minute.
    let local =
        DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, second.min(59), 0).ok()?;
    let utc = local.checked_sub(Span::new().minutes(offset_minutes(zone)?)).ok()?;
    from_date_time(utc)?.checked_add(fraction_ticks)
}

/// The fraction of a second in ticks, and what follows it.
fn read_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(behind) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = behind.split_at_checked(digits).filter(|_| digits > 0)?;
    let mut ticks = 0;
    for position in 0..7 {
        let digit = fraction.as_bytes().get(position).map_or(0, |byte| i64::from(byte - b'0'));
        ticks = ticks * 10 + digit;
    }
    Some((ticks, rest))
}

fn offset_minutes(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first() {
        None => return Some(0),
        Some(b'Z' | b'z') if zone.len() == 1 => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let digits = zone.get(1..)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = if digits.len() == 4 { digits.get(2..)?.parse().ok()? } else { 0 };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// `yyyyMMddHHmmss.0Z`, the form that the default rules export times in; `None` outside the years 1 to 9999.
pub fn to_generalized(filetime: i64) -> Option<String> {
    let at = to_date_time(filetime).filter(|at| at.year() > 0)?;
    Some(format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}.0Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: i64 = 134_143_344_000_000_000;

    #[test]
    fn the_documented_example() {
        assert_eq!(to_generalized(EXAMPLE).unwrap(), "20260131120000.0Z");
        for text in [
            "20260131120000.0Z",
            "20260131120000Z",
            "20260131140000.000+0200",
            "202601311200Z",
            "20260131070000-05",
        ] {
            assert_eq!(parse_generalized(text), Some(EXAMPLE), "{text}");
        }
        assert_eq!(parse_generalized("20260131120000.25Z"), Some(EXAMPLE + TICKS_PER_SECOND / 4));
    }

    #[test]
    fn sentinels() {
        assert_eq!(parse_generalized("16010101000000.0Z"), Some(0));
        assert_eq!(to_generalized(0).unwrap(), "16010101000000.0Z");
        assert!(is_never(0) && is_never(i64::MAX) && is_never(-1) && !is_never(EXAMPLE));
        assert_eq!(to_date_time(i64::MAX), None);
        assert_eq!(to_date_time(i64::MIN), None);
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "2026",
            "20261331120000Z",
            "20260230120000Z",
            "20260131120000.Z",
            "20260131120000+2",
            "20260131120000X",
            "x",
            "20260131120000+1é",
        ] {
            assert_eq!(parse_generalized(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn filetimes_round_trip(filetime in -400_000_000_000_000_000_i64..2_650_000_000_000_000_000) {
            if let Some(at) = to_date_time(filetime) {
                prop_assert_eq!(from_date_time(at), Some(filetime));
            }
        }

        #[test]
        fn any_text_is_taken_or_refused(text in any::<String>()) {
            let _ = parse_generalized(text);
        }

        #[test]
        fn generalized_times_round_trip(second in 0_i64..250_000_000_000) {
            let filetime = second * TICKS_PER_SECOND;
            prop_assert_eq!(to_generalized(filetime).and_then(parse_generalized), Some(filetime));
        }
    }
}
