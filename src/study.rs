//! Batches as the command line runs them: on a pool of threads, with a progress bar, until Ctrl-C.

use crate::failure::{Failure, INTERRUPTED};
use anyhow::Context;
use doorward_model::plan::Plan;
use doorward_study::{BatchOptions, Paths, Summary, batch, paths};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs batches.
pub(crate) struct Study {
    options: BatchOptions,
    pool: rayon::ThreadPool,
    stop: Arc<AtomicBool>,
}

impl Study {
    /// On this many threads; as many as there are cores where none is said.
    pub(crate) fn new(options: BatchOptions, threads: Option<u16>) -> Result<Self, Failure> {
        let threads = threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().context("cannot start threads")?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let on_interrupt = move || {
            // A second Ctrl-C means it.
            if asked.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(INTERRUPTED));
            }
        };
        ctrlc::set_handler(on_interrupt).context("cannot listen for Ctrl-C")?;
        Ok(Self { options, pool, stop })
    }

    /// Scores one plan. `label` stands beside the progress bar.
    pub(crate) fn score(&self, plan: &Arc<Plan>, label: &str) -> Summary {
        let bar = progress_bar(self.options.runs).with_message(label.to_owned());
        let result = self.pool.install(|| batch::run(plan, self.options, &|runs| bar.inc(runs), &self.stop));
        bar.finish_and_clear();
        result.scorecard.summary(plan)
    }

    /// Goes each of the ways in simulation.
    pub(crate) fn verify(&self, found: &mut Paths, plan: &Arc<Plan>) {
        let runs = self.options.runs.saturating_mul(found.ways.len() as u32);
        let bar = progress_bar(runs).with_message(format!("{}, {}", plan.scenario, plan.defence_name));
        self.pool.install(|| paths::verify(found, plan, self.options, &|runs| bar.inc(runs), &self.stop));
        bar.finish_and_clear();
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The exit code, with a word about runs that are missing.
    pub(crate) fn end(&self) -> ExitCode {
        if !self.interrupted() {
            return ExitCode::SUCCESS;
        }
        eprintln!("interrupted: each result covers its first complete runs; see their number there");
        ExitCode::from(INTERRUPTED)
    }
}

/// On stderr, and only on a terminal.
fn progress_bar(runs: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:30!} {bar:24} {human_pos}/{human_len} {eta}");
    ProgressBar::new(u64::from(runs)).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
