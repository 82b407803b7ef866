//! Portals and their readers as whoever goes through asks for them.
//!
//! The plan says everything of a portal, in three quarters of a kilobyte. A passage asks for a tenth of that at each of its
//! steps, and on a large site each event is about another portal: what it asks for stands here, in two lines of the cache
//! for the portal and one for the reader.

use doorward_model::base::*;
use doorward_model::plan::{Decisions, Direction, Plan, Portal};
use doorward_model::site::{PortalKind, Technology};

use crate::passage::Opening;

/// What is reported of a leaf that opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Says {
    /// Nothing: no switch tells.
    Nothing,
    /// That it is open.
    Opened,
    /// That somebody wants out, and that it is open.
    WantsOut,
    /// That it is open without anybody's leave.
    Forced,
}

/// All portals of a plan, and their readers.
#[derive(Debug)]
pub(crate) struct Gates {
    gates: Box<[Gate]>,
    /// Two for each portal, by [`Direction::index`].
    readers: Box<[Option<ReaderAt>]>,
}

/// What the plan says of a reader for whoever presents a badge.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct ReaderAt {
    /// The panel that decides, as far as the policy does not have it done elsewhere.
    pub panel: PanelId,
    /// Technologies that it reads, a bit each.
    accepts: u8,
    /// Whether it takes more than a card.
    pub takes_further: bool,
    /// Whether the policy has it decided elsewhere than at the panel.
    pub decided_elsewhere: bool,
    /// Whether it leads where nobody may be alone.
    pub two_person: bool,
    /// From presenting to the panel having the request.
    pub read_time: Distribution,
    /// From the request to the panel's decision.
    pub decision_time: Distribution,
    /// Chance that a rightful holder is rejected.
    pub false_reject: Probability,
    /// Chance that one types the duress code by mistake.
    pub duress: Probability,
    /// How long a grant keeps the portal unlocked; not at all without a lock.
    pub unlock_time: SimDuration,
}

const _: () = assert!(size_of::<Option<ReaderAt>>() == 64);

/// What the plan says of a portal for whoever goes through.
#[derive(Clone, Debug)]
#[repr(align(128))]
pub(crate) struct Gate {
    /// Identity of its draws.
    pub key: EntityKey,
    pub at: Option<(f64, f64)>,
    pub outer: ZoneId,
    pub inner: ZoneId,
    /// The panel that watches lock and switch.
    pub panel: Option<PanelId>,
    pub pass_time: Distribution,
    pub close_time: Distribution,
    /// A leaf open longer than this is held; for ever where nobody would notice.
    pub held_after: SimDuration,
    /// Chance that a passage keeps the leaf open; none where nobody would notice.
    pub held_chance: Probability,
    /// Chance that a granted person does not open.
    pub not_taken_chance: Probability,
    /// Chance that a second body fits through.
    pub follow_chance: Probability,
    /// By [`Direction::index`]: whether it opens without credential, key or force.
    pub opens_freely: [bool; 2],
    /// By [`Direction::index`]: whether a reader lets through.
    pub has_reader: [bool; 2],
    pub has_lock: bool,
    /// The lock locks as soon as the leaf opens.
    pub relocks: bool,
    /// At some hours the lock stands unlocked.
    pub scheduled: bool,
    /// Some other portal may not stand open together with it.
    pub interlocked: bool,
    /// The exit opens only some time after the bar is pushed.
    pub delays_egress: bool,
    pub one_at_a_time: bool,
    pub first_person_in: bool,
    /// What its leaf says as it opens, by [`Opening`].
    pub says: [Says; 3],
    /// Analytics look at it through a camera.
    pub watched: bool,
    pub has_sensors: bool,
}

const _: () = assert!(size_of::<Gate>() == 128);

impl Gates {
    /// Those of a plan.
    pub(crate) fn new(plan: &Plan) -> Self {
        let readers = |portal| [Direction::Entry, Direction::Exit].map(|d| ReaderAt::new(plan, portal, d));
        Self {
            gates: plan.portals.iter().map(|portal| Gate::new(plan, portal)).collect(),
            readers: plan.portals.iter().flat_map(readers).collect(),
        }
    }

    #[inline]
    pub(crate) fn gate(&self, portal: PortalId) -> &Gate {
        &self.gates[portal.index()]
    }

    /// The reader that lets through in a direction.
    #[inline]
    pub(crate) fn reader(&self, portal: PortalId, direction: Direction) -> Option<&ReaderAt> {
        self.readers[portal.index() * 2 + direction.index()].as_ref()
    }
}

impl ReaderAt {
    fn new(plan: &Plan, portal: &Portal, direction: Direction) -> Option<Self> {
        let reader = portal.readers[direction.index()].as_ref()?;
        // Who leaves is never asked about elsewhere.
        let decides = |elsewhere: &Decisions| {
            direction == Direction::Entry && plan.zones[portal.inner.index()].level >= elsewhere.from_level
        };
        Some(Self {
            panel: reader.panel,
            accepts: reader.accepts.iter().fold(0, |bits, technology| bits | 1 << *technology as u8),
            takes_further: reader.pin || reader.biometric,
            decided_elsewhere: plan.policy.access.decisions.as_ref().is_some_and(decides),
            two_person: plan.zones[portal.beyond(direction).index()].two_person,
            read_time: reader.read_time.clone(),
            decision_time: plan.panels[reader.panel.index()].decision_time.clone(),
            false_reject: reader.false_reject,
            duress: reader.duress,
            unlock_time: portal.lock.as_ref().map_or(SimDuration::ZERO, |lock| lock.unlock_time),
        })
    }

    /// Whether it reads a card of this technology.
    #[inline]
    pub(crate) fn accepts(&self, technology: Technology) -> bool {
        self.accepts >> technology as u8 & 1 == 1
    }
}

impl Gate {
    fn new(plan: &Plan, portal: &Portal) -> Self {
        let ways = [Direction::Entry, Direction::Exit];
        let seen = |zone: ZoneId| !plan.zones[zone.index()].cameras.is_empty();
        Self {
            key: portal.key,
            at: portal.at,
            outer: portal.outer,
            inner: portal.inner,
            panel: portal.panel,
            pass_time: portal.pass_time.clone(),
            close_time: portal.close_time.clone(),
            held_after: portal.held_after.unwrap_or(SimDuration::MAX),
            held_chance: portal.held_after.map_or(Probability::ZERO, |_| portal.held_chance),
            not_taken_chance: portal.not_taken_chance,
            follow_chance: portal.follow_chance,
            opens_freely: ways.map(|direction| portal.opens_freely(direction)),
            has_reader: ways.map(|direction| portal.readers[direction.index()].is_some()),
            has_lock: portal.lock.is_some(),
            relocks: portal.lock.as_ref().is_some_and(|lock| lock.relock_on_open),
            // On a holiday that the access control system has been told of, no schedule unlocks.
            scheduled: !portal.unlocked.is_empty() && portal.lock.is_some() && plan.holiday != Some(true),
            interlocked: !portal.interlocked.is_empty(),
            delays_egress: portal.delayed_egress.is_some(),
            one_at_a_time: portal.one_at_a_time,
            first_person_in: portal.first_person_in,
            says: [Opening::Granted, Opening::Egress, Opening::Forced].map(|opening| match opening {
                _ if !portal.position_switch => Says::Nothing,
                Opening::Granted => Says::Opened,
                Opening::Egress if portal.rex.is_some() => Says::WantsOut,
                Opening::Egress if portal.lock.is_none() && portal.kind != PortalKind::EmergencyExit => Says::Opened,
                // A handle without request to exit: life safety lets out, and the switch tells.
                Opening::Egress | Opening::Forced => Says::Forced,
            }),
            watched: plan.policy.analytics.is_some() && (seen(portal.outer) || seen(portal.inner)),
            has_sensors: !portal.sensors.is_empty(),
        }
    }

    /// Whether a switch tells that the leaf is shut.
    #[inline]
    pub(crate) fn tells(&self) -> bool {
        self.says[Opening::Granted as usize] != Says::Nothing
    }

    /// The zone behind it in a direction.
    #[inline]
    pub(crate) fn beyond(&self, direction: Direction) -> ZoneId {
        match direction {
            Direction::Entry => self.inner,
            Direction::Exit => self.outer,
        }
    }

    /// Whether somebody gets out there without a badge: nothing on the inner side reads one.
    #[inline]
    pub(crate) fn lets_out(&self, direction: Direction) -> bool {
        direction == Direction::Exit && !self.has_reader[direction.index()]
    }
}
