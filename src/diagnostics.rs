//! Problems as pictures: file, line, caret, hint.

use doorward_model::base::{Diagnostic, Problems, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

/// Prints problems to stderr.
pub(crate) fn print(problems: &Problems) {
    let mut stderr = std::io::stderr().lock();
    let handler = handler(stderr.is_terminal());
    for problem in &problems.0 {
        // There is nowhere left to complain about a stderr that cannot be written to.
        let _ = write!(stderr, "{}", render(&handler, problem));
    }
}

fn handler(terminal: bool) -> GraphicalReportHandler {
    let theme = match (terminal, std::env::var_os("NO_COLOR").is_some()) {
        (true, false) => GraphicalTheme::unicode(),
        (true, true) => GraphicalTheme::unicode_nocolor(),
        (false, _) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme).with_width(80).with_links(false)
}

fn render(handler: &GraphicalReportHandler, problem: &Diagnostic) -> String {
    let mut text = String::new();
    match handler.render_report(&mut text, &Report::of(problem)) {
        Ok(()) => text,
        // The plain form says the same.
        Err(fmt::Error) => format!("{problem}\n"),
    }
}

/// A problem in the form that `miette` draws.
#[derive(Debug)]
struct Report<'a> {
    problem: &'a Diagnostic,
    source: NamedSource<Arc<str>>,
}

impl<'a> Report<'a> {
    fn of(problem: &'a Diagnostic) -> Self {
        Self { problem, source: NamedSource::new(&problem.file, Arc::clone(&problem.text)) }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem.line_column() {
            Some(_) => f.write_str(&self.problem.message),
            // Nothing is drawn that would name the file.
            None => write!(f, "{}: {}", self.problem.file, self.problem.message),
        }
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        let origin = self.problem.origin.as_ref().map(|origin| format!("because of {origin}"));
        let lines: Vec<String> = self.problem.help.iter().cloned().chain(origin).collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.problem.span.is_some().then_some(&self.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span?;
        let start = span.start.min(self.problem.text.len());
        let length = span.end.min(self.problem.text.len()).saturating_sub(start);
        let label = self.problem.label.clone().or_else(|| Some("here".to_owned()));
        Some(Box::new(std::iter::once(LabeledSpan::new(label, start, length))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_model::base::Span;

    #[test]
    fn a_problem_shows_its_place_and_its_hint() {
        let problem =
            Diagnostic::error("a.site.ron", "(\n  zones: {},\n)", Span::new(4, 9), "no zones").help("add one");
        let drawn = render(&handler(false), &problem);
        for part in ["no zones", "a.site.ron:2:3", "zones: {}", "add one"] {
            assert!(drawn.contains(part), "{part} is not in\n{drawn}");
        }
    }

    #[test]
    fn a_problem_without_a_place_names_its_file() {
        let problem = Diagnostic::error("gone.ron", "", None, "no such file");
        assert!(render(&handler(false), &problem).contains("gone.ron: no such file"));
        let beyond = Diagnostic::error("a.ron", "x", Span::new(7, 9), "beyond the end");
        assert!(render(&handler(false), &beyond).contains("beyond the end"));
    }
}
