//! Rules: what they look at, and when it is enough.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::{LogKind, ReasonFile};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::HealthKind;

use super::fixture::*;
use crate::{Defence, RuleDefence};

/// One report of every kind, with its alarm under a rule that watches for its kind.
fn one_of_each() -> Vec<(Pattern, Report, LogKind, &'static str)> {
    use LogKind::*;
    let exit = |passed_back| Report::AccessGranted {
        portal: VAULT_DOOR,
        direction: Direction::Exit,
        credential: ANNS_BADGE,
        records: Records::default(),
        passed_back,
    };
    let unlock = Report::RemoteUnlock { portal: OFFICE_DOOR, account: OPERATOR, request: true };
    let enrolled = Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request: true };
    let refused = Report::LoginRefused { service: CONSOLE, account: VENDOR, reason: Reason::Factor };
    let tailgate = Report::Tailgate { portal: VAULT_DOOR, direction: Direction::Exit };
    let (cabinet, key, credential) = (CABINET, VAULT_KEY, ANNS_BADGE);
    let key_refused = Report::KeyRefused { cabinet, key, credential, reason: Reason::OffShift };
    let removed = Report::ItemRemoved { asset: AssetId(0), portal: OFFICE_DOOR, pass: true };
    let stay = Report::StayRefused { zone: VAULT, credential: BLANK, reason: Reason::Expired };
    let (segment, zone, account) = (SEGMENT, OFFICE, VENDOR);
    let joined = Report::NetworkJoined { segment, zone, account, stale: false, crowd: 0 };
    let kept_off = Report::NetworkRefused { segment, zone, account, reason: Reason::Stale };
    let changed = Report::ConfigurationChanged { device: SERVER, account: OPERATOR, planned: true };
    vec![
        (ANY_GRANT, exit(false), AccessControl, "credential 0 in 2"),
        (Pattern::AccessNotTaken, Report::AccessNotTaken { portal: VAULT_DOOR }, AccessControl, "portal 2 in 3"),
        (any_denial(), denied(VAULT_DOOR, BLANK, Reason::Unknown), AccessControl, "credential 3 in 3"),
        (Pattern::PortalForced, forced(VAULT_DOOR), AccessControl, "portal 2 in 3"),
        (Pattern::PortalHeld, Report::PortalHeld { portal: FRONT_DOOR }, AccessControl, "portal 0 in 1"),
        (Pattern::PanelOffline, Report::PanelLink { panel: DENYING, up: false }, AccessControl, "zone 2 in 2"),
        (any_sensor(), sensed(VAULT_CONTACT), Intrusion, "zone 3 in 3"),
        (Pattern::RemoteUnlock { without_request: false }, unlock, Administration, "account 1 in 2"),
        (Pattern::BadgeEnrolled { without_request: false }, enrolled, Administration, "account 3"),
        (ANY_LOGIN, login(VPN, OPERATOR), Logins, "account 1 in 1"),
        (Pattern::LoginRefused, refused, Logins, "account 2 in 3"),
        (Pattern::FlowRefused, Report::FlowRefused { service: VPN }, Firewall, "device 1 in 1"),
        (Pattern::EndpointAlert, Report::EndpointAlert { device: SERVER }, Endpoints, "device 0 in 3"),
        (Pattern::PersonReport, Report::PersonReport { zone: OFFICE }, People, "zone 2 in 2"),
        (Pattern::Tailgate, tailgate, Video, "portal 2 in 2"),
        (ANY_KEY, Report::KeyDrawn { cabinet, key, credential }, Cabinets, "credential 0 in 1"),
        (Pattern::KeyRefused, key_refused, Cabinets, "credential 0 in 1"),
        (Pattern::LineFault, Report::LineFault { portal: OFFICE_DOOR }, AccessControl, "portal 1 in 2"),
        (Pattern::Tamper, Report::Tamper { panel: DENYING }, AccessControl, "zone 2 in 2"),
        (Pattern::Duress, Report::Duress { portal: OFFICE_DOOR, credential }, AccessControl, "credential 0 in 2"),
        (Pattern::KeyOverdue, Report::KeyOverdue { cabinet, key, credential }, Cabinets, "credential 0 in 1"),
        (Pattern::ItemRemoved { without_pass: false }, removed, Cabinets, "portal 1 in 2"),
        (Pattern::Overstay, Report::Overstay { credential: BLANK, zone: OFFICE }, Visits, "credential 3 in 2"),
        (Pattern::StayRefused, stay, AccessControl, "credential 3 in 3"),
        (Pattern::NetworkJoined { stale: false, crowd_from: 0 }, joined, Network, "account 2 in 2"),
        (Pattern::NetworkRefused, kept_off, Network, "account 2 in 2"),
        (Pattern::UnknownDevice, Report::UnknownDevice { segment, zone }, Network, "zone 2 in 2"),
        (Pattern::ConfigurationChanged { unplanned: false }, changed, Administration, "account 1 in 3"),
        (
            Pattern::Health { kinds: vec![] },
            Report::Health { device: SERVER, what: HealthKind::Patch },
            Health,
            "device 0 in 3",
        ),
        (Pattern::SlowSegment, Report::SlowSegment { segment }, Health, "zone 3 in 3"),
        (Pattern::LogGap, Report::LogGap { panel: DENYING }, AccessControl, "zone 2 in 2"),
        (Pattern::DeviceDown, Report::DeviceDown { device: GATEWAY, up: false }, Health, "device 1 in 1"),
        (Pattern::MainsLost, Report::PanelPower { panel: CACHED, mains: false }, AccessControl, "zone 1 in 1"),
        (Pattern::FireAlarm, Report::FireAlarm { on: true }, Intrusion, "zone 0 in 0"),
        (Pattern::BadgeLost, Report::BadgeLost { credential: BOBS_BADGE }, People, "credential 1"),
        (Pattern::IdentityEnded, Report::IdentityEnded { person: BOB }, Identity, "person 1"),
        (Pattern::UnusualBehaviour, Report::UnusualBehaviour { account: ANNS_USER }, Behaviour, "account 0"),
        // Last: a granted badge as well, see below.
        (Pattern::PassedBack, exit(true), AccessControl, "credential 0 in 2"),
    ]
}

const ANY_KEY: Pattern = Pattern::KeyDrawn { off_shift: false };

#[test]
fn every_kind_is_among_them() {
    assert_eq!(one_of_each().len(), doorward_model::kind::Kind::COUNT);
}

#[test]
fn each_kind_of_report_reaches_its_rule_alone_with_subject_and_place() {
    let rules: Vec<_> = one_of_each().into_iter().map(|(pattern, ..)| rule(pattern)).collect();
    for (index, (pattern, report, _, about)) in one_of_each().into_iter().enumerate() {
        let mut expected = format!("09:00:00.000 alarm {index} {about} on 1");
        if pattern == Pattern::PassedBack {
            expected = format!("09:00:00.000 alarm 0 {about} on 1\n{expected}");
        }
        check(rules.clone(), &[("Mon 09:00", report)], &expected);
    }
}

#[test]
fn a_passback_is_a_granted_badge_besides_and_rules_keep_their_order() {
    let passback = |passed_back| Report::AccessGranted {
        portal: OFFICE_DOOR,
        direction: Direction::Entry,
        credential: ANNS_BADGE,
        records: Records::default(),
        passed_back,
    };
    check(
        vec![
            rule(Pattern::PassedBack),
            rule(ANY_GRANT),
            // Nothing is its own predecessor, or what follows it, also under two names.
            Rule { condition: after(ANY_GRANT, 60, Join::Credential), ..rule(Pattern::PassedBack) },
            Rule { condition: without(Pattern::PassedBack, 60, Join::Credential), ..rule(ANY_GRANT) },
        ],
        &[("Mon 09:00:00", passback(true)), ("Mon 09:00:10", passback(false)), ("Mon 09:00:20", passback(true))],
        "09:00:00.000 alarm 0 credential 0 in 2 on 1
         09:00:00.000 alarm 1 credential 0 in 2 on 1
         09:00:00.000 alarm 3 credential 0 in 2 on 1
         09:00:10.000 alarm 1 credential 0 in 2 on 2
         09:00:20.000 alarm 0 credential 0 in 2 on 3
         09:00:20.000 alarm 1 credential 0 in 2 on 3
         09:00:20.000 alarm 2 credential 0 in 2 on 3,2",
    );
}

#[test]
fn reports_that_no_pattern_names_leave_rules_cold() {
    let rules: Vec<_> = one_of_each().into_iter().map(|(pattern, ..)| rule(pattern)).collect();
    let portal = VAULT_DOOR;
    let story = [
        Report::PortalOpened { portal },
        Report::PortalClosed { portal },
        Report::RequestToExit { portal },
        Report::PanelLink { panel: CACHED, up: true },
        Report::DeviceDown { device: SERVER, up: true },
        Report::PanelPower { panel: CACHED, mains: true },
        Report::FireAlarm { on: false },
        Report::KeyReturned { cabinet: CABINET, key: VAULT_KEY },
        Report::Assessed { alarm: AlarmId(0), hostile: false },
        Report::Assessed { alarm: AlarmId(0), hostile: true },
        Report::GuardReport { alarm: AlarmId(0), zone: VAULT, found: true },
    ];
    check(rules, &story.map(|report| ("Mon 09:00", report)), "");
}

#[test]
fn only_logs_that_are_read_reach_rules() {
    for (pattern, report, log, about) in one_of_each() {
        let reading = |reads: Vec<LogKind>| {
            let mut plan = plan(vec![rule(pattern.clone())]);
            plan.policy.reads = reads;
            plan
        };
        let others = plan(vec![]).policy.reads.into_iter().filter(|other| *other != log).collect();
        check_plan(reading(others), &[("Mon 09:00", report)], "");
        check_plan(reading(vec![log]), &[("Mon 09:00", report)], &format!("09:00:00.000 alarm 0 {about} on 1"));
    }
}

#[test]
fn what_is_not_read_is_not_absent() {
    let mut plan = plan(vec![Rule { condition: absence(ANY_LOGIN, 60, Join::Identity), ..rule(ANY_GRANT) }]);
    plan.policy.reads = vec![LogKind::AccessControl];
    check_plan(plan, &[("Mon 09:00", granted(OFFICE_DOOR, ANNS_BADGE)), ("Mon 10:00", forced(FRONT_DOOR))], "");
}

#[test]
fn a_rule_looks_in_its_zones() {
    let here = Rule { zones: set([2]), ..rule(ANY_GRANT) };
    let story = [("Mon 09:00", granted(VAULT_DOOR, ANNS_BADGE)), ("Mon 09:01", granted(OFFICE_DOOR, ANNS_BADGE))];
    check(vec![here], &story, "09:01:00.000 alarm 0 credential 0 in 2 on 2");
    // What has no zone passes.
    let nowhere = Rule { zones: set([]), ..rule(Pattern::BadgeEnrolled { without_request: false }) };
    let enrolled = Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request: true };
    check(vec![nowhere], &[("Mon 09:00", enrolled)], "09:00:00.000 alarm 0 account 3 on 1");
}

#[test]
fn a_rule_looks_at_its_portals() {
    let here = |pattern| Rule { portals: Some(set([2])), ..rule(pattern) };
    let story = [
        ("Mon 09:00", forced(OFFICE_DOOR)),
        ("Mon 09:01", forced(VAULT_DOOR)),
        ("Mon 09:02", sensed(OFFICE_MOTION)),
        ("Mon 09:03", sensed(VAULT_CONTACT)),
    ];
    check(
        vec![here(Pattern::PortalForced), here(any_sensor())],
        &story,
        "09:01:00.000 alarm 0 portal 2 in 3 on 2
         09:03:00.000 alarm 1 zone 3 in 3 on 4",
    );
}

#[test]
fn a_rule_looks_within_its_hours() {
    let nights = Rule { during: vec![window("daily 22:00-06:00")], ..rule(Pattern::PortalForced) };
    let story =
        [("Mon 05:59", forced(VAULT_DOOR)), ("Mon 09:00", forced(VAULT_DOOR)), ("Mon 22:00", forced(VAULT_DOOR))];
    check(
        vec![nights],
        &story,
        "05:59:00.000 alarm 0 portal 2 in 3 on 1
         22:00:00.000 alarm 0 portal 2 in 3 on 3",
    );
}

#[test]
fn grants_off_shift() {
    let story = [
        ("Mon 09:00", granted(OFFICE_DOOR, ANNS_BADGE)),
        ("Mon 18:00", granted(OFFICE_DOOR, BOBS_BADGE)),
        ("Mon 18:00", granted(OFFICE_DOOR, BLANK)),
        ("Mon 18:00", granted(OFFICE_DOOR, ANNS_BADGE)),
    ];
    check(
        vec![rule(Pattern::AccessGranted { off_shift: true, without_booking: false })],
        &story,
        "18:00:00.000 alarm 0 credential 0 in 2 on 4",
    );
}

#[test]
fn denials_by_reason() {
    let listed = [
        (ReasonFile::NoRight, Reason::NoRight),
        (ReasonFile::OffShift, Reason::OffShift),
        (ReasonFile::Superseded, Reason::Superseded),
        (ReasonFile::Revoked, Reason::Revoked),
        (ReasonFile::Unknown, Reason::Unknown),
        (ReasonFile::LockedDown, Reason::LockedDown),
        (ReasonFile::Factor, Reason::Factor),
        (ReasonFile::Expired, Reason::Expired),
        (ReasonFile::PassedBack, Reason::PassedBack),
        (ReasonFile::Alone, Reason::Alone),
        (ReasonFile::NoEscort, Reason::NoEscort),
        (ReasonFile::NoWorkOrder, Reason::NoWorkOrder),
        (ReasonFile::Risk, Reason::Risk),
        (ReasonFile::Absent, Reason::Absent),
        (ReasonFile::Stale, Reason::Stale),
        (ReasonFile::WrongDevice, Reason::WrongDevice),
        (ReasonFile::NoPass, Reason::NoPass),
    ];
    let story = listed.map(|(_, reason)| ("Mon 09:00", denied(OFFICE_DOOR, ANNS_BADGE, reason)));
    for (index, (reason, _)) in listed.into_iter().enumerate() {
        check(
            vec![rule(Pattern::AccessDenied { reasons: vec![reason] })],
            &story,
            &format!("09:00:00.000 alarm 0 credential 0 in 2 on {}", index + 1),
        );
    }
    let two = Pattern::AccessDenied { reasons: vec![ReasonFile::Factor, ReasonFile::NoRight] };
    check(
        vec![rule(two)],
        &story,
        "09:00:00.000 alarm 0 credential 0 in 2 on 1
         09:00:00.000 alarm 0 credential 0 in 2 on 7",
    );
}

#[test]
fn sensors_by_type() {
    let story = [("Mon 09:00", sensed(VAULT_CONTACT)), ("Mon 09:01", sensed(OFFICE_MOTION))];
    check(vec![rule(Pattern::Sensor { kinds: vec![1] })], &story, "09:01:00.000 alarm 0 zone 2 in 2 on 2");
}

#[test]
fn administration_without_request() {
    let unlock = |request| Report::RemoteUnlock { portal: VAULT_DOOR, account: OPERATOR, request };
    let enrolled = |request| Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request };
    check(
        vec![
            rule(Pattern::RemoteUnlock { without_request: true }),
            rule(Pattern::BadgeEnrolled { without_request: true }),
        ],
        &[
            ("Mon 09:00", unlock(true)),
            ("Mon 09:01", unlock(false)),
            ("Mon 09:02", enrolled(true)),
            ("Mon 09:03", enrolled(false)),
        ],
        "09:01:00.000 alarm 0 account 1 in 3 on 2
         09:03:00.000 alarm 1 account 3 on 4",
    );
}

#[test]
fn logins_by_what_is_seen_of_them() {
    let wants = |login| rule(Pattern::Login(login));
    let login = |account, remote: bool, ticket| {
        let from = (!remote).then_some(CONSOLE_SEAT);
        Report::Login { service: VPN, account, remote, ticket, from }
    };
    check(
        vec![
            wants(LoginPattern { vendor: true, ..NO_LOGIN }),
            wants(LoginPattern { remote: true, ..NO_LOGIN }),
            wants(LoginPattern { without_ticket: true, ..NO_LOGIN }),
            wants(LoginPattern { privileged: true, ..NO_LOGIN }),
            wants(LoginPattern { vendor: true, remote: true, without_ticket: true, ..NO_LOGIN }),
        ],
        &[
            ("Mon 09:00", login(ANNS_USER, false, true)),
            ("Mon 09:01", login(VENDOR, false, true)),
            ("Mon 09:02", login(ANNS_USER, true, true)),
            ("Mon 09:03", login(ANNS_USER, false, false)),
            ("Mon 09:04", login(OPERATOR, false, true)),
            ("Mon 09:05", login(SHARED_ADMIN, false, true)),
            ("Mon 09:06", login(VENDOR, true, false)),
        ],
        "09:01:00.000 alarm 0 account 2 in 1 on 2
         09:02:00.000 alarm 1 account 0 in 1 on 3
         09:03:00.000 alarm 2 account 0 in 1 on 4
         09:04:00.000 alarm 3 account 1 in 1 on 5
         09:05:00.000 alarm 3 account 3 in 1 on 6
         09:06:00.000 alarm 0 account 2 in 1 on 7
         09:06:00.000 alarm 1 account 2 in 1 on 7
         09:06:00.000 alarm 2 account 2 in 1 on 7
         09:06:00.000 alarm 4 account 2 in 1 on 7",
    );
}

#[test]
fn logins_by_place_owner_and_hour() {
    let wants = |login| rule(Pattern::Login(login));
    let login = |account, from: Option<DeviceId>| {
        let (service, remote) = (CONSOLE, from.is_none());
        Report::Login { service, account, remote, ticket: true, from }
    };
    check(
        vec![
            wants(LoginPattern { local: true, ..NO_LOGIN }),
            wants(LoginPattern { shared: true, ..NO_LOGIN }),
            wants(LoginPattern { break_glass: true, ..NO_LOGIN }),
            wants(LoginPattern { unusual: true, ..NO_LOGIN }),
        ],
        &[
            ("Mon 09:00", login(ANNS_USER, None)),
            ("Mon 09:01", login(ANNS_USER, Some(DESK))),
            // Administration at its hours from where it is done: over the jump host, and at its workstation.
            ("Mon 09:02", login(ANNS_ADMIN, Some(JUMP))),
            ("Mon 09:03", login(ANNS_ADMIN, Some(CONSOLE_SEAT))),
            ("Mon 09:04", login(ANNS_ADMIN, Some(DESK))),
            ("Mon 19:00", login(ANNS_ADMIN, Some(JUMP))),
            // An ordinary account after hours is nothing unusual, and a vendor's is neither shared nor so judged.
            ("Mon 19:01", login(ANNS_USER, Some(DESK))),
            ("Mon 19:02", login(VENDOR, None)),
            ("Mon 19:03", login(SHARED_ADMIN, Some(CONSOLE_SEAT))),
            ("Mon 19:04", login(EMERGENCY, None)),
        ],
        "09:01:00.000 alarm 0 account 0 in 3 on 2
         09:02:00.000 alarm 0 account 4 in 3 on 3
         09:03:00.000 alarm 0 account 4 in 3 on 4
         09:04:00.000 alarm 0 account 4 in 3 on 5
         09:04:00.000 alarm 3 account 4 in 3 on 5
         19:00:00.000 alarm 0 account 4 in 3 on 6
         19:00:00.000 alarm 3 account 4 in 3 on 6
         19:01:00.000 alarm 0 account 0 in 3 on 7
         19:03:00.000 alarm 0 account 3 in 3 on 9
         19:03:00.000 alarm 1 account 3 in 3 on 9
         19:04:00.000 alarm 1 account 5 in 3 on 10
         19:04:00.000 alarm 2 account 5 in 3 on 10
         19:04:00.000 alarm 3 account 5 in 3 on 10",
    );
}

#[test]
fn acts_without_their_record() {
    let removed = |pass| Report::ItemRemoved { asset: AssetId(0), portal: FRONT_DOOR, pass };
    let changed = |planned| Report::ConfigurationChanged { device: SERVER, account: ANNS_ADMIN, planned };
    check(
        vec![
            rule(Pattern::ItemRemoved { without_pass: true }),
            rule(Pattern::ConfigurationChanged { unplanned: true }),
        ],
        &[
            ("Mon 09:00", removed(true)),
            ("Mon 09:01", removed(false)),
            ("Mon 09:02", changed(true)),
            ("Mon 09:03", changed(false)),
        ],
        "09:01:00.000 alarm 0 portal 0 in 1 on 2
         09:03:00.000 alarm 1 account 4 in 3 on 4",
    );
}

#[test]
fn keys_off_shift() {
    let drawn = |credential| Report::KeyDrawn { cabinet: CABINET, key: VAULT_KEY, credential };
    check(
        vec![rule(Pattern::KeyDrawn { off_shift: true })],
        &[
            ("Mon 09:00", drawn(ANNS_BADGE)),
            // Guards are always on shift, and a badge of nobody's has none.
            ("Mon 19:00", drawn(BOBS_BADGE)),
            ("Mon 19:00", drawn(BLANK)),
            ("Mon 19:00", drawn(ANNS_BADGE)),
        ],
        "19:00:00.000 alarm 0 credential 0 in 1 on 4",
    );
}

#[test]
fn rooms_without_booking() {
    let into = |records| Report::AccessGranted {
        portal: OFFICE_DOOR,
        direction: Direction::Entry,
        credential: ANNS_BADGE,
        records,
        passed_back: false,
    };
    let story = [
        // No room to book; booked; not booked, though there is a work order.
        ("Mon 09:00", into(Records::default())),
        ("Mon 09:01", into(Records::BOOKABLE.and(Records::BOOKING))),
        ("Mon 09:02", into(Records::BOOKABLE.and(Records::WORK_ORDER))),
    ];
    let unbooked = rule(Pattern::AccessGranted { off_shift: false, without_booking: true });
    check(vec![unbooked], &story, "09:02:00.000 alarm 0 credential 0 in 2 on 3");
}

#[test]
fn networks_by_patches_and_crowd() {
    let joined =
        |stale, crowd| Report::NetworkJoined { segment: SEGMENT, zone: OFFICE, account: ANNS_USER, stale, crowd };
    check(
        vec![
            rule(Pattern::NetworkJoined { stale: true, crowd_from: 0 }),
            rule(Pattern::NetworkJoined { stale: false, crowd_from: 20 }),
            rule(Pattern::NetworkJoined { stale: true, crowd_from: 20 }),
        ],
        &[
            ("Mon 09:00", joined(false, 19)),
            ("Mon 09:01", joined(true, 19)),
            ("Mon 09:02", joined(false, 20)),
            ("Mon 09:03", joined(true, 300)),
        ],
        "09:01:00.000 alarm 0 account 0 in 2 on 2
         09:02:00.000 alarm 1 account 0 in 2 on 3
         09:03:00.000 alarm 0 account 0 in 2 on 4
         09:03:00.000 alarm 1 account 0 in 2 on 4
         09:03:00.000 alarm 2 account 0 in 2 on 4",
    );
}

#[test]
fn health_by_what_failed() {
    let failed = |what| ("Mon 09:00", Report::Health { device: SERVER, what });
    let story = [failed(HealthKind::Backup), failed(HealthKind::Storage), failed(HealthKind::Patch)];
    let two = rule(Pattern::Health { kinds: vec![HealthKind::Backup, HealthKind::Patch] });
    check(
        vec![two],
        &story,
        "09:00:00.000 alarm 0 device 0 in 3 on 1
         09:00:00.000 alarm 0 device 0 in 3 on 3",
    );
}

#[test]
fn count_is_the_kth_within_the_window_of_one_key() {
    let three = Rule { condition: count(3, 60, Join::Credential), ..rule(any_denial()) };
    let ann = || denied(OFFICE_DOOR, ANNS_BADGE, Reason::NoRight);
    let bob = || denied(OFFICE_DOOR, BOBS_BADGE, Reason::NoRight);
    check(
        vec![three],
        &[
            ("Mon 09:00:00", ann()),
            ("Mon 09:00:01", bob()),
            ("Mon 09:00:30", ann()),
            ("Mon 09:01:01", ann()),
            ("Mon 09:01:30", ann()),
            ("Mon 09:01:40", ann()),
            ("Mon 09:01:41", bob()),
        ],
        // The window holds both its ends. From the third on, each one completes it anew: that is what `quiet` is for.
        "09:01:30.000 alarm 0 credential 0 in 2 on 5,4,3
         09:01:40.000 alarm 0 credential 0 in 2 on 6,5,4",
    );
}

#[test]
fn counts_join_by_each_key() {
    let two = |pattern, by| Rule { condition: count(2, 60, by), ..rule(pattern) };
    let checks = [
        (
            two(ANY_GRANT, Join::Identity),
            [
                granted(OFFICE_DOOR, BOBS_BADGE),
                granted(OFFICE_DOOR, ANNS_BADGE),
                granted(OFFICE_DOOR, BLANK),
                granted(FRONT_DOOR, ANNS_OLD_BADGE),
            ],
            "person 0 in 1 on 4,2",
        ),
        (
            two(ANY_GRANT, Join::Portal),
            [
                granted(OFFICE_DOOR, BOBS_BADGE),
                granted(FRONT_DOOR, ANNS_BADGE),
                granted(VAULT_DOOR, ANNS_BADGE),
                granted(OFFICE_DOOR, BLANK),
            ],
            "credential 3 in 2 on 4,1",
        ),
        (
            two(Pattern::PortalForced, Join::Zone),
            [forced(VAULT_DOOR), forced(OFFICE_DOOR), forced(FRONT_DOOR), forced(VAULT_DOOR)],
            "portal 2 in 3 on 4,1",
        ),
        (
            two(ANY_LOGIN, Join::Device),
            [login(VPN, ANNS_USER), login(CONSOLE, ANNS_USER), forced(VAULT_DOOR), login(VPN, VENDOR)],
            "account 2 in 1 on 4,1",
        ),
        (
            two(Pattern::PersonReport, Join::Site),
            [
                Report::PersonReport { zone: LOBBY },
                granted(OFFICE_DOOR, BLANK),
                forced(VAULT_DOOR),
                Report::PersonReport { zone: OFFICE },
            ],
            "zone 2 in 2 on 4,1",
        ),
    ];
    for (rule, reports, about) in checks {
        check(vec![rule], &reports.map(|report| ("Mon 09:00", report)), &format!("09:00:00.000 alarm 0 {about}"));
    }
}

#[test]
fn a_report_without_the_key_is_not_joined() {
    let two = Rule { condition: count(2, 60, Join::Portal), ..rule(any_sensor()) };
    check(vec![two], &[("Mon 09:00", sensed(OFFICE_MOTION)), ("Mon 09:00", sensed(OFFICE_MOTION))], "");
}

#[test]
fn after_joins_badge_and_account_by_identity() {
    let mark = after(ANY_GRANT, 60, Join::Identity);
    let story = [
        ("Mon 09:00:00", login(VPN, ANNS_ADMIN)),
        ("Mon 09:01:00", granted(OFFICE_DOOR, ANNS_OLD_BADGE)),
        ("Mon 09:01:10", login(VPN, OPERATOR)),
        ("Mon 09:02:00", login(VPN, ANNS_ADMIN)),
        ("Mon 09:02:01", login(VPN, ANNS_ADMIN)),
    ];
    check(vec![Rule { condition: mark, ..rule(ANY_LOGIN) }], &story, "09:02:00.000 alarm 0 person 0 in 1 on 4,2");
}

#[test]
fn after_takes_the_last_of_the_earlier_ones() {
    let rules = vec![Rule { condition: after(any_sensor(), 60, Join::Zone), ..rule(Pattern::PortalForced) }];
    let story = [
        ("Mon 09:00:00", sensed(VAULT_CONTACT)),
        ("Mon 09:00:30", sensed(VAULT_CONTACT)),
        ("Mon 09:00:31", sensed(OFFICE_MOTION)),
        ("Mon 09:01:10", forced(VAULT_DOOR)),
    ];
    check(rules, &story, "09:01:10.000 alarm 0 portal 2 in 3 on 4,2");
}

#[test]
fn after_filters_the_earlier_one_and_place_narrows_the_later() {
    let unasked = Pattern::BadgeEnrolled { without_request: true };
    let condition = after(unasked, 3600, Join::Credential);
    let enrolled = |request| Report::BadgeEnrolled { credential: BLANK, account: SHARED_ADMIN, request };
    check(
        vec![Rule { condition, zones: set([3]), ..rule(ANY_GRANT) }],
        &[
            ("Mon 09:00", enrolled(true)),
            ("Mon 09:01", granted(VAULT_DOOR, BLANK)),
            ("Mon 09:02", enrolled(false)),
            ("Mon 09:03", granted(OFFICE_DOOR, BLANK)),
            ("Mon 09:04", granted(VAULT_DOOR, BLANK)),
        ],
        "09:04:00.000 alarm 0 credential 3 in 3 on 5,3",
    );
    // The earlier one counts wherever and whenever it was.
    let first = Rule {
        condition: after(ANY_LOGIN, 7200, Join::Identity),
        zones: set([3]),
        during: vec![window("daily 10:00-11:00")],
        ..rule(ANY_GRANT)
    };
    check(
        vec![first],
        &[("Mon 09:00", login(VPN, ANNS_USER)), ("Mon 10:00", granted(VAULT_DOOR, ANNS_BADGE))],
        "10:00:00.000 alarm 0 person 0 in 3 on 2,1",
    );
}

#[test]
fn nothing_is_its_own_predecessor() {
    let again = Rule { condition: after(Pattern::PortalForced, 60, Join::Portal), ..rule(Pattern::PortalForced) };
    check(
        vec![again],
        &[("Mon 09:00:00", forced(VAULT_DOOR)), ("Mon 09:00:20", forced(VAULT_DOOR))],
        "09:00:20.000 alarm 0 portal 2 in 3 on 2,1",
    );
}

#[test]
fn without_fires_where_nothing_came_before() {
    let rules = || vec![Rule { condition: without(ANY_GRANT, 3600, Join::Identity), ..rule(ANY_LOGIN) }];
    check(
        rules(),
        &[
            // Nobody's account is joined with no badge: what cannot be known cannot be missed.
            ("Mon 08:00", login(CONSOLE, SHARED_ADMIN)),
            ("Mon 08:01", login(CONSOLE, ANNS_USER)),
            ("Mon 09:00", granted(OFFICE_DOOR, BOBS_BADGE)),
            ("Mon 09:01", login(CONSOLE, ANNS_USER)),
            ("Mon 09:02", granted(OFFICE_DOOR, ANNS_OLD_BADGE)),
            ("Mon 10:02", login(CONSOLE, ANNS_ADMIN)),
            ("Mon 10:03", login(CONSOLE, ANNS_ADMIN)),
        ],
        "08:01:00.000 alarm 0 person 0 in 3 on 2
         09:01:00.000 alarm 0 person 0 in 3 on 4
         10:03:00.000 alarm 0 person 0 in 3 on 7",
    );
    // What is not read is not missed.
    let mut plan = plan(rules());
    plan.policy.reads = vec![LogKind::Logins];
    check_plan(plan, &[("Mon 08:01", login(CONSOLE, ANNS_USER))], "");
}

#[test]
fn the_first_of_its_kind_is_without_another() {
    let first = Rule { condition: without(Pattern::PortalForced, 60, Join::Portal), ..rule(Pattern::PortalForced) };
    check(
        vec![first],
        &[
            ("Mon 09:00:00", forced(VAULT_DOOR)),
            ("Mon 09:00:20", forced(VAULT_DOOR)),
            ("Mon 09:01:21", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 alarm 0 portal 2 in 3 on 1
         09:01:21.000 alarm 0 portal 2 in 3 on 3",
    );
}

#[test]
fn absence_fires_at_its_wake() {
    let rules = || vec![Rule { condition: absence(ANY_LOGIN, 60, Join::Identity), ..rule(ANY_GRANT) }];
    check(
        rules(),
        &[
            ("Mon 09:00:00", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:00:10", login(CONSOLE, OPERATOR)),
            // One wake a key: this one rides on the first.
            ("Mon 09:00:30", granted(VAULT_DOOR, ANNS_BADGE)),
            ("Mon 09:05:00", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 wake 09:01:00.000
         09:01:00.000 alarm 0 person 0 in 2 on 1",
    );
    check(
        rules(),
        &[
            ("Mon 09:00:00", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:00:10", login(CONSOLE, ANNS_ADMIN)),
            ("Mon 09:05:00", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 wake 09:01:00.000",
    );
}

#[test]
fn absence_begun_anew_keeps_its_own_deadline_and_one_wake() {
    let rules = vec![Rule { condition: absence(ANY_LOGIN, 60, Join::Identity), ..rule(ANY_GRANT) }];
    check(
        rules,
        &[
            ("Mon 09:00:00", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:00:10", login(CONSOLE, ANNS_ADMIN)),
            ("Mon 09:00:30", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:05:00", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:07:00", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 wake 09:01:00.000
         09:01:00.000 wake 09:01:30.000
         09:01:30.000 alarm 0 person 0 in 2 on 3
         09:05:00.000 wake 09:06:00.000
         09:06:00.000 alarm 0 person 0 in 2 on 4",
    );
}

#[test]
fn one_report_can_end_a_wait_and_begin_the_next() {
    let patrol = Rule { condition: absence(ANY_GRANT, 60, Join::Credential), ..rule(ANY_GRANT) };
    check(
        vec![patrol],
        &[
            ("Mon 09:00:00", granted(OFFICE_DOOR, BOBS_BADGE)),
            ("Mon 09:00:50", granted(OFFICE_DOOR, BOBS_BADGE)),
            ("Mon 09:05:00", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 wake 09:01:00.000
         09:01:00.000 wake 09:01:50.000
         09:01:50.000 alarm 0 credential 1 in 2 on 2",
    );
}

#[test]
fn a_wake_that_nobody_ordered_changes_nothing() {
    let rules = vec![
        rule(ANY_GRANT),
        Rule { condition: count(2, 60, Join::Site), ..rule(ANY_GRANT) },
        Rule { condition: absence(ANY_LOGIN, 60, Join::Site), ..rule(ANY_GRANT) },
    ];
    let mut defence = RuleDefence::new(Arc::new(plan(rules)));
    let mut orders = Orders::new();
    let view = DefenderView { now: SimTime::MAX, week_ms: 0 };
    for token in [0, 1 << 32, 2 << 32, 3 << 32, u64::MAX] {
        defence.wake(Wake(token), &view, &mut orders);
    }
    assert_eq!(orders.as_slice(), []);
}

#[test]
fn the_same_subject_is_quiet_for_a_while() {
    let rules = vec![Rule { quiet: seconds(60), ..rule(Pattern::PortalForced) }, rule(Pattern::PortalForced)];
    check(
        rules,
        &[
            ("Mon 09:00:00", forced(VAULT_DOOR)),
            ("Mon 09:00:30", forced(OFFICE_DOOR)),
            ("Mon 09:00:59", forced(VAULT_DOOR)),
            // What was not raised does not make the quiet longer.
            ("Mon 09:01:00", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 alarm 0 portal 2 in 3 on 1
         09:00:00.000 alarm 1 portal 2 in 3 on 1
         09:00:30.000 alarm 0 portal 1 in 2 on 2
         09:00:30.000 alarm 1 portal 1 in 2 on 2
         09:00:59.000 alarm 1 portal 2 in 3 on 3
         09:01:00.000 alarm 0 portal 2 in 3 on 4
         09:01:00.000 alarm 1 portal 2 in 3 on 4",
    );
}

#[test]
fn every_sort_of_subject_can_be_quiet() {
    for (pattern, report, _, about) in one_of_each() {
        let quiet = Rule { quiet: seconds(60), ..rule(pattern) };
        let story = [("Mon 09:00:00", report), ("Mon 09:00:10", report)];
        check(vec![quiet], &story, &format!("09:00:00.000 alarm 0 {about} on 1"));
    }
    let person = Rule { quiet: seconds(60), condition: count(1, 60, Join::Identity), ..rule(ANY_LOGIN) };
    let story = [("Mon 09:00:00", login(VPN, ANNS_USER)), ("Mon 09:00:10", login(VPN, ANNS_ADMIN))];
    check(vec![person], &story, "09:00:00.000 alarm 0 person 0 in 1 on 1");
}

#[test]
fn quiet_also_binds_a_wake() {
    let condition = absence(ANY_LOGIN, 60, Join::Credential);
    let rules = vec![Rule { quiet: seconds(600), condition, ..rule(ANY_GRANT) }];
    check(
        rules,
        &[
            ("Mon 09:00", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:02", granted(OFFICE_DOOR, ANNS_BADGE)),
            ("Mon 09:05", forced(VAULT_DOOR)),
        ],
        "09:00:00.000 wake 09:01:00.000
         09:01:00.000 alarm 0 credential 0 in 2 on 1
         09:02:00.000 wake 09:03:00.000",
    );
}

#[test]
fn an_alarm_goes_to_its_queue_with_its_priority() {
    let owned = Rule { raise: Some((Some(QueueId(3)), 2)), ..rule(Pattern::PortalForced) };
    let mut defence = RuleDefence::new(Arc::new(plan(vec![owned])));
    let told = tell(&mut defence, &[("Mon 09:00", forced(VAULT_DOOR))]);
    let [(_, Ordered { order: Order::Raise { queue, priority, .. }, because })] = told[..] else {
        panic!("one alarm, not {told:?}")
    };
    assert_eq!((queue, priority), (Some(QueueId(3)), 2));
    let (rule, subject) = (RuleId(0), Subject::Portal(VAULT_DOOR));
    assert_eq!(because, Because::Rule { rule, subject, evidence: Evidence::one(ObservationId(1)) });
}

#[test]
fn a_new_run_remembers_nothing() {
    let rules = vec![
        Rule { condition: count(2, 600, Join::Site), ..rule(Pattern::PortalForced) },
        Rule { condition: after(ANY_GRANT, 600, Join::Identity), ..rule(ANY_LOGIN) },
        Rule { quiet: seconds(600), ..rule(Pattern::PersonReport) },
        Rule { condition: absence(Pattern::EndpointAlert, 600, Join::Site), ..rule(Pattern::FlowRefused) },
    ];
    let mut defence = RuleDefence::new(Arc::new(plan(rules)));
    let before = [
        forced(VAULT_DOOR),
        granted(OFFICE_DOOR, ANNS_BADGE),
        Report::PersonReport { zone: OFFICE },
        Report::FlowRefused { service: VPN },
    ];
    let after = [
        ("Mon 09:01", forced(VAULT_DOOR)),
        ("Mon 09:01", login(VPN, ANNS_USER)),
        ("Mon 09:01", Report::PersonReport { zone: OFFICE }),
        ("Mon 09:01", Report::FlowRefused { service: VPN }),
    ];
    // Not told to the end: the run stops before the wake.
    let now = SimTime::from_millis(week_ms("Mon 09:00"));
    for (report, id) in before.into_iter().zip(1..) {
        let seen = Observed { id: ObservationId(id), at: now, report };
        defence.observe(&seen, &DefenderView { now, week_ms: now.as_millis() }, &mut Orders::new());
    }
    // A checkpoint goes on from where it was taken.
    let mut copy = defence.boxed_clone();
    defence.reset();
    assert_eq!(
        show(&tell_from(&mut defence, &after, 5)),
        [
            "09:01:00.000 alarm 2 zone 2 in 2 on 7",
            "09:01:00.000 wake 09:11:00.000",
            "09:11:00.000 alarm 3 device 1 in 1 on 8",
        ]
    );
    assert_eq!(
        show(&tell_from(copy.as_mut(), &after, 5)),
        ["09:01:00.000 alarm 0 portal 2 in 3 on 5,1", "09:01:00.000 alarm 1 person 0 in 1 on 6,2"]
    );
}

#[test]
fn only_rules_of_its_kind_are_visited() {
    let most = |rules| RuleDefence::new(Arc::new(plan(rules))).visits_at_most();
    assert_eq!(most(vec![]), 0);
    assert_eq!(most(one_of_each().into_iter().map(|(pattern, ..)| rule(pattern)).collect()), 2, "a passback");
    let both = Rule { condition: after(Pattern::PortalForced, 60, Join::Portal), ..rule(Pattern::PortalForced) };
    assert_eq!(most(vec![rule(Pattern::PortalHeld), both, rule(Pattern::PortalForced)]), 3);
}

#[test]
fn the_plan_with_its_threat_is_not_kept() {
    let plan = Arc::new(plan(vec![rule(Pattern::PortalForced)]));
    let _defence = RuleDefence::new(Arc::clone(&plan));
    assert_eq!(Arc::strong_count(&plan), 1);
}
