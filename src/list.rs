//! `doorward list`: what ships.

use crate::cli::{ListArgs, Shelf};
use crate::controls;
use crate::diagnostics;
use crate::failure::{Failure, UNUSABLE};
use crate::files::Disk;
use crate::output;
use crate::text::{WIDTH, cut};
use crate::validate::files_in;
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::defence::DefenceFile;
use doorward_model::scenario::ScenarioFile;
use doorward_model::site::SiteFile;
use doorward_model::technique::TechniqueLibraryFile;
use doorward_model::text::resolve;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::ExitCode;

/// Folders that are looked through, from where the user stands.
const FOLDERS: [&str; 4] = ["sites", "scenarios", "scenarios/techniques", "defences"];

pub(crate) fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    let wants = |shelf| args.what.is_none_or(|what| what == shelf);
    let mut problems = Vec::new();
    let mut shelf = |shelf, suffix, read: fn(&str) -> Result<Vec<Entry>, Vec<Diagnostic>>| {
        wants(shelf).then(|| entries(suffix, read, &mut problems))
    };
    let catalogue = Catalogue {
        sites: shelf(Shelf::Sites, ".site.ron", site),
        scenarios: shelf(Shelf::Scenarios, ".scenario.ron", scenario),
        defences: shelf(Shelf::Defences, ".defence.ron", defence),
        techniques: shelf(Shelf::Techniques, ".technique.ron", techniques),
        rules: shelf(Shelf::Rules, ".defence.ron", rules).map(each_once),
        controls: wants(Shelf::Controls).then(|| controls::all().iter().map(control).collect()),
    };
    let data = if args.json { output::json(&catalogue)? } else { catalogue.text() };
    output::write(&data, None)?;
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    diagnostics::print(&Problems(problems));
    Ok(ExitCode::from(UNUSABLE))
}

#[derive(Serialize)]
struct Catalogue {
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenarios: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defences: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    techniques: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Vec<Entry>>,
}

impl Catalogue {
    fn text(&self) -> String {
        let shelves = [
            ("sites", &self.sites),
            ("scenarios", &self.scenarios),
            ("defences", &self.defences),
            ("techniques", &self.techniques),
            ("rules", &self.rules),
            ("controls", &self.controls),
        ];
        let mut text = String::new();
        for (title, entries) in shelves {
            let Some(entries) = entries else { continue };
            text += &format!("{title}\n");
            if entries.is_empty() {
                text += &format!("  none in {} here\n", FOLDERS.map(|folder| format!("./{folder}")).join(", "));
            }
            for of_file in entries.chunk_by(|a, b| a.file == b.file) {
                text += &format!("  {}\n", of_file[0].file);
                for entry in of_file {
                    text += &format!("{}\n", cut(&format!("    {:24}  {}", entry.name, entry.about), WIDTH));
                }
            }
        }
        text
    }
}

/// Something that ships.
#[derive(Serialize)]
struct Entry {
    name: String,
    file: String,
    about: String,
}

impl Entry {
    fn new(file: &str, name: String, about: &str) -> Self {
        // In a file a text may be broken over lines.
        let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { name, file: file.to_owned(), about }
    }
}

fn entries(
    suffix: &str,
    read: fn(&str) -> Result<Vec<Entry>, Vec<Diagnostic>>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for file in FOLDERS.iter().flat_map(|folder| files_in(Path::new(folder), suffix)) {
        match read(&file) {
            Ok(more) => entries.extend(more),
            Err(more) => problems.extend(more),
        }
    }
    entries
}

fn read<T: DeserializeOwned>(file: &str) -> Result<T, Vec<Diagnostic>> {
    resolve(file, &mut Disk)?.document.read()
}

fn site(file: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    read::<SiteFile>(file).map(|site| vec![Entry::new(file, site.name, &site.about)])
}

fn scenario(file: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    read::<ScenarioFile>(file).map(|scenario| vec![Entry::new(file, scenario.name, &scenario.briefing)])
}

fn defence(file: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    read::<DefenceFile>(file).map(|defence| vec![Entry::new(file, defence.name, &defence.about)])
}

/// Defences that extend another repeat its rules.
fn each_once(mut rules: Vec<Entry>) -> Vec<Entry> {
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules.dedup_by(|a, b| a.name == b.name);
    rules
}

fn rules(file: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let defence = read::<DefenceFile>(file)?;
    let folder = file.rsplit_once('/').map_or(file, |(folder, _)| folder);
    Ok(defence.rules.into_iter().map(|(name, rule)| Entry::new(folder, name, &rule.about)).collect())
}

fn control(control: &controls::Control) -> Entry {
    Entry::new(&control.area, control.name.clone(), &control.written_as.replace('`', ""))
}

/// Every file that ships, by the folder that it is in.
pub(crate) fn shipped() -> Vec<String> {
    let suffixes = [".site.ron", ".scenario.ron", ".technique.ron", ".defence.ron"];
    let of = |folder: &&str| suffixes.map(|suffix| files_in(Path::new(folder), suffix)).concat();
    FOLDERS.iter().flat_map(of).collect()
}

fn techniques(file: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let library = read::<TechniqueLibraryFile>(file)?;
    Ok(library.techniques.into_iter().map(|(name, technique)| Entry::new(file, name, &technique.title)).collect())
}
