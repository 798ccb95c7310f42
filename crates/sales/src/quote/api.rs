//! `POST /api/v1/quotes`: what would it cost, and why.

use super::facts::{Ask, gather};
use crate::book::Books;
use crate::order::CheckoutLine;
use crate::order::PassUse;
use crate::order::model::Tender;
use crate::order::prepaid::PaidBefore;
use crate::quote::Facts;
use crate::tax::TaxMode;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
use shuke_kernel::{Money, Rate, Result, Uuid};
use shuke_ledger::AccountKind;
use shuke_loyalty::points::{self, Earned};
use shuke_loyalty::points_kind::{KindEarned, PointsKindId};
use shuke_loyalty::rule::Channel;
use shuke_loyalty::wallet::WalletParts;
use shuke_member::member::{SealedBrief, View};
use shuke_member::{MemberBrief, MemberId};
use shuke_offer::price::{CouponChoice, PaidBy, PointsChoice, Quote, earn_within};
use utoipa::ToSchema;

/// A cart to be priced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteAsk {
    /// The store.
    pub store: Uuid,
    /// Who buys, if known.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// Where.
    #[serde(default = "till")]
    pub channel: Channel,
    /// What; at least one line.
    pub lines: Vec<CheckoutLine>,
    /// Which coupons; `auto` chooses those that save most.
    #[serde(default)]
    pub coupons: CouponChoice,
    /// How many points.
    #[serde(default)]
    pub points: PointsChoice,
    /// Of which kind; none for the shop's own.
    #[serde(default)]
    pub points_kind: Option<PointsKindId>,
    /// Lines that the member's passes pay.
    #[serde(default)]
    pub passes: Vec<PassUse>,
    /// How it would be paid, for the points that it would earn; money by default.
    #[serde(default)]
    pub tender: Option<Tender>,
}

const fn till() -> Channel {
    Channel::Till
}

/// A priced line with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuotedGoods {
    /// The variant.
    pub variant: Uuid,
    /// What it is called.
    pub name: String,
    /// Minor units for one piece.
    pub unit_price: Money,
    /// Thousandths of a piece on hand in the store; absent where it is not counted.
    pub on_hand_milli: Option<i64>,
    /// What a kit is made of; empty for anything else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<QuotedPart>,
}

/// A part of a kit in a cart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuotedPart {
    /// What it is called.
    pub name: String,
    /// Thousandths of a piece in one kit.
    pub quantity_milli: i64,
}

/// What the wallet could pay.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WalletQuote {
    /// What it holds.
    pub balance: WalletParts,
    /// The most that it can pay of this total.
    pub payable: Money,
}

/// A quote with everything that the till shows beside it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuoteReply {
    /// The price, each stage explained.
    pub quote: Quote,
    /// What is to be paid: the quote's total, and tax where it comes on top.
    pub payable: Money,
    /// The tax in it, in minor units.
    pub tax: Money,
    /// Whether prices hold the tax.
    pub tax_mode: TaxMode,
    /// The goods of the lines.
    pub goods: Vec<QuotedGoods>,
    /// The member, masked.
    pub member: Option<MemberBrief>,
    /// What the order would earn.
    pub earns: Earned,
    /// What it would earn of further kinds of points.
    pub earns_kinds: Vec<KindEarned>,
    /// What the member's passes pay of the total, in minor units.
    pub paid_by_passes: Money,
    /// The wallet; absent without a member.
    pub wallet: Option<WalletQuote>,
}

/// Prices a cart; nothing is written or held.
#[utoipa::path(
    post, path = "/api/v1/quotes", operation_id = "quote_cart", tag = "sales", request_body = QuoteAsk,
    responses((status = 200, body = QuoteReply), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write")))
)]
async fn quote_cart(State(app): State<App>, allow: Allow<perm::Sell>, Json(ask): Json<QuoteAsk>) -> Reply<Json<QuoteReply>> {
    allow.may_in(ask.store)?;
    let books = app.slot::<Books>();
    let frame = (&allow.caller.cx, &*books, &ask);
    let (mut reply, member) = app.db.read(&frame, |tx, (cx, books, ask)| Box::pin(quote(tx, cx, books, ask))).await?;
    reply.member = member.map(|sealed| sealed.view(&app.vault, allow.cx.merchant, View::of(&allow))).transpose()?;
    Ok(Json(reply))
}

async fn quote(tx: &mut shuke_db::Tx, cx: &shuke_kernel::Cx, books: &Books, body: &QuoteAsk) -> Result<(QuoteReply, Option<SealedBrief>)> {
    let ask = Ask {
        store: body.store,
        member: body.member,
        channel: body.channel,
        lines: &body.lines,
        coupons: &body.coupons,
        points: body.points,
        points_kind: body.points_kind,
        order: None,
        lock: false,
        till: None,
        all_coupons: true,
        made: false,
    };
    let mut facts = gather(tx, cx, books, &ask).await?;
    let before = PaidBefore::passes(tx, cx, &mut facts, (body.store, &body.lines), &body.passes).await?;
    let priced = facts.price(cx, &ask)?;
    let loyalty = &facts.book.loyalty;
    let paid = match body.tender {
        Some(Tender::Wallet | Tender::Principal) => PaidBy { principal: priced.total, ..PaidBy::default() },
        Some(Tender::Bonus) => PaidBy { bonus: priced.total, ..PaidBy::default() },
        _ => PaidBy { money: priced.total, ..PaidBy::default() },
    };
    let mut room = points::ops::room(tx, cx, loyalty, body.member, false).await?;
    let settings = facts.price_cx(cx, &ask);
    let mut earns = earn_within(&priced, &facts.cart, facts.view.as_ref(), paid, &loyalty.earn, Rate::WHOLE, &settings, &mut room)?;
    points::ops::wait(loyalty, facts.zone.date(cx.now), &mut earns);
    before.whole_earned(&mut earns);
    let mut earns_kinds = facts.earn_kinds(cx, &ask, &priced, paid)?;
    earns_kinds.iter_mut().for_each(|kind| before.whole_earned(&mut kind.earned));
    let quote = before.whole(&priced).unwrap_or(priced);
    let taxed = before.taxed(facts.taxed(&quote)?);
    let payable = Facts::payable(&quote, &taxed)?;
    let tax = Money::sum(taxed.iter().map(|line| line.tax))?;
    let paid_by_passes = before.total()?;
    let due = payable.minus(paid_by_passes)?;
    let held = |kind| Money(facts.holdings.available(kind, cx.now));
    let wallet = facts.view.map(|_| {
        let balance = WalletParts { principal: held(AccountKind::Principal), bonus: held(AccountKind::Bonus) };
        WalletQuote { balance, payable: loyalty.wallet.payable(balance).min(due) }
    });
    let named = |good: &crate::product::ForSale| QuotedGoods {
        variant: good.variant.0,
        name: good.full_name(),
        unit_price: good.price,
        on_hand_milli: good.available_milli(),
        parts: good.parts.iter().map(|(part, each)| QuotedPart { name: part.full_name(), quantity_milli: *each }).collect(),
    };
    let (goods, tax_mode) = (facts.goods.iter().map(named).collect(), facts.book.tax.mode);
    let reply = QuoteReply { payable, tax, tax_mode, goods, member: None, quote, earns, earns_kinds, paid_by_passes, wallet };
    Ok((reply, facts.member))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(quote_cart))
}
