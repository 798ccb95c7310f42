//! What a sale costs in statements and round trips: counted, so that the figure is the same on any
//! machine. A sale here has a member, a tier price, a coupon, points, a mixed payment, two lines,
//! stock, ledger, event and idempotent answer.

use shuke_http::{Caller, IdempotencyKey, Role, once, perm::Permissions};
use shuke_kernel::{Cx, Money, Points};
use shuke_loyalty::rule::Channel;
use shuke_offer::offer::ops::OfferDraft;
use shuke_offer::offer::{Budget, LadderStep, Offer, OfferRule, OfferState, PerMember, UsePeriod};
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::OrgAuthenticator;
use shuke_sales::book::Books;
use shuke_sales::fixture::{Size, stall};
use shuke_sales::order::{Checkout, CheckoutLine, Payment, Tender, checkout};
use shuke_testkit::{Kind, TestApp};

const STATEMENTS_MAX: u64 = 20;
/// How many writes PostgreSQL gets in one statement with another ([`shuke_db::Tx::queue_both`]).
const JOINED_POSTGRES: u64 = 4;
/// What an offer with a budget and a limit per member adds: two reads, and three writes.
const LIMITED_OFFER: u64 = 5;
/// Everything is read in one and written, with COMMIT, in another.
const TRIPS_POSTGRES: u64 = 2;

/// 1.00 off, at most so often in all and for a member.
async fn limited_offer(app: &TestApp, merchant: shuke_kernel::MerchantId) {
    let cx = Cx::system(merchant, app.app.clock.now(), app.app.random.clone());
    let rule = OfferRule::Ladder { steps: vec![LadderStep { threshold: Money(100), off: Money(100) }] };
    let mut offer = Offer::new(cx.id(), "限量", rule);
    offer.budget = Budget { count: Some(1_000), money: Some(Money(1_000_000)) };
    offer.per_member = Some(PerMember { max: 1_000, period: UsePeriod::Month });
    let draft = OfferDraft { offer, state: OfferState::Published, version: None };
    let made = app.db().write(&(&cx, draft), |tx, (cx, draft)| Box::pin(shuke_offer::offer::ops::create(tx, cx, draft))).await;
    made.unwrap();
}

async fn cost(kind: Kind, limited: bool) {
    let app = TestApp::start(kind, shuke_sales::routes(), Box::new(OrgAuthenticator)).await;
    let stall = stall(&app.app, &Size::default()).await.unwrap();
    if limited {
        limited_offer(&app, stall.merchant).await;
    }
    let half = if limited { 4_400 } else { 4_450 };
    let mut used = shuke_db::Counts::default();
    // The first sale loads the book and prepares its statements; the second is what every sale costs.
    for _ in 0..2 {
        let cx = Cx::system(stall.merchant, app.app.clock.now(), app.app.random.clone());
        let caller = Caller { cx, role: Role::Owner, stores: None, permissions: Permissions::of_role(Role::Owner), name: String::new() };
        let payment = |tender, amount| Payment { tender, amount: Money(amount), refunded: Money::ZERO };
        let cart = Checkout {
            id: caller.cx.id(),
            store: stall.store,
            till: None,
            member: Some(stall.members[0].member),
            channel: Channel::Till,
            lines: [0, 1]
                .map(|index| CheckoutLine { variant: stall.variants[index], quantity_milli: 1_000, gift: None, seller: None })
                .to_vec(),
            coupons: CouponChoice::Selected { coupons: vec![stall.members[0].coupon] },
            points: PointsChoice::Exact { points: Points(100) },
            points_kind: None,
            payments: vec![payment(Tender::Wallet, half), payment(Tender::Cash, half)],
            prepaid: shuke_sales::order::Prepaid::default(),
            expected_total: Some(Money(2 * half)),
            identity: Default::default(),
        };
        let books = app.app.slot::<Books>();
        let key = IdempotencyKey { key: caller.cx.uuid().to_string(), fingerprint: "cost".to_owned() };
        let before = app.db().counts();
        let input = (&*books, &cart);
        once(&app.app, &caller, &key, &input, |tx, caller, (books, cart)| Box::pin(checkout(tx, &caller.cx, books, cart))).await.unwrap();
        used = app.db().counts().since(before);
    }
    println!("{used:?}");
    let (joined, trips) = if kind == Kind::Postgres { (JOINED_POSTGRES, TRIPS_POSTGRES) } else { (0, 0) };
    assert!(used.statements <= STATEMENTS_MAX - joined + if limited { LIMITED_OFFER } else { 0 }, "{used:?}");
    assert_eq!((used.trips, used.transactions, used.commits), (trips, 1, 1));
}

#[test]
fn a_sale_takes_no_more_statements_than_this_on_sqlite() {
    shuke_testkit::run(cost(Kind::Sqlite, false));
}

#[test]
fn a_limited_offer_costs_statements_and_no_trip() {
    shuke_testkit::run(cost(Kind::Sqlite, true));
    shuke_testkit::run(cost(Kind::Postgres, true));
}

#[test]
fn a_sale_takes_two_round_trips_on_postgres() {
    shuke_testkit::run(cost(Kind::Postgres, false));
}
