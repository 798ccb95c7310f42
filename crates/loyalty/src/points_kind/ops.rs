//! Purses: earning, taking back, correcting by hand, following a merge.

use super::store::{self, Accrual};
use super::{AccrualLine, KindEarned, KindView, PointsKind, PointsKindId, PointsKinds, clawed};
use crate::book::RefundPolicy;
use crate::sale::{Completed, Refunded};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Points, Result, Uuid, Zone};
use shuke_ledger::belonging as accounts;
use shuke_ledger::journal::AMOUNT_MAX;
use shuke_ledger::{AccountKind, Holdings, Journal, LotTerms, journal, lot};
use shuke_member::MemberId;
use shuke_member::belonging::Pair;
use shuke_member::merge::ops::heir;
use shuke_org::approval::{self, ApprovalKind, Wanted};
use shuke_org::{ApprovalId, StoreId, audit, merchant, setting, text};
use utoipa::ToSchema;

const REASON_CHARS_MAX: usize = 200;

/// Changes the merchant's kinds.
///
/// Errors: `points_kind_held` where one is left out that members have points of, and those of the check.
pub async fn change(tx: &mut Tx, cx: &Cx, kinds: &PointsKinds) -> Result<()> {
    let old: PointsKinds = setting::ops::get(tx, cx.merchant).await?;
    for gone in old.kinds.iter().filter(|old| kinds.get(old.id).is_err()) {
        if store::any(tx, cx.merchant, gone.id).await? {
            let text = format!("members have {}; leave the kind there, without rules it is earned no more", gone.name);
            return Err(Error::refused("points_kind_held", text));
        }
    }
    setting::ops::put(tx, cx, kinds).await
}

/// The kind with an id, or `points_kind_unknown`.
pub(crate) async fn kind(tx: &mut Tx, cx: &Cx, id: PointsKindId) -> Result<PointsKind> {
    setting::ops::get::<PointsKinds>(tx, cx.merchant).await?.get(id).cloned()
}

/// A member's purse of a kind; none where there is none yet.
pub async fn purse(tx: &mut Tx, cx: &Cx, member: Uuid, kind: PointsKindId) -> Result<Option<Uuid>> {
    tx.row(store::purse_stmt(cx.merchant, member, kind)).await?.map(|row| row.get(0)).transpose()
}

/// The same, made where it is missing.
async fn open(tx: &mut Tx, cx: &Cx, member: Uuid, kind: PointsKindId) -> Result<Uuid> {
    if let Some(purse) = purse(tx, cx, member, kind).await? {
        return Ok(purse);
    }
    tx.queue(store::open_stmt(cx, member, kind)).await?;
    let gone = || Error::internal("a purse that was just made is gone");
    tx.need(store::purse_stmt(cx.merchant, member, kind), gone).await?.get(0)
}

/// What a member holds of a kind, locked for whoever gives to it or takes from it. The member's own accounts come
/// first where both are locked.
pub async fn held(tx: &mut Tx, cx: &Cx, member: Uuid, kind: PointsKindId) -> Result<Holdings> {
    let purse = open(tx, cx, member, kind).await?;
    Ok(journal::ops::holdings(tx, cx, purse, true).await?.of_points_kind(kind.0))
}

/// What two members hold of a kind, locked in the order of their purses.
pub(crate) async fn held_by_both(tx: &mut Tx, cx: &Cx, members: (Uuid, Uuid), kind: PointsKindId) -> Result<(Holdings, Holdings)> {
    let (a, b) = (open(tx, cx, members.0, kind).await?, open(tx, cx, members.1, kind).await?);
    let first = journal::ops::holdings(tx, cx, a.min(b), true).await?.of_points_kind(kind.0);
    let second = journal::ops::holdings(tx, cx, a.max(b), true).await?.of_points_kind(kind.0);
    Ok(if a < b { (first, second) } else { (second, first) })
}

/// What a member holds of a kind, just looked at.
pub async fn seen(tx: &mut Tx, cx: &Cx, member: Uuid, kind: PointsKindId) -> Result<Holdings> {
    let found = match purse(tx, cx, member, kind).await? {
        Some(purse) => journal::ops::holdings(tx, cx, purse, false).await?,
        None => Holdings::none(Uuid::nil()),
    };
    Ok(found.of_points_kind(kind.0))
}

/// What a member has of every kind of the merchant's, in its order.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<KindView>> {
    let kinds: PointsKinds = setting::ops::get(tx, cx.merchant).await?;
    let mut views = Vec::with_capacity(kinds.kinds.len());
    for kind in kinds.kinds {
        let held = seen(tx, cx, member, kind.id).await?;
        let points = held.view_of(AccountKind::Points, cx.now);
        views.push(KindView { kind: kind.id, name: kind.name, pays: kind.spending.is_some(), points });
    }
    Ok(views)
}

/// What of a sale's event is booked: the points of each of the order's lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    kind: PointsKindId,
    lines: Vec<AccrualLine>,
    expires_on: Option<Date>,
    usable_from: Option<Date>,
}

impl Told {
    /// What an order tells of what it earned; `sold` are its lines' numbers and thousandths of a piece.
    pub fn of(earned: &KindEarned, sold: &[(i64, i64)]) -> Self {
        let line = |((line, quantity_milli), points): (&(i64, i64), &Points)| AccrualLine {
            line: *line,
            quantity_milli: *quantity_milli,
            points: *points,
            refunded_milli: 0,
        };
        let all = sold.iter().zip(&earned.earned.lines).map(line);
        Self {
            kind: earned.kind,
            lines: all.filter(|line| line.points.is_positive()).collect(),
            expires_on: earned.earned.expires_on,
            usable_from: earned.earned.usable_from,
        }
    }
}

/// Books what a sale earned, each kind once.
pub(super) async fn earn(tx: &mut Tx, cx: &Cx, sale: &Completed) -> Result<()> {
    let Some(member) = sale.member.filter(|_| !sale.kinds.is_empty()) else { return Ok(()) };
    // Who was merged meanwhile has what they earn as the one they became.
    let member = heir(tx, cx.merchant, member, sale.order).await?;
    let zone = match sale.store {
        Some(store) => shuke_org::store::ops::show(tx, cx, StoreId(store)).await?.parsed_zone()?,
        None => merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?,
    };
    let mut kinds: Vec<&Told> = sale.kinds.iter().filter(|told| !told.lines.is_empty()).collect();
    kinds.sort_by_key(|told| told.kind);
    for told in kinds {
        let mut purse = held(tx, cx, member.0, told.kind).await?;
        let points = Points::sum(told.lines.iter().map(|line| line.points))?;
        let accrual = Accrual {
            order: sale.order,
            kind: told.kind,
            id: cx.uuid(),
            member: member.0,
            lines: told.lines.clone(),
            points,
            clawed: Points::ZERO,
            at: cx.now,
        };
        if !store::insert(tx, cx.merchant, &accrual).await? {
            continue;
        }
        let mut booked = Journal::new("points_kind", accrual.id, sale.store);
        let issued = purse.shop(AccountKind::PointsIssued);
        booked.grant(cx, &mut purse, AccountKind::Points, points.0, issued, terms(cx, told, &zone), "earned")?;
        booked.post(tx, cx, &[&purse]).await?;
    }
    Ok(())
}

fn terms(cx: &Cx, told: &Told, zone: &Zone) -> LotTerms {
    let from = told.usable_from.map_or(cx.now, |day| zone.start(day).max(cx.now));
    LotTerms { available_at: from, ..LotTerms::until(cx.now, told.expires_on, zone) }
}

/// Takes back what a refund undoes of what its order earned.
pub(super) async fn take_back(tx: &mut Tx, cx: &Cx, refund: &Refunded) -> Result<()> {
    let earned = store::of_order(tx, cx.merchant, refund.order, false).await?;
    if earned.is_empty() {
        return Ok(());
    }
    let policy: RefundPolicy = setting::ops::get(tx, cx.merchant).await?;
    // The purses first, in the order of their kinds, and then the rows: as whoever merges does.
    let mut purses = Vec::with_capacity(earned.len());
    for accrual in &earned {
        purses.push(held(tx, cx, accrual.member, accrual.kind).await?);
    }
    for mut accrual in store::of_order(tx, cx.merchant, refund.order, true).await? {
        for line in &mut accrual.lines {
            let back = refund.lines.iter().find(|back| back.line == line.line);
            line.refunded_milli = back.map_or(line.refunded_milli, |back| back.to_milli.min(line.quantity_milli));
            if refund.whole {
                line.refunded_milli = line.quantity_milli;
            }
        }
        let due = clawed(&accrual.lines)?.minus(accrual.clawed)?;
        let Some(purse) = purses.iter_mut().find(|purse| purse.shop(AccountKind::Points).owner == accrual.kind.0) else { continue };
        if due.is_positive() {
            purse.with_granted(&tx.rows(lot::granted_stmt(cx.merchant, purse.owner, accrual.id)).await?)?;
            let mut back = Journal::new("points_kind_back", cx.uuid(), None);
            let issued = purse.shop(AccountKind::PointsIssued);
            back.claw_back(purse, accrual.id, due.0, issued, policy.forgive_points, "earned_back")?;
            back.post(tx, cx, &[purse]).await?;
            accrual.clawed = accrual.clawed.plus(due)?;
        }
        tx.queue(store::change_stmt(cx.merchant, &accrual)?).await?;
    }
    Ok(())
}

/// What of `purse.expired` is read here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Expired {
    purse: Uuid,
    points_kind: PointsKindId,
    amounts: std::collections::BTreeMap<String, i64>,
}

/// Tells whose points of which kind ended.
pub(super) async fn tell_expired(tx: &mut Tx, cx: &Cx, expired: &Expired) -> Result<()> {
    let Some(member) = store::member_of(tx, cx.merchant, expired.purse).await? else { return Ok(()) };
    let points = expired.amounts.get(AccountKind::Points.as_str()).copied().unwrap_or(0);
    let payload = serde_json::json!({ "member": member, "points_kind": expired.points_kind, "points": points });
    event::append(tx, cx, &[Event::new("points_kind.expired", member, &payload)]).await
}

/// A correction of a purse by hand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KindAdjustment {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// Above zero gives, below zero takes.
    pub points: Points,
    /// Why; kept with who and when. 1 to 200 characters.
    pub reason: String,
    /// The last local day of the merchant's zone on which what is given can be used; never ends where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// The store where it happens; needed by who is bound to stores.
    #[serde(default)]
    pub store: Option<StoreId>,
    /// The approval of a second person, where the points are above the merchant's limit.
    #[serde(default)]
    pub approval: Option<ApprovalId>,
}

/// Corrects a purse by hand. The merchant's limit on points holds for all that one person corrects of a purse on a day.
///
/// Errors: `points_kind_unknown`, `adjustment_kind_wrong`, `amount_too_large`, `expiry_past`, `balance_insufficient`,
/// `approval_needed`, `approval_not_usable`, `text_malformed`, `transfer_source_taken` where the id is taken.
pub async fn adjust(tx: &mut Tx, cx: &Cx, member: Uuid, id: PointsKindId, wanted: &KindAdjustment) -> Result<KindView> {
    let kind = kind(tx, cx, id).await?;
    let reason = text::line("reason", &wanted.reason, REASON_CHARS_MAX)?;
    let amount = wanted.points.0.checked_abs().filter(|amount| *amount <= AMOUNT_MAX);
    let amount = amount.ok_or_else(|| Error::invalid("amount_too_large", format!("an adjustment moves at most {AMOUNT_MAX}")))?;
    if amount == 0 {
        return Err(Error::invalid("adjustment_kind_wrong", "an adjustment gives or takes points, and not zero"));
    }
    let zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let today = zone.date(cx.now);
    if wanted.expires_on.is_some_and(|day| day < today) {
        return Err(Error::invalid("expiry_past", "what is given would have ended already; choose a later day"));
    }
    let owner = open(tx, cx, member, id).await?;
    let before = journal::ops::adjusted_since(tx, cx, (owner, id.0), true, zone.start(today)).await?;
    let ask = Wanted { kind: ApprovalKind::PointsKindAdjustment, subject: member, amount, weighed: amount.saturating_add(before) };
    approval::ops::require(tx, cx, &ask, wanted.approval).await?;
    let mut purse = held(tx, cx, member, id).await?;
    let mut booked = Journal::new("adjustment", wanted.id, wanted.store.map(|store| store.0));
    if wanted.points.is_positive() {
        let issued = purse.shop(AccountKind::PointsIssued);
        let terms = LotTerms::until(cx.now, wanted.expires_on, &zone);
        booked.grant(cx, &mut purse, AccountKind::Points, amount, issued, terms, "adjusted")?;
    } else {
        let redeemed = purse.shop(AccountKind::PointsRedeemed);
        booked.spend(cx, &mut purse, AccountKind::Points, amount, redeemed, "adjusted")?;
    }
    booked.post(tx, cx, &[&purse]).await?;
    let told = serde_json::json!({ "member": member, "points_kind": id, "points": wanted.points, "reason": reason, "id": wanted.id });
    audit::ops::record(tx, cx, &audit::Entry::new("points_kind.adjusted", member).new_value(&told)).await?;
    event::append(tx, cx, &[Event::new("points_kind.adjusted", member, &told)]).await?;
    let points = purse.view_of(AccountKind::Points, cx.now);
    Ok(KindView { kind: id, name: kind.name, pays: kind.spending.is_some(), points })
}

/// What undoing a merge of purses needs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct MovedPurses {
    purses: Vec<MovedPurse>,
    orders: Vec<Uuid>,
}

#[derive(Debug, Serialize, Deserialize)]
struct MovedPurse {
    kind: PointsKindId,
    from: Uuid,
    into: Uuid,
    /// The source of the entries.
    merge: Uuid,
    kept: accounts::Kept,
}

/// Empties the absorbed member's purses into the survivor's, lots and all.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid) -> Result<MovedPurses> {
    let mut purses = Vec::new();
    for (kind, purse) in store::of_member(tx, cx.merchant, from).await? {
        let other = open(tx, cx, into, kind).await?;
        let pair = Pair { merge: cx.uuid(), from: MemberId(purse), into: MemberId(other), at: cx.now };
        let kept = accounts::merge(tx, cx, pair, kind.0).await?;
        purses.push(MovedPurse { kind, from: purse, into: other, merge: pair.merge, kept });
    }
    let orders = store::move_all(tx, cx.merchant, from, into, None).await?;
    Ok(MovedPurses { purses, orders })
}

/// Fills them again, with what late orders have earned since; the merge was done at a moment.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, pair: Pair, moved: &MovedPurses, late: &[Uuid]) -> Result<()> {
    let earned = store::earned_by(tx, cx.merchant, pair.into.0, late).await?;
    if moved.purses.is_empty() && earned.is_empty() {
        return Ok(());
    }
    // The members' own accounts first, as everywhere; undoing comes to them only after this.
    for member in [pair.from.0.min(pair.into.0), pair.from.0.max(pair.into.0)] {
        journal::ops::holdings(tx, cx, member, true).await?;
    }
    let mut kinds: Vec<PointsKindId> = moved.purses.iter().map(|purse| purse.kind).chain(earned.iter().map(|(kind, _)| *kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let came = moved.purses.iter().find(|purse| purse.kind == kind);
        // The absorbed member may have had no purse of a kind that only a late order has earned.
        let of = match came {
            Some(purse) => Pair { merge: purse.merge, from: MemberId(purse.from), into: MemberId(purse.into), at: pair.at },
            None => {
                let (from, into) = (open(tx, cx, pair.from.0, kind).await?, open(tx, cx, pair.into.0, kind).await?);
                Pair { merge: cx.uuid(), from: MemberId(from), into: MemberId(into), at: pair.at }
            }
        };
        let sources: Vec<Uuid> = earned.iter().filter(|(of, _)| *of == kind).map(|(_, accrual)| *accrual).collect();
        accounts::unmerge(tx, cx, of, kind.0, came.map(|purse| &purse.kept), &sources).await?;
    }
    let orders = [moved.orders.as_slice(), late].concat();
    store::move_all(tx, cx.merchant, pair.into.0, pair.from.0, Some(&orders)).await.map(|_| ())
}
