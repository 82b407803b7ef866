//! The interface of every defence: rules in a file, a tabletop team, a policy engine.

use doorward_model::base::{PersonId, SimTime};
use doorward_model::signal::{AccessRequest, Decision, DefenderView, Observed, Orders, PlaceView, Wake};

/// How a site is defended.
///
/// An implementation is a function of what it is given: no clock, no draw, no truth.
pub trait Defence: Send + Sync {
    /// Authenticates, authorises and accounts for one request, with the view of the place where it is decided.
    fn decide(&mut self, request: &AccessRequest, view: &PlaceView) -> Decision;

    /// Takes in one thing that was observed, and may give orders.
    fn observe(&mut self, seen: &Observed, view: &DefenderView, orders: &mut Orders);

    /// Is woken, as ordered earlier with the same token.
    fn wake(&mut self, token: Wake, view: &DefenderView, orders: &mut Orders);

    /// Forgets everything that it was shown: a new run begins. Takes no longer on a larger site.
    fn reset(&mut self);

    /// The risk score of an identity, for whoever looks on; none where the defence keeps no such score.
    fn risk(&self, person: PersonId, now: SimTime) -> Option<u32> {
        let _ = (person, now);
        None
    }

    /// A copy that goes on from the same state, for checkpoints and for other threads.
    fn boxed_clone(&self) -> Box<dyn Defence>;
}

impl Clone for Box<dyn Defence> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}
