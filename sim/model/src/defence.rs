//! The defence file: how a site is run. Access policy, detection and
//! correlation rules, playbook, staffing, and changes to the site.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::base::{ClockTime, SimDuration, Window};
use crate::site::{FlowPurpose, HealthKind, Sourced, SourcedChance, SourcedTime, Sources};
use crate::text::EditFile;

/// A defence.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefenceFile {
    /// Version of the file format; `1`.
    pub schema: u32,
    /// Name of the defence.
    pub name: String,
    /// What it stands for.
    #[serde(default)]
    pub about: String,
    /// Sources of the figures below.
    #[serde(default)]
    pub sources: Sources,
    /// Access policy.
    #[serde(default)]
    pub access: AccessFile,
    /// Whether its logs reach it: systems whose logs are read.
    #[serde(default)]
    pub reads: Vec<LogKind>,
    /// Teams that alarms go to.
    #[serde(default)]
    pub queues: IndexMap<String, QueueFile>,
    /// Detection and correlation.
    #[serde(default)]
    pub rules: IndexMap<String, RuleFile>,
    /// What follows an alarm that a person classed as hostile.
    #[serde(default)]
    pub playbook: IndexMap<String, PlayFile>,
    /// Latency of each kind of order.
    #[serde(default)]
    pub latencies: LatenciesFile,
    /// How guards search and what happens when they meet somebody.
    #[serde(default)]
    pub guards: Option<GuardsFile>,
    /// Communication from the alarm to the response.
    #[serde(default)]
    pub communication: Option<CommunicationFile>,
    /// Who is who, over all systems, and how fast a change reaches them.
    #[serde(default)]
    pub identity: IdentityFile,
    /// What the network lets through.
    #[serde(default)]
    pub network: NetworkFile,
    /// How changes to systems are made.
    #[serde(default)]
    pub changes: ChangesFile,
    /// Video analytics that count who comes in.
    #[serde(default)]
    pub analytics: Option<AnalyticsFile>,
    /// From a response that met nobody until what it took is given back; never by default.
    #[serde(default)]
    pub recovery: Option<SourcedTime>,
    /// The step of a rollout that this defence is, with the measure by which that step is judged.
    #[serde(default)]
    pub phase: Option<PhaseFile>,
    /// Changes to the site that belong to this defence; paths begin at the site.
    #[serde(default)]
    pub site_changes: Vec<EditFile>,
}

/// What a system of the site can tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum LogKind {
    /// Panels: readers, portals.
    AccessControl,
    /// The intrusion panel: sensors.
    Intrusion,
    /// Access control administration: remote unlocks, enrolments.
    Administration,
    /// Gateways and hosts: logins.
    Logins,
    /// Firewall: refused connections.
    Firewall,
    /// Endpoint detection on hosts.
    Endpoints,
    /// People who call the guards.
    People,
    /// Cameras with analytics.
    Video,
    /// Key cabinets, and tags on assets.
    Cabinets,
    /// Visitor system: visits and their end.
    Visits,
    /// Network access control and Wi-Fi: who joins where.
    Network,
    /// Patch, backup and storage health; latency of segments; servers down.
    Health,
    /// The identity provider: who has joined and left.
    Identity,
    /// Behavioural biometrics.
    Behaviour,
}

/// Access policy: what a decision at a panel or a host asks. Everything is off by default: a badge with a right opens.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessFile {
    /// Badge outside the shift of its role.
    #[serde(default)]
    pub off_shift: OffShift,
    /// From which security level on `off_shift` applies.
    #[serde(default)]
    pub off_shift_from_level: u8,
    /// Vendor logins.
    #[serde(default)]
    pub vendors: VendorPolicy,
    /// Whether a second factor is asked of an account that has one enrolled, also where the service does not insist.
    #[serde(default)]
    pub second_factor_where_enrolled: bool,
    /// Whether an operator can release a portal without a logged request.
    #[serde(default)]
    pub unlock_needs_request: bool,
    /// Where decisions about doors are made.
    #[serde(default)]
    pub decisions: Option<DecisionsFile>,
    /// Anti-passback.
    #[serde(default)]
    pub anti_passback: Option<AntiPassbackFile>,
    /// From this level on a door asks for a second factor as well, where its reader can take one.
    #[serde(default)]
    pub door_factor_from_level: Option<u8>,
    /// Zones marked `two_person` are entered by two people together, and left so.
    #[serde(default)]
    pub two_person: Option<Sourced<SimDuration>>,
    /// Guests enter zones of level 2 and above only within this time after the badge of an escort.
    #[serde(default)]
    pub escorts: Option<Sourced<SimDuration>>,
    /// From this level on a work order has to be on file for those whose base it is not: the purpose.
    #[serde(default)]
    pub work_order_from_level: Option<u8>,
    /// Whether badges, accounts and Wi-Fi of guests end with their visit.
    #[serde(default)]
    pub guests_end: bool,
    /// How often the right of everybody inside is looked at again.
    #[serde(default)]
    pub reauthorise_every: Option<Sourced<SimDuration>>,
    /// Logins from inside of people whom the badge log does not have on site.
    #[serde(default)]
    pub absent_logins: AbsentLogins,
    /// Devices that are behind with their patches.
    #[serde(default)]
    pub stale_devices: StaleDevices,
    /// Operators and administrators log in only from devices kept for administration.
    #[serde(default)]
    pub admin_workstations_only: bool,
    /// Key cabinets refuse whoever is off shift or without a right to the key.
    #[serde(default)]
    pub cabinets_refuse: bool,
    /// Assets leave only with a removal pass.
    #[serde(default)]
    pub removal_passes: bool,
    /// Break-glass accounts may be used.
    #[serde(default)]
    pub break_glass: bool,
    /// The risk score of an identity, and what follows from it.
    #[serde(default)]
    pub risk: Option<RiskFile>,
}

/// Where decisions about doors are made, other than at the panel.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionsFile {
    /// Where.
    pub place: DecisionPlace,
    /// For doors into zones of at least this level; the others stay with the panel.
    #[serde(default)]
    pub from_level: u8,
    /// There and back, with the decision itself.
    pub latency: SourcedTime,
    /// After this long without an answer the panel gives one.
    pub timeout: Sourced<SimDuration>,
    /// Which.
    pub fallback: Fallback,
}

/// A place that decides in a panel's stead, with a fresher view.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum DecisionPlace {
    /// The panel's access control server.
    Host,
    /// A controller on the site that is kept up to date: it needs no server.
    Edge,
    /// A service beyond the site's internet connection.
    Cloud,
}

/// What a panel answers when it got no answer itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Fallback {
    /// By what it last downloaded.
    Cached,
    /// No.
    Deny,
}

/// Anti-passback: whoever is in cannot come in again.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AntiPassbackFile {
    /// Areas of the site; empty: all of them.
    #[serde(default)]
    pub areas: Vec<String>,
    /// What one panel knows, or what all know (which needs the server).
    pub scope: PassbackScope,
    /// What follows.
    pub mode: PassbackMode,
    /// Times of day at which everybody is forgiven.
    #[serde(default)]
    pub forgiven_at: Vec<ClockTime>,
}

/// How far anti-passback sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum PassbackScope {
    /// Readers of one panel.
    Local,
    /// Readers of all panels that reach the server.
    Global,
}

/// What a violation of anti-passback leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum PassbackMode {
    /// Let in, and reported.
    Soft,
    /// Refused.
    Hard,
    /// Refused until this long after the last entry.
    Timed(SimDuration),
}

/// Logins from inside of people who are not there by the badge log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum AbsentLogins {
    /// The network does not know of doors.
    #[default]
    Allow,
    /// Refused where sensitive data are served.
    DenySensitive,
    /// Refused.
    Deny,
}

/// Devices that are behind with their patches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum StaleDevices {
    /// Nobody asks.
    #[default]
    Allow,
    /// Not where more than this many people are.
    DenyInCrowd(u16),
    /// Not on the network at all.
    Deny,
}

/// One risk score per identity, fed by rules, that decays.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFile {
    /// Time in which it halves.
    pub half_life: Sourced<SimDuration>,
    /// From this score on a second factor is asked.
    pub step_up_from: Sourced<u32>,
    /// From this score on access is refused.
    pub deny_from: Sourced<u32>,
    /// For doors into zones of at least this level, and for all logins.
    #[serde(default)]
    pub from_level: u8,
}

/// Who is who over all systems.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityFile {
    /// Records that are known to belong to one person. Rules that join by identity see no others.
    #[serde(default)]
    pub linked: Vec<IdentityRecord>,
    /// From somebody's leaving until their accounts end; none: never.
    #[serde(default)]
    pub accounts_end: Option<LagFile>,
    /// From somebody's leaving until their badges end; none: never.
    #[serde(default)]
    pub badges_end: Option<LagFile>,
    /// When an account is disabled or an identity ends, the badges of that person end at once, and the other way round.
    #[serde(default)]
    pub both_worlds: bool,
    /// How often rights are reviewed: badges and accounts of people who have left, and superseded badges still in force, end then.
    #[serde(default)]
    pub review_every: Option<Sourced<SimDuration>>,
}

/// A record of a person in some system.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum IdentityRecord {
    /// Badges.
    Badges,
    /// Accounts.
    Accounts,
    /// Bookings and visits.
    Bookings,
    /// Keys.
    Keys,
}

/// How a change in one system reaches another.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LagFile {
    /// How long it takes.
    pub takes: SourcedTime,
    /// Chance that the transfer fails.
    #[serde(default)]
    pub fails: Option<SourcedChance>,
    /// Then somebody does it by hand after this long; none: nobody notices.
    #[serde(default)]
    pub by_hand: Option<SourcedTime>,
}

/// What the network lets through, beyond the rows of the site.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// One network for all: segments share one line and reach each other, but for those beyond the internet connection, those of guests, and those whose hosts are kept apart.
    #[serde(default)]
    pub flat: bool,
    /// Rows of these kinds are out of force.
    #[serde(default)]
    pub closes: Vec<FlowPurpose>,
    /// Every open jack admits known devices only.
    #[serde(default)]
    pub jacks_closed: bool,
}

/// How changes to systems are made.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesFile {
    /// On one system first; the rest follow only if that one holds.
    #[serde(default)]
    pub pilot: bool,
    /// What breaks can be taken back, in this time.
    #[serde(default)]
    pub rollback: Option<SourcedTime>,
    /// Every change is looked over after it was made: what broke is seen at once.
    #[serde(default)]
    pub checklist: bool,
    /// When changes are made; empty: at any time.
    #[serde(default)]
    pub windows: Vec<Window>,
}

/// Video analytics at doors that a camera sees.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyticsFile {
    /// Chance that one who came in behind another is noticed.
    pub detects: SourcedChance,
    /// Chance that an ordinary passage is taken for two.
    pub mistakes: SourcedChance,
    /// From the passage to the report.
    pub takes: SourcedTime,
}

/// A step of a rollout.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseFile {
    /// Its name.
    pub name: String,
    /// What it is judged by.
    pub measure: MeasureKind,
}

/// The success metric of a step of a rollout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum MeasureKind {
    /// Visibility without disruption.
    Visibility,
    /// A smaller attack surface with no operational impact.
    AttackSurface,
    /// Segmentation that is real, not theoretical.
    Segmentation,
    /// Integrations without new single points of failure.
    SinglePoints,
}

/// A badge outside its shift.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum OffShift {
    /// Rights are static.
    #[default]
    Allow,
    /// Refused.
    Deny,
}

/// A vendor's login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub enum VendorPolicy {
    /// The tunnel is always on.
    #[default]
    AlwaysOn,
    /// Only inside the vendor's window and with a ticket on file.
    Ticketed,
}

/// How well somebody tells a hostile cause from another.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictFile {
    /// Chance that a true alarm is classed as hostile.
    pub true_alarm: SourcedChance,
    /// Chance that a false one is.
    pub false_alarm: SourcedChance,
}

/// Assessment as a confusion matrix by evidence.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentFile {
    /// Without a picture.
    pub none: VerdictFile,
    /// With live video of the place.
    pub live_video: VerdictFile,
    /// With recorded video of the place.
    pub recorded_video: VerdictFile,
    /// With the logs of both worlds side by side (for alarms without a place on camera).
    pub logs: VerdictFile,
}

/// Which evidence a team has before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Picture {
    /// None.
    None,
    /// Recordings.
    RecordedVideo,
    /// Live video.
    LiveVideo,
}

/// Handing an alarm to another team.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationFile {
    /// If nobody has acknowledged after this long.
    pub after: Sourced<SimDuration>,
    /// It goes to this queue.
    pub to: String,
    /// Chance that the hand-off loses it.
    pub lost: SourcedChance,
    /// How long the hand-off itself takes.
    #[serde(default)]
    pub takes: Option<SourcedTime>,
}

/// A team with its queue of alarms.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueFile {
    /// Who they are.
    #[serde(default)]
    pub about: String,
    /// People at work at once; each handles one alarm at a time, in order of priority, then age.
    pub operators: Sourced<u32>,
    /// When; empty: always. Outside, alarms wait.
    #[serde(default)]
    pub staffed: Vec<Window>,
    /// Video that they have before them.
    pub picture: Picture,
    /// Whether they see the logs of the other world.
    #[serde(default)]
    pub logs: bool,
    /// From being free to having acknowledged.
    pub acknowledge: SourcedTime,
    /// From acknowledging to a verdict.
    pub assess: SourcedTime,
    /// The confusion matrix.
    pub assessment: AssessmentFile,
    /// Hand-over to another team.
    #[serde(default)]
    pub escalation: Option<EscalationFile>,
    /// Alarms in the last hour, per operator at work, at which a true alarm is recognised half as often and everything takes twice as long; none: nobody tires.
    #[serde(default)]
    pub tires_at: Option<Sourced<f64>>,
    /// Change of shift.
    #[serde(default)]
    pub handover: Option<HandoverFile>,
    /// From a hostile verdict until the alarm is written up and closed, with the operator busy.
    #[serde(default)]
    pub close: Option<SourcedTime>,
    /// Operators know the other team's work: hand-offs to and from them take this share of their time.
    #[serde(default)]
    pub cross_trained: Option<Sourced<f64>>,
}

/// A change of shift.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverFile {
    /// Times of day.
    pub at: Vec<ClockTime>,
    /// Chance that what is known of an open alarm is lost.
    pub lost: SourcedChance,
}

/// What is watched for: one kind of observation, with what can be seen in it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum PatternFile {
    /// A granted badge.
    AccessGranted {
        /// Only outside the shift of the holder's role.
        #[serde(default)]
        off_shift: bool,
        /// Only into a room that can be booked, without a booking of the holder's on file.
        #[serde(default)]
        without_booking: bool,
    },
    /// A granted badge, but nobody went in.
    AccessNotTaken,
    /// A refused badge.
    AccessDenied {
        /// Only for one of these reasons; empty: any.
        #[serde(default)]
        reasons: Vec<ReasonFile>,
    },
    /// A portal opened without grant or request to exit.
    PortalForced,
    /// A portal open for too long.
    PortalHeld,
    /// A sensor of one of these kinds; empty: any.
    Sensor {
        /// Kinds in the site's `sensor_types`.
        #[serde(default)]
        kinds: Vec<String>,
    },
    /// An operator released a portal.
    RemoteUnlock {
        /// Only without a logged request.
        #[serde(default)]
        without_request: bool,
    },
    /// A badge was enrolled or its rights changed.
    BadgeEnrolled {
        /// Only without a logged request.
        #[serde(default)]
        without_request: bool,
    },
    /// Somebody logged in.
    Login {
        /// Only vendor accounts.
        #[serde(default)]
        vendor: bool,
        /// Only from outside the site.
        #[serde(default)]
        remote: bool,
        /// Only without a ticket in force.
        #[serde(default)]
        without_ticket: bool,
        /// Only where an administrator or operator role was opened.
        #[serde(default)]
        privileged: bool,
        /// Only from inside the site.
        #[serde(default)]
        local: bool,
        /// Only shared accounts, which belong to nobody.
        #[serde(default)]
        shared: bool,
        /// Only break-glass accounts.
        #[serde(default)]
        break_glass: bool,
        /// Only operators and administrators who are outside the shift of their role, or not at a device kept for administration.
        #[serde(default)]
        unusual: bool,
    },
    /// A login was refused.
    LoginRefused,
    /// The firewall refused a connection.
    FlowRefused,
    /// Endpoint detection reported a host.
    EndpointAlert,
    /// A panel lost its server, or came back.
    PanelOffline,
    /// Somebody reported a stranger.
    PersonReport,
    /// Analytics saw more people come in than badges.
    Tailgate,
    /// A key was drawn.
    KeyDrawn {
        /// Only outside the shift of the holder's role.
        #[serde(default)]
        off_shift: bool,
    },
    /// A cabinet refused a key.
    KeyRefused,
    /// The line to a reader is dead.
    LineFault,
    /// The enclosure of a panel was opened.
    Tamper,
    /// Somebody typed the duress code.
    Duress,
    /// A key was not brought back in time.
    KeyOverdue,
    /// An asset was carried out.
    ItemRemoved {
        /// Only without a pass on file.
        #[serde(default)]
        without_pass: bool,
    },
    /// A guest is still there after the end of the visit.
    Overstay,
    /// Somebody inside has no right any more.
    StayRefused,
    /// A device joined a network.
    NetworkJoined {
        /// Only devices behind with their patches.
        #[serde(default)]
        stale: bool,
        /// Only where at least this many people are.
        #[serde(default)]
        crowd_from: u16,
    },
    /// A device was kept off a network.
    NetworkRefused,
    /// A device that nobody knows was plugged in.
    UnknownDevice,
    /// Settings of a system were changed.
    ConfigurationChanged {
        /// Only without a planned change on file.
        #[serde(default)]
        unplanned: bool,
    },
    /// A backup, a store or a patch failed.
    Health {
        /// Which; empty: any.
        #[serde(default)]
        kinds: Vec<HealthKind>,
    },
    /// A segment answers slowly.
    SlowSegment,
    /// Events of a panel are missing.
    LogGap,
    /// A server is down.
    DeviceDown,
    /// A panel is on its battery.
    MainsLost,
    /// The fire alarm sounds.
    FireAlarm,
    /// A badge was reported lost.
    BadgeLost,
    /// Somebody has left the company.
    IdentityEnded,
    /// The way somebody works is not like them.
    UnusualBehaviour,
    /// Somebody badged in where the record has them inside already, and was let in.
    PassedBack,
}

/// Reasons of a refusal, as rules name them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum ReasonFile {
    /// No right to this zone, or not at this hour.
    NoRight,
    /// Outside the shift.
    OffShift,
    /// Superseded credential.
    Superseded,
    /// Revoked credential.
    Revoked,
    /// Unknown credential.
    Unknown,
    /// Locked down.
    LockedDown,
    /// PIN, biometric or second factor missing.
    Factor,
    /// The visit or the work is over.
    Expired,
    /// Anti-passback.
    PassedBack,
    /// Nobody with them where two are asked for.
    Alone,
    /// No escort.
    NoEscort,
    /// No work order.
    NoWorkOrder,
    /// The risk score is too high.
    Risk,
    /// Not present by the badge log.
    Absent,
    /// A device behind with its patches.
    Stale,
    /// Not from a device kept for administration.
    WrongDevice,
    /// No removal pass.
    NoPass,
}

/// What joins observations of one story.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum JoinFile {
    /// The same credential.
    Credential,
    /// The same person, over badge and accounts.
    Identity,
    /// The same portal.
    Portal,
    /// The same zone.
    Zone,
    /// The same device.
    Device,
    /// The whole site.
    Site,
}

/// When a matching observation is enough.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
pub enum ConditionFile {
    /// At once.
    #[default]
    Once,
    /// The k-th within a window.
    Count {
        /// How many.
        k: u32,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
    /// After another observation.
    After {
        /// The earlier one.
        first: PatternFile,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
    /// When another observation did not come before.
    Without {
        /// What should have come before.
        first: PatternFile,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
    /// When another observation does not follow.
    Absence {
        /// What should follow.
        of: PatternFile,
        /// Within how long.
        within: SimDuration,
        /// Of one what.
        by: JoinFile,
    },
}

/// Where a rule looks.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhereFile {
    /// Zones of at least this security level.
    #[serde(default)]
    pub level_from: u8,
    /// Only these zones; empty: all.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Only these portals; empty: all.
    #[serde(default)]
    pub portals: Vec<String>,
}

/// An alarm.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseFile {
    /// Queue that owns it; none: it is annunciated but nobody's.
    #[serde(default)]
    pub queue: Option<String>,
    /// 1 (highest) to 9.
    pub priority: u8,
}

/// A detection or correlation rule.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// What it means.
    #[serde(default)]
    pub about: String,
    /// The observation that completes it.
    pub when: PatternFile,
    /// Where.
    #[serde(default)]
    pub place: WhereFile,
    /// Only within these hours; empty: always.
    #[serde(default)]
    pub during: Vec<Window>,
    /// When it is enough.
    #[serde(default)]
    pub condition: ConditionFile,
    /// The same subject does not fire again within this time.
    #[serde(default)]
    pub quiet: SimDuration,
    /// The alarm that it raises.
    #[serde(default)]
    pub raise: Option<RaiseFile>,
    /// What it does at once, without a person.
    #[serde(default)]
    pub respond: Vec<ResponseFile>,
    /// Points that it adds to the risk score of the identity.
    #[serde(default)]
    pub risk: Option<Sourced<u32>>,
    /// It fires only where the identity's score is at least this, itself not counted.
    #[serde(default)]
    pub risk_from: u32,
}

/// How far a lockdown reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum LockDownScope {
    /// The portals of the zone that the alarm named.
    Zone,
    /// Every portal into a zone of at least this level.
    Level(u8),
}

/// A response.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum ResponseFile {
    /// Send a guard to the place of the alarm.
    Dispatch,
    /// Call a response force.
    Call(String),
    /// Revoke the credential that the alarm is about; of an identity: all of its credentials.
    RevokeCredential,
    /// Revoke every credential that the account of the alarm enrolled.
    RevokeEnrolled,
    /// Disable the account that the alarm is about; of an identity: all of its accounts.
    DisableAccount,
    /// End the sessions and tokens of that account.
    EndSessions,
    /// Cut the device that the alarm is about from the network.
    IsolateDevice,
    /// Lock portals against every badge but the guards'. Egress stays free.
    LockDown {
        /// How far.
        scope: LockDownScope,
        /// For how long.
        lasts: SimDuration,
    },
}

/// What follows a hostile verdict.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayFile {
    /// What it is for.
    #[serde(default)]
    pub about: String,
    /// Rules whose alarms it answers; empty: all.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What is done.
    pub respond: Vec<ResponseFile>,
}

/// Latency of each kind of order, from the order to its effect. An order
/// without one takes effect at once, which only an idealised defence can claim.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatenciesFile {
    /// From the observation to the alarm in the queue.
    #[serde(default)]
    pub annunciate: Option<SourcedTime>,
    /// Dispatching a guard.
    #[serde(default)]
    pub dispatch: Option<SourcedTime>,
    /// Calling a response force (its way here is its own).
    #[serde(default)]
    pub call: Option<SourcedTime>,
    /// Revoking at the server; panels learn of it by download.
    #[serde(default)]
    pub revoke: Option<SourcedTime>,
    /// Disabling an account.
    #[serde(default)]
    pub disable: Option<SourcedTime>,
    /// Ending sessions.
    #[serde(default)]
    pub end_sessions: Option<SourcedTime>,
    /// Isolating a device.
    #[serde(default)]
    pub isolate: Option<SourcedTime>,
    /// Locking down.
    #[serde(default)]
    pub lock_down: Option<SourcedTime>,
}

/// How guards search, and what happens when they meet somebody.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardsFile {
    /// Time to search a zone.
    pub search_time: SourcedTime,
    /// Chance that a search of a zone finds an adversary who is in it.
    pub finds: SourcedChance,
    /// Chance that a guard who meets an adversary stops it; otherwise it flees.
    pub stops: SourcedChance,
    /// What becomes of a meeting, in more detail; in place of `stops`.
    #[serde(default)]
    pub contact: Option<ContactFile>,
    /// Rounds.
    #[serde(default)]
    pub patrols: Option<PatrolFile>,
}

/// What becomes of a meeting of a guard and an intruder. The rest resists: the guard steps back, keeps watch and calls.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactFile {
    /// Chance of coming along.
    pub complies: SourcedChance,
    /// Chance of talking themselves out of it.
    pub bluffs: SourcedChance,
    /// Chance of running away.
    pub flees: SourcedChance,
    /// Force that is called when somebody resists.
    #[serde(default)]
    pub calls: Option<String>,
}

/// Rounds of guards who need not stay at their posts: through every zone of a level, in turn.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatrolFile {
    /// From the end of a round to the begin of the next.
    pub every: SourcedTime,
    /// Zones of at least this level.
    #[serde(default)]
    pub level_from: u8,
    /// Look round in each zone.
    pub stays: SourcedTime,
    /// When; empty: always.
    #[serde(default)]
    pub hours: Vec<Window>,
}

/// Communication from an alarm to the response force (P_C).
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommunicationFile {
    /// Chance that it succeeds.
    pub chance: SourcedChance,
    /// Drawn how often.
    pub mode: CommunicationMode,
}

/// How often communication is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum CommunicationMode {
    /// Once per incident, as EASI has it.
    PerIncident,
    /// For each call anew.
    PerAlarm,
}
