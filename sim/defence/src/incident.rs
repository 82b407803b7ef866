//! What a rule has found, and the responses to it as orders.

use doorward_model::base::*;
use doorward_model::defence::LockDownScope;
use doorward_model::plan::Response;
use doorward_model::signal::{Because, Evidence, Order, Orders, Subject};

use crate::site::Site;

/// A rule that fired: about what, where, and on which evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Incident {
    pub(crate) rule: RuleId,
    pub(crate) subject: Subject,
    /// Whom the completing observation named, whatever the subject: whose score it counts for.
    pub(crate) person: Option<PersonId>,
    pub(crate) zone: Option<ZoneId>,
    pub(crate) evidence: Evidence,
}

impl Incident {
    /// The reason of what is ordered without a person.
    pub(crate) fn because(&self) -> Because {
        Because::Rule { rule: self.rule, subject: self.subject, evidence: self.evidence }
    }

    /// Orders responses. What a response needs and the incident does not name, such as a device, is not ordered.
    pub(crate) fn respond<'a>(&self, site: &Site, responses: impl Iterator<Item = &'a Response>, sheet: &mut Sheet) {
        for response in responses {
            match *response {
                Response::Dispatch => {
                    if let Some(zone) = self.zone {
                        sheet.give(Order::Dispatch { zone });
                    }
                }
                Response::Call(force) => sheet.give(Order::Call { force, zone: self.zone }),
                Response::RevokeCredential => {
                    self.credentials(site).for_each(|credential| sheet.give(Order::Revoke { credential }));
                }
                Response::RevokeEnrolled => {
                    self.actors(site).for_each(|account| sheet.give(Order::RevokeEnrolled { account }));
                }
                Response::DisableAccount => {
                    self.accounts(site).for_each(|account| sheet.give(Order::Disable { account }));
                }
                Response::EndSessions => {
                    self.accounts(site).for_each(|account| sheet.give(Order::EndSessions { account }));
                }
                Response::IsolateDevice => {
                    if let Subject::Device(device) = self.subject {
                        sheet.give(Order::Isolate { device });
                    }
                }
                Response::LockDown { scope, lasts } => match (scope, self.zone) {
                    (LockDownScope::Zone, None) => {}
                    (LockDownScope::Zone, Some(_)) | (LockDownScope::Level(_), _) => {
                        sheet.give(Order::LockDown { zone: self.zone, scope, lasts });
                    }
                },
            }
        }
    }

    /// The credentials that it is about: one, or all that are known to be a person's.
    fn credentials<'a>(&self, site: &'a Site) -> impl Iterator<Item = CredentialId> + 'a {
        let (one, person) = match self.subject {
            Subject::Credential(credential) => (Some(credential), None),
            Subject::Person(person) => (None, Some(person)),
            Subject::Account(_) | Subject::Device(_) | Subject::Portal(_) | Subject::Zone(_) => (None, None),
        };
        one.into_iter().chain(person.map_or(&[][..], |person| site.credentials_of(person)).iter().copied())
    }

    /// The accounts that acted: one, or all that are known to be a person's.
    fn actors<'a>(&self, site: &'a Site) -> impl Iterator<Item = AccountId> + 'a {
        let (one, person) = match self.subject {
            Subject::Account(account) => (Some(account), None),
            Subject::Person(person) => (None, Some(person)),
            Subject::Credential(_) | Subject::Device(_) | Subject::Portal(_) | Subject::Zone(_) => (None, None),
        };
        one.into_iter().chain(person.map_or(&[][..], |person| site.accounts_of(person)).iter().copied())
    }

    /// The accounts that it is about: those that acted, or those of the holder of the badge, where both are known to be
    /// one person's.
    fn accounts<'a>(&self, site: &'a Site) -> impl Iterator<Item = AccountId> + 'a {
        let holder = match self.subject {
            Subject::Credential(credential) => site.issued_to(credential),
            Subject::Person(_) | Subject::Account(_) | Subject::Device(_) | Subject::Portal(_) | Subject::Zone(_) => {
                None
            }
        };
        self.actors(site).chain(holder.map_or(&[][..], |person| site.accounts_of(person)).iter().copied())
    }
}

/// Orders for one reason, each given once.
pub(crate) struct Sheet<'a> {
    orders: &'a mut Orders,
    because: Because,
    /// Where its own orders begin.
    from: usize,
}

impl<'a> Sheet<'a> {
    /// Empty.
    pub(crate) fn new(orders: &'a mut Orders, because: Because) -> Self {
        let from = orders.as_slice().len();
        Self { orders, because, from }
    }

    /// Gives an order, unless it is on the sheet already.
    pub(crate) fn give(&mut self, order: Order) {
        if self.orders.as_slice()[self.from..].iter().all(|given| given.order != order) {
            self.orders.give(order, self.because);
        }
    }
}
