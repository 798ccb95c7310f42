//! Orders 订单: what the analyses know of a shop, read from a file.
//!
//! A file holds lines of orders, one a row: CSV (any delimiter, UTF-8, UTF-16 with its mark, GBK; gzip) or
//! Parquet. [`columns`] finds which column is what, [`dates`] and [`decimal`] read cells, [`collect`] puts
//! lines together into orders, [`csv`] and [`parquet`] do the reading. [`people`] reads what a shop knows of its
//! members beside their orders.
//!
//! Stated treatment of what real files hold. A line with a negative quantity or amount is a return: it takes
//! money back and is no purchase. A line at no price is a gift: it is no purchase unless asked for. A line
//! without a member counts for goods, not for members. Equal lines are kept and counted, since two equal
//! lines on one receipt are common. A row that can't be read is left out, counted, and the first ones are
//! named; a file that is unreadable for the most part is refused. An amount is quantity × price rounded
//! half away from zero to the minor unit, line by line.
//!
//! Deliberately not here: writing into the database (`shuke import`).

pub mod collect;
pub mod columns;
pub mod csv;
pub mod dates;
pub mod decimal;
pub(crate) mod memory;
pub mod names;
pub mod parquet;
pub mod people;
pub mod rules;

pub use collect::{Counts, Line, Order, Orders};
pub use columns::{Column, Columns};
pub use names::Names;
pub use people::{Attribute, People, Values};

use shuke_kernel::{Currency, Date, Error, Result, Zone};
use std::path::PathBuf;

/// Stands for "no member", "no item".
pub const NONE: u32 = u32::MAX;
/// Stands for a time of day that is not known.
pub const NO_MINUTE: u16 = u16::MAX;

/// Where orders are and how to read them.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Columns that were named; the others are guessed.
    pub named: Vec<(Column, String)>,
    /// The currency, for the number of decimals.
    pub currency: Currency,
    /// The zone in which days begin, for times that are given in UTC or with an offset.
    pub zone: Zone,
    /// Day or month first, where the file can't tell; none to look at the file.
    pub day_first: Option<bool>,
    /// Whether lines at no price are purchases.
    pub free_lines_count: bool,
    /// Whether lines that repeat another exactly are left out.
    pub drop_duplicates: bool,
    /// Orders after this day are left out.
    pub until: Option<Date>,
    /// Whether items are to be read.
    pub items: bool,
    /// Whether each line with an item is kept.
    pub lines: bool,
    /// Whether times in the file are shown as they come along, on standard error.
    pub progress: bool,
}

impl Source {
    /// A file with everything guessed.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            named: Vec::new(),
            currency: Currency::CNY,
            zone: Zone::utc(),
            day_first: None,
            free_lines_count: false,
            drop_duplicates: false,
            until: None,
            items: true,
            lines: false,
            progress: false,
        }
    }

    /// Whether the file is Parquet, by its name's end or its first bytes.
    pub fn is_parquet(&self) -> bool {
        let named = self.path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet"));
        named
            || std::fs::File::open(&self.path).is_ok_and(|mut file| {
                let mut start = [0_u8; 4];
                std::io::Read::read_exact(&mut file, &mut start).is_ok() && &start == b"PAR1"
            })
    }

    /// Reads the whole file into orders.
    ///
    /// Errors: `file_unreadable`, `file_empty`, `column_missing`, `column_unknown`, `rows_unreadable`,
    /// `amount_too_large`, `orders_too_many`, `memory_too_small`.
    pub fn read(&self) -> Result<Orders> {
        if self.is_parquet() { parquet::read(self) } else { csv::read(self) }
    }
}

/// A file that can't be read.
pub(crate) fn unreadable(path: &std::path::Path, error: impl std::fmt::Display) -> Error {
    Error::invalid("file_unreadable", format!("{} can't be read: {error}", path.display()))
}
