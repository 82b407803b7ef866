//! What takes long and is done beside the picture: opening a scenario, and many runs of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use bevy::prelude::*;
use doorward_engine::Simulation;
use doorward_model::base::{Diagnostic, Problems, SimTime};
use doorward_model::plan::{Plan, load_under};
use doorward_model::text::{Edit, Files};
use doorward_study::Heat;
use doorward_study::heat::Measure;

use crate::looking::{Heated, Looking, Panes};
use crate::session::Session;

/// Where a run comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Scenario file.
    pub scenario: String,
    /// A defence: a file, or the name of one that the scenario names; none: its first.
    pub defence: Option<String>,
    /// Changes, as `--set` takes them.
    pub edits: Vec<Edit>,
    /// Seed of all draws.
    pub seed: u64,
    /// Which run.
    pub run: u32,
}

struct Disk;

impl Files for Disk {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        std::fs::read_to_string(name).map(Into::into).map_err(|error| error.to_string())
    }
}

impl Source {
    /// The plan of it.
    ///
    /// # Errors
    /// Every problem in its files.
    pub fn plan(&self) -> Result<Arc<Plan>, Problems> {
        let defences: Vec<String> = self.defence.iter().cloned().collect();
        let loaded = load_under(&self.scenario, &defences, &self.edits, &mut Disk)?;
        // INVARIANT (loaded): a scenario that loads has a plan for each of its defences, and at least one.
        Ok(Arc::clone(&loaded.plans[0]))
    }

    /// The same run under another defence of the scenario: the first that is not called so.
    ///
    /// # Errors
    /// Every problem in its files, and where there is no other.
    pub fn other_than(&self, name: &str) -> Result<Self, Problems> {
        let loaded = load_under(&self.scenario, &[], &self.edits, &mut Disk)?;
        let other = loaded.plans.iter().map(|plan| &plan.defence_name).find(|other| *other != name);
        let other = other.ok_or_else(|| {
            let message = "the scenario names no other defence to compare with";
            Problems(vec![Diagnostic::error(&self.scenario, "", None, message.to_owned())])
        })?;
        Ok(Self { defence: Some(other.clone()), ..self.clone() })
    }

    /// The run of it, told to its end.
    ///
    /// # Errors
    /// Every problem in its files.
    pub fn session(&self) -> Result<Session, Problems> {
        self.plan().map(|plan| Session::new(plan, self.seed, self.run))
    }
}

/// A defence that one can choose.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DefenceFile {
    /// File.
    pub file: String,
}

impl DefenceFile {
    /// Its name, without folder and suffix.
    pub fn title(&self) -> &str {
        let name = self.file.rsplit('/').next().unwrap_or(&self.file);
        name.strip_suffix(".defence.ron").unwrap_or(name)
    }
}

/// Which pane a run is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// The only one: another scenario.
    New,
    /// The first, with the clock where it is.
    First,
    /// The second, with the clock where it is.
    Second,
}

/// A run that is being opened.
struct Opening {
    source: Source,
    slot: Slot,
    done: Receiver<Result<Session, String>>,
}

/// Many runs that are on their way.
struct Heating {
    measure: Measure,
    runs: u32,
    progress: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    done: Receiver<Option<Heat>>,
}

/// Work beside the picture.
#[derive(Resource)]
pub struct Work {
    source: Source,
    defences: Vec<DefenceFile>,
    scenarios: Vec<String>,
    // Receivers are for one thread alone; only systems with the whole resource look at them.
    opening: bevy::platform::cell::SyncCell<Option<Opening>>,
    heating: bevy::platform::cell::SyncCell<Option<Heating>>,
    is_opening: bool,
    heat: Option<(u32, u32)>,
}

impl Work {
    /// With the run that is shown first.
    pub fn new(source: Source) -> Self {
        let mut work = Self {
            defences: Vec::new(),
            scenarios: Vec::new(),
            opening: bevy::platform::cell::SyncCell::new(None),
            heating: bevy::platform::cell::SyncCell::new(None),
            is_opening: false,
            heat: None,
            source,
        };
        work.look_around();
        work
    }

    /// Finds what lies beside the scenario.
    fn look_around(&mut self) {
        let scenario = Path::new(&self.source.scenario);
        let folder = scenario.parent().unwrap_or_else(|| Path::new(""));
        self.scenarios = files_in(folder, ".scenario.ron");
        let beside = folder.parent().map_or_else(|| PathBuf::from("defences"), |above| above.join("defences"));
        self.defences = files_in(&beside, ".defence.ron").into_iter().map(|file| DefenceFile { file }).collect();
    }

    /// Where the first run comes from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Defences beside the scenario.
    pub fn defences(&self) -> &[DefenceFile] {
        &self.defences
    }

    /// Scenarios beside the scenario.
    pub fn scenarios(&self) -> &[String] {
        &self.scenarios
    }

    /// Whether a run is being opened.
    pub fn is_opening(&self) -> bool {
        self.is_opening
    }

    /// Runs done, and asked for, of many that are on their way.
    pub fn heat_progress(&self) -> Option<(u32, u32)> {
        self.heat
    }

    /// Opens a run. One that is still being opened is forgotten.
    pub fn open(&mut self, source: Source, slot: Slot) {
        let (send, done) = channel();
        let wanted = source.clone();
        std::thread::spawn(move || {
            // Nobody waits for it any more if this fails.
            let _ = send.send(wanted.session().map_err(|problems| problems.to_string()));
        });
        *self.opening.get() = Some(Opening { source, slot, done });
        self.is_opening = true;
    }

    /// Runs the scenario many times.
    pub fn heat(&mut self, simulation: &Simulation, measure: Measure, runs: u32) {
        self.stop_heat();
        let (send, done) = channel();
        let (progress, stop) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (own, simulation, seed) =
            ((Arc::clone(&progress), Arc::clone(&stop)), simulation.clone(), self.source.seed);
        std::thread::spawn(move || {
            let plan = Arc::clone(simulation.plan());
            let _ = send.send(Heat::of(&plan, &simulation, seed, runs, &own.0, &own.1));
        });
        *self.heating.get() = Some(Heating { measure, runs, progress, stop, done });
        self.heat = Some((0, runs));
    }

    /// Stops many runs on their way.
    pub fn stop_heat(&mut self) {
        if let Some(heating) = self.heating.get().take() {
            heating.stop.store(true, Ordering::Relaxed);
        }
        self.heat = None;
    }
}

/// The file names of a folder with this suffix, sorted; none where it cannot be read.
fn files_in(folder: &Path, suffix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let names = entries.into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let own = names.filter(|name| name.ends_with(suffix));
    let mut files: Vec<String> = own.map(|name| folder.join(name).to_string_lossy().into_owned()).collect();
    files.sort();
    files
}

/// Takes in what is done.
pub(crate) fn take_in(mut work: ResMut<Work>, mut panes: ResMut<Panes>, mut looking: ResMut<Looking>) {
    let work = work.bypass_change_detection();
    let opened = work.opening.get().as_ref().map(|opening| opening.done.try_recv());
    match opened {
        None | Some(Err(TryRecvError::Empty)) => {}
        Some(Err(TryRecvError::Disconnected)) => {
            *work.opening.get() = None;
            work.is_opening = false;
            looking.message = Some("The run could not be opened: it came to no end.".to_owned());
        }
        Some(Ok(result)) => {
            let opening = work.opening.get().take();
            work.is_opening = false;
            match (result, opening) {
                (Ok(session), Some(Opening { source, slot, .. })) => {
                    put(session, source, slot, work, &mut panes, &mut looking);
                }
                (Err(problems), _) => looking.message = Some(problems),
                (Ok(_), None) => {}
            }
        }
    }
    let heated = work.heating.get().as_ref().map(|heating| {
        let progress = heating.progress.load(Ordering::Relaxed);
        (heating.done.try_recv(), heating.measure, progress, heating.runs)
    });
    if let Some((result, measure, progress, runs)) = heated {
        work.heat = Some((progress, runs));
        if let Ok(heat) = result {
            *work.heating.get() = None;
            work.heat = None;
            looking.heat = heat.map(|heat| Heated { measure, heat: Arc::new(heat) });
        }
    }
}

/// Puts an opened run where it belongs.
fn put(mut session: Session, source: Source, slot: Slot, work: &mut Work, panes: &mut Panes, looking: &mut Looking) {
    match slot {
        Slot::New => {
            session.seek(SimTime::ZERO);
            *panes = Panes::new(session);
            *looking = Looking { fit: true, tab: looking.tab, ..Looking::default() };
        }
        Slot::First => {
            session.seek(panes.now());
            panes.sessions[0] = session;
            looking.heat = None;
        }
        Slot::Second => {
            session.seek(panes.now());
            panes.sessions.truncate(1);
            panes.sessions.push(session);
            return;
        }
    }
    work.source = source;
    work.look_around();
}
