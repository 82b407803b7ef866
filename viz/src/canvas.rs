//! What is drawn on: for each pane a camera and a few layers, each one mesh, so that draw calls do not grow with people.

use bevy::camera::visibility::RenderLayers;
use bevy::camera::{RenderTarget, ScalingMode, Viewport};
use bevy::prelude::*;
use bevy_egui::{EguiGlobalSettings, PrimaryEguiContext};

use crate::input::Scale;
use crate::looking::{Lens, Panes};
use crate::paint::Paint;

/// The layers of a pane, from the back to the front.
#[derive(Component, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Layer {
    /// Zones and walls, bands of the network.
    Ground,
    /// Doors, sensors, devices.
    Things,
    /// Whoever is there, and what goes on.
    Actors,
}

impl Layer {
    pub(crate) const ALL: [Self; 3] = [Self::Ground, Self::Things, Self::Actors];
}

/// The pane that a layer or a camera belongs to.
#[derive(Component, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pane(pub(crate) usize);

/// What the cameras draw to; none: the window.
#[derive(Resource, Clone)]
pub(crate) struct Target(pub(crate) Option<RenderTarget>);

/// Cameras and layers.
pub(crate) struct CanvasPlugin;

impl Plugin for CanvasPlugin {
    fn build(&self, app: &mut App) {
        app.world_mut().get_resource_or_init::<EguiGlobalSettings>().auto_create_primary_context = false;
        app.init_resource::<Lens>().add_systems(Startup, spawn).add_systems(PostUpdate, aim);
    }
}

fn spawn(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<ColorMaterial>>,
    target: Res<Target>,
) {
    let plain = materials.add(ColorMaterial::default());
    for pane in 0..2 {
        let own = RenderLayers::layer(pane + 1);
        for (z, layer) in Layer::ALL.into_iter().enumerate() {
            commands.spawn((
                layer,
                Pane(pane),
                own.clone(),
                Mesh2d(meshes.add(Paint::mesh())),
                MeshMaterial2d(plain.clone()),
                Transform::from_xyz(0.0, 0.0, z as f32),
                // The meshes change each frame: what Bevy believes of their size is of no use.
                bevy::camera::visibility::NoFrustumCulling,
            ));
        }
        let projection =
            OrthographicProjection { scaling_mode: ScalingMode::WindowSize, ..OrthographicProjection::default_2d() };
        let clear_color = if pane == 0 { ClearColorConfig::Default } else { ClearColorConfig::None };
        let camera = Camera { order: pane as isize, clear_color, ..default() };
        let mut camera = commands.spawn((Pane(pane), Camera2d, camera, Projection::Orthographic(projection), own));
        if let Some(target) = &target.0 {
            camera.insert(target.clone());
        }
    }
    // Panels and names lie over both.
    let camera = Camera { order: 2, clear_color: ClearColorConfig::None, ..default() };
    let mut camera = commands.spawn((Camera2d, camera, RenderLayers::none(), PrimaryEguiContext));
    if let Some(target) = &target.0 {
        camera.insert(target.clone());
    }
}

/// Cameras look through the lens.
fn aim(
    lens: Res<Lens>,
    panes: Res<Panes>,
    letters: Res<Scale>,
    mut cameras: Query<(&Pane, &mut Camera, &mut Projection, &mut Transform)>,
) {
    for (pane, mut camera, mut projection, mut transform) in &mut cameras {
        let area = lens.panes[pane.0];
        camera.is_active = pane.0 < panes.sessions.len() && area.width() >= 1.0 && area.height() >= 1.0;
        if !camera.is_active {
            continue;
        }
        let scale = camera.target_scaling_factor().unwrap_or(1.0) * letters.0;
        let whole = camera.physical_target_size().unwrap_or(UVec2::ONE);
        let position = (area.min * scale).as_uvec2().min(whole.saturating_sub(UVec2::ONE));
        let size = (area.size() * scale).as_uvec2().clamp(UVec2::ONE, whole - position);
        camera.viewport = Some(Viewport { physical_position: position, physical_size: size, ..default() });
        if let Projection::Orthographic(orthographic) = &mut *projection {
            orthographic.scale = 1.0 / (lens.zoom * letters.0);
        }
        transform.translation = lens.centre.extend(100.0);
    }
}
