//! How fast a run can be looked at.
//!
//! * `view`: the instant of a weekday morning with 2,000 people at work, made anew, as before each frame;
//! * `back`: an hour back in that day, from the nearest state that is kept.
//!
//! What the states take in memory is printed.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use doorward_model::base::{SimDuration, SimTime};
use doorward_model::campus::Campus;
use doorward_model::plan::{Plan, Request, load};
use doorward_model::text::Files;
use doorward_viz::Session;

const PEOPLE: usize = 2_000;
const DAY: &str = r#"(
    schema: 1, name: "A day on the campus", briefing: "", site: "campus.site.ron",
    defences: ["defences/zero-trust.defence.ron"], start: "Tue 00:00", horizon: "24h",
)"#;

/// A generated campus, in memory; all else from the disk.
struct Generated(String);

impl Files for Generated {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            "campus.site.ron" => Ok(self.0.as_str().into()),
            "campus.scenario.ron" => Ok(DAY.into()),
            _ => {
                let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
                std::fs::read_to_string(path).map(Arc::from).map_err(|error| error.to_string())
            }
        }
    }
}

fn plan() -> Arc<Plan> {
    let campus = Campus { zones: 600, people: PEOPLE, workstations: 0, seed: 1 };
    let text = campus.text().unwrap_or_else(|problem| panic!("{problem}"));
    let loaded = load("campus.scenario.ron", &Request::default(), &mut Generated(text));
    Arc::clone(&loaded.unwrap_or_else(|problems| panic!("{problems}")).plans[0])
}

/// Memory of this process that is in use, in MiB; zero where the system does not say.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = status.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4 / 1_024
}

fn view(c: &mut Criterion) {
    let plan = plan();
    let before = resident_mib();
    let mut session = Session::new(plan, 1, 0);
    println!("a day of {PEOPLE} people takes {} MiB with its states and its record", resident_mib() - before);
    let morning = SimTime::ZERO + SimDuration::from_secs(10 * 3_600 + 1_800);
    session.seek(morning);
    println!("{} figures to be drawn", session.view().figures.len());
    c.bench_function("view", |b| b.iter(|| black_box(&mut session).seek(morning)));
    c.bench_function("back", |b| {
        b.iter_custom(|times| {
            let mut sum = Duration::ZERO;
            for _ in 0..times {
                session.seek(morning + SimDuration::from_secs(3_600));
                let start = Instant::now();
                session.seek(morning);
                sum += start.elapsed();
            }
            sum
        });
    });
}

criterion_group!(benches, view);
criterion_main!(benches);
