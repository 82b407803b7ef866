//! From a path to its place in the text.

use super::path::Path;
use super::scan::{Duplicate, Entry, Node, rescan, scan};
use crate::base::Span;

/// Where each value and each key of a RON text is.
///
/// `Some(x)` and other wrappers of one unnamed value are transparent in a path, and so are the names of structs and variants: the
/// fields of a variant are its children. Any text has an index; where it is not valid RON, the index is as good as it gets.
#[derive(Debug, Clone)]
pub struct SpanIndex {
    root: Node,
    duplicates: Vec<Duplicate>,
}

impl SpanIndex {
    /// The index of `text`.
    pub fn new(text: &str) -> SpanIndex {
        let (root, duplicates) = scan(text);
        SpanIndex { root, duplicates }
    }

    /// Follows a change: in `text`, `length` bytes stand in place of what was at `replaced`.
    pub(super) fn splice(&mut self, text: &str, replaced: Span, length: usize) {
        if !self.duplicates.is_empty() || !rescan(&mut self.root, text, replaced, length) {
            *self = SpanIndex::new(text);
        }
    }

    /// Where the value at `path` is, wrappers included; `None` if there is none.
    pub fn value(&self, path: &Path) -> Option<Span> {
        self.node(path).map(|node| node.span)
    }

    /// Where the key of the entry at `path` is; `None` if there is no such entry, or if it is an element of a list or tuple.
    pub fn key(&self, path: &Path) -> Option<Span> {
        self.entry(path)?.key
    }

    /// The keys below `path`, in the order of the text; elements of lists and tuples by number.
    pub fn keys(&self, path: &Path) -> impl Iterator<Item = &str> {
        let body = self.node(path).and_then(|node| node.core().body.as_ref());
        body.into_iter().flat_map(|body| body.entries.keys()).map(String::as_str)
    }

    /// Keys that their map or struct has already, in the order of the text. Paths lead to the first.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    pub(super) fn node(&self, path: &Path) -> Option<&Node> {
        match path.is_root() {
            true => Some(&self.root),
            false => self.entry(path).map(|entry| &entry.value),
        }
    }

    pub(super) fn entry(&self, path: &Path) -> Option<&Entry> {
        let (last, parents) = path.0.split_last()?;
        let mut node = &self.root;
        for segment in parents {
            node = &node.entry(segment)?.value;
        }
        node.entry(last)
    }

    /// The longest existing part of `path`, from the top.
    pub(super) fn existing(&self, path: &Path) -> (Path, &Node) {
        let mut node = &self.root;
        let mut depth = 0;
        while let Some(entry) = path.0.get(depth).and_then(|segment| node.entry(segment)) {
            node = &entry.value;
            depth += 1;
        }
        (Path(path.0[..depth].to_vec()), node)
    }

    /// The path of the innermost entry around `offset`, ends included.
    pub(super) fn path_at(&self, offset: usize) -> Path {
        let mut path = Path::root();
        let mut node = self.root.core();
        while let Some((key, entry)) = node.body.as_ref().and_then(|body| {
            body.entries.iter().find(|(_, entry)| entry.whole.start <= offset && offset <= entry.value.span.end)
        }) {
            path.0.push(key.clone());
            node = entry.value.core();
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = r##"#![enable(implicit_some)]
// a "site" { with (traps
Site(
  schema: 1, /* nested /* "comment */ ) */
  zones: { "lobby": (kind: Lobby, floor: -0), r#"a.b"#: (kind: Yard), },
  portals: {
    "dock": (between: ("yard", "do\"ck"), readers: (entry: Some((level: 3, at: 'x', quote: '\''))), time: Normal(mean: 5.5, sd: 1)),
  },
  list: [ (a: 1), Pair(2, (3)), r"raw", b"by", 1..=2 ],
  r#type: Some(Id("x")),
  by_kind: { Lobby: 1, (1, 2): 2, 7: 3 },
  é: "ü",
)
"##;

    fn value<'a>(text: &'a str, path: &str) -> Option<&'a str> {
        let span = SpanIndex::new(text).value(&Path::from(path))?;
        Some(span.of(text))
    }

    #[test]
    fn values_are_where_they_are() {
        for (path, expected) in [
            ("schema", "1"),
            ("zones.lobby", "(kind: Lobby, floor: -0)"),
            ("zones.lobby.kind", "Lobby"),
            ("zones.lobby.floor", "-0"),
            (r#"zones."a.b".kind"#, "Yard"),
            ("portals.dock.between.1", r#""do\"ck""#),
            ("portals.dock.readers.entry", r"Some((level: 3, at: 'x', quote: '\''))"),
            ("portals.dock.readers.entry.level", "3"),
            ("portals.dock.readers.entry.0.level", "3"),
            ("portals.dock.readers.entry.at", "'x'"),
            ("portals.dock.readers.entry.quote", r"'\''"),
            ("portals.dock.time", "Normal(mean: 5.5, sd: 1)"),
            ("portals.dock.time.mean", "5.5"),
            ("list.0.a", "1"),
            ("list.1", "Pair(2, (3))"),
            ("list.1.0", "2"),
            ("list.1.1", "(3)"),
            ("list.2", r#"r"raw""#),
            ("list.3", r#"b"by""#),
            ("list.4", "1..=2"),
            ("type", r#"Some(Id("x"))"#),
            ("type.0", r#"Id("x")"#),
            ("type.0.0", r#""x""#),
            ("by_kind.Lobby", "1"),
            (r#"by_kind."(1, 2)""#, "2"),
            ("by_kind.7", "3"),
            ("é", "\"ü\""),
        ] {
            assert_eq!(value(SITE, path), Some(expected), "{path}");
        }
        assert_eq!(value(SITE, "zones.lobby.kind.x"), None);
        assert_eq!(value(SITE, "list.5"), None);
    }

    #[test]
    fn keys_are_where_they_are() {
        let index = SpanIndex::new(SITE);
        let key = |path: &str| index.key(&Path::from(path)).map(|span| span.of(SITE));
        assert_eq!(key("zones.lobby"), Some("\"lobby\""));
        assert_eq!(key(r#"zones."a.b""#), Some(r##"r#"a.b"#"##));
        assert_eq!(key("portals.dock.time.mean"), Some("mean"));
        assert_eq!(key("list.0"), None);
        let keys = |path: &str| index.keys(&Path::from(path)).collect::<Vec<_>>();
        assert_eq!(keys("zones"), ["lobby", "a.b"]);
        assert_eq!(keys("portals.dock.readers.entry"), ["level", "at", "quote"]);
        assert_eq!(keys("list"), ["0", "1", "2", "3", "4"]);
        assert_eq!(keys("schema"), [""; 0]);
    }

    #[test]
    fn offsets_lead_back_to_paths() {
        let index = SpanIndex::new(SITE);
        for path in ["zones.lobby.kind", "portals.dock.between.1", "portals.dock.readers.entry.level", "list.1.0"] {
            let span = index.value(&Path::from(path)).expect(path);
            assert_eq!(index.path_at(span.start), Path::from(path));
            assert_eq!(index.path_at(span.end), Path::from(path));
        }
        assert_eq!(index.path_at(0), Path::root());
    }

    #[test]
    fn duplicates_are_found_in_maps_and_structs() {
        let text = r#"(a: {"x": (b: 1, b: 2), r"x": 3}, list: [1, 1], a: 4)"#;
        let index = SpanIndex::new(text);
        let found: Vec<_> = index
            .duplicates()
            .iter()
            .map(|twice| (twice.name.as_str(), twice.key.of(text), twice.key.start, twice.first.start))
            .collect();
        assert_eq!(found, [("b", "b", 17, 11), ("x", "r\"x\"", 24, 5), ("a", "a", 48, 1)]);
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let text = format!("(a: {}1{}, b: 2)", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(value(&text, "b"), Some("2"));
        SpanIndex::new(&"(a:[{".repeat(100_000));
        SpanIndex::new(&"Some(".repeat(100_000));
        SpanIndex::new(&"/*".repeat(100_000));
    }
}
