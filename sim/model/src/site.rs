//! The site file: what is installed and who works there.
//!
//! Everything is named; the maps keep the order of the file, and names become
//! dense ids in that order. Numbers live in the classes (`barriers`,
//! `hardware`, `reader_types`, `sensor_types`, `hardening`), each with its
//! source, so that a site of fifty doors states each figure once.

use indexmap::IndexMap;
use serde::Deserialize;

pub mod people;

use crate::base::{ClockTime, DistributionFile, RawProbability, SimDuration, Window};
use people::{AreaFile, CabinetFile, DayFile, FeedFile, GuestFile, HabitsFile, RoleAccountFile, WifiFile};

/// How far a figure may be trusted (see the provenance grades in the docs).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A public source was read.
    #[serde(alias = "Reference")]
    Reference,
    /// Computed or measured for this project; anyone can repeat it.
    #[serde(alias = "Derived")]
    Derived,
    /// A judgement, or a claim without a method; named in every result.
    #[serde(alias = "Assumption")]
    Assumption,
    /// Recalled from the literature, not read; named in every result.
    #[serde(alias = "Unverified")]
    Unverified,
}

/// Where a figure comes from.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// How far it may be trusted.
    pub grade: Grade,
    /// The citation, or the reasoning of an assumption.
    pub text: String,
}

/// Sources by the short name that figures refer to.
pub type Sources = IndexMap<String, SourceFile>;

/// A figure with the name of its source.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced<T> {
    /// The figure.
    pub value: T,
    /// Its source: a name in `sources` of the same file.
    pub source: String,
}

/// A duration drawn from a distribution, with its source.
pub type SourcedTime = Sourced<DistributionFile>;
/// A probability, with its source.
pub type SourcedChance = Sourced<RawProbability>;

/// A point in metres on its floor.
pub type Point = (f64, f64);

/// A site: one graph of zones, portals, panels, devices and segments.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteFile {
    /// Version of the file format; `1`.
    pub schema: u32,
    /// Name of the site.
    pub name: String,
    /// What it is, for a reader.
    #[serde(default)]
    pub about: String,
    /// Sources of the figures below.
    #[serde(default)]
    pub sources: Sources,
    /// Rooms, yards and the world outside.
    pub zones: IndexMap<String, ZoneFile>,
    /// Classes of barrier: how long each method takes.
    #[serde(default)]
    pub barriers: IndexMap<String, BarrierFile>,
    /// Classes of portal: lock, switch, timing, behaviour of the leaf.
    #[serde(default)]
    pub hardware: IndexMap<String, HardwareFile>,
    /// Classes of reader.
    #[serde(default)]
    pub reader_types: IndexMap<String, ReaderTypeFile>,
    /// Every way from one zone to another.
    #[serde(default)]
    pub portals: IndexMap<String, PortalFile>,
    /// Door controllers.
    #[serde(default)]
    pub panels: IndexMap<String, PanelFile>,
    /// Network segments.
    #[serde(default)]
    pub segments: IndexMap<String, SegmentFile>,
    /// The allow-list between segments and devices; all else is refused.
    #[serde(default)]
    pub flows: IndexMap<String, FlowFile>,
    /// Classes of hardening of devices.
    #[serde(default)]
    pub hardening: IndexMap<String, HardeningFile>,
    /// Computers, servers, cameras, controllers.
    #[serde(default)]
    pub devices: IndexMap<String, DeviceFile>,
    /// Accounts on services.
    #[serde(default)]
    pub accounts: IndexMap<String, AccountFile>,
    /// Network sockets that somebody present could use.
    #[serde(default)]
    pub jacks: IndexMap<String, JackFile>,
    /// Classes of sensor.
    #[serde(default)]
    pub sensor_types: IndexMap<String, SensorTypeFile>,
    /// Installed sensors.
    #[serde(default)]
    pub sensors: IndexMap<String, SensorFile>,
    /// What is worth attacking.
    #[serde(default)]
    pub assets: IndexMap<String, AssetFile>,
    /// Named sets of zones with the hours in which they may be entered.
    #[serde(default)]
    pub access_levels: IndexMap<String, AccessLevelFile>,
    /// Roles: head count, shift, rights.
    #[serde(default)]
    pub roles: IndexMap<String, RoleFile>,
    /// People who matter by name; the rest of a role is numbered.
    #[serde(default)]
    pub people: IndexMap<String, PersonFile>,
    /// Credentials beside the one that every person holds.
    #[serde(default)]
    pub credentials: IndexMap<String, CredentialFile>,
    /// Where guards stand.
    #[serde(default)]
    pub posts: IndexMap<String, PostFile>,
    /// Response forces that come from elsewhere.
    #[serde(default)]
    pub forces: IndexMap<String, ForceFile>,
    /// Zones that belong together, for anti-passback and muster.
    #[serde(default)]
    pub areas: IndexMap<String, AreaFile>,
    /// Zone where everybody gathers when the alarm sounds.
    #[serde(default)]
    pub muster: Option<String>,
    /// Wireless networks.
    #[serde(default)]
    pub wifi: IndexMap<String, WifiFile>,
    /// Key cabinets.
    #[serde(default)]
    pub cabinets: IndexMap<String, CabinetFile>,
    /// Mains feeds.
    #[serde(default)]
    pub feeds: IndexMap<String, FeedFile>,
    /// What people do that no policy asks for.
    #[serde(default)]
    pub habits: Option<HabitsFile>,
    /// Ordinary acts that look like an attack to some rule.
    #[serde(default)]
    pub routines: IndexMap<String, RoutineFile>,
    /// Walking speed of staff and guards, metres per second.
    pub walking_speed: Sourced<f64>,
}

/// What a zone is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum ZoneKind {
    /// The world outside the site boundary.
    Offsite,
    /// Open ground inside the boundary.
    Grounds,
    /// Reception and lobby.
    Lobby,
    /// Corridor or hall.
    Corridor,
    /// Stairwell.
    Stairwell,
    /// Lift car or shaft.
    Lift,
    /// Office.
    Office,
    /// Meeting room.
    Meeting,
    /// Canteen, kitchen, toilets, changing rooms.
    Welfare,
    /// The space between the two doors of a mantrap.
    Mantrap,
    /// Data hall or server room.
    DataHall,
    /// Telecommunications or network room.
    Network,
    /// Power, cooling, batteries, generators.
    Plant,
    /// Store, media store, vault.
    Storage,
    /// Loading dock.
    Loading,
    /// Guard room.
    GuardRoom,
    /// Security or network operations centre.
    Operations,
    /// Workshop or build room.
    Workshop,
}

/// A room, a yard, or the world outside.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneFile {
    /// Name for people; the key by default.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is for.
    pub kind: ZoneKind,
    /// Storey; 0 is the ground floor.
    #[serde(default)]
    pub floor: i32,
    /// Security level, 0 (public) to 5 (most critical).
    #[serde(default)]
    pub level: u8,
    /// Corners in metres, in order; empty where the zone is not drawn.
    #[serde(default)]
    pub outline: Vec<Point>,
    /// Nobody may be in it alone, where the policy asks for two people.
    #[serde(default)]
    pub two_person: bool,
    /// Whether it can be booked.
    #[serde(default)]
    pub bookable: bool,
}

/// A class of barrier.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarrierFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Delay by method (`force`, `climb`, `cut`, `pick`), for one person of medium skill with hand tools.
    pub delays: IndexMap<String, SourcedTime>,
}

/// What kind of opening a portal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum PortalKind {
    /// A hinged or sliding door.
    Door,
    /// Turnstile or speed gate.
    Turnstile,
    /// One of the two doors of a mantrap.
    MantrapDoor,
    /// Vehicle or pedestrian gate.
    Gate,
    /// A fence line: no way through but over or by cutting.
    Fence,
    /// Loading dock door.
    Dock,
    /// A flight of stairs or a ramp: free, but takes time.
    Stairs,
    /// A lift landing.
    LiftDoor,
    /// An open passage.
    Opening,
    /// A window.
    Window,
    /// A ceiling void or raised floor that passes above or below a wall.
    Void,
    /// An emergency exit: free outwards, no way in.
    EmergencyExit,
    /// A stretch of wall: no way through but by breaking it.
    Wall,
}

/// What a lock does when power or command fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum PowerLoss {
    /// Unlocked without power.
    FailSafe,
    /// Locked without power; egress stays mechanical.
    FailSecure,
}

/// An electric lock.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    /// Behaviour without power.
    pub power_loss: PowerLoss,
    /// How long a grant keeps it unlocked.
    pub unlock_time: Sourced<SimDuration>,
    /// Whether it locks again as soon as the leaf opens.
    #[serde(default = "yes")]
    pub relock_on_open: bool,
    /// Whether a fire alarm releases it, without a word to the access control server; a fail-safe lock is by default.
    #[serde(default)]
    pub fire_release: Option<bool>,
}

/// How a request to exit is sensed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum RexSensing {
    /// A motion detector above the door.
    Motion,
    /// A bar or handle on the leaf.
    Bar,
}

/// A request-to-exit device on the inner side (the second zone of the portal).
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RexFile {
    /// How it is sensed.
    pub sensing: RexSensing,
    /// `true`: releases the lock; `false`: the handle is mechanical and the device only shunts the alarm.
    pub unlocks: bool,
}

/// A class of portal.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardwareFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Kind of opening.
    pub kind: PortalKind,
    /// Barrier class, where it can be forced, climbed, cut or picked.
    #[serde(default)]
    pub barrier: Option<String>,
    /// Lock; without one the passage is free.
    #[serde(default)]
    pub lock: Option<LockFile>,
    /// Whether a door position switch reports the leaf.
    #[serde(default)]
    pub position_switch: bool,
    /// Request to exit, if any.
    #[serde(default)]
    pub rex: Option<RexFile>,
    /// Whether the inner side opens by a handle at all times (life safety).
    #[serde(default)]
    pub free_egress: bool,
    /// A leaf open longer than this is held.
    #[serde(default)]
    pub held_after: Option<Sourced<SimDuration>>,
    /// From the grant (or from arriving at a free passage) to having passed.
    pub pass_time: SourcedTime,
    /// From the passage until the leaf is closed.
    #[serde(default)]
    pub close_time: Option<SourcedTime>,
    /// Chance that an ordinary passage keeps the leaf open past `held_after`.
    #[serde(default)]
    pub held_chance: Option<SourcedChance>,
    /// How long such a door stays open.
    #[serde(default)]
    pub held_time: Option<SourcedTime>,
    /// Chance that a granted person does not open after all.
    #[serde(default)]
    pub not_taken_chance: Option<SourcedChance>,
    /// Chance that a second body fits through on one opening, given that the first person lets it.
    #[serde(default)]
    pub follow_chance: Option<SourcedChance>,
    /// One person at a time: others queue.
    #[serde(default)]
    pub one_at_a_time: bool,
    /// An alarmed break-glass lets out where no handle does.
    #[serde(default)]
    pub break_glass: bool,
    /// The exit opens only this long after the bar is pushed, and sounds; a fire alarm ends the wait.
    #[serde(default)]
    pub delayed_egress: Option<Sourced<SimDuration>>,
}

/// What a credential is made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum Technology {
    /// 125 kHz proximity: readable and clonable.
    Prox125,
    /// MIFARE Classic: clonable with cheap tools.
    MifareClassic,
    /// DESFire class: not copied by plain reading.
    Desfire,
    /// A phone.
    Mobile,
    /// A mechanical key.
    Key,
}

/// How a reader speaks to its panel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum ReaderLink {
    /// One-way, unauthenticated, unsupervised.
    Wiegand,
    /// OSDP without secure channel.
    OsdpClear,
    /// OSDP with secure channel.
    OsdpSecure,
    /// OSDP with install mode left open: keys can be re-set.
    OsdpInstallMode,
}

/// A class of reader.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderTypeFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Technologies that it reads.
    pub accepts: Vec<Technology>,
    /// Link to the panel.
    pub link: ReaderLink,
    /// Whether a PIN is asked as well.
    #[serde(default)]
    pub pin: bool,
    /// Whether a biometric is asked as well.
    #[serde(default)]
    pub biometric: bool,
    /// From presenting to the panel having the request.
    pub read_time: SourcedTime,
    /// Chance that a rightful holder is rejected (worn card, biometric false reject).
    #[serde(default)]
    pub false_reject: Option<SourcedChance>,
    /// Chance that a rightful holder types the duress code by mistake; none: the keypad knows no such code. It opens as
    /// the right one does, and tells.
    #[serde(default)]
    pub duress: Option<SourcedChance>,
}

/// A reader on one side of a portal.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderFile {
    /// Its class in `reader_types`.
    pub kind: String,
    /// The panel that decides; a reader without one is an error.
    #[serde(default)]
    pub panel: Option<String>,
}

/// A way from one zone to another. `entry` goes from the first to the second
/// zone of `between`, `exit` back.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalFile {
    /// Its class in `hardware`.
    pub hardware: String,
    /// Outer and inner zone.
    pub between: (String, String),
    /// Where it is, in metres.
    #[serde(default)]
    pub at: Option<Point>,
    /// Reader on the outer side.
    #[serde(default)]
    pub entry: Option<ReaderFile>,
    /// Reader on the inner side.
    #[serde(default)]
    pub exit: Option<ReaderFile>,
    /// Panel that watches switch and lock; that of a reader by default.
    #[serde(default)]
    pub panel: Option<String>,
    /// Hours in which it stands unlocked.
    #[serde(default)]
    pub unlocked: Vec<Window>,
    /// Portals of one interlock never stand open together.
    #[serde(default)]
    pub interlock: Option<String>,
    /// Mechanical key that overrides the lock: a name in `credentials`.
    #[serde(default)]
    pub key: Option<String>,
    /// The hours of `unlocked` begin only once somebody with a right has badged in.
    #[serde(default)]
    pub first_person_in: bool,
}

/// What a panel does when it cannot reach its server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum OutOfReach {
    /// Decides with what it last downloaded.
    Cached,
    /// Refuses everybody.
    Deny,
    /// Admits any card of the site's facility code.
    FacilityCode,
}

/// A door controller.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelFile {
    /// Zone of its enclosure.
    pub zone: String,
    /// Segment that it is on.
    pub segment: String,
    /// Access control server: a device.
    pub server: String,
    /// Whether server and panel authenticate each other.
    #[serde(default)]
    pub authenticated_link: bool,
    /// Behaviour without the server.
    pub out_of_reach: OutOfReach,
    /// From having the request to the decision.
    pub decision_time: SourcedTime,
    /// From a change at the server until the panel has it.
    pub download_time: SourcedTime,
    /// Events kept while the server is out of reach.
    pub buffer: Sourced<u32>,
    /// How long it runs without mains power.
    pub battery: Sourced<SimDuration>,
    /// Whether opening the enclosure is reported.
    #[serde(default)]
    pub tamper: bool,
}

/// A network segment.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentFile {
    /// What it carries.
    #[serde(default)]
    pub about: String,
    /// Whether this is the internet: where remote adversaries start.
    #[serde(default)]
    pub internet: bool,
    /// Whether hosts inside it are kept apart as well.
    #[serde(default)]
    pub hosts_isolated: bool,
    /// Whether it lies beyond the site's connection to the internet: headquarters, a cloud. The internet itself does.
    #[serde(default)]
    pub beyond_wan: bool,
    /// Whether a device that nobody knows is reported when it is plugged in.
    #[serde(default)]
    pub watched: bool,
}

/// One end of a flow.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub enum EndpointFile {
    /// Every device of a segment.
    Segment(String),
    /// One device.
    Device(String),
}

/// What a row of the allow-list is there for, so that a defence can close all rows of a kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize, serde::Serialize)]
pub enum FlowPurpose {
    /// What somebody needs for their work, or a system for its service.
    #[default]
    Needed,
    /// Direct administration of a security system from where users sit.
    DirectAdministration,
    /// A vendor's way in that is open all the time.
    VendorTunnel,
    /// Wider than anybody needs: written to make something work.
    Permissive,
}

/// A permitted flow: one row of the firewall's allow-list.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowFile {
    /// Why it is allowed.
    #[serde(default)]
    pub about: String,
    /// Who may open it.
    pub from: EndpointFile,
    /// To whom.
    pub to: EndpointFile,
    /// Protocols, as services name them.
    pub protocols: Vec<String>,
    /// Whether the row is in force.
    #[serde(default = "yes")]
    pub allowed: bool,
    /// Whether it carries the defender's own logs.
    #[serde(default)]
    pub carries_logs: bool,
    /// What it is there for.
    #[serde(default)]
    pub purpose: FlowPurpose,
}

/// A class of hardening: how a device resists, and what sees the attempt.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HardeningFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Chance that an exploit against a service works, for medium skill; none: no usable flaw is known.
    #[serde(default)]
    pub exploit_chance: Option<SourcedChance>,
    /// Time to exploit.
    #[serde(default)]
    pub exploit_time: Option<SourcedTime>,
    /// Chance that stored secrets can be read once inside.
    #[serde(default)]
    pub harvest_chance: Option<SourcedChance>,
    /// Time to read them.
    #[serde(default)]
    pub harvest_time: Option<SourcedTime>,
    /// Chance that endpoint detection reports an exploit or a harvest.
    #[serde(default)]
    pub endpoint_detection: Option<SourcedChance>,
    /// Whether an administrator's password is as the maker set it, or built in.
    #[serde(default)]
    pub default_password: bool,
}

/// What a device is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum DeviceKind {
    /// Access control server.
    AccessControlServer,
    /// Its database.
    AccessControlDatabase,
    /// Video management system.
    VideoManagement,
    /// Video recorder.
    Recorder,
    /// Camera.
    Camera,
    /// Intrusion panel.
    IntrusionPanel,
    /// Building management system.
    BuildingManagement,
    /// Workstation.
    Workstation,
    /// Console of guards or operators.
    Console,
    /// Jump host.
    JumpHost,
    /// Gateway for vendors or remote workers.
    Gateway,
    /// Identity provider.
    IdentityProvider,
    /// HR system.
    HumanResources,
    /// Visitor system.
    VisitorSystem,
    /// Log collection and correlation.
    Siem,
    /// Key cabinet.
    KeyCabinet,
    /// Rack of servers.
    Rack,
    /// A server of the business.
    Server,
    /// Firewall, switch, access point.
    NetworkEquipment,
    /// Printer, telephone, screen.
    Peripheral,
    /// A device that an adversary brought.
    Rogue,
}

/// How a service asks who you are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Authentication {
    /// Not at all.
    Open,
    /// Password or key.
    Password,
    /// Password and a second factor.
    MultiFactor,
}

/// A service on a device.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Protocol, as flows name it.
    pub protocol: String,
    /// How it authenticates.
    pub authentication: Authentication,
    /// Whether a session here lets the user run programs on the device (and so go on from it).
    #[serde(default)]
    pub interactive: bool,
    /// How long a token stays valid after its session; none: no tokens.
    #[serde(default)]
    pub token_life: Option<Sourced<SimDuration>>,
    /// Whether it serves sensitive data, which a policy may keep to people who are present.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it asks the identity provider: without that nobody but a break-glass account gets in.
    #[serde(default)]
    pub directory: bool,
}

/// A device.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceFile {
    /// What it is.
    pub kind: DeviceKind,
    /// Where it stands.
    pub zone: String,
    /// Segment that it is on.
    pub segment: String,
    /// Class in `hardening`.
    pub hardening: String,
    /// Services by name.
    #[serde(default)]
    pub services: IndexMap<String, ServiceFile>,
    /// Device that its logs go to; none: they stay where they are.
    #[serde(default)]
    pub logs_to: Option<String>,
    /// Accounts whose secrets lie on it.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Zones that a camera sees.
    #[serde(default)]
    pub views: Vec<String>,
    /// Weight in the blast radius.
    #[serde(default)]
    pub criticality: u32,
    /// Whether it is kept for administration alone: no mail, no web.
    #[serde(default)]
    pub admin_workstation: bool,
}

/// What an account may do on the system that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum AccountRole {
    /// Reads logs, changes nothing.
    Auditor,
    /// Uses it.
    User,
    /// Operates it: on an access control server, unlocks doors.
    Operator,
    /// Changes it: on an access control server, enrols badges.
    Administrator,
}

/// An agreement by which a vendor may come in.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorFile {
    /// Company.
    pub company: String,
    /// Hours for which tickets are usually issued.
    pub windows: Vec<Window>,
}

/// An account.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFile {
    /// Whose it is; none: shared or a service account.
    #[serde(default)]
    pub person: Option<String>,
    /// Where it works: `device/service` names.
    pub services: Vec<String>,
    /// What it may do there.
    pub role: AccountRole,
    /// Whether it has a second factor enrolled.
    #[serde(default)]
    pub second_factor: bool,
    /// Vendor terms, if it is a vendor's.
    #[serde(default)]
    pub vendor: Option<VendorFile>,
    /// For emergencies: works without the identity provider, and every use is told.
    #[serde(default)]
    pub break_glass: bool,
    /// Device that its owner administers from; any by default.
    #[serde(default)]
    pub from: Option<String>,
}

/// A network socket within reach of people.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JackFile {
    /// Zone.
    pub zone: String,
    /// Segment behind it.
    pub segment: String,
    /// Whether the port admits unknown devices.
    pub open: bool,
}

/// When in a task a sensor sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum Moment {
    /// At its start.
    Begin,
    /// Half way.
    Middle,
    /// At its end.
    End,
}

/// A class of sensor.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorTypeFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Chance of detection by method: `force`, `climb`, `cut`, `pick`, `follow`, `walk` (moving in a watched zone), `take` (moving a watched asset), `carry` (an asset through a watched portal), `task`.
    pub detects: IndexMap<String, SourcedChance>,
    /// When in the task.
    pub moment: Moment,
    /// Nuisance and false activations per day while armed.
    #[serde(default)]
    pub nuisance_per_day: Option<Sourced<f64>>,
}

/// What a sensor watches.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub enum WatchFile {
    /// A portal.
    Portal(String),
    /// A zone.
    Zone(String),
    /// An asset.
    Asset(String),
}

/// An installed sensor.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorFile {
    /// Class in `sensor_types`.
    pub kind: String,
    /// What it watches.
    pub watches: WatchFile,
    /// Hours in which it is armed; empty: always.
    #[serde(default)]
    pub armed: Vec<Window>,
}

/// Something worth attacking.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Where it is.
    pub zone: String,
    /// Weight in the blast radius.
    pub criticality: u32,
    /// Time to take it, or to sabotage it.
    pub task_time: SourcedTime,
    /// Whether one person can carry it away.
    #[serde(default)]
    pub portable: bool,
    /// Device that controls it: who commands that can sabotage it from there.
    #[serde(default)]
    pub controlled_by: Option<String>,
}

/// Zones and the hours in which they may be entered.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessLevelFile {
    /// Zones that may be entered.
    pub zones: Vec<String>,
    /// When; empty: always.
    #[serde(default)]
    pub hours: Vec<Window>,
}

/// A role.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleFile {
    /// What they do.
    #[serde(default)]
    pub about: String,
    /// How many people, the named ones included.
    pub headcount: u32,
    /// Working hours.
    pub shift: Vec<Window>,
    /// Names in `access_levels`.
    pub access: Vec<String>,
    /// What their badge is made of.
    pub badge: Technology,
    /// How members spend a day; none: they are not simulated walking about.
    #[serde(default)]
    pub day: Option<DayFile>,
    /// An account for each member, named after the person.
    #[serde(default)]
    pub account: Option<RoleAccountFile>,
    /// Terms of members who come for a limited time.
    #[serde(default)]
    pub guest: Option<GuestFile>,
}

/// A person by name.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFile {
    /// Their role.
    pub role: String,
    /// Name for people.
    #[serde(default)]
    pub title: Option<String>,
}

/// Standing of a credential at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
pub enum CredentialStatus {
    /// In force.
    Active,
    /// Replaced by a newer one of the same person.
    Superseded,
    /// Reported lost or stolen, or withdrawn.
    Revoked,
}

/// A credential beside the badge of each person: an old badge, a spare, a key.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialFile {
    /// Who it was issued to; none: a key or a pool badge.
    #[serde(default)]
    pub person: Option<String>,
    /// What it is made of.
    pub technology: Technology,
    /// Standing.
    pub status: CredentialStatus,
}

/// Where guards stand.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostFile {
    /// Zone.
    pub zone: String,
    /// How many guards.
    pub guards: u32,
    /// How many of them have to stay.
    #[serde(default)]
    pub stay: u32,
    /// The role whose badge they carry.
    pub role: String,
}

/// A response force from elsewhere.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForceFile {
    /// Who they are.
    #[serde(default)]
    pub about: String,
    /// From the call to standing where the adversary is.
    pub arrival: SourcedTime,
}

/// An ordinary act.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub enum RoutineKindFile {
    /// A vendor's legitimate session on an account; `ticketed` is the share with a ticket on file.
    VendorSession {
        /// Account.
        account: String,
        /// Service that is opened: `device/service`.
        service: String,
        /// Share with a ticket.
        ticketed: SourcedChance,
        /// How long it lasts.
        lasts: SourcedTime,
    },
    /// An operator opens a door from the console; `requested` is the share with a logged request.
    RemoteUnlock {
        /// Operator account.
        account: String,
        /// Portals.
        portals: Vec<String>,
        /// Share with a request on file.
        requested: SourcedChance,
    },
    /// Somebody of these roles works over the remote gateway.
    RemoteWork {
        /// Roles, or people by name.
        roles: Vec<String>,
        /// Gateway service: `device/service`.
        service: String,
        /// How long the session is left open.
        lasts: SourcedTime,
    },
    /// Somebody presents one of these credentials at one of these readers, and goes in if let.
    Badge {
        /// Credentials: people (their badge) or names in `credentials`.
        credentials: Vec<String>,
        /// Portals with a reader inwards.
        portals: Vec<String>,
    },
    /// One of these accounts opens a service from inside the site.
    Login {
        /// Accounts: names in `accounts`, or people of a role that has accounts.
        accounts: Vec<String>,
        /// Service: `device/service`.
        service: String,
    },
    /// Somebody of these roles draws a key and brings it back.
    KeyWithdrawal {
        /// Cabinet.
        cabinet: String,
        /// Roles, or people by name; who is on site is preferred.
        roles: Vec<String>,
        /// When they bring it back.
        returns_after: SourcedTime,
    },
    /// Somebody carries one of these assets out; `passed` is the share with a removal pass on file.
    ItemRemoval {
        /// Assets.
        assets: Vec<String>,
        /// Portals.
        portals: Vec<String>,
        /// Share with a pass.
        passed: SourcedChance,
    },
    /// Somebody changes the settings of one of these devices; `planned` is the share with a change on file.
    ConfigurationChange {
        /// Administrator account.
        account: String,
        /// Devices.
        devices: Vec<String>,
        /// Share with a change on file.
        planned: SourcedChance,
    },
    /// A backup, a store or a patch of one of these devices fails.
    HealthFailure {
        /// Devices.
        devices: Vec<String>,
        /// Which.
        what: HealthKind,
    },
    /// The way somebody types or moves the mouse is not like them.
    UnusualBehaviour {
        /// Roles, or people by name, whose accounts it happens to.
        roles: Vec<String>,
    },
    /// A device that nobody knows is plugged in at one of these jacks: a projector, a private router.
    UnknownDevice {
        /// Jacks.
        jacks: Vec<String>,
    },
    /// A segment answers slowly for a moment.
    SlowSegment {
        /// Segments.
        segments: Vec<String>,
    },
    /// An administrator enrols one of these badges; `requested` is the share with a logged request.
    Enrolment {
        /// Administrator account.
        account: String,
        /// Badges: names in `credentials`, or people.
        credentials: Vec<String>,
        /// Share with a request on file.
        requested: SourcedChance,
    },
    /// Somebody mistypes a password.
    MistypedPassword {
        /// Accounts.
        accounts: Vec<String>,
    },
    /// Endpoint detection takes ordinary work for an attack.
    EndpointFalseAlarm {
        /// Devices.
        devices: Vec<String>,
    },
    /// Something misconfigured tries a service that the firewall refuses.
    RefusedConnection {
        /// Services: `device/service`.
        services: Vec<String>,
    },
    /// Somebody opens the enclosure of a panel, to measure or to mend.
    PanelOpened {
        /// Panels.
        panels: Vec<String>,
    },
    /// A panel loses its server for a while.
    PanelFlaps {
        /// Panels.
        panels: Vec<String>,
        /// For how long.
        lasts: SourcedTime,
    },
}

/// What the health of a device depends on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, serde::Serialize)]
pub enum HealthKind {
    /// Its backup.
    Backup,
    /// Room to store.
    Storage,
    /// Its patches.
    Patch,
}

/// An ordinary act with its rate: the benign trigger of some rule.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutineFile {
    /// What happens.
    #[serde(default)]
    pub about: String,
    /// The act.
    pub act: RoutineKindFile,
    /// How often per day, over the hours below.
    pub per_day: Sourced<f64>,
    /// When; empty: at any hour.
    #[serde(default)]
    pub hours: Vec<Window>,
}

/// Used by files that name a clock time alone.
pub type Clock = ClockTime;

fn yes() -> bool {
    true
}
