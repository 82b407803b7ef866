//! Where things lie on the sheet, in metres: floors side by side, the network below them.

use std::collections::BTreeMap;

use bevy::math::{Rect, Vec2};
use doorward_model::base::{DeviceId, PortalId, SegmentId, ZoneId};
use doorward_model::plan::{Origin, Plan};

use crate::room::{clearings, reach};

/// Between two floors, in metres.
const GAP_M: f32 = 12.0;
/// A device in the network.
const CELL: Vec2 = Vec2::new(24.0, 10.0);
/// Left of the devices of a segment, for its name.
const NAME_M: f32 = 34.0;

/// Which half of the twin is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Layers {
    /// The building alone.
    Plan,
    /// The network alone.
    Network,
    /// The network below the building.
    #[default]
    Beside,
    /// Devices and flows where they stand in the building.
    Over,
}

impl Layers {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 4] = [Self::Plan, Self::Network, Self::Beside, Self::Over];

    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Plan => "Plan",
            Self::Network => "Network",
            Self::Beside => "Both",
            Self::Over => "Network over plan",
        }
    }

    /// Whether the building is drawn.
    pub fn plan(self) -> bool {
        self != Self::Network
    }

    /// Whether the network is drawn as bands.
    pub fn bands(self) -> bool {
        matches!(self, Self::Network | Self::Beside)
    }
}

/// One storey: as it is drawn in the file, and where it lies on the sheet.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Floor {
    own: Rect,
    area: Rect,
}

/// How storeys lie beside each other. The ground floor comes first, with the grounds; what is below it, last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Storeys {
    /// From left to right.
    Row,
    /// One below the other.
    Column,
    /// The first, and all others below each other at its right.
    Shelf,
}

/// Where the network lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Network {
    Below,
    Right,
}

/// The sheet of a site.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    floors: BTreeMap<i32, Floor>,
    /// The floor of each zone; none where nothing of it is drawn.
    zones: Vec<Option<i32>>,
    /// A device in the network, and in its room.
    devices: Vec<(Vec2, Option<(ZoneId, Vec2)>)>,
    /// By segment: its devices.
    segments: Vec<Vec<usize>>,
    /// Segments from the top down.
    order: Vec<usize>,
    bands: Vec<Rect>,
    network: Rect,
    /// By zone: the largest free rectangle in it, where its name can stand.
    names: Vec<Option<Rect>>,
    /// The size of what has none of its own, beside that of the site.
    scale: f32,
    layers: Layers,
    floor: Option<i32>,
}

impl Sheet {
    /// Of a site.
    pub fn new(plan: &Plan) -> Self {
        let mut floors: BTreeMap<i32, Floor> = BTreeMap::new();
        for zone in plan.zones.iter().filter(|zone| !zone.outline.is_empty()) {
            for &(x, y) in &zone.outline {
                let point = Vec2::new(x as f32, y as f32);
                let first = Rect { min: point, max: point };
                let floor = floors.entry(zone.floor).or_insert(Floor { own: first, area: first });
                floor.own = floor.own.union_point(point);
            }
        }
        let mut sheet = Self {
            scale: floors.values().map(|floor| floor.own.size().element_product()).sum::<f32>().sqrt().max(15.0)
                / 150.0,
            floors,
            zones: plan.zones.iter().map(|zone| (!zone.outline.is_empty()).then_some(zone.floor)).collect(),
            devices: vec![(Vec2::ZERO, None); plan.devices.len()],
            segments: vec![Vec::new(); plan.segments.len()],
            bands: vec![Rect::default(); plan.segments.len()],
            order: (0..plan.segments.len()).collect(),
            names: clearings(plan),
            ..Self::default()
        };
        sheet.order.sort_by_key(|&segment| !plan.segments[segment].internet);
        // In its room, each stands beside the others, below the name of the room.
        let mut standing = vec![0_u32; plan.zones.len()];
        for (index, device) in plan.devices.iter().enumerate() {
            sheet.segments[device.segment.index()].push(index);
            let zone = &plan.zones[device.zone.index()];
            let Some((x, y)) = zone.centre.filter(|_| !zone.outline.is_empty()) else { continue };
            let nth = standing[device.zone.index()];
            standing[device.zone.index()] += 1;
            let (row, column) = ((nth / 4) as f32, (nth % 4) as f32);
            let away = Vec2::new((column - 1.5) * 1.8, -2.6 - row * 1.6).clamp_length_max(reach(zone, (x, y)));
            sheet.devices[index].1 = Some((device.zone, Vec2::new(x as f32, y as f32) + away));
        }
        sheet.arrange(1.5);
        sheet
    }

    /// Lays everything out so that it is as large as can be in a room of this width for its height.
    pub fn arrange(&mut self, aspect: f32) {
        let longest = self.segments.iter().map(Vec::len).max().unwrap_or(0).max(3);
        let storeys = [Storeys::Row, Storeys::Shelf, Storeys::Column];
        let networks = [Network::Below, Network::Right];
        let all = storeys.into_iter().flat_map(|storeys| networks.map(|network| (storeys, network)));
        let all = all.flat_map(|(storeys, network)| (3..=longest).map(move |in_row| (storeys, network, in_row)));
        let mut best: Option<(f32, (Storeys, Network, usize))> = None;
        for way in all {
            self.lay(way);
            let size = self.area().size().max(Vec2::splat(1.0));
            let zoom = (aspect / size.x).min(1.0 / size.y);
            // Of two that are as good the first, so that nothing jumps about.
            if best.is_none_or(|(most, _)| zoom > most * 1.001) {
                best = Some((zoom, way));
            }
        }
        if let Some((_, way)) = best {
            self.lay(way);
        }
    }

    fn lay(&mut self, (storeys, network, in_row): (Storeys, Network, usize)) {
        self.lay_floors(storeys);
        let building = self.building();
        let gap = GAP_M * self.scale;
        let corner = match network {
            Network::Below => Vec2::new(building.min.x, building.min.y - 2.0 * gap),
            Network::Right => Vec2::new(building.max.x + gap, building.max.y),
        };
        self.lay_network(corner, in_row);
    }

    fn lay_floors(&mut self, storeys: Storeys) {
        let mut numbers: Vec<i32> = self.floors.keys().copied().collect();
        numbers.sort_by_key(|&floor| if floor >= 0 { (0, floor) } else { (1, -floor) });
        let gap = GAP_M * self.scale;
        // The upper left corner of the next one.
        let mut next: Option<Vec2> = None;
        for (nth, number) in numbers.into_iter().enumerate() {
            let Some(floor) = self.floors.get_mut(&number) else { continue };
            let size = floor.own.size();
            let corner = next.unwrap_or(Vec2::new(floor.own.min.x, floor.own.max.y));
            floor.area = Rect { min: corner - Vec2::new(0.0, size.y), max: corner + Vec2::new(size.x, 0.0) };
            let right = Vec2::new(floor.area.max.x + gap, corner.y);
            let below = Vec2::new(corner.x, floor.area.min.y - gap);
            next = Some(match storeys {
                Storeys::Row => right,
                Storeys::Column => below,
                Storeys::Shelf if nth == 0 => right,
                Storeys::Shelf => below,
            });
        }
    }

    /// Segments as bands, the internet on top; in each its devices, in rows.
    fn lay_network(&mut self, corner: Vec2, in_row: usize) {
        let (cell, name) = (CELL * self.scale, NAME_M * self.scale);
        let width = name + in_row as f32 * cell.x;
        let mut top = corner.y;
        for &segment in &self.order {
            let rows = self.segments[segment].len().div_ceil(in_row).max(1);
            let bottom = top - rows as f32 * cell.y;
            self.bands[segment] = Rect { min: Vec2::new(corner.x, bottom), max: Vec2::new(corner.x + width, top) };
            for (nth, &device) in self.segments[segment].iter().enumerate() {
                let (row, column) = (nth / in_row, nth % in_row);
                let place = Vec2::new(corner.x + name + column as f32 * cell.x, top - row as f32 * cell.y);
                self.devices[device].0 = place + cell * Vec2::new(0.5, -0.5);
            }
            top = bottom - 1.5 * self.scale;
        }
        self.network = Rect { min: Vec2::new(corner.x, top), max: Vec2::new(corner.x + width, corner.y) };
    }

    /// What is shown.
    pub fn layers(&self) -> Layers {
        self.layers
    }

    /// The floor that is shown alone.
    pub fn floor(&self) -> Option<i32> {
        self.floor
    }

    /// Shows a half, and one floor or all.
    pub fn show(&mut self, layers: Layers, floor: Option<i32>) {
        self.layers = layers;
        self.floor = floor.filter(|floor| self.floors.contains_key(floor));
    }

    /// The point of a zone on the sheet; none where its floor is not shown.
    pub fn place(&self, zone: ZoneId, (x, y): (f64, f64)) -> Option<Vec2> {
        let number = self.zones[zone.index()]?;
        let shown = self.layers.plan() && self.floor.is_none_or(|floor| floor == number);
        let floor = &self.floors[&number];
        shown.then(|| Vec2::new(x as f32, y as f32) - floor.own.min + floor.area.min)
    }

    /// Where the name of a zone can stand, and nothing else is drawn but what is in it.
    pub fn clearing(&self, zone: ZoneId) -> Option<Rect> {
        let Rect { min, max } = self.names[zone.index()]?;
        let corner = |at: Vec2| self.place(zone, (f64::from(at.x), f64::from(at.y)));
        Some(Rect { min: corner(min)?, max: corner(max)? })
    }

    /// The points of a portal on the sheet: stairs and lifts have one on each of two floors.
    pub fn portal(&self, plan: &Plan, portal: PortalId) -> impl Iterator<Item = Vec2> {
        let door = &plan.portals[portal.index()];
        let place = |zone: ZoneId| self.place(zone, door.at?);
        let (outer, inner) = (place(door.outer), place(door.inner));
        let second = inner.filter(|inner| outer.is_none_or(|outer| outer.distance(*inner) > 0.01));
        [outer, second].into_iter().flatten()
    }

    /// A device: in the network where that is shown, else in its room.
    pub fn device(&self, device: DeviceId) -> Option<Vec2> {
        let (cell, _) = self.devices[device.index()];
        match self.layers {
            Layers::Network | Layers::Beside => Some(cell),
            Layers::Over | Layers::Plan => self.in_room(device),
        }
    }

    /// A device in its room.
    pub fn in_room(&self, device: DeviceId) -> Option<Vec2> {
        let (zone, at) = self.devices[device.index()].1?;
        self.place(zone, (f64::from(at.x), f64::from(at.y)))
    }

    /// The band of a segment.
    pub fn band(&self, segment: SegmentId) -> Rect {
        self.bands[segment.index()]
    }

    /// Where a connection sets out from.
    pub fn origin(&self, origin: Origin) -> Option<Vec2> {
        match origin {
            Origin::Device(device) => self.device(device),
            Origin::Segment(segment) => {
                let band = self.band(segment);
                self.layers.bands().then(|| Vec2::new(band.min.x + NAME_M * self.scale * 0.95, band.center().y))
            }
        }
    }

    /// The size of a device in the network.
    pub fn cell(&self) -> Vec2 {
        CELL * self.scale
    }

    /// Room for the name of a segment at the left of its band.
    pub fn name_width(&self) -> f32 {
        NAME_M * self.scale
    }

    /// All floors together.
    fn building(&self) -> Rect {
        let mut areas = self.floors.values().map(|floor| floor.area);
        let first = areas.next().unwrap_or(Rect { min: Vec2::ZERO, max: Vec2::splat(10.0) });
        areas.fold(first, |all, area| all.union(area))
    }

    /// All that is shown.
    pub fn area(&self) -> Rect {
        let building = self.floor.map_or_else(|| self.building(), |floor| self.floors[&floor].area);
        match self.layers {
            Layers::Plan | Layers::Over => building,
            Layers::Network => self.network,
            // The name of the lowest floor stands below it.
            Layers::Beside => building.union(self.network),
        }
    }

    /// The floors, each with its place; those that are shown.
    pub fn floors(&self) -> impl Iterator<Item = (i32, Rect)> + '_ {
        let shown = |number: i32| self.layers.plan() && self.floor.is_none_or(|floor| floor == number);
        self.floors.iter().map(|(number, floor)| (*number, floor.area)).filter(move |(number, _)| shown(*number))
    }

    /// The numbers of all floors.
    pub fn storeys(&self) -> impl Iterator<Item = i32> + '_ {
        self.floors.keys().copied()
    }
}

/// The name of a floor.
pub(crate) fn floor_name(number: i32) -> String {
    match number {
        0 => "ground floor".to_owned(),
        below if below < 0 => format!("basement {}", -below),
        above => format!("floor {above}"),
    }
}
