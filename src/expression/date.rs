//! Functions on dates (`default-sync-rules` section G.5, read 2026-11-20). All dates are UTC.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan as _};

use crate::directory::filetime;

use super::error::Result;
use super::function::Arguments;
use super::text;
use super::value::Value;

/// A date; `None` for NULL.
fn take(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Option<i64>> {
    match value {
        Value::Null => Ok(None),
        Value::Date(filetime) => Ok(Some(*filetime)),
        other => Err(arguments.wrong_type("dt", other)),
    }
}

fn civil(filetime: i64, arguments: &Arguments<'_>) -> Result<DateTime> {
    filetime::to_date_time(filetime)
        .filter(|at| at.year() > 0)
        .ok_or_else(|| arguments.problem(format!("{filetime} is no date between the years 1 and 9999")))
}

pub(super) fn from_number(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    if matches!(value, Value::Null) {
        return Ok(Value::Null);
    }
    let filetime = value.as_number().ok_or_else(|| arguments.wrong_type("num", value))?;
    civil(filetime, arguments)?;
    Ok(Value::Date(filetime))
}

pub(super) fn to_number(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    Ok(take(value, arguments)?.map_or(Value::Null, Value::Number))
}

pub(super) fn to_date(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(text) = text::look(value, arguments)? else { return Ok(Value::Null) };
    parse(text).map(Value::Date).ok_or_else(|| arguments.problem(format!("\"{text}\" is no date")))
}

/// The system time; only used where the result is marked as not deterministic.
pub(super) fn now() -> Value<'static> {
    let now = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now());
    filetime::from_date_time(now).map_or(Value::Null, Value::Date)
}

/// `DateAdd(interval, number, date)`.
pub(super) fn add(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let interval = value.as_text().ok_or_else(|| arguments.wrong_type("str", value))?;
    let number = arguments.number(0)?;
    let Some(start) = take(arguments.value(1), arguments)? else { return Ok(Value::Null) };
    let unit: fn(i64) -> std::result::Result<Span, jiff::Error> = match interval {
        "yyyy" => |n| Span::new().try_years(n),
        "q" => |n| Span::new().try_months(n.saturating_mul(3)),
        "m" => |n| Span::new().try_months(n),
        "y" | "d" | "w" => |n| Span::new().try_days(n),
        "ww" => |n| Span::new().try_weeks(n),
        "h" => |n| Span::new().try_hours(n),
        "n" => |n| Span::new().try_minutes(n),
        "s" => |n| Span::new().try_seconds(n),
        _ => {
            return Err(
                arguments.problem(format!("\"{interval}\" is no interval: yyyy, q, m, y, d, w, ww, h, n, s"))
            );
        }
    };
    let start = civil(start, arguments)?;
    unit(number)
        .and_then(|span| start.checked_add(span))
        .ok()
        .and_then(filetime::from_date_time)
        .map(Value::Date)
        .ok_or_else(|| arguments.problem("the result lies outside the calendar"))
}

pub(super) fn format(value: &Value<'_>, arguments: &Arguments<'_>) -> Result<Value<'static>> {
    let Some(filetime) = take(value, arguments)? else { return Ok(Value::Null) };
    let at = civil(filetime, arguments)?;
    let pattern = arguments.text(0)?.unwrap_or_default();
    if pattern.chars().count() < 2 {
        return Err(arguments.problem("only custom formats such as \"yyyyMMddHHmmss.0Z\" are supported"));
    }
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(first).len();
        let used = write_field(&mut out, at, first, run, rest, arguments)?;
        rest = rest.get(used..).unwrap_or_default();
        text::check_size(out.len(), arguments)?;
    }
    Ok(Value::text(out))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Writes one field of a custom format and says how many bytes of the format it took.
fn write_field(
    out: &mut String,
    at: DateTime,
    field: char,
    run: usize,
    rest: &str,
    arguments: &Arguments<'_>,
) -> Result<usize> {
    let hour12 = (at.hour() + 11) % 12 + 1;
    let month =
        usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    let weekday = at.weekday();
    match (field, run) {
        ('y', 1 | 2) => digits(out, i64::from(at.year() % 100), run),
        ('y', _) => digits(out, i64::from(at.year()), run),
        ('M', 1 | 2) => digits(out, i64::from(at.month()), run),
        ('M', 3) => out.push_str(month.get(..3).unwrap_or_default()),
        ('M', _) => out.push_str(month),
        ('d', 1 | 2) => digits(out, i64::from(at.day()), run),
        ('d', 3) => out.push_str(weekday_name(weekday).get(..3).unwrap_or_default()),
        ('d', _) => out.push_str(weekday_name(weekday)),
        ('H', _) => digits(out, i64::from(at.hour()), run),
        ('h', _) => digits(out, i64::from(hour12), run),
        ('m', _) => digits(out, i64::from(at.minute()), run),
        ('s', _) => digits(out, i64::from(at.second()), run),
        ('f', 1..=7) => {
            let fraction = format!("{:09}", at.subsec_nanosecond());
            out.push_str(fraction.get(..run).unwrap_or_default());
        }
        ('t', _) => {
            let half = if at.hour() < 12 { "AM" } else { "PM" };
            out.push_str(if run == 1 { half.get(..1).unwrap_or_default() } else { half });
        }
        ('z', 1) => out.push_str("+0"),
        ('z', 2) => out.push_str("+00"),
        ('z', _) => out.push_str("+00:00"),
        ('K', _) => (0..run).for_each(|_| out.push('Z')),
        ('\'' | '"', _) => return quoted(out, field, rest, arguments),
        ('\\', _) => {
            let escaped =
                rest.chars().nth(1).ok_or_else(|| arguments.problem("the format ends with a backslash"))?;
            out.push(escaped);
            return Ok(1 + escaped.len_utf8());
        }
        _ => out.push_str(rest.get(..run).unwrap_or_default()),
    }
    Ok(run)
}

fn digits(out: &mut String, number: i64, width: usize) {
    write!(out, "{number:0width$}", width = width.min(20)).expect("writing to a String cannot fail");
}

fn quoted(out: &mut String, quote: char, rest: &str, arguments: &Arguments<'_>) -> Result<usize> {
    let inner = rest.get(1..).unwrap_or_default();
    let end = inner.find(quote).ok_or_else(|| arguments.problem("a quote in the format is not closed"))?;
    out.push_str(inner.get(..end).unwrap_or_default());
    Ok(end + 2)
}

fn weekday_name(weekday: jiff::civil::Weekday) -> &'static str {
    use jiff::civil::Weekday;
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Reads a date as `2026-01-31[T| ]4:00[:05[.25]] [PM] [Z|-8|+02:00]`, `1/31/2026 …` (month first) or generalized
/// time; without a zone it is UTC, without a time midnight.
pub(super) fn parse(written: &str) -> Option<i64> {
    let written = written.trim();
    if let Some(filetime) = filetime::parse_generalized(written) {
        return Some(filetime);
    }
    let date_end = written.find(|c: char| c == 'T' || c.is_whitespace()).unwrap_or(written.len());
    let (date, rest) = written.split_at_checked(date_end)?;
    let date = parse_date(date)?;
    let rest = rest.strip_prefix('T').unwrap_or(rest).trim();
    let zone_start = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(zone_start)?;
    let utc = DateTime::from_parts(date, parse_time(time)?).checked_sub(parse_zone(zone)?.minutes()).ok()?;
    filetime::from_date_time(utc)
}

fn number(digits: &str) -> Option<i16> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

fn small(digits: &str) -> Option<i8> {
    i8::try_from(number(digits)?).ok()
}

fn parse_date(date: &str) -> Option<Date> {
    let separator = if date.contains('/') { '/' } else { '-' };
    let mut parts = date.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if separator == '/' { (third, first, second) } else { (first, second, third) };
    Date::new(number(year).filter(|year| *year > 0)?, small(month)?, small(day)?).ok()
}

/// A time of day; nothing is midnight.
fn parse_time(time: &str) -> Option<Time> {
    let time = time.trim();
    if time.is_empty() {
        return Some(Time::midnight());
    }
    let upper = time.to_ascii_uppercase();
    let (clock, half) = match upper.strip_suffix("AM") {
        Some(clock) => (clock, Some(0)),
        None => upper.strip_suffix("PM").map_or((upper.as_str(), None), |clock| (clock, Some(12))),
    };
    let (clock, fraction) = clock.trim().split_once('.').unwrap_or((clock.trim(), ""));
    let mut parts = clock.split(':');
    let hour = small(parts.next()?)?;
    let hour = match half {
        Some(offset) if (1..=12).contains(&hour) => hour % 12 + offset,
        Some(_) => return None,
        None => hour,
    };
    let minute = small(parts.next()?)?;
    let second = parts.next().map_or(Some(0), small)?;
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{fraction:0<9.9}"))?;
    let nanosecond = digits.parse().ok()?;
    Time::new(hour, minute, second, nanosecond).ok().filter(|_| parts.next().is_none())
}

/// Minutes east of UTC.
fn parse_zone(zone: &str) -> Option<i64> {
    let zone = zone.trim();
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.strip_prefix(['-', '+'])?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let (hours, minutes) = (i64::from(small(hours)?), i64::from(small(minutes)?));
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
