//! The owner's first page, held against the orders.

use crate::purse::{Counter, counter};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::{Money, Random, Uuid};
use shuke_loyalty::rule::Channel;
use shuke_member::MemberId;
use shuke_org::StoreId;
use shuke_sales::order::import::{self, PastKind, PastLine, PastOrder};
use shuke_testkit::scenario;

impl Counter {
    /// The first page, after the readers have come as far as the till.
    async fn figures(&self, query: &str) -> Value {
        self.follow().await;
        self.owner.get(&format!("/api/v1/figures?{query}")).await.ok()
    }
    async fn sold_to(&self, member: Option<Uuid>, pieces: i64) -> Value {
        let mut cart = self.cart(&[(0, pieces)]);
        cart["member"] = json!(member);
        self.sell(&cart, pieces * if member.is_some() { 4_750 } else { 5_000 }).await
    }
}

fn numbers(found: &Value, names: &[&str]) -> Vec<i64> {
    let number = |name: &&str| {
        let number = found[*name].as_i64();
        assert!(number.is_some(), "{name} of {found}");
        number.unwrap_or_default()
    };
    names.iter().map(number).collect()
}

scenario! {
    setup = counter;

    /// A figure would be off by a refund, a passer-by or a day.
    async fn the_first_page_says_what_was_done(shop) {
        let (a, b) = (shop.member(0), shop.member(1));
        let before = shop.sold_to(Some(a), 1).await;
        shop.app.advance_days(1);
        shop.sold_to(Some(a), 2).await;
        let order = shop.sold_to(Some(b), 1).await;
        shop.sold_to(None, 1).await;
        shop.app.advance_ms(2 * 3_600_000);
        shop.sold_to(Some(a), 1).await;
        shop.take_back(&order, &[(0, 1)]).await;
        shop.take_back(&before, &[]).await;
        let top_up = json!({ "id": shop.uuid(), "member": b, "store": shop.stall.store, "amount": 10_000, "tender": "alipay" });
        shop.cashier.post("/api/v1/top-ups", &top_up).await.ok();
        shop.owner.post("/api/v1/members", &json!({ "name": "新人", "store": shop.stall.store })).await.ok();

        let page = shop.figures("").await;
        let now = &page["figures"];
        assert_eq!((&page["from"], &page["before_from"]), (&json!("2026-11-23"), &json!("2026-11-22")));
        assert_eq!(numbers(now, &["orders", "amount", "undone", "refunds", "refunded"]), [4, 9_500 + 4_750 + 5_000 + 4_750, 1, 2, 9_500]);
        assert_eq!(numbers(now, &["sold", "received", "consumed", "prepaid_sold"]), [24_000 - 9_500, 24_000 - 9_500 + 10_000, 0, 10_000]);
        // The second member's order was taken back: one buyer is left, with two orders, and a passer-by.
        assert_eq!(numbers(now, &["buyers", "repeat_buyers", "identified_orders", "identified_ratio"]), [1, 1, 2, 6_667]);
        assert_eq!(numbers(now, &["repurchase_ratio", "frequency_milli", "average", "new_members"]), [10_000, 2_000, 6_000, 1]);
        assert_eq!(numbers(now, &["members", "purchase_rate"]), [3, 3_333]);
        // Yesterday's money stays; that its order is undone is told at its own day.
        assert_eq!(numbers(&page["before"], &["orders", "amount", "undone", "sold", "buyers"]), [1, 4_750, 1, 4_750, 0]);
        let hours: Vec<(i64, i64)> = page["hours"].as_array().unwrap().iter().map(|hour| (hour["hour"].as_i64().unwrap(), hour["orders"].as_i64().unwrap())).collect();
        assert_eq!(hours, [(10, 3), (12, 1)], "in the store's zone");
        assert_eq!((page["days"].as_array().unwrap().len(), &page["days"][0]["sold"], &page["days"][0]["new_members"]), (1, &json!(14_500), &json!(1)));
        assert_eq!((&page["stores"][0]["store"], &page["stores"][0]["received"]), (&json!(shop.stall.store), &json!(24_500)));
        let goods = &page["goods"][0];
        assert_eq!((&goods["quantity_milli"], &goods["amount"]), (&json!(3_000), &json!(24_000 - 9_500)));
        let manager = shop.app.as_token(shop.stall.shop.token(Role::Manager));
        manager.get(&format!("/api/v1/figures?store={}", shop.stall.shop.other_store)).await.refused(403, "store_not_yours");
        let elsewhere = shop.figures(&format!("store={}", shop.stall.shop.other_store)).await;
        assert_eq!(numbers(&elsewhere["figures"], &["orders", "sold", "new_members", "buyers"]), [0, 0, 0, 0]);
        shop.sound().await;
        for (hand, check) in [
            ("UPDATE figure_buyer SET orders = orders + 1 WHERE merchant_id = $1", "figure_buyer"),
            ("UPDATE figure_goods SET quantity_milli = quantity_milli + 1 WHERE merchant_id = $1", "figure_goods"),
            ("UPDATE figure_hour SET undone = undone + 1 WHERE merchant_id = $1", "figure_hour"),
        ] {
            assert_eq!(shop.broken_by(hand).await.as_deref(), Some(check));
        }
    }

    /// Whoever claims an order or is merged would be counted twice, or not at all.
    async fn buyers_are_those_the_orders_say(shop) {
        let (a, b) = (shop.member(0), shop.member(1));
        let nobodys = shop.sold_to(None, 1).await;
        shop.sold_to(Some(b), 1).await;
        shop.owner.post("/api/v1/claims", &json!({ "order": nobodys["id"], "buyer": { "kind": "known", "member": a } })).await.ok();
        let page = shop.figures("").await;
        assert_eq!(numbers(&page["figures"], &["orders", "buyers", "identified_orders"]), [2, 2, 2], "a claim is no second sale");
        let merge = json!({ "survivor": a, "absorbed": b, "reason": "同一人" });
        let merge = shop.owner.post("/api/v1/merges", &merge).await.ok();
        // A sale that was under way to the one who was merged follows by its event.
        let page = shop.figures("").await;
        assert_eq!(numbers(&page["figures"], &["buyers", "repeat_buyers", "identified_orders", "members"]), [1, 1, 2, 1]);
        shop.sound().await;
        shop.owner.post(&format!("/api/v1/merges/{}/undo", merge["id"].as_str().unwrap()), &json!({})).await.ok();
        let page = shop.figures("").await;
        assert_eq!(numbers(&page["figures"], &["buyers", "repeat_buyers"]), [2, 0]);
        shop.sound().await;
    }

    /// Orders of another system would be missing, or be counted with every batch again.
    async fn imported_orders_are_counted_with_their_import(shop) {
        let products = shop.owner.get("/api/v1/products").await.ok();
        let product: Uuid = products["items"][0]["id"].as_str().unwrap().parse().unwrap();
        let line = |pieces: i64| PastLine {
            product,
            variant: shop.variant(0),
            name: "旧".to_owned(),
            sku: "OLD".to_owned(),
            quantity_milli: pieces * 1_000,
            unit_price: Money(100),
            amount: Money(pieces * 100),
        };
        let at = shop.app.clock.now().plus_ms(-86_400_000);
        let past = |kind, id: Uuid, pieces: i64| PastOrder {
            id,
            kind,
            number: id.to_string(),
            store: StoreId(shop.stall.store),
            member: Some(MemberId(shop.member(0))),
            channel: Channel::Till,
            at,
            date: "2026-11-21".parse().unwrap(),
            lines: vec![line(pieces)],
            before: None,
        };
        let (import, order) = (shop.uuid(), shop.uuid());
        let first = vec![past(PastKind::Sale, order, 5), past(PastKind::Return, shop.uuid(), 2)];
        let write = async |orders: Vec<PastOrder>| {
            let input = (shop.cx(), import, orders);
            shop.app.db().write(&input, |tx, (cx, import, orders)| Box::pin(import::write(tx, cx, *import, orders))).await.unwrap();
        };
        write(first).await;
        let head = async |id: Uuid| {
            let input = (shop.stall.merchant, id);
            let found = shop.app.db().read(&input, |tx, (merchant, id)| Box::pin(async move { import::heads(tx, *merchant, PastKind::Sale, &[*id]).await }));
            found.await.unwrap().remove(&id)
        };
        // The rest of an order comes in the next batch.
        let rest = PastOrder { before: head(order).await, ..past(PastKind::Sale, order, 3) };
        write(vec![rest]).await;
        let page = shop.figures("from=2026-11-21&to=2026-11-21").await;
        let found = numbers(&page["figures"], &["orders", "amount", "refunds", "refunded", "buyers", "identified_orders"]);
        assert_eq!(found, [1, 800, 1, 200, 1, 1]);
        assert_eq!((&page["goods"][0]["quantity_milli"], &page["goods"][0]["amount"]), (&json!(6_000), &json!(600)));
        shop.sound().await;
    }

    /// However sales and refunds fall, the figures are what the orders add up to.
    async fn figures_agree_with_the_orders(shop) {
        let random = Random::seeded(11);
        let mut orders = Vec::new();
        for _ in 0..20 {
            let member = [Some(shop.member(0)), Some(shop.member(1)), None][usize::try_from(random.below(3)).unwrap()];
            let pieces = 1 + i64::try_from(random.below(3)).unwrap();
            orders.push(shop.sold_to(member, pieces).await);
            if random.below(2) == 0 {
                let order = &orders[usize::try_from(random.below(orders.len() as u64)).unwrap()];
                let body = json!({ "id": shop.uuid(), "order": order["id"], "reason": "试", "lines": [{ "line": 0, "quantity_milli": 300 }] });
                shop.owner.post("/api/v1/refunds", &body).await;
            }
            shop.app.advance_ms(i64::try_from(random.below(9)).unwrap() * 3_600_000);
        }
        shop.follow().await;
        shop.sound().await;
        for order in &orders {
            let body = json!({ "id": shop.uuid(), "order": order["id"], "reason": "试", "lines": [] });
            shop.owner.post("/api/v1/refunds", &body).await.ok();
        }
        let page = shop.figures("from=2026-11-22&to=2026-12-20").await;
        let all = numbers(&page["figures"], &["orders", "undone", "amount", "refunded", "buyers", "sold", "received"]);
        assert_eq!((all[0], all[1], all[4], all[5], all[6]), (20, 20, 0, 0, 0));
        assert_eq!(all[2], all[3], "everything was given back");
        assert_eq!(page["goods"], json!([]));
        shop.sound().await;
    }

    /// Nobody would see what needs a hand today.
    async fn alerts_name_what_needs_a_hand(shop) {
        shop.owner.put("/api/v1/settings/shift", &json!({ "mode": "optional" })).await.ok();
        let shift = json!({ "id": shop.uuid(), "till": shop.stall.shop.till, "opening": 0 });
        shop.cashier.post("/api/v1/shifts", &shift).await.ok();
        shop.owner.put("/api/v1/settings/wallet", &json!({ "expiry": { "principal_months": 1 } })).await.ok();
        let top_up = json!({ "id": shop.uuid(), "member": shop.member(0), "store": shop.stall.store, "amount": 10_000, "tender": "cash" });
        shop.cashier.post("/api/v1/top-ups", &top_up).await.ok();
        let page = shop.figures("").await;
        assert_eq!((&page["alerts"]["open_shifts"], &page["alerts"]["low_stock_count"]), (&json!([]), &json!(0)));
        shop.app.advance_days(2);
        shop.sold_to(None, 99).await;
        let page = shop.figures("low_milli=1000").await;
        let alerts = &page["alerts"];
        assert_eq!((&alerts["open_shifts"][0]["shift"], &alerts["low_stock_count"]), (&shift["id"], &json!(1)));
        assert_eq!((&alerts["low_stock"][0]["variant"], &alerts["low_stock"][0]["on_hand_milli"]), (&json!(shop.variant(0)), &json!(1_000)));
        assert_eq!(alerts["ending"], json!([{ "kind": "principal", "holders": 1, "amount": 10_000 }]));
    }

    /// A card that is passed around would not be seen; a household's would be. What was taken back, and what was an hour
    /// later elsewhere, is nobody's fault.
    async fn a_card_that_is_passed_around_is_told(shop) {
        let (a, b, elsewhere) = (shop.member(0), shop.member(1), shop.stall.shop.other_store);
        let receipt = json!({ "store": elsewhere, "supplier": "厂", "lines": [{ "variant": shop.variant(0), "quantity_milli": 50_000 }] });
        shop.owner.post("/api/v1/stock/receipts", &receipt).await.ok();
        let told = |page: &Value| page["alerts"]["cards"].as_array().unwrap().clone();
        let at = async |member: Uuid, store: Value| {
            let mut cart = shop.cart(&[(0, 1)]);
            (cart["member"], cart["store"]) = (json!(member), store);
            let body = [("id", json!(shop.uuid())), ("payments", json!([{ "tender": "cash", "amount": 4_750 }]))];
            body.into_iter().for_each(|(name, value)| cart[name] = value);
            shop.owner.post("/api/v1/orders", &cart).await.ok()
        };
        let here = json!(shop.stall.store);
        at(a, here.clone()).await;
        shop.app.advance_ms(20 * 60_000);
        at(a, json!(elsewhere)).await;
        assert_eq!(told(&shop.figures("").await), [Value::Null; 0]);
        shop.app.advance_ms(19 * 60_000);
        let back = at(a, here.clone()).await;
        let page = shop.figures("").await;
        let shown = &told(&page)[0];
        assert_eq!((&shown["member"], &shown["orders"], &shown["signs"]), (&json!(a), &json!(3), &json!(["two_places"])));
        assert_eq!((&shown["stores"], &shown["day"]), (&json!([here, elsewhere]), &page["from"]));
        assert!(shown["number"].as_str().is_some_and(|number| !number.is_empty()));
        // Of one store alone there is nothing to see, and no more where the order was taken back.
        assert_eq!(told(&shop.figures(&format!("store={elsewhere}")).await), [Value::Null; 0]);
        shop.take_back(&back, &[]).await;
        assert_eq!(told(&shop.figures("").await), [Value::Null; 0]);

        let often = json!({ "orders_day_max": 2, "apart_minutes": 0 });
        shop.owner.put("/api/v1/settings/identity", &often).await.ok();
        for _ in 0..3 {
            at(b, here.clone()).await;
        }
        let page = shop.figures("").await;
        assert_eq!((told(&page).len(), &told(&page)[0]["member"], &told(&page)[0]["signs"]), (1, &json!(b), &json!(["many_orders"])));
        // Who lets somebody else use the card is meant to.
        let cards = format!("/api/v1/members/{b}/cards");
        let card = shop.owner.post(&cards, &json!({ "kind": "physical", "number": "FAMILY01" })).await.ok();
        let card = format!("{cards}/{}", card["id"].as_str().unwrap());
        shop.owner.put(&format!("{card}/sharing"), &json!({ "shared_max": 1 })).await.ok();
        shop.owner.post(&format!("{card}/shares"), &json!({ "member": a })).await.ok();
        assert_eq!(told(&shop.figures("").await), [Value::Null; 0]);
        shop.owner.put("/api/v1/settings/identity", &json!({ "apart_minutes": 1_441 })).await.refused(400, "identity_policy_invalid");
    }

    /// A member who said no would be counted as reachable.
    async fn who_can_be_reached_is_who_consents(shop) {
        let consents = |yes: bool| json!({ "channels": { "sms": yes, "wechat": true } });
        shop.owner.put(&format!("/api/v1/members/{}/consents", shop.member(0)), &consents(true)).await.ok();
        shop.owner.put(&format!("/api/v1/members/{}/consents", shop.member(1)), &consents(false)).await.ok();
        let found = shop.owner.get("/api/v1/figures/reach").await.ok();
        let of = |channel: &str| found["channels"].as_array().unwrap().iter().find(|row| row["channel"] == channel).unwrap().clone();
        assert_eq!(found["members"], 2);
        assert_eq!((&of("sms")["members"], &of("sms")["ratio"], &of("wechat")["members"]), (&json!(1), &json!(5_000), &json!(2)));
        assert_eq!(of("email")["members"], 0);
    }
}
