//! RON texts with places: files are read by `ron` and `serde`, and this module adds what they lack.
//!
//! - [`SpanIndex`] says where in a text the value at a [`Path`] is, so that every problem can be shown where it is.
//! - [`Document`] is a text with its index: it reads values, makes diagnostics, and takes edits.
//! - [`Edit`] changes the text itself, so that comments and layout survive and what-ifs are data.
//! - [`resolve`] follows `extends` from file to file and applies the edits on the way.
//! - [`nearest`] answers "did you mean".
//!
//! ```text
//! name --Files--> text --edits--> text --ron--> value
//!                            \--SpanIndex--> carets for problems in the value
//! ```
//!
//! Nothing here reads a file: the caller passes texts in, through [`Files`] where one text names another.

#![expect(
    clippy::result_large_err,
    reason = "a diagnostic is made once, on the way out; a box would only burden its readers"
)]

mod document;
mod edit;
mod extends;
mod nearest;
mod path;
mod read;
mod scan;
mod span_index;

pub use document::{Document, Source};
pub use edit::{Edit, EditFile, EditOp};
pub use extends::{Files, Resolved, join, resolve};
pub use nearest::nearest;
pub use path::{Path, PathError};
pub use scan::Duplicate;
pub use span_index::SpanIndex;
