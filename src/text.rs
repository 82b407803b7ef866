//! Figures and paragraphs for people: 80 columns, readable without colour.

use doorward_study::statistics::Estimate;

/// Width of everything that is printed.
pub(crate) const WIDTH: usize = 80;

/// A share with its 95 % interval, within so many columns. Nothing seen is not nothing possible: then the bound is the
/// news.
pub(crate) fn share(share: Option<Estimate>, room: usize) -> String {
    let Some(Estimate { estimate, low, high }) = share else { return NONE.to_owned() };
    if estimate <= 0.0 {
        format!("none (< {} %)", small_percent(high))
    } else if estimate >= 1.0 {
        // Rounded away from what is claimed, then written without what floats add.
        let bound = 100.0 - round_up(100.0 * (1.0 - low));
        format!("all (> {} %)", (bound * 1e6).round() / 1e6)
    } else {
        let text = |digits: usize| {
            format!("{:.digits$} % ({:.digits$}–{:.digits$})", 100.0 * estimate, 100.0 * low, 100.0 * high)
        };
        // A second digit where the interval is narrow enough to give it a meaning.
        let precise = Some(text(2)).filter(|text| high - low < 0.004 && text.chars().count() <= room);
        precise.or_else(|| Some(text(1)).filter(|text| text.chars().count() <= room)).unwrap_or_else(|| text(0))
    }
}

/// What stands where there is no figure.
pub(crate) const NONE: &str = "—";

fn small_percent(share: f64) -> String {
    round_up(100.0 * share).to_string()
}

/// Up to the next hundredth, or finer if small: a bound is never rounded inwards.
fn round_up(percent: f64) -> f64 {
    let unit = [100.0, 1_000.0, 10_000.0].into_iter().find(|unit| percent * unit >= 10.0).unwrap_or(100_000.0);
    (percent * unit).ceil() / unit
}

/// A time in seconds: `95 s`, `12 min 30 s`, `3 h 05 min`, `2 d 04 h`.
pub(crate) fn time(seconds: f64) -> String {
    let s = seconds.round() as u64;
    match s {
        0..120 => format!("{s} s"),
        120..7_200 => format!("{} min {:02} s", s / 60, s % 60),
        7_200..172_800 => format!("{} h {:02} min", s / 3_600, s / 60 % 60),
        _ => format!("{} d {:02} h", s / 86_400, s / 3_600 % 24),
    }
}

/// A rate or a mean.
pub(crate) fn rate(value: f64) -> String {
    if value == 0.0 {
        "none seen".to_owned()
    } else if value < 0.095 {
        format!("{value:.4}")
    } else if value < 99.5 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

/// A count with its thousands apart.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Breaks a paragraph at spaces. The first line keeps its own indent; further lines are indented so far. Longer words stand alone.
pub(crate) fn wrap(paragraph: &str, indent: usize) -> String {
    let words = paragraph.trim_start();
    let mut column = paragraph.len() - words.len();
    let mut text = " ".repeat(column);
    for (i, word) in words.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if i > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
    text
}

/// Cuts a line that is too long, and shows that it did.
pub(crate) fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_study::statistics::wilson;

    #[test]
    fn shares() {
        assert_eq!(share(wilson(476, 1_000), 27), "47.6 % (44.5–50.7)");
        assert_eq!(share(wilson(476_041, 1_000_000), 27), "47.60 % (47.51–47.70)");
        assert_eq!(share(wilson(476_041, 1_000_000), 18), "47.6 % (47.5–47.7)");
        assert_eq!(share(wilson(0, 1_000), 27), "none (< 0.39 %)");
        assert_eq!(share(wilson(0, 1_000_000), 27), "none (< 0.00039 %)");
        assert_eq!(share(wilson(1_000, 1_000), 27), "all (> 99.61 %)");
        assert_eq!(share(None, 27), "—");
    }

    #[test]
    fn times_and_counts() {
        let times = [0.4, 95.0, 750.0, 11_100.0, 187_200.0].map(time);
        assert_eq!(times, ["0 s", "95 s", "12 min 30 s", "3 h 05 min", "2 d 04 h"]);
        assert_eq!([7, 1_000, 1_234_567].map(count), ["7", "1,000", "1,234,567"]);
    }

    #[test]
    fn paragraphs_stay_within_the_width() {
        let text = wrap(&format!("  {}", "word ".repeat(60)), 4);
        assert!(text.starts_with("  word"));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(text.lines().skip(1).all(|line| line.starts_with("    w")));
    }
}
