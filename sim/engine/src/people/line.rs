//! Lines before what lets through one at a time.

use doorward_model::base::*;

use super::{Doing, NONE};
use crate::event::{Observer, Truth};
use crate::simulation::Ctx;

/// Who is being served, and who waits: first to last, linked from one to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub served: u32,
    pub first: u32,
    pub last: u32,
}

impl Default for Line {
    fn default() -> Self {
        Self { served: NONE, first: NONE, last: NONE }
    }
}

impl<O: Observer> Ctx<'_, O> {
    /// Lines up, unless nobody is there; whether they have to wait.
    pub(super) fn lines_up(&mut self, person: PersonId, portal: PortalId) -> bool {
        let line = &mut self.world.people.lines[portal.index()];
        if line.served == NONE {
            line.served = person.0;
            return false;
        }
        let last = std::mem::replace(&mut line.last, person.0);
        if last == NONE {
            line.first = person.0;
        } else {
            self.world.people.walkers[last as usize].behind = person.0;
        }
        self.walker(person).behind = NONE;
        self.idles(person, Doing::InLine);
        self.tell(Truth::LineJoined { person, portal });
        true
    }

    /// Whoever was being served is gone: the next one's turn.
    pub(super) fn next_in_line(&mut self, person: PersonId, portal: PortalId) {
        // Elsewhere nobody lines up.
        if !self.gate(portal).one_at_a_time {
            return;
        }
        let line = &mut self.world.people.lines[portal.index()];
        if line.served != person.0 {
            return;
        }
        line.served = line.first;
        if line.first == NONE {
            return;
        }
        let next = PersonId(line.first);
        line.first = self.world.people.walkers[next.index()].behind;
        if line.first == NONE {
            line.last = NONE;
        }
        self.tell(Truth::LineLeft { person: next, portal });
        self.try_portal(next);
    }
}
