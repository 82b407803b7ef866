//! Files with something wrong in them: what is said, and that nothing ever panics. To accept a change on purpose:
//! `INSTA_UPDATE=always cargo test --test suite diagnostics`.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorward_model::base::Problems;
use doorward_model::fixture;
use doorward_model::plan::{Request, check_defence, check_site, check_techniques, load};
use doorward_model::text::Files;

use crate::support::{doorward, files_in};
use crate::worlds::{STOLEN_BADGE, TAILGATER, VENDOR};

#[test]
fn every_bad_file_is_explained() {
    let files = files_in("tests/bad", ".ron");
    assert!(files.len() >= 10);
    for file in files {
        // No shipped scenario names them: a defence is checked on a site.
        let site: &[&str] =
            if file.ends_with(".defence.ron") { &["--site", "sites/garcia-easi.site.ron"] } else { &[] };
        let said = doorward(&[&["validate", &file], site].concat());
        assert_eq!(said.code, Some(2), "{file}\n{}", said.err);
        assert!(!said.err.contains("panicked"), "{file}\n{}", said.err);
        assert!(said.err.contains("`-- ") && said.err.contains("help: "), "{file}: no caret or no hint\n{}", said.err);
        let name = file.trim_start_matches("tests/bad/").trim_end_matches(".ron");
        insta::assert_snapshot!(name, format!("{}---\n{}", said.out, said.err));
    }
}

#[test]
fn all_problems_of_meaning_come_at_once() {
    let said = doorward(&["validate", "tests/bad/several-at-once.site.ron"]);
    let count = said.err.lines().filter(|line| line.trim_start().starts_with("x ")).count();
    assert!(count >= 5, "{count} problems\n{}", said.err);
    assert!(said.err.contains(&format!("\n{count} problems\n")), "{}", said.err);
}

/// A small generator for places in a text: SplitMix64.
struct Places(u64);

impl Places {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) % n as u64) as usize
    }

    /// A text with one thing wrong in it.
    fn broken(&mut self, text: &str) -> String {
        let at = text.floor_char_boundary(self.below(text.len()));
        let end = text.ceil_char_boundary((at + 1 + self.below(12)).min(text.len()));
        let (before, cut, after) = (&text[..at], &text[at..end], &text[end..]);
        const PIECES: [&str; 20] = [
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "\"",
            ",",
            ":",
            "\\",
            "-1",
            "1e308",
            "NaN",
            "999999999999999999999",
            "é😀",
            "//",
            "/*",
            "r#\"",
            "None",
            "\0",
        ];
        match self.below(6) {
            0 => before.to_owned(),
            1 => format!("{before}{after}"),
            2 => format!("{before}{cut}{cut}{after}"),
            3 => format!("{before}{}{after}", PIECES[self.below(PIECES.len())]),
            4 => format!("{before}{}{cut}{after}", PIECES[self.below(PIECES.len())]),
            _ => self.with_a_line_moved(text),
        }
    }

    /// A line taken out, and half of the time put in elsewhere.
    fn with_a_line_moved(&mut self, text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        let line = lines.remove(self.below(lines.len()));
        if self.below(2) == 0 {
            lines.insert(self.below(lines.len()), line);
        }
        lines.join("\n")
    }
}

struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        self.0.get(name).map(|text| text.as_str().into()).ok_or_else(|| "no such file".to_owned())
    }
}

/// Every place that is shown lies in the text that is shown, and it can be printed.
#[track_caller]
fn can_be_shown(Problems(problems): &Problems, which: u64) {
    assert!(!problems.is_empty(), "{which}");
    for problem in problems {
        let Some(span) = problem.span else { continue };
        assert!(problem.text.get(span.start..span.end).is_some(), "{which}: {problem}");
    }
}

/// Checks broken copies of a shipped file, each from a number of its own: a failure names it.
fn check_shipped(file: &str, count: u64, check: impl Fn(&mut Memory) -> Result<(), Problems>, also: &[&str]) -> usize {
    let read = |name: &str| std::fs::read_to_string(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut files: BTreeMap<String, String> = also.iter().map(|name| ((*name).to_owned(), read(name))).collect();
    let text = read(file);
    let mut refused = 0;
    for number in 0..count {
        files.insert(file.to_owned(), Places(number).broken(&text));
        let mut memory = Memory(files);
        if let Err(problems) = check(&mut memory) {
            can_be_shown(&problems, number);
            refused += 1;
        }
        files = memory.0;
    }
    refused
}

#[test]
fn a_broken_site_never_panics() {
    const SITE: &str = "sites/northgate.site.ron";
    let count = if std::env::var_os("DOORWARD_LONG_TESTS").is_some() { 2_000 } else { 200 };
    let refused = check_shipped(SITE, count, |files| check_site(SITE, files), &[]);
    assert!(refused > count as usize / 2, "{refused} of {count} refused: the copies are hardly broken");
}

#[test]
fn broken_techniques_and_defences_never_panic() {
    const TECHNIQUES: &str = "scenarios/techniques/standard.technique.ron";
    const DEFENCE: &str = "defences/easi-response.defence.ron";
    const SITE: &str = "sites/garcia-easi.site.ron";
    assert!(check_shipped(TECHNIQUES, 200, |files| check_techniques(TECHNIQUES, files), &[]) > 100);
    assert!(check_shipped(DEFENCE, 200, |files| check_defence(DEFENCE, SITE, files), &[SITE]) > 50);
}

/// All four files of a small world, one of them broken.
#[test]
fn a_broken_world_never_panics() {
    for world in [TAILGATER, STOLEN_BADGE, VENDOR] {
        let whole = fixture::files(world);
        for (file, text) in &whole {
            for number in 0..100 {
                let mut files = whole.clone();
                files.insert(file.clone(), Places(number).broken(text));
                if let Err(problems) = load("scenario.ron", &Request::default(), &mut Memory(files)) {
                    can_be_shown(&problems, number);
                }
            }
        }
    }
}
