//! Files that extend others: `(schema: 1, extends: "base.defence.ron", with: (rules: {..}), edits: [..])`.

use std::sync::Arc;

use serde::Deserialize;

use super::document::{Document, Source};
use super::edit::{Edit, EditFile, EditOp};
use super::path::Path;
use crate::base::Diagnostic;

/// Fields of an extending file that are not passed on to the file it extends.
const OWN_FIELDS: [&str; 4] = ["schema", "extends", "with", "edits"];

/// How texts are found by name; the caller's to provide, since this crate does no IO.
pub trait Files {
    /// The text of the file called `name`.
    ///
    /// # Errors
    /// Why there is none, in words for the user.
    fn read(&mut self, name: &str) -> Result<Arc<str>, String>;
}

/// A file with everything that it extends worked in.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The text of the innermost file, under that file's name, with all edits applied.
    pub document: Document,
    /// Name and text of every file read, the outermost first.
    pub inputs: Vec<(String, Arc<str>)>,
}

/// The fields that make a file an extension. All others are passed on.
#[derive(Deserialize)]
struct Extension {
    extends: String,
    #[serde(default)]
    edits: Vec<EditFile>,
}

/// Reads `name` and all that it extends, and applies the edits, those of the innermost extending file first.
///
/// Fields that an extending file has besides `schema`, `extends`, `with` and `edits` take the place of those of the extended
/// file. In `with` it is the entries of a field that do so, or join those that are there: `with: (rules: {..})` adds rules.
/// Edits come last.
///
/// # Errors
/// Files that cannot be read, circles, schemas that differ, and edits that do not apply, each shown in the file that asks for it.
pub fn resolve(name: &str, files: &mut dyn Files) -> Result<Resolved, Vec<Diagnostic>> {
    let text = files
        .read(name)
        .map_err(|reason| vec![Diagnostic::error(name, "", None, format!("cannot read `{name}`: {reason}"))])?;
    let mut inputs = vec![(name.to_string(), text.clone())];
    let mut document = Document::new(Source { name: name.to_string(), text });
    let mut extensions = Vec::new();
    let extends = Path::from("extends");
    while document.span(&extends).is_some() {
        let extension: Extension = document.read()?;
        let name = join(document.name(), &extension.extends);
        if inputs.iter().any(|(read, _)| *read == name) {
            let chain: Vec<&str> = inputs.iter().map(|(read, _)| read.as_str()).collect();
            let problem = document.problem(&extends, "a file cannot extend itself");
            return Err(vec![problem.help(format!("the circle is {} → {name}", chain.join(" → ")))]);
        }
        let text = files
            .read(&name)
            .map_err(|reason| vec![document.problem(&extends, format!("cannot read `{name}`: {reason}"))])?;
        inputs.push((name.clone(), text.clone()));
        extensions.push((document, extension.edits));
        document = Document::new(Source { name, text });
    }
    for (extending, edits) in extensions.into_iter().rev() {
        apply(&mut document, &extending, edits)?;
    }
    Ok(Resolved { document, inputs })
}

/// Works one extending file into what it extends, and reports everything in it that does not fit.
fn apply(document: &mut Document, extending: &Document, edits: Vec<EditFile>) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    problems.extend(schema_problem(document, extending));
    for field in extending.keys(&Path::root()) {
        if !OWN_FIELDS.contains(&field.as_str()) {
            let path = Path::root().child(field);
            problems.extend(put(document, extending, &path, path.clone()));
        }
    }
    let with = Path::root().child("with");
    for field in extending.keys(&with) {
        let (from, to) = (with.child(field.clone()), Path::root().child(field));
        let is_list = extending.span(&from).is_some_and(|span| span.of(extending.text()).starts_with('['));
        if is_list || document.span(&to).is_none() {
            problems.extend(put(document, extending, &from, to));
            continue;
        }
        for entry in extending.keys(&from) {
            problems.extend(put(document, extending, &from.child(entry.clone()), to.child(entry)));
        }
    }
    for (i, edit) in edits.into_iter().enumerate() {
        let place = Path::root().child("edits").child(i.to_string());
        let origin = format!("{}, edit {}", extending.name(), i + 1);
        match edit.edit(origin) {
            Ok(edit) => {
                if let Err(problem) = document.apply(&edit) {
                    problems.push(shown_at(extending, &place, problem));
                }
            }
            Err(reason) => problems.push(extending.problem(&place, reason.to_string())),
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// Puts what stands at `from` in the extending file at `to`: in the place of what is there, if anything is.
fn put(document: &mut Document, extending: &Document, from: &Path, to: Path) -> Option<Diagnostic> {
    let value = extending.span(from).map_or("", |span| span.of(extending.text())).to_string();
    let op = match document.span(&to) {
        Some(_) => EditOp::Set(value),
        None => EditOp::Add(value),
    };
    let origin = format!("{}, `{from}`", extending.name());
    let problem = document.apply(&Edit { op, path: to, origin }).err()?;
    Some(shown_at(extending, from, problem))
}

/// The same problem, shown where the edit is written rather than where it was to be applied.
fn shown_at(extending: &Document, place: &Path, problem: Diagnostic) -> Diagnostic {
    Diagnostic {
        help: problem.help,
        label: Some(format!("does not fit `{}`", problem.file)),
        ..extending.problem(place, problem.message)
    }
}

/// Edits are written against the fields of one schema.
fn schema_problem(document: &Document, extending: &Document) -> Option<Diagnostic> {
    let path = Path::from("schema");
    let ours = extending.span(&path)?.of(extending.text());
    let theirs = document.span(&path)?.of(document.text());
    (ours != theirs).then(|| {
        let message = format!("schema {ours} cannot extend schema {theirs} of `{}`", document.name());
        extending.problem(&path, message)
    })
}

/// The name of the file that `base` calls `relative`: taken from the folder of `base`, with `.` and `..` worked out.
pub fn join(base: &str, relative: &str) -> String {
    let folder = match base.rfind('/') {
        Some(slash) if !relative.starts_with('/') => &base[..=slash],
        _ => "",
    };
    let joined = format!("{folder}{relative}");
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            // There is nothing above the root.
            ".." if joined.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let root = if joined.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Folder(BTreeMap<&'static str, &'static str>);

    impl Files for Folder {
        fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
            self.0.get(name).map(|text| Arc::from(*text)).ok_or_else(|| "no such file".to_string())
        }
    }

    fn folder<const N: usize>(files: [(&'static str, &'static str); N]) -> Folder {
        Folder(files.into_iter().collect())
    }

    fn refused(name: &str, mut folder: Folder) -> Vec<String> {
        let problems = resolve(name, &mut folder).expect_err("does not resolve");
        problems.iter().map(Diagnostic::to_string).collect()
    }

    const BASE: (&str, &str) =
        ("d/base.ron", "(\n  schema: 1,\n  name: \"base\", // its name\n  doors: { \"a\": 1 },\n)");

    #[test]
    fn with_joins_entries_and_replaces_those_that_are_there() {
        let mid = r#"(schema: 1, extends: "base.ron", with: (doors: { "a": 7, "c": 8 }, windows: { "w": 1 }))"#;
        let mut folder = folder([BASE, ("d/mid.ron", mid)]);
        let document = resolve("d/mid.ron", &mut folder).expect("resolves").document;
        let at = |path: &str| document.span(&Path::from(path)).map(|span| span.of(document.text()).to_string());
        assert_eq!(at("doors.a").as_deref(), Some("7"));
        assert_eq!(at("doors.c").as_deref(), Some("8"));
        assert_eq!(at("windows.w").as_deref(), Some("1"));
    }

    #[test]
    fn edits_are_applied_outermost_last() {
        let mut folder = folder([
            BASE,
            (
                "d/mid.ron",
                r#"(schema: 1, extends: "./base.ron", name: "mid", about: "new", edits: [Add("doors.b", "2"), Set("doors.a", "3")])"#,
            ),
            ("top.ron", r#"(schema: 1, extends: "d/mid.ron", edits: [Set("doors.a", "flase")])"#),
        ]);
        let resolved = resolve("top.ron", &mut folder).expect("resolves");
        assert_eq!(
            **resolved.document.text(),
            *"(\n  schema: 1,\n  name: \"mid\", // its name\n  doors: { \"a\": flase, \"b\": 2 },\n  about: \"new\",\n)"
        );
        let names: Vec<_> = resolved.inputs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["top.ron", "d/mid.ron", "d/base.ron"]);

        #[derive(Debug, Deserialize)]
        struct Doors {
            #[serde(rename = "doors")]
            _doors: BTreeMap<String, u8>,
        }
        let problems = resolved.document.read::<Doors>().expect_err("not a number");
        assert_eq!(
            problems[0].to_string(),
            "d/base.ron:4:17: error: `doors.a`: expected a whole number, found `flase`\n  from: top.ron, edit 1\n  help: it looks like this: `3`, without quotes, unit or decimals"
        );
        let about = resolved.document.problem("about", "no");
        assert_eq!(about.origin.as_deref(), Some("d/mid.ron, `about`"));
    }

    #[test]
    fn a_file_that_extends_nothing_is_itself() {
        let resolved = resolve("d/base.ron", &mut folder([BASE])).expect("resolves");
        assert_eq!(**resolved.document.text(), *BASE.1);
        assert_eq!(resolved.document.name(), "d/base.ron");
    }

    #[test]
    fn all_edits_that_do_not_fit_are_shown_where_they_are_written() {
        let variant = "(schema: 2, extends: \"d/base.ron\", edits: [\n  Set(\"doors.c\", \"1\"),\n  Set(\"a..b\", \"1\"),\n  Set(\"name\", \"x y\"),\n])";
        assert_eq!(
            refused("v.ron", folder([BASE, ("v.ron", variant)])),
            [
                "v.ron:1:10: error: schema 2 cannot extend schema 1 of `d/base.ron`",
                "v.ron:2:3: error: cannot set `doors.c`: there is no such value\n  help: `c` is not written there; add it to the file, or use an edit `Add(..)`",
                "v.ron:3:3: error: `a..b` has an empty part",
                "v.ron:4:3: error: `x y` is not a value: unexpected text after the value\n  help: a text needs quotes: '\"x y\"'",
            ]
        );
    }

    #[test]
    fn missing_files_and_circles_are_refused() {
        assert_eq!(refused("a.ron", folder([])), ["a.ron: error: cannot read `a.ron`: no such file"]);
        assert_eq!(
            refused("x/a.ron", folder([("x/a.ron", r#"(extends: "../b.ron")"#)])),
            ["x/a.ron:1:11: error: cannot read `b.ron`: no such file"]
        );
        assert_eq!(
            refused("a.ron", folder([("a.ron", r#"(extends: "b.ron")"#), ("b.ron", r#"(extends: "./a.ron")"#)])),
            ["b.ron:1:11: error: a file cannot extend itself\n  help: the circle is a.ron → b.ron → a.ron"]
        );
        assert_eq!(
            refused("a.ron", folder([("a.ron", "(extends: b)")])),
            [
                "a.ron:1:11: error: `extends`: expected a text in quotes, found `b`\n  help: a text needs quotes: `\"b\"`"
            ]
        );
    }

    #[test]
    fn names_are_joined() {
        for (base, relative, expected) in [
            ("a/b/c.ron", "d.ron", "a/b/d.ron"),
            ("a/b/c.ron", "../d.ron", "a/d.ron"),
            ("a/b/c.ron", "../../../d.ron", "../d.ron"),
            ("c.ron", "./x/./d.ron", "x/d.ron"),
            ("../c.ron", "../d.ron", "../../d.ron"),
            ("/a/c.ron", "../../d.ron", "/d.ron"),
            ("a/c.ron", "/d.ron", "/d.ron"),
        ] {
            assert_eq!(join(base, relative), expected);
        }
    }
}
