//! The scenario file: who attacks, under which conditions, and what counts.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::base::{SimDuration, WeekTime};
use crate::site::{RoutineKindFile, SourcedChance, SourcedTime, Sources};
use crate::text::EditFile;

/// A scenario on a site.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// Version of the file format; `1`.
    pub schema: u32,
    /// Name of the scenario.
    pub name: String,
    /// What happens, for a reader who does not know it.
    pub briefing: String,
    /// The control that it teaches.
    #[serde(default)]
    pub teaches: String,
    /// Sources of the figures below.
    #[serde(default)]
    pub sources: Sources,
    /// Site file, relative to this file.
    pub site: String,
    /// Technique libraries, relative to this file.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// Defence files to compare, relative to this file.
    pub defences: Vec<String>,
    /// Changes to the site under this scenario; paths begin at the site.
    #[serde(default)]
    pub site_changes: Vec<EditFile>,
    /// Day and time at which the run starts.
    pub start: WeekTime,
    /// Time before the adversary may act; nothing in it is scored.
    #[serde(default)]
    pub warm_up: SimDuration,
    /// Length of the run after the warm-up.
    pub horizon: SimDuration,
    /// The whole run lies on a public holiday.
    #[serde(default)]
    pub holiday: Option<HolidayFile>,
    /// What ordinary people do when an adversary is near.
    #[serde(default)]
    pub behaviour: Option<BehaviourFile>,
    /// Things that happen at a set time.
    #[serde(default)]
    pub injects: IndexMap<String, InjectFile>,
    /// The adversaries.
    #[serde(default)]
    pub adversaries: IndexMap<String, AdversaryFile>,
}

/// What ordinary people do when an adversary is near. No rate of any of these
/// was ever measured in public: each is an assumption that wants sweeping, so
/// none has a default.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BehaviourFile {
    /// Chance that a person lets a stranger follow.
    pub holds_door: SourcedChance,
    /// Chance that one who refused reports it to the guards.
    pub reports_refused: SourcedChance,
    /// From the refusal to the report.
    pub report_delay: SourcedTime,
    /// Chance that a stranger at work in a staffed zone in working hours is challenged and reported, per task.
    pub challenges: SourcedChance,
}

/// Something that happens at a set time.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InjectFile {
    /// When.
    pub at: WeekTime,
    /// What.
    pub what: InjectKindFile,
    /// Chance that it happens in a run; always by default.
    #[serde(default)]
    pub chance: Option<SourcedChance>,
}

/// A public holiday: whoever does not work holidays stays at home.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayFile {
    /// Whether anybody told the access control system: if not, doors unlock by the schedule of an ordinary day.
    pub schedules_updated: bool,
}

/// What an inject does.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum InjectKindFile {
    /// An ordinary act, at a set time.
    Act(RoutineKindFile),
    /// The link between a panel and its server is lost for a while.
    PanelOffline {
        /// Panel.
        panel: String,
        /// How long.
        lasts: SimDuration,
    },
    /// A panel loses its server again and again.
    PanelFlaps {
        /// Panel.
        panel: String,
        /// From one loss to the next; each lasts half of it.
        every: SimDuration,
        /// How often.
        times: u32,
    },
    /// The readers of a portal fail, or their line to the panel: cards are presented to nobody. A panel notices that on a
    /// line that is supervised (OSDP) and not on a one-way line (Wiegand).
    ReaderFails {
        /// Portal.
        portal: String,
        /// How long.
        lasts: SimDuration,
    },
    /// The site's connection to the internet is cut: devices beyond it are out of reach, and this site for them.
    WanDown {
        /// How long.
        lasts: SimDuration,
    },
    /// A feed loses the mains.
    PowerLoss {
        /// Feed.
        feed: String,
        /// How long.
        lasts: SimDuration,
    },
    /// A device stops.
    DeviceDown {
        /// Device.
        device: String,
        /// How long.
        lasts: SimDuration,
    },
    /// A patch of panels or of servers that breaks what it is put on, with a chance; how it is put on and taken back is the defence's.
    Patch {
        /// Panels.
        #[serde(default)]
        panels: Vec<String>,
        /// Devices.
        #[serde(default)]
        devices: Vec<String>,
        /// Chance that it breaks what it is put on: all or none.
        breaks: SourcedChance,
        /// From one system to the next.
        takes: SourcedTime,
        /// Repair by hand, of one system after the other, where nothing can be taken back.
        repair: SourcedTime,
    },
    /// The transfer from HR to identity and access control stands still.
    SyncDown {
        /// How long.
        lasts: SimDuration,
    },
    /// The transfer from HR takes a department for leavers: their accounts and badges end as the defence has it, and come back after the repair.
    SyncEnds {
        /// Roles.
        roles: Vec<String>,
        /// From the first complaint until the records are put right; a manual fallback of the defence shortens it.
        repair: SourcedTime,
    },
    /// The fire alarm sounds.
    FireAlarm {
        /// How long until the all-clear.
        lasts: SimDuration,
    },
    /// Video crowds the line of a segment: with a flat network those of all.
    VideoFloods {
        /// Segment.
        segment: String,
        /// How long.
        lasts: SimDuration,
    },
    /// Somebody leaves the company.
    Leaves {
        /// Person.
        person: String,
    },
    /// Somebody comes back who had left, as a new record.
    Returns {
        /// Person.
        person: String,
    },
    /// An administrator revokes a credential at the server.
    Revoked {
        /// A person (their badge) or a name in `credentials`.
        credential: String,
    },
}

/// Rank of skill or tools.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum Rank {
    /// Low skill; bare hands.
    Low,
    /// Medium skill; hand tools.
    Medium,
    /// High skill; power tools.
    High,
}

/// What an adversary believes at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Knowledge {
    /// Knows the way about and the network, but neither rights nor sensors: believes that a badge opens any reader until one refuses.
    Outsider,
    /// Knows rights and sensors as well.
    Insider,
}

/// An adversary: one or more actors with one objective. Together with the
/// scenario this is the design basis threat, stated in every result.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdversaryFile {
    /// Who they are.
    #[serde(default)]
    pub about: String,
    /// Skill.
    pub skill: Rank,
    /// Tools.
    pub tools: Rank,
    /// What they believe.
    pub knowledge: Knowledge,
    /// The people, by name.
    pub actors: IndexMap<String, ActorFile>,
    /// From the end of the warm-up to the first move.
    pub begins_after: SourcedTime,
    /// Waiting at one door longer than this is given up for another way.
    pub patience: SourcedTime,
    /// After this long without the objective they go home.
    pub gives_up_after: SourcedTime,
    /// Techniques that they use; empty: every one in the libraries.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// Credentials in their hands (badges of people are named after the person).
    #[serde(default)]
    pub credentials: Vec<StolenFile>,
    /// Accounts whose secret they know.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// People by name whose badge or PIN they are after.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What they do before anybody crosses the boundary.
    #[serde(default)]
    pub prepares: Vec<PreparationFile>,
    /// What they want.
    pub objective: ObjectiveFile,
    /// How they decide.
    pub plan: PlanFile,
}

/// A credential in the adversary's hands.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StolenFile {
    /// A person (their badge) or a name in the site's `credentials`.
    pub credential: String,
    /// From the start of the run until its owner reports it; never by default.
    #[serde(default)]
    pub reported_after: Option<SourcedTime>,
    /// It was issued to them: to use it where it has a right is nothing hostile, and what it opens is no gain.
    #[serde(default)]
    pub own: bool,
}

/// One person, or one operator far away.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorFile {
    /// Where they start.
    pub starts: StartFile,
    /// Whether they carry a blank badge that a forged credential can be written to.
    #[serde(default)]
    pub blank_badge: bool,
}

/// Where an actor starts.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub enum StartFile {
    /// On foot in a zone.
    Zone(String),
    /// At a computer, connected to a segment (as a rule the internet).
    Segment(String),
}

/// What is done before anybody crosses the boundary: nothing that the way itself asks for.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparationFile {
    /// Technique: one that blinds cameras, mutes reports or floods alarms.
    pub technique: String,
    /// Device on which it is done.
    pub device: String,
}

/// What an adversary wants. Kinds are never averaged together.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum ObjectiveFile {
    /// An asset crosses the site boundary.
    Theft {
        /// Asset.
        asset: String,
    },
    /// The task at an asset is complete.
    Sabotage {
        /// Asset.
        asset: String,
    },
    /// A stated volume has left a device.
    Exfiltration {
        /// Device.
        device: String,
        /// Time that the copy takes once the device is held.
        takes: SourcedTime,
    },
    /// A zone is held for a stated time.
    Reach {
        /// Zone.
        zone: String,
        /// How long.
        hold: SimDuration,
    },
}

/// How an adversary decides.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum PlanFile {
    /// Search the site for the best way, and again whenever a step fails.
    Seek {
        /// Weight of an expected second.
        time: f64,
        /// Weight of one unit of risk, −ln(1 − detection), in seconds.
        risk: f64,
    },
    /// Do exactly this.
    Script(Vec<StepFile>),
}

/// A step of a script. It takes exactly its own time: walking is a step of its own.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum StepFile {
    /// Overcome the barrier of a portal and go through.
    Pass {
        /// Actor; the first by default.
        #[serde(default)]
        actor: Option<String>,
        /// Portal.
        portal: String,
        /// Technique.
        technique: String,
    },
    /// Spend time: cross a yard, walk a corridor.
    Spend {
        /// Actor; the first by default.
        #[serde(default)]
        actor: Option<String>,
        /// What it is.
        name: String,
        /// How long it takes.
        takes: SourcedTime,
    },
    /// The task at the objective's asset.
    Task {
        /// Actor; the first by default.
        #[serde(default)]
        actor: Option<String>,
        /// Asset.
        asset: String,
        /// Technique.
        technique: String,
    },
}
