//! What the lake holds.

use serde::{Deserialize, Serialize};
use shuke_insight::lake::Shelf;
use shuke_kernel::{Instant, MerchantId, text_enum};
use std::sync::RwLock;
use utoipa::ToSchema;

text_enum! {
    /// What a file holds.
    pub enum DataSet {
        /// Lines of orders and refunds, by month.
        Lines = "lines",
        /// Members, without who they are.
        Members = "members",
    }
}

/// A month of the lake, or the members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LakeMonth {
    /// What it holds.
    pub data_set: DataSet,
    /// Which month, `2026-11`; empty for the members.
    pub month: String,
    /// Rows of its files.
    pub rows: i64,
    /// Bytes of its files.
    pub bytes: i64,
    /// How many files.
    pub files: i64,
    /// Whether something happened that its files don't hold yet.
    pub behind: bool,
    /// When it was written last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Instant>,
}

/// What the lake holds, and how far it is behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LakeState {
    /// When it was brought up to date last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshed_at: Option<Instant>,
    /// Whether a refresh is asked for or under way.
    pub refreshing: bool,
    /// Whether something happened that it does not hold yet.
    pub behind: bool,
    /// Why the last refresh broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The months, newest first, and the members.
    pub months: Vec<LakeMonth>,
}

/// A month that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Behind {
    pub(super) data_set: DataSet,
    pub(super) month: String,
    pub(super) changed: i64,
    pub(super) written: i64,
}

/// A file of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LakeFile {
    pub(crate) data_set: DataSet,
    pub(crate) month: String,
    pub(crate) name: String,
    pub(crate) rows: i64,
    #[serde(skip)]
    pub(crate) quantity_milli: i64,
    #[serde(skip)]
    pub(crate) amount: i64,
    pub(crate) bytes: i64,
}

/// A lake that a worker holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldLake {
    pub(crate) merchant: MerchantId,
    pub(crate) due_at: i64,
    pub(crate) leased_until: i64,
}

/// Where this server's lake is, and how much of the machine an analysis may take. In memory until it is set.
#[derive(Debug)]
pub struct Place {
    shelf: RwLock<Shelf>,
    lines_max: std::sync::atomic::AtomicU64,
}

/// Lines that one analysis takes into memory where nothing else is said: some 4 GB.
pub const LINES_MAX: u64 = 40_000_000;

impl Default for Place {
    fn default() -> Self {
        Self { shelf: RwLock::new(Shelf::default()), lines_max: std::sync::atomic::AtomicU64::new(LINES_MAX) }
    }
}

impl Place {
    /// Says where the lake is.
    pub fn set(&self, shelf: Shelf) {
        *self.shelf.write().unwrap_or_else(std::sync::PoisonError::into_inner) = shelf;
    }
    /// Where it is.
    pub fn shelf(&self) -> Shelf {
        self.shelf.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
    /// Says how many lines one analysis may take into memory.
    pub fn set_lines_max(&self, lines: u64) {
        self.lines_max.store(lines, std::sync::atomic::Ordering::Relaxed);
    }
    /// How many lines one analysis may take into memory.
    pub fn lines_max(&self) -> u64 {
        self.lines_max.load(std::sync::atomic::Ordering::Relaxed)
    }
}
