//! Where data goes.

use crate::failure::Failure;
use anyhow::Context;
use serde::Serialize;
use std::io::Write;

/// One JSON object, indented, with a line end.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Writes data to a file, or to stdout.
pub(crate) fn write(data: &str, file: Option<&str>) -> Result<(), Failure> {
    match file {
        Some(file) => std::fs::write(file, data).with_context(|| format!("cannot write `{file}`"))?,
        None => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(data.as_bytes())?;
            stdout.flush()?;
        }
    }
    Ok(())
}
