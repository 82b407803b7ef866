//! From what was typed to plans.

use crate::cli::Changes;
use crate::files::Disk;
use doorward_model::base::Problems;
use doorward_model::plan::{Loaded, load_under};
use doorward_model::text::Edit;
use doorward_study::InputFile;

/// The edits of `--set`; all problems at once.
pub(crate) fn edits(sets: &[String]) -> Result<Vec<Edit>, Problems> {
    let (mut edits, mut problems) = (Vec::new(), Vec::new());
    for set in sets {
        match Edit::parse_set(set) {
            Ok(edit) => edits.push(edit),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(edits) } else { Err(Problems(problems)) }
}

/// Loads a scenario with the defences and edits asked for.
pub(crate) fn scenario(name: &str, changes: &Changes, edits: &[Edit]) -> Result<Loaded, Problems> {
    load_under(name, &changes.defences, edits, &mut Disk)
}

/// Names and hashes of files read, each once.
pub(crate) fn hashes<'a>(loaded: impl Iterator<Item = &'a Loaded>) -> Vec<InputFile> {
    let mut inputs: Vec<InputFile> = Vec::new();
    for (path, text) in loaded.flat_map(|loaded| &loaded.inputs) {
        let input = InputFile { path: path.clone(), hash: blake3::hash(text.as_bytes()).to_hex().to_string() };
        if !inputs.contains(&input) {
            inputs.push(input);
        }
    }
    inputs
}
