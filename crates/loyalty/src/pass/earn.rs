//! Points for the money that passes are paid with, where the merchant wants it: visits earn none.

use super::PassId;
use super::ops::find;
use crate::book;
use crate::points::{self, EarnKind, EarnLine, EarnMultipliers, EarnPolicy};
use crate::prepaid::{PrepaidPayment, PrepaidTender};
use crate::quota::{self, SPENT};
use crate::rule::{Channel, Item, Occasion};
use crate::tier;
use serde::{Deserialize, Serialize};
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Money, Points, Result, Uuid, money};
use shuke_ledger::{Account, AccountKind, Journal, journal, lot};
use shuke_member::MemberId;
use shuke_member::merge::ops::heir;
use shuke_org::setting::{self, Section};
use utoipa::ToSchema;

/// The first line of the entries of points, beyond those of the sale and of the refund.
const FIRST_LINE: i64 = 1_000;

/// Whether selling a pass earns points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PassEarnPolicy {
    /// Whether the money that a pass is paid with earns points, by the amount rules that hold for everything.
    pub points: bool,
}

impl Section for PassEarnPolicy {
    const NAME: &'static str = "pass_earn";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Follows `pass.sold` and `pass.refunded`.
#[derive(Clone, Copy, Debug)]
pub struct PassPointsReader;

/// What of `pass.sold` is read here.
#[derive(Debug, Deserialize)]
struct Sold {
    pass: PassId,
    member: MemberId,
    store: Uuid,
    payments: Vec<PrepaidPayment>,
}

/// What of `pass.refunded` is read here.
#[derive(Debug, Deserialize)]
struct Refunded {
    id: Uuid,
    pass: PassId,
    member: MemberId,
    payments: Vec<PrepaidPayment>,
}

impl Reader for PassPointsReader {
    fn name(&self) -> &'static str {
        "pass_points"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "pass.sold" | "pass.refunded")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            match event.kind.as_str() {
                "pass.sold" => grant(tx, cx, &event.read()?).await,
                _ => take_back(tx, cx, &event.read()?).await,
            }
        })
    }
}

/// What of payments is money, received now or for principal before; bonus is none.
fn money_of(payments: &[PrepaidPayment]) -> Result<Money> {
    Money::sum(payments.iter().filter(|payment| payment.tender != PrepaidTender::Bonus).map(|payment| payment.amount))
}

/// The rules that give points for money; a pass is no visit yet.
fn by_money(policy: &EarnPolicy) -> EarnPolicy {
    let mut policy = policy.clone();
    policy.rules.retain(|rule| matches!(rule.kind, EarnKind::Amount { .. } | EarnKind::Multiplier { .. }));
    policy
}

async fn grant(tx: &mut Tx, cx: &Cx, sold: &Sold) -> Result<()> {
    if !setting::ops::get::<PassEarnPolicy>(tx, cx.merchant).await?.points {
        return Ok(());
    }
    let member = heir(tx, cx.merchant, sold.member, sold.pass.0).await?;
    let book = book::load(tx, cx.merchant).await?;
    let zone = shuke_org::store::ops::show(tx, cx, sold.store.into()).await?.parsed_zone()?;
    let mut holdings = journal::ops::holdings(tx, cx, member.0, true).await?;
    let rows = tx.rows(tier::store::current_stmt(cx.merchant, member.0)).await?;
    let tier = book.scheme.effective(&tier::store::current_read(&rows)?);
    let local = zone.local(cx.now);
    let occasion = Occasion {
        today: zone.date(cx.now),
        minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        weekday: i64::from(local.weekday().to_monday_one_offset()),
        store: sold.store,
        channel: Channel::Till,
        is_member: true,
        tier,
        order: None,
    };
    let item = Item { product: Uuid::nil(), variant: None, categories: &[], special: false };
    let line = EarnLine { item, quantity_milli: 1_000, paid: money_of(&sold.payments)? };
    let of_tier = tier.and_then(|id| book.scheme.tiers.iter().find(|tier| tier.id == id)).map(|tier| tier.benefits.points_multiplier);
    let multipliers = EarnMultipliers { tier: of_tier.unwrap_or(EarnMultipliers::default().tier), ..EarnMultipliers::default() };
    let mut room = points::ops::room(tx, cx, &book, Some(member), true).await?;
    let mut earned = points::earn_within(&by_money(&book.earn), &[line], multipliers, &occasion, &mut room)?;
    if !earned.points.is_positive() {
        return Ok(());
    }
    points::ops::wait(&book, occasion.today, &mut earned);
    let mut booked = Journal::new("pass_points", sold.pass.0, Some(sold.store)).from_line(FIRST_LINE);
    let terms = points::ops::lot_terms(&book, cx.now, &earned, &zone);
    booked.grant(cx, &mut holdings, AccountKind::Points, earned.points.0, Account::merchant(AccountKind::PointsIssued), terms, "earned")?;
    booked.post(tx, cx, &[&holdings]).await?;
    let uses = points::ops::uses(&book, &room, &earned, Points::ZERO);
    points::ops::count(tx, cx, &book, Some(member), sold.pass.0, &uses).await
}

/// Takes back what the money had earned that is given back now.
async fn take_back(tx: &mut Tx, cx: &Cx, back: &Refunded) -> Result<()> {
    // The pass may be another member's by now than when it was given back; whoever merges waits.
    heir(tx, cx.merchant, back.member, back.pass.0).await?;
    let pass = find(tx, cx, back.pass).await?;
    let member = MemberId(pass.member);
    let mut holdings = journal::ops::holdings(tx, cx, member.0, true).await?;
    let granted = tx.rows(lot::granted_stmt(cx.merchant, member.0, back.pass.0)).await?;
    holdings.with_granted(&granted)?;
    let earned: i64 = holdings.lots(AccountKind::Points).filter(|lot| lot.source_id == back.pass.0).map(|lot| lot.granted).sum();
    let (paid, given_back) = (money_of(&pass.payments)?, money_of(&back.payments)?);
    if earned == 0 || !paid.is_positive() {
        return Ok(());
    }
    let amount = money::mul_div(earned, given_back.0, paid.0)?;
    let forgive = book::load(tx, cx.merchant).await?.refund.forgive_points;
    let mut booked = Journal::new("pass_points_back", back.id, Some(pass.store)).from_line(FIRST_LINE);
    booked.claw_back(&mut holdings, back.pass.0, amount, Account::merchant(AccountKind::PointsIssued), forgive, "earned_back")?;
    booked.post(tx, cx, &[&holdings]).await?;
    quota::ops::give_back(tx, cx, back.pass.0, |subject| subject != SPENT, given_back.0, paid.0).await
}
