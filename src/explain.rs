//! `doorward explain`: what a name means, which numbers it stands for, where those come from, and who uses it.

use crate::cli::ExplainArgs;
use crate::controls;
use crate::failure::Failure;
use crate::files::Disk;
use crate::list::shipped;
use crate::output;
use crate::text::{WIDTH, cut, wrap};
use doorward_model::base::{Diagnostic, Problems};
use doorward_model::plan::built_in;
use doorward_model::text::{Document, Path, nearest, resolve};
use serde::Serialize;
use std::collections::BTreeSet;
use std::process::ExitCode;

pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let documents: Vec<(String, Document)> = shipped()
        .into_iter()
        .filter_map(|file| Some((file.clone(), resolve(&file, &mut Disk).ok()?.document)))
        .collect();
    let places = places(&documents);
    let (mut explanations, mut problems) = (Vec::new(), Vec::new());
    for name in args.names.iter().map(|name| name.trim()) {
        let explanation = Explanation::of(name, &places);
        if explanation.is_empty() {
            problems.push(unknown(name, &places));
        }
        explanations.push(explanation);
    }
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let data = if args.json {
        output::json(&explanations)?
    } else {
        explanations.iter().map(Explanation::text).collect::<Vec<_>>().join("\n")
    };
    output::write(&data, None)?;
    Ok(ExitCode::SUCCESS)
}

/// All that is known of a name.
#[derive(Serialize)]
struct Explanation {
    name: String,
    /// Where files define it.
    definitions: Vec<Definition>,
    /// What the engine goes by and no file states.
    built_in: Vec<BuiltIn>,
    /// The control of that name, or those that are written as a field of that name.
    controls: Vec<controls::Control>,
    /// Who refers to it: file and places.
    used_by: Vec<Use>,
}

/// A definition in a file.
#[derive(PartialEq, Serialize)]
struct Definition {
    /// What it is: `technique`, `rule`, `barrier`.
    kind: String,
    /// Files that define it like this; those that extend another repeat it.
    files: Vec<String>,
    title: Option<String>,
    about: Option<String>,
    /// Fields that are no figures.
    fields: Vec<(String, String)>,
    figures: Vec<Figure>,
    /// Ids in public frameworks: framework, version, id.
    tags: Vec<String>,
}

/// A number with its source.
#[derive(PartialEq, Serialize)]
struct Figure {
    name: String,
    value: String,
    grade: String,
    source: String,
}

#[derive(Serialize)]
struct BuiltIn {
    value: String,
    grade: &'static str,
    source: String,
}

#[derive(Serialize)]
struct Use {
    file: String,
    places: Vec<String>,
}

impl Explanation {
    fn of(name: &str, places: &[Place<'_>]) -> Self {
        let mut definitions: Vec<Definition> = Vec::new();
        let mut used_by: Vec<Use> = Vec::new();
        for Place { file, document, path, text } in places {
            if path.0.last().is_some_and(|last| last == name) && path.0.len() >= 2 {
                let new = define(document, file, path);
                match definitions.iter_mut().find(|old| old.is_like(&new)) {
                    Some(old) if old.files.iter().any(|known| known == file) => {}
                    Some(old) => old.files.push((*file).to_owned()),
                    None => definitions.push(new),
                }
            } else if text.as_deref() == Some(name) && !is_own_name(path) {
                let place = path.0.join(".");
                match used_by.last_mut().filter(|last| last.file == *file) {
                    Some(last) => last.places.push(place),
                    None => used_by.push(Use { file: (*file).to_owned(), places: vec![place] }),
                }
            }
        }
        let built_in = built_in::assumptions().filter(|assumption| assumption.path == name).map(|assumption| BuiltIn {
            value: assumption.value,
            grade: "assumption",
            source: assumption.source,
        });
        Self {
            name: name.to_owned(),
            definitions,
            built_in: built_in.collect(),
            controls: controls::about(name),
            used_by,
        }
    }

    fn is_empty(&self) -> bool {
        self.definitions.is_empty() && self.built_in.is_empty() && self.controls.is_empty() && self.used_by.is_empty()
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.name);
        for definition in &self.definitions {
            text += &definition.text();
        }
        for built_in in &self.built_in {
            text += &format!("\nbuilt in = {} ({})\n", built_in.value, built_in.grade);
            text += &wrap(&format!("  {}", built_in.source), 2);
        }
        for control in &self.controls {
            text += &format!("\n{}", control.text());
        }
        if !self.used_by.is_empty() {
            text += "\nused by\n";
            for each in &self.used_by {
                let more =
                    if each.places.len() > 1 { format!(", {} more", each.places.len() - 1) } else { String::new() };
                text += &format!("{}\n", cut(&format!("  {}  {}{more}", each.file, each.places[0]), WIDTH));
            }
        }
        text
    }
}

impl Definition {
    /// The same thing said in another file.
    fn is_like(&self, other: &Self) -> bool {
        (&self.kind, &self.title, &self.about, &self.fields) == (&other.kind, &other.title, &other.about, &other.fields)
            && self.figures == other.figures
    }

    fn text(&self) -> String {
        let more = if self.files.len() > 1 { format!(" and {} more", self.files.len() - 1) } else { String::new() };
        let mut text = format!("\n{} in {}{more}\n", self.kind, self.files[0]);
        if let Some(title) = &self.title {
            text += &wrap(&format!("  {title}"), 2);
        }
        if let Some(about) = &self.about {
            text += &wrap(&format!("  {about}"), 2);
        }
        for (name, value) in &self.fields {
            text += &wrap(&format!("  {name}: {value}"), 6);
        }
        for figure in &self.figures {
            text += &wrap(&format!("  {} = {}  [{}]", figure.name, figure.value, figure.grade), 6);
            text += &wrap(&format!("      {}", figure.source), 6);
        }
        if !self.tags.is_empty() {
            text += &wrap(&format!("  ids: {}", self.tags.join("; ")), 6);
        }
        text
    }
}

/// A place in a file that ships, with the text there, if it is one.
struct Place<'d> {
    file: &'d str,
    document: &'d Document,
    path: Path,
    text: Option<String>,
}

/// Every place of every file, parents first.
fn places(documents: &[(String, Document)]) -> Vec<Place<'_>> {
    fn below<'d>(file: &'d str, document: &'d Document, path: &Path, places: &mut Vec<Place<'d>>) {
        for key in document.keys(path) {
            let path = path.child(key);
            places.push(Place { file, document, text: text_at(document, &path), path: path.clone() });
            below(file, document, &path, places);
        }
    }
    let mut places = Vec::new();
    for (file, document) in documents {
        below(file, document, &Path::root(), &mut places);
    }
    places
}

/// What is written at a place, on one line.
fn written(document: &Document, path: &Path) -> Option<String> {
    let span = document.span(path)?;
    let words: Vec<&str> = document.text()[span.start..span.end].split_whitespace().collect();
    Some(words.join(" "))
}

/// The text at a place, if it is one.
fn text_at(document: &Document, path: &Path) -> Option<String> {
    let span = document.span(path)?;
    let text = document.text()[span.start..span.end].strip_prefix('"')?.strip_suffix('"')?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a text is what something calls itself, or its source, and no reference to a thing of that name.
fn is_own_name(path: &Path) -> bool {
    path.0.last().is_some_and(|last| matches!(last.as_str(), "name" | "title" | "about" | "text" | "source"))
}

fn define(document: &Document, file: &str, path: &Path) -> Definition {
    let parent = &path.0[path.0.len() - 2];
    let mut definition = Definition {
        kind: singular(parent),
        files: vec![file.to_owned()],
        title: text_at(document, &path.child("title")),
        about: text_at(document, &path.child("about")),
        fields: Vec::new(),
        figures: Vec::new(),
        tags: Vec::new(),
    };
    if document.keys(path).is_empty() {
        definition.fields.extend(written(document, path).map(|value| (path.0.join("."), value)));
        return definition;
    }
    if document.keys(path).iter().any(|key| key == "value") {
        definition.figures.extend(figure(document, path, parent.clone()));
        return definition;
    }
    for key in document.keys(path) {
        let child = path.child(&key);
        match key.as_str() {
            "title" | "about" => {}
            "tags" => {
                for tag in document.keys(&child) {
                    let part = |name: &str| text_at(document, &child.child(&tag).child(name)).unwrap_or_default();
                    definition.tags.push(format!("{} {} {}", part("framework"), part("version"), part("id")));
                }
            }
            _ => {
                let figures = figures_below(document, &child, &key);
                if figures.is_empty() {
                    definition.fields.extend(written(document, &child).map(|value| (key, cut(&value, 400))));
                }
                definition.figures.extend(figures);
            }
        }
    }
    definition
}

/// Figures at a place and below it, by their path from there.
fn figures_below(document: &Document, path: &Path, name: &str) -> Vec<Figure> {
    if let Some(figure) = figure(document, path, name.to_owned()) {
        return vec![figure];
    }
    let keys = document.keys(path);
    keys.iter().flat_map(|key| figures_below(document, &path.child(key), &format!("{name}.{key}"))).collect()
}

/// A value with its source.
fn figure(document: &Document, path: &Path, name: String) -> Option<Figure> {
    let value = written(document, &path.child("value"))?;
    let source = text_at(document, &path.child("source"))?;
    let stated = Path::from("sources").child(&source);
    Some(Figure {
        name,
        value,
        grade: written(document, &stated.child("grade")).unwrap_or_else(|| "?".to_owned()).to_lowercase(),
        source: text_at(document, &stated.child("text")).unwrap_or(source),
    })
}

/// The name of one thing of a map: `technique` of `techniques`.
fn singular(map: &str) -> String {
    let word = match map {
        "people" => "person",
        "hardware" => "hardware class",
        "hardening" => "hardening class",
        // A field of one thing is called as its owner is.
        _ if map.ends_with("ss") => map,
        "delays" | "detects" => return format!("method in `{map}`"),
        _ => map.strip_suffix("ies").unwrap_or_else(|| map.strip_suffix('s').unwrap_or(map)),
    };
    let word = if map.ends_with("ies") { format!("{word}y") } else { word.to_owned() };
    word.replace('_', " ")
}

fn unknown(name: &str, places: &[Place<'_>]) -> Diagnostic {
    let named = places.iter().filter(|place| place.path.0.len() == 2);
    let mut names: BTreeSet<String> = named.filter_map(|place| place.path.0.last().cloned()).collect();
    names.extend(controls::all().into_iter().map(|control| control.name));
    let problem = Diagnostic::error("explain", name, None, format!("nothing that ships here is called `{name}`"));
    problem.help(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`doorward list` shows what ships".to_owned(),
    })
}
