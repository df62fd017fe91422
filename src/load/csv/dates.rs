//! Dates in the culture of the session that exported them.
//!
//! `3/29/2026 2:22:37 PM`, `29.03.2026 14:22:37`, `2026-03-29T14:22:37` (`input-formats` section 7.4, read 2026-11-20).
//! With slashes or dashes the order of day and month is decided per attribute, by values with a part above 12; where
//! nothing decides it, the column is given up. No zone is written: the values are taken as UTC.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::load::DateOrder;

/// What the values of one attribute tell about their order of day and month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct DateEvidence {
    /// Line of the first value.
    pub first_line: u64,
    ambiguous: bool,
    day_first: bool,
    month_first: bool,
}

impl DateEvidence {
    /// Evidence that begins at this line.
    pub(super) fn starting(first_line: u64) -> Self {
        Self { first_line, ..Self::default() }
    }

    /// Takes one cell into account; false when it is no date.
    pub(super) fn observe(&mut self, cell: &[u8]) -> bool {
        let Some(date) = WrittenDate::parse(cell) else { return false };
        if let DateParts::Unordered(first, second, _) = date.parts {
            self.ambiguous |= first <= 12 && second <= 12 && first != second;
            self.day_first |= first > 12;
            self.month_first |= second > 12;
        }
        true
    }

    /// The order, where the values decide it or it does not matter, else as the user states it; `None` where they leave
    /// it open or contradict each other or the user.
    pub(super) fn order(self, stated: Option<DateOrder>) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, true) => None,
            (false, true) => Some(DateOrder::MonthFirst),
            (false, false) if self.ambiguous => stated,
            (_, false) => Some(DateOrder::DayFirst),
        }
    }
}

/// The generalized time of a cell; `None` when it is no date.
pub(super) fn generalized_time(cell: &[u8], order: DateOrder) -> Option<String> {
    let moment = WrittenDate::parse(cell)?.moment(order)?;
    Some(moment.strftime("%Y%m%d%H%M%S.0Z").to_string())
}

/// The FILETIME of a cell; `None` when it is no date or before 1601.
pub(super) fn filetime(cell: &[u8], order: DateOrder) -> Option<i64> {
    /// Seconds from 1601-01-01 to 1970-01-01.
    const EPOCH_SECONDS: i64 = 11_644_473_600;
    let moment = WrittenDate::parse(cell)?.moment(order)?.to_zoned(TimeZone::UTC).ok()?;
    let seconds = moment.timestamp().as_second() + EPOCH_SECONDS;
    (seconds >= 0).then(|| seconds.checked_mul(10_000_000)).flatten()
}

#[derive(Debug, Clone, Copy)]
enum DateParts {
    /// Year, month, day.
    Ordered(i16, i8, i8),
    /// Two numbers whose order is open, and the year.
    Unordered(i8, i8, i16),
}

struct WrittenDate {
    parts: DateParts,
    time: [i8; 3],
}

impl WrittenDate {
    fn parse(cell: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(cell).ok()?.trim();
        let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
        Some(Self { parts: date_parts(date)?, time: time_parts(time.trim())? })
    }

    fn moment(&self, order: DateOrder) -> Option<DateTime> {
        let (year, month, day) = match (self.parts, order) {
            (DateParts::Ordered(year, month, day), _) => (year, month, day),
            (DateParts::Unordered(first, second, year), DateOrder::DayFirst) => (year, second, first),
            (DateParts::Unordered(first, second, year), DateOrder::MonthFirst) => (year, first, second),
        };
        let [hour, minute, second] = self.time;
        DateTime::new(year, month, day, hour, minute, second, 0).ok()
    }
}

fn date_parts(text: &str) -> Option<DateParts> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| ".-/".contains(*c))?;
    let mut parts = text.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?.trim_end_matches('.'));
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        return Some(DateParts::Ordered(first.parse().ok()?, digits(second)?, digits(third)?));
    }
    let year: i16 = third.parse().ok().filter(|year| matches!(year, 1601..=9999))?;
    let (first, second) = (digits(first)?, digits(second)?);
    // Cultures that write dots put the day first.
    Some(match separator {
        '.' => DateParts::Ordered(year, second, first),
        _ => DateParts::Unordered(first, second, year),
    })
}

fn digits(text: &str) -> Option<i8> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `14:22`, `2:22:37 PM`, `14:22:37.0000000Z`.
fn time_parts(text: &str) -> Option<[i8; 3]> {
    let clock_end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(clock_end)?;
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?)?;
    let minute = digits(parts.next()?)?;
    let second = parts.next().map_or(Some(0), digits)?;
    let half = rest.trim().to_ascii_lowercase();
    let hour = match half.as_bytes().first() {
        Some(b'p') if hour < 12 => hour + 12,
        Some(b'a') if hour == 12 => 0,
        _ => hour,
    };
    Some([hour, minute, second])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn evidence(cells: &[&str]) -> DateEvidence {
        let mut evidence = DateEvidence::default();
        for cell in cells {
            assert!(evidence.observe(cell.as_bytes()), "{cell}");
        }
        evidence
    }

    #[test]
    fn one_value_above_twelve_decides_the_column() {
        assert_eq!(evidence(&["3/4/2026 1:00:00 PM", "3/29/2026"]).order(None), Some(DateOrder::MonthFirst));
        assert_eq!(evidence(&["03/04/2026 13:00", "29/03/2026"]).order(None), Some(DateOrder::DayFirst));
        assert_eq!(evidence(&["3/4/2026"]).order(None), None);
        assert_eq!(evidence(&["3/29/2026", "29/3/2026"]).order(None), None);
        assert_eq!(
            evidence(&["29.03.2026 14:22:37", "2026-03-29T14:22:37"]).order(None),
            Some(DateOrder::DayFirst)
        );
    }

    #[test]
    fn us_german_and_iso_dates_mean_the_same() {
        for (cell, order) in [
            ("3/29/2026 2:22:37 PM", DateOrder::MonthFirst),
            ("29.03.2026 14:22:37", DateOrder::MonthFirst),
            ("29/03/2026 14:22:37", DateOrder::DayFirst),
            ("2026-03-29T14:22:37", DateOrder::DayFirst),
            ("2026/03/29 14:22:37", DateOrder::MonthFirst),
            ("2026-03-29T14:22:37.0000000Z", DateOrder::DayFirst),
        ] {
            assert_eq!(
                generalized_time(cell.as_bytes(), order).as_deref(),
                Some("20260329142237.0Z"),
                "{cell}"
            );
        }
        assert_eq!(filetime(b"2026-01-31 12:00", DateOrder::DayFirst), Some(134_143_344_000_000_000));
        assert_eq!(
            generalized_time(b"1/1/2026 12:05:00 AM", DateOrder::DayFirst).unwrap(),
            "20260101000500.0Z"
        );
    }

    #[test]
    fn other_text_is_no_date() {
        for cell in
            ["", "Never", "31.02", "134143344000000000", "1.33E+17", "29.03.26", "a/b/2026", "2026-03-29 x"]
        {
            assert!(!DateEvidence::default().observe(cell.as_bytes()), "{cell}");
        }
        assert_eq!(generalized_time(b"31.02.2026", DateOrder::DayFirst), None);
    }

    proptest! {
        #[test]
        fn no_cell_panics(cell in "[-0-9./: TAPM]{0,30}|.{0,30}") {
            DateEvidence::default().observe(cell.as_bytes());
            filetime(cell.as_bytes(), DateOrder::MonthFirst);
        }
    }
}
