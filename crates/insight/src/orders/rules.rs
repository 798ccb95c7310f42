//! What a row says, before it is put to others: the stated treatments of [`orders`](super), in one place for
//! all who read rows.

use super::Source;
use super::collect::Cells;
use super::columns::{Column, Columns};
use super::dates;
use super::decimal::Decimal;
use shuke_kernel::Result;

/// What takes the rows of a file, one after the other.
pub trait Sink {
    /// A row.
    ///
    /// Errors: of the sink's own.
    fn push(&mut self, row: u64, cells: &Cells<'_>) -> Result<()>;
    /// A row that can't be read.
    fn bad(&mut self, row: u64, reason: &str);
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is of a later day than was asked for.
    After,
    /// It can't be counted.
    Bad(&'static str),
    /// A line.
    Line {
        /// Minor units as they stand.
        amount: i64,
        /// Pieces.
        quantity: Decimal,
        /// Whether it came back.
        back: bool,
        /// Whether it is a purchase.
        sells: bool,
    },
}

/// How the rows of a file are to be understood.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether orders have numbers.
    pub numbered: bool,
    minor: bool,
    decimals: u32,
    until: i32,
    free_lines_count: bool,
}

impl Rules {
    /// For a file with these columns.
    ///
    /// Errors: `column_missing` where there is neither amount nor price, no time, or no member and no order.
    pub fn new(source: &Source, columns: &Columns) -> Result<Self> {
        columns.need(&[Column::Time])?;
        if columns.at(Column::Amount).is_none() {
            columns.need(&[Column::Price])?;
        }
        if columns.at(Column::Order).is_none() {
            columns.need(&[Column::Member])?;
        }
        let until = source.until.map_or(i32::MAX, |date| {
            dates::day_of(i32::from(date.year()), u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs()))
                .unwrap_or(i32::MAX)
        });
        Ok(Self {
            numbered: columns.at(Column::Order).is_some(),
            minor: columns.amount_is_minor(),
            decimals: u32::from(source.currency.decimals()),
            until,
            free_lines_count: source.free_lines_count,
        })
    }

    /// What tells an order from others: its number, else its member and moment.
    pub fn key(&self, cells: &Cells<'_>, member: u32, key: &mut Vec<u8>) {
        key.clear();
        if self.numbered {
            key.extend_from_slice(cells.order);
        } else {
            key.extend_from_slice(&member.to_le_bytes());
            key.extend_from_slice(&cells.moment.0.to_le_bytes());
            key.extend_from_slice(&cells.moment.1.to_le_bytes());
        }
    }

    /// What a row says.
    pub fn said(&self, cells: &Cells<'_>) -> Said {
        if cells.moment.0 > self.until {
            return Said::After;
        }
        let quantity = cells.quantity.unwrap_or(Decimal::ONE);
        let amount = match (cells.amount, cells.price) {
            (Some(amount), _) => amount.units(if self.minor { 0 } else { self.decimals }),
            (None, Some(price)) => quantity.times(price, self.decimals),
            (None, None) => return Said::Bad("neither amount nor price"),
        };
        let Some(amount) = amount.filter(|amount| amount.abs() < i64::MAX / 4) else {
            return Said::Bad("the amount is larger than the system can hold");
        };
        let back = quantity.mantissa < 0 || amount < 0;
        Said::Line { amount, quantity, back, sells: !back && (amount != 0 || self.free_lines_count) }
    }
}

/// Finds lines that repeat another one of the same order, as long as its lines stand together.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    /// Hashes of the lines of the order that was last written to.
    seen: Vec<u64>,
}

impl Repeats {
    /// Another order begins.
    pub fn turn(&mut self) {
        self.seen.clear();
    }

    /// Whether this line stood in the order already.
    pub fn repeats(&mut self, cells: &Cells<'_>, amount: i64) -> bool {
        // An order of ten thousand lines is no receipt; comparing them all would take too long.
        if cells.item.is_empty() || self.seen.len() > 10_000 {
            return false;
        }
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        let quantity = cells.quantity.map_or(0, |quantity| quantity.mantissa);
        let numbers = [amount, quantity, i64::from(cells.moment.0), i64::from(cells.moment.1)];
        for byte in cells.item.iter().copied().chain(numbers.into_iter().flat_map(i64::to_le_bytes)) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        let repeats = self.seen.contains(&hash);
        self.seen.push(hash);
        repeats
    }
}
