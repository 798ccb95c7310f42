//! Lines put together into orders.

use super::columns::Columns;
use super::decimal::Decimal;
use super::memory;
use super::names::{Names, decode};
use super::rules::{Repeats, Rules, Said, Sink};
use super::{NO_MINUTE, NONE, Source};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// An order, a return, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The member, [`NONE`] where nobody is known.
    pub member: u32,
    /// Local day, days since 1970-01-01.
    pub day: i32,
    /// Minute of the day, [`NO_MINUTE`] where it is not known.
    pub minute: u16,
    /// Whether it is a purchase: something was sold in it.
    pub purchase: bool,
    /// Minor units sold.
    pub sold: i64,
    /// Minor units given back, as a positive number.
    pub returned: i64,
    /// Lines sold and lines given back.
    pub lines: (u32, u32),
    /// The store, [`NONE`] where it is not known.
    pub store: u32,
    /// The staff, [`NONE`] where it is not known.
    pub staff: u32,
}

impl Order {
    /// What is left of it, minor units.
    pub const fn net(&self) -> i64 {
        self.sold.saturating_sub(self.returned)
    }
}

/// A line of an order with an item, kept where it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The order, an index into `orders`.
    pub order: u32,
    /// The item.
    pub item: u32,
    /// Thousandths of a piece; below zero where it was given back.
    pub pieces: i64,
    /// Minor units; below zero where it was given back.
    pub amount: i64,
    /// Minor units before any discount, 0 where the file does not say.
    pub list: i64,
}

/// What was found while reading.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counts {
    /// Rows read, the header left out.
    pub rows: u64,
    /// Rows that could not be read and were left out.
    pub bad_rows: u64,
    /// The first of them, with line and reason.
    pub bad_examples: Vec<String>,
    /// Rows without a member.
    pub without_member: u64,
    /// Rows that take something back.
    pub returns: u64,
    /// Rows at no price.
    pub free: u64,
    /// Rows that repeat another row of their order exactly.
    pub duplicates: u64,
    /// Rows after the last day asked for.
    pub after: u64,
    /// Orders with more than one member; the first one counts.
    pub mixed_members: u64,
    /// The columns that were found.
    pub columns: Vec<(&'static str, String)>,
}

/// All orders of a file, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// The members' names, in their own order.
    pub members: Names,
    /// The numbers of orders; empty where the file has none.
    pub numbers: Names,
    /// The items' names.
    pub items: Names,
    /// The stores' names.
    pub stores: Names,
    /// The staff's names.
    pub staff: Names,
    /// The orders, by day, minute and place in the file.
    pub orders: Vec<Order>,
    /// The order's number of each order, as in `numbers`.
    pub number_of: Vec<u32>,
    /// Which item was sold in which order (an index into `orders`), sorted, each once.
    pub baskets: Vec<(u32, u32)>,
    /// Minor units sold of each item.
    pub item_sold: Vec<i64>,
    /// The lines by their orders, in the order of the file within one; empty unless asked for.
    pub lines: Vec<Line>,
    /// What was found while reading.
    pub counts: Counts,
}

impl Orders {
    /// Orders of members, in the order of time.
    pub fn of_members(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(|order| order.member != NONE)
    }
    /// The last day with an order.
    pub fn last_day(&self) -> Option<i32> {
        self.orders.last().map(|order| order.day)
    }
}

/// Most orders that one machine keeps in its memory.
const ORDERS_MAX: usize = 200_000_000;
/// Orders after which it is looked whether the machine can take more.
const CHECK_EVERY: usize = 1 << 20;
/// How many bad rows are named.
const EXAMPLES_MAX: usize = 5;

/// A row's cells; those that the file does not have are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cells<'a> {
    /// Who.
    pub member: &'a [u8],
    /// The order's number.
    pub order: &'a [u8],
    /// What.
    pub item: &'a [u8],
    /// The store.
    pub store: &'a [u8],
    /// The staff.
    pub staff: &'a [u8],
    /// Local day and minute.
    pub moment: (i32, u16),
    /// How many; one where the file has no quantity.
    pub quantity: Option<Decimal>,
    /// For one, in major units.
    pub price: Option<Decimal>,
    /// For the line, in the file's units.
    pub amount: Option<Decimal>,
    /// For one before any discount, in major units.
    pub list: Option<Decimal>,
    /// Taken off the line, in major units.
    pub discount: Option<Decimal>,
}

/// Puts lines together.
#[derive(Debug)]
pub struct Collector<'a> {
    source: &'a Source,
    rules: Rules,
    out: Orders,
    pairs: Vec<(u32, u32)>,
    repeats: Repeats,
    last: usize,
    key: Vec<u8>,
}

impl Counts {
    /// Counts a row that can't be read, and keeps the first ones.
    pub fn bad(&mut self, row: u64, reason: &str) {
        self.rows += 1;
        self.bad_rows += 1;
        if self.bad_examples.len() < EXAMPLES_MAX {
            self.bad_examples.push(format!("row {row}: {reason}"));
        }
    }

    /// Refuses what holds nothing, or mostly what can't be read.
    ///
    /// Errors: `file_empty`, `rows_unreadable`.
    pub fn check(&self) -> Result<()> {
        if self.rows == 0 {
            return Err(Error::invalid("file_empty", "the file holds no orders; it needs a header and at least one row"));
        }
        if self.bad_rows * 2 > self.rows {
            let detail = format!("{} of {} rows can't be read: {}", self.bad_rows, self.rows, self.bad_examples.join("; "));
            return Err(Error::invalid("rows_unreadable", detail));
        }
        Ok(())
    }
}

impl Sink for Collector<'_> {
    /// Errors: `amount_too_large`, `orders_too_many`, `memory_too_small`.
    fn push(&mut self, row: u64, cells: &Cells<'_>) -> Result<()> {
        match self.rules.said(cells) {
            Said::After => {
                self.out.counts.rows += 1;
                self.out.counts.after += 1;
            }
            Said::Bad(reason) => self.bad(row, reason),
            Said::Line { amount, quantity, back, sells } => self.add(cells, amount, quantity, back, sells)?,
        }
        Ok(())
    }

    fn bad(&mut self, row: u64, reason: &str) {
        self.out.counts.bad(row, reason);
    }
}

impl<'a> Collector<'a> {
    /// For a file with these columns.
    ///
    /// Errors: `column_missing` where there is neither amount nor price, no time, or no member and no order.
    pub fn new(source: &'a Source, columns: &Columns) -> Result<Self> {
        let rules = Rules::new(source, columns)?;
        let mut out = Orders::default();
        out.counts.columns = columns.found();
        Ok(Self { source, rules, out, pairs: Vec::new(), repeats: Repeats::default(), last: usize::MAX, key: Vec::new() })
    }

    /// Adds a line.
    fn add(&mut self, cells: &Cells<'_>, amount: i64, quantity: Decimal, back: bool, sells: bool) -> Result<()> {
        self.out.counts.rows += 1;
        let index = self.order(cells)?;
        if self.repeats.repeats(cells, amount) {
            self.out.counts.duplicates += 1;
            if self.source.drop_duplicates {
                return Ok(());
            }
        }
        if self.source.lines && !cells.item.is_empty() {
            self.keep(index, cells, quantity, if back { -amount.abs() } else { amount })?;
        }
        self.out.counts.returns += u64::from(back);
        self.out.counts.free += u64::from(amount == 0 && !back);
        let order = &mut self.out.orders[index];
        if back {
            order.returned = order.returned.checked_add(amount.abs()).ok_or_else(too_large)?;
            order.lines.1 += 1;
            return Ok(());
        }
        order.sold = order.sold.checked_add(amount).ok_or_else(too_large)?;
        order.purchase |= sells;
        order.lines.0 += u32::from(sells);
        if sells && self.source.items && !cells.item.is_empty() {
            self.sell(index, cells.item, amount)?;
        }
        Ok(())
    }

    /// Keeps a line as it is.
    fn keep(&mut self, order: usize, cells: &Cells<'_>, quantity: Decimal, amount: i64) -> Result<()> {
        let item = self.item(cells.item)?;
        let order = u32::try_from(order).map_err(|_| too_many())?;
        let decimals = u32::from(self.source.currency.decimals());
        let whole = Decimal { mantissa: quantity.mantissa.saturating_abs(), ..quantity };
        let pieces = whole.units(3).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        let listed = cells.list.and_then(|list| whole.times(list, decimals));
        let saved = || cells.discount.and_then(|discount| discount.units(decimals)?.checked_abs()?.checked_add(amount.abs()));
        // A list price below what was paid says nothing.
        let list = listed.or_else(saved).filter(|list| *list >= amount.abs() && *list < i64::MAX / 4).unwrap_or(0);
        self.out.lines.push(Line { order, item, pieces: if amount < 0 { -pieces } else { pieces }, amount, list });
        Ok(())
    }

    fn item(&mut self, name: &[u8]) -> Result<u32> {
        let item = self.out.items.number(&utf8(name)).ok_or_else(too_many)?;
        if self.out.item_sold.len() <= item as usize {
            self.out.item_sold.resize(item as usize + 1, 0);
        }
        Ok(item)
    }

    fn sell(&mut self, order: usize, item: &[u8], amount: i64) -> Result<()> {
        let item = self.item(item)?;
        let sold = &mut self.out.item_sold[item as usize];
        *sold = sold.checked_add(amount).ok_or_else(too_large)?;
        self.pairs.push((u32::try_from(order).map_err(|_| too_many())?, item));
        Ok(())
    }

    /// The row's order, a new one where it is new.
    fn order(&mut self, cells: &Cells<'_>) -> Result<usize> {
        let member = if cells.member.is_empty() {
            self.out.counts.without_member += 1;
            NONE
        } else {
            self.out.members.number(&utf8(cells.member)).ok_or_else(too_many)?
        };
        self.rules.key(cells, member, &mut self.key);
        let index = match self.last {
            last if last != usize::MAX && self.out.numbers.bytes(u32::try_from(last).unwrap_or(NONE)) == self.key => last,
            _ => self.out.numbers.number(&self.key).ok_or_else(too_many)? as usize,
        };
        if index != self.last {
            self.repeats.turn();
            self.last = index;
        }
        if index == self.out.orders.len() {
            if index >= ORDERS_MAX {
                return Err(too_many());
            }
            if index > 0 && index.is_multiple_of(CHECK_EVERY) {
                self.room()?;
            }
            let (day, minute) = cells.moment;
            let store = named(&mut self.out.stores, cells.store);
            let staff = named(&mut self.out.staff, cells.staff);
            self.out.orders.push(Order { member, day, minute, purchase: false, sold: 0, returned: 0, lines: (0, 0), store, staff });
        } else {
            let order = &mut self.out.orders[index];
            if order.member == NONE {
                order.member = member;
            } else if member != NONE && member != order.member {
                self.out.counts.mixed_members += 1;
            }
        }
        Ok(index)
    }

    /// Refuses to go on where the machine could not hold and sort what is there.
    fn room(&self) -> Result<()> {
        let held = self.out.orders.len() * size_of::<Order>() + self.pairs.len() * 16 + self.out.lines.len() * size_of::<Line>() * 2;
        match memory::available() {
            Some(available) if !memory::is_enough(held as u64, available) => Err(Error::invalid(
                "memory_too_small",
                format!(
                    "the file does not fit into this machine's memory: after {} orders {} MB are left; --memory sorts on disk where an \
                     analysis can, else split it by year, or give Parquet with one order a row in the order of time, which \
                     needs 32 bytes a member",
                    self.out.orders.len(),
                    available >> 20
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The orders, in the order of time, with members in the order of their names.
    ///
    /// Errors: `file_empty`, `rows_unreadable` where more rows are bad than good.
    pub fn finish(mut self) -> Result<Orders> {
        self.out.counts.check()?;
        let order = self.out.members.order();
        let mut place = vec![NONE; order.len()];
        for (at, number) in order.iter().enumerate() {
            place[*number as usize] = u32::try_from(at).unwrap_or(NONE);
        }
        self.out.members = self.out.members.in_order(&order);
        let mut by_time: Vec<u32> = (0..u32::try_from(self.out.orders.len()).map_err(|_| too_many())?).collect();
        let key = |order: &Order| (order.day, if order.minute == NO_MINUTE { 0 } else { order.minute });
        by_time.sort_by_key(|index| key(&self.out.orders[*index as usize]));
        let mut moved = vec![0_u32; by_time.len()];
        for (to, from) in by_time.iter().enumerate() {
            moved[*from as usize] = u32::try_from(to).unwrap_or(NONE);
        }
        self.out.orders = by_time.iter().map(|index| self.out.orders[*index as usize]).collect();
        for order in self.out.orders.iter_mut().filter(|order| order.member != NONE) {
            order.member = place[order.member as usize];
        }
        for (order, _) in &mut self.pairs {
            *order = moved[*order as usize];
        }
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.out.baskets = self.pairs;
        for line in &mut self.out.lines {
            line.order = moved[line.order as usize];
        }
        self.out.lines.sort_by_key(|line| line.order);
        self.out.number_of = by_time;
        if !self.rules.numbered {
            self.out.numbers = Names::default();
        }
        Ok(self.out)
    }
}

pub(crate) fn named(names: &mut Names, bytes: &[u8]) -> u32 {
    if bytes.is_empty() { NONE } else { names.number(&utf8(bytes)).unwrap_or(NONE) }
}

/// A name as UTF-8, whatever the file was written in: the order of members must not depend on it.
pub(crate) fn utf8(bytes: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    match decode(bytes) {
        std::borrow::Cow::Borrowed(text) => text.as_bytes().into(),
        std::borrow::Cow::Owned(text) => text.into_bytes().into(),
    }
}

/// A cell as the message about it shows it.
pub fn shown(bytes: &[u8]) -> String {
    decode(bytes).chars().take(40).collect()
}

pub(crate) fn too_large() -> Error {
    Error::invalid("amount_too_large", "the amounts of one order or item add up to more than the system can hold")
}

pub(crate) fn too_many() -> Error {
    Error::invalid(
        "orders_too_many",
        format!("more than {ORDERS_MAX} orders; split the file by year, or give it as Parquet with one row an order"),
    )
}
