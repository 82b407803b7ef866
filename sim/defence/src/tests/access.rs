//! Decisions: the matrix of what is asked, what the place knows and what the policy says.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::{AbsentLogins, OffShift, PassbackMode, PassbackScope, StaleDevices, VendorPolicy};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, CredentialStatus};

use super::fixture::*;
use crate::{Defence, RuleDefence};

/// Ann's badge, in force, on a Monday morning, all systems up.
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

fn at(time: &str) -> PlaceView {
    PlaceView { week_ms: week_ms(time), ..view() }
}

fn holding(credential: CredentialView) -> PlaceView {
    PlaceView { credential, ..view() }
}

/// An instant after the start, for decisions that ask how long ago something was.
fn minutes(minutes: u64) -> SimTime {
    SimTime::ZERO + seconds(60 * minutes)
}

fn decide(policy: &AccessPolicy, place: Place, access: Access, view: PlaceView) -> Decision {
    decide_in(plan(vec![]), policy, minutes(0), place, access, view)
}

fn decide_in(
    mut plan: Plan,
    policy: &AccessPolicy,
    at: SimTime,
    place: Place,
    access: Access,
    view: PlaceView,
) -> Decision {
    plan.policy.access = policy.clone();
    RuleDefence::new(Arc::new(plan)).decide(&AccessRequest { at, place, access }, &view)
}

fn into_vault(direction: Direction) -> Access {
    Access::Portal { portal: VAULT_DOOR, direction, into: VAULT, credential: ANNS_BADGE }
}

/// Out of the vault into the office.
const OUT: Access =
    Access::Portal { portal: VAULT_DOOR, direction: Direction::Exit, into: OFFICE, credential: ANNS_BADGE };

#[track_caller]
fn portal(policy: &AccessPolicy, panel: PanelId, into: ZoneId, view: PlaceView, expected: Decision) {
    let access = Access::Portal { portal: VAULT_DOOR, direction: Direction::Entry, into, credential: ANNS_BADGE };
    assert_eq!(decide(policy, Place::Panel(panel), access, view), expected);
}

#[track_caller]
fn host(policy: &AccessPolicy, access: Access, view: PlaceView, expected: Decision) {
    assert_eq!(decide(policy, Place::Host(SERVER), access, view), expected);
}

const RIGHT: Decision = Decision { verdict: Verdict::Allow, reason: Reason::Right };

fn no(reason: Reason) -> Decision {
    Decision::deny(reason)
}

fn step_up(reason: Reason) -> Decision {
    Decision { verdict: Verdict::StepUp, reason }
}

#[test]
fn a_badge_passes_by_the_rights_of_its_role() {
    let policy = AccessPolicy::default();
    portal(&policy, CACHED, VAULT, view(), RIGHT);
    portal(&policy, CACHED, VAULT, at("Mon 21:00"), no(Reason::NoRight));
    portal(&policy, CACHED, OFFICE, at("Mon 21:00"), RIGHT);
    portal(&policy, CACHED, ZoneId(0), view(), no(Reason::NoRight));
}

#[test]
fn an_enrolled_badge_without_a_role_has_every_right() {
    let policy = AccessPolicy { off_shift: OffShift::Deny, ..AccessPolicy::default() };
    let anybody = CredentialView { role: None, ..view().credential };
    portal(&policy, CACHED, VAULT, PlaceView { credential: anybody, ..at("Sun 03:00") }, RIGHT);
}

#[test]
fn a_badge_is_refused_by_its_standing_then_by_its_factors() {
    let policy = AccessPolicy::default();
    let base = CredentialView { factors: false, ..view().credential };
    for (status, reason) in [
        (None, Reason::Unknown),
        (Some(CredentialStatus::Revoked), Reason::Revoked),
        (Some(CredentialStatus::Superseded), Reason::Superseded),
        (Some(CredentialStatus::Active), Reason::Factor),
    ] {
        portal(&policy, CACHED, VAULT, holding(CredentialView { status, ..base }), no(reason));
        // Also of a badge with every right.
        portal(&policy, CACHED, VAULT, holding(CredentialView { status, role: None, ..base }), no(reason));
    }
}

#[test]
fn off_shift_binds_from_its_level_on() {
    let policy = AccessPolicy { off_shift: OffShift::Deny, off_shift_from_level: 4, ..AccessPolicy::default() };
    portal(&policy, CACHED, VAULT, at("Mon 19:00"), no(Reason::OffShift));
    portal(&policy, CACHED, VAULT, at("Mon 17:00"), RIGHT);
    portal(&policy, CACHED, OFFICE, at("Mon 19:00"), RIGHT);
    portal(&policy, CACHED, VAULT, at("Mon 21:00"), no(Reason::NoRight));
    let lax = AccessPolicy { off_shift: OffShift::Allow, ..policy };
    portal(&lax, CACHED, VAULT, at("Mon 19:00"), RIGHT);
}

#[test]
fn lockdown_comes_first_and_lets_guards_pass() {
    let policy = AccessPolicy::default();
    let down = PlaceView { locked_down: true, server_reached: false, ..view() };
    portal(&policy, DENYING, VAULT, down, no(Reason::LockedDown));
    let guard = CredentialView { role: Some(GUARD), ..view().credential };
    portal(&policy, CACHED, VAULT, PlaceView { credential: guard, ..down }, RIGHT);
    // A guard's badge that was reported lost opens nothing.
    let lost = CredentialView { status: Some(CredentialStatus::Revoked), ..guard };
    portal(&policy, CACHED, VAULT, PlaceView { credential: lost, ..down }, no(Reason::Revoked));
    let nobody = CredentialView { role: None, ..view().credential };
    portal(&policy, CACHED, VAULT, PlaceView { credential: nobody, ..down }, no(Reason::LockedDown));
}

#[test]
fn panels_out_of_reach_fall_back() {
    let policy = AccessPolicy::default();
    let revoked = CredentialView { status: Some(CredentialStatus::Revoked), ..view().credential };
    let away = |credential| PlaceView { server_reached: false, credential, ..view() };
    let foreign = CredentialView { facility_code: false, ..view().credential };
    portal(&policy, CACHED, VAULT, away(view().credential), RIGHT);
    portal(&policy, CACHED, VAULT, away(revoked), no(Reason::Revoked));
    portal(&policy, DENYING, VAULT, away(view().credential), no(Reason::OutOfReach));
    portal(&policy, BY_FACILITY_CODE, VAULT, away(revoked), Decision::allow(Reason::FacilityCode));
    portal(&policy, BY_FACILITY_CODE, VAULT, away(foreign), no(Reason::OutOfReach));
    // In reach, none of that.
    portal(&policy, DENYING, VAULT, view(), RIGHT);
    portal(&policy, BY_FACILITY_CODE, VAULT, holding(revoked), no(Reason::Revoked));
}

#[test]
fn logins_ask_for_an_enabled_account_and_for_factors() {
    let policy = AccessPolicy::default();
    let login = |service, account, second_factor| Access::Login {
        service,
        account,
        remote: true,
        second_factor,
        ticket: false,
        from: None,
    };
    host(&policy, login(VPN, OPERATOR, true), view(), RIGHT);
    host(&policy, login(VPN, OPERATOR, false), view(), step_up(Reason::Factor));
    host(&policy, login(CONSOLE, ANNS_USER, false), view(), RIGHT);
    let disabled = PlaceView { account_enabled: false, ..view() };
    host(&policy, login(VPN, OPERATOR, false), disabled, no(Reason::Disabled));
    let strict = AccessPolicy { second_factor_where_enrolled: true, ..policy };
    host(&strict, login(CONSOLE, ANNS_USER, false), view(), step_up(Reason::Factor));
    host(&strict, login(CONSOLE, ANNS_USER, true), view(), RIGHT);
    host(&strict, login(CONSOLE, OPERATOR, false), view(), RIGHT);
}

#[test]
fn vendors_need_a_ticket_and_the_hour_where_the_policy_says_so() {
    let open = AccessPolicy::default();
    let ticketed = AccessPolicy { vendors: VendorPolicy::Ticketed, ..AccessPolicy::default() };
    let login = |account, ticket| Access::Login {
        service: CONSOLE,
        account,
        remote: true,
        second_factor: false,
        ticket,
        from: None,
    };
    host(&open, login(VENDOR, false), at("Sun 03:00"), RIGHT);
    host(&ticketed, login(VENDOR, true), at("Mon 10:00"), RIGHT);
    host(&ticketed, login(VENDOR, false), at("Mon 10:00"), no(Reason::NoTicket));
    host(&ticketed, login(VENDOR, true), at("Sun 03:00"), no(Reason::NoTicket));
    host(&ticketed, login(OPERATOR, false), at("Sun 03:00"), RIGHT);
}

#[test]
fn unlocking_takes_an_operator_and_enrolling_an_administrator() {
    let policy = AccessPolicy::default();
    let unlock = |account, request| Access::Unlock { portal: VAULT_DOOR, account, request };
    let enrol = |account| Access::Enrol { credential: BLANK, account, request: false };
    let disabled = PlaceView { account_enabled: false, ..view() };
    host(&policy, unlock(OPERATOR, false), view(), RIGHT);
    host(&policy, unlock(SHARED_ADMIN, false), view(), RIGHT);
    host(&policy, unlock(ANNS_USER, true), view(), no(Reason::Role));
    host(&policy, unlock(OPERATOR, true), disabled, no(Reason::Disabled));
    host(&policy, enrol(SHARED_ADMIN), view(), RIGHT);
    host(&policy, enrol(OPERATOR), view(), no(Reason::Role));
    host(&policy, enrol(SHARED_ADMIN), disabled, no(Reason::Disabled));
    let strict = AccessPolicy { unlock_needs_request: true, ..policy };
    host(&strict, unlock(OPERATOR, false), view(), no(Reason::NoRequest));
    host(&strict, unlock(OPERATOR, true), view(), RIGHT);
    host(&strict, unlock(ANNS_USER, false), view(), no(Reason::Role));
}

// ------------------------------------------------------------------- doors

#[test]
fn the_way_out_asks_no_more_than_who_and_whether() {
    let policy = AccessPolicy {
        off_shift: OffShift::Deny,
        guests_end: true,
        door_factor_from_level: Some(0),
        two_person: Some(seconds(30)),
        work_order_from_level: Some(0),
        ..AccessPolicy::default()
    };
    let over = CredentialView { expired: true, ..view().credential };
    let late = PlaceView { credential: over, ..at("Mon 19:00") };
    let panel = Place::Panel(CACHED);
    assert_eq!(decide(&policy, panel, into_vault(Direction::Entry), late), no(Reason::Expired));
    assert_eq!(decide(&policy, panel, OUT, late), RIGHT);
    let revoked = CredentialView { status: Some(CredentialStatus::Revoked), ..over };
    assert_eq!(decide(&policy, panel, OUT, PlaceView { credential: revoked, ..late }), no(Reason::Revoked));
    // An exit that leads into a higher level is an entrance.
    let mut reversed = plan(vec![]);
    let door = &mut reversed.portals[VAULT_DOOR.index()];
    std::mem::swap(&mut door.outer, &mut door.inner);
    let into = decide_in(reversed, &policy, minutes(0), panel, into_vault(Direction::Exit), late);
    assert_eq!(into, no(Reason::Expired));
}

#[test]
fn the_badge_of_a_guest_ends_with_the_visit() {
    let over = holding(CredentialView { expired: true, ..view().credential });
    portal(&AccessPolicy::default(), CACHED, OFFICE, over, RIGHT);
    let policy = AccessPolicy { guests_end: true, ..AccessPolicy::default() };
    portal(&policy, CACHED, OFFICE, over, no(Reason::Expired));
    portal(&policy, CACHED, OFFICE, view(), RIGHT);
    // What is known of the badge itself says more.
    let revoked = CredentialView { status: Some(CredentialStatus::Revoked), factors: false, ..over.credential };
    portal(&policy, CACHED, OFFICE, holding(revoked), no(Reason::Revoked));
    let bare = CredentialView { factors: false, ..over.credential };
    portal(&policy, CACHED, OFFICE, holding(bare), no(Reason::Expired));
}

#[test]
fn doors_ask_for_a_second_factor_from_a_level_on_where_the_reader_takes_one() {
    let off = AccessPolicy::default();
    let policy = |level| AccessPolicy { door_factor_from_level: Some(level), ..AccessPolicy::default() };
    let entry = into_vault(Direction::Entry);
    let ask = |policy: &AccessPolicy, view| {
        decide_in(with_pin(plan(vec![])), policy, minutes(0), Place::Panel(CACHED), entry, view)
    };
    let given = CredentialView { second_factor: true, ..view().credential };
    assert_eq!(ask(&off, view()), RIGHT);
    assert_eq!(ask(&policy(4), view()), step_up(Reason::Factor));
    assert_eq!(ask(&policy(4), holding(given)), RIGHT);
    assert_eq!(ask(&policy(5), view()), RIGHT);
    // Nobody is asked whom it would not help.
    assert_eq!(ask(&policy(4), at("Mon 21:00")), no(Reason::NoRight));
    // A reader for cards alone.
    portal(&policy(4), CACHED, VAULT, view(), RIGHT);
}

#[test]
fn nobody_enters_a_two_person_zone_alone() {
    let mut marked = plan(vec![]);
    marked.zones[VAULT.index()].two_person = true;
    let off = AccessPolicy::default();
    let policy = AccessPolicy { two_person: Some(seconds(30)), ..AccessPolicy::default() };
    let two = PlaceView { companion: true, ..view() };
    let ask = |policy, access, view| decide_in(marked.clone(), policy, minutes(0), Place::Panel(CACHED), access, view);
    let entry = into_vault(Direction::Entry);
    assert_eq!(ask(&off, entry, view()), RIGHT);
    assert_eq!(ask(&policy, entry, view()), no(Reason::Alone));
    assert_eq!(ask(&policy, entry, two), RIGHT);
    assert_eq!(ask(&policy, OUT, view()), RIGHT);
    // Zones that are not marked take one.
    portal(&policy, CACHED, VAULT, view(), RIGHT);
}

#[test]
fn guests_need_an_escort_into_the_inner_zones() {
    let guests = |escorts: Vec<RoleId>| {
        let mut plan = plan(vec![]);
        let never = Distribution::fixed(SimDuration::ZERO);
        let terms = Guest { valid_for: seconds(3600), escorts, overstays: Probability::ZERO, overstays_by: never };
        plan.roles[STAFF.index()].guest = Some(terms);
        plan
    };
    let policy = AccessPolicy { escorts: Some(seconds(30)), ..AccessPolicy::default() };
    let ask = |plan, policy: &AccessPolicy, into, view| {
        let access = Access::Portal { portal: OFFICE_DOOR, direction: Direction::Entry, into, credential: ANNS_BADGE };
        decide_in(plan, policy, minutes(0), Place::Panel(CACHED), access, view)
    };
    let with = PlaceView { escort: true, ..view() };
    assert_eq!(ask(guests(vec![GUARD]), &policy, OFFICE, view()), no(Reason::NoEscort));
    assert_eq!(ask(guests(vec![GUARD]), &policy, OFFICE, with), RIGHT);
    // Level 1; a role that names nobody; no guests; no such policy.
    assert_eq!(ask(guests(vec![GUARD]), &policy, LOBBY, view()), RIGHT);
    assert_eq!(ask(guests(vec![]), &policy, OFFICE, view()), RIGHT);
    assert_eq!(ask(plan(vec![]), &policy, OFFICE, view()), RIGHT);
    assert_eq!(ask(guests(vec![GUARD]), &AccessPolicy::default(), OFFICE, view()), RIGHT);
}

#[test]
fn a_work_order_is_asked_of_those_whose_base_it_is_not() {
    let policy = AccessPolicy { work_order_from_level: Some(4), ..AccessPolicy::default() };
    let with = |records| PlaceView { records, ..view() };
    portal(&AccessPolicy::default(), CACHED, VAULT, view(), RIGHT);
    portal(&policy, CACHED, VAULT, view(), no(Reason::NoWorkOrder));
    portal(&policy, CACHED, VAULT, with(Records::BOOKING.and(Records::BOOKABLE)), no(Reason::NoWorkOrder));
    portal(&policy, CACHED, VAULT, with(Records::WORK_ORDER), RIGHT);
    portal(&policy, CACHED, VAULT, with(Records::BASE), RIGHT);
    portal(&policy, CACHED, OFFICE, view(), RIGHT);
    let guard = CredentialView { role: Some(GUARD), ..view().credential };
    portal(&policy, CACHED, VAULT, holding(guard), RIGHT);
    // A badge that was enrolled with every right has them all, and nobody has sent it.
    portal(&policy, CACHED, VAULT, holding(CredentialView { role: None, ..guard }), no(Reason::NoWorkOrder));
}

#[test]
fn passback_by_mode() {
    let mode = |mode| AccessPolicy {
        anti_passback: Some(AntiPassback {
            areas: IdSet::full(1),
            scope: PassbackScope::Global,
            mode,
            forgiven_at: vec![],
        }),
        ..AccessPolicy::default()
    };
    let since = |minute| PlaceView { passed_back: Some(minutes(minute)), ..view() };
    let ask = |policy: &AccessPolicy, at, view| {
        decide_in(plan(vec![]), policy, minutes(at), Place::Panel(CACHED), into_vault(Direction::Entry), view)
    };
    let hard = mode(PassbackMode::Hard);
    assert_eq!(ask(&hard, 500, since(10)), no(Reason::PassedBack));
    assert_eq!(ask(&hard, 500, view()), RIGHT);
    let timed = mode(PassbackMode::Timed(seconds(600)));
    assert_eq!(ask(&timed, 19, since(10)), no(Reason::PassedBack));
    assert_eq!(ask(&timed, 20, since(10)), RIGHT);
    assert_eq!(ask(&mode(PassbackMode::Soft), 11, since(10)), RIGHT);
    assert_eq!(ask(&AccessPolicy::default(), 11, since(10)), RIGHT);
    // Coming back out of an inner zone enters the area too.
    let out = decide_in(plan(vec![]), &hard, minutes(11), Place::Panel(CACHED), OUT, since(10));
    assert_eq!(out, no(Reason::PassedBack));
}

#[test]
fn the_most_telling_reason_comes_first() {
    let mut plan = with_pin(plan(vec![]));
    plan.zones[VAULT.index()].two_person = true;
    let never = Distribution::fixed(SimDuration::ZERO);
    let escorts = vec![GUARD];
    plan.roles[STAFF.index()].guest =
        Some(Guest { valid_for: seconds(3600), escorts, overstays: Probability::ZERO, overstays_by: never });
    let policy = AccessPolicy {
        off_shift: OffShift::Deny,
        guests_end: true,
        door_factor_from_level: Some(4),
        two_person: Some(seconds(30)),
        escorts: Some(seconds(30)),
        work_order_from_level: Some(4),
        anti_passback: Some(AntiPassback {
            areas: IdSet::full(1),
            scope: PassbackScope::Global,
            mode: PassbackMode::Hard,
            forgiven_at: vec![],
        }),
        ..AccessPolicy::default()
    };
    let mut view = PlaceView {
        week_ms: week_ms("Mon 21:00"),
        server_reached: false,
        credential: CredentialView { status: None, factors: false, expired: true, ..view().credential },
        locked_down: true,
        passed_back: Some(minutes(0)),
        ..view()
    };
    type Change = fn(&mut PlaceView);
    let put_right: [(Decision, Change); 12] = [
        (no(Reason::LockedDown), |view| view.locked_down = false),
        (no(Reason::OutOfReach), |view| view.server_reached = true),
        (no(Reason::Unknown), |view| view.credential.status = Some(CredentialStatus::Active)),
        (no(Reason::Expired), |view| view.credential.expired = false),
        (no(Reason::Factor), |view| view.credential.factors = true),
        (no(Reason::NoRight), |view| view.week_ms = week_ms("Mon 19:00")),
        (no(Reason::OffShift), |view| view.week_ms = week_ms("Mon 10:00")),
        (no(Reason::PassedBack), |view| view.passed_back = None),
        (no(Reason::NoWorkOrder), |view| view.records = Records::BASE),
        (no(Reason::NoEscort), |view| view.escort = true),
        (no(Reason::Alone), |view| view.companion = true),
        (step_up(Reason::Factor), |view| view.credential.second_factor = true),
    ];
    let entry = into_vault(Direction::Entry);
    let ask = |view| decide_in(plan.clone(), &policy, minutes(5), Place::Panel(DENYING), entry, view);
    for (expected, change) in put_right {
        assert_eq!(ask(view), expected);
        change(&mut view);
    }
    assert_eq!(ask(view), RIGHT);
}

#[test]
fn whoever_stays_needs_the_right_that_entering_takes() {
    let policy = AccessPolicy {
        off_shift: OffShift::Deny,
        off_shift_from_level: 4,
        guests_end: true,
        door_factor_from_level: Some(0),
        two_person: Some(seconds(30)),
        anti_passback: Some(AntiPassback {
            areas: IdSet::full(1),
            scope: PassbackScope::Global,
            mode: PassbackMode::Hard,
            forgiven_at: vec![],
        }),
        ..AccessPolicy::default()
    };
    let stay = |zone| Access::Stay { zone, credential: ANNS_BADGE };
    let inside = PlaceView { passed_back: Some(minutes(0)), ..view() };
    host(&policy, stay(VAULT), inside, RIGHT);
    host(&policy, stay(VAULT), at("Mon 19:00"), no(Reason::OffShift));
    host(&policy, stay(OFFICE), at("Mon 19:00"), RIGHT);
    host(&policy, stay(VAULT), at("Mon 21:00"), no(Reason::NoRight));
    let revoked = CredentialView { status: Some(CredentialStatus::Revoked), ..view().credential };
    host(&policy, stay(OFFICE), holding(revoked), no(Reason::Revoked));
    let over = CredentialView { expired: true, ..view().credential };
    host(&policy, stay(OFFICE), holding(over), no(Reason::Expired));
    host(&AccessPolicy::default(), stay(OFFICE), holding(over), RIGHT);
    // Rights end with the work.
    let ordered = AccessPolicy { work_order_from_level: Some(4), ..policy };
    host(&ordered, stay(VAULT), inside, no(Reason::NoWorkOrder));
    host(&ordered, stay(VAULT), PlaceView { records: Records::WORK_ORDER, ..inside }, RIGHT);
}

// ---------------------------------------------------------------- cabinets

#[test]
fn cabinets_refuse_where_the_policy_says_so() {
    let policy = AccessPolicy { cabinets_refuse: true, guests_end: true, ..AccessPolicy::default() };
    let draw = Access::Withdraw { cabinet: CABINET, key: VAULT_KEY, credential: ANNS_BADGE };
    let guard = CredentialView { role: Some(GUARD), ..view().credential };
    let revoked = CredentialView { status: Some(CredentialStatus::Revoked), ..view().credential };
    let over = CredentialView { expired: true, ..view().credential };
    for (view, expected) in [
        (view(), RIGHT),
        (at("Mon 19:00"), no(Reason::OffShift)),
        // Not at this hour; not this role; no role at all.
        (at("Mon 23:00"), no(Reason::NoRight)),
        (holding(guard), no(Reason::NoRight)),
        (holding(CredentialView { role: None, ..guard }), no(Reason::NoRight)),
        (holding(revoked), no(Reason::Revoked)),
        (holding(over), no(Reason::Expired)),
    ] {
        host(&policy, draw, view, expected);
        host(&AccessPolicy::default(), draw, view, RIGHT);
    }
}

#[test]
fn assets_leave_with_a_pass() {
    let policy = AccessPolicy { removal_passes: true, ..AccessPolicy::default() };
    let remove = |pass| Access::Remove { asset: AssetId(0), portal: FRONT_DOOR, pass };
    host(&policy, remove(false), view(), no(Reason::NoPass));
    host(&policy, remove(true), view(), RIGHT);
    host(&AccessPolicy::default(), remove(false), view(), RIGHT);
}

// ---------------------------------------------------------------- networks

/// A login with its factor, without a ticket.
fn login(service: ServiceId, account: AccountId, from: Option<DeviceId>) -> Access {
    Access::Login { service, account, remote: from.is_none(), second_factor: true, ticket: false, from }
}

#[test]
fn accounts_for_emergencies_are_shut_unless_the_policy_has_them() {
    let policy = AccessPolicy { break_glass: true, ..AccessPolicy::default() };
    let emergency = login(CONSOLE, EMERGENCY, Some(DESK));
    host(&AccessPolicy::default(), emergency, view(), no(Reason::Disabled));
    host(&policy, emergency, view(), RIGHT);
    host(&AccessPolicy::default(), login(CONSOLE, SHARED_ADMIN, Some(DESK)), view(), RIGHT);
}

#[test]
fn a_host_that_asks_the_directory_knows_nobody_without_it() {
    let mut asking = plan(vec![]);
    asking.services[CONSOLE.index()].directory = true;
    let policy = AccessPolicy { break_glass: true, ..AccessPolicy::default() };
    let ask = |access, view| decide_in(asking.clone(), &policy, minutes(0), Place::Host(SERVER), access, view);
    let down = PlaceView { directory_reached: false, ..view() };
    assert_eq!(ask(login(CONSOLE, ANNS_USER, Some(DESK)), view()), RIGHT);
    assert_eq!(ask(login(CONSOLE, ANNS_USER, Some(DESK)), down), no(Reason::NoDirectory));
    // A service with accounts of its own, and the account that is kept for this.
    assert_eq!(ask(login(SHARE, ANNS_USER, Some(DESK)), down), RIGHT);
    assert_eq!(ask(login(CONSOLE, EMERGENCY, Some(DESK)), down), RIGHT);
}

#[test]
fn logins_of_people_who_are_not_there() {
    let mut sensitive = plan(vec![]);
    sensitive.services[SHARE.index()].sensitive = true;
    let policy = |absent_logins| AccessPolicy { absent_logins, ..AccessPolicy::default() };
    let seen = |presence| PlaceView { presence, ..view() };
    let (local, remote) = (Some(DESK), None);
    let (right, absent) = (RIGHT, no(Reason::Absent));
    for (mode, [plain_local, plain_remote, sensitive_local, sensitive_remote]) in [
        (AbsentLogins::Allow, [right; 4]),
        (AbsentLogins::DenySensitive, [right, right, absent, absent]),
        (AbsentLogins::Deny, [absent, right, absent, right]),
    ] {
        for (service, from, expected) in [
            (CONSOLE, local, plain_local),
            (CONSOLE, remote, plain_remote),
            (SHARE, local, sensitive_local),
            (SHARE, remote, sensitive_remote),
        ] {
            let ask = |presence| {
                let (place, access) = (Place::Host(SERVER), login(service, ANNS_USER, from));
                decide_in(sensitive.clone(), &policy(mode), minutes(0), place, access, seen(presence))
            };
            assert_eq!(ask(Presence::Outside), expected, "{mode:?} {service:?} {from:?}");
            assert_eq!(ask(Presence::Inside), RIGHT);
            assert_eq!(ask(Presence::Unknown), RIGHT);
        }
    }
}

#[test]
fn administration_from_devices_kept_for_it() {
    let policy = AccessPolicy { admin_workstations_only: true, ..AccessPolicy::default() };
    let ask = |account, from, expected| {
        host(&policy, login(CONSOLE, account, from), view(), expected);
        host(&AccessPolicy::default(), login(CONSOLE, account, from), view(), RIGHT);
    };
    for account in [OPERATOR, ANNS_ADMIN] {
        ask(account, Some(DESK), no(Reason::WrongDevice));
        ask(account, None, no(Reason::WrongDevice));
        ask(account, Some(CONSOLE_SEAT), RIGHT);
        ask(account, Some(JUMP), RIGHT);
    }
    ask(ANNS_USER, Some(DESK), RIGHT);
    // A vendor comes from elsewhere whatever it may do here.
    let mut vendor = plan(vec![]);
    vendor.accounts[VENDOR.index()].role = AccountRole::Administrator;
    let access = login(CONSOLE, VENDOR, None);
    assert_eq!(decide_in(vendor, &policy, minutes(0), Place::Host(SERVER), access, view()), RIGHT);
}

#[test]
fn stale_devices_join_or_not() {
    let policy = |stale_devices| AccessPolicy { stale_devices, ..AccessPolicy::default() };
    let join = Access::Join { segment: SEGMENT, zone: OFFICE, account: ANNS_USER };
    let device = |stale_device, crowd| PlaceView { stale_device, crowd, ..view() };
    let stale = no(Reason::Stale);
    for (mode, [alone, below, at]) in [
        (StaleDevices::Allow, [RIGHT; 3]),
        (StaleDevices::DenyInCrowd(20), [RIGHT, RIGHT, stale]),
        (StaleDevices::Deny, [stale; 3]),
    ] {
        for (crowd, expected) in [(0, alone), (19, below), (20, at)] {
            host(&policy(mode), join, device(true, crowd), expected);
            host(&policy(mode), join, device(false, crowd), RIGHT);
        }
    }
}

#[test]
fn accounts_and_wireless_of_guests_end_with_the_visit() {
    let policy = AccessPolicy { guests_end: true, ..AccessPolicy::default() };
    let over = holding(CredentialView { expired: true, ..view().credential });
    let ended = PlaceView { account_enabled: false, ..view() };
    for access in
        [Access::Join { segment: SEGMENT, zone: OFFICE, account: ANNS_USER }, login(CONSOLE, ANNS_USER, Some(DESK))]
    {
        host(&policy, access, over, no(Reason::Expired));
        host(&AccessPolicy::default(), access, over, RIGHT);
        host(&AccessPolicy::default(), access, ended, no(Reason::Disabled));
    }
}
