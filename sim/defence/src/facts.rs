//! What a report says, in one form for all kinds: where, about whom, and the marks that filters ask for.

use doorward_model::base::*;
use doorward_model::defence::IdentityRecord;
use doorward_model::plan::{Direction, Join};
use doorward_model::signal::{Records, Report, Subject};
use doorward_model::site::AccountRole;

use crate::site::Site;

/// Yes-or-no properties of a report, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marks(u16);

impl Marks {
    /// A badge or key outside the shift of its holder's role.
    pub(crate) const OFF_SHIFT: Self = Self(1);
    /// No ticket, request, planned change or pass on file.
    pub(crate) const WITHOUT_RECORD: Self = Self(1 << 1);
    /// A vendor's account.
    pub(crate) const VENDOR: Self = Self(1 << 2);
    /// From outside the site.
    pub(crate) const REMOTE: Self = Self(1 << 3);
    /// From inside the site.
    pub(crate) const LOCAL: Self = Self(1 << 4);
    /// An operator's or administrator's account.
    pub(crate) const PRIVILEGED: Self = Self(1 << 5);
    /// Into a room that can be booked, without a booking of the holder's.
    pub(crate) const WITHOUT_BOOKING: Self = Self(1 << 6);
    /// An account that belongs to nobody.
    pub(crate) const SHARED: Self = Self(1 << 7);
    /// An account for emergencies.
    pub(crate) const BREAK_GLASS: Self = Self(1 << 8);
    /// A privileged login outside the shift, or from a device that is not kept for administration.
    pub(crate) const UNUSUAL: Self = Self(1 << 9);
    /// A device behind with its patches.
    pub(crate) const STALE: Self = Self(1 << 10);

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
    /// Whom it names; none also where nobody knows that the record is theirs.
    pub(crate) person: Option<PersonId>,
    device: Option<DeviceId>,
    pub(crate) marks: Marks,
    /// What lists and bounds in filters name: the reason of a refusal, the type of a sensor, what failed, how large a
    /// crowd. It means something within one kind only, and reports are dispatched by kind.
    pub(crate) code: u32,
}

impl Facts {
    /// What a report says at a time of the week; none where no rule can ask.
    pub(crate) fn of(site: &Site, report: &Report, week_ms: u64) -> Option<Self> {
        Some(match *report {
            Report::AccessGranted { portal, direction, credential, records, passed_back: _ } => {
                // To miss a booking is to know that it would be the same person's.
                let joined = site.links(IdentityRecord::Badges) && site.links(IdentityRecord::Bookings);
                let unbooked = records.include(Records::BOOKABLE) && !records.include(Records::BOOKING);
                Self {
                    zone: Some(site.beyond(portal, direction)),
                    portal: Some(portal),
                    marks: Marks::where_true([
                        (Marks::OFF_SHIFT, site.off_shift(credential, week_ms)),
                        (Marks::WITHOUT_BOOKING, joined && unbooked),
                    ]),
                    ..Self::of_badge(site, credential)
                }
            }
            Report::AccessDenied { portal, direction, credential, reason } => Self {
                zone: Some(site.beyond(portal, direction)),
                portal: Some(portal),
                code: reason as u32,
                ..Self::of_badge(site, credential)
            },
            Report::PortalForced { portal } | Report::PortalHeld { portal } | Report::LineFault { portal } => {
                Self::at_portal(site, portal, Direction::Entry)
            }
            Report::Duress { portal, credential } => Self {
                zone: Some(site.beyond(portal, Direction::Entry)),
                portal: Some(portal),
                ..Self::of_badge(site, credential)
            },
            Report::SensorActive { sensor } => {
                let sensor = site.sensor(sensor);
                Self { portal: sensor.portal, code: sensor.kind, ..Self::in_zone(sensor.zone) }
            }
            Report::PanelLink { panel, up: _ } | Report::Tamper { panel } => Self::in_zone(site.panel(panel).zone),
            Report::Login { service, account, remote, ticket, from } => {
                let of = site.account(account);
                let privileged = of.role >= AccountRole::Operator;
                let ordinary_device = !from.is_some_and(|device| site.is_for_administration(device));
                let off_shift = of.person.is_some_and(|person| !site.role_of(person).on_shift(week_ms));
                // A vendor always comes from elsewhere, and has hours and marks of its own.
                let unusual = privileged && of.vendor.is_none() && (off_shift || ordinary_device);
                Self {
                    marks: Marks::where_true([
                        (Marks::VENDOR, of.vendor.is_some()),
                        (Marks::REMOTE, remote),
                        (Marks::LOCAL, !remote),
                        (Marks::WITHOUT_RECORD, !ticket),
                        (Marks::PRIVILEGED, privileged),
                        (Marks::SHARED, of.person.is_none() && of.vendor.is_none()),
                        (Marks::BREAK_GLASS, of.break_glass),
                        (Marks::UNUSUAL, unusual),
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
                marks: Marks::where_true([(Marks::WITHOUT_RECORD, !request)]),
                ..Self::of_account(site, account)
            },
            // The identity is that of the account that acted; the badge is what later uses of it are joined by.
            Report::BadgeEnrolled { credential, account, request } => Self {
                credential: Some(credential),
                marks: Marks::where_true([(Marks::WITHOUT_RECORD, !request)]),
                ..Self::of_account(site, account)
            },
            Report::PersonReport { zone } => Self::in_zone(zone),
            Report::AccessNotTaken { portal } => Self::at_portal(site, portal, Direction::Entry),
            Report::Tailgate { portal, direction } => Self::at_portal(site, portal, direction),
            Report::KeyDrawn { cabinet, key: _, credential } => Self {
                marks: Marks::where_true([(Marks::OFF_SHIFT, site.off_shift(credential, week_ms))]),
                ..Self::of_cabinet(site, cabinet, credential)
            },
            Report::KeyRefused { cabinet, key: _, credential, reason } => {
                Self { code: reason as u32, ..Self::of_cabinet(site, cabinet, credential) }
            }
            Report::KeyOverdue { cabinet, key: _, credential } => Self::of_cabinet(site, cabinet, credential),
            Report::ItemRemoved { asset: _, portal, pass } => Self {
                marks: Marks::where_true([(Marks::WITHOUT_RECORD, !pass)]),
                ..Self::at_portal(site, portal, Direction::Entry)
            },
            Report::Overstay { credential, zone } => {
                Self { zone: Some(zone), ..Self::of_credential(site, credential, IdentityRecord::Bookings) }
            }
            Report::StayRefused { zone, credential, reason } => {
                Self { zone: Some(zone), code: reason as u32, ..Self::of_badge(site, credential) }
            }
            Report::NetworkJoined { segment: _, zone, account, stale, crowd } => Self {
                zone: Some(zone),
                code: u32::from(crowd),
                marks: Marks::where_true([(Marks::STALE, stale)]),
                ..Self::of_account(site, account)
            },
            Report::NetworkRefused { segment: _, zone, account, reason } => {
                Self { zone: Some(zone), code: reason as u32, ..Self::of_account(site, account) }
            }
            Report::UnknownDevice { segment: _, zone } => Self::in_zone(zone),
            Report::ConfigurationChanged { device, account, planned } => Self {
                zone: Some(site.zone_of_device(device)),
                device: Some(device),
                marks: Marks::where_true([(Marks::WITHOUT_RECORD, !planned)]),
                ..Self::of_account(site, account)
            },
            Report::Health { device, what } => Self { code: what as u32, ..Self::of_device(site, device) },
            Report::DeviceDown { device, up: _ } => Self::of_device(site, device),
            Report::LogGap { panel } | Report::PanelPower { panel, mains: _ } => Self::in_zone(site.panel(panel).zone),
            Report::SlowSegment { segment } => Self::in_zone(site.zone_of_segment(segment)),
            Report::FireAlarm { on: _ } => Self::in_zone(site.muster()),
            Report::BadgeLost { credential } => Self::of_badge(site, credential),
            Report::IdentityEnded { person } => Self { person: Some(person), ..Self::about(Subject::Person(person)) },
            Report::UnusualBehaviour { account } => Self::of_account(site, account),
            Report::PortalOpened { .. }
            | Report::PortalClosed { .. }
            | Report::RequestToExit { .. }
            | Report::KeyReturned { .. }
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

    fn at_portal(site: &Site, portal: PortalId, direction: Direction) -> Self {
        Self {
            zone: Some(site.beyond(portal, direction)),
            portal: Some(portal),
            ..Self::about(Subject::Portal(portal))
        }
    }

    fn of_badge(site: &Site, credential: CredentialId) -> Self {
        Self::of_credential(site, credential, IdentityRecord::Badges)
    }

    /// Of a credential, as a system that keeps such records reports it.
    fn of_credential(site: &Site, credential: CredentialId, record: IdentityRecord) -> Self {
        Self {
            credential: Some(credential),
            person: site.holder(credential, record),
            ..Self::about(Subject::Credential(credential))
        }
    }

    fn of_cabinet(site: &Site, cabinet: CabinetId, credential: CredentialId) -> Self {
        let device = site.cabinet(cabinet).device;
        Self {
            zone: Some(site.zone_of_device(device)),
            device: Some(device),
            ..Self::of_credential(site, credential, IdentityRecord::Keys)
        }
    }

    fn of_account(site: &Site, account: AccountId) -> Self {
        Self { person: site.owner(account), ..Self::about(Subject::Account(account)) }
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
