//! A plausible campus of any size, as the text of a site file: for trying out designs before there is a survey, and for
//! measuring speed on sites larger than anybody would write by hand.
//!
//! Buildings stand in rows on one ground behind a fence. Each has a lobby, floors with a corridor and rooms on both
//! sides, and people of its own; guards, cleaners, visitors and a server room serve them all. Every figure is an
//! assumption and says so. The same numbers and seed always give the same text.

use std::fmt::Write;

use crate::base::{Draws, EntityKey, Purpose};

/// How large a campus is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Campus {
    /// Zones, at least [`Campus::FEWEST_ZONES`].
    pub zones: usize,
    /// People, at least [`Campus::FEWEST_PEOPLE`].
    pub people: usize,
    /// Workstations in the offices, on one flat segment, beside the devices that every campus has.
    pub workstations: usize,
    /// What varies between campuses of one size.
    pub seed: u64,
}

/// Zones that every campus has.
const COMMON_ZONES: usize = 10;
/// Rooms on a floor, at most: on both sides of a corridor.
const MOST_ROOMS: usize = 14;
/// Floors of a building, at most.
const MOST_FLOORS: usize = 4;
/// Width and depth of a room, depth of a corridor, in metres.
const ROOM: (f64, f64) = (6.0, 5.0);
const CORRIDOR: f64 = 3.0;
/// People whom one turnstile of the gate serves.
const PEOPLE_PER_TURNSTILE: usize = 400;

impl Campus {
    /// Fewest zones: what all share, and one building with a lobby, a corridor and a room.
    pub const FEWEST_ZONES: usize = COMMON_ZONES + 3;
    /// Fewest people: guards, a cleaner, a visitor, an engineer, an officer, and two who work here.
    pub const FEWEST_PEOPLE: usize = 12;

    /// The text of the site file.
    ///
    /// # Errors
    /// What is wrong with the size, in words for the user.
    pub fn text(&self) -> Result<String, String> {
        if self.zones < Self::FEWEST_ZONES || self.zones > 50_000 {
            return Err(format!("a campus has between {} and 50,000 zones, not {}", Self::FEWEST_ZONES, self.zones));
        }
        if self.people < Self::FEWEST_PEOPLE || self.people > 200_000 {
            return Err(format!(
                "a campus has between {} and 200,000 people, not {}",
                Self::FEWEST_PEOPLE,
                self.people
            ));
        }
        if self.workstations > 50_000 {
            return Err(format!("a campus has at most 50,000 workstations, not {}", self.workstations));
        }
        Ok(Writer::new(*self).write())
    }
}

/// A room of a building.
struct Room {
    name: String,
    kind: RoomKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RoomKind {
    Office,
    Meeting,
    Welfare,
    Network,
}

/// A floor: its corridor, its rooms.
struct Floor {
    corridor: String,
    rooms: Vec<Room>,
}

/// A building: its name, where it stands, its lobby and floors.
struct Building {
    name: String,
    at: (f64, f64),
    lobby: String,
    floors: Vec<Floor>,
}

impl Building {
    fn zones(&self) -> impl Iterator<Item = &str> {
        let floors = self.floors.iter();
        let on_floors =
            floors.flat_map(|f| std::iter::once(f.corridor.as_str()).chain(f.rooms.iter().map(|r| r.name.as_str())));
        std::iter::once(self.lobby.as_str()).chain(on_floors)
    }

    fn rooms(&self, kind: RoomKind) -> Vec<&str> {
        let rooms = self.floors.iter().flat_map(|f| &f.rooms);
        rooms.filter(|r| r.kind == kind).map(|r| r.name.as_str()).collect()
    }

    fn width(&self) -> f64 {
        MOST_ROOMS as f64 / 2.0 * ROOM.0 + 8.0
    }
}

/// Side of a street of buildings, and depth of a plot, in metres.
const PLOT: (f64, f64) = (60.0, 30.0);
const DEPTH: f64 = 2.0 * ROOM.1 + CORRIDOR;

struct Writer {
    campus: Campus,
    buildings: Vec<Building>,
    columns: usize,
    zones: String,
    portals: String,
    panels: String,
    sensors: String,
    devices: String,
    levels: String,
    roles: String,
    headcounts: Vec<usize>,
}

impl Writer {
    fn new(campus: Campus) -> Self {
        let mut draws = Draws::new(campus.seed, 0);
        let mut left = campus.zones - COMMON_ZONES;
        let mut buildings: Vec<Building> = Vec::new();
        // As square as it gets.
        let about = left.div_ceil(MOST_FLOORS * (MOST_ROOMS + 1) + 1);
        let columns = (1..).find(|n| n * n >= about).unwrap_or(1);
        while left >= 3 {
            let number = buildings.len();
            let name = format!("b{:03}", number + 1);
            let key = EntityKey::new("campus", &name);
            let at = ((number % columns) as f64 * PLOT.0, 30.0 + (number / columns) as f64 * PLOT.1);
            left -= 1;
            let mut floors = Vec::new();
            for floor in 0..MOST_FLOORS {
                // Between ten and fourteen rooms; a last building takes what remains.
                let draw = draws.draw(key, Purpose::RoutineDetail, floor as u32);
                let wanted = MOST_ROOMS - 4 + ((u128::from(draw) * 5) >> 64) as usize;
                if left < 2 {
                    break;
                }
                // What is left must not be too small for another building.
                let rest = left - 1;
                let rooms = if rest < MOST_ROOMS + 3 { rest.min(MOST_ROOMS) } else { wanted };
                left -= 1 + rooms;
                let corridor = format!("{name}-f{floor}-hall");
                let room = |r: usize| Room {
                    name: format!("{name}-f{floor}-r{:02}", r + 1),
                    kind: match (rooms, r) {
                        (1..=3, _) | (_, 0) => RoomKind::Office,
                        (_, 1) => RoomKind::Welfare,
                        (_, 2) => RoomKind::Meeting,
                        (_, 3) if floor == 0 => RoomKind::Network,
                        _ => RoomKind::Office,
                    },
                };
                floors.push(Floor { corridor, rooms: (0..rooms).map(room).collect() });
            }
            buildings.push(Building { lobby: format!("{name}-lobby"), name, at, floors });
        }
        // One or two zones may be left over: offices of the last building's top floor.
        while left > 0 {
            if let Some(floor) = buildings.last_mut().and_then(|b| b.floors.last_mut()) {
                let name = floor.corridor.replace("hall", &format!("r{:02}", floor.rooms.len() + 1));
                floor.rooms.push(Room { name, kind: RoomKind::Office });
            }
            left -= 1;
        }
        Self {
            campus,
            buildings,
            columns,
            zones: String::new(),
            portals: String::new(),
            panels: String::new(),
            sensors: String::new(),
            devices: String::new(),
            levels: String::new(),
            roles: String::new(),
            headcounts: Vec::new(),
        }
    }

    fn write(mut self) -> String {
        self.headcounts = self.split_people();
        self.common();
        for index in 0..self.buildings.len() {
            self.building(index);
        }
        self.people();
        self.workstations();
        let hardening = if self.campus.workstations > 0 { WORKSTATION_HARDENING } else { "" };
        let support = if self.campus.workstations > 0 { SUPPORT } else { "" };
        let classes = CLASSES.replace("@hardening@\n", hardening);
        let rest = REST.replace("@support@\n", support);
        let Self { campus, zones, portals, panels, sensors, devices, levels, roles, .. } = self;
        let Campus { zones: wanted, people, seed, workstations: _ } = campus;
        format!(
            "// A generated campus: {wanted} zones, {people} people, seed {seed}. Every figure in it is an assumption.\n(\n    \
             schema: 1,\n    name: \"Campus of {wanted} zones\",\n    \
             about: \"Generated: buildings behind a fence, with people who come, eat, meet and go. No real place.\",\n    \
             sources: {{\n        \"generated\": (grade: Assumption, text: \"Written by the generator: a round figure in the \
             range of the shipped sites. Replace it by a survey.\"),\n    }},\n    \
             walking_speed: (value: 1.2, source: \"generated\"),\n{}    \
             zones: {{\n{zones}    }},\n    portals: {{\n{portals}    }},\n    panels: {{\n{panels}    }},\n    \
             sensors: {{\n{sensors}    }},\n    devices: {{\n{devices}    }},\n    access_levels: {{\n{levels}    }},\n    \
             roles: {{\n{roles}    }},\n{})\n",
            classes, rest
        )
    }

    /// Workstations, one office after the other; on the one in the middle somebody has left a password.
    fn workstations(&mut self) {
        let offices: Vec<&str> = self.buildings.iter().flat_map(|b| b.rooms(RoomKind::Office)).collect();
        for n in 0..self.campus.workstations {
            let Some(office) = offices.get(n % offices.len().max(1)) else { return };
            let secrets = if n == self.campus.workstations / 2 { ", secrets: [\"support\"]" } else { "" };
            let _ = writeln!(
                self.devices,
                "        \"w{:05}\": (kind: Workstation, zone: \"{office}\", segment: \"corporate\", hardening: \"workstation\", \
                 services: {{\"files\": (protocol: \"smb\", authentication: Password, interactive: true)}}{secrets}),",
                n + 1
            );
        }
    }

    /// Head counts of the buildings: what guards, cleaners, visitors, engineers and officers leave, spread evenly.
    fn split_people(&self) -> Vec<usize> {
        let own = self.campus.people - self.services().iter().map(|(_, count)| count).sum::<usize>();
        let buildings = self.buildings.len();
        (0..buildings).map(|i| own / buildings + usize::from(i < own % buildings)).collect()
    }

    /// Head counts of the roles that serve all buildings.
    fn services(&self) -> [(&'static str, usize); 5] {
        let people = self.campus.people;
        let share = |of: usize| (people / of).max(1);
        [("guard", 4), ("cleaner", share(60)), ("visitor", share(40)), ("engineer", share(50)), ("officer", share(500))]
    }

    fn zone(&mut self, name: &str, kind: &str, floor: usize, level: u8, (x, y, w, d): (f64, f64, f64, f64)) {
        let bookable = if kind == "Meeting" { ", bookable: true" } else { "" };
        let _ = writeln!(
            self.zones,
            "        \"{name}\": (kind: {kind}, floor: {floor}, level: {level}{bookable}, outline: [({x:.1}, {y:.1}), \
             ({:.1}, {y:.1}), ({:.1}, {:.1}), ({x:.1}, {:.1})]),",
            x + w,
            x + w,
            y + d,
            y + d
        );
    }

    fn portal(&mut self, name: &str, hardware: &str, (a, b): (&str, &str), at: (f64, f64), panel: Option<&str>) {
        let reader = panel.map_or(String::new(), |panel| match hardware {
            // An exit has no reader; its panel watches the leaf.
            "exit" => format!(", panel: \"{panel}\""),
            _ => format!(", entry: (kind: \"card\", panel: \"{panel}\")"),
        });
        let _ = writeln!(
            self.portals,
            "        \"{name}\": (hardware: \"{hardware}\", between: (\"{a}\", \"{b}\"), at: ({:.1}, {:.1}){reader}),",
            at.0, at.1
        );
    }

    fn panel(&mut self, name: &str, zone: &str) {
        let _ = writeln!(
            self.panels,
            "        \"{name}\": (zone: \"{zone}\", segment: \"security\", server: \"access-server\", out_of_reach: Cached, \
             decision_time: (value: Fixed(\"300ms\"), source: \"generated\"), \
             download_time: (value: Uniform(min: \"5s\", max: \"5min\"), source: \"generated\"), \
             buffer: (value: 2000, source: \"generated\"), battery: (value: \"4h\", source: \"generated\")),"
        );
    }

    /// The ground, the gate, and the house that serves all.
    fn common(&mut self) {
        let width = self.columns as f64 * PLOT.0;
        self.zone("street", "Offsite", 0, 0, (0.0, -40.0, width.max(80.0), 20.0));
        let rows = self.buildings.len().div_ceil(self.columns) as f64;
        self.zone("green", "Grounds", 0, 1, (0.0, -10.0, width.max(80.0), 40.0 + rows * PLOT.1));
        let services = [
            ("gatehouse", "GuardRoom", 2),
            ("security-centre", "Operations", 3),
            ("server-room", "DataHall", 4),
            ("dock", "Loading", 2),
            ("canteen", "Welfare", 1),
            ("plant-room", "Plant", 3),
            ("service-hall", "Corridor", 1),
            ("store", "Storage", 2),
        ];
        for (n, (name, kind, level)) in services.into_iter().enumerate() {
            self.zone(name, kind, 0, level, (n as f64 * 9.0, -10.0, 9.0, 8.0));
        }
        self.panel("gate-panel", "gatehouse");
        self.panel("service-panel", "service-hall");
        let turnstiles = self.campus.people.div_ceil(PEOPLE_PER_TURNSTILE).min(24);
        for n in 0..turnstiles {
            let name = format!("turnstile-{:02}", n + 1);
            self.portal(&name, "turnstile", ("street", "green"), (20.0 + 2.0 * n as f64, -12.0), Some("gate-panel"));
        }
        self.portal("vehicle-gate", "gate", ("street", "green"), (76.0, -12.0), Some("gate-panel"));
        self.portal("north-fence", "fence", ("street", "green"), (2.0, -12.0), None);
        self.portal("gatehouse-door", "door", ("green", "gatehouse"), (4.0, -2.0), Some("gate-panel"));
        self.portal("service-entrance", "open-door", ("green", "service-hall"), (58.0, -2.0), None);
        for (name, at) in
            [("security-centre", 14.0), ("server-room", 22.0), ("dock", 30.0), ("plant-room", 50.0), ("store", 68.0)]
        {
            let door = format!("{name}-door");
            self.portal(&door, "door", ("service-hall", name), (at, -6.0), Some("service-panel"));
        }
        self.portal("canteen-door", "open-door", ("green", "canteen"), (40.0, -2.0), None);
        for (name, kind, zone, services) in [
            (
                "access-server",
                "AccessControlServer",
                "server-room",
                "\"admin-console\": (protocol: \"acs\", authentication: Password), \"operator-console\": (protocol: \"acs-operator\", authentication: Password)",
            ),
            ("log-server", "Siem", "server-room", ""),
            (
                "directory",
                "IdentityProvider",
                "server-room",
                "\"sign-on\": (protocol: \"https\", authentication: Password)",
            ),
            ("personnel-server", "HumanResources", "server-room", ""),
            (
                "terminal-server",
                "Server",
                "server-room",
                "\"desk\": (protocol: \"rdp\", authentication: Password, directory: true)",
            ),
            (
                "remote-gateway",
                "Gateway",
                "server-room",
                "\"vpn\": (protocol: \"vpn\", authentication: MultiFactor, directory: true)",
            ),
            ("guard-console", "Console", "gatehouse", ""),
        ] {
            let segment = match name {
                "access-server" | "guard-console" => "security",
                "remote-gateway" => "dmz",
                _ => "servers",
            };
            let _ = writeln!(
                self.devices,
                "        \"{name}\": (kind: {kind}, zone: \"{zone}\", segment: \"{segment}\", hardening: \"server\", services: {{{services}}}, logs_to: \"log-server\"),"
            );
        }
    }

    fn building(&mut self, index: usize) {
        let (name, at, lobby) = {
            let b = &self.buildings[index];
            (b.name.clone(), b.at, b.lobby.clone())
        };
        let width = self.buildings[index].width();
        self.zone(&lobby, "Lobby", 0, 1, (at.0, at.1, 8.0, DEPTH));
        let _ = writeln!(
            self.devices,
            "        \"{name}-camera\": (kind: Camera, zone: \"{lobby}\", segment: \"video\", hardening: \"camera\", \
             logs_to: \"log-server\", views: [\"{lobby}\"]),"
        );
        let floors = std::mem::take(&mut self.buildings[index].floors);
        let mut below: Option<String> = None;
        for (f, floor) in floors.iter().enumerate() {
            let panel = format!("{name}-p{f}");
            let hall = floor.corridor.as_str();
            let (x, y) = (at.0 + 8.0, at.1 + ROOM.1);
            self.zone(hall, "Corridor", f, 2, (x, y, width - 8.0, CORRIDOR));
            self.panel(&panel, hall);
            if f == 0 {
                for (n, side) in ["east", "west"].into_iter().enumerate() {
                    let door = format!("{name}-{side}-door");
                    let at = (at.0 + 1.0 + 4.0 * n as f64, at.1);
                    self.portal(&door, "door", ("green", &lobby), at, Some(&panel));
                }
                let inner = format!("{name}-inner-door");
                self.portal(&inner, "door", (&lobby, hall), (x, y + CORRIDOR / 2.0), Some(&panel));
                let _ = writeln!(
                    self.sensors,
                    "        \"{name}-night-motion\": (kind: \"motion\", watches: Zone(\"{hall}\"), armed: [\"daily 22:00-05:00\"]),"
                );
                let exit = format!("{name}-exit");
                self.portal(&exit, "exit", ("green", hall), (at.0 + width, y + CORRIDOR / 2.0), Some(&panel));
            }
            if let Some(below) = below.replace(hall.to_string()) {
                let stairs = format!("{name}-stairs-{f}");
                self.portal(&stairs, "stairs", (&below, hall), (at.0 + width - 1.0, y + 1.0), None);
            }
            for (r, room) in floor.rooms.iter().enumerate() {
                let (column, upper) = ((r / 2) as f64, r % 2 == 1);
                let left = x + column * ROOM.0;
                let bottom = if upper { y + CORRIDOR } else { at.1 };
                let (kind, level, hardware) = match room.kind {
                    RoomKind::Office => ("Office", 2, "door"),
                    RoomKind::Meeting => ("Meeting", 2, "door"),
                    RoomKind::Welfare => ("Welfare", 1, "open-door"),
                    RoomKind::Network => ("Network", 4, "door"),
                };
                self.zone(&room.name, kind, f, level, (left, bottom, ROOM.0, ROOM.1));
                let reader = (hardware == "door").then_some(panel.as_str());
                let at = (left + ROOM.0 / 2.0, if upper { bottom } else { bottom + ROOM.1 });
                let door = format!("{}-door", room.name);
                self.portal(&door, hardware, (hall, &room.name), at, reader);
            }
        }
        self.buildings[index].floors = floors;
    }

    /// Roles and their rights.
    fn people(&mut self) {
        let quoted = |names: &[&str]| names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            self.levels,
            "        \"ground\": (zones: [\"street\", \"green\", \"service-hall\", \"canteen\"]),"
        );
        let services = quoted(&["gatehouse", "security-centre", "server-room", "dock", "plant-room", "store"]);
        let _ = writeln!(self.levels, "        \"services\": (zones: [{services}]),");
        let mut everywhere = vec!["\"ground\"".to_string(), "\"services\"".to_string()];
        let counts = self.headcounts.clone();
        for (building, headcount) in self.buildings.iter().zip(counts) {
            let name = &building.name;
            let zones: Vec<&str> = building.zones().collect();
            let _ = writeln!(self.levels, "        \"{name}\": (zones: [{}]),", quoted(&zones));
            everywhere.push(format!("\"{name}\""));
            let offices = quoted(&building.rooms(RoomKind::Office));
            let mut errands = String::new();
            let mut errand = |errand: &str, to: &str, rest: &str| {
                if !to.is_empty() {
                    let _ = write!(errands, "\"{errand}\": (to: [{to}], {rest}), ");
                }
            };
            let figure = |value: f64| format!("per_day: (value: {value:?}, source: \"generated\")");
            let stays = |mean: &str, sd: &str| {
                format!("stays: (value: Lognormal(mean: \"{mean}\", sd: \"{sd}\"), source: \"generated\")")
            };
            errand(
                "lunch",
                "\"canteen\"",
                &format!("{}, {}, hours: [\"daily 11:30-13:30\"]", figure(0.8), stays("35min", "12min")),
            );
            errand(
                "break",
                &quoted(&building.rooms(RoomKind::Welfare)),
                &format!("{}, {}", figure(3.0), stays("5min", "3min")),
            );
            let booked = "booked: (value: 0.85, source: \"generated\")";
            errand(
                "meeting",
                &quoted(&building.rooms(RoomKind::Meeting)),
                &format!("{}, {}, {booked}", figure(0.7), stays("45min", "20min")),
            );
            let _ = writeln!(
                self.roles,
                "        \"staff-{name}\": (headcount: {headcount}, shift: [\"Mon-Fri 08:00-17:00\"], access: [\"ground\", \"{name}\"], badge: Desfire, \
                 account: (services: [\"terminal-server/desk\", \"remote-gateway/vpn\"], second_factor: true), \
                 day: (attends: (value: 0.75, source: \"generated\"), remote_share: (value: 0.6, source: \"generated\"), \
                 remote_desktop: (value: 0.1, source: \"generated\"), lead: (value: \"1h\", source: \"generated\"), \
                 arrives: (value: Normal(mean: \"1h\", sd: \"25min\"), source: \"generated\"), \
                 leaves: (value: Normal(mean: \"1h\", sd: \"35min\"), source: \"generated\"), base: [{offices}], \
                 logs_in: \"terminal-server/desk\", remote: \"remote-gateway/vpn\", wifi: true, errands: {{{errands}}})),"
            );
        }
        let everywhere = everywhere.join(", ");
        let halls: Vec<String> =
            self.buildings.iter().flat_map(|b| b.floors.iter().map(|f| format!("\"{}\"", f.corridor))).collect();
        let networks: Vec<String> =
            self.buildings.iter().flat_map(|b| b.rooms(RoomKind::Network)).map(|r| format!("\"{r}\"")).collect();
        let lobbies: Vec<String> = self.buildings.iter().map(|b| format!("\"{}\"", b.lobby)).collect();
        let day = |attends: f64, base: &str, errands: &str| {
            format!(
                "day: (attends: (value: {attends:?}, source: \"generated\"), lead: (value: \"30min\", source: \"generated\"), \
                 arrives: (value: Normal(mean: \"30min\", sd: \"10min\"), source: \"generated\"), \
                 leaves: (value: Normal(mean: \"30min\", sd: \"10min\"), source: \"generated\"), base: [{base}], errands: {{{errands}}})"
            )
        };
        let errand = |name: &str, to: &[String], per_day: f64, stays: &str| {
            if to.is_empty() {
                return String::new();
            }
            format!(
                "\"{name}\": (to: [{}], per_day: (value: {per_day:?}, source: \"generated\"), \
                 stays: (value: Lognormal(mean: \"{stays}\", sd: \"{stays}\"), source: \"generated\"), \
                 work_order: (value: 0.9, source: \"generated\")), ",
                to.join(", ")
            )
        };
        for (name, headcount) in self.services() {
            let rest = match name {
                "guard" => "shift: [\"daily 00:00-24:00\"], badge: Desfire".to_string(),
                "cleaner" => format!(
                    "shift: [\"Mon-Fri 17:30-21:30\"], badge: Prox125, {}",
                    day(0.95, "\"store\"", &errand("cleaning", &halls, 12.0, "12min"))
                ),
                "visitor" => format!(
                    "shift: [\"Mon-Fri 09:00-16:00\"], badge: Mobile, guest: (valid_for: (value: \"7h\", source: \"generated\"), \
                     overstays: (value: 0.05, source: \"generated\"), overstays_by: (value: Exponential(mean: \"1h\"), source: \"generated\")), {}",
                    day(0.3, &lobbies.join(", "), &errand("walk", &halls, 1.0, "30min"))
                ),
                "engineer" => format!(
                    "shift: [\"Mon-Fri 07:00-16:00\"], badge: Desfire, {}",
                    day(
                        0.9,
                        "\"security-centre\"",
                        &format!(
                            "{}{}",
                            errand("server-room", &["\"server-room\"".to_string()], 1.5, "25min"),
                            errand("network-rooms", &networks, 2.0, "20min")
                        )
                    )
                ),
                _ => {
                    format!("shift: [\"Mon-Fri 07:30-16:30\"], badge: Desfire, {}", day(0.9, "\"security-centre\"", ""))
                }
            };
            let _ =
                writeln!(self.roles, "        \"{name}\": (headcount: {headcount}, access: [{everywhere}], {rest}),");
        }
    }
}

/// Classes of everything that is installed.
const CLASSES: &str = r#"    barriers: {
        "door": (delays: { "force": (value: Lognormal(mean: "60s", sd: "40s"), source: "generated") }),
        "fence": (delays: { "climb": (value: Lognormal(mean: "30s", sd: "15s"), source: "generated") }),
    },
    hardware: {
        "turnstile": (
            kind: Turnstile, one_at_a_time: true, lock: (power_loss: FailSafe, unlock_time: (value: "5s", source: "generated")),
            free_egress: true, pass_time: (value: Lognormal(mean: "2s", sd: "1s"), source: "generated"),
            follow_chance: (value: 0.1, source: "generated"),
        ),
        "gate": (
            kind: Gate, lock: (power_loss: FailSecure, unlock_time: (value: "10s", source: "generated")), free_egress: true,
            position_switch: true, held_after: (value: "60s", source: "generated"),
            pass_time: (value: Lognormal(mean: "8s", sd: "3s"), source: "generated"),
            close_time: (value: Lognormal(mean: "12s", sd: "4s"), source: "generated"),
        ),
        "fence": (kind: Fence, barrier: "fence", pass_time: (value: Fixed("0s"), source: "generated")),
        "door": (
            kind: Door, barrier: "door", lock: (power_loss: FailSecure, unlock_time: (value: "5s", source: "generated")),
            position_switch: true, rex: (sensing: Motion, unlocks: true), held_after: (value: "30s", source: "generated"),
            pass_time: (value: Lognormal(mean: "3s", sd: "1s"), source: "generated"),
            close_time: (value: Lognormal(mean: "5s", sd: "2s"), source: "generated"),
            held_chance: (value: 0.002, source: "generated"), held_time: (value: Lognormal(mean: "90s", sd: "60s"), source: "generated"),
            not_taken_chance: (value: 0.005, source: "generated"), follow_chance: (value: 0.8, source: "generated"),
        ),
        "open-door": (
            kind: Door, pass_time: (value: Lognormal(mean: "2s", sd: "1s"), source: "generated"),
            close_time: (value: Fixed("4s"), source: "generated"),
        ),
        "stairs": (kind: Stairs, pass_time: (value: Lognormal(mean: "15s", sd: "4s"), source: "generated")),
        "exit": (
            kind: EmergencyExit, position_switch: true, pass_time: (value: Fixed("2s"), source: "generated"),
            close_time: (value: Fixed("6s"), source: "generated"),
        ),
    },
    reader_types: {
        "card": (
            accepts: [Prox125, MifareClassic, Desfire, Mobile], link: OsdpSecure,
            read_time: (value: Lognormal(mean: "1s", sd: "500ms"), source: "generated"),
            false_reject: (value: 0.01, source: "generated"),
        ),
    },
    sensor_types: {
        "motion": (
            detects: { "walk": (value: 0.9, source: "generated") }, moment: Begin,
            nuisance_per_day: (value: 0.05, source: "generated"),
        ),
    },
    hardening: {
        "server": (
            exploit_chance: (value: 0.05, source: "generated"),
            exploit_time: (value: Lognormal(mean: "2h", sd: "1h"), source: "generated"),
            endpoint_detection: (value: 0.5, source: "generated"),
        ),
        "camera": (
            exploit_chance: (value: 0.3, source: "generated"),
            exploit_time: (value: Lognormal(mean: "30min", sd: "20min"), source: "generated"),
        ),
@hardening@
    },
    segments: {
        "internet": (internet: true),
        "dmz": (hosts_isolated: true),
        "corporate": (),
        "guest-wifi": (hosts_isolated: true),
        "security": (watched: true),
        "video": (),
        "servers": (hosts_isolated: true),
    },
    flows: {
        "internet-to-gateway": (from: Segment("internet"), to: Device("remote-gateway"), protocols: ["vpn"]),
        "gateway-to-desk": (from: Device("remote-gateway"), to: Device("terminal-server"), protocols: ["rdp"]),
        "corporate-to-desk": (from: Segment("corporate"), to: Device("terminal-server"), protocols: ["rdp"]),
        "corporate-to-directory": (from: Segment("corporate"), to: Device("directory"), protocols: ["https"]),
        "corporate-to-access-server": (
            from: Segment("corporate"), to: Device("access-server"), protocols: ["acs"], purpose: DirectAdministration,
        ),
        "logs-security": (from: Segment("security"), to: Device("log-server"), protocols: ["syslog"], carries_logs: true),
        "logs-video": (from: Segment("video"), to: Device("log-server"), protocols: ["syslog"], carries_logs: true),
        "logs-dmz": (from: Segment("dmz"), to: Device("log-server"), protocols: ["syslog"], carries_logs: true),
    },
"#;

const WORKSTATION_HARDENING: &str = r#"        "workstation": (
            exploit_chance: (value: 0.1, source: "generated"),
            exploit_time: (value: Lognormal(mean: "45min", sd: "30min"), source: "generated"),
            harvest_chance: (value: 0.6, source: "generated"),
            harvest_time: (value: Lognormal(mean: "15min", sd: "10min"), source: "generated"),
            endpoint_detection: (value: 0.3, source: "generated"),
        ),
"#;

const SUPPORT: &str = r#"        "support": (services: ["access-server/admin-console"], role: Operator),
"#;

/// What comes after the roles.
const REST: &str = r#"    accounts: {
        "administrator": (services: ["access-server/admin-console"], role: Administrator, second_factor: true),
@support@
    },
    assets: {
        "servers": (zone: "server-room", criticality: 10, task_time: (value: Lognormal(mean: "10min", sd: "5min"), source: "generated")),
        "laptop": (zone: "store", criticality: 2, portable: true, task_time: (value: Fixed("30s"), source: "generated")),
    },
    posts: { "gatehouse-desk": (zone: "gatehouse", guards: 3, stay: 1, role: "guard") },
    forces: { "police": (arrival: (value: Lognormal(mean: "12min", sd: "6min"), source: "generated")) },
    areas: { "campus": (zones: ["green"]) },
    muster: "green",
    wifi: { "guests": (segment: "guest-wifi", zones: ["canteen"], guests: true), "staff": (segment: "corporate", zones: ["canteen"]) },
    habits: (
        follows: (value: 0.2, source: "generated"),
        forgets_badge: (value: 0.007, source: "generated"),
        loses_badge: (value: 0.0001, source: "generated"),
        reports_loss_after: (value: Exponential(mean: "8h"), source: "generated"),
        old_badge: (value: 0.01, source: "generated"),
        help_time: (value: Lognormal(mean: "4min", sd: "3min"), source: "generated"),
        leaves_session: (value: 0.1, source: "generated"),
        joins_wifi: (value: 0.5, source: "generated"),
        stale_device: (value: 0.08, source: "generated"),
        leaves_company: (value: 0.0004, source: "generated"),
    ),
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::check_site;
    use crate::text::Files;
    use std::sync::Arc;

    struct One(String);

    impl Files for One {
        fn read(&mut self, _: &str) -> Result<Arc<str>, String> {
            Ok(self.0.as_str().into())
        }
    }

    #[test]
    fn every_size_has_what_was_asked_for_and_no_problem() {
        for (zones, people, seed) in [(13, 12, 0), (14, 20, 1), (15, 30, 2), (40, 100, 3), (77, 60, 9), (300, 900, 4)] {
            let workstations = zones / 3;
            let text =
                Campus { zones, people, workstations, seed }.text().unwrap_or_else(|problem| panic!("{problem}"));
            let problems = check_site("campus.site.ron", &mut One(text.clone()));
            let problems = problems.map_err(|problems| problems.to_string());
            assert_eq!(problems, Ok(()), "{zones} zones, {people} people");
            assert_eq!(text.matches("outline: [").count(), zones, "{zones} zones");
            assert_eq!(text.matches("kind: Workstation").count(), workstations, "{zones} zones");
            let heads =
                text.split("headcount: ").skip(1).filter_map(|rest| rest.split(',').next()?.parse::<usize>().ok());
            assert_eq!(heads.sum::<usize>(), people, "{people} people");
        }
    }

    #[test]
    fn the_same_numbers_give_the_same_campus_and_others_another() {
        let text = |seed| Campus { zones: 200, people: 100, workstations: 0, seed }.text();
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
        assert!(Campus { zones: 3, people: 100, workstations: 0, seed: 0 }.text().is_err());
    }
}
