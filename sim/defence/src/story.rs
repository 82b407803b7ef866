//! Conditions of rules: when one observation, in the light of earlier ones, is enough.

use doorward_model::base::*;
use doorward_model::plan::{Condition, Join};
use doorward_model::signal::{Because, Evidence, ObservationId, Order, Orders, Subject, Wake};

use crate::facts::Facts;
use crate::incident::Incident;
use crate::memory::{Rings, Sight, Table};
use crate::site::Site;

/// A condition with what it remembers for each key of its join.
#[derive(Clone, Debug)]
pub(crate) enum Story {
    /// Each observation is enough.
    Once,
    /// The k-th within a window is.
    Count { within: SimDuration, by: Join, rings: Rings },
    /// One soon after another is.
    After { within: SimDuration, by: Join, firsts: Table<Sight> },
    /// One that did not come soon after another is.
    Without { within: SimDuration, by: Join, firsts: Table<Sight> },
    /// One that is not soon followed by another is.
    Absence { within: SimDuration, by: Join, waits: Table<Wait> },
}

/// What an absence rule waits for, by key. At most one wake is under way for each: one that comes for a wait that was
/// over, and has begun anew since, is ordered again for the new deadline.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wait {
    wake_ordered: bool,
    open: Option<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    deadline: SimTime,
    subject: Subject,
    person: Option<PersonId>,
    zone: Option<ZoneId>,
    id: ObservationId,
}

impl Story {
    /// A condition, with nothing seen yet.
    pub(crate) fn new(condition: &Condition, site: &Site) -> Self {
        match *condition {
            Condition::Once => Story::Once,
            Condition::Count { k, within, by } => Story::Count { within, by, rings: Rings::new(site.keys(by), k) },
            Condition::After { first: _, within, by } => Story::After { within, by, firsts: Table::new(site.keys(by)) },
            Condition::Without { first: _, within, by } => {
                Story::Without { within, by, firsts: Table::new(site.keys(by)) }
            }
            Condition::Absence { of: _, within, by } => Story::Absence { within, by, waits: Table::new(site.keys(by)) },
        }
    }

    /// What it joins by.
    pub(crate) fn join(&self) -> Option<Join> {
        match *self {
            Story::Once => None,
            Story::Count { by, .. }
            | Story::After { by, .. }
            | Story::Without { by, .. }
            | Story::Absence { by, .. } => Some(by),
        }
    }

    /// An observation that the rule looks for: the incident, if it is enough.
    pub(crate) fn when(&mut self, rule: RuleId, facts: &Facts, sight: Sight, orders: &mut Orders) -> Option<Incident> {
        let subject = facts.subject(self.join());
        let evidence = match self {
            Story::Once => Evidence::one(sight.id),
            Story::Count { within, by, rings } => {
                let key = facts.key(*by)?;
                rings.push(key, sight);
                let oldest = rings.last_k(key)?.next_back()?;
                if sight.at - oldest.at > *within {
                    return None;
                }
                let mut evidence = Evidence::default();
                rings.last_k(key)?.for_each(|sight| evidence.push(sight.id));
                evidence
            }
            Story::After { within, by, firsts } => {
                let first = firsts.get(facts.key(*by)?).filter(|first| sight.at - first.at <= *within)?;
                let mut evidence = Evidence::one(sight.id);
                evidence.push(first.id);
                evidence
            }
            Story::Without { within, by, firsts } => {
                // What cannot be joined cannot be missed either.
                if firsts.get(facts.key(*by)?).is_some_and(|first| sight.at - first.at <= *within) {
                    return None;
                }
                Evidence::one(sight.id)
            }
            Story::Absence { within, by, waits } => {
                let key = facts.key(*by)?;
                let mut wait = waits.get(key).unwrap_or_default();
                if wait.open.is_none() {
                    let deadline = sight.at + *within;
                    let open = Open { deadline, subject, person: facts.person, zone: facts.zone, id: sight.id };
                    wait.open = Some(open);
                    wait.order_wake(rule, key, open, orders);
                    waits.set(key, wait);
                }
                return None;
            }
        };
        Some(Incident { rule, subject, person: facts.person, zone: facts.zone, evidence })
    }

    /// The other observation: the earlier one of a sequence, or the one that should follow.
    pub(crate) fn other(&mut self, facts: &Facts, sight: Sight) {
        match self {
            Story::Once | Story::Count { .. } => {}
            Story::After { within: _, by, firsts } | Story::Without { within: _, by, firsts } => {
                if let Some(key) = facts.key(*by) {
                    firsts.set(key, sight);
                }
            }
            Story::Absence { within: _, by, waits } => {
                if let Some((key, wait)) = facts.key(*by).and_then(|key| Some((key, waits.get(key)?))) {
                    waits.set(key, Wait { open: None, ..wait });
                }
            }
        }
    }

    /// A wake for a key: the incident, if what should have followed did not.
    pub(crate) fn wake(&mut self, rule: RuleId, key: usize, now: SimTime, orders: &mut Orders) -> Option<Incident> {
        match self {
            Story::Once | Story::Count { .. } | Story::After { .. } | Story::Without { .. } => None,
            Story::Absence { within: _, by: _, waits } => {
                let mut wait = Wait { wake_ordered: false, ..waits.get(key)? };
                let due = wait.open.filter(|open| open.deadline <= now);
                match (due, wait.open) {
                    (Some(_), _) => wait.open = None,
                    (None, Some(open)) => wait.order_wake(rule, key, open, orders),
                    (None, None) => {}
                }
                waits.set(key, wait);
                let Open { deadline: _, subject, person, zone, id } = due?;
                Some(Incident { rule, subject, person, zone, evidence: Evidence::one(id) })
            }
        }
    }

    /// Forgets what it has seen.
    pub(crate) fn reset(&mut self) {
        match self {
            Story::Once => {}
            Story::Count { rings, .. } => rings.reset(),
            Story::After { firsts, .. } | Story::Without { firsts, .. } => firsts.reset(),
            Story::Absence { waits, .. } => waits.reset(),
        }
    }
}

impl Wait {
    fn order_wake(&mut self, rule: RuleId, key: usize, open: Open, orders: &mut Orders) {
        if !self.wake_ordered {
            self.wake_ordered = true;
            let because = Because::Rule { rule, subject: open.subject, evidence: Evidence::one(open.id) };
            orders.give(Order::WakeAt { at: open.deadline, token: token(rule, key) }, because);
        }
    }
}

/// The token of a rule and a key.
fn token(rule: RuleId, key: usize) -> Wake {
    Wake(u64::from(rule.0) << 32 | key as u64)
}

/// The rule and the key of a token.
pub(crate) fn read_token(Wake(token): Wake) -> (RuleId, usize) {
    (RuleId((token >> 32) as u32), (token & u64::from(u32::MAX)) as usize)
}
