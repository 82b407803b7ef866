//! What a defender knows of its own site.
//!
//! Copied out of the plan when a defence is made, so that no defence holds the part of the plan that describes the
//! threat: adversaries, techniques, behaviour.

use doorward_model::base::*;
use doorward_model::defence::IdentityRecord;
use doorward_model::kind::Kind;
use doorward_model::plan::{self, Cabinet, Direction, Join, Plan, Role, Watch};
use doorward_model::site::{AccountRole, Authentication, DeviceKind, OutOfReach, Technology};

/// The installed configuration, by id.
// INVARIANT (ids): every id in a request or a report was made from the plan that this was copied from, so it is in
// range here.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    zones: Vec<Zone>,
    portals: Vec<Portal>,
    panels: Vec<Panel>,
    sensors: Vec<Sensor>,
    devices: Vec<ZoneId>,
    services: Vec<Service>,
    accounts: Vec<Account>,
    roles: Vec<Role>,
    /// By person, the role.
    works_as: Vec<RoleId>,
    /// By person.
    accounts_of: Vec<Vec<AccountId>>,
    credentials: Vec<Credential>,
    links: Links,
    /// Credentials known to be of each person: the badge in use first, as in the plan.
    held: Vec<Vec<CredentialId>>,
    guard_roles: IdSet,
    /// Devices to administer from.
    administration: IdSet,
    /// A zone to name for each segment: where its first device stands.
    segments: Vec<ZoneId>,
    cabinets: Vec<Cabinet>,
    muster: ZoneId,
}

#[derive(Clone, Copy, Debug)]
struct Zone {
    level: u8,
    two_person: bool,
}

#[derive(Clone, Copy, Debug)]
struct Portal {
    outer: ZoneId,
    inner: ZoneId,
    /// By [`Direction::index`]: whether the reader takes more than a card.
    takes_factor: [bool; 2],
}

/// The records that are known to belong to one person: who is who over all systems.
#[derive(Clone, Copy, Debug)]
struct Links {
    badges: bool,
    accounts: bool,
    bookings: bool,
    keys: bool,
}

impl Links {
    fn of(linked: &[IdentityRecord]) -> Self {
        Self {
            badges: linked.contains(&IdentityRecord::Badges),
            accounts: linked.contains(&IdentityRecord::Accounts),
            bookings: linked.contains(&IdentityRecord::Bookings),
            keys: linked.contains(&IdentityRecord::Keys),
        }
    }

    fn include(self, record: IdentityRecord) -> bool {
        match record {
            IdentityRecord::Badges => self.badges,
            IdentityRecord::Accounts => self.accounts,
            IdentityRecord::Bookings => self.bookings,
            IdentityRecord::Keys => self.keys,
        }
    }
}

/// An account, without its name and what it opens: rules look at one for every login.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) person: Option<PersonId>,
    pub(crate) role: AccountRole,
    pub(crate) second_factor: bool,
    pub(crate) break_glass: bool,
    pub(crate) vendor: Option<plan::Vendor>,
}

/// A credential, without its name: rules look at one for every badge that is read.
#[derive(Clone, Copy, Debug)]
struct Credential {
    person: Option<PersonId>,
    role: Option<RoleId>,
    /// The record that it is in.
    record: IdentityRecord,
}

/// A panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    pub(crate) zone: ZoneId,
    pub(crate) out_of_reach: OutOfReach,
}

/// A sensor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sensor {
    pub(crate) kind: u32,
    pub(crate) zone: ZoneId,
    /// The portal that it watches, if it watches one.
    pub(crate) portal: Option<PortalId>,
}

/// A service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    pub(crate) device: DeviceId,
    pub(crate) multi_factor: bool,
    pub(crate) sensitive: bool,
    /// It asks the identity provider.
    pub(crate) directory: bool,
}

impl Site {
    /// Copies what is installed.
    pub(crate) fn of(plan: &Plan) -> Self {
        let links = Links::of(&plan.policy.identity.linked);
        let mut held = vec![Vec::new(); plan.people.len()];
        for (index, credential) in plan.credentials.iter().enumerate() {
            if let Some(person) = credential.person.filter(|_| links.include(record_of(credential.technology))) {
                held[person.index()].push(CredentialId::from_index(index));
            }
        }
        let mut guard_roles = IdSet::with_len(plan.roles.len());
        for guard in plan.posts.iter().flat_map(|post| &post.guards) {
            guard_roles.insert(plan.people[guard.index()].role.index());
        }
        let mut administration = IdSet::with_len(plan.devices.len());
        for (index, device) in plan.devices.iter().enumerate() {
            if device.admin_workstation || device.kind == DeviceKind::JumpHost {
                administration.insert(index);
            }
        }
        Self {
            zones: plan.zones.iter().map(|z| Zone { level: z.level, two_person: z.two_person }).collect(),
            portals: plan
                .portals
                .iter()
                .map(|portal| Portal {
                    outer: portal.outer,
                    inner: portal.inner,
                    takes_factor: [0, 1].map(|way: usize| {
                        portal.readers[way].as_ref().is_some_and(|reader| reader.pin || reader.biometric)
                    }),
                })
                .collect(),
            panels: plan.panels.iter().map(|p| Panel { zone: p.zone, out_of_reach: p.out_of_reach }).collect(),
            sensors: plan
                .sensors
                .iter()
                .map(|sensor| Sensor {
                    kind: sensor.kind,
                    zone: sensor.zone,
                    portal: match sensor.watches {
                        Watch::Portal(portal) => Some(portal),
                        Watch::Zone(_) | Watch::Asset(_) => None,
                    },
                })
                .collect(),
            devices: plan.devices.iter().map(|device| device.zone).collect(),
            services: plan
                .services
                .iter()
                .map(|service| Service {
                    device: service.device,
                    multi_factor: match service.authentication {
                        Authentication::MultiFactor => true,
                        Authentication::Open | Authentication::Password => false,
                    },
                    sensitive: service.sensitive,
                    directory: service.directory,
                })
                .collect(),
            accounts: plan
                .accounts
                .iter()
                .map(|account| Account {
                    person: account.person,
                    role: account.role,
                    second_factor: account.second_factor,
                    break_glass: account.break_glass,
                    vendor: account.vendor.clone(),
                })
                .collect(),
            roles: plan.roles.clone(),
            works_as: plan.people.iter().map(|person| person.role).collect(),
            accounts_of: plan.people.iter().map(|person| person.accounts.clone()).collect(),
            credentials: plan
                .credentials
                .iter()
                .map(|credential| Credential {
                    person: credential.person,
                    role: credential.role,
                    record: record_of(credential.technology),
                })
                .collect(),
            links,
            held,
            guard_roles,
            administration,
            segments: (0..plan.segments.len())
                .map(|s| plan.devices.iter().find(|d| d.segment.index() == s).map_or(ZoneId(0), |d| d.zone))
                .collect(),
            cabinets: plan.cabinets.clone(),
            muster: plan.muster.unwrap_or(ZoneId(0)),
        }
    }

    /// Security level of a zone.
    pub(crate) fn level(&self, zone: ZoneId) -> u8 {
        self.zones[zone.index()].level
    }

    /// Whether nobody may be alone in a zone.
    pub(crate) fn is_two_person(&self, zone: ZoneId) -> bool {
        self.zones[zone.index()].two_person
    }

    /// Whether the reader of a portal takes more than a card: a PIN, a finger.
    pub(crate) fn takes_factor(&self, portal: PortalId, direction: Direction) -> bool {
        self.portals[portal.index()].takes_factor[direction.index()]
    }

    /// The inner zone of a portal.
    pub(crate) fn inner(&self, portal: PortalId) -> ZoneId {
        self.portals[portal.index()].inner
    }

    /// The zone behind a portal in a direction.
    pub(crate) fn beyond(&self, portal: PortalId, direction: Direction) -> ZoneId {
        let sides = self.portals[portal.index()];
        match direction {
            Direction::Entry => sides.inner,
            Direction::Exit => sides.outer,
        }
    }

    /// A panel.
    pub(crate) fn panel(&self, panel: PanelId) -> Panel {
        self.panels[panel.index()]
    }

    /// A sensor.
    pub(crate) fn sensor(&self, sensor: SensorId) -> Sensor {
        self.sensors[sensor.index()]
    }

    /// The zone that a device stands in.
    pub(crate) fn zone_of_device(&self, device: DeviceId) -> ZoneId {
        self.devices[device.index()]
    }

    /// A service.
    pub(crate) fn service(&self, service: ServiceId) -> Service {
        self.services[service.index()]
    }

    /// An account.
    pub(crate) fn account(&self, account: AccountId) -> &Account {
        &self.accounts[account.index()]
    }

    /// A role.
    pub(crate) fn role(&self, role: RoleId) -> &Role {
        &self.roles[role.index()]
    }

    /// Whether guards hold this role.
    pub(crate) fn is_guard_role(&self, role: RoleId) -> bool {
        self.guard_roles.contains(role.index())
    }

    /// Whether a credential's holder is outside the shift of their role.
    pub(crate) fn off_shift(&self, credential: CredentialId, week_ms: u64) -> bool {
        self.credential(credential).role.is_some_and(|role| !self.role(role).on_shift(week_ms))
    }

    /// The role of a person.
    pub(crate) fn role_of(&self, person: PersonId) -> &Role {
        self.role(self.works_as[person.index()])
    }

    /// Whether a device is kept for administration: a workstation for it, or a jump host.
    pub(crate) fn is_for_administration(&self, device: DeviceId) -> bool {
        self.administration.contains(device.index())
    }

    /// A zone to name for a segment.
    pub(crate) fn zone_of_segment(&self, segment: SegmentId) -> ZoneId {
        self.segments[segment.index()]
    }

    /// A key cabinet.
    pub(crate) fn cabinet(&self, cabinet: CabinetId) -> &Cabinet {
        &self.cabinets[cabinet.index()]
    }

    /// Where people gather.
    pub(crate) fn muster(&self) -> ZoneId {
        self.muster
    }

    fn credential(&self, credential: CredentialId) -> Credential {
        self.credentials[credential.index()]
    }

    /// Whether records of this sort are known to belong to a person.
    pub(crate) fn links(&self, record: IdentityRecord) -> bool {
        self.links.include(record)
    }

    /// Whether reports of a kind can name a person.
    pub(crate) fn names_person(&self, kind: Kind) -> bool {
        match kind {
            Kind::AccessGranted
            | Kind::AccessDenied
            | Kind::PassedBack
            | Kind::StayRefused
            | Kind::Duress
            | Kind::BadgeLost => self.links.badges,
            Kind::Login
            | Kind::LoginRefused
            | Kind::RemoteUnlock
            | Kind::BadgeEnrolled
            | Kind::NetworkJoined
            | Kind::NetworkRefused
            | Kind::ConfigurationChanged
            | Kind::UnusualBehaviour => self.links.accounts,
            Kind::Overstay => self.links.bookings,
            Kind::KeyDrawn | Kind::KeyRefused | Kind::KeyOverdue => self.links.keys,
            Kind::IdentityEnded => true,
            Kind::AccessNotTaken
            | Kind::PortalForced
            | Kind::PortalHeld
            | Kind::SensorActive
            | Kind::PanelOffline
            | Kind::FlowRefused
            | Kind::EndpointAlert
            | Kind::PersonReport
            | Kind::Tailgate
            | Kind::LineFault
            | Kind::Tamper
            | Kind::ItemRemoved
            | Kind::UnknownDevice
            | Kind::Health
            | Kind::SlowSegment
            | Kind::LogGap
            | Kind::DeviceDown
            | Kind::MainsLost
            | Kind::FireAlarm => false,
        }
    }

    /// Whose credential it is, in the eyes of whoever keeps records of this sort; none where they are not linked.
    pub(crate) fn holder(&self, credential: CredentialId, record: IdentityRecord) -> Option<PersonId> {
        self.credential(credential).person.filter(|_| self.links(record))
    }

    /// Who a badge or a key was issued to, where that is known.
    pub(crate) fn issued_to(&self, credential: CredentialId) -> Option<PersonId> {
        self.holder(credential, self.credential(credential).record)
    }

    /// Whose account it is, where that is known.
    pub(crate) fn owner(&self, account: AccountId) -> Option<PersonId> {
        self.account(account).person.filter(|_| self.links.accounts)
    }

    /// The accounts known to be of a person.
    pub(crate) fn accounts_of(&self, person: PersonId) -> &[AccountId] {
        if self.links.accounts { &self.accounts_of[person.index()] } else { &[] }
    }

    /// The credentials known to be of a person, the badge in use first.
    pub(crate) fn credentials_of(&self, person: PersonId) -> &[CredentialId] {
        &self.held[person.index()]
    }

    /// How many keys a join can have.
    pub(crate) fn keys(&self, by: Join) -> usize {
        match by {
            Join::Credential => self.credentials.len(),
            Join::Identity => self.works_as.len(),
            Join::Portal => self.portals.len(),
            Join::Zone => self.zones.len(),
            Join::Device => self.devices.len(),
            Join::Site => 1,
        }
    }

    /// How many accounts there are.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }
}

/// The record that a credential is in.
fn record_of(technology: Technology) -> IdentityRecord {
    match technology {
        Technology::Prox125 | Technology::MifareClassic | Technology::Desfire | Technology::Mobile => {
            IdentityRecord::Badges
        }
        Technology::Key => IdentityRecord::Keys,
    }
}
