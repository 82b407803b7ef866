//! What the systems have on file: who was let in where, bookings, visits, keys that are out. It is not the truth: who
//! followed without a badge is in no record.

use doorward_model::base::*;
use doorward_model::defence::{DecisionPlace, IdentityRecord, PassbackScope};
use doorward_model::plan::built_in::{REAUTHORISED_FROM_LEVEL, RECORD_STALE_AFTER};
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{CredentialStatus, Technology, ZoneKind};

use crate::event::{Observer, Truth};
use crate::gate::Gate;
use crate::identity::badges_of;
use crate::simulation::Ctx;
use crate::world::{Cause, Command};

/// A step of the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RecordStep {
    /// Everybody inside is forgiven (anti-passback): which of the times of day.
    Forgive,
    /// The rights of everybody inside are looked at again.
    Reauthorise,
    /// A visit ends, the badge's holder should have gone: person.
    VisitEnds,
    /// A key should be back: its place in the register.
    KeyDue,
    /// A key is brought back: its place in the register.
    KeyBack,
}

/// One day.
const DAY: SimDuration = SimDuration::from_secs(24 * 3600);

/// The area that a credential was last let into, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Heard {
    area: Option<AreaId>,
    at: SimTime,
}

impl Heard {
    const NOTHING: Self = Self { area: None, at: SimTime::ZERO };
}

/// What is on file about a credential, with what is asked of the plan wherever one is looked at: on a large site each time
/// it is another one. In the order of what is asked together: a line of the cache says whether somebody may stay.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Badge {
    card: Card,
    /// Zone that it was last let into; none: not read yet.
    zone: Option<ZoneId>,
    /// When.
    at: SimTime,
    /// End of the visit that it was issued for.
    valid_until: SimTime,
    /// The hidden cause of its having been let in.
    cause: Cause,
    /// The area, as all panels know it.
    heard: Heard,
    /// Granted, and not gone through yet; with the hidden cause.
    let_in: Option<(PortalId, Direction, Cause)>,
    /// A further factor was asked for.
    asked: Option<(PortalId, Direction)>,
}

const _: () = assert!(size_of::<Badge>() == 128);

/// What the plan says of a credential for whoever looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Card {
    /// Whose it is.
    pub person: Option<PersonId>,
    /// Role that its rights come from.
    pub role: Option<RoleId>,
    /// Where its holder works.
    base: Option<ZoneId>,
    /// An account of theirs.
    account: Option<AccountId>,
    pub technology: Technology,
    /// Standing at the start.
    pub status: Option<CredentialStatus>,
}

impl Badge {
    /// One that was not read yet.
    fn new(plan: &Plan, credential: &Credential) -> Self {
        let person = credential.person.map(|person| &plan.people[person.index()]);
        Self {
            card: Card {
                person: credential.person,
                role: credential.role,
                base: person.and_then(|person| person.base),
                account: person.and_then(|person| person.accounts.first().copied()),
                technology: credential.technology,
                status: credential.status,
            },
            zone: None,
            at: SimTime::ZERO,
            cause: Cause::ordinary(EntityKey::new("record", "none"), 0),
            heard: Heard::NOTHING,
            let_in: None,
            asked: None,
            valid_until: SimTime::MAX,
        }
    }
}

/// What is on file about a person.
#[derive(Clone, Copy, Debug)]
struct Holder {
    /// How many of their badges the record has inside, and when one was read last.
    inside: (u16, SimTime),
    /// The network that their device has joined, and where.
    joined: Option<(WifiId, ZoneId)>,
}

impl Holder {
    const NOTHING: Self = Self { inside: (0, SimTime::ZERO), joined: None };
}

/// A zone, as the records know it: in few bytes, for each badge that is read asks for one or two of them.
#[derive(Clone, Copy, Debug)]
struct Room {
    area: Option<AreaId>,
    /// Whether it can be booked.
    bookable: Records,
    /// Whether everybody passes there on the way to somewhere else.
    on_the_way: bool,
    /// Whether one whom the record has there is on the premises.
    on_premises: bool,
    /// Whether the rights of whoever is there are looked at again.
    looked_at: bool,
}

impl Room {
    fn new(zone: &Zone) -> Self {
        Self {
            area: zone.area,
            bookable: Records::BOOKABLE.when(zone.bookable),
            on_the_way: on_the_way(zone),
            on_premises: zone.level > 0 && !zone.offsite(),
            looked_at: zone.level >= REAUTHORISED_FROM_LEVEL && !zone.offsite(),
        }
    }
}

/// A badge at a portal that was granted, or that lacked nothing but company.
#[derive(Clone, Copy, Debug)]
struct Entitled {
    credential: CredentialId,
    at: SimTime,
}

/// A passage that the server has not heard of: its panel is out of reach.
#[derive(Clone, Copy, Debug)]
struct Unheard {
    panel: PanelId,
    credential: CredentialId,
    portal: PortalId,
    direction: Direction,
    at: SimTime,
    cause: Cause,
}

/// A key of a cabinet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySlot {
    pub cabinet: CabinetId,
    pub key: CredentialId,
    /// Who has it; none: it hangs in its place.
    pub out: Option<KeyOut>,
}

/// A key that is out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyOut {
    /// Badge that drew it.
    pub credential: CredentialId,
    /// When it should be back.
    pub due: SimTime,
    /// When it will be.
    pub back: SimTime,
    pub cause: Cause,
}

/// The records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Register {
    /// By zone.
    rooms: Vec<Room>,
    /// By credential.
    badges: Vec<Badge>,
    /// Those whose rights are looked at again, for they were last let into where that is done. Once it was told that a
    /// holder may not stay, nobody repeats that until the badge is read again.
    looked_at: IdSet,
    /// What each panel has heard itself: by panel, then credential. Empty unless anti-passback is local.
    local: Vec<Heard>,
    /// The last badge that could go in where nobody may alone: by portal, then direction.
    entitled: Vec<Option<Entitled>>,
    /// The last badge of somebody who escorts guests, by role: by portal.
    escort: Vec<Option<(RoleId, SimTime)>>,
    /// Roles that escort guests.
    escorts: IdSet,
    /// By person.
    holders: Vec<Holder>,
    /// Bookings and work orders: by person.
    filed: Vec<Option<(ZoneId, Records)>>,
    /// Guests who are signed in: by person.
    visiting: IdSet,
    /// Keys of all cabinets, in their order.
    keys: Vec<KeySlot>,
    /// Accounts with which somebody works at the moment.
    people_sessions: IdSet,
    /// Devices by the count of the network: by zone.
    crowd: Vec<u16>,
    /// Passages that the server has not heard of.
    unheard: Vec<Unheard>,
    /// Requests that got no answer in time, by the identity of their draws: the panel gives one.
    late: Vec<(EntityKey, u32)>,
}

impl Register {
    /// Empty, with room.
    pub(crate) fn new(plan: &Plan) -> Self {
        let credentials = plan.credentials.len();
        let local = plan.policy.access.anti_passback.as_ref().is_some_and(|a| a.scope == PassbackScope::Local);
        let mut escorts = IdSet::with_len(plan.roles.len());
        plan.roles.iter().filter_map(|r| r.guest.as_ref()).flat_map(|g| &g.escorts).for_each(|role| {
            escorts.insert(role.index());
        });
        let keys = plan.cabinets.iter().enumerate().flat_map(|(cabinet, of)| {
            let slot =
                move |key: &CredentialId| KeySlot { cabinet: CabinetId::from_index(cabinet), key: *key, out: None };
            of.keys.iter().map(slot)
        });
        let mut register = Self {
            rooms: plan.zones.iter().map(Room::new).collect(),
            badges: plan.credentials.iter().map(|credential| Badge::new(plan, credential)).collect(),
            looked_at: IdSet::with_len(credentials),
            local: if local { vec![Heard::NOTHING; plan.panels.len() * credentials] } else { Vec::new() },
            entitled: vec![None; plan.portals.len() * 2],
            escort: vec![None; plan.portals.len()],
            escorts,
            holders: vec![Holder::NOTHING; plan.people.len()],
            filed: vec![None; plan.people.len()],
            visiting: IdSet::with_len(plan.people.len()),
            keys: keys.collect(),
            people_sessions: IdSet::with_len(plan.accounts.len()),
            crowd: vec![0; plan.zones.len()],
            unheard: Vec::with_capacity(16),
            late: Vec::with_capacity(16),
        };
        register.reset(plan);
        register
    }

    /// Empties it. Keeps its memory.
    pub(crate) fn reset(&mut self, plan: &Plan) {
        for (badge, of) in self.badges.iter_mut().zip(&plan.credentials) {
            badge.zone = None;
            badge.heard = Heard::NOTHING;
            badge.let_in = None;
            badge.asked = None;
            // Where a badge ends with the visit, there is none before it.
            let guest = plan.policy.access.guests_end && of.person.is_some_and(|p| is_guest(plan, p));
            badge.valid_until = if guest { SimTime::ZERO } else { SimTime::MAX };
        }
        self.looked_at.clear();
        self.local.fill(Heard::NOTHING);
        self.entitled.fill(None);
        self.escort.fill(None);
        self.holders.fill(Holder::NOTHING);
        self.filed.fill(None);
        self.visiting.clear();
        self.keys.iter_mut().for_each(|slot| slot.out = None);
        self.people_sessions.clear();
        self.crowd.fill(0);
        self.unheard.clear();
        self.late.clear();
    }

    /// The keys that hang in a cabinet, with their places.
    pub(crate) fn hanging(&self, cabinet: CabinetId) -> impl Iterator<Item = (u32, CredentialId)> {
        let places = self.keys.iter().enumerate();
        places.filter(move |(_, s)| s.cabinet == cabinet && s.out.is_none()).map(|(place, s)| (place as u32, s.key))
    }

    /// A key is drawn.
    pub(crate) fn draw_key(&mut self, place: u32, out: KeyOut) {
        self.keys[place as usize].out = Some(out);
    }

    /// A request got no answer in time.
    pub(crate) fn set_late(&mut self, key: EntityKey, n: u32) {
        self.late.push((key, n));
    }

    /// Whether it did; asked once.
    pub(crate) fn take_late(&mut self, key: EntityKey, n: u32) -> bool {
        let place = self.late.iter().position(|late| *late == (key, n));
        place.is_some_and(|place| {
            self.late.swap_remove(place);
            true
        })
    }

    /// A grant that nobody has used.
    pub(crate) fn not_taken(&mut self, credential: CredentialId) {
        self.badges[credential.index()].let_in = None;
    }

    /// Whoever presents a badge is asked for a further factor.
    pub(crate) fn set_asked(&mut self, portal: PortalId, direction: Direction, credential: CredentialId) {
        self.badges[credential.index()].asked = Some((portal, direction));
    }

    /// Whether they were; asked once.
    pub(crate) fn take_asked(&mut self, portal: PortalId, direction: Direction, credential: CredentialId) -> bool {
        self.badges[credential.index()].asked.take() == Some((portal, direction))
    }

    /// A badge was granted, or lacked nothing but company, where nobody may go in alone.
    pub(crate) fn could_enter(
        &mut self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        at: SimTime,
    ) {
        self.entitled[portal.index() * 2 + direction.index()] = Some(Entitled { credential, at });
    }

    /// A badge of this role was granted.
    pub(crate) fn granted(
        &mut self,
        (portal, direction): (PortalId, Direction),
        (credential, role): (CredentialId, Option<RoleId>),
        at: SimTime,
        cause: Cause,
    ) {
        self.badges[credential.index()].let_in = Some((portal, direction, cause));
        if let Some(role) = role.filter(|r| self.escorts.contains(r.index())) {
            self.escort[portal.index()] = Some((role, at));
        }
    }

    /// A credential, as the plan has it.
    #[inline]
    pub(crate) fn card(&self, credential: CredentialId) -> Card {
        self.badges[credential.index()].card
    }

    /// Whether the visit is over that a badge was issued for.
    pub(crate) fn expired(&self, credential: CredentialId, now: SimTime) -> bool {
        self.badges[credential.index()].valid_until <= now
    }

    /// The record has a badge in a zone.
    fn put(&mut self, credential: CredentialId, zone: ZoneId, at: SimTime, cause: Cause) {
        let badge = &mut self.badges[credential.index()];
        (badge.zone, badge.at, badge.cause) = (Some(zone), at, cause);
        if self.rooms[zone.index()].looked_at {
            self.looked_at.insert(credential.index());
        } else {
            self.looked_at.remove(credential.index());
        }
    }

    /// Whether one whom the record has in a zone is on the premises.
    fn on_premises(&self, zone: ZoneId) -> bool {
        self.rooms[zone.index()].on_premises
    }

    /// The area on the far side of a portal; none where both sides belong to the same. The inner none: to no area.
    fn area_beyond(&self, door: &Gate, direction: Direction) -> Option<Option<AreaId>> {
        let area = |zone: ZoneId| self.rooms[zone.index()].area;
        (area(door.outer) != area(door.inner)).then(|| area(door.beyond(direction)))
    }

    /// How many devices a network counts in a zone.
    pub(crate) fn crowd(&self, zone: ZoneId) -> u16 {
        self.crowd[zone.index()]
    }

    /// The device of a person has joined a network in a zone, or (none) left it.
    pub(crate) fn set_joined(&mut self, person: PersonId, to: Option<(WifiId, ZoneId)>) {
        let before = std::mem::replace(&mut self.holders[person.index()].joined, to);
        if let Some((_, zone)) = before {
            self.crowd[zone.index()] -= 1;
        }
        if let Some((_, zone)) = to {
            self.crowd[zone.index()] += 1;
        }
    }

    /// Somebody works with an account, or has stopped.
    /// Whether somebody is at work with an account.
    pub(crate) fn has_session(&self, account: AccountId) -> bool {
        self.people_sessions.contains(account.index())
    }

    pub(crate) fn set_session(&mut self, account: AccountId, open: bool) {
        if open {
            self.people_sessions.insert(account.index());
        } else {
            self.people_sessions.remove(account.index());
        }
    }
}

/// Whether somebody comes for a limited time.
fn is_guest(plan: &Plan, person: PersonId) -> bool {
    plan.roles[plan.people[person.index()].role.index()].guest.is_some()
}

/// Whether everybody passes there on the way to somewhere else: nobody writes an order for it.
fn on_the_way(zone: &Zone) -> bool {
    zone.level < 2
        || match zone.kind {
            ZoneKind::Offsite
            | ZoneKind::Grounds
            | ZoneKind::Lobby
            | ZoneKind::Corridor
            | ZoneKind::Stairwell
            | ZoneKind::Lift
            | ZoneKind::Welfare
            | ZoneKind::Mantrap => true,
            ZoneKind::Office
            | ZoneKind::Meeting
            | ZoneKind::DataHall
            | ZoneKind::Network
            | ZoneKind::Plant
            | ZoneKind::Storage
            | ZoneKind::Loading
            | ZoneKind::GuardRoom
            | ZoneKind::Operations
            | ZoneKind::Workshop => false,
        }
}

impl<O: Observer> Ctx<'_, O> {
    /// Schedules what comes by the clock.
    pub(crate) fn open_records(&mut self) {
        let plan = self.plan;
        let access = &plan.policy.access;
        if let Some(anti_passback) = &access.anti_passback {
            let now = plan.calendar.day_ms(self.world.now);
            for (which, time) in anti_passback.forgiven_at.iter().enumerate() {
                let delay = SimDuration::from_millis((time + DAY.as_millis() - now) % DAY.as_millis());
                self.world.after(delay, Command::Record(RecordStep::Forgive, which as u32));
            }
        }
        if let Some(every) = access.reauthorise_every.filter(|every| *every > SimDuration::ZERO) {
            self.world.after(every, Command::Record(RecordStep::Reauthorise, 0));
        }
        if access.guests_end {
            for person in (0..plan.people.len()).map(PersonId::from_index).filter(|p| is_guest(plan, *p)) {
                for account in visit_accounts(plan, person) {
                    self.world.disabled.insert(account.index());
                }
            }
        }
    }

    /// The next step; what the number means depends on the step.
    #[inline(never)]
    pub(crate) fn record_step(&mut self, step: RecordStep, of: u32) -> bool {
        match step {
            RecordStep::Forgive => {
                for badge in &mut self.world.register.badges {
                    badge.heard.area = None;
                }
                self.world.register.local.fill(Heard::NOTHING);
                self.world.after(DAY, Command::Record(RecordStep::Forgive, of));
                true
            }
            RecordStep::Reauthorise => {
                self.reauthorise();
                if let Some(every) = self.plan.policy.access.reauthorise_every {
                    self.world.after(every, Command::Record(RecordStep::Reauthorise, 0));
                }
                true
            }
            RecordStep::VisitEnds => self.visit_ends(PersonId(of)),
            RecordStep::KeyDue => self.key_due(of),
            RecordStep::KeyBack => self.key_back(of),
        }
    }

    // ---------------------------------------------------------- who is where

    /// Somebody whom a reader has let in has gone through: the record has the credential beyond the portal.
    pub(crate) fn record_passage(&mut self, portal: PortalId, direction: Direction, credential: CredentialId) {
        let plan = self.plan;
        let let_in = &mut self.world.register.badges[credential.index()].let_in;
        let Some((.., cause)) = let_in.take_if(|(p, d, _)| (*p, *d) == (portal, direction)) else { return };
        let Some(reader) = self.reader(portal, direction) else { return };
        let (panel, at) = (reader.panel, self.world.now);
        if let Some(area) = self.world.register.area_beyond(self.gate(portal), direction)
            && let Some(heard) =
                self.world.register.local.get_mut(panel.index() * plan.credentials.len() + credential.index())
        {
            *heard = Heard { area, at };
        }
        let state = &self.world.panels[panel.index()];
        let on_site = plan.policy.access.decisions.as_ref().is_some_and(|d| d.place == DecisionPlace::Edge);
        if !state.offline || on_site {
            self.recorded(Unheard { panel, credential, portal, direction, at, cause });
        } else if state.buffer.len() < plan.panels[panel.index()].buffer as usize {
            self.world.register.unheard.push(Unheard { panel, credential, portal, direction, at, cause });
        }
    }

    /// A panel is back: the server hears who went through meanwhile.
    pub(crate) fn records_arrive(&mut self, panel: PanelId) {
        let mut unheard = std::mem::take(&mut self.world.register.unheard);
        unheard.retain(|passage| {
            let arrives = passage.panel == panel;
            if arrives {
                self.recorded(*passage);
            }
            !arrives
        });
        self.world.register.unheard = unheard;
    }

    /// The server hears of a passage; one that is older than what it knows changes nothing.
    fn recorded(&mut self, passage: Unheard) {
        let Unheard { credential, portal, direction, at, cause, .. } = passage;
        let door = self.gate(portal);
        let register = &mut self.world.register;
        let badge = &register.badges[credential.index()];
        if badge.zone.is_some() && badge.at > at {
            return;
        }
        let zone = door.beyond(direction);
        let was_inside = badge.zone.is_some_and(|zone| register.on_premises(zone));
        let is_inside = register.on_premises(zone);
        if let Some(area) = register.area_beyond(door, direction) {
            register.badges[credential.index()].heard = Heard { area, at };
        }
        register.put(credential, zone, at, cause);
        if let Some(person) = register.card(credential).person {
            let (count, read) = &mut register.holders[person.index()].inside;
            *count += u16::from(is_inside);
            *count -= u16::from(was_inside);
            *read = at;
        }
    }

    /// Whether a person is on site by the badge log; unknown where nobody knows whose badge and account belong together.
    pub(crate) fn presence(&self, person: PersonId) -> Presence {
        let linked = &self.plan.policy.identity.linked;
        if !linked.contains(&IdentityRecord::Badges) || !linked.contains(&IdentityRecord::Accounts) {
            return Presence::Unknown;
        }
        if self.has_inside(person) { Presence::Inside } else { Presence::Outside }
    }

    /// Whether the badge log has somebody inside.
    fn has_inside(&self, person: PersonId) -> bool {
        let (badges, read) = self.world.register.holders[person.index()].inside;
        badges > 0 && read + RECORD_STALE_AFTER > self.world.now
    }

    /// People inside by the badge log.
    pub(crate) fn recorded_inside(&self) -> u32 {
        (0..self.plan.people.len()).filter(|p| self.has_inside(PersonId::from_index(*p))).count() as u32
    }

    /// The zone in which the badge log has a credential.
    fn zone_by_record(&self, credential: CredentialId) -> Option<ZoneId> {
        let badge = &self.world.register.badges[credential.index()];
        badge.zone.filter(|_| badge.at + RECORD_STALE_AFTER > self.world.now)
    }

    // ------------------------------------------------------- what a place sees

    /// What is on file about somebody's way into a zone; `server`: whether bookings and orders can be looked up.
    pub(crate) fn records_of(&self, credential: CredentialId, into: ZoneId, server: bool) -> Records {
        let room = self.world.register.rooms[into.index()];
        let Card { person, base, .. } = self.world.register.card(credential);
        let Some(person) = person else { return room.bookable };
        let base = room.on_the_way || base == Some(into);
        let filed = self.world.register.filed[person.index()].filter(|(to, _)| server && *to == into);
        room.bookable.and(Records::BASE.when(base)).and(filed.map_or(Records::default(), |(_, records)| records))
    }

    /// Since when the record has a credential inside the area that a portal leads into from elsewhere.
    pub(crate) fn passed_back(
        &self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        place: Place,
    ) -> Option<SimTime> {
        let policy = self.plan.policy.access.anti_passback.as_ref()?;
        let (register, gate) = (&self.world.register, self.gate(portal));
        let area = register.area_beyond(gate, direction)?.filter(|area| policy.areas.contains(area.index()))?;
        let by_all = register.badges[credential.index()].heard;
        let heard = match (place, policy.scope) {
            (Place::Panel(panel), PassbackScope::Local) => {
                *register.local.get(panel.index() * self.plan.credentials.len() + credential.index())?
            }
            (Place::Panel(panel), PassbackScope::Global) => {
                if self.world.panels[panel.index()].offline {
                    return None;
                }
                by_all
            }
            (Place::Host(_) | Place::Edge(_) | Place::Cloud(_), PassbackScope::Local | PassbackScope::Global) => by_all,
        };
        (heard.area == Some(area)).then_some(heard.at)
    }

    /// Whether somebody else who may go in badged here just now, or is inside by the record. Asked where nobody may be
    /// alone.
    pub(crate) fn companion(
        &self,
        portal: PortalId,
        direction: Direction,
        credential: CredentialId,
        server: bool,
    ) -> bool {
        let Some(within) = self.plan.policy.access.two_person else { return false };
        let into = self.gate(portal).beyond(direction);
        let credentials = &self.plan.credentials;
        let holder = credentials[credential.index()].person;
        let another =
            |c: CredentialId| c != credential && (holder.is_none() || credentials[c.index()].person != holder);
        let here = self.world.register.entitled[portal.index() * 2 + direction.index()];
        here.is_some_and(|e| another(e.credential) && e.at + within >= self.world.now)
            || server
                && (0..credentials.len())
                    .map(CredentialId::from_index)
                    .any(|c| another(c) && self.zone_by_record(c) == Some(into))
    }

    /// Whether somebody who may escort this guest badged here just now. Others need nobody.
    pub(crate) fn escorted(&self, portal: PortalId, role: Option<RoleId>) -> bool {
        let Some(within) = self.plan.policy.access.escorts else { return false };
        let Some(guest) = role.and_then(|r| self.plan.roles[r.index()].guest.as_ref()) else { return false };
        let here = self.world.register.escort[portal.index()];
        here.is_some_and(|(role, at)| guest.escorts.contains(&role) && at + within >= self.world.now)
    }

    // ------------------------------------------------------------ on file

    /// A booking or a work order of somebody's for a zone is on file from now on; it takes the place of an earlier one.
    pub(crate) fn on_file(&mut self, person: PersonId, zone: ZoneId, records: Records) {
        self.world.register.filed[person.index()] = Some((zone, records));
    }

    /// The booking or the work order is over.
    pub(crate) fn off_file(&mut self, person: PersonId) {
        self.world.register.filed[person.index()] = None;
    }

    // --------------------------------------------------------------- visits

    /// A guest arrives: badge, account and visit are issued for the time of the role.
    pub(crate) fn visit_begins(&mut self, person: PersonId) {
        let plan = self.plan;
        let Some(guest) = &plan.roles[plan.people[person.index()].role.index()].guest else { return };
        let until = self.world.now + guest.valid_for;
        let badge = plan.people[person.index()].badge;
        self.world.register.badges[badge.index()].valid_until = until;
        self.world.register.visiting.insert(person.index());
        if plan.policy.access.guests_end {
            if self.status_now(badge) != Some(CredentialStatus::Active) {
                self.change_credential(badge, CredentialStatus::Active, None);
            }
            for account in visit_accounts(plan, person) {
                self.world.disabled.remove(account.index());
            }
        }
        self.world.after(guest.valid_for, Command::Record(RecordStep::VisitEnds, person.0));
    }

    /// A guest has left and was signed out.
    pub(crate) fn visit_over(&mut self, person: PersonId) {
        if self.world.register.visiting.remove(person.index()) {
            self.end_visit(person);
            // Whoever is signed out has left, by whichever door and with all that was given to them.
            for badge in badges_of(self.plan, person) {
                self.world.register.badges[badge.index()].zone = None;
                self.world.register.looked_at.remove(badge.index());
            }
            self.world.register.holders[person.index()].inside.0 = 0;
        }
    }

    /// The time of a visit is up.
    fn visit_ends(&mut self, person: PersonId) -> bool {
        let badge = self.plan.people[person.index()].badge;
        // Signed out before, or signed in anew since.
        let over = self.world.register.expired(badge, self.world.now);
        if !over || !self.world.register.visiting.contains(person.index()) {
            return false;
        }
        let there = self.zone_by_record(badge).filter(|zone| self.world.register.on_premises(*zone));
        if let Some(zone) = there {
            let key = self.plan.people[person.index()].key.mix(EntityKey::new("record", "overstay"));
            let n = self.world.ordinal(key, Purpose::Annunciate);
            let cause = self.world.register.badges[badge.index()].cause.again(key, n);
            self.report(Report::Overstay { credential: badge, zone }, cause);
        }
        self.end_visit(person);
        true
    }

    /// Where it ends with the visit, what a guest was given is taken back.
    fn end_visit(&mut self, person: PersonId) {
        let plan = self.plan;
        if !plan.policy.access.guests_end {
            return;
        }
        let badge = plan.people[person.index()].badge;
        self.world.register.badges[badge.index()].valid_until = self.world.now;
        if self.status_now(badge) == Some(CredentialStatus::Active) {
            self.change_credential(badge, CredentialStatus::Revoked, None);
        }
        for account in visit_accounts(plan, person) {
            self.world.disabled.insert(account.index());
            self.people_lose(account, false);
        }
    }

    // ------------------------------------------------- sessions and networks

    /// Somebody stops working at a computer.
    pub(crate) fn person_logs_out(&mut self, person: PersonId) {
        for account in &self.plan.people[person.index()].accounts {
            self.world.register.set_session(*account, false);
        }
    }

    /// Somebody carries their device into a zone: the network goes with it as far as it is received.
    pub(crate) fn person_roams(&mut self, person: PersonId, zone: ZoneId) {
        if let Some((wifi, _)) = self.world.register.holders[person.index()].joined {
            let received = self.plan.wifi[wifi.index()].zones.contains(zone.index());
            self.world.register.set_joined(person, received.then_some((wifi, zone)));
        }
    }

    /// Somebody is at work in a zone when the run begins: they have badged in there and opened their session before.
    pub(crate) fn was_there(&mut self, person: PersonId, zone: ZoneId, service: Option<ServiceId>) {
        let plan = self.plan;
        let of = &plan.people[person.index()];
        let at = self.world.now;
        let register = &mut self.world.register;
        let Room { area, on_premises, .. } = register.rooms[zone.index()];
        register.put(of.badge, zone, at, Cause::ordinary(of.key, 0));
        register.badges[of.badge.index()].heard = Heard { area, at };
        register.holders[person.index()].inside = (u16::from(on_premises), at);
        let with = |a: &&AccountId| service.is_some_and(|s| plan.accounts[a.index()].services.contains(&s));
        if let Some(account) = of.accounts.iter().find(with) {
            self.world.register.set_session(*account, true);
        }
    }

    /// An account, or its sessions, are taken from whoever works with it: sessions and networks end. `told`: where that
    /// is none of their doing, that it was so.
    pub(crate) fn people_lose(&mut self, account: AccountId, told: bool) {
        let worked = self.world.register.people_sessions.remove(account.index());
        let Some(person) = self.plan.accounts[account.index()].person else { return };
        let connected = self.world.register.holders[person.index()].joined.is_some();
        self.world.register.set_joined(person, None);
        if (worked || connected) && told && self.employed(person) {
            self.tell(Truth::CutOff { person });
        }
        self.person_cut_off(account);
    }

    // -------------------------------------------------------- people inside

    /// Asks for everybody inside by the record whether they may stay.
    fn reauthorise(&mut self) {
        let plan = self.plan;
        let Some(server) = self.server() else { return };
        let mut from = 0;
        while let Some(index) = self.world.register.looked_at.first_from(from) {
            from = index + 1;
            let credential = CredentialId::from_index(index);
            let Some(zone) = self.zone_by_record(credential) else { continue };
            let view = PlaceView {
                records: self.records_of(credential, zone, true),
                account_enabled: self.some_account_enabled(credential),
                companion: true,
                escort: true,
                ..self.card_view(credential, self.status_now(credential))
            };
            let access = Access::Stay { zone, credential };
            let asked = AccessRequest { at: self.world.now, place: Place::Host(server), access };
            let decision = self.ask(asked, view);
            if decision.verdict != Verdict::Allow {
                self.world.register.looked_at.remove(index);
                let key = plan.credentials[index].key.mix(EntityKey::new("record", "stay"));
                let n = self.world.ordinal(key, Purpose::Annunciate);
                let cause = self.world.register.badges[index].cause.again(key, n);
                self.report(Report::StayRefused { zone, credential, reason: decision.reason }, cause);
            }
        }
    }

    /// The access control server, where one answers.
    pub(crate) fn server(&self) -> Option<DeviceId> {
        let mut servers = self.plan.panels.iter().map(|p| p.server);
        servers.find(|server| self.answers(*server))
    }

    /// Whether an account of a badge's holder works, or they have none.
    fn some_account_enabled(&self, credential: CredentialId) -> bool {
        let Card { person, account, .. } = self.world.register.card(credential);
        let (Some(person), Some(first)) = (person, account) else { return true };
        let works = |account: &AccountId| !self.world.disabled.contains(account.index());
        works(&first) || self.plan.people[person.index()].accounts.iter().any(works)
    }

    // ----------------------------------------------------------------- keys

    /// A key should be back.
    fn key_due(&mut self, place: u32) -> bool {
        let KeySlot { cabinet, key, out } = self.world.register.keys[place as usize];
        let Some(out) = out.filter(|out| out.due == self.world.now) else { return false };
        let cause = out.cause.again(out.cause.key.mix(EntityKey::new("key", "due")), out.cause.n);
        self.report(Report::KeyOverdue { cabinet, key, credential: out.credential }, cause);
        true
    }

    /// A key is brought back.
    fn key_back(&mut self, place: u32) -> bool {
        let KeySlot { cabinet, key, out } = self.world.register.keys[place as usize];
        let Some(out) = out.filter(|out| out.back == self.world.now) else { return false };
        self.world.register.keys[place as usize].out = None;
        let cause = out.cause.again(out.cause.key.mix(EntityKey::new("key", "back")), out.cause.n);
        self.report(Report::KeyReturned { cabinet, key }, cause);
        true
    }
}

/// Accounts that end with a visit: not those of a vendor, which have terms of their own.
fn visit_accounts(plan: &Plan, person: PersonId) -> impl Iterator<Item = AccountId> {
    let accounts = plan.people[person.index()].accounts.iter().copied();
    accounts.filter(|a| plan.accounts[a.index()].vendor.is_none())
}
