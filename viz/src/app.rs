//! The app: in a window, or for a picture.

use bevy::camera::RenderTarget;
use bevy::input::InputSystems;
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPlugin, EguiPrimaryContextPass};
use doorward_model::base::SimDuration;

use crate::canvas::{CanvasPlugin, Target};
use crate::input::{self, Scale};
use crate::looking::{Clock, Looking, Panes};
use crate::memory;
use crate::palette::Palette;
use crate::panels::PanelsPlugin;
use crate::plan::PlanPlugin;
use crate::shot::NoAdapter;
use crate::work::{self, Work};

/// What is shown, and how, when the app begins.
pub struct Show {
    /// One run, or two.
    pub panes: Panes,
    /// Where the first comes from.
    pub work: Work,
    /// What somebody looks at.
    pub looking: Looking,
    /// Colours.
    pub palette: Palette,
    /// Size of letters.
    pub scale: Scale,
}

/// Shows runs in a window, until it is closed, or for so many seconds.
///
/// # Errors
/// Where there is no graphics adapter.
pub fn show(show: Show, seconds: Option<f32>) -> Result<AppExit, NoAdapter> {
    NoAdapter::check()?;
    let title = format!("{}: Doorward", show.panes.first().plan().scenario);
    let window = Window { title, resolution: (1280, 800).into(), ..default() };
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }));
    furnish(&mut app, show, None);
    app.add_systems(Last, memory::keep);
    if let Some(seconds) = seconds {
        let close = move |time: Res<Time<Real>>, mut exits: MessageWriter<AppExit>| {
            if time.elapsed_secs() >= seconds {
                exits.write(AppExit::Success);
            }
        };
        app.add_systems(Update, close);
    }
    Ok(app.run())
}

/// Puts in all that there is to see.
pub fn furnish(app: &mut App, show: Show, target: Option<RenderTarget>) {
    app.add_plugins(EguiPlugin::default())
        .insert_resource(Target(target))
        .insert_resource(ClearColor(show.palette.ground()))
        .insert_resource(show.panes)
        .insert_resource(show.work)
        .insert_resource(show.looking)
        .insert_resource(show.palette)
        .insert_resource(show.scale)
        .init_resource::<Clock>()
        .add_plugins((CanvasPlugin, PlanPlugin, PanelsPlugin))
        .add_systems(PreUpdate, (work::take_in, input::keys).chain().after(InputSystems))
        .add_systems(First, tick)
        .add_systems(Update, background)
        .add_systems(EguiPrimaryContextPass, letters);
}

/// The clock goes on.
fn tick(time: Res<Time>, mut clock: ResMut<Clock>, mut panes: ResMut<Panes>) {
    if clock.paused {
        return;
    }
    let to = panes.now() + SimDuration::from_secs_f64(time.delta_secs_f64() * clock.speed);
    panes.seek(to);
    if panes.now() >= panes.first().horizon() {
        clock.paused = true;
    }
}

fn background(palette: Res<Palette>, mut clear: ResMut<ClearColor>) {
    if palette.is_changed() {
        clear.0 = palette.ground();
    }
}

fn letters(scale: Res<Scale>, mut contexts: EguiContexts) -> Result {
    contexts.ctx_mut()?.set_zoom_factor(scale.0);
    Ok(())
}
