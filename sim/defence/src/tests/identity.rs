//! Who is who: which records are known to belong to one person, and what follows from it.

use doorward_model::defence::IdentityRecord::{self, Accounts, Badges, Bookings, Keys};
use doorward_model::plan::*;
use doorward_model::signal::*;

use super::fixture::*;

const ALL: [IdentityRecord; 4] = [Badges, Accounts, Bookings, Keys];

fn linking(linked: &[IdentityRecord], rules: Vec<Rule>) -> Plan {
    let mut plan = plan(rules);
    plan.policy.identity.linked = linked.to_vec();
    plan
}

/// Reports of every kind that can name Ann, and the record that does.
fn about_ann() -> Vec<(IdentityRecord, Pattern, Report)> {
    let (cabinet, key, credential, account) = (CABINET, VAULT_KEY, ANNS_BADGE, ANNS_USER);
    let (segment, zone, reason) = (SEGMENT, OFFICE, Reason::NoRight);
    let passback = Report::AccessGranted {
        portal: OFFICE_DOOR,
        direction: Direction::Entry,
        credential,
        records: Records::default(),
        passed_back: true,
    };
    let unlock = Report::RemoteUnlock { portal: VAULT_DOOR, account, request: true };
    let enrolled = Report::BadgeEnrolled { credential: BLANK, account, request: true };
    let joined = Report::NetworkJoined { segment, zone, account, stale: false, crowd: 0 };
    let changed = Report::ConfigurationChanged { device: SERVER, account, planned: true };
    vec![
        (Badges, ANY_GRANT, granted(OFFICE_DOOR, credential)),
        (Badges, Pattern::PassedBack, passback),
        (Badges, any_denial(), denied(OFFICE_DOOR, credential, reason)),
        (Badges, Pattern::StayRefused, Report::StayRefused { zone, credential, reason }),
        (Badges, Pattern::BadgeLost, Report::BadgeLost { credential }),
        (Accounts, ANY_LOGIN, login(VPN, account)),
        (Accounts, Pattern::LoginRefused, Report::LoginRefused { service: VPN, account, reason }),
        (Accounts, Pattern::RemoteUnlock { without_request: false }, unlock),
        (Accounts, Pattern::BadgeEnrolled { without_request: false }, enrolled),
        (Accounts, Pattern::NetworkJoined { stale: false, crowd_from: 0 }, joined),
        (Accounts, Pattern::NetworkRefused, Report::NetworkRefused { segment, zone, account, reason }),
        (Accounts, Pattern::ConfigurationChanged { unplanned: false }, changed),
        (Accounts, Pattern::UnusualBehaviour, Report::UnusualBehaviour { account }),
        (Badges, Pattern::Duress, Report::Duress { portal: OFFICE_DOOR, credential }),
        (Bookings, Pattern::Overstay, Report::Overstay { credential, zone }),
        (Keys, Pattern::KeyDrawn { off_shift: false }, Report::KeyDrawn { cabinet, key, credential }),
        (Keys, Pattern::KeyRefused, Report::KeyRefused { cabinet, key, credential, reason }),
        (Keys, Pattern::KeyOverdue, Report::KeyOverdue { cabinet, key, credential }),
    ]
}

/// How often a rule that joins by identity fires on a story.
fn firings(linked: &[IdentityRecord], rules: Vec<Rule>, story: &[Step]) -> usize {
    let mut defence = crate::RuleDefence::new(linking(linked, rules).into());
    tell(&mut defence, story).len()
}

#[test]
fn a_report_names_the_person_whose_record_is_linked() {
    let joined = |pattern| vec![Rule { condition: count(1, 60, Join::Identity), ..rule(pattern) }];
    for (record, pattern, report) in about_ann() {
        let story = [("Mon 09:00", report)];
        let others: Vec<_> = ALL.into_iter().filter(|other| *other != record).collect();
        assert_eq!(firings(&[record], joined(pattern.clone()), &story), 1, "{pattern:?} by {record:?}");
        assert_eq!(firings(&others, joined(pattern.clone()), &story), 0, "{pattern:?} without {record:?}");
        // The report itself is seen all the same.
        assert_eq!(firings(&[], vec![rule(pattern)], &story), 1);
    }
    let gone = vec![Rule { condition: count(1, 60, Join::Identity), ..rule(Pattern::IdentityEnded) }];
    check_plan(
        linking(&[], gone),
        &[("Mon 09:00", Report::IdentityEnded { person: ANN })],
        "09:00:00.000 alarm 0 person 0 on 1",
    );
}

#[test]
fn badge_and_login_are_one_story_only_where_both_are_linked() {
    let rules = || vec![Rule { condition: after(ANY_LOGIN, 3600, Join::Identity), ..rule(ANY_GRANT) }];
    let story = [("Mon 09:00", login(VPN, ANNS_ADMIN)), ("Mon 09:10", granted(OFFICE_DOOR, ANNS_OLD_BADGE))];
    let by = |linked: &[IdentityRecord]| firings(linked, rules(), &story);
    assert_eq!([by(&[]), by(&[Badges]), by(&[Accounts]), by(&[Badges, Accounts])], [0, 0, 0, 1]);
}

#[test]
fn what_is_not_linked_is_not_missed() {
    let story = [("Mon 09:00", login(VPN, ANNS_USER)), ("Mon 11:00", forced(FRONT_DOOR))];
    for condition in [without(ANY_GRANT, 3600, Join::Identity), absence(ANY_GRANT, 3600, Join::Identity)] {
        let rules = || vec![Rule { condition: condition.clone(), ..rule(ANY_LOGIN) }];
        assert_eq!(firings(&[Accounts], rules(), &story), 0);
        assert!(firings(&[Accounts, Badges], rules(), &story) > 0);
    }
}

#[test]
fn a_booking_is_missed_only_where_it_would_be_known_for_the_holders() {
    let pattern = Pattern::AccessGranted { off_shift: false, without_booking: true };
    let records = Records::BOOKABLE;
    let into = Report::AccessGranted {
        portal: OFFICE_DOOR,
        direction: Direction::Entry,
        credential: ANNS_BADGE,
        records,
        passed_back: false,
    };
    let by = |linked: &[IdentityRecord]| firings(linked, vec![rule(pattern.clone())], &[("Mon 09:00", into)]);
    assert_eq!([by(&[]), by(&[Badges]), by(&[Bookings]), by(&[Badges, Bookings])], [0, 0, 0, 1]);
}

#[test]
fn responses_reach_what_is_linked() {
    let respond = vec![Response::RevokeCredential, Response::DisableAccount];
    let badge = |condition| vec![Rule { raise: None, respond: respond.clone(), condition, ..rule(ANY_GRANT) }];
    let account = |condition| vec![Rule { raise: None, respond: respond.clone(), condition, ..rule(ANY_LOGIN) }];
    let person = || count(1, 60, Join::Identity);
    let on_badge = [("Mon 09:00", granted(OFFICE_DOOR, ANNS_BADGE))];
    let on_account = [("Mon 09:00", login(VPN, ANNS_USER))];
    let lines = |about: &str, orders: &[&str]| {
        orders.iter().map(|order| format!("09:00:00.000 {order} by rule 0 {about}\n")).collect::<String>()
    };
    // An alarm on a badge reaches the holder's accounts where both are known; one on an account stays narrow.
    type Case<'a> = (&'a [IdentityRecord], Vec<Rule>, &'a [Step], &'a str, &'a [&'a str]);
    let cases: [Case<'_>; 8] = [
        (&[], badge(Condition::Once), &on_badge, "credential 0", &["revoke 0"]),
        (&[Badges], badge(Condition::Once), &on_badge, "credential 0", &["revoke 0"]),
        (&[Accounts], badge(Condition::Once), &on_badge, "credential 0", &["revoke 0"]),
        (
            &[Badges, Accounts],
            badge(Condition::Once),
            &on_badge,
            "credential 0",
            &["revoke 0", "disable 0", "disable 4"],
        ),
        (&[Badges, Accounts], account(Condition::Once), &on_account, "account 0", &["disable 0"]),
        // One on a person reaches all that is known to be theirs.
        (&[Badges], badge(person()), &on_badge, "person 0", &["revoke 0", "revoke 2"]),
        (&[Accounts], account(person()), &on_account, "person 0", &["disable 0", "disable 4"]),
        (
            &[Badges, Accounts],
            account(person()),
            &on_account,
            "person 0",
            &["revoke 0", "revoke 2", "disable 0", "disable 4"],
        ),
    ];
    for (linked, rules, story, about, orders) in cases {
        check_plan(linking(linked, rules), story, &lines(about, orders));
    }
}
