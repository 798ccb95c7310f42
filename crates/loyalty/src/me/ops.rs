//! Reading what a member holds, and redeeming for them.

use super::model::{Assets, Movement, MyCoupon, MyGroup, MyRedemption, MyReward, MyRewardDraft, plain};
use crate::coupon::{self, Coupon, CouponCode, CouponId, CouponState};
use crate::gift_card::{self, ops::GiftCardRedemption};
use crate::ground;
use crate::pass::{self, PassId, PassState};
use crate::reward;
use crate::reward_order::{self, RewardOrder, RewardOrderDraft};
use crate::rule::{Channel, Occasion};
use crate::tier::{self, TierId};
use crate::{batch, book, redemption};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Page, Result, Uuid, Zone};
use shuke_ledger::lot::LotView;
use shuke_ledger::{AccountKind, account, journal, lot};
use shuke_member::MemberId;
use shuke_member::group;
use shuke_member::member::{MemberState, View};
use shuke_org::StoreId;

/// Lots, passes, coupons.
const SHOWN: usize = 50;

/// Everything that a member holds.
pub async fn assets(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Assets> {
    let all = Limit::new(Some(200))?;
    let mut lots = lot::open(tx, cx, member).await?;
    lots.retain(|lot| matches!(lot.kind, AccountKind::Points | AccountKind::Principal | AccountKind::Bonus));
    lots.sort_by_key(|lot: &LotView| (lot.expires_at.is_none(), lot.expires_at, lot.id));
    lots.truncate(SHOWN);
    let mut passes = pass::ops::of_member(tx, cx, member, None, all).await?.items;
    passes.retain(|pass| matches!(pass.state, PassState::Active | PassState::Waiting | PassState::Frozen));
    passes.truncate(SHOWN);
    let mut coupons = coupons(tx, cx, member, None, all).await?.items;
    coupons.retain(|found| matches!(found.coupon.state, CouponState::Active | CouponState::Held));
    coupons.sort_by_key(|found| (found.coupon.expires_on, found.coupon.id));
    coupons.truncate(SHOWN);
    Ok(Assets {
        balances: account::ops::balances(tx, cx, member).await?,
        lots,
        tier: tier::ops::show(tx, cx, member).await?,
        passes,
        coupons,
    })
}

/// A member's coupons in every state, the latest expiry first.
pub async fn coupons(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Date, CouponId)>, limit: Limit) -> Result<Page<MyCoupon>> {
    let page = coupon::ops::of_member(tx, cx, member, before, limit).await?;
    let coupons = page.items.into_iter().map(|view| view.coupon).collect();
    Ok(Page { items: told(tx, cx, member, coupons).await?, next: page.next })
}

/// Coupons of a member, each with why it can't be used now.
async fn told(tx: &mut Tx, cx: &Cx, member: Uuid, mut coupons: Vec<Coupon>) -> Result<Vec<MyCoupon>> {
    let zone = book::ops::zone(tx, cx).await?;
    let tier = tier::ops::show(tx, cx, member).await?.effective;
    redemption::count_periods(tx, cx, member, &mut coupons, zone.date(cx.now)).await?;
    let items = coupons
        .into_iter()
        .map(|coupon| {
            let why_not = coupon.why_not_now(&occasion(&coupon, tier, cx.now, &zone));
            MyCoupon { usable: why_not.is_none(), why_not, coupon }
        })
        .collect();
    Ok(items)
}

/// Redeems a code: a gift card's goes into the wallet, a coupon's becomes a coupon.
///
/// Errors: `coupon_code_not_found`, `member_not_active`, and those of redeeming a gift card and of claiming a coupon.
pub async fn redeem_code(tx: &mut Tx, cx: &Cx, vault: &Vault, member: Uuid, (id, code): (Uuid, &CouponCode)) -> Result<MyRedemption> {
    ground::must_be_active(tx, cx, MemberId(member)).await?;
    match gift_card::ops::by_code(tx, cx, vault, code).await {
        Ok(card) => {
            let redemption = GiftCardRedemption { id, card: card.id, member: MemberId(member) };
            let (_, amount) = gift_card::ops::into_wallet(tx, cx, &redemption).await?;
            Ok(MyRedemption::GiftCard { amount })
        }
        Err(error) if error.code() == "gift_card_not_found" => {
            let claimed = batch::ops::claim(tx, cx, vault, code, member).await.map_err(own_already)?.coupon;
            let coupon = told(tx, cx, member, vec![claimed]).await?.pop();
            let coupon = coupon.ok_or_else(|| Error::internal("a claimed coupon is gone"))?;
            Ok(MyRedemption::Coupon { coupon: Box::new(coupon) })
        }
        Err(error) => Err(error),
    }
}

/// A code that the member has claimed before says the same as one that somebody else has.
fn own_already(error: Error) -> Error {
    if error.code() == "coupon_issued_already" {
        return Error::refused("coupon_code_claimed", "this code was claimed already; see your coupons");
    }
    error
}

/// The groups that a member belongs to, each with what it holds.
pub async fn groups(tx: &mut Tx, cx: &Cx, vault: &Vault, member: Uuid) -> Result<Vec<MyGroup>> {
    let found = group::ops::of_person(tx, cx, vault, View::Full, MemberId(member)).await?;
    let mut groups = Vec::with_capacity(found.len());
    for one in found.into_iter().filter(|one| one.member.state == MemberState::Active) {
        let assets = assets(tx, cx, one.member.id.0).await?;
        groups.push(MyGroup { group: one.member.id, number: one.member.number, name: one.member.name, part: one.part, assets });
    }
    Ok(groups)
}

/// Now, in a store and by a channel that the coupon is for.
fn occasion(coupon: &Coupon, tier: Option<TierId>, now: Instant, zone: &Zone) -> Occasion {
    let local = zone.local(now);
    Occasion {
        today: local.date(),
        minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        weekday: i64::from(local.weekday().to_monday_one_offset()),
        store: coupon.terms.stores.first().copied().unwrap_or(Uuid::nil()),
        channel: coupon.terms.channels.first().copied().unwrap_or(Channel::Till),
        is_member: true,
        tier,
        order: None,
    }
}

/// What moved, newest first: of one kind, or all.
pub async fn movements(
    tx: &mut Tx,
    cx: &Cx,
    member: Uuid,
    kind: Option<AccountKind>,
    after: Option<(Instant, Uuid, i64)>,
    limit: Limit,
) -> Result<Page<Movement>> {
    Ok(journal::ops::entries(tx, cx, member, kind, after, limit).await?.map(Movement::from))
}

/// Ok where the pass is the member's, else `pass_not_found`.
pub async fn own_pass(tx: &mut Tx, cx: &Cx, member: Uuid, id: PassId) -> Result<()> {
    if pass::ops::find(tx, cx, id).await?.member == member {
        return Ok(());
    }
    Err(Error::not_found("pass_not_found", "there is no such pass"))
}

/// What the member can redeem in a store now, and why not the rest.
///
/// Errors: `store_not_found`.
pub async fn rewards(tx: &mut Tx, cx: &Cx, member: Uuid, store: StoreId) -> Result<Vec<MyReward>> {
    Ok(reward::ops::of_member(tx, cx, member, store).await?.into_iter().map(MyReward::of).collect())
}

/// Redeems a reward for points.
///
/// Errors: `member_not_active`, `reward_at_till`, and those of a redemption.
pub async fn redeem(tx: &mut Tx, cx: &Cx, member: Uuid, draft: &MyRewardDraft) -> Result<RewardOrder> {
    ground::must_be_active(tx, cx, MemberId(member)).await?;
    if reward::ops::show(tx, cx, draft.reward).await?.terms.money.is_positive() {
        return Err(Error::refused("reward_at_till", "this reward is paid partly with money; redeem it at the till"));
    }
    let draft = RewardOrderDraft { id: draft.id, reward: draft.reward, member, store: draft.store, quantity: draft.quantity, tender: None };
    reward_order::ops::redeem(tx, cx, &draft).await.map(plain)
}

/// A member's redemptions, newest first.
pub async fn reward_orders(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<RewardOrder>> {
    Ok(reward_order::ops::of_member(tx, cx, member, before, limit).await?.map(plain))
}
