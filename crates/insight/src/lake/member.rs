//! Members: what is known of them, and nothing of who they are.

use super::columns::{self, GROUP_ROWS, Values};
use shuke_kernel::{Error, Result};

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Their number in the lake.
    pub member: i64,
    /// `individual` or `group`.
    pub kind: String,
    /// Their stage.
    pub stage: String,
    /// Since when, days since 1970.
    pub stage_since: i32,
    /// Their tier.
    pub tier: Option<[u8; 16]>,
    /// The day on which they joined, days since 1970.
    pub joined_on: i32,
    /// The store they belong to.
    pub home_store: Option<[u8; 16]>,
    /// Where they came from, as the shop calls it.
    pub source: Option<String>,
    /// Orders that count.
    pub orders: i64,
    /// What they come to, minor units.
    pub amount_minor: i64,
    /// The day of the first purchase.
    pub first_purchase_on: Option<i32>,
    /// The day of the last purchase.
    pub last_purchase_on: Option<i32>,
}

const SCHEMA: &str = "message member {
    required int64 member;
    required byte_array kind (STRING);
    required byte_array stage (STRING);
    required int32 stage_since (DATE);
    optional fixed_len_byte_array(16) tier (UUID);
    required int32 joined_on (DATE);
    optional fixed_len_byte_array(16) home_store (UUID);
    optional byte_array source (STRING);
    required int64 orders;
    required int64 amount_minor;
    optional int32 first_purchase_on (DATE);
    optional int32 last_purchase_on (DATE);
}";

/// Members as a Parquet file.
///
/// Errors: `internal`.
pub fn write(members: &[MemberRow]) -> Result<Vec<u8>> {
    let mut file = columns::begin(Vec::new(), SCHEMA)?;
    for part in members.chunks(GROUP_ROWS) {
        let longs = |pick: fn(&MemberRow) -> i64| Values::Long(part.iter().map(|row| Some(pick(row))).collect());
        let days = |pick: fn(&MemberRow) -> Option<i32>| Values::Int(part.iter().map(pick).collect());
        let texts = |pick: fn(&MemberRow) -> &str| Values::Text(part.iter().map(|row| Some(pick(row).as_bytes().to_vec())).collect());
        let ids = |pick: fn(&MemberRow) -> Option<[u8; 16]>| Values::Id(part.iter().map(pick).collect());
        columns::group(
            &mut file,
            vec![
                (longs(|row| row.member), false),
                (texts(|row| &row.kind), false),
                (texts(|row| &row.stage), false),
                (days(|row| Some(row.stage_since)), false),
                (ids(|row| row.tier), true),
                (days(|row| Some(row.joined_on)), false),
                (ids(|row| row.home_store), true),
                (Values::Text(part.iter().map(|row| row.source.as_ref().map(|source| source.clone().into_bytes())).collect()), true),
                (longs(|row| row.orders), false),
                (longs(|row| row.amount_minor), false),
                (days(|row| row.first_purchase_on), true),
                (days(|row| row.last_purchase_on), true),
            ],
        )?;
    }
    file.into_inner().map_err(|error| Error::internal(format!("a file of the lake: {error}")))
}

/// Goes over the members of a file, a row group at a time.
///
/// Errors: `internal` for a file that is not one of the lake's members.
pub fn read(bytes: bytes::Bytes, mut visit: impl FnMut(&[MemberRow]) -> Result<()>) -> Result<()> {
    let file = columns::open(bytes)?;
    columns::each_group(&file, |group| {
        let (members, kinds, stages) = (columns::longs(group, 0)?, columns::texts(group, 1)?, columns::texts(group, 2)?);
        let (since, tiers, joined) = (columns::ints(group, 3)?, columns::ids(group, 4)?, columns::ints(group, 5)?);
        let (homes, sources, orders) = (columns::ids(group, 6)?, columns::texts(group, 7)?, columns::longs(group, 8)?);
        let (amounts, firsts, lasts) = (columns::longs(group, 9)?, columns::ints(group, 10)?, columns::ints(group, 11)?);
        let text = |value: &Option<Vec<u8>>| value.as_deref().map(|value| String::from_utf8_lossy(value).into_owned());
        let rows: Vec<MemberRow> = (0..members.len())
            .map(|at| MemberRow {
                member: members[at].unwrap_or_default(),
                kind: text(&kinds[at]).unwrap_or_default(),
                stage: text(&stages[at]).unwrap_or_default(),
                stage_since: since[at].unwrap_or_default(),
                tier: tiers[at],
                joined_on: joined[at].unwrap_or_default(),
                home_store: homes[at],
                source: text(&sources[at]),
                orders: orders[at].unwrap_or_default(),
                amount_minor: amounts[at].unwrap_or_default(),
                first_purchase_on: firsts[at],
                last_purchase_on: lasts[at],
            })
            .collect();
        visit(&rows)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_they_were_written() {
        let row = MemberRow {
            member: 7,
            kind: "individual".into(),
            stage: "active".into(),
            stage_since: 20_000,
            tier: None,
            joined_on: 19_000,
            home_store: Some([3; 16]),
            source: None,
            orders: 2,
            amount_minor: 500,
            first_purchase_on: Some(19_001),
            last_purchase_on: None,
        };
        let rows = [row.clone(), MemberRow { member: 9, source: Some("朋友介绍".into()), tier: Some([1; 16]), ..row }];
        let mut found = Vec::new();
        read(write(&rows).unwrap().into(), |part| {
            found.extend_from_slice(part);
            Ok(())
        })
        .unwrap();
        assert_eq!(found, rows);
    }
}
