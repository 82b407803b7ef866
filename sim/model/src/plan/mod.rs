//! The plan: site, scenario, techniques and one defence, compiled together.
//! Immutable, dense, shared by all threads. Names are gone but for printing;
//! every id is an index.

mod assumption;
pub mod built_in;
mod check;
mod compile_acts;
mod compile_people;
mod compile_policy;
mod compile_site;
mod compile_threat;
mod cyber;
mod expected;
mod job;
mod load;
mod names;
mod people;
mod physical;
mod policy;
mod routes;
mod site_part;
mod threat;

pub use assumption::*;
pub use cyber::*;
pub use job::*;
pub use load::*;
pub use people::*;
pub use physical::*;
pub use policy::*;
pub use routes::*;
pub use threat::*;

use crate::base::*;
use crate::site::{Authentication, DeviceKind, ZoneKind};

/// Everything that is fixed before a run begins.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the site.
    pub site: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the defence.
    pub defence_name: String,
    /// Maps run time to day and hour.
    pub calendar: Calendar,
    /// Adversaries may act from here on; scores begin here.
    pub warm_up_end: SimTime,
    /// The run ends here.
    pub horizon: SimTime,
    /// How fast everybody walks.
    pub pace: Pace,
    /// Zones.
    pub zones: Vec<Zone>,
    /// Portals.
    pub portals: Vec<Portal>,
    /// Panels.
    pub panels: Vec<Panel>,
    /// Sensors.
    pub sensors: Vec<Sensor>,
    /// Names of sensor types, by the index that sensors and rules use.
    pub sensor_types: Vec<String>,
    /// Assets.
    pub assets: Vec<Asset>,
    /// Segments.
    pub segments: Vec<Segment>,
    /// Flows.
    pub flows: Vec<Flow>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Services of all devices.
    pub services: Vec<Service>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Jacks.
    pub jacks: Vec<Jack>,
    /// Roles.
    pub roles: Vec<Role>,
    /// People, the named ones first.
    pub people: Vec<Person>,
    /// Credentials: the badge of each person first, in the order of people.
    pub credentials: Vec<Credential>,
    /// Guard posts.
    pub posts: Vec<Post>,
    /// Response forces.
    pub forces: Vec<Force>,
    /// Areas.
    pub areas: Vec<Area>,
    /// Where everybody gathers when the alarm sounds; none: at home.
    pub muster: Option<ZoneId>,
    /// Wireless networks.
    pub wifi: Vec<Wifi>,
    /// Key cabinets.
    pub cabinets: Vec<Cabinet>,
    /// Mains feeds.
    pub feeds: Vec<Feed>,
    /// What people do that no policy asks for; none: they never do.
    pub habits: Option<Habits>,
    /// The shortest ways on foot, found when first asked for.
    pub routes: Routes,
    /// The whole run lies on a public holiday, and whether the door schedules know; none: it does not.
    pub holiday: Option<bool>,
    /// Ordinary acts with a rate.
    pub routines: Vec<Routine>,
    /// What happens at a set time.
    pub injects: Vec<Inject>,
    /// What ordinary people do near an adversary.
    pub behaviour: Behaviour,
    /// Techniques.
    pub techniques: Vec<Technique>,
    /// Adversaries.
    pub adversaries: Vec<Adversary>,
    /// How the site is run.
    pub policy: Policy,
    /// Every figure used whose grade is assumption or unverified.
    pub assumptions: Vec<Assumption>,
}

impl Plan {
    /// Whether an adversary wipes records.
    pub fn can_records_be_wiped(&self) -> bool {
        let wipes = |(_, job): &(TechniqueId, Job)| matches!(job, Job::Prepare { how: Preparation::Wipe, .. });
        self.adversaries.iter().any(|adversary| adversary.prepares.iter().any(wipes))
    }

    /// Whether a login with an account is asked for a second factor, as far as the service and the policy go.
    pub fn asks_second_factor(&self, service: ServiceId, account: &Account) -> bool {
        self.services[service.index()].authentication == Authentication::MultiFactor
            || self.policy.access.second_factor_where_enrolled && account.second_factor
    }

    /// The zone behind a portal in a direction.
    #[inline]
    pub fn zone_beyond(&self, portal: PortalId, direction: Direction) -> ZoneId {
        self.portals[portal.index()].beyond(direction)
    }

    /// The first account of a person that opens a service.
    pub fn account_for(&self, person: PersonId, service: ServiceId) -> Option<AccountId> {
        let mut accounts = self.people[person.index()].accounts.iter().copied();
        accounts.find(|account| self.accounts[account.index()].services.contains(&service))
    }

    /// Whether somebody minds who comes through a portal: a post or a reception on one of its sides.
    pub fn is_minded(&self, portal: PortalId) -> bool {
        let door = &self.portals[portal.index()];
        [door.outer, door.inner].iter().any(|zone| {
            self.zones[zone.index()].kind == ZoneKind::Lobby || self.posts.iter().any(|post| post.zone == *zone)
        })
    }

    /// Whether an account signs on through the directory.
    pub fn signs_on(&self, account: &Account) -> bool {
        !account.break_glass && account.services.iter().any(|service| self.services[service.index()].directory)
    }

    /// Systems that say who works here.
    pub fn identity_systems(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let holds = |kind| matches!(kind, DeviceKind::HumanResources | DeviceKind::IdentityProvider);
        (0..self.devices.len()).filter(move |&d| holds(self.devices[d].kind)).map(DeviceId::from_index)
    }

    /// Whether a device or segment can open a connection to a panel under the allow-list.
    pub fn reaches_panel(&self, origin: Origin, panel: PanelId) -> bool {
        match origin {
            Origin::Segment(s) => self.segments[s.index()].panels.contains(panel.index()),
            Origin::Device(d) => self.devices[d.index()].panels.contains(panel.index()),
        }
    }

    /// Whether a device or segment can open a connection to a service under the allow-list.
    pub fn reaches(&self, origin: Origin, service: ServiceId) -> bool {
        match origin {
            Origin::Segment(s) => self.segments[s.index()].reach.contains(service.index()),
            Origin::Device(d) => self.devices[d.index()].reach.contains(service.index()),
        }
    }
}
