//! The people half of a site file: how a working day goes, and what people
//! carry, book, borrow and leave open.
//!
//! No rate of any human habit here was ever measured in public with a stated
//! method: most figures are assumptions, named in every result.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::base::{SimDuration, Window};
use crate::site::{AccountRole, Sourced, SourcedChance, SourcedTime};

/// How members of a role spend a day of their shift.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayFile {
    /// Where they come from and go to: an offsite zone; the site's first by default.
    #[serde(default)]
    pub home: Option<String>,
    /// Chance that a member comes to the site on a day of the shift.
    pub attends: SourcedChance,
    /// Chance that one who does not come works from afar that day, over the role's `remote` service.
    #[serde(default)]
    pub remote_share: Option<SourcedChance>,
    /// How long before the shift begins (and before it ends) the clock of `arrives` (and of `leaves`) starts.
    #[serde(default)]
    pub lead: Option<Sourced<SimDuration>>,
    /// From the shift's begin less `lead` until the member sets out from home's edge.
    pub arrives: SourcedTime,
    /// From the shift's end less `lead` until the member leaves.
    pub leaves: SourcedTime,
    /// Where they work; members are spread over these in order. Empty: they only run errands.
    #[serde(default)]
    pub base: Vec<String>,
    /// What they do beside, by name.
    #[serde(default)]
    pub errands: IndexMap<String, ErrandFile>,
    /// Service that they open when they sit down at their base, with the account of their own.
    #[serde(default)]
    pub logs_in: Option<String>,
    /// Gateway service that they use from afar.
    #[serde(default)]
    pub remote: Option<String>,
    /// Share of remote days on which they drive the computer at their base over the gateway.
    #[serde(default)]
    pub remote_desktop: Option<SourcedChance>,
    /// Whether they carry a device that joins the Wi-Fi of the zones that they pass.
    #[serde(default)]
    pub wifi: bool,
    /// Whether they also come on a public holiday.
    #[serde(default)]
    pub works_holidays: bool,
}

/// Something that takes members of a role away from their base, or to the site: lunch, a meeting, a round, a delivery.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrandFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Where to; one is drawn each time.
    pub to: Vec<String>,
    /// Expected number per member and day.
    pub per_day: Sourced<f64>,
    /// How long they stay there.
    pub stays: SourcedTime,
    /// When it begins; empty: at any time of the member's presence.
    #[serde(default)]
    pub hours: Vec<Window>,
    /// Visit all of `to` one after the other: a round.
    #[serde(default)]
    pub round: bool,
    /// From home, outside the shift, within `hours`: called in, or forgot something.
    #[serde(default)]
    pub off_shift: bool,
    /// Chance that a booking of the room is on file.
    #[serde(default)]
    pub booked: Option<SourcedChance>,
    /// Chance that a work order for it is on file.
    #[serde(default)]
    pub work_order: Option<SourcedChance>,
    /// Chance that they prop the last door open while they are there.
    #[serde(default)]
    pub props: Option<SourcedChance>,
}

/// An account that each member of a role has.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleAccountFile {
    /// Where it works: `device/service` names.
    pub services: Vec<String>,
    /// What it may do there.
    #[serde(default = "user")]
    pub role: AccountRole,
    /// Whether it has a second factor enrolled.
    #[serde(default)]
    pub second_factor: bool,
}

fn user() -> AccountRole {
    AccountRole::User
}

/// Members who come for a limited time: visitors, contractors.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuestFile {
    /// For how long their badge, account and visit are issued, from their arrival.
    pub valid_for: Sourced<SimDuration>,
    /// Roles one of whom has to be with them at doors into zones of level 2 and above, where escorts are asked for; empty: nobody.
    #[serde(default)]
    pub escorts: Vec<String>,
    /// Chance that one stays on beyond the end.
    #[serde(default)]
    pub overstays: Option<SourcedChance>,
    /// For how much longer.
    #[serde(default)]
    pub overstays_by: Option<SourcedTime>,
}

/// What people do that no policy asks for. Absent: they never do.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HabitsFile {
    /// Chance that somebody who finds a door open behind another goes through without a badge of their own. A stated assumption that wants sweeping.
    pub follows: SourcedChance,
    /// Chance, per person and day on site, that the badge lies at home.
    pub forgets_badge: SourcedChance,
    /// Chance, per person and day on site, that the badge is lost.
    pub loses_badge: SourcedChance,
    /// From the loss until it is reported.
    pub reports_loss_after: SourcedTime,
    /// Chance, per person and day on site, that one who holds a superseded badge presents that one first.
    pub old_badge: SourcedChance,
    /// How long reception or a guard takes to help somebody whom a door refuses.
    pub help_time: SourcedTime,
    /// Chance of leaving the session open when leaving the base.
    pub leaves_session: SourcedChance,
    /// Chance that a device joins the Wi-Fi anew on entering a zone that has some.
    pub joins_wifi: SourcedChance,
    /// Chance, per person and day, that their device is behind with its patches.
    pub stale_device: SourcedChance,
    /// Chance, per person and day, that they leave the company that day.
    pub leaves_company: SourcedChance,
}

/// Zones that belong together: for anti-passback, for muster.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaFile {
    /// What it is.
    #[serde(default)]
    pub about: String,
    /// Its zones. A zone belongs to one area at most.
    pub zones: Vec<String>,
}

/// A wireless network where it can be joined.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WifiFile {
    /// Segment behind it.
    pub segment: String,
    /// Zones in which it is received.
    pub zones: Vec<String>,
    /// For guests: joined with the account of a visit.
    #[serde(default)]
    pub guests: bool,
}

/// A cabinet for keys.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CabinetFile {
    /// The device that it is.
    pub device: String,
    /// Keys in it: names in `credentials`, of technology `Key`.
    pub keys: Vec<String>,
    /// Roles that may draw them.
    pub roles: Vec<String>,
    /// When; empty: always.
    #[serde(default)]
    pub hours: Vec<Window>,
    /// A key that is out for longer is missing.
    pub return_within: Sourced<SimDuration>,
}

/// A mains feed.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedFile {
    /// What it feeds.
    #[serde(default)]
    pub about: String,
    /// Zones on it: the panels, locks and devices in and around them. Panels go on for as long as their battery lasts.
    pub zones: Vec<String>,
    /// How long devices go on without it.
    pub backup: Sourced<SimDuration>,
}
