//! What an adversary can get done at one place: the closed set of works that techniques are made of, beside going through
//! portals.
//!
//! A planner, the engine and a trace ask the same three things of each: where it is done ([`Job::bench`]), whose luck it
//! has ([`Job::target`]), and what it is called ([`Job::describe`]).

use serde::Serialize;

use super::{Direction, Origin, Plan};
use crate::base::*;

/// A piece of work of one actor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Take an asset.
    Take {
        /// Asset.
        asset: AssetId,
    },
    /// Sabotage an asset with one's hands.
    Sabotage {
        /// Asset.
        asset: AssetId,
    },
    /// Plug a device of one's own into a jack.
    Attach {
        /// Jack.
        jack: JackId,
    },
    /// Open a session with an account.
    LogIn {
        /// Service.
        service: ServiceId,
        /// Account.
        account: AccountId,
    },
    /// Get in by a flaw of a service.
    Exploit {
        /// Service.
        service: ServiceId,
    },
    /// Get in by a password that was never changed from the maker's.
    Guess {
        /// Service.
        service: ServiceId,
    },
    /// Try likely passwords.
    Spray {
        /// Service.
        service: ServiceId,
        /// Account.
        account: AccountId,
    },
    /// Ask for the secret of an account.
    Ask {
        /// Account.
        account: AccountId,
    },
    /// Take over somebody's session.
    StealSession {
        /// Device at which they work.
        device: DeviceId,
        /// Their account.
        account: AccountId,
    },
    /// Join a wireless network.
    Join {
        /// Network.
        wifi: WifiId,
        /// Where.
        zone: ZoneId,
        /// With the secret of this account; none: as a guest.
        account: Option<AccountId>,
    },
    /// Get somebody at a workstation to open something.
    Phish {
        /// Workstation.
        device: DeviceId,
    },
    /// Plug something into a device.
    PlugIn {
        /// Device.
        device: DeviceId,
    },
    /// Work at the console of a device.
    TakeConsole {
        /// Device.
        device: DeviceId,
    },
    /// Draw a key from a cabinet.
    DrawKey {
        /// Cabinet.
        cabinet: CabinetId,
        /// Key.
        key: CredentialId,
        /// Badge presented there.
        credential: CredentialId,
    },
    /// Cut the site's connection to the internet.
    CutConnection {
        /// Where its line ends.
        device: DeviceId,
    },
    /// Set the password of an account.
    ResetPassword {
        /// Directory.
        device: DeviceId,
        /// Account.
        account: AccountId,
    },
    /// Do something on a device that helps with what follows.
    Prepare {
        /// Device.
        device: DeviceId,
        /// What.
        how: Preparation,
    },
    /// Read the secrets on a device.
    Harvest {
        /// Device.
        device: DeviceId,
    },
    /// Copy data out.
    Exfiltrate {
        /// Device.
        device: DeviceId,
    },
    /// Enrol a team mate's blank badge.
    Forge {
        /// Access control server.
        server: DeviceId,
        /// The blank.
        credential: CredentialId,
    },
    /// Write a team mate's blank badge into the database by hand.
    Insert {
        /// Database.
        database: DeviceId,
        /// The blank.
        credential: CredentialId,
    },
    /// Bring a badge that has ended back to life.
    Revive {
        /// Personnel records or directory.
        device: DeviceId,
        /// Badge.
        credential: CredentialId,
    },
    /// Change the schedule of a portal, so that it stands unlocked.
    Schedule {
        /// Access control server.
        server: DeviceId,
        /// Portal.
        portal: PortalId,
    },
    /// Bridge the lock of a portal in the enclosure of its panel.
    Bridge {
        /// Panel.
        panel: PanelId,
        /// Portal.
        portal: PortalId,
    },
    /// Pull the fire alarm.
    PullAlarm {
        /// Where.
        zone: ZoneId,
    },
    /// Copy a mark's badge when they come near.
    Copy {
        /// Badge.
        credential: CredentialId,
        /// Where.
        zone: ZoneId,
    },
    /// Watch a mark type a PIN.
    WatchPin {
        /// Badge that the PIN goes with.
        credential: CredentialId,
        /// Portal.
        portal: PortalId,
        /// Which of its readers.
        direction: Direction,
    },
    /// Fit something into a reader and wait for the next badge.
    Tap {
        /// Portal.
        portal: PortalId,
        /// Which of its readers.
        direction: Direction,
    },
    /// Sabotage an asset through the system that controls it.
    Override {
        /// The system.
        device: DeviceId,
        /// Asset.
        asset: AssetId,
    },
    /// Release a portal for a team mate who stands at it.
    Unlock {
        /// By what.
        by: Releaser,
        /// Portal.
        portal: PortalId,
    },
}

/// What is done on a device for what follows from it alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preparation {
    /// A camera, or all that hang on the system, shows nothing any more.
    Blind,
    /// What a camera shows, or all that hang on the system, is seen by the adversary as well.
    Watch,
    /// Reports of the server go nowhere.
    Mute,
    /// What the server has on record is wiped.
    Wipe,
    /// Sensors that the server listens to speak for nothing.
    Flood,
}

/// What releases a portal at a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Releaser {
    /// An operator's session on the access control server.
    Server(DeviceId),
    /// A command to its panel, past the server.
    Panel(PanelId),
    /// A hand on the inside, for who passes in this direction.
    Inside(Direction),
    /// A mark's badge, whose signal is carried from where they are to the reader in this direction.
    Relay {
        /// Badge.
        credential: CredentialId,
        /// Where the mark is.
        zone: ZoneId,
        /// Which reader.
        direction: Direction,
    },
}

/// Where a job is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bench {
    /// On foot in a zone.
    Zone(ZoneId),
    /// On a device that is held.
    Device(DeviceId),
    /// Over a connection to a service.
    Service(ServiceId),
    /// Over a connection to a panel.
    Panel(PanelId),
    /// By mail to whoever works at a device.
    Mail(DeviceId),
    /// On the telephone with whoever has an account.
    Telephone(AccountId),
    /// On foot at a portal, on the side that one passes in this direction from.
    Portal(PortalId, Direction),
}

impl Job {
    /// Where it is done.
    pub fn bench(self, plan: &Plan) -> Bench {
        match self {
            Job::Take { asset } | Job::Sabotage { asset } => Bench::Zone(plan.assets[asset.index()].zone),
            Job::Attach { jack } => Bench::Zone(plan.jacks[jack.index()].zone),
            Job::PlugIn { device } | Job::TakeConsole { device } | Job::CutConnection { device } => {
                Bench::Zone(plan.devices[device.index()].zone)
            }
            Job::DrawKey { cabinet, .. } => {
                Bench::Zone(plan.devices[plan.cabinets[cabinet.index()].device.index()].zone)
            }
            Job::Bridge { panel, .. } => Bench::Zone(plan.panels[panel.index()].zone),
            Job::PullAlarm { zone }
            | Job::Copy { zone, .. }
            | Job::Join { zone, .. }
            | Job::Unlock { by: Releaser::Relay { zone, .. }, .. } => Bench::Zone(zone),
            Job::Unlock { by: Releaser::Inside(direction), portal } => Bench::Portal(portal, direction.back()),
            Job::WatchPin { portal, direction, .. } | Job::Tap { portal, direction } => {
                Bench::Portal(portal, direction)
            }
            Job::LogIn { service, .. }
            | Job::Exploit { service }
            | Job::Guess { service }
            | Job::Spray { service, .. } => Bench::Service(service),
            Job::Ask { account } => Bench::Telephone(account),
            Job::Phish { device } => Bench::Mail(device),
            Job::Harvest { device }
            | Job::Exfiltrate { device }
            | Job::Insert { database: device, .. }
            | Job::Revive { device, .. }
            | Job::ResetPassword { device, .. }
            | Job::Prepare { device, .. }
            | Job::StealSession { device, .. }
            | Job::Forge { server: device, .. }
            | Job::Schedule { server: device, .. }
            | Job::Override { device, .. }
            | Job::Unlock { by: Releaser::Server(device), .. } => Bench::Device(device),
            Job::Unlock { by: Releaser::Panel(panel), .. } => Bench::Panel(panel),
        }
    }

    /// The identity of what it is done to, in draws.
    pub fn target(self, plan: &Plan) -> EntityKey {
        match self {
            Job::Take { asset } | Job::Sabotage { asset } => plan.assets[asset.index()].key,
            Job::Attach { jack } => plan.jacks[jack.index()].key,
            Job::LogIn { service, account } | Job::Spray { service, account } => {
                plan.services[service.index()].key.mix(plan.accounts[account.index()].key)
            }
            Job::StealSession { device, account } => {
                plan.devices[device.index()].key.mix(plan.accounts[account.index()].key)
            }
            Job::Join { wifi, .. } => plan.wifi[wifi.index()].key,
            Job::Exploit { service } | Job::Guess { service } => plan.services[service.index()].key,
            Job::Harvest { device }
            | Job::Exfiltrate { device }
            | Job::Phish { device }
            | Job::PlugIn { device }
            | Job::TakeConsole { device }
            | Job::CutConnection { device }
            | Job::Prepare { device, .. } => plan.devices[device.index()].key,
            Job::ResetPassword { account, .. } | Job::Ask { account } => plan.accounts[account.index()].key,
            Job::DrawKey { key, .. } => plan.credentials[key.index()].key,
            Job::Override { asset, .. } => plan.assets[asset.index()].key,
            Job::Forge { credential, .. }
            | Job::Insert { credential, .. }
            | Job::Revive { credential, .. }
            | Job::Copy { credential, .. }
            | Job::WatchPin { credential, .. } => plan.credentials[credential.index()].key,
            Job::PullAlarm { zone } => plan.zones[zone.index()].key,
            Job::Unlock { portal, .. }
            | Job::Schedule { portal, .. }
            | Job::Bridge { portal, .. }
            | Job::Tap { portal, .. } => plan.portals[portal.index()].key,
        }
    }

    /// The job in words, with names: `enrol blank of walker on acs`.
    pub fn describe(self, plan: &Plan) -> String {
        let asset = |id: AssetId| &plan.assets[id.index()].name;
        let device = |id: DeviceId| &plan.devices[id.index()].name;
        let service = |id: ServiceId| &plan.services[id.index()].name;
        let portal = |id: PortalId| &plan.portals[id.index()].name;
        let badge = |id: CredentialId| &plan.credentials[id.index()].name;
        let panel = |id: PanelId| &plan.panels[id.index()].name;
        let account = |id: AccountId| &plan.accounts[id.index()].name;
        match self {
            Job::Take { asset: a } => format!("take {}", asset(a)),
            Job::Sabotage { asset: a } => format!("sabotage {}", asset(a)),
            Job::Attach { jack } => format!("plug in at {}", plan.jacks[jack.index()].name),
            Job::LogIn { service: s, account: a } => format!("log in to {} as {}", service(s), account(a)),
            Job::Exploit { service: s } => format!("exploit {}", service(s)),
            Job::Guess { service: s } => format!("log in to {} with the maker's password", service(s)),
            Job::Phish { device: d } => format!("get somebody at {} to open something", device(d)),
            Job::PlugIn { device: d } => format!("plug something into {}", device(d)),
            Job::TakeConsole { device: d } => format!("work at the console of {}", device(d)),
            Job::DrawKey { cabinet, key, credential } => {
                let cabinet = &plan.cabinets[cabinet.index()].name;
                format!("draw {} from {cabinet} with {}", badge(key), badge(credential))
            }
            Job::CutConnection { device: d } => format!("cut the line at {}", device(d)),
            Job::ResetPassword { device: d, account: a } => {
                format!("set the password of {} in {}", account(a), device(d))
            }
            Job::Prepare { device: d, how: Preparation::Blind } => format!("blind {}", device(d)),
            Job::Prepare { device: d, how: Preparation::Watch } => format!("watch through {}", device(d)),
            Job::Prepare { device: d, how: Preparation::Mute } => format!("mute {}", device(d)),
            Job::Prepare { device: d, how: Preparation::Wipe } => format!("wipe the records of {}", device(d)),
            Job::Prepare { device: d, how: Preparation::Flood } => {
                format!("flood the alarms through {}", device(d))
            }
            Job::Spray { service: s, account: a } => format!("guess the password of {} at {}", account(a), service(s)),
            Job::Ask { account: a } => format!("ask for the secret of {}", account(a)),
            Job::StealSession { device: d, account: a } => {
                format!("take over the session of {} on {}", account(a), device(d))
            }
            Job::Join { wifi, account: None, .. } => format!("join {} as a guest", plan.wifi[wifi.index()].name),
            Job::Join { wifi, account: Some(a), .. } => {
                format!("join {} as {}", plan.wifi[wifi.index()].name, account(a))
            }
            Job::Insert { database, credential } => format!("write {} into {}", badge(credential), device(database)),
            Job::Revive { device: d, credential } => format!("revive {} in {}", badge(credential), device(d)),
            Job::Schedule { server, portal: p } => format!("unlock {} by schedule on {}", portal(p), device(server)),
            Job::Bridge { panel: at, portal: p } => format!("bridge the lock of {} in {}", portal(p), panel(at)),
            Job::PullAlarm { zone } => format!("pull the fire alarm in {}", plan.zones[zone.index()].name),
            Job::Copy { credential, zone } => {
                format!("copy {} in {}", badge(credential), plan.zones[zone.index()].name)
            }
            Job::WatchPin { credential, portal: p, .. } => {
                format!("watch the PIN of {} at {}", badge(credential), portal(p))
            }
            Job::Tap { portal: p, .. } => format!("tap the reader of {}", portal(p)),
            Job::Override { device: d, asset: a } => format!("sabotage {} through {}", asset(a), device(d)),
            Job::Harvest { device: d } => format!("read secrets on {}", device(d)),
            Job::Exfiltrate { device: d } => format!("copy data out of {}", device(d)),
            Job::Forge { server, credential } => {
                format!("enrol {} on {}", badge(credential), device(server))
            }
            Job::Unlock { by: Releaser::Server(server), portal: p } => {
                format!("release {} from {}", portal(p), device(server))
            }
            Job::Unlock { by: Releaser::Inside(_), portal: p } => format!("open {} from inside", portal(p)),
            Job::Unlock { by: Releaser::Relay { credential, zone, .. }, portal: p } => {
                let zone = &plan.zones[zone.index()].name;
                format!("carry the signal of {} from {zone} to {}", badge(credential), portal(p))
            }
            Job::Unlock { by: Releaser::Panel(at), portal: p } => {
                format!("release {} by a command to {}", portal(p), panel(at))
            }
        }
    }
}

impl Plan {
    /// The name of where a connection comes from.
    pub fn origin_name(&self, origin: Origin) -> &str {
        match origin {
            Origin::Segment(segment) => &self.segments[segment.index()].name,
            Origin::Device(device) => &self.devices[device.index()].name,
        }
    }
}
