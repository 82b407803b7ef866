//! Tiny worlds in a few lines, for tests and benches only: a text becomes the four files in memory (site, techniques,
//! scenario, defence) and goes through [`crate::plan::load`] like any other, with the same validation.
//!
//! One statement per line, in any order; `#` begins a comment; an open bracket continues on the next line. A value is
//! written `key=value` or `key value`. The words are in the tables below; an unknown one is an error that lists them.
//!
//! ```
//! let plan = doorward_model::fixture::plan(r#"
//!     start Mon 09:00                                 # or: warmup 10min, speed 1.2
//!     horizon 2h
//!     street -[free]-> yard -[badge 5s dps held=30s name=front]-> lobby -[lock 60s]-> vault
//!     yard -[fence climb=30s cut=N(90s,27s)]-> depot  # the first zone of the first path lies offsite
//!     zone vault level 4 kind DataHall at 10,20       # with a position, walking takes time
//!     sensor pir on vault walk=0.9 nuisance=2/day
//!     asset gold in vault 30s portable critical=5
//!     role staff 10 zones lobby,vault shift Mon-Fri 08:00-18:00
//!     person ann staff                                # whose badge is called `ann` too
//!     credential old-ann of ann superseded
//!     device gw in lobby on dmz service vpn:interactive secrets vendor exploit=0.3/5min
//!     flow tunnel gw -> acs acs-admin                 # `acs`, `panel`, `security` come with the first reader
//!     account vendor on gw/vpn,acs/admin-console role Administrator
//!     post desk in lobby guards 1
//!     force police 10min
//!     adversary thief at street wants theft gold has ann reported=2h
//!     inject outage at Mon 09:30 panel-offline panel 10min
//!     rule forced when PortalForced raise q 1
//!     queue q ack=10s assess=U(20s,40s) true=0.9 false=0.1
//!     play forced -> Dispatch, Call("police")
//! "#);
//! assert_eq!(plan.portals.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
//!     ["street-yard", "front", "lobby-vault", "yard-depot"]);
//! assert!(plan.assumptions.is_empty());
//! ```
//!
//! - Times: `90s`, `N(mean,sd)`, `L(mean,sd)`, `U(min,max)`, `T(min,mode,max)`, `P(min,mode,max)`, `E(mean)`.
//! - Zones and segments appear when first named by a path or by `on`; a segment called `internet` is the internet.
//! - A bare time in a link is the time to pass; with `fence` that to climb it, with `lock` that to force it.
//! - A locked door opens freely from the inner side, but not with `rex`, `both` (readers) or `no-egress`.
//! - Everything takes no time, always works and never reports, unless the text says otherwise.
//! - What has no word: `set site.portals.front.close_time.value Fixed("9s")`, `add site.routines.tea (..)`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use thiserror::Error;

use crate::base::{Diagnostic, Problems, Weekday};
use crate::plan::{Plan, Request, load};
use crate::text::{Edit, EditOp, Files, nearest};

/// The statements, one a row: word, usage, and after `=>` where it goes (`-`: see the code) by which fields.
///
/// In a usage `CAPITALS` are words of the writer, optional in `[]`; `key=` takes a value, with `*` more than once; `!`
/// must be there; the rest are flags; `..` takes the rest of the line. Fields are read by [`Statement::fields`].
const STATEMENTS: &str = "\
start WEEKTIME
warmup DURATION
horizon DURATION
speed NUMBER
zone NAME offsite kind= level= floor= at=
segment NAME internet isolated
panel NAME in= on= server= cached deny facility decision= download= buffer= battery= tamper authenticated \
    => - segment=text(on|security) server=text(server|acs) authenticated_link=flag(authenticated) tamper=flag(tamper) \
    out_of_reach=one(deny:Deny|facility:FacilityCode|Cached) decision_time=time(decision|0s) \
    download_time=time(download|0s) buffer=sourced(buffer|1000) battery=duration(battery|4h)
flow NAME FROM -> TO PROTOCOLS closed logs => - protocols=list(3) allowed=not(closed) carries_logs=flag(logs)
device NAME in=! on=! kind= service=* secrets= views= critical= exploit= harvest= detect= logs= \
    => - kind=raw(kind|Server) zone=text(in) segment=text(on) hardening=text(0) logs_to=text(logs) \
    secrets=list(secrets) views=list(views) criticality=raw(critical)
account NAME on=! role= person= mfa vendor= => site.accounts services=list(on) person=text(person) \
    role=raw(role|User) second_factor=flag(mfa) vendor=vendor(vendor)
jack NAME in=! on=! open => site.jacks zone=text(in) segment=text(on) open=flag(open)
sensor NAME on=! [WHAT] kind= begin middle end nuisance= armed= \
    force= climb= cut= pick= follow= walk= take= carry= task= \
    => - moment=one(middle:Middle|end:End|Begin) nuisance_per_day=rate(nuisance)
asset NAME [TIME] in=! portable critical= \
    => site.assets zone=text(in) criticality=raw(critical|1) task_time=time(1|0s) portable=flag(portable)
role NAME [HEADCOUNT] zones= hours= shift= badge= => - shift=windows(shift|) badge=raw(badge|Desfire)
person NAME ROLE => site.people role=text(1)
credential NAME of= badge= superseded revoked => site.credentials person=text(of) technology=raw(badge|Desfire) \
    status=one(superseded:Superseded|revoked:Revoked|Active)
post NAME in=! guards= stay= role= \
    => site.posts zone=text(in) guards=raw(guards|1) stay=raw(stay) role=text(role|guard)
force NAME TIME => site.forces arrival=time(1)
behaviour hold= report= delay= challenge= => - holds_door=sourced(hold|0) reports_refused=sourced(report|0) \
    report_delay=time(delay|0s) challenges=sourced(challenge|0)
adversary NAME at= on= blank wants theft= sabotage= reach= exfiltrate= [TIME] has=* reported=* knows= insider \
    outsider skill= tools= patience= gives-up= begins= time= risk= only= \
    => - skill=raw(skill|Medium) tools=raw(tools|Medium) knowledge=one(insider:Insider|Outsider) \
    begins_after=time(begins|0s) patience=time(patience|5min) gives_up_after=time(gives-up|7d) techniques=list(only)
actor NAME of=! at= on= blank
script ..
inject NAME at=! chance= panel-offline= remote-work= on= DURATION => - at=text(at) chance=sourced(chance)
technique NAME takes= chance= attempts=
rule NAME [PRIORITY|{RON}] when= raise= zones= portals= level= during= condition= quiet= respond= \
    => - when=pattern(when) during=windows(during) condition=raw(condition) quiet=text(quiet) \
    respond=raw_list(respond)
queue NAME operators= ack= assess= true= false= none= recorded= live= with-logs= picture= logs staffed= escalate= \
    => - operators=sourced(operators|1) staffed=windows(staffed) picture=raw(picture|None) logs=flag(logs) \
    acknowledge=time(ack|0s) assess=time(assess|0s) escalation=escalation(escalate)
play ..
reads LOGS
latency annunciate= dispatch= call= revoke= disable= end-sessions= isolate= lock-down= \
    => - annunciate=time(annunciate) dispatch=time(dispatch) call=time(call) revoke=time(revoke) \
    disable=time(disable) end_sessions=time(end-sessions) isolate=time(isolate) lock_down=time(lock-down)
guards search= finds= stops= => - search_time=time(search|60s) finds=sourced(finds|1) stops=sourced(stops|1)
communication CHANCE per-alarm => - chance=sourced(0) mode=one(per-alarm:PerAlarm|PerIncident)
access ..
set PATH ..
add PATH ..";

/// What may stand in a link, `a -[..]-> b`.
const PORTAL: &str = "[TIME] free door lock badge gate dock turnstile mantrap stairs lift window void fence exit \
    name= at= panel= both pin biometric reject= accepts= link= read= force= climb= cut= pick= fail-safe unlock= \
    no-relock no-egress dps rex rex-bar held= pass= close= held-chance= held-time= not-taken= follow= unlocked= \
    interlock= key= traffic= inward=";

/// Fields of the hardware of a link, and of its reader.
const HARDWARE: &str = "held_after=duration(held) held_chance=sourced(held-chance) \
    not_taken_chance=sourced(not-taken) follow_chance=sourced(follow)";
const LOCK: &str =
    "power_loss=one(fail-safe:FailSafe|FailSecure) unlock_time=duration(unlock|5s) relock_on_open=not(no-relock)";
const READER: &str = "accepts=raw_list(accepts|Prox125,MifareClassic,Desfire,Mobile) link=raw(link|OsdpSecure) \
    pin=flag(pin) biometric=flag(biometric) read_time=time(read|0s) false_reject=sourced(reject)";

/// Steps of a script: `script thief: pass fence climb-barrier; spend run 12s; task pump sabotage-asset`.
const STEPS: &str = "\
pass PORTAL TECHNIQUE by= => Pass actor=text(by) portal=text(0) technique=text(1)
spend NAME TIME by= => Spend actor=text(by) name=text(0) takes=time(1)
task ASSET TECHNIQUE by= => Task actor=text(by) asset=text(0) technique=text(1)";

/// Word of a link, kind of portal, whether it has a lock, a reader and a leaf. The last word that is there gives the kind.
const KINDS: &[(&str, &str, bool, bool, bool)] = &[
    ("free", "Opening", false, false, false),
    ("door", "Door", false, false, true),
    ("lock", "Door", true, false, true),
    ("badge", "Door", true, true, true),
    ("gate", "Gate", false, false, true),
    ("dock", "Dock", false, false, true),
    ("turnstile", "Turnstile", true, true, true),
    ("mantrap", "MantrapDoor", true, true, true),
    ("stairs", "Stairs", false, false, false),
    ("lift", "LiftDoor", false, false, true),
    ("window", "Window", false, false, true),
    ("void", "Void", false, false, false),
    ("fence", "Fence", false, false, false),
    ("exit", "EmergencyExit", false, false, true),
];

/// Technique, act, a time of its own (else the target's), and whether the target decides (else it always works).
const TECHNIQUES: &[(&str, &str, Option<&str>, bool)] = &[
    ("walk", "Walk", None, false),
    ("use-badge", "UseBadge", None, true),
    ("follow-through", "Follow", None, true),
    ("force-barrier", "Breach(\"force\")", None, false),
    ("climb-barrier", "Breach(\"climb\")", None, false),
    ("cut-barrier", "Breach(\"cut\")", None, false),
    ("pick-lock", "Breach(\"pick\")", None, false),
    ("take-asset", "TakeAsset", None, false),
    ("sabotage-asset", "SabotageAsset", None, false),
    ("log-in-with-known-secret", "LogIn", Some("10s"), true),
    ("exploit-service", "ExploitService", None, true),
    ("read-secrets", "HarvestSecrets", None, true),
    ("forge-badge", "ForgeBadge", Some("30s"), false),
    ("remote-unlock", "RemoteUnlock", Some("5s"), false),
    ("attach-device", "AttachDevice", Some("30s"), false),
    ("copy-data", "Exfiltrate", None, false),
];

/// The maps of each file; all are written, so that `add` finds them.
const MAPS: &[(&str, &str)] = &[
    (
        "site",
        "zones barriers hardware reader_types portals panels segments flows hardening devices accounts jacks \
         sensor_types sensors assets access_levels roles people credentials posts forces traffic_profiles routines",
    ),
    ("techniques", "techniques"),
    ("scenario", "injects adversaries"),
    ("defence", "queues rules playbook"),
];

/// What is wrong with a fixture: each problem begins with its line.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{}", .0.join("\n"))]
pub struct FixtureError(pub Vec<String>);

/// The plan that a text describes. For tests only.
///
/// # Panics
/// With every problem, if the text is wrong.
#[track_caller]
pub fn plan(text: &str) -> Arc<Plan> {
    Fixture::new(text).plan()
}

/// The plan that a text describes.
///
/// # Errors
/// Every problem with it.
pub fn try_plan(text: &str) -> Result<Arc<Plan>, FixtureError> {
    Fixture::new(text).try_plan()
}

/// The files that a text becomes, by name, before any `set` and `add`. For tests only.
///
/// # Panics
/// With every problem, if a statement cannot be read.
#[track_caller]
pub fn files(text: &str) -> BTreeMap<String, String> {
    match make(text) {
        Ok((files, _)) => files,
        Err(error) => panic!("{error}"),
    }
}

/// A text with changes to the files that it becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixture {
    text: String,
    edits: Vec<String>,
}

impl Fixture {
    /// A text without changes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_string(), edits: Vec::new() }
    }

    /// With a change as `--set` takes it: `site.portals.front.held_after.value="5s"`.
    #[must_use]
    pub fn edit(mut self, edit: &str) -> Self {
        self.edits.push(edit.to_string());
        self
    }

    /// The plan. For tests only.
    ///
    /// # Panics
    /// With every problem, if the text or a change is wrong.
    #[track_caller]
    #[must_use]
    pub fn plan(&self) -> Arc<Plan> {
        match self.try_plan() {
            Ok(plan) => plan,
            Err(error) => panic!("{error}"),
        }
    }

    /// The plan.
    ///
    /// # Errors
    /// Every problem with the text or a change.
    pub fn try_plan(&self) -> Result<Arc<Plan>, FixtureError> {
        let (files, mut edits) = make(&self.text)?;
        for edit in &self.edits {
            edits.push(Edit::parse_set(edit).map_err(|problem| FixtureError(vec![problem.to_string()]))?);
        }
        let request = Request { edits, ..Request::default() };
        let loaded = load("scenario.ron", &request, &mut Memory(files));
        let Problems(problems) = match loaded {
            Ok(loaded) => return Ok(loaded.plans[0].clone()),
            Err(problems) => problems,
        };
        Err(FixtureError(problems.iter().map(in_words).collect()))
    }
}

struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        self.0.get(name).map(|text| text.as_str().into()).ok_or_else(|| "a fixture has no such file".to_string())
    }
}

/// Every entry of the files ends in a comment with the line that it comes from.
const LINE_MARK: &str = " // line ";

/// A problem in a file as one of the text.
fn in_words(problem: &Diagnostic) -> String {
    let after = problem.span.map_or("", |span| &problem.text[problem.text.floor_char_boundary(span.start)..]);
    let marked = after.lines().next().and_then(|line| Some(format!("line {}", line.rsplit_once(LINE_MARK)?.1)));
    match (problem.origin.clone().or(marked), &problem.help) {
        (None, _) => problem.to_string(),
        (Some(place), None) => format!("{place}: {}", problem.message),
        (Some(place), Some(help)) => format!("{place}: {}; {help}", problem.message),
    }
}

// ------------------------------------------------------------------ reading

/// A statement, or a link of a path: then its word is `link` and its names are the two zones.
#[derive(Clone, Debug, Default)]
struct Statement {
    line: usize,
    word: &'static str,
    place: &'static str,
    list: &'static str,
    names: Vec<String>,
    options: Vec<(&'static str, String)>,
    rest: String,
}

impl Statement {
    fn name(&self) -> &str {
        self.nth(0, "")
    }

    fn nth<'a>(&'a self, n: usize, default: &'a str) -> &'a str {
        self.names.get(n).map_or(default, String::as_str)
    }

    /// The value of a key, or a name by its number.
    fn get(&self, key: &str) -> Option<&str> {
        if let Ok(n) = key.parse::<usize>() {
            return self.names.get(n).map(String::as_str);
        }
        self.options.iter().find(|(k, _)| *k == key).map(|(_, value)| value.as_str())
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn opt(&self, key: &str, write: fn(&str) -> String) -> Option<String> {
        self.get(key).map(write)
    }

    /// The fields of a record by a list such as `zone=text(in) buffer=sourced(buffer|1000)`: field, writer, and the key
    /// that it writes or else a default. A key that is a number stands for that name. `flag` and `not` write whether a
    /// flag is there, `one(a:A|b:B|C)` the variant of the flag that is there, or the last.
    fn fields(&self, list: &str) -> Fields {
        let mut fields = Fields::default();
        for item in list.split_whitespace() {
            let (field, (writer, of)) = item
                .split_once('=')
                .and_then(|(field, rest)| Some((field, rest.strip_suffix(')')?.split_once('(')?)))
                .unwrap_or_else(|| panic!("INVARIANT (fixture tables): `{item}` is a field"));
            let (key, default) = of.split_once('|').map_or((of, None), |(key, default)| (key, Some(default)));
            let value = match writer {
                "flag" => Some(self.has(of).to_string()),
                "not" => Some((!self.has(of)).to_string()),
                "one" => {
                    let chosen = of.split('|').find_map(|choice| match choice.split_once(':') {
                        Some((flag, variant)) => self.has(flag).then_some(variant),
                        None => Some(choice),
                    });
                    chosen.map(raw)
                }
                _ => self.get(key).or(default).map(|value| write(writer, value)),
            };
            fields = fields.opt(field, value);
        }
        fields
    }
}

fn read(text: &str) -> Result<Vec<Statement>, FixtureError> {
    let (mut statements, mut problems) = (Vec::new(), Vec::new());
    for (line, text) in logical_lines(text) {
        match read_line(line, &text) {
            Ok(read) => statements.extend(read),
            Err(problem) => problems.push(format!("line {line}: {problem}")),
        }
    }
    if problems.is_empty() { Ok(statements) } else { Err(FixtureError(problems)) }
}

/// Lines without comments, with their number; a line with an open bracket goes on.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut depth = 0;
    for (index, line) in text.lines().enumerate() {
        let mut in_quotes = false;
        let end = line.find(|c| {
            in_quotes ^= c == '"';
            c == '#' && !in_quotes
        });
        let line = line[..end.unwrap_or(line.len())].trim();
        match lines.last_mut() {
            Some((_, open)) if depth > 0 => *open = format!("{open} {line}"),
            _ if line.is_empty() => continue,
            _ => lines.push((index + 1, line.to_string())),
        }
        depth += line.matches(['(', '[', '{']).count() as i32 - line.matches([')', ']', '}']).count() as i32;
    }
    lines
}

fn read_line(line: usize, text: &str) -> Result<Vec<Statement>, String> {
    if text.split_whitespace().nth(1).is_some_and(|second| second.starts_with("-[")) {
        return read_path(line, text);
    }
    Ok(vec![Statement { line, ..read_from(STATEMENTS, text, "a path `a -[..]-> b` or one of")? }])
}

fn read_path(line: usize, text: &str) -> Result<Vec<Statement>, String> {
    let mut parts = text.split("-[");
    let mut outer = parts.next().unwrap_or("").trim();
    let mut links = Vec::new();
    for part in parts {
        let (words, inner) = part.split_once("]->").ok_or("a link is not closed; expected `a -[..]-> b`")?;
        let inner = inner.trim();
        if inner.is_empty() || inner.contains(char::is_whitespace) {
            return Err(format!("`{inner}` is no zone; expected one word after `]->`"));
        }
        let mut link = read_words("link", PORTAL, words)?;
        // The bare time moves behind the two zones.
        link.names.splice(0..0, [outer.to_string(), inner.to_string()]);
        links.push(Statement { line, ..link });
        outer = inner;
    }
    Ok(links)
}

/// The rows of a table of statements: word, usage, place, fields.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 4]> {
    table.lines().map(|row| {
        let (reads, writes) = row.split_once("=>").unwrap_or((row, ""));
        let (word, usage) = reads.split_once(' ').unwrap_or((reads, ""));
        let (place, list) = writes.trim().split_once(' ').unwrap_or(("-", ""));
        [word, usage.trim(), place, list]
    })
}

fn read_from(table: &'static str, text: &str, expected: &str) -> Result<Statement, String> {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if let Some([word, usage, place, list]) = rows(table).find(|row| row[0] == first) {
        return Ok(Statement { place, list, ..read_words(word, usage, rest.trim())? });
    }
    let words: Vec<&str> = rows(table).map(|row| row[0]).collect();
    Err(format!("`{first}` is not known{}; expected {expected}: {}", did_you_mean(first, &words), words.join(", ")))
}

fn did_you_mean(word: &str, words: &[&str]) -> String {
    nearest(word, words.iter().copied()).map_or(String::new(), |near| format!(", did you mean `{near}`?"))
}

/// Reads the words of a statement by its usage.
fn read_words(word: &'static str, usage: &'static str, text: &str) -> Result<Statement, String> {
    let mut statement = Statement { word, ..Statement::default() };
    let wrong = |message: String| format!("{message}; expected `{word} {usage}`");
    let spec: Vec<&'static str> = usage.split_whitespace().collect();
    let is_name = |s: &&&str| s.trim_start_matches('[').starts_with(char::is_uppercase);
    let (names_min, names_max) =
        (spec.iter().filter(|s| is_name(s) && !s.starts_with('[')).count(), spec.iter().filter(is_name).count());
    let keys: Vec<&'static str> =
        spec.iter().filter(|s| !is_name(s)).map(|s| s.trim_end_matches(['=', '*', '!'])).collect();
    let takes = |key: &str, mark: char| spec.iter().any(|s| s.split('=').next() == Some(key) && s.contains(mark));
    let mut tokens = tokens(text).into_iter();
    while let Some(token) = tokens.next() {
        let token = token.strip_suffix(':').unwrap_or(&token);
        if keys.contains(&"..") && statement.names.len() == names_max {
            break;
        }
        let (key, value) = token.split_once('=').map_or((token, None), |(key, value)| (key, Some(value.to_string())));
        let named_first =
            statement.names.is_empty() && spec.first().is_some_and(|s| is_name(&s) && !s.starts_with('['));
        let known = keys.iter().copied().find(|k| *k == key && !named_first);
        match known {
            Some(key) if statement.has(key) && !takes(key, '*') => return Err(wrong(format!("`{key}` comes twice"))),
            Some(key) if takes(key, '=') => {
                let value = value.or_else(|| tokens.next()).ok_or_else(|| wrong(format!("`{key}` has no value")))?;
                statement.options.push((key, value));
            }
            Some(key) if value.is_none() => statement.options.push((key, String::new())),
            _ if statement.names.len() < names_max && (value.is_none() || token.starts_with(['{', '('])) => {
                statement.names.push(token.to_string());
            }
            _ => return Err(wrong(format!("`{token}` is no word of `{word}`{}", did_you_mean(key, &keys)))),
        }
    }
    let missing =
        spec.iter().filter(|s| s.ends_with('!')).map(|s| s.trim_end_matches(['=', '!'])).find(|k| !statement.has(k));
    if let Some(key) = missing {
        return Err(wrong(format!("`{key}` is missing")));
    }
    if statement.names.len() < names_min {
        return Err(wrong(format!("{} of {names_min} names are there", statement.names.len())));
    }
    let after = |rest: &str, name: &str| rest.strip_prefix(name).unwrap_or(rest).trim().to_string();
    statement.rest = statement.names.iter().fold(text.to_string(), |rest, name| after(&rest, name));
    Ok(statement)
}

/// Words of a line: brackets and quotes hold together, and so do days and hours (`Mon-Fri 08:00-18:00`).
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = vec![String::new()];
    let (mut depth, mut in_quotes) = (0, false);
    for c in text.chars() {
        in_quotes ^= c == '"';
        match c {
            '(' | '[' | '{' if !in_quotes => depth += 1,
            ')' | ']' | '}' if !in_quotes => depth -= 1,
            _ => {}
        }
        if c.is_whitespace() && depth == 0 && !in_quotes {
            tokens.push(String::new());
        } else if let Some(token) = tokens.last_mut() {
            token.push(c);
        }
    }
    let is_day = |d: &str| d == "daily" || d.split([',', '-']).all(|d| d.parse::<Weekday>().is_ok());
    let mut joined: Vec<String> = Vec::new();
    for token in tokens.into_iter().filter(|t| !t.is_empty()) {
        match joined.last_mut() {
            Some(days)
                if token.starts_with(|c: char| c.is_ascii_digit()) && is_day(days.rsplit('=').next().unwrap_or("")) =>
            {
                *days = format!("{days} {token}");
            }
            _ => joined.push(token),
        }
    }
    joined
}

// ------------------------------------------------------------------ writing

fn raw(value: &str) -> String {
    value.to_string()
}

fn text(value: &str) -> String {
    format!("{:?}", value.trim().trim_matches('"'))
}

fn texts(value: &str, separator: char) -> String {
    let parts = value.trim_matches('"').split(separator).map(str::trim).filter(|p| !p.is_empty());
    format!("[{}]", parts.map(text).collect::<Vec<_>>().join(", "))
}

fn list(value: &str) -> String {
    texts(value, ',')
}

fn windows(value: &str) -> String {
    texts(value, ';')
}

fn raw_list(value: &str) -> String {
    if value.starts_with('[') { raw(value) } else { format!("[{value}]") }
}

fn sourced(value: &str) -> String {
    format!("(value: {value}, source: \"fixture\")")
}

/// A rate such as `2/day` or `60/h`: the unit is fixed by the field.
fn rate(value: &str) -> String {
    sourced(value.split('/').next().unwrap_or(value))
}

fn duration(value: &str) -> String {
    sourced(&text(value))
}

/// Letter of a distribution, its name and its parameters.
const DISTRIBUTIONS: &[(&str, &str, &[&str])] = &[
    ("N", "Normal", &["mean", "sd"]),
    ("L", "Lognormal", &["mean", "sd"]),
    ("U", "Uniform", &["min", "max"]),
    ("T", "Triangular", &["min", "mode", "max"]),
    ("P", "Pert", &["min", "mode", "max"]),
    ("E", "Exponential", &["mean"]),
];

fn time(value: &str) -> String {
    let value = value.trim_matches('"');
    let parts = value.strip_suffix(')').and_then(|v| v.split_once('('));
    let known = parts.and_then(|(letter, of)| DISTRIBUTIONS.iter().find(|d| d.0 == letter).map(|d| (d, of)));
    sourced(&match known {
        Some(((_, name, fields), of)) => {
            let fields = fields.iter().zip(of.split(',')).fold(Fields::default(), |all, (f, v)| all.with(f, text(v)));
            format!("{name}{}", fields.done())
        }
        None if parts.is_some() => raw(value),
        None => format!("Fixed({})", text(value)),
    })
}

/// `0.9/0.1`: the chances that a true and a false alarm are classed as hostile.
fn verdict(value: &str) -> String {
    let (hit, slip) = value.split_once('/').unwrap_or((value, "0"));
    Fields::default().with("true_alarm", sourced(hit)).with("false_alarm", sourced(slip)).done()
}

/// `QUEUE:AFTER:LOST`.
fn escalation(value: &str) -> String {
    let mut parts = value.split(':');
    let mut part = |default| parts.next().unwrap_or(default);
    let (to, after, lost) = (part(""), part("0s"), part("0"));
    Fields::default().with("to", text(to)).with("after", duration(after)).with("lost", sourced(lost)).done()
}

fn vendor(hours: &str) -> String {
    format!("(company: \"fixture\", windows: {})", windows(hours))
}

/// A pattern of a rule: those with fields of their own may leave them all out.
fn pattern(when: &str) -> String {
    match when {
        "AccessGranted" | "AccessDenied" | "Sensor" | "RemoteUnlock" | "BadgeEnrolled" | "Login" => format!("{when}()"),
        _ => raw(when),
    }
}

/// What a list of fields may use to write a value.
fn write(writer: &str, value: &str) -> String {
    match writer {
        "raw" => raw(value),
        "raw_list" => raw_list(value),
        "text" => text(value),
        "list" => list(value),
        "windows" => windows(value),
        "sourced" => sourced(value),
        "rate" => rate(value),
        "duration" => duration(value),
        "time" => time(value),
        "vendor" => vendor(value),
        "pattern" => pattern(value),
        "escalation" => escalation(value),
        _ => panic!("INVARIANT (fixture tables): `{writer}` writes"),
    }
}

/// A record in the making.
#[derive(Default)]
struct Fields(Vec<String>);

impl Fields {
    fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.0.push(format!("{name}: {value}"));
        self
    }

    fn opt(self, name: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn done(self) -> String {
        format!("({})", self.0.join(", "))
    }
}

fn map(entries: &[(String, String)]) -> String {
    let entries = entries.iter().map(|(name, value)| format!("{name:?}: {value}"));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

fn make(text: &str) -> Result<(BTreeMap<String, String>, Vec<Edit>), FixtureError> {
    let statements = read(text)?;
    let mut maker =
        Maker { statements: &statements, entries: BTreeMap::new(), edits: Vec::new(), problems: Vec::new() };
    for s in statements.iter().filter(|s| s.place.starts_with("site.")) {
        maker.add(s.place, s.name(), s.fields(s.list).done(), s.line);
    }
    maker.site();
    maker.network();
    maker.roles();
    maker.scenario();
    maker.techniques();
    maker.defence();
    maker.edits();
    if !maker.problems.is_empty() {
        return Err(FixtureError(maker.problems));
    }
    Ok((MAPS.iter().map(|(file, maps)| (format!("{file}.ron"), maker.file(file, maps))).collect(), maker.edits))
}

struct Maker<'s> {
    statements: &'s [Statement],
    /// Fields of a file under its name, entries of its maps under `file.map`: name, value, and line or 0.
    entries: BTreeMap<String, Vec<(String, String, usize)>>,
    edits: Vec<Edit>,
    problems: Vec<String>,
}

impl<'s> Maker<'s> {
    fn of(&self, word: &'static str) -> impl Iterator<Item = &'s Statement> + use<'s> {
        self.statements.iter().filter(move |s| s.word == word)
    }

    fn add(&mut self, place: &str, name: &str, value: String, line: usize) {
        self.entries.entry(place.to_string()).or_default().push((name.to_string(), value, line));
    }

    fn problem(&mut self, s: &Statement, message: impl std::fmt::Display) {
        self.problems.push(format!("line {}: {message}", s.line));
    }

    /// A field of a file, from each statement of a word or from the statement that is its default, if any.
    fn field(&mut self, place: &str, default: &str, write: impl Fn(&Statement) -> String) {
        let (file, field) = place.split_once('.').unwrap_or((place, place));
        let word = default.split(' ').next().unwrap_or(default);
        let stated: Vec<&Statement> = self.statements.iter().filter(|s| s.word == word).collect();
        if stated.is_empty() {
            for s in read_from(STATEMENTS, default, "one of").iter() {
                self.add(file, field, write(s), 0);
            }
        }
        for s in stated {
            self.add(file, field, write(s), s.line);
        }
    }

    fn file(&self, file: &str, maps: &str) -> String {
        let mark = |line: usize| if line > 0 { format!("{LINE_MARK}{line}") } else { String::new() };
        let entries = |place: &str| self.entries.get(place).map_or(&[][..], Vec::as_slice);
        let mut out = String::from("(\n  schema: 1,\n  name: \"fixture\",\n");
        out += "  sources: {\"fixture\": (grade: Derived, text: \"made up for a test\")},\n";
        for (name, value, line) in entries(file) {
            out += &format!("  {name}: {value},{}\n", mark(*line));
        }
        for map in maps.split(' ') {
            out += &format!("  {map}: {{\n");
            for (name, value, line) in entries(&format!("{file}.{map}")) {
                out += &format!("    {name:?}: {value},{}\n", mark(*line));
            }
            out += "  },\n";
        }
        out + ")\n"
    }

    // ---------------------------------------------------------------- site

    fn site(&mut self) {
        self.field("site.walking_speed", "speed 1.0", |s| sourced(s.name()));
        let mut zones: IndexMap<&str, &Statement> = IndexMap::new();
        for s in self.of("link") {
            zones.entry(s.name()).or_insert(s);
            zones.entry(s.nth(1, "")).or_insert(s);
        }
        zones.extend(self.of("zone").map(|s| (s.name(), s)));
        let offsite_stated = self.of("zone").any(|s| s.has("offsite") || s.get("kind") == Some("Offsite"));
        let mut points = BTreeMap::new();
        let unstated = Statement::default();
        for (index, (name, by)) in zones.iter().enumerate() {
            let s = if by.word == "zone" { by } else { &unstated };
            let offsite = s.has("offsite") || (index == 0 && !offsite_stated);
            let (kind, level) = if offsite { ("Offsite", "0") } else { ("Office", "1") };
            let point = s.get("at").map(|at| at.split_once(',').map(|(x, y)| (x.parse::<f64>(), y.parse::<f64>())));
            let outline = match point {
                Some(Some((Ok(x), Ok(y)))) => {
                    points.insert(*name, (x, y));
                    // A square around the point has the point as its centre.
                    let corner = |(a, b)| format!("({:?}, {:?})", x + a, y + b);
                    let square = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
                    Some(format!("[{}]", square.map(corner).join(", ")))
                }
                Some(_) => {
                    self.problem(s, "`at` is no point; expected two numbers such as `10,20`");
                    None
                }
                None => None,
            };
            let fields = s.fields(&format!("kind=raw(kind|{kind}) level=raw(level|{level}) floor=raw(floor)"));
            self.add("site.zones", name, fields.opt("outline", outline).done(), by.line);
        }
        let mut taken = BTreeSet::new();
        for s in self.of("link") {
            let given = s.get("name").map_or_else(|| format!("{}-{}", s.name(), s.nth(1, "")), str::to_string);
            let mut name = given.clone();
            // A second way between two zones is numbered; a name that was given twice is for the loader to find.
            for copy in 2.. {
                if taken.insert(name.clone()) || s.has("name") {
                    break;
                }
                name = format!("{given}-{copy}");
            }
            let ends = points.get(s.name()).zip(points.get(s.nth(1, "")));
            let middle = ends.map(|(a, b)| format!("({:?}, {:?})", (a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0));
            self.portal(s, &name, s.get("at").map(|at| format!("({at})")).or(middle));
        }
        let zones: BTreeSet<&str> = zones.into_keys().collect();
        self.of("sensor").for_each(|s| self.sensor(s, &zones));
    }

    fn portal(&mut self, s: &Statement, name: &str, at: Option<String>) {
        let kind = Kind::of(s);
        let bare = |what: &str| s.opt("2", time).filter(|_| kind.bare_time_is == what);
        let methods = ["force", "climb", "cut", "pick"];
        let delay = |m: &&str| Some((m.to_string(), s.opt(m, time).or_else(|| bare(m))?));
        let delays: Vec<_> = methods.iter().filter_map(delay).collect();
        if !delays.is_empty() {
            self.add("site.barriers", name, format!("(delays: {})", map(&delays)), s.line);
        }
        let rex = match (s.has("rex"), s.has("rex-bar")) {
            (true, _) => Some(raw("(sensing: Motion, unlocks: true)")),
            (_, true) => Some(raw("(sensing: Bar, unlocks: false)")),
            _ => None,
        };
        let hardware = s
            .fields(HARDWARE)
            .with("kind", kind.name)
            .opt("barrier", (!delays.is_empty()).then(|| text(name)))
            .opt("lock", kind.locked.then(|| s.fields(LOCK).done()))
            .with("position_switch", kind.switch)
            .opt("rex", rex)
            .with("free_egress", kind.locked && !["rex", "both", "no-egress"].iter().any(|word| s.has(word)))
            .with("pass_time", s.opt("pass", time).or_else(|| bare("pass")).unwrap_or_else(|| time("0s")))
            .opt("close_time", s.opt("close", time).or_else(|| kind.leaf.then(|| time("2s"))))
            .opt("held_time", s.opt("held-time", time).or_else(|| s.opt("held-chance", |_| time("60s"))));
        self.add("site.hardware", name, hardware.done(), s.line);
        if kind.reader {
            self.add("site.reader_types", name, s.fields(READER).done(), s.line);
        }
        let traffic = s.get("traffic").map(|traffic| {
            let day = |value: &str| format!("[{}]", [value; 24].join(", "));
            let profile = Fields::default().with("weekday", day("1.0")).with("weekend", day("1.0"));
            let profile = profile.opt("inward", s.get("inward").map(day)).with("source", text("fixture"));
            self.add("site.traffic_profiles", name, profile.done(), s.line);
            let (per_hour, roles) = traffic.split_once(':').unwrap_or((traffic, ""));
            Fields::default()
                .with("profile", text(name))
                .with("per_hour", rate(per_hour))
                .with("roles", list(roles))
                .done()
        });
        let panel = kind.panel(s);
        let reader = panel.map(|p| Fields::default().with("kind", text(name)).with("panel", text(p)).done());
        let portal = s
            .fields("unlocked=windows(unlocked) interlock=text(interlock) key=text(key)")
            .with("hardware", text(name))
            .with("between", format!("({:?}, {:?})", s.name(), s.nth(1, "")))
            .opt("at", at)
            .opt("entry", reader.clone().filter(|_| kind.reader))
            .opt("exit", reader.filter(|_| s.has("both")))
            .opt("panel", panel.map(text))
            .opt("traffic", traffic);
        self.add("site.portals", name, portal.done(), s.line);
    }

    /// A sensor, with a type of its own unless `kind` names one that another has.
    fn sensor(&mut self, s: &Statement, zones: &BTreeSet<&str>) {
        let on = s.nth(1, s.get("on").unwrap_or(""));
        let asset = || self.of("asset").any(|a| a.name() == on);
        let watches = match s.get("on") {
            Some("asset") if s.names.len() > 1 => "Asset",
            Some("portal") if s.names.len() > 1 => "Portal",
            Some("zone") if s.names.len() > 1 => "Zone",
            _ if zones.contains(on) => "Zone",
            _ if asset() => "Asset",
            _ => "Portal",
        };
        let methods = ["force", "climb", "cut", "pick", "follow", "walk", "take", "carry", "task"];
        let detects: Vec<_> = methods.iter().filter_map(|m| Some((m.to_string(), s.opt(m, sourced)?))).collect();
        let kind = s.get("kind").unwrap_or(s.name());
        let known = self.entries.get("site.sensor_types").is_some_and(|types| types.iter().any(|t| t.0 == kind));
        if !known || !detects.is_empty() {
            self.add("site.sensor_types", kind, s.fields(s.list).with("detects", map(&detects)).done(), s.line);
        }
        let sensor =
            s.fields("armed=windows(armed)").with("kind", text(kind)).with("watches", format!("{watches}({on:?})"));
        self.add("site.sensors", s.name(), sensor.done(), s.line);
    }

    // ------------------------------------------------------------- network

    fn network(&mut self) {
        let panelled: Vec<(&Statement, &str)> =
            self.of("link").filter_map(|s| Some((s, Kind::of(s).panel(s)?))).collect();
        let home = panelled.first().map(|p| p.0).or(self.of("link").last()).map_or("", |s| s.nth(1, ""));
        let missing = panelled.iter().any(|p| p.1 == "panel") && !self.of("panel").any(|s| s.name() == "panel");
        let default = missing.then(|| read_from(STATEMENTS, "panel panel", "one of").unwrap_or_default());
        let panels: Vec<&Statement> = self.of("panel").chain(&default).collect();
        for s in &panels {
            let panel = s.fields(s.list).with("zone", text(s.get("in").unwrap_or(home)));
            self.add("site.panels", s.name(), panel.done(), s.line);
        }

        let segment_of = |s: &'s Statement| Some((s.get("on")?, s, s.line));
        let mut segments: IndexMap<&str, (&Statement, usize)> =
            self.of("segment").map(|s| (s.name(), (s, s.line))).collect();
        let unstated = Statement::default();
        let users = ["device", "jack", "adversary", "actor"].into_iter().flat_map(|word| self.of(word));
        for (name, _, line) in users.filter_map(segment_of) {
            segments.entry(name).or_insert((&unstated, line));
        }
        for s in &panels {
            segments.entry(s.get("on").unwrap_or("security")).or_insert((&unstated, s.line));
        }
        for (name, (s, line)) in &segments {
            let internet = s.has("internet") || *name == "internet";
            self.add(
                "site.segments",
                name,
                s.fields("hosts_isolated=flag(isolated)").with("internet", internet).done(),
                *line,
            );
        }

        let served = panels.iter().find(|s| s.get("server").unwrap_or("acs") == "acs");
        if let Some(s) = served.filter(|_| !self.of("device").any(|s| s.name() == "acs")) {
            let services = ["admin-console:acs-admin", "operator-console:acs-operator"].map(service);
            let server = s.fields("segment=text(on|security) kind=raw(kind|AccessControlServer)");
            let server =
                server.with("zone", text(home)).with("hardening", text("acs")).with("services", map(&services));
            self.add("site.devices", "acs", server.done(), s.line);
            self.add("site.hardening", "acs", raw("()"), s.line);
        }
        for s in self.of("device") {
            let mut hardening = s.fields("endpoint_detection=sourced(detect)");
            for key in ["exploit", "harvest"] {
                let Some(value) = s.get(key) else { continue };
                let (chance, takes) = value.split_once('/').unwrap_or((value, "0s"));
                hardening =
                    hardening.with(&format!("{key}_chance"), sourced(chance)).with(&format!("{key}_time"), time(takes));
            }
            self.add("site.hardening", s.name(), hardening.done(), s.line);
            let services: Vec<_> =
                s.options.iter().filter(|(key, _)| *key == "service").map(|(_, v)| service(v)).collect();
            self.add("site.devices", s.name(), s.fields(s.list).with("services", map(&services)).done(), s.line);
        }
        for s in self.of("flow") {
            let end =
                |name: &str| format!("{}({name:?})", if segments.contains_key(name) { "Segment" } else { "Device" });
            let flow = s.fields(s.list).with("from", end(s.nth(1, ""))).with("to", end(s.nth(2, "")));
            self.add("site.flows", s.name(), flow.done(), s.line);
        }
    }

    /// Roles with their rights: every zone inside unless `zones` says otherwise. Posts bring a role `guard`.
    fn roles(&mut self) {
        let zones = self.entries.get("site.zones").map_or(&[][..], Vec::as_slice);
        let inside: Vec<&str> = zones.iter().filter(|z| !z.1.contains("Offsite")).map(|z| z.0.as_str()).collect();
        let inside = inside.join(",");
        let role_of = |s: &'s Statement| s.get("role").unwrap_or("guard");
        let missing = self.of("post").any(|s| role_of(s) == "guard") && !self.of("role").any(|s| s.name() == "guard");
        let default = missing.then(|| read_from(STATEMENTS, "role guard", "one of").unwrap_or_default());
        for s in self.of("role").chain(&default) {
            let named = self.of("person").filter(|p| p.nth(1, "") == s.name()).count();
            let posts = self.of("post").filter(|p| role_of(p) == s.name());
            let guards: usize = posts.filter_map(|p| p.get("guards").unwrap_or("1").parse::<usize>().ok()).sum();
            let headcount = s.nth(1, &named.max(guards).max(1).to_string()).to_string();
            let none = s.get("zones") == Some("none");
            let role = s.fields(s.list).with("headcount", headcount);
            self.add(
                "site.roles",
                s.name(),
                role.with("access", list(if none { "" } else { s.name() })).done(),
                s.line,
            );
            if !none {
                let level = s.fields("hours=windows(hours)").with("zones", list(s.get("zones").unwrap_or(&inside)));
                self.add("site.access_levels", s.name(), level.done(), s.line);
            }
        }
    }

    // ------------------------------------------------------------ scenario

    fn scenario(&mut self) {
        self.add("scenario", "briefing", text(""), 0);
        self.add("scenario", "site", text("site.ron"), 0);
        self.add("scenario", "techniques", list("techniques.ron"), 0);
        self.add("scenario", "defences", list("defence.ron"), 0);
        self.field("scenario.start", "start Mon 00:00", |s| text(s.name()));
        self.field("scenario.warm_up", "warmup 0s", |s| text(s.name()));
        self.field("scenario.horizon", "horizon 1d", |s| text(s.name()));
        self.field("scenario.behaviour", "behaviour", |s| s.fields(s.list).done());
        for s in self.of("inject") {
            let lasts = text(s.nth(1, ""));
            let what = match (s.opt("panel-offline", text), s.opt("remote-work", text), s.opt("on", text)) {
                (Some(panel), None, None) => format!("PanelOffline(panel: {panel}, lasts: {lasts})"),
                (None, Some(person), Some(on)) => {
                    format!("RemoteWork(person: {person}, service: {on}, lasts: {lasts})")
                }
                _ => {
                    self.problem(
                        s,
                        "expected `panel-offline PANEL DURATION` or `remote-work PERSON on SERVICE DURATION`",
                    );
                    continue;
                }
            };
            self.add("scenario.injects", s.name(), s.fields(s.list).with("what", what).done(), s.line);
        }
        for s in self.of("adversary") {
            match self.adversary(s) {
                Ok(fields) => self.add("scenario.adversaries", s.name(), fields.done(), s.line),
                Err((at, problem)) => self.problem(at, problem),
            }
        }
        let adversaries: Vec<&str> = self.of("adversary").map(Statement::name).collect();
        let owners = self.of("actor").map(|s| (s, s.get("of").unwrap_or("")));
        let owners = owners.chain(self.of("script").map(|s| (s, s.rest.split(':').next().unwrap_or("").trim())));
        for (s, owner) in owners.filter(|(_, owner)| !adversaries.contains(owner)) {
            let message =
                format!("there is no adversary called `{owner}`; expected one of: {}", adversaries.join(", "));
            self.problem(s, message);
        }
    }

    fn adversary(&self, s: &'s Statement) -> Result<Fields, (&'s Statement, String)> {
        let hold = s.nth(1, "0s");
        let objectives = [
            s.opt("theft", text).map(|asset| format!("Theft(asset: {asset})")),
            s.opt("sabotage", text).map(|asset| format!("Sabotage(asset: {asset})")),
            s.opt("reach", text).map(|zone| format!("Reach(zone: {zone}, hold: {})", text(hold))),
            s.opt("exfiltrate", text).map(|device| format!("Exfiltration(device: {device}, takes: {})", time(hold))),
        ];
        let objective = objectives.into_iter().flatten().next();
        let objective =
            objective.ok_or_else(|| (s, raw("expected `wants` and one of: theft, sabotage, reach, exfiltrate")))?;
        let mut actors = Vec::new();
        for actor in std::iter::once(s).chain(self.of("actor").filter(|a| a.get("of") == Some(s.name()))) {
            let starts = match (actor.opt("at", text), actor.opt("on", text)) {
                (Some(zone), None) => format!("Zone({zone})"),
                (None, Some(segment)) => format!("Segment({segment})"),
                _ => return Err((actor, format!("expected either `at ZONE` or `on SEGMENT` for `{}`", actor.name()))),
            };
            let fields = actor.fields("blank_badge=flag(blank)").with("starts", starts);
            actors.push((actor.name().to_string(), fields.done()));
        }
        let mut stolen: Vec<Fields> = Vec::new();
        for (key, value) in &s.options {
            match *key {
                "has" => {
                    stolen.extend(value.split(',').map(|b| Fields::default().with("credential", text(unprefixed(b)))))
                }
                "reported" => {
                    let last = stolen.pop().ok_or_else(|| (s, raw("expected `has CREDENTIAL reported=TIME`")))?;
                    stolen.push(last.with("reported_after", time(value)));
                }
                _ => {}
            }
        }
        let stolen: Vec<String> = stolen.into_iter().map(Fields::done).collect();
        let mut steps = Vec::new();
        for script in self.of("script") {
            let (owner, of) = script
                .rest
                .split_once(':')
                .ok_or_else(|| (script, raw("expected `script ADVERSARY: STEP; STEP; ..`")))?;
            for step in of.split(';').map(str::trim).filter(|step| owner.trim() == s.name() && !step.is_empty()) {
                let step = read_from(STEPS, step, "one of").map_err(|problem| (script, problem))?;
                steps.push(format!("{}{}", step.place, step.fields(step.list).done()));
            }
        }
        let seek = s.fields("time=raw(time|1) risk=raw(risk|0)").done();
        let plan = if steps.is_empty() { format!("Seek{seek}") } else { format!("Script([{}])", steps.join(", ")) };
        let fields =
            s.fields(s.list).with("actors", map(&actors)).with("credentials", format!("[{}]", stolen.join(", ")));
        let known: Vec<&str> = s.get("knows").map_or(Vec::new(), |all| all.split(',').map(unprefixed).collect());
        Ok(fields.with("accounts", list(&known.join(","))).with("objective", objective).with("plan", plan))
    }

    fn techniques(&mut self) {
        let mut changes: BTreeMap<&str, &Statement> = self.of("technique").map(|s| (s.name(), s)).collect();
        let unchanged = Statement::default();
        for (name, act, own, target) in TECHNIQUES {
            let s = changes.remove(name).unwrap_or(&unchanged);
            let own_or_target = |own: Option<String>| own.map_or(raw("Target"), |own| format!("Own({own})"));
            let technique =
                s.fields("attempts=raw(attempts)").with("title", text(name)).with("about", text("")).with("act", act);
            let technique = technique
                .with("duration", own_or_target(s.get("takes").or(*own).map(time)))
                .with("success", own_or_target(s.get("chance").or((!target).then_some("1")).map(sourced)));
            self.add("techniques.techniques", name, technique.done(), s.line);
        }
        for s in changes.into_values() {
            let names: Vec<&str> = TECHNIQUES.iter().map(|t| t.0).collect();
            self.problem(
                s,
                format!("there is no technique called `{}`; expected one of: {}", s.name(), names.join(", ")),
            );
        }
    }

    // ------------------------------------------------------------- defence

    fn defence(&mut self) {
        let all = "reads AccessControl,Intrusion,Administration,Logins,Firewall,Endpoints,People";
        self.field("defence.reads", all, |s| raw_list(s.name()));
        self.field("defence.access", "access", |s| format!("({})", s.rest));
        self.field("defence.latencies", "latency", |s| s.fields(s.list).done());
        self.field("defence.guards", "guards", |s| s.fields(s.list).done());
        // Without one, communication is not modelled: its usage does not read, so nothing is written.
        self.field("defence.communication", "communication", |s| s.fields(s.list).done());
        for s in self.of("queue") {
            let usual = format!("{}/{}", s.get("true").unwrap_or("1"), s.get("false").unwrap_or("0"));
            let by = |key: &str| verdict(s.get(key).unwrap_or(&usual));
            let assessment = Fields::default().with("none", by("none")).with("live_video", by("live"));
            let assessment = assessment.with("recorded_video", by("recorded")).with("logs", by("with-logs"));
            self.add("defence.queues", s.name(), s.fields(s.list).with("assessment", assessment.done()).done(), s.line);
        }
        for s in self.of("rule") {
            let place = s.fields("level_from=raw(level) zones=list(zones) portals=list(portals)").done();
            let raise = s.get("raise").map(|queue| {
                let queue = (queue != "nobody").then(|| text(queue));
                Fields::default().opt("queue", queue).with("priority", s.nth(1, "1")).done()
            });
            let written = s.nth(1, "").strip_prefix('{').and_then(|ron| ron.strip_suffix('}'));
            let rule = || s.fields(s.list).with("place", place).opt("raise", raise).done();
            self.add("defence.rules", s.name(), written.map_or_else(rule, |fields| format!("({fields})")), s.line);
        }
        for (index, s) in self.of("play").enumerate() {
            let Some((rules, respond)) = s.rest.split_once("->") else {
                self.problem(s, "expected `play any -> RESPONSE, ..` or `play RULE,RULE -> RESPONSE, ..`");
                continue;
            };
            let rules = if rules.trim() == "any" { "" } else { rules };
            let play = Fields::default().with("rules", list(rules)).with("respond", raw_list(respond.trim()));
            self.add("defence.playbook", &format!("play-{}", index + 1), play.done(), s.line);
        }
    }

    fn edits(&mut self) {
        for s in self.statements.iter().filter(|s| ["set", "add"].contains(&s.word)) {
            let value = s.rest.clone();
            let op = if s.word == "set" { EditOp::Set(value) } else { EditOp::Add(value) };
            match s.name().parse() {
                Ok(path) => self.edits.push(Edit { op, path, origin: format!("line {}", s.line) }),
                Err(error) => self.problem(s, error),
            }
        }
    }
}

/// What the words of a link make it.
struct Kind {
    name: &'static str,
    locked: bool,
    reader: bool,
    leaf: bool,
    switch: bool,
    bare_time_is: &'static str,
}

impl Kind {
    fn of(s: &Statement) -> Self {
        let reader = s.has("both");
        let mut kind =
            Self { name: "Opening", locked: reader, reader, leaf: false, switch: false, bare_time_is: "pass" };
        for (_, name, locked, reader, leaf) in KINDS.iter().filter(|k| s.has(k.0)) {
            kind = Self {
                name,
                locked: kind.locked | locked,
                reader: kind.reader | reader,
                leaf: kind.leaf | leaf,
                ..kind
            };
        }
        kind.switch = s.has("dps") || s.has("held") || kind.name == "EmergencyExit";
        if kind.name == "Fence" {
            kind.bare_time_is = "climb";
        } else if s.has("lock") && !kind.reader {
            kind.bare_time_is = "force";
        }
        kind
    }

    /// The panel that decides here or watches the leaf.
    fn panel<'s>(&self, s: &'s Statement) -> Option<&'s str> {
        s.get("panel").or((self.reader || self.switch).then_some("panel"))
    }
}

/// `badge:ann`, `account:vendor`: the kind may be said.
fn unprefixed(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, name)| name)
}

/// `vpn:PROTOCOL:open|password|mfa:interactive:token=8h`, all but the name in any order or left out.
fn service(spec: &str) -> (String, String) {
    let mut parts = spec.split(':');
    let name = parts.next().unwrap_or("");
    let (mut protocol, mut authentication, mut interactive, mut token) = (name, "Password", false, None);
    for part in parts {
        match (part, part.strip_prefix("token=")) {
            ("open", _) => authentication = "Open",
            ("password", _) => authentication = "Password",
            ("mfa", _) => authentication = "MultiFactor",
            ("interactive", _) => interactive = true,
            (_, Some(life)) => token = Some(duration(life)),
            (_, None) => protocol = part,
        }
    }
    let fields = Fields::default().with("protocol", text(protocol)).with("authentication", authentication);
    (name.to_string(), fields.with("interactive", interactive).opt("token_life", token).done())
}

#[cfg(test)]
mod tests;
