//! Reading the view.

use super::{Happening, HappeningKind, Overview, Sight, timeline};
use crate::book::Books;
use crate::habit;
use crate::order::{Order, store as orders};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Limit, Result};
use shuke_ledger::lot::LotView;
use shuke_ledger::{account, lot};
use shuke_loyalty::coupon::ops::CouponView;
use shuke_loyalty::coupon::{self, CouponState};
use shuke_loyalty::tier;
use shuke_member::member::{self, MemberView, View};
use shuke_member::preference::DeclaredPreferences;
use shuke_member::{MemberId, contact, group, note, preference, relationship, stage};

const ORDERS: i64 = 10;
/// Lots, and coupons.
const SHOWN: usize = 50;
const NOTES: i64 = 20;
const HAPPENINGS: usize = 50;

/// Everything about a member, as far as a caller may see it.
///
/// Errors: `member_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, vault: &Vault, books: &Books, sight: Sight, id: MemberId) -> Result<Overview> {
    let view = sight.person;
    let profile = member::ops::show(tx, cx, vault, id, view).await?;
    let book = books.current(tx, cx.merchant).await?;
    let mut sold = Vec::new();
    if sight.orders {
        let filter = orders::Filter { member: Some(id.0), ..orders::Filter::default() };
        sold = orders::list(tx, cx.merchant, &filter, ORDERS, |store| book.zone(store)).await?;
        orders::add_lines(tx, cx.merchant, &mut sold).await?;
    }
    let known = view != View::Nothing;
    Ok(Overview {
        relationship: relationship::ops::show(tx, cx, id).await?,
        balances: if sight.value { Some(account::ops::balances(tx, cx, id.0).await?) } else { None },
        lots: if sight.value { lots(tx, cx, id).await? } else { Vec::new() },
        tier: if sight.loyalty { Some(tier::ops::show(tx, cx, id.0).await?) } else { None },
        coupons: if sight.loyalty { coupons(tx, cx, id).await? } else { Vec::new() },
        timeline: happened(tx, cx, &profile, &sold, sight).await?,
        orders: sold,
        notes: if known { note::ops::newest(tx, cx, vault, id, NOTES).await? } else { Vec::new() },
        declared: if known { preference::ops::find(tx, cx, vault, id).await? } else { DeclaredPreferences::default() },
        habits: if sight.orders { Some(habit::ops::derived(tx, cx, &book, id).await?) } else { None },
        groups: group::ops::of_person(tx, cx, vault, view, id).await?,
        people: group::ops::show(tx, cx, vault, view, id).await?.people,
        member: profile,
    })
}

async fn lots(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Vec<LotView>> {
    let mut lots = lot::open(tx, cx, id.0).await?;
    lots.sort_by_key(|lot: &LotView| (lot.expires_at.is_none(), lot.expires_at, lot.id));
    lots.truncate(SHOWN);
    Ok(lots)
}

async fn coupons(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Vec<CouponView>> {
    let mut coupons = coupon::ops::of_member(tx, cx, id.0, None, Limit::new(Some(200))?).await?.items;
    coupons.retain(|found| matches!(found.coupon.state, CouponState::Active | CouponState::Held));
    coupons.truncate(SHOWN);
    Ok(coupons)
}

async fn happened(tx: &mut Tx, cx: &Cx, member: &MemberView, sold: &[Order], sight: Sight) -> Result<Vec<Happening>> {
    let limit = Limit::new(None)?;
    let order = |order: &Order| Happening { at: order.at, kind: HappeningKind::Order, what: format!("{} {}", order.number, order.total) };
    let mut all = vec![Happening { at: member.created_at, kind: HappeningKind::Joined, what: member.source.clone().unwrap_or_default() }];
    all.extend(sold.iter().map(order));
    let contacts = contact::ops::list(tx, cx, member.id, None, limit).await?.items;
    all.extend(contacts.into_iter().map(|contact| Happening {
        at: contact.at,
        kind: HappeningKind::Contact,
        what: format!("{} {}", contact.subject, contact.outcome.as_str()),
    }));
    let zone = shuke_member::ground(tx, cx.merchant).await?.zone;
    let stages = stage::ops::changes(tx, cx, member.id, None, limit).await?.items;
    all.extend(stages.into_iter().map(|change| Happening {
        at: zone.start(change.on).max(member.created_at),
        kind: HappeningKind::Stage,
        what: change.to.as_str().to_owned(),
    }));
    let tiers = if sight.loyalty { tier::ops::history(tx, cx, member.id.0, None, limit).await?.items } else { Vec::new() };
    all.extend(tiers.into_iter().map(|entry| Happening { at: entry.at, kind: HappeningKind::Tier, what: entry.kind }));
    Ok(timeline(all, HAPPENINGS))
}
