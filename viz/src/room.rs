//! Space in rooms: where a name can stand, and where people do.

use bevy::math::{Rect, Vec2};
use doorward_model::base::{PersonId, ZoneId};
use doorward_model::plan::{Plan, Zone};

use crate::view::Body;

/// How much of a clearing, from below, is left for the name: nobody stands there.
pub(crate) const NAME_SHARE: f32 = 0.38;

/// Where everybody stands in each room: always at the same place, so that nobody jumps when others come or go.
#[derive(Debug)]
pub(crate) struct Spots {
    /// By zone: the ellipse within which people stand, as its middle and its half axes.
    rooms: Vec<Option<(Vec2, Vec2)>>,
    /// By zone: how many have their work there.
    at_work: Vec<u32>,
    /// By person: how many have their work in the same zone and come before.
    places: Vec<u32>,
}

impl Spots {
    pub(crate) fn new(plan: &Plan) -> Self {
        let room = |clearing: Option<Rect>| {
            let Rect { mut min, max } = clearing?;
            min.y += NAME_SHARE * (max.y - min.y);
            let (middle, half) = ((min + max) / 2.0, (max - min) / 2.0);
            Some((middle, (half - Vec2::splat(WALL_M as f32)).max(Vec2::ZERO)))
        };
        let mut at_work = vec![0; plan.zones.len()];
        let place = |base: Option<ZoneId>| {
            let others: &mut u32 = &mut at_work[base?.index()];
            *others += 1;
            Some(*others - 1)
        };
        let places = plan.people.iter().map(|person| person.base).map(place).map(Option::unwrap_or_default).collect();
        Self { rooms: clearings(plan).into_iter().map(room).collect(), at_work, places }
    }

    /// Where somebody stands in a zone; none where it is not drawn.
    pub(crate) fn of(&self, plan: &Plan, body: Body, zone: ZoneId) -> Option<(f64, f64)> {
        let (middle, half) = self.rooms[zone.index()]?;
        let (out, turn) = match body {
            Body::Person(person) if plan.people[person.index()].base == Some(zone) => {
                let (nth, all) = (self.places[person.index()] as f32, self.at_work[zone.index()] as f32);
                (((nth + 0.5) / all).sqrt(), nth * GOLDEN_TURN)
            }
            Body::Person(person) | Body::Guard(person, _) => visitor(person),
            Body::Actor(adversary, actor) => {
                let nth = (adversary.index() + actor.index()) as f32;
                // At the left: what they are after lies in the middle.
                ((0.45 + 0.2 * nth.sqrt()).min(1.0), 0.5 + nth * GOLDEN_TURN)
            }
        };
        let at = middle + half * out * Vec2::from_angle(turn * std::f32::consts::TAU);
        Some((f64::from(at.x), f64::from(at.y)))
    }
}

/// The golden angle, as part of a turn: points at multiples of it, each a little further out, lie nowhere on each other.
const GOLDEN_TURN: f32 = 0.381_966;
/// Parts by which points of a sequence are apart that fills a square evenly however few of them are taken: the powers of
/// 1/g, where g³ = g + 1 (Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018).
const EVENLY: [f64; 2] = [0.754_877_666_246_692_8, 0.569_840_290_998_053_3];

/// Who does not work in a room stands anywhere in it, as parts of the way to the wall and of a turn.
fn visitor(person: PersonId) -> (f32, f32) {
    let [out, turn] = EVENLY.map(|part| (person.index() as f64 * part).fract() as f32);
    (out.sqrt(), turn)
}

/// Parts of a zone in each direction when its clearing is looked for.
const PARTS: usize = 22;
/// A name is at least so many times as wide as it is high: a rectangle higher than wide counts less.
const WIDE: f32 = 3.0;

/// The largest free rectangle of each zone: within it, and not below another that is drawn over it.
pub(crate) fn clearings(plan: &Plan) -> Vec<Option<Rect>> {
    let outlines: Vec<Vec<Vec2>> = (plan.zones.iter())
        .map(|zone| zone.outline.iter().map(|&(x, y)| Vec2::new(x as f32, y as f32)).collect())
        .collect();
    let boxes: Vec<Option<Rect>> = outlines.iter().map(|outline| bounds(outline)).collect();
    let rank = |zone: usize| (!plan.zones[zone].offsite(), plan.zones[zone].level);
    let clearing = |index: usize| {
        let own = boxes[index]?;
        let over: Vec<usize> = (0..outlines.len())
            .filter(|&other| other != index && plan.zones[other].floor == plan.zones[index].floor)
            .filter(|&other| rank(other) >= rank(index))
            .filter(|&other| boxes[other].is_some_and(|other| !other.intersect(own).is_empty()))
            .collect();
        let cell = own.size() / PARTS as f32;
        let free_at =
            |at: Vec2| within(&outlines[index], at) && !over.iter().any(|&other| within(&outlines[other], at));
        // The corners, a little inside, and the middle.
        let parts = [(0.5, 0.5), (0.05, 0.05), (0.95, 0.05), (0.05, 0.95), (0.95, 0.95)];
        let free = |row: usize, column: usize| {
            parts.iter().all(|&(x, y)| free_at(own.min + cell * Vec2::new(column as f32 + x, row as f32 + y)))
        };
        // Free cells from each one upwards: rectangles then stand on a row.
        let mut height = [0_usize; PARTS];
        let mut best: Option<(f32, Rect)> = None;
        for row in 0..PARTS {
            for (column, height) in height.iter_mut().enumerate() {
                *height = if free(row, column) { *height + 1 } else { 0 };
            }
            for left in 0..PARTS {
                let mut least = usize::MAX;
                for (right, height) in height.iter().enumerate().skip(left) {
                    least = least.min(*height);
                    if least == 0 {
                        break;
                    }
                    let size = cell * Vec2::new((right - left + 1) as f32, least as f32);
                    // Of two that are as good the larger one.
                    let worth = size.x * (size.y.min(size.x / WIDE) + 1e-3 * size.y);
                    if best.is_none_or(|(most, _)| worth > most) {
                        let min = own.min + cell * Vec2::new(left as f32, (row + 1 - least) as f32);
                        best = Some((worth, Rect { min, max: min + size }));
                    }
                }
            }
        }
        best.map(|(_, rect)| rect)
    };
    (0..outlines.len()).map(clearing).collect()
}

fn bounds(outline: &[Vec2]) -> Option<Rect> {
    let first = *outline.first()?;
    Some(outline.iter().fold(Rect { min: first, max: first }, |all, at| all.union_point(*at)))
}

/// Whether a point lies within an outline.
pub(crate) fn within(outline: &[Vec2], at: Vec2) -> bool {
    let mut inside = false;
    for i in 0..outline.len() {
        let (a, b) = (outline[i], outline[(i + 1) % outline.len()]);
        if (a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

/// How far one may go from a point of a zone without going into a wall, in metres.
pub(crate) fn reach(zone: &Zone, (x, y): (f64, f64)) -> f32 {
    let n = zone.outline.len();
    let walls = (0..n).map(|i| {
        let ((ax, ay), (bx, by)) = (zone.outline[i], zone.outline[(i + 1) % n]);
        let (dx, dy) = (bx - ax, by - ay);
        let whole = dx * dx + dy * dy;
        let along = if whole > 0.0 { (((x - ax) * dx + (y - ay) * dy) / whole).clamp(0.0, 1.0) } else { 0.0 };
        (x - ax - along * dx).hypot(y - ay - along * dy)
    });
    (walls.fold(f64::INFINITY, f64::min) - WALL_M).clamp(0.0, 1e3) as f32
}

/// Room that somebody at a wall takes, in metres.
const WALL_M: f64 = 0.75;
