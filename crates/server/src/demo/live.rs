//! Living a day: the plan's steps through the real operations.
//!
//! Who has nothing to do with another acts at the same time, so that sales share commits; one
//! member's steps follow one another. Every operation draws its ids from a stream of its own, so
//! that the day can be lived again after an interruption: what is there already is left alone.

use super::dice::{Dice, random, uuid};
use super::open::{self, terms_version, variant_id};
use super::person::Person;
use super::policy::{PLANS, Rules};
use super::script::{Day, Reason, Script, Step, Task, Visit};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use shuke_db::Tx;
use shuke_http::AppInner;
use shuke_jobs::event;
use shuke_kernel::time::add_days;
use shuke_kernel::{Actor, Cx, Date, Error, Instant, Kind, MerchantId, Money, Result, Uuid, Zone};
use shuke_ledger::journal::ops::Adjustment;
use shuke_ledger::{AccountKind, LotTerms, journal};
use shuke_loyalty::coupon::{self, Issue};
use shuke_loyalty::rule::Channel;
use shuke_loyalty::wallet::ops::TopUpDraft;
use shuke_loyalty::wallet::{self, WalletParts};
use shuke_member::consent::{ConsentChannel, Consents};
use shuke_member::dependent::{DependentDraft, Relation};
use shuke_member::member::{self, EnrolRequest, Region};
use shuke_member::{Ground, MemberId, TagId, tag};
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::{StaffId, StoreId, TillId};
use shuke_sales::book::Books;
use shuke_sales::order::model::{Checkout, CheckoutLine, OrderId, Payment, Tender};
use shuke_sales::quote::facts::{Ask, gather};
use shuke_sales::refund::{RefundAsk, RefundId, RefundLine, refund};
use shuke_sales::stock::ops::{NewReceipt, ReceiptLine};
use shuke_sales::{order, stock};

/// Customers who are served at the same time: enough to share commits, few enough to keep order.
const CUSTOMERS_MAX: usize = 48;
/// Members that one issue of coupons serves.
const ISSUED_MAX: usize = 500;

/// A store as sales need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    /// The store.
    pub(super) store: StoreId,
    /// Its till.
    pub(super) till: TillId,
    /// Who sells there.
    pub(super) cashier: StaffId,
}

/// A shop in which days are lived.
pub(super) struct Shop<'a> {
    /// Database and vault.
    pub(super) app: &'a AppInner,
    /// The shop.
    pub(super) merchant: MerchantId,
    /// Its zone.
    pub(super) zone: &'a Zone,
    /// What happens.
    pub(super) script: &'a Script,
    /// Its stores, in the plan's order.
    pub(super) counters: Vec<Counter>,
    /// Tags that staff give.
    pub(super) tags: Vec<TagId>,
    /// What enrolment stands on.
    pub(super) ground: Ground,
    /// The rules in memory, as the server keeps them.
    pub(super) books: &'a Books,
    /// Who gives points by hand.
    pub(super) manager: StaffId,
}

/// What a day came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    /// Members enrolled.
    pub(super) members: u64,
    /// Sales.
    pub(super) sales: u64,
    /// Refunds.
    pub(super) refunds: u64,
    /// Top-ups.
    pub(super) top_ups: u64,
}

impl Done {
    /// Both together.
    pub(super) fn add(&mut self, other: &Self) {
        self.members += other.members;
        self.sales += other.sales;
        self.refunds += other.refunds;
        self.top_ups += other.top_ups;
    }
}

#[derive(Deserialize)]
struct RefundedPayload {
    refund: Uuid,
}

/// What became of a sale.
enum Sold {
    Sold,
    WalletShort,
}

/// What a customer was shown before paying.
struct Shown {
    total: Money,
    wallet: Money,
}

impl Shop<'_> {
    fn seed(&self) -> u64 {
        self.script.story.seed
    }
    fn rules(&self) -> Rules<'_> {
        open::rules(&self.script.story, self.zone)
    }
    fn cx(&self, purpose: &str, index: u64, at: Instant, actor: Actor) -> Cx {
        Cx { merchant: self.merchant, actor, now: at, random: random(self.seed(), purpose, index) }
    }
    fn counter(&self, store: usize) -> Result<Counter> {
        self.counters.get(store).copied().ok_or_else(|| Error::internal("the demo's shop lacks a store"))
    }
    fn person(&self, place: u64) -> Result<&Person> {
        let person = usize::try_from(place).ok().and_then(|place| self.script.people.get(place));
        person.ok_or_else(|| Error::internal("the demo's plan lacks a member"))
    }

    /// The id of the member with a place. The time in it is the founding's, so that it is known
    /// before the enrolment is.
    fn member(&self, place: u64) -> MemberId {
        MemberId(uuid(self.seed(), "member", place, open::opening(&self.script.story, self.zone)))
    }
    fn order(&self, visit: &Visit) -> OrderId {
        OrderId(uuid(self.seed(), "order", visit.number, visit.at))
    }

    /// Lives a day up to closing time. `again` where it may have been begun before.
    pub(super) async fn live(&self, day: &Day, again: bool) -> Result<Done> {
        self.receive(day).await?;
        for reason in [Reason::Birthday, Reason::Monthly] {
            self.issue_many(day, reason).await?;
        }
        if day.date == Script::tag_day(&self.script.story) {
            self.define_tags(day).await?;
        }
        let served = stream::iter(&day.tasks).map(|task| self.serve(task, again)).buffer_unordered(CUSTOMERS_MAX);
        served
            .try_fold(Done::default(), |mut done, one| async move {
                done.add(&one);
                Ok(done)
            })
            .await
    }

    async fn serve(&self, task: &Task, again: bool) -> Result<Done> {
        let mut done = Done::default();
        for (at, step) in &task.steps {
            match (step, task.member) {
                (Step::Enrol, Some(place)) => done.members += u64::from(self.enrol(place, *at).await?),
                (Step::Issue(Reason::Welcome), Some(place)) => self.welcome(place, *at).await?,
                (Step::Adjust, Some(place)) => self.adjust(place, *at).await?,
                (Step::Buy(visit), member) => self.buy(member, visit, again, &mut done).await?,
                (Step::Return(visit), member) => done.refunds += u64::from(self.give_back(member, visit, *at, again).await?),
                _ => {}
            }
        }
        Ok(done)
    }

    async fn receive(&self, day: &Day) -> Result<()> {
        for (store, goods) in &day.deliveries {
            let counter = self.counter(*store)?;
            let index = day.index * 10 + u64::try_from(*store).unwrap_or(0);
            let at = self.zone.start(day.date).plus_ms(7 * 3_600_000 + 1_800_000);
            let line = |(good, pieces): &(usize, i64)| ReceiptLine {
                variant: variant_id(&self.script.story, self.zone, *good),
                quantity_milli: pieces * 1_000,
                unit_cost: None,
            };
            let receipt = NewReceipt {
                id: Some(stock::StockDocumentId(uuid(self.seed(), "receipt", index, at))),
                store: counter.store.0,
                supplier: "晨风供应链".to_owned(),
                note: String::new(),
                lines: goods.iter().map(line).collect(),
            };
            let input = (self, &receipt, index, at, counter.cashier);
            let received = self.app.db.write(&input, |tx, (shop, receipt, index, at, who)| {
                Box::pin(async move {
                    let cx = shop.cx("receipt.cx", *index, *at, Actor::Staff(who.0));
                    stock::ops::receive(tx, &cx, receipt).await.map(|_| ())
                })
            });
            done_once(received.await)?;
        }
        Ok(())
    }

    async fn define_tags(&self, day: &Day) -> Result<()> {
        let at = self.zone.start(day.date).plus_ms(9 * 3_600_000);
        for (index, draft) in (0_u64..).zip(self.rules().tag_rules()) {
            let input = (self, &draft, index, at);
            let made = self.app.db.write(&input, |tx, (shop, draft, index, at)| {
                Box::pin(async move {
                    let cx = shop.cx("tag_rule", *index, *at, Actor::Staff(shop.manager.0));
                    tag::ops::create(tx, &cx, draft).await.map(|_| ())
                })
            });
            done_once(made.await)?;
        }
        Ok(())
    }

    /// Issues the coupons of the first of a month.
    async fn issue_many(&self, day: &Day, reason: Reason) -> Result<()> {
        let step = Step::Issue(reason);
        let wants = |task: &&Task| task.steps.iter().any(|(_, wanted)| *wanted == step);
        let members: Vec<Uuid> = day.tasks.iter().filter(wants).filter_map(|task| task.member).map(|place| self.member(place).0).collect();
        let at = self.zone.start(day.date).plus_ms(8 * 3_600_000);
        let (name, kind) = match reason {
            Reason::Birthday => ("birthday", "birthday"),
            _ => ("monthly", "campaign"),
        };
        for (nth, some) in (0_u64..).zip(members.chunks(ISSUED_MAX)) {
            self.issue(name, kind, reason, day.index * 100 + nth, some, at).await?;
        }
        Ok(())
    }

    async fn welcome(&self, place: u64, at: Instant) -> Result<()> {
        self.issue("welcome", "enrolment", Reason::Welcome, place, &[self.member(place).0], at).await
    }

    async fn issue(&self, purpose: &str, kind: &str, reason: Reason, index: u64, members: &[Uuid], at: Instant) -> Result<()> {
        let issue = Issue {
            template: self.rules().template_of(reason),
            members,
            count: 1,
            source_kind: kind,
            source: uuid(self.seed(), purpose, index, at),
            today: self.zone.date(at),
        };
        let cx_of = format!("{purpose}.cx");
        let input = (self, &issue, cx_of.as_str(), index, at);
        self.app
            .db
            .write(&input, |tx, (shop, issue, purpose, index, at)| {
                Box::pin(async move {
                    let cx = shop.cx(purpose, *index, *at, Actor::System);
                    coupon::issue_missing(tx, &cx, issue).await.map(|_| ())
                })
            })
            .await
    }

    /// Enrols a member; false where it was done before.
    async fn enrol(&self, place: u64, at: Instant) -> Result<bool> {
        let person = self.person(place)?;
        let counter = self.counter(person.store)?;
        let request = self.request(person, counter.store, self.zone.date(at));
        // Two who enrol at once may draw the same number; the second one draws again.
        let mut tries = 0;
        loop {
            let input = (self, &request, place, at, counter.cashier, tries);
            let enrolled = self.app.db.write(&input, |tx, (shop, request, place, at, who, tries)| {
                Box::pin(async move {
                    let cx = shop.cx("member.cx", place * 100 + tries, *at, Actor::Staff(who.0));
                    let enrol = request.parse(&shop.ground, shop.ground.today(&cx))?;
                    member::ops::enrol(tx, &cx, &shop.app.vault, &shop.ground, &enrol).await.map(|_| ())
                })
            });
            match enrolled.await {
                Err(error) if error.code().starts_with("member_number") && tries < 10 => tries += 1,
                Err(error) if error.code() == "member_phone_taken" => return Ok(false),
                other => return done_once(other),
            }
        }
    }

    fn request(&self, person: &Person, store: StoreId, today: Date) -> EnrolRequest {
        let dice = Dice::of(self.seed(), "request", person.place);
        let child = |child: &super::person::Child| DependentDraft {
            relation: Relation::Child,
            name: child.name.map(str::to_owned),
            gender: child.gender,
            born_on: (child.born_on <= today).then_some(child.born_on),
            due_on: (child.born_on > today).then_some(child.born_on),
        };
        let region =
            Region {
                province: Some("上海市".to_owned()), city: Some("上海市".to_owned()), district: Some(person.district.to_owned())
            };
        let consents: Consents = [(ConsentChannel::Sms, person.consents), (ConsentChannel::Wechat, true)].into();
        EnrolRequest {
            id: Some(self.member(person.place)),
            phone: Some(person.mobile.clone()),
            name: Some(person.name.clone()),
            birthday: person.birthday.map(|day| day.to_string()),
            birthday_lunar: person.lunar,
            gender: Some(person.gender),
            region,
            source: Some(person.source.to_owned()),
            store: Some(store),
            dependents: person.children.iter().map(child).collect(),
            tags: self.tags.iter().filter(|_| dice.chance(50)).copied().collect(),
            fields: person.fields.clone(),
            consents,
            terms_version: Some(terms_version(&self.script.story)),
            ..EnrolRequest::default()
        }
    }

    /// Points from the manager, for something that went wrong.
    async fn adjust(&self, place: u64, at: Instant) -> Result<()> {
        let index =
            place * 100_000 + u64::try_from(shuke_kernel::time::days_between(self.script.story.first, self.zone.date(at))).unwrap_or(0);
        let dice = Dice::of(self.seed(), "adjust", index);
        let reason = dice.pick(&["上次小票漏积分", "等候时间长，致歉", "活动积分补录"]).copied().unwrap_or("补录");
        let adjustment = Adjustment {
            id: uuid(self.seed(), "adjustment", index, at),
            member: self.member(place).0,
            kind: AccountKind::Points,
            amount: dice.between(1, 6) * 50,
            terms: LotTerms::until(at, Some(add_days(self.zone.date(at), 365)), self.zone),
            store: None,
            reason: reason.to_owned(),
        };
        let input = (self, &adjustment, index, at);
        let adjusted = self.app.db.write(&input, |tx, (shop, adjustment, index, at)| {
            Box::pin(async move {
                let cx = shop.cx("adjustment.cx", *index, *at, Actor::Staff(shop.manager.0));
                journal::ops::adjust(tx, &cx, adjustment).await.map(|_| ())
            })
        });
        done_once(adjusted.await).map(|_| ())
    }

    /// Whether the log knows something of an order.
    async fn known(&self, order: OrderId, what: &str, refund: Option<Uuid>) -> Result<bool> {
        let input = (self.merchant, order.0);
        let events = self.app.db.read(&input, |tx, (merchant, order)| Box::pin(event::of_subject(tx, *merchant, *order, 20))).await?;
        let same = |event: &event::StoredEvent| match refund {
            Some(id) => event.read::<RefundedPayload>().is_ok_and(|payload| payload.refund == id),
            None => true,
        };
        Ok(events.iter().any(|event| event.kind == what && same(event)))
    }

    async fn buy(&self, member: Option<u64>, visit: &Visit, again: bool, done: &mut Done) -> Result<()> {
        let counter = self.counter(visit.store)?;
        let id = self.order(visit);
        if again && self.known(id, "sale.completed", None).await? {
            return Ok(());
        }
        let dice = Dice::of(self.seed(), "pay", visit.number);
        let line = |(good, pieces): (usize, i64)| CheckoutLine {
            variant: variant_id(&self.script.story, self.zone, good),
            quantity_milli: pieces * 1_000,
            gift: None,
            seller: None,
        };
        let checkout = Checkout {
            id,
            store: counter.store.0,
            till: Some(counter.till.0),
            member: member.map(|place| self.member(place)),
            channel: Channel::Till,
            lines: self.script.basket(member, visit).into_iter().map(line).collect(),
            coupons: if member.is_some() && dice.chance(800) { CouponChoice::Auto } else { CouponChoice::None },
            points: if member.is_some() && dice.chance(170) { PointsChoice::Max } else { PointsChoice::None },
            points_kind: None,
            payments: Vec::new(),
            prepaid: shuke_sales::order::Prepaid::default(),
            expected_total: None,
            identity: Default::default(),
        };
        let tops_up = match member {
            Some(place) => self.person(place)?.tops_up && dice.chance(650),
            None => false,
        };
        let mut outcome = self.sell(&checkout, visit, counter, tops_up).await;
        if let (Ok(Sold::WalletShort), Some(place)) = (&outcome, member) {
            done.top_ups += u64::from(self.top_up(place, visit, counter).await?);
            outcome = self.sell(&checkout, visit, counter, false).await;
        }
        match outcome {
            Ok(_) => done.sales += 1,
            // The run before was stopped while its last commit was under way.
            Err(_) if again && self.known(id, "sale.completed", None).await? => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Shows the price, takes the money and sells. `tops_up` asks to stop where the wallet can't pay all.
    async fn sell(&self, checkout: &Checkout, visit: &Visit, counter: Counter, tops_up: bool) -> Result<Sold> {
        let input = (self, checkout, visit, counter.cashier, tops_up);
        let sold = self.app.db.write(&input, |tx, (shop, checkout, visit, who, tops_up)| {
            Box::pin(async move {
                let cx = shop.cx("order.cx", visit.number, visit.at, Actor::Staff(who.0));
                let shown = shop.quote(tx, &cx, checkout).await?;
                if *tops_up && shown.wallet < shown.total {
                    return Ok(Sold::WalletShort);
                }
                let payments = pay(&shown, &Dice::of(shop.seed(), "tender", visit.number));
                let paid = Checkout { payments, expected_total: Some(shown.total), ..(*checkout).clone() };
                order::checkout(tx, &cx, shop.books, &paid).await.map(|_| Sold::Sold)
            })
        });
        sold.await
    }

    /// What the till shows: the total, and how much of it the wallet could pay.
    async fn quote(&self, tx: &mut Tx, cx: &Cx, checkout: &Checkout) -> Result<Shown> {
        let ask = Ask {
            store: checkout.store,
            member: checkout.member,
            channel: checkout.channel,
            lines: &checkout.lines,
            coupons: &checkout.coupons,
            points: checkout.points,
            points_kind: checkout.points_kind,
            order: Some(checkout.id.0),
            lock: true,
            till: None,
            all_coupons: false,
            made: false,
        };
        let facts = gather(tx, cx, self.books, &ask).await?;
        let total = facts.price(cx, &ask)?.total;
        let held = |kind| Money(facts.holdings.available(kind, cx.now));
        let balance = WalletParts { principal: held(AccountKind::Principal), bonus: held(AccountKind::Bonus) };
        Ok(Shown { total, wallet: facts.book.loyalty.wallet.payable(balance) })
    }

    async fn top_up(&self, place: u64, visit: &Visit, counter: Counter) -> Result<bool> {
        let dice = Dice::of(self.seed(), "top_up.plan", visit.number);
        let plan = dice.weighted([45, 38, 17]).min(PLANS - 1);
        let tender = dice.weighted([60, 25, 15]);
        let tenders = [wallet::TopUpTender::WechatPay, wallet::TopUpTender::Alipay, wallet::TopUpTender::BankCard];
        let at = visit.at.plus_ms(-60_000);
        let draft = TopUpDraft {
            id: uuid(self.seed(), "top_up", visit.number, at),
            member: self.member(place).0,
            store: counter.store,
            plan: Some(self.rules().plan_id(plan)),
            amount: None,
            tender: tenders.get(tender).copied().unwrap_or(wallet::TopUpTender::Cash),
            till: None,
        };
        let input = (self, &draft, visit, at, counter.cashier);
        let booked = self.app.db.write(&input, |tx, (shop, draft, visit, at, who)| {
            Box::pin(async move {
                let cx = shop.cx("top_up.cx", visit.number, *at, Actor::Staff(who.0));
                wallet::ops::top_up(tx, &cx, draft).await.map(|_| ())
            })
        });
        done_once(booked.await)
    }

    /// Brings back a purchase or part of it; false where it was done before.
    async fn give_back(&self, member: Option<u64>, visit: &Visit, at: Instant, again: bool) -> Result<bool> {
        let counter = self.counter(visit.store)?;
        let dice = Dice::of(self.seed(), "return.what", visit.number);
        let id = RefundId(uuid(self.seed(), "refund", visit.number, at));
        let order = self.order(visit);
        if again && self.known(order, "sale.refunded", Some(id.0)).await? {
            return Ok(false);
        }
        let whole = dice.chance(450);
        let lines = if whole {
            Vec::new()
        } else {
            let line = dice.index(self.script.basket(member, visit).len());
            vec![RefundLine { line: i64::try_from(line).unwrap_or(0), quantity_milli: 1_000, damaged: dice.chance(150) }]
        };
        let reason = dice.pick(&["尺码不合适", "买重了", "包装破损", "宝宝不适应", "不喜欢"]).copied().unwrap_or("退货");
        let ask = RefundAsk { id, order, lines, reason: reason.to_owned(), till: None, approval: None };
        let input = (self, &ask, visit, at, counter.cashier);
        let taken = self.app.db.write(&input, |tx, (shop, ask, visit, at, who)| {
            Box::pin(async move {
                let cx = shop.cx("refund.cx", visit.number, *at, Actor::Staff(who.0));
                refund(tx, &cx, shop.books, ask).await.map(|_| ())
            })
        });
        match taken.await {
            Ok(()) => Ok(true),
            Err(_) if again && self.known(order, "sale.refunded", Some(id.0)).await? => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The wallet pays what it can, or nothing where that is little; the rest is paid like elsewhere.
fn pay(shown: &Shown, dice: &Dice) -> Vec<Payment> {
    let from_wallet = shown.wallet.0.min(shown.total.0);
    let from_wallet = if from_wallet * 4 >= shown.total.0 { from_wallet } else { 0 };
    let tenders = [Tender::WechatPay, Tender::Alipay, Tender::Cash, Tender::BankCard];
    let tender = tenders.get(dice.weighted([54, 26, 12, 8])).copied().unwrap_or(Tender::Cash);
    let payment = |tender, amount| Payment { tender, amount: Money(amount), refunded: Money::ZERO };
    let payments = [payment(Tender::Wallet, from_wallet), payment(tender, shown.total.0 - from_wallet)];
    payments.into_iter().filter(|payment| payment.amount.is_positive()).collect()
}

/// Ok(false) where the database says that the thing is there already: it was done before an interruption.
fn done_once(outcome: Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == Kind::Conflict => Ok(false),
        Err(error) => Err(error),
    }
}
