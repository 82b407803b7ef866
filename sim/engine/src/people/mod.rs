//! People through the day: they come, walk, queue, badge, sit down, run errands and go home.
//!
//! ```text
//!   Day ──> Due(shift) ──> from home ──> to the base ──> next errand or home ──┐
//!            Due(remote), Due(call-out)      ^                                 │
//!                                            └───────── walk, portal by portal ┘
//! ```
//!
//! A *duty* is what brings somebody to the site: one shift of one day, or one call-out. A *leg* is one walk of a duty
//! from one place to the next, a *try* one attempt at a portal. Draws are keyed by person (and portal, errand or
//! network) and numbered by day, leg and try, so that a portal more or less changes nothing elsewhere.

mod day;
mod evacuation;
mod line;
mod refusal;
mod seen;
mod walk;

use doorward_model::base::*;
use doorward_model::plan::built_in::NUISANCE_SENSORS;
use doorward_model::plan::*;

use crate::event::Observer;
use crate::gate::Gate;
use crate::simulation::Ctx;
use crate::view::Whereabouts;
use crate::world::{Command, PassageId};

pub(crate) use day::Due;
use day::Task;
use line::Line;
use seen::Seen;

/// A number of a portal or a person that stands for none.
const NONE: u32 = u32::MAX;
/// Legs of a day that errands may take. Beyond them errands are left out.
const MOST_LEGS: u16 = 1_900;
/// The leg home. The legs of evacuations follow it.
const HOME_LEG: u16 = 1_901;
/// The try at which somebody is helped whatever the door says: nobody stands before it for ever.
const LAST_TRY: u8 = 7;

/// What somebody is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    /// At home, or it does not matter where.
    Away,
    /// On the way to the next portal, or in the last zone to its middle.
    Walking,
    /// Waits in line.
    InLine,
    /// At a reader or on the way through: the passage goes on by itself.
    AtPortal,
    /// Waits before a portal until it is worth trying again.
    Waiting,
    /// Waits before a portal for somebody to help.
    Helped,
    /// Where they were going.
    There,
    /// Got out when the alarm sounded.
    Gathered,
}

/// Where a leg leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Aim {
    /// Where they work.
    Base,
    /// An errand.
    Errand,
    /// Home: the duty is over.
    Home,
    /// Out, since the alarm sounds.
    Out,
}

/// A point in a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Spot {
    /// At a portal.
    Portal(PortalId),
    /// In the middle of a zone.
    Middle(ZoneId),
}

/// What is so of somebody today, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Marks(u16);

impl Marks {
    /// The badge lies at home.
    const FORGOT: Self = Self(1);
    /// Reception has given them a badge for the day, which stands for their own.
    const DAY_BADGE: Self = Self(1 << 1);
    /// They have a superseded badge in hand.
    const OLD_BADGE: Self = Self(1 << 2);
    /// Their device is behind with its patches.
    const STALE: Self = Self(1 << 3);
    /// They leave the company at the end of the day.
    const QUITS: Self = Self(1 << 4);
    /// A session at the base is open.
    const SESSION: Self = Self(1 << 5);
    /// The visit has begun.
    const VISIT: Self = Self(1 << 6);
    /// The duty is over: they are on the way home.
    const DONE: Self = Self(1 << 7);
    /// They have a booking or a work order on file.
    const ON_FILE: Self = Self(1 << 8);
    /// The badge was lost on an earlier day, and not replaced yet. Outlasts the day.
    const LOST: Self = Self(1 << 9);
    /// They were called in: no shift, one errand.
    const CALLED: Self = Self(1 << 10);
    /// A host has fetched this guest at a door, and goes along to where the leg leads.
    const ACCOMPANIED: Self = Self(1 << 11);

    fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }

    fn put(&mut self, mark: Self) {
        self.0 |= mark.0;
    }

    fn take(&mut self, mark: Self) -> bool {
        let had = self.has(mark);
        self.0 &= !mark.0;
        had
    }
}

/// One person. In two lines of the cache: on a large site each event is about somebody else.
#[derive(Clone, Debug)]
#[repr(align(128))]
struct Walker {
    /// Identity of their draws, role, and badge in use, as in the plan.
    key: EntityKey,
    role: RoleId,
    badge: CredentialId,
    /// Commands with an older number are stale.
    turn: u32,
    doing: Doing,
    aim: Aim,
    /// Tries at this portal on this leg.
    tries: u8,
    marks: Marks,
    /// Day of the duty, one more than its number since the start, and which duty of that day.
    day: u16,
    slot: u16,
    leg: u16,
    /// The next task, how many there are, and the stop of a round.
    task: u16,
    tasks: u16,
    stop: u16,
    zone: ZoneId,
    to: ZoneId,
    /// The next portal of the way, and which way through; [`NONE`]: they are in the last zone.
    portal: u32,
    direction: Direction,
    /// The passage under way.
    passage: PassageId,
    /// Behind them in line.
    behind: u32,
    /// The portal that they propped open.
    propped: u32,
    from: Spot,
    /// When the present walk, wait or stay began, and when it ends.
    since: SimTime,
    until: SimTime,
    /// Since when they stand at the portal.
    stands: SimTime,
    leaves_at: SimTime,
    /// How long they will stay at an errand, where it is drawn already; else [`SimDuration::MAX`].
    stay: SimDuration,
    /// When the badge is lost; never, as a rule.
    loses_at: SimTime,
    /// What they had planned for and could not begin.
    missed: Option<Due>,
}

const _: () = assert!(size_of::<Walker>() == 128);

impl Walker {
    fn new(plan: &Plan, person: &Person) -> Self {
        let home = plan.roles[person.role.index()].day.as_ref().map_or(ZoneId(0), |day| day.home);
        Self {
            key: person.key,
            role: person.role,
            badge: person.badge,
            turn: 0,
            doing: Doing::Away,
            aim: Aim::Home,
            tries: 0,
            marks: Marks::default(),
            day: 0,
            slot: 0,
            leg: 0,
            task: 0,
            tasks: 0,
            stop: 0,
            zone: home,
            to: home,
            portal: NONE,
            direction: Direction::Entry,
            passage: PassageId(NONE),
            behind: NONE,
            propped: NONE,
            from: Spot::Middle(home),
            since: SimTime::ZERO,
            until: SimTime::ZERO,
            stands: SimTime::ZERO,
            leaves_at: SimTime::ZERO,
            stay: SimDuration::MAX,
            loses_at: SimTime::MAX,
            missed: None,
        }
    }

    /// Does something else from now on.
    fn turns_to(&mut self, doing: Doing, now: SimTime, until: SimTime) {
        self.doing = doing;
        self.turn += 1;
        self.since = now;
        self.until = until;
    }

    /// The portal that they stand at or walk to, and which way they go.
    fn way(&self) -> (PortalId, Direction) {
        (PortalId(self.portal), self.direction)
    }

    fn has_no_badge(&self, now: SimTime) -> bool {
        !self.marks.has(Marks::DAY_BADGE) && (self.marks.has(Marks::FORGOT) || now >= self.loses_at)
    }

    // ------------------------------------------------------ identity of draws

    /// The key for draws of a day and its duty; the number beside it is [`Self::day_n`].
    fn day_key(&self, key: EntityKey) -> EntityKey {
        day::key(key, self.day, self.slot)
    }

    /// The number of a draw of today: which of them.
    fn day_n(&self, which: u16) -> u32 {
        day::number(self.day, which)
    }

    /// The key for draws of a leg; the number beside it is [`Self::leg_n`].
    fn leg_key(&self, key: EntityKey) -> EntityKey {
        match (self.day >> 6, self.slot) {
            (0, 0) => key,
            (epoch, slot) => key.child(Purpose::ArrivalTime, u64::from(epoch) << 16 | u64::from(slot)),
        }
    }

    /// The number of a draw of this leg: six bits of day, eleven of leg, three of try.
    fn leg_n(&self, tries: u8) -> u32 {
        u32::from(self.day & 63) << 14 | u32::from(self.leg & 2_047) << 3 | u32::from(tries & 7)
    }

    /// Identity and number of the draws of a leg that concern nobody else.
    fn leg_draws(&self) -> (EntityKey, u32) {
        (self.leg_key(self.key), self.leg_n(0))
    }

    /// Identity and number of the draws of a try at a portal.
    fn try_draws(&self, gate: &Gate) -> (EntityKey, u32) {
        (self.leg_key(self.key.mix(gate.key)), self.leg_n(self.tries))
    }
}

/// A zone, as people walk through it.
#[derive(Clone, Debug)]
struct Place {
    /// How many of them are there.
    inside: u32,
    offsite: bool,
    centre: Option<(f64, f64)>,
    /// The first network for people who work here and the first for guests.
    wifi: [Option<WifiId>; 2],
}

impl Place {
    fn new(plan: &Plan, zone: usize) -> Self {
        let Zone { centre, .. } = plan.zones[zone];
        Self { inside: 0, offsite: plan.zones[zone].offsite(), centre, wifi: networks(plan, zone) }
    }
}

/// Everybody who is simulated walking about.
#[derive(Clone, Debug)]
pub(crate) struct People {
    /// By person; those who are not simulated are never anything but away.
    walkers: Vec<Walker>,
    /// Who is simulated, in order.
    members: Vec<PersonId>,
    /// By person, the account that they use at their base.
    desk_accounts: Vec<Option<AccountId>>,
    /// What everybody still has to do today; each person has a stretch of it.
    tasks: Vec<Task>,
    /// By person, where that begins.
    first_tasks: Vec<u32>,
    /// By zone.
    places: Vec<Place>,
    /// By portal, who waits.
    lines: Vec<Line>,
    ways_out: WaysOut,
    /// Whether the alarm sounds, and how often it has begun to.
    alarm: bool,
    alarms: u16,
    seen: Vec<Seen>,
    free_seen: Vec<u32>,
    /// Share of sensors that give most of the nuisance.
    pub bad_sensors: Probability,
}

impl People {
    /// Nobody anywhere yet, with room for all.
    pub(crate) fn new(plan: &Plan) -> Self {
        let guards: Vec<PersonId> = plan.posts.iter().flat_map(|post| post.guards.iter().copied()).collect();
        let mut people = Self {
            walkers: plan.people.iter().map(|person| Walker::new(plan, person)).collect(),
            members: Vec::new(),
            desk_accounts: Vec::with_capacity(plan.people.len()),
            tasks: Vec::new(),
            first_tasks: Vec::with_capacity(plan.people.len()),
            places: (0..plan.zones.len()).map(|zone| Place::new(plan, zone)).collect(),
            lines: vec![Line::default(); plan.portals.len()],
            ways_out: WaysOut::new(plan),
            alarm: false,
            alarms: 0,
            seen: Vec::with_capacity(16),
            free_seen: Vec::with_capacity(16),
            bad_sensors: Probability::new(NUISANCE_SENSORS).unwrap_or_default(),
        };
        for (index, person) in plan.people.iter().enumerate() {
            let id = PersonId::from_index(index);
            let day = plan.roles[person.role.index()].day.as_ref().filter(|_| !guards.contains(&id));
            let first = people.tasks.len();
            people.first_tasks.push(first as u32);
            let service = plan.roles[person.role.index()].day.as_ref().and_then(|day| day.logs_in);
            people.desk_accounts.push(service.and_then(|service| plan.account_for(id, service)));
            if let Some(day) = day {
                people.members.push(id);
                people.tasks.resize(first + day::room(day), Task::default());
            }
        }
        people
    }

    /// The account that somebody uses at their base.
    pub(crate) fn desk_account(&self, person: PersonId) -> Option<AccountId> {
        self.desk_accounts[person.index()]
    }

    /// As at the start of a run. Keeps its memory.
    pub(crate) fn reset(&mut self, plan: &Plan) {
        for (walker, person) in self.walkers.iter_mut().zip(&plan.people) {
            *walker = Walker::new(plan, person);
        }
        self.places.iter_mut().for_each(|place| place.inside = 0);
        self.lines.fill(Line::default());
        self.alarm = false;
        self.alarms = 0;
        self.seen.clear();
        self.free_seen.clear();
    }
}

/// The first network of a zone for people who work here, and the first for guests.
fn networks(plan: &Plan, zone: usize) -> [Option<WifiId>; 2] {
    [false, true].map(|guests| {
        let of = plan.wifi.iter().position(|wifi| wifi.guests == guests && wifi.zones.contains(zone));
        of.map(WifiId::from_index)
    })
}

impl People {
    /// Ordinary people in a zone now.
    pub(crate) fn inside(&self, zone: ZoneId) -> u32 {
        self.places[zone.index()].inside
    }

    /// Where somebody is, for viewers.
    pub(crate) fn view(&self, plan: &Plan, person: PersonId) -> Whereabouts {
        let walker = &self.walkers[person.index()];
        let point = |spot: Spot| match spot {
            Spot::Portal(portal) => plan.portals[portal.index()].at,
            Spot::Middle(zone) => plan.zones[zone.index()].centre,
        };
        let zone = (walker.doing != Doing::Away).then_some(walker.zone);
        let from = point(walker.from);
        let (to, since, until) = match walker.doing {
            Doing::Walking => (point(self.ahead(walker)), walker.since, walker.until),
            Doing::InLine | Doing::AtPortal | Doing::Waiting | Doing::Helped => {
                (point(self.ahead(walker)), walker.stands, walker.stands)
            }
            Doing::Away | Doing::There | Doing::Gathered => (from, walker.since, walker.since),
        };
        let from = if matches!(walker.doing, Doing::Walking) { from } else { to };
        Whereabouts { zone, from, to, since, until }
    }

    /// Where the present walk leads.
    fn ahead(&self, walker: &Walker) -> Spot {
        if walker.portal == NONE { Spot::Middle(walker.zone) } else { Spot::Portal(PortalId(walker.portal)) }
    }
}

impl<'a, O: Observer> Ctx<'a, O> {
    /// Puts everybody where they are when a run begins, and schedules what they set out to do.
    pub(crate) fn open_people(&mut self) {
        if !self.world.people.members.is_empty() {
            self.first_days();
        }
    }

    /// The next step of a person; stale if the number has moved on.
    pub(crate) fn person(&mut self, person: PersonId, turn: u32) -> bool {
        let walker = &self.world.people.walkers[person.index()];
        if walker.turn != turn {
            return false;
        }
        match walker.doing {
            Doing::Walking if walker.portal == NONE => self.at_the_end(person),
            Doing::Walking => self.comes_to_portal(person),
            Doing::Waiting => self.try_again(person),
            Doing::Helped => self.helped(person),
            Doing::There => self.stay_over(person),
            Doing::Away => self.go_on(person),
            Doing::InLine | Doing::AtPortal | Doing::Gathered => return false,
        }
        true
    }

    /// Whether somebody is in a zone, on foot or at work.
    pub(crate) fn person_is_about(&self, person: PersonId, zone: ZoneId) -> bool {
        let walker = &self.world.people.walkers[person.index()];
        walker.doing != Doing::Away && walker.zone == zone
    }

    /// Ordinary people in a zone now; guards are not counted.
    pub(crate) fn people_in(&self, zone: ZoneId) -> u32 {
        self.world.people.places[zone.index()].inside
    }

    /// Whether a host goes along with a guest: one who had to be fetched stays with them until the leg ends. The host's
    /// own badge at the doors on the way is not simulated.
    pub(crate) fn accompanied(&self, person: PersonId) -> bool {
        self.world.people.walkers[person.index()].marks.has(Marks::ACCOMPANIED)
    }

    /// Whether a person is on the site now. A guard of a post is.
    pub(crate) fn on_site(&self, person: PersonId) -> bool {
        let walker = &self.world.people.walkers[person.index()];
        walker.doing != Doing::Away && !self.world.people.places[walker.zone.index()].offsite
            || self.world.guards.iter().any(|guard| guard.person == person)
    }

    /// A response or a lag has taken a person's account: sessions and networks end.
    pub(crate) fn person_cut_off(&mut self, account: AccountId) {
        if let Some(person) = self.plan.accounts[account.index()].person {
            self.walker(person).marks.take(Marks::SESSION);
        }
    }

    fn walker(&mut self, person: PersonId) -> &mut Walker {
        &mut self.world.people.walkers[person.index()]
    }

    /// Somebody's role.
    fn role(&self, person: PersonId) -> &'a Role {
        &self.plan.roles[self.world.people.walkers[person.index()].role.index()]
    }

    /// Somebody does something for a time, and wakes at its end.
    fn does(&mut self, person: PersonId, doing: Doing, lasts: SimDuration) {
        let now = self.world.now;
        let walker = self.walker(person);
        walker.turns_to(doing, now, now + lasts);
        let turn = walker.turn;
        self.world.after(lasts, Command::Person(person, turn));
    }

    /// The same where nothing wakes them but somebody else.
    fn idles(&mut self, person: PersonId, doing: Doing) {
        let now = self.world.now;
        self.walker(person).turns_to(doing, now, now);
    }

    /// The key for draws of a person's leg.
    pub(crate) fn leg_key(&self, person: PersonId, key: EntityKey) -> EntityKey {
        self.world.people.walkers[person.index()].leg_key(key)
    }
}
