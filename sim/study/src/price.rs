//! What a defence costs the people who work on the site: one run, from the end of the warm-up on, in integers.
//!
//! A legitimate act is never a gain and never a detection: it is here that it counts.

use doorward_engine::{Event, Truth, What, Who};
use doorward_model::base::{SimDuration, SimTime};
use doorward_model::kind::Kind;
use doorward_model::plan::Plan;
use doorward_model::signal::Order;
use serde::{Serialize, Serializer};

/// What an item is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// How often.
    Count,
    /// For how long, in milliseconds.
    Time,
}

macro_rules! items {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:ident, $key:literal, $title:literal;)+) => {
        /// One thing that a defence costs.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Item {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Item {
            /// All of them, in the order in which they are printed.
            pub const ALL: [Item; Item::COUNT] = [$(Item::$name),+];
            /// How many there are.
            pub const COUNT: usize = [$(Item::$name),+].len();

            /// What it is counted in.
            pub const fn unit(self) -> Unit {
                match self { $(Item::$name => Unit::$unit,)+ }
            }

            /// Its name in machine-readable results; that of a time ends in `_minutes`.
            pub const fn key(self) -> &'static str {
                match self { $(Item::$name => $key,)+ }
            }

            /// Its name in tables.
            pub const fn title(self) -> &'static str {
                match self { $(Item::$name => $title,)+ }
            }
        }
    };
}

items! {
    /// Alarms, true or false.
    Alarms: Count, "alarms", "alarms";
    /// Alarms that somebody acknowledged.
    Acknowledged: Count, "acknowledged", "acknowledged";
    /// Time that these had waited.
    Waited: Time, "waited_minutes", "minutes alarms waited";
    /// Alarms handed to another team.
    HandedOver: Count, "handed_over", "alarms handed over";
    /// Alarms that a hand-off or a change of shift lost.
    AlarmsLost: Count, "alarms_lost", "alarms lost";
    /// Working time of those who assess alarms and write them up.
    Analysts: Time, "analyst_minutes", "analyst minutes";
    /// Time of guards on calls.
    Guards: Time, "guard_minutes", "guard minutes, calls";
    /// Time of guards on patrol.
    Patrols: Time, "patrol_minutes", "guard minutes, patrols";
    /// Rightful people refused at doors.
    RefusedAtDoors: Count, "refused_at_doors", "refused at doors";
    /// Rightful logins refused.
    RefusedLogins: Count, "refused_logins", "refused at logins";
    /// Rightful devices kept off a network.
    RefusedNetworks: Count, "refused_networks", "refused by networks";
    /// Rightful people refused a key.
    RefusedKeys: Count, "refused_keys", "refused a key";
    /// Times that a response took an account, a session or a badge from somebody who works here; each counts.
    CutOff: Count, "cut_off", "cut off by a response";
    /// People who had to be let in by hand.
    Helped: Count, "helped", "let in by hand";
    /// Time that this cost them.
    Help: Time, "help_minutes", "minutes until let in";
    /// Passages of ordinary people.
    Passages: Count, "passages", "passages";
    /// Time that ordinary people stood at portals.
    AtDoors: Time, "door_minutes", "minutes at doors";
    /// Passages behind somebody, without a badge.
    Followed: Count, "followed", "followed without badge";
    /// People who came to the site.
    Arrived: Count, "arrived", "people on site";
    /// People held up on the way out, with the alarm or without.
    EgressHeld: Count, "egress_held", "egress held up";
    /// For how long.
    Egress: Time, "egress_minutes", "minutes of that";
    /// Portals out of service, added up.
    OutOfService: Time, "out_of_service_minutes", "door minutes lost";
    /// Logs that did not reach the defence, added up.
    Blind: Time, "blind_minutes", "log minutes lost";
    /// Time that something stood still, until it worked again or the run ended.
    Outages: Time, "outage_minutes", "outage minutes";
    /// Time until what a response took from people was given back.
    Recovery: Time, "recovery_minutes", "minutes to give back";
    /// Events that panels lost.
    EventsLost: Count, "events_lost", "events lost";
    /// Automatic responses that met ordinary work alone.
    Misfires: Count, "misfires", "automatic misfires";
    /// Observations that somebody could have read.
    Observations: Count, "observations", "observations";
    /// Observations in logs that the defence reads.
    Read: Count, "observations_read", "observations read";
}

/// What one run cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    /// False alarms, by rule.
    pub false_alarms: Vec<u32>,
    items: [u64; Item::COUNT],
}

impl Default for Price {
    fn default() -> Self {
        Self { false_alarms: Vec::new(), items: [0; Item::COUNT] }
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(Item::COUNT + 1))?;
        map.serialize_entry("false_alarms", &self.false_alarms)?;
        for item in Item::ALL {
            match item.unit() {
                Unit::Count => map.serialize_entry(item.key(), &self.get(item))?,
                Unit::Time => map.serialize_entry(item.key(), &(self.get(item) as f64 / 60_000.0))?,
            }
        }
        map.end()
    }
}

impl Price {
    /// Blank, with room for the false alarms of so many rules; keeps its memory.
    pub fn clear(&mut self, rules: usize) {
        self.false_alarms.clear();
        self.false_alarms.resize(rules, 0);
        self.items = [0; Item::COUNT];
    }

    /// How much of an item: a number, or milliseconds.
    pub fn get(&self, item: Item) -> u64 {
        self.items[item as usize]
    }

    /// The same as a duration, for items of time.
    pub fn time(&self, item: Item) -> SimDuration {
        SimDuration::from_millis(self.get(item))
    }

    /// With these false alarms and nothing else, for tests.
    pub fn of_false_alarms(false_alarms: Vec<u32>) -> Self {
        Self { false_alarms, ..Self::default() }
    }

    /// Sets an item, for tests and for other observers.
    pub fn set(&mut self, item: Item, amount: u64) {
        self.items[item as usize] = amount;
    }

    fn count(&mut self, item: Item) {
        self.items[item as usize] += 1;
    }

    fn add(&mut self, item: Item, time: SimDuration) {
        self.items[item as usize] += time.as_millis();
    }

    /// Something that lasts began or ended: at its begin all the time to the horizon is added, at its end what remains
    /// is taken off again. Needs no memory of what is open, and cuts at both ends of the scored time.
    fn lasts(&mut self, item: Item, began: bool, at: SimTime, plan: &Plan) {
        let left = (plan.horizon - at.max(plan.warm_up_end)).as_millis();
        let sum = &mut self.items[item as usize];
        *sum = if began { *sum + left } else { sum.saturating_sub(left) };
    }

    /// Takes in one event of a run.
    pub fn event(&mut self, event: &Event, plan: &Plan) {
        let scored = event.at >= plan.warm_up_end;
        match &event.what {
            What::Truth(truth) => {
                self.lasting(event.at, truth, plan);
                if scored {
                    self.truth(truth);
                }
            }
            What::Observed(observed) if scored => {
                if let Some(kind) = Kind::of(&observed.report) {
                    self.count(Item::Observations);
                    if plan.policy.reads.contains(&kind.log()) {
                        self.count(Item::Read);
                    }
                }
            }
            What::Observed(_) => {}
        }
    }

    /// What lasts, and may have begun before anything is scored.
    fn lasting(&mut self, at: SimTime, truth: &Truth, plan: &Plan) {
        match *truth {
            Truth::OutOfService { portal: _, out } => self.lasts(Item::OutOfService, out, at, plan),
            Truth::Blind { log, blind } if plan.policy.reads.contains(&log) => self.lasts(Item::Blind, blind, at, plan),
            Truth::Outage { what: _, began } => self.lasts(Item::Outages, began, at, plan),
            _ => {}
        }
    }

    fn truth(&mut self, truth: &Truth) {
        match *truth {
            Truth::Alarm { rule, hostile_cause, .. } => {
                self.count(Item::Alarms);
                if hostile_cause.is_none()
                    && let Some(count) = self.false_alarms.get_mut(rule.index())
                {
                    *count += 1;
                }
            }
            Truth::Acknowledged { alarm: _, waited } => {
                self.count(Item::Acknowledged);
                self.add(Item::Waited, waited);
            }
            Truth::HandedOver { .. } => self.count(Item::HandedOver),
            Truth::AlarmLost { .. } => self.count(Item::AlarmsLost),
            Truth::Assessed { effort, .. } | Truth::Closed { effort, .. } => self.add(Item::Analysts, effort),
            Truth::GuardSearched { effort, .. } => self.add(Item::Guards, effort),
            Truth::Patrolled { effort, .. } => self.add(Item::Patrols, effort),
            Truth::Refused { .. } => self.count(Item::RefusedAtDoors),
            Truth::RefusedLogin { .. } => self.count(Item::RefusedLogins),
            Truth::NetworkRefused { .. } => self.count(Item::RefusedNetworks),
            Truth::KeyRefused { .. } => self.count(Item::RefusedKeys),
            Truth::CutOff { .. } => self.count(Item::CutOff),
            Truth::Helped { person: _, portal: _, took } => {
                self.count(Item::Helped);
                self.add(Item::Help, took);
            }
            Truth::Passed { who: Who::Person(_) | Who::Bearer(_), took, .. } => {
                self.count(Item::Passages);
                self.add(Item::AtDoors, took);
            }
            Truth::Followed { .. } => self.count(Item::Followed),
            Truth::Arrived { .. } => self.count(Item::Arrived),
            Truth::EgressHeld { person: _, portal: _, lasts } => {
                self.count(Item::EgressHeld);
                self.add(Item::Egress, lasts);
            }
            Truth::Restored { order: _, after } => self.add(Item::Recovery, after),
            Truth::EventLost { .. } => self.count(Item::EventsLost),
            Truth::Effect { order, automatic: true, hit: None } if takes_access(&order) => self.count(Item::Misfires),
            // What an adversary does, what only says that something happened, and what lasts.
            Truth::Passed { .. }
            | Truth::LeafOpened { .. }
            | Truth::LeafClosed { .. }
            | Truth::Left { .. }
            | Truth::LineJoined { .. }
            | Truth::LineLeft { .. }
            | Truth::OutOfService { .. }
            | Truth::Blind { .. }
            | Truth::Outage { .. }
            | Truth::Employment { .. }
            | Truth::RightsChanged { .. }
            | Truth::Mustered { .. }
            | Truth::Contact { .. }
            | Truth::Planned { .. }
            | Truth::Started { .. }
            | Truth::Succeeded { .. }
            | Truth::FailedAt { .. }
            | Truth::HostileAct { .. }
            | Truth::OnRecord { .. }
            | Truth::Wiped { .. }
            | Truth::FirstTrace { .. }
            | Truth::Gained { .. }
            | Truth::ObjectiveReached { .. }
            | Truth::Stopped { .. }
            | Truth::Detected { .. }
            | Truth::Effect { .. }
            | Truth::GuardSent { .. }
            | Truth::ForceCalled { .. }
            | Truth::ForceArrived { .. }
            | Truth::Met { .. }
            | Truth::Interrupted { .. }
            | Truth::Custody { .. }
            | Truth::Fled { .. }
            | Truth::Contained { .. } => {}
        }
    }
}

/// Whether an order takes access away: the others can neither hit nor misfire.
pub(crate) fn takes_access(order: &Order) -> bool {
    match order {
        Order::Revoke { .. }
        | Order::RevokeEnrolled { .. }
        | Order::Disable { .. }
        | Order::EndSessions { .. }
        | Order::Isolate { .. }
        | Order::LockDown { .. } => true,
        Order::Raise { .. } | Order::Dispatch { .. } | Order::Call { .. } | Order::WakeAt { .. } => false,
    }
}

/// Prices of many runs, added up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceSums {
    /// False alarms, by rule.
    pub false_alarms: Vec<u64>,
    items: [u128; Item::COUNT],
}

impl PriceSums {
    /// Of no runs yet, for a number of rules.
    pub fn new(rules: usize) -> Self {
        Self { false_alarms: vec![0; rules], items: [0; Item::COUNT] }
    }

    /// Enters one run.
    pub fn record(&mut self, price: &Price) {
        for (sum, &count) in self.false_alarms.iter_mut().zip(&price.false_alarms) {
            *sum += u64::from(count);
        }
        for (sum, &amount) in self.items.iter_mut().zip(&price.items) {
            *sum += u128::from(amount);
        }
    }

    /// Adds the sums of other runs.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.false_alarms.iter_mut().zip(&other.false_alarms) {
            *mine += theirs;
        }
        for (mine, theirs) in self.items.iter_mut().zip(other.items) {
            *mine += theirs;
        }
    }

    /// How much of an item: a number, or milliseconds.
    pub fn get(&self, item: Item) -> u128 {
        self.items[item as usize]
    }

    /// The same as a figure to print: a number, or minutes.
    pub fn figure(&self, item: Item) -> f64 {
        match item.unit() {
            Unit::Count => self.get(item) as f64,
            Unit::Time => self.get(item) as f64 / 60_000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plan;
    use doorward_engine::Outage;

    /// The price of these events, at these minutes; an hour of warm-up, two scored hours.
    fn price(events: &[(u64, Truth)]) -> Price {
        let plan = plan();
        let mut price = Price::default();
        price.clear(plan.policy.rules.len());
        for &(minute, truth) in events {
            let at = SimTime::from_millis(minute * 60_000);
            price.event(&Event { at, what: What::Truth(truth) }, &plan);
        }
        price
    }

    #[test]
    fn what_lasts_is_cut_at_both_ends() {
        let outage = |began| Truth::Outage { what: Outage::Wan, began };
        let minutes = |events: &[(u64, Truth)]| price(events).get(Item::Outages) / 60_000;
        assert_eq!(minutes(&[(70, outage(true)), (80, outage(false))]), 10);
        assert_eq!(minutes(&[(10, outage(true)), (70, outage(false))]), 10, "the warm-up is not scored");
        assert_eq!(minutes(&[(10, outage(true)), (50, outage(false))]), 0);
        assert_eq!(minutes(&[(170, outage(true))]), 10, "still standing still when the run ends");
    }

    #[test]
    fn keys_and_titles_are_there_once() {
        for texts in [Item::ALL.map(Item::key), Item::ALL.map(Item::title)] {
            let mut sorted = texts.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), Item::COUNT);
        }
        for item in Item::ALL {
            assert_eq!(item.key().ends_with("_minutes"), item.unit() == Unit::Time, "{item:?}");
        }
    }
}
