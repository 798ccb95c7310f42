//! Reading the view.

use super::counter::{BirthdayNear, BirthdayOf, Bought, ChildAge, NEAR_DAYS, Replenish, TillView, months, next_birthday, replenish};
use super::{Happening, HappeningKind, Movement, Overview, Sight, movements, timeline};
use crate::book::{Books, SaleBook};
use crate::habit;
use crate::order::{Order, OrderLine, store as orders};
use crate::starter;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::time::{add_months, days_between};
use shuke_kernel::{Cx, Limit, Result};
use shuke_ledger::lot::LotView;
use shuke_ledger::{account, journal, lot};
use shuke_loyalty::coupon::ops::CouponView;
use shuke_loyalty::coupon::{self, CouponState};
use shuke_loyalty::{me, tier};
use shuke_member::dependent::Relation;
use shuke_member::member::{self, Birthday, MemberView, View};
use shuke_member::preference::DeclaredPreferences;
use shuke_member::{MemberId, contact, group, note, preference, relationship, stage};

const ORDERS: i64 = 10;
/// Lots, and coupons.
const SHOWN: usize = 50;
const NOTES: i64 = 20;
/// What the ledger calls the source of a sale's entries.
const SALE: &str = "sale";
const HAPPENINGS: usize = 50;
/// Entries of the statement that the timeline is told from.
const ENTRIES: u32 = 150;
/// Orders from which a rhythm is read.
const RHYTHM_ORDERS: i64 = 100;

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

/// What the till shows at once about a member, as far as a caller may see it.
///
/// Errors: `member_not_found`.
pub async fn at_till(tx: &mut Tx, cx: &Cx, vault: &Vault, books: &Books, sight: Sight, id: MemberId) -> Result<TillView> {
    let book = books.current(tx, cx.merchant).await?;
    let today = book.loyalty.zone.date(cx.now);
    let record = member::ops::find(tx, cx, id).await?;
    let profile = member::ops::show(tx, cx, vault, id, View::Masked).await?;
    let brief = member::ops::briefs(tx, cx, &[id]).await?.into_iter().next().ok_or_else(member::not_found)?;
    let mut birthdays = Vec::new();
    let own = record.person.open(vault, cx.merchant)?.birthday;
    let mut near = |of, relation, in_days: Option<i64>| {
        birthdays.extend(in_days.filter(|days| *days <= NEAR_DAYS).map(|in_days| BirthdayNear { of, relation, in_days }));
    };
    near(BirthdayOf::Member, None, own.and_then(|born| next_birthday(&born, today)));
    let mut children = Vec::new();
    for dependent in &profile.dependents {
        let solar = |on: shuke_kernel::Date| Birthday { year: Some(on.year()), month: on.month(), day: on.day(), lunar: false };
        near(BirthdayOf::Dependent, Some(dependent.relation), dependent.born_on.and_then(|on| next_birthday(&solar(on), today)));
        let born = dependent.born_on.or(dependent.due_on).filter(|_| dependent.relation == Relation::Child);
        children.extend(born.map(|on| ChildAge { relation: dependent.relation, months: months(on, today) }));
    }
    birthdays.sort_by_key(|near| near.in_days);
    let assets = if sight.value || sight.loyalty { Some(me::ops::assets(tx, cx, id.0).await?) } else { None };
    let mut notes = note::ops::newest(tx, cx, vault, id, NOTES).await?;
    notes.retain(|note| note.pinned);
    let mut starter_picks = starter::ops::of_member(tx, cx, id).await?.products;
    starter_picks.iter_mut().flat_map(|product| &mut product.variants).for_each(|variant| variant.cost = None);
    let value = assets.as_ref().filter(|_| sight.value);
    let loyalty = assets.as_ref().filter(|_| sight.loyalty);
    Ok(TillView {
        stage: profile.stage,
        days_since_last: profile.last_purchase_on.map(|last| days_between(last, today)),
        tags: profile.tags.iter().map(|tag| tag.name.clone()).collect(),
        balances: value.map(|assets| assets.balances.clone()),
        passes: value.map(|assets| assets.passes.clone()).unwrap_or_default(),
        tier: loyalty.map(|assets| assets.tier.clone()),
        coupons: loyalty.map(|assets| assets.coupons.clone()).unwrap_or_default(),
        birthdays,
        children,
        notes,
        starter_picks,
        replenish: if sight.orders { due(tx, cx, &book, id, today).await? } else { Vec::new() },
        member: brief.view(vault, cx.merchant, sight.person)?,
    })
}

/// What the member buys in a rhythm, from the orders of the last year.
async fn due(tx: &mut Tx, cx: &Cx, book: &SaleBook, id: MemberId, today: shuke_kernel::Date) -> Result<Vec<Replenish>> {
    let from = book.loyalty.zone.start(add_months(today, -12));
    let filter = orders::Filter { member: Some(id.0), from: Some(from), ..orders::Filter::default() };
    let mut sold = orders::list(tx, cx.merchant, &filter, RHYTHM_ORDERS, |store| book.zone(store)).await?;
    orders::add_lines(tx, cx.merchant, &mut sold).await?;
    let kept = |line: &&OrderLine| line.refunded_milli < line.quantity_milli;
    let bought = sold.iter().flat_map(|order| {
        order.lines.iter().filter(kept).map(|line| Bought {
            product: line.product,
            variant: line.variant,
            name: line.name.clone(),
            on: order.date,
        })
    });
    Ok(replenish(&bought.collect::<Vec<_>>(), today))
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
    let moved = if sight.value {
        let entries = journal::ops::statement(tx, cx, member.id.0, None, Limit::new(Some(ENTRIES))?).await?;
        movements(&entries.items)
    } else {
        Vec::new()
    };
    let mut all = vec![Happening::new(member.created_at, HappeningKind::Joined, member.source.clone().unwrap_or_default())];
    all.extend(sold.iter().map(|order| bought(order, &moved)));
    // What an order moved stands at the order.
    let beside = moved.into_iter().filter(|one| one.source_kind != SALE);
    all.extend(beside.map(|one| Happening { moves: one.moves, ..Happening::new(one.at, HappeningKind::Value, one.source_kind) }));
    let contacts = contact::ops::list(tx, cx, member.id, None, limit).await?.items;
    all.extend(contacts.into_iter().map(|contact| Happening {
        outcome: Some(contact.outcome.as_str().to_owned()),
        ..Happening::new(contact.at, HappeningKind::Contact, contact.subject)
    }));
    let zone = shuke_member::ground(tx, cx.merchant).await?.zone;
    let stages = stage::ops::changes(tx, cx, member.id, None, limit).await?.items;
    let stage =
        |change: stage::StageChange| Happening::new(zone.start(change.on).max(member.created_at), HappeningKind::Stage, change.to.as_str());
    all.extend(stages.into_iter().map(stage));
    let tiers = if sight.loyalty { tier::ops::history(tx, cx, member.id.0, None, limit).await?.items } else { Vec::new() };
    all.extend(tiers.into_iter().map(|entry| Happening { tier: entry.to, ..Happening::new(entry.at, HappeningKind::Tier, entry.kind) }));
    Ok(timeline(all, HAPPENINGS))
}

/// An order in the timeline, with what it moved of the member's accounts.
fn bought(order: &Order, moved: &[Movement]) -> Happening {
    let own = moved.iter().find(|one| one.source_kind == SALE && one.source_id == order.id.0);
    Happening {
        order: Some(order.id.0),
        amount: Some(order.total),
        moves: own.map(|one| one.moves.clone()).unwrap_or_default(),
        ..Happening::new(order.at, HappeningKind::Order, order.number.clone())
    }
}
