//! Paths: how a place in a file is written.

use std::fmt;
use std::str::FromStr;

/// The way from the top of a file to a value: field names, map keys and element numbers.
///
/// Written with dots, `portals.dock.between.1`; a segment that is not a plain word goes in quotes, `portals."a.b".x`,
/// with `\"` and `\\` for those two characters. The empty path is the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<String>);

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Two dots in a row, or a dot at an end.
    #[error("`{0}` has an empty part")]
    EmptySegment(String),
    /// A quote that does not end, or that has something other than a dot beside it.
    #[error("`{0}` has a stray quote")]
    StrayQuote(String),
}

impl Path {
    /// The path of the whole file.
    pub fn root() -> Path {
        Path(Vec::new())
    }

    /// Whether this is the path of the whole file.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path one step further.
    pub fn child(&self, segment: impl Into<String>) -> Path {
        let mut segments = self.0.clone();
        segments.push(segment.into());
        Path(segments)
    }

    /// The path without its last step, and that step; `None` for the whole file.
    pub fn split_last(&self) -> Option<(Path, &str)> {
        let (last, parents) = self.0.split_last()?;
        Some((Path(parents.to_vec()), last))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            if is_plain(segment) {
                f.write_str(segment)?;
            } else {
                write!(f, "\"{}\"", segment.replace('\\', r"\\").replace('"', "\\\""))?;
            }
        }
        Ok(())
    }
}

fn is_plain(segment: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+');
    !segment.is_empty() && segment.chars().all(plain)
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(written: &str) -> Result<Path, PathError> {
        let stray_quote = || PathError::StrayQuote(written.to_string());
        let mut segments = Vec::new();
        let mut rest = written;
        if written.is_empty() {
            return Ok(Path::root());
        }
        loop {
            let (segment, after) = match rest.strip_prefix('"') {
                Some(quoted) => unquote(quoted).ok_or_else(stray_quote)?,
                None => {
                    let (segment, after) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
                    if segment.is_empty() {
                        return Err(PathError::EmptySegment(written.to_string()));
                    }
                    if segment.contains('"') {
                        return Err(stray_quote());
                    }
                    (segment.to_string(), after)
                }
            };
            segments.push(segment);
            if after.is_empty() {
                return Ok(Path(segments));
            }
            rest = after.strip_prefix('.').ok_or_else(stray_quote)?;
        }
    }
}

/// Splits what follows an opening quote into the quoted segment and what comes after the closing quote.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut segment = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((segment, &text[at + 1..])),
            '\\' => segment.push(chars.next()?.1),
            _ => segment.push(c),
        }
    }
    None
}

/// For paths written in code; a text that is no path is taken as one segment.
impl From<&str> for Path {
    fn from(written: &str) -> Path {
        written.parse().unwrap_or_else(|_| Path(vec![written.to_string()]))
    }
}

impl From<&Path> for Path {
    fn from(path: &Path) -> Path {
        path.clone()
    }
}

/// For paths built in code, where a name may contain anything: `["zones", name, "floor"]`.
impl<const N: usize> From<[&str; N]> for Path {
    fn from(segments: [&str; N]) -> Path {
        Path(segments.map(str::to_string).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_is_written() {
        for written in ["", "a", "portals.dock.between.1", "list.+", r#"portals."a.b".x"#, r#""q\"\\ x""#, r#""""#] {
            let path: Path = written.parse().expect(written);
            assert_eq!(path.to_string(), written);
        }
        assert_eq!(Path::from(r#"a."b.c""#), Path::from(["a", "b.c"]));
        assert_eq!(Path::from("a.server room"), Path::from(["a", "server room"]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for written in ["a..b", ".a", "a.", "."] {
            assert_eq!(written.parse::<Path>(), Err(PathError::EmptySegment(written.to_string())));
        }
        for written in [r#"a."b"#, r#"a."b"c"#, r#"a"b"#, r#"""#] {
            assert_eq!(written.parse::<Path>(), Err(PathError::StrayQuote(written.to_string())));
        }
    }
}
