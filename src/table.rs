//! Results as tables of 80 columns: one column for each defence.

use crate::text::{NONE, WIDTH, count, cut, rate, share, time, wrap};
use doorward_model::defence::MeasureKind;
use doorward_model::plan::{Assumption, Plan};
use doorward_model::site::Grade;
use doorward_study::statistics::{Estimate, wilson};
use doorward_study::summary::{BlastRadius, Threat, TimeSummary};
use doorward_study::{ClosedFormNote, Item, Outcome, Results, Summary};
use std::collections::BTreeMap;
use std::fmt::Write;

const LABEL: usize = 26;
const CELL_MAX: usize = 27;
/// More defences go into a further table.
const COLUMNS_MAX: usize = 3;

/// All results, with head and foot.
pub(crate) fn results(results: &Results) -> String {
    let mut text = head(results);
    for scenario in results.results.chunk_by(|a, b| (&a.scenario, &a.site) == (&b.scenario, &b.site)) {
        text += &scenario_head(&scenario[0]);
        for columns in scenario.chunks(COLUMNS_MAX) {
            text.push('\n');
            text += &table(columns);
        }
        text += &notes(scenario, results.runs);
    }
    text + &assumptions(&results.assumptions)
}

/// Version, seed, runs, inputs with their hashes, changes.
pub(crate) fn head(results: &Results) -> String {
    let Results { doorward, seed, runs, .. } = results;
    let mut text = match runs {
        0 => format!("doorward {doorward}\n\n"),
        runs => format!("doorward {doorward}   seed {seed}   {} runs for each defence\n\n", count(u64::from(*runs))),
    };
    for input in &results.inputs {
        let short: String = input.hash.chars().take(12).collect();
        text += &format!("  {short}  {}\n", input.path);
    }
    for change in &results.changes {
        text += &wrap(&format!("  changed: {change}"), 4);
    }
    text
}

fn scenario_head(summary: &Summary) -> String {
    let mut text = format!("\n{} on {}\n", summary.scenario, summary.site);
    for threat in &summary.threat {
        text += &wrap(&threat_line(threat), 8);
    }
    if summary.threat.is_empty() {
        text += "threat: none; this is an ordinary time\n";
    } else if summary.threat.len() > 1 {
        text += &format!("scored: {} alone\n", summary.threat[0].name);
    }
    text
}

/// The design basis threat of a plan in lines.
pub(crate) fn threat(plan: &Plan) -> String {
    plan.adversaries.iter().map(|adversary| threat_line(&Threat::of(plan, adversary))).collect::<Vec<_>>().join("; ")
}

/// The design basis threat in a line.
fn threat_line(threat: &Threat) -> String {
    let Threat { name, skill, tools, knowledge, actors, objective } = threat;
    let number = if actors.len() == 1 { "1 actor".to_owned() } else { format!("{} actors", actors.len()) };
    let words = format!("skill {skill:?}, tools {tools:?}, knowledge {knowledge:?}").to_lowercase();
    format!("threat: {name}: {words}; {number} ({}); {objective}", actors.join(", "))
}

/// A label with the figure that goes with it.
type Row<T, Of = Summary> = (&'static str, fn(&Of) -> T);

/// Lines of a table under construction.
struct Table<'a> {
    columns: &'a [Summary],
    cell: usize,
    text: String,
}

impl<'a> Table<'a> {
    fn new(columns: &'a [Summary]) -> Self {
        let cell = ((WIDTH - LABEL) / columns.len().max(1)).min(CELL_MAX);
        Self { columns, cell, text: String::new() }
    }

    fn title(&mut self, title: &str) {
        self.text += &format!("{title}\n");
    }

    fn row(&mut self, label: &str, cell: impl Fn(&Summary) -> String) {
        let mut line = format!("{:LABEL$}", cut(label, LABEL));
        for column in self.columns {
            // Writing to a text cannot fail.
            let _ = write!(line, "{:>width$}", cut(&cell(column), self.cell - 1), width = self.cell);
        }
        self.text += line.trim_end();
        self.text.push('\n');
    }

    /// A row unless it would say nothing anywhere.
    fn row_if_any(&mut self, label: &str, value: impl Fn(&Summary) -> f64) {
        if self.columns.iter().any(|column| value(column) != 0.0) {
            self.row(label, |column| rate(value(column)));
        }
    }

    fn times(&mut self, title: &str, times: impl Fn(&Summary) -> Option<TimeSummary>) {
        let seconds = |value: Option<f64>, missing: &str| value.map_or(format!("{NONE} {missing}"), time);
        self.title(title);
        self.row("  median", |c| times(c).map_or(NONE.into(), |t| seconds(t.median, "not by half")));
        self.row("  p95", |c| times(c).map_or(NONE.into(), |t| seconds(t.p95, "not by 95 %")));
        self.row("  restricted mean", |c| times(c).map_or(NONE.into(), |t| seconds(t.restricted_mean, "no runs")));
    }
}

fn table(columns: &[Summary]) -> String {
    let mut table = Table::new(columns);
    table.row("", |c| c.defence.clone());
    if columns.iter().any(|column| !column.threat.is_empty()) {
        attack(&mut table);
    }
    price(&mut table);
    table.text
}

fn attack(table: &mut Table<'_>) {
    let room = table.cell - 1;
    table.title("outcome, share of runs");
    for outcome in Outcome::ALL {
        table.row(&format!("  {}", outcome.title()), |c| share(outcome_share(c, outcome), room));
    }
    table.title("probability, 95 % interval");
    let rows: [Row<Option<Estimate>>; 6] = [
        ("  P(detected)", |c| c.p_detected),
        ("  P(timely)", |c| c.p_timely),
        ("  P(interrupted)", |c| c.p_interrupted),
        ("  P(contained)", |c| c.p_contained),
        ("  P(defended)", |c| c.p_defended),
        ("  P(objective)", |c| c.p_objective),
    ];
    for (label, estimate) in rows {
        table.row(label, |c| share(estimate(c), room));
    }
    let closed = |c: &Summary, what: fn(&doorward_study::ClosedForm) -> String| match &c.closed_form {
        ClosedFormNote::Applies(form) => what(form),
        ClosedFormNote::NotApplicable(why) => (*why).to_owned(),
    };
    table.row("  EASI P(interrupted)", |c| closed(c, |form| format!("{:.6}", form.p_interrupted)));
    if table.columns.iter().any(|c| matches!(c.closed_form, ClosedFormNote::Applies(_))) {
        table.row("  by critical point alone", |c| closed(c, |form| format!("{:.6}", form.p_interrupted_at_cdp)));
        let point = |form: &doorward_study::ClosedForm| form.critical_detection_point.clone().unwrap_or(NONE.into());
        table.row("  critical point", |c| closed(c, point));
        let margin = |form: &doorward_study::ClosedForm| {
            form.margin_over_spread.map_or(NONE.into(), |margin| format!("{margin:.2} sd"))
        };
        table.row("  margin there", |c| closed(c, margin));
    }
    table.times("time, t0 to detected", |c| c.time_to_detect_s);
    table.times("time, detected to contained", |c| c.time_to_contain_s);
    table.title("investigability, share of hostile acts");
    let on_record = |c: &Summary| c.investigability.map(|share| format!("{:.1} %", 100.0 * share));
    table.row("  on record at the end", |c| on_record(c).unwrap_or(NONE.into()));
    table.title("blast radius, per run");
    let gains: [Row<f64, BlastRadius>; 6] = [
        ("  zones", |b| b.zones),
        ("  devices", |b| b.devices),
        ("  credentials", |b| b.credentials),
        ("  accounts", |b| b.accounts),
        ("  assets", |b| b.assets),
        ("  weighted", |b| b.weighted),
    ];
    for (label, gain) in gains {
        table.row(label, |c| c.blast_radius.as_ref().map_or(NONE.into(), |blast| rate(gain(blast))));
    }
}

fn price(table: &mut Table<'_>) {
    table.title("price, per day");
    table.row("  false alarms", |c| rate(c.false_alarms_per_day));
    for log in names(table.columns, |c| &c.false_alarms_per_day_by_log) {
        let of = log.clone();
        table.row(&format!("    by {}", words(&log)), move |c| rate(figure_of(&c.false_alarms_per_day_by_log, &of)));
    }
    let rules = names(table.columns, |c| &c.false_alarms_per_day_by_rule);
    for rule in rules.iter().take(RULES_MAX) {
        table.row(&format!("    {rule}"), |c| rate(figure_of(&c.false_alarms_per_day_by_rule, rule)));
    }
    if rules.len() > RULES_MAX {
        let others = &rules[RULES_MAX..];
        let rest = |c: &Summary| others.iter().map(|rule| figure_of(&c.false_alarms_per_day_by_rule, rule)).sum();
        table.row(&format!("    {} other rules", others.len()), |c| rate(rest(c)));
    }
    table.row("  mean wait of an alarm", |c| c.queue_wait_s.map_or(NONE.into(), time));
    let figure = |c: &Summary, item: Item| c.price_per_day.get(item.key()).copied().unwrap_or(0.0);
    for item in Item::ALL.into_iter().filter(|item| printed(*item)) {
        table.row_if_any(&format!("  {}", item.title()), |c| figure(c, item));
    }
    table.row("  refused of 1,000 passes", |c| c.refused_per_thousand_passages.map_or(NONE.into(), rate));
    table.title("automatic responses, per run");
    table.row("  hits", |c| rate(c.automatic_hits_per_run));
    table.row("  misfires", |c| rate(figure(c, Item::Misfires) * c.scored_days));
    table.title("of the design");
    table.row("  step, judged by", |c| judged_by(c.measures.judged_by).to_owned());
    table.row("  logs read", |c| format!("{} of {}", c.measures.logs_read, c.measures.logs));
    table.row("  exposed services", |c| c.measures.exposed_services.to_string());
    table.row("  weak privileged accounts", |c| c.measures.weak_privileged_accounts.to_string());
    table.row("  closed between segments", |c| format!("{:.1} %", 100.0 * c.measures.segmentation));
    table.row("  single points of failure", |c| c.measures.single_points.to_string());
    table.row("  personal records, linked", |c| {
        format!("{}, {}", c.measures.personal_records, c.measures.linked_records)
    });
}

/// The row below that a step of a rollout is judged by.
fn judged_by(measure: Option<MeasureKind>) -> &'static str {
    match measure {
        None => NONE,
        Some(MeasureKind::Visibility) => "logs read",
        Some(MeasureKind::AttackSurface) => "exposed services",
        Some(MeasureKind::Segmentation) => "between segments",
        Some(MeasureKind::SinglePoints) => "single points",
    }
}

/// Rules that get a row of their own.
const RULES_MAX: usize = 8;

/// Names in any column, the largest figure first.
fn names(columns: &[Summary], of: fn(&Summary) -> &BTreeMap<String, f64>) -> Vec<String> {
    let mut most: BTreeMap<&str, f64> = BTreeMap::new();
    for (name, figure) in columns.iter().flat_map(of) {
        let most = most.entry(name).or_default();
        *most = most.max(*figure);
    }
    let mut names: Vec<(&str, f64)> = most.into_iter().collect();
    names.sort_by(|a, b| b.1.total_cmp(&a.1));
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

fn figure_of(figures: &BTreeMap<String, f64>, name: &str) -> f64 {
    figures.get(name).copied().unwrap_or(0.0)
}

/// The name of a log in words: `AccessControl` is `access control`.
fn words(log: &str) -> String {
    let mut words = String::new();
    for c in log.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// Whether an item is a row of its own. The others stand in other rows, or only in `--json`.
fn printed(item: Item) -> bool {
    match item {
        Item::Alarms
        | Item::HandedOver
        | Item::AlarmsLost
        | Item::Analysts
        | Item::Guards
        | Item::Patrols
        | Item::RefusedAtDoors
        | Item::RefusedLogins
        | Item::RefusedNetworks
        | Item::RefusedKeys
        | Item::CutOff
        | Item::Helped
        | Item::Help
        | Item::Arrived
        | Item::Passages
        | Item::AtDoors
        | Item::Followed
        | Item::EgressHeld
        | Item::Egress
        | Item::OutOfService
        | Item::Blind
        | Item::Outages
        | Item::Recovery
        | Item::EventsLost => true,
        Item::Acknowledged | Item::Waited | Item::Misfires | Item::Observations | Item::Read => false,
    }
}

fn outcome_share(summary: &Summary, outcome: Outcome) -> Option<Estimate> {
    let counts = summary.outcome_counts?;
    let count = match outcome {
        Outcome::Prevented => counts.prevented,
        Outcome::Contained => counts.contained,
        Outcome::ObjectiveContained => counts.objective_contained,
        Outcome::ObjectiveUncontained => counts.objective_uncontained,
        Outcome::GaveUp => counts.gave_up,
        Outcome::ActiveAtHorizon => counts.active_at_horizon,
    };
    wilson(count, summary.runs)
}

/// What the reader has to know about the table above.
fn notes(scenario: &[Summary], asked: u32) -> String {
    let first = &scenario[0];
    let mut text = String::from("\n");
    if let Some(times) = first.time_to_detect_s {
        let cut = time(f64::from(times.restricted_to));
        text += &wrap(
            &format!(
                "{NONE}: not reached by half of the runs (median) or by 95 % of them (p95). Reaching the objective and \
                 giving up compete with detection; a restricted mean is the time spent not yet there, cut at {cut}."
            ),
            0,
        );
        text += &wrap(&format!("Weights of the blast radius: {}.", BLAST_WEIGHTS), 0);
    }
    for summary in scenario {
        if summary.runs_without_t0 > 0 {
            let runs = count(summary.runs_without_t0);
            text += &wrap(
                &format!("{}: {runs} runs without any hostile act; not in the times from t0.", summary.defence),
                0,
            );
        }
    }
    for summary in scenario.iter().filter(|summary| summary.runs_search_ran_out > 0) {
        let runs = count(summary.runs_search_ran_out);
        let note = "the adversary's search ran out before it found a way; one may be left, and P(objective) too low.";
        text += &wrap(&format!("{}: in {runs} runs {note}", summary.defence), 0);
    }
    if scenario.iter().any(|summary| summary.runs != u64::from(asked)) {
        let each = scenario.iter().map(|s| format!("{} {}", s.defence, count(s.runs))).collect::<Vec<_>>().join(", ");
        text += &wrap(&format!("Interrupted. Runs done: {each}."), 0);
    }
    text
}

const BLAST_WEIGHTS: &str = "a zone its level, a device or asset its criticality, a credential or account 1";

/// What it rests on: scenario and defence in full, the site by number.
pub(crate) fn assumptions(assumptions: &[Assumption]) -> String {
    let (listed, counted): (Vec<_>, Vec<_>) =
        assumptions.iter().partition(|a| a.file.ends_with(".scenario.ron") || a.file.ends_with(".defence.ron"));
    if assumptions.is_empty() {
        return String::new();
    }
    let mut text = format!("\nIt rests on these assumptions ({}):\n", assumptions.len());
    for of_file in listed.chunk_by(|a, b| a.file == b.file) {
        text += &format!("  {}\n", of_file[0].file);
        for assumption in of_file {
            let Assumption { path, value, grade, .. } = assumption;
            let doubt = if *grade == Grade::Unverified { " (unverified)" } else { "" };
            text += &format!("{}{doubt}\n", cut(&format!("    {path} = {value}"), WIDTH - doubt.len()));
        }
    }
    if !counted.is_empty() {
        text +=
            &wrap(&format!("  and {} of the site, its techniques and the engine; --json lists all", counted.len()), 4);
    }
    text
}
