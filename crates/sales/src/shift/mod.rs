//! Shifts 班次: what one drawer takes from when it is opened to when it is counted.
//!
//! Life cycle: opened at a till with the cash that is in the drawer, closed with a count. While it is
//! open, sales and refunds that name the till, top-ups taken there, and cash put in or taken out belong to
//! it: their transfers in the ledger carry its id. A till has one open shift at a time; it stands on the
//! till's row, which a sale reads in its one round trip and locks, so that whoever closes waits for the
//! sales under way and none comes after the count.
//!
//! The report is read from the ledger (X while it is open, Z when it is closed; nothing is added to a
//! closed one, so the figures stay). Counting is blind unless the policy says otherwise: who may not manage
//! shifts sees no cash figures before the count. What the drawer holds more or less than it should is booked
//! as cash difference, what is taken to the safe as a deposit.
//!
//! A shift that was left open can always be closed: by who opened it, or by anybody who manages shifts,
//! the next day, with shifts switched off, with the till retired, and even without a count.
//!
//! Deliberately absent: a drawer for several cashiers at once, and cash counted by coin.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{
    CashDirection, CashMove, CloseAsk, MoveAsk, OpenAsk, Shift, ShiftId, ShiftMode, ShiftPolicy, ShiftReport, ShiftState, TenderRow,
};
