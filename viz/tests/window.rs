//! The window app, driven: keys, pointer and clock as a user has them, without a window and without a graphics adapter.

use std::time::Duration;

use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::image::Image;
use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput};
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::time::TimeUpdateStrategy;
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use bevy_egui::input::EguiInputEvent;
use bevy_egui::{PrimaryEguiContext, egui};
use doorward_model::base::{PortalId, SimDuration, SimTime};
use doorward_viz::{
    Clock, Layers, Lens, Looking, Palette, Panes, Picked, Scale, Show, Source, Tab, Theme, Work, furnish,
};

const WIDTH: u32 = 1_280;
const HEIGHT: u32 = 800;

fn source(scenario: &str) -> Source {
    let scenario = format!("{}/../scenarios/{scenario}.scenario.ron", env!("CARGO_MANIFEST_DIR"));
    Source { scenario, seed: 1, ..Source::default() }
}

/// The app, and somebody in front of it.
struct Driver {
    app: App,
    context: Entity,
}

impl Driver {
    fn new(scenario: &str) -> Self {
        let mut app = App::new();
        let no_adapter = WgpuSettings { backends: None, ..default() };
        app.add_plugins(
            DefaultPlugins
                .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
                .set(RenderPlugin { render_creation: RenderCreation::Automatic(Box::new(no_adapter)), ..default() })
                .disable::<WinitPlugin>()
                .disable::<bevy::log::LogPlugin>(),
        );
        let size = Extent3d { width: WIDTH, height: HEIGHT, depth_or_array_layers: 1 };
        let format = TextureFormat::Rgba8UnormSrgb;
        let mut image = Image::new_uninit(size, TextureDimension::D2, format, RenderAssetUsages::default());
        image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT;
        let image = app.world_mut().resource_mut::<Assets<Image>>().add(image);
        let source = source(scenario);
        let show = Show {
            panes: Panes::new(source.session().unwrap_or_else(|problems| panic!("{problems}"))),
            work: Work::new(source),
            looking: Looking { fit: true, ..Looking::default() },
            palette: Palette::new(Theme::Dark),
            scale: Scale::default(),
        };
        furnish(&mut app, show, Some(RenderTarget::from(image)));
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(100)));
        app.finish();
        app.cleanup();
        app.update();
        let world = app.world_mut();
        let context = world.query_filtered::<Entity, With<PrimaryEguiContext>>().single(world).expect("one context");
        let mut driver = Self { app, context };
        driver.frames(3);
        driver
    }

    fn frames(&mut self, count: u32) {
        (0..count).for_each(|_| self.app.update());
    }

    fn get<R: Resource>(&self) -> &R {
        self.app.world().resource::<R>()
    }

    fn now(&self) -> SimTime {
        self.get::<Panes>().now()
    }

    fn press(&mut self, key: KeyCode) {
        for state in [ButtonState::Pressed, ButtonState::Released] {
            self.app.world_mut().write_message(KeyboardInput {
                key_code: key,
                logical_key: Key::Dead(None),
                state,
                text: None,
                repeat: false,
                window: Entity::PLACEHOLDER,
            });
            self.frames(1);
        }
        self.frames(1);
    }

    fn send(&mut self, event: egui::Event) {
        let context = self.context;
        self.app.world_mut().write_message(EguiInputEvent { context, event });
        self.frames(1);
    }

    fn click(&mut self, at: Vec2) {
        let pos = egui::pos2(at.x, at.y);
        self.send(egui::Event::PointerMoved(pos));
        for pressed in [true, false] {
            self.send(egui::Event::PointerButton {
                pos,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
        }
        self.frames(2);
    }

    /// Waits for what is done beside the picture.
    fn wait(&mut self) {
        for _ in 0..600 {
            self.frames(1);
            if !self.get::<Work>().is_opening() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("a run is still being opened after a minute");
    }
}

#[test]
fn a_run_is_opened_played_scrubbed_clicked_and_compared() {
    let mut driver = Driver::new("vendor-backdoor");
    assert!(driver.get::<Panes>().first().plan().scenario.starts_with("Vendor backdoor"));
    assert!(driver.get::<Clock>().paused);
    let start = driver.now();

    driver.press(KeyCode::Space);
    assert!(!driver.get::<Clock>().paused);
    driver.frames(10);
    let played = driver.now();
    let speed = driver.get::<Clock>().speed;
    assert!(played - start >= SimDuration::from_secs_f64(speed), "a second of ten frames: {:?}", played - start);
    driver.press(KeyCode::Space);
    assert!(driver.get::<Clock>().paused);
    let paused = driver.now();
    driver.frames(5);
    assert_eq!(driver.now(), paused);

    driver.press(KeyCode::Equal);
    assert_eq!(driver.get::<Clock>().speed, 2.0 * speed);

    // The line of the whole run lies at the lower edge; its middle is half of the run.
    driver.click(Vec2::new(WIDTH as f32 / 2.0, HEIGHT as f32 - 36.0));
    let (half, horizon) = (driver.now().as_millis(), driver.get::<Panes>().first().horizon().as_millis());
    assert!(half.abs_diff(horizon / 2) < horizon / 50, "{half} of {horizon}");
    driver.press(KeyCode::KeyP);
    let marks = driver.get::<Panes>().first().record().marks.clone();
    let before = marks.iter().rev().find(|mark| mark.at.as_millis() < half).expect("a milestone");
    assert_eq!(driver.now(), before.at);

    let panes = driver.get::<Panes>();
    let plan = panes.first().plan();
    let door = plan.portals.iter().position(|portal| portal.name == "main-entrance").expect("a door");
    let door = PortalId::from_index(door);
    let at = panes.sheet.portal(plan, door).next().expect("it is drawn");
    driver.click(driver.get::<Lens>().on_screen(0, at));
    let looking = driver.get::<Looking>();
    assert_eq!((looking.picked, looking.tab), (Some(Picked::Portal(door)), Tab::Inspect));

    for (key, layers) in
        [KeyCode::Digit1, KeyCode::Digit2, KeyCode::Digit3, KeyCode::Digit4].into_iter().zip(Layers::ALL)
    {
        driver.press(key);
        assert_eq!(driver.get::<Panes>().sheet.layers(), layers);
    }

    driver.press(KeyCode::KeyC);
    driver.wait();
    let panes = driver.get::<Panes>();
    let names: Vec<&str> = panes.sessions.iter().map(|session| session.plan().defence_name.as_str()).collect();
    assert_eq!(names, ["Perimeter", "Converged"]);
    assert_eq!(panes.sessions[0].now(), panes.sessions[1].now());
    driver.press(KeyCode::ArrowRight);
    let panes = driver.get::<Panes>();
    assert_eq!(panes.sessions[1].now(), before.at + SimDuration::from_secs(60), "the clocks are locked");
    driver.press(KeyCode::KeyC);
    assert_eq!(driver.get::<Panes>().sessions.len(), 1);

    driver.press(KeyCode::Slash);
    assert!(driver.get::<Looking>().help);
    driver.press(KeyCode::Escape);
    assert!(!driver.get::<Looking>().help);
}

#[test]
fn what_cannot_be_opened_is_said_on_the_screen() {
    let mut driver = Driver::new("tailgating");
    let before = driver.get::<Panes>().first().plan().scenario.clone();
    let missing = source("no-such-scenario");
    driver.app.world_mut().resource_mut::<Work>().open(missing, doorward_viz::Slot::New);
    driver.wait();
    let message = driver.get::<Looking>().message.clone().expect("a message");
    assert!(message.contains("no-such-scenario"), "{message}");
    assert_eq!(driver.get::<Panes>().first().plan().scenario, before, "nothing is lost");
}

#[test]
fn what_is_drawn_does_not_grow_with_people() {
    let mut driver = Driver::new("quiet-weekday");
    let mut drawn = |hour: u64| {
        driver.app.world_mut().resource_mut::<Panes>().seek(SimTime::ZERO + SimDuration::from_secs(hour * 3_600));
        driver.frames(2);
        let people = driver.get::<Panes>().first().view().figures.len();
        let world = driver.app.world_mut();
        (people, world.query::<&Mesh2d>().iter(world).count(), world.query::<&Sprite>().iter(world).count())
    };
    let (night, morning) = (drawn(3), drawn(11));
    assert!(morning.0 > 10 * night.0.max(1), "{} people, {} at night", morning.0, night.0);
    // A mesh is a draw call: one for each layer of two panes.
    assert_eq!((night.1, night.2), (6, 0));
    assert_eq!((morning.1, morning.2), (6, 0));
}
