//! From a site file to the dense half of the plan that is the site.

use indexmap::IndexMap;
use petgraph::unionfind::UnionFind;

use super::check::Check;
use super::names::Names;
use super::site_part::{SitePart, join};
use super::*;
use crate::defence::NetworkFile;
use crate::site::*;
use crate::text::{Path, nearest};

/// Names of a map as ids.
fn id<I>(index: Option<usize>, make: impl Fn(usize) -> I) -> I {
    // A dangling name is a problem already noted; the plan is thrown away.
    make(index.unwrap_or(0))
}

/// Compiles a site. Where `check` holds problems afterwards, the result is not to be used.
pub(super) fn compile(file: &SiteFile, network: &NetworkFile, check: &mut Check<'_>) -> Option<SitePart> {
    check.schema(file.schema);
    let mut compiler = Compiler { file, check, services: IndexMap::new(), people: IndexMap::new() };
    let part = compiler.compile(network);
    check.problems.is_empty().then_some(part)
}

/// Whether anything installed is of the class that a figure belongs to. Figures that belong to no class always count.
pub(super) fn uses(file: &SiteFile, path: &Path) -> bool {
    let [map, class, ..] = path.0.as_slice() else { return true };
    let mut portals = file.portals.values();
    match map.as_str() {
        "barriers" => portals.filter_map(|p| file.hardware.get(&p.hardware)).any(|h| h.barrier.as_ref() == Some(class)),
        "hardware" => portals.any(|p| p.hardware == *class),
        "reader_types" => portals.flat_map(|p| p.entry.iter().chain(&p.exit)).any(|r| r.kind == *class),
        "sensor_types" => file.sensors.values().any(|s| s.kind == *class),
        "hardening" => file.devices.values().any(|d| d.hardening == *class),
        _ => true,
    }
}

/// The index of a name or, where it dangles, of the one that it is likely a slip for: one slip is one problem, without those
/// that would follow from it.
fn meant<T>(name: &str, names: &IndexMap<String, T>) -> Option<usize> {
    names.get_index_of(name).or_else(|| names.get_index_of(nearest(name, names.keys().map(String::as_str))?))
}

/// Whether the end of a flow takes in all of a segment, or this device on it.
fn is_end(file: &SiteFile, end: &EndpointFile, segment: &str, device: Option<&str>) -> bool {
    match end {
        EndpointFile::Segment(name) => meant(name, &file.segments) == file.segments.get_index_of(segment),
        EndpointFile::Device(name) => {
            device.is_some_and(|device| meant(name, &file.devices) == file.devices.get_index_of(device))
        }
    }
}

/// Who administers from nowhere in particular works at the first workstation of their base.
fn at_their_bases(part: &mut SitePart) {
    let mut first = vec![None; part.zones.len()];
    for (index, device) in part.devices.iter().enumerate().rev().filter(|(_, d)| d.kind == DeviceKind::Workstation) {
        first[device.zone.index()] = Some(DeviceId::from_index(index));
    }
    for account in &mut part.accounts {
        let base = account.person.and_then(|person| part.people[person.index()].base);
        account.workplace = account.workplace.or(base.and_then(|base| first[base.index()]));
    }
}

/// Walking speeds that can be meant, in metres per second.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=10.0;
/// The most people of a role.
const MOST_PEOPLE: u32 = 100_000;
/// No site is wider than this: metres from its origin.
const WIDEST: f64 = 1e6;

struct Compiler<'f, 'c, 'd> {
    file: &'f SiteFile,
    check: &'c mut Check<'d>,
    /// `device/service` names in order.
    services: IndexMap<String, ()>,
    /// People by name: the named ones, then the numbered ones of each role.
    people: IndexMap<String, RoleId>,
}

impl Compiler<'_, '_, '_> {
    fn compile(&mut self, network: &NetworkFile) -> SitePart {
        let file = self.file;
        for (name, device) in &file.devices {
            for service in device.services.keys() {
                self.services.insert(format!("{name}/{service}"), ());
            }
        }
        let walking_speed = self.check.number(&Path::from("walking_speed"), &file.walking_speed);
        if !SPEEDS.contains(&walking_speed) {
            self.check.problem(
                &Path::from("walking_speed"),
                "nobody walks like that",
                "metres per second, such as 1.2",
            );
        }
        let (roles, people, credentials) = self.people();
        let zones = self.zones();
        let panels = self.panels();
        let sensors = self.sensors();
        let portals = self.portals();
        let assets = self.assets();
        let devices = self.devices();
        let services = self.services_of_devices();
        let accounts = self.accounts();
        let mut part = SitePart {
            pace: Pace::new(walking_speed),
            sensor_types: file.sensor_types.keys().cloned().collect(),
            posts: self.posts(&roles),
            forces: self.forces(),
            areas: Vec::new(),
            muster: None,
            wifi: Vec::new(),
            cabinets: Vec::new(),
            feeds: Vec::new(),
            habits: None,
            routines: Vec::new(),
            segments: self.segments(),
            flows: self.flows(),
            jacks: self.jacks(),
            zones,
            portals,
            panels,
            sensors,
            assets,
            devices,
            services,
            accounts,
            roles,
            people,
            credentials,
        };
        compile_people::fill(&mut part, file, self.check);
        let names = Names::of(&part);
        part.routines = compile_acts::routines(file, &part, &names, self.check);
        self.collisions();
        self.unreachable_zones();
        self.unreachable_servers();
        if self.check.problems.is_empty() {
            at_their_bases(&mut part);
            join(&mut part, file, network);
            compile_people::unreachable_places(&part, self.check);
        }
        part
    }

    // ------------------------------------------------------------ look-ups

    fn zone(&mut self, path: &Path, name: &str) -> ZoneId {
        id(self.check.find(path, "zone", name, &self.file.zones), ZoneId::from_index)
    }

    fn segment(&mut self, path: &Path, name: &str) -> SegmentId {
        id(self.check.find(path, "segment", name, &self.file.segments), SegmentId::from_index)
    }

    fn device(&mut self, path: &Path, name: &str) -> DeviceId {
        id(self.check.find(path, "device", name, &self.file.devices), DeviceId::from_index)
    }

    fn portal(&mut self, path: &Path, name: &str) -> PortalId {
        id(self.check.find(path, "portal", name, &self.file.portals), PortalId::from_index)
    }

    fn panel(&mut self, path: &Path, name: &str) -> PanelId {
        id(self.check.find(path, "panel", name, &self.file.panels), PanelId::from_index)
    }

    fn role(&mut self, path: &Path, name: &str) -> RoleId {
        id(self.check.find(path, "role", name, &self.file.roles), RoleId::from_index)
    }

    fn account(&mut self, path: &Path, name: &str) -> AccountId {
        id(self.check.find(path, "account", name, &self.file.accounts), AccountId::from_index)
    }

    fn service(&mut self, path: &Path, name: &str) -> ServiceId {
        id(self.check.find(path, "service", name, &self.services), ServiceId::from_index)
    }

    fn person(&mut self, path: &Path, name: &str) -> PersonId {
        id(self.check.find(path, "person", name, &self.people), PersonId::from_index)
    }

    /// A credential: a name in `credentials`, or a person's badge.
    fn credential(&mut self, path: &Path, name: &str) -> CredentialId {
        if let Some(index) = self.file.credentials.get_index_of(name) {
            return CredentialId::from_index(self.people.len() + index);
        }
        if let Some(index) = self.people.get_index_of(name) {
            return CredentialId::from_index(index);
        }
        let names = self.file.credentials.keys().chain(self.people.keys()).map(String::as_str);
        self.check.dangling(path, "credential", name, names.collect::<Vec<_>>().into_iter());
        CredentialId(0)
    }

    // ------------------------------------------------------------- people

    fn people(&mut self) -> (Vec<Role>, Vec<Person>, Vec<Credential>) {
        let file = self.file;
        let mut named = vec![0_u32; file.roles.len()];
        for (name, person) in &file.people {
            let path = Path::from("people").child(name);
            let role = self.role(&path.child("role"), &person.role);
            if let Some(count) = named.get_mut(role.index()) {
                *count += 1;
            }
            self.people.insert(name.clone(), role);
        }
        for (index, (name, role)) in file.roles.iter().enumerate() {
            if role.headcount > MOST_PEOPLE {
                let path = Path::from("roles").child(name).child("headcount");
                self.check.problem(
                    &path,
                    format!("{} people are too many", role.headcount),
                    format!("at most {MOST_PEOPLE}"),
                );
                continue;
            }
            if named[index] > role.headcount {
                let path = Path::from("roles").child(name).child("headcount");
                self.check.problem(
                    &path,
                    format!("`{name}` has {} named people but a head count of {}", named[index], role.headcount),
                    "the head count includes the named people",
                );
            }
            for number in named[index]..role.headcount {
                let member = format!("{name}-{:03}", number + 1);
                if self.people.insert(member.clone(), RoleId::from_index(index)).is_some() {
                    self.check.problem_at_key(
                        &Path::from("people").child(&member),
                        format!("`{member}` is also what a numbered member of `{name}` is called"),
                        "give one of them another name",
                    );
                }
            }
        }
        let mut roles: Vec<Role> = file.roles.iter().map(|(name, role)| self.one_role(name, role)).collect();
        let mut people = Vec::new();
        let mut credentials = Vec::new();
        for (index, (name, role)) in self.people.iter().enumerate() {
            let Some((_, of)) = file.roles.get_index(role.index()) else { continue };
            roles[role.index()].people.push(PersonId::from_index(index));
            people.push(Person {
                name: name.clone(),
                key: EntityKey::new("person", name),
                role: *role,
                badge: CredentialId::from_index(index),
                accounts: Vec::new(),
                base: None,
                old_badges: Vec::new(),
            });
            credentials.push(Credential {
                name: name.clone(),
                key: EntityKey::new("badge", name),
                person: Some(PersonId::from_index(index)),
                role: Some(*role),
                technology: of.badge,
                status: Some(CredentialStatus::Active),
            });
        }
        for (name, credential) in &file.credentials {
            let path = Path::from("credentials").child(name);
            if self.people.contains_key(name) {
                self.check.problem_at_key(&path, format!("`{name}` has a badge of that name"), "call it otherwise");
            }
            let person = credential.person.as_ref().map(|p| self.person(&path.child("person"), p));
            credentials.push(Credential {
                name: name.clone(),
                key: EntityKey::new("credential", name),
                person,
                role: person.and_then(|p| people.get(p.index())).map(|p| p.role),
                technology: credential.technology,
                status: Some(credential.status),
            });
        }
        (roles, people, credentials)
    }

    fn one_role(&mut self, name: &str, role: &RoleFile) -> Role {
        let path = Path::from("roles").child(name).child("access");
        let mut rights = Vec::new();
        for (index, level) in role.access.iter().enumerate() {
            let Some(found) =
                self.check.find(&path.child(index.to_string()), "access level", level, &self.file.access_levels)
            else {
                continue;
            };
            let (level_name, level) = self.file.access_levels.get_index(found).expect("index was just found");
            let zones_path = Path::from("access_levels").child(level_name).child("zones");
            let mut zones = IdSet::with_len(self.file.zones.len());
            for (i, zone) in level.zones.iter().enumerate() {
                if let Some(z) = self.check.find(&zones_path.child(i.to_string()), "zone", zone, &self.file.zones) {
                    zones.insert(z);
                }
            }
            // What is granted for the same hours is one right.
            match rights.iter_mut().find(|right: &&mut Right| right.hours == level.hours) {
                Some(right) => right.zones.union_with(&zones),
                None => rights.push(Right { zones, hours: level.hours.clone() }),
            }
        }
        // What holds at all hours is looked at first.
        rights.sort_by_key(|right| !right.hours.is_empty());
        Role {
            name: name.to_string(),
            shift: role.shift.clone(),
            rights,
            people: Vec::new(),
            badge: role.badge,
            day: None,
            guest: None,
        }
    }

    // -------------------------------------------------------- the building

    fn zones(&mut self) -> Vec<Zone> {
        let file = self.file;
        if !file.zones.values().any(|z| z.kind == ZoneKind::Offsite) {
            self.check.problem(
                &Path::from("zones"),
                "no zone lies offsite",
                "one zone of kind `Offsite` is the world outside",
            );
        }
        let mut zones = Vec::new();
        for (name, zone) in &file.zones {
            let path = Path::from("zones").child(name);
            if zone.level > 5 {
                self.check.problem(
                    &path.child("level"),
                    format!("level {} is too high", zone.level),
                    "levels run from 0 to 5",
                );
            }
            self.on_the_sheet(&path.child("outline"), &zone.outline);
            if !zone.outline.is_empty() && zone.outline.len() < 3 {
                self.check.problem(
                    &path.child("outline"),
                    "an outline needs three corners",
                    "list the corners in order",
                );
            }
            if let Some((a, b)) = crossing(&zone.outline) {
                self.check.problem(
                    &path.child("outline"),
                    format!("the outline of `{name}` crosses itself"),
                    format!("side {} cuts side {}; list the corners in order around the room", a + 1, b + 1),
                );
            }
            zones.push(Zone {
                name: name.clone(),
                title: zone.title.clone().unwrap_or_else(|| name.replace('-', " ")),
                key: EntityKey::new("zone", name),
                kind: zone.kind,
                floor: zone.floor,
                level: zone.level,
                outline: zone.outline.clone(),
                two_person: zone.two_person,
                bookable: zone.bookable,
                area: None,
                centre: centre(&zone.outline),
                ways: Vec::new(),
                sensors: Vec::new(),
                cameras: Vec::new(),
            });
        }
        zones
    }

    fn panels(&mut self) -> Vec<Panel> {
        let file = self.file;
        let mut panels = Vec::new();
        for (name, panel) in &file.panels {
            let path = Path::from("panels").child(name);
            panels.push(Panel {
                name: name.clone(),
                key: EntityKey::new("panel", name),
                zone: self.zone(&path.child("zone"), &panel.zone),
                segment: self.segment(&path.child("segment"), &panel.segment),
                server: self.device(&path.child("server"), &panel.server),
                authenticated_link: panel.authenticated_link,
                out_of_reach: panel.out_of_reach,
                decision_time: self.check.time(&path.child("decision_time"), &panel.decision_time),
                download_time: self.check.time(&path.child("download_time"), &panel.download_time),
                buffer: self.check.whole(&path.child("buffer"), &panel.buffer),
                battery: self.check.duration(&path.child("battery"), &panel.battery),
                tamper: panel.tamper,
            });
        }
        panels
    }

    fn sensors(&mut self) -> Vec<Sensor> {
        let file = self.file;
        // Each type's figures are read once, however many sensors are of it.
        let mut types = Vec::new();
        for (name, kind) in &file.sensor_types {
            let path = Path::from("sensor_types").child(name);
            let detects = path.child("detects");
            let chances: Vec<_> = kind
                .detects
                .iter()
                .map(|(method, chance)| (method.clone(), self.check.chance(&detects.child(method), chance)))
                .collect();
            let nuisance =
                kind.nuisance_per_day.as_ref().map_or(0.0, |n| self.check.number(&path.child("nuisance_per_day"), n));
            if nuisance / 24.0 > compile_acts::MOST_PER_HOUR {
                let path = path.child("nuisance_per_day").child("value");
                let most = 24.0 * compile_acts::MOST_PER_HOUR;
                self.check.problem(&path, format!("`{nuisance}` a day is absurdly often"), format!("at most {most}"));
            }
            types.push((chances, kind.moment, nuisance / 24.0));
        }
        let mut sensors = Vec::new();
        for (name, sensor) in &file.sensors {
            let path = Path::from("sensors").child(name);
            let watch = path.child("watches").child("0");
            let (watches, zone) = match &sensor.watches {
                WatchFile::Portal(p) => {
                    let portal = self.portal(&watch, p);
                    let inner =
                        file.portals.get_index(portal.index()).and_then(|(_, p)| file.zones.get_index_of(&p.between.1));
                    (Watch::Portal(portal), id(inner, ZoneId::from_index))
                }
                WatchFile::Zone(z) => {
                    let zone = self.zone(&watch, z);
                    (Watch::Zone(zone), zone)
                }
                WatchFile::Asset(a) => {
                    let asset = id(self.check.find(&watch, "asset", a, &file.assets), AssetId::from_index);
                    let zone = file.assets.get_index(asset.index()).and_then(|(_, a)| file.zones.get_index_of(&a.zone));
                    (Watch::Asset(asset), id(zone, ZoneId::from_index))
                }
            };
            let Some(kind) = self.check.find(&path.child("kind"), "sensor type", &sensor.kind, &file.sensor_types)
            else {
                continue;
            };
            let (detects, moment, nuisance_per_hour) = types[kind].clone();
            sensors.push(Sensor {
                name: name.clone(),
                key: EntityKey::new("sensor", name),
                kind: kind as u32,
                watches,
                zone,
                detects,
                moment,
                armed: sensor.armed.clone(),
                nuisance_per_hour,
            });
        }
        sensors
    }

    fn portals(&mut self) -> Vec<Portal> {
        let file = self.file;
        let barriers: Vec<Vec<(String, Distribution)>> = file
            .barriers
            .iter()
            .map(|(name, barrier)| {
                let path = Path::from("barriers").child(name).child("delays");
                barrier.delays.iter().map(|(m, d)| (m.clone(), self.check.time(&path.child(m), d))).collect()
            })
            .collect();
        let classes: Vec<Portal> = file.hardware.iter().map(|(n, h)| self.hardware(n, h, &barriers)).collect();
        let readers: Vec<Reader> = file.reader_types.iter().map(|(n, r)| self.reader_type(n, r)).collect();
        let mut portals = Vec::new();
        for (name, portal) in &file.portals {
            let path = Path::from("portals").child(name);
            let between = path.child("between");
            let outer = self.zone(&between.child("0"), &portal.between.0);
            let inner = self.zone(&between.child("1"), &portal.between.1);
            if portal.between.0 == portal.between.1 {
                self.check.problem(
                    &between,
                    format!("`{name}` joins a zone to itself"),
                    "a portal lies between two zones",
                );
            }
            let entry = portal.entry.as_ref().and_then(|r| self.reader(&path.child("entry"), r, &readers));
            let exit = portal.exit.as_ref().and_then(|r| self.reader(&path.child("exit"), r, &readers));
            let stated = portal.panel.as_ref().map(|p| self.panel(&path.child("panel"), p));
            let Some(class) =
                self.check.find(&path.child("hardware"), "class of hardware", &portal.hardware, &file.hardware)
            else {
                continue;
            };
            if classes[class].lock.is_none() && (entry.is_some() || exit.is_some()) {
                self.check.problem(
                    &path.child("hardware"),
                    format!("`{name}` has a reader but nothing to unlock"),
                    format!("give the hardware `{}` a lock", portal.hardware),
                );
            }
            let key = portal.key.as_ref().map(|k| self.credential(&path.child("key"), k));
            portals.push(Portal {
                name: name.clone(),
                key: EntityKey::new("portal", name),
                outer,
                inner,
                at: portal.at.filter(|at| self.on_the_sheet(&path.child("at"), &[*at])),
                panel: stated.or(entry.as_ref().or(exit.as_ref()).map(|r| r.panel)),
                readers: [entry, exit],
                unlocked: portal.unlocked.clone(),
                mechanical_key: key,
                first_person_in: portal.first_person_in,
                ..classes[class].clone()
            });
        }
        let groups: Vec<Option<&str>> = file.portals.values().map(|p| p.interlock.as_deref()).collect();
        for (index, portal) in portals.iter_mut().enumerate() {
            if let Some(Some(group)) = groups.get(index) {
                portal.interlocked = (0..groups.len())
                    .filter(|&o| o != index && groups[o] == Some(*group))
                    .map(PortalId::from_index)
                    .collect();
            }
        }
        portals
    }

    /// A class of hardware, as a portal whose place is yet to be filled in.
    fn hardware(&mut self, name: &str, class: &HardwareFile, barriers: &[Vec<(String, Distribution)>]) -> Portal {
        let path = Path::from("hardware").child(name);
        let barrier = class
            .barrier
            .as_ref()
            .and_then(|b| self.check.find(&path.child("barrier"), "barrier", b, &self.file.barriers))
            .map(BarrierId::from_index);
        let lock = class.lock.as_ref().map(|l| Lock {
            power_loss: l.power_loss,
            unlock_time: self.check.duration(&path.child("lock").child("unlock_time"), &l.unlock_time),
            relock_on_open: l.relock_on_open,
            fire_release: l.fire_release.unwrap_or(l.power_loss == PowerLoss::FailSafe),
        });
        let check = &mut *self.check;
        Portal {
            name: String::new(),
            key: EntityKey::new("hardware", name),
            kind: class.kind,
            outer: ZoneId(0),
            inner: ZoneId(0),
            at: None,
            barrier,
            delays: barrier.map_or(Vec::new(), |b| barriers[b.index()].clone()),
            lock,
            position_switch: class.position_switch,
            rex: class.rex.as_ref().map(|r| Rex { sensing: r.sensing, unlocks: r.unlocks }),
            free_egress: class.free_egress,
            held_after: class.held_after.as_ref().map(|h| check.duration(&path.child("held_after"), h)),
            pass_time: check.time(&path.child("pass_time"), &class.pass_time),
            close_time: check.time_or_zero(&path.child("close_time"), class.close_time.as_ref()),
            held_chance: check.chance_or_zero(&path.child("held_chance"), class.held_chance.as_ref()),
            held_time: check.time_or_zero(&path.child("held_time"), class.held_time.as_ref()),
            not_taken_chance: check.chance_or_zero(&path.child("not_taken_chance"), class.not_taken_chance.as_ref()),
            follow_chance: check.chance_or_zero(&path.child("follow_chance"), class.follow_chance.as_ref()),
            readers: [None, None],
            panel: None,
            unlocked: Vec::new(),
            interlocked: Vec::new(),
            mechanical_key: None,
            first_person_in: false,
            one_at_a_time: class.one_at_a_time,
            break_glass: class.break_glass,
            delayed_egress: class.delayed_egress.as_ref().map(|d| check.duration(&path.child("delayed_egress"), d)),
            expected: Box::default(),
            sensors: Vec::new(),
        }
    }

    fn reader_type(&mut self, name: &str, kind: &ReaderTypeFile) -> Reader {
        let path = Path::from("reader_types").child(name);
        Reader {
            panel: PanelId(0),
            accepts: kind.accepts.clone(),
            link: kind.link,
            pin: kind.pin,
            biometric: kind.biometric,
            read_time: self.check.time(&path.child("read_time"), &kind.read_time),
            false_reject: self.check.chance_or_zero(&path.child("false_reject"), kind.false_reject.as_ref()),
            duress: self.duress(&path, kind),
        }
    }

    /// Whether points are such as can be drawn and walked to.
    fn on_the_sheet(&mut self, path: &Path, points: &[(f64, f64)]) -> bool {
        let near = |x: f64| x.abs() <= WIDEST;
        let all = points.iter().all(|&(x, y)| near(x) && near(y));
        if !all {
            self.check.problem(path, "that is nowhere on a site", "metres from the origin of the plan");
        }
        all
    }

    /// A duress code needs keys to be typed on.
    fn duress(&mut self, path: &Path, kind: &ReaderTypeFile) -> Probability {
        let path = path.child("duress");
        if kind.duress.is_some() && !kind.pin {
            self.check.problem(
                &path,
                "there is no keypad to type a duress code on",
                "set `pin: true`, or leave it out",
            );
        }
        self.check.chance_or_zero(&path, kind.duress.as_ref())
    }

    fn reader(&mut self, path: &Path, reader: &ReaderFile, types: &[Reader]) -> Option<Reader> {
        let kind = self.check.find(&path.child("kind"), "reader type", &reader.kind, &self.file.reader_types);
        let panel = match &reader.panel {
            Some(panel) => self.check.find(&path.child("panel"), "panel", panel, &self.file.panels),
            None => {
                self.check.problem(path, "this reader has no panel", "name the panel that decides: `panel: \"..\"`");
                None
            }
        };
        Some(Reader { panel: PanelId::from_index(panel?), ..types[kind?].clone() })
    }

    fn assets(&mut self) -> Vec<Asset> {
        let file = self.file;
        let mut assets = Vec::new();
        for (name, asset) in &file.assets {
            let path = Path::from("assets").child(name);
            assets.push(Asset {
                name: name.clone(),
                key: EntityKey::new("asset", name),
                zone: self.zone(&path.child("zone"), &asset.zone),
                criticality: asset.criticality,
                task_time: self.check.time(&path.child("task_time"), &asset.task_time),
                portable: asset.portable,
                controlled_by: asset.controlled_by.as_ref().map(|d| self.device(&path.child("controlled_by"), d)),
                sensors: Vec::new(),
            });
        }
        assets
    }

    fn posts(&mut self, roles: &[Role]) -> Vec<Post> {
        let file = self.file;
        let mut taken = vec![0_usize; roles.len()];
        let mut posts = Vec::new();
        for (name, post) in &file.posts {
            let path = Path::from("posts").child(name);
            let zone = self.zone(&path.child("zone"), &post.zone);
            let role = self.role(&path.child("role"), &post.role);
            let Some(of) = roles.get(role.index()) else { continue };
            let from = taken[role.index()];
            let guards: Vec<PersonId> = of.people.iter().skip(from).take(post.guards as usize).copied().collect();
            if guards.len() < post.guards as usize {
                self.check.problem(
                    &path.child("guards"),
                    format!("role `{}` has too few people for the post `{name}`", post.role),
                    format!("{} are left for it; raise the head count", guards.len()),
                );
            }
            taken[role.index()] += guards.len();
            posts.push(Post { name: name.clone(), key: EntityKey::new("post", name), zone, guards, stay: post.stay });
        }
        posts
    }

    fn forces(&mut self) -> Vec<Force> {
        let file = self.file;
        let mut forces = Vec::new();
        for (name, force) in &file.forces {
            let path = Path::from("forces").child(name).child("arrival");
            let arrival = self.check.time(&path, &force.arrival);
            forces.push(Force { name: name.clone(), key: EntityKey::new("force", name), arrival });
        }
        forces
    }

    // --------------------------------------------------------- the network

    fn segments(&mut self) -> Vec<Segment> {
        let services = self.services.len();
        self.file
            .segments
            .iter()
            .map(|(name, segment)| Segment {
                name: name.clone(),
                key: EntityKey::new("segment", name),
                internet: segment.internet,
                watched: segment.watched,
                line: 0,
                reach: IdSet::with_len(services),
                panels: IdSet::with_len(0),
            })
            .collect()
    }

    fn endpoint(&mut self, path: &Path, endpoint: &EndpointFile) -> Origin {
        let path = path.child("0");
        match endpoint {
            EndpointFile::Segment(name) => Origin::Segment(self.segment(&path, name)),
            EndpointFile::Device(name) => Origin::Device(self.device(&path, name)),
        }
    }

    fn flows(&mut self) -> Vec<Flow> {
        let file = self.file;
        let mut flows = Vec::new();
        for (name, flow) in &file.flows {
            let path = Path::from("flows").child(name);
            flows.push(Flow {
                name: name.clone(),
                from: self.endpoint(&path.child("from"), &flow.from),
                to: self.endpoint(&path.child("to"), &flow.to),
                protocols: flow.protocols.clone(),
                allowed: flow.allowed,
                carries_logs: flow.carries_logs,
                purpose: flow.purpose,
            });
        }
        flows
    }

    fn devices(&mut self) -> Vec<Device> {
        let file = self.file;
        let classes: Vec<Hardening> = file.hardening.iter().map(|(n, h)| self.hardening(n, h)).collect();
        let mut devices = Vec::new();
        for (name, device) in &file.devices {
            let path = Path::from("devices").child(name);
            let hardening =
                self.check.find(&path.child("hardening"), "class of hardening", &device.hardening, &file.hardening);
            for (i, zone) in device.views.iter().enumerate() {
                self.zone(&path.child("views").child(i.to_string()), zone);
            }
            let secrets = path.child("secrets");
            devices.push(Device {
                name: name.clone(),
                key: EntityKey::new("device", name),
                kind: device.kind,
                zone: self.zone(&path.child("zone"), &device.zone),
                segment: self.segment(&path.child("segment"), &device.segment),
                services: device
                    .services
                    .keys()
                    .filter_map(|s| self.services.get_index_of(&format!("{name}/{s}")))
                    .map(ServiceId::from_index)
                    .collect(),
                hardening: hardening.map_or_else(Hardening::default, |h| classes[h].clone()),
                secrets: device
                    .secrets
                    .iter()
                    .enumerate()
                    .map(|(i, a)| self.account(&secrets.child(i.to_string()), a))
                    .collect(),
                logs_to: device.logs_to.as_ref().map(|d| self.device(&path.child("logs_to"), d)),
                logs_arrive: false,
                criticality: device.criticality,
                admin_workstation: device.admin_workstation,
                beyond_wan: file.segments.get(&device.segment).is_some_and(|s| s.internet || s.beyond_wan),
                reach: IdSet::with_len(self.services.len()),
                panels: IdSet::with_len(0),
                browses: false,
            });
        }
        devices
    }

    fn hardening(&mut self, name: &str, class: &HardeningFile) -> Hardening {
        let path = Path::from("hardening").child(name);
        let mut pair = |chance: &Option<SourcedChance>, time: &Option<SourcedTime>, what: &str| match (chance, time) {
            (None, None) => None,
            (Some(chance), Some(time)) => Some((
                self.check.chance(&path.child(format!("{what}_chance")), chance),
                self.check.time(&path.child(format!("{what}_time")), time),
            )),
            (Some(_), None) | (None, Some(_)) => {
                self.check.problem_at_key(
                    &path,
                    format!("`{name}` states only one of `{what}_chance` and `{what}_time`"),
                    "state both, or neither",
                );
                None
            }
        };
        let exploit = pair(&class.exploit_chance, &class.exploit_time, "exploit");
        let harvest = pair(&class.harvest_chance, &class.harvest_time, "harvest");
        let detection = self.check.chance_or_zero(&path.child("endpoint_detection"), class.endpoint_detection.as_ref());
        Hardening { exploit, harvest, endpoint_detection: detection, default_password: class.default_password }
    }

    fn services_of_devices(&mut self) -> Vec<Service> {
        let file = self.file;
        let mut services = Vec::new();
        for (index, (device_name, device)) in file.devices.iter().enumerate() {
            for (name, service) in &device.services {
                let path = Path::from("devices").child(device_name).child("services").child(name).child("token_life");
                let full = format!("{device_name}/{name}");
                services.push(Service {
                    key: EntityKey::new("service", &full),
                    name: full,
                    device: DeviceId::from_index(index),
                    protocol: service.protocol.clone(),
                    authentication: service.authentication,
                    interactive: service.interactive,
                    token_life: service.token_life.as_ref().map(|t| self.check.duration(&path, t)),
                    sensitive: service.sensitive,
                    directory: service.directory,
                });
            }
        }
        services
    }

    fn accounts(&mut self) -> Vec<Account> {
        let file = self.file;
        let mut accounts = Vec::new();
        for (name, account) in &file.accounts {
            let path = Path::from("accounts").child(name);
            let services = path.child("services");
            accounts.push(Account {
                name: name.clone(),
                key: EntityKey::new("account", name),
                person: account.person.as_ref().map(|p| self.person(&path.child("person"), p)),
                services: account
                    .services
                    .iter()
                    .enumerate()
                    .map(|(i, s)| self.service(&services.child(i.to_string()), s))
                    .collect(),
                role: account.role,
                second_factor: account.second_factor,
                vendor: account
                    .vendor
                    .as_ref()
                    .map(|v| Vendor { company: v.company.clone(), windows: v.windows.clone() }),
                break_glass: account.break_glass,
                workplace: account.from.as_ref().map(|d| self.device(&path.child("from"), d)),
            });
        }
        accounts
    }

    fn jacks(&mut self) -> Vec<Jack> {
        let file = self.file;
        let mut jacks = Vec::new();
        for (name, jack) in &file.jacks {
            let path = Path::from("jacks").child(name);
            jacks.push(Jack {
                name: name.clone(),
                key: EntityKey::new("jack", name),
                zone: self.zone(&path.child("zone"), &jack.zone),
                segment: self.segment(&path.child("segment"), &jack.segment),
                open: jack.open,
            });
        }
        jacks
    }

    // ------------------------------------------------- problems of meaning

    /// Two names whose draws would be the same.
    fn collisions(&mut self) {
        let file = self.file;
        let kinds: [(&str, &str, Vec<&String>); 7] = [
            ("zone", "zones", file.zones.keys().collect()),
            ("portal", "portals", file.portals.keys().collect()),
            ("panel", "panels", file.panels.keys().collect()),
            ("sensor", "sensors", file.sensors.keys().collect()),
            ("device", "devices", file.devices.keys().collect()),
            ("account", "accounts", file.accounts.keys().collect()),
            ("asset", "assets", file.assets.keys().collect()),
        ];
        let mut seen = std::collections::BTreeMap::new();
        for (kind, map, names) in kinds {
            for name in names {
                if let Some(other) = seen.insert(EntityKey::new(kind, name), name) {
                    let path = Path::from(map).child(name);
                    self.check.problem_at_key(
                        &path,
                        format!("the draws of `{name}` would equal those of `{other}`"),
                        "their names hash alike: rename one",
                    );
                }
            }
        }
    }

    /// Zones that no chain of portals joins to the world outside. Goes by the file's names, and so works whatever else is wrong.
    fn unreachable_zones(&mut self) {
        let file = self.file;
        // One node more than zones: the world outside.
        let outside = file.zones.len();
        let mut joined = UnionFind::<usize>::new(outside + 1);
        for (zone, described) in file.zones.values().enumerate() {
            if described.kind == ZoneKind::Offsite {
                joined.union(zone, outside);
            }
        }
        if (0..outside).all(|zone| !joined.equiv(zone, outside)) {
            // Nothing can be reached from nowhere, and that has been said.
            return;
        }
        for portal in file.portals.values() {
            // A name that dangles may stand for a place that is reached.
            let end = |name: &str| meant(name, &file.zones).unwrap_or(outside);
            joined.union(end(&portal.between.0), end(&portal.between.1));
        }
        for (index, name) in file.zones.keys().enumerate() {
            if !joined.equiv(index, outside) {
                self.check.problem_at_key(
                    &Path::from("zones").child(name),
                    format!("no portal leads to `{name}`"),
                    "add a portal between it and a zone that can be reached from outside",
                );
            }
        }
    }

    /// Panels that the allow-list cuts off from their server. Goes by the file's names, and so works whatever else is wrong.
    fn unreachable_servers(&mut self) {
        let file = self.file;
        for (name, panel) in &file.panels {
            let Some(server) = file.devices.get(&panel.server) else { continue };
            let (near, far) = (&panel.segment, &server.segment);
            if near == far || ![near, far].into_iter().all(|segment| file.segments.contains_key(segment)) {
                continue;
            }
            let near_end = |end: &EndpointFile| is_end(file, end, near, None);
            let far_end = |end: &EndpointFile| is_end(file, end, far, Some(&panel.server));
            let joins = |flow: &FlowFile| {
                (near_end(&flow.from) && far_end(&flow.to)) || (near_end(&flow.to) && far_end(&flow.from))
            };
            let flows: Vec<_> = file.flows.iter().filter(|(_, flow)| joins(flow)).collect();
            if flows.iter().any(|(_, flow)| flow.allowed) {
                continue;
            }
            let help = match flows.first() {
                Some((flow, _)) => {
                    format!("the flow `{flow}` would be one, but it is not in force: set its `allowed` to `true`")
                }
                None => format!("allow a flow between the segments `{near}` and `{far}`"),
            };
            self.check.problem(
                &Path::from("panels").child(name).child("server"),
                format!("the panel `{name}` has no path to its server `{}`", panel.server),
                help,
            );
        }
    }
}

/// The first two sides of an outline that cross.
fn crossing(outline: &[(f64, f64)]) -> Option<(usize, usize)> {
    let n = outline.len();
    let side = |i: usize| (outline[i], outline[(i + 1) % n]);
    let turn = |a: (f64, f64), b: (f64, f64), c: (f64, f64)| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    for i in 0..n {
        for j in i + 2..n {
            if i == 0 && j == n - 1 {
                continue;
            }
            let ((a, b), (c, d)) = (side(i), side(j));
            let cut = turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0;
            if cut {
                return Some((i, j));
            }
        }
    }
    None
}

/// The centroid of an outline, or the mean of its corners where it has no area.
fn centre(outline: &[(f64, f64)]) -> Option<(f64, f64)> {
    if outline.is_empty() {
        return None;
    }
    let n = outline.len();
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for i in 0..n {
        let (a, b) = (outline[i], outline[(i + 1) % n]);
        let cross = a.0 * b.1 - b.0 * a.1;
        area += cross;
        x += (a.0 + b.0) * cross;
        y += (a.1 + b.1) * cross;
    }
    if area.abs() < 1e-9 {
        let sum = outline.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        return Some((sum.0 / n as f64, sum.1 / n as f64));
    }
    Some((x / (3.0 * area), y / (3.0 * area)))
}
