//! A text with its index, its edits, and the diagnostics that point into it.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::path::Path;
use super::read;
use super::span_index::SpanIndex;
use crate::base::{Diagnostic, Span};

/// A text and the name that its user knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name shown in diagnostics.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

/// A RON text that can be read, edited and pointed into.
#[derive(Debug, Clone)]
pub struct Document {
    source: Source,
    index: SpanIndex,
    edited: Vec<Edited>,
    removed: Vec<(Path, String)>,
}

/// A region of the text that an edit wrote.
#[derive(Debug, Clone)]
struct Edited {
    span: Span,
    origin: String,
}

impl Document {
    /// The document of an unedited text. Any text makes a document; [`read`](Document::read) says whether it is a good one.
    pub fn new(source: Source) -> Document {
        Document { index: SpanIndex::new(&source.text), source, edited: Vec::new(), removed: Vec::new() }
    }

    /// The name shown in diagnostics.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The text with all edits applied so far.
    pub fn text(&self) -> &Arc<str> {
        &self.source.text
    }

    /// Where everything is in the current text.
    pub fn index(&self) -> &SpanIndex {
        &self.index
    }

    /// Where the value at `path` is; `None` if there is none.
    pub fn span(&self, path: &Path) -> Option<Span> {
        self.index.value(path)
    }

    /// Where the key of the entry at `path` is; `None` if there is no such entry, or if it is an element without a key.
    pub fn key_span(&self, path: &Path) -> Option<Span> {
        self.index.key(path)
    }

    /// The keys below `path`, in the order of the text; elements of lists and tuples by number.
    pub fn keys(&self, path: &Path) -> Vec<String> {
        self.index.keys(path).map(str::to_string).collect()
    }

    /// The value as a `T`.
    ///
    /// `Some(..)` may be left out around optional values.
    ///
    /// # Errors
    /// Every key that occurs twice, and the first syntax or type error; never an empty list.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Diagnostic>> {
        read::read(self)
    }

    /// An error about the value at `path`, or about its opening where it goes over several lines; where there is none, about the
    /// opening of the nearest value that should hold it.
    pub fn problem(&self, path: impl Into<Path>, message: impl Into<String>) -> Diagnostic {
        let path = path.into();
        let span = match self.index.node(&path) {
            Some(node) => node.caret(&self.source.text),
            None => self.nearest_opening(&path),
        };
        self.diagnostic(span, message)
    }

    /// An error about the key of the entry at `path`; where there is none, at the place that [`problem`](Document::problem) takes.
    pub fn problem_at_key(&self, path: impl Into<Path>, message: impl Into<String>) -> Diagnostic {
        let path = path.into();
        match self.key_span(&path) {
            Some(span) => self.diagnostic(span, message),
            None => self.problem(path, message),
        }
    }

    /// Name and opening bracket of the innermost existing value on the way to `path`.
    pub(super) fn nearest_opening(&self, path: &Path) -> Span {
        self.index.existing(path).1.core().opening()
    }

    /// An error at `span`, blamed on the edit that wrote the text there.
    pub(super) fn diagnostic(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        let text = self.source.text.clone();
        Diagnostic {
            origin: self.origin(span).map(str::to_string),
            ..Diagnostic::error(&self.source.name, text, span, message)
        }
    }

    /// The edit that removed what was at `path`.
    pub(super) fn removal(&self, path: &Path) -> Option<&str> {
        let (_, origin) = self.removed.iter().rfind(|(removed, _)| removed == path)?;
        Some(origin)
    }

    /// The edit that wrote what is at `span`: the last, where one wrote within another's text.
    fn origin(&self, span: Span) -> Option<&str> {
        let mut around = self.edited.iter().filter(|edited| edited.span.contains(span));
        Some(&around.next_back()?.origin)
    }

    /// Notes that what was at `path` is gone.
    pub(super) fn note_removal(&mut self, path: &Path, origin: &str) {
        self.removed.push((path.clone(), origin.to_string()));
    }

    /// Puts `text` in place of `replaced`; the part `fresh` of it is what the edit of this origin is to be blamed for.
    pub(super) fn splice(&mut self, replaced: Span, text: &str, fresh: Span, origin: &str) {
        let old = &self.source.text;
        let new = [&old[..replaced.start], text, &old[replaced.end..]].concat();
        let moved = |offset: usize| offset - replaced.end + replaced.start + text.len();
        self.edited.retain(|edited| !replaced.contains(edited.span));
        for Edited { span, .. } in &mut self.edited {
            // Only layout is ever replaced across the edge of an edited region, so that clipping it there loses nothing.
            if span.start > replaced.start || span.start >= replaced.end {
                span.start = moved(span.start.max(replaced.end));
            }
            if span.end >= replaced.end && span.end > replaced.start {
                span.end = moved(span.end);
            } else {
                span.end = span.end.min(replaced.start);
            }
        }
        if !text.is_empty() {
            self.edited.push(Edited {
                span: Span::new(replaced.start + fresh.start, replaced.start + fresh.end),
                origin: origin.to_string(),
            });
        }
        self.index.splice(&new, replaced, text.len());
        self.source.text = new.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::new(Source {
            name: "a.site.ron".to_string(),
            text: "(\n  zones: {\n    \"lobby\": (kind: Lobby),\n  },\n)".into(),
        })
    }

    #[test]
    fn problems_point_at_values_and_keys() {
        let document = document();
        let shown = |problem: Diagnostic| {
            let span = problem.span.expect("a place");
            (problem.line_column(), span.of(&problem.text).to_string())
        };
        let at = |line, column, text: &str| (Some((line, column)), text.to_string());
        assert_eq!(shown(document.problem("zones.lobby.kind", "no")), at(3, 21, "Lobby"));
        assert_eq!(shown(document.problem("zones.lobby.floor", "no")), at(3, 14, "("));
        assert_eq!(shown(document.problem("roles.guard", "no")), at(1, 1, "("));
        assert_eq!(shown(document.problem_at_key(["zones", "lobby"], "no")), at(3, 5, "\"lobby\""));
        assert_eq!(shown(document.problem_at_key(Path::from("zones.yard"), "no")), at(2, 10, "{"));
        assert_eq!(document.problem("zones", "no").origin, None);
        assert_eq!(document.keys(&Path::from("zones")), ["lobby"]);
    }
}
