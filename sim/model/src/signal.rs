//! What passes between the parts while a run goes on.
//!
//! *Truth never appears here.* [`Observed`] says what an installed sensor,
//! reader or log reported: the badge that was presented, never its carrier or
//! the cause. A [`Percept`] says what an adversary notices about its own acts.
//! Neither side can name the engine's state.

use crate::base::*;
use crate::defence::LockDownScope;
use crate::plan::{Direction, Job, Origin};
use crate::site::{AccountRole, CredentialStatus, HealthKind};

// ---------------------------------------------------------------- decisions

/// Where a request is decided; a place sees only what it knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A door controller.
    Panel(PanelId),
    /// The host that runs the service, or the server of a panel.
    Host(DeviceId),
    /// A controller on the site that is kept up to date, in the stead of this panel.
    Edge(PanelId),
    /// A service beyond the internet connection, in the stead of this panel.
    Cloud(PanelId),
}

/// What is on file about an act at the moment when it is done: tickets, requests, bookings, passes.
///
/// It says what somebody wrote down beforehand, not what is the case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Records(u8);

impl Records {
    /// A booking of the room by this identity.
    pub const BOOKING: Self = Self(1);
    /// A work order that leads there.
    pub const WORK_ORDER: Self = Self(1 << 1);
    /// The room can be booked: without this a missing booking says nothing.
    pub const BOOKABLE: Self = Self(1 << 2);
    /// It is where the identity works, or where it meets everybody: nobody writes an order for that.
    pub const BASE: Self = Self(1 << 3);

    /// None, or these.
    pub fn when(self, holds: bool) -> Self {
        if holds { self } else { Self::default() }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of these are on file.
    pub fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Whether somebody is on the site by the badge log: a place that cannot see the log, or does not know whose badge and
/// account belong together, does not know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Cannot be told.
    #[default]
    Unknown,
    /// Badged in.
    Inside,
    /// Not badged in, or badged out.
    Outside,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// To go through a portal with a credential.
    Portal {
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
        /// Zone beyond it.
        into: ZoneId,
        /// Credential presented.
        credential: CredentialId,
    },
    /// To open a session on a service with an account.
    Login {
        /// Service.
        service: ServiceId,
        /// Account.
        account: AccountId,
        /// Whether the connection comes from outside the site.
        remote: bool,
        /// Whether a second factor was given.
        second_factor: bool,
        /// Whether a ticket is on file for it.
        ticket: bool,
        /// Device of the site that it comes from; none: a computer of one's own.
        from: Option<DeviceId>,
    },
    /// To stay in a zone where the record has the holder of this credential: re-authorisation.
    Stay {
        /// Zone.
        zone: ZoneId,
        /// Credential that they came in with.
        credential: CredentialId,
    },
    /// To draw a key from a cabinet.
    Withdraw {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
        /// Credential presented at the cabinet.
        credential: CredentialId,
    },
    /// To join a network with a device.
    Join {
        /// Segment.
        segment: SegmentId,
        /// Where.
        zone: ZoneId,
        /// Account that the device is registered for.
        account: AccountId,
    },
    /// To carry an asset out.
    Remove {
        /// Asset.
        asset: AssetId,
        /// Portal.
        portal: PortalId,
        /// Whether a removal pass is on file.
        pass: bool,
    },
    /// To release a portal from a console.
    Unlock {
        /// Portal.
        portal: PortalId,
        /// Operator account.
        account: AccountId,
        /// Whether a request is on file.
        request: bool,
    },
    /// To enrol a badge.
    Enrol {
        /// Badge.
        credential: CredentialId,
        /// Administrator account.
        account: AccountId,
        /// Whether a request is on file.
        request: bool,
    },
}

/// One request for access. A decision sees this and its [`PlaceView`], and nothing of intent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct AccessRequest {
    /// When it is decided.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// What is asked.
    pub access: Access,
}

/// What the place knows of the credential, as last downloaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct CredentialView {
    /// Standing; none: the place has never heard of it.
    pub status: Option<CredentialStatus>,
    /// Holder's role; none: an enrolled badge with every right, or unknown.
    pub role: Option<RoleId>,
    /// Whether the reader reads its technology and every factor that it asks for was given.
    pub factors: bool,
    /// Whether the card's facility code is the site's.
    pub facility_code: bool,
    /// Whether the visit or the work that it was issued for is over.
    pub expired: bool,
    /// Whether a further factor was given (PIN, finger) beyond what the reader always asks for.
    pub second_factor: bool,
}

/// The view of the place where a request is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct PlaceView {
    /// Time of the week, for schedules.
    pub week_ms: u64,
    /// Whether the place can reach its server.
    pub server_reached: bool,
    /// Of a portal request: the credential.
    pub credential: CredentialView,
    /// Of a portal request: whether the portal is locked down.
    pub locked_down: bool,
    /// Of an account: whether it is enabled here.
    pub account_enabled: bool,
    /// Of a portal: what is on file.
    pub records: Records,
    /// Of a portal: the record has the holder inside the area already; since when.
    pub passed_back: Option<SimTime>,
    /// Of a portal: another entitled person badged here just now, or is inside already.
    pub companion: bool,
    /// Of a portal: somebody who may escort this guest badged here just now.
    pub escort: bool,
    /// Of a login, or of joining a network: whether the identity is on site.
    pub presence: Presence,
    /// Of joining a network: the device is behind with its patches.
    pub stale_device: bool,
    /// Of joining a network: how many devices are there by the network's own count.
    pub crowd: u16,
    /// Whether the identity provider answers.
    pub directory_reached: bool,
}

impl PlaceView {
    /// A view in which nothing is known but the time: the fields that a kind of request does not fill.
    #[inline]
    pub fn at(week_ms: u64) -> Self {
        Self {
            week_ms,
            server_reached: true,
            credential: CredentialView {
                status: None,
                role: None,
                factors: true,
                facility_code: false,
                expired: false,
                second_factor: false,
            },
            locked_down: false,
            account_enabled: true,
            records: Records::default(),
            passed_back: None,
            companion: false,
            escort: false,
            presence: Presence::Unknown,
            stale_device: false,
            crowd: 0,
            directory_reached: true,
        }
    }
}

/// Allow, deny or ask for more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Allowed.
    Allow,
    /// Refused.
    Deny,
    /// A further factor is asked for.
    StepUp,
}

/// Why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Reason {
    /// A right covers it.
    Right,
    /// No right to this zone, or not at this hour.
    NoRight,
    /// Outside the shift of the role.
    OffShift,
    /// Superseded credential.
    Superseded,
    /// Revoked credential.
    Revoked,
    /// Unknown credential.
    Unknown,
    /// Locked down.
    LockedDown,
    /// A factor is missing or wrong.
    Factor,
    /// The server is out of reach and the panel refuses.
    OutOfReach,
    /// The server is out of reach and the facility code suffices.
    FacilityCode,
    /// Account disabled.
    Disabled,
    /// A vendor without a ticket in force.
    NoTicket,
    /// No request on file.
    NoRequest,
    /// The role is too low.
    Role,
    /// The visit or the work is over.
    Expired,
    /// In already, by the record.
    PassedBack,
    /// Nobody with them where two are asked for.
    Alone,
    /// No escort.
    NoEscort,
    /// No work order.
    NoWorkOrder,
    /// The risk score is too high.
    Risk,
    /// Not on site by the badge log.
    Absent,
    /// The device is behind with its patches.
    Stale,
    /// Not from a device kept for administration.
    WrongDevice,
    /// No removal pass.
    NoPass,
    /// The identity provider does not answer.
    NoDirectory,
}

/// A decision with its reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Decision {
    /// Verdict.
    pub verdict: Verdict,
    /// The reason that settled it.
    pub reason: Reason,
}

impl Decision {
    /// Allowed, because.
    pub fn allow(reason: Reason) -> Self {
        Self { verdict: Verdict::Allow, reason }
    }

    /// Refused, because.
    pub fn deny(reason: Reason) -> Self {
        Self { verdict: Verdict::Deny, reason }
    }
}

// ------------------------------------------------------------- observations

/// Names one observation of a run, so that an alarm can say what it rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub struct ObservationId(pub u32);

/// What was reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// A reader granted a credential.
    AccessGranted {
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
        /// Credential presented.
        credential: CredentialId,
        /// What is on file.
        records: Records,
        /// Let in although the record has the holder inside already (soft anti-passback).
        passed_back: bool,
    },
    /// A reader refused a credential.
    AccessDenied {
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
        /// Credential presented.
        credential: CredentialId,
        /// Why.
        reason: Reason,
    },
    /// Granted, but the leaf was not opened.
    AccessNotTaken {
        /// Portal.
        portal: PortalId,
    },
    /// The leaf opened after a grant, a request to exit or by schedule.
    PortalOpened {
        /// Portal.
        portal: PortalId,
    },
    /// The leaf is back in its frame.
    PortalClosed {
        /// Portal.
        portal: PortalId,
    },
    /// The leaf opened without grant or request to exit.
    PortalForced {
        /// Portal.
        portal: PortalId,
    },
    /// The leaf has been open for too long.
    PortalHeld {
        /// Portal.
        portal: PortalId,
    },
    /// A request to exit.
    RequestToExit {
        /// Portal.
        portal: PortalId,
    },
    /// A sensor was activated.
    SensorActive {
        /// Sensor.
        sensor: SensorId,
    },
    /// A panel's link to its server changed.
    PanelLink {
        /// Panel.
        panel: PanelId,
        /// Up or down.
        up: bool,
    },
    /// A session was opened.
    Login {
        /// Service.
        service: ServiceId,
        /// Account.
        account: AccountId,
        /// From outside the site.
        remote: bool,
        /// A ticket is on file.
        ticket: bool,
        /// Device of the site that it came from; none: a computer of one's own.
        from: Option<DeviceId>,
    },
    /// A session was refused.
    LoginRefused {
        /// Service.
        service: ServiceId,
        /// Account.
        account: AccountId,
        /// Why.
        reason: Reason,
    },
    /// The firewall refused a connection.
    FlowRefused {
        /// Service that was tried.
        service: ServiceId,
    },
    /// Endpoint detection reported a device.
    EndpointAlert {
        /// Device.
        device: DeviceId,
    },
    /// An operator released a portal.
    RemoteUnlock {
        /// Portal.
        portal: PortalId,
        /// Account.
        account: AccountId,
        /// A request is on file.
        request: bool,
    },
    /// A badge was enrolled.
    BadgeEnrolled {
        /// Badge.
        credential: CredentialId,
        /// Account.
        account: AccountId,
        /// A request is on file.
        request: bool,
    },
    /// Somebody reported a stranger.
    PersonReport {
        /// Zone.
        zone: ZoneId,
    },
    /// Analytics saw more people come in than badges.
    Tailgate {
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
    },
    /// A key was drawn.
    KeyDrawn {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
        /// Credential presented.
        credential: CredentialId,
    },
    /// A cabinet refused a key.
    KeyRefused {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
        /// Credential presented.
        credential: CredentialId,
        /// Why.
        reason: Reason,
    },
    /// A key is back.
    KeyReturned {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
    },
    /// The line to the readers of a portal is dead, and supervised.
    LineFault {
        /// Portal.
        portal: PortalId,
    },
    /// The enclosure of a panel was opened.
    Tamper {
        /// Panel.
        panel: PanelId,
    },
    /// Somebody typed the duress code, on purpose or not.
    Duress {
        /// Portal.
        portal: PortalId,
        /// Credential that was read.
        credential: CredentialId,
    },
    /// A key was not brought back in time.
    KeyOverdue {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
        /// Credential that drew it.
        credential: CredentialId,
    },
    /// An asset was carried out.
    ItemRemoved {
        /// Asset.
        asset: AssetId,
        /// Portal.
        portal: PortalId,
        /// A pass is on file.
        pass: bool,
    },
    /// The visit system: a guest should have left and has not been signed out.
    Overstay {
        /// Badge of the visit.
        credential: CredentialId,
        /// Zone that the badge was last used into.
        zone: ZoneId,
    },
    /// Somebody inside has no right any more.
    StayRefused {
        /// Zone.
        zone: ZoneId,
        /// Credential.
        credential: CredentialId,
        /// Why.
        reason: Reason,
    },
    /// A device joined a network.
    NetworkJoined {
        /// Segment.
        segment: SegmentId,
        /// Where.
        zone: ZoneId,
        /// Account.
        account: AccountId,
        /// It is behind with its patches.
        stale: bool,
        /// Devices there.
        crowd: u16,
    },
    /// A device was kept off a network.
    NetworkRefused {
        /// Segment.
        segment: SegmentId,
        /// Where.
        zone: ZoneId,
        /// Account.
        account: AccountId,
        /// Why.
        reason: Reason,
    },
    /// A device that nobody knows was plugged in.
    UnknownDevice {
        /// Segment.
        segment: SegmentId,
        /// Where.
        zone: ZoneId,
    },
    /// Settings of a system were changed.
    ConfigurationChanged {
        /// Device.
        device: DeviceId,
        /// Account.
        account: AccountId,
        /// A change is on file.
        planned: bool,
    },
    /// A backup, a store or a patch failed.
    Health {
        /// Device.
        device: DeviceId,
        /// Which.
        what: HealthKind,
    },
    /// A segment answers slowly.
    SlowSegment {
        /// Segment.
        segment: SegmentId,
    },
    /// Events of a panel are missing: its buffer overflowed.
    LogGap {
        /// Panel.
        panel: PanelId,
    },
    /// A server stopped, or is back.
    DeviceDown {
        /// Device.
        device: DeviceId,
        /// Up again.
        up: bool,
    },
    /// A panel lost the mains, or has it again.
    PanelPower {
        /// Panel.
        panel: PanelId,
        /// On the mains.
        mains: bool,
    },
    /// The fire alarm sounds, or has ended.
    FireAlarm {
        /// It sounds.
        on: bool,
    },
    /// Somebody reported a badge lost.
    BadgeLost {
        /// Badge.
        credential: CredentialId,
    },
    /// HR has somebody down as gone.
    IdentityEnded {
        /// Person.
        person: PersonId,
    },
    /// The way somebody works is not like them.
    UnusualBehaviour {
        /// Account.
        account: AccountId,
    },
    /// A person has judged an alarm.
    Assessed {
        /// Alarm.
        alarm: AlarmId,
        /// Classed as hostile.
        hostile: bool,
    },
    /// A guard reports from a search.
    GuardReport {
        /// Alarm.
        alarm: AlarmId,
        /// Zone.
        zone: ZoneId,
        /// Somebody was found.
        found: bool,
    },
}

/// One thing that was observed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Observed {
    /// Its name.
    pub id: ObservationId,
    /// When it arrives at the defender; late if a panel buffered it.
    pub at: SimTime,
    /// What.
    pub report: Report,
}

/// What a defender may look at: the time. The installed configuration is the [`crate::plan::Plan`] that it was built from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct DefenderView {
    /// Now.
    pub now: SimTime,
    /// Time of the week.
    pub week_ms: u64,
}

/// A wake that a defence asked for; its meaning is the defence's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Wake(pub u64);

// ------------------------------------------------------------------- orders

/// What an alarm or an order is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A credential.
    Credential(CredentialId),
    /// An identity: a person with all badges and accounts.
    Person(PersonId),
    /// An account.
    Account(AccountId),
    /// A device.
    Device(DeviceId),
    /// A portal.
    Portal(PortalId),
    /// A zone.
    Zone(ZoneId),
}

/// The observations that an alarm rests on, the last one first; at most eight are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Evidence {
    ids: [u32; 8],
    len: u8,
}

impl Evidence {
    /// Resting on one observation.
    pub fn one(id: ObservationId) -> Self {
        let mut evidence = Self::default();
        evidence.push(id);
        evidence
    }

    /// Adds one; a ninth is dropped.
    pub fn push(&mut self, id: ObservationId) {
        if let Some(slot) = self.ids.get_mut(usize::from(self.len)) {
            *slot = id.0;
            self.len += 1;
        }
    }

    /// The observations.
    pub fn iter(&self) -> impl Iterator<Item = ObservationId> + '_ {
        self.ids[..usize::from(self.len)].iter().map(|&i| ObservationId(i))
    }
}

/// What a defence orders. The engine carries it out with its latency, its owner and its side effects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Annunciate an alarm.
    Raise {
        /// Rule.
        rule: RuleId,
        /// What it is about.
        subject: Subject,
        /// Where; none: nowhere in the building.
        zone: Option<ZoneId>,
        /// Queue; none: unowned.
        queue: Option<QueueId>,
        /// 1 (highest) to 9.
        priority: u8,
        /// What it rests on.
        evidence: Evidence,
    },
    /// Send a guard to a zone.
    Dispatch {
        /// Zone.
        zone: ZoneId,
    },
    /// Call a response force to a zone.
    Call {
        /// Force.
        force: ForceId,
        /// Zone, if known.
        zone: Option<ZoneId>,
    },
    /// Revoke a credential at the server.
    Revoke {
        /// Credential.
        credential: CredentialId,
    },
    /// Revoke whatever an account enrolled.
    RevokeEnrolled {
        /// Account.
        account: AccountId,
    },
    /// Disable an account; live sessions and tokens stay.
    Disable {
        /// Account.
        account: AccountId,
    },
    /// End the sessions and tokens of an account.
    EndSessions {
        /// Account.
        account: AccountId,
    },
    /// Cut a device off.
    Isolate {
        /// Device.
        device: DeviceId,
    },
    /// Lock portals into the zone, or into every zone of a level.
    LockDown {
        /// Zone that the alarm named.
        zone: Option<ZoneId>,
        /// How far.
        scope: LockDownScope,
        /// How long.
        lasts: SimDuration,
    },
    /// Wake the defence.
    WakeAt {
        /// When.
        at: SimTime,
        /// With what.
        token: Wake,
    },
}

/// An order with the reason that it was given for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Ordered {
    /// Order.
    pub order: Order,
    /// The rule (automatic) or the alarm (after a person's verdict) behind it.
    pub because: Because,
}

/// What stands behind an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// A rule, without a person; on this evidence, about this subject.
    Rule {
        /// Rule.
        rule: RuleId,
        /// Subject.
        subject: Subject,
        /// Evidence.
        evidence: Evidence,
    },
    /// A person classed this alarm as hostile.
    Alarm(AlarmId),
}

/// Where a defence writes its orders. Reused: no allocation per observation.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    list: Vec<Ordered>,
}

impl Orders {
    /// Empty, with room.
    pub fn new() -> Self {
        Self { list: Vec::with_capacity(64) }
    }

    /// Gives an order.
    pub fn give(&mut self, order: Order, because: Because) {
        self.list.push(Ordered { order, because });
    }

    /// Orders given so far.
    #[inline]
    pub fn as_slice(&self) -> &[Ordered] {
        &self.list
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.list.clear();
    }
}

// ---------------------------------------------------------------- adversary

/// How an actor goes through a portal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// It is open, unlocked, or opens from this side.
    Freely,
    /// With a credential.
    With(CredentialId),
    /// Behind somebody.
    Following,
    /// By overcoming the barrier.
    Breaking,
    /// A team mate at a console releases it, and the actor is already standing there.
    Released,
    /// Somebody who minds the entrance lets them in.
    Persuading,
    /// By playing back to the panel what a tapped reader has recorded.
    Replaying,
}

/// An intent of one actor. The engine makes it real, or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Walk up to a portal of the zone and stand there.
    Approach {
        /// Portal.
        portal: PortalId,
    },
    /// Go through a portal.
    Pass {
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
        /// How.
        through: Through,
        /// Technique.
        technique: TechniqueId,
    },
    /// Stay in the zone (an objective of reach, or a step of a script).
    Stay {
        /// How long.
        lasts: SimDuration,
    },
    /// Spend the time that a step of the script states.
    Spend {
        /// The step.
        step: u32,
    },
    /// Get something done.
    Work {
        /// What.
        job: Job,
        /// Where the connection comes from, of a job that needs one.
        from: Option<Origin>,
        /// Technique.
        technique: TechniqueId,
    },
}

/// Why an adversary stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It sees no way that is left.
    NoWayLeft,
    /// Its search ran out before it found a way: there may be one.
    SearchRanOut,
    /// Its patience is at an end.
    OutOfPatience,
    /// The objective is reached and everybody is out.
    Finished,
}

/// What an adversary decides: intents for its actors, or to stop.
#[derive(Clone, Debug, Default)]
pub struct Intents {
    /// Intents, in order; at most one for each idle actor.
    pub list: Vec<(ActorId, Intent)>,
    /// It stops: all actors go home.
    pub stop: Option<StopReason>,
    /// Expected seconds until the objective under the plan now followed, if there is one.
    pub remaining_s: Option<f64>,
}

impl Intents {
    /// Empty, with room.
    pub fn new() -> Self {
        Self { list: Vec::with_capacity(8), stop: None, remaining_s: None }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.list.clear();
        self.stop = None;
        self.remaining_s = None;
    }
}

/// Why an intent came to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The reader refused, or the door did not open.
    Refused,
    /// Nobody came, or nobody let it follow, until patience ran out.
    NobodyCame,
    /// The attempt did not work.
    DidNotWork,
    /// The service cannot be reached from there.
    NotReachable,
    /// The login was refused.
    LoginRefused,
    /// The session that it needs is gone.
    SessionLost,
    /// The asset is not there.
    NotThere,
}

/// What an adversary notices.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Percept {
    /// It is time to begin.
    Begin,
    /// An intent succeeded.
    Done {
        /// Who.
        actor: ActorId,
        /// What.
        intent: Intent,
    },
    /// An intent failed.
    Failed {
        /// Who.
        actor: ActorId,
        /// What.
        intent: Intent,
        /// Why.
        why: Failure,
    },
    /// A device that it held, or a session, is lost.
    FootholdLost {
        /// Device.
        device: DeviceId,
    },
    /// A guard has met an actor, who must flee.
    Met {
        /// Who.
        actor: ActorId,
    },
    /// An actor was taken.
    Taken {
        /// Who.
        actor: ActorId,
    },
    /// The time that it allowed itself is up.
    TimeIsUp,
}

/// What an adversary knows of itself.
#[derive(Clone, Copy, Debug)]
pub struct AdversaryView<'a> {
    /// Now.
    pub now: SimTime,
    /// Time of the week.
    pub week_ms: u64,
    /// Where each actor stands; none: far away at a computer.
    pub zones: &'a [Option<ZoneId>],
    /// Whether each actor is free and idle.
    pub idle: &'a [bool],
    /// Devices held (by session or exploit), with the highest role there.
    pub held: &'a [Option<AccountRole>],
    /// Devices on which programs can be run, to go on from them.
    pub footholds: &'a IdSet,
    /// Segments on which it has a computer of its own.
    pub segments: &'a IdSet,
    /// Accounts whose secret it knows.
    pub accounts: &'a IdSet,
    /// Credentials in its hands that it can present (a blank counts once it is enrolled).
    pub credentials: &'a IdSet,
    /// Who carries an asset, by asset.
    pub carried: &'a [Option<ActorId>],
}
