//! The event queue: a binary heap on time and sequence, packed in one `u128`,
//! beside a sorted batch.
//!
//! What ordinary people do in an hour is drawn at its start. Those hundreds of
//! events would make the heap deep for the few that follow at once on another;
//! sorted once and read off in order, they cost next to nothing.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use doorward_model::base::SimTime;

/// Something due at a time. Of two at one instant, the one scheduled first comes first.
#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    key: u128,
    item: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    /// Reversed: the standard heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

/// A queue of things due, in order of time, then of scheduling.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    heap: BinaryHeap<Entry<T>>,
    /// Sorted, the next one last.
    batch: Vec<Entry<T>>,
    next: u64,
}

impl<T: Copy> Queue<T> {
    /// Empty, with room.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { heap: BinaryHeap::with_capacity(capacity), batch: Vec::with_capacity(capacity), next: 0 }
    }

    /// Schedules. `mark` comes back with it: the lowest bit of the sequence, which orders nothing.
    #[inline]
    pub fn push(&mut self, at: SimTime, item: T, mark: bool) {
        let entry = self.entry(at, item, mark);
        self.heap.push(entry);
    }

    /// Schedules as part of a batch; [`Queue::settle_batch`] has to follow.
    #[inline]
    pub fn push_to_batch(&mut self, at: SimTime, item: T) {
        let entry = self.entry(at, item, false);
        self.batch.push(entry);
    }

    /// Puts the batch in order.
    pub fn settle_batch(&mut self) {
        self.batch.sort_unstable();
    }

    fn entry(&mut self, at: SimTime, item: T, mark: bool) -> Entry<T> {
        let key = u128::from(at.as_millis()) << 64 | u128::from(self.next << 1 | u64::from(mark));
        self.next += 1;
        Entry { key, item }
    }

    /// The next one due: when, what, and its mark.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, T, bool)> {
        let entry = match (self.heap.peek(), self.batch.last()) {
            (Some(a), Some(b)) if a.key < b.key => self.heap.pop(),
            (_, Some(_)) => self.batch.pop(),
            (_, None) => self.heap.pop(),
        };
        entry.map(|e| (SimTime::from_millis((e.key >> 64) as u64), e.item, e.key & 1 == 1))
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<SimTime> {
        let first = [self.heap.peek(), self.batch.last()].into_iter().flatten().map(|e| e.key).min();
        first.map(|key| SimTime::from_millis((key >> 64) as u64))
    }

    /// How many are pending.
    pub fn len(&self) -> usize {
        self.heap.len() + self.batch.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all, keeping the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.batch.clear();
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_keep_the_order_of_scheduling() {
        let mut queue = Queue::with_capacity(8);
        for (at, item) in [(5, 'a'), (3, 'b'), (5, 'c'), (3, 'd'), (5, 'e')] {
            queue.push(SimTime::from_millis(at), item, at == 3);
        }
        let popped: String = std::iter::from_fn(|| queue.pop()).map(|(_, item, _)| item).collect();
        assert_eq!(popped, "bdace");
    }

    #[test]
    fn a_batch_keeps_the_order_of_scheduling_too() {
        let mut queue = Queue::with_capacity(8);
        queue.push(SimTime::from_millis(5), 'a', false);
        for (at, item) in [(7, 'f'), (5, 'b'), (3, 'z'), (5, 'c')] {
            queue.push_to_batch(SimTime::from_millis(at), item);
        }
        queue.settle_batch();
        queue.push(SimTime::from_millis(5), 'd', false);
        queue.push(SimTime::from_millis(6), 'e', false);
        assert_eq!(queue.next_at(), Some(SimTime::from_millis(3)));
        assert_eq!(queue.len(), 7);
        let popped: String = std::iter::from_fn(|| queue.pop()).map(|(_, item, _)| item).collect();
        assert_eq!(popped, "zabcdef");
    }
}
