//! The raw loop that a checkout is held against: recorded statements, run again with prepared
//! statements on a bare connection, with no product code around them.
//!
//! [`Db::record`](crate::Db::record) keeps the statements of every write transaction on SQLite. [`replay`] runs them
//! again, unit after unit, each with new keys for what it inserts, and commits as many units
//! together as group commit did. So both read and write the same rows; what differs is the product.

use crate::Stmt;
use crate::sqlite::{bind, connect};
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Result, Uuid};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// The statements of one recorded transaction.
pub type Unit = Vec<Stmt>;

/// How fast the raw loop was.
#[derive(Clone, Copy, Debug)]
pub struct Replayed {
    /// Units run.
    pub units: u64,
    /// How long they took.
    pub elapsed: Duration,
}

struct Prepared {
    statement: usize,
    params: Vec<Value>,
    /// Which parameters are keys that this unit makes.
    fresh: Vec<usize>,
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("raw loop: {error}"))
}

/// Keys that a unit makes: UUIDs of its INSERT statements that none of its queries asked for.
fn fresh_keys(unit: &Unit) -> HashSet<Uuid> {
    let uuids = |verb: &'static str| {
        unit.iter().filter(move |stmt| stmt.postgres().starts_with(verb)).flat_map(|stmt| {
            stmt.params.iter().filter_map(|value| match value {
                Value::Uuid(id) => Some(*id),
                _ => None,
            })
        })
    };
    let known: HashSet<Uuid> = uuids("SELECT").collect();
    uuids("INSERT").filter(|id| !known.contains(id) && !id.is_nil()).collect()
}

fn prepare(units: &[Unit]) -> (Vec<String>, Vec<Vec<Prepared>>) {
    let mut texts: Vec<String> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut out = Vec::with_capacity(units.len());
    for unit in units {
        let fresh = fresh_keys(unit);
        let of = |stmt: &Stmt| {
            let text = stmt.with_sqlite(str::to_owned);
            let statement = *index.entry(text.clone()).or_insert_with(|| {
                texts.push(text);
                texts.len() - 1
            });
            let is_fresh = |value: &Value| match value {
                Value::Uuid(id) => fresh.contains(id),
                // An idempotency key is a fresh text.
                Value::Text(text) => Uuid::parse_str(text).is_ok(),
                _ => false,
            };
            let positions = stmt.params.iter().enumerate().filter(|(_, value)| is_fresh(value)).map(|(position, _)| position).collect();
            Prepared { statement, params: stmt.params.clone(), fresh: positions }
        };
        out.push(unit.iter().map(of).collect());
    }
    (texts, out)
}

/// A key of this round in place of a recorded one: equal keys stay equal within the unit.
fn renewed(value: &Value, round: u64) -> Value {
    // The first 48 bits are milliseconds: later rounds make later keys, as real sales do.
    let mix = |id: Uuid| Uuid::from_u128(id.as_u128().wrapping_add(u128::from(round) << 80));
    match value {
        Value::Uuid(id) => Value::Uuid(mix(*id)),
        Value::Text(text) => Uuid::parse_str(text).map_or_else(|_| value.clone(), |id| Value::Text(mix(id).to_string().into())),
        other => other.clone(),
    }
}

/// Runs recorded units again and again for a time, `group` of them per durable commit.
pub fn replay(file: &Path, units: &[Unit], group: usize, time: Duration) -> Result<Replayed> {
    if units.is_empty() {
        return Err(failed("nothing was recorded"));
    }
    let conn = connect(file)?;
    let (texts, units) = prepare(units);
    let mut statements = texts.iter().map(|text| conn.prepare(text)).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let start = Instant::now();
    let mut done = 0_u64;
    'time: for round in 1.. {
        for unit in &units {
            if done.is_multiple_of(group as u64) {
                conn.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
            }
            for step in unit {
                let statement = &mut statements[step.statement];
                for (position, value) in step.params.iter().enumerate() {
                    match step.fresh.contains(&position) {
                        true => bind(statement, position, &renewed(value, round))?,
                        false => bind(statement, position, value)?,
                    }
                }
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next().map_err(failed)? {
                    std::hint::black_box(row.get_ref(0).map_err(failed)?);
                }
            }
            done += 1;
            if done.is_multiple_of(group as u64) {
                conn.execute_batch("COMMIT").map_err(failed)?;
                if start.elapsed() >= time {
                    break 'time;
                }
            }
        }
    }
    Ok(Replayed { units: done, elapsed: start.elapsed() })
}
