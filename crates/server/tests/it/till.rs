//! What a till sends to the stall of `sales::fixture`, and whether the books are sound afterwards.

use shuke_db::{Db, Stmt, ToValue};
use shuke_http::Role;
use shuke_kernel::{Cx, Instant, MerchantId, Money, Points, Random, Uuid};
use shuke_ledger::verify;
use shuke_loyalty::rule::Channel;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_sales::fixture::{self, Customer, Size, Stall};
use shuke_sales::order::{Checkout, CheckoutLine, OrderId, Payment, Tender};
use shuke_testkit::{Kind, TestApp};

/// The whole server in the process, with a stall and its owner's client.
pub struct Shop {
    pub app: TestApp,
    pub owner: TestApp,
    pub stall: Stall,
}

pub async fn shop_of(kind: Kind, size: &Size) -> Shop {
    let app = crate::support::server(kind).await;
    let stall = fixture::stall(&app.app, size).await.unwrap();
    let owner = app.as_token(stall.shop.token(Role::Owner));
    Shop { app, owner, stall }
}

impl Shop {
    pub fn cx(&self) -> Cx {
        Cx::system(self.stall.merchant, self.app.clock.now(), self.app.app.random.clone())
    }
    /// A number from the database; the statement takes the merchant.
    pub async fn number(&self, text: &'static str) -> i64 {
        number(self.app.db(), text, self.stall.merchant).await
    }
    pub async fn sound(&self) {
        sound(self.app.db(), self.stall.merchant).await;
    }
}

/// A larger size where `SHUKE_SOAK` is set.
pub fn sized(ci: u64, soak: u64) -> u64 {
    if std::env::var_os("SHUKE_SOAK").is_some() { soak } else { ci }
}

/// The seed of this run, printed, so that a run can be repeated.
pub fn seed(name: &str) -> u64 {
    let given = std::env::var("SHUKE_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| Random::system().below(1 << 32));
    println!("{name} with SHUKE_SEED={seed}");
    seed
}

/// A sale of goods for so many pieces of one variant to nobody, paid in cash.
pub fn plain(id: OrderId, stall: &Stall, variant: Uuid, pieces: i64) -> Checkout {
    Checkout {
        id,
        store: stall.store,
        till: None,
        member: None,
        channel: Channel::Till,
        lines: vec![CheckoutLine { variant, quantity_milli: pieces * 1_000, gift: None, seller: None }],
        coupons: CouponChoice::None,
        points: PointsChoice::None,
        points_kind: None,
        payments: vec![payment(Tender::Cash, pieces * 5_000)],
        prepaid: shuke_sales::order::Prepaid::default(),
        expected_total: None,
        identity: Default::default(),
    }
}

/// A sale with everything: two lines, the tier's price, the coupon, 100 points, half wallet and half
/// cash. 2 × 50.00, 95折, coupon 5.00, points 1.00: 89.00.
pub fn mixed(id: OrderId, stall: &Stall, customer: Customer, variants: [Uuid; 2]) -> Checkout {
    Checkout {
        id,
        store: stall.store,
        till: None,
        member: Some(customer.member),
        channel: Channel::Till,
        lines: variants.map(|variant| CheckoutLine { variant, quantity_milli: 1_000, gift: None, seller: None }).to_vec(),
        coupons: CouponChoice::Selected { coupons: vec![customer.coupon] },
        points: PointsChoice::Exact { points: Points(100) },
        points_kind: None,
        payments: vec![payment(Tender::Wallet, 4_450), payment(Tender::Cash, 4_450)],
        prepaid: shuke_sales::order::Prepaid::default(),
        expected_total: Some(Money(8_900)),
        identity: Default::default(),
    }
}

pub fn payment(tender: Tender, amount: i64) -> Payment {
    Payment { tender, amount: Money(amount), refunded: Money::ZERO }
}

/// A new order's id, as the till makes it.
pub fn order_id(random: &Random, at: Instant) -> OrderId {
    OrderId(random.uuid(at))
}

pub async fn number(db: &Db, text: &'static str, merchant: MerchantId) -> i64 {
    let stmt = Stmt::built(text, vec![merchant.to_value()]);
    let rows = db.read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
    rows[0].get(0).unwrap()
}

/// What must be zero in every shop: rows that contradict each other between the slices.
const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "orders whose lines do not add up to their total",
        "SELECT COUNT(*) FROM sales_order o WHERE o.merchant_id = $1 AND o.total <>
            (SELECT SUM(l.net) FROM order_line l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id)",
    ),
    (
        "tracked lines without their movement of stock",
        "SELECT COUNT(*) FROM order_line l WHERE l.merchant_id = $1 AND l.tracked AND NOT EXISTS
            (SELECT 1 FROM stock_movement m WHERE m.merchant_id = l.merchant_id AND m.source_id = l.order_id AND m.line = l.line AND m.kind = 'sale'
             AND m.variant_id = l.variant_id AND m.delta_milli = -l.quantity_milli)",
    ),
    (
        "orders whose transfers do not come to their total",
        "SELECT COUNT(*) FROM sales_order o WHERE o.merchant_id = $1 AND o.total <>
            (SELECT COALESCE(SUM(t.amount), 0) FROM transfer t
             WHERE t.merchant_id = o.merchant_id AND t.source_id = o.id AND t.credit_kind = 'revenue')",
    ),
];

/// Fails unless the ledger, the coupons, the stock and the orders agree.
pub async fn sound(db: &Db, merchant: MerchantId) {
    let report = verify::run_with(db, merchant, shuke_loyalty::CHECKS).await.unwrap();
    assert_eq!(report.first_difference, None);
    let stock = db.read(&merchant, |tx, merchant| Box::pin(shuke_sales::stock::verify(tx, *merchant))).await.unwrap();
    assert_eq!(stock, None);
    for (what, text) in CONTRADICTIONS {
        assert_eq!(number(db, text, merchant).await, 0, "{what}");
    }
}
