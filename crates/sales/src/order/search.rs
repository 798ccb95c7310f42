//! Lists of orders, and finding orders by one text: by their number or its beginning, or by whose they are.
//!
//! A number begins with the local time of the sale ([`number`](super::model::number)), so that its beginning is a span
//! of time, and the index that the lists go by finds it.

use super::model::{ListedOrder, Order};
use super::store::{self, Filter, Span};
use crate::book::SaleBook;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Date, Instant, Limit, Page, Result, Uuid, Zone};
use shuke_member::MemberId;
use shuke_member::member::{MemberState, View, ops as members};
use std::collections::BTreeSet;

/// Fewest digits of a number's beginning: its day.
const NUMBER_DIGITS_MIN: usize = 6;
/// Digits of a number that tell its second.
const SECOND_DIGITS: usize = 12;
/// Digits of a number.
const NUMBER_DIGITS: usize = 16;
/// Members whose orders a text finds: more than so many are nobody in particular.
const MEMBERS_MAX: u32 = 20;
/// Orders of one second in a store among which a whole number is looked for.
const SECOND_MAX: i64 = 2_000;

/// What is asked of a list.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) store: Option<Uuid>,
    pub(crate) member: Option<Uuid>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    /// A number, its beginning, or what finds a member.
    pub(crate) q: Option<String>,
    /// What the caller may see of members, and so by what to find them.
    pub(crate) view: View,
}

/// The orders that are wanted, without their lines, newest first.
pub(crate) async fn list(
    tx: &mut Tx,
    (cx, vault, book): (&Cx, &Vault, &SaleBook),
    wanted: &Wanted,
    before: Option<(Instant, Uuid)>,
    limit: Limit,
) -> Result<Page<ListedOrder>> {
    let zone = wanted.store.map_or_else(|| book.loyalty.zone.clone(), |store| book.zone(store));
    let of = |store| book.zone(store);
    let filter = Filter {
        store: wanted.store,
        member: wanted.member,
        from: wanted.from.map(|day| zone.start(day)),
        until: wanted.to.map(|day| zone.end(day)),
        before,
    };
    let found = match &wanted.q {
        Some(q) => {
            let mut found = by_number(tx, (cx, book), &filter, q.trim(), limit).await?;
            if found.is_empty() && wanted.view != View::Nothing {
                let mut whose = whose(tx, cx, vault, q).await?;
                whose.retain(|member| filter.member.is_none_or(|only| only == *member));
                found = store::of_members(tx, cx.merchant, (&whose, &filter), limit.fetch(), of).await?;
            }
            found
        }
        None if wanted.store.is_none() && wanted.member.is_none() => {
            let spans: Vec<Span> = book.stores.keys().map(|store| (*store, filter.from, filter.until)).collect();
            store::of_stores(tx, cx.merchant, &spans, before, limit.fetch(), of).await?
        }
        None => store::list(tx, cx.merchant, &filter, limit.fetch(), of).await?,
    };
    let page = Page::of(found, limit, |order| (order.at, order.id.0));
    let buyers: BTreeSet<MemberId> = page.items.iter().filter_map(|order| order.member).collect();
    let buyers = members::viewed(tx, cx, (vault, wanted.view), &Vec::from_iter(buyers)).await?;
    Ok(page.map(|order| ListedOrder { buyer: order.member.and_then(|member| buyers.get(&member).cloned()), order }))
}

/// Orders whose number begins so, of those that the filter leaves; none where the text can't be the beginning of one.
async fn by_number(tx: &mut Tx, (cx, book): (&Cx, &SaleBook), filter: &Filter, q: &str, limit: Limit) -> Result<Vec<Order>> {
    let stores: Vec<Uuid> = filter.store.map_or_else(|| book.stores.keys().copied().collect(), |store| vec![store]);
    let span = |store: Uuid| {
        let (from, until) = span(q, &book.zone(store))?;
        let from = filter.from.map_or(from, |day| day.max(from));
        let until = filter.until.map_or(until, |day| day.min(until));
        Some((store, Some(from), Some(until))).filter(|_| from < until)
    };
    let spans: Vec<Span> = stores.into_iter().filter_map(span).collect();
    let zone = |store| book.zone(store);
    let mut found = match filter.member {
        Some(member) => store::of_member(tx, cx.merchant, member, &spans, filter.before, zone).await?,
        // The last four digits are no time: among the orders of the second they tell one from another.
        None if q.len() > SECOND_DIGITS => store::of_stores(tx, cx.merchant, &spans, filter.before, SECOND_MAX, zone).await?,
        None => store::of_stores(tx, cx.merchant, &spans, filter.before, limit.fetch(), zone).await?,
    };
    found.retain(|order| order.number.starts_with(q));
    Ok(found)
}

/// The members whom a text identifies.
async fn whose(tx: &mut Tx, cx: &Cx, vault: &Vault, q: &str) -> Result<Vec<Uuid>> {
    let ground = shuke_member::ground(tx, cx.merchant).await?;
    let found = members::search(tx, cx, vault, &ground, q, None, Limit::new(Some(MEMBERS_MAX))?).await?;
    Ok(found.page.items.into_iter().filter(|member| member.brief.state != MemberState::Erased).map(|member| member.brief.id.0).collect())
}

/// The time, in a zone, of all numbers that begin so: from a moment on, until before another.
fn span(q: &str, zone: &Zone) -> Option<(Instant, Instant)> {
    let digits = q.len() >= NUMBER_DIGITS_MIN && q.len() <= NUMBER_DIGITS && q.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    let time = q.get(..q.len().min(SECOND_DIGITS))?;
    let (first, last) = (filled(time, '0'), filled(time, '9'));
    let moment = |text: &str, clamp: bool| {
        let field = |at: usize, most: i8| {
            let value = text.get(at..at + 2)?.parse::<i8>().ok()?;
            if clamp { Some(value.min(most)) } else { Some(value).filter(|value| *value <= most) }
        };
        let number = |at: usize| text.get(at..at + 2)?.parse::<i8>().ok();
        let date = Date::new(2_000 + i16::from(number(0)?), number(2)?, number(4)?).ok()?;
        Some(zone.at(date.at(field(6, 23)?, field(8, 59)?, field(10, 59)?, 0)))
    };
    Some((moment(&first, false)?, moment(&last, true)?.plus_ms(1_000)))
}

fn filled(text: &str, with: char) -> String {
    text.chars().chain(std::iter::repeat(with)).take(SECOND_DIGITS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::OrderId;
    use crate::order::model::number;
    use proptest::prelude::*;

    fn zone() -> Zone {
        Zone::parse("Asia/Shanghai").unwrap()
    }

    #[test]
    fn the_beginning_of_a_number_is_a_span_of_time() {
        let start = |text: &str| zone().at(text.parse().unwrap());
        for (q, from, until) in [
            ("251122", "2025-11-22T00:00:00", "2025-11-23T00:00:00"),
            ("2511221", "2025-11-22T10:00:00", "2025-11-22T20:00:00"),
            ("2511222", "2025-11-22T20:00:00", "2025-11-23T00:00:00"),
            ("2511221432", "2025-11-22T14:32:00", "2025-11-22T14:33:00"),
            ("2511221432054821", "2025-11-22T14:32:05", "2025-11-22T14:32:06"),
        ] {
            assert_eq!(span(q, &zone()), Some((start(from), start(until))), "{q}");
        }
        for q in ["25112", "251322", "251122143x", "2511229", "25112214320548210", "13800138000"] {
            assert_eq!(span(q, &zone()), None, "{q}");
        }
    }

    proptest! {
        /// Every beginning of an order's number finds the order's moment.
        #[test]
        fn every_beginning_spans_its_order(at in 1_600_000_000_000_i64..1_900_000_000_000, id in any::<u128>(), length in 6_usize..=16) {
            let number = number(Instant(at), &zone(), OrderId(Uuid::from_u128(id)));
            let (from, until) = span(&number[..length], &zone()).unwrap();
            prop_assert!(from <= Instant(at) && Instant(at) < until, "{number} {length}");
        }
    }
}
