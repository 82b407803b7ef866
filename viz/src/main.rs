//! `doorward-viz`: runs, seen.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use clap::Parser;
use doorward_model::base::{SimDuration, SimTime};
use doorward_model::text::Edit;
use doorward_study::Heat;
use doorward_study::heat::Measure;
use doorward_viz::{
    Camera, Heated, Layers, Looking, Memory, Palette, Panes, Scale, Show, Source, Tab, Theme, Work, show,
};

/// See a run: the building, the network, who is where, what the alarms say.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Examples:
  doorward-viz scenarios/vendor-backdoor.scenario.ron
  doorward-viz scenarios/vendor-backdoor.scenario.ron --defence perimeter --defence converged --run 3
  doorward-viz scenarios/tailgating.scenario.ron --screenshot shot.png --at 1h20m
  doorward-viz scenarios/tailgating.scenario.ron --frames frames --from 1h20m --to 1h30m --fps 12 --speed 30
  doorward-viz scenarios/tailgating.scenario.ron --heat presence --layers plan --tab batch --screenshot heat.png
  ffmpeg -framerate 12 -i frames/%05d.png -pix_fmt yuv420p run.mp4"
)]
struct Args {
    /// Scenario file
    #[arg(value_name = "SCENARIO", required_unless_present = "trace")]
    scenario: Option<String>,
    /// The defence: a file, or the name of one that the scenario names; twice: two beside each other
    #[arg(long = "defence", value_name = "FILE")]
    defences: Vec<String>,
    /// Index of the run, as in a batch
    #[arg(long, default_value_t = 0, value_name = "N")]
    run: u32,
    /// Seed of all draws
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Change a value, as for `run`. May be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    sets: Vec<String>,
    /// A run that `doorward trace --json` wrote: the same run is shown, and checked against it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenario", "defences", "run", "seed", "sets"])]
    trace: Option<PathBuf>,
    /// The clock, since the start of the run
    #[arg(long, value_parser = duration, value_name = "TIME")]
    at: Option<SimDuration>,
    /// Write a picture to this file instead of opening a window
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
    /// Write pictures into this folder instead of opening a window
    #[arg(long, value_name = "DIR", conflicts_with = "screenshot", requires_all = ["from", "to"])]
    frames: Option<PathBuf>,
    /// Clock of the first picture
    #[arg(long, value_parser = duration, value_name = "TIME")]
    from: Option<SimDuration>,
    /// Clock of the last picture
    #[arg(long, value_parser = duration, value_name = "TIME")]
    to: Option<SimDuration>,
    /// Pictures in a second
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
    fps: u32,
    /// Simulated seconds in a second
    #[arg(long, default_value_t = 30.0, value_parser = speed)]
    speed: f64,
    /// Size of pictures
    #[arg(long, default_value = "1280x800", value_parser = size)]
    size: (u32, u32),
    /// What of the site is shown
    #[arg(long, value_enum)]
    layers: Option<Half>,
    /// One floor alone
    #[arg(long, allow_negative_numbers = true)]
    floor: Option<i32>,
    /// As close to the adversary as this many pixels for a metre
    #[arg(long, value_name = "PIXELS")]
    close: Option<f32>,
    /// What stands at the side
    #[arg(long, value_enum)]
    tab: Option<Page>,
    /// Colour the rooms by many runs of the first defence
    #[arg(long, value_enum)]
    heat: Option<Warmth>,
    /// How many runs that are
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: u32,
    /// Close the window after so many seconds
    #[arg(long, value_name = "N", conflicts_with_all = ["screenshot", "frames"])]
    seconds: Option<f32>,
    /// Light colours, for a bright room
    #[arg(long)]
    light: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Half {
    Plan,
    Network,
    Both,
    Over,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Page {
    Alarms,
    Inspect,
    Events,
    Adversary,
    Score,
    Batch,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Warmth {
    Presence,
    Detection,
    Containment,
}

fn duration(text: &str) -> Result<SimDuration, String> {
    text.parse::<SimDuration>().map_err(|error| error.to_string())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "expected a number")?;
    if (0.25..=1_000.0).contains(&speed) { Ok(speed) } else { Err("expected 0.25 to 1000".into()) }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    parts
        .filter(|(w, h)| (320..=8_192).contains(w) && (240..=8_192).contains(h))
        .ok_or("expected one such as 1280x800".into())
}

/// The runs that are asked for.
fn panes(args: &Args) -> anyhow::Result<(Panes, Source)> {
    if let Some(trace) = &args.trace {
        return doorward_viz::replay(trace);
    }
    let problem = |problems: doorward_model::base::Problems| anyhow::anyhow!("{problems}");
    let edits = args.sets.iter().map(|set| Edit::parse_set(set).map_err(|problem| anyhow::anyhow!("{problem}")));
    let edits = edits.collect::<anyhow::Result<Vec<_>>>()?;
    let scenario = args.scenario.clone().unwrap_or_default();
    let source = Source { scenario, defence: args.defences.first().cloned(), edits, seed: args.seed, run: args.run };
    let mut panes = Panes::new(source.session().map_err(problem)?);
    for defence in args.defences.iter().skip(1).take(1) {
        let other = Source { defence: Some(defence.clone()), ..source.clone() };
        panes.sessions.push(other.session().map_err(problem)?);
    }
    Ok((panes, source))
}

fn prepared(args: &Args) -> anyhow::Result<Show> {
    let (mut panes, source) = panes(args)?;
    let remembered =
        if args.screenshot.is_some() || args.frames.is_some() { Memory::default() } else { Memory::recall() };
    let half = match args.layers {
        None => remembered.half(),
        Some(Half::Plan) => Layers::Plan,
        Some(Half::Network) => Layers::Network,
        Some(Half::Both) => Layers::Beside,
        Some(Half::Over) => Layers::Over,
    };
    let tab = match args.tab {
        None => remembered.side(),
        Some(Page::Alarms) => Tab::Alarms,
        Some(Page::Inspect) => Tab::Inspect,
        Some(Page::Events) => Tab::Events,
        Some(Page::Adversary) => Tab::Adversary,
        Some(Page::Score) => Tab::Score,
        Some(Page::Batch) => Tab::Batch,
    };
    panes.sheet.show(half, args.floor);
    // Who says nothing sees the attack begin, or the morning.
    let start = panes.first().record().marks.first().map_or(panes.first().plan().warm_up_end, |mark| mark.at);
    panes.seek(args.at.or(args.from).map_or(start, |at| SimTime::ZERO + at));
    let heat = args.heat.and_then(|warmth| {
        let measure = match warmth {
            Warmth::Presence => Measure::Presence,
            Warmth::Detection => Measure::Detection,
            Warmth::Containment => Measure::Containment,
        };
        let first = panes.first();
        let (progress, stop) = (AtomicU32::new(0), AtomicBool::new(false));
        let heat = Heat::of(first.plan(), first.simulation(), args.seed, args.runs, &progress, &stop)?;
        Some(Heated { measure, heat: Arc::new(heat) })
    });
    let theme = if args.light { Theme::Light } else { remembered.theme() };
    Ok(Show {
        work: Work::new(source),
        panes,
        looking: Looking { tab, heat, fit: true, ..Looking::default() },
        palette: Palette::new(theme),
        scale: if args.screenshot.is_some() || args.frames.is_some() { Scale::default() } else { remembered.letters() },
    })
}

fn pictures(args: &Args, show: Show) -> anyhow::Result<()> {
    let mut camera = Camera::new(show, args.size)?;
    if let Some(close) = args.close {
        camera.close_up(close);
    }
    if let Some(file) = &args.screenshot {
        return camera.write(file);
    }
    let (Some(folder), Some(from), Some(to)) = (&args.frames, args.from, args.to) else { return Ok(()) };
    let step = SimDuration::from_secs_f64(args.speed / f64::from(args.fps));
    let (mut at, end) = (SimTime::ZERO + from, SimTime::ZERO + to);
    let mut number = 0;
    while at <= end {
        camera.seek(at);
        if let Some(close) = args.close {
            camera.close_up(close);
        }
        camera.write(&folder.join(format!("{number:05}.png")))?;
        number += 1;
        at += step;
    }
    eprintln!("{number} pictures in {}", folder.display());
    Ok(())
}

fn main() -> ExitCode {
    let args = Args::parse();
    let prepared = match prepared(&args) {
        Ok(prepared) => prepared,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    };
    if args.screenshot.is_some() || args.frames.is_some() {
        return match pictures(&args, prepared) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::from(1)
            }
        };
    }
    match show(prepared, args.seconds) {
        Ok(bevy::app::AppExit::Success) => ExitCode::SUCCESS,
        Ok(bevy::app::AppExit::Error(_)) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}
