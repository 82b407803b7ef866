//! Edits: changes to a file's text, written as data.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::nearest::nearest;
use super::path::{Path, PathError};
use super::read::{check, is_bare, quoted};
use super::scan::{Body, Bracket, Entry, is_name_part, scan};
use crate::base::{Diagnostic, Span};

/// One change to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to do.
    pub op: EditOp,
    /// Where.
    pub path: Path,
    /// Where the edit comes from, as shown to the user: `--set a.b=1`, or `night.defence.ron, edit 2`.
    pub origin: String,
}

/// What an edit does. Values are RON texts: `5`, `"5s"` with its quotes, `(kind: Lobby)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditOp {
    /// Puts another value in place of one that exists.
    Set(String),
    /// Adds a map entry, a field, or (with the last segment `+`) a list element that does not exist.
    Add(String),
    /// Removes an entry that exists.
    Remove,
}

/// An edit as it is written in a file: `Set("portals.dock.unlock_time", "\"5s\"")`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EditFile {
    /// Path and new value.
    Set(String, String),
    /// Path and value.
    Add(String, String),
    /// Path.
    Remove(String),
}

impl EditFile {
    /// The edit, to be shown as coming from `origin`.
    ///
    /// # Errors
    /// If the path is not written as a path.
    pub fn edit(self, origin: impl Into<String>) -> Result<Edit, PathError> {
        let (op, path) = match self {
            EditFile::Set(path, value) => (EditOp::Set(value), path),
            EditFile::Add(path, value) => (EditOp::Add(value), path),
            EditFile::Remove(path) => (EditOp::Remove, path),
        };
        Ok(Edit { op, path: path.parse()?, origin: origin.into() })
    }
}

impl Edit {
    /// The edit that `--set` with this argument asks for: `a.b.c=value`.
    ///
    /// # Errors
    /// If there is no `=`, the path is not one, or the value is not valid RON; the diagnostic points into the argument.
    pub fn parse_set(argument: &str) -> Result<Edit, Diagnostic> {
        let origin = format!("--set {argument}");
        let error = |span: Span, message: String| Diagnostic::error("--set", argument, span, message);
        let whole = Span::new(0, argument.len());
        let Some(equals) = equals_sign(argument) else {
            let message = format!("`{argument}` has no `=`");
            return Err(error(whole, message).help("write `path.to.value=value`"));
        };
        let path: Path = argument[..equals]
            .trim()
            .parse()
            .map_err(|reason: PathError| error(Span::new(0, equals), reason.to_string()))?;
        let value = &argument[equals + 1..];
        if let Err((message, place)) = check(value) {
            let start = equals + 1 + place.start;
            let message = format!("`{}` is not a value: {message}", quoted(value));
            let problem = error(Span::new(start, equals + 1 + place.end), message);
            return Err(match is_bare(value.trim()) {
                true => problem.help(format!("a text needs quotes: '\"{}\"'", value.trim())),
                false => problem,
            });
        }
        Ok(Edit { op: EditOp::Set(value.to_string()), path, origin })
    }
}

/// The first `=` outside quotes.
fn equals_sign(argument: &str) -> Option<usize> {
    let mut in_quotes = false;
    let mut chars = argument.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => in_quotes = !in_quotes,
            '\\' if in_quotes => {
                chars.next();
            }
            '=' if !in_quotes => return Some(at),
            _ => {}
        }
    }
    None
}

/// What to do to the text.
struct Change {
    replaced: Span,
    text: String,
    /// The part of `text` that is the edit's content, not layout.
    fresh: Span,
}

impl Document {
    /// Changes the text as `edit` says. Comments and layout around the change stay as they are.
    ///
    /// # Errors
    /// If the edit sets or removes what is absent, adds what is present or has no place, or has a value that is not valid RON.
    /// The document is then unchanged.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), Diagnostic> {
        let change = match &edit.op {
            EditOp::Set(value) => self.set(&edit.path, value),
            EditOp::Add(value) => self.add(&edit.path, value),
            EditOp::Remove => self.remove(&edit.path),
        };
        let change = change.map_err(|problem| problem.origin(&edit.origin))?;
        self.splice(change.replaced, &change.text, change.fresh, &edit.origin);
        if edit.op == EditOp::Remove {
            self.note_removal(&edit.path, &edit.origin);
        }
        Ok(())
    }

    fn set(&self, path: &Path, value: &str) -> Result<Change, Diagnostic> {
        let Some(replaced) = self.span(path) else {
            return Err(self.absent("set", path));
        };
        let text = self.value_text(path, value)?.to_string();
        let fresh = Span::new(0, text.len());
        Ok(Change { replaced, text, fresh })
    }

    fn add(&self, path: &Path, value: &str) -> Result<Change, Diagnostic> {
        let Some((parent, key)) = path.split_last() else {
            return Err(self.problem(path, "cannot add the whole file"));
        };
        let Some(node) = self.index().node(&parent) else {
            return Err(self.absent("add to", &parent));
        };
        let Some(body) = &node.core().body else {
            let message = format!("cannot add `{path}`: `{parent}` has no entries");
            return Err(self.problem(&parent, message));
        };
        if self.span(path).is_some() {
            let message = format!("cannot add `{path}`: it is there already");
            return Err(self.problem_at_key(path, message).help("use set to change it"));
        }
        let value = self.value_text(path, value)?;
        let entry = self.entry_text(body, key, value).map_err(|help| {
            let message = format!("cannot add `{path}`: `{key}` cannot be added to `{parent}`");
            self.problem(&parent, message).help(help)
        })?;
        Ok(insertion(self.text(), body, &entry))
    }

    /// How an entry with this key is written in `body`, or else what would be right.
    fn entry_text(&self, body: &Body, key: &str, value: &str) -> Result<String, &'static str> {
        match body.bracket {
            Bracket::Square if key == "+" || key == body.entries.len().to_string() => Ok(value.to_string()),
            Bracket::Square => Err("this is a list: use `+` as the last part of the path"),
            Bracket::Round if body.is_tuple() => Err("this is a tuple: set it as a whole"),
            Bracket::Round if !is_name(key) => Err("fields have names of letters, digits and `_`"),
            Bracket::Round => Ok(format!("{key}: {value}")),
            Bracket::Curly => {
                // Keys that are not texts are written as they are, so a new one among them is too.
                let first = body.entries.first().and_then(|(_, entry)| entry.key);
                match first.is_some_and(|first| !first.of(self.text()).ends_with(['"', '#'])) {
                    true => Ok(format!("{key}: {value}")),
                    false => Ok(format!("{key:?}: {value}")),
                }
            }
        }
    }

    fn remove(&self, path: &Path) -> Result<Change, Diagnostic> {
        if path.is_root() {
            return Err(self.problem(path, "cannot remove the whole file"));
        }
        match self.index().entry(path) {
            Some(entry) => {
                Ok(Change { replaced: removal(self.text(), entry), text: String::new(), fresh: Span::new(0, 0) })
            }
            None => Err(self.absent("remove", path)),
        }
    }

    /// The value without comments around it.
    fn value_text<'a>(&self, path: &Path, value: &'a str) -> Result<&'a str, Diagnostic> {
        match check(value) {
            Ok(()) => Ok(scan(value).0.span.of(value)),
            Err((reason, _)) => {
                let message = format!("`{}` is not a value: {reason}", quoted(value));
                let problem = self.problem(path, message);
                Err(match is_bare(value.trim()) {
                    true => problem.help(format!("a text needs quotes: '\"{}\"'", value.trim())),
                    false => problem,
                })
            }
        }
    }

    fn absent(&self, verb: &str, path: &Path) -> Diagnostic {
        let (existing, _) = self.index().existing(path);
        let message = format!("cannot {verb} `{path}`: there is no such value");
        let problem = self.diagnostic(self.nearest_opening(path), message);
        let missing = path.0.get(existing.0.len()).map_or("", String::as_str);
        let is_last = existing.0.len() + 1 == path.0.len();
        match nearest(missing, self.index().keys(&existing)) {
            Some(near) => {
                let mut meant = existing.child(near);
                meant.0.extend(path.0.iter().skip(existing.0.len() + 1).cloned());
                problem.help(format!("did you mean `{meant}`?"))
            }
            None if is_last && verb == "set" => {
                problem.help(format!("`{missing}` is not written there; add it to the file, or use an edit `Add(..)`"))
            }
            None if existing.is_root() => problem.help(format!("the file has no `{missing}`")),
            None => problem.help(format!("`{existing}` has no `{missing}`")),
        }
    }
}

fn is_name(key: &str) -> bool {
    key.chars().all(is_name_part) && key.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Whether only white space stands before `at` in its line, and where the line starts.
fn line_start(text: &str, at: usize) -> (usize, bool) {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (start, text[start..at].trim().is_empty())
}

/// Puts `entry` last, laid out as the entry before it is.
fn insertion(text: &str, body: &Body, entry: &str) -> Change {
    let Some((_, last)) = body.entries.last() else {
        return Change {
            replaced: Span::new(body.open + 1, body.open + 1),
            text: entry.to_string(),
            fresh: Span::new(0, entry.len()),
        };
    };
    let after = last.whole.end;
    let (start, alone) = line_start(text, last.whole.start);
    let rest = text[after..].lines().next().unwrap_or("");
    // A comment behind the last entry stays with it.
    let behind = match alone && rest.trim_start().starts_with("//") {
        true => rest,
        false => "",
    };
    let comma = if last.comma { "" } else { "," };
    let gap = match alone {
        true => format!("\n{}", &text[start..last.whole.start]),
        false => " ".to_string(),
    };
    let before = [comma, behind, &gap].concat();
    let comma_after = if last.comma { "," } else { "" };
    Change {
        replaced: Span::new(after, after + behind.len()),
        fresh: Span::new(before.len(), before.len() + entry.len()),
        text: [&before, entry, comma_after].concat(),
    }
}

/// The entry with its comma, and with its line if it is alone on it.
fn removal(text: &str, entry: &Entry) -> Span {
    let Span { start, end } = entry.whole;
    let (line, alone) = line_start(text, start);
    let blank = |c: char| c == ' ' || c == '\t' || c == '\r';
    let rest = text[end..].trim_start_matches(blank);
    let rest_start = text.len() - rest.len();
    match rest.starts_with('\n') && alone {
        true => Span::new(line, rest_start + 1),
        false if entry.comma => Span::new(start, rest_start),
        // The comma before the last entry may stay, the blank behind it need not.
        false => Span::new(text[..start].trim_end_matches(blank).len(), end),
    }
}

#[cfg(test)]
mod tests {
    use ron::value::Value;

    use super::super::document::Source;
    use super::super::span_index::SpanIndex;
    use super::*;

    const TEXT: &str = r#"// a site
(
  schema: 1, // the first
  zones: {
    "lobby": (kind: Lobby, floor: 0), // way in
    // outside
    "yard": (kind: Yard) // no comma
  },
  portals: { "dock": (between: ("yard", "dock"), entry: Some((level: 3))) },
  list: [1, 2],
  empty: {},
  by_kind: { Lobby: 1 },
)
"#;

    fn document(text: &str) -> Document {
        Document::new(Source { name: "a.ron".to_string(), text: text.into() })
    }

    fn edit(op: EditOp, path: &str) -> Edit {
        Edit { op, path: Path::from(path), origin: "test".to_string() }
    }

    fn set(path: &str, value: &str) -> Edit {
        edit(EditOp::Set(value.to_string()), path)
    }

    fn add(path: &str, value: &str) -> Edit {
        edit(EditOp::Add(value.to_string()), path)
    }

    fn remove(path: &str) -> Edit {
        edit(EditOp::Remove, path)
    }

    /// Applies an edit to `TEXT` and expects `old` to have become `new`, and nothing else to have changed.
    #[track_caller]
    fn check(edit: Edit, old: &str, new: &str) {
        let mut document = document(TEXT);
        document.apply(&edit).expect("an edit that fits");
        assert_eq!(TEXT.matches(old).count(), 1, "{old}");
        assert_eq!(**document.text(), TEXT.replace(old, new));
        check_index(&document);
        document.read::<Value>().expect("still valid");
    }

    /// The index that follows each edit is that of the text as it is.
    #[track_caller]
    fn check_index(document: &Document) {
        let scanned = SpanIndex::new(document.text());
        assert_eq!(format!("{:?}", document.index()), format!("{scanned:?}"), "{}", document.text());
    }

    /// Paths to everything in a document.
    fn paths(document: &Document, from: Path) -> Vec<Path> {
        let below = document.keys(&from).into_iter().flat_map(|key| paths(document, from.child(key)));
        below.chain([from.clone()]).collect()
    }

    #[test]
    fn the_index_follows_any_edits() {
        const VALUES: [&str; 6] =
            ["7", "\"a, (b\"", "(kind: Yard, /* ) */ floor: 2)", "[1, [2]]", "Some({})", "{ \"é\": [Pair(1, 2)] }"];
        let mut seed = 1_usize;
        let mut lot = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut applied = 0;
        for _ in 0..300 {
            let mut document = document(TEXT);
            for n in 0..12 {
                let all = paths(&document, Path::root());
                let path = all[lot(all.len())].clone();
                let value = VALUES[lot(VALUES.len())].to_string();
                let edit = match lot(4) {
                    0 => Edit { op: EditOp::Remove, path, origin: "test".to_string() },
                    1 => Edit { op: EditOp::Set(value), path, origin: "test".to_string() },
                    kind => {
                        let key = if kind == 2 { "+".to_string() } else { format!("k{n}") };
                        Edit { op: EditOp::Add(value), path: path.child(key), origin: "test".to_string() }
                    }
                };
                applied += usize::from(document.apply(&edit).is_ok());
                check_index(&document);
            }
        }
        assert!(applied > 1_500, "{applied} edits are no test");
    }

    /// Applies an edit to `TEXT` and expects it to be refused: `text under the caret | message | help`.
    #[track_caller]
    fn check_refused(edit: Edit, expected: &str) {
        let mut document = document(TEXT);
        let problem = document.apply(&edit).expect_err("an edit that does not fit");
        let under = problem.span.map_or("", |span| span.of(&problem.text));
        let help = problem.help.as_deref().unwrap_or("");
        assert_eq!(format!("{under} | {} | {help}", problem.message), expected);
        assert_eq!(problem.origin.as_deref(), Some("test"));
        assert_eq!(**document.text(), *TEXT);
    }

    #[test]
    fn set_replaces_the_value_only() {
        check(set("schema", " 2 /* two */"), "schema: 1,", "schema: 2,");
        check(set("zones.lobby.floor", "-1"), "floor: 0", "floor: -1");
        check(set("portals.dock.entry", "None"), "Some((level: 3))", "None");
        check(set("portals.dock.entry.level", "4"), "level: 3", "level: 4");
        check(set("portals.dock.between.1", "\"x\""), "(\"yard\", \"dock\")", "(\"yard\", \"x\")");
    }

    #[test]
    fn add_follows_the_layout() {
        check(add("empty.a b", "1"), "empty: {}", "empty: {\"a b\": 1}");
        check(add("list.+", "3"), "[1, 2]", "[1, 2, 3]");
        check(add("list.2", "3"), "[1, 2]", "[1, 2, 3]");
        check(add("portals.dock.entry.pin", "true"), "(level: 3)", "(level: 3, pin: true)");
        check(add("by_kind.Yard", "2"), "{ Lobby: 1 }", "{ Lobby: 1, Yard: 2 }");
        check(
            add("zones.dock", "(kind: Yard)"),
            "(kind: Yard) // no comma\n",
            "(kind: Yard), // no comma\n    \"dock\": (kind: Yard)\n",
        );
        check(add("more", "[]"), "{ Lobby: 1 },\n", "{ Lobby: 1 },\n  more: [],\n");
    }

    #[test]
    fn remove_takes_key_comma_and_line() {
        check(remove("list"), "  list: [1, 2],\n", "");
        check(remove("list.0"), "[1, 2]", "[2]");
        check(remove("list.1"), "[1, 2]", "[1,]");
        check(remove("zones.lobby.kind"), "(kind: Lobby, floor", "(floor");
        check(remove("by_kind.Lobby"), "{ Lobby: 1 }", "{ }");
        check(remove("schema"), "schema: 1, //", "//");
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        check_refused(
            set("zones.loby.floor", "1"),
            "{ | cannot set `zones.loby.floor`: there is no such value | did you mean `zones.lobby.floor`?",
        );
        check_refused(
            set("zones.yard.open", "1"),
            "( | cannot set `zones.yard.open`: there is no such value | `open` is not written there; add it to the file, or use an edit `Add(..)`",
        );
        check_refused(
            remove("zones.garage.x"),
            "{ | cannot remove `zones.garage.x`: there is no such value | `zones` has no `garage`",
        );
        check_refused(
            add("garages.a", "1"),
            "( | cannot add to `garages`: there is no such value | the file has no `garages`",
        );
        check_refused(
            add("zones.yard", "1"),
            "\"yard\" | cannot add `zones.yard`: it is there already | use set to change it",
        );
        check_refused(add("schema.x", "1"), "1 | cannot add `schema.x`: `schema` has no entries | ");
        check_refused(
            add("list.9", "1"),
            "[1, 2] | cannot add `list.9`: `9` cannot be added to `list` | this is a list: use `+` as the last part of the path",
        );
        check_refused(
            set("schema", "5s"),
            "1 | `5s` is not a value: unexpected text after the value | a text needs quotes: '\"5s\"'",
        );
        check_refused(
            set("schema", "1, x: 2"),
            "1 | `1, x: 2` is not a value: unexpected text after the value | a text needs quotes: '\"1, x: 2\"'",
        );
        check_refused(
            set("schema", "// 1"),
            "1 | `// 1` is not a value: the text ends too early | a text needs quotes: '\"// 1\"'",
        );
        check_refused(remove(""), "( | cannot remove the whole file | ");
    }

    #[test]
    fn problems_name_the_edit_that_wrote_the_text() {
        let mut document = document(TEXT);
        let origin = |document: &Document, path: &str| document.problem(path, "no").origin;
        let mut apply = |op: EditOp, path: &str, origin: &str| {
            let edit = Edit { op, path: Path::from(path), origin: origin.to_string() };
            document.apply(&edit).expect("an edit that fits");
        };
        apply(EditOp::Set("(kind: Lobby, floor: 1)".to_string()), "zones.lobby", "one");
        apply(EditOp::Add("(kind: Yard, wide: [1, 2])".to_string()), "zones.dock", "two");
        apply(EditOp::Set("\"long text\"".to_string()), "zones.lobby.kind", "three");
        apply(EditOp::Add("3".to_string()), "zones.dock.wide.+", "four");
        apply(EditOp::Remove, "list", "five");
        for (path, expected) in [
            ("zones.lobby", Some("one")),
            ("zones.lobby.floor", Some("one")),
            ("zones.lobby.kind", Some("three")),
            ("zones.dock", Some("two")),
            ("zones.dock.wide.1", Some("two")),
            ("zones.dock.wide.2", Some("four")),
            ("zones.yard", None),
            ("portals.dock", None),
            ("schema", None),
        ] {
            assert_eq!(origin(&document, path).as_deref(), expected, "{path}");
        }
        assert_eq!(document.problem_at_key("zones.dock", "no").origin.as_deref(), Some("two"));
        assert_eq!(document.problem_at_key("zones.lobby", "no").origin, None);

        #[derive(Debug, Deserialize)]
        struct Site {
            #[serde(rename = "list")]
            _list: Vec<u8>,
        }
        let problems = document.read::<Site>().expect_err("no list");
        assert_eq!(problems[0].origin.as_deref(), Some("five"));
    }

    #[test]
    fn set_is_read_from_the_command_line() {
        let edit = Edit::parse_set(r#"a."b=c".d="x=y""#).expect("valid");
        assert_eq!(edit.path, Path::from(["a", "b=c", "d"]));
        assert_eq!(edit.op, EditOp::Set("\"x=y\"".to_string()));
        assert_eq!(edit.origin, r#"--set a."b=c".d="x=y""#);
        let refused = |argument| Edit::parse_set(argument).expect_err("invalid").to_string();
        assert_eq!(
            refused("a.b=5s"),
            "--set:1:6: error: `5s` is not a value: unexpected text after the value\n  help: a text needs quotes: '\"5s\"'"
        );
        assert_eq!(refused("a.b"), "--set:1:1: error: `a.b` has no `=`\n  help: write `path.to.value=value`");
        assert_eq!(refused("a..b=1"), "--set:1:1: error: `a..b` has an empty part");
    }

    #[test]
    fn edits_are_written_as_data() {
        let edits: Vec<EditFile> =
            ron::from_str(r##"[Set("a.b", "\"5s\""), Add("c.+", r#"(x: "y")"#), Remove("d")]"##).expect("valid");
        let ops: Vec<EditOp> = edits.into_iter().map(|edit| edit.edit("file, edit 1").expect("a path").op).collect();
        let add = EditOp::Add("(x: \"y\")".to_string());
        assert_eq!(ops, [EditOp::Set("\"5s\"".to_string()), add, EditOp::Remove]);
    }

    /// Any text and any edit: no panic, and spans that lie in the text.
    #[test]
    fn broken_texts_are_survived() {
        let alphabet: Vec<char> = "()[]{},:\"'\\/*#r b1.é_\n+-".chars().collect();
        let chars: Vec<char> = TEXT.chars().collect();
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for round in 0..4_000 {
            let mut mutated = chars.clone();
            for _ in 0..random(4) {
                let at = random(mutated.len());
                match random(3) {
                    0 => mutated[at] = alphabet[random(alphabet.len())],
                    1 => mutated.insert(at, alphabet[random(alphabet.len())]),
                    _ => drop(mutated.remove(at)),
                }
            }
            mutated.truncate(if round % 2 == 0 { random(chars.len()) } else { mutated.len() });
            let mut document = document(&mutated.iter().collect::<String>());
            for problem in document.read::<Vec<u8>>().err().into_iter().flatten() {
                let span = problem.span.expect("a place");
                assert!(problem.text.get(span.start..span.end).is_some(), "{problem}");
            }
            let _ = document.read::<Value>();
            let paths =
                ["zones.lobby", "zones.yard.kind", "list.0", "portals.dock.entry.level", "by_kind.Lobby", "new"];
            for _ in 0..3 {
                let path = paths[random(paths.len())];
                let was_valid = document.read::<Value>().is_ok();
                let applied = match random(4) {
                    0 => document.apply(&remove(path)).is_ok(),
                    1 => document.apply(&add(&format!("{path}.x"), "[1]")).is_ok(),
                    2 => document.apply(&add(path, "(a: 1)")).is_ok(),
                    _ => document.apply(&set(path, "{}")).is_ok(),
                };
                let text = document.text().clone();
                assert!(!(was_valid && applied) || document.read::<Value>().is_ok(), "{text}");
                for key in document.keys(&Path::root()) {
                    let span = document.problem([key.as_str()], "no").span.expect("a place");
                    assert!(text.get(span.start..span.end).is_some());
                }
            }
        }
    }
}
