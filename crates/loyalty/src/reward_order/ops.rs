//! Redeeming, handing over, cancelling.

use super::{RewardOrder, RewardOrderDraft, RewardOrderId, RewardOrderState, store};
use crate::book::{RefundPolicy, ops::today as merchant_today};
use crate::coupon;
use crate::points_kind;
use crate::quota::{self, takes};
use crate::reward::{self, QUANTITY_MAX, Reward, RewardKind, RewardState};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Page, Result, Uuid, Zone, time};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, LotTerms, journal};
use shuke_org::{audit, setting, text};

const REASON_CHARS_MAX: usize = 200;

/// Redeems a reward.
///
/// Errors: `reward_not_found`, `reward_not_open`, `reward_tender_wrong`, `reward_order_quantity_wrong`,
/// `balance_insufficient`, `quota_exhausted`, `reward_out_of_stock`, `reward_order_taken`, `store_not_found`,
/// `store_closed`, and those of issuing coupons.
pub async fn redeem(tx: &mut Tx, cx: &Cx, draft: &RewardOrderDraft) -> Result<RewardOrder> {
    let at = shuke_org::store::ops::show(tx, cx, draft.store).await?;
    if !at.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let zone = at.parsed_zone()?;
    let row = tx.need(reward::store::by_id_stmt(cx.merchant, draft.reward, false), reward::ops::missing).await?;
    let reward = reward::store::read(&row)?;
    let occasion = reward::ops::occasion(tx, cx, draft.member, draft.store, &zone).await?;
    open(&reward, draft, reward.terms.why_not(&occasion))?;
    let mut redemption = priced(cx, draft, &reward, occasion.today)?;
    // First, so that a second booking is refused as what it is.
    tx.queue(store::insert_stmt(cx, &redemption)?).await?;
    pay(tx, cx, &redemption, &zone).await?;
    if let RewardKind::Coupon { template, count } = &redemption.terms.kind {
        let issue = coupon::ops::Issue {
            template: *template,
            members: &[redemption.member],
            count: count * redemption.quantity,
            source_kind: "reward",
            source: redemption.id.0,
            today: occasion.today,
        };
        redemption.coupons = coupon::ops::issue(tx, cx, &issue).await?.into_iter().map(|coupon| coupon.id).collect();
    }
    let today = merchant_today(tx, cx).await?;
    let used = takes(redemption.reward.0, &redemption.terms.limits, redemption.quantity);
    quota::ops::take(tx, cx, redemption.member, redemption.id.0, today, &used).await?;
    tx.queue(reward::store::take_stmt(cx.merchant, redemption.reward, redemption.quantity)).await?;
    event::append(tx, cx, &[told("reward.redeemed", &redemption)]).await?;
    Ok(redemption)
}

fn open(reward: &Reward, draft: &RewardOrderDraft, why_not: Option<crate::rule::WhyNot>) -> Result<()> {
    if reward.state != RewardState::Published {
        return Err(Error::refused("reward_not_open", "this reward can't be redeemed; publish it first"));
    }
    if let Some(why) = why_not {
        let why = serde_json::to_string(&why).unwrap_or_default();
        return Err(Error::refused("reward_not_open", "this reward can't be redeemed here, today, or by this member").field(
            "/reward",
            "reward_not_open",
            why,
        ));
    }
    if !(1..=QUANTITY_MAX).contains(&draft.quantity) {
        let error = Error::invalid("reward_order_quantity_wrong", "so many pieces can't be redeemed at once");
        return Err(error.field("/quantity", "out_of_range", format!("must be 1 to {QUANTITY_MAX}")));
    }
    if reward.terms.money.is_positive() != draft.tender.is_some() {
        let error = Error::invalid("reward_tender_wrong", "say with what the money on top is paid, and only where there is some");
        return Err(error.field("/tender", "value_wrong", "cash, wechat_pay, alipay, bank_card or other"));
    }
    Ok(())
}

fn priced(cx: &Cx, draft: &RewardOrderDraft, reward: &Reward, today: Date) -> Result<RewardOrder> {
    let uses = reward.terms.kind.uses();
    Ok(RewardOrder {
        id: draft.id,
        reward: draft.reward,
        member: draft.member,
        store: draft.store.0,
        name: reward.name.clone(),
        terms: reward.terms.clone(),
        quantity: draft.quantity,
        points: reward.terms.points.times(draft.quantity)?,
        money: reward.terms.money.times(draft.quantity)?,
        tender: draft.tender,
        state: if uses.is_some() { RewardOrderState::Reserved } else { RewardOrderState::HandedOver },
        // A gift of several pieces is handed over as one.
        uses: match reward.terms.kind {
            RewardKind::Gift { .. } => 1,
            _ => uses.unwrap_or(0) * draft.quantity,
        },
        uses_left: match reward.terms.kind {
            RewardKind::Gift { .. } => 1,
            _ => uses.unwrap_or(0) * draft.quantity,
        },
        valid_until: reward.terms.valid_until(today),
        at: cx.now,
        actor: cx.actor.text(),
        settled_at: None,
        settled_by: None,
        reason: None,
        coupons: Vec::new(),
    })
}

/// Points, the money on top, and bonus where the reward is that.
async fn pay(tx: &mut Tx, cx: &Cx, redemption: &RewardOrder, zone: &Zone) -> Result<()> {
    let mut holdings = journal::ops::holdings(tx, cx, redemption.member, true).await?;
    let mut booked = Journal::new("reward", redemption.id.0, Some(redemption.store));
    let mut purse = purse(tx, cx, redemption).await?;
    if redemption.points.is_positive() {
        let from = purse.as_mut().unwrap_or(&mut holdings);
        let redeemed = from.shop(AccountKind::PointsRedeemed);
        booked.spend(cx, from, AccountKind::Points, redemption.points.0, redeemed, "redeemed")?;
    }
    if let Some(tender) = redemption.tender {
        let revenue = Account::of(AccountKind::Revenue, redemption.store);
        booked.transfer(Account::of(tender.account(), redemption.store), revenue, redemption.money.0, "reward_paid")?;
    }
    if let RewardKind::Bonus { amount, months } = redemption.terms.kind {
        let last_day = months.map(|months| time::add_months(zone.date(cx.now), months));
        let issued = Account::merchant(AccountKind::BonusIssued);
        let amount = amount.times(redemption.quantity)?;
        let terms = LotTerms::until(cx.now, last_day, zone);
        booked.grant(cx, &mut holdings, AccountKind::Bonus, amount.0, issued, terms, "reward_bonus")?;
    }
    let holders: Vec<&Holdings> = std::iter::once(&holdings).chain(&purse).collect();
    booked.post(tx, cx, &holders).await
}

/// What the member holds of the kind of points that pays, locked; none where the shop's own pay.
async fn purse(tx: &mut Tx, cx: &Cx, redemption: &RewardOrder) -> Result<Option<Holdings>> {
    match redemption.terms.points_kind {
        Some(kind) => points_kind::ops::held(tx, cx, redemption.member, kind).await.map(Some),
        None => Ok(None),
    }
}

fn told(kind: &'static str, redemption: &RewardOrder) -> Event {
    let payload = serde_json::json!({
        "id": redemption.id, "member": redemption.member, "reward": redemption.reward, "gives": redemption.terms.kind.as_str(),
        "name": redemption.name, "quantity": redemption.quantity, "points": redemption.points, "money": redemption.money,
        "points_kind": redemption.terms.points_kind,
        "tender": redemption.tender, "store": redemption.store, "valid_until": redemption.valid_until,
    });
    Event::new(kind, redemption.member, &payload)
}

fn missing() -> Error {
    Error::not_found("reward_order_not_found", "there is no such redemption")
}

async fn locked(tx: &mut Tx, cx: &Cx, id: RewardOrderId) -> Result<RewardOrder> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id, true), missing).await?)
}

/// Hands a gift over, or uses a service once.
///
/// Errors: `reward_order_not_found`, `reward_order_cancelled`, `reward_order_used`, `reward_order_over`.
pub async fn hand_over(tx: &mut Tx, cx: &Cx, id: RewardOrderId) -> Result<RewardOrder> {
    let redemption = locked(tx, cx, id).await?;
    let zone = shuke_org::store::ops::show(tx, cx, redemption.store.into()).await?.parsed_zone()?;
    redemption.may_hand_over(zone.date(cx.now))?;
    tx.queue(store::hand_over_stmt(cx, id)).await?;
    event::append(tx, cx, &[told("reward.handed_over", &redemption)]).await?;
    show(tx, cx, id).await
}

/// Undoes a redemption: points to their lots, money to its tender, the piece to the stock, the room to
/// the limits.
///
/// Errors: `reward_order_not_found`, `reward_order_cancelled`, `reward_order_used`, `reward_order_final`,
/// `text_malformed`.
pub async fn cancel(tx: &mut Tx, cx: &Cx, id: RewardOrderId, reason: &str) -> Result<RewardOrder> {
    let reason = text::line("reason", reason, REASON_CHARS_MAX)?;
    let redemption = locked(tx, cx, id).await?;
    redemption.may_cancel()?;
    give_back(tx, cx, &redemption).await?;
    take_coupons_back(tx, cx, &redemption).await?;
    quota::ops::give_back(tx, cx, id.0, |_| true, 1, 1).await?;
    tx.queue(reward::store::take_stmt(cx.merchant, redemption.reward, -redemption.quantity)).await?;
    tx.queue(store::cancel_stmt(cx, id, &reason)).await?;
    event::append(tx, cx, &[told("reward.cancelled", &redemption)]).await?;
    let entry = audit::Entry::new("reward_order.cancelled", id).old(&redemption).new_value(&reason);
    audit::ops::record(tx, cx, &entry).await?;
    show(tx, cx, id).await
}

async fn give_back(tx: &mut Tx, cx: &Cx, redemption: &RewardOrder) -> Result<()> {
    let mut holdings = journal::ops::holdings(tx, cx, redemption.member, true).await?;
    let mut purse = purse(tx, cx, redemption).await?;
    let from = purse.as_mut().unwrap_or(&mut holdings);
    let taken = tx.rows(journal::outstanding_stmt(cx.merchant, redemption.id.0)).await?;
    let mut out = journal::outstanding_read(tx, cx.merchant, from.owner, &taken).await?;
    let mut back = Journal::new("reward_cancelled", cx.uuid(), Some(redemption.store)).of_origin(redemption.id.0);
    let policy: RefundPolicy = setting::ops::get(tx, cx.merchant).await?;
    if let Some(days) = policy.restore_expired_grace_days {
        let zone = shuke_org::store::ops::show(tx, cx, redemption.store.into()).await?.parsed_zone()?;
        let until = time::add_days(zone.date(cx.now), days);
        back = back.with_grace((until, zone.end(until)));
    }
    let redeemed = from.shop(AccountKind::PointsRedeemed);
    back.give_back(cx, from, &mut out, AccountKind::Points, redemption.points.0, redeemed, "reward_cancelled")?;
    if let Some(tender) = redemption.tender {
        let revenue = Account::of(AccountKind::Revenue, redemption.store);
        back.transfer(revenue, Account::of(tender.account(), redemption.store), redemption.money.0, "reward_cancelled")?;
    }
    let holders: Vec<&Holdings> = std::iter::once(&holdings).chain(&purse).collect();
    back.post(tx, cx, &holders).await
}

async fn take_coupons_back(tx: &mut Tx, cx: &Cx, redemption: &RewardOrder) -> Result<()> {
    let RewardKind::Coupon { count, .. } = redemption.terms.kind else { return Ok(()) };
    let taken = coupon::ops::revoke_by_source(tx, cx, redemption.id.0).await?;
    if i64::try_from(taken).unwrap_or(i64::MAX) < count * redemption.quantity {
        return Err(Error::refused("reward_order_used", "one of its coupons was used; it can't be cancelled any more"));
    }
    Ok(())
}

/// A redemption, or `reward_order_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: RewardOrderId) -> Result<RewardOrder> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id, false), missing).await?)
}

/// A member's redemptions, newest first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<RewardOrder>> {
    let rows = tx.rows(store::of_member_stmt(cx.merchant, member, before, limit.fetch())).await?;
    let found = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |redemption| (redemption.at, redemption.id.0)))
}
