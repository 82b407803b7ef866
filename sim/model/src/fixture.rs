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
//! assert!(plan.assumptions.iter().all(|assumption| assumption.file == "built in"));
//! ```
//!
//! - Times: `90s`, `N(mean,sd)`, `L(mean,sd)`, `U(min,max)`, `T(min,mode,max)`, `P(min,mode,max)`, `E(mean)`.
//! - Zones and segments appear when first named by a path or by `on`; a segment called `internet` is the internet.
//! - A bare time in a link is the time to pass; with `fence` that to climb it, with `lock` that to force it.
//! - A locked door opens freely from the inner side, but not with `rex`, `both` (readers) or `no-egress`.
//! - Roles walk about by `day` and `errand`; `traffic=60/h:staff` in a link makes members come in there from home and
//!   go back after a minute, so often, and 60 passages an hour go in and 60 out.
//! - Everything takes no time, always works and never reports, unless the text says otherwise.
//! - What has no word: `set site.portals.front.close_time.value Fixed("9s")`, `add site.routines.tea (..)`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use thiserror::Error;

use crate::base::{Diagnostic, Problems};
use crate::plan::{Plan, Request, load};
use crate::text::{Edit, EditOp, Files};

mod statement;
use statement::*;

/// The statements, one a row: word, usage, and after `=>` where it goes (`-`: see the code) by which fields.
///
/// In a usage `CAPITALS` are words of the writer, optional in `[]`; `key=` takes a value, with `*` more than once; `!`
/// must be there; the rest are flags; `..` takes the rest of the line. Fields are read by [`Statement::fields`].
const STATEMENTS: &str = "\
start WEEKTIME
warmup DURATION
horizon DURATION
speed NUMBER
zone NAME offsite kind= level= floor= at= two-person bookable
segment NAME internet isolated beyond watched
panel NAME in= on= server= cached deny facility decision= download= buffer= battery= tamper authenticated \
    => - segment=text(on|security) server=text(server|acs) authenticated_link=flag(authenticated) tamper=flag(tamper) \
    out_of_reach=one(deny:Deny|facility:FacilityCode|Cached) decision_time=time(decision|0s) \
    download_time=time(download|0s) buffer=sourced(buffer|1000) battery=duration(battery|4h)
flow NAME FROM -> TO PROTOCOLS closed logs purpose= \
    => - protocols=list(3) allowed=not(closed) carries_logs=flag(logs) purpose=raw(purpose)
device NAME in=! on=! kind= service=* secrets= views= critical= exploit= harvest= detect= logs= admin default \
    => - kind=raw(kind|Server) zone=text(in) segment=text(on) hardening=text(0) logs_to=text(logs) \
    secrets=list(secrets) views=list(views) criticality=raw(critical) admin_workstation=flag(admin)
account NAME on=! role= person= mfa vendor= break-glass from= \
    => site.accounts services=list(on) person=text(person) \
    role=raw(role|User) second_factor=flag(mfa) vendor=vendor(vendor) \
    break_glass=flag(break-glass) from=text(from)
jack NAME in=! on=! open => site.jacks zone=text(in) segment=text(on) open=flag(open)
sensor NAME on=! [WHAT] kind= begin middle end nuisance= armed= \
    force= climb= cut= pick= follow= walk= take= carry= task= \
    => - moment=one(middle:Middle|end:End|Begin) nuisance_per_day=rate(nuisance)
asset NAME [TIME] in=! portable critical= by= \
    => site.assets controlled_by=text(by) zone=text(in) criticality=raw(critical|1) task_time=time(1|0s) portable=flag(portable)
role NAME [HEADCOUNT] zones= hours= shift= badge= account= mfa valid= escorts= overstays= \
    => - badge=raw(badge|Desfire)
day ROLE home= attends= remote-share= lead= arrives= leaves= base= logs-in= remote= desktop= wifi holidays \
    => - home=text(home) attends=sourced(attends|1) remote_share=sourced(remote-share) lead=duration(lead) \
    arrives=time(arrives|0s) leaves=time(leaves|0s) base=list(base|) logs_in=text(logs-in) remote=text(remote) \
    remote_desktop=sourced(desktop) wifi=flag(wifi) works_holidays=flag(holidays)
errand NAME of=! to=! per-day=! stays= hours= round off-shift booked= work-order= props= \
    => - to=list(to) per_day=rate(per-day) stays=time(stays|0s) hours=windows(hours) round=flag(round) \
    off_shift=flag(off-shift) booked=sourced(booked) work_order=sourced(work-order) props=sourced(props)
habits follows= forgets= loses= reports= old= help= session= wifi= stale= leaves= \
    => - follows=sourced(follows|0) forgets_badge=sourced(forgets|0) loses_badge=sourced(loses|0) \
    reports_loss_after=time(reports|1h) old_badge=sourced(old|0) help_time=time(help|60s) \
    leaves_session=sourced(session|0) joins_wifi=sourced(wifi|1) stale_device=sourced(stale|0) \
    leaves_company=sourced(leaves|0)
area NAME zones=! => site.areas zones=list(zones)
muster ZONE
wifi NAME on=! zones=! guests => site.wifi segment=text(on) zones=list(zones) guests=flag(guests)
cabinet NAME device=! keys=! roles=! hours= back= \
    => site.cabinets device=text(device) keys=list(keys) roles=list(roles) hours=windows(hours) \
    return_within=duration(back|8h)
feed NAME zones=! backup= => site.feeds zones=list(zones) backup=duration(backup|0s)
person NAME ROLE => site.people role=text(1)
credential NAME of= badge= superseded revoked => site.credentials person=text(of) technology=raw(badge|Desfire) \
    status=one(superseded:Superseded|revoked:Revoked|Active)
post NAME in=! guards= stay= role= \
    => site.posts zone=text(in) guards=raw(guards|1) stay=raw(stay) role=text(role|guard)
force NAME TIME => site.forces arrival=time(1)
behaviour hold= report= delay= challenge= => - holds_door=sourced(hold|0) reports_refused=sourced(report|0) \
    report_delay=time(delay|0s) challenges=sourced(challenge|0)
adversary NAME at= on= blank wants theft= sabotage= reach= exfiltrate= [TIME] has=* reported=* knows= insider \
    outsider skill= tools= patience= gives-up= begins= time= risk= only= marks= own= prepares= \
    => - skill=raw(skill|Medium) tools=raw(tools|Medium) knowledge=one(insider:Insider|Outsider) \
    begins_after=time(begins|0s) patience=time(patience|5min) gives_up_after=time(gives-up|7d) techniques=list(only) marks=list(marks)
actor NAME of=! at= on= blank
script ..
inject NAME at=! chance= panel-offline= remote-work= on= [DURATION|{RON}] => - at=text(at) chance=sourced(chance)
technique NAME takes= chance= attempts=
rule NAME [PRIORITY|{RON}] when= raise= zones= portals= level= during= condition= quiet= respond= risk= \
    risk-from= => - when=pattern(when) during=windows(during) condition=raw(condition) quiet=text(quiet) \
    respond=raw_list(respond) risk=sourced(risk) risk_from=raw(risk-from)
queue NAME operators= ack= assess= true= false= none= recorded= live= with-logs= picture= logs staffed= escalate= tires= \
    handover= close= cross= => - operators=sourced(operators|1) staffed=windows(staffed) picture=raw(picture|None) logs=flag(logs) \
    acknowledge=time(ack|0s) assess=time(assess|0s) escalation=escalation(escalate) tires_at=sourced(tires) \
    handover=handover(handover) close=time(close) cross_trained=sourced(cross)
play ..
reads LOGS
latency annunciate= dispatch= call= revoke= disable= end-sessions= isolate= lock-down= \
    => - annunciate=time(annunciate) dispatch=time(dispatch) call=time(call) revoke=time(revoke) \
    disable=time(disable) end_sessions=time(end-sessions) isolate=time(isolate) lock_down=time(lock-down)
guards search= finds= stops= contact= patrols= => - search_time=time(search|60s) finds=sourced(finds|1) \
    stops=sourced(stops|1) contact=raw(contact) patrols=raw(patrols)
communication CHANCE per-alarm => - chance=sourced(0) mode=one(per-alarm:PerAlarm|PerIncident)
access ..
identity ..
network ..
changes ..
analytics detects= mistakes= takes= => - detects=sourced(detects|0) mistakes=sourced(mistakes|0) takes=time(takes|0s)
recovery TIME
holiday updated => - schedules_updated=flag(updated)
set PATH ..
add PATH ..";

/// What may stand in a link, `a -[..]-> b`.
const PORTAL: &str = "[TIME] free door lock badge gate dock turnstile mantrap stairs lift window void fence exit \
    name= at= panel= both pin biometric reject= duress= accepts= link= read= force= climb= cut= pick= fail-safe unlock= \
    no-relock no-egress dps rex rex-bar held= pass= close= held-chance= held-time= not-taken= follow= unlocked= \
    interlock= key= traffic= single break-glass delayed= fire-release first-in";

/// Fields of the hardware of a link, and of its reader.
const HARDWARE: &str = "held_after=duration(held) held_chance=sourced(held-chance) \
    not_taken_chance=sourced(not-taken) follow_chance=sourced(follow) one_at_a_time=flag(single) \
    break_glass=flag(break-glass) delayed_egress=duration(delayed)";
const LOCK: &str = "power_loss=one(fail-safe:FailSafe|FailSecure) unlock_time=duration(unlock|5s) relock_on_open=not(no-relock) fire_release=one(fire-release:true|fail-safe:true|false)";
const READER: &str = "accepts=raw_list(accepts|Prox125,MifareClassic,Desfire,Mobile) link=raw(link|OsdpSecure) \
    pin=flag(pin) biometric=flag(biometric) read_time=time(read|0s) false_reject=sourced(reject) \
    duress=sourced(duress)";

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

/// Techniques that are in the library only where the text names them, by `only=` or `technique`: an adversary that has no
/// list knows every one that is there.
const MORE_TECHNIQUES: &[(&str, &str, Option<&str>, bool)] = &[
    ("fool-exit", "FoolExit", Some("20s"), false),
    ("persuade", "Persuade", Some("60s"), true),
    ("copy-badge", "CopyBadge([Prox125, MifareClassic])", Some("5s"), false),
    ("watch-pin", "WatchPin", Some("5s"), false),
    ("tap-reader", "TapReader([Wiegand, OsdpClear, OsdpInstallMode])", Some("60s"), false),
    ("bridge-lock", "BridgeLock", Some("60s"), false),
    ("pull-fire-alarm", "PullFireAlarm", Some("5s"), false),
    ("plug-in", "PlugIn([Workstation, Console])", Some("30s"), false),
    ("default-password", "DefaultPassword", Some("10s"), false),
    ("phish", "Phish", Some("10min"), true),
    ("command-panel", "CommandPanel", Some("5s"), false),
    ("change-schedule", "ChangeSchedule", Some("30s"), false),
    ("edit-database", "EditDatabase", Some("30s"), false),
    ("revive-identity", "ReviveIdentity", Some("30s"), false),
    ("sabotage-from-afar", "SabotageFromAfar", None, false),
    ("take-console", "TakeConsole([AccessControlServer, Server, Rack])", Some("60s"), false),
    ("draw-key", "DrawKey", Some("10s"), false),
    ("cut-connection", "CutConnection([NetworkEquipment])", Some("30s"), false),
    ("tire-second-factor", "TireSecondFactor", Some("10min"), false),
    ("reset-password", "ResetPassword", Some("60s"), false),
    ("blind-cameras", "BlindCameras", Some("30s"), false),
    ("watch-cameras", "WatchCameras", Some("30s"), false),
    ("mute-reports", "MuteReports", Some("30s"), false),
    ("flood-alarms", "FloodAlarms", Some("10s"), false),
    ("relay-badge", "RelayBadge([Prox125, MifareClassic, Desfire])", Some("10s"), false),
    ("open-from-inside", "OpenFromInside", Some("5s"), false),
    ("hide", "Hide", None, false),
    ("guess-password", "GuessPassword", Some("10min"), false),
    ("ask-secret", "AskSecret", Some("5min"), true),
    ("steal-session", "StealSession", Some("60s"), false),
    ("join-wifi", "JoinWifi", Some("60s"), false),
    ("clear-log", "ClearLog", Some("10s"), false),
];

/// The shift of a role with a day and without a shift of its own.
const ALL_DAY: &str = "daily 00:00-24:00";

/// The maps of each file; all are written, so that `add` finds them.
const MAPS: &[(&str, &str)] = &[
    (
        "site",
        "zones barriers hardware reader_types portals panels segments flows hardening devices accounts jacks \
         sensor_types sensors assets access_levels roles people credentials posts forces areas wifi cabinets feeds \
         routines",
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
            let fields = s.fields(&format!(
                "kind=raw(kind|{kind}) level=raw(level|{level}) floor=raw(floor) two_person=flag(two-person) \
                 bookable=flag(bookable)"
            ));
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
        self.field("site.muster", "muster", |s| text(s.name()));
        self.field("site.habits", "habits", |s| s.fields(s.list).done());
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
        let panel = kind.panel(s);
        let reader = panel.map(|p| Fields::default().with("kind", text(name)).with("panel", text(p)).done());
        let portal = s
            .fields("unlocked=windows(unlocked) interlock=text(interlock) key=text(key) first_person_in=flag(first-in)")
            .with("hardware", text(name))
            .with("between", format!("({:?}, {:?})", s.name(), s.nth(1, "")))
            .opt("at", at)
            .opt("entry", reader.clone().filter(|_| kind.reader))
            .opt("exit", reader.filter(|_| s.has("both")))
            .opt("panel", panel.map(text));
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
                s.fields("hosts_isolated=flag(isolated) beyond_wan=flag(beyond) watched=flag(watched)")
                    .with("internet", internet)
                    .done(),
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
            let mut hardening = s.fields("endpoint_detection=sourced(detect) default_password=flag(default)");
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
            let day = self.day(s, headcount.parse().unwrap_or(1.0));
            let shift = s.opt("shift", windows).unwrap_or_else(|| windows(day.as_ref().map_or("", |_| ALL_DAY)));
            let role = s.fields(s.list).with("headcount", headcount).with("shift", shift).opt("day", day);
            let account = s.get("account").map(|services| {
                let account = Fields::default().with("services", list(services));
                account.with("second_factor", s.has("mfa")).done()
            });
            let guest = s.get("valid").map(|valid| {
                let (share, by) = s.get("overstays").map_or((None, None), |o| {
                    let (share, by) = o.split_once('/').unwrap_or((o, "1h"));
                    (Some(sourced(share)), Some(time(by)))
                });
                let guest = s.fields("escorts=list(escorts)").with("valid_for", duration(valid));
                guest.opt("overstays", share).opt("overstays_by", by).done()
            });
            let role = role.opt("account", account).opt("guest", guest);
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

    /// The day of a role, from its `day`, its `errand` statements, and the `traffic` of links: people who go in and out
    /// there all day, from home.
    fn day(&self, role: &Statement, headcount: f64) -> Option<String> {
        let mut errands: Vec<(String, String)> = Vec::new();
        for s in self.of("errand").filter(|s| s.get("of") == Some(role.name())) {
            errands.push((s.name().to_string(), s.fields(s.list).done()));
        }
        for s in self.of("link") {
            let Some((per_hour, roles)) = s.get("traffic").and_then(|traffic| traffic.split_once(':')) else {
                continue;
            };
            if roles.split(',').any(|name| name == role.name()) {
                let hourly = per_hour.split('/').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0);
                let shared = headcount * roles.split(',').count() as f64;
                let errand = Fields::default().with("to", list(s.nth(1, ""))).with("stays", time("60s"));
                let errand = errand.with("per_day", sourced(&format!("{:?}", hourly * 24.0 / shared)));
                errands.push((format!("through-{}-{}", s.name(), s.nth(1, "")), errand.done()));
            }
        }
        let stated = self.of("day").find(|s| s.name() == role.name());
        if stated.is_none() && errands.is_empty() {
            return None;
        }
        let default = read_from(STATEMENTS, "day role", "one of").unwrap_or_default();
        let s = stated.unwrap_or(&default);
        Some(s.fields(s.list).with("errands", map(&errands)).done())
    }

    // ------------------------------------------------------------ scenario

    fn scenario(&mut self) {
        for s in self.of("holiday") {
            self.add("scenario", "holiday", s.fields(s.list).done(), s.line);
        }
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
            if let Some(ron) = s.nth(1, "").strip_prefix('{').and_then(|ron| ron.strip_suffix('}')) {
                self.add("scenario.injects", s.name(), s.fields(s.list).with("what", ron).done(), s.line);
                continue;
            }
            let what = match (s.opt("panel-offline", text), s.opt("remote-work", text), s.opt("on", text)) {
                (Some(panel), None, None) => format!("PanelOffline(panel: {panel}, lasts: {lasts})"),
                (None, Some(person), Some(on)) => {
                    format!("Act(RemoteWork(roles: [{person}], service: {on}, lasts: {}))", time(s.nth(1, "1h")))
                }
                _ => {
                    self.problem(
                        s,
                        "expected `panel-offline PANEL DURATION`, `remote-work PERSON on SERVICE DURATION` or `{RON}`",
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
                "own" => stolen.extend(
                    value
                        .split(',')
                        .map(|b| Fields::default().with("credential", text(unprefixed(b))).with("own", true)),
                ),
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
        let prepares: Vec<String> = (s.get("prepares").into_iter().flat_map(|all| all.split(',')))
            .filter_map(|one| one.split_once('@'))
            .map(|(technique, device)| format!("(technique: {technique:?}, device: {device:?})"))
            .collect();
        let fields = fields.with("prepares", format!("[{}]", prepares.join(", ")));
        let known: Vec<&str> = s.get("knows").map_or(Vec::new(), |all| all.split(',').map(unprefixed).collect());
        Ok(fields.with("accounts", list(&known.join(","))).with("objective", objective).with("plan", plan))
    }

    fn techniques(&mut self) {
        let mut changes: BTreeMap<&str, &Statement> = self.of("technique").map(|s| (s.name(), s)).collect();
        let unchanged = Statement::default();
        let only = self.of("adversary").filter_map(|s| s.get("only")).flat_map(|only| only.split(','));
        let only: BTreeSet<&str> = only.collect();
        let named = |(name, ..): &&(&str, &str, Option<&str>, bool)| only.contains(name) || changes.contains_key(name);
        let more: Vec<_> = MORE_TECHNIQUES.iter().filter(named).collect();
        for (name, act, own, target) in TECHNIQUES.iter().chain(more) {
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
            let names: Vec<&str> = TECHNIQUES.iter().chain(MORE_TECHNIQUES).map(|t| t.0).collect();
            self.problem(
                s,
                format!("there is no technique called `{}`; expected one of: {}", s.name(), names.join(", ")),
            );
        }
    }

    // ------------------------------------------------------------- defence

    fn defence(&mut self) {
        let all = "reads AccessControl,Intrusion,Administration,Logins,Firewall,Endpoints,People,Video,Cabinets,Visits,\
                   Network,Health,Identity,Behaviour";
        self.field("defence.reads", all, |s| raw_list(s.name()));
        self.field("defence.access", "access", |s| format!("({})", s.rest));
        for word in ["network", "changes"] {
            self.field(&format!("defence.{word}"), word, |s| format!("({})", s.rest));
        }
        // Whoever is tested by identity is known by all of their records, unless the text says otherwise.
        let linked = "identity linked: [Badges, Accounts, Bookings, Keys]";
        self.field("defence.identity", linked, |s| format!("({})", s.rest));
        for s in self.of("analytics") {
            self.add("defence", "analytics", s.fields(s.list).done(), s.line);
        }
        for s in self.of("recovery") {
            self.add("defence", "recovery", time(s.name()), s.line);
        }
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

/// `vpn:PROTOCOL:open|password|mfa:interactive:sensitive:directory:token=8h`, all but the name in any order or left out.
fn service(spec: &str) -> (String, String) {
    let mut parts = spec.split(':');
    let name = parts.next().unwrap_or("");
    let (mut protocol, mut authentication, mut interactive, mut token) = (name, "Password", false, None);
    let (mut sensitive, mut directory) = (false, false);
    for part in parts {
        match (part, part.strip_prefix("token=")) {
            ("open", _) => authentication = "Open",
            ("password", _) => authentication = "Password",
            ("mfa", _) => authentication = "MultiFactor",
            ("interactive", _) => interactive = true,
            ("sensitive", _) => sensitive = true,
            ("directory", _) => directory = true,
            (_, Some(life)) => token = Some(duration(life)),
            (_, None) => protocol = part,
        }
    }
    let fields = Fields::default().with("protocol", text(protocol)).with("authentication", authentication);
    let fields = fields.with("interactive", interactive).with("sensitive", sensitive).with("directory", directory);
    (name.to_string(), fields.opt("token_life", token).done())
}

#[cfg(test)]
mod tests;
