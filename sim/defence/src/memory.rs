//! What rules remember between observations: dense tables that a new run empties in constant time.
//!
//! All room is made once. Each cell carries the epoch in which it was written; a cell of an earlier epoch is empty.

use doorward_model::base::SimTime;
use doorward_model::signal::ObservationId;

/// A value per key, or none.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    epoch: u32,
    cells: Vec<(u32, T)>,
}

impl<T: Copy + Default> Table<T> {
    /// Empty, with room for the keys `0..keys`.
    pub(crate) fn new(keys: usize) -> Self {
        Self { epoch: 1, cells: vec![(0, T::default()); keys] }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: usize) -> Option<T> {
        let (epoch, value) = *self.cells.get(key)?;
        (epoch == self.epoch).then_some(value)
    }

    /// Sets the value of a key.
    pub(crate) fn set(&mut self, key: usize, value: T) {
        if let Some(cell) = self.cells.get_mut(key) {
            *cell = (self.epoch, value);
        }
    }

    /// Empties it.
    pub(crate) fn reset(&mut self) {
        self.epoch = self.epoch.checked_add(1).unwrap_or_else(|| {
            // Only after 2^32 runs: stamps that old could come back to life.
            self.cells.fill((0, T::default()));
            1
        });
    }
}

/// An observation, and when it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sight {
    pub(crate) at: SimTime,
    pub(crate) id: ObservationId,
}

impl Default for Sight {
    fn default() -> Self {
        Self { at: SimTime::ZERO, id: ObservationId(0) }
    }
}

/// The last k sights of each key.
#[derive(Clone, Debug)]
pub(crate) struct Rings {
    k: usize,
    /// How many sights were put into each ring.
    counts: Table<u32>,
    /// k places for each key. Places that the count does not cover hold leftovers of earlier runs.
    sights: Vec<Sight>,
}

impl Rings {
    /// Empty, with `k` places for each of the keys `0..keys`.
    pub(crate) fn new(keys: usize, k: u32) -> Self {
        let k = k.max(1) as usize;
        Self { k, counts: Table::new(keys), sights: vec![Sight::default(); keys * k] }
    }

    /// Puts a sight into the ring of a key, over the oldest one if it is full.
    pub(crate) fn push(&mut self, key: usize, sight: Sight) {
        let count = self.counts.get(key).unwrap_or(0);
        if let Some(place) = self.sights.get_mut(key * self.k + count as usize % self.k) {
            *place = sight;
        }
        self.counts.set(key, count.wrapping_add(1));
    }

    /// The ring of a key, newest first, if it is full.
    pub(crate) fn last_k(&self, key: usize) -> Option<impl DoubleEndedIterator<Item = Sight> + '_> {
        let count = self.counts.get(key).filter(|&count| count as usize >= self.k)? as usize;
        Some((1..=self.k).map(move |back| self.sights[key * self.k + (count - back) % self.k]))
    }

    /// Empties all rings.
    pub(crate) fn reset(&mut self) {
        self.counts.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_gone_after_a_reset_even_when_epochs_begin_anew() {
        let mut table = Table::new(2);
        table.set(0, 7);
        table.set(9, 7);
        assert_eq!([0, 1, 9].map(|key| table.get(key)), [Some(7), None, None]);
        table.epoch = u32::MAX;
        table.set(1, 8);
        table.reset();
        assert_eq!([0, 1].map(|key| table.get(key)), [None, None]);
        table.set(1, 9);
        assert_eq!(table.get(1), Some(9));
    }
}
