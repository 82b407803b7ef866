//! What a defender knows of its own site.
//!
//! Copied out of the plan when a defence is made, so that no defence holds the part of the plan that describes the
//! threat: adversaries, techniques, behaviour.

use doorward_model::base::*;
use doorward_model::plan::{Account, Credential, Direction, Join, Person, Plan, Role, Watch};
use doorward_model::site::{Authentication, OutOfReach};

/// The installed configuration, by id.
// INVARIANT (ids): every id in a request or a report was made from the plan that this was copied from, so it is in
// range here.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    levels: Vec<u8>,
    portals: Vec<Sides>,
    panels: Vec<Panel>,
    sensors: Vec<Sensor>,
    devices: Vec<ZoneId>,
    services: Vec<Service>,
    accounts: Vec<Account>,
    roles: Vec<Role>,
    people: Vec<Person>,
    credentials: Vec<Credential>,
    /// Credentials of each person: the badge in use first, as in the plan.
    held: Vec<Vec<CredentialId>>,
    guard_roles: IdSet,
}

#[derive(Clone, Copy, Debug)]
struct Sides {
    outer: ZoneId,
    inner: ZoneId,
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
}

impl Site {
    /// Copies what is installed.
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut held = vec![Vec::new(); plan.people.len()];
        for (index, credential) in plan.credentials.iter().enumerate() {
            if let Some(person) = credential.person {
                held[person.index()].push(CredentialId::from_index(index));
            }
        }
        let mut guard_roles = IdSet::with_len(plan.roles.len());
        for guard in plan.posts.iter().flat_map(|post| &post.guards) {
            guard_roles.insert(plan.people[guard.index()].role.index());
        }
        Self {
            levels: plan.zones.iter().map(|zone| zone.level).collect(),
            portals: plan.portals.iter().map(|p| Sides { outer: p.outer, inner: p.inner }).collect(),
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
                })
                .collect(),
            accounts: plan.accounts.clone(),
            roles: plan.roles.clone(),
            people: plan.people.clone(),
            credentials: plan.credentials.clone(),
            held,
            guard_roles,
        }
    }

    /// Security level of a zone.
    pub(crate) fn level(&self, zone: ZoneId) -> u8 {
        self.levels[zone.index()]
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

    /// A credential.
    pub(crate) fn credential(&self, credential: CredentialId) -> &Credential {
        &self.credentials[credential.index()]
    }

    /// The accounts of a person.
    pub(crate) fn accounts_of(&self, person: PersonId) -> &[AccountId] {
        &self.people[person.index()].accounts
    }

    /// The credentials of a person, the badge in use first.
    pub(crate) fn credentials_of(&self, person: PersonId) -> &[CredentialId] {
        &self.held[person.index()]
    }

    /// How many keys a join can have.
    pub(crate) fn keys(&self, by: Join) -> usize {
        match by {
            Join::Credential => self.credentials.len(),
            Join::Identity => self.people.len(),
            Join::Portal => self.portals.len(),
            Join::Zone => self.levels.len(),
            Join::Device => self.devices.len(),
            Join::Site => 1,
        }
    }

    /// How many accounts there are.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }
}
