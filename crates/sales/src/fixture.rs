//! A shop that is ready to sell, made through the ops: for tests of this and the higher slices, and
//! for the bench. Figures are round, so that a test can say what must come out.
//!
//! Everybody is of the tier 普通会员 with 95折 on everything but specials, earns a point for each
//! yuan, and pays a yuan with 100 points. Every member holds a coupon of 5 yuan from 20 yuan on that
//! can be used a million times, and points and prepaid value that no test uses up (see [`Size`]).
//! Every variant costs 50 yuan and is there a hundred million times.

use crate::product::ops as products;
use crate::stock::ops as stock;
use serde_json::json;
use shuke_db::Tx;
use shuke_http::AppInner;
use shuke_kernel::{Cx, Date, Error, MerchantId, Money, Points, Rate, Result, Uuid, Zone};
use shuke_ledger::{AccountKind, LotTerms, journal};
use shuke_loyalty::coupon::{self, CouponId, CouponLimits, CouponTemplateId, CouponTerms, Validity};
use shuke_loyalty::points::{EarnKind, EarnPolicy, EarnRule, EarnRuleId, PointsExpiry, PointsSpending, SpendingPolicy};
use shuke_loyalty::rule::Scope;
use shuke_loyalty::template;
use shuke_loyalty::tier::{QualifyBy, Tier, TierBenefits, TierId, TierScheme};
use shuke_member::MemberId;
use shuke_member::member::EnrolRequest;
use shuke_org::{fixture as org, setting};

/// A member of the stall.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// The member.
    pub member: MemberId,
    /// Their coupon.
    pub coupon: CouponId,
}

/// A shop with goods and members.
#[derive(Clone, Debug)]
pub struct Stall {
    /// The shop with its staff.
    pub shop: org::Shop,
    /// Its number.
    pub merchant: MerchantId,
    /// Where it sells.
    pub store: Uuid,
    /// What it sells.
    pub variants: Vec<Uuid>,
    /// The template of the members' coupons.
    pub template: CouponTemplateId,
    /// To whom.
    pub members: Vec<Customer>,
}

/// How large.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Members.
    pub members: usize,
    /// Variants, one to a product.
    pub variants: usize,
    /// Pieces of each on hand.
    pub pieces: i64,
    /// Points of each member.
    pub points: i64,
    /// Principal of each member, minor units.
    pub principal: i64,
    /// Bonus of each member, minor units.
    pub bonus: i64,
    /// How often each coupon can be used.
    pub uses: i64,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            members: 3,
            variants: 5,
            pieces: 100_000_000,
            points: 1_000_000_000,
            principal: 100_000_000_000,
            bonus: 10_000_000_000,
            uses: 1_000_000,
        }
    }
}

const BATCH: usize = 100;

/// Founds a shop and fills it.
pub async fn stall(app: &AppInner, size: &Size) -> Result<Stall> {
    let shop = org::shop(app).await?;
    let cx = Cx::system(shop.merchant, app.clock.now(), app.random.clone());
    let store = shop.store.0;
    app.db.write(&cx, |tx, cx| Box::pin(policies(tx, cx))).await?;
    let template = app.db.write(&(&cx, size), |tx, (cx, size)| Box::pin(template_of(tx, cx, size))).await?;
    let mut variants = Vec::with_capacity(size.variants);
    for from in (0..size.variants).step_by(BATCH) {
        let numbers: Vec<usize> = (from..size.variants.min(from + BATCH)).collect();
        let input = (&cx, store, size.pieces, numbers);
        variants.extend(app.db.write(&input, |tx, (cx, store, pieces, numbers)| Box::pin(goods(tx, cx, *store, *pieces, numbers))).await?);
    }
    let mut members = Vec::with_capacity(size.members);
    for from in (0..size.members).step_by(BATCH) {
        let numbers: Vec<usize> = (from..size.members.min(from + BATCH)).collect();
        let input = (app, &cx, size, template, numbers);
        members.extend(
            app.db
                .write(&input, |tx, (app, cx, size, template, numbers)| Box::pin(customers(tx, app, cx, size, *template, numbers)))
                .await?,
        );
    }
    Ok(Stall { merchant: shop.merchant, store, variants, template, members, shop })
}

async fn policies(tx: &mut Tx, cx: &Cx) -> Result<()> {
    let tier = Tier {
        benefits: TierBenefits { discount: Rate(9_500), scope: Scope::ALL, points_multiplier: Rate::WHOLE },
        ..Tier::named(cx.id::<TierId>(), "普通会员")
    };
    let scheme = TierScheme { tiers: vec![tier], qualify_by: QualifyBy::Any, window_months: Some(12), ..TierScheme::default() };
    setting::ops::put(tx, cx, &scheme).await?;
    let rule = EarnRule {
        id: cx.id::<EarnRuleId>(),
        name: "消费1元积1分".to_owned(),
        kind: EarnKind::Amount { points: Points(1), per: Money(100) },
        scope: Scope::ALL,
        stores: Vec::new(),
        channels: Vec::new(),
        tiers: Vec::new(),
        from: None,
        to: None,
    };
    let earn = EarnPolicy { rules: vec![rule], principal_earns: true, expiry: PointsExpiry::YearEnd { years: 1 } };
    setting::ops::put(tx, cx, &earn).await?;
    let spending = PointsSpending {
        step_points: Points(100),
        step_money: Money(100),
        min: Points(100),
        share_max: Rate::WHOLE,
        points_max: None,
        scope: Scope::ALL,
    };
    setting::ops::put(tx, cx, &SpendingPolicy { spending: Some(spending) }).await
}

async fn template_of(tx: &mut Tx, cx: &Cx, size: &Size) -> Result<CouponTemplateId> {
    let validity = Validity::Fixed { from: Date::constant(2000, 1, 1), to: Date::constant(2099, 12, 31) };
    let mut terms = CouponTerms::amount(Money(500), Money(2_000), validity);
    terms.limits = CouponLimits { uses: size.uses, ..CouponLimits::default() };
    let draft =
        template::ops::TemplateDraft { id: cx.id(), name: "满20减5".to_owned(), terms, state: template::TemplateState::Published };
    Ok(template::ops::create(tx, cx, &draft).await?.id)
}

fn made<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::internal(format!("a fixture's input: {error}")))
}

async fn goods(tx: &mut Tx, cx: &Cx, store: Uuid, pieces: i64, numbers: &[usize]) -> Result<Vec<Uuid>> {
    let mut variants = Vec::with_capacity(numbers.len());
    for number in numbers {
        let variant = json!({"sku": format!("SKU{number:05}"), "price": 5_000, "cost": 3_000, "track_stock": true});
        let product =
            products::create(tx, cx, &made(json!({"name": format!("商品{number}"), "kind": "goods", "variants": [variant]}))?).await?;
        variants.extend(product.variants.iter().map(|variant| variant.id.0));
    }
    if pieces > 0 {
        let lines: Vec<_> = variants.iter().map(|variant| json!({"variant": variant, "quantity_milli": pieces * 1_000})).collect();
        stock::receive(tx, cx, &made(json!({"store": store, "lines": lines}))?).await?;
    }
    Ok(variants)
}

async fn customers(
    tx: &mut Tx,
    app: &AppInner,
    cx: &Cx,
    size: &Size,
    template: CouponTemplateId,
    numbers: &[usize],
) -> Result<Vec<Customer>> {
    let ground = shuke_member::ground(tx, cx.merchant).await?;
    let mut members = Vec::with_capacity(numbers.len());
    for number in numbers {
        let asked: EnrolRequest = made(json!({"phone": format!("139{number:08}"), "name": format!("王小{number}")}))?;
        let enrol = asked.parse(&ground, ground.today(cx))?;
        let member = shuke_member::member::ops::enrol(tx, cx, &app.vault, &ground, &enrol).await?.id;
        for (kind, amount) in
            [(AccountKind::Points, size.points), (AccountKind::Principal, size.principal), (AccountKind::Bonus, size.bonus)]
        {
            if amount > 0 {
                let terms = LotTerms { available_at: cx.now, expires: None };
                journal::ops::open(tx, cx, &journal::ops::Opening { id: cx.uuid(), member: member.0, kind, amount, terms }).await?;
            }
        }
        members.push(member);
    }
    let owners: Vec<Uuid> = members.iter().map(|member| member.0).collect();
    let issue = coupon::ops::Issue {
        template,
        members: &owners,
        count: 1,
        source_kind: "staff",
        source: cx.uuid(),
        today: Zone::utc().date(cx.now),
    };
    let issued = coupon::ops::issue(tx, cx, &issue).await?;
    let of = |member: MemberId| {
        let coupon = issued.iter().find(|coupon| coupon.member == member.0);
        coupon.map(|coupon| Customer { member, coupon: coupon.id }).ok_or_else(|| Error::internal("a customer got no coupon"))
    };
    members.into_iter().map(of).collect()
}
