//! Zones, portals, panels, sensors, assets, people and their credentials.

use super::people::{Day, Guest};
use crate::base::*;
use crate::site::{
    CredentialStatus, HealthKind, Moment, OutOfReach, PortalKind, PowerLoss, ReaderLink, RexSensing, Technology,
    ZoneKind,
};

/// Which way through a portal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the outer to the inner zone.
    Entry,
    /// From the inner to the outer zone.
    Exit,
}

impl Direction {
    /// The other way.
    pub fn back(self) -> Self {
        match self {
            Direction::Entry => Direction::Exit,
            Direction::Exit => Direction::Entry,
        }
    }

    /// Index 0 or 1.
    #[inline]
    pub fn index(self) -> usize {
        match self {
            Direction::Entry => 0,
            Direction::Exit => 1,
        }
    }
}

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Key in the file.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// What it is for.
    pub kind: ZoneKind,
    /// Storey.
    pub floor: i32,
    /// Security level.
    pub level: u8,
    /// Corners in metres.
    pub outline: Vec<(f64, f64)>,
    /// Nobody may be in it alone, where the policy asks for two.
    pub two_person: bool,
    /// Whether it can be booked.
    pub bookable: bool,
    /// Area that it belongs to.
    pub area: Option<AreaId>,
    /// A point to walk to; none where it is not drawn.
    pub centre: Option<(f64, f64)>,
    /// Ways out of it: portal, and the direction that leaves.
    pub ways: Vec<(PortalId, Direction)>,
    /// Sensors that watch it.
    pub sensors: Vec<SensorId>,
    /// Cameras that see it.
    pub cameras: Vec<DeviceId>,
}

impl Zone {
    /// Whether it lies beyond the site boundary.
    #[inline]
    pub fn offsite(&self) -> bool {
        self.kind == ZoneKind::Offsite
    }

    /// Whether there is a fire alarm to pull in it: those hang where people walk on the way out.
    pub fn has_call_point(&self) -> bool {
        matches!(self.kind, ZoneKind::Lobby | ZoneKind::Corridor | ZoneKind::Stairwell | ZoneKind::Loading)
    }
}

/// An electric lock.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Behaviour without power.
    pub power_loss: PowerLoss,
    /// How long a grant keeps it unlocked.
    pub unlock_time: SimDuration,
    /// Whether it locks as soon as the leaf opens.
    pub relock_on_open: bool,
    /// Whether a fire alarm releases it.
    pub fire_release: bool,
}

/// A request-to-exit device on the inner side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rex {
    /// How it is sensed.
    pub sensing: RexSensing,
    /// Releases the lock, or only shunts the alarm.
    pub unlocks: bool,
}

/// A reader on one side.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The panel that decides.
    pub panel: PanelId,
    /// Technologies that it reads.
    pub accepts: Vec<Technology>,
    /// Link to the panel.
    pub link: ReaderLink,
    /// Whether a PIN is asked.
    pub pin: bool,
    /// Whether a biometric is asked.
    pub biometric: bool,
    /// From presenting to the panel having the request.
    pub read_time: Distribution,
    /// Chance that a rightful holder is rejected.
    pub false_reject: Probability,
    /// Chance that one types the duress code by mistake.
    pub duress: Probability,
}

impl Reader {
    /// Whether the panel notices that the line to the reader is dead.
    pub fn is_supervised(&self) -> bool {
        match self.link {
            ReaderLink::Wiegand => false,
            ReaderLink::OsdpClear | ReaderLink::OsdpSecure | ReaderLink::OsdpInstallMode => true,
        }
    }
}

/// Expected ordinary passages per hour of one portal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Expected {
    /// By [`Direction::index`], then Monday to Friday or the weekend, then hour of the day.
    pub per_hour: [[[f32; 24]; 2]; 2],
}

/// A portal.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Kind of opening.
    pub kind: PortalKind,
    /// First zone of `between`.
    pub outer: ZoneId,
    /// Second zone of `between`.
    pub inner: ZoneId,
    /// Where it is.
    pub at: Option<(f64, f64)>,
    /// Barrier class, if it can be overcome.
    pub barrier: Option<BarrierId>,
    /// Delay by method, at medium skill, hand tools, one person.
    pub delays: Vec<(String, Distribution)>,
    /// Lock; none: free both ways.
    pub lock: Option<Lock>,
    /// Whether a switch reports the leaf.
    pub position_switch: bool,
    /// Request to exit.
    pub rex: Option<Rex>,
    /// Whether the inner side always opens.
    pub free_egress: bool,
    /// A leaf open longer than this is held.
    pub held_after: Option<SimDuration>,
    /// From the grant to having passed.
    pub pass_time: Distribution,
    /// From the passage until the leaf is closed.
    pub close_time: Distribution,
    /// Chance that an ordinary passage keeps the leaf open.
    pub held_chance: Probability,
    /// How long such a door stays open.
    pub held_time: Distribution,
    /// Chance that a granted person does not open.
    pub not_taken_chance: Probability,
    /// Chance that a second body fits through.
    pub follow_chance: Probability,
    /// Readers by [`Direction::index`]: the one that lets through in that direction.
    pub readers: [Option<Reader>; 2],
    /// Panel that watches lock and switch.
    pub panel: Option<PanelId>,
    /// Hours in which it stands unlocked.
    pub unlocked: Vec<Window>,
    /// Portals that may not stand open together with it.
    pub interlocked: Vec<PortalId>,
    /// Mechanical key.
    pub mechanical_key: Option<CredentialId>,
    /// The schedule begins only once somebody with a right has badged in.
    pub first_person_in: bool,
    /// One person at a time.
    pub one_at_a_time: bool,
    /// An alarmed break-glass lets out.
    pub break_glass: bool,
    /// The exit opens only this long after the bar is pushed.
    pub delayed_egress: Option<SimDuration>,
    /// What an onlooker counts on a working day: ordinary passages per hour, by direction, weekday or weekend, and hour. For planning and as adversaries' belief; the passages themselves are people's.
    pub expected: Box<Expected>,
    /// Sensors that watch it.
    pub sensors: Vec<SensorId>,
}

impl Portal {
    /// Delay of a method, if the barrier yields to it.
    pub fn delay(&self, method: &str) -> Option<&Distribution> {
        self.delays.iter().find(|(m, _)| m == method).map(|(_, d)| d)
    }

    /// The zone behind it in a direction.
    #[inline]
    pub fn beyond(&self, direction: Direction) -> ZoneId {
        match direction {
            Direction::Entry => self.inner,
            Direction::Exit => self.outer,
        }
    }

    /// Whether it opens in a direction without credential, key or force: no
    /// lock at all, a handle or a request to exit on the inner side.
    #[inline]
    pub fn opens_freely(&self, direction: Direction) -> bool {
        if self.lock.is_none() {
            return match self.kind {
                PortalKind::Fence | PortalKind::Window | PortalKind::Void | PortalKind::Wall => false,
                PortalKind::EmergencyExit => direction == Direction::Exit,
                _ => true,
            };
        }
        direction == Direction::Exit && (self.free_egress || self.rex.is_some_and(|r| r.unlocks))
    }

    /// Whether something pushed in from outside can make it open as if somebody wanted out: a motion detector unlocks it.
    pub fn can_be_fooled(&self, direction: Direction) -> bool {
        direction == Direction::Entry
            && self.lock.is_some()
            && self.rex.is_some_and(|rex| rex.unlocks && rex.sensing == RexSensing::Motion)
    }

    /// Whether its position switch takes who leaves by it, while nothing has released it, for somebody who forces it: no
    /// request to exit tells it apart.
    pub fn reads_as_forced(&self) -> bool {
        let shut = self.lock.is_some() || self.kind == PortalKind::EmergencyExit;
        self.position_switch && shut && self.rex.is_none()
    }

    /// Whether it lets out who must get out: it opens freely, or a break-glass on the inner side does it, with an alarm.
    /// No order, no lock-down and no loss of power takes this away.
    pub fn lets_out(&self, direction: Direction) -> bool {
        self.opens_freely(direction) || direction == Direction::Exit && self.break_glass
    }
}

/// A panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Zone of its enclosure.
    pub zone: ZoneId,
    /// Segment.
    pub segment: SegmentId,
    /// Access control server.
    pub server: DeviceId,
    /// Whether the link is authenticated.
    pub authenticated_link: bool,
    /// Behaviour without the server.
    pub out_of_reach: OutOfReach,
    /// From request to decision.
    pub decision_time: Distribution,
    /// From a change at the server until it is here.
    pub download_time: Distribution,
    /// Events kept while out of reach.
    pub buffer: u32,
    /// Running time without mains power.
    pub battery: SimDuration,
    /// Whether opening the enclosure is reported.
    pub tamper: bool,
}

/// What a sensor watches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// A portal.
    Portal(PortalId),
    /// A zone.
    Zone(ZoneId),
    /// An asset.
    Asset(AssetId),
}

/// A sensor.
#[derive(Clone, Debug)]
pub struct Sensor {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Index of its type in [`super::Plan::sensor_types`].
    pub kind: u32,
    /// What it watches.
    pub watches: Watch,
    /// Zone in which it reports.
    pub zone: ZoneId,
    /// Chance of detection by method.
    pub detects: Vec<(String, Probability)>,
    /// When in a task.
    pub moment: Moment,
    /// Hours in which it is armed; empty: always.
    pub armed: Vec<Window>,
    /// Nuisance and false activations per hour while armed.
    pub nuisance_per_hour: f64,
}

impl Sensor {
    /// Chance of detecting a method, zero where the type does not sense it.
    pub fn detection(&self, method: &str) -> Probability {
        self.detects.iter().find(|(m, _)| m == method).map_or(Probability::ZERO, |(_, p)| *p)
    }

    /// Whether it is armed at a time of the week.
    pub fn armed_at(&self, week_ms: u64) -> bool {
        self.armed.is_empty() || self.armed.iter().any(|w| w.contains(week_ms))
    }
}

/// An asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Where it is at the start.
    pub zone: ZoneId,
    /// Weight in the blast radius.
    pub criticality: u32,
    /// Time to take or sabotage it.
    pub task_time: Distribution,
    /// Whether it can be carried.
    pub portable: bool,
    /// Device that controls it.
    pub controlled_by: Option<DeviceId>,
    /// Sensors on it.
    pub sensors: Vec<SensorId>,
}

/// Zones that may be entered, and when.
#[derive(Clone, Debug)]
pub struct Right {
    /// Zones.
    pub zones: IdSet,
    /// Hours; empty: always.
    pub hours: Vec<Window>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Key in the file.
    pub name: String,
    /// Working hours.
    pub shift: Vec<Window>,
    /// Rights.
    pub rights: Vec<Right>,
    /// Members.
    pub people: Vec<PersonId>,
    /// What their badges are made of.
    pub badge: Technology,
    /// How they spend a day; none: they are not simulated walking about.
    pub day: Option<Day>,
    /// Terms of members who come for a limited time.
    pub guest: Option<Guest>,
}

impl Role {
    /// Whether the role may enter a zone at a time of the week.
    #[inline]
    pub fn may_enter(&self, zone: ZoneId, week_ms: u64) -> bool {
        self.rights.iter().any(|r| {
            r.zones.contains(zone.index()) && (r.hours.is_empty() || r.hours.iter().any(|w| w.contains(week_ms)))
        })
    }

    /// Whether the role may enter a zone at some time.
    #[inline]
    pub fn may_ever_enter(&self, zone: ZoneId) -> bool {
        self.rights.iter().any(|r| r.zones.contains(zone.index()))
    }

    /// Whether a time of the week is within the shift.
    #[inline]
    pub fn on_shift(&self, week_ms: u64) -> bool {
        self.shift.is_empty() || self.shift.iter().any(|w| w.contains(week_ms))
    }
}

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Key in the file, or `role-number`.
    pub name: String,
    /// Identity of their draws.
    pub key: EntityKey,
    /// Role.
    pub role: RoleId,
    /// Badge in use.
    pub badge: CredentialId,
    /// Accounts.
    pub accounts: Vec<AccountId>,
    /// Where they work; none: they only run errands, or are not simulated walking about.
    pub base: Option<ZoneId>,
    /// Superseded badges that they still hold.
    pub old_badges: Vec<CredentialId>,
}

/// A credential.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Person's name, key in the file, or `blank of ACTOR`.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Who it was issued to.
    pub person: Option<PersonId>,
    /// Role that its rights come from.
    pub role: Option<RoleId>,
    /// What it is made of.
    pub technology: Technology,
    /// Standing at the start; none: a blank that is not enrolled.
    pub status: Option<CredentialStatus>,
}

/// A guard post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Zone.
    pub zone: ZoneId,
    /// The guards, people of the role.
    pub guards: Vec<PersonId>,
    /// How many of them have to stay.
    pub stay: u32,
}

/// A response force from elsewhere.
#[derive(Clone, Debug)]
pub struct Force {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// From the call to being where the adversary is.
    pub arrival: Distribution,
}

/// What ordinary people do near an adversary.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Chance that a person lets a stranger follow.
    pub holds_door: Probability,
    /// Chance that one who refused reports it.
    pub reports_refused: Probability,
    /// From the refusal or challenge to the report.
    pub report_delay: Distribution,
    /// Chance that a stranger at work is challenged and reported, per task.
    pub challenges: Probability,
}

/// An ordinary act.
#[derive(Clone, Debug)]
pub enum RoutineAct {
    /// A vendor's legitimate session.
    VendorSession {
        /// Account.
        account: AccountId,
        /// Service.
        service: ServiceId,
        /// Share with a ticket.
        ticketed: Probability,
        /// How long it lasts.
        lasts: Distribution,
    },
    /// An operator opens a door.
    RemoteUnlock {
        /// Account.
        account: AccountId,
        /// Portals.
        portals: Vec<PortalId>,
        /// Share with a request on file.
        requested: Probability,
    },
    /// Somebody works over the remote gateway.
    RemoteWork {
        /// People.
        people: Vec<PersonId>,
        /// Service.
        service: ServiceId,
        /// How long the session is open.
        lasts: Distribution,
    },
    /// Somebody presents a credential at a reader, and goes in if let.
    Badge {
        /// Credentials.
        credentials: Vec<CredentialId>,
        /// Portals with a reader inwards.
        portals: Vec<PortalId>,
    },
    /// An account opens a service from inside.
    Login {
        /// Accounts.
        accounts: Vec<AccountId>,
        /// Service.
        service: ServiceId,
    },
    /// Somebody draws a key and brings it back.
    KeyWithdrawal {
        /// Cabinet.
        cabinet: CabinetId,
        /// People.
        people: Vec<PersonId>,
        /// When they bring it back.
        returns_after: Distribution,
    },
    /// Somebody carries an asset out.
    ItemRemoval {
        /// Assets.
        assets: Vec<AssetId>,
        /// Portals.
        portals: Vec<PortalId>,
        /// Share with a pass.
        passed: Probability,
    },
    /// Somebody changes the settings of a device.
    ConfigurationChange {
        /// Account.
        account: AccountId,
        /// Devices.
        devices: Vec<DeviceId>,
        /// Share with a change on file.
        planned: Probability,
    },
    /// A backup, a store or a patch fails.
    HealthFailure {
        /// Devices.
        devices: Vec<DeviceId>,
        /// Which.
        what: HealthKind,
    },
    /// The way somebody works is not like them.
    UnusualBehaviour {
        /// People.
        people: Vec<PersonId>,
    },
    /// A device that nobody knows is plugged in.
    UnknownDevice {
        /// Jacks.
        jacks: Vec<JackId>,
    },
    /// A segment answers slowly for a moment.
    SlowSegment {
        /// Segments.
        segments: Vec<SegmentId>,
    },
    /// An administrator enrols a badge.
    Enrolment {
        /// Account.
        account: AccountId,
        /// Badges.
        credentials: Vec<CredentialId>,
        /// Share with a request on file.
        requested: Probability,
    },
    /// Somebody mistypes a password.
    MistypedPassword {
        /// Accounts.
        accounts: Vec<AccountId>,
    },
    /// Endpoint detection takes ordinary work for an attack.
    EndpointFalseAlarm {
        /// Devices.
        devices: Vec<DeviceId>,
    },
    /// The firewall refuses something misconfigured.
    RefusedConnection {
        /// Services.
        services: Vec<ServiceId>,
    },
    /// Somebody opens the enclosure of a panel.
    PanelOpened {
        /// Panels.
        panels: Vec<PanelId>,
    },
    /// A panel loses its server for a while.
    PanelFlaps {
        /// Panels.
        panels: Vec<PanelId>,
        /// For how long.
        lasts: Distribution,
    },
}

/// An ordinary act with its rate.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// The act.
    pub act: RoutineAct,
    /// Expected number per hour within the hours below.
    pub per_hour: f64,
    /// When; empty: at any hour.
    pub hours: Vec<Window>,
}

/// Something that happens at a set time.
#[derive(Clone, Debug)]
pub struct Inject {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// When.
    pub at: SimTime,
    /// Chance that it happens.
    pub chance: Probability,
    /// What.
    pub what: InjectAct,
}

/// What an inject does.
#[derive(Clone, Debug)]
pub enum InjectAct {
    /// An ordinary act.
    Act(RoutineAct),
    /// A panel loses its server.
    PanelOffline {
        /// Panel.
        panel: PanelId,
        /// How long.
        lasts: SimDuration,
    },
    /// A panel loses its server again and again; each time for half of `every`.
    PanelFlaps {
        /// Panel.
        panel: PanelId,
        /// From one loss to the next.
        every: SimDuration,
        /// How often.
        times: u32,
    },
    /// The readers of a portal fail, or their line.
    ReaderFails {
        /// Portal.
        portal: PortalId,
        /// How long.
        lasts: SimDuration,
    },
    /// The connection to the internet is cut.
    WanDown {
        /// How long.
        lasts: SimDuration,
    },
    /// A feed loses the mains.
    PowerLoss {
        /// Feed.
        feed: FeedId,
        /// How long.
        lasts: SimDuration,
    },
    /// A device stops.
    DeviceDown {
        /// Device.
        device: DeviceId,
        /// How long.
        lasts: SimDuration,
    },
    /// A patch that may break what it is put on.
    Patch {
        /// Panels.
        panels: Vec<PanelId>,
        /// Devices.
        devices: Vec<DeviceId>,
        /// Chance that it breaks them.
        breaks: Probability,
        /// From one system to the next.
        takes: Distribution,
        /// Repair by hand of one system.
        repair: Distribution,
    },
    /// The transfer from HR stands still.
    SyncDown {
        /// How long.
        lasts: SimDuration,
    },
    /// The transfer from HR takes people for leavers.
    SyncEnds {
        /// People.
        people: Vec<PersonId>,
        /// Until the records are put right.
        repair: Distribution,
    },
    /// The fire alarm sounds.
    FireAlarm {
        /// How long.
        lasts: SimDuration,
    },
    /// Video crowds the line of a segment.
    VideoFloods {
        /// Segment.
        segment: SegmentId,
        /// How long.
        lasts: SimDuration,
    },
    /// Somebody leaves the company.
    Leaves {
        /// Person.
        person: PersonId,
    },
    /// Somebody who had left comes back.
    Returns {
        /// Person.
        person: PersonId,
    },
    /// An administrator revokes a credential.
    Revoked {
        /// Credential.
        credential: CredentialId,
    },
}
