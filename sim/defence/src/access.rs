//! The access policy: what is allowed at a panel and at a host.
//!
//! A decision rests on the policy, the installed rights, the view of the place and, where that is known, the risk score
//! of the identity. It takes constant time.
//!
//! Where several reasons would do, the most telling one is given:
//!
//! 1. who it is: standing of the badge or account, end of the visit, the factors that are always asked;
//! 2. whether they may, ever and at this hour: right, shift, ticket;
//! 3. what this very act shows: in already, not on site, the wrong device, no work order, nobody with them;
//! 4. what was seen of them before: the score;
//! 5. last, whether a further factor is asked: of nobody whom it would not help. A high score asks for it at every door,
//!    and whoever cannot give it there stays outside.
//!
//! On the way out it is asked who it is, whether they have the right and whether the record has them there already: no
//! shift or visit that is over keeps anybody in, no missing company, order or factor, and no score.

use doorward_model::base::*;
use doorward_model::defence::{AbsentLogins, IdentityRecord, OffShift, PassbackMode, StaleDevices, VendorPolicy};
use doorward_model::plan::built_in::ESCORTED_FROM_LEVEL;
use doorward_model::plan::{AccessPolicy, Direction};
use doorward_model::signal::{Access, AccessRequest, Decision, Place, PlaceView, Presence, Reason, Records, Verdict};
use doorward_model::site::{AccountRole, CredentialStatus, OutOfReach};

use crate::risk::Scores;
use crate::site::Site;

/// Allowed, for this reason; or settled otherwise before all questions were asked.
type Answer = Result<Reason, Decision>;

/// Passed, or settled.
type Check = Result<(), Decision>;

/// Decides one request.
pub(crate) fn decide(
    policy: &AccessPolicy,
    site: &Site,
    scores: &Scores,
    request: &AccessRequest,
    view: &PlaceView,
) -> Decision {
    let case = Case { policy, site, scores, view, at: request.at, place: request.place };
    let answer = match request.access {
        Access::Portal { portal, direction, into, credential } => {
            case.passes(Door { portal, direction, into }, credential)
        }
        Access::Stay { zone, credential } => case.stays(zone, credential),
        Access::Withdraw { cabinet, key: _, credential } => case.withdraws(cabinet, credential),
        Access::Login { service, account, remote, second_factor, ticket, from } => {
            case.logs_in(Login { service, account, remote, second_factor, ticket, from })
        }
        Access::Join { segment: _, zone: _, account: _ } => case.joins(),
        Access::Remove { asset: _, portal: _, pass } => {
            refuse_if(policy.removal_passes && !pass, Reason::NoPass).map(|()| Reason::Right)
        }
        Access::Unlock { portal: _, account, request } => case.unlocks(account, request),
        Access::Enrol { credential: _, account, request: _ } => {
            case.is_privileged(account, AccountRole::Administrator).map(|()| Reason::Right)
        }
    };
    answer.map_or_else(|settled| settled, Decision::allow)
}

/// A way through a portal.
#[derive(Clone, Copy)]
struct Door {
    portal: PortalId,
    direction: Direction,
    into: ZoneId,
}

/// What is asked of a host.
#[derive(Clone, Copy)]
struct Login {
    service: ServiceId,
    account: AccountId,
    remote: bool,
    second_factor: bool,
    ticket: bool,
    from: Option<DeviceId>,
}

/// A request with all that it is decided by.
#[derive(Clone, Copy)]
struct Case<'a> {
    policy: &'a AccessPolicy,
    site: &'a Site,
    scores: &'a Scores,
    view: &'a PlaceView,
    at: SimTime,
    place: Place,
}

impl Case<'_> {
    // ---------------------------------------------------------------- doors

    fn passes(self, door: Door, credential: CredentialId) -> Answer {
        refuse_if(self.view.locked_down && !self.is_guard(), Reason::LockedDown)?;
        if !self.view.server_reached {
            match self.out_of_reach() {
                OutOfReach::FacilityCode if self.view.credential.facility_code => return Ok(Reason::FacilityCode),
                OutOfReach::FacilityCode | OutOfReach::Deny => return Err(Decision::deny(Reason::OutOfReach)),
                OutOfReach::Cached => {}
            }
        }
        let inwards = self.leads_inwards(door);
        self.standing()?;
        if inwards {
            self.visit()?;
        }
        refuse_if(!self.view.credential.factors, Reason::Factor)?;
        self.right(door.into)?;
        if inwards {
            self.shift(door.into)?;
        }
        self.passback()?;
        if inwards {
            self.work_order(door.into)?;
            self.escort(door.into)?;
            self.companion(door.into)?;
            let score = self.score_at(door.into, credential);
            self.too_high(score)?;
            self.door_factor(door)?;
            self.asks_more(score, self.view.credential.second_factor)?;
        }
        Ok(Reason::Right)
    }

    /// Whether somebody inside might still be let in where they are: the right to enter, as it is now, and the work
    /// that it rests on. Whoever is in has company and factors behind them, and is in no passback.
    fn stays(self, zone: ZoneId, credential: CredentialId) -> Answer {
        self.standing()?;
        self.visit()?;
        self.right(zone)?;
        self.shift(zone)?;
        self.work_order(zone)?;
        self.too_high(self.score_at(zone, credential))?;
        Ok(Reason::Right)
    }

    /// A host decides with its own data: only a panel has a server to lose.
    fn out_of_reach(self) -> OutOfReach {
        match self.place {
            Place::Panel(panel) => self.site.panel(panel).out_of_reach,
            Place::Host(_) | Place::Edge(_) | Place::Cloud(_) => OutOfReach::Cached,
        }
    }

    /// Whether a door is entered, rather than left by: exits into a higher level are entrances.
    fn leads_inwards(self, door: Door) -> bool {
        match door.direction {
            Direction::Entry => true,
            Direction::Exit => self.site.level(door.into) > self.site.level(self.site.inner(door.portal)),
        }
    }

    fn is_guard(self) -> bool {
        self.view.credential.role.is_some_and(|role| self.site.is_guard_role(role))
    }

    /// Who is it?
    fn standing(self) -> Check {
        match self.view.credential.status {
            None => refuse(Reason::Unknown),
            Some(CredentialStatus::Revoked) => refuse(Reason::Revoked),
            Some(CredentialStatus::Superseded) => refuse(Reason::Superseded),
            Some(CredentialStatus::Active) => Ok(()),
        }
    }

    /// Is the visit or the work still on?
    fn visit(self) -> Check {
        refuse_if(self.policy.guests_end && self.view.credential.expired, Reason::Expired)
    }

    /// May they, at this hour? An enrolled badge without a role has every right.
    fn right(self, into: ZoneId) -> Check {
        let Some(role) = self.view.credential.role else { return Ok(()) };
        refuse_if(!self.site.role(role).may_enter(into, self.view.week_ms), Reason::NoRight)
    }

    fn shift(self, into: ZoneId) -> Check {
        let binds = match self.policy.off_shift {
            OffShift::Allow => false,
            OffShift::Deny => self.site.level(into) >= self.policy.off_shift_from_level,
        };
        refuse_if(binds && self.is_off_shift(), Reason::OffShift)
    }

    fn is_off_shift(self) -> bool {
        self.view.credential.role.is_some_and(|role| !self.site.role(role).on_shift(self.view.week_ms))
    }

    /// Are they in already? Where that is only to be reported, it is let pass.
    fn passback(self) -> Check {
        let (Some(rule), Some(since)) = (&self.policy.anti_passback, self.view.passed_back) else { return Ok(()) };
        let refused = match rule.mode {
            PassbackMode::Soft => false,
            PassbackMode::Hard => true,
            PassbackMode::Timed(after) => self.at - since < after,
        };
        refuse_if(refused, Reason::PassedBack)
    }

    /// Has anybody sent them? Guards go wherever they are called.
    fn work_order(self, into: ZoneId) -> Check {
        let asked = self.policy.work_order_from_level.is_some_and(|level| self.site.level(into) >= level);
        let sent = [Records::WORK_ORDER, Records::BASE].iter().any(|record| self.view.records.include(*record));
        refuse_if(asked && !sent && !self.is_guard(), Reason::NoWorkOrder)
    }

    /// Is somebody with this guest? Of guests whose role names nobody for it, nobody is asked.
    fn escort(self, into: ZoneId) -> Check {
        let guest = self.view.credential.role.and_then(|role| self.site.role(role).guest.as_ref());
        let asked = self.policy.escorts.is_some()
            && self.site.level(into) >= ESCORTED_FROM_LEVEL
            && guest.is_some_and(|guest| !guest.escorts.is_empty());
        refuse_if(asked && !self.view.escort, Reason::NoEscort)
    }

    /// Are they two, where nobody may be alone?
    fn companion(self, into: ZoneId) -> Check {
        let asked = self.policy.two_person.is_some() && self.site.is_two_person(into);
        refuse_if(asked && !self.view.companion, Reason::Alone)
    }

    /// Is a further factor asked here? Of nobody at a reader that takes nothing but cards.
    fn door_factor(self, door: Door) -> Check {
        let asked = self.policy.door_factor_from_level.is_some_and(|level| self.site.level(door.into) >= level)
            && self.site.takes_factor(door.portal, door.direction);
        step_up_if(asked && !self.view.credential.second_factor, Reason::Factor)
    }

    // ------------------------------------------------------------- cabinets

    /// A cabinet that does not refuse only writes down who drew what.
    fn withdraws(self, cabinet: CabinetId, credential: CredentialId) -> Answer {
        if self.policy.cabinets_refuse {
            self.standing()?;
            self.visit()?;
            refuse_if(!self.view.credential.factors, Reason::Factor)?;
            let cabinet = self.site.cabinet(cabinet);
            let open = cabinet.hours.is_empty() || cabinet.hours.iter().any(|w| w.contains(self.view.week_ms));
            let listed = self.view.credential.role.is_some_and(|role| cabinet.roles.contains(&role));
            refuse_if(!listed || !open, Reason::NoRight)?;
            refuse_if(self.is_off_shift(), Reason::OffShift)?;
            let score = self.score(self.site.holder(credential, IdentityRecord::Keys));
            self.too_high(score)?;
            self.asks_more(score, self.view.credential.second_factor)?;
        }
        Ok(Reason::Right)
    }

    // ------------------------------------------------------------- networks

    /// A host that asks the identity provider and gets no answer knows nobody. Accounts for emergencies are known
    /// without it, and kept shut by policies that have no such way in.
    fn logs_in(self, login: Login) -> Answer {
        let (account, service) = (self.site.account(login.account), self.site.service(login.service));
        refuse_if(account.break_glass && !self.policy.break_glass, Reason::Disabled)?;
        let unanswered = service.directory && !self.view.directory_reached;
        refuse_if(unanswered && !account.break_glass, Reason::NoDirectory)?;
        refuse_if(!self.view.account_enabled, Reason::Disabled)?;
        self.visit()?;
        let asks_factor = service.multi_factor || self.policy.second_factor_where_enrolled && account.second_factor;
        step_up_if(asks_factor && !login.second_factor, Reason::Factor)?;

        let welcome = match (self.policy.vendors, &account.vendor) {
            (VendorPolicy::AlwaysOn, _) | (VendorPolicy::Ticketed, None) => true,
            (VendorPolicy::Ticketed, Some(vendor)) => {
                login.ticket && vendor.windows.iter().any(|window| window.contains(self.view.week_ms))
            }
        };
        refuse_if(!welcome, Reason::NoTicket)?;
        let bound =
            self.policy.admin_workstations_only && account.role >= AccountRole::Operator && account.vendor.is_none();
        let fitting = login.from.is_some_and(|device| self.site.is_for_administration(device));
        refuse_if(bound && !fitting, Reason::WrongDevice)?;
        let presence_counts = match self.policy.absent_logins {
            AbsentLogins::Allow => false,
            AbsentLogins::DenySensitive => service.sensitive,
            AbsentLogins::Deny => !login.remote,
        };
        refuse_if(presence_counts && self.view.presence == Presence::Outside, Reason::Absent)?;
        let score = self.score(self.site.owner(login.account));
        self.too_high(score)?;
        self.asks_more(score, login.second_factor)?;
        Ok(Reason::Right)
    }

    /// The crowd is of those who are there before it: with this device there would be one more.
    fn joins(self) -> Answer {
        refuse_if(!self.view.account_enabled, Reason::Disabled)?;
        self.visit()?;
        let unwanted = match self.policy.stale_devices {
            StaleDevices::Allow => false,
            StaleDevices::DenyInCrowd(most) => self.view.crowd >= most,
            StaleDevices::Deny => true,
        };
        refuse_if(self.view.stale_device && unwanted, Reason::Stale)?;
        Ok(Reason::Right)
    }

    // ------------------------------------------------------- administration

    fn unlocks(self, account: AccountId, request: bool) -> Answer {
        self.is_privileged(account, AccountRole::Operator)?;
        refuse_if(self.policy.unlock_needs_request && !request, Reason::NoRequest)?;
        Ok(Reason::Right)
    }

    /// Whether an account may do what only this role and those above it may.
    fn is_privileged(self, account: AccountId, least: AccountRole) -> Check {
        refuse_if(!self.view.account_enabled, Reason::Disabled)?;
        refuse_if(self.site.account(account).role < least, Reason::Role)
    }

    // ---------------------------------------------------------------- score

    /// The score of an identity; none where nobody is known. A panel knows of no scores.
    fn score(self, person: Option<PersonId>) -> Option<u32> {
        match self.place {
            Place::Panel(_) => None,
            Place::Host(_) | Place::Edge(_) | Place::Cloud(_) => Some(self.scores.at(person?, self.at)),
        }
    }

    /// The score of a badge's holder, where it counts for a zone.
    fn score_at(self, zone: ZoneId, credential: CredentialId) -> Option<u32> {
        self.policy.risk.filter(|risk| self.site.level(zone) >= risk.from_level)?;
        self.score(self.site.holder(credential, IdentityRecord::Badges))
    }

    fn too_high(self, score: Option<u32>) -> Check {
        let from = self.policy.risk.map(|risk| risk.deny_from);
        refuse_if(reaches(score, from), Reason::Risk)
    }

    fn asks_more(self, score: Option<u32>, given: bool) -> Check {
        let from = self.policy.risk.map(|risk| risk.step_up_from);
        step_up_if(!given && reaches(score, from), Reason::Risk)
    }
}

/// Whether there is a score, and it is as high as this.
fn reaches(score: Option<u32>, from: Option<u32>) -> bool {
    score.zip(from).is_some_and(|(score, from)| score >= from)
}

fn refuse(reason: Reason) -> Check {
    Err(Decision::deny(reason))
}

fn refuse_if(holds: bool, reason: Reason) -> Check {
    if holds { refuse(reason) } else { Ok(()) }
}

fn step_up_if(holds: bool, reason: Reason) -> Check {
    if holds { Err(Decision { verdict: Verdict::StepUp, reason }) } else { Ok(()) }
}
