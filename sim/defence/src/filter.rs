//! Patterns, compiled: which reports a rule looks at.

use doorward_model::base::*;
use doorward_model::defence::ReasonFile;
use doorward_model::plan::{Pattern, Rule};
use doorward_model::signal::Reason;

use crate::facts::{Facts, Marks};
use crate::kind::Kind;

/// A pattern: a kind, and what must be seen in it.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// Kind that it watches for; dispatch has seen to it before [`Filter::admits`].
    pub(crate) kind: Kind,
    needs: Marks,
    /// Codes that pass; none: any.
    codes: Option<IdSet>,
}

impl Filter {
    /// Compiles a pattern.
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let (needs, codes) = match pattern {
            Pattern::AccessGranted { off_shift } => (Marks::where_true([(Marks::OFF_SHIFT, *off_shift)]), None),
            Pattern::AccessDenied { reasons } => {
                (Marks::default(), any_of(reasons.iter().map(|r| reason(*r) as usize)))
            }
            Pattern::Sensor { kinds } => (Marks::default(), any_of(kinds.iter().map(|kind| *kind as usize))),
            Pattern::RemoteUnlock { without_request } | Pattern::BadgeEnrolled { without_request } => {
                (Marks::where_true([(Marks::WITHOUT_REQUEST, *without_request)]), None)
            }
            Pattern::Login { vendor, remote, without_ticket, privileged } => {
                let needs = Marks::where_true([
                    (Marks::VENDOR, *vendor),
                    (Marks::REMOTE, *remote),
                    (Marks::WITHOUT_TICKET, *without_ticket),
                    (Marks::PRIVILEGED, *privileged),
                ]);
                (needs, None)
            }
            Pattern::PortalForced
            | Pattern::PortalHeld
            | Pattern::LoginRefused
            | Pattern::FlowRefused
            | Pattern::EndpointAlert
            | Pattern::PanelOffline
            | Pattern::PersonReport => (Marks::default(), None),
        };
        Self { kind: Kind::watched_by(pattern), needs, codes }
    }

    /// Whether a report of its kind passes.
    pub(crate) fn admits(&self, facts: &Facts) -> bool {
        facts.marks.include(self.needs) && self.codes.as_ref().is_none_or(|codes| codes.contains(facts.code as usize))
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
    }
}
