//! Where the pass gets its orders.

use super::model::{Pass, Summary};
use crate::orders::parquet::{self, Opened};
use crate::orders::{NO_MINUTE, Orders, Source};
use shuke_kernel::{Error, Result};
use std::collections::HashMap;

/// Goes over orders that are in memory, in the order of time.
pub fn from_orders(orders: &Orders, subtract: bool, until: i32) -> Summary {
    let mut pass = Pass::new(orders.members.len(), subtract, until);
    for order in orders.of_members() {
        pass.push(order.member, order.day, order.minute, order.purchase, order.sold, order.returned);
    }
    pass.finish()
}

/// Numbers of members as places in the array: the number itself where numbers are dense, else by a table.
struct Places {
    dense: bool,
    table: HashMap<i64, u32>,
    names: Vec<i64>,
    highest: usize,
}

/// Largest number that is taken as a place at once: 32 bytes times this is two gigabytes.
const DENSE_MAX: i64 = 1 << 26;

impl Places {
    /// The places of a batch; false where numbers that were dense so far are so no more.
    fn of(&mut self, numbers: &[i64], out: &mut Vec<u32>) -> Result<bool> {
        out.clear();
        if self.dense {
            let (mut low, mut high) = (0, 0);
            for number in numbers {
                (low, high) = (low.min(*number), high.max(*number));
            }
            if low < 0 || high >= DENSE_MAX {
                return Ok(false);
            }
            self.highest = self.highest.max(usize::try_from(high).unwrap_or(0) + 1);
            out.extend(numbers.iter().map(|number| *number as u32));
            return Ok(true);
        }
        for number in numbers {
            let next = u32::try_from(self.names.len()).map_err(|_| Error::invalid("orders_too_many", "more than four billion members"))?;
            let place = *self.table.entry(*number).or_insert(next);
            if place == next {
                self.names.push(*number);
            }
            out.push(place);
        }
        self.highest = self.names.len();
        Ok(true)
    }
}

/// A summary with the members' numbers in the file.
#[derive(Debug)]
pub struct Streamed {
    /// The summary.
    pub summary: Summary,
    /// The number of each member in the file; empty where the place is the number.
    pub names: Vec<i64>,
    /// Rows without a member, time or amount.
    pub left_out: u64,
    /// Rows.
    pub rows: u64,
}

/// Goes over a Parquet file in which every row is an order, without keeping the orders. Where they come in no
/// order, they are kept, 16 bytes each, and sorted by day.
///
/// Errors: `file_unreadable`, `amount_too_large`, `file_empty`.
pub fn from_parquet(source: &Source, opened: &Opened, subtract: bool, until: i32) -> Result<Streamed> {
    for dense in [true, false] {
        let mut places = Places { dense, table: HashMap::new(), names: Vec::new(), highest: 0 };
        let mut pass = Pass::new(0, subtract, until);
        let (mut at, mut fits, mut rows) = (Vec::new(), true, 0_u64);
        let left_out = opened.each_batch(source, |batch| {
            if !fits || pass.is_disordered() {
                return Ok(());
            }
            fits = places.of(batch.members, &mut at)?;
            if fits {
                pass.reserve(places.highest);
                pass.batch(&at, batch.days, batch.minutes, batch.amounts);
            }
            let before = rows;
            rows += batch.members.len() as u64;
            if source.progress && before / 10_000_000 != rows / 10_000_000 {
                eprintln!("{} of {} orders", rows, opened.rows());
            }
            Ok(())
        })?;
        if !fits {
            continue;
        }
        if pass.is_disordered() {
            return sorted(source, opened, subtract, until, dense);
        }
        return finish(pass, places, left_out, opened.rows());
    }
    Err(Error::internal("a table of places takes every number"))
}

fn finish(pass: Pass, places: Places, left_out: u64, rows: u64) -> Result<Streamed> {
    let summary = pass.finish();
    if summary.orders == 0 {
        return Err(Error::invalid("file_empty", "the file holds no purchase of a member"));
    }
    Ok(Streamed { summary, names: places.names, left_out, rows })
}

/// Most orders that are kept to be sorted: 3.2 gigabytes.
const SORTED_MAX: u64 = 200_000_000;
/// A minute of the day in eleven bits that stands for none.
const UNTIMED: u16 = 2_047;

fn sorted(source: &Source, opened: &Opened, subtract: bool, until: i32, dense: bool) -> Result<Streamed> {
    if opened.rows() > SORTED_MAX {
        let detail = format!("{} orders in no order are too many to sort in memory; write the file in the order of time", opened.rows());
        return Err(Error::invalid("orders_too_many", detail));
    }
    let mut places = Places { dense, table: HashMap::new(), names: Vec::new(), highest: 0 };
    // Day and minute in one number.
    let mut kept: Vec<(i32, u32, i64)> = Vec::new();
    let mut at = Vec::new();
    let left_out = opened.each_batch(source, |batch| {
        places.of(batch.members, &mut at)?;
        let moments = batch.days.iter().zip(batch.minutes).map(|(day, minute)| day << 11 | i32::from((*minute).min(UNTIMED)));
        kept.extend(moments.zip(&at).zip(batch.amounts).map(|((moment, member), amount)| (moment, *member, *amount)));
        Ok(())
    })?;
    kept.sort_by_key(|(moment, ..)| moment >> 11);
    let mut pass = Pass::new(places.highest, subtract, until);
    for (moment, member, amount) in kept {
        let minute = u16::try_from(moment & i32::from(UNTIMED)).unwrap_or(UNTIMED);
        let minute = if minute == UNTIMED { NO_MINUTE } else { minute };
        pass.push(member, moment >> 11, minute, amount > 0, amount.max(0), (-amount).max(0));
    }
    finish(pass, places, left_out, opened.rows())
}

/// Opens a Parquet file and says whether one pass over it will do.
///
/// Errors: `file_unreadable`, `column_unknown`.
pub fn plain_parquet(source: &Source) -> Result<Option<Opened>> {
    if !source.is_parquet() {
        return Ok(None);
    }
    let opened = parquet::open(source)?;
    Ok(opened.is_plain().then_some(opened))
}
