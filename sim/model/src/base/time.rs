//! Simulated time: instants and durations in whole milliseconds, and the week on the wall.
//!
//! All sums saturate. An instant past the end of time means "never", a duration past it "for ever", and both must
//! stay that way when something is added; a wrapped instant would instead come back as the past. Differences stop at
//! zero for the same reason.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;
use thiserror::Error;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
const WEEK_MS: u64 = 7 * DAY_MS;
/// What 32 bits hold: seven weeks.
const FEW_MS: f64 = (1_u64 << 32) as f64;

/// The units of written durations, largest first, each with its other spelling and its length in milliseconds.
const UNITS: [(&str, &str, u64); 5] =
    [("d", "d", DAY_MS), ("h", "h", HOUR_MS), ("m", "min", MINUTE_MS), ("s", "s", SECOND_MS), ("ms", "ms", 1)];

/// An instant: milliseconds since the scenario's start. Serialised as that number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct SimTime(u64);

impl SimTime {
    /// The start.
    pub const ZERO: Self = Self(0);
    /// The end of time: never.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `ms` milliseconds after the start.
    #[inline]
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the start.
    #[inline]
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;

    /// Later by `duration`; [`SimTime::MAX`] at most.
    #[inline]
    fn add(self, duration: SimDuration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    #[inline]
    fn add_assign(&mut self, duration: SimDuration) {
        *self = *self + duration;
    }
}

impl Sub for SimTime {
    type Output = SimDuration;

    /// The time from `earlier` to here; zero if `earlier` is in truth later.
    #[inline]
    fn sub(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for SimTime {
    /// `00:03:12.500`; from one day on `1d 02:03:04.500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, ms) = (self.0 / DAY_MS, self.0 % DAY_MS);
        if days > 0 {
            write!(f, "{days}d ")?;
        }
        let (h, m, s) = (ms / HOUR_MS, ms / MINUTE_MS % 60, ms / SECOND_MS % 60);
        write!(f, "{h:02}:{m:02}:{s:02}.{:03}", ms % SECOND_MS)
    }
}

/// A length of time in milliseconds, written in files as `"90s"`, `"2min"` or `"1h30m"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SimDuration(u64);

impl SimDuration {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// For ever.
    pub const MAX: Self = Self(u64::MAX);

    /// A duration of `ms` milliseconds.
    #[inline]
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// A duration in milliseconds.
    #[inline]
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// A duration of `s` seconds; [`SimDuration::MAX`] at most.
    #[must_use]
    pub const fn from_secs(s: u64) -> Self {
        Self(s.saturating_mul(SECOND_MS))
    }

    /// The duration nearest to `s` seconds: zero for what is negative or no number, [`SimDuration::MAX`] at most.
    #[inline]
    #[must_use]
    pub fn from_secs_f64(s: f64) -> Self {
        Self::from_millis_f64(s * SECOND_MS as f64)
    }

    /// The duration nearest to `ms` milliseconds, with the same limits as [`SimDuration::from_secs_f64`].
    #[inline]
    #[must_use]
    pub fn from_millis_f64(ms: f64) -> Self {
        // The casts saturate at both ends and take what is no number to zero.
        // Adding a half and cutting off rounds what is not negative, and is quicker than a call.
        let ms = ms.max(0.0) + 0.5;
        // What fits into 32 bits, as nearly all durations do, is converted in fewer steps.
        if ms < FEW_MS { Self(u64::from(ms as u32)) } else { Self(ms as u64) }
    }

    /// The share of it that a draw stands for: uniform, from nothing up to but without all of it.
    #[inline]
    #[must_use]
    pub const fn share(self, draw: u64) -> Self {
        Self(((draw as u128 * self.0 as u128) >> 64) as u64)
    }

    /// A duration in seconds.
    #[inline]
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / SECOND_MS as f64
    }

    /// `times` times as long; [`SimDuration::MAX`] at most.
    #[inline]
    #[must_use]
    pub const fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Add for SimDuration {
    type Output = Self;

    /// Both, one after the other; [`SimDuration::MAX`] at most.
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for SimDuration {
    type Output = Self;

    /// What is left of this after `other`; zero if nothing is.
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for SimDuration {
    /// Exact and compact, and readable back: `1h30m`, `1m30s`, `250ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0;
        for (unit, _, unit_ms) in UNITS {
            if left >= unit_ms {
                write!(f, "{}{unit}", left / unit_ms)?;
                left %= unit_ms;
            }
        }
        Ok(())
    }
}

/// Why a text is not a duration.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ParseDurationError {
    /// Nothing was written.
    #[error("expected a duration such as \"90s\", found nothing")]
    Empty,
    /// It starts with a minus sign.
    #[error("expected a duration of zero or more such as \"90s\", found `{0}`")]
    Negative(String),
    /// A number has no unit behind it.
    #[error("expected a unit (d, h, m or min, s, ms) after `{0}`, as in \"{0}s\"")]
    NoUnit(String),
    /// The unit is not one that is known.
    #[error("expected a unit (d, h, m or min, s, ms) as in \"90s\", found `{0}`")]
    UnknownUnit(String),
    /// There is no number where one has to be.
    #[error("expected a number and a unit such as \"90s\", found `{0}`")]
    NoNumber(String),
    /// A unit comes twice, or after a smaller one.
    #[error("expected each unit once and the largest first such as \"1h30m\", found `{0}`")]
    UnitOrder(String),
    /// It is longer than half a billion years.
    #[error("expected a duration that fits in 64 bits of milliseconds such as \"2d\", found `{0}`")]
    TooLong(String),
}

impl FromStr for SimDuration {
    type Err = ParseDurationError;

    /// Numbers with units (`d`, `h`, `m` or `min`, `s`, `ms`), largest first, spaces allowed between them. Fractions
    /// such as `"1.5h"` are rounded to the nearest millisecond.
    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(ParseDurationError::Empty);
        }
        if rest.starts_with(['-', '−']) {
            return Err(ParseDurationError::Negative(rest.to_owned()));
        }
        let mut total_ms = 0_u64;
        let mut last_unit_ms = u64::MAX;
        while !rest.is_empty() {
            let (number, after) = split_where(rest, |c| !c.is_ascii_digit() && c != '.');
            let (unit, after) = split_where(after.trim_start(), |c| !c.is_alphabetic());
            if number.is_empty() {
                return Err(ParseDurationError::NoNumber(rest.to_owned()));
            }
            if unit.is_empty() && after.is_empty() {
                return Err(ParseDurationError::NoUnit(number.to_owned()));
            }
            let &(.., unit_ms) =
                UNITS.iter().find(|(short, long, _)| [*short, *long].contains(&unit)).ok_or_else(|| {
                    ParseDurationError::UnknownUnit(if unit.is_empty() { after } else { unit }.to_owned())
                })?;
            if unit_ms >= last_unit_ms {
                return Err(ParseDurationError::UnitOrder(text.to_owned()));
            }
            let ms = times_unit(number, unit_ms).ok_or_else(|| ParseDurationError::NoNumber(number.to_owned()))?;
            total_ms = ms
                .and_then(|ms| total_ms.checked_add(ms))
                .ok_or_else(|| ParseDurationError::TooLong(text.to_owned()))?;
            last_unit_ms = unit_ms;
            rest = after.trim_start();
        }
        Ok(Self(total_ms))
    }
}

/// `text` up to the first char that `ends` it, and the rest.
fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// A decimal number times a unit, in integers and rounded to the nearest: `None` if it is no number, `Some(None)` if
/// it does not fit.
fn times_unit(number: &str, unit_ms: u64) -> Option<Option<u64>> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    // Twelve decimals of the largest unit are far below a millisecond; what follows them cannot matter.
    let fraction = &fraction[..fraction.len().min(12)];
    let scale = 10_u64.pow(fraction.len() as u32);
    let part: u64 = fraction.parse().ok()?;
    let part_ms = (u128::from(part) * u128::from(unit_ms) + u128::from(scale / 2)) / u128::from(scale);
    let whole_ms = whole.parse::<u64>().ok().and_then(|whole| whole.checked_mul(unit_ms));
    Some(whole_ms.and_then(|ms| ms.checked_add(part_ms as u64)))
}

/// Serde as text for a type with `FromStr` and `Display`; `$expecting` is what an error says was wanted.
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not `deserialize_str`: for anything but a text RON would then only say "Expected string".
                deserializer.deserialize_any(TextVisitor { expecting: $expecting, of: PhantomData })
            }
        }
    };
}

serde_as_text!(SimDuration, r#"a duration such as "90s", "2min" or "1h30m""#);
serde_as_text!(Weekday, r#"a weekday such as "Mon""#);
serde_as_text!(ClockTime, r#"a time of day such as "07:30""#);
serde_as_text!(WeekTime, r#"a weekday and time such as "Tue 07:30""#);
serde_as_text!(Window, r#"days and hours such as "Mon-Fri 07:00-19:00" or "daily 22:00-06:00""#);

struct TextVisitor<T> {
    expecting: &'static str,
    of: PhantomData<T>,
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A day of the week; weeks start on Monday.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Weekday {
    /// Monday.
    #[default]
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The day that `ms` since Monday 00:00 falls on; whole weeks are dropped.
    const fn at(ms: u64) -> Self {
        Self::ALL[(ms / DAY_MS % 7) as usize]
    }

    /// The start of the day, in milliseconds since Monday 00:00.
    const fn start_ms(self) -> u64 {
        self as u64 * DAY_MS
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Weekday {
    /// The short name: `Mon`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for Weekday {
    type Err = ParseCalendarError;

    fn from_str(text: &str) -> Result<Self, ParseCalendarError> {
        let day = Self::ALL.into_iter().find(|day| day.to_string() == text);
        day.ok_or_else(|| ParseCalendarError::Weekday(text.to_owned()))
    }
}

/// Why a text is not a weekday, a time of day, a time of the week or a window.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ParseCalendarError {
    /// No weekday.
    #[error("expected a weekday (Mon, Tue, Wed, Thu, Fri, Sat, Sun), found `{0}`")]
    Weekday(String),
    /// No time of day.
    #[error("expected a time of day from \"00:00\" to \"24:00\" such as \"07:30\" or \"07:30:15\", found `{0}`")]
    ClockTime(String),
    /// No weekday and time, or a time that belongs to the next day.
    #[error("expected a weekday and a time before 24:00 such as \"Tue 07:30\", found `{0}`")]
    WeekTime(String),
    /// No days and hours.
    #[error("expected days and hours such as \"Mon-Fri 07:00-19:00\" or \"daily 22:00-06:00\", found `{0}`")]
    Window(String),
    /// The hours start where they end.
    #[error("expected hours that last, such as \"00:00-24:00\" for the whole day, found `{0}`")]
    EmptyWindow(String),
}

/// A time of day in whole seconds, from `"00:00"` to `"24:00"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ClockTime {
    ms: u64,
}

impl ClockTime {
    /// Milliseconds since midnight.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.ms
    }
}

impl fmt::Display for ClockTime {
    /// `07:30`, or `07:30:15` if there are seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.ms / HOUR_MS, self.ms / MINUTE_MS % 60)?;
        match self.ms / SECOND_MS % 60 {
            0 => Ok(()),
            s => write!(f, ":{s:02}"),
        }
    }
}

impl FromStr for ClockTime {
    type Err = ParseCalendarError;

    fn from_str(text: &str) -> Result<Self, ParseCalendarError> {
        let wrong = || ParseCalendarError::ClockTime(text.to_owned());
        let two_digits = |part: &str| match part.as_bytes() {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(u64::from(tens - b'0') * 10 + u64::from(ones - b'0')),
            _ => Err(wrong()),
        };
        let parts = text.split(':').map(two_digits).collect::<Result<Vec<_>, _>>()?;
        let (h, m, s) = match parts[..] {
            [h, m] => (h, m, 0),
            [h, m, s] => (h, m, s),
            _ => return Err(wrong()),
        };
        let ms = h * HOUR_MS + m * MINUTE_MS + s * SECOND_MS;
        if m < 60 && s < 60 && ms <= DAY_MS { Ok(Self { ms }) } else { Err(wrong()) }
    }
}

/// A weekday and a time of day, as in `"Tue 07:30"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct WeekTime {
    ms: u64,
}

impl WeekTime {
    /// Milliseconds since Monday 00:00, always less than a week.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.ms
    }

    /// The day.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        Weekday::at(self.ms)
    }

    /// The time of that day.
    #[must_use]
    pub const fn clock(self) -> ClockTime {
        ClockTime { ms: self.ms % DAY_MS }
    }
}

impl fmt::Display for WeekTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.weekday(), self.clock())
    }
}

impl FromStr for WeekTime {
    type Err = ParseCalendarError;

    fn from_str(text: &str) -> Result<Self, ParseCalendarError> {
        let wrong = || ParseCalendarError::WeekTime(text.to_owned());
        let (day, clock) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let (day, clock): (Weekday, ClockTime) = (day.parse()?, clock.trim_start().parse()?);
        if clock.ms < DAY_MS { Ok(Self { ms: day.start_ms() + clock.ms }) } else { Err(wrong()) }
    }
}

/// What the clock on the wall shows during a run. Every week is alike: there are no dates and no daylight saving.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Calendar {
    /// The time of the week at [`SimTime::ZERO`].
    pub start: WeekTime,
}

impl Calendar {
    /// Milliseconds since Monday 00:00 at `at`.
    #[must_use]
    pub const fn week_ms(&self, at: SimTime) -> u64 {
        self.start.ms.saturating_add(at.0) % WEEK_MS
    }

    /// Milliseconds since midnight at `at`.
    #[must_use]
    pub const fn day_ms(&self, at: SimTime) -> u64 {
        self.week_ms(at) % DAY_MS
    }

    /// The day of the week at `at`.
    #[must_use]
    pub const fn weekday(&self, at: SimTime) -> Weekday {
        Weekday::at(self.week_ms(at))
    }

    /// The hour of the day at `at`, 0 to 23.
    #[must_use]
    pub const fn hour_of_day(&self, at: SimTime) -> u32 {
        (self.day_ms(at) / HOUR_MS) as u32
    }

    /// The first instant at or after `from` at which the clock shows `when`.
    #[must_use]
    pub fn next(&self, from: SimTime, when: WeekTime) -> SimTime {
        from + SimDuration((when.ms + WEEK_MS - self.week_ms(from)) % WEEK_MS)
    }
}

/// Hours on some days of the week, as in `"Mon-Fri 07:00-19:00"`, `"Sat,Sun 00:00-24:00"` or `"daily 22:00-06:00"`.
///
/// The start belongs to the window, the end does not. Hours past midnight belong to the day on which they start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// A bit for each day, Monday lowest.
    days: u8,
    from: ClockTime,
    to: ClockTime,
}

impl Window {
    /// The days on which the window starts.
    pub fn days(&self) -> impl Iterator<Item = Weekday> {
        let days = self.days;
        Weekday::ALL.into_iter().filter(move |day| days & day.bit() != 0)
    }

    /// When it starts on those days.
    #[must_use]
    pub const fn from(&self) -> ClockTime {
        self.from
    }

    /// When it ends: on the next day unless this is later than the start.
    #[must_use]
    pub const fn to(&self) -> ClockTime {
        self.to
    }

    /// Begin and end in milliseconds since midnight of a day of the week (0 is Monday), if it starts on that day. The
    /// end lies after the begin, beyond 24 hours if need be.
    #[must_use]
    pub const fn on(&self, weekday: u64) -> Option<(u64, u64)> {
        if self.days & Weekday::at(weekday % 7 * DAY_MS).bit() == 0 {
            return None;
        }
        let to = if self.from.ms < self.to.ms { self.to.ms } else { self.to.ms + DAY_MS };
        Some((self.from.ms, to))
    }

    /// Whether an instant lies in the window, given as milliseconds since Monday 00:00 ([`Calendar::week_ms`]).
    #[must_use]
    pub const fn contains(&self, week_ms: u64) -> bool {
        let (day, ms, from, to) = (week_ms / DAY_MS % 7, week_ms % DAY_MS, self.from.ms, self.to.ms);
        let today = self.days >> day & 1 != 0;
        if from < to {
            return today && from <= ms && ms < to;
        }
        let yesterday = self.days >> ((day + 6) % 7) & 1 != 0;
        today && from <= ms || yesterday && ms < to
    }
}

impl fmt::Display for Window {
    /// Days in a row are joined: `Mon-Wed,Fri 07:00-19:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days == ALL_DAYS {
            write!(f, "daily")?;
        } else {
            let days: Vec<Weekday> = self.days().collect();
            let runs = days.chunk_by(|a, b| *a as u8 + 1 == *b as u8).map(|run| match run {
                [first, .., last] => format!("{first}-{last}"),
                _ => run[0].to_string(),
            });
            write!(f, "{}", runs.collect::<Vec<_>>().join(","))?;
        }
        write!(f, " {}-{}", self.from, self.to)
    }
}

const ALL_DAYS: u8 = 0b111_1111;

impl FromStr for Window {
    type Err = ParseCalendarError;

    fn from_str(text: &str) -> Result<Self, ParseCalendarError> {
        let wrong = || ParseCalendarError::Window(text.to_owned());
        let (days, hours) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let (from, to) = hours.trim_start().split_once('-').ok_or_else(wrong)?;
        let (from, to): (ClockTime, ClockTime) = (from.parse()?, to.parse()?);
        if from == to {
            return Err(ParseCalendarError::EmptyWindow(hours.to_owned()));
        }
        if from.ms == DAY_MS {
            return Err(wrong());
        }
        Ok(Self { days: parse_days(days)?, from, to })
    }
}

/// A bit for each day of `daily`, or of a list such as `Mon-Wed,Fri`; a range may run past Sunday.
fn parse_days(text: &str) -> Result<u8, ParseCalendarError> {
    if text == "daily" {
        return Ok(ALL_DAYS);
    }
    text.split(',').try_fold(0, |days, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (Weekday, Weekday) = (first.parse()?, last.parse()?);
        let count = (last as usize + 7 - first as usize) % 7 + 1;
        let range = Weekday::ALL.iter().cycle().skip(first as usize).take(count);
        Ok(days | range.fold(0, |bits, day| bits | day.bit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> u64 {
        text.parse::<SimDuration>().expect(text).as_millis()
    }

    fn week(text: &str) -> WeekTime {
        text.parse().expect(text)
    }

    #[test]
    fn durations_read() {
        let read = [
            "90s",
            "2min",
            "2m",
            "1h30m",
            " 1h 30 min ",
            "250ms",
            "1.5h",
            "2d",
            "0s",
            "1.0005s",
            "0.333333333333333333h",
        ];
        let want = [90_000, 120_000, 120_000, 5_400_000, 5_400_000, 250, 5_400_000, 172_800_000, 0, 1_001, 1_200_000];
        assert_eq!(read.map(ms), want);
    }

    #[test]
    fn durations_that_do_not_read_say_what_was_expected() {
        let cases = [
            ("", "expected a duration such as \"90s\", found nothing"),
            ("90", "expected a unit (d, h, m or min, s, ms) after `90`, as in \"90s\""),
            ("1h30", "expected a unit (d, h, m or min, s, ms) after `30`, as in \"30s\""),
            ("-5s", "expected a duration of zero or more such as \"90s\", found `-5s`"),
            ("5 sec", "expected a unit (d, h, m or min, s, ms) as in \"90s\", found `sec`"),
            ("5,5s", "expected a unit (d, h, m or min, s, ms) as in \"90s\", found `,5s`"),
            ("soon", "expected a number and a unit such as \"90s\", found `soon`"),
            ("1.2.3s", "expected a number and a unit such as \"90s\", found `1.2.3`"),
            (".5s", "expected a number and a unit such as \"90s\", found `.5`"),
            ("5m 5m", "expected each unit once and the largest first such as \"1h30m\", found `5m 5m`"),
            ("5s 1h", "expected each unit once and the largest first such as \"1h30m\", found `5s 1h`"),
            (
                "99999999999999d",
                "expected a duration that fits in 64 bits of milliseconds such as \"2d\", found `99999999999999d`",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(text.parse::<SimDuration>().expect_err(text).to_string(), message);
        }
    }

    #[test]
    fn durations_print_and_read_back() {
        for (ms, text) in [(0, "0s"), (90_000, "1m30s"), (5_400_000, "1h30m"), (250, "250ms"), (90_000_001, "1d1h1ms")]
        {
            assert_eq!(SimDuration::from_millis(ms).to_string(), text);
        }
        for ms in [0, 1, 999, 59_999, 86_399_999, 1 << 40, u64::MAX] {
            let duration = SimDuration::from_millis(ms);
            assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }

    #[test]
    fn durations_through_serde() {
        let duration: SimDuration = ron::from_str("\"1h30m\"").expect("reads");
        assert_eq!(ron::to_string(&duration).expect("writes"), "\"1h30m\"");
        let error = ron::from_str::<SimDuration>("90").expect_err("bare number").to_string();
        assert!(error.contains(r#"a duration such as "90s", "2min" or "1h30m""#), "{error}");
    }

    #[test]
    fn sums_saturate() {
        let second = SimDuration::from_secs(1);
        assert_eq!(SimTime::MAX + second, SimTime::MAX);
        assert_eq!(SimTime::ZERO - SimTime::from_millis(5), SimDuration::ZERO);
        assert_eq!(SimDuration::MAX + second, SimDuration::MAX);
        assert_eq!(SimDuration::ZERO - second, SimDuration::ZERO);
        assert_eq!(SimDuration::from_secs(u64::MAX), SimDuration::MAX);
        assert_eq!(second.saturating_mul(u64::MAX), SimDuration::MAX);
    }

    #[test]
    fn seconds_as_floats_round_and_saturate() {
        let from = |s| SimDuration::from_secs_f64(s).as_millis();
        assert_eq!([1.2344, 1.2346, -1.0, f64::NAN].map(from), [1234, 1235, 0, 0]);
        assert_eq!(SimDuration::from_secs_f64(f64::INFINITY), SimDuration::MAX);
        assert_eq!(SimDuration::from_millis(1_500).as_secs_f64(), 1.5);
    }

    #[test]
    fn instants_print() {
        assert_eq!(SimTime::from_millis(192_500).to_string(), "00:03:12.500");
        assert_eq!(SimTime::from_millis(DAY_MS + 7_384_500).to_string(), "1d 02:03:04.500");
    }

    #[test]
    fn week_times_read_and_print() {
        assert_eq!(week("Mon 00:00").as_millis(), 0);
        assert_eq!(week("Tue 07:30:15").as_millis(), DAY_MS + 7 * HOUR_MS + 30 * MINUTE_MS + 15_000);
        for text in ["Tue 07:30", "Sun 23:59:59"] {
            assert_eq!(week(text).to_string(), text);
        }
        for text in ["Tue", "Tue 24:00", "Tuesday 07:00", "Tue 7:30", "Tue 07:60", "Tue 24:01", "07:30", "Tue 07"] {
            assert!(text.parse::<WeekTime>().is_err(), "{text}");
        }
        assert_eq!("24:00".parse::<ClockTime>().map(ClockTime::as_millis), Ok(DAY_MS));
    }

    #[test]
    fn the_calendar_runs_from_its_start() {
        let calendar = Calendar { start: week("Sun 23:00") };
        let at = SimTime::from_millis(2 * HOUR_MS + 5);
        assert_eq!(calendar.week_ms(at), HOUR_MS + 5);
        assert_eq!((calendar.weekday(at), calendar.hour_of_day(at)), (Weekday::Mon, 1));
        assert_eq!(calendar.day_ms(SimTime::ZERO), 23 * HOUR_MS);
        assert_eq!(calendar.next(SimTime::ZERO, week("Sun 23:00")), SimTime::ZERO);
        assert_eq!(calendar.next(SimTime::from_millis(1), week("Sun 23:00")).as_millis(), WEEK_MS);
        assert_eq!(calendar.next(SimTime::ZERO, week("Mon 00:00")).as_millis(), HOUR_MS);
        assert!(calendar.week_ms(SimTime::MAX) < WEEK_MS);
    }

    #[test]
    fn windows_contain() {
        let cases = [
            ("Mon-Fri 07:00-19:00", "Fri 07:00", true),
            ("Mon-Fri 07:00-19:00", "Fri 19:00", false),
            ("Mon-Fri 07:00-19:00", "Sat 12:00", false),
            ("Sat,Sun 00:00-24:00", "Sun 23:59:59", true),
            ("Sat,Sun 00:00-24:00", "Mon 00:00", false),
            ("daily 22:00-06:00", "Wed 05:59:59", true),
            ("daily 22:00-06:00", "Wed 06:00", false),
            ("Sun 22:00-06:00", "Mon 05:00", true),
            ("Sun 22:00-06:00", "Sun 05:00", false),
            ("Sun 22:00-06:00", "Sun 23:00", true),
            ("Fri-Mon 10:00-11:00", "Sun 10:30", true),
            ("Fri-Mon 10:00-11:00", "Thu 10:30", false),
            ("Mon 22:00-00:00", "Mon 23:00", true),
            ("Mon 22:00-00:00", "Tue 00:00", false),
        ];
        for (window, at, inside) in cases {
            let window: Window = window.parse().expect(window);
            assert_eq!(window.contains(week(at).as_millis()), inside, "{window} at {at}");
        }
    }

    #[test]
    fn windows_print_and_read_back() {
        for text in ["daily 22:00-06:00", "Mon-Wed,Fri 07:00-19:00", "Sat-Sun 00:00-24:00", "Tue 07:30:15-08:00"] {
            assert_eq!(text.parse::<Window>().expect(text).to_string(), text);
        }
        for text in ["daily", "Mon 07:00", "Mon 07:00-07:00", "Mon 24:00-06:00", "Mon- 07:00-08:00", "07:00-08:00"] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
        assert!(ron::from_str::<Window>("\"Mon-Fri 07:00-19:00\"").is_ok());
        let error = ron::from_str::<Window>("7").expect_err("a number").to_string();
        assert!(error.contains("days and hours such as"), "{error}");
    }
}
