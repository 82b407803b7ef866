//! Timely detection on one path, with fixed times: does detection leave the response force enough time?
//!
//! Formulas and strictness of the comparisons: REFERENCE 1.6. All times are seconds from the start of the path. Inputs
//! are taken as given: times are not negative, nor is a required margin. Chance has no place here; see [`crate::easi`].

use crate::easi::Location;
use serde::Serialize;

/// One walk along a path: how long each task takes, and where it is noticed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// Delay of each task in seconds, in order.
    pub delays_s: Vec<f64>,
    /// Index of the task that is detected and where within its delay; `None` where nothing notices. An index beyond the
    /// last task is no detection either.
    pub detection: Option<(usize, Location)>,
    /// Seconds from the alarm until it is assessed.
    pub assessment_s: f64,
}

/// Whether the detection leaves the response enough time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The margin exceeds the required margin.
    Timely,
    /// The response arrives in time, but with no more than the required margin. Counts as not timely.
    Marginal,
    /// The response arrives too late, or at the very moment of completion.
    NotTimely,
    /// Nothing on the path notices the adversary. Counts as not timely.
    NoDetection,
}

/// The latest moment at which assessed detection would still leave the required margin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LatestUseful {
    /// Seconds from the start of the path; always above 0.
    At(f64),
    /// Even detection at the start would come too late on this path.
    NotAchievable,
}

impl Timeline {
    /// Total task time T_T in seconds.
    pub fn total_s(&self) -> f64 {
        self.delays_s.iter().sum()
    }

    /// Time T_D in seconds at which detection *and* assessment are complete; `None` without detection.
    pub fn detected_s(&self) -> Option<f64> {
        let (task, location) = self.detection?;
        let delay_s = self.delays_s.get(task)?;
        let before_s: f64 = self.delays_s[..task].iter().sum();
        Some(before_s + (1.0 - location.weight()) * delay_s + self.assessment_s)
    }

    /// Margin in seconds, `T_T − T_D − response`; `None` without detection.
    pub fn margin_s(&self, response_s: f64) -> Option<f64> {
        Some(self.total_s() - self.detected_s()? - response_s)
    }

    /// The verdict for a response force time and a required margin (0 when none is stated), both in seconds.
    /// Comparisons are strict: a margin of exactly 0 is not timely, one of exactly the required margin is marginal.
    pub fn verdict(&self, response_s: f64, required_margin_s: f64) -> Verdict {
        match self.margin_s(response_s) {
            None => Verdict::NoDetection,
            Some(margin_s) if margin_s <= 0.0 => Verdict::NotTimely,
            Some(margin_s) if margin_s <= required_margin_s => Verdict::Marginal,
            Some(_) => Verdict::Timely,
        }
    }

    /// The cutoff `T_T − response − required margin`; a cutoff of 0 or less is [`LatestUseful::NotAchievable`].
    pub fn latest_useful(&self, response_s: f64, required_margin_s: f64) -> LatestUseful {
        let cutoff_s = self.total_s() - response_s - required_margin_s;
        if cutoff_s > 0.0 { LatestUseful::At(cutoff_s) } else { LatestUseful::NotAchievable }
    }

    /// Seconds by which detection would have to come earlier to reach the cutoff: `max(0, T_D − cutoff)`. `None`
    /// without detection and where no cutoff is achievable. Detection exactly at the cutoff has deficit 0 and is still
    /// marginal, because the verdict is strict.
    pub fn deficit_s(&self, response_s: f64, required_margin_s: f64) -> Option<f64> {
        match self.latest_useful(response_s, required_margin_s) {
            LatestUseful::At(cutoff_s) => Some((self.detected_s()? - cutoff_s).max(0.0)),
            LatestUseful::NotAchievable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warehouse_dock() -> Timeline {
        Timeline {
            delays_s: vec![20.0, 40.0, 150.0, 60.0, 200.0, 240.0],
            detection: Some((2, Location::End)),
            assessment_s: 20.0,
        }
    }

    fn tool_crib() -> Timeline {
        Timeline {
            delays_s: vec![15.0, 25.0, 90.0, 45.0, 120.0, 180.0],
            detection: Some((2, Location::End)),
            assessment_s: 15.0,
        }
    }

    #[test]
    fn warehouse_dock_e4() {
        let dock = warehouse_dock();
        assert_eq!(dock.total_s(), 710.0);
        assert_eq!(dock.detected_s(), Some(230.0));

        assert_eq!(dock.margin_s(300.0), Some(180.0));
        assert_eq!(dock.verdict(300.0, 0.0), Verdict::Timely);
        assert_eq!(dock.margin_s(1800.0), Some(-1320.0));
        assert_eq!(dock.verdict(1800.0, 0.0), Verdict::NotTimely);
        assert_eq!(dock.margin_s(420.0), Some(60.0));
        assert_eq!(dock.verdict(420.0, 120.0), Verdict::Marginal);

        assert_eq!(dock.latest_useful(300.0, 60.0), LatestUseful::At(350.0));
        assert_eq!(dock.deficit_s(300.0, 60.0), Some(0.0));
        assert_eq!(dock.latest_useful(1800.0, 60.0), LatestUseful::NotAchievable);
        assert_eq!(dock.deficit_s(1800.0, 60.0), None);
        assert_eq!(dock.latest_useful(500.0, 60.0), LatestUseful::At(150.0));
        assert_eq!(dock.deficit_s(500.0, 60.0), Some(80.0));
    }

    #[test]
    fn tool_crib_e5() {
        let crib = tool_crib();
        assert_eq!(crib.total_s(), 475.0);
        assert_eq!(crib.detected_s(), Some(145.0));
        assert_eq!(crib.margin_s(1500.0), Some(-1170.0));
        assert_eq!(crib.verdict(1500.0, 0.0), Verdict::NotTimely);
        assert_eq!(crib.margin_s(180.0), Some(150.0));
        assert_eq!(crib.verdict(180.0, 0.0), Verdict::Timely);
    }

    #[test]
    fn the_same_sensor_early_and_late() {
        let detected_at = |at_s: f64| Timeline {
            delays_s: vec![at_s, 540.0 - at_s],
            detection: Some((0, Location::End)),
            assessment_s: 0.0,
        };
        assert_eq!(detected_at(20.0).margin_s(360.0), Some(160.0));
        assert_eq!(detected_at(20.0).verdict(360.0, 0.0), Verdict::Timely);
        assert_eq!(detected_at(420.0).margin_s(360.0), Some(-240.0));
        assert_eq!(detected_at(420.0).verdict(360.0, 0.0), Verdict::NotTimely);
    }

    #[test]
    fn comparisons_are_strict() {
        let dock = warehouse_dock();
        assert_eq!(dock.verdict(480.0, 0.0), Verdict::NotTimely, "margin 0");
        assert_eq!(dock.verdict(480.0, 60.0), Verdict::NotTimely, "margin 0");
        assert_eq!(dock.verdict(420.0, 60.0), Verdict::Marginal, "margin as required");
        assert_eq!(dock.deficit_s(420.0, 60.0), Some(0.0));
        assert_eq!(dock.verdict(420.0, 59.0), Verdict::Timely);
        assert_eq!(dock.latest_useful(650.0, 60.0), LatestUseful::NotAchievable, "cutoff 0");
        assert_eq!(dock.latest_useful(649.0, 60.0), LatestUseful::At(1.0));
    }

    #[test]
    fn detection_location_moves_the_clock() {
        let at = |location| Timeline { detection: Some((2, location)), ..warehouse_dock() }.detected_s();
        assert_eq!(at(Location::Begin), Some(80.0));
        assert_eq!(at(Location::Middle), Some(155.0));
        assert_eq!(at(Location::End), Some(230.0));
    }

    #[test]
    fn no_detection_has_its_own_verdict() {
        for detection in [None, Some((6, Location::Begin))] {
            let unseen = Timeline { detection, ..warehouse_dock() };
            assert_eq!(unseen.verdict(300.0, 0.0), Verdict::NoDetection);
            assert_eq!(unseen.margin_s(300.0), None);
            assert_eq!(unseen.deficit_s(300.0, 0.0), None);
            assert_eq!(unseen.latest_useful(300.0, 0.0), LatestUseful::At(410.0));
        }
    }
}
