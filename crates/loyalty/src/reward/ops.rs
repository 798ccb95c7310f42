//! Writing rewards, and what a member can have of them.

use super::{QUANTITY_MAX, Reward, RewardId, RewardKind, RewardOffer, RewardState, RewardTerms, store};
use crate::points::{PointsSpending, SpendingPolicy};
use crate::points_kind::{self, PointsKindId, PointsKinds};
use crate::quota::{self, ops::Used};
use crate::rule::{Channel, Occasion};
use crate::template;
use crate::tier::{self, TierScheme};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, Page, Points, Result, Uuid, Zone};
use shuke_ledger::{AccountKind, journal};
use shuke_org::{StoreId, audit, setting};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Rewards that a member is shown.
const SHOWN_MAX: i64 = 200;

/// A reward to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: RewardId,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// What it is, costs, and who may have it.
    pub terms: RewardTerms,
    /// A draft, or published at once.
    #[serde(default = "draft")]
    pub state: RewardState,
    /// How many pieces there are; none for without limit.
    #[serde(default)]
    pub stock: Option<i64>,
}

const fn draft() -> RewardState {
    RewardState::Draft
}

/// What a reward is changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardChange {
    /// What people call it.
    pub name: String,
    /// What holds from now on.
    pub terms: RewardTerms,
    /// Published, or stopped; once published it is no draft any more.
    pub state: RewardState,
}

/// Pieces that are set aside for a reward, or taken away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restock {
    /// Above zero adds, below zero takes away.
    pub pieces: i64,
}

async fn check(tx: &mut Tx, cx: &Cx, name: &str, terms: &RewardTerms) -> Result<String> {
    template::check_name(name)?;
    terms.check()?;
    if let Some(kind) = terms.points_kind {
        points_kind::ops::kind(tx, cx, kind).await?;
    }
    if let RewardKind::Coupon { template, .. } = &terms.kind {
        let missing = |_| Error::refused("coupon_template_unknown", "the reward's coupon has no template; make it first");
        template::ops::show(tx, cx, *template).await.map_err(missing)?;
    }
    serde_json::to_string(terms).map_err(|error| Error::internal(error.to_string()))
}

/// Makes a reward.
///
/// Errors: `name_malformed`, `reward_terms_invalid`, `limits_invalid`, `coupon_template_unknown`, `points_kind_unknown`,
/// `reward_stock_wrong`, `reward_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &RewardDraft) -> Result<Reward> {
    let terms = check(tx, cx, &draft.name, &draft.terms).await?;
    if draft.stock.is_some_and(|stock| !(0..=1_000_000_000).contains(&stock)) {
        let error = Error::invalid("reward_stock_wrong", "the stock can't be used");
        return Err(error.field("/stock", "out_of_range", "must be 0 to 1000000000"));
    }
    let reward = Reward {
        id: draft.id,
        name: draft.name.clone(),
        terms: draft.terms.clone(),
        state: draft.state,
        stock: draft.stock,
        redeemed: 0,
        worth: None,
        margin: None,
        created_at: cx.now,
        changed_at: cx.now,
    };
    tx.queue(store::insert_stmt(cx, &reward, &terms)).await?;
    record(tx, cx, "reward.created", None, &reward).await?;
    valued(tx, cx, reward).await
}

/// Changes a reward; what was redeemed keeps its terms.
///
/// Errors: `reward_not_found`, `reward_state_wrong`, and those of [`create`].
pub async fn change(tx: &mut Tx, cx: &Cx, id: RewardId, change: &RewardChange) -> Result<Reward> {
    let terms = check(tx, cx, &change.name, &change.terms).await?;
    let old = store::read(&tx.need(store::by_id_stmt(cx.merchant, id, true), missing).await?)?;
    if change.state == RewardState::Draft && old.state != RewardState::Draft {
        return Err(Error::refused("reward_state_wrong", "what was published can't be a draft again; stop it instead"));
    }
    let reward = Reward { name: change.name.clone(), terms: change.terms.clone(), state: change.state, changed_at: cx.now, ..old.clone() };
    tx.queue(store::change_stmt(cx, &reward, &terms)).await?;
    record(tx, cx, "reward.changed", Some(&old), &reward).await?;
    valued(tx, cx, reward).await
}

/// Sets pieces aside, or takes some away.
///
/// Errors: `reward_not_found`, `reward_stock_wrong` where the reward has no limit, `reward_out_of_stock`.
pub async fn restock(tx: &mut Tx, cx: &Cx, id: RewardId, pieces: i64) -> Result<Reward> {
    let old = store::read(&tx.need(store::by_id_stmt(cx.merchant, id, true), missing).await?)?;
    let Some(stock) = old.stock.filter(|_| (-1_000_000_000..=1_000_000_000).contains(&pieces)) else {
        return Err(Error::refused("reward_stock_wrong", "this reward's stock isn't counted, or the number is too large"));
    };
    tx.queue(store::restock_stmt(cx, id, pieces)).await?;
    let reward = Reward { stock: Some(stock + pieces), changed_at: cx.now, ..old.clone() };
    record(tx, cx, "reward.restocked", Some(&old), &reward).await?;
    valued(tx, cx, reward).await
}

async fn record(tx: &mut Tx, cx: &Cx, what: &'static str, old: Option<&Reward>, new: &Reward) -> Result<()> {
    let entry = audit::Entry::new(what, new.id).new_value(new);
    let entry = match old {
        Some(old) => entry.old(old),
        None => entry,
    };
    audit::ops::record(tx, cx, &entry).await?;
    event::append(tx, cx, &[Event::new(what, new.id, new)]).await
}

/// What points are worth, each kind by its own rate.
struct Rates {
    own: SpendingPolicy,
    kinds: PointsKinds,
}

impl Rates {
    async fn load(tx: &mut Tx, cx: &Cx) -> Result<Self> {
        Ok(Self { own: setting::ops::get(tx, cx.merchant).await?, kinds: setting::ops::get(tx, cx.merchant).await? })
    }
    fn of(&self, kind: Option<PointsKindId>) -> Option<&PointsSpending> {
        match kind {
            None => self.own.spending.as_ref(),
            Some(kind) => self.kinds.get(kind).ok().and_then(|kind| kind.spending.as_ref()),
        }
    }
    fn valued(&self, reward: Reward) -> Reward {
        let rate = self.of(reward.terms.points_kind);
        reward.valued(rate)
    }
}

async fn valued(tx: &mut Tx, cx: &Cx, reward: Reward) -> Result<Reward> {
    Ok(Rates::load(tx, cx).await?.valued(reward))
}

pub(crate) fn missing() -> Error {
    Error::not_found("reward_not_found", "there is no such reward")
}

/// A reward, or `reward_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: RewardId) -> Result<Reward> {
    let reward = store::read(&tx.need(store::by_id_stmt(cx.merchant, id, false), missing).await?)?;
    valued(tx, cx, reward).await
}

/// Rewards, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, state: Option<RewardState>, after: Option<RewardId>, limit: Limit) -> Result<Page<Reward>> {
    let rates = Rates::load(tx, cx).await?;
    let rows = tx.rows(store::list_stmt(cx.merchant, state, after, limit.fetch())).await?;
    let rewards = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(rewards, limit, |reward| reward.id).map(|reward| rates.valued(reward)))
}

/// The occasion of a redemption: where, when, and of which tier the member is.
pub(crate) async fn occasion(tx: &mut Tx, cx: &Cx, member: Uuid, store: StoreId, zone: &Zone) -> Result<Occasion> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let current = tx.rows(tier::store::current_stmt(cx.merchant, member)).await?;
    let local = zone.local(cx.now);
    Ok(Occasion {
        today: local.date(),
        minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        weekday: i64::from(local.weekday().to_monday_one_offset()),
        store: store.0,
        channel: Channel::Till,
        is_member: true,
        tier: tier::store::effective_read(&current, &scheme, local.date())?,
        order: None,
    })
}

/// What a member can redeem in a store now, and why not the rest; at most 200 published rewards.
///
/// Errors: `store_not_found`.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, at: StoreId) -> Result<Vec<RewardOffer>> {
    let zone = shuke_org::store::ops::show(tx, cx, at).await?.parsed_zone()?;
    let occasion = occasion(tx, cx, member, at, &zone).await?;
    let today = crate::book::ops::today(tx, cx).await?;
    let used = quota::ops::used(tx, cx, member, today).await?;
    let rates = Rates::load(tx, cx).await?;
    let rows = tx.rows(store::list_stmt(cx.merchant, Some(RewardState::Published), None, SHOWN_MAX)).await?;
    let rewards = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    let mut available: HashMap<Option<PointsKindId>, Points> = HashMap::new();
    for kind in rewards.iter().map(|reward| reward.terms.points_kind) {
        if available.contains_key(&kind) {
            continue;
        }
        let holdings = match kind {
            None => journal::ops::holdings(tx, cx, member, false).await?,
            Some(kind) => points_kind::ops::seen(tx, cx, member, kind).await?,
        };
        available.insert(kind, Points(holdings.available(AccountKind::Points, cx.now)));
    }
    let offer = |reward: Reward| {
        let points = available.get(&reward.terms.points_kind).copied().unwrap_or_default();
        offer(rates.valued(reward), &occasion, points, &used)
    };
    Ok(rewards.into_iter().map(offer).collect())
}

fn offer(reward: Reward, occasion: &Occasion, available: Points, used: &Used) -> RewardOffer {
    let terms = &reward.terms;
    let stock = reward.stock.unwrap_or(QUANTITY_MAX);
    let left = |limit: &quota::PeriodLimit| limit.max - used.get(&(reward.id.0, limit.period)).copied().unwrap_or(0);
    let limit = terms.limits.iter().map(left).min().unwrap_or(QUANTITY_MAX);
    let affordable = if terms.points.is_positive() { available.0 / terms.points.0 } else { QUANTITY_MAX };
    let code = |why: &crate::rule::WhyNot| {
        let json = serde_json::to_value(why).unwrap_or_default();
        json.get("code").and_then(|code| code.as_str()).unwrap_or("not_here").to_owned()
    };
    let why_not = match terms.why_not(occasion) {
        Some(why) => Some(code(&why)),
        None if stock < 1 => Some("out_of_stock".to_owned()),
        None if limit < 1 => Some("limit_reached".to_owned()),
        None if affordable < 1 => Some("points_short".to_owned()),
        None => None,
    };
    let can = if why_not.is_some() { 0 } else { stock.min(limit).min(affordable).min(QUANTITY_MAX) };
    let points_short = Points((terms.points.0 - available.0).max(0));
    RewardOffer { reward, can, why_not, points_short }
}
