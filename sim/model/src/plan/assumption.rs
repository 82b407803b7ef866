//! The figures that a result rests on.

use serde::Serialize;

use crate::site::Grade;

/// A figure used whose grade is assumption or unverified: results list them.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Assumption {
    /// File that states it.
    pub file: String,
    /// Path of the figure in that file.
    pub path: String,
    /// The figure, as written.
    pub value: String,
    /// Its grade.
    pub grade: Grade,
    /// The citation or reasoning.
    pub source: String,
}
