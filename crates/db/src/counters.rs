//! How many statements and round trips the process has used: what a sale costs, counted, not timed.

use crate::Stmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[derive(Default, Debug)]
pub(crate) struct Counters {
    statements: AtomicU64,
    trips: AtomicU64,
    commits: AtomicU64,
    transactions: AtomicU64,
    recording: AtomicBool,
    recorded: Mutex<Vec<Vec<Stmt>>>,
}

/// A reading of the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Statements sent, BEGIN and COMMIT left out.
    pub statements: u64,
    /// Times that a transaction waited for PostgreSQL's answer; 0 on SQLite.
    pub trips: u64,
    /// Durable commits; on SQLite several transactions may share one.
    pub commits: u64,
    /// Write transactions that were committed.
    pub transactions: u64,
}

impl Counters {
    pub(crate) fn statements(&self, count: usize) {
        self.statements.fetch_add(count as u64, Ordering::Relaxed);
    }
    pub(crate) fn trip(&self) {
        self.trips.fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn commit(&self, transactions: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.transactions.fetch_add(transactions as u64, Ordering::Relaxed);
    }
    /// Starts or stops keeping the statements of transactions; gives those kept so far.
    pub(crate) fn record(&self, on: bool) -> Vec<Vec<Stmt>> {
        self.recording.store(on, Ordering::Relaxed);
        std::mem::take(&mut *self.recorded.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
    pub(crate) fn recording(&self) -> bool {
        self.recording.load(Ordering::Relaxed)
    }
    pub(crate) fn keep(&self, unit: Vec<Stmt>) {
        self.recorded.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(unit);
    }
    pub(crate) fn read(&self) -> Counts {
        Counts {
            statements: self.statements.load(Ordering::Relaxed),
            trips: self.trips.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            transactions: self.transactions.load(Ordering::Relaxed),
        }
    }
}

impl Counts {
    /// What was used since an earlier reading.
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            statements: self.statements - earlier.statements,
            trips: self.trips - earlier.trips,
            commits: self.commits - earlier.commits,
            transactions: self.transactions - earlier.transactions,
        }
    }
}
