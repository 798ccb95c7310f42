//! Opening balances: points, principal and bonus that members bring from another system, as balanced
//! transfers with lots.
//!
//! An opening comes once per member, account and expiry: what is there already is left as it is and
//! reported. A member is named by card number, member number or phone.

use super::dates::{self, DateOrder};
use super::decimal::Decimal;
use super::ground::Ground;
use super::people::{Customers, card_number};
use super::task::{Effects, Planned, Refusal};
use super::values::{self, is_blank};
use super::{Mapping, Row, ids, phone};
use shuke_db::{Db, Tx};
use shuke_kernel::{Date, Error, Result, Uuid};
use shuke_ledger::journal::ops::{self as journal, Opening};
use shuke_ledger::{AccountKind, LotTerms};
use shuke_member::MemberId;
use std::collections::{HashMap, HashSet};

/// The columns of balances, in files of members too.
pub(super) struct BalanceColumns {
    points: Option<usize>,
    principal: Option<usize>,
    bonus: Option<usize>,
    expires_on: Option<usize>,
    order: DateOrder,
}

/// A balance that is wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    kind: AccountKind,
    amount: i64,
    expires_on: Option<Date>,
}

pub(super) fn cell(row: &Row, column: Option<usize>) -> &str {
    let text = column.map_or("", |column| row.cell(column));
    if is_blank(text) { "" } else { text }
}

impl BalanceColumns {
    pub(super) fn of(mapping: &Mapping, sample: &[Row]) -> Result<Self> {
        let expires_on = mapping.column("expires_on");
        Ok(Self {
            points: mapping.column("points"),
            principal: mapping.column("principal"),
            bonus: mapping.column("bonus"),
            expires_on,
            order: DateOrder::of(sample.iter().map(|row| cell(row, expires_on)))?,
        })
    }

    /// The balances of a row; those of nothing are left out.
    ///
    /// Errors: `integer_malformed`, `number_malformed`, `amount_too_fine`, `balance_negative`,
    /// `expired_already`, those of dates.
    pub(super) fn read(&self, ground: &Ground, row: &Row) -> Result<Vec<Wanted>> {
        let expires_on = values::optional(cell(row, self.expires_on), |text| dates::date(text, self.order))?;
        if expires_on.is_some_and(|day| day < ground.zone.date(ground.cx.now)) {
            return Err(Error::invalid(
                "expired_already",
                "the balance has expired before today; leave the row out, or give it another day",
            ));
        }
        let money = |text: &str| {
            let number = Decimal::parse(text)?;
            let amount = number.money(&ground.currency)?;
            if Decimal::parse(&ground.currency.format(amount))? == number {
                return Ok(amount.0);
            }
            Err(Error::invalid("amount_too_fine", format!("{text:?} has more decimals than the currency")))
        };
        let read = [
            (AccountKind::Points, values::optional(cell(row, self.points), values::integer)?),
            (AccountKind::Principal, values::optional(cell(row, self.principal), money)?),
            (AccountKind::Bonus, values::optional(cell(row, self.bonus), money)?),
        ];
        let mut wanted = Vec::new();
        for (kind, amount) in read {
            match amount.unwrap_or(0) {
                0 => {}
                amount if amount < 0 => {
                    return Err(Error::invalid("balance_negative", "an opening balance is not below zero; settle the debt first"));
                }
                amount => wanted.push(Wanted { kind, amount, expires_on }),
            }
        }
        Ok(wanted)
    }
}

/// The opening of a member's balance.
pub(super) fn opening(ground: &Ground, member: MemberId, wanted: &Wanted) -> Opening {
    let until = wanted.expires_on.map(|day| day.to_string()).unwrap_or_default();
    Opening {
        id: ids::natural(ground.cx.merchant, "opening", &[&member.to_string(), wanted.kind.as_str(), &until]),
        member: member.0,
        kind: wanted.kind,
        amount: wanted.amount,
        terms: LotTerms::until(ground.cx.now, wanted.expires_on, &ground.zone),
    }
}

/// What is counted of openings.
pub(super) fn counted(openings: &[Opening]) -> Vec<(&'static str, i64)> {
    let name = |kind| match kind {
        AccountKind::Points => "points",
        AccountKind::Principal => "principal_amount",
        _ => "bonus_amount",
    };
    openings.iter().flat_map(|opening| [("openings", 1), (name(opening.kind), opening.amount)]).collect()
}

/// How a row names its member.
enum Named {
    Number(String),
    Phone(String),
}

/// The work on a file of balances.
pub(super) struct Balances {
    member: Option<usize>,
    columns: BalanceColumns,
    rows: Vec<(usize, Named, Vec<Wanted>)>,
    openings: Vec<Opening>,
    seen: HashSet<Uuid>,
}

impl Balances {
    pub(super) fn new(mapping: &Mapping, sample: &[Row]) -> Result<Self> {
        Ok(Self {
            member: mapping.column("member"),
            columns: BalanceColumns::of(mapping, sample)?,
            rows: Vec::new(),
            openings: Vec::new(),
            seen: HashSet::new(),
        })
    }

    pub(super) fn begin(&mut self, _run: Uuid, _resumed: bool, _dry: bool) {
        self.seen.clear();
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.openings.clear();
    }

    pub(super) fn take(&mut self, ground: &Ground, index: usize, row: &Row) -> Result<()> {
        let text = cell(row, self.member);
        if text.is_empty() {
            return Err(Error::invalid("member_missing", "the row names no member"));
        }
        let named = match phone::parse(text) {
            Ok(phone) => Named::Phone(phone),
            Err(_) => Named::Number(card_number(text)?.as_str().to_owned()),
        };
        let wanted = self.columns.read(ground, row)?;
        self.rows.push((index, named, wanted));
        Ok(())
    }

    pub(super) async fn plan(&mut self, db: Option<&Db>, ground: &Ground) -> Result<Planned> {
        let mut planned = Planned::default();
        let (mut phones, mut numbers) = (Vec::new(), Vec::new());
        for (_, named, _) in &self.rows {
            match named {
                Named::Phone(phone) => phones.push(phone.as_str()),
                Named::Number(number) => numbers.push(number.as_str()),
            }
        }
        let (mut by_phone, mut by_number) = (HashMap::new(), HashMap::new());
        if let Some(db) = db {
            by_phone = Customers::Phones.known(db, ground, &phones).await?;
            by_number = Customers::Numbers.known(db, ground, &numbers).await?;
        }
        let mut openings: Vec<(usize, Opening)> = Vec::new();
        for (row, named, wanted) in &self.rows {
            let member = match named {
                Named::Phone(phone) => by_phone.get(phone),
                Named::Number(number) => by_number.get(number),
            };
            match member {
                Some(member) => openings.extend(wanted.iter().map(|wanted| (*row, opening(ground, *member, wanted)))),
                None => {
                    let error = Error::not_found("member_unknown", "no member has this number or phone; import the members first");
                    planned.refusals.push(Refusal { row: *row, error });
                }
            }
        }
        let ids: Vec<Uuid> = openings.iter().map(|(_, opening)| opening.id).collect();
        let input = (&ground.cx, ids);
        let booked = match db {
            Some(db) => db.read(&input, |tx, (cx, ids)| Box::pin(journal::booked(tx, cx, ids))).await?,
            None => Vec::new(),
        };
        let booked: HashSet<Uuid> = booked.into_iter().collect();
        for (row, opening) in openings {
            if booked.contains(&opening.id) || !self.seen.insert(opening.id) {
                let detail = format!(
                    "this member has an opening balance of {} with this expiry already; it was left as it is",
                    opening.kind.as_str()
                );
                planned.refusals.push(Refusal { row, error: Error::conflict("balance_there", detail) });
            } else {
                self.openings.push(opening);
            }
        }
        planned.counts = counted(&self.openings);
        Ok(planned)
    }

    pub(super) async fn write(&self, tx: &mut Tx, ground: &Ground) -> Result<Effects> {
        journal::open_many(tx, &ground.cx, &self.openings).await?;
        Ok(Effects::default())
    }

    pub(super) fn committed(&mut self, _effects: Effects) {}

    pub(super) fn pretended(&mut self) {}
}
