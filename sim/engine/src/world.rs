//! Truth: the state of everything at one instant.

use std::sync::Arc;

use doorward_model::base::*;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, CredentialStatus};
use rustc_hash::FxHashMap;

use crate::attack::altered::Alteration;
use crate::attack::watching::Tap;
use crate::continuity::{Continuity, FailureStep, LockForced};
use crate::event::{Gain, Who};
use crate::identity::{Identity, IdentityStep};
use crate::people::{Due, People};
use crate::queue::Queue;
use crate::records::{RecordStep, Register};

/// What is scheduled. Closed: the compiler lists what a new kind touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// Draw what ordinary people, sensors and routines do in the coming hour.
    Hour,
    /// The next step of a person; stale if the number has moved on.
    Person(PersonId, u32),
    /// Draw when everybody sets out for the coming day.
    Day,
    /// Somebody sets out from home, or does there what they had planned to do.
    Due(PersonId, Due),
    /// Analytics have looked at a passage.
    Counted(u32),
    /// A step of the records.
    Record(RecordStep, u32),
    /// A step of somebody's standing.
    Identity(IdentityStep, PersonId),
    /// A step of a failure.
    Failure(FailureStep, u32),
    /// A request is decided.
    Decide(PassageId),
    /// Somebody goes through.
    Through(PassageId),
    /// A leaf falls shut.
    Close(PortalId),
    /// A leaf has been open for too long.
    Held(PortalId, u32),
    /// A sensor without a cause.
    Nuisance(SensorId, u32),
    /// A sensor that an adversary makes speak.
    Flooded(SensorId, u32),
    /// An ordinary act.
    Routine(u32, u32),
    /// Something set by the scenario.
    Inject(u32),
    /// A sensor has sensed an actor in the middle or at the end of a task.
    Senses(SensorId, ActorRef, u32),
    /// The same later in the task; stale if that was broken off.
    SensesLater(SensorId, ActorRef, u32),
    /// An adversary begins.
    Begin(AdversaryId),
    /// The time that it allowed itself is up.
    TimeIsUp(AdversaryId),
    /// An actor reaches the next stage of what it does; stale if the number has moved on.
    Actor(ActorRef, Stage, u32),
    /// The owner misses a credential.
    Missed(AdversaryId, u32),
    /// Somebody calls the guards about a stranger in a zone.
    PersonReports(ZoneId, ActorRef, u32),
    /// An alarm reaches its queue.
    Annunciate(AlarmId),
    /// Nobody has acknowledged for too long; stale if it has left that queue.
    Escalate(AlarmId, QueueId),
    /// An operator looks at it.
    Acknowledge(AlarmId),
    /// And decides.
    Verdict(AlarmId),
    /// It has been written up.
    Closed(AlarmId),
    /// A hand-off has brought it to another team.
    HandedOver(AlarmId, QueueId),
    /// The shift of a team changes: which of its times of day.
    ShiftChange(QueueId, u32),
    /// A queue is staffed again.
    QueueOpens(QueueId),
    /// An order takes effect.
    Effect(u32),
    /// What an order took is given back.
    Restore(u32),
    /// A defence asked to be woken.
    Wake(Wake),
    /// A guard stands at the next portal of the way, or at its end.
    GuardAt(u32, u32),
    /// A guard goes through that portal.
    GuardThrough(u32, u32),
    /// A search is over.
    SearchOver(u32, u32),
    /// A guard's round is due; stale if the number of rounds has moved on.
    Patrol(u32, u32),
    /// A force is here.
    ForceArrives(ForceId),
    /// A change has reached the last panel: look again whether all access has ended.
    Settle(AdversaryId),
}

/// Which actor of which adversary, in four bytes: a command fits in sixteen, an entry of the queue in thirty-two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct ActorRef {
    adversary: u16,
    actor: u16,
}

impl ActorRef {
    pub(crate) fn new(adversary: AdversaryId, actor: ActorId) -> Self {
        Self { adversary: adversary.0 as u16, actor: actor.0 as u16 }
    }

    pub(crate) fn adversary(self) -> AdversaryId {
        AdversaryId(u32::from(self.adversary))
    }

    pub(crate) fn actor(self) -> ActorId {
        ActorId(u32::from(self.actor))
    }
}

const _: () = assert!(size_of::<Command>() == 16 && size_of::<PortalState>() == 64);

/// A stage of what an actor does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// Stands where the act is to be done.
    There,
    /// The reader's request is decided.
    Decided,
    /// The barrier has yielded, or the work is done.
    Worked,
    /// Goes through.
    Through,
    /// Has waited long enough.
    PatienceUp,
    /// Has left the site.
    Gone,
}

/// A slot of [`World::passages`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PassageId(pub u32);

/// Somebody on the way through a portal by badge or by right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Passage {
    pub portal: PortalId,
    pub direction: Direction,
    pub who: Who,
    pub credential: CredentialId,
    /// Identity and ordinal of its draws.
    pub key: EntityKey,
    pub n: u32,
    /// Whether the reader rejects it, whatever the panel would say.
    pub rejected: bool,
    /// Since when they stand there.
    pub since: SimTime,
    /// How they get through.
    pub manner: Manner,
}

/// How somebody gets through a portal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    /// As anybody may: it stands open, or opens from this side.
    Freely,
    /// By badge.
    Badge,
    /// Behind another, without a badge of their own.
    Following,
    /// Let through by hand.
    Helped,
    /// By breaking the glass of an alarmed exit.
    Glass,
}

/// A portal; in one line of the cache, since each passage asks for most of it.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(crate) struct PortalState {
    pub open: bool,
    pub opened_at: SimTime,
    pub closes_at: SimTime,
    /// Counts openings, so that a held alarm of an earlier one is stale.
    pub opening: u32,
    pub held_scheduled: bool,
    pub released_until: SimTime,
    pub locked_down_until: SimTime,
    /// Actors that wait here to follow.
    pub waiting: u16,
    /// What its lock does whatever anybody commands; kept by [`crate::continuity`].
    pub forced: Option<LockForced>,
    /// It does not work as it should.
    pub out_of_service: bool,
    /// When somebody last came in by badge; doors with `first_person_in` keep it.
    pub first_in: SimTime,
}

/// A panel. What is derived from the rest is kept by [`crate::continuity`].
#[derive(Clone, Debug, Default)]
pub(crate) struct PanelState {
    /// Derived: out of reach of its server, for whatever reason.
    pub offline: bool,
    /// Derived: it does nothing at all, without power or broken by a change.
    pub dead: bool,
    /// Losses of its link that have not ended.
    pub losses: u32,
    /// Changes that broke it and were not put right.
    pub broken: u32,
    /// Without mains.
    pub unfed: bool,
    /// When the battery is empty, if it stays without mains.
    pub battery_until: SimTime,
    /// Events lost since it was last in reach.
    pub lost: u32,
    /// Reports kept while out of reach, with their hidden causes.
    pub buffer: Vec<(Report, Cause)>,
}

impl PanelState {
    /// As at the start of a run. Keeps its memory.
    fn reset(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        *self = Self { buffer, ..Self::default() };
    }
}

/// A change of a credential at the server. When each panel has it is in [`World::at_panel`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub credential: CredentialId,
    pub status: CredentialStatus,
    pub enrolled_by: Option<AccountId>,
    /// The change of this credential before, as a place in [`World::changes`].
    pub before: Option<u32>,
}

/// The hidden cause of an observation: for scoring and for the draws that follow from it.
///
/// There is one for each observation of a run, so it is kept to sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cause {
    pub key: EntityKey,
    pub n: u32,
    /// One more than the adversary's id; zero where there is none.
    adversary: u16,
    /// Which hostile act of theirs, counted from one; zero: none.
    act: u16,
}

impl Cause {
    /// Ordinary life.
    #[inline]
    pub(crate) fn ordinary(key: EntityKey, n: u32) -> Self {
        Self { key, n, adversary: 0, act: 0 }
    }

    /// An adversary's doing, with the number of the hostile act that it belongs to.
    pub(crate) fn hostile(adversary: AdversaryId, act: u16, key: EntityKey, n: u32) -> Self {
        Self { key, n, adversary: adversary.0 as u16 + 1, act }
    }

    /// Of the same origin, for another observation.
    pub(crate) fn again(self, key: EntityKey, n: u32) -> Self {
        Self { key, n, ..self }
    }

    /// The adversary, if it was one.
    #[inline]
    pub(crate) fn adversary(self) -> Option<AdversaryId> {
        self.adversary.checked_sub(1).map(|id| AdversaryId(u32::from(id)))
    }

    /// The hostile act that it belongs to, if it was one.
    pub(crate) fn act(self) -> Option<(AdversaryId, u16)> {
        self.adversary().filter(|_| self.act > 0).map(|id| (id, self.act))
    }
}

/// A session that an adversary holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Session {
    pub adversary: AdversaryId,
    pub device: DeviceId,
    /// None: code runs there without an account.
    pub account: Option<AccountId>,
    pub from: Origin,
    pub role: AccountRole,
    pub interactive: bool,
}

/// A token that an adversary holds: it outlives the session, and the account's being disabled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub adversary: AdversaryId,
    pub service: ServiceId,
    pub account: AccountId,
    pub until: SimTime,
}

/// An alarm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm {
    pub rule: RuleId,
    pub subject: Subject,
    pub zone: Option<ZoneId>,
    pub queue: Option<QueueId>,
    pub priority: u8,
    /// The adversary, where the alarm is true.
    pub hostile: Option<AdversaryId>,
    pub cause: Cause,
    /// What it was raised on.
    pub trigger: Option<ObservationId>,
    pub queued_at: SimTime,
    pub acknowledged_at: Option<SimTime>,
    pub assessed_at: Option<SimTime>,
    /// How often it was handed to another team.
    pub hops: u32,
}

/// A team at work.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueueState {
    /// Alarms that nobody looks at yet, by priority, then age.
    pub waiting: Vec<AlarmId>,
    /// Alarms that somebody looks at; no verdict yet.
    pub in_hand: Vec<AlarmId>,
    /// Operators with an alarm, or writing one up.
    pub busy: u32,
    pub opens_scheduled: bool,
    pub load: LastHour,
}

/// How many alarms came in the last hour, by the minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastHour {
    minutes: [u32; 60],
    /// The minute that is counted now.
    minute: u64,
    sum: u32,
}

impl Default for LastHour {
    fn default() -> Self {
        Self { minutes: [0; 60], minute: 0, sum: 0 }
    }
}

impl LastHour {
    /// One more, now.
    pub(crate) fn count(&mut self, now: SimTime) {
        self.sum_at(now);
        self.minutes[(self.minute % 60) as usize] += 1;
        self.sum += 1;
    }

    /// How many there were in this minute and the 59 before it.
    pub(crate) fn sum_at(&mut self, now: SimTime) -> u32 {
        let minute = now.as_millis() / 60_000;
        for forgotten in self.minute + 1..=minute.min(self.minute + 60) {
            self.sum -= std::mem::take(&mut self.minutes[(forgotten % 60) as usize]);
        }
        self.minute = minute;
        self.sum
    }
}

/// An order as it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub order: Order,
    pub automatic: bool,
    /// Whether the alarm behind it is true.
    pub true_alarm: bool,
    /// The alarm behind it, if one was raised.
    pub alarm: Option<AlarmId>,
    /// Given by somebody who knows what is the case: nothing of it is given back.
    pub certain: bool,
}

/// An order on its way to effect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub given: Given,
    /// Identity and ordinal of its draws.
    pub key: EntityKey,
    pub n: u32,
    /// When it takes effect.
    pub at: SimTime,
    /// It took something that is not given back yet.
    pub holds: bool,
}

/// What an order to revoke changed at the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revocation {
    pub order: u32,
    /// Its place in [`World::changes`].
    pub change: u32,
    /// As it was before.
    pub before: CredentialStatus,
}

/// A place that a guard is wanted at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    pub zone: ZoneId,
    /// Whether the alarm behind it is true. Whom a false one leads to is met by chance.
    pub true_alarm: bool,
    /// The alarm, if one was raised.
    pub alarm: Option<AlarmId>,
}

/// What a guard is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Duty {
    /// At the post, or on the way back to it.
    Free,
    /// Called to a zone, since.
    Called { call: Call, since: SimTime },
    /// On a round: the stop, as a place in its zones; how many are still to come; since the stop before.
    Patrol { stop: u32, left: u32, since: SimTime },
}

/// A walk in a straight line, to where somebody then stands.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Leg {
    pub from: Option<(f64, f64)>,
    pub since: SimTime,
    pub until: SimTime,
}

/// A guard.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    pub person: PersonId,
    pub post: PostId,
    pub zone: ZoneId,
    /// The zone before.
    pub came_from: ZoneId,
    pub point: Option<(f64, f64)>,
    pub leg: Leg,
    pub duty: Duty,
    /// The way still to go, the next portal last.
    pub way: Vec<(PortalId, Direction)>,
    /// Commands with an older number are stale.
    pub turn: u32,
    /// Searches made, for draws.
    pub searches: u32,
    /// Portals passed, for draws.
    pub steps: u32,
    /// Rounds due so far, for draws and to tell stale ones.
    pub rounds: u32,
}

/// Standing of an actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// Free to act.
    Free,
    /// On the way out, of its own will or fleeing.
    Leaving,
    /// Away, or never on foot.
    Away,
    /// In custody.
    Custody,
}

/// What an actor does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Doing {
    pub intent: Intent,
    /// Ordinal of the attempt.
    pub n: u32,
    /// Draw identity of the attempt.
    pub key: EntityKey,
    /// Whether it is waiting for somebody to follow.
    pub waiting: bool,
    /// Whether it lies in wait for somebody.
    pub lurking: bool,
    /// Out of sight, of who only waits.
    pub hidden: bool,
    /// Parts of the job that are behind.
    pub part: u8,
}

/// An adversary.
#[derive(Clone, Debug)]
pub(crate) struct AdversaryState {
    pub begun: bool,
    pub acted: bool,
    pub traced: bool,
    /// Hostile acts so far, and the latest of each actor.
    pub acts: u16,
    pub latest_act: Vec<u16>,
    /// Acts of which something is on record, and where.
    pub on_record: Vec<(u16, Option<DeviceId>)>,
    pub stopped: bool,
    pub objective: bool,
    pub contained: bool,
    pub detected: bool,
    pub interrupted: bool,
    /// A response has taken something from it.
    pub hit: bool,
    pub zones: Vec<Option<ZoneId>>,
    pub points: Vec<Option<(f64, f64)>>,
    pub legs: Vec<Leg>,
    pub standing: Vec<Standing>,
    pub doing: Vec<Option<Doing>>,
    pub turn: Vec<u32>,
    pub idle: Vec<bool>,
    pub held: Vec<Option<AccountRole>>,
    pub footholds: IdSet,
    /// Devices through which it watches cameras, as long as it holds them.
    pub watches: IdSet,
    pub segments: IdSet,
    pub accounts: IdSet,
    pub credentials: IdSet,
    pub carried: Vec<Option<ActorId>>,
    /// Credentials whose PIN it knows.
    pub pins: IdSet,
    /// What tapped readers have recorded.
    pub taps: Vec<Tap>,
    pub gained: Vec<Gain>,
    /// Expected seconds to the objective, as of then.
    pub remaining: Option<(SimTime, f64)>,
    pub planned: Option<SimDuration>,
}

/// The world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub now: SimTime,
    pub events: u64,
    pub queue: Queue<Command>,
    pub draws: Draws,
    pub portals: Vec<PortalState>,
    pub panels: Vec<PanelState>,
    pub passages: Vec<Passage>,
    pub free_passages: Vec<PassageId>,
    /// A leaf that stays open for no time, as an opening without one does: it shuts at the end of this event.
    pub shuts: Option<PortalId>,
    pub people: People,
    /// How many times the rate of the file each sensor has in this run.
    pub nuisance: Vec<f64>,
    pub register: Register,
    pub identity: Identity,
    pub continuity: Continuity,
    pub changes: Vec<Change>,
    /// When each change is at each panel: by change, then panel.
    pub at_panel: Vec<SimTime>,
    /// The last change of each credential.
    pub last_change: Vec<Option<u32>>,
    pub disabled: IdSet,
    pub isolated: IdSet,
    pub sessions: Vec<Session>,
    pub tokens: Vec<Token>,
    pub causes: Vec<Cause>,
    pub alarms: Vec<Alarm>,
    pub queues: Vec<QueueState>,
    pub orders: Orders,
    pub pending: Vec<Pending>,
    pub revocations: Vec<Revocation>,
    pub guards: Vec<Guard>,
    /// Calls that no guard was free for.
    pub unanswered: Vec<Call>,
    /// Whether each force is on its way, and whether a true alarm called it.
    pub under_way: Vec<Option<bool>>,
    /// Whether the message of this incident gets through, once drawn.
    pub communicated: Option<bool>,
    pub adversaries: Vec<AdversaryState>,
    /// How many actors lie in wait for somebody.
    pub lurking: u32,
    /// What adversaries have changed and nobody has put back.
    pub altered: Vec<Alteration>,
    /// Cameras that show nothing.
    pub blinded: IdSet,
    /// Servers whose reports go nowhere.
    pub muted: IdSet,
    /// Devices whose records were wiped, each up to this observation.
    pub cleared: Vec<(DeviceId, ObservationId)>,
    /// By observation, where it is on record; kept only where somebody may wipe records.
    pub holders: Vec<Option<DeviceId>>,
    /// Whether that is so.
    pub keeps_holders: bool,
    /// Where each asset is; none: carried, or off the site.
    pub assets: Vec<Option<ZoneId>>,
    pub intents: Intents,
    /// How often a rare draw has been made under a key.
    pub ordinals: FxHashMap<(EntityKey, Purpose), u32>,
    pub route: crate::route::Scratch,
}

impl World {
    /// The world of a plan, before any run.
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        let guards = plan.posts.iter().enumerate().flat_map(|(index, post)| {
            post.guards.iter().map(move |person| Guard {
                person: *person,
                post: PostId::from_index(index),
                zone: post.zone,
                came_from: post.zone,
                point: None,
                leg: Leg::default(),
                duty: Duty::Free,
                way: Vec::new(),
                turn: 0,
                searches: 0,
                steps: 0,
                rounds: 0,
            })
        });
        let mut world = Self {
            now: SimTime::ZERO,
            events: 0,
            queue: Queue::with_capacity(1024),
            draws: Draws::new(0, 0),
            portals: vec![PortalState::default(); plan.portals.len()],
            panels: vec![PanelState::default(); plan.panels.len()],
            passages: Vec::with_capacity(64),
            free_passages: Vec::with_capacity(64),
            shuts: None,
            people: People::new(plan),
            nuisance: vec![1.0; plan.sensors.len()],
            register: Register::new(plan),
            identity: Identity::new(plan),
            continuity: Continuity::new(plan),
            changes: Vec::new(),
            at_panel: Vec::new(),
            last_change: vec![None; plan.credentials.len()],
            disabled: IdSet::with_len(plan.accounts.len()),
            isolated: IdSet::with_len(plan.devices.len()),
            sessions: Vec::new(),
            tokens: Vec::new(),
            causes: Vec::with_capacity(4096),
            alarms: Vec::with_capacity(64),
            queues: vec![QueueState::default(); plan.policy.queues.len()],
            orders: Orders::new(),
            pending: Vec::with_capacity(64),
            revocations: Vec::new(),
            guards: guards.collect(),
            unanswered: Vec::new(),
            under_way: vec![None; plan.forces.len()],
            communicated: None,
            adversaries: plan.adversaries.iter().map(|a| AdversaryState::new(plan, a)).collect(),
            lurking: 0,
            altered: Vec::new(),
            blinded: IdSet::with_len(plan.devices.len()),
            muted: IdSet::with_len(plan.devices.len()),
            cleared: Vec::new(),
            holders: Vec::new(),
            keeps_holders: plan.can_records_be_wiped(),
            assets: plan.assets.iter().map(|a| Some(a.zone)).collect(),
            intents: Intents::new(),
            ordinals: FxHashMap::default(),
            route: crate::route::Scratch::new(plan),
        };
        world.reset(plan, 0, 0);
        world
    }

    /// The world at the start of a run. Keeps its memory.
    pub(crate) fn reset(&mut self, plan: &Plan, seed: u64, run: u32) {
        self.now = SimTime::ZERO;
        self.events = 0;
        self.queue.clear();
        self.draws.restart(seed, run);
        self.portals.fill(PortalState::default());
        self.panels.iter_mut().for_each(PanelState::reset);
        self.passages.clear();
        self.free_passages.clear();
        self.shuts = None;
        self.people.reset(plan);
        self.register.reset(plan);
        self.identity.reset();
        self.continuity.reset();
        self.changes.clear();
        self.at_panel.clear();
        self.last_change.fill(None);
        self.disabled.clear();
        self.isolated.clear();
        self.sessions.clear();
        self.tokens.clear();
        self.causes.clear();
        self.alarms.clear();
        for queue in &mut self.queues {
            queue.waiting.clear();
            queue.in_hand.clear();
            queue.busy = 0;
            queue.opens_scheduled = false;
            queue.load = LastHour::default();
        }
        self.orders.clear();
        self.pending.clear();
        self.revocations.clear();
        for guard in &mut self.guards {
            let post = &plan.posts[guard.post.index()];
            guard.zone = post.zone;
            guard.came_from = post.zone;
            guard.leg = Leg::default();
            guard.point = plan.zones[post.zone.index()].centre;
            guard.duty = Duty::Free;
            guard.way.clear();
            guard.turn = 0;
            guard.searches = 0;
            guard.steps = 0;
            guard.rounds = 0;
        }
        self.unanswered.clear();
        self.under_way.fill(None);
        self.communicated = None;
        for (state, adversary) in self.adversaries.iter_mut().zip(&plan.adversaries) {
            state.reset(plan, adversary);
        }
        self.lurking = 0;
        self.altered.clear();
        self.blinded.clear();
        self.muted.clear();
        self.cleared.clear();
        self.holders.clear();
        for (place, asset) in self.assets.iter_mut().zip(&plan.assets) {
            *place = Some(asset.zone);
        }
        self.intents.clear();
        self.ordinals.clear();
    }

    /// Schedules after a delay.
    #[inline(always)]
    pub(crate) fn after(&mut self, delay: SimDuration, command: Command) {
        self.queue.push(self.now + delay, command, delay == SimDuration::ZERO);
    }

    /// The ordinal of the next rare draw under a key.
    pub(crate) fn ordinal(&mut self, key: EntityKey, purpose: Purpose) -> u32 {
        let count = self.ordinals.entry((key, purpose)).or_insert(0);
        *count += 1;
        *count - 1
    }

    /// A duration, drawn under a key; one that does not vary needs no draw.
    #[inline]
    pub(crate) fn time(&mut self, of: &Distribution, key: EntityKey, purpose: Purpose, n: u32) -> SimDuration {
        match of.as_fixed() {
            Some(fixed) => fixed,
            None => of.quantile(self.draws.draw(key, purpose, n)),
        }
    }

    /// A duration and an event, drawn together: their purposes share a block of the generator.
    #[inline]
    pub(crate) fn time_and_chance(
        &mut self,
        (of, time): (&Distribution, Purpose),
        (chance, event): (Probability, Purpose),
        key: EntityKey,
        n: u32,
    ) -> (SimDuration, bool) {
        match (of.as_fixed(), chance == Probability::ZERO) {
            (Some(fixed), _) => (fixed, self.happens(chance, key, event, n)),
            (None, true) => (of.quantile(self.draws.draw(key, time, n)), false),
            (None, false) => {
                let [first, second] = self.draws.draw_both(key, time, event, n);
                (of.quantile(first), chance.happens(second))
            }
        }
    }

    /// Whether an event of this chance happens; a certain or impossible one needs no draw.
    #[inline]
    pub(crate) fn happens(&mut self, chance: Probability, key: EntityKey, purpose: Purpose, n: u32) -> bool {
        if chance == Probability::ZERO {
            return false;
        }
        chance == Probability::ONE || chance.happens(self.draws.draw(key, purpose, n))
    }
}

impl AdversaryState {
    fn new(plan: &Plan, adversary: &Adversary) -> Self {
        let actors = adversary.actors.len();
        let mut state = Self {
            begun: false,
            acted: false,
            traced: false,
            stopped: false,
            objective: false,
            contained: false,
            acts: 0,
            latest_act: vec![0; actors],
            on_record: Vec::with_capacity(64),
            detected: false,
            interrupted: false,
            hit: false,
            zones: vec![None; actors],
            points: vec![None; actors],
            legs: vec![Leg::default(); actors],
            standing: vec![Standing::Free; actors],
            doing: vec![None; actors],
            turn: vec![0; actors],
            idle: vec![true; actors],
            held: vec![None; plan.devices.len()],
            footholds: IdSet::with_len(plan.devices.len()),
            watches: IdSet::with_len(plan.devices.len()),
            segments: IdSet::with_len(plan.segments.len()),
            accounts: IdSet::with_len(plan.accounts.len()),
            credentials: IdSet::with_len(plan.credentials.len()),
            carried: vec![None; plan.assets.len()],
            pins: IdSet::with_len(plan.credentials.len()),
            taps: Vec::new(),
            gained: Vec::with_capacity(32),
            remaining: None,
            planned: None,
        };
        state.reset(plan, adversary);
        state
    }

    fn reset(&mut self, plan: &Plan, adversary: &Adversary) {
        self.begun = false;
        self.acted = false;
        self.traced = false;
        self.acts = 0;
        self.latest_act.fill(0);
        self.on_record.clear();
        self.stopped = false;
        self.objective = false;
        self.contained = false;
        self.detected = false;
        self.interrupted = false;
        self.hit = false;
        self.standing.fill(Standing::Free);
        self.legs.fill(Leg::default());
        self.doing.fill(None);
        self.turn.fill(0);
        self.idle.fill(true);
        self.held.fill(None);
        self.footholds.clear();
        self.watches.clear();
        self.segments.clear();
        self.accounts.clear();
        self.credentials.clear();
        self.carried.fill(None);
        self.pins.clear();
        self.taps.clear();
        self.gained.clear();
        self.remaining = None;
        self.planned = None;
        for (index, actor) in adversary.actors.iter().enumerate() {
            match actor.start {
                Start::Zone(zone) => {
                    self.zones[index] = Some(zone);
                    self.points[index] = plan.zones[zone.index()].centre;
                }
                Start::Segment(segment) => {
                    self.zones[index] = None;
                    self.points[index] = None;
                    self.segments.insert(segment.index());
                }
            }
        }
        for account in &adversary.accounts {
            self.accounts.insert(account.index());
        }
        for stolen in &adversary.credentials {
            self.credentials.insert(stolen.credential.index());
        }
    }
}
