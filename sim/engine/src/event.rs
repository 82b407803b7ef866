//! What comes out of a run: truth and observation, told apart.

use doorward_model::base::*;
use doorward_model::defence::{IdentityRecord, LogKind};
use doorward_model::plan::Direction;
use doorward_model::signal::*;
use serde::Serialize;

/// Who moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Somebody who works here.
    Person(PersonId),
    /// A guard on a call.
    Guard(PersonId),
    /// Whoever carries this badge, in an act that a file states: nobody whose day is simulated.
    Bearer(CredentialId),
    /// A member of an adversary.
    Actor(AdversaryId, ActorId),
}

/// Something that an adversary gained without right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gain {
    /// Presence in a zone that is not public.
    Zone(ZoneId),
    /// A session or foothold on a device.
    Device(DeviceId),
    /// A credential that works here.
    Credential(CredentialId),
    /// The secret of an account.
    Account(AccountId),
    /// An asset, taken or sabotaged.
    Asset(AssetId),
}

/// What can fail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// The link between a panel and its server.
    PanelLink(PanelId),
    /// A panel altogether.
    Panel(PanelId),
    /// The readers of a portal, or their line.
    Reader(PortalId),
    /// A device.
    Device(DeviceId),
    /// The connection to the internet.
    Wan,
    /// The mains of a feed.
    Feed(FeedId),
    /// The line of a segment.
    Segment(SegmentId),
    /// The transfer from HR.
    Sync,
    /// The fire alarm: doors stand open.
    Fire,
}

/// What becomes of a meeting of guard and intruder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactOutcome {
    /// Comes along.
    Complied,
    /// Talked their way out.
    Bluffed,
    /// Ran.
    Fled,
    /// Stood up to the guard, who keeps watch and calls.
    Resisted,
}

/// What is the case. Only scoring, traces and viewers may look.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// Somebody went through a portal.
    Passed {
        /// Who.
        who: Who,
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
        /// Time since standing at it.
        took: SimDuration,
    },
    /// An ordinary person went through behind another, without a badge of their own.
    Followed {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
        /// Direction.
        direction: Direction,
    },
    /// An ordinary person comes to the site.
    Arrived {
        /// Person.
        person: PersonId,
    },
    /// An ordinary person has left the site.
    Left {
        /// Person.
        person: PersonId,
    },
    /// Somebody who may go there had to be let in by hand.
    Helped {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
        /// Time lost.
        took: SimDuration,
    },
    /// Somebody queues at a portal.
    LineJoined {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
    },
    /// Their turn has come.
    LineLeft {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
    },
    /// A rightful person was kept off a network.
    NetworkRefused {
        /// Person.
        person: PersonId,
        /// Why.
        reason: Reason,
    },
    /// A rightful person was refused a key.
    KeyRefused {
        /// Person.
        person: PersonId,
        /// Why.
        reason: Reason,
    },
    /// A rightful person lost a session, a network or a badge to a response.
    CutOff {
        /// Person.
        person: PersonId,
    },
    /// Somebody wants out and cannot: egress is held up.
    EgressHeld {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
        /// For how long.
        lasts: SimDuration,
    },
    /// A portal does not work as it should (no power, no panel, or deny-all), or works again.
    OutOfService {
        /// Portal.
        portal: PortalId,
        /// Out of service.
        out: bool,
    },
    /// A log does not reach the defence, or does again.
    Blind {
        /// Log.
        log: LogKind,
        /// Blind.
        blind: bool,
    },
    /// Something failed, or works again.
    Outage {
        /// What.
        what: Outage,
        /// It failed.
        began: bool,
    },
    /// What a response took from people who had done nothing was given back.
    Restored {
        /// The order that took it.
        order: Order,
        /// Time since it took effect.
        after: SimDuration,
    },
    /// Somebody left the company, or came back.
    Employment {
        /// Person.
        person: PersonId,
        /// Employed from here on.
        employed: bool,
    },
    /// What somebody had in one world ended, or was given back.
    RightsChanged {
        /// Person.
        person: PersonId,
        /// Accounts or badges.
        record: IdentityRecord,
        /// In force from here on.
        in_force: bool,
    },
    /// Everybody who got out has gathered.
    Mustered {
        /// People at the muster point.
        gathered: u32,
        /// People still inside.
        inside: u32,
        /// People inside by the badge record.
        recorded: u32,
    },
    /// A guard looks round in a zone on patrol.
    Patrolled {
        /// Guard.
        guard: PersonId,
        /// Zone.
        zone: ZoneId,
        /// Time since the stop before.
        effort: SimDuration,
    },
    /// An alarm is written up and closed.
    Closed {
        /// Alarm.
        alarm: AlarmId,
        /// Working time after the verdict.
        effort: SimDuration,
    },
    /// An alarm was handed to another team.
    HandedOver {
        /// Alarm.
        alarm: AlarmId,
        /// To.
        queue: QueueId,
    },
    /// What became of a meeting with a guard.
    Contact {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
        /// Outcome.
        outcome: ContactOutcome,
    },
    /// A leaf opened.
    LeafOpened {
        /// Portal.
        portal: PortalId,
    },
    /// A leaf closed.
    LeafClosed {
        /// Portal.
        portal: PortalId,
    },
    /// A rightful person was refused.
    Refused {
        /// Person.
        person: PersonId,
        /// Portal.
        portal: PortalId,
        /// Why.
        reason: Reason,
    },
    /// A rightful login was refused.
    RefusedLogin {
        /// Account.
        account: AccountId,
        /// Why.
        reason: Reason,
    },
    /// The adversary made a plan: how many steps, how long it expects to need.
    Planned {
        /// Adversary.
        adversary: AdversaryId,
        /// Expected milliseconds to the objective.
        expected: SimDuration,
    },
    /// An actor begins something.
    Started {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
        /// What.
        intent: Intent,
    },
    /// It worked.
    Succeeded {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
        /// What.
        intent: Intent,
    },
    /// It did not.
    FailedAt {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
        /// What.
        intent: Intent,
        /// Why.
        why: Failure,
    },
    /// A hostile act against a node in scope; the first is t0.
    HostileAct {
        /// Adversary.
        adversary: AdversaryId,
    },
    /// The first observation that the adversary caused reached the defence.
    FirstTrace {
        /// Adversary.
        adversary: AdversaryId,
    },
    /// Something that was observed is on record; told once for each hostile act and place. It counts for the latest act of
    /// whoever caused it.
    OnRecord {
        /// Adversary.
        adversary: AdversaryId,
        /// Which of its hostile acts, counted from one.
        act: u32,
        /// The device that keeps it; none: somebody's memory, or a paper.
        device: Option<DeviceId>,
    },
    /// What a device has on record so far is gone.
    Wiped {
        /// Device.
        device: DeviceId,
    },
    /// An unauthorised gain, each told once a run.
    Gained {
        /// Adversary.
        adversary: AdversaryId,
        /// What.
        gain: Gain,
    },
    /// The objective was reached.
    ObjectiveReached {
        /// Adversary.
        adversary: AdversaryId,
    },
    /// The adversary stopped by itself.
    Stopped {
        /// Adversary.
        adversary: AdversaryId,
        /// Why.
        reason: StopReason,
    },
    /// An alarm was annunciated. `hostile_cause`: it is true (an observation caused by the adversary was necessary, and its subject is the adversary's).
    Alarm {
        /// Alarm.
        alarm: AlarmId,
        /// Rule.
        rule: RuleId,
        /// Queue; none: unowned.
        queue: Option<QueueId>,
        /// Subject.
        subject: Subject,
        /// The adversary, where it is a true alarm.
        hostile_cause: Option<AdversaryId>,
    },
    /// Somebody began to look at it.
    Acknowledged {
        /// Alarm.
        alarm: AlarmId,
        /// Time spent waiting in the queue.
        waited: SimDuration,
    },
    /// A hand-off lost it.
    AlarmLost {
        /// Alarm.
        alarm: AlarmId,
    },
    /// A verdict was given.
    Assessed {
        /// Alarm.
        alarm: AlarmId,
        /// Classed as hostile.
        hostile: bool,
        /// Working time that it cost.
        effort: SimDuration,
    },
    /// A person classed a true alarm as hostile: the adversary is detected.
    Detected {
        /// Adversary.
        adversary: AdversaryId,
        /// Alarm.
        alarm: AlarmId,
        /// Mean time left on the path under way; none once the objective is reached.
        remaining: Option<SimDuration>,
        /// Mean time that the response needs from here; none where nobody would come.
        response: Option<SimDuration>,
    },
    /// An order took effect.
    Effect {
        /// Order.
        order: Order,
        /// Without a person in the loop.
        automatic: bool,
        /// The adversary whose access it ended or whose way it closed; none: it met ordinary work alone.
        hit: Option<AdversaryId>,
    },
    /// A guard set out.
    GuardSent {
        /// Guard.
        guard: PersonId,
        /// Where to.
        zone: ZoneId,
    },
    /// A guard has ended a search.
    GuardSearched {
        /// Guard.
        guard: PersonId,
        /// Zone.
        zone: ZoneId,
        /// Somebody was found.
        found: bool,
        /// Time since setting out.
        effort: SimDuration,
    },
    /// A force was called.
    ForceCalled {
        /// Force.
        force: ForceId,
        /// Whether the call got through.
        communicated: bool,
    },
    /// A force is here.
    ForceArrived {
        /// Force.
        force: ForceId,
    },
    /// The response met an actor; `chance`: by luck, not at the place that the alarm named.
    Met {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
        /// By luck.
        chance: bool,
    },
    /// The response reached the adversary with task time left.
    Interrupted {
        /// Adversary.
        adversary: AdversaryId,
    },
    /// An actor is in custody.
    Custody {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
    },
    /// An actor fled.
    Fled {
        /// Adversary.
        adversary: AdversaryId,
        /// Actor.
        actor: ActorId,
    },
    /// A response has ended all live access.
    Contained {
        /// Adversary.
        adversary: AdversaryId,
    },
    /// An event was lost: its panel was dead or its buffer full, or the log did not reach the defence.
    EventLost {
        /// Panel; none: on the way of a log.
        panel: Option<PanelId>,
    },
}

/// One event of a run.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Event {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: What,
}

/// Truth or observation; never both.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// What is the case.
    Truth(Truth),
    /// What was reported to the defence.
    Observed(Observed),
}

/// Listens to a run. Every method may be left out; what is left out costs nothing.
pub trait Observer {
    /// Something happened, or was reported.
    fn event(&mut self, event: &Event) {
        let _ = event;
    }

    /// The defence decided.
    fn decided(&mut self, request: &AccessRequest, view: &PlaceView, decision: Decision) {
        let _ = (request, view, decision);
    }

    /// The defence was shown something and gave these orders.
    fn observed(&mut self, seen: &Observed, view: &DefenderView, orders: &[Ordered]) {
        let _ = (seen, view, orders);
    }

    /// The defence was woken and gave these orders.
    fn woke(&mut self, token: Wake, view: &DefenderView, orders: &[Ordered]) {
        let _ = (token, view, orders);
    }
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Observer for Nobody {}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn event(&mut self, event: &Event) {
        self.0.event(event);
        self.1.event(event);
    }

    fn decided(&mut self, request: &AccessRequest, view: &PlaceView, decision: Decision) {
        self.0.decided(request, view, decision);
        self.1.decided(request, view, decision);
    }

    fn observed(&mut self, seen: &Observed, view: &DefenderView, orders: &[Ordered]) {
        self.0.observed(seen, view, orders);
        self.1.observed(seen, view, orders);
    }

    fn woke(&mut self, token: Wake, view: &DefenderView, orders: &[Ordered]) {
        self.0.woke(token, view, orders);
        self.1.woke(token, view, orders);
    }
}

impl<O: Observer> Observer for &mut O {
    fn event(&mut self, event: &Event) {
        (**self).event(event);
    }

    fn decided(&mut self, request: &AccessRequest, view: &PlaceView, decision: Decision) {
        (**self).decided(request, view, decision);
    }

    fn observed(&mut self, seen: &Observed, view: &DefenderView, orders: &[Ordered]) {
        (**self).observed(seen, view, orders);
    }

    fn woke(&mut self, token: Wake, view: &DefenderView, orders: &[Ordered]) {
        (**self).woke(token, view, orders);
    }
}
