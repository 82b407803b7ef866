//! The technique file: what an adversary can do, how long it takes, how often
//! it works and what it may set off. Techniques are data; the acts that they
//! are made of are a closed set that the engine executes.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::site::{DeviceKind, ReaderLink, Sourced, SourcedChance, SourcedTime, Sources, Technology};

/// A library of techniques.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechniqueLibraryFile {
    /// Version of the file format; `1`.
    pub schema: u32,
    /// Name of the library.
    pub name: String,
    /// What it covers.
    #[serde(default)]
    pub about: String,
    /// Sources of the figures below.
    #[serde(default)]
    pub sources: Sources,
    /// Techniques by our own stable id.
    pub techniques: IndexMap<String, TechniqueFile>,
}

/// The acts that the engine executes. What a technique *is*; its numbers are data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum Act {
    /// Go through a portal that is free, unlocked or opens from this side.
    Walk,
    /// Present a credential that is held, and go through.
    UseBadge,
    /// Wait for somebody to pass, and go through with them.
    Follow,
    /// Overcome the barrier of a portal by this method (`force`, `climb`, `cut`, `pick`).
    Breach(String),
    /// From outside, set off the motion detector that lets people out, so that it unlocks.
    FoolExit,
    /// Talk whoever minds the entrance into opening it.
    Persuade,
    /// Copy the badge of a mark who comes near, if it is made of one of these.
    CopyBadge(Vec<Technology>),
    /// Watch a mark type a PIN.
    WatchPin,
    /// Fit something into a reader whose link is one of these, wait for the next badge, and play it back.
    TapReader(Vec<ReaderLink>),
    /// Bridge the relay of a lock inside the enclosure of its panel: it stands unlocked from then on.
    BridgeLock,
    /// Pull the fire alarm: locks that it releases are free until the all-clear.
    PullFireAlarm,
    /// Plug something into a device of one of these kinds that nobody minds, and so run programs on it.
    PlugIn(Vec<DeviceKind>),
    /// Work at the console of a device of one of these kinds, as who may do anything there.
    TakeConsole(Vec<DeviceKind>),
    /// Carry the signal of a mark's badge, which is made of one of these, to a reader where a team mate stands.
    RelayBadge(Vec<Technology>),
    /// From inside, open a door that lets out for a team mate who stands outside.
    OpenFromInside,
    /// Keep out of sight while waiting inside.
    Hide,
    /// Draw a key from a cabinet with a badge that it takes.
    DrawKey,
    /// Cut the line by which the site reaches the internet, at a device of one of these kinds.
    CutConnection(Vec<DeviceKind>),
    /// Take an asset in the same zone.
    TakeAsset,
    /// Sabotage an asset in the same zone.
    SabotageAsset,
    /// Log in to a service within reach with an account whose secret is known.
    LogIn,
    /// The same where a second factor is asked: by asking its owner until they give in.
    TireSecondFactor,
    /// Try likely passwords of a mark's account, or of one that nobody owns, at a service within reach.
    GuessPassword,
    /// Get the secret of a mark's account by asking for it.
    AskSecret,
    /// Take over the session of somebody who works at a device that is held: no secret and no second factor is asked again.
    StealSession,
    /// Join a wireless network where it is received, with a device of one's own that stays there.
    JoinWifi,
    /// Exploit a service within reach.
    ExploitService,
    /// Log in to a device within reach whose password was never changed from the maker's, or cannot be.
    DefaultPassword,
    /// Send something that, opened on a workstation with mail and web, lets one run programs there.
    Phish,
    /// Read the secrets that lie on a device that is held.
    HarvestSecrets,
    /// As administrator of an access control server, enrol a badge that a team mate carries as a blank.
    ForgeBadge,
    /// As operator or administrator of an access control server, release a portal for a team mate who stands there.
    RemoteUnlock,
    /// Command a panel within reach directly, past its server, where their link is not authenticated.
    CommandPanel,
    /// As administrator of an access control server, change the schedule of a portal: it stands unlocked from then on.
    ChangeSchedule,
    /// On the database of access control, write a team mate's blank in by hand: no audit trail.
    EditDatabase,
    /// As administrator of personnel records or the directory, bring the badge of somebody who has left back to life.
    ReviveIdentity,
    /// As administrator of the directory, set the password of somebody else's account.
    ResetPassword,
    /// On a camera, or on the system that all of them hang on, let them show nothing.
    BlindCameras,
    /// There too, see what they show: guards who come by are seen in time.
    WatchCameras,
    /// On a server, let its reports go nowhere.
    MuteReports,
    /// On a server, wipe what it has on record: who looks at an alarm from before finds nothing there.
    ClearLog,
    /// On a server that alarms pass through, make sensors speak that have nothing to say.
    FloodAlarms,
    /// Through the system that controls an asset, sabotage it from afar.
    SabotageFromAfar,
    /// Plug a device into an open jack in the same zone.
    AttachDevice,
    /// Copy data out from a device that is held.
    Exfiltrate,
}

impl Act {
    /// Whether a barrier that is overcome by it stands open from then on.
    pub fn leaves_a_hole(&self) -> bool {
        matches!(self, Act::Breach(method) if matches!(method.as_str(), "force" | "cut" | "break"))
    }
}

/// How long a technique takes.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum DurationFile {
    /// The time of the target itself: walking and passing, a barrier's delay, an asset's task, a device's hardening.
    Target,
    /// A time of its own.
    Own(SourcedTime),
}

/// How often a technique works.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum SuccessFile {
    /// The target decides: a panel, a host, somebody who holds a door, a device's hardening.
    Target,
    /// A chance of its own.
    Own(SourcedChance),
}

/// An id of the same or a near act in a public framework.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagFile {
    /// Framework: `ATT&CK`, `ATT&CK ICS`, `CAPEC`.
    pub framework: String,
    /// Its version: ids are revoked between versions.
    pub version: String,
    /// The id.
    pub id: String,
}

/// Factors on a duration by rank: low, medium, high.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorsFile {
    /// Low skill, or bare hands.
    pub low: f64,
    /// Medium skill, or hand tools.
    pub medium: f64,
    /// High skill, or power tools.
    pub high: f64,
}

/// A technique.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechniqueFile {
    /// Name for people.
    pub title: String,
    /// What it means, and what it does not.
    pub about: String,
    /// The act.
    pub act: Act,
    /// How long it takes.
    pub duration: DurationFile,
    /// How often it works.
    pub success: SuccessFile,
    /// Factors on the duration by skill.
    #[serde(default)]
    pub skill: Option<Sourced<FactorsFile>>,
    /// Factors on the duration by tools.
    #[serde(default)]
    pub tools: Option<Sourced<FactorsFile>>,
    /// Factor on the duration for each further member who works at the same place.
    #[serde(default)]
    pub team_member: Option<Sourced<f64>>,
    /// Factors on the chance of failure by skill.
    #[serde(default)]
    pub failure: Option<Sourced<FactorsFile>>,
    /// Attempts at one target before it is believed not to work.
    #[serde(default = "once")]
    pub attempts: u32,
    /// Ids in public frameworks.
    #[serde(default)]
    pub tags: Vec<TagFile>,
}

fn once() -> u32 {
    1
}
