//! What the reports say, and how entries of the ledger become it.

use super::csv::{Cell, Table};
use serde::{Deserialize, Serialize};
use shuke_kernel::money::Currency;
use shuke_kernel::{Date, Error, Money, Result, Uuid, text_enum, time};
use shuke_ledger::AccountKind;
use shuke_ledger::day::DayRow;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest period of a report.
pub const DAYS_MAX: i64 = 400;

/// Local days from one to another, both in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Period {
    /// A period.
    ///
    /// Errors: `period_wrong` where it ends before it begins or has more than 400 days.
    pub fn new(from: Date, to: Date) -> Result<Self> {
        let days = time::days_between(from, to) + 1;
        if (1..=DAYS_MAX).contains(&days) {
            return Ok(Self { from, to });
        }
        let text = format!("a period has 1 to {DAYS_MAX} days");
        Err(Error::invalid("period_wrong", text.clone()).field("/to", "period_wrong", text))
    }
    /// How many days it has.
    pub fn days(self) -> i64 {
        time::days_between(self.from, self.to) + 1
    }
    /// As many days just before it.
    #[must_use]
    pub fn before(self) -> Self {
        let back = i32::try_from(self.days()).unwrap_or(i32::MAX);
        Self { from: time::add_days(self.from, -back), to: time::add_days(self.from, -1) }
    }
    /// Its days.
    pub fn each(self) -> impl Iterator<Item = Date> {
        (0..self.days()).map(move |day| time::add_days(self.from, i32::try_from(day).unwrap_or(i32::MAX)))
    }
}

text_enum! {
    /// What rows of a report are for.
    pub enum ReportBy {
        /// A row for each day.
        Day = "day",
        /// A row for each month; its date is the first day of it that is in the period.
        Month = "month",
        /// A row for the whole period.
        Period = "period",
    }
}

impl ReportBy {
    /// The day that stands for a day's row.
    fn place(self, day: Date, period: Period) -> Date {
        match self {
            Self::Day => day,
            Self::Month => day.first_of_month().max(period.from),
            Self::Period => period.from,
        }
    }
}

text_enum! {
    /// For what something was paid.
    pub enum SoldKind {
        /// Orders: goods and services.
        Orders = "orders",
        /// Visits of passes without an order.
        Visits = "visits",
        /// Paid memberships.
        Memberships = "memberships",
        /// Rewards for points and money.
        Rewards = "rewards",
        /// What was kept when prepaid value was paid out.
        Fees = "fees",
        /// Top-ups: prepaid value, not a sale yet.
        TopUps = "top_ups",
        /// Passes: prepaid value, not a sale yet.
        Passes = "passes",
        /// Gift cards: prepaid value, not a sale yet.
        GiftCards = "gift_cards",
        /// Everything else.
        Other = "other",
    }
}

impl SoldKind {
    /// Whether it is prepaid value: sold again when it is consumed.
    pub const fn is_prepaid(self) -> bool {
        matches!(self, Self::TopUps | Self::Passes | Self::GiftCards)
    }

    /// Of a cause of entries.
    fn of(source: &str) -> Self {
        match source {
            "sale" | "refund" => Self::Orders,
            "pass_visit" | "pass_visit_undo" => Self::Visits,
            "membership" | "membership_refund" => Self::Memberships,
            "top_up" | "top_up_refund" => Self::TopUps,
            "pass_sale" | "pass_refund" => Self::Passes,
            "gift_card_sale" | "gift_card_return" => Self::GiftCards,
            _ if source.starts_with("reward") => Self::Rewards,
            _ => Self::Other,
        }
    }
}

/// What a row of the ledger by day says of sales: for what, and how much; below zero what was taken back.
pub fn sold(row: &DayRow) -> Option<(SoldKind, i64)> {
    let revenue = row.into(AccountKind::Revenue);
    if revenue != 0 {
        return Some((SoldKind::of(&row.source_kind), revenue));
    }
    let kept = row.into(AccountKind::RefundFee);
    let kinds = [
        (AccountKind::Principal, SoldKind::TopUps),
        (AccountKind::PassValue, SoldKind::Passes),
        (AccountKind::GiftCard, SoldKind::GiftCards),
    ];
    for (kind, what) in kinds {
        let Some(other) = row.other(kind) else { continue };
        let charged = match kind {
            // A top-up, paid out again or kept; what buys a pass is consumed, not taken back.
            AccountKind::Principal => other.is_tender() || other == AccountKind::RefundFee,
            _ => other == AccountKind::PrepaidSold,
        };
        return charged.then(|| (what, row.into(kind)));
    }
    (kept != 0).then_some((SoldKind::Fees, kept))
}

/// What it says of money that came in: by what tender, for what, how much; below zero what was given back.
/// Cash between drawer and safe is none.
pub fn received(row: &DayRow) -> Option<(AccountKind, SoldKind, i64)> {
    let tender = [row.debit, row.credit].into_iter().find(|kind| kind.is_tender())?;
    let other = row.other(tender)?;
    if other.is_tender() || matches!(other, AccountKind::Safe | AccountKind::CashDifference) {
        return None;
    }
    Some((tender, SoldKind::of(&row.source_kind), -row.into(tender)))
}

/// What it says of prepaid value: which kind, how much was used, and whether it bought other prepaid value;
/// below zero what was given back.
pub fn consumed(row: &DayRow) -> Option<(AccountKind, i64, bool)> {
    let kind = [row.debit, row.credit].into_iter().find(|kind| kind.is_prepaid())?;
    match row.other(kind)? {
        AccountKind::Revenue => Some((kind, -row.into(kind), false)),
        AccountKind::PrepaidSold if matches!(kind, AccountKind::Principal | AccountKind::Bonus) => Some((kind, -row.into(kind), true)),
        _ => None,
    }
}

/// What was sold. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SoldRow {
    /// The local day, or the first of the row's days.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The store; none where it happened at none.
    pub store: Option<Uuid>,
    /// For what.
    pub kind: SoldKind,
    /// Whether it is prepaid value, which is sold again when it is consumed.
    pub prepaid: bool,
    /// Sold.
    pub sold: Money,
    /// Taken back.
    pub taken_back: Money,
    /// Sold less taken back.
    pub net: Money,
}

/// What money came in. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedRow {
    /// The local day, or the first of the row's days.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The store; none where it happened at none.
    pub store: Option<Uuid>,
    /// By what tender.
    pub tender: AccountKind,
    /// For what.
    pub kind: SoldKind,
    /// Came in.
    pub received: Money,
    /// Given back.
    pub given_back: Money,
    /// Received less given back.
    pub net: Money,
}

/// What prepaid value was used up. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsumedRow {
    /// The local day, or the first of the row's days.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The store where it was used.
    pub store: Option<Uuid>,
    /// What was used: principal, bonus, recognised value of passes, gift cards.
    pub kind: AccountKind,
    /// Used for sales.
    pub used: Money,
    /// Given back by refunds of sales.
    pub given_back: Money,
    /// Used less given back.
    pub net: Money,
    /// What bought passes and cards, less what came back of that: prepaid value of another kind now.
    pub converted: Money,
}

/// A report's rows, by date, store and kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report<T> {
    /// The first local day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// The rows.
    pub items: Vec<T>,
}

/// In and out of a row: above zero, and below.
#[derive(Clone, Copy, Default)]
struct InOut(i64, i64);

impl InOut {
    const fn add(&mut self, amount: i64) {
        if amount > 0 {
            self.0 = self.0.saturating_add(amount);
        } else {
            self.1 = self.1.saturating_sub(amount);
        }
    }
    const fn all(self) -> (Money, Money, Money) {
        (Money(self.0), Money(self.1), Money(self.0 - self.1))
    }
}

/// The report on sales.
pub fn sold_rows(days: &[DayRow], period: Period, by: ReportBy) -> Vec<SoldRow> {
    type Key<'k> = (Date, Option<Uuid>, &'k str);
    type Sum = (SoldKind, InOut);
    let mut sums: BTreeMap<Key<'_>, Sum> = BTreeMap::new();
    for row in days {
        let Some((kind, amount)) = sold(row) else { continue };
        sums.entry((by.place(row.day, period), row.store, kind.as_str())).or_insert((kind, InOut::default())).1.add(amount);
    }
    let made = |((date, store, _), (kind, sum)): (Key<'_>, Sum)| {
        let (sold, taken_back, net) = sum.all();
        SoldRow { date, store, kind, prepaid: kind.is_prepaid(), sold, taken_back, net }
    };
    sums.into_iter().map(made).collect()
}

/// The report on money received.
pub fn received_rows(days: &[DayRow], period: Period, by: ReportBy) -> Vec<ReceivedRow> {
    type Key<'k> = (Date, Option<Uuid>, &'k str, &'k str);
    type Sum = (AccountKind, SoldKind, InOut);
    let mut sums: BTreeMap<Key<'_>, Sum> = BTreeMap::new();
    for row in days {
        let Some((tender, kind, amount)) = received(row) else { continue };
        let key = (by.place(row.day, period), row.store, tender.as_str(), kind.as_str());
        sums.entry(key).or_insert((tender, kind, InOut::default())).2.add(amount);
    }
    let made = |((date, store, ..), (tender, kind, sum)): (Key<'_>, Sum)| {
        let (received, given_back, net) = sum.all();
        ReceivedRow { date, store, tender, kind, received, given_back, net }
    };
    sums.into_iter().map(made).collect()
}

/// The report on prepaid value consumed.
pub fn consumed_rows(days: &[DayRow], period: Period, by: ReportBy) -> Vec<ConsumedRow> {
    type Key<'k> = (Date, Option<Uuid>, &'k str);
    type Sum = (AccountKind, InOut, i64);
    let mut sums: BTreeMap<Key<'_>, Sum> = BTreeMap::new();
    for row in days {
        let Some((kind, amount, converted)) = consumed(row) else { continue };
        let key = (by.place(row.day, period), row.store, kind.as_str());
        let sum = sums.entry(key).or_insert((kind, InOut::default(), 0));
        if converted { sum.2 += amount } else { sum.1.add(amount) }
    }
    let made = |((date, store, _), (kind, sum, converted)): (Key<'_>, Sum)| {
        let (used, given_back, net) = sum.all();
        ConsumedRow { date, store, kind, used, given_back, net, converted: Money(converted) }
    };
    sums.into_iter().map(made).collect()
}

/// How prepaid value of a kind came from one day's to another's. Minor units; what went out is below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrepaidMovement {
    /// What was held when the first day began.
    pub opening: Money,
    /// Paid for: top-ups, passes, gift cards; less what was paid out again.
    pub sold: Money,
    /// Given without money: bonus, opening balances, corrections by hand.
    pub given: Money,
    /// Used for sales, less what refunds gave back.
    pub consumed: Money,
    /// Turned into prepaid value of another kind, or out of it.
    pub converted: Money,
    /// Kept as a fee when the rest was paid out.
    pub kept: Money,
    /// Ran out of time.
    pub expired: Money,
    /// What was held when the last day ended: all of it added up.
    pub closing: Money,
}

/// How prepaid value moved, of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrepaidMovementRow {
    /// Principal, bonus, value of passes, gift cards.
    pub kind: AccountKind,
    /// How it moved.
    #[serde(flatten)]
    pub movement: PrepaidMovement,
}

/// The kinds of prepaid value, in the order of reports.
pub const PREPAID: [AccountKind; 4] = [AccountKind::Principal, AccountKind::Bonus, AccountKind::PassValue, AccountKind::GiftCard];

/// How a kind moved in a period, from what it was before.
///
/// Errors: `amount_too_large`.
pub fn movement(days: &[DayRow], kind: AccountKind, opening: Money) -> Result<PrepaidMovement> {
    let mut moved = PrepaidMovement { opening, closing: opening, ..PrepaidMovement::default() };
    for row in days {
        let Some(other) = row.other(kind) else { continue };
        let amount = Money(row.into(kind));
        let place = match other {
            AccountKind::Revenue => &mut moved.consumed,
            AccountKind::PrepaidSold if matches!(kind, AccountKind::Principal | AccountKind::Bonus) => &mut moved.converted,
            AccountKind::PrepaidSold => &mut moved.sold,
            AccountKind::PrepaidMoved => &mut moved.converted,
            AccountKind::RefundFee => &mut moved.kept,
            _ if other == kind.expiry_account() => &mut moved.expired,
            _ if other.is_tender() => &mut moved.sold,
            _ => &mut moved.given,
        };
        *place = place.plus(amount)?;
        moved.closing = moved.closing.plus(amount)?;
    }
    Ok(moved)
}

/// The ends of the ages that prepaid value is told by, in days; beyond the last is the oldest.
pub const AGES: [i32; 4] = [30, 90, 180, 365];

/// What is owed for prepaid value of one kind, by age. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiabilityRow {
    /// The store that stands for it; none where nobody knows, and in totals.
    pub store: Option<Uuid>,
    /// Principal, bonus, value of passes, gift cards.
    pub kind: AccountKind,
    /// Granted up to 30 days before.
    pub days_30: Money,
    /// 31 to 90 days.
    pub days_90: Money,
    /// 91 to 180 days.
    pub days_180: Money,
    /// 181 to 365 days.
    pub days_365: Money,
    /// More than 365 days.
    pub older: Money,
    /// All of it.
    pub total: Money,
}

impl LiabilityRow {
    fn of(store: Option<Uuid>, kind: AccountKind, ages: [i64; 5]) -> Self {
        let [a, b, c, d, e] = ages.map(Money);
        let total = Money(ages.iter().sum());
        Self { store, kind, days_30: a, days_90: b, days_180: c, days_365: d, older: e, total }
    }
}

/// What the shop owes for prepaid value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Liability {
    /// When this local day of the merchant ended, or now.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// By kind.
    pub totals: Vec<LiabilityRow>,
    /// By the store that stands for it, and kind.
    pub items: Vec<LiabilityRow>,
}

/// Lots added up: issuer, kind, age (0 the youngest), amount.
pub type Aged = (Option<Uuid>, AccountKind, usize, i64);

/// The liability out of lots that were added up.
pub fn liability(on: Date, aged: &[Aged]) -> Liability {
    let mut by_store: BTreeMap<(Option<Uuid>, usize), [i64; 5]> = BTreeMap::new();
    let mut totals = [[0_i64; 5]; 4];
    for (issuer, kind, age, amount) in aged {
        let Some(place) = PREPAID.iter().position(|known| known == kind) else { continue };
        let age = (*age).min(AGES.len());
        by_store.entry((*issuer, place)).or_default()[age] += amount;
        totals[place][age] += amount;
    }
    by_store.retain(|_, ages| ages.iter().any(|amount| *amount != 0));
    Liability {
        on,
        totals: PREPAID.iter().zip(totals).map(|(kind, ages)| LiabilityRow::of(None, *kind, ages)).collect(),
        items: by_store.into_iter().map(|((store, place), ages)| LiabilityRow::of(store, PREPAID[place], ages)).collect(),
    }
}

/// What writes amounts and stores into cells.
pub struct Writer<'w> {
    /// The merchant's currency.
    pub currency: &'w Currency,
    /// The names of the stores.
    pub names: &'w BTreeMap<Uuid, String>,
}

impl Writer<'_> {
    fn money(&self, amount: Money) -> Cell {
        Cell::Number(self.currency.format(amount))
    }
    fn store(&self, store: Option<Uuid>) -> Cell {
        Cell::text(store.and_then(|store| self.names.get(&store)).cloned().unwrap_or_default())
    }
    /// The report on sales.
    pub fn sold(&self, rows: &[SoldRow]) -> Table {
        let row = |row: &SoldRow| {
            let place = [Cell::text(row.date.to_string()), self.store(row.store), Cell::text(row.kind.as_str())];
            place.into_iter().chain([row.sold, row.taken_back, row.net].map(|amount| self.money(amount))).collect()
        };
        Table { header: vec!["date", "store", "kind", "sold", "taken_back", "net"], rows: rows.iter().map(row).collect() }
    }
    /// The report on money received.
    pub fn received(&self, rows: &[ReceivedRow]) -> Table {
        let row = |row: &ReceivedRow| {
            let place =
                [Cell::text(row.date.to_string()), self.store(row.store), Cell::text(row.tender.as_str()), Cell::text(row.kind.as_str())];
            place.into_iter().chain([row.received, row.given_back, row.net].map(|amount| self.money(amount))).collect()
        };
        let header = vec!["date", "store", "tender", "kind", "received", "given_back", "net"];
        Table { header, rows: rows.iter().map(row).collect() }
    }
    /// The report on prepaid value consumed.
    pub fn consumed(&self, rows: &[ConsumedRow]) -> Table {
        let row = |row: &ConsumedRow| {
            let place = [Cell::text(row.date.to_string()), self.store(row.store), Cell::text(row.kind.as_str())];
            let amounts = [row.used, row.given_back, row.net, row.converted];
            place.into_iter().chain(amounts.map(|amount| self.money(amount))).collect()
        };
        let header = vec!["date", "store", "kind", "used", "given_back", "net", "converted"];
        Table { header, rows: rows.iter().map(row).collect() }
    }
    /// The liability by age.
    pub fn liability(&self, liability: &Liability) -> Table {
        let row = |row: &LiabilityRow| {
            let place = [Cell::text(liability.on.to_string()), self.store(row.store), Cell::text(row.kind.as_str())];
            let amounts = [row.days_30, row.days_90, row.days_180, row.days_365, row.older, row.total];
            place.into_iter().chain(amounts.map(|amount| self.money(amount))).collect()
        };
        let header = vec!["date", "store", "kind", "days_30", "days_90", "days_180", "days_365", "older", "total"];
        Table { header, rows: liability.items.iter().map(row).collect() }
    }
    /// The movement of prepaid value.
    pub fn movement(&self, rows: &[PrepaidMovementRow]) -> Table {
        let row = |row: &PrepaidMovementRow| {
            let of = &row.movement;
            let amounts = [of.opening, of.sold, of.given, of.consumed, of.converted, of.kept, of.expired, of.closing];
            std::iter::once(Cell::text(row.kind.as_str())).chain(amounts.map(|amount| self.money(amount))).collect()
        };
        let header = vec!["kind", "opening", "sold", "given", "consumed", "converted", "kept", "expired", "closing"];
        Table { header, rows: rows.iter().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: &str, debit: AccountKind, credit: AccountKind, amount: i64) -> DayRow {
        let day = Date::constant(2026, 11, 22);
        DayRow { day, store: Some(Uuid::from_u128(1)), source_kind: source.to_owned(), debit, credit, amount, entries: 1 }
    }

    #[test]
    fn a_top_up_is_received_and_sold_once_and_consumed_when_it_is_used() {
        use AccountKind::{Bonus, Cash, PassValue, PrepaidSold, Principal, RefundFee, Revenue, Safe};
        let top_up = row("top_up", Cash, Principal, 10_000);
        assert_eq!((sold(&top_up), received(&top_up)), (Some((SoldKind::TopUps, 10_000)), Some((Cash, SoldKind::TopUps, 10_000))));
        assert_eq!(consumed(&top_up), None);
        let used = row("sale", Principal, Revenue, 300);
        assert_eq!((sold(&used), received(&used)), (Some((SoldKind::Orders, 300)), None));
        assert_eq!(consumed(&used), Some((Principal, 300, false)));
        let back = row("refund", Revenue, Principal, 100);
        assert_eq!((sold(&back), consumed(&back)), (Some((SoldKind::Orders, -100)), Some((Principal, -100, false))));
        let bought = row("pass_sale", Bonus, PrepaidSold, 50);
        assert_eq!((sold(&bought), received(&bought), consumed(&bought)), (None, None, Some((Bonus, 50, true))));
        let pass = row("pass_sale", PrepaidSold, PassValue, 50);
        assert_eq!((sold(&pass), consumed(&pass)), (Some((SoldKind::Passes, 50)), None));
        let kept = row("pass_refund", PrepaidSold, RefundFee, 7);
        assert_eq!((sold(&kept), received(&kept)), (Some((SoldKind::Fees, 7)), None));
        let moved = row("cash_move", Safe, Cash, 40);
        assert_eq!((sold(&moved), received(&moved), consumed(&moved)), (None, None, None));
    }

    #[test]
    fn rows_of_a_period_are_added_up_by_its_parts() {
        let mut days = vec![
            row("sale", AccountKind::Cash, AccountKind::Revenue, 100),
            row("refund", AccountKind::Revenue, AccountKind::Cash, 30),
            row("sale", AccountKind::Alipay, AccountKind::Revenue, 5),
        ];
        days[2].day = Date::constant(2026, 12, 1);
        let period = Period::new(Date::constant(2026, 11, 20), Date::constant(2026, 12, 2)).unwrap();
        let nets = |by| sold_rows(&days, period, by).iter().map(|row| (row.date.to_string(), row.net.0)).collect::<Vec<_>>();
        assert_eq!(nets(ReportBy::Day), [("2026-11-22".to_owned(), 70), ("2026-12-01".to_owned(), 5)]);
        assert_eq!(nets(ReportBy::Month), [("2026-11-20".to_owned(), 70), ("2026-12-01".to_owned(), 5)]);
        assert_eq!(nets(ReportBy::Period), [("2026-11-20".to_owned(), 75)]);
        assert_eq!(received_rows(&days, period, ReportBy::Period).len(), 2);
        assert_eq!(period.before(), Period::new(Date::constant(2026, 11, 7), Date::constant(2026, 11, 19)).unwrap());
        assert_eq!(Period::new(period.to, period.from).unwrap_err().code(), "period_wrong");
    }

    #[test]
    fn a_movement_leads_from_the_opening_to_the_closing() {
        use AccountKind::{BonusIssued, Cash, PrepaidMoved, PrepaidSold, Principal, PrincipalExpired, Revenue};
        let days = [
            row("top_up", Cash, Principal, 1_000),
            row("sale", Principal, Revenue, 300),
            row("pass_sale", Principal, PrepaidSold, 200),
            row("gift_card_redemption", PrepaidMoved, Principal, 50),
            row("expiry", Principal, PrincipalExpired, 20),
            row("top_up", BonusIssued, AccountKind::Bonus, 9),
        ];
        let moved = movement(&days, Principal, Money(70)).unwrap();
        assert_eq!((moved.sold.0, moved.consumed.0, moved.converted.0, moved.expired.0), (1_000, -300, -150, -20));
        assert_eq!((moved.opening.0, moved.closing.0, moved.given.0), (70, 600, 0));
        assert_eq!(movement(&days, AccountKind::Bonus, Money::ZERO).unwrap().given.0, 9);
    }

    #[test]
    fn ages_add_up_by_store_and_in_all() {
        let store = Some(Uuid::from_u128(1));
        let aged = [(store, AccountKind::Principal, 0, 10), (None, AccountKind::Principal, 4, 5), (store, AccountKind::GiftCard, 1, 0)];
        let found = liability(Date::constant(2026, 11, 22), &aged);
        assert_eq!((found.items.len(), found.totals.len()), (2, 4));
        assert_eq!((found.totals[0].total.0, found.totals[0].days_30.0, found.totals[0].older.0), (15, 10, 5));
    }
}
