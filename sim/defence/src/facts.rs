//! What a report says, in one form for all kinds: where, about whom, and the marks that filters ask for.

use doorward_model::base::*;
use doorward_model::plan::Join;
use doorward_model::signal::{Report, Subject};
use doorward_model::site::AccountRole;

use crate::site::Site;

/// Yes-or-no properties of a report, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marks(u8);

impl Marks {
    /// A badge outside the shift of its role.
    pub(crate) const OFF_SHIFT: Self = Self(1);
    /// No request on file.
    pub(crate) const WITHOUT_REQUEST: Self = Self(1 << 1);
    /// A vendor's account.
    pub(crate) const VENDOR: Self = Self(1 << 2);
    /// From outside the site.
    pub(crate) const REMOTE: Self = Self(1 << 3);
    /// No ticket on file.
    pub(crate) const WITHOUT_TICKET: Self = Self(1 << 4);
    /// An operator's or administrator's account.
    pub(crate) const PRIVILEGED: Self = Self(1 << 5);

    /// The marks that hold.
    pub(crate) fn where_true<const N: usize>(marks: [(Self, bool); N]) -> Self {
        Self(marks.iter().filter(|(_, holds)| *holds).fold(0, |bits, (mark, _)| bits | mark.0))
    }

    /// Whether all of these are among them.
    pub(crate) fn include(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }
}

/// One report, ready for rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// What it is about, unless it is joined by identity.
    subject: Subject,
    /// Where; none: nowhere in the building.
    pub(crate) zone: Option<ZoneId>,
    pub(crate) portal: Option<PortalId>,
    credential: Option<CredentialId>,
    person: Option<PersonId>,
    device: Option<DeviceId>,
    pub(crate) marks: Marks,
    /// What lists in filters name: the reason of a refusal, the type of a sensor.
    pub(crate) code: u32,
}

impl Facts {
    /// What a report says at a time of the week; none where no rule can ask.
    pub(crate) fn of(site: &Site, report: &Report, week_ms: u64) -> Option<Self> {
        Some(match *report {
            Report::AccessGranted { portal, direction, credential } => {
                let role = site.credential(credential).role;
                let off_shift = role.is_some_and(|role| !site.role(role).on_shift(week_ms));
                Self {
                    zone: Some(site.beyond(portal, direction)),
                    portal: Some(portal),
                    marks: Marks::where_true([(Marks::OFF_SHIFT, off_shift)]),
                    ..Self::of_credential(site, credential)
                }
            }
            Report::AccessDenied { portal, direction, credential, reason } => Self {
                zone: Some(site.beyond(portal, direction)),
                portal: Some(portal),
                code: reason as u32,
                ..Self::of_credential(site, credential)
            },
            Report::PortalForced { portal } | Report::PortalHeld { portal } => {
                Self { zone: Some(site.inner(portal)), portal: Some(portal), ..Self::about(Subject::Portal(portal)) }
            }
            Report::SensorActive { sensor } => {
                let sensor = site.sensor(sensor);
                Self { portal: sensor.portal, code: sensor.kind, ..Self::in_zone(sensor.zone) }
            }
            Report::PanelLink { panel, up: _ } => Self::in_zone(site.panel(panel).zone),
            Report::Login { service, account, remote, ticket } => {
                let (vendor, role) = (site.account(account).vendor.is_some(), site.account(account).role);
                Self {
                    marks: Marks::where_true([
                        (Marks::VENDOR, vendor),
                        (Marks::REMOTE, remote),
                        (Marks::WITHOUT_TICKET, !ticket),
                        (Marks::PRIVILEGED, role >= AccountRole::Operator),
                    ]),
                    ..Self::of_login(site, service, account)
                }
            }
            Report::LoginRefused { service, account, reason: _ } => Self::of_login(site, service, account),
            Report::FlowRefused { service } => Self::of_device(site, site.service(service).device),
            Report::EndpointAlert { device } => Self::of_device(site, device),
            Report::RemoteUnlock { portal, account, request } => Self {
                zone: Some(site.inner(portal)),
                portal: Some(portal),
                marks: Marks::where_true([(Marks::WITHOUT_REQUEST, !request)]),
                ..Self::of_account(site, account)
            },
            // The identity is that of the account that acted; the badge is what later uses of it are joined by.
            Report::BadgeEnrolled { credential, account, request } => Self {
                credential: Some(credential),
                marks: Marks::where_true([(Marks::WITHOUT_REQUEST, !request)]),
                ..Self::of_account(site, account)
            },
            Report::PersonReport { zone } => Self::in_zone(zone),
            Report::AccessNotTaken { .. }
            | Report::PortalOpened { .. }
            | Report::PortalClosed { .. }
            | Report::RequestToExit { .. }
            | Report::Assessed { .. }
            | Report::GuardReport { .. } => return None,
        })
    }

    fn about(subject: Subject) -> Self {
        Self {
            subject,
            zone: None,
            portal: None,
            credential: None,
            person: None,
            device: None,
            marks: Marks::default(),
            code: 0,
        }
    }

    fn in_zone(zone: ZoneId) -> Self {
        Self { zone: Some(zone), ..Self::about(Subject::Zone(zone)) }
    }

    fn of_credential(site: &Site, credential: CredentialId) -> Self {
        Self {
            credential: Some(credential),
            person: site.credential(credential).person,
            ..Self::about(Subject::Credential(credential))
        }
    }

    fn of_account(site: &Site, account: AccountId) -> Self {
        Self { person: site.account(account).person, ..Self::about(Subject::Account(account)) }
    }

    fn of_login(site: &Site, service: ServiceId, account: AccountId) -> Self {
        let device = site.service(service).device;
        Self { zone: Some(site.zone_of_device(device)), device: Some(device), ..Self::of_account(site, account) }
    }

    fn of_device(site: &Site, device: DeviceId) -> Self {
        Self { zone: Some(site.zone_of_device(device)), device: Some(device), ..Self::about(Subject::Device(device)) }
    }

    /// The key that joins it with others; none: it cannot be joined that way.
    pub(crate) fn key(&self, by: Join) -> Option<usize> {
        match by {
            Join::Credential => self.credential.map(CredentialId::index),
            Join::Identity => self.person.map(PersonId::index),
            Join::Portal => self.portal.map(PortalId::index),
            Join::Zone => self.zone.map(ZoneId::index),
            Join::Device => self.device.map(DeviceId::index),
            Join::Site => Some(0),
        }
    }

    /// What an alarm on it is about, for a rule that joins so.
    pub(crate) fn subject(&self, by: Option<Join>) -> Subject {
        match (by, self.person) {
            (Some(Join::Identity), Some(person)) => Subject::Person(person),
            (None | Some(_), None | Some(_)) => self.subject,
        }
    }
}
