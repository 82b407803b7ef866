//! Files on disk, by the names that users type.

use doorward_model::text::Files;
use std::io::ErrorKind;
use std::sync::Arc;

/// The file system.
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match std::fs::read_to_string(name) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(match error.kind() {
                ErrorKind::NotFound => "no such file".to_owned(),
                ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
                _ => error.to_string(),
            }),
        }
    }
}
