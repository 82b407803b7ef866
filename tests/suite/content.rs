//! What ships is what was promised: Northgate is a floor plan that fits together, and each of its figures has a source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doorward_model::base::Problems;
use doorward_model::plan::{Plan, Zone, check_site};
use doorward_model::site::{DeviceKind, PortalKind, ZoneKind};
use doorward_model::text::Files;

use crate::support::{Disk, NORTHGATE, files_in, shipped};

type Point = (f64, f64);

fn northgate() -> Arc<Plan> {
    Arc::clone(&shipped("tailgating", &[])[0])
}

#[test]
fn northgate_has_the_size_of_a_data_centre_with_offices() {
    let plan = northgate();
    let drawn: Vec<&Zone> = plan.zones.iter().filter(|zone| !zone.outline.is_empty()).collect();
    assert!(drawn.len() >= 35, "{} zones are drawn", drawn.len());
    let floors: BTreeSet<i32> = drawn.iter().map(|zone| zone.floor).collect();
    assert_eq!(floors.len(), 2, "{floors:?}");
    assert!(plan.portals.len() >= 50, "{} portals", plan.portals.len());
    for kind in [
        PortalKind::MantrapDoor,
        PortalKind::Turnstile,
        PortalKind::Fence,
        PortalKind::Gate,
        PortalKind::Dock,
        PortalKind::Stairs,
    ] {
        assert!(plan.portals.iter().any(|portal| portal.kind == kind), "{kind:?}");
    }
    for kind in [ZoneKind::GuardRoom, ZoneKind::Operations, ZoneKind::DataHall, ZoneKind::Office] {
        assert!(drawn.iter().any(|zone| zone.kind == kind), "{kind:?}");
    }
    assert!(plan.panels.len() >= 8 && plan.segments.len() >= 8 && plan.devices.len() >= 50);
    assert!(!plan.flows.is_empty(), "an allow-list");
    for kind in [DeviceKind::AccessControlServer, DeviceKind::Gateway, DeviceKind::JumpHost, DeviceKind::Camera] {
        assert!(plan.devices.iter().any(|device| device.kind == kind), "{kind:?}");
    }
    assert!((270..=330).contains(&plan.people.len()), "{} people", plan.people.len());
    let roles: BTreeSet<_> = plan.people.iter().map(|person| person.role).collect();
    assert!(roles.len() >= 8 && roles.len() == plan.roles.len(), "each role has somebody");
}

/// Every zone can be reached, and every panel and reader is wired to something.
#[test]
fn northgate_hangs_together() {
    let plan = northgate();
    let mut seen = vec![false; plan.zones.len()];
    let mut ahead: Vec<usize> = (0..plan.zones.len()).filter(|&zone| plan.zones[zone].offsite()).collect();
    while let Some(zone) = ahead.pop() {
        if !std::mem::replace(&mut seen[zone], true) {
            let ways = plan.zones[zone].ways.iter();
            ahead.extend(ways.map(|&(portal, direction)| plan.zone_beyond(portal, direction).index()));
        }
    }
    let apart: Vec<&str> =
        plan.zones.iter().zip(seen).filter(|(_, seen)| !seen).map(|(zone, _)| zone.name.as_str()).collect();
    assert!(apart.is_empty(), "{apart:?}");
    for panel in 0..plan.panels.len() {
        let used = plan.portals.iter().any(|portal| portal.panel.is_some_and(|p| p.index() == panel));
        assert!(used, "panel {} watches nothing", plan.panels[panel].name);
    }
}

fn edges(outline: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    outline.iter().copied().zip(outline.iter().copied().cycle().skip(1))
}

fn inside(outline: &[Point], (x, y): Point) -> bool {
    let crosses =
        |((ax, ay), (bx, by)): &(Point, Point)| (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax;
    edges(outline).filter(crosses).count() % 2 == 1
}

fn distance_to(outline: &[Point], (x, y): Point) -> f64 {
    let to_edge = |((ax, ay), (bx, by)): (Point, Point)| {
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        ((ax + along * dx - x).powi(2) + (ay + along * dy - y).powi(2)).sqrt()
    };
    edges(outline).map(to_edge).fold(f64::INFINITY, f64::min)
}

/// Sampled every half metre, off the grid on which walls stand.
#[test]
fn outlines_of_a_floor_do_not_overlap() {
    let plan = northgate();
    let mut floors: BTreeMap<i32, Vec<&Zone>> = BTreeMap::new();
    for zone in plan.zones.iter().filter(|zone| !zone.outline.is_empty()) {
        floors.entry(zone.floor).or_default().push(zone);
    }
    for zones in floors.values() {
        let corners = || zones.iter().flat_map(|zone| &zone.outline);
        let span =
            |of: fn(&Point) -> f64| corners().map(of).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        let ((left, right), (bottom, top)) = (span(|p| p.0), span(|p| p.1));
        let steps = |from: f64, to: f64| (0..((to - from) * 2.0) as u32).map(move |n| from + f64::from(n) * 0.5);
        let mut area = 0;
        for x in steps(left + 0.23, right) {
            for y in steps(bottom + 0.19, top) {
                let here: Vec<&str> =
                    zones.iter().filter(|zone| inside(&zone.outline, (x, y))).map(|zone| zone.name.as_str()).collect();
                assert!(here.len() <= 1, "({x}, {y}) lies in {here:?}");
                area += here.len();
            }
        }
        assert!(area > 4_000, "{area} quarters of a square metre are drawn");
    }
}

#[test]
fn doors_stand_in_the_walls_of_both_rooms() {
    let plan = northgate();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for portal in &plan.portals {
        let sides = [portal.outer, portal.inner].map(|zone| &plan.zones[zone.index()]);
        let Some(at) = portal.at else {
            wrong.push(format!("{} is nowhere", portal.name));
            continue;
        };
        let one_floor = sides[0].floor == sides[1].floor;
        for zone in sides.iter().filter(|zone| one_floor && !zone.outline.is_empty()) {
            checked += 1;
            let off = distance_to(&zone.outline, at);
            if off > 0.3 {
                wrong.push(format!("{} is {off:.1} m off the wall of {}", portal.name, zone.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(checked > 90, "{checked}");
}

#[test]
fn every_shipped_scenario_loads() {
    let files = files_in("scenarios", ".scenario.ron");
    let name = |file: &String| file.trim_start_matches("scenarios/").trim_end_matches(".scenario.ron").to_owned();
    let names: Vec<String> = files.iter().map(name).collect();
    assert!(
        NORTHGATE.iter().chain(&["garcia-easi"]).all(|wanted| names.iter().any(|name| name == wanted)),
        "{names:?}"
    );
    for name in &names {
        // Each tells its defences apart, and a comparison begins with the way it is.
        let plans = shipped(name, &[]);
        let defences: Vec<&str> = plans.iter().map(|plan| plan.defence_name.as_str()).collect();
        let distinct: BTreeSet<&str> = defences.iter().copied().collect();
        assert_eq!(distinct.len(), defences.len(), "{name}: {defences:?}");
        if name == "garcia-easi" {
            assert_eq!(defences.len(), 1, "{name}: {defences:?}");
        } else {
            assert_eq!(defences[0], "Perimeter", "{name}: {defences:?}");
            assert!(defences.len() >= 2, "{name} compares nothing");
        }
        for plan in &plans {
            assert!(!plan.scenario.is_empty() && plan.horizon > plan.warm_up_end, "{name}");
        }
    }
    // What is said of one site is tried on others too.
    let sites: BTreeSet<String> = names.iter().map(|name| shipped(name, &[])[0].site.clone()).collect();
    assert!(sites.len() >= 3, "{sites:?}");
}

/// Northgate under an edit.
struct Edited(String);

const EDITED: &str = "sites/edited.site.ron";

impl Files for Edited {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            EDITED => Ok(format!("(schema: 1, extends: \"northgate.site.ron\", edits: [{}])", self.0).into()),
            _ => Disk.read(name),
        }
    }
}

fn check_edited(edit: &str) -> Result<(), Problems> {
    check_site(EDITED, &mut Edited(edit.to_owned()))
}

#[test]
fn every_figure_has_a_source() {
    assert!(check_edited("").is_ok(), "unchanged, it is valid");
    let text = Disk.read("sites/northgate.site.ron").expect("the site");
    let (_, sources) = text.split_once("\n    sources: {\n").expect("sources");
    let (sources, _) = sources.split_once("\n    },\n").expect("their end");
    let names = sources.lines().filter_map(|line| line.strip_prefix("        \"")?.strip_suffix("\": ("));
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        let Err(problems) = check_edited(&format!("Remove(\"sources.{name}\")")) else {
            panic!("nothing rests on the source `{name}`");
        };
        assert!(problems.0.iter().all(|problem| problem.message.contains(name)), "{problems}");
    }
    assert!(check_edited("Set(\"walking_speed\", \"(value: 1.2)\")").is_err(), "a figure without a source");
}
