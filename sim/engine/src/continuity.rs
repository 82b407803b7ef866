//! What fails, how long, and what follows: links, mains, servers, patches, the fire alarm.
//!
//! Failures are counted at their roots: a lost link, the mains of a feed, a device that stops, a change that broke
//! something. What follows is never stored as a cause of its own: [`Ctx::take_stock`] works it out from the roots and
//! tells what has changed, so that of two failures at once the last return ends both.

use doorward_model::base::*;
use doorward_model::defence::LogKind;
use doorward_model::kind::Kind;
use doorward_model::plan::*;
use doorward_model::signal::*;
use doorward_model::site::{DeviceKind, OutOfReach, PowerLoss};

use crate::event::{Observer, Outage, Truth};
use crate::simulation::Ctx;
use crate::world::Cause;

mod changes;
mod injects;

use changes::Rollout;

/// A step of a failure; what the number beside it means depends on the step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FailureStep {
    /// A panel finds its server again: panel.
    PanelBack,
    /// An inject goes on: inject.
    Goes,
    /// An inject ends: inject.
    Ends,
    /// A panel's battery is empty: panel.
    BatteryEmpty,
    /// A device's backup is empty: device.
    BackupEmpty,
    /// A panel on a crowded line loses its server: inject and panel.
    Crowded,
    /// Somebody finds out that a change has broken something: inject.
    Seen,
    /// What a change broke works again: inject and system.
    Repaired,
    /// The all-clear after a fire alarm that was pulled: how often it was before.
    AllClear,
    /// A connection that was cut is mended.
    Mended,
}

/// What the lock of a portal does without a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LockForced {
    /// Released: fire alarm, or fail-safe without power.
    Released,
    /// Locked, and no badge opens it: fail-secure without power, or a dead panel. The inner handle still does.
    Dead,
}

/// A device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct DeviceState {
    /// Reasons for being down that have not ended.
    failures: u32,
    /// Without mains.
    unfed: bool,
    /// When its backup is empty, if it stays without mains.
    backup_until: SimTime,
    /// Down, as last told.
    down: bool,
}

/// What works and what does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Continuity {
    /// Nothing fails now: what follows need not be asked.
    fails: bool,
    /// Cuts of the connection to the internet.
    wan: u32,
    /// Whose doing it is that the connection to the internet is cut.
    cut_by: Option<(AdversaryId, u16)>,
    /// Fire alarms.
    fires: u32,
    /// Standstills of the transfer from HR.
    syncs: u32,
    /// Losses of the mains, by feed.
    feeds: Vec<u32>,
    /// Floods of video, by segment.
    crowded: Vec<u32>,
    /// Failures of readers, by portal.
    readers: Vec<u32>,
    devices: Vec<DeviceState>,
    /// Which devices are identity providers.
    directories: Vec<DeviceId>,
    /// How far a flapping panel or a rollout has come, by inject.
    turns: Vec<u32>,
    rollouts: Vec<Rollout>,
    /// Logs that do not reach the defence, as last told: bits by [`LOGS`].
    blind: u32,
}

/// Every log.
const LOGS: [LogKind; 14] = [
    LogKind::AccessControl,
    LogKind::Intrusion,
    LogKind::Administration,
    LogKind::Logins,
    LogKind::Firewall,
    LogKind::Endpoints,
    LogKind::People,
    LogKind::Video,
    LogKind::Cabinets,
    LogKind::Visits,
    LogKind::Network,
    LogKind::Health,
    LogKind::Identity,
    LogKind::Behaviour,
];

impl Continuity {
    /// Everything works.
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            feeds: vec![0; plan.feeds.len()],
            crowded: vec![0; plan.segments.len()],
            readers: vec![0; plan.portals.len()],
            devices: vec![DeviceState::default(); plan.devices.len()],
            directories: (0..plan.devices.len())
                .filter(|&d| plan.devices[d].kind == DeviceKind::IdentityProvider)
                .map(DeviceId::from_index)
                .collect(),
            turns: vec![0; plan.injects.len()],
            rollouts: vec![Rollout::default(); plan.injects.len()],
            ..Self::default()
        }
    }

    /// As at the start of a run. Keeps its memory.
    pub(crate) fn reset(&mut self) {
        (self.fails, self.wan, self.fires, self.syncs, self.blind) = (false, 0, 0, 0, 0);
        self.cut_by = None;
        self.feeds.fill(0);
        self.crowded.fill(0);
        self.readers.fill(0);
        self.devices.fill(DeviceState::default());
        self.turns.fill(0);
        self.rollouts.fill(Rollout::default());
    }
}

/// The log that a report is written to. Of those that no rule can watch for, most are what panels say.
fn log_of(report: &Report) -> LogKind {
    match (Kind::of(report), report) {
        (Some(kind), _) => kind.log(),
        (None, Report::DeviceDown { .. }) => LogKind::Health,
        (None, Report::FireAlarm { .. }) => LogKind::Intrusion,
        (None, Report::KeyReturned { .. }) => LogKind::Cabinets,
        (None, Report::Assessed { .. } | Report::GuardReport { .. }) => LogKind::People,
        (None, _) => LogKind::AccessControl,
    }
}

/// Whether a log travels over the network to where it is read; the others are read where they arise.
fn collected(log: LogKind) -> bool {
    match log {
        LogKind::Administration
        | LogKind::Logins
        | LogKind::Firewall
        | LogKind::Endpoints
        | LogKind::Video
        | LogKind::Visits
        | LogKind::Network
        | LogKind::Health
        | LogKind::Identity
        | LogKind::Behaviour => true,
        LogKind::AccessControl | LogKind::Intrusion | LogKind::People | LogKind::Cabinets => false,
    }
}

impl<O: Observer> Ctx<'_, O> {
    /// The next step of a failure.
    #[inline(never)]
    pub(crate) fn failure_step(&mut self, step: FailureStep, of: u32) -> bool {
        match step {
            FailureStep::PanelBack => self.panel_back(PanelId(of)),
            FailureStep::Goes => self.inject_goes(of),
            FailureStep::Ends => self.inject_ends(of),
            FailureStep::BatteryEmpty => {
                let panel = PanelId(of);
                let empty = self.battery_empty(panel) && !self.world.panels[panel.index()].dead;
                if empty {
                    self.take_stock(self.plan.panels[panel.index()].key);
                }
                empty
            }
            FailureStep::BackupEmpty => {
                let device = DeviceId(of);
                let empty = !self.is_up(device) && !self.world.continuity.devices[device.index()].down;
                if empty {
                    self.take_stock(self.plan.devices[device.index()].key);
                }
                empty
            }
            FailureStep::Crowded => self.crowded_panel(of),
            FailureStep::Seen => self.break_seen(of),
            FailureStep::Repaired => self.repaired(of),
            FailureStep::AllClear => self.fire_over(of),
            FailureStep::Mended => self.connection_mended(),
        }
    }

    // ------------------------------------------------------------- questions

    /// Whether a device works: it has power, and nothing has stopped it.
    fn is_up(&self, device: DeviceId) -> bool {
        let state = &self.world.continuity.devices[device.index()];
        state.failures == 0 && !(state.unfed && self.world.now >= state.backup_until)
    }

    /// Whether a device answers on the site: it has power, is not down, not cut off, and the connection to it stands.
    pub(crate) fn answers(&self, device: DeviceId) -> bool {
        self.connects(false, device)
    }

    /// The same from somewhere beyond the site's internet connection, or (`false`) from this side of it.
    pub(crate) fn connects(&self, from_beyond: bool, device: DeviceId) -> bool {
        let works = !self.world.continuity.fails || self.is_up(device);
        works
            && !self.world.isolated.contains(device.index())
            && self.path_stands(from_beyond, self.plan.devices[device.index()].beyond_wan)
    }

    /// Whether two ends of a connection, each beyond the site's internet connection or not, can reach each other.
    fn path_stands(&self, from_beyond: bool, to_beyond: bool) -> bool {
        from_beyond == to_beyond || self.wan_stands()
    }

    /// Whether the connection of the site to the internet stands.
    pub(crate) fn wan_stands(&self) -> bool {
        self.world.continuity.wan == 0
    }

    /// Whether the end of a connection lies beyond the site's internet connection.
    pub(crate) fn beyond_wan(&self, from: Origin) -> bool {
        match from {
            Origin::Segment(segment) => self.plan.segments[segment.index()].internet,
            Origin::Device(device) => self.plan.devices[device.index()].beyond_wan,
        }
    }

    /// Whether the identity provider answers; a site without one does not depend on it.
    pub(crate) fn directory_answers(&self) -> bool {
        let directories = &self.world.continuity.directories;
        directories.is_empty() || directories.iter().any(|device| self.answers(*device))
    }

    /// Whether the fire alarm sounds.
    pub(crate) fn fire_alarm(&self) -> bool {
        self.world.continuity.fires > 0
    }

    /// Whether a card that is presented at a portal reaches its panel.
    pub(crate) fn reader_works(&self, portal: PortalId) -> bool {
        self.world.continuity.readers[portal.index()] == 0
    }

    /// Whether nothing answers at the readers of a panel.
    pub(crate) fn panel_dead(&self, panel: PanelId) -> bool {
        self.world.panels[panel.index()].dead
    }

    /// What the lock of a portal does by itself, whatever anybody commands: a fire alarm or a lack of power.
    #[inline]
    pub(crate) fn lock_forced(&self, portal: PortalId) -> Option<LockForced> {
        self.world.portals[portal.index()].forced
    }

    /// How much longer it takes to get out at a door with delayed egress: not where it is unlocked anyway, nor while the
    /// fire alarm sounds.
    #[inline]
    pub(crate) fn egress_delay(&self, portal: PortalId, direction: Direction) -> SimDuration {
        if self.gate(portal).delays_egress { self.delay_of_egress(portal, direction) } else { SimDuration::ZERO }
    }

    fn delay_of_egress(&self, portal: PortalId, direction: Direction) -> SimDuration {
        let Some(delay) = self.plan.portals[portal.index()].delayed_egress else { return SimDuration::ZERO };
        let at_once =
            direction == Direction::Entry || self.fire_alarm() || self.unlocked(portal) || self.released(portal);
        if at_once { SimDuration::ZERO } else { delay }
    }

    fn battery_empty(&self, panel: PanelId) -> bool {
        let state = &self.world.panels[panel.index()];
        state.unfed && self.world.now >= state.battery_until
    }

    // ------------------------------------------------------------- the logs

    /// Whether a report reaches the defence now.
    #[inline(always)]
    pub(crate) fn log_reaches(&self, report: &Report) -> bool {
        !self.world.continuity.fails && self.world.muted.is_empty() || self.log_still_reaches(report)
    }

    #[cold]
    fn log_still_reaches(&self, report: &Report) -> bool {
        if self.is_muted(report) {
            return false;
        }
        if !self.world.continuity.fails {
            return true;
        }
        let log = log_of(report);
        !self.is_blind(log) && (!collected(log) || self.source(report).is_none_or(|device| self.log_arrives(device)))
    }

    /// Whether an adversary lets a report go nowhere: at its source, at the server of the panels, or where logs are read.
    fn is_muted(&self, report: &Report) -> bool {
        let (log, source) = (log_of(report), self.source(report));
        self.world.muted.iter().map(DeviceId::from_index).any(|device| {
            source == Some(device)
                || match self.plan.devices[device.index()].kind {
                    DeviceKind::Siem => collected(log),
                    DeviceKind::AccessControlServer => log == LogKind::AccessControl,
                    DeviceKind::IntrusionPanel => log == LogKind::Intrusion,
                    _ => false,
                }
        })
    }

    /// The device that keeps what a report says: where logs are collected, else its source, else the server of the panels.
    pub(crate) fn log_holder(&self, report: &Report) -> Option<DeviceId> {
        let log = log_of(report);
        let server = || self.plan.panels.first().map(|panel| panel.server);
        match self.collector().flatten() {
            Some(collector) if collected(log) => Some(collector),
            Some(_) | None if log == LogKind::AccessControl => server(),
            Some(_) | None => self.source(report),
        }
    }

    /// Whether what an alarm was raised on is on record no more.
    pub(crate) fn is_wiped(&self, trigger: Option<ObservationId>) -> bool {
        trigger.is_some_and(|observed| {
            let holder = self.world.holders.get(observed.0 as usize).copied().flatten();
            self.world.cleared.iter().any(|(device, until)| holder == Some(*device) && observed < *until)
        })
    }

    /// Whether nothing of a log reaches the defence.
    fn is_blind(&self, log: LogKind) -> bool {
        let plan = self.plan;
        match log {
            LogKind::Intrusion | LogKind::People | LogKind::Cabinets => false,
            // Panels keep what they have to say. That one of them is missing is seen without its server.
            LogKind::AccessControl => false,
            LogKind::Video => {
                let camera = |d: &usize| plan.devices[*d].kind == DeviceKind::Camera;
                let mut cameras = (0..plan.devices.len()).filter(camera).map(DeviceId::from_index).peekable();
                let none = cameras.peek().is_none();
                self.collector().is_none() || !none && !cameras.any(|c| self.answers(c) && self.log_arrives(c))
            }
            LogKind::Administration
            | LogKind::Logins
            | LogKind::Firewall
            | LogKind::Endpoints
            | LogKind::Visits
            | LogKind::Network
            | LogKind::Health
            | LogKind::Identity
            | LogKind::Behaviour => self.collector().is_none(),
        }
    }

    /// A collector of logs that answers and whose line is free. Where there is none on the plan, logs need none.
    fn collector(&self) -> Option<Option<DeviceId>> {
        let plan = self.plan;
        let mut all = (0..plan.devices.len()).filter(|&d| plan.devices[d].kind == DeviceKind::Siem).peekable();
        if all.peek().is_none() {
            return Some(None);
        }
        let free = |d: &DeviceId| self.answers(*d) && !self.is_crowded(plan.devices[d.index()].segment);
        all.map(DeviceId::from_index).find(free).map(Some)
    }

    /// Whether the logs of a device get to the collector: its line is free, and so is the way to it.
    fn log_arrives(&self, device: DeviceId) -> bool {
        let plan = self.plan;
        let source = &plan.devices[device.index()];
        let Some(collector) = self.collector() else { return false };
        let beyond = collector.is_some_and(|c| plan.devices[c.index()].beyond_wan);
        let works = !self.world.continuity.fails || self.is_up(device);
        works
            && !self.is_crowded(source.segment)
            && (collector.is_none() || self.path_stands(source.beyond_wan, beyond))
    }

    /// The device that a report comes from, where one is known.
    fn source(&self, report: &Report) -> Option<DeviceId> {
        let host = |service: ServiceId| self.plan.services[service.index()].device;
        match *report {
            Report::Login { service, .. } | Report::LoginRefused { service, .. } => Some(host(service)),
            Report::EndpointAlert { device }
            | Report::ConfigurationChanged { device, .. }
            | Report::Health { device, .. } => Some(device),
            _ => None,
        }
    }

    fn is_crowded(&self, segment: SegmentId) -> bool {
        self.world.continuity.crowded[segment.index()] > 0
    }

    /// Whether the access control servers are all out of reach: what the panels see waits with them.
    fn no_access_control(&self) -> bool {
        let mut servers = self.plan.panels.iter().map(|panel| panel.server).peekable();
        servers.peek().is_some() && !servers.any(|server| self.answers(server))
    }

    /// Tells which logs have become blind, or see again.
    fn look_at_logs(&mut self) {
        for (bit, log) in LOGS.into_iter().enumerate() {
            let blind = match log {
                LogKind::AccessControl => self.no_access_control(),
                _ => self.is_blind(log),
            };
            let was = self.world.continuity.blind >> bit & 1 == 1;
            if blind != was {
                self.world.continuity.blind ^= 1 << bit;
                self.tell(Truth::Blind { log, blind });
            }
        }
    }

    // ------------------------------------------------------------- panels

    /// A cause of its own for what one failure (`root`) does to one thing: each may raise an alarm.
    fn outage_cause(&mut self, root: EntityKey, of: EntityKey) -> Cause {
        let key = root.mix(of);
        let n = self.world.ordinal(key, Purpose::InjectChance);
        // What fails while somebody has cut the line is their doing.
        match self.world.continuity.cut_by {
            Some((adversary, act)) => Cause::hostile(adversary, act, key, n),
            None => Cause::ordinary(key, n),
        }
    }

    /// A panel loses its link: the server notices, the panel goes on by itself. [`Ctx::panel_back`] has to follow, once
    /// for each loss.
    pub(crate) fn panel_lost(&mut self, panel: PanelId, cause: Cause) {
        self.world.panels[panel.index()].losses += 1;
        self.look_at_panel(panel, |_| cause);
        self.look_at_portals(Some(panel));
    }

    /// A link of a panel that was lost stands again; other reasons may keep it out of reach.
    pub(crate) fn panel_back(&mut self, panel: PanelId) -> bool {
        let state = &mut self.world.panels[panel.index()];
        if state.losses == 0 {
            return false;
        }
        state.losses -= 1;
        let root = self.plan.panels[panel.index()].key;
        self.look_at_panel(panel, |ctx| ctx.outage_cause(root, root));
        self.look_at_portals(Some(panel));
        true
    }

    /// Tells what has become of a panel.
    fn look_at_panel(&mut self, panel: PanelId, cause: impl FnOnce(&mut Self) -> Cause) {
        let server = self.plan.panels[panel.index()].server;
        let state = &self.world.panels[panel.index()];
        let dead = state.broken > 0 || self.battery_empty(panel);
        let offline = dead || state.losses > 0 || !self.answers(server);
        // A panel that does nothing at all has no link to lose besides.
        let (was_dead, had_no_link) = (state.dead, state.offline && !state.dead);
        if dead != was_dead {
            self.world.panels[panel.index()].dead = dead;
            self.tell(Truth::Outage { what: Outage::Panel(panel), began: dead });
        }
        let has_no_link = offline && !dead;
        if has_no_link != had_no_link {
            self.tell(Truth::Outage { what: Outage::PanelLink(panel), began: has_no_link });
        }
        if offline == self.world.panels[panel.index()].offline {
            return;
        }
        self.world.panels[panel.index()].offline = offline;
        if offline {
            self.downloads_stop(panel);
        }
        let cause = cause(self);
        self.report(Report::PanelLink { panel, up: !offline }, cause);
        if !offline {
            self.hand_over(panel);
        }
    }

    /// A panel that has found its server hands over what it kept, says whether something is missing, and hears of what
    /// has changed.
    fn hand_over(&mut self, panel: PanelId) {
        let state = &mut self.world.panels[panel.index()];
        let mut buffer = std::mem::take(&mut state.buffer);
        let lost = std::mem::take(&mut state.lost);
        for (report, cause) in buffer.drain(..) {
            self.report(report, cause);
        }
        self.world.panels[panel.index()].buffer = buffer;
        self.records_arrive(panel);
        if lost > 0 {
            let key = self.plan.panels[panel.index()].key;
            let cause = self.outage_cause(key, EntityKey::new("outage", "log gap"));
            self.report(Report::LogGap { panel }, cause);
        }
        self.catch_up(panel);
    }

    /// A report of a panel: kept, and late, while it cannot reach its server; lost if it is dead or has no room.
    #[inline(always)]
    pub(crate) fn report_by(&mut self, panel: Option<PanelId>, report: Report, cause: Cause) {
        let Some(panel) = panel else { return };
        if self.world.panels[panel.index()].offline {
            self.keep(panel, report, cause);
        } else {
            self.report(report, cause);
        }
    }

    #[cold]
    fn keep(&mut self, panel: PanelId, report: Report, cause: Cause) {
        let state = &mut self.world.panels[panel.index()];
        if !state.dead && state.buffer.len() < self.plan.panels[panel.index()].buffer as usize {
            state.buffer.push((report, cause));
        } else {
            state.lost += 1;
            self.tell(Truth::EventLost { panel: Some(panel) });
        }
    }

    // ------------------------------------------------------------- taking stock

    /// Works out anew what follows from what fails, and tells what has changed. `root` is what the observations that
    /// come of it are caused by.
    pub(crate) fn take_stock(&mut self, root: EntityKey) {
        self.world.continuity.fails = self.something_fails();
        for index in 0..self.plan.devices.len() {
            let device = DeviceId::from_index(index);
            let down = !self.is_up(device);
            if down != self.world.continuity.devices[index].down {
                self.world.continuity.devices[index].down = down;
                self.tell(Truth::Outage { what: Outage::Device(device), began: down });
                let cause = self.outage_cause(root, self.plan.devices[index].key);
                self.report(Report::DeviceDown { device, up: !down }, cause);
            }
        }
        for index in 0..self.plan.panels.len() {
            let key = self.plan.panels[index].key;
            self.look_at_panel(PanelId::from_index(index), |ctx| ctx.outage_cause(root, key));
        }
        self.look_at_portals(None);
        self.look_at_logs();
        self.look_at_sessions();
    }

    /// Whether anything fails that is more than the link of a panel.
    fn something_fails(&self) -> bool {
        let state = &self.world.continuity;
        let unwell = |d: &DeviceState| d.failures > 0 || d.unfed || d.down;
        state.wan > 0
            || !self.world.isolated.is_empty()
            || state.feeds.iter().chain(&state.crowded).any(|n| *n > 0)
            || state.devices.iter().any(unwell)
    }

    /// Tells what has become of portals: all, or those of a panel.
    pub(super) fn look_at_portals(&mut self, of: Option<PanelId>) {
        for index in 0..self.plan.portals.len() {
            let portal = PortalId::from_index(index);
            if of.is_some_and(|panel| !self.panels_of(portal).any(|p| p == panel)) {
                continue;
            }
            let forced = self.forced(portal);
            let dead = |p: PanelId| self.world.panels[p.index()].dead;
            let refuses = |p: PanelId| {
                self.world.panels[p.index()].offline && self.plan.panels[p.index()].out_of_reach == OutOfReach::Deny
            };
            let at_readers = self.plan.portals[index].readers.iter().flatten().map(|r| r.panel);
            let out = !self.reader_works(portal)
                || self.without_power(portal)
                || self.panels_of(portal).any(dead)
                || at_readers.into_iter().any(refuses);
            let state = &mut self.world.portals[index];
            state.forced = forced;
            if state.out_of_service != out {
                state.out_of_service = out;
                self.tell(Truth::OutOfService { portal, out });
            }
        }
    }

    /// The panels of a portal: that of the lock, and those of the readers.
    fn panels_of(&self, portal: PortalId) -> impl Iterator<Item = PanelId> + use<'_, O> {
        let door = &self.plan.portals[portal.index()];
        door.panel.into_iter().chain(door.readers.iter().flatten().map(|r| r.panel))
    }

    /// What a lock does by itself. The fire alarm is wired to the lock; a panel that a change has broken keeps it
    /// locked, as it has power.
    fn forced(&self, portal: PortalId) -> Option<LockForced> {
        let door = &self.plan.portals[portal.index()];
        let lock = door.lock.as_ref()?;
        if self.fire_alarm() && lock.fire_release {
            return Some(LockForced::Released);
        }
        if self.is_bridged(portal) {
            return Some(LockForced::Released);
        }
        if self.without_power(portal) {
            return Some(match lock.power_loss {
                PowerLoss::FailSafe => LockForced::Released,
                PowerLoss::FailSecure => LockForced::Dead,
            });
        }
        let broken = |panel: PanelId| self.world.panels[panel.index()].broken > 0;
        door.panel.is_some_and(broken).then_some(LockForced::Dead)
    }

    /// Whether the electric lock of a portal has no power: it is fed by its panel, and without one by the mains.
    fn without_power(&self, portal: PortalId) -> bool {
        let door = &self.plan.portals[portal.index()];
        match (&door.lock, door.panel) {
            (None, _) => false,
            (Some(_), Some(panel)) => self.battery_empty(panel),
            (Some(_), None) => self.unfed(|feed| feed.portals.contains(&portal)),
        }
    }

    /// Whether something has no mains: it hangs on feeds, and none of them has any. What hangs on two has both to lose.
    fn unfed(&self, hangs_on: impl Fn(&Feed) -> bool) -> bool {
        let mut feeds = self.plan.feeds.iter().zip(&self.world.continuity.feeds).filter(|(feed, _)| hangs_on(feed));
        let Some((_, first)) = feeds.next() else { return false };
        *first > 0 && feeds.all(|(_, lost)| *lost > 0)
    }

    /// Sessions of adversaries whose connection has broken end, and they notice.
    fn look_at_sessions(&mut self) {
        for index in 0..self.world.adversaries.len() {
            let id = AdversaryId::from_index(index);
            if self.world.sessions.iter().any(|s| s.adversary == id && !self.session_stands(s)) {
                self.lose_footholds(id);
            }
        }
    }

    /// Whether nothing that fails cuts a session.
    pub(crate) fn session_stands(&self, session: &crate::world::Session) -> bool {
        self.connects(self.beyond_wan(session.from), session.device)
    }
}
