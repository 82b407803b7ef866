//! One risk score per identity: what adds to it, what it decides, and where it is known.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::IdentityRecord::{self, Accounts, Badges, Keys};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use super::fixture::*;
use crate::{Defence, RuleDefence};

/// Halves every hour; asks for more from 40, refuses from 80, at doors from level 4 on.
const RISK: RiskPolicy =
    RiskPolicy { half_life: SimDuration::from_millis(3_600_000), step_up_from: 40, deny_from: 80, from_level: 4 };

/// A defence with scores.
fn scoring(rules: Vec<Rule>) -> Plan {
    let mut plan = plan(rules);
    plan.policy.access.risk = Some(RISK);
    plan
}

/// A rule that only adds points.
fn adds(risk: u32, pattern: Pattern) -> Rule {
    Rule { raise: None, risk, ..rule(pattern) }
}

fn time(text: &str) -> SimTime {
    SimTime::from_millis(week_ms(text))
}

fn told(plan: Plan, story: &[Step]) -> RuleDefence {
    let mut defence = RuleDefence::new(Arc::new(plan));
    tell(&mut defence, story);
    defence
}

/// Ann's score over time, after a story.
#[track_caller]
fn check_score(plan: Plan, story: &[Step], expected: &[(&str, u32)]) {
    let defence = told(plan, story);
    let seen: Vec<_> =
        expected.iter().map(|(at, _)| (*at, defence.risk(ANN, time(at)).expect("scores are kept"))).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_firing_adds_points_that_halve_with_each_half_life() {
    let rules = vec![adds(100, any_denial()), adds(30, ANY_LOGIN)];
    let plan = scoring(rules);
    let story = [
        ("Mon 09:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
        ("Mon 09:00", denied(VAULT_DOOR, BOBS_BADGE, Reason::NoRight)),
        ("Mon 11:00", login(CONSOLE, ANNS_USER)),
    ];
    check_score(
        plan.clone(),
        &story[..2],
        &[
            ("Mon 09:00", 100),
            ("Mon 09:30", 75),
            ("Mon 10:00", 50),
            ("Mon 11:00", 25),
            ("Mon 12:00", 12),
            ("Tue 09:00", 0),
        ],
    );
    // Both worlds feed one score: 25 are left of the hundred.
    check_score(plan, &story, &[("Mon 11:00", 55), ("Mon 12:00", 27), ("Mon 13:00", 13)]);
}

#[test]
fn only_linked_records_feed_the_score() {
    let rules = || vec![adds(100, any_denial()), adds(30, ANY_LOGIN), adds(7, Pattern::KeyOverdue)];
    let overdue = Report::KeyOverdue { cabinet: CABINET, key: VAULT_KEY, credential: ANNS_BADGE };
    let story = [
        ("Mon 09:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
        ("Mon 09:00", login(CONSOLE, ANNS_ADMIN)),
        ("Mon 09:00", overdue),
        // Nobody's: the points are lost.
        ("Mon 09:00", denied(VAULT_DOOR, BLANK, Reason::NoRight)),
        ("Mon 09:00", login(CONSOLE, SHARED_ADMIN)),
    ];
    let cases: [(&[IdentityRecord], u32); 5] =
        [(&[], 0), (&[Badges], 100), (&[Accounts], 30), (&[Keys], 7), (&[Badges, Accounts, Keys], 137)];
    for (linked, score) in cases {
        let mut plan = scoring(rules());
        plan.policy.identity.linked = linked.to_vec();
        check_score(plan, &story, &[("Mon 09:00", score)]);
    }
}

#[test]
fn a_rule_adds_when_it_fires_and_not_before() {
    let denials = |seconds: u64| Rule { quiet: self::seconds(seconds), ..adds(10, any_denial()) };
    let story = [
        ("Mon 09:00:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
        ("Mon 09:00:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
        ("Mon 09:00:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
    ];
    check_score(scoring(vec![denials(0)]), &story, &[("Mon 09:00", 30)]);
    check_score(scoring(vec![denials(60)]), &story, &[("Mon 09:00", 10)]);
    let third = Rule { condition: count(3, 60, Join::Credential), ..adds(10, any_denial()) };
    check_score(scoring(vec![third]), &story, &[("Mon 09:00", 10)]);
    // A wake fires too, and it is still Ann's.
    let unfollowed = || Rule { condition: absence(ANY_LOGIN, 60, Join::Site), ..adds(10, any_denial()) };
    check_score(scoring(vec![unfollowed()]), &story, &[("Mon 09:01", 10), ("Mon 10:01", 5)]);
    let followed = [story[0], ("Mon 09:00:30", login(CONSOLE, OPERATOR))];
    check_score(scoring(vec![unfollowed()]), &followed, &[("Mon 09:01", 0)]);
    // Without a risk policy there are no scores.
    assert_eq!(told(plan(vec![denials(0)]), &story).risk(ANN, time("Mon 09:00")), None);
}

#[test]
fn a_rule_can_ask_for_a_score_its_own_points_not_counted() {
    let wary = |pattern| Rule { risk_from: 40, risk: 50, ..rule(pattern) };
    check_plan(
        scoring(vec![wary(ANY_LOGIN), adds(20, any_denial()), adds(20, any_denial()), wary(any_denial())]),
        &[
            ("Mon 09:00", login(CONSOLE, ANNS_USER)),
            // What rules before it have just added counts, and it adds to what the next ones see.
            ("Mon 09:01", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
            ("Mon 09:01", login(CONSOLE, ANNS_USER)),
            ("Mon 09:01", login(CONSOLE, OPERATOR)),
            // Nobody has no score.
            ("Mon 09:01", login(CONSOLE, SHARED_ADMIN)),
            ("Tue 09:01", login(CONSOLE, ANNS_USER)),
        ],
        "09:01:00.000 alarm 3 credential 0 in 3 on 2
         09:01:00.000 alarm 0 account 0 in 3 on 3",
    );
}

#[test]
fn a_rule_whose_score_is_too_low_does_not_fall_quiet() {
    let wary = Rule { risk_from: 40, quiet: seconds(3600), ..rule(ANY_LOGIN) };
    check_plan(
        scoring(vec![wary, adds(40, any_denial())]),
        &[
            ("Mon 09:00", login(CONSOLE, ANNS_USER)),
            ("Mon 09:01", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight)),
            ("Mon 09:01", login(CONSOLE, ANNS_USER)),
            ("Mon 09:01", login(CONSOLE, ANNS_USER)),
        ],
        "09:01:00.000 alarm 0 account 0 in 3 on 3",
    );
}

#[test]
fn a_new_run_begins_without_scores_and_a_copy_goes_on_with_them() {
    let story = [("Mon 09:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight))];
    let mut defence = told(scoring(vec![adds(90, any_denial())]), &story);
    let mut copy = defence.boxed_clone();
    defence.reset();
    assert_eq!(defence.risk(ANN, time("Mon 09:00")), Some(0));
    let request = AccessRequest { at: time("Mon 09:01"), place: Place::Host(SERVER), access: vault(ANNS_BADGE) };
    assert_eq!(defence.decide(&request, &view()), Decision::allow(Reason::Right));
    assert_eq!(copy.decide(&request, &view()), Decision::deny(Reason::Risk));
}

// --------------------------------------------------------------- decisions

fn view() -> PlaceView {
    let credential = CredentialView {
        status: Some(CredentialStatus::Active),
        role: Some(STAFF),
        factors: true,
        facility_code: true,
        expired: false,
        second_factor: false,
    };
    PlaceView { credential, ..PlaceView::at(week_ms("Mon 10:00")) }
}

fn with_factor() -> PlaceView {
    PlaceView { credential: CredentialView { second_factor: true, ..view().credential }, ..view() }
}

fn vault(credential: CredentialId) -> Access {
    Access::Portal { portal: VAULT_DOOR, direction: Direction::Entry, into: VAULT, credential }
}

fn log_in(account: AccountId, second_factor: bool) -> Access {
    Access::Login { service: CONSOLE, account, remote: false, second_factor, ticket: false, from: Some(DESK) }
}

/// What is decided an instant after Ann's score became this.
fn decided(plan: Plan, score: u32, place: Place, access: Access, view: PlaceView) -> Decision {
    let plan = Plan { policy: Policy { rules: vec![adds(score, Pattern::IdentityEnded)], ..plan.policy }, ..plan };
    let mut defence = told(plan, &[("Mon 10:00", Report::IdentityEnded { person: ANN })]);
    defence.decide(&AccessRequest { at: time("Mon 10:00"), place, access }, &view)
}

const RIGHT: Decision = Decision { verdict: Verdict::Allow, reason: Reason::Right };
const MORE: Decision = Decision { verdict: Verdict::StepUp, reason: Reason::Risk };
const NO: Decision = Decision { verdict: Verdict::Deny, reason: Reason::Risk };

#[test]
fn a_door_asks_for_more_then_refuses_where_the_score_is_known() {
    let ask = |score, place, view| decided(scoring(vec![]), score, place, vault(ANNS_BADGE), view);
    for place in [Place::Host(SERVER), Place::Edge(CACHED), Place::Cloud(CACHED)] {
        assert_eq!([0, 39, 40, 79, 80].map(|score| ask(score, place, view())), [RIGHT, RIGHT, MORE, MORE, NO]);
        assert_eq!([79, 80].map(|score| ask(score, place, with_factor())), [RIGHT, NO]);
    }
    // A panel does not know who anybody is.
    assert_eq!(ask(1_000, Place::Panel(CACHED), view()), RIGHT);
}

#[test]
fn the_score_counts_from_its_level_on_and_on_the_way_in() {
    let host = Place::Host(SERVER);
    let office =
        Access::Portal { portal: OFFICE_DOOR, direction: Direction::Entry, into: OFFICE, credential: ANNS_BADGE };
    let out = Access::Portal { portal: VAULT_DOOR, direction: Direction::Exit, into: OFFICE, credential: ANNS_BADGE };
    assert_eq!(decided(scoring(vec![]), 100, host, office, view()), RIGHT);
    let mut everywhere = scoring(vec![]);
    everywhere.policy.access.risk = Some(RiskPolicy { from_level: 0, ..RISK });
    assert_eq!(decided(everywhere.clone(), 100, host, office, view()), NO);
    assert_eq!(decided(everywhere, 100, host, out, view()), RIGHT);
    // Somebody else's score, nobody's, and none at all.
    assert_eq!(decided(scoring(vec![]), 100, host, vault(BOBS_BADGE), view()), RIGHT);
    assert_eq!(decided(scoring(vec![]), 100, host, vault(BLANK), view()), RIGHT);
    assert_eq!(decided(plan(vec![]), 100, host, vault(ANNS_BADGE), view()), RIGHT);
}

#[test]
fn the_score_falls_between_decisions() {
    let plan = scoring(vec![adds(80, any_denial())]);
    let mut defence = told(plan, &[("Mon 09:00", denied(VAULT_DOOR, ANNS_BADGE, Reason::NoRight))]);
    let mut ask = |at| {
        let request = AccessRequest { at: time(at), place: Place::Host(SERVER), access: vault(ANNS_BADGE) };
        defence.decide(&request, &view())
    };
    assert_eq!(["Mon 09:00", "Mon 09:01", "Mon 10:00", "Mon 10:01"].map(&mut ask), [NO, MORE, MORE, RIGHT]);
}

#[test]
fn logins_cabinets_and_stays_ask_the_score_too() {
    let (host, plan) = (Place::Host(SERVER), || scoring(vec![]));
    let login = |score, factor| decided(plan(), score, host, log_in(ANNS_USER, factor), view());
    assert_eq!([login(39, false), login(40, false), login(40, true), login(80, true)], [RIGHT, MORE, RIGHT, NO]);
    assert_eq!(decided(plan(), 80, host, log_in(SHARED_ADMIN, false), view()), RIGHT);

    let draw = Access::Withdraw { cabinet: CABINET, key: VAULT_KEY, credential: ANNS_BADGE };
    let mut refusing = plan();
    refusing.policy.access.cabinets_refuse = true;
    let cabinet = |score, view| decided(refusing.clone(), score, host, draw, view);
    assert_eq!([cabinet(39, view()), cabinet(40, view()), cabinet(40, with_factor())], [RIGHT, MORE, RIGHT]);
    assert_eq!(cabinet(80, with_factor()), NO);
    assert_eq!(decided(plan(), 80, host, draw, view()), RIGHT);

    // Whoever is inside is asked for nothing more, and may have to go.
    let stay = |score, zone| decided(plan(), score, host, Access::Stay { zone, credential: ANNS_BADGE }, view());
    assert_eq!([stay(79, VAULT), stay(80, VAULT), stay(80, OFFICE)], [RIGHT, NO, RIGHT]);
}

#[test]
fn a_place_knows_the_score_of_those_whose_record_is_linked() {
    let linking = |linked: &[IdentityRecord]| {
        let mut plan = scoring(vec![]);
        plan.policy.access.cabinets_refuse = true;
        plan.policy.identity.linked = linked.to_vec();
        plan
    };
    let draw = Access::Withdraw { cabinet: CABINET, key: VAULT_KEY, credential: ANNS_BADGE };
    let asked = [vault(ANNS_BADGE), log_in(ANNS_USER, true), draw];
    let cases: [(&[IdentityRecord], [Decision; 3]); 4] = [
        (&[], [RIGHT, RIGHT, RIGHT]),
        (&[Badges], [NO, RIGHT, RIGHT]),
        (&[Accounts], [RIGHT, NO, RIGHT]),
        (&[Keys], [RIGHT, RIGHT, NO]),
    ];
    for (linked, expected) in cases {
        let host = Place::Host(SERVER);
        assert_eq!(asked.map(|access| decided(linking(linked), 100, host, access, view())), expected, "{linked:?}");
    }
}

#[test]
fn what_the_act_itself_shows_is_told_before_the_score() {
    let mut plan = with_pin(scoring(vec![]));
    plan.policy.access.work_order_from_level = Some(4);
    plan.policy.access.door_factor_from_level = Some(4);
    let ask = |score, view| decided(plan.clone(), score, Place::Host(SERVER), vault(ANNS_BADGE), view);
    let sent = PlaceView { records: Records::WORK_ORDER, ..view() };
    assert_eq!(ask(100, view()), Decision::deny(Reason::NoWorkOrder));
    assert_eq!(ask(100, sent), NO);
    assert_eq!(ask(79, sent), Decision { verdict: Verdict::StepUp, reason: Reason::Factor });
}
