//! A defence sees requests, observations and wakes, and nothing else: given the same again, it does the same again.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_defence::{Defence, RuleDefence};
use doorward_engine::Observer;
use doorward_model::fixture;
use doorward_model::plan::Plan;
use doorward_model::signal::{
    AccessRequest, Decision, DefenderView, Observed, Order, Ordered, Orders, PlaceView, Report, Wake,
};

use crate::support::{shipped, simulation};
use crate::worlds;

/// What a defence was given, and what it gave back.
#[derive(Clone, PartialEq, Debug)]
enum Turn {
    Decided(AccessRequest, PlaceView, Decision),
    Observed(Observed, DefenderView, Vec<Ordered>),
    Woke(Wake, DefenderView, Vec<Ordered>),
}

#[derive(Default)]
struct Tape(Vec<Turn>);

impl Observer for Tape {
    fn decided(&mut self, request: &AccessRequest, view: &PlaceView, decision: Decision) {
        self.0.push(Turn::Decided(*request, *view, decision));
    }

    fn observed(&mut self, seen: &Observed, view: &DefenderView, orders: &[Ordered]) {
        self.0.push(Turn::Observed(*seen, *view, orders.to_vec()));
    }

    fn woke(&mut self, token: Wake, view: &DefenderView, orders: &[Ordered]) {
        self.0.push(Turn::Woke(token, *view, orders.to_vec()));
    }
}

fn record(plan: &Arc<Plan>, run: u32) -> Vec<Turn> {
    let mut simulation = simulation(plan);
    simulation.start(1, run);
    let mut tape = Tape::default();
    simulation.finish(&mut tape);
    tape.0
}

/// The same turn, as a defence takes it now.
fn again(defence: &mut RuleDefence, turn: &Turn) -> Turn {
    let mut orders = Orders::new();
    match turn {
        Turn::Decided(request, view, _) => Turn::Decided(*request, *view, defence.decide(request, view)),
        Turn::Observed(seen, view, _) => {
            defence.observe(seen, view, &mut orders);
            Turn::Observed(*seen, *view, orders.as_slice().to_vec())
        }
        Turn::Woke(token, view, _) => {
            defence.wake(*token, view, &mut orders);
            Turn::Woke(*token, *view, orders.as_slice().to_vec())
        }
    }
}

/// The plan without anything that only the threat knows.
fn without_threat(plan: &Plan) -> Arc<Plan> {
    let mut plan = plan.clone();
    plan.adversaries.clear();
    plan.techniques.clear();
    plan.injects.clear();
    plan.routines.clear();
    Arc::new(plan)
}

#[test]
fn a_recorded_run_replays_into_a_fresh_defence() {
    for plan in shipped("vendor-backdoor", &[]) {
        let mut defence = RuleDefence::new(without_threat(&plan));
        for run in 0..3 {
            let tape = record(&plan, run);
            defence.reset();
            for (index, turn) in tape.iter().enumerate() {
                assert_eq!(again(&mut defence, turn), *turn, "{} run {run} turn {index}", plan.defence_name);
            }
            let orders = tape.iter().filter(|turn| matches!(turn, Turn::Observed(_, _, orders) if !orders.is_empty()));
            assert!(tape.len() > 500 && orders.count() > 0, "{} run {run} is no test", plan.defence_name);
        }
    }
}

/// The same where every switch of the policy is on and everything fails: whatever a decision or an order hangs on, the
/// defence was told.
#[test]
fn a_busy_day_replays_into_a_fresh_defence() {
    let plan = fixture::plan(&worlds::busy());
    let mut defence = RuleDefence::new(without_threat(&plan));
    let mut reasons = BTreeSet::new();
    for run in 0..4 {
        let tape = record(&plan, run);
        defence.reset();
        for (index, turn) in tape.iter().enumerate() {
            assert_eq!(again(&mut defence, turn), *turn, "run {run} turn {index}");
        }
        let decided = tape.iter().filter_map(|turn| match turn {
            Turn::Decided(_, _, decision) => Some(format!("{:?}", decision.reason)),
            Turn::Observed(..) | Turn::Woke(..) => None,
        });
        reasons.extend(decided);
        let woken = tape.iter().filter(|turn| matches!(turn, Turn::Woke(..))).count();
        assert!(tape.len() > 1_000 && woken > 0, "run {run} is no test");
    }
    let expected = "Absent Alone Disabled Factor NoEscort NoPass NoTicket NoWorkOrder OffShift OutOfReach PassedBack Revoked \
                    Right Risk Stale";
    for reason in expected.split_whitespace() {
        assert!(reasons.contains(reason), "{reason} is not among {reasons:?}");
    }
}

/// The tape is not vacuous: without one of its observations the rest comes out otherwise.
#[test]
fn what_was_not_observed_is_not_acted_upon() {
    let [_, converged] = &shipped("vendor-backdoor", &[])[..] else { panic!("two defences") };
    let tape = record(converged, 0);
    let verdict = |turn: &Turn| {
        let Turn::Observed(seen, _, orders) = turn else { return false };
        matches!(seen.report, Report::Assessed { hostile: true, .. })
            && orders.iter().any(|ordered| !matches!(ordered.order, Order::Raise { .. } | Order::WakeAt { .. }))
    };
    let verdict = tape.iter().position(verdict).expect("a play is carried out");
    let Turn::Observed(Observed { report: Report::Assessed { alarm, .. }, .. }, ..) = tape[verdict] else {
        unreachable!()
    };
    let raises = |turn: &Turn| match turn {
        Turn::Observed(_, _, orders) | Turn::Woke(_, _, orders) => {
            orders.iter().filter(|ordered| matches!(ordered.order, Order::Raise { .. })).count()
        }
        Turn::Decided(..) => 0,
    };
    let mut raised = 0;
    let cause = tape.iter().position(|turn| {
        raised += raises(turn);
        raised > alarm.index()
    });
    let cause = cause.expect("the alarm was raised");
    let mut defence = RuleDefence::new(Arc::clone(converged));
    let differ = tape.iter().enumerate().any(|(index, turn)| index != cause && again(&mut defence, turn) != *turn);
    assert!(differ, "turn {cause} raised the alarm, and nothing changes without it");
}
