//! Lines: what was sold, and what came back.

use super::columns::{self, GROUP_ROWS, Values};
use bytes::Bytes;
use shuke_kernel::{Error, Result};

/// A line of an order, or of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The order, or the refund.
    pub document: [u8; 16],
    /// Whether it came back.
    pub is_return: bool,
    /// The member's number; none where nobody is known, or the member was erased.
    pub member: Option<i64>,
    /// Local time in the store's zone, milliseconds since 1970 as if it were UTC.
    pub time_ms: i64,
    /// The store.
    pub store: [u8; 16],
    /// The product.
    pub product: [u8; 16],
    /// What it was called.
    pub name: String,
    /// Its category; none where it has none.
    pub category: Option<[u8; 16]>,
    /// Who sold it.
    pub seller: Option<[u8; 16]>,
    /// Thousandths of a piece, below zero where it came back.
    pub quantity_milli: i64,
    /// Minor units, below zero where it came back.
    pub amount_minor: i64,
    /// What offers, member prices and coupons took off, minor units; nothing of what came back.
    pub saved_minor: i64,
    /// Whether everything of the order was taken back.
    pub is_undone: bool,
}

const SCHEMA: &str = "message line {
    required fixed_len_byte_array(16) document (UUID);
    required boolean is_return;
    optional int64 member;
    required int64 time (TIMESTAMP(MILLIS, false));
    required fixed_len_byte_array(16) store (UUID);
    required fixed_len_byte_array(16) product (UUID);
    required byte_array name (STRING);
    optional fixed_len_byte_array(16) category (UUID);
    optional fixed_len_byte_array(16) seller (UUID);
    required int64 quantity_milli;
    required int64 amount_minor;
    required int64 saved_minor;
    required boolean is_undone;
}";

/// Lines as a Parquet file.
///
/// Errors: `internal`.
pub fn write(lines: &[Line]) -> Result<Vec<u8>> {
    let mut file = columns::begin(Vec::new(), SCHEMA)?;
    for part in lines.chunks(GROUP_ROWS) {
        let ids = |pick: fn(&Line) -> Option<[u8; 16]>| Values::Id(part.iter().map(pick).collect());
        let longs = |pick: fn(&Line) -> Option<i64>| Values::Long(part.iter().map(pick).collect());
        columns::group(
            &mut file,
            vec![
                (ids(|line| Some(line.document)), false),
                (Values::Flag(part.iter().map(|line| line.is_return).collect()), false),
                (longs(|line| line.member), true),
                (longs(|line| Some(line.time_ms)), false),
                (ids(|line| Some(line.store)), false),
                (ids(|line| Some(line.product)), false),
                (Values::Text(part.iter().map(|line| Some(line.name.clone().into_bytes())).collect()), false),
                (ids(|line| line.category), true),
                (ids(|line| line.seller), true),
                (longs(|line| Some(line.quantity_milli)), false),
                (longs(|line| Some(line.amount_minor)), false),
                (longs(|line| Some(line.saved_minor)), false),
                (Values::Flag(part.iter().map(|line| line.is_undone).collect()), false),
            ],
        )?;
    }
    file.into_inner().map_err(|error| Error::internal(format!("a file of the lake: {error}")))
}

/// Goes over the lines of a file, a row group at a time.
///
/// Errors: `internal` for a file that is not one of the lake's lines.
pub fn read(bytes: Bytes, mut visit: impl FnMut(&[Line]) -> Result<()>) -> Result<()> {
    let file = columns::open(bytes)?;
    columns::each_group(&file, |group| {
        let (documents, returns, members) = (columns::ids(group, 0)?, columns::flags(group, 1)?, columns::longs(group, 2)?);
        let (times, stores, products) = (columns::longs(group, 3)?, columns::ids(group, 4)?, columns::ids(group, 5)?);
        let (names, categories, sellers) = (columns::texts(group, 6)?, columns::ids(group, 7)?, columns::ids(group, 8)?);
        let (quantities, amounts, saved) = (columns::longs(group, 9)?, columns::longs(group, 10)?, columns::longs(group, 11)?);
        let undone = columns::flags(group, 12)?;
        let lines: Vec<Line> = (0..documents.len())
            .map(|at| Line {
                document: documents[at].unwrap_or_default(),
                is_return: returns[at],
                member: members[at],
                time_ms: times[at].unwrap_or_default(),
                store: stores[at].unwrap_or_default(),
                product: products[at].unwrap_or_default(),
                name: names[at].as_deref().map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default(),
                category: categories[at],
                seller: sellers[at],
                quantity_milli: quantities[at].unwrap_or_default(),
                amount_minor: amounts[at].unwrap_or_default(),
                saved_minor: saved[at].unwrap_or_default(),
                is_undone: undone[at],
            })
            .collect();
        visit(&lines)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A line that differs from others by a number.
    pub(crate) fn line(number: u8) -> Line {
        Line {
            document: [number; 16],
            is_return: false,
            member: (!number.is_multiple_of(3)).then_some(i64::from(number)),
            time_ms: 1_795_312_800_000 + i64::from(number) * 60_000,
            store: [1; 16],
            product: [number % 5; 16],
            name: format!("商品{number}"),
            category: number.is_multiple_of(2).then_some([9; 16]),
            seller: None,
            quantity_milli: 1_000,
            amount_minor: i64::from(number) * 100,
            saved_minor: i64::from(number % 7),
            is_undone: number == 4,
        }
    }

    #[test]
    fn lines_are_read_as_they_were_written() {
        let lines: Vec<Line> = (0..200).map(line).collect();
        let mut found = Vec::new();
        read(write(&lines).unwrap().into(), |part| {
            found.extend_from_slice(part);
            Ok(())
        })
        .unwrap();
        assert_eq!(found, lines);
        assert!(read(write(&[]).unwrap().into(), |_| Err(Error::internal("a row"))).is_ok());
        assert!(read(Bytes::from_static(b"PAR1 no file"), |_| Ok(())).is_err());
    }
}
