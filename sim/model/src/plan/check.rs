//! Reading figures and names out of a file, with every problem kept.

use indexmap::IndexMap;

use super::Assumption;
use crate::base::DistributionFile;
use crate::base::*;
use crate::site::{Grade, Sourced, SourcedChance, SourcedTime, Sources};
use crate::text::{Document, Path, nearest};

/// A delay or latency beyond this is taken for a slip of the pen.
const LONGEST: SimDuration = SimDuration::from_secs(30 * 24 * 3600);

/// Collects what is wrong in one file and which figures it uses.
pub(super) struct Check<'a> {
    document: &'a Document,
    sources: &'a Sources,
    pub(super) problems: Vec<Diagnostic>,
    /// Every figure that rests on an assumption, with its path, whether or not anything uses it.
    pub(super) assumptions: Vec<(Path, Assumption)>,
    /// Distributions met so far: what is alike shares its tables.
    distributions: Vec<(DistributionFile, Distribution)>,
}

impl<'a> Check<'a> {
    pub(super) fn new(document: &'a Document, sources: &'a Sources) -> Self {
        Self { document, sources, problems: Vec::new(), assumptions: Vec::new(), distributions: Vec::new() }
    }

    /// The file is of the one version that there is.
    pub(super) fn schema(&mut self, schema: u32) {
        if schema != 1 {
            self.problem(
                &Path::from("schema"),
                format!("schema `{schema}` is not known"),
                "this version reads `schema: 1`",
            );
        }
    }

    /// Something wrong with the value at a path.
    pub(super) fn problem(&mut self, path: &Path, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.document.problem(path, message).help(help));
    }

    /// Something wrong with the entry at a path: the caret goes under its name.
    pub(super) fn problem_at_key(&mut self, path: &Path, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.document.problem_at_key(path, message).help(help));
    }

    /// The index of a name; a dangling one is a problem with the nearest match.
    pub(super) fn find<T>(
        &mut self,
        path: &Path,
        what: &str,
        name: &str,
        names: &IndexMap<String, T>,
    ) -> Option<usize> {
        let found = names.get_index_of(name);
        if found.is_none() {
            self.dangling(path, what, name, names.keys().map(String::as_str));
        }
        found
    }

    /// A name that nothing has.
    pub(super) fn dangling<'n>(&mut self, path: &Path, what: &str, name: &str, names: impl Iterator<Item = &'n str>) {
        let help = match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare a {what} of that name, or name one that exists"),
        };
        self.problem(path, format!("there is no {what} called `{name}`"), help);
    }

    /// Notes the source of a figure.
    fn sourced<T>(&mut self, path: &Path, figure: &Sourced<T>) {
        match self.sources.get(&figure.source) {
            None => {
                self.dangling(&path.child("source"), "source", &figure.source, self.sources.keys().map(String::as_str))
            }
            Some(source) => match source.grade {
                Grade::Reference | Grade::Derived => {}
                Grade::Assumption | Grade::Unverified => {
                    let value = self.document.span(&path.child("value"));
                    let text = value.map_or("", |s| s.of(self.document.text()));
                    let assumption = Assumption {
                        file: self.document.name().to_string(),
                        path: path.to_string(),
                        value: text.split_whitespace().collect::<Vec<_>>().join(" "),
                        grade: source.grade,
                        source: source.text.clone(),
                    };
                    self.assumptions.push((path.clone(), assumption));
                }
            },
        }
    }

    /// A probability.
    pub(super) fn chance(&mut self, path: &Path, figure: &SourcedChance) -> Probability {
        self.sourced(path, figure);
        match Probability::try_from(figure.value) {
            Ok(p) => p,
            Err(error) => {
                let help = match error.value > 1.0 {
                    true => "is it in per cent? 5 % is 0.05",
                    false => "0 is never, 1 is always",
                };
                self.problem(&path.child("value"), error.to_string(), help);
                Probability::ZERO
            }
        }
    }

    /// A probability that may be left out: then zero.
    pub(super) fn chance_or_zero(&mut self, path: &Path, figure: Option<&SourcedChance>) -> Probability {
        figure.map_or(Probability::ZERO, |f| self.chance(path, f))
    }

    /// A drawn duration.
    pub(super) fn time(&mut self, path: &Path, figure: &SourcedTime) -> Distribution {
        self.sourced(path, figure);
        if let Some(known) = self.known(&figure.value) {
            return known;
        }
        match figure.value.compile() {
            Ok(distribution) => {
                let mean = distribution.mean();
                if self.sensible(&path.child("value"), mean) {
                    self.distributions.push((figure.value.clone(), distribution.clone()));
                }
                distribution
            }
            Err(error) => {
                self.problem(&path.child("value"), error.to_string(), "see the distributions in the docs");
                Distribution::fixed(SimDuration::ZERO)
            }
        }
    }

    /// A distribution met before.
    fn known(&self, wanted: &DistributionFile) -> Option<Distribution> {
        self.distributions.iter().find(|(file, _)| file == wanted).map(|(_, known)| known.clone())
    }

    /// A drawn duration that may be left out: then none at all.
    pub(super) fn time_or_zero(&mut self, path: &Path, figure: Option<&SourcedTime>) -> Distribution {
        if let Some(figure) = figure {
            return self.time(path, figure);
        }
        const NONE: DistributionFile = DistributionFile::Fixed(SimDuration::ZERO);
        self.known(&NONE).unwrap_or_else(|| {
            let none = Distribution::fixed(SimDuration::ZERO);
            self.distributions.push((NONE, none.clone()));
            none
        })
    }

    /// A fixed duration.
    pub(super) fn duration(&mut self, path: &Path, figure: &Sourced<SimDuration>) -> SimDuration {
        self.sourced(path, figure);
        self.sensible(&path.child("value"), figure.value);
        figure.value
    }

    /// Whether a duration is one that can be meant.
    fn sensible(&mut self, path: &Path, duration: SimDuration) -> bool {
        if duration > LONGEST {
            self.problem(
                path,
                format!("`{duration}` is absurdly long"),
                "nothing here takes more than 30 days; is the unit right?",
            );
        }
        duration <= LONGEST
    }

    /// A number of at least zero.
    pub(super) fn number(&mut self, path: &Path, figure: &Sourced<f64>) -> f64 {
        self.sourced(path, figure);
        if figure.value.is_finite() && figure.value >= 0.0 {
            figure.value
        } else {
            self.problem(
                &path.child("value"),
                format!("`{}` is not a number of at least 0", figure.value),
                "use 0 or more",
            );
            0.0
        }
    }

    /// A whole number with its source.
    pub(super) fn whole(&mut self, path: &Path, figure: &Sourced<u32>) -> u32 {
        self.sourced(path, figure);
        figure.value
    }

    /// A figure of another type.
    pub(super) fn figure<T: Clone>(&mut self, path: &Path, figure: &Sourced<T>) -> T {
        self.sourced(path, figure);
        figure.value.clone()
    }
}
