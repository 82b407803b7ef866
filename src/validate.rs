//! `doorward validate`: every problem in every file.

use crate::cli::ValidateArgs;
use crate::diagnostics;
use crate::failure::{Failure, UNUSABLE};
use crate::files::Disk;
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::defence::DefenceFile;
use doorward_model::plan::{Request, check_defence, check_site, check_techniques, load};
use doorward_model::scenario::ScenarioFile;
use doorward_model::text::{join, resolve};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn validate(args: &ValidateArgs) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    let mut shown: Vec<Diagnostic> = Vec::new();
    for file in &args.files {
        match check(file, args.site.as_deref()) {
            Ok(Checked::Fully) => writeln!(out, "ok  {file}")?,
            Ok(Checked::AloneFor(reason)) => writeln!(out, "ok  {file} (read only: {reason})")?,
            Err(Problems(problems)) => {
                // A site is read again by each scenario on it: say each thing once.
                let new: Vec<_> = problems.into_iter().filter(|problem| !shown.contains(problem)).collect();
                diagnostics::print(&Problems(new.clone()));
                shown.extend(new);
            }
        }
    }
    if shown.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let count = shown.len();
    eprintln!("{count} problem{}", if count == 1 { "" } else { "s" });
    Ok(ExitCode::from(UNUSABLE))
}

/// How far a file without problems was checked.
enum Checked {
    Fully,
    /// It was read, but its names could not be checked, for this reason.
    AloneFor(&'static str),
}

fn check(file: &str, site: Option<&str>) -> Result<Checked, Problems> {
    if file.ends_with(".site.ron") {
        check_site(file, &mut Disk)?;
    } else if file.ends_with(".scenario.ron") {
        load(file, &Request::default(), &mut Disk)?;
    } else if file.ends_with(".technique.ron") {
        check_techniques(file, &mut Disk)?;
    } else if file.ends_with(".defence.ron") {
        return check_one_defence(file, site);
    } else {
        let problem = Diagnostic::error(file, "", None, "the name does not say what kind of file it is");
        return Err(problem.help("end it with .site.ron, .scenario.ron, .technique.ron or .defence.ron").into());
    }
    Ok(Checked::Fully)
}

/// On the site given, or in every scenario beside it that names it.
fn check_one_defence(file: &str, site: Option<&str>) -> Result<Checked, Problems> {
    if let Some(site) = site {
        check_defence(file, site, &mut Disk)?;
        return Ok(Checked::Fully);
    }
    let scenarios = scenarios_naming(file);
    if scenarios.is_empty() {
        resolve(file, &mut Disk).and_then(|resolved| resolved.document.read::<DefenceFile>()).map_err(Problems)?;
        return Ok(Checked::AloneFor("no scenario beside it names it; give --site to check its names"));
    }
    for scenario in scenarios {
        load(&scenario, &Request { defences: vec![file.to_owned()], ..Request::default() }, &mut Disk)?;
    }
    Ok(Checked::Fully)
}

/// Scenario files in `../scenarios` that name the defence. What cannot be read names nothing.
fn scenarios_naming(defence: &str) -> Vec<String> {
    let folder = join(defence, "../scenarios");
    let wanted = join("", defence);
    let names = |scenario: &String| {
        let file = resolve(scenario, &mut Disk).and_then(|resolved| resolved.document.read::<ScenarioFile>());
        file.is_ok_and(|file| file.defences.iter().any(|named| join(scenario, named) == wanted))
    };
    files_in(Path::new(&folder), ".scenario.ron").into_iter().filter(names).collect()
}

/// Files of a folder with this suffix, by name. A folder that is not there has none.
pub(crate) fn files_in(folder: &Path, suffix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<String> = entries
        .filter_map(|entry| entry.path().to_str().map(str::to_owned))
        .filter(|path| path.ends_with(suffix))
        .collect();
    files.sort();
    files
}
