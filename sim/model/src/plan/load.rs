//! From file names to plans: a scenario with its site, its technique
//! libraries and each of its defences.

use std::sync::Arc;

use indexmap::IndexMap;

use super::check::Check;
use super::compile_site::SitePart;
use super::{Plan, Technique, compile_policy, compile_site, compile_threat};
use crate::base::*;
use crate::defence::DefenceFile;
use crate::scenario::ScenarioFile;
use crate::site::{SiteFile, SourceFile, Sources};
use crate::technique::TechniqueLibraryFile;
use crate::text::{Document, Edit, EditFile, EditOp, Files, Path, join, resolve};

/// A scenario, loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Name of the scenario.
    pub scenario: String,
    /// What happens in it.
    pub briefing: String,
    /// One plan for each defence, in the order of the scenario file.
    pub plans: Vec<Arc<Plan>>,
    /// Every file read: name and text, in order, each once.
    pub inputs: Vec<(String, Arc<str>)>,
}

/// What to load, and with which changes.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Defence files instead of those that the scenario names; as the caller names files.
    pub defences: Vec<String>,
    /// Edits whose path begins with the file that they are for: `site`, `scenario`, `techniques` or `defence`.
    pub edits: Vec<Edit>,
}

/// Loads a scenario with everything that it names.
///
/// # Errors
/// Every problem in every file that could be read far enough; never an empty list.
pub fn load(scenario: &str, request: &Request, files: &mut dyn Files) -> Result<Loaded, Problems> {
    Loader { files, request, inputs: Vec::new(), problems: Vec::new() }.load(scenario)
}

/// Checks a site file on its own.
///
/// # Errors
/// Every problem found in it.
pub fn check_site(name: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems)?.document;
    let file: SiteFile = document.read().map_err(Problems)?;
    let mut check = Check::new(&document, &file.sources);
    compile_site::compile(&file, &mut check);
    settle(check.problems)
}

/// Checks a technique library on its own.
///
/// # Errors
/// Every problem found in it.
pub fn check_techniques(name: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems)?.document;
    let file: TechniqueLibraryFile = document.read().map_err(Problems)?;
    let mut check = Check::new(&document, &file.sources);
    compile_threat::techniques(&file, &mut check);
    settle(check.problems)
}

/// Checks a defence file on a site.
///
/// # Errors
/// Every problem found in it, or in the site.
pub fn check_defence(name: &str, site: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems)?.document;
    let file: DefenceFile = document.read().map_err(Problems)?;
    let site_document = resolve(site, files).map_err(Problems)?.document;
    let site_file: SiteFile = site_document.read().map_err(Problems)?;
    let mut site_check = Check::new(&site_document, &site_file.sources);
    let Some(part) = compile_site::compile(&site_file, &mut site_check) else {
        return Err(Problems(site_check.problems));
    };
    let mut check = Check::new(&document, &file.sources);
    compile_policy::compile(&file, &part, &mut check);
    settle(check.problems)
}

fn settle(problems: Vec<Diagnostic>) -> Result<(), Problems> {
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

struct Loader<'a> {
    files: &'a mut dyn Files,
    request: &'a Request,
    inputs: Vec<(String, Arc<str>)>,
    problems: Vec<Diagnostic>,
}

/// The parts of a request's edits that go to one kind of file.
const TARGETS: [&str; 4] = ["site", "scenario", "techniques", "defence"];

impl Loader<'_> {
    fn load(mut self, name: &str) -> Result<Loaded, Problems> {
        self.check_targets();
        let scenario_document = self.open(name, "scenario").ok_or_else(|| self.failed())?;
        let scenario: ScenarioFile = self.read(&scenario_document).ok_or_else(|| self.failed())?;

        let site_name = join(scenario_document.name(), &scenario.site);
        let site_document = self.open_named(&scenario_document, &Path::from("site"), &site_name, "site");

        let mut libraries = Vec::new();
        for (i, library) in scenario.techniques.iter().enumerate() {
            let path = Path::from("techniques").child(i.to_string());
            let library = join(scenario_document.name(), library);
            libraries.extend(self.open_named(&scenario_document, &path, &library, "techniques"));
        }
        let mut defences = Vec::new();
        if self.request.defences.is_empty() {
            for (i, defence) in scenario.defences.iter().enumerate() {
                let path = Path::from("defences").child(i.to_string());
                let defence = join(scenario_document.name(), defence);
                defences.extend(self.open_named(&scenario_document, &path, &defence, "defence"));
            }
            if scenario.defences.is_empty() {
                let path = Path::from("defences");
                self.problems.push(scenario_document.problem(&path, "no defence is named").help("name at least one defence file"));
            }
        } else {
            for defence in &self.request.defences {
                defences.extend(self.open(defence, "defence"));
            }
        }

        let (techniques, technique_assumptions) = self.techniques(&libraries);
        let mut plans = Vec::new();
        let site_document = site_document.ok_or_else(|| self.failed())?;
        for document in &defences {
            let Some(file) = self.read::<DefenceFile>(document) else { continue };
            let Some(site) = self.changed_site(&site_document, &scenario_document, &scenario, document, &file) else {
                continue;
            };
            if let Some(mut plan) = self.plan(&scenario_document, &scenario, &site, &techniques, document, &file) {
                plan.assumptions.extend(technique_assumptions.iter().cloned());
                plans.push(Arc::new(plan));
            }
        }
        if !self.problems.is_empty() {
            return Err(self.failed());
        }
        Ok(Loaded { scenario: scenario.name, briefing: scenario.briefing, plans, inputs: self.inputs })
    }

    fn failed(&mut self) -> Problems {
        let mut problems = std::mem::take(&mut self.problems);
        // The same site is compiled once for each defence: say each thing once.
        let mut seen = Vec::new();
        problems.retain(|p| {
            let line = p.to_string();
            let new = !seen.contains(&line);
            seen.push(line);
            new
        });
        Problems(problems)
    }

    /// Edits must say which file they are for.
    fn check_targets(&mut self) {
        for edit in &self.request.edits {
            let target = edit.path.0.first().map_or("", String::as_str);
            if !TARGETS.contains(&target) || edit.path.0.len() < 2 {
                self.problems.push(
                    Diagnostic::error("--set", edit.origin.as_str(), None, format!("`{}` does not say which file it is for", edit.path))
                        .help("begin the path with `site.`, `scenario.`, `techniques.` or `defence.`"),
                );
            }
        }
    }

    fn open(&mut self, name: &str, target: &str) -> Option<Document> {
        match resolve(name, self.files) {
            Ok(resolved) => {
                let mut document = resolved.document;
                for (name, text) in resolved.inputs {
                    if !self.inputs.iter().any(|(n, _)| *n == name) {
                        self.inputs.push((name, text));
                    }
                }
                for edit in &self.request.edits {
                    if edit.path.0.len() > 1 && edit.path.0[0] == target {
                        let edit = Edit { path: Path(edit.path.0[1..].to_vec()), ..edit.clone() };
                        if let Err(problem) = document.apply(&edit) {
                            self.problems.push(problem);
                        }
                    }
                }
                Some(document)
            }
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// Opens a file that another one names: if it is missing, that name is shown.
    fn open_named(&mut self, from: &Document, path: &Path, name: &str, target: &str) -> Option<Document> {
        if let Err(reason) = self.files.read(name) {
            self.problems.push(from.problem(path, format!("cannot read `{name}`: {reason}")).help("paths are relative to this file"));
            return None;
        }
        self.open(name, target)
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, document: &Document) -> Option<T> {
        document.read().map_err(|problems| self.problems.extend(problems)).ok()
    }

    /// Techniques of all libraries; a later one overrides an earlier one of the same name.
    fn techniques(&mut self, libraries: &[Document]) -> (Vec<Technique>, Vec<super::Assumption>) {
        let mut all: IndexMap<String, Technique> = IndexMap::new();
        let mut assumptions = Vec::new();
        for document in libraries {
            let Some(file) = self.read::<TechniqueLibraryFile>(document) else { continue };
            let mut check = Check::new(document, &file.sources);
            for technique in compile_threat::techniques(&file, &mut check) {
                all.insert(technique.name.clone(), technique);
            }
            self.problems.extend(check.problems);
            assumptions.extend(check.assumptions);
        }
        (all.into_values().collect(), assumptions)
    }

    /// The site under a scenario and a defence: what-ifs are edits, never copies.
    fn changed_site(
        &mut self,
        site: &Document,
        scenario_document: &Document,
        scenario: &ScenarioFile,
        defence_document: &Document,
        defence: &DefenceFile,
    ) -> Option<Document> {
        let mut document = site.clone();
        let before = self.problems.len();
        for (owner, changes, sources) in [
            (scenario_document, &scenario.site_changes, &scenario.sources),
            (defence_document, &defence.site_changes, &defence.sources),
        ] {
            // A change may bring figures, and so needs its sources in the site.
            for (name, source) in missing_sources(&document, changes, sources) {
                let text = format!("(grade: {:?}, text: {:?})", source.grade, source.text);
                let path = Path::from("sources").child(name);
                let origin = format!("{}, sources", owner.name());
                if let Err(problem) = document.apply(&Edit { op: EditOp::Add(text), path, origin }) {
                    self.problems.push(problem);
                }
            }
            for (i, change) in changes.iter().enumerate() {
                let origin = format!("{}, site change {}", owner.name(), i + 1);
                match change.clone().edit(origin) {
                    Ok(edit) => {
                        if let Err(problem) = document.apply(&edit) {
                            self.problems.push(problem);
                        }
                    }
                    Err(error) => {
                        let path = Path::from("site_changes").child(i.to_string());
                        self.problems.push(owner.problem(&path, error.to_string()));
                    }
                }
            }
        }
        (self.problems.len() == before).then_some(document)
    }

    fn plan(
        &mut self,
        scenario_document: &Document,
        scenario: &ScenarioFile,
        site_document: &Document,
        techniques: &[Technique],
        defence_document: &Document,
        defence: &DefenceFile,
    ) -> Option<Plan> {
        let file: SiteFile = self.read(site_document)?;
        let mut site_check = Check::new(site_document, &file.sources);
        let part = compile_site::compile(&file, &mut site_check);
        let Check { problems, mut assumptions, .. } = site_check;
        self.problems.extend(problems);
        let mut site: SitePart = part?;

        let mut scenario_check = Check::new(scenario_document, &scenario.sources);
        let threat = compile_threat::scenario(scenario, &mut site, techniques, &mut scenario_check);
        self.problems.append(&mut scenario_check.problems);
        let mut first = scenario_check.assumptions;

        let mut defence_check = Check::new(defence_document, &defence.sources);
        let policy = compile_policy::compile(defence, &site, &mut defence_check);
        self.problems.append(&mut defence_check.problems);
        first.append(&mut defence_check.assumptions);
        first.append(&mut assumptions);

        Some(Plan {
            site: file.name,
            scenario: scenario.name.clone(),
            defence_name: defence.name.clone(),
            calendar: threat.calendar,
            warm_up_end: threat.warm_up_end,
            horizon: threat.horizon,
            walking_speed: site.walking_speed,
            zones: site.zones,
            portals: site.portals,
            panels: site.panels,
            sensors: site.sensors,
            sensor_types: site.sensor_types,
            assets: site.assets,
            segments: site.segments,
            flows: site.flows,
            devices: site.devices,
            services: site.services,
            accounts: site.accounts,
            jacks: site.jacks,
            roles: site.roles,
            people: site.people,
            credentials: site.credentials,
            posts: site.posts,
            forces: site.forces,
            routines: site.routines,
            injects: threat.injects,
            behaviour: threat.behaviour,
            techniques: techniques.to_vec(),
            adversaries: threat.adversaries,
            policy,
            assumptions: first,
        })
    }
}

/// Sources that the changes mention and the site does not have.
fn missing_sources<'s>(
    site: &Document,
    changes: &[EditFile],
    sources: &'s Sources,
) -> Vec<(&'s String, &'s SourceFile)> {
    let mentioned = |name: &str| {
        let quoted = format!("\"{name}\"");
        changes.iter().any(|change| match change {
            EditFile::Set(_, value) | EditFile::Add(_, value) => value.contains(&quoted),
            EditFile::Remove(_) => false,
        })
    };
    sources
        .iter()
        .filter(|(name, _)| mentioned(name) && site.span(&Path::from("sources").child(name.as_str())).is_none())
        .collect()
}
