//! The rows of a table, column by column: a list has one row a member, and there may be ten million of them.

use super::model::{Cell, Text};
use std::collections::HashMap;

/// Rows of cells. They are kept as columns of one kind each, some 50 bytes a row instead of 500.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    columns: Vec<Column>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Column {
    cells: Cells,
    /// Rows in which there is nothing, rising.
    empty: Vec<usize>,
}

/// What all cells of a column are, but for those that are nothing; each row has a place in it.
#[derive(Clone, Debug, Default)]
enum Cells {
    /// Nothing at all until now.
    #[default]
    Nothing,
    Names {
        text: String,
        ends: Vec<usize>,
    },
    Words {
        known: Vec<Text>,
        places: HashMap<Text, u32>,
        at: Vec<u32>,
    },
    Counts(Vec<i32>),
    LargeCounts(Vec<i64>),
    Money(Vec<i64>),
    Shares(Vec<f64>),
    Numbers(Vec<f64>, usize),
    Days(Vec<i32>),
    Months(Vec<i32>),
    /// Of several kinds.
    Mixed(Vec<Cell>),
}

impl Cells {
    /// Columns of the kind of a cell, with a place for each row before it.
    fn of(cell: &Cell, before: usize) -> Self {
        match cell {
            Cell::Name(_) => Self::Names { text: String::new(), ends: vec![0; before] },
            Cell::Word(_) => Self::Words { known: Vec::new(), places: HashMap::new(), at: vec![0; before] },
            Cell::Count(count) if i32::try_from(*count).is_ok() => Self::Counts(vec![0; before]),
            Cell::Count(_) => Self::LargeCounts(vec![0; before]),
            Cell::Money(_) => Self::Money(vec![0; before]),
            Cell::Share(_) => Self::Shares(vec![0.0; before]),
            Cell::Number(_, decimals) => Self::Numbers(vec![0.0; before], *decimals),
            Cell::Day(_) => Self::Days(vec![0; before]),
            Cell::Month(_) => Self::Months(vec![0; before]),
            Cell::Nothing => Self::Nothing,
        }
    }

    /// Adds a cell; gives it back where it is of another kind.
    fn push(&mut self, cell: Cell) -> Result<(), Cell> {
        match (self, cell) {
            (Self::Names { text, ends }, Cell::Name(name)) => {
                text.push_str(&name);
                ends.push(text.len());
            }
            (Self::Words { known, places, at }, Cell::Word(word)) => {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                let place = *places.entry(word).or_insert_with_key(|word| {
                    known.push(word.clone());
                    next
                });
                at.push(place);
            }
            (Self::Counts(counts), Cell::Count(count)) => match i32::try_from(count) {
                Ok(count) => counts.push(count),
                Err(_) => return Err(Cell::Count(count)),
            },
            (Self::LargeCounts(numbers), Cell::Count(number)) | (Self::Money(numbers), Cell::Money(number)) => numbers.push(number),
            (Self::Shares(numbers), Cell::Share(number)) => numbers.push(number),
            (Self::Numbers(numbers, decimals), Cell::Number(number, own)) if own == *decimals => numbers.push(number),
            (Self::Days(days), Cell::Day(day)) | (Self::Months(days), Cell::Month(day)) => days.push(day),
            (Self::Mixed(cells), cell) => cells.push(cell),
            (_, cell) => return Err(cell),
        }
        Ok(())
    }

    /// A place for a row in which there is nothing.
    fn skip(&mut self) {
        match self {
            Self::Nothing => {}
            Self::Names { text, ends } => ends.push(text.len()),
            Self::Words { at, .. } => at.push(0),
            Self::Counts(numbers) | Self::Days(numbers) | Self::Months(numbers) => numbers.push(0),
            Self::LargeCounts(numbers) | Self::Money(numbers) => numbers.push(0),
            Self::Shares(numbers) | Self::Numbers(numbers, _) => numbers.push(0.0),
            Self::Mixed(cells) => cells.push(Cell::Nothing),
        }
    }

    fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Nothing => Cell::Nothing,
            Self::Names { text, ends } => Cell::Name(text[if row == 0 { 0 } else { ends[row - 1] }..ends[row]].to_owned()),
            Self::Words { known, at, .. } => Cell::Word(known[at[row] as usize].clone()),
            Self::Counts(counts) => Cell::Count(counts[row].into()),
            Self::LargeCounts(counts) => Cell::Count(counts[row]),
            Self::Money(amounts) => Cell::Money(amounts[row]),
            Self::Shares(shares) => Cell::Share(shares[row]),
            Self::Numbers(numbers, decimals) => Cell::Number(numbers[row], *decimals),
            Self::Days(days) => Cell::Day(days[row]),
            Self::Months(months) => Cell::Month(months[row]),
            Self::Mixed(cells) => cells[row].clone(),
        }
    }
}

impl Column {
    fn push(&mut self, cell: Cell, row: usize) {
        if cell == Cell::Nothing {
            self.empty.push(row);
            return self.cells.skip();
        }
        if matches!(self.cells, Cells::Nothing) {
            self.cells = Cells::of(&cell, row);
        }
        let Err(cell) = self.cells.push(cell) else { return };
        self.cells = match (&self.cells, &cell) {
            (Cells::Counts(counts), Cell::Count(_)) => Cells::LargeCounts(counts.iter().map(|count| (*count).into()).collect()),
            _ => Cells::Mixed((0..row).map(|row| self.cell(row)).collect()),
        };
        // Both take what their predecessor could not.
        let _ = self.cells.push(cell);
    }

    fn cell(&self, row: usize) -> Cell {
        if self.empty.binary_search(&row).is_ok() { Cell::Nothing } else { self.cells.cell(row) }
    }
}

impl Rows {
    /// Adds a row. Cells that it has fewer than the rows before it are nothing.
    pub fn push(&mut self, row: Vec<Cell>) {
        if row.len() > self.columns.len() {
            let before = self.len;
            self.columns.resize_with(row.len(), || Column { cells: Cells::Nothing, empty: (0..before).collect() });
        }
        let mut cells = row.into_iter();
        for column in &mut self.columns {
            column.push(cells.next().unwrap_or(Cell::Nothing), self.len);
        }
        self.len += 1;
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A cell; nothing beyond the last row or column.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        if row >= self.len {
            return Cell::Nothing;
        }
        self.columns.get(column).map_or(Cell::Nothing, |column| column.cell(row))
    }

    /// The rows, one after another.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Vec<Cell>> + '_ {
        (0..self.len).map(|row| self.columns.iter().map(|column| column.cell(row)).collect())
    }
}

impl FromIterator<Vec<Cell>> for Rows {
    fn from_iter<T: IntoIterator<Item = Vec<Cell>>>(rows: T) -> Self {
        let mut out = Self::default();
        rows.into_iter().for_each(|row| out.push(row));
        out
    }
}

impl From<Vec<Vec<Cell>>> for Rows {
    fn from(rows: Vec<Vec<Cell>>) -> Self {
        rows.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::says;
    use proptest::prelude::*;

    fn any_cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            "[a-c奶]{0,3}".prop_map(Cell::Name),
            (0..3).prop_map(|n| Cell::Word(says(format!("词{n}"), format!("word {n}")))),
            prop_oneof![-5_i64..5, Just(i64::MAX), Just(i64::MIN)].prop_map(Cell::Count),
            any::<i64>().prop_map(Cell::Money),
            (0.0..1.0).prop_map(Cell::Share),
            (0.0..9.0, 0_usize..2).prop_map(|(number, decimals)| Cell::Number(number, decimals)),
            any::<i32>().prop_map(Cell::Day),
            any::<i32>().prop_map(Cell::Month),
            Just(Cell::Nothing),
        ]
    }

    /// A column is mostly of one kind: the first cell's own, nothing, or now and then another.
    fn any_rows() -> impl Strategy<Value = Vec<Vec<Cell>>> {
        let column = (any_cell(), prop::collection::vec((any_cell(), 0..4), 20)).prop_map(|(usual, others)| {
            let kind = std::mem::discriminant(&usual);
            let pick = |(other, dice): (Cell, i32)| match dice {
                0 => Cell::Nothing,
                1 => other,
                _ if std::mem::discriminant(&other) == kind => other,
                _ => usual.clone(),
            };
            others.into_iter().map(pick).collect::<Vec<Cell>>()
        });
        (prop::collection::vec(column, 1..4), 0_usize..20)
            .prop_map(|(columns, rows)| (0..rows).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect())
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(rows in any_rows()) {
            let kept: Rows = rows.clone().into();
            prop_assert_eq!(kept.len(), rows.len());
            prop_assert_eq!(kept.iter().collect::<Vec<_>>(), rows);
        }
    }

    #[test]
    fn rows_may_be_of_different_lengths() {
        let rows: Rows = vec![vec![Cell::Count(1)], vec![Cell::Count(2), Cell::Day(3)], vec![]].into();
        let cells: Vec<Cell> = (0..4).flat_map(|row| [rows.cell(row, 0), rows.cell(row, 1)]).collect();
        let nothing = || Cell::Nothing;
        assert_eq!(cells, [Cell::Count(1), nothing(), Cell::Count(2), Cell::Day(3), nothing(), nothing(), nothing(), nothing()]);
        assert_eq!(rows.cell(0, 2), Cell::Nothing);
    }
}
