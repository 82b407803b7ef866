//! One risk score for each identity: rules add points to it, time takes them away.
//!
//! The score halves with every half-life and falls in a straight line in between: integers only, and no table of
//! powers. The halves are counted from the instant at which the identity got its first points, its *anchor*. Later
//! points are weighed as if they had been there since, so that scores add up: what was there before falls neither faster
//! nor slower because more came.

use doorward_model::base::*;

use crate::memory::Table;

/// Digits behind the point, in bits.
const FRACTION: u32 = 20;

/// The most points that an anchor holds: more would still be read as the highest score a half-life on.
const MOST: u128 = (u32::MAX as u128) << (FRACTION + 1);

/// The scores of all identities.
#[derive(Clone, Debug)]
pub(crate) struct Scores {
    /// Time in which a score halves; none: no scores are kept.
    half_life: Option<SimDuration>,
    scores: Table<Score>,
}

/// Points at the anchor. Roundings inside are upwards, by a millionth of a point, and the score is cut off below: so
/// that what is whole by right is read as whole.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    anchor: SimTime,
    points: u64,
}

impl Scores {
    /// All zero.
    pub(crate) fn new(half_life: Option<SimDuration>, people: usize) -> Self {
        Self { half_life, scores: Table::new(if half_life.is_some() { people } else { 0 }) }
    }

    /// The score of an identity at an instant.
    pub(crate) fn at(&self, person: PersonId, now: SimTime) -> u32 {
        let (Some(half_life), Some(score)) = (self.half_life, self.scores.get(person.index())) else { return 0 };
        let score = score.moved(now, half_life);
        let (left, whole) = left(score, now, half_life);
        let points = u128::from(score.points) * left / whole;
        u32::try_from(points >> FRACTION).unwrap_or(u32::MAX)
    }

    /// Adds points at an instant.
    pub(crate) fn add(&mut self, person: PersonId, points: u32, now: SimTime) {
        let Some(half_life) = self.half_life else { return };
        let old = self.scores.get(person.index()).unwrap_or_default().moved(now, half_life);
        let old = if old.points == 0 { Score { anchor: now, points: 0 } } else { old };
        let (left, whole) = left(old, now, half_life);
        let weighed = (u128::from(points) << FRACTION) * whole;
        let points = (u128::from(old.points) + weighed.div_ceil(left)).min(MOST);
        self.scores.set(person.index(), Score { points: points as u64, ..old });
    }

    /// All zero again.
    pub(crate) fn reset(&mut self) {
        self.scores.reset();
    }
}

impl Score {
    /// The same with its anchor less than a half-life back.
    fn moved(self, now: SimTime, half_life: SimDuration) -> Self {
        let passed = (now - self.anchor).as_millis();
        let Some(halves) = passed.checked_div(half_life.as_millis()) else {
            // What halves in no time is gone in the next instant.
            return if passed == 0 { self } else { Self::default() };
        };
        let points = if halves < 64 { self.points.div_ceil(1 << halves) } else { 0 };
        let on = SimDuration::from_millis(half_life.as_millis().saturating_mul(halves));
        Self { anchor: self.anchor + on, points }
    }
}

/// What share is left of the points at the anchor, as left and whole: all of it at the anchor, half of it a half-life on.
fn left(score: Score, now: SimTime, half_life: SimDuration) -> (u128, u128) {
    let whole = 2 * u128::from(half_life.as_millis()).max(1);
    (whole - u128::from((now - score.anchor).as_millis()).min(whole / 2), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: PersonId = PersonId(0);
    const BOB: PersonId = PersonId(1);

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    fn scores(half_life_s: u64) -> Scores {
        Scores::new(Some(SimDuration::from_secs(half_life_s)), 2)
    }

    #[test]
    fn a_score_halves_with_each_half_life_and_falls_in_a_line_between() {
        let mut scores = scores(100);
        scores.add(ANN, 80, at(30));
        let seen = [30, 55, 80, 130, 180, 230, 330, 430, 530, 630, 730, 1_000_000].map(|s| scores.at(ANN, at(s)));
        assert_eq!(seen, [80, 70, 60, 40, 30, 20, 10, 5, 2, 1, 0, 0]);
        assert_eq!(scores.at(BOB, at(30)), 0);
    }

    #[test]
    fn whole_scores_stay_whole_whenever_points_came() {
        for second in 0..250 {
            let mut scores = scores(100);
            scores.add(ANN, 64, at(0));
            scores.add(ANN, 96, at(second));
            let first = scores.at(ANN, at(second)) - 96;
            // 64 with its own halves behind it.
            let alone = 64 >> (second / 100);
            assert_eq!(first, alone - (alone * (second as u32 % 100)).div_ceil(200), "at {second}");
            // The later points halve exactly too, wherever they lie between the halves of the first.
            let both = |s| scores.at(ANN, at(s));
            if second % 100 == 0 {
                assert_eq!(both(second + 100), (96 + alone) / 2, "at {second}");
            }
            let mut later = self::scores(100);
            later.add(ANN, 96, at(second));
            assert_eq!((1..6).map(|n| later.at(ANN, at(second + n * 100))).collect::<Vec<_>>(), [48, 24, 12, 6, 3]);
        }
    }

    #[test]
    fn points_add_up_in_any_order() {
        let (mut one, mut two) = (scores(3_600), scores(3_600));
        one.add(ANN, 40, at(0));
        two.add(ANN, 40, at(0));
        // Again and again nothing: what is there does not fall more slowly for it.
        for s in 0..3_000 {
            two.add(ANN, 0, at(s));
        }
        for s in [0, 1, 1_800, 3_600, 7_200] {
            assert_eq!(one.at(ANN, at(s)), two.at(ANN, at(s)), "at {s}");
        }
    }

    #[test]
    fn nothing_overflows_and_a_reset_forgets() {
        let mut scores = scores(100);
        for s in 0..20_000 {
            scores.add(ANN, u32::MAX, at(s));
        }
        assert_eq!(scores.at(ANN, at(19_999)), u32::MAX);
        assert_eq!(scores.at(ANN, SimTime::MAX), 0);
        scores.reset();
        assert_eq!(scores.at(ANN, at(20_000)), 0);
        scores.add(ANN, 7, at(5));
        assert_eq!(scores.at(ANN, at(5)), 7, "a new run has anchors of its own");
    }

    #[test]
    fn without_a_half_life_nothing_is_kept_and_with_none_nothing_lasts() {
        let mut never = Scores::new(None, 2);
        never.add(ANN, 9, at(0));
        assert_eq!(never.at(ANN, at(0)), 0);
        let mut instant = scores(0);
        instant.add(ANN, 9, at(1));
        assert_eq!([1, 2].map(|s| instant.at(ANN, at(s))), [9, 0]);
        instant.add(ANN, 4, at(3));
        assert_eq!([3, 4].map(|s| instant.at(ANN, at(s))), [4, 0]);
    }
}
