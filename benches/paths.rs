//! How fast the ways into a large site are found.
//!
//! A generated campus of 5,000 zones and 2,000 devices, most of them workstations on one flat segment, and a pair who know
//! the usual techniques of doors and networks:
//!
//! * `graph`: from the plan to the attack graph; under a second;
//! * `analyse`: all that `doorward paths` works out, with three ways of each kind; under ten seconds.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use doorward_adversary::Ways;
use doorward_model::base::AdversaryId;
use doorward_model::campus::Campus;
use doorward_model::plan::{Plan, Request, load};
use doorward_model::text::Files;
use doorward_study::paths::{PathOptions, analyse};

/// A pair, one at a computer far away and one on foot.
const SCENARIO: &str = r#"(
    schema: 1, name: "A pair on the campus", briefing: "", site: "campus.site.ron",
    sources: { "made-up": (grade: Assumption, text: "For a bench.") },
    techniques: ["scenarios/techniques/standard.technique.ron"],
    defences: ["defences/perimeter.defence.ron"], start: "Mon 05:00", warm_up: "1h", horizon: "12h",
    behaviour: (
        holds_door: (value: 0.5, source: "made-up"),
        reports_refused: (value: 0.5, source: "made-up"),
        report_delay: (value: Fixed("5min"), source: "made-up"),
        challenges: (value: 0.5, source: "made-up"),
    ),
    adversaries: {
        "pair": (
            about: "", skill: High, tools: Medium, knowledge: Insider,
            actors: { "writer": (starts: Segment("internet")), "walker": (starts: Zone("street")) },
            begins_after: (value: Fixed("0s"), source: "made-up"),
            patience: (value: Fixed("10min"), source: "made-up"),
            gives_up_after: (value: Fixed("4h"), source: "made-up"),
            techniques: [
                "walk", "follow-through", "force-barrier", "pick-lock", "log-in-with-known-secret", "exploit-service",
                "read-secrets", "remote-unlock", "change-schedule", "attach-device", "phish", "sabotage-asset",
            ],
            objective: Sabotage(asset: "servers"),
            plan: Seek(time: 1.0, risk: 300.0),
        ),
    },
)"#;

struct Generated(String);

impl Files for Generated {
    fn read(&mut self, name: &str) -> Result<Arc<str>, String> {
        match name {
            "campus.site.ron" => Ok(self.0.as_str().into()),
            "campus.scenario.ron" => Ok(SCENARIO.into()),
            _ => {
                let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
                std::fs::read_to_string(path).map(Arc::from).map_err(|e| e.to_string())
            }
        }
    }
}

fn campus() -> Arc<Plan> {
    let campus = Campus { zones: 5_000, people: 5_000, workstations: 1_800, seed: 1 };
    let text = campus.text().unwrap_or_else(|problem| panic!("{problem}"));
    let loaded = load("campus.scenario.ron", &Request::default(), &mut Generated(text));
    Arc::clone(&loaded.unwrap_or_else(|p| panic!("{p}")).plans[0])
}

fn paths(criterion: &mut Criterion) {
    let plan = campus();
    assert!(plan.devices.len() >= 2_000, "{} devices", plan.devices.len());
    let mut group = criterion.benchmark_group("campus of 5,000 zones");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    group.bench_function("graph", |b| b.iter(|| black_box(Ways::new(&plan, AdversaryId(0)).size())));
    group.bench_function("analyse", |b| {
        b.iter(|| black_box(analyse(&plan, PathOptions::default())).map(|found| found.ways.len()));
    });
    group.finish();
}

criterion_group!(benches, paths);
criterion_main!(benches);
