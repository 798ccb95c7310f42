//! Lines of the lake laid into one file of this machine, as [`ask`](crate::ask) reads files of orders.
//!
//! Orders that were wholly taken back, and their refunds, are left out unless they are asked for: they are no
//! purchase. Members stand as a mark and their number, goods, stores and staff by their present names.

use super::columns::{self, GROUP_ROWS, Values};
use super::line::{self, Line};
use crate::orders::{Column, Source};
use bytes::Bytes;
use parquet::file::writer::SerializedFileWriter;
use shuke_kernel::{Currency, Error, Result};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What stands before a member's number in the file: no name can hold it.
pub const MEMBER_MARK: char = '\u{1}';

/// What things are called.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Products, or the categories of products, by product.
    pub items: HashMap<[u8; 16], String>,
    /// Stores.
    pub stores: HashMap<[u8; 16], String>,
    /// Staff.
    pub staff: HashMap<[u8; 16], String>,
}

/// How lines are laid.
#[derive(Clone, Copy, Debug, Default)]
pub struct Laying {
    /// One store only.
    pub store: Option<[u8; 16]>,
    /// With what was wholly taken back.
    pub undone: bool,
    /// Most lines.
    pub lines_max: u64,
}

/// The file's columns; what was saved is in major units.
fn schema(currency: Currency) -> String {
    format!(
        "message laid {{
    optional byte_array member (STRING);
    required int64 order;
    required int64 time (TIMESTAMP(MILLIS, false));
    optional byte_array item (STRING);
    required int64 quantity_milli (DECIMAL(18, 3));
    required int64 amount_minor;
    required int64 saved (DECIMAL(18, {}));
    optional byte_array store (STRING);
    optional byte_array staff (STRING);
}}",
        currency.decimals()
    )
}

/// A file that is being laid.
pub struct Laid {
    path: PathBuf,
    file: SerializedFileWriter<File>,
    names: Names,
    laying: Laying,
    currency: Currency,
    kept: Vec<(i64, Line)>,
    order: i64,
    last: Option<[u8; 16]>,
    lines: u64,
    saved: bool,
}

impl Laid {
    /// Begins a file.
    ///
    /// Errors: `internal` where it can't be made.
    pub fn begin(path: &Path, names: Names, laying: Laying, currency: Currency) -> Result<Self> {
        let out = File::create(path).map_err(|error| Error::internal(format!("a file for an analysis: {error}")))?;
        let file = columns::begin(out, &schema(currency))?;
        Ok(Self { path: path.to_owned(), file, names, laying, currency, kept: Vec::new(), order: 0, last: None, lines: 0, saved: false })
    }

    /// Adds the lines of a file of the lake. Lines of a document stand together in it.
    ///
    /// Errors: `lines_too_many` beyond the most lines; `internal` for a file that is not the lake's.
    pub fn add(&mut self, bytes: Bytes) -> Result<()> {
        line::read(bytes, |lines| {
            for line in lines {
                self.push(line)?;
            }
            Ok(())
        })
    }

    fn push(&mut self, line: &Line) -> Result<()> {
        if (line.is_undone && !self.laying.undone) || self.laying.store.is_some_and(|store| store != line.store) {
            return Ok(());
        }
        if self.lines >= self.laying.lines_max {
            let detail = format!(
                "more than {} lines: too many for this server; ask one store, or take the lake's files to `shuke insight` on a larger machine",
                self.laying.lines_max
            );
            return Err(Error::refused("lines_too_many", detail));
        }
        if self.last != Some(line.document) {
            self.last = Some(line.document);
            self.order += 1;
        }
        self.lines += 1;
        self.saved |= line.saved_minor > 0;
        self.kept.push((self.order, line.clone()));
        if self.kept.len() >= GROUP_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let kept = std::mem::take(&mut self.kept);
        let names = &self.names;
        let text = |pick: &dyn Fn(&Line) -> Option<String>| {
            Values::Text(kept.iter().map(|(_, line)| pick(line).map(String::into_bytes)).collect())
        };
        let long = |pick: &dyn Fn(&(i64, Line)) -> i64| Values::Long(kept.iter().map(|row| Some(pick(row))).collect());
        let item = |line: &Line| Some(names.items.get(&line.product).unwrap_or(&line.name).clone());
        let columns = vec![
            (text(&|line| line.member.map(|number| format!("{MEMBER_MARK}{number}"))), true),
            (long(&|(order, _)| *order), false),
            (long(&|(_, line)| line.time_ms), false),
            (text(&item), true),
            (long(&|(_, line)| line.quantity_milli), false),
            (long(&|(_, line)| line.amount_minor), false),
            (long(&|(_, line)| line.saved_minor), false),
            (text(&|line| names.stores.get(&line.store).cloned()), true),
            (text(&|line| line.seller.and_then(|seller| names.staff.get(&seller).cloned())), true),
        ];
        columns::group(&mut self.file, columns)
    }

    /// Ends the file; how it is to be read (where nothing was taken off any line, as when all were brought in from another
    /// system, nobody knows the prices before discounts), and how many lines it holds.
    ///
    /// Errors: `internal` where it can't be written.
    pub fn finish(mut self) -> Result<(Source, u64)> {
        if !self.kept.is_empty() {
            self.flush()?;
        }
        self.file.close().map_err(|error| Error::internal(format!("a file for an analysis: {error}")))?;
        let mut source = Source::new(&self.path);
        source.currency = self.currency;
        let named = [
            (Column::Member, "member"),
            (Column::Order, "order"),
            (Column::Time, "time"),
            (Column::Item, "item"),
            (Column::Category, ""),
            (Column::Quantity, "quantity_milli"),
            (Column::Price, ""),
            (Column::Amount, "amount_minor"),
            (Column::Store, "store"),
            (Column::Staff, "staff"),
            (Column::List, ""),
            (Column::Discount, if self.saved { "saved" } else { "" }),
        ];
        source.named = named.into_iter().map(|(column, name)| (column, name.to_owned())).collect();
        Ok((source, self.lines))
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::tests::line;
    use super::*;

    fn laid(lines: &[Line], laying: Laying) -> Result<(crate::orders::Orders, u64)> {
        let folder = tempfile::tempdir().unwrap();
        let names = Names { stores: HashMap::from([([1; 16], "万达店".to_owned())]), ..Names::default() };
        let mut laid = Laid::begin(&folder.path().join("laid.parquet"), names, Laying { lines_max: 1_000, ..laying }, Currency::CNY)?;
        laid.add(line::write(lines)?.into())?;
        let (source, count) = laid.finish()?;
        Ok((Source { lines: true, ..source }.read()?, count))
    }

    #[test]
    fn orders_come_out_as_the_analyses_know_them() {
        let back = Line { is_return: true, document: [99; 16], quantity_milli: -500, amount_minor: -30, ..line(1) };
        let second = Line { product: [2; 16], name: "另一件".into(), amount_minor: 7, ..line(1) };
        let (orders, count) = laid(&[line(1), second, line(3), line(4), back], Laying::default()).unwrap();
        assert_eq!((count, orders.orders.len()), (4, 3), "an order that was wholly taken back is no purchase");
        let first = orders.orders.iter().find(|order| order.sold == 107).unwrap();
        assert!(first.purchase && first.lines == (2, 0) && orders.members.text(first.member) == "\u{1}1");
        let returned = orders.orders.iter().find(|order| order.returned == 30).unwrap();
        assert!(!returned.purchase && returned.member == first.member && returned.day == first.day);
        assert_eq!((orders.counts.without_member, orders.stores.text(first.store).as_str()), (1, "万达店"));
        assert_eq!(first.minute, 121, "local time stays local");
        assert_eq!(orders.items.text(orders.baskets[0].1), "商品1");
        let listed: Vec<i64> = orders.lines.iter().filter(|line| line.amount == 100).map(|line| line.list).collect();
        assert_eq!(listed, [101], "the price before the discount is what was paid and what was saved");
        let plain = Line { saved_minor: 0, ..line(1) };
        let (orders, _) = laid(&[plain], Laying::default()).unwrap();
        assert_eq!(orders.lines[0].list, 0, "nobody knows");
    }

    #[test]
    fn one_store_and_no_more_lines_than_fit() {
        let other = Line { store: [2; 16], ..line(2) };
        let (orders, count) = laid(&[line(1), other], Laying { store: Some([2; 16]), ..Laying::default() }).unwrap();
        assert_eq!((count, orders.orders.len()), (1, 1));
        let (orders, _) = laid(&[line(1), line(4)], Laying { undone: true, ..Laying::default() }).unwrap();
        assert_eq!(orders.orders.len(), 2);
        let folder = tempfile::tempdir().unwrap();
        let mut few =
            Laid::begin(&folder.path().join("x"), Names::default(), Laying { lines_max: 1, ..Laying::default() }, Currency::CNY).unwrap();
        assert_eq!(few.add(line::write(&[line(1), line(2)]).unwrap().into()).unwrap_err().code(), "lines_too_many");
    }
}
