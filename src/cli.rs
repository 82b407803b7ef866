//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

/// A digital twin of a site's converged security: doors, networks, attackers and defences in one simulator.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Examples:
  doorward list
  doorward run scenarios/vendor-backdoor.scenario.ron
  doorward trace scenarios/vendor-backdoor.scenario.ron --run 3
  doorward paths scenarios/vendor-backdoor.scenario.ron
  doorward view scenarios/vendor-backdoor.scenario.ron

Exit codes: 0 done, 1 the machine failed, 2 the input cannot be used, 130 interrupted."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run scenarios many times and score each defence
    Run(RunArgs),
    /// Find the ways through a design, what they hang on and what one change would buy
    Paths(PathsArgs),
    /// Tell what happens in one run
    Trace(TraceArgs),
    /// See a run: the building, the network, who is where, what the alarms say
    View(ViewArgs),
    /// Show every problem in site, scenario, technique and defence files
    Validate(ValidateArgs),
    /// List what ships: sites, scenarios, defences, techniques, rules, controls
    List(ListArgs),
    /// Say what a name means, where its numbers come from and who uses it
    Explain(ExplainArgs),
    /// Write a plausible campus of any size, as a site file
    Generate(GenerateArgs),
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward run scenarios/stolen-badge.scenario.ron --runs 5000
  doorward run scenarios/*.scenario.ron --json --out results.json
  doorward run scenarios/ --runs 100
  doorward run scenarios/stolen-badge.scenario.ron --defence defences/converged.defence.ron
  doorward run scenarios/vendor-backdoor.scenario.ron --set site.flows.vendor-tunnel.allowed=false
  doorward run scenarios/tailgating.scenario.ron --sweep scenario.behaviour.holds_door.value=0.2,0.5,0.8")]
pub(crate) struct RunArgs {
    /// Scenario files; or a folder of them, for one line each under every rung of the ladder beside it
    #[arg(required = true, value_name = "SCENARIO")]
    pub(crate) scenarios: Vec<String>,
    /// Number of runs for each defence
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Threads; as many as there are cores by default. Results do not depend on it
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Run for each value of one figure: does the ranking of the defences hold?
    #[arg(long, value_name = "PATH=V1,V2,..")]
    pub(crate) sweep: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<String>,
}

/// What changes a scenario without changing its files.
#[derive(Args)]
pub(crate) struct Changes {
    /// Seed of all draws
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Defence instead of those that the scenario names: a file, or the name of one of them. May be repeated
    #[arg(long = "defence", value_name = "FILE")]
    pub(crate) defences: Vec<String>,
    /// Change a value; the path begins with site, scenario, techniques or defence. May be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) sets: Vec<String>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward paths scenarios/vendor-backdoor.scenario.ron
  doorward paths scenarios/vendor-backdoor.scenario.ron --set site.flows.vendor-tunnel.allowed=false
  doorward paths scenarios/stolen-badge.scenario.ron --verify 1000
  doorward paths scenarios/tailgating.scenario.ron --dot | dot -Tsvg > ways.svg

The first defence of the scenario is analysed; --defence names another, --all takes all of them.")]
pub(crate) struct PathsArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// How many ways of each kind: by the adversary's own weights, quickest, stealthiest
    #[arg(long, default_value_t = 3, value_name = "K", value_parser = value_parser!(u8).range(1..=20))]
    pub(crate) ways: u8,
    /// Simulate each way, so many runs
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub(crate) verify: Option<u32>,
    /// Each of the scenario's defences
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Print one JSON object
    #[arg(long, conflicts_with = "dot")]
    pub(crate) json: bool,
    /// Print the ways as a graph for Graphviz
    #[arg(long)]
    pub(crate) dot: bool,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<String>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward trace scenarios/stolen-badge.scenario.ron --run 17 --defence converged
  doorward trace scenarios/vendor-backdoor.scenario.ron --set site.flows.vendor-tunnel.allowed=false
  doorward trace scenarios/tailgating.scenario.ron --json | jq 'select(.kind == \"observed\")'")]
pub(crate) struct TraceArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// Index of the run, as in a batch
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) run: u32,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Show ordinary traffic too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward view scenarios/vendor-backdoor.scenario.ron
  doorward view scenarios/vendor-backdoor.scenario.ron --defence perimeter --defence converged
  doorward view scenarios/tailgating.scenario.ron --screenshot shot.png --at 1h20m
  doorward view -- --help

The viewer is a program of its own: `cargo build --release -p doorward-viz` builds it.")]
pub(crate) struct ViewArgs {
    /// Scenario file and options of the viewer
    #[arg(required = true, value_name = "SCENARIO", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward validate sites/northgate.site.ron
  doorward validate sites/*.ron scenarios/*.ron defences/*.ron
  doorward validate my.defence.ron --site sites/northgate.site.ron")]
pub(crate) struct ValidateArgs {
    /// Files: .site.ron, .scenario.ron, .technique.ron, .defence.ron
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// Site on which to check defence files
    #[arg(long, value_name = "FILE")]
    pub(crate) site: Option<String>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward list
  doorward list scenarios
  doorward list techniques --json")]
pub(crate) struct ListArgs {
    /// Only these
    pub(crate) what: Option<Shelf>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward explain tap-reader
  doorward explain off-hours-badge
  doorward explain mantraps
  doorward explain record_stale_after --json")]
pub(crate) struct ExplainArgs {
    /// Techniques, rules, controls, barriers, classes, devices, assumptions: any names in the files that ship
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Print a JSON list, one object a name
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  doorward generate --zones 200 --people 500 --out campus.site.ron
  doorward generate --zones 4700 --people 10000 --seed 7 --out large.site.ron
  doorward validate campus.site.ron

Every figure in a generated site is an assumption and says so. The same numbers and seed give the same file.")]
pub(crate) struct GenerateArgs {
    /// Number of zones, 13 to 50,000
    #[arg(long, value_name = "N")]
    pub(crate) zones: usize,
    /// Number of people, 12 to 200,000
    #[arg(long, value_name = "N")]
    pub(crate) people: usize,
    /// Number of workstations in the offices, at most 50,000
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) workstations: usize,
    /// What varies between campuses of one size
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<String>,
}

/// A kind of thing that ships.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shelf {
    Sites,
    Scenarios,
    Defences,
    Techniques,
    Rules,
    Controls,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
