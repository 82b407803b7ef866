//! Patterns, compiled: which reports a rule looks at.

use doorward_model::base::*;
use doorward_model::defence::{IdentityRecord, LogKind, ReasonFile};
use doorward_model::kind::Kind;
use doorward_model::plan::{Pattern, Rule};
use doorward_model::signal::Reason;

use crate::facts::{Facts, Marks};
use crate::site::Site;

/// A pattern: a kind, and what must be seen in it.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// Kind that it watches for; dispatch has seen to it before [`Filter::admits`].
    pub(crate) kind: Kind,
    /// What must be seen; dispatch has seen to that as well.
    pub(crate) needs: Marks,
    /// Codes that pass; none: any.
    codes: Option<IdSet>,
    /// The least code that passes: how large a crowd.
    least: u32,
}

impl Filter {
    /// Compiles a pattern.
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let mut least = 0;
        let (needs, codes) = match pattern {
            Pattern::AccessGranted { off_shift, without_booking } => {
                let needs = [(Marks::OFF_SHIFT, *off_shift), (Marks::WITHOUT_BOOKING, *without_booking)];
                (Marks::where_true(needs), None)
            }
            Pattern::AccessDenied { reasons } => {
                (Marks::default(), any_of(reasons.iter().map(|r| reason(*r) as usize)))
            }
            Pattern::Sensor { kinds } => (Marks::default(), any_of(kinds.iter().map(|kind| *kind as usize))),
            Pattern::Health { kinds } => (Marks::default(), any_of(kinds.iter().map(|kind| *kind as usize))),
            Pattern::RemoteUnlock { without_request } | Pattern::BadgeEnrolled { without_request } => {
                (Marks::where_true([(Marks::WITHOUT_RECORD, *without_request)]), None)
            }
            Pattern::ItemRemoved { without_pass: without } | Pattern::ConfigurationChanged { unplanned: without } => {
                (Marks::where_true([(Marks::WITHOUT_RECORD, *without)]), None)
            }
            Pattern::KeyDrawn { off_shift } => (Marks::where_true([(Marks::OFF_SHIFT, *off_shift)]), None),
            Pattern::NetworkJoined { stale, crowd_from } => {
                least = u32::from(*crowd_from);
                (Marks::where_true([(Marks::STALE, *stale)]), None)
            }
            Pattern::Login(login) => {
                let needs = Marks::where_true([
                    (Marks::VENDOR, login.vendor),
                    (Marks::REMOTE, login.remote),
                    (Marks::WITHOUT_RECORD, login.without_ticket),
                    (Marks::PRIVILEGED, login.privileged),
                    (Marks::LOCAL, login.local),
                    (Marks::SHARED, login.shared),
                    (Marks::BREAK_GLASS, login.break_glass),
                    (Marks::UNUSUAL, login.unusual),
                ]);
                (needs, None)
            }
            Pattern::AccessNotTaken
            | Pattern::PortalForced
            | Pattern::PortalHeld
            | Pattern::LoginRefused
            | Pattern::FlowRefused
            | Pattern::EndpointAlert
            | Pattern::PanelOffline
            | Pattern::PersonReport
            | Pattern::Tailgate
            | Pattern::KeyRefused
            | Pattern::LineFault
            | Pattern::Tamper
            | Pattern::Duress
            | Pattern::KeyOverdue
            | Pattern::Overstay
            | Pattern::StayRefused
            | Pattern::NetworkRefused
            | Pattern::UnknownDevice
            | Pattern::SlowSegment
            | Pattern::LogGap
            | Pattern::DeviceDown
            | Pattern::MainsLost
            | Pattern::FireAlarm
            | Pattern::BadgeLost
            | Pattern::IdentityEnded
            | Pattern::UnusualBehaviour
            | Pattern::PassedBack => (Marks::default(), None),
        };
        Self { kind: Kind::watched_by(pattern), needs, codes, least }
    }

    /// Whether a report that passes can ever come to notice: its log is read, and what is asked of it is known.
    pub(crate) fn can_be_seen(&self, reads: &[LogKind], site: &Site) -> bool {
        let bookings_known = site.links(IdentityRecord::Badges) && site.links(IdentityRecord::Bookings);
        reads.contains(&self.kind.log()) && (bookings_known || !self.needs.include(Marks::WITHOUT_BOOKING))
    }

    /// Whether a report of its kind with the marks that it needs passes.
    pub(crate) fn admits(&self, facts: &Facts) -> bool {
        facts.code >= self.least && self.codes.as_ref().is_none_or(|codes| codes.contains(facts.code as usize))
    }
}

/// Where and when a rule looks for the observation that completes it.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    zones: IdSet,
    portals: Option<IdSet>,
    during: Vec<Window>,
}

impl Scope {
    /// That of a rule.
    pub(crate) fn of(rule: &Rule) -> Self {
        Self { zones: rule.zones.clone(), portals: rule.portals.clone(), during: rule.during.clone() }
    }

    /// Whether a report at this time of the week lies in it. A report without a zone passes the zones; one without a
    /// portal does not pass a list of portals.
    pub(crate) fn covers(&self, facts: &Facts, week_ms: u64) -> bool {
        facts.zone.is_none_or(|zone| self.zones.contains(zone.index()))
            && self
                .portals
                .as_ref()
                .is_none_or(|portals| facts.portal.is_some_and(|portal| portals.contains(portal.index())))
            && (self.during.is_empty() || self.during.iter().any(|window| window.contains(week_ms)))
    }
}

/// The set of these codes; none for an empty list, which means any.
fn any_of(codes: impl Iterator<Item = usize> + Clone) -> Option<IdSet> {
    let mut set = IdSet::with_len(codes.clone().max()? + 1);
    for code in codes {
        set.insert(code);
    }
    Some(set)
}

fn reason(file: ReasonFile) -> Reason {
    match file {
        ReasonFile::NoRight => Reason::NoRight,
        ReasonFile::OffShift => Reason::OffShift,
        ReasonFile::Superseded => Reason::Superseded,
        ReasonFile::Revoked => Reason::Revoked,
        ReasonFile::Unknown => Reason::Unknown,
        ReasonFile::LockedDown => Reason::LockedDown,
        ReasonFile::Factor => Reason::Factor,
        ReasonFile::Expired => Reason::Expired,
        ReasonFile::PassedBack => Reason::PassedBack,
        ReasonFile::Alone => Reason::Alone,
        ReasonFile::NoEscort => Reason::NoEscort,
        ReasonFile::NoWorkOrder => Reason::NoWorkOrder,
        ReasonFile::Risk => Reason::Risk,
        ReasonFile::Absent => Reason::Absent,
        ReasonFile::Stale => Reason::Stale,
        ReasonFile::WrongDevice => Reason::WrongDevice,
        ReasonFile::NoPass => Reason::NoPass,
    }
}
