//! Every exception to a check of `tidy`, with its reason. One that is no longer needed is a fault.

/// A fault that is meant to be.
#[derive(Debug)]
pub struct Exception {
    /// The check: the word in brackets in its message.
    pub check: &'static str,
    /// What it is about: a table, a constraint, or the path of a file.
    pub subject: &'static str,
    /// Why the rule doesn't hold here.
    pub reason: &'static str,
}

/// The exceptions.
pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        check: "migrations",
        subject: "event",
        reason: "SQLite numbers the events in the order of their commits by the row id, and only a lone integer key is the row id",
    },
    Exception {
        check: "migrations",
        subject: "transfer",
        reason: "like event: on SQLite the row id is the position by which entries are sealed",
    },
    Exception {
        check: "ownership",
        subject: "merchant in crates/jobs/src/event/store.rs",
        reason: "the worker goes over every merchant, and org, which owns them, stands above it; it reads their numbers and nothing else",
    },
    Exception {
        check: "ownership",
        subject: "merchant in crates/org/src/merchant/store.rs",
        reason: "the owner; the worker below reads the numbers",
    },
    Exception {
        check: "migrations",
        subject: "card_shared_full",
        reason: "SQLite adds a CHECK to a table that is there only with a new column; it has a line for itself below the column",
    },
    Exception { check: "migrations", subject: "stock_oversold", reason: "like card_shared_full: a CHECK that comes with a new column" },
    Exception { check: "migrations", subject: "account_closed", reason: "like card_shared_full: a CHECK that comes with a new column" },
];
