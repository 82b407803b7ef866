//! From file names to plans: a scenario with its site, its technique
//! libraries and each of its defences.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::check::Check;
use super::site_part::SitePart;
use super::{Assumption, Plan, Routes, Technique, compile_policy, compile_site, compile_threat, expected};
use crate::base::*;
use crate::defence::{DefenceFile, NetworkFile};
use crate::scenario::ScenarioFile;
use crate::site::{SiteFile, SourceFile, Sources};
use crate::technique::TechniqueLibraryFile;
use crate::text::{Document, Edit, EditFile, EditOp, Files, Path, join, nearest, resolve};

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

/// Loads a scenario under these defences: each a file, or the name of one that the scenario names; none: all of those.
///
/// # Errors
/// As [`load`]; also where the scenario names no such defence.
pub fn load_under(
    scenario: &str,
    defences: &[String],
    edits: &[Edit],
    files: &mut dyn Files,
) -> Result<Loaded, Problems> {
    // Names of defences have neither suffix nor folder.
    let is_file = |name: &&String| name.ends_with(".ron") || name.contains(['/', '\\']);
    let (paths, names): (Vec<_>, Vec<_>) = defences.iter().partition(is_file);
    let request =
        |defences: &[&String]| Request { defences: defences.iter().copied().cloned().collect(), edits: edits.to_vec() };
    if names.is_empty() {
        return load(scenario, &request(&paths), files);
    }
    let mut loaded = load(scenario, &request(&[]), files)?;
    let mut plans = names.iter().map(|wanted| by_name(&loaded.plans, wanted)).collect::<Result<Vec<_>, _>>()?;
    if !paths.is_empty() {
        let more = load(scenario, &request(&paths), files)?;
        plans.extend(more.plans);
        let new = |input: &(String, Arc<str>)| !loaded.inputs.iter().any(|(name, _)| *name == input.0);
        let inputs: Vec<_> = more.inputs.into_iter().filter(new).collect();
        loaded.inputs.extend(inputs);
    }
    Ok(Loaded { plans, ..loaded })
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

/// Checks a site file on its own.
///
/// # Errors
/// Every problem found in it.
pub fn check_site(name: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems::new)?.document;
    let file: SiteFile = document.read().map_err(Problems::new)?;
    let mut check = Check::new(&document, &file.sources);
    compile_site::compile(&file, &NetworkFile::default(), &mut check);
    settle(check.problems)
}

/// Checks a technique library on its own.
///
/// # Errors
/// Every problem found in it.
pub fn check_techniques(name: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems::new)?.document;
    let file: TechniqueLibraryFile = document.read().map_err(Problems::new)?;
    let mut check = Check::new(&document, &file.sources);
    compile_threat::techniques(&file, &mut check);
    settle(check.problems)
}

/// Checks a defence file on a site.
///
/// # Errors
/// Every problem found in it, or in the site.
pub fn check_defence(name: &str, site: &str, files: &mut dyn Files) -> Result<(), Problems> {
    let document = resolve(name, files).map_err(Problems::new)?.document;
    let file: DefenceFile = document.read().map_err(Problems::new)?;
    let mut site_document = resolve(site, files).map_err(Problems::new)?.document;
    settle(change(&mut site_document, &document, &file.site_changes, &file.sources))?;
    let site_file: SiteFile = site_document.read().map_err(Problems::new)?;
    let mut site_check = Check::new(&site_document, &site_file.sources);
    let Some(part) = compile_site::compile(&site_file, &file.network, &mut site_check) else {
        return Err(Problems::new(site_check.problems));
    };
    let mut check = Check::new(&document, &file.sources);
    compile_policy::compile(&file, &part, &mut check);
    settle(check.problems)
}

fn settle(problems: Vec<Diagnostic>) -> Result<(), Problems> {
    if problems.is_empty() { Ok(()) } else { Err(Problems::new(problems)) }
}

/// The techniques of all libraries.
struct Techniques {
    all: Vec<Technique>,
    /// Their figures that rest on an assumption.
    assumptions: Vec<(Path, Assumption)>,
}

/// The figures, each place in a file once.
fn each_once(figures: impl Iterator<Item = (Path, Assumption)>) -> Vec<Assumption> {
    let mut seen = BTreeSet::new();
    let assumptions = figures.map(|(_, assumption)| assumption);
    assumptions.filter(|assumption| seen.insert((assumption.file.clone(), assumption.path.clone()))).collect()
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
                self.problems.push(
                    scenario_document.problem(&path, "no defence is named").help("name at least one defence file"),
                );
            }
        } else {
            for defence in &self.request.defences {
                defences.extend(self.open(defence, "defence"));
            }
        }

        let techniques = self.techniques(&libraries);
        let mut plans = Vec::new();
        let site_document = site_document.ok_or_else(|| self.failed())?;
        for document in &defences {
            let Some(file) = self.read::<DefenceFile>(document) else { continue };
            let Some(site) = self.changed_site(&site_document, &scenario_document, &scenario, document, &file) else {
                continue;
            };
            plans.extend(self.plan(&scenario_document, &scenario, &site, &techniques, document, &file).map(Arc::new));
        }
        if !self.problems.is_empty() {
            return Err(self.failed());
        }
        Ok(Loaded { scenario: scenario.name, briefing: scenario.briefing, plans, inputs: self.inputs })
    }

    fn failed(&mut self) -> Problems {
        // The same site is compiled once for each defence, but each of its problems is shown once.
        Problems::new(std::mem::take(&mut self.problems))
    }

    /// Edits must say which file they are for.
    fn check_targets(&mut self) {
        for edit in &self.request.edits {
            let target = edit.path.0.first().map_or("", String::as_str);
            if !TARGETS.contains(&target) || edit.path.0.len() < 2 {
                self.problems.push(
                    Diagnostic::error(
                        "--set",
                        edit.origin.as_str(),
                        None,
                        format!("`{}` does not say which file it is for", edit.path),
                    )
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
            self.problems.push(
                from.problem(path, format!("cannot read `{name}`: {reason}")).help("paths are relative to this file"),
            );
            return None;
        }
        self.open(name, target)
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, document: &Document) -> Option<T> {
        document.read().map_err(|problems| self.problems.extend(problems)).ok()
    }

    /// Techniques of all libraries; a later one overrides an earlier one of the same name.
    fn techniques(&mut self, libraries: &[Document]) -> Techniques {
        let mut all: IndexMap<String, Technique> = IndexMap::new();
        let mut assumptions: Vec<(Path, Assumption)> = Vec::new();
        for document in libraries {
            let Some(file) = self.read::<TechniqueLibraryFile>(document) else { continue };
            let mut check = Check::new(document, &file.sources);
            for technique in compile_threat::techniques(&file, &mut check) {
                all.insert(technique.name.clone(), technique);
            }
            self.problems.extend(check.problems);
            assumptions.retain(|(path, _)| path.0.get(1).is_none_or(|name| !file.techniques.contains_key(name)));
            assumptions.extend(check.assumptions);
        }
        Techniques { all: all.into_values().collect(), assumptions }
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
        let mut problems = change(&mut document, scenario_document, &scenario.site_changes, &scenario.sources);
        problems.extend(change(&mut document, defence_document, &defence.site_changes, &defence.sources));
        let good = problems.is_empty();
        self.problems.append(&mut problems);
        good.then_some(document)
    }

    fn plan(
        &mut self,
        scenario_document: &Document,
        scenario: &ScenarioFile,
        site_document: &Document,
        techniques: &Techniques,
        defence_document: &Document,
        defence: &DefenceFile,
    ) -> Option<Plan> {
        let file: SiteFile = self.read(site_document)?;
        let mut site_check = Check::new(site_document, &file.sources);
        let part = compile_site::compile(&file, &defence.network, &mut site_check);
        self.problems.append(&mut site_check.problems);
        let mut site: SitePart = part?;

        let mut scenario_check = Check::new(scenario_document, &scenario.sources);
        let threat = compile_threat::scenario(scenario, &mut site, &techniques.all, &mut scenario_check);
        self.problems.append(&mut scenario_check.problems);

        let mut defence_check = Check::new(defence_document, &defence.sources);
        let policy = compile_policy::compile(defence, &site, &mut defence_check);
        self.problems.append(&mut defence_check.problems);

        let of_site = site_check.assumptions.into_iter().filter(|(path, _)| compile_site::uses(&file, path));
        let of_techniques = techniques.assumptions.iter();
        let of_techniques =
            of_techniques.filter(|(path, _)| compile_threat::uses(&techniques.all, &threat.adversaries, path));
        let stated = scenario_check.assumptions.into_iter().chain(defence_check.assumptions);
        let mut assumptions = each_once(stated.chain(of_site).chain(of_techniques.cloned()));
        assumptions.extend(super::built_in::assumptions());

        let routes = Routes::new(&site.roles, &site.zones, &site.portals);
        let mut plan = Plan {
            site: file.name,
            scenario: scenario.name.clone(),
            defence_name: defence.name.clone(),
            calendar: threat.calendar,
            warm_up_end: threat.warm_up_end,
            horizon: threat.horizon,
            pace: site.pace,
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
            areas: site.areas,
            muster: site.muster,
            wifi: site.wifi,
            cabinets: site.cabinets,
            feeds: site.feeds,
            habits: site.habits,
            routes,
            holiday: threat.holiday,
            routines: site.routines,
            injects: threat.injects,
            behaviour: threat.behaviour,
            techniques: techniques.all.clone(),
            adversaries: threat.adversaries,
            policy,
            assumptions,
        };
        expected::fill(&mut plan);
        Some(plan)
    }
}

/// Applies the changes of a scenario or a defence to a site; gives what is wrong with them.
fn change(site: &mut Document, owner: &Document, changes: &[EditFile], sources: &Sources) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    // A change may bring figures, and so needs its sources in the site.
    for (name, source) in missing_sources(site, changes, sources) {
        let text = format!("(grade: {:?}, text: {:?})", source.grade, source.text);
        let path = Path::from("sources").child(name);
        let origin = format!("{}, sources", owner.name());
        problems.extend(site.apply(&Edit { op: EditOp::Add(text), path, origin }).err());
    }
    for (i, change) in changes.iter().enumerate() {
        match change.clone().edit(format!("{}, site change {}", owner.name(), i + 1)) {
            Ok(edit) => problems.extend(site.apply(&edit).err()),
            Err(error) => {
                let path = Path::from("site_changes").child(i.to_string());
                problems.push(owner.problem(&path, error.to_string()));
            }
        }
    }
    problems
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Files in memory, by name.
    struct Folder(Vec<(&'static str, String)>);

    impl Files for Folder {
        fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
            let found = self.0.iter().find(|(of, _)| *of == name);
            found.map(|(_, text)| text.as_str().into()).ok_or_else(|| "no such file".to_string())
        }
    }

    /// A text in which `TIME` and `NUMBER` stand for figures that rest on an assumption.
    fn text(written: &str) -> String {
        written
            .replace("TIME", "(value: Fixed(\"1s\"), source: \"guess\")")
            .replace("NUMBER", "(value: 0.5, source: \"guess\")")
            .replace("SOURCES", "sources: {\"guess\": (grade: Assumption, text: \"none\")}")
    }

    const SITE: &str = r#"(
        schema: 1, name: "Site", SOURCES, walking_speed: NUMBER,
        zones: {"street": (kind: Offsite), "office": (kind: Office), "vault": (kind: Storage)},
        barriers: {"leaf": (delays: {"force": TIME}), "wall": (delays: {"force": TIME})},
        hardware: {"door": (kind: Door, barrier: "leaf", pass_time: TIME), "gate": (kind: Gate, barrier: "wall", pass_time: TIME)},
        reader_types: {"card": (accepts: [], link: Wiegand, read_time: TIME)},
        sensor_types: {"motion": (detects: {"walk": NUMBER}, moment: Begin), "glass": (detects: {"force": NUMBER}, moment: End)},
        portals: {"front": (hardware: "door", between: ("street", "office")), "inner": (hardware: "door", between: ("office", "vault"))},
        sensors: {"pir": (kind: "motion", watches: Zone("office"))},
        panels: {"panel": (
            zone: "office", segment: "doors", server: "server", out_of_reach: Deny,
            decision_time: TIME, download_time: TIME, buffer: (value: 9, source: "guess"), battery: (value: "4h", source: "guess"),
        )},
        segments: {"doors": (), "servers": ()},
        flows: {"up": (from: Segment("doors"), to: Device("server"), protocols: [])},
        hardening: {"new": (endpoint_detection: NUMBER), "old": (endpoint_detection: NUMBER)},
        devices: {"server": (kind: Server, zone: "office", segment: "servers", hardening: "old")},
        forces: {"police": (arrival: TIME)},
    )"#;

    const LIBRARY: &str = r#"(schema: 1, name: "Library", SOURCES, techniques: {
        "force": (
            title: "", about: "", act: Breach("force"), duration: Target, success: Target, team_member: NUMBER,
            skill: (value: (low: 2, medium: 1, high: 1), source: "guess"),
            tools: (value: (low: 2, medium: 1, high: 0.5), source: "guess"),
            failure: (value: (low: 1, medium: 1, high: 0.5), source: "guess"),
        ),
        "cut": (title: "", about: "", act: Breach("cut"), duration: Own(TIME), success: Target),
    })"#;

    const SCENARIO: &str = r#"(
        schema: 1, name: "Scenario", briefing: "", site: "site", techniques: ["library", "library"], defences: ["defence"],
        sources: {"guess": (grade: Derived, text: "none")}, start: "Mon 09:00", horizon: "1h",
        adversaries: {"thief": (
            skill: Low, tools: Medium, knowledge: Outsider, actors: {"a": (starts: Zone("street"))},
            begins_after: TIME, patience: TIME, gives_up_after: TIME, objective: Reach(zone: "office", hold: "1s"),
            plan: Script([Pass(portal: "front", technique: "force")]),
        )},
    )"#;

    /// Problems of the site above after `edits` of `from => to`, as `text under the caret | message | help`.
    fn site_problems(edits: &[(&str, &str)]) -> Vec<String> {
        let site = edits.iter().fold(text(SITE), |site, (from, to)| {
            assert_eq!(site.matches(from).count(), 1, "{from}");
            site.replace(from, to)
        });
        shown(check_site("site", &mut Folder(vec![("site", site)])))
    }

    fn shown(checked: Result<(), Problems>) -> Vec<String> {
        let problems = checked.err().map_or(Vec::new(), |problems| problems.0);
        let line = |problem: &Diagnostic| {
            let under = problem.span.map_or("", |span| span.of(&problem.text));
            format!("{under} | {} | {}", problem.message, problem.help.as_deref().unwrap_or(""))
        };
        problems.iter().map(line).collect()
    }

    #[test]
    fn all_problems_come_at_once_and_in_order() {
        let site = include_str!("../../../../tests/bad/several-at-once.site.ron").to_string();
        let problems = check_site("a", &mut Folder(vec![("a", site)])).expect_err("bad").0;
        let lines: Vec<_> = problems.iter().map(|problem| problem.line_column().map_or(0, |(line, _)| line)).collect();
        assert_eq!(lines, [8, 9, 16, 23, 24, 24, 28, 30], "{}", Problems(problems));
    }

    #[test]
    fn what_cannot_be_reached_is_found_beside_other_problems() {
        assert_eq!(site_problems(&[]), [""; 0]);
        let no_way = "no portal leads to `vault` | add a portal between it and a zone that can be reached from outside";
        let no_server = "\"server\" | the panel `panel` has no path to its server `server`";
        let level = "9 | level 9 is too high | levels run from 0 to 5";
        let too_high = ("kind: Office", "kind: Office, level: 9");
        assert_eq!(
            site_problems(&[
                too_high,
                ("(\"office\", \"vault\")", "(\"street\", \"office\")"),
                ("\"up\":", "\"down\":")
            ]),
            [level.to_string(), format!("\"vault\" | {no_way}")],
        );
        assert_eq!(
            site_problems(&[too_high, ("protocols: []", "protocols: [], allowed: false")]),
            [
                level.to_string(),
                format!(
                    "{no_server} | the flow `up` would be one, but it is not in force: set its `allowed` to `true`"
                ),
            ],
        );
        assert_eq!(
            site_problems(&[("from: Segment(\"doors\")", "from: Device(\"server\")")]),
            [format!("{no_server} | allow a flow between the segments `doors` and `servers`")],
        );
    }

    #[test]
    fn a_dangling_name_is_one_problem() {
        let messages = |edits: &[(&str, &str)]| -> Vec<String> {
            site_problems(edits)
                .iter()
                .map(|shown| shown.split(" | ").take(2).collect::<Vec<_>>().join(" | "))
                .collect()
        };
        // A slip is taken for what it is near to; what is near to nothing may be anywhere.
        let slip = ("(\"street\", \"office\")", "(\"street\", \"ofice\")");
        assert_eq!(messages(&[slip]), ["\"ofice\" | there is no zone called `ofice`"]);
        let nowhere = ("(\"office\", \"vault\")", "(\"x\", \"vault\")");
        assert_eq!(messages(&[nowhere]), ["\"x\" | there is no zone called `x`"]);
        let flow = ("Segment(\"doors\")", "Segment(\"door\")");
        assert_eq!(messages(&[flow]), ["\"door\" | there is no segment called `door`"]);
        let watch = ("Zone(\"office\")", "Zone(\"x\")");
        assert_eq!(messages(&[watch]), ["\"x\" | there is no zone called `x`"]);
    }

    #[test]
    fn probabilities_are_explained() {
        let site = |chance| site_problems(&[("\"walk\": (value: 0.5", &format!("\"walk\": (value: {chance}"))]);
        let expected = "expected a probability from 0 to 1, such as 0.25, found";
        assert_eq!(site("5"), [format!("5 | {expected} `5` | is it in per cent? 5 % is 0.05")]);
        assert_eq!(site("-0.5"), [format!("-0.5 | {expected} `-0.5` | 0 is never, 1 is always")]);
    }

    #[test]
    fn names_in_a_defence_are_marked_themselves() {
        let defence = r#"(schema: 1, name: "Defence", rules: {"a": (
            when: Sensor(kinds: ["motion", "moton"]), respond: [EndSessions, Call("polize")],
        )})"#;
        let mut files = Folder(vec![("site", text(SITE)), ("defence", defence.to_string())]);
        assert_eq!(
            shown(check_defence("defence", "site", &mut files)),
            [
                "\"moton\" | there is no sensor type called `moton` | did you mean `motion`?",
                "\"polize\" | there is no force called `polize` | did you mean `police`?",
            ]
        );
    }

    #[test]
    fn assumptions_are_those_in_use_each_once() {
        let defence =
            r#"(schema: 1, name: "Defence", SOURCES, guards: (search_time: TIME, finds: NUMBER, stops: NUMBER))"#;
        let paths = |edits: &[(&str, &str)]| -> Vec<String> {
            let scenario = edits.iter().fold(text(SCENARIO), |scenario, (from, to)| scenario.replace(from, to));
            let files =
                [("site", text(SITE)), ("library", text(LIBRARY)), ("scenario", scenario), ("defence", text(defence))];
            let loaded = load("scenario", &Request::default(), &mut Folder(files.into())).expect("good files");
            let stated = loaded.plans[0].assumptions.iter().filter(|assumption| assumption.file != "built in");
            stated.map(|assumption| assumption.path.clone()).collect()
        };
        let mut expected = vec![
            "guards.search_time",
            "guards.finds",
            "guards.stops",
            "walking_speed",
            "panels.panel.decision_time",
            "panels.panel.download_time",
            "panels.panel.buffer",
            "panels.panel.battery",
            "sensor_types.motion.detects.walk",
            "barriers.leaf.delays.force",
            "hardware.door.pass_time",
            "hardening.old.endpoint_detection",
            "forces.police.arrival",
            "techniques.force.skill",
        ];
        assert_eq!(paths(&[]), expected);
        expected.push("techniques.force.team_member");
        assert_eq!(
            paths(&[("(starts: Zone(\"street\"))", "(starts: Zone(\"street\")), \"b\": (starts: Zone(\"street\"))")]),
            expected
        );
        expected.truncate(expected.len() - 2);
        expected.extend(["techniques.force.tools", "techniques.force.failure", "techniques.cut.duration.0"]);
        let steps = "\"force\"), Pass(portal: \"inner\", technique: \"cut\")";
        assert_eq!(
            paths(&[("\"force\")", steps), ("skill: Low, tools: Medium", "skill: High, tools: High")]),
            expected
        );
    }
}
