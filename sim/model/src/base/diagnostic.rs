//! Problems in what a user wrote, each with its place in the text.

use std::fmt;
use std::sync::Arc;

/// A half-open range of byte offsets in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just after the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to but excluding `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// Whether `inner` lies wholly within this span.
    pub fn contains(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// The part of `text` that this span covers; empty where the span does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but probably does not say what was meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// One problem in something that a user wrote.
///
/// Displays as `file:line:column: error: message`, then the origin and the help, each on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the input can still be used.
    pub severity: Severity,
    /// Name of the file as shown to the user.
    pub file: String,
    /// The text that `span` points into: for an edited file, the edited text.
    pub text: Arc<str>,
    /// Where in `text`; `None` if the problem has no place.
    pub span: Option<Span>,
    /// What is wrong: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// Short words to put under the caret.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The edit that wrote the text in question, e.g. `--set site.flows.tunnel.allowed=flase`.
    pub origin: Option<String>,
}

impl Diagnostic {
    /// An error at `span` of `text`, which the user knows as `file`.
    pub fn error(
        file: impl Into<String>,
        text: impl Into<Arc<str>>,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            file: file.into(),
            text: text.into(),
            span: span.into(),
            message: message.into(),
            label: None,
            help: None,
            origin: None,
        }
    }

    /// A warning at `span` of `text`, which the user knows as `file`.
    pub fn warning(
        file: impl Into<String>,
        text: impl Into<Arc<str>>,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(file, text, span, message) }
    }

    /// The same problem with a hint at what to do.
    pub fn help(self, help: impl Into<String>) -> Diagnostic {
        Diagnostic { help: Some(help.into()), ..self }
    }

    /// The same problem with words under the caret.
    pub fn label(self, label: impl Into<String>) -> Diagnostic {
        Diagnostic { label: Some(label.into()), ..self }
    }

    /// The same problem, blamed on an edit.
    pub fn origin(self, origin: impl Into<String>) -> Diagnostic {
        Diagnostic { origin: Some(origin.into()), ..self }
    }

    /// Line and column of the span's start, counted from 1, columns in characters; `None` without a span.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        let start = self.text.floor_char_boundary(self.span?.start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Some((line, before[line_start..].chars().count() + 1))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some((line, column)) = self.line_column() {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}: {}", self.severity, self.message)?;
        if let Some(origin) = &self.origin {
            write!(f, "\n  from: {origin}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// All problems found in one go, so that one pass fixes a file. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Diagnostic>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Problems {
    /// The problems by file and by place in it, each once.
    pub fn new(mut problems: Vec<Diagnostic>) -> Problems {
        problems.sort_by_cached_key(|problem| (problem.file.clone(), problem.line_column(), problem.to_string()));
        problems.dedup_by_key(|problem| problem.to_string());
        Problems(problems)
    }
}

impl From<Diagnostic> for Problems {
    fn from(problem: Diagnostic) -> Problems {
        Problems(vec![problem])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let problem = Diagnostic::error("a.ron", "(\n  \"é\": x)", Span::new(9, 10), "no");
        assert_eq!(problem.line_column(), Some((2, 7)));
        let problem = problem.help("say yes").origin("--set a=x");
        assert_eq!(problem.to_string(), "a.ron:2:7: error: no\n  from: --set a=x\n  help: say yes");
    }

    #[test]
    fn problems_come_in_the_order_of_the_files_and_each_once() {
        let at = |file: &str, offset: usize| Diagnostic::error(file, "a\nbc", Span::new(offset, offset + 1), "no");
        let placeless = Diagnostic::error("b.ron", "", None, "gone");
        let problems = vec![at("b.ron", 3), at("b.ron", 2), at("a.ron", 2), at("b.ron", 3), placeless, at("b.ron", 0)];
        let shown = Problems::new(problems).to_string();
        let places: Vec<&str> = shown.lines().map(|line| line.split(" error").next().unwrap_or("")).collect();
        assert_eq!(places, ["a.ron:2:1:", "b.ron:", "b.ron:1:1:", "b.ron:2:1:", "b.ron:2:2:"]);
    }

    #[test]
    fn a_span_beyond_the_text_is_harmless() {
        let problem = Diagnostic::warning("a.ron", "é", Span::new(1, 99), "odd");
        assert_eq!(problem.line_column(), Some((1, 1)));
        assert_eq!(Span::new(1, 99).of("é"), "");
        let placeless = Diagnostic::error("a.ron", "", None, "gone");
        assert_eq!(Problems(vec![problem, placeless]).to_string(), "a.ron:1:1: warning: odd\na.ron: error: gone");
    }
}
