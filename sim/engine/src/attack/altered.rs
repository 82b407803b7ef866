//! What an adversary leaves behind: schedules changed, locks bridged, a fire alarm pulled, records made up.

use doorward_model::base::*;
use doorward_model::plan::Preparation;
use doorward_model::plan::built_in::{FLOOD_ALARMS, FLOOD_EVERY};
use doorward_model::signal::*;
use doorward_model::site::{AccountRole, CredentialStatus, DeviceKind};

use crate::event::{Gain, Observer, Truth};
use crate::records::{KeyOut, RecordStep};
use crate::simulation::Ctx;
use crate::world::{ActorRef, Cause, Command, Doing};

/// A right or a lock that an adversary has changed, until somebody puts it back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Alteration {
    pub adversary: AdversaryId,
    pub portal: PortalId,
    pub how: Altered,
}

/// How a portal was made to stand unlocked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Altered {
    /// By its schedule, under this account.
    Schedule(Option<AccountId>),
    /// By a bridge across the relay of its lock.
    Bridge,
    /// It is broken.
    Broken,
}

impl<O: Observer> Ctx<'_, O> {
    /// A schedule is changed at the server; the panel has it after its download.
    pub(super) fn schedule(
        &mut self,
        who: ActorRef,
        doing: Doing,
        server: DeviceId,
        portal: PortalId,
        technique: TechniqueId,
    ) {
        let id = who.adversary();
        if doing.part > 0 {
            // It may have been put back before the panel ever had it.
            let by_schedule =
                |a: &Alteration| a.adversary == id && a.portal == portal && matches!(a.how, Altered::Schedule(_));
            if !self.world.altered.iter().any(by_schedule) {
                return self.fail(who, doing.intent, Failure::DidNotWork);
            }
            self.world.portals[portal.index()].released_until = SimTime::MAX;
            return self.succeed(who, doing.intent);
        }
        let listens =
            |p: &PanelId| self.plan.panels[p.index()].server == server && !self.world.panels[p.index()].offline;
        let panel = self.plan.portals[portal.index()].panel.filter(listens);
        let Some(account) = self.as_administrator(who, &doing, server, panel.is_some(), technique) else { return };
        let Some(panel) = panel else { return };
        self.settings_changed(server, account, self.cause(who, &doing));
        self.world.altered.push(Alteration { adversary: id, portal, how: Altered::Schedule(account) });
        let takes = &self.plan.panels[panel.index()].download_time;
        let takes = self.world.time(takes, doing.key, Purpose::DownloadTime, doing.n);
        self.go_on_with(who, takes);
    }

    /// The account of an administrator's session under which something is done on a device (inner none: programs run there
    /// without one), where that can be done at all and works; else the attempt has failed.
    pub(super) fn as_administrator(
        &mut self,
        who: ActorRef,
        doing: &Doing,
        device: DeviceId,
        possible: bool,
        technique: TechniqueId,
    ) -> Option<Option<AccountId>> {
        let account = self.session_for(who.adversary(), device, AccountRole::Administrator);
        let why = match account {
            None => Failure::SessionLost,
            Some(_) if possible && self.works(who, doing, technique, Probability::ONE) => return account,
            Some(_) => Failure::DidNotWork,
        };
        self.fail(who, doing.intent, why);
        None
    }

    /// A log shows a change that nobody has on file, where it was made under an account.
    fn settings_changed(&mut self, device: DeviceId, account: Option<AccountId>, cause: Cause) {
        if let Some(account) = account {
            self.report(Report::ConfigurationChanged { device, account, planned: false }, cause);
        }
    }

    /// Schedules that were changed under an account are put back; whose doing they were.
    pub(crate) fn put_schedules_back(&mut self, account: AccountId) -> Option<AdversaryId> {
        let mut of = None;
        let altered = std::mem::take(&mut self.world.altered);
        for alteration in &altered {
            if alteration.how == Altered::Schedule(Some(account)) {
                of = Some(alteration.adversary);
                self.world.portals[alteration.portal.index()].released_until = self.world.now;
            } else {
                self.world.altered.push(*alteration);
            }
        }
        of
    }

    /// A lock is bridged in the enclosure of its panel.
    pub(super) fn bridge(&mut self, who: ActorRef, doing: Doing, portal: PortalId, technique: TechniqueId) {
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.world.altered.push(Alteration { adversary: who.adversary(), portal, how: Altered::Bridge });
        let panel = self.plan.portals[portal.index()].panel;
        self.look_at_portals(panel);
        self.succeed(who, doing.intent);
    }

    /// Whether the lock of a portal is bridged.
    pub(crate) fn is_bridged(&self, portal: PortalId) -> bool {
        self.world.altered.iter().any(|a| a.portal == portal && a.how == Altered::Bridge)
    }

    /// A barrier that was overcome with force is none any more.
    pub(super) fn broken(&mut self, who: ActorRef, portal: PortalId) {
        if !self.is_broken(portal) {
            self.world.altered.push(Alteration { adversary: who.adversary(), portal, how: Altered::Broken });
        }
    }

    /// Whether somebody has broken a barrier.
    pub(crate) fn is_broken(&self, portal: PortalId) -> bool {
        self.world.altered.iter().any(|a| a.portal == portal && a.how == Altered::Broken)
    }

    /// The fire alarm is pulled.
    pub(super) fn pull_alarm(&mut self, who: ActorRef, doing: Doing, technique: TechniqueId) {
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.fire_pulled(self.cause(who, &doing));
        self.succeed(who, doing.intent);
    }

    /// A blank is written into the database of access control: panels take it as any other, and no log shows it.
    pub(super) fn insert(
        &mut self,
        who: ActorRef,
        doing: Doing,
        database: DeviceId,
        credential: CredentialId,
        technique: TechniqueId,
    ) {
        let id = who.adversary();
        if doing.part > 0 {
            return self.succeed(who, doing.intent);
        }
        if !self.world.adversaries[id.index()].footholds.contains(database.index()) {
            return self.fail(who, doing.intent, Failure::SessionLost);
        }
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.enrolled(who, credential, None);
    }

    /// A blank is on file at the server. It is of use once the panels have it; the console shows when.
    pub(super) fn enrolled(&mut self, who: ActorRef, credential: CredentialId, by: Option<AccountId>) {
        let last = self.change_credential(credential, CredentialStatus::Active, by);
        self.world.adversaries[who.adversary().index()].credentials.insert(credential.index());
        self.gain(who.adversary(), Gain::Credential(credential));
        self.go_on_with(who, last - self.world.now);
    }

    /// The records say that somebody who has left works here: the news goes the way of all others, and where none goes to
    /// the badges nothing comes of it.
    pub(super) fn revive(
        &mut self,
        who: ActorRef,
        doing: Doing,
        device: DeviceId,
        credential: CredentialId,
        technique: TechniqueId,
    ) {
        match doing.part {
            0 => {
                let lag = self.plan.policy.identity.badges_end.as_ref();
                let account = self.as_administrator(who, &doing, device, lag.is_some(), technique);
                let Some((account, lag)) = account.zip(lag) else { return };
                self.settings_changed(device, account, self.cause(who, &doing));
                let takes = self.world.time(&lag.takes, doing.key, Purpose::TransferTime, doing.n);
                self.go_on_with(who, takes);
            }
            1 => {
                let last = self.change_credential(credential, CredentialStatus::Active, None);
                self.go_on_with(who, last - self.world.now);
            }
            _ => self.succeed(who, doing.intent),
        }
    }

    /// A key is drawn from a cabinet, if that gives it out for this badge.
    pub(super) fn takes_key(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (cabinet, key): (CabinetId, CredentialId),
        credential: CredentialId,
        technique: TechniqueId,
    ) {
        let id = who.adversary();
        let device = self.plan.cabinets[cabinet.index()].device;
        let holds = self.world.adversaries[id.index()].credentials.contains(credential.index());
        let hanging = self.world.register.hanging(cabinet).find(|(_, k)| *k == key);
        let Some((place, _)) = hanging.filter(|_| holds && self.answers(device)) else {
            return self.fail(who, doing.intent, Failure::NotThere);
        };
        let cause = self.cause(who, &doing);
        let decision = self.ask_cabinet(cabinet, key, credential, cause);
        if decision.verdict != Verdict::Allow {
            return self.fail(who, doing.intent, Failure::Refused);
        }
        let due = self.world.now + self.plan.cabinets[cabinet.index()].return_within;
        // It does not come back.
        self.world.register.draw_key(place, KeyOut { credential, due, back: SimTime::MAX, cause });
        self.world.queue.push(due, Command::Record(RecordStep::KeyDue, place), false);
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.world.adversaries[id.index()].credentials.insert(key.index());
        self.gain(id, Gain::Credential(key));
        self.succeed(who, doing.intent);
    }

    /// The password of an account is set in the directory: from here on it is known.
    pub(super) fn reset_password(
        &mut self,
        who: ActorRef,
        doing: Doing,
        device: DeviceId,
        account: AccountId,
        technique: TechniqueId,
    ) {
        let signs_on = self.plan.signs_on(&self.plan.accounts[account.index()]);
        let Some(by) = self.as_administrator(who, &doing, device, signs_on, technique) else { return };
        self.settings_changed(device, by, self.cause(who, &doing));
        self.knows_secret(who, doing, account);
    }

    /// The line to the internet is cut.
    pub(super) fn cuts_line(&mut self, who: ActorRef, doing: Doing, technique: TechniqueId) {
        if !self.manages(who, &doing, technique) {
            return;
        }
        self.connection_cut(self.cause(who, &doing));
        self.succeed(who, doing.intent);
    }

    /// On a device, something that others rely on stops, says what is not so, or tells the adversary.
    pub(super) fn prepares(
        &mut self,
        who: ActorRef,
        doing: Doing,
        (device, how): (DeviceId, Preparation),
        technique: TechniqueId,
    ) {
        let Some(account) = self.as_administrator(who, &doing, device, true, technique) else { return };
        match how {
            Preparation::Blind => {
                for camera in 0..self.plan.devices.len() {
                    if self.is_shown_by(DeviceId::from_index(camera), device) {
                        self.world.blinded.insert(camera);
                    }
                }
            }
            Preparation::Watch => {
                self.world.adversaries[who.adversary().index()].watches.insert(device.index());
            }
            Preparation::Mute => {
                self.world.muted.insert(device.index());
            }
            Preparation::Wipe => {
                let observed = ObservationId(self.world.causes.len() as u32);
                self.world.cleared.push((device, observed));
                self.world.adversaries.iter_mut().for_each(|a| a.on_record.retain(|(_, at)| *at != Some(device)));
                self.tell(Truth::Wiped { device });
                self.settings_changed(device, account, self.cause(who, &doing));
            }
            Preparation::Flood => self.flood_alarms(self.cause(who, &doing)),
        }
        self.succeed(who, doing.intent);
    }

    /// Whether what a camera shows can be had on a device: on the camera itself, or on the system that all of them hang on.
    fn is_shown_by(&self, camera: DeviceId, device: DeviceId) -> bool {
        let kind = |id: DeviceId| self.plan.devices[id.index()].kind;
        kind(camera) == DeviceKind::Camera && (camera == device || kind(device) != DeviceKind::Camera)
    }

    /// Whether an adversary sees what happens in a zone, on a camera that it has got into.
    pub(crate) fn watches(&self, id: AdversaryId, zone: ZoneId) -> bool {
        let into = self.world.adversaries[id.index()].watches.iter().map(DeviceId::from_index);
        let mut into = into.filter(|device| self.session_for(id, *device, AccountRole::Administrator).is_some());
        let cameras = &self.plan.zones[zone.index()].cameras;
        into.any(|device| cameras.iter().any(|camera| self.is_shown_by(*camera, device) && self.camera_sees(*camera)))
    }

    /// Whether a camera shows what is in front of it.
    pub(crate) fn camera_sees(&self, camera: DeviceId) -> bool {
        self.answers(camera) && !self.world.blinded.contains(camera.index())
    }

    /// Sensors speak one after the other, for nothing.
    fn flood_alarms(&mut self, cause: Cause) {
        let sensors = self.plan.sensors.len() as u32;
        for n in (0..FLOOD_ALARMS).filter(|_| sensors > 0) {
            let after = SimDuration::from_millis(FLOOD_EVERY.as_millis() * u64::from(n));
            self.world.after(after, Command::Flooded(SensorId(n % sensors), n + cause.n * FLOOD_ALARMS));
        }
    }

    /// A sensor speaks that has nothing to say: nothing that an adversary did is where it points.
    #[inline(never)]
    pub(crate) fn flooded(&mut self, sensor: SensorId, n: u32) -> bool {
        let key = self.plan.sensors[sensor.index()].key.mix(EntityKey::new("alarms", "flood"));
        self.report(Report::SensorActive { sensor }, Cause::ordinary(key, n));
        true
    }
}
