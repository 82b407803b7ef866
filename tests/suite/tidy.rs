//! Who may know what, and what must not be in a source: read off the files themselves.

use std::process::Command;

use crate::support::files_in;

/// Crates: each may use those named after it, and no other of ours.
const CRATES: [(&str, &str, &[&str]); 6] = [
    ("model", "sim/model", &[]),
    ("defence", "sim/defence", &["model"]),
    ("adversary", "sim/adversary", &["model"]),
    ("engine", "sim/engine", &["model", "defence", "adversary"]),
    ("study", "sim/study", &["model", "defence", "adversary", "engine"]),
    ("doorward", ".", &["model", "defence", "adversary", "engine", "study"]),
];

/// Modules of `model`: each may use those named after it. `site` holds what the other three file types share.
const MODULES: [(&str, &[&str]); 11] = [
    ("base", &[]),
    ("text", &["base"]),
    ("site", &["base", "text"]),
    ("technique", &["base", "text", "site"]),
    ("defence", &["base", "text", "site"]),
    ("scenario", &["base", "text", "site"]),
    ("plan", &["base", "text", "site", "technique", "defence", "scenario"]),
    ("signal", &["base", "text", "site", "technique", "defence", "scenario", "plan"]),
    ("fixture", &["base", "text", "site", "technique", "defence", "scenario", "plan", "signal"]),
    ("kind", &["base", "text", "site", "technique", "defence", "scenario", "plan", "signal"]),
    ("campus", &["base"]),
];

const LINES_MAX: usize = 1_200;

/// A source file, without the unit tests at its end. Files that are unit tests as a whole are left out.
struct Source {
    path: String,
    code: String,
}

fn sources(under: &str) -> Vec<Source> {
    tracked()
        .into_iter()
        .filter(|path| path.starts_with(under) && path.ends_with(".rs"))
        .filter(|path| !only_for_tests(path))
        .map(|path| {
            let text = read(&path);
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned();
            Source { path, code }
        })
        .collect()
}

/// Whether the crate declares the file, or a folder on its way, behind `cfg(test)`.
fn only_for_tests(path: &str) -> bool {
    let Some((root, rest)) = path.split_once("src/").filter(|(_, rest)| !rest.starts_with("lib.rs")) else {
        return false;
    };
    let module = rest.split(['/', '.']).next().unwrap_or("");
    let library = std::fs::read_to_string(format!("{root}src/lib.rs")).unwrap_or_default();
    library.contains(&format!("#[cfg(test)]\nmod {module};"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files that git knows or would add; in a checkout without git, those of the folders that hold sources.
fn tracked() -> Vec<String> {
    let git = Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).output();
    let listed = git.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect::<Vec<_>>();
    if !listed.is_empty() {
        return listed.into_iter().filter(|path| std::path::Path::new(path).is_file()).collect();
    }
    ["sim", "src", "tests", "benches", "sites", "scenarios", "defences"]
        .iter()
        .flat_map(|folder| walk(folder))
        .collect()
}

fn walk(folder: &str) -> Vec<String> {
    let below = files_in(folder, "").into_iter();
    below.flat_map(|path| if std::path::Path::new(&path).is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Lines of code with their numbers: no comments.
fn lines(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The identifiers that follow a prefix in a line: `crate::plan::{..}` gives `plan`.
fn after<'l>(line: &'l str, prefix: &'l str) -> impl Iterator<Item = &'l str> {
    line.split(prefix).skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn crates_import_downwards() {
    let mut wrong = Vec::new();
    for (name, folder, may) in CRATES {
        let allowed = |other: &str| other == name || may.contains(&other);
        for line in read(&format!("{folder}/Cargo.toml")).lines().filter(|line| line.contains(".workspace = true")) {
            let other = line.strip_prefix("doorward-").and_then(|rest| rest.split('.').next());
            wrong.extend(
                other.filter(|other| !allowed(other)).map(|other| format!("{folder}/Cargo.toml: {name} -> {other}")),
            );
        }
        for source in sources(&if folder == "." { "src/".to_owned() } else { format!("{folder}/src/") }) {
            for (n, line) in lines(&source.code) {
                let others = after(line, "doorward_").filter(|other| !allowed(other));
                wrong.extend(others.map(|other| format!("{}:{n}: {name} -> {other}", source.path)));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_crate_of_the_simulator_has_its_place() {
    let folders = files_in("sim", "").into_iter().filter(|path| std::path::Path::new(path).is_dir());
    let mut known: Vec<&str> = CRATES.iter().map(|(_, folder, _)| *folder).filter(|folder| *folder != ".").collect();
    known.sort_unstable();
    assert_eq!(folders.collect::<Vec<_>>(), known);
}

#[test]
fn modules_of_the_model_import_downwards() {
    let mut wrong = Vec::new();
    for source in sources("sim/model/src/").iter().filter(|source| !source.path.ends_with("/lib.rs")) {
        let rest = &source.path["sim/model/src/".len()..];
        let module = rest.split(['/', '.']).next().unwrap_or("");
        let Some((_, may)) = MODULES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: no layer is stated for `{module}`", source.path));
            continue;
        };
        for (n, line) in lines(&source.code) {
            let others = after(line, "crate::").filter(|other| *other != module && !may.contains(other));
            wrong.extend(others.map(|other| format!("{}:{n}: {module} -> {other}", source.path)));
        }
    }
    assert_none(&wrong);
}

/// The layers themselves have no circle: each uses only what stands above it in its table.
#[test]
fn the_tables_are_layers() {
    for (n, (name, _, may)) in CRATES.iter().enumerate() {
        assert!(may.iter().all(|other| CRATES[..n].iter().any(|(above, ..)| above == other)), "{name}");
    }
    for (n, (name, may)) in MODULES.iter().enumerate() {
        assert!(may.iter().all(|other| MODULES[..n].iter().any(|(above, _)| above == other)), "{name}");
    }
}

#[test]
fn the_core_does_no_io() {
    let words = [
        "println!",
        "eprintln!",
        "print!(",
        "dbg!",
        "std::fs",
        "std::io",
        "std::time",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "Instant::now",
        "SystemTime",
    ];
    assert_none(&found("sim/", &words));
    let threads = found("sim/", &["rayon"]);
    assert_none(&threads.into_iter().filter(|at| !at.starts_with("sim/study/")).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_lying_about() {
    for under in ["sim/", "src/"] {
        assert_none(&found(under, &["dbg!", "todo!", "unimplemented!", "FIXME", "XXX"]));
    }
}

fn found(under: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(under) {
        for (n, line) in lines(&source.code) {
            let hits = words.iter().filter(|word| line.contains(**word));
            found.extend(hits.map(|word| format!("{}:{n}: {word}", source.path)));
        }
    }
    found
}

#[test]
fn files_are_of_a_size_to_be_read() {
    let mut wrong = Vec::new();
    for source in sources("sim/").iter().chain(&sources("src/")) {
        let count = source.code.lines().count();
        wrong.extend((count > LINES_MAX).then(|| format!("{}: {count} lines", source.path)));
    }
    assert_none(&wrong);
}

/// Somebody else's machine has other folders and another registry.
#[test]
fn no_file_names_a_machine() {
    let words = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"], ["registry+spar", "se"], ["replace-", "with"]]
        .map(|w| w.concat());
    let mut wrong = Vec::new();
    for path in tracked() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (n, line) in text.lines().enumerate() {
            let hits = words.iter().filter(|word| line.contains(word.as_str()));
            wrong.extend(hits.map(|word| format!("{path}:{}: {word}", n + 1)));
        }
    }
    assert_none(&wrong);
    // Every library comes from one and the same place.
    let lock = read("Cargo.lock");
    let mut sources: Vec<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    sources.dedup();
    assert_eq!(sources.len(), 1, "{sources:?}");
}

/// Two Bevys in one build are the commonest accident of its ecosystem.
#[test]
fn there_is_at_most_one_bevy() {
    let lock = read("Cargo.lock");
    assert!(lock.contains("\nname = \"ron\"\n"), "the lock file is read");
    assert!(lock.matches("\nname = \"bevy\"\n").count() <= 1);
}

/// The readme's commands do what the gate and the tests do.
#[test]
fn the_readme_has_its_two_commands() {
    let readme = read("README.md");
    for command in ["cargo run --release -- run scenarios/vendor-backdoor.scenario.ron", "cargo test --workspace"] {
        assert!(readme.contains(command), "`{command}` is not in README.md");
    }
    assert!(std::path::Path::new("scenarios/vendor-backdoor.scenario.ron").is_file());
    assert!(read(".ci/run").contains("cargo test --workspace"), ".ci/run calls the readme's test command");
}
