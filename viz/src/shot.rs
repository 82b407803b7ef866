//! Pictures without a window: rendered into an image, on whatever graphics adapter there is, and written as PNG.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bevy::app::{AppExit, SubApps};
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::image::Image;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::render_resource::{Extent3d, PollType, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::renderer::RenderDevice;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use doorward_model::base::SimTime;

use crate::app::{Show, furnish};
use crate::looking::{Lens, Panes};

/// There is no graphics adapter, not even one in software.
#[derive(Debug)]
pub struct NoAdapter;

impl std::fmt::Display for NoAdapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no graphics adapter; Mesa's lavapipe is one in software (Debian: mesa-vulkan-drivers)")
    }
}

impl std::error::Error for NoAdapter {}

impl NoAdapter {
    /// Looks for a graphics adapter.
    ///
    /// # Errors
    /// Where there is none.
    pub fn check() -> std::result::Result<(), Self> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        let found = bevy::tasks::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
        if found.is_empty() { Err(Self) } else { Ok(()) }
    }
}

/// Takes pictures of what an app shows.
pub struct Camera {
    apps: SubApps,
    image: Handle<Image>,
}

/// Frames until everything that is loaded while drawing is there.
const FRAMES: u32 = 8;
/// Frames to wait for a picture at most.
const PATIENCE: u32 = 64;

/// The last picture that came.
#[derive(Resource, Default)]
struct Taken(Option<Image>);

impl Camera {
    /// Sets up pictures of this size in pixels.
    ///
    /// # Errors
    /// [`NoAdapter`] where nothing can be rendered.
    pub fn new(show: Show, (width, height): (u32, u32)) -> Result<Self> {
        NoAdapter::check()?;
        let mut app = App::new();
        app.add_plugins(
            DefaultPlugins
                .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
                // Whoever asks for a picture wants to hear what is wrong with it, and nothing else.
                .set(LogPlugin { level: bevy::log::Level::ERROR, ..default() })
                .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
                .disable::<WinitPlugin>(),
        );
        let size = Extent3d { width, height, depth_or_array_layers: 1 };
        let format = TextureFormat::Rgba8UnormSrgb;
        let mut image = Image::new_uninit(size, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
        image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
        let image = app.world_mut().resource_mut::<Assets<Image>>().add(image);
        app.init_resource::<Taken>();
        furnish(&mut app, show, Some(RenderTarget::from(image.clone())));
        while app.plugins_state() == bevy::app::PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        let mut camera = Self { apps: std::mem::take(app.sub_apps_mut()), image };
        for _ in 0..FRAMES {
            camera.frame()?;
        }
        Ok(camera)
    }

    /// What the app knows, to look at or to change before the next picture.
    pub fn world(&mut self) -> &mut World {
        self.apps.main.world_mut()
    }

    /// Lets the app go on by one frame.
    ///
    /// # Errors
    /// Where the adapter fails.
    pub fn frame(&mut self) -> Result<()> {
        self.apps.update();
        let device = self.apps.main.world().get_resource::<RenderDevice>().context(NoAdapter)?;
        device.wgpu_device().poll(PollType::Wait { submission_index: None, timeout: None })?;
        Ok(())
    }

    /// Sets the clock.
    pub fn seek(&mut self, to: SimTime) {
        self.world().resource_mut::<Panes>().seek(to);
    }

    /// Goes close to the adversary, with so many points for a metre.
    pub fn close_up(&mut self, zoom: f32) {
        let at = self.world().resource::<Panes>().adversary();
        let mut lens = self.world().resource_mut::<Lens>();
        lens.zoom = zoom.clamp(0.05, 400.0);
        if let Some(at) = at {
            lens.centre = at;
        }
    }

    /// The picture of what is shown now.
    ///
    /// # Errors
    /// Where the adapter fails.
    pub fn take(&mut self) -> Result<Image> {
        // What was changed since the last frame is drawn first; panels settle in one more.
        for _ in 0..3 {
            self.frame()?;
        }
        let image = self.image.clone();
        let keep = |captured: On<ScreenshotCaptured>, mut taken: ResMut<Taken>| taken.0 = Some(captured.image.clone());
        self.world().spawn(Screenshot::image(image)).observe(keep);
        for _ in 0..PATIENCE {
            self.frame()?;
            if let Some(image) = self.world().resource_mut::<Taken>().0.take() {
                return Ok(image);
            }
        }
        bail!("the graphics adapter gave no picture")
    }

    /// Writes the picture of what is shown now.
    ///
    /// # Errors
    /// Where the adapter fails or the file cannot be written.
    pub fn write(&mut self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let image = self.take()?.try_into_dynamic().context("the picture has an unknown format")?;
        image.to_rgb8().save(file).with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.world().write_message(AppExit::Success);
    }
}
