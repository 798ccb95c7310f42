//! Claiming an order.

use super::{Buyer, ClaimAsk, ClaimPolicy, store};
use crate::book::{Books, SaleBook};
use crate::order::Order;
use crate::order::ops::{paid_by, told_kinds, told_lines};
use crate::order::store as orders;
use crate::product::{self, ForSale};
use serde_json::Value;
use shuke_db::Tx;
use shuke_http::{Caller, Vault};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Points, Rate, Result, Uuid};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, account};
use shuke_loyalty::points::{self, Earned, Room};
use shuke_loyalty::points_kind::KindEarned;
use shuke_loyalty::tier;
use shuke_member::MemberId;
use shuke_member::member::{self, MemberState};
use shuke_offer::price::{Cart, LineQuote, MemberView, PointsQuote, PriceCx, Quote, earn_kind, earn_within};
use shuke_org::{audit, setting};

/// The first line of a claim's journal: far above those of the sale, whose source it shares so that a
/// refund finds what the order earned.
const FIRST_LINE: i64 = 1_000_000;

/// Gives an order that had no buyer to a member.
///
/// Errors: `order_not_found`, `order_claimed`, `order_claim_refunded`, `order_claim_late`;
/// `member_not_found`, `member_not_active`; those of an enrolment.
pub async fn claim(tx: &mut Tx, caller: &Caller, vault: &Vault, books: &Books, ask: &ClaimAsk) -> Result<Order> {
    let cx = &caller.cx;
    let book = books.current(tx, cx.merchant).await?;
    let order = orders::find(tx, cx.merchant, ask.order, true, |store| book.zone(store)).await?;
    crate::order::api::seen(caller, &order)?;
    give(tx, cx, vault, &book, order, &ask.buyer).await
}

/// Gives an order that had no buyer to the member who shows its code: on their own phone.
///
/// Errors: `receipt_code_malformed`, `receipt_code_forged`, and those of [`claim`].
pub async fn claim_own(tx: &mut Tx, cx: &Cx, vault: &Vault, books: &Books, code: &str, member: MemberId) -> Result<Order> {
    let id = super::code::verify(vault, cx.merchant, code)?;
    let book = books.current(tx, cx.merchant).await?;
    let order = orders::find(tx, cx.merchant, id, true, |store| book.zone(store)).await?;
    give(tx, cx, vault, &book, order, &Buyer::Known { member }).await
}

async fn give(tx: &mut Tx, cx: &Cx, vault: &Vault, book: &SaleBook, order: Order, to: &Buyer) -> Result<Order> {
    let id = order.id;
    if order.member.is_some() {
        return Err(Error::conflict("order_claimed", "this order belongs to a member already"));
    }
    if order.refunds > 0 {
        return Err(Error::refused("order_claim_refunded", "something of this order was taken back, so nobody can claim it any more"));
    }
    let policy: ClaimPolicy = setting::ops::get(tx, cx.merchant).await?;
    policy.open(order.date, book.zone(order.store).date(cx.now))?;
    let member = who(tx, cx, vault, to).await?;
    let (mut holdings, view) = buyer(tx, cx, book, member).await?;
    let mut room = points::ops::room(tx, cx, &book.loyalty, Some(member), true).await?;
    let would = earned(tx, cx, book, &order, &view, &mut room).await?;
    let earned = &would.earned;
    let lines: Vec<(i64, Points)> = order.lines.iter().map(|line| line.line).zip(earned.lines.iter().copied()).collect();
    if !orders::claim(tx, cx.merchant, id, member, &lines).await? {
        return Err(Error::conflict("order_claimed", "this order belongs to a member already"));
    }
    store::insert(tx, cx, id, member, earned.points).await?;
    let mut journal = Journal::new("claim", id.0, Some(order.store)).from_line(FIRST_LINE);
    let terms = points::ops::lot_terms(&book.loyalty, order.at, earned, &book.zone(order.store));
    let issued = Account::merchant(AccountKind::PointsIssued);
    journal.grant(cx, &mut holdings, AccountKind::Points, earned.points.0, issued, terms, "earned")?;
    journal.post(tx, cx, &[&holdings]).await?;
    let uses = points::ops::uses(&book.loyalty, &room, earned, Points::ZERO);
    points::ops::count(tx, cx, &book.loyalty, Some(member), id.0, &uses).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("order.claimed", id).new_value(&member)).await?;
    event::append(tx, cx, &[told(&order, member, &would)]).await?;
    orders::find(tx, cx.merchant, id, false, |store| book.zone(store)).await
}

/// The member who is meant: known, known by the phone, or enrolled now.
async fn who(tx: &mut Tx, cx: &Cx, vault: &Vault, buyer: &Buyer) -> Result<MemberId> {
    let person = match buyer {
        Buyer::Known { member } => return Ok(*member),
        Buyer::Join { person } => person,
    };
    let ground = shuke_member::ground(tx, cx.merchant).await?;
    let input = person.parse(&ground, ground.today(cx))?;
    if let Some(phone) = input.person.phone.clone() {
        let known = member::ops::by_phones(tx, cx, vault, std::slice::from_ref(&phone)).await?;
        if let Some(id) = known.get(&phone) {
            return Ok(*id);
        }
    }
    Ok(member::ops::enrol(tx, cx, vault, &ground, &input).await?.id)
}

/// What the member holds, locked, and the member as rules see them.
async fn buyer(tx: &mut Tx, cx: &Cx, book: &SaleBook, member: MemberId) -> Result<(Holdings, MemberView)> {
    let [accounts, lots] = account::holdings_stmts(cx.merchant, member.0, true);
    let brief = member::store::brief_stmt(cx.merchant, member);
    let [accounts, lots, brief, current] = tx.all([accounts, lots, brief, tier::store::current_stmt(cx.merchant, member.0)]).await?;
    let brief = member::store::brief_read(brief.first().ok_or_else(member::not_found)?)?;
    if brief.state != MemberState::Active {
        return Err(Error::refused("member_not_active", "this member is frozen, erased or merged; ask a manager"));
    }
    let holdings = account::holdings_read(member.0, &accounts, &lots)?;
    let points = Points(holdings.available(AccountKind::Points, cx.now));
    let tier = book.loyalty.scheme.effective(&tier::store::current_read(&current)?);
    Ok((holdings, MemberView { member: member.0, tier, points }))
}

/// What an order would have earned, and what it would have told, had its member been known.
struct Would {
    earned: Earned,
    kinds: Value,
    lines: Value,
}

/// What the order would have earned, had the member been known: by the rules of now, on the day of the sale.
async fn earned(tx: &mut Tx, cx: &Cx, book: &SaleBook, order: &Order, view: &MemberView, room: &mut Room) -> Result<Would> {
    let mut ids: Vec<Uuid> = order.lines.iter().map(|line| line.variant).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = tx.rows(product::store::for_sale_stmt(cx.merchant, order.store, &ids)).await?;
    let goods = rows.iter().map(product::store::for_sale_row).collect::<Result<Vec<ForSale>>>()?;
    let mut cart = Cart { order: Some(order.id.0), ..Cart::default() };
    for line in &order.lines {
        let good = goods.iter().find(|good| good.variant.0 == line.variant);
        let good = good.ok_or_else(|| Error::internal(format!("variant {} of order {} is gone", line.variant, order.id)))?;
        cart.lines.push(good.cart_line(line.quantity_milli, order.at));
    }
    let lines = order.lines.iter().map(|line| LineQuote { gross: line.gross, shares: line.shares, net: line.net }).collect();
    // Tax that came on top earns nothing, as at the till.
    let net = Money::sum(order.lines.iter().map(|line| line.net))?;
    let paid = paid_by(&order.payments)?.without_tax(net)?;
    let (offers, coupons, savings) = (Vec::new(), Vec::new(), Vec::new());
    let quote = Quote { lines, savings, offers, coupons, points: PointsQuote::default(), gross: order.gross, total: net };
    let zone = book.zone(order.store);
    let settings =
        PriceCx { tiers: &book.loyalty.scheme.tiers, ..PriceCx::new(order.at, &zone, order.store, order.channel, book.loyalty.currency) };
    let earned = earn_within(&quote, &cart, Some(view), paid, &book.loyalty.earn, Rate::WHOLE, &settings, room)?;
    let mut kinds = Vec::new();
    for kind in &book.loyalty.kinds.kinds {
        let mut earned = earn_kind(&quote, &cart, Some(view), paid, &kind.earn, &settings)?;
        points::ops::wait_for(kind.pending, order.date, &mut earned);
        kinds.push(KindEarned { kind: kind.id, name: kind.name.clone(), earned });
    }
    kinds.retain(|kind| kind.earned.points.is_positive());
    let lines = if book.loyalty.wants_lines { told_lines(order, &cart) } else { Value::Null };
    Ok(Would { earned, kinds: told_kinds(order, &kinds), lines })
}

/// The sale told again, now with its buyer: whoever follows members' purchases hears of it as of any other.
fn told(order: &Order, member: MemberId, would: &Would) -> Event {
    let mut payload = serde_json::json!({
        "order": order.id, "member": member, "store": order.store, "date": order.date, "amount": order.total,
        "channel": order.channel, "claimed": true, "kinds": would.kinds,
    });
    if would.lines.is_array() {
        payload["lines"] = would.lines.clone();
    }
    Event::new("sale.completed", order.id, &payload)
}
