//! Pictures, rendered off screen and held beside those that were looked at. `DOORWARD_NEW_PICTURES=1` writes them anew;
//! look at each before it is kept. Where there is no graphics adapter they are skipped, but not with `DOORWARD_PICTURES`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use bevy::image::Image;
use doorward_model::base::{SimDuration, SimTime};
use doorward_study::Heat;
use doorward_study::heat::Measure;
use doorward_viz::{Camera, Heated, Layers, Looking, NoAdapter, Palette, Panes, Scale, Show, Source, Tab, Theme, Work};

/// Width and height.
const SIZE: (u32, u32) = (960, 600);
/// A channel of a pixel that differs by no more than this is the same: adapters round in their own ways.
const SAME: u8 = 40;
/// Pixels that may differ: edges of letters and lines.
const MAY_DIFFER: f64 = 0.01;

/// What is looked at.
struct Look {
    name: &'static str,
    scenario: &'static str,
    defences: &'static [&'static str],
    at_s: u64,
    layers: Layers,
    theme: Theme,
    tab: Tab,
    close: Option<f32>,
    heat: Option<(Measure, u32)>,
}

const LOOKS: [Look; 5] = [
    Look {
        name: "vendor-both",
        scenario: "vendor-backdoor",
        defences: &["perimeter"],
        at_s: 5_040,
        layers: Layers::Beside,
        theme: Theme::Dark,
        tab: Tab::Alarms,
        close: None,
        heat: None,
    },
    Look {
        name: "vendor-close",
        scenario: "vendor-backdoor",
        defences: &["perimeter"],
        at_s: 5_040,
        layers: Layers::Plan,
        theme: Theme::Light,
        tab: Tab::Adversary,
        close: Some(12.0),
        heat: None,
    },
    Look {
        name: "vendor-compared",
        scenario: "vendor-backdoor",
        defences: &["perimeter", "converged"],
        at_s: 4_860,
        layers: Layers::Plan,
        theme: Theme::Dark,
        tab: Tab::Score,
        close: None,
        heat: None,
    },
    Look {
        name: "harbour-over",
        scenario: "cloud-gates",
        defences: &["perimeter"],
        at_s: 6_000,
        layers: Layers::Over,
        theme: Theme::Light,
        tab: Tab::Events,
        close: None,
        heat: None,
    },
    Look {
        name: "kestrel-heat",
        scenario: "second-shift-keys",
        defences: &["perimeter"],
        at_s: 3_600,
        layers: Layers::Plan,
        theme: Theme::Dark,
        tab: Tab::Batch,
        close: None,
        heat: Some((Measure::Presence, 10)),
    },
];

fn show(look: &Look) -> Show {
    let scenario = format!("{}/../scenarios/{}.scenario.ron", env!("CARGO_MANIFEST_DIR"), look.scenario);
    let source = |defence: &str| Source {
        scenario: scenario.clone(),
        defence: Some(defence.to_owned()),
        seed: 1,
        run: 3,
        ..Source::default()
    };
    let session = |defence: &&str| source(defence).session().unwrap_or_else(|problems| panic!("{problems}"));
    let mut sessions = look.defences.iter().map(session);
    let mut panes = Panes::new(sessions.next().expect("a defence"));
    panes.sessions.extend(sessions);
    panes.sheet.show(look.layers, None);
    panes.seek(SimTime::ZERO + SimDuration::from_secs(look.at_s));
    let heat = look.heat.map(|(measure, runs)| {
        let first = panes.first();
        let (progress, stop) = (AtomicU32::new(0), AtomicBool::new(false));
        let heat = Heat::of(first.plan(), first.simulation(), 1, runs, &progress, &stop).expect("nobody stops it");
        Heated { measure, heat: Arc::new(heat) }
    });
    Show {
        panes,
        work: Work::new(source(look.defences[0])),
        looking: Looking { tab: look.tab, heat, fit: true, ..Looking::default() },
        palette: Palette::new(look.theme),
        scale: Scale::default(),
    }
}

fn take(look: &Look) -> Image {
    let mut camera = Camera::new(show(look), SIZE).unwrap_or_else(|error| panic!("{error:#}"));
    if let Some(zoom) = look.close {
        camera.close_up(zoom);
    }
    camera.take().unwrap_or_else(|error| panic!("{error:#}"))
}

fn kept(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(format!("{name}.png"))
}

/// The share of pixels in which two pictures differ.
fn difference(a: &[u8], b: &[u8]) -> f64 {
    let pixels = a.chunks_exact(3).zip(b.chunks_exact(3));
    let differ = pixels.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > SAME)).count();
    differ as f64 / (a.len() / 3) as f64
}

#[test]
fn pictures_are_as_they_were_looked_at() {
    if let Err(why) = NoAdapter::check() {
        assert!(std::env::var_os("DOORWARD_PICTURES").is_none(), "{why}");
        println!("skipped: {why}");
        return;
    }
    let mut wrong = Vec::new();
    for look in &LOOKS {
        let new = take(look).try_into_dynamic().expect("a known format").to_rgb8();
        let file = kept(look.name);
        if std::env::var_os("DOORWARD_NEW_PICTURES").is_some() {
            new.save(&file).expect("it can be written");
            continue;
        }
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let own = image::load_from_memory(&bytes).expect("a picture").to_rgb8();
        assert_eq!(own.dimensions(), new.dimensions(), "{}", look.name);
        let differ = difference(own.as_raw(), new.as_raw());
        println!("{}: {:.2} % of the pixels differ", look.name, 100.0 * differ);
        if differ > MAY_DIFFER {
            let beside = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.png", look.name));
            new.save(&beside).expect("it can be written");
            wrong.push(format!("{}: {:.2} % differ, see {}", look.name, 100.0 * differ, beside.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
