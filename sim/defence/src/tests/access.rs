//! Decisions: the matrix of what is asked, what the place knows and what the policy says.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::defence::{AccessFile, OffShift, VendorPolicy};
use doorward_model::plan::Direction;
use doorward_model::signal::*;
use doorward_model::site::CredentialStatus;

use super::fixture::*;
use crate::{Defence, RuleDefence};

/// Ann's badge, in force, on a Monday morning, all systems up.
fn view() -> PlaceView {
    PlaceView {
        week_ms: week_ms("Mon 10:00"),
        server_reached: true,
        credential: CredentialView {
            status: Some(CredentialStatus::Active),
            role: Some(STAFF),
            factors: true,
            facility_code: true,
        },
        locked_down: false,
        account_enabled: true,
    }
}

fn at(time: &str) -> PlaceView {
    PlaceView { week_ms: week_ms(time), ..view() }
}

fn holding(credential: CredentialView) -> PlaceView {
    PlaceView { credential, ..view() }
}

fn decide(policy: &AccessFile, place: Place, access: Access, view: PlaceView) -> Decision {
    let mut plan = plan(vec![]);
    plan.policy.access = policy.clone();
    RuleDefence::new(Arc::new(plan)).decide(&AccessRequest { at: SimTime::ZERO, place, access }, &view)
}

#[track_caller]
fn portal(policy: &AccessFile, panel: PanelId, into: ZoneId, view: PlaceView, expected: Decision) {
    let access = Access::Portal { portal: VAULT_DOOR, direction: Direction::Entry, into, credential: ANNS_BADGE };
    assert_eq!(decide(policy, Place::Panel(panel), access, view), expected);
}

#[track_caller]
fn host(policy: &AccessFile, access: Access, view: PlaceView, expected: Decision) {
    assert_eq!(decide(policy, Place::Host(SERVER), access, view), expected);
}

const RIGHT: Decision = Decision { verdict: Verdict::Allow, reason: Reason::Right };

fn no(reason: Reason) -> Decision {
    Decision::deny(reason)
}

#[test]
fn a_badge_passes_by_the_rights_of_its_role() {
    let policy = AccessFile::default();
    portal(&policy, CACHED, VAULT, view(), RIGHT);
    portal(&policy, CACHED, VAULT, at("Mon 21:00"), no(Reason::NoRight));
    portal(&policy, CACHED, OFFICE, at("Mon 21:00"), RIGHT);
    portal(&policy, CACHED, ZoneId(0), view(), no(Reason::NoRight));
}

#[test]
fn an_enrolled_badge_without_a_role_has_every_right() {
    let policy = AccessFile { off_shift: OffShift::Deny, ..AccessFile::default() };
    let anybody = CredentialView { role: None, ..view().credential };
    portal(&policy, CACHED, VAULT, PlaceView { credential: anybody, ..at("Sun 03:00") }, RIGHT);
}

#[test]
fn a_badge_is_refused_by_its_standing_then_by_its_factors() {
    let policy = AccessFile::default();
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
    let policy = AccessFile { off_shift: OffShift::Deny, off_shift_from_level: 4, ..AccessFile::default() };
    portal(&policy, CACHED, VAULT, at("Mon 19:00"), no(Reason::OffShift));
    portal(&policy, CACHED, VAULT, at("Mon 17:00"), RIGHT);
    portal(&policy, CACHED, OFFICE, at("Mon 19:00"), RIGHT);
    portal(&policy, CACHED, VAULT, at("Mon 21:00"), no(Reason::NoRight));
    let lax = AccessFile { off_shift: OffShift::Allow, ..policy };
    portal(&lax, CACHED, VAULT, at("Mon 19:00"), RIGHT);
}

#[test]
fn lockdown_comes_first_and_lets_guards_pass() {
    let policy = AccessFile::default();
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
    let policy = AccessFile::default();
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
    let policy = AccessFile::default();
    let login = |service, account, second_factor| Access::Login {
        service,
        account,
        remote: true,
        second_factor,
        ticket: false,
    };
    let step_up = Decision { verdict: Verdict::StepUp, reason: Reason::Factor };
    host(&policy, login(VPN, OPERATOR, true), view(), RIGHT);
    host(&policy, login(VPN, OPERATOR, false), view(), step_up);
    host(&policy, login(CONSOLE, ANNS_USER, false), view(), RIGHT);
    let disabled = PlaceView { account_enabled: false, ..view() };
    host(&policy, login(VPN, OPERATOR, false), disabled, no(Reason::Disabled));
    let strict = AccessFile { second_factor_where_enrolled: true, ..policy };
    host(&strict, login(CONSOLE, ANNS_USER, false), view(), step_up);
    host(&strict, login(CONSOLE, ANNS_USER, true), view(), RIGHT);
    host(&strict, login(CONSOLE, OPERATOR, false), view(), RIGHT);
}

#[test]
fn vendors_need_a_ticket_and_the_hour_where_the_policy_says_so() {
    let open = AccessFile::default();
    let ticketed = AccessFile { vendors: VendorPolicy::Ticketed, ..AccessFile::default() };
    let login =
        |account, ticket| Access::Login { service: CONSOLE, account, remote: true, second_factor: false, ticket };
    host(&open, login(VENDOR, false), at("Sun 03:00"), RIGHT);
    host(&ticketed, login(VENDOR, true), at("Mon 10:00"), RIGHT);
    host(&ticketed, login(VENDOR, false), at("Mon 10:00"), no(Reason::NoTicket));
    host(&ticketed, login(VENDOR, true), at("Sun 03:00"), no(Reason::NoTicket));
    host(&ticketed, login(OPERATOR, false), at("Sun 03:00"), RIGHT);
}

#[test]
fn unlocking_takes_an_operator_and_enrolling_an_administrator() {
    let policy = AccessFile::default();
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
    let strict = AccessFile { unlock_needs_request: true, ..policy };
    host(&strict, unlock(OPERATOR, false), view(), no(Reason::NoRequest));
    host(&strict, unlock(OPERATOR, true), view(), RIGHT);
    host(&strict, unlock(ANNS_USER, false), view(), no(Reason::Role));
}
