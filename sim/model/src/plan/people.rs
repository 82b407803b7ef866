//! People through the day: what they set out to do, and what they carry, book, borrow and leave open.

use crate::base::*;

/// How members of a role spend a day of their shift.
#[derive(Clone, Debug)]
pub struct Day {
    /// Where they come from: an offsite zone.
    pub home: ZoneId,
    /// Chance of coming to the site on a day of the shift.
    pub attends: Probability,
    /// Chance that one who does not come works from afar.
    pub remote_share: Probability,
    /// How long before the shift begins and ends the clocks of the next two start.
    pub lead: SimDuration,
    /// Until the member sets out.
    pub arrives: Distribution,
    /// Until the member leaves.
    pub leaves: Distribution,
    /// Where they work: member k of the role at entry k modulo their number. Empty: they only run errands.
    pub base: Vec<ZoneId>,
    /// What they do beside.
    pub errands: Vec<Errand>,
    /// Service that they open at their base.
    pub logs_in: Option<ServiceId>,
    /// Gateway service that they use from afar.
    pub remote: Option<ServiceId>,
    /// Share of remote days on which they drive the computer at their base.
    pub remote_desktop: Probability,
    /// Whether they carry a device that joins the Wi-Fi.
    pub wifi: bool,
    /// Whether they come on a public holiday.
    pub works_holidays: bool,
}

/// Something that takes a member of a role elsewhere.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws, to be mixed with the person's.
    pub key: EntityKey,
    /// Where to: one is drawn, or all in turn.
    pub to: Vec<ZoneId>,
    /// Expected number per member and day.
    pub per_day: f64,
    /// How long they stay.
    pub stays: Distribution,
    /// When it begins; empty: at any time of their presence.
    pub hours: Vec<Window>,
    /// All of `to` in turn.
    pub round: bool,
    /// From home, outside the shift.
    pub off_shift: bool,
    /// Chance that a booking is on file.
    pub booked: Probability,
    /// Chance that a work order is on file.
    pub work_order: Probability,
    /// Chance that the last door is propped open meanwhile.
    pub props: Probability,
}

/// Terms of members who come for a limited time.
#[derive(Clone, Debug)]
pub struct Guest {
    /// From arrival to the end of badge, account and visit.
    pub valid_for: SimDuration,
    /// Roles that may escort.
    pub escorts: Vec<RoleId>,
    /// Chance of staying on.
    pub overstays: Probability,
    /// For how much longer.
    pub overstays_by: Distribution,
}

/// What people do that no policy asks for.
#[derive(Clone, Debug)]
pub struct Habits {
    /// Chance of going through an open door behind another without a badge.
    pub follows: Probability,
    /// Chance, per person and day on site, of having left the badge at home.
    pub forgets_badge: Probability,
    /// Chance, per person and day on site, of losing it.
    pub loses_badge: Probability,
    /// From the loss until it is reported.
    pub reports_loss_after: Distribution,
    /// Chance, per person and day on site, of presenting a superseded badge first.
    pub old_badge: Probability,
    /// How long it takes to be helped at a door.
    pub help_time: Distribution,
    /// Chance of leaving a session open.
    pub leaves_session: Probability,
    /// Chance of joining the Wi-Fi anew in a zone.
    pub joins_wifi: Probability,
    /// Chance, per person and day, of a device behind with its patches.
    pub stale_device: Probability,
    /// Chance, per person and day, of leaving the company.
    pub leaves_company: Probability,
}

/// Zones that belong together.
#[derive(Clone, Debug)]
pub struct Area {
    /// Key in the file.
    pub name: String,
    /// Its zones.
    pub zones: IdSet,
}

/// A wireless network.
#[derive(Clone, Debug)]
pub struct Wifi {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// Segment behind it.
    pub segment: SegmentId,
    /// Where it is received.
    pub zones: IdSet,
    /// For guests.
    pub guests: bool,
    /// The device that lets others join: the network equipment of its segment, any other, or the identity provider.
    pub admitted_by: Option<DeviceId>,
}

/// A key cabinet.
#[derive(Clone, Debug)]
pub struct Cabinet {
    /// Key in the file.
    pub name: String,
    /// Identity of its draws.
    pub key: EntityKey,
    /// The device that it is.
    pub device: DeviceId,
    /// Keys in it.
    pub keys: Vec<CredentialId>,
    /// Roles that may draw them.
    pub roles: Vec<RoleId>,
    /// When; empty: always.
    pub hours: Vec<Window>,
    /// A key that is out for longer is missing.
    pub return_within: SimDuration,
}

/// A mains feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Key in the file.
    pub name: String,
    /// Zones on it.
    pub zones: IdSet,
    /// Portals without mains when it fails: those whose lock lies in or leads into one of the zones (their inner zone).
    pub portals: Vec<PortalId>,
    /// Panels in the zones.
    pub panels: Vec<PanelId>,
    /// Devices in the zones.
    pub devices: Vec<DeviceId>,
    /// How long devices go on.
    pub backup: SimDuration,
}
