//! From what was typed to plans.

use crate::cli::Changes;
use crate::files::Disk;
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::plan::{Loaded, Plan, Request, load};
use doorward_model::text::{Edit, nearest};
use doorward_study::InputFile;
use std::sync::Arc;

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
    let (files, names): (Vec<_>, Vec<_>) = changes.defences.iter().cloned().partition(|defence| is_file(defence));
    let request = |defences| Request { defences, edits: edits.to_vec() };
    if names.is_empty() {
        return load(name, &request(files), &mut Disk);
    }
    let mut loaded = load(name, &request(Vec::new()), &mut Disk)?;
    let mut plans = names.iter().map(|wanted| by_name(&loaded.plans, wanted)).collect::<Result<Vec<_>, _>>()?;
    if !files.is_empty() {
        let more = load(name, &request(files), &mut Disk)?;
        plans.extend(more.plans);
        let new = |input: &(String, Arc<str>)| !loaded.inputs.iter().any(|(name, _)| *name == input.0);
        let inputs: Vec<_> = more.inputs.into_iter().filter(new).collect();
        loaded.inputs.extend(inputs);
    }
    Ok(Loaded { plans, ..loaded })
}

/// Names of defences have neither suffix nor folder.
fn is_file(defence: &str) -> bool {
    defence.ends_with(".ron") || defence.contains(['/', '\\'])
}

fn by_name(plans: &[Arc<Plan>], wanted: &str) -> Result<Arc<Plan>, Problems> {
    let names = || plans.iter().map(|plan| plan.defence_name.as_str());
    let plain = |name: &str| name.to_ascii_lowercase().replace([' ', '_'], "-");
    plans.iter().find(|plan| plain(&plan.defence_name) == plain(wanted)).cloned().ok_or_else(|| {
        let problem = Diagnostic::error("--defence", wanted, None, format!("the scenario names no defence `{wanted}`"));
        let help = match nearest(wanted, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it names {}; or give a file", names().collect::<Vec<_>>().join(", ")),
        };
        problem.help(help).into()
    })
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
