//! Responses: without a person, and after a person's verdict.

use doorward_model::base::*;
use doorward_model::defence::LockDownScope;
use doorward_model::plan::*;
use doorward_model::signal::*;

use super::fixture::*;

fn all_responses() -> Vec<Response> {
    vec![
        Response::Dispatch,
        Response::Call(ForceId(0)),
        Response::RevokeCredential,
        Response::RevokeEnrolled,
        Response::DisableAccount,
        Response::EndSessions,
        Response::IsolateDevice,
        Response::LockDown { scope: LockDownScope::Zone, lasts: seconds(60) },
    ]
}

/// What all responses come to, for the subject of one report.
#[track_caller]
fn check_responses(condition: Condition, pattern: Pattern, report: Report, about: &str, expected: &[&str]) {
    let automatic = Rule { raise: None, respond: all_responses(), condition, ..rule(pattern) };
    let lines: Vec<_> = expected.iter().map(|order| format!("09:00:00.000 {order} by rule 0 {about}")).collect();
    check(vec![automatic], &[("Mon 09:00", report)], &lines.join("\n"));
}

const BY_IDENTITY: Condition = Condition::Count { k: 1, within: SimDuration::ZERO, by: Join::Identity };
const ANY_UNLOCK: Pattern = Pattern::RemoteUnlock { without_request: false };

#[test]
fn responses_to_a_credential() {
    let orders = [
        "dispatch 3",
        "call 0 Some(3)",
        "revoke 2",
        "disable 0",
        "disable 4",
        "end sessions 0",
        "end sessions 4",
        "lock down Some(3) Zone 1m",
    ];
    check_responses(Condition::Once, ANY_GRANT, granted(VAULT_DOOR, ANNS_OLD_BADGE), "credential 2", &orders);
    let nobodys = ["dispatch 3", "call 0 Some(3)", "revoke 3", "lock down Some(3) Zone 1m"];
    check_responses(Condition::Once, ANY_GRANT, granted(VAULT_DOOR, BLANK), "credential 3", &nobodys);
}

#[test]
fn responses_to_a_person() {
    let orders = [
        "dispatch 3",
        "call 0 Some(3)",
        "revoke 0",
        "revoke 2",
        "revoke enrolled 0",
        "revoke enrolled 4",
        "disable 0",
        "disable 4",
        "end sessions 0",
        "end sessions 4",
        "lock down Some(3) Zone 1m",
    ];
    check_responses(BY_IDENTITY, ANY_GRANT, granted(VAULT_DOOR, ANNS_OLD_BADGE), "person 0", &orders);
}

#[test]
fn responses_to_an_account() {
    let unlock = Report::RemoteUnlock { portal: VAULT_DOOR, account: OPERATOR, request: false };
    let orders = [
        "dispatch 3",
        "call 0 Some(3)",
        "revoke enrolled 1",
        "disable 1",
        "end sessions 1",
        "lock down Some(3) Zone 1m",
    ];
    check_responses(Condition::Once, ANY_UNLOCK, unlock, "account 1", &orders);
    // Nowhere in the building: nobody to send anywhere, nothing to lock.
    let enrolled = Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request: true };
    let orders = ["call 0 None", "revoke enrolled 3", "disable 3", "end sessions 3"];
    let pattern = Pattern::BadgeEnrolled { without_request: false };
    check_responses(Condition::Once, pattern, enrolled, "account 3", &orders);
}

#[test]
fn responses_to_devices_portals_and_zones() {
    let device = ["dispatch 1", "call 0 Some(1)", "isolate 1", "lock down Some(1) Zone 1m"];
    let alert = Report::EndpointAlert { device: GATEWAY };
    check_responses(Condition::Once, Pattern::EndpointAlert, alert, "device 1", &device);
    let place = ["dispatch 3", "call 0 Some(3)", "lock down Some(3) Zone 1m"];
    check_responses(Condition::Once, Pattern::PortalForced, forced(VAULT_DOOR), "portal 2", &place);
    let report = Report::PersonReport { zone: VAULT };
    check_responses(Condition::Once, Pattern::PersonReport, report, "zone 3", &place);
}

#[test]
fn a_lockdown_by_level_needs_no_zone() {
    let scope = LockDownScope::Level(3);
    let rules = vec![Rule {
        raise: None,
        respond: vec![Response::LockDown { scope, lasts: seconds(60) }],
        ..rule(Pattern::BadgeEnrolled { without_request: false })
    }];
    let enrolled = Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request: true };
    check(rules, &[("Mon 09:00", enrolled)], "09:00:00.000 lock down None Level(3) 1m by rule 0 account 3");
}

#[test]
fn the_alarm_comes_before_its_automatic_responses() {
    let rules = vec![Rule {
        quiet: seconds(60),
        respond: vec![Response::Dispatch, Response::Dispatch],
        ..rule(Pattern::PortalForced)
    }];
    check(
        rules,
        // A quiet rule does not respond either.
        &[("Mon 09:00:00", forced(VAULT_DOOR)), ("Mon 09:00:10", forced(VAULT_DOOR))],
        "09:00:00.000 alarm 0 portal 2 in 3 on 1
         09:00:00.000 dispatch 3 by rule 0 portal 2",
    );
}

#[test]
fn a_hostile_verdict_is_answered_by_the_plays_of_its_rule() {
    let mut plan = plan(vec![
        // Raises nothing, so that it takes no number.
        Rule { raise: None, ..rule(Pattern::PortalForced) },
        rule(Pattern::PortalForced),
        rule(ANY_UNLOCK),
    ]);
    plan.policy.plays = vec![
        play(Some(set([1])), &[Response::Dispatch]),
        play(Some(set([2])), &[Response::DisableAccount, Response::Dispatch]),
        play(None, &[Response::Call(ForceId(0))]),
    ];
    let unlock = Report::RemoteUnlock { portal: OFFICE_DOOR, account: OPERATOR, request: false };
    check_plan(
        plan,
        &[
            ("Mon 09:00", forced(VAULT_DOOR)),
            ("Mon 09:01", unlock),
            ("Mon 09:02", Report::Assessed { alarm: AlarmId(0), hostile: false }),
            ("Mon 09:03", hostile(1)),
            ("Mon 09:04", hostile(0)),
            ("Mon 09:05", hostile(7)),
        ],
        "09:00:00.000 alarm 1 portal 2 in 3 on 1
         09:01:00.000 alarm 2 account 1 in 2 on 2
         09:03:00.000 disable 1 by alarm 1
         09:03:00.000 dispatch 2 by alarm 1
         09:03:00.000 call 0 Some(2) by alarm 1
         09:04:00.000 dispatch 3 by alarm 0
         09:04:00.000 call 0 Some(3) by alarm 0",
    );
}

#[test]
fn verdicts_arrive_whatever_is_read() {
    let mut plan = plan(vec![rule(Pattern::PortalForced)]);
    plan.policy.reads = vec![doorward_model::defence::LogKind::AccessControl];
    plan.policy.plays = vec![play(None, &[Response::Dispatch])];
    check_plan(
        plan,
        &[("Mon 09:00", forced(VAULT_DOOR)), ("Mon 09:01", hostile(0))],
        "09:00:00.000 alarm 0 portal 2 in 3 on 1
         09:01:00.000 dispatch 3 by alarm 0",
    );
}

#[test]
fn no_order_is_given_twice_for_one_alarm() {
    let mut plan = plan(vec![rule(ANY_GRANT)]);
    plan.policy.plays = vec![
        play(None, &[Response::Dispatch, Response::RevokeCredential]),
        play(Some(set([0])), &[Response::RevokeCredential, Response::EndSessions, Response::Dispatch]),
    ];
    check_plan(
        plan,
        &[
            ("Mon 09:00", granted(VAULT_DOOR, BOBS_BADGE)),
            ("Mon 09:00", granted(VAULT_DOOR, BOBS_BADGE)),
            ("Mon 09:01", hostile(0)),
            // A second verdict on the same alarm adds nothing; another alarm has orders of its own.
            ("Mon 09:02", hostile(0)),
            ("Mon 09:03", hostile(1)),
        ],
        "09:00:00.000 alarm 0 credential 1 in 3 on 1
         09:00:00.000 alarm 0 credential 1 in 3 on 2
         09:01:00.000 dispatch 3 by alarm 0
         09:01:00.000 revoke 1 by alarm 0
         09:01:00.000 end sessions 1 by alarm 0
         09:03:00.000 dispatch 3 by alarm 1
         09:03:00.000 revoke 1 by alarm 1
         09:03:00.000 end sessions 1 by alarm 1",
    );
}

#[test]
fn orders_already_waiting_do_not_hide_new_ones() {
    let dispatching = |pattern| Rule { raise: None, respond: vec![Response::Dispatch], ..rule(pattern) };
    // Two rules, one observation: each orders for its own reason.
    check(
        vec![dispatching(Pattern::PortalForced), dispatching(Pattern::PortalForced)],
        &[("Mon 09:00", forced(VAULT_DOOR))],
        "09:00:00.000 dispatch 3 by rule 0 portal 2
         09:00:00.000 dispatch 3 by rule 1 portal 2",
    );
}
