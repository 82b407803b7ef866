//! Segments, flows, devices, services and accounts.

use crate::base::*;
use crate::site::{AccountRole, Authentication, DeviceKind, FlowPurpose};

/// Where a connection comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A computer of one's own on a segment: the internet, or behind a jack.
    Segment(SegmentId),
    /// A device of the site.
    Device(DeviceId),
}

/// A segment.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Whether it is the internet.
    pub internet: bool,
    /// Services that an unknown host on it can reach.
    pub reach: IdSet,
    /// Panels that one can reach.
    pub panels: IdSet,
    /// Whether a device that nobody knows is reported.
    pub watched: bool,
    /// Line that it shares: segments of one line are crowded together.
    pub line: u32,
}

/// One row of the allow-list.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Key in the file.
    pub name: String,
    /// Who may open it.
    pub from: Origin,
    /// To whom.
    pub to: Origin,
    /// Protocols.
    pub protocols: Vec<String>,
    /// Whether it is in force.
    pub allowed: bool,
    /// Whether it carries the defender's logs.
    pub carries_logs: bool,
    /// What it is there for.
    pub purpose: FlowPurpose,
}

/// How a device resists an intruder.
#[derive(Clone, Debug, Default)]
pub struct Hardening {
    /// Chance and time of an exploit; none: no usable flaw.
    pub exploit: Option<(Probability, Distribution)>,
    /// Chance and time of reading the secrets on it.
    pub harvest: Option<(Probability, Distribution)>,
    /// Chance that endpoint detection reports either.
    pub endpoint_detection: Probability,
    /// Whether an administrator's password is as the maker set it.
    pub default_password: bool,
}

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// What it is.
    pub kind: DeviceKind,
    /// Where it stands.
    pub zone: ZoneId,
    /// Segment.
    pub segment: SegmentId,
    /// Its services.
    pub services: Vec<ServiceId>,
    /// How it resists.
    pub hardening: Hardening,
    /// Accounts whose secrets lie on it.
    pub secrets: Vec<AccountId>,
    /// Where its logs go, and whether they can get there under the allow-list.
    pub logs_to: Option<DeviceId>,
    /// Whether its logs reach the collector.
    pub logs_arrive: bool,
    /// Weight in the blast radius.
    pub criticality: u32,
    /// Services that it can reach.
    pub reach: IdSet,
    /// Panels that it can reach.
    pub panels: IdSet,
    /// Whether it reaches out to the internet, as mail and web do.
    pub browses: bool,
    /// Whether it is kept for administration.
    pub admin_workstation: bool,
    /// Whether it lies beyond the site's internet connection.
    pub beyond_wan: bool,
}

impl Device {
    /// Whether people read mail and browse on it.
    pub fn gets_mail(&self) -> bool {
        matches!(self.kind, DeviceKind::Workstation | DeviceKind::Console) && self.browses && !self.admin_workstation
    }
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// `device/service`.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Device.
    pub device: DeviceId,
    /// Protocol.
    pub protocol: String,
    /// How it authenticates.
    pub authentication: Authentication,
    /// Whether a session lets one go on from the device.
    pub interactive: bool,
    /// How long tokens outlive the session.
    pub token_life: Option<SimDuration>,
    /// Whether it serves sensitive data.
    pub sensitive: bool,
    /// Whether it asks the identity provider.
    pub directory: bool,
}

/// Terms of a vendor.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// Company.
    pub company: String,
    /// Hours for which tickets are issued.
    pub windows: Vec<Window>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// Where it works.
    pub services: Vec<ServiceId>,
    /// What it may do there.
    pub role: AccountRole,
    /// Whether a second factor is enrolled.
    pub second_factor: bool,
    /// Vendor terms.
    pub vendor: Option<Vendor>,
    /// For emergencies.
    pub break_glass: bool,
    /// Device of the site that its owner works at: the one that it is administered from, or the first workstation at
    /// their base.
    pub workplace: Option<DeviceId>,
}

/// A jack.
#[derive(Clone, Debug)]
pub struct Jack {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Zone.
    pub zone: ZoneId,
    /// Segment behind it.
    pub segment: SegmentId,
    /// Whether it admits unknown devices.
    pub open: bool,
}
