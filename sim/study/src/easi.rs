//! EASI: the estimate of adversary sequence interruption, in closed form.
//!
//! An adversary walks a fixed list of tasks. Each task may be sensed and takes a normally distributed time; the
//! response force needs a normally distributed time to arrive. EASI gives the probability that it arrives while task
//! time is left. The critical detection point is the older, deterministic reading of the same path, and looks better
//! than it is; print both, with [`margin_over_spread`].
//!
//! Formulas: REFERENCE 1.1, 1.2 and 1.6. Inputs are taken as given: probabilities in 0 to 1, times in seconds, standard
//! deviations not negative. Anything else gives a meaningless number, never a panic.

use serde::Serialize;

/// Where within a task its sensor acts. Whatever delay follows it is still left to the response force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// Before the task's delay: all of it remains.
    Begin,
    /// Halfway through the task's delay.
    Middle,
    /// After the task's delay: none of it remains.
    End,
}

impl Location {
    /// Share of the task's delay that remains after detection: 1, 0.5 or 0.
    pub fn weight(self) -> f64 {
        match self {
            Location::Begin => 1.0,
            Location::Middle => 0.5,
            Location::End => 0.0,
        }
    }
}

/// One step of the adversary.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// What the adversary does, for printing.
    pub name: String,
    /// Probability that the step is sensed, transmitted and assessed; 0 where there is no sensor.
    pub detection: f64,
    /// Where within the delay the sensor acts.
    pub location: Location,
    /// Mean delay in seconds.
    pub delay_mean_s: f64,
    /// Standard deviation of the delay in seconds.
    pub delay_sd_s: f64,
}

/// An adversary's tasks in order, and the response they race against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Path {
    /// The tasks, first one first.
    pub tasks: Vec<Task>,
    /// Probability that an alarm reaches the response force.
    pub communication: f64,
    /// Mean response force time in seconds, from alarm to arrival.
    pub response_mean_s: f64,
    /// Standard deviation of the response force time in seconds.
    pub response_sd_s: f64,
}

/// How often chance decides whether the alarm gets through (REFERENCE 1.2, point 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunicationMode {
    /// Once: if the first alarm is not communicated, none is. This is EASI as usually quoted.
    PerIncident,
    /// For each alarm: a later alarm can repair a failed message.
    PerAlarm,
}

/// What EASI says about one task.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Mean delay that remains after detection at this task, in seconds.
    pub remaining_mean_s: f64,
    /// Variance of that remaining delay, in seconds squared; the response's variance is not in it.
    pub remaining_variance: f64,
    /// Remaining mean less response mean, in joint standard deviations; `None` where nothing varies.
    pub z: Option<f64>,
    /// Probability that the response arrives in time, given an alarm at this task.
    pub in_time: f64,
    /// Probability that the first detection is here; per alarm, the first *communicated* one.
    pub first_detection: f64,
    /// This task's share of the probability of interruption.
    pub contribution: f64,
}

/// The probability of interruption and its working, one row per task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interruption {
    /// Probability that the response force arrives while task time is left: the sum of the contributions.
    pub probability: f64,
    /// The working, in the order of the tasks.
    pub rows: Vec<Row>,
}

/// The EASI probability of interruption (REFERENCE 1.1):
///
/// ```text
/// P(in time at i)    = Φ((m_i − μ_R) / sqrt(v_i + σ_R²))        without variance: 1 if m_i > μ_R, else 0
/// per incident:  P_I = P_C · Σ_i P_D,i · Π_{j<i} (1 − P_D,j) · P(in time at i)
/// per alarm:     P_I = Σ_i P_C · P_D,i · Π_{j<i} (1 − P_C · P_D,j) · P(in time at i)
/// ```
pub fn interruption(path: &Path, mode: CommunicationMode) -> Interruption {
    let (per_alarm, per_incident) = match mode {
        CommunicationMode::PerIncident => (1.0, path.communication),
        CommunicationMode::PerAlarm => (path.communication, 1.0),
    };
    let mut undetected = 1.0;
    let rows: Vec<Row> = path
        .tasks
        .iter()
        .zip(remaining(&path.tasks))
        .map(|(task, remaining)| {
            let z = standardised_margin(path, remaining);
            let in_time = match z {
                Some(z) => normal_below(z),
                None if remaining.mean_s > path.response_mean_s => 1.0,
                None => 0.0,
            };
            let detection = task.detection * per_alarm;
            let first_detection = detection * undetected;
            undetected *= 1.0 - detection;
            Row {
                remaining_mean_s: remaining.mean_s,
                remaining_variance: remaining.variance,
                z,
                in_time,
                first_detection,
                contribution: first_detection * per_incident * in_time,
            }
        })
        .collect();
    Interruption { probability: rows.iter().map(|row| row.contribution).sum(), rows }
}

/// Index of the critical detection point: the last task with a sensor whose mean remaining delay still exceeds the
/// response mean (REFERENCE 1.6). `None` where there is no such task: detection always comes too late.
pub fn critical_detection_point(path: &Path) -> Option<usize> {
    path.tasks
        .iter()
        .zip(remaining(&path.tasks))
        .rposition(|(task, remaining)| task.detection > 0.0 && remaining.mean_s > path.response_mean_s)
}

/// The deterministic probability of interruption, `P_C · [1 − Π_{i ≤ CDP} (1 − P_D,i)]`: every detection up to the
/// critical detection point counts as certainly in time, any later one as certainly too late (REFERENCE 1.6). 0 where
/// there is no such point.
pub fn interruption_at_cdp(path: &Path) -> f64 {
    let Some(last) = critical_detection_point(path) else {
        return 0.0;
    };
    let undetected: f64 = path.tasks[..=last].iter().map(|task| 1.0 - task.detection).product();
    path.communication * (1.0 - undetected)
}

/// The margin at the critical detection point over the joint standard deviation of remaining delay and response. Well
/// below 1, the deterministic figure is not to be trusted. `None` without such a point or where nothing varies.
pub fn margin_over_spread(path: &Path) -> Option<f64> {
    let point = critical_detection_point(path)?;
    standardised_margin(path, remaining(&path.tasks)[point])
}

/// Delay that is left after detection at a task.
#[derive(Clone, Copy)]
struct Remaining {
    mean_s: f64,
    variance: f64,
}

/// `m_i = w_i·μ_i + Σ_{k>i} μ_k` and `v_i = (w_i·σ_i)² + Σ_{k>i} σ_k²`, for each task.
fn remaining(tasks: &[Task]) -> Vec<Remaining> {
    let (mut later_mean_s, mut later_variance) = (0.0, 0.0);
    let mut from_last: Vec<Remaining> = tasks
        .iter()
        .rev()
        .map(|task| {
            let weight = task.location.weight();
            // The standard deviation is what scales with the weight, so the variance takes its square.
            let sd_s = weight * task.delay_sd_s;
            let remaining =
                Remaining { mean_s: weight * task.delay_mean_s + later_mean_s, variance: sd_s * sd_s + later_variance };
            later_mean_s += task.delay_mean_s;
            later_variance += task.delay_sd_s * task.delay_sd_s;
            remaining
        })
        .collect();
    from_last.reverse();
    from_last
}

/// `(m − μ_R) / sqrt(v + σ_R²)`, or `None` where the root is 0.
fn standardised_margin(path: &Path, remaining: Remaining) -> Option<f64> {
    let spread_s = libm::sqrt(remaining.variance + path.response_sd_s * path.response_sd_s);
    (spread_s > 0.0).then(|| (remaining.mean_s - path.response_mean_s) / spread_s)
}

/// The standard normal distribution function, exact in both tails.
fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const VECTORS: &str = include_str!("../../../tests/reference/easi_vectors.json");

    fn vectors() -> Vec<Value> {
        serde_json::from_str(VECTORS).unwrap()
    }

    fn number(value: &Value, field: &str) -> f64 {
        value[field].as_f64().unwrap()
    }

    fn path_of(vector: &Value) -> Path {
        let task = |task: &Value| Task {
            name: task["name"].as_str().unwrap().to_owned(),
            detection: number(task, "pd"),
            location: match task["loc"].as_str().unwrap() {
                "B" => Location::Begin,
                "M" => Location::Middle,
                "E" => Location::End,
                other => unreachable!("location {other}"),
            },
            delay_mean_s: number(task, "delay_mean"),
            delay_sd_s: number(task, "delay_sd"),
        };
        Path {
            tasks: vector["tasks"].as_array().unwrap().iter().map(task).collect(),
            communication: number(vector, "p_comm"),
            response_mean_s: number(vector, "rft_mean"),
            response_sd_s: number(vector, "rft_sd"),
        }
    }

    fn vector(name: &str) -> Path {
        let all = vectors();
        path_of(all.iter().find(|vector| vector["name"] == name).unwrap())
    }

    fn per_incident(path: &Path) -> f64 {
        interruption(path, CommunicationMode::PerIncident).probability
    }

    #[track_caller]
    fn close(got: f64, want: f64, tolerance: f64, what: &str) {
        assert!((got - want).abs() <= tolerance, "{what}: {got} is not {want}");
    }

    #[test]
    fn all_reference_vectors_in_all_three_columns() {
        let all = vectors();
        assert_eq!(all.len(), 13);
        for vector in &all {
            let name = vector["name"].as_str().unwrap();
            let path = path_of(vector);
            let per_alarm = interruption(&path, CommunicationMode::PerAlarm).probability;
            close(per_incident(&path), number(vector, "pi"), 1e-6, name);
            close(per_alarm, number(vector, "pi_per_event_comm"), 1e-6, name);
            close(interruption_at_cdp(&path), number(vector, "pi_cdp"), 1e-6, name);
        }
    }

    #[test]
    fn base_path_row_by_row() {
        let table = [
            (332.0, 2784.96, 0.30672, 0.620470, 0.0, 0.0),
            (322.0, 2775.96, 0.21095, 0.583539, 0.0, 0.0),
            (310.0, 2763.00, 0.09595, 0.538218, 0.90, 0.460176),
            (220.0, 2034.00, -0.79469, 0.213396, 0.0, 0.0),
            (210.0, 2025.00, -0.89443, 0.185547, 0.09, 0.015864),
            (120.0, 1296.00, -1.85695, 0.031659, 0.0, 0.0),
        ];
        let result = interruption(&vector("garcia_base"), CommunicationMode::PerIncident);
        assert_eq!(result.rows.len(), table.len());
        for (row, (mean, variance, z, in_time, first, contribution)) in result.rows.iter().zip(table) {
            close(row.remaining_mean_s, mean, 1e-9, "remaining mean");
            close(row.remaining_variance, variance, 1e-9, "remaining variance");
            close(row.z.unwrap(), z, 5e-6, "z");
            close(row.in_time, in_time, 5e-7, "in time");
            close(row.first_detection, first, 1e-12, "first detection");
            close(row.contribution, contribution, 5e-7, "contribution");
        }
        close(result.probability, 0.476041, 5e-7, "interruption");
    }

    #[test]
    fn a_longer_delay_after_a_sensor_never_lowers_interruption() {
        for vector in &vectors() {
            let base = path_of(vector);
            for (index, task) in base.tasks.iter().enumerate() {
                // What of the delay precedes a sensor is spent before the alarm: it gains nothing, but loses nothing.
                let mut longer = base.clone();
                longer.tasks[index].delay_mean_s = task.delay_mean_s + 37.0;
                assert!(per_incident(&longer) >= per_incident(&base), "{} task {index}", vector["name"]);
            }
        }
    }

    #[test]
    fn a_longer_response_never_raises_interruption() {
        for vector in &vectors() {
            let mut path = path_of(vector);
            let mut previous = 1.0;
            for response_s in 0..60 {
                path.response_mean_s = f64::from(response_s) * 10.0;
                let now = per_incident(&path);
                assert!(now <= previous, "{} at {response_s}0 s", vector["name"]);
                previous = now;
            }
        }
    }

    #[test]
    fn a_task_without_sensor_is_no_critical_detection_point() {
        for name in ["doors_M", "doors_E", "no_detection"] {
            assert_eq!(critical_detection_point(&vector(name)), None, "{name}");
            assert_eq!(margin_over_spread(&vector(name)), None, "{name}");
        }
        assert_eq!(critical_detection_point(&vector("garcia_base")), Some(2));
        assert_eq!(critical_detection_point(&vector("rft200")), Some(4));
    }

    #[test]
    fn margin_over_spread_of_the_base_path() {
        close(margin_over_spread(&vector("garcia_base")).unwrap(), 0.096, 5e-4, "ratio");
        assert_eq!(margin_over_spread(&vector("all_sd_zero")), None);
    }

    #[test]
    fn without_variance_a_tie_is_too_late() {
        let mut path = vector("all_sd_zero");
        path.response_mean_s = 310.0;
        assert_eq!(per_incident(&path), 0.0);
        assert_eq!(critical_detection_point(&path), None);
    }

    #[test]
    fn an_empty_path_is_never_interrupted() {
        let path = Path { tasks: Vec::new(), ..vector("garcia_base") };
        assert_eq!(per_incident(&path), 0.0);
        assert_eq!(interruption_at_cdp(&path), 0.0);
    }
}
