//! The access policy: what is allowed at a panel and at a host.
//!
//! A decision rests on the policy, the installed rights and the view of the place alone, and takes constant time.

use doorward_model::base::*;
use doorward_model::defence::{AccessFile, OffShift, VendorPolicy};
use doorward_model::signal::{Access, AccessRequest, CredentialView, Decision, Place, PlaceView, Reason, Verdict};
use doorward_model::site::{AccountRole, CredentialStatus, OutOfReach};

use crate::site::Site;

/// Decides one request.
pub(crate) fn decide(policy: &AccessFile, site: &Site, request: &AccessRequest, view: &PlaceView) -> Decision {
    let refusal = match request.access {
        Access::Portal { portal: _, direction: _, into, credential: _ } => {
            return portal(policy, site, request.place, into, view);
        }
        Access::Login { service, account, remote: _, second_factor, ticket } => {
            return login(policy, site, Login { service, account, second_factor, ticket }, view);
        }
        Access::Unlock { portal: _, account, request } => {
            let refusal = privilege(site, account, AccountRole::Operator, view);
            refusal.or((policy.unlock_needs_request && !request).then_some(Reason::NoRequest))
        }
        Access::Enrol { credential: _, account, request: _ } => {
            privilege(site, account, AccountRole::Administrator, view)
        }
    };
    refusal.map_or(Decision::allow(Reason::Right), Decision::deny)
}

fn portal(policy: &AccessFile, site: &Site, place: Place, into: ZoneId, view: &PlaceView) -> Decision {
    let guard = view.credential.role.is_some_and(|role| site.is_guard_role(role));
    if view.locked_down && !guard {
        return Decision::deny(Reason::LockedDown);
    }
    if !view.server_reached {
        match out_of_reach(site, place) {
            OutOfReach::Deny => return Decision::deny(Reason::OutOfReach),
            OutOfReach::FacilityCode if view.credential.facility_code => return Decision::allow(Reason::FacilityCode),
            OutOfReach::FacilityCode => return Decision::deny(Reason::OutOfReach),
            OutOfReach::Cached => {}
        }
    }
    let refusal = authentication(&view.credential).or_else(|| authorisation(policy, site, into, view));
    refusal.map_or(Decision::allow(Reason::Right), Decision::deny)
}

/// A host decides with its own data: only a panel has a server to lose.
fn out_of_reach(site: &Site, place: Place) -> OutOfReach {
    match place {
        Place::Panel(panel) => site.panel(panel).out_of_reach,
        Place::Host(_) => OutOfReach::Cached,
    }
}

/// Who is it? None: well known here.
fn authentication(credential: &CredentialView) -> Option<Reason> {
    match credential.status {
        None => Some(Reason::Unknown),
        Some(CredentialStatus::Revoked) => Some(Reason::Revoked),
        Some(CredentialStatus::Superseded) => Some(Reason::Superseded),
        Some(CredentialStatus::Active) => (!credential.factors).then_some(Reason::Factor),
    }
}

/// May they, here and now? None: they may.
fn authorisation(policy: &AccessFile, site: &Site, into: ZoneId, view: &PlaceView) -> Option<Reason> {
    // An enrolled badge without a role has every right.
    let role = site.role(view.credential.role?);
    if !role.may_enter(into, view.week_ms) {
        return Some(Reason::NoRight);
    }
    let shift_binds = match policy.off_shift {
        OffShift::Allow => false,
        OffShift::Deny => site.level(into) >= policy.off_shift_from_level,
    };
    (shift_binds && !role.on_shift(view.week_ms)).then_some(Reason::OffShift)
}

#[derive(Clone, Copy)]
struct Login {
    service: ServiceId,
    account: AccountId,
    second_factor: bool,
    ticket: bool,
}

fn login(policy: &AccessFile, site: &Site, login: Login, view: &PlaceView) -> Decision {
    if !view.account_enabled {
        return Decision::deny(Reason::Disabled);
    }
    let account = site.account(login.account);
    let asks_factor =
        site.service(login.service).multi_factor || (policy.second_factor_where_enrolled && account.second_factor);
    if asks_factor && !login.second_factor {
        return Decision { verdict: Verdict::StepUp, reason: Reason::Factor };
    }
    let welcome = match (policy.vendors, &account.vendor) {
        (VendorPolicy::AlwaysOn, _) | (VendorPolicy::Ticketed, None) => true,
        (VendorPolicy::Ticketed, Some(vendor)) => {
            login.ticket && vendor.windows.iter().any(|window| window.contains(view.week_ms))
        }
    };
    if welcome { Decision::allow(Reason::Right) } else { Decision::deny(Reason::NoTicket) }
}

/// Whether an account may do what only this role and those above it may. None: it may.
fn privilege(site: &Site, account: AccountId, least: AccountRole, view: &PlaceView) -> Option<Reason> {
    if !view.account_enabled {
        Some(Reason::Disabled)
    } else {
        (site.account(account).role < least).then_some(Reason::Role)
    }
}
