//! From text to typed values, with `ron`'s errors put in the house's words and at the index's places.

use std::fmt::Write;

use ron::Options;
use ron::error::{Error, Position};
use ron::extensions::Extensions;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;

use super::document::Document;
use super::nearest::nearest;
use super::path::Path;
use super::scan::{Unpaired, partner, unpaired};
use super::span_index::SpanIndex;
use crate::base::{Diagnostic, SimDuration, Span};

/// Text quoted in a message is cut after this many characters.
const QUOTE_CHARS_MAX: usize = 40;

/// How all files are read. Newtypes are not unwrapped: a type that wants that says `#[serde(transparent)]`.
fn options() -> Options {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

pub(super) fn read<T: DeserializeOwned>(document: &Document) -> Result<T, Vec<Diagnostic>> {
    let parsed = parse(document.text());
    if parsed.is_err()
        && let Some(unpaired) = unpaired(document.text())
    {
        // Whatever else seems wrong may follow from it.
        return Err(vec![unpaired_problem(document, unpaired)]);
    }
    let mut problems = duplicates(document);
    match parsed {
        Ok(value) if problems.is_empty() => Ok(value),
        Ok(_) => Err(problems),
        Err(failure) => {
            // A field given twice has been reported, with both places.
            if problems.is_empty() || !matches!(failure.code, Error::DuplicateStructField { .. }) {
                problems.push(failure.diagnostic(document));
            }
            Err(problems)
        }
    }
}

/// Checks that `text` is one valid RON value of any kind.
///
/// # Errors
/// What is wrong with it, and where in `text`.
pub(super) fn check(text: &str) -> Result<(), (String, Span)> {
    parse::<IgnoredAny>(text).map(|_| ()).map_err(|failure| {
        let found = quoted(failure.at.of(text));
        (describe(&failure.code, &found), failure.at)
    })
}

/// `text` on one line and not too long, for quoting in a message.
pub(super) fn quoted(text: &str) -> String {
    let mut short = String::new();
    for (i, word) in text.split_whitespace().enumerate() {
        if i > 0 {
            short.push(' ');
        }
        short.push_str(word);
    }
    match short.char_indices().nth(QUOTE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &short[..end]),
        None => short,
    }
}

/// A bracket, quote or comment without its partner.
fn unpaired_problem(document: &Document, unpaired: Unpaired) -> Diagnostic {
    let text = document.text();
    let shown = |at: usize| if text[at..].starts_with("/*") { "/*" } else { Span::new(at, at + 1).of(text) };
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let problem = |at: usize, message: String| document.diagnostic(Span::new(at, at + shown(at).len()), message);
    let close = |at: usize| shown(at).chars().rev().map(partner).collect::<String>();
    match unpaired {
        Unpaired::Open(open, before) => {
            let before =
                before.map_or(String::new(), |at| format!(", before the `{}` in line {}", shown(at), line(at)));
            problem(open, format!("the `{}` in line {} is never closed", shown(open), line(open)))
                .help(format!("add the `{}` that closes it{before}", close(open)))
        }
        Unpaired::Mismatch(open, end) => {
            problem(end, format!("the `{}` in line {} cannot be closed by `{}`", shown(open), line(open), shown(end)))
                .help(format!("write `{}` here", close(open)))
        }
        Unpaired::Stray(end) => problem(end, format!("the `{}` in line {} closes nothing", shown(end), line(end)))
            .help(format!("remove it, or add the `{}` that belongs to it", close(end))),
    }
}

fn duplicates(document: &Document) -> Vec<Diagnostic> {
    let duplicates = document.index().duplicates().iter();
    let describe = |twice: &super::Duplicate| {
        let first = document.diagnostic(twice.first, "");
        let line = first.line_column().map_or(1, |(line, _)| line);
        document
            .diagnostic(twice.key, format!("`{}` is there twice", twice.name))
            .label("second")
            .help(format!("the first is in line {line}; rename or remove one of them"))
    };
    duplicates.map(describe).collect()
}

/// What `ron` said.
struct Failure {
    code: Error,
    /// Where the failing value is, as far as `serde` knows.
    path: Path,
    /// Whether the whole path is known: keys that are not texts are not.
    path_is_whole: bool,
    /// Where `ron` was in the text.
    at: Span,
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let options = options();
    let failure = |error: ron::error::SpannedError, path: Option<&serde_path_to_error::Path>| {
        let (path, path_is_whole) = path.map_or((Path::root(), true), convert);
        let start = offset(text, error.span.start);
        let end = offset(text, error.span.end).max(start);
        Failure { code: error.code, path, path_is_whole, at: Span::new(start, end) }
    };
    let mut reader = ron::Deserializer::from_str_with_options(text, &options).map_err(|error| failure(error, None))?;
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().clone();
        failure(reader.span_error(error.into_inner()), Some(&path))
    })?;
    match reader.end() {
        Ok(()) => Ok(value),
        Err(code) => Err(failure(reader.span_error(code), None)),
    }
}

/// The path in our form, and whether it could be converted to its end. Our paths do not name variants.
fn convert(path: &serde_path_to_error::Path) -> (Path, bool) {
    let mut converted = Path::root();
    for segment in path {
        match segment {
            Segment::Seq { index } => converted.0.push(index.to_string()),
            Segment::Map { key } => converted.0.push(key.clone()),
            Segment::Enum { .. } => {}
            Segment::Unknown => return (converted, false),
        }
    }
    (converted, true)
}

/// The byte offset of a line and column counted from 1, columns in characters.
fn offset(text: &str, position: Position) -> usize {
    let lines = text.split_inclusive('\n');
    let line_start: usize = lines.take(position.line.saturating_sub(1)).map(str::len).sum();
    let line = &text[line_start..];
    let column = line.char_indices().nth(position.col.saturating_sub(1));
    line_start + column.map_or(line.len(), |(at, _)| at)
}

impl Failure {
    fn diagnostic(self, document: &Document) -> Diagnostic {
        if let Some(problem) = self.half_read(document) {
            return problem;
        }
        let index = document.index();
        let path = match self.path_is_whole || !is_about_value(&self.code) {
            true => self.path.clone(),
            false => index.path_at(self.at.end),
        };
        let text = document.text();
        let span = self.place(index, &path, text);
        let found = quoted(span.of(text));
        let mut message = match is_about_value(&self.code) || !text[self.at.end..].trim().is_empty() {
            true => describe(&self.code, &found),
            false => "the text ends too early".to_string(),
        };
        let inner = match &self.code {
            Error::NoSuchStructField { .. } => path.split_last().map_or_else(Path::root, |(parent, _)| parent),
            _ => path.clone(),
        };
        if !inner.is_root() {
            message = format!("`{inner}`: {message}");
        }
        let mut problem = document.diagnostic(span, message);
        problem.help = help(&self.code, &found);
        if let Error::MissingStructField { field, .. } = &self.code
            && let Some(origin) = document.removal(&path.child(*field))
        {
            problem.origin = Some(origin.to_string());
        }
        problem
    }

    /// `ron` reads as much of a number as fits its type and then misses a comma; what it means is that `1.5` is no whole number.
    fn half_read(&self, document: &Document) -> Option<Diagnostic> {
        let path = document.index().path_at(self.at.end);
        let span = document.span(&path)?;
        let is_inside = span.start < self.at.end && self.at.end < span.end;
        if self.code != Error::ExpectedComma || !is_inside {
            return None;
        }
        let read = Span::new(span.start, self.at.end).of(document.text());
        let code = match read {
            _ if read.parse::<i128>().is_ok() => Error::ExpectedInteger,
            _ if read.parse::<f64>().is_ok() => Error::ExpectedFloat,
            _ => return None,
        };
        let found = quoted(span.of(document.text()));
        let problem = document.diagnostic(span, format!("`{path}`: {}", describe(&code, &found)));
        Some(Diagnostic { help: help(&code, &found), ..problem })
    }

    /// What to put the caret under.
    fn place(&self, index: &SpanIndex, path: &Path, text: &str) -> Span {
        let (existing, node) = index.existing(path);
        // The reader passes the colon before it looks at a value: up to the key's end, the key is to blame.
        let key = index.key(path).filter(|key| self.at.end <= key.end);
        match &self.code {
            _ if !is_about_value(&self.code) || existing != *path => self.visible(text),
            Error::MissingStructField { .. } => node.core().opening(),
            _ if key.is_some() => key.unwrap_or(node.span),
            Error::NoSuchEnumVariant { .. } | Error::ExpectedDifferentStructName { .. } => {
                node.core().name.or(node.name).unwrap_or(node.span)
            }
            Error::ExpectedDifferentLength { .. } => node.caret(text),
            // What is wrong is inside of `Some(..)` where `ron` came that far.
            _ if node.core().span.start <= self.at.end && self.at.end <= node.core().span.end => {
                node.core().caret(text)
            }
            _ => node.caret(text),
        }
    }

    /// Where `ron` stopped, at least one character wide if there is one.
    fn visible(&self, text: &str) -> Span {
        let rest = &text[self.at.end..];
        match rest.chars().next().filter(|c| !c.is_whitespace()) {
            Some(c) => Span::new(self.at.end, self.at.end + c.len_utf8()),
            None => self.at,
        }
    }
}

/// Whether the error is about a value or key as a whole rather than about the syntax at one character.
fn is_about_value(code: &Error) -> bool {
    matches!(
        code,
        Error::Message(_)
            | Error::ExpectedArray
            | Error::ExpectedBoolean
            | Error::ExpectedByteLiteral
            | Error::ExpectedByteString
            | Error::ExpectedChar
            | Error::ExpectedDifferentLength { .. }
            | Error::ExpectedDifferentStructName { .. }
            | Error::ExpectedFloat
            | Error::ExpectedInteger
            | Error::ExpectedMap
            | Error::ExpectedNamedStructLike(_)
            | Error::ExpectedOption
            | Error::ExpectedString
            | Error::ExpectedStructLike
            | Error::ExpectedStructName(_)
            | Error::ExpectedUnit
            | Error::FloatUnderscore
            | Error::IntegerOutOfBounds
            | Error::InvalidIntegerDigit { .. }
            | Error::InvalidValueForType { .. }
            | Error::MissingStructField { .. }
            | Error::NoSuchEnumVariant { .. }
            | Error::NoSuchStructField { .. }
            | Error::UnderscoreAtBeginning
    )
}

fn describe(code: &Error, found: &str) -> String {
    let expected = |what: &str| match found {
        "" => format!("expected {what}, found nothing"),
        _ => format!("expected {what}, found `{found}`"),
    };
    match code {
        Error::ExpectedArray => expected("a list in `[ ]`"),
        Error::ExpectedBoolean => expected("`true` or `false`"),
        Error::ExpectedChar => expected("a character in `' '`"),
        Error::ExpectedFloat => expected("a number"),
        Error::ExpectedInteger => expected("a whole number"),
        Error::ExpectedMap => expected("a map in `{ }`"),
        Error::ExpectedNamedStructLike(_) | Error::ExpectedStructLike => expected("fields in `( )`"),
        Error::ExpectedString => expected("a text in quotes"),
        Error::ExpectedUnit => expected("`()`"),
        Error::ExpectedDifferentStructName { expected: name, .. } => expected(&format!("`{name}`")),
        Error::InvalidValueForType { expected: what, .. } => expected(what),
        Error::IntegerOutOfBounds => format!("`{found}` is out of range"),
        Error::InvalidIntegerDigit { .. } => expected("a whole number"),
        Error::NoSuchEnumVariant { found, .. } => format!("unknown variant `{found}`"),
        Error::NoSuchStructField { found, .. } => format!("unknown field `{found}`"),
        Error::MissingStructField { field, .. } => format!("missing field `{field}`"),
        Error::Message(message) => message.clone(),
        Error::Eof => "the text ends too early".to_string(),
        Error::TrailingCharacters => "unexpected text after the value".to_string(),
        Error::ExpectedComma => "expected a comma".to_string(),
        Error::ExpectedMapColon => "expected a colon".to_string(),
        other => lower_first(&other.to_string()),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn help(code: &Error, found: &str) -> Option<String> {
    match code {
        Error::NoSuchEnumVariant { expected, found, .. } | Error::NoSuchStructField { expected, found, .. } => {
            Some(alternatives(found, expected))
        }
        // The one field that every file has, and of which there is one value.
        Error::MissingStructField { field: "schema", .. } => Some("add `schema: 1`".to_string()),
        Error::MissingStructField { field, .. } => Some(format!("add `{field}: ..`")),
        Error::ExpectedString if is_bare(found) => Some(format!("a text needs quotes: `\"{found}\"`")),
        Error::InvalidValueForType { expected, .. } if expected.contains("such as \"") => {
            Some("it is a text: write it in quotes".to_string())
        }
        Error::Message(message) if is_about_duration(message, found) => Some(
            "numbers with units, the largest first: `\"250ms\"`, `\"90s\"`, `\"2min\"`, `\"1h30m\"`, `\"2d\"`"
                .to_string(),
        ),
        _ => example(code).map(|example| format!("it looks like this: {example}")),
    }
}

/// Whether `message` is what the reader of durations says to `found`.
fn is_about_duration(message: &str, found: &str) -> bool {
    found.trim_matches('"').parse::<SimDuration>().is_err_and(|error| error.to_string() == message)
}

/// How a value of the type that was expected is written.
fn example(code: &Error) -> Option<&'static str> {
    Some(match code {
        Error::ExpectedArray => "`[\"a\", \"b\"]`, or `[]` where there is nothing",
        Error::ExpectedBoolean => "`true` or `false`, without quotes",
        Error::ExpectedFloat => "`0.5` or `3`, without quotes or unit",
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => "`3`, without quotes, unit or decimals",
        Error::ExpectedMap => "`{ \"name\": (..) }`, or `{}` where there is nothing",
        Error::ExpectedNamedStructLike(_) | Error::ExpectedStructLike => "`(field: value, ..)`",
        Error::ExpectedString => "`\"some text\"`",
        _ => return None,
    })
}

/// Whether putting `written` in quotes would make a good text of it.
pub(super) fn is_bare(written: &str) -> bool {
    !written.is_empty() && !written.contains(['"', '\'', '\\', '(', ')', '[', ']', '{', '}'])
}

fn alternatives(found: &str, expected: &[&str]) -> String {
    let mut help = String::new();
    if let Some(near) = nearest(found, expected.iter().copied()) {
        help = format!("did you mean `{near}`? ");
    }
    help.push_str(match expected.len() {
        0 => "nothing is allowed here",
        1 => "allowed is ",
        _ => "allowed are ",
    });
    for (i, allowed) in expected.iter().enumerate() {
        let separator = if i > 0 { ", " } else { "" };
        // INVARIANT (infallible): writing to a string cannot fail.
        let _ = write!(help, "{separator}`{allowed}`");
    }
    help
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::super::document::Source;
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Site {
        schema: u32,
        #[serde(default)]
        zones: BTreeMap<String, Zone>,
        #[serde(default)]
        by_kind: BTreeMap<Kind, bool>,
        #[serde(default)]
        ids: BTreeMap<Id, u8>,
        #[serde(default)]
        list: Vec<(u8, String)>,
        #[serde(default)]
        time: Option<Time>,
        #[serde(default)]
        wait: SimDuration,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Zone {
        kind: Kind,
        #[serde(default)]
        floor: Option<i32>,
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        open: bool,
        #[serde(default)]
        inner: Option<Box<Zone>>,
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    enum Kind {
        Lobby,
        Yard,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    enum Time {
        Fixed(Id),
        Normal { mean: f64, sd: f64 },
        Pair(u8, u8),
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    #[serde(try_from = "String")]
    struct Id(String);

    impl TryFrom<String> for Id {
        type Error = String;
        fn try_from(text: String) -> Result<Id, String> {
            match text.starts_with('i') {
                true => Ok(Id(text)),
                false => Err(format!("`{text}` does not start with an i")),
            }
        }
    }

    fn document(text: &str) -> Document {
        Document::new(Source { name: "a.ron".to_string(), text: text.into() })
    }

    /// Each problem as `text under the caret | message | help`.
    fn problems(text: &str) -> Vec<String> {
        let problems = document(text).read::<Site>().expect_err(text);
        let shown = |problem: &Diagnostic| {
            let under = problem.span.map_or("", |span| span.of(&problem.text));
            let help = problem.help.as_deref().unwrap_or("");
            format!("{under} | {} | {help}", problem.message)
        };
        problems.iter().map(shown).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(problems(text), [expected], "{text}");
    }

    #[test]
    fn some_may_be_left_out() {
        let written = |time| format!("(schema: 1, zones: {{\"a\": (kind: Yard, floor: 2)}}, time: {time})");
        let short: Site = document(&written("Fixed(\"i\")")).read().expect("valid");
        let long: Site = document(&written("Some(Fixed(\"i\"))")).read().expect("valid");
        assert_eq!(short, long);
        assert_eq!(short.zones["a"].floor, Some(2));
        let none: Site = document(&written("None")).read().expect("valid");
        assert_eq!(none.time, None);
    }

    #[test]
    fn wrong_values_are_marked_whole() {
        let whole = "it looks like this: `3`, without quotes, unit or decimals";
        check("(schema: flase)", &format!("flase | `schema`: expected a whole number, found `flase` | {whole}"));
        check("(schema: 1.5)", &format!("1.5 | `schema`: expected a whole number, found `1.5` | {whole}"));
        check("(schema: 5s)", &format!("5s | `schema`: expected a whole number, found `5s` | {whole}"));
        check("(schema: -1)", "-1 | `schema`: `-1` is out of range | ");
        check(
            r#"(schema: 1, zones: {"é": (kind: Lobby, note: lobby)})"#,
            "lobby | `zones.é.note`: expected a text in quotes, found `lobby` | a text needs quotes: `\"lobby\"`",
        );
        check(
            r#"(schema: 1, zones: {"a": (kind: Lobby, floor: Some("x"))})"#,
            &format!(r#""x" | `zones.a.floor`: expected a whole number, found `"x"` | {whole}"#),
        );
        check(
            "(schema: 1, zones: (\n a: 2))",
            "( | `zones`: expected a map in `{ }`, found `(` | it looks like this: `{ \"name\": (..) }`, or `{}` where there is nothing",
        );
        check(
            r#"(schema: 1, list: [(1, "a"), (2)])"#,
            "(2) | `list.1`: expected a tuple of size 2 but found one element instead | ",
        );
        check("(schema: 1, time: Pair(1, 300))", "300 | `time.1`: `300` is out of range | ");
        check(r#"(schema: 1, time: Some(Fixed("x")))"#, r#""x" | `time`: `x` does not start with an i | "#);
        check(
            "(schema: 1, time: Normal(mean: 5, sd: x))",
            "x | `time.sd`: expected a number, found `x` | it looks like this: `0.5` or `3`, without quotes or unit",
        );
        check(
            "(schema: 1, by_kind: {Lobby: yes})",
            "yes | `by_kind.Lobby`: expected `true` or `false`, found `yes` | it looks like this: `true` or `false`, without quotes",
        );
        check("Sit(schema: 1)", "Sit | expected `Site`, found `Sit` | ");
        check("", " | expected fields in `( )`, found nothing | it looks like this: `(field: value, ..)`");
    }

    #[test]
    fn durations_say_how_they_are_written() {
        let units = "numbers with units, the largest first: `\"250ms\"`, `\"90s\"`, `\"2min\"`, `\"1h30m\"`, `\"2d\"`";
        for (written, message) in [
            ("2sec", "expected a unit (d, h, m or min, s, ms) as in \"90s\", found `sec`"),
            ("90", "expected a unit (d, h, m or min, s, ms) after `90`, as in \"90s\""),
        ] {
            check(
                &format!("(schema: 1, wait: \"{written}\")"),
                &format!("\"{written}\" | `wait`: {message} | {units}"),
            );
        }
        check(
            "(schema: 1, wait: 90)",
            "90 | `wait`: expected a duration such as \"90s\", \"2min\" or \"1h30m\", found `90` | it is a text: write it in quotes",
        );
    }

    #[test]
    fn wrong_names_list_the_right_ones() {
        check(
            r#"(schema: 1, zones: {"a": (kind: Loby)})"#,
            "Loby | `zones.a.kind`: unknown variant `Loby` | did you mean `Lobby`? allowed are `Lobby`, `Yard`",
        );
        check(
            "(schema: 1, time: Normal(mea: 5))",
            "mea | `time`: unknown field `mea` | did you mean `mean`? allowed are `mean`, `sd`",
        );
        check(
            "(schema: 1, time: Triple(1, 3))",
            "Triple | `time`: unknown variant `Triple` | allowed are `Fixed`, `Normal`, `Pair`",
        );
        check(
            "(schema: 1, by_kind: {Lobby: true, Yrd: false})",
            "Yrd | `by_kind.Yrd`: unknown variant `Yrd` | did you mean `Yard`? allowed are `Lobby`, `Yard`",
        );
        check(r#"(schema: 1, ids: {"x": 1})"#, r#""x" | `ids.x`: `x` does not start with an i | "#);
        check(
            "(schema: 1, zones: {a: (kind: Lobby)})",
            "a | `zones.a`: expected a text in quotes, found `a` | a text needs quotes: `\"a\"`",
        );
    }

    #[test]
    fn missing_fields_are_shown_at_the_opening() {
        check("(zones: {})", "( | missing field `schema` | add `schema: 1`");
        check("(schema: 1, time: Normal(mean: 5))", "Normal( | `time`: missing field `sd` | add `sd: ..`");
        check(
            r#"(schema: 1, zones: {"a": (kind: Yard, inner: Some((floor: 1)))})"#,
            "( | `zones.a.inner`: missing field `kind` | add `kind: ..`",
        );
    }

    #[test]
    fn syntax_errors_are_shown_where_they_are() {
        check("(schema: 1 zones: {})", "z | expected a comma | ");
        check("(schema 1)", "1 | expected a colon | ");
        check("(schema: 1) x", "x | unexpected text after the value | ");
    }

    #[test]
    fn brackets_without_a_partner_are_shown_themselves() {
        check("(schema: 1", "( | the `(` in line 1 is never closed | add the `)` that closes it");
        check(
            "(schema: 1, zones: {\n\"a\": (kind: Lobby,\n\"b\": (kind: Yard),\n})",
            "( | the `(` in line 2 is never closed | add the `)` that closes it, before the `}` in line 4",
        );
        check(
            "(schema: 1, zones: {\n\"a\": (kind: Lobby)),\n\"b\": (kind: Yard),\n})",
            ") | the `)` in line 2 closes nothing | remove it, or add the `(` that belongs to it",
        );
        check("(schema: 1))", ") | the `)` in line 1 closes nothing | remove it, or add the `(` that belongs to it");
        check(
            "(schema: 1,\nlist: [\n(1, \"a\"),\n),\nzones: {})",
            ") | the `[` in line 2 cannot be closed by `)` | write `]` here",
        );
        check("(schema: 1, /* list: [])", "/* | the `/*` in line 1 is never closed | add the `*/` that closes it");
    }

    #[test]
    fn quotes_without_a_partner_are_shown_themselves() {
        let quote = "\" | the `\"` in line 2 is never closed | add the `\"` that closes it";
        check("(schema: 1,\nlist: [(1, \"a)],\n)", quote);
        // Each quote after it closes what the one before it seems to open.
        check("(schema: 1,\nlist: [(1, \"a), (2, \nr\"b\"),\n(3, \"c\")])", quote);
        check("(schema: 1,\nlist: [(1, r#\"a\")])", quote);
        // A text may go over several lines.
        check("(schema: 1, list: [(1, \"a\nb\"\n2)])", "2 | `list.0`: expected closing `)` | ");
    }

    #[test]
    fn every_duplicate_is_reported() {
        let text = "(\n schema: 1, schema: 2,\n zones: {\"a\": (kind: Lobby),\n \"a\": (kind: Yrd)})";
        let again = "rename or remove one of them";
        assert_eq!(
            problems(text),
            [
                format!("schema | `schema` is there twice | the first is in line 2; {again}"),
                format!("\"a\" | `a` is there twice | the first is in line 3; {again}"),
            ]
        );
    }

    #[test]
    fn quotes_are_short_and_on_one_line() {
        assert_eq!(quoted("(\n  a: 1,\n)"), "( a: 1, )");
        assert_eq!(quoted(&"é".repeat(50)).chars().count(), QUOTE_CHARS_MAX + 1);
    }
}
