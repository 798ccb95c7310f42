//! Positions on their way from PostgreSQL to SQLite.

use shuke_kernel::value::Value;
use shuke_kernel::{Error, Result, Uuid};
use std::collections::HashMap;

/// A row's place among all that have positions: the position, and what orders rows that share it.
type Place = (i64, Uuid, i64);

/// The places that were seen, in order. Their new numbers are 1, 2, 3 …
#[derive(Default)]
pub(super) struct Renumber {
    seen: HashMap<&'static str, Vec<Place>>,
}

/// Where a table's place is: its position's column, then those that order rows of one position.
const PLACES: &[(&str, &str, &str, Option<&str>)] =
    &[("event", "position", "id", None), ("transfer", "position", "source_id", Some("source_line"))];
/// What names the place of another table's row.
const NAMES: &[(&str, &str, &str, &str, Option<&str>)] = &[
    ("event_cursor", "event", "position", "id", None),
    ("seal", "transfer", "last_position", "last_source_id", Some("last_source_line")),
    ("ledger_cursor", "transfer", "position", "source_id", Some("source_line")),
];

fn place(columns: &[String], row: &[Value], names: (&str, &str, Option<&str>)) -> Result<(usize, Place)> {
    let find = |name: &str| {
        let found = columns.iter().position(|column| column == name);
        found.ok_or_else(|| Error::internal(format!("a backup's table lacks the column {name}")))
    };
    let (at, id) = (find(names.0)?, find(names.1)?);
    let line = names.2.map(find).transpose()?;
    match (&row[at], &row[id], line.map(|line| &row[line])) {
        (Value::Int(position), Value::Uuid(id), None) => Ok((at, (*position, *id, 0))),
        (Value::Int(position), Value::Uuid(id), Some(Value::Int(line))) => Ok((at, (*position, *id, *line))),
        _ => Err(Error::internal("a backup's position is of another kind")),
    }
}

impl Renumber {
    /// Changes the positions in a row.
    pub(super) fn row(&mut self, table: &str, columns: &[String], row: &mut [Value]) -> Result<()> {
        if let Some((table, at, id, line)) = PLACES.iter().find(|known| known.0 == table) {
            let (at, place) = place(columns, row, (at, id, *line))?;
            let seen = self.seen.entry(table).or_default();
            if seen.last().is_some_and(|last| *last >= place) {
                return Err(Error::internal(format!("the rows of {table} are not in order in the backup")));
            }
            seen.push(place);
            row[at] = Value::Int(i64::try_from(seen.len()).unwrap_or(i64::MAX));
        }
        if let Some((_, of, at, id, line)) = NAMES.iter().find(|known| known.0 == table) {
            let (at, place) = place(columns, row, (at, id, *line))?;
            let before = self.seen.get(of).map_or(0, |seen| seen.partition_point(|seen| *seen <= place));
            row[at] = Value::Int(i64::try_from(before).unwrap_or(i64::MAX));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_had_seen_a_row_has_seen_it_under_its_new_number() {
        let columns: Vec<String> = ["position", "id"].map(str::to_owned).to_vec();
        let row = |position, id| vec![Value::Int(position), Value::Uuid(Uuid::from_u128(id))];
        let mut renumber = Renumber::default();
        let mut changed = |table: &str, position, id| {
            let mut row = row(position, id);
            renumber.row(table, &columns, &mut row).map(|()| row[0].clone())
        };
        for (number, (position, id)) in [(700, 1), (700, 2), (705, 1)].into_iter().enumerate() {
            assert_eq!(changed("event", position, id).unwrap(), Value::Int(i64::try_from(number).unwrap() + 1));
        }
        for ((position, id), number) in [((-1, 0), 0), ((700, 1), 1), ((700, 2), 2), ((704, 9), 2), ((900, 0), 3)] {
            assert_eq!(changed("event_cursor", position, id).unwrap(), Value::Int(number), "{position} {id}");
        }
        assert_eq!(changed("member", 5, 5).unwrap(), Value::Int(5));
        assert!(changed("event", 705, 1).is_err(), "a position stands twice");
    }
}
