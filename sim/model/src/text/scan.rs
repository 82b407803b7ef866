//! A small scanner that finds where each value of a RON text is. It judges nothing: `ron` says what is wrong with a text, and the
//! scanner makes the best of whatever it is given.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::base::Span;

/// Values nested deeper than this are taken as a blob. `ron` itself refuses to go deeper than 128.
const DEPTH_MAX: usize = 160;

/// One value in the text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The whole value, with name and brackets.
    pub(super) span: Span,
    /// The struct's or variant's name.
    pub(super) name: Option<Span>,
    /// What is between the brackets, if the value has any.
    pub(super) body: Option<Body>,
}

/// What is between a pair of brackets.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) bracket: Bracket,
    /// Offset of the opening bracket.
    pub(super) open: usize,
    /// The entries by key; elements of lists and tuples by number.
    pub(super) entries: Entries,
}

type Entries = IndexMap<String, Entry, FxBuildHasher>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    Curly,
}

/// One entry of a map, field of a struct, or element of a list or tuple.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The key as it is written; elements have none.
    pub(super) key: Option<Span>,
    /// The value.
    pub(super) value: Node,
    /// From the key's start to the value's end, or beyond it to the end of the comma.
    pub(super) whole: Span,
    /// Whether a comma follows.
    pub(super) comma: bool,
}

/// A key that its map or struct has already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key as text.
    pub name: String,
    /// Where it stands for the second (or a later) time.
    pub key: Span,
    /// Where it stands first.
    pub first: Span,
}

impl Node {
    /// The value inside `Some(..)` and other wrappers of one unnamed value.
    pub(super) fn core(&self) -> &Node {
        let mut node = self;
        while let Some(inner) = node.wrapped() {
            node = inner;
        }
        node
    }

    /// The entry with this key, wrappers seen through.
    pub(super) fn entry(&self, segment: &str) -> Option<&Entry> {
        let mut wrapper = None;
        let mut node = self;
        loop {
            let entry = node.body.as_ref().and_then(|body| body.entries.get(segment));
            match node.wrapped() {
                // `0` may mean the first element of what is inside, or else the inside itself.
                Some(inner) => {
                    wrapper = wrapper.or(entry);
                    node = inner;
                }
                None => return entry.or(wrapper),
            }
        }
    }

    /// Name and opening bracket; the whole value where it has no brackets.
    pub(super) fn opening(&self) -> Span {
        match &self.body {
            Some(body) => Span::new(self.span.start, body.open + 1),
            None => self.span,
        }
    }

    /// What to put a caret under: the whole value, or its opening where it goes over several lines.
    pub(super) fn caret(&self, text: &str) -> Span {
        match self.span.of(text).contains('\n') {
            true => self.opening(),
            false => self.span,
        }
    }

    /// Whether a part of the text lies between its brackets.
    fn encloses(&self, part: Span) -> bool {
        self.body.as_ref().is_some_and(|body| body.open < part.start && part.end < self.span.end)
    }

    fn move_offsets(&mut self, moved: &impl Fn(usize) -> usize) {
        let span = |span: Span| Span::new(moved(span.start), moved(span.end));
        self.span = span(self.span);
        self.name = self.name.map(span);
        let Some(body) = &mut self.body else { return };
        body.open = moved(body.open);
        for entry in body.entries.values_mut() {
            entry.key = entry.key.map(span);
            entry.whole = span(entry.whole);
            entry.value.move_offsets(moved);
        }
    }

    fn wrapped(&self) -> Option<&Node> {
        let body = self.body.as_ref()?;
        match body.entries.first() {
            Some((_, only)) if body.is_tuple() && body.entries.len() == 1 => Some(&only.value),
            _ => None,
        }
    }
}

impl Body {
    /// Round brackets around elements without names.
    pub(super) fn is_tuple(&self) -> bool {
        self.bracket == Bracket::Round && self.entries.first().is_some_and(|(_, entry)| entry.key.is_none())
    }
}

/// The text's value and all keys that occur twice, in the order of the text.
pub(super) fn scan(text: &str) -> (Node, Vec<Duplicate>) {
    let mut scanner = Scanner::new(text);
    scanner.skip_attributes();
    let root = scanner.value(0);
    let mut duplicates = scanner.duplicates;
    duplicates.sort_by_key(|duplicate| duplicate.key);
    (root, duplicates)
}

/// Makes of the root of a text that of `text`, in which `length` bytes stand in place of `replaced`: scans the entries that this
/// touches, and keeps the others. Gives whether that can be; if not, the root is good for nothing.
pub(super) fn rescan(root: &mut Node, text: &str, replaced: Span, length: usize) -> bool {
    if !root.encloses(replaced) {
        return false;
    }
    // In the innermost brackets around it, the entries before and behind those that are touched.
    let mut way = Vec::new();
    let mut node = &*root;
    let (before, behind) = loop {
        let Some(body) = &node.body else { return false };
        let mut entries = body.entries.values();
        if let Some(at) = entries.clone().position(|entry| entry.value.encloses(replaced)) {
            way.push(at);
            node = &body.entries[at].value;
            continue;
        }
        let before = entries.clone().take_while(|entry| entry.whole.end < replaced.start).count();
        let touched = entries.rposition(|entry| entry.whole.start <= replaced.end);
        break (before, touched.map_or(before, |last| before.max(last + 1)));
    };
    root.move_offsets(&|offset| match offset >= replaced.end {
        true => offset - replaced.end + replaced.start + length,
        false => offset,
    });
    let mut node = root;
    for &at in &way {
        let Some((_, entry)) = node.body.as_mut().and_then(|body| body.entries.get_index_mut(at)) else { return false };
        node = &mut entry.value;
    }
    let Some(body) = &mut node.body else { return false };
    let entries = std::mem::take(&mut body.entries);
    let from = before.checked_sub(1).map_or(body.open + 1, |last| entries[last].whole.end);
    let to = entries.get_index(behind).map_or(node.span.end - 1, |(_, next)| next.whole.start);

    let mut scanner = Scanner { at: from, ..Scanner::new(text) };
    let mut touched = Body { bracket: body.bracket, open: body.open, entries: Entries::default() };
    loop {
        scanner.skip_space();
        match scanner.peek() {
            _ if scanner.at >= to => break,
            None | Some(')' | ']' | '}') => return false,
            Some(',' | ':') => scanner.at += 1,
            Some(_) => scanner.entry(&mut touched, way.len()),
        }
    }
    if scanner.at != to || !scanner.duplicates.is_empty() || scanner.unclosed.is_some() {
        return false;
    }
    let mut touched = Some(touched.entries);
    let mut is_good = true;
    let mut put = |key: String, entry: Entry| {
        let key = if entry.key.is_some() { key } else { body.entries.len().to_string() };
        is_good &= body.entries.insert(key, entry).is_none();
    };
    for (at, (key, entry)) in entries.into_iter().enumerate() {
        if at >= before {
            touched.take().into_iter().flatten().for_each(|(key, entry)| put(key, entry));
        }
        if at < before || at >= behind {
            put(key, entry);
        }
    }
    touched.into_iter().flatten().for_each(|(key, entry)| put(key, entry));
    is_good
}

/// A bracket or quote without its partner, by its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unpaired {
    /// This opening is never closed; another bracket closes something around it first, unless the text ends.
    Open(usize, Option<usize>),
    /// This opening is closed by that bracket of another kind.
    Mismatch(usize, usize),
    /// This closing bracket has nothing to close.
    Stray(usize),
}

/// The first bracket, quote or comment without its partner. In a text without one, `None`.
pub(super) fn unpaired(text: &str) -> Option<Unpaired> {
    let mut scanner = Scanner::new(text);
    scanner.skip_attributes();
    let mut brackets = Vec::new();
    loop {
        scanner.skip_space();
        let at = scanner.at;
        match scanner.peek() {
            Some(bracket @ ('(' | '[' | '{' | ')' | ']' | '}')) => {
                brackets.push((at, bracket));
                scanner.at += 1;
            }
            Some(',' | ':') => scanner.at += 1,
            Some(_) => {
                if scanner.name().is_none() {
                    scanner.literal();
                }
                // A quote that is not closed is paired with the next one, so that what follows is taken for content.
                let token = &text[at..scanner.at];
                let follows = scanner.peek().is_some_and(|c| !is_space(c) && !",:)]}/".contains(c));
                if follows && token.ends_with('"') && token.contains('\n') {
                    return token.find('"').map(|quote| Unpaired::Open(at + quote, None));
                }
            }
            None => break,
        }
    }
    scanner.unclosed.map(|at| Unpaired::Open(at, None)).or_else(|| unpaired_bracket(&brackets))
}

/// Where brackets do not match, the slip that explains the rest of the text: one too many, one of the wrong kind, or else one
/// too few.
fn unpaired_bracket(brackets: &[(usize, char)]) -> Option<Unpaired> {
    let mut open = Vec::new();
    let wrong = brackets.iter().position(|bracket| !pair(&mut open, *bracket));
    let Some(wrong) = wrong else {
        return open.last().map(|(at, _)| Unpaired::Open(*at, None));
    };
    let (at, rest) = (brackets[wrong].0, &brackets[wrong + 1..]);
    let balances = |open: &[(usize, char)]| {
        let mut open = open.to_vec();
        rest.iter().all(|bracket| pair(&mut open, *bracket)) && open.is_empty()
    };
    let Some(((innermost, _), around)) = open.split_last() else {
        return Some(Unpaired::Stray(at));
    };
    Some(match () {
        () if balances(&open) => Unpaired::Stray(at),
        () if balances(around) => Unpaired::Mismatch(*innermost, at),
        () => Unpaired::Open(*innermost, Some(at)),
    })
}

/// Opens or closes a bracket: whether it can be, with `open` unchanged if not.
fn pair(open: &mut Vec<(usize, char)>, bracket: (usize, char)) -> bool {
    match (bracket.1, open.last()) {
        ('(' | '[' | '{', _) => open.push(bracket),
        (close, Some((_, opening))) if partner(*opening) == close => {
            open.pop();
        }
        _ => return false,
    }
    true
}

/// What closes an opening bracket, or opens a closing one.
pub(super) fn partner(bracket: char) -> char {
    match bracket {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        // Quotes, and the signs of a comment.
        other => other,
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    duplicates: Vec<Duplicate>,
    /// Where a text or comment starts that goes on to the end of the file.
    unclosed: Option<usize>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0, duplicates: Vec::new(), unclosed: None }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Consumes `c` if it is next.
    fn take(&mut self, c: char) -> bool {
        let next = self.peek() == Some(c);
        if next {
            self.at += c.len_utf8();
        }
        next
    }

    /// Moves just behind the next `end`, or to the end of the text; whether there is one.
    fn skip_past(&mut self, end: &str) -> bool {
        let found = self.rest().find(end);
        self.at = found.map_or(self.text.len(), |found| self.at + found + end.len());
        found.is_some()
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    }

    fn skip_space(&mut self) {
        loop {
            self.skip_while(is_space);
            if self.rest().starts_with("//") {
                self.skip_past("\n");
            } else if self.rest().starts_with("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
            } else {
                match self.peek() {
                    Some(c) => self.at += c.len_utf8(),
                    None => {
                        self.unclosed = Some(start);
                        return;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips `#![enable(..)]` lines at the head.
    fn skip_attributes(&mut self) {
        self.skip_space();
        while self.peek() == Some('#') {
            self.skip_past("]");
            self.skip_space();
        }
    }

    /// One value. Consumes at least one character unless a comma, a colon, a closing bracket or the end is next.
    fn value(&mut self, depth: usize) -> Node {
        self.skip_space();
        let start = self.at;
        let name = self.name();
        if name.is_some() {
            self.skip_space();
        }
        let body = match self.peek() {
            Some('(') => self.body(Bracket::Round, ')', depth),
            Some('[') if name.is_none() => self.body(Bracket::Square, ']', depth),
            Some('{') if name.is_none() => self.body(Bracket::Curly, '}', depth),
            _ => {
                match name {
                    Some(name) => self.at = name.end,
                    None => self.literal(),
                }
                None
            }
        };
        Node { span: Span::new(start, self.at), name, body }
    }

    /// An identifier, if one is next. The prefixes of strings and bytes are none.
    fn name(&mut self) -> Option<Span> {
        let start = self.at;
        let rest = self.rest();
        let opens_literal = |prefix: &str| {
            rest.strip_prefix(prefix).is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
        };
        if ["r", "b", "br"].into_iter().any(opens_literal) || rest.starts_with("b'") {
            return None;
        }
        let raw = rest.starts_with("r#");
        if raw {
            self.at += 2;
            self.skip_while(|c| is_name_part(c) || matches!(c, '.' | '+' | '-'));
        } else if self.peek().is_some_and(|c| c.is_alphabetic() || c == '_') {
            self.skip_while(is_name_part);
        }
        (self.at > start).then(|| Span::new(start, self.at))
    }

    /// A string, a character, a number, or whatever else stands there.
    fn literal(&mut self) {
        let prefix = self.rest().trim_start_matches(['b', 'r']);
        let hashes = prefix.len() - prefix.trim_start_matches('#').len();
        let prefix_length = self.rest().len() - prefix.len();
        let is_raw = self.rest()[..prefix_length].contains('r');
        if is_raw && prefix[hashes..].starts_with('"') {
            let start = self.at + prefix_length + hashes;
            self.at = start + 1;
            if !self.skip_past(&format!("\"{}", "#".repeat(hashes))) {
                self.unclosed = Some(start);
            }
        } else if prefix.starts_with('"') {
            self.at += prefix_length;
            self.string();
        } else if prefix.starts_with('\'') {
            self.at += prefix_length;
            self.character();
        } else {
            self.word();
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '"' => return,
                '\\' => self.at += self.peek().map_or(0, char::len_utf8),
                _ => {}
            }
        }
        self.unclosed = Some(start);
    }

    /// A character; a quote that opens none stands alone.
    fn character(&mut self) {
        self.at += 1;
        let after_quote = self.at;
        if self.take('\\') {
            self.at += self.peek().map_or(0, char::len_utf8);
            self.skip_while(|c| c.is_ascii_hexdigit() || matches!(c, '{' | '}'));
        } else {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        if !self.take('\'') {
            self.at = after_quote;
        }
    }

    fn word(&mut self) {
        while let Some(c) = self.peek() {
            let comment = self.rest().starts_with("//") || self.rest().starts_with("/*");
            if is_space(c) || comment || matches!(c, ',' | ':' | '"' | '(' | ')' | '[' | ']' | '{' | '}') {
                return;
            }
            self.at += c.len_utf8();
        }
    }

    /// What is between brackets; `None`, with the brackets consumed, where it is nested too deeply.
    fn body(&mut self, bracket: Bracket, close: char, depth: usize) -> Option<Body> {
        if depth >= DEPTH_MAX {
            self.skip_brackets();
            return None;
        }
        let mut body = Body { bracket, open: self.at, entries: Entries::default() };
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek() {
                None => break,
                Some(c) if c == close => {
                    self.at += 1;
                    break;
                }
                // A bracket of another kind may be what our caller waits for.
                Some(')' | ']' | '}') => break,
                Some(',' | ':') => self.at += 1,
                Some(_) => self.entry(&mut body, depth),
            }
        }
        Some(body)
    }

    fn entry(&mut self, body: &mut Body, depth: usize) {
        let start = self.at;
        let mut key = None;
        let mut value = self.value(depth + 1);
        let mut end = self.at;
        self.skip_space();
        if self.take(':') {
            key = Some(value.span);
            value = self.value(depth + 1);
            end = self.at;
        }
        self.skip_stray(depth);
        let comma = self.take(',');
        let whole = Span::new(start, if comma { self.at } else { end });
        let entry = Entry { key, value, whole, comma };
        let Some(key) = key else {
            body.entries.insert(body.entries.len().to_string(), entry);
            return;
        };
        let name = key_text(key.of(self.text));
        match body.entries.get(&name) {
            Some(first) => {
                let first = first.key.unwrap_or(first.whole);
                self.duplicates.push(Duplicate { name, key, first });
            }
            None => {
                body.entries.insert(name, entry);
            }
        }
    }

    /// Skips what should not be between a value and the comma after it.
    fn skip_stray(&mut self, depth: usize) {
        loop {
            self.skip_space();
            match self.peek() {
                None | Some(',' | ')' | ']' | '}') => return,
                Some(':') => self.at += 1,
                Some(_) => {
                    self.value(depth + 1);
                }
            }
        }
    }

    /// Skips from an opening bracket to its closing one without recursion.
    fn skip_brackets(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek() {
            match c {
                '(' | '[' | '{' => {
                    depth += 1;
                    self.at += 1;
                }
                ')' | ']' | '}' => {
                    depth -= 1;
                    self.at += 1;
                }
                ',' | ':' => self.at += 1,
                _ => {
                    if self.name().is_none() {
                        self.literal();
                    }
                }
            }
            if depth == 0 {
                return;
            }
            self.skip_space();
        }
    }
}

/// A key as a path segment: a string's content, anything else as it is written.
fn key_text(written: &str) -> String {
    let is_string = written.ends_with(['"', '#']);
    if is_string && let Ok(text) = ron::from_str(written) {
        return text;
    }
    written.strip_prefix("r#").unwrap_or(written).to_string()
}

/// The white space of RON's grammar.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
