//! The one read that quote and checkout share.

use crate::book::{Books, SaleBook};
use crate::kit;
use crate::order::CheckoutLine;
use crate::product::{self, ForSale};
use crate::quote::offers::Asked;
use crate::shift::ShiftMode;
use crate::tax::{self, TaxedLine};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Money, Points, Result, Uuid, Zone};
use shuke_ledger::{AccountKind, Holdings, account};
use shuke_loyalty::coupon::{self, Coupon};
use shuke_loyalty::points_kind::{self, KindEarned, PointsKindId};
use shuke_loyalty::rule::Channel;
use shuke_loyalty::{points, redemption, tier};
use shuke_member::MemberId;
use shuke_member::member::{self, MemberState, SealedBrief};
use shuke_offer::offer::OfferFacts;
use shuke_offer::price::{Cart, CartLine, CouponChoice, MemberView, PaidBy, PointsChoice, PriceCx, Quote, earn_kind, price};
use shuke_org::{TillId, till};
use std::sync::Arc;

/// The most lines of a checkout.
pub const LINES_MAX: usize = 500;

/// What is to be priced for whom and where.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The store.
    pub store: Uuid,
    /// Who buys.
    pub member: Option<MemberId>,
    /// Where.
    pub channel: Channel,
    /// What.
    pub lines: &'a [CheckoutLine],
    /// Which coupons.
    pub coupons: &'a CouponChoice,
    /// How many points.
    pub points: PointsChoice,
    /// Of which kind; none for the merchant's own.
    pub points_kind: Option<PointsKindId>,
    /// The order, where it has an id.
    pub order: Option<Uuid>,
    /// Whether the member's balances are read to be spent: whoever spends waits for the one before.
    pub lock: bool,
    /// The till, where the shift of a sale is asked for.
    pub till: Option<Uuid>,
    /// Whether every coupon of the member is looked at, to say why not.
    pub all_coupons: bool,
    /// Whether the sale was made already, by a till without a network: what is off sale now was sold.
    pub made: bool,
}

/// Everything that a price depends on, of one moment.
#[derive(Debug)]
pub struct Facts {
    /// The rules.
    pub book: Arc<SaleBook>,
    /// The store's zone.
    pub zone: Zone,
    /// The member; name and phone still sealed.
    pub member: Option<SealedBrief>,
    /// The member as prices see them.
    pub view: Option<MemberView>,
    /// What the member holds; empty without a member.
    pub holdings: Holdings,
    /// What the member holds of the kind of points that is to pay; none where the merchant's own pay.
    pub purse: Option<Holdings>,
    /// The coupons that count.
    pub coupons: Vec<Coupon>,
    /// The open shift of the till, where the merchant keeps shifts.
    pub shift: Option<Uuid>,
    /// The variants, one per line.
    pub goods: Vec<ForSale>,
    /// What the engine prices.
    pub cart: Cart,
    /// What offers ask about the member and their budgets.
    pub offers: OfferFacts,
}

/// The coupons that have to be read.
fn coupon_stmt(cx: &Cx, ask: &Ask<'_>, member: MemberId) -> Option<shuke_db::Stmt> {
    match ask.coupons {
        CouponChoice::Selected { coupons } if !ask.all_coupons => {
            (!coupons.is_empty()).then(|| coupon::store::by_ids_stmt(cx.merchant, member.0, coupons))
        }
        CouponChoice::None if !ask.all_coupons => None,
        // The store's day is not known yet: yesterday in UTC is never after it.
        _ => Some(coupon::store::of_member_stmt(cx.merchant, member.0, Zone::utc().date(cx.now.plus_ms(-86_400_000)))),
    }
}

/// The statements whose answers every price needs, and whether the last of them asks for coupons.
fn statements(cx: &Cx, ask: &Ask<'_>) -> (Vec<shuke_db::Stmt>, bool) {
    let mut ids: Vec<Uuid> = ask.lines.iter().map(|line| line.variant).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut stmts = vec![Books::version_stmt(cx.merchant), product::store::for_sale_stmt(cx.merchant, ask.store, &ids)];
    let Some(id) = ask.member else { return (stmts, false) };
    stmts.extend(account::holdings_stmts(cx.merchant, id.0, ask.lock));
    stmts.push(member::store::brief_stmt(cx.merchant, id));
    stmts.push(tier::store::current_stmt(cx.merchant, id.0));
    let coupons = coupon_stmt(cx, ask, id);
    let has_coupons = coupons.is_some();
    stmts.extend(coupons);
    (stmts, has_coupons)
}

/// Reads everything in one round trip.
///
/// Errors: `cart_empty`, `cart_too_long`, `store_not_found`, `member_not_found`, `member_not_active`,
/// `coupon_needs_member`, `variant_not_found`, `variant_off_sale`.
pub async fn gather(tx: &mut Tx, cx: &Cx, books: &Books, ask: &Ask<'_>) -> Result<Facts> {
    check(ask)?;
    let (mut stmts, has_coupons) = statements(cx, ask);
    let own = stmts.len();
    // The book in memory is nearly always the right one: what its offers ask goes out at once.
    let asked = books.kept(cx.merchant).map(|book| Asked::of(&book, ask.member, book.zone(ask.store).date(cx.now))).unwrap_or_default();
    stmts.extend(asked.stmts(cx.merchant));
    // First, because whoever closes a shift holds the till and nothing else.
    let till = ask.till.map(TillId);
    let early = till.filter(|_| books.keeps_shifts(cx.merchant));
    stmts.splice(0..0, early.map(|till| till::ops::shift_stmt(cx.merchant, till)));
    let mut answers = tx.batch(&stmts).await?;
    let mut shift = if early.is_some() { till::ops::shift_read(&answers.remove(0))? } else { None };
    let of_offers = answers.split_off(own);
    let answer = |index: usize| answers.get(index).map_or(&[][..], Vec::as_slice);
    let book = books.at(tx, cx.merchant, answer(0)).await?;
    if let Some(till) = till.filter(|_| early.is_none() && book.shift.mode != ShiftMode::Off) {
        shift = till::ops::shift_of(tx, cx.merchant, till).await?;
    }
    let zone = book.store_zone(ask.store)?.clone();
    let today = zone.date(cx.now);
    let offers = offer_facts(tx, cx, (&asked, &of_offers), Asked::of(&book, ask.member, today)).await?;
    let mut goods = goods(answer(1), ask)?;
    add_parts(tx, cx, ask.store, &mut goods).await?;
    let mut facts = Facts {
        zone,
        member: None,
        view: None,
        holdings: Holdings::none(Uuid::nil()),
        purse: None,
        coupons: Vec::new(),
        cart: Cart::default(),
        offers,
        shift,
        goods,
        book,
    };
    if let Some(id) = ask.member {
        let brief = answer(4).first().ok_or_else(|| Error::not_found("member_not_found", "there is no such member"))?;
        let sealed = member::store::brief(brief)?;
        if sealed.brief.state != MemberState::Active {
            return Err(Error::refused("member_not_active", "this member is frozen or erased; ask a manager"));
        }
        facts.holdings = account::holdings_read(id.0, answer(2), answer(3))?;
        let tier = tier::store::effective_read(answer(5), &facts.book.loyalty.scheme, today)?;
        facts.purse = purse(tx, cx, &facts.book, ask, id).await?;
        let points = Points(facts.purse.as_ref().unwrap_or(&facts.holdings).available(AccountKind::Points, cx.now));
        facts.view = Some(MemberView { member: id.0, tier, points });
        facts.member = Some(sealed);
        if has_coupons {
            facts.coupons = answer(6).iter().map(|row| coupon::store::read(row, today, cx.now)).collect::<Result<_>>()?;
            redemption::count_periods(tx, cx, id.0, &mut facts.coupons, today).await?;
        }
    }
    facts.cart = Cart {
        lines: facts
            .goods
            .iter()
            .zip(ask.lines)
            .map(|(good, line)| CartLine { gift: line.gift, ..good.cart_line(line.quantity_milli, cx.now) })
            .collect(),
        coupons: ask.coupons.clone(),
        points: ask.points,
        order: ask.order,
    };
    Ok(facts)
}

/// What the member holds of the kind of points that is to pay: read for sales of such points alone, after the
/// member's own accounts.
///
/// Errors: `points_kind_unknown`.
async fn purse(tx: &mut Tx, cx: &Cx, book: &SaleBook, ask: &Ask<'_>, member: MemberId) -> Result<Option<Holdings>> {
    let Some(kind) = ask.points_kind else { return Ok(None) };
    book.loyalty.kinds.get(kind)?;
    let held = match ask.lock {
        true => points_kind::ops::held(tx, cx, member.0, kind).await?,
        false => points_kind::ops::seen(tx, cx, member.0, kind).await?,
    };
    Ok(Some(held))
}

/// What was read where the book asked for the same, else read now.
async fn offer_facts(tx: &mut Tx, cx: &Cx, (asked, answers): (&Asked, &[Vec<shuke_db::Row>]), needed: Asked) -> Result<OfferFacts> {
    if *asked == needed {
        return asked.read(answers);
    }
    let stmts = needed.stmts(cx.merchant);
    let answers = if stmts.is_empty() { Vec::new() } else { tx.batch(&stmts).await? };
    needed.read(&answers)
}

/// Reads what kits are made of: two further statements, for sales of kits alone.
async fn add_parts(tx: &mut Tx, cx: &Cx, store: Uuid, goods: &mut [ForSale]) -> Result<()> {
    let mut kits: Vec<Uuid> = goods.iter().filter(|good| good.is_kit).map(|good| good.variant.0).collect();
    if kits.is_empty() {
        return Ok(());
    }
    kits.sort_unstable();
    kits.dedup();
    let rows = tx.rows(kit::store::parts_stmt(cx.merchant, &kits)).await?;
    let parts = rows.iter().map(kit::store::part_read).collect::<Result<Vec<_>>>()?;
    let mut ids: Vec<Uuid> = parts.iter().map(|(_, part)| part.variant).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = tx.rows(product::store::for_sale_stmt(cx.merchant, store, &ids)).await?;
    let found = rows.iter().map(product::store::for_sale_row).collect::<Result<Vec<_>>>()?;
    for good in goods.iter_mut().filter(|good| good.is_kit) {
        for (_, part) in parts.iter().filter(|(kit, _)| *kit == good.variant.0) {
            let sold = found.iter().find(|found| found.variant.0 == part.variant).ok_or_else(|| Error::internal("a kit's part is gone"))?;
            good.parts.push((sold.clone(), part.quantity_milli));
        }
    }
    Ok(())
}

fn check(ask: &Ask<'_>) -> Result<()> {
    if ask.lines.is_empty() {
        return Err(Error::invalid("cart_empty", "scan or choose at least one product"));
    }
    if ask.lines.len() > LINES_MAX {
        return Err(Error::invalid("cart_too_long", format!("an order has at most {LINES_MAX} lines; split it")));
    }
    let chosen = matches!(ask.coupons, CouponChoice::Selected { coupons } if !coupons.is_empty());
    if ask.member.is_none() && (chosen || matches!(ask.points, PointsChoice::Exact { .. })) {
        return Err(Error::refused("member_needed", "coupons and points need a member; identify the member first"));
    }
    Ok(())
}

/// The variant of each line.
fn goods(rows: &[shuke_db::Row], ask: &Ask<'_>) -> Result<Vec<ForSale>> {
    let found = rows.iter().map(product::store::for_sale_row).collect::<Result<Vec<_>>>()?;
    ask.lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let good = found.iter().find(|good| good.variant.0 == line.variant);
            let good = good.ok_or_else(|| {
                Error::not_found("variant_not_found", "a line names a product that does not exist").field(
                    format!("/lines/{index}/variant"),
                    "variant_not_found",
                    "there is no such variant",
                )
            })?;
            if !good.on_sale && !ask.made {
                return Err(Error::refused("variant_off_sale", format!("{} is not on sale", good.product_name)).field(
                    format!("/lines/{index}/variant"),
                    "variant_off_sale",
                    "take it off the cart, or put the product back on sale",
                ));
            }
            Ok(good.clone())
        })
        .collect()
}

impl Facts {
    /// The settings by which the engine prices here.
    pub fn price_cx(&self, cx: &Cx, ask: &Ask<'_>) -> PriceCx<'_> {
        let loyalty = &self.book.loyalty;
        PriceCx {
            rounding: loyalty.rounding,
            tiers: &loyalty.scheme.tiers,
            points: loyalty.spending_of(ask.points_kind),
            coupons_max: loyalty.coupons_max,
            facts: &self.offers,
            ..PriceCx::new(cx.now, &self.zone, ask.store, ask.channel, loyalty.currency)
        }
    }
    /// The tax of each line of a quote.
    pub fn taxed(&self, quote: &Quote) -> Result<Vec<TaxedLine>> {
        quote.lines.iter().zip(&self.goods).map(|(line, good)| tax::line(&self.book.tax, good.tax_rate, line.net)).collect()
    }
    /// What is to be paid: the quote's total and the tax that comes on top.
    pub fn payable(quote: &Quote, taxed: &[TaxedLine]) -> Result<Money> {
        taxed.iter().try_fold(quote.total, |sum, line| sum.plus(line.added))
    }
    /// What a quote earns of every further kind of points, where it is paid so. Nothing is read for it.
    pub fn earn_kinds(&self, cx: &Cx, ask: &Ask<'_>, quote: &Quote, paid: PaidBy) -> Result<Vec<KindEarned>> {
        let kinds = &self.book.loyalty.kinds.kinds;
        if self.view.is_none() || kinds.is_empty() {
            return Ok(Vec::new());
        }
        let (settings, today) = (self.price_cx(cx, ask), self.zone.date(cx.now));
        let mut all = Vec::new();
        for kind in kinds.iter().filter(|kind| !kind.earn.rules.is_empty()) {
            let mut earned = earn_kind(quote, &self.cart, self.view.as_ref(), paid, &kind.earn, &settings)?;
            if earned.points.is_positive() {
                points::ops::wait_for(kind.pending, today, &mut earned);
                all.push(KindEarned { kind: kind.id, name: kind.name.clone(), earned });
            }
        }
        Ok(all)
    }
    /// Prices the cart.
    pub fn price(&self, cx: &Cx, ask: &Ask<'_>) -> Result<Quote> {
        price(&self.cart, self.view.as_ref(), &self.book.offers, &self.coupons, &self.price_cx(cx, ask))
    }
}
