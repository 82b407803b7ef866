//! What somebody looks at, and how: all of the viewer's state that is not the run's.

use std::sync::Arc;

use bevy::math::{Rect, Vec2};
use bevy::prelude::Resource;
use doorward_model::base::{ActorId, AdversaryId};
use doorward_model::base::{AlarmId, DeviceId, PersonId, PortalId, SimTime, ZoneId};
use doorward_study::heat::{Heat, Measure};

use crate::session::Session;
use crate::sheet::{Layers, Sheet};

/// The runs that are shown: one, or two beside each other.
#[derive(Resource)]
pub struct Panes {
    /// Each with its own defence, on the same site.
    pub sessions: Vec<Session>,
    /// The sheet that both are drawn on.
    pub sheet: Sheet,
}

impl Panes {
    /// One run.
    pub fn new(session: Session) -> Self {
        let sheet = Sheet::new(session.plan());
        Self { sessions: vec![session], sheet }
    }

    /// The run that came first. There is always one.
    pub fn first(&self) -> &Session {
        &self.sessions[0]
    }

    /// The clock of all of them.
    pub fn now(&self) -> SimTime {
        self.first().now()
    }

    /// Where the first of an adversary's people on foot is on the sheet; where that shows none, the last device that it
    /// holds.
    pub fn adversary(&self) -> Option<Vec2> {
        let view = self.first().view();
        let mut own = view.figures.iter().filter(|figure| matches!(figure.body, crate::view::Body::Actor(..)));
        let held = view.held.iter().rposition(|held| *held).map(DeviceId::from_index);
        let on_foot = own.find_map(|figure| self.sheet.place(figure.zone, figure.at));
        on_foot.or_else(|| held.and_then(|device| self.sheet.device(device)))
    }

    /// Sets the clock of all of them.
    pub fn seek(&mut self, to: SimTime) {
        for session in &mut self.sessions {
            session.seek(to);
        }
    }
}

/// Whether the clock runs, and how fast.
#[derive(Resource, Clone, Copy, PartialEq, Debug)]
pub struct Clock {
    /// Stands still.
    pub paused: bool,
    /// Simulated seconds in a second.
    pub speed: f64,
}

/// The slowest and the fastest.
pub(crate) const SPEEDS: std::ops::RangeInclusive<f64> = 0.25..=1_000.0;

impl Default for Clock {
    fn default() -> Self {
        Self { paused: true, speed: 30.0 }
    }
}

impl Clock {
    /// Faster or slower.
    pub fn times(&mut self, factor: f64) {
        self.speed = (self.speed * factor).clamp(*SPEEDS.start(), *SPEEDS.end());
    }
}

/// Something that was clicked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picked {
    /// A room.
    Zone(ZoneId),
    /// A door.
    Portal(PortalId),
    /// Somebody.
    Person(PersonId),
    /// One of an adversary.
    Actor(AdversaryId, ActorId),
    /// A device.
    Device(DeviceId),
    /// An alarm of the first run.
    Alarm(AlarmId),
}

/// What stands at the side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// Alarms by team, and the milestones.
    #[default]
    Alarms,
    /// What was clicked.
    Inspect,
    /// The record.
    Events,
    /// What the adversary has in mind.
    Adversary,
    /// The score so far.
    Score,
    /// Many runs.
    Batch,
}

impl Tab {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Alarms, Self::Inspect, Self::Events, Self::Adversary, Self::Score, Self::Batch];

    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Alarms => "Alarms",
            Self::Inspect => "Inspect",
            Self::Events => "Events",
            Self::Adversary => "Adversary",
            Self::Score => "Score",
            Self::Batch => "Batch",
        }
    }
}

/// Many runs, on the plan.
#[derive(Clone, Debug)]
pub struct Heated {
    /// What.
    pub measure: Measure,
    /// The figures.
    pub heat: Arc<Heat>,
}

/// What somebody looks at.
#[derive(Resource, Clone, Debug, Default)]
pub struct Looking {
    /// What was clicked last.
    pub picked: Option<Picked>,
    /// What stands at the side.
    pub tab: Tab,
    /// Words that the lines of the record have to have.
    pub filter: String,
    /// The list of keys is shown.
    pub help: bool,
    /// The list of scenarios is shown.
    pub opening: bool,
    /// Something went wrong, in words for the screen.
    pub message: Option<String>,
    /// Figures of many runs.
    pub heat: Option<Heated>,
    /// Whether the camera is to show everything again.
    pub fit: bool,
}

/// How the sheet comes on the screen: the same for both panes.
#[derive(Resource, Clone, Copy, PartialEq, Debug)]
pub struct Lens {
    /// The point in the middle, in metres.
    pub centre: Vec2,
    /// Points of the screen for a metre.
    pub zoom: f32,
    /// The panes, in points of the screen.
    pub panes: [Rect; 2],
}

impl Default for Lens {
    fn default() -> Self {
        Self { centre: Vec2::ZERO, zoom: 4.0, panes: [Rect::default(); 2] }
    }
}

/// Free around what is shown, as a share.
const MARGIN: f32 = 0.94;

impl Lens {
    /// A point of the sheet on the screen, in one of the panes.
    pub fn on_screen(&self, pane: usize, at: Vec2) -> Vec2 {
        self.panes[pane].center() + (at - self.centre) * Vec2::new(self.zoom, -self.zoom)
    }

    /// A point of the screen on the sheet.
    pub fn on_sheet(&self, pane: usize, at: Vec2) -> Vec2 {
        self.centre + (at - self.panes[pane].center()) / Vec2::new(self.zoom, -self.zoom)
    }

    /// Shows an area of the sheet.
    pub fn fit(&mut self, area: Rect) {
        let room = self.panes[0].size().max(Vec2::splat(10.0));
        self.centre = area.center();
        self.zoom = (room / area.size().max(Vec2::splat(1.0))).min_element() * MARGIN;
    }

    /// Nearer or further, with what is under the pointer staying there.
    pub fn zoom_at(&mut self, pane: usize, pointer: Vec2, factor: f32) {
        let before = self.on_sheet(pane, pointer);
        self.zoom = (self.zoom * factor).clamp(0.05, 400.0);
        self.centre += before - self.on_sheet(pane, pointer);
    }
}

/// Layers and one floor or all, as a change of the sheet.
pub(crate) fn show(panes: &mut Panes, looking: &mut Looking, layers: Layers, floor: Option<i32>) {
    panes.sheet.show(layers, floor);
    looking.fit = true;
}
