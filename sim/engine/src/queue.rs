//! The event queue: a binary heap on time and sequence, packed in one `u128`.

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
    next: u64,
}

impl<T: Copy> Queue<T> {
    /// Empty, with room.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { heap: BinaryHeap::with_capacity(capacity), next: 0 }
    }

    /// Schedules. `mark` comes back with it: the lowest bit of the sequence, which orders nothing.
    #[inline]
    pub fn push(&mut self, at: SimTime, item: T, mark: bool) {
        let key = u128::from(at.as_millis()) << 64 | u128::from(self.next << 1 | u64::from(mark));
        self.next += 1;
        self.heap.push(Entry { key, item });
    }

    /// The next one due: when, what, and its mark.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, T, bool)> {
        self.heap.pop().map(|e| (SimTime::from_millis((e.key >> 64) as u64), e.item, e.key & 1 == 1))
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|e| SimTime::from_millis((e.key >> 64) as u64))
    }

    /// How many are pending.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Forgets all, keeping the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
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
}
