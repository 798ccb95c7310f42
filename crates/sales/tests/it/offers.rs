//! Offers in sales: what they give, that it is counted, and that refunds give it back.

use crate::support::{Shop, whole_shop};
use futures::future::join_all;
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::{Kind, scenario};

/// A shop with goods at 100.00 and 60.00, a member, and every reader.
struct Given {
    shop: Shop,
    dear: Value,
    cheap: Value,
    member: Value,
}

async fn given(kind: Kind) -> Given {
    let shop = whole_shop(kind).await;
    let dear = shop.goods("DEAR", 10_000).await;
    let cheap = shop.goods("CHEAP", 6_000).await;
    for variant in [&dear, &cheap] {
        shop.receive(shop.org.store.0, variant, 1_000_000).await;
    }
    let member = shop.owner.post("/api/v1/members", &json!({ "phone": "13900000001", "name": "王小一" })).await.ok()["id"].clone();
    Given { shop, dear, cheap, member }
}

impl Given {
    fn uuid(&self) -> Uuid {
        self.shop.org.cx(&self.shop.app.app).uuid()
    }
    /// Publishes an offer; answers its id.
    async fn offer(&self, rule: Value, more: Value) -> Uuid {
        let id = self.uuid();
        let mut offer = json!({ "id": id, "name": "活动", "rule": rule });
        offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.shop.owner.post("/api/v1/offers", &json!({ "offer": offer, "state": "published" })).await.ok();
        id
    }
    fn line(&self, variant: &Value, pieces: i64) -> Value {
        json!({ "variant": variant, "quantity_milli": pieces * 1_000 })
    }
    async fn quote(&self, lines: &[Value]) -> Value {
        let ask = json!({ "store": self.shop.org.store, "member": self.member, "lines": lines });
        self.shop.owner.post("/api/v1/quotes", &ask).await.ok()["quote"].clone()
    }
    fn order(&self, lines: &[Value], total: i64) -> Value {
        json!({
            "id": self.uuid(), "store": self.shop.org.store, "member": self.member, "lines": lines,
            "payments": if total == 0 { json!([]) } else { json!([{ "tender": "cash", "amount": total }]) },
        })
    }
    /// Sells at the price that is quoted; answers the order.
    async fn sell(&self, lines: &[Value]) -> Value {
        let total = self.quote(lines).await["total"].as_i64().unwrap();
        self.shop.owner.post("/api/v1/orders", &self.order(lines, total)).await.ok()
    }
    async fn take_back(&self, order: &Value, lines: Value) -> Value {
        let ask = json!({ "id": self.uuid(), "order": order["id"], "reason": "试", "lines": lines });
        self.shop.owner.post("/api/v1/refunds", &ask).await.ok()
    }
    async fn used(&self, offer: Uuid) -> (i64, i64) {
        let view = self.shop.owner.get(&format!("/api/v1/offers/{offer}")).await.ok();
        (view["used"]["count"].as_i64().unwrap(), view["used"]["money"].as_i64().unwrap())
    }
    async fn verify(&self) {
        let found = self.difference().await;
        assert!(found.is_none(), "{found:?}");
    }
    async fn difference(&self) -> Option<String> {
        let merchant = self.shop.org.merchant;
        let found = self.shop.app.db().read(&merchant, |tx, merchant| shuke_offer::offer::check(tx, *merchant)).await.unwrap();
        found.map(|difference| format!("{difference:?}"))
    }
    async fn tamper(&self, text: &'static str) {
        let stmt = shuke_db::Stmt::built(text, Vec::new());
        self.shop.app.db().write(&stmt, |tx, stmt| Box::pin(tx.queue(stmt.clone()))).await.unwrap();
    }
    async fn coupons(&self) -> Vec<String> {
        let page = self.shop.owner.get(&format!("/api/v1/members/{}/coupons", self.member.as_str().unwrap())).await.ok();
        page["items"].as_array().unwrap().iter().map(|coupon| coupon["state"].as_str().unwrap().to_owned()).collect()
    }
}

fn why(quote: &Value, offer: Uuid) -> String {
    let verdict = quote["offers"].as_array().unwrap().iter().find(|verdict| verdict["offer"] == json!(offer)).unwrap();
    verdict["why_not"]["code"].as_str().unwrap_or("applies").to_owned()
}

scenario! {
    setup = given;

    /// Two people at two tills would spend one budget twice; a refund must give it back, to the cent.
    async fn a_budget_is_never_exceeded(given) {
        let offer = given.offer(json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] }), json!({ "budget": { "count": 3, "money": 2_999 } })).await;
        let orders: Vec<Value> = (0..20).map(|_| given.order(&[given.line(&given.dear, 1)], 9_000)).collect();
        let answers = join_all(orders.iter().map(|order| given.shop.owner.post("/api/v1/orders", order))).await;
        let sold: Vec<usize> = (0..20).filter(|n| answers[*n].status.is_success()).collect();
        assert_eq!(sold.len(), 2, "2999 is enough for two");
        for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            let code = answer.code().to_owned();
            assert!(code == "offer_budget_exhausted" || code == "payments_mismatch", "{code}: {}", answer.text);
        }
        assert_eq!(given.used(offer).await, (2, 2_000));
        let quote = given.quote(&[given.line(&given.dear, 1)]).await;
        assert_eq!((&quote["total"], why(&quote, offer)), (&json!(10_000), "budget_exhausted".to_owned()), "the till knows before it sells");
        given.verify().await;
        let order = &orders[sold[0]];
        given.take_back(order, json!([{ "line": 0, "quantity_milli": 500 }])).await;
        assert_eq!(given.used(offer).await, (2, 1_500), "half of the saving is free again, the use is not");
        given.take_back(order, json!([])).await;
        assert_eq!(given.used(offer).await, (1, 1_000));
        assert_eq!(given.quote(&[given.line(&given.dear, 1)]).await["total"], json!(9_000));
        given.verify().await;
    }

    /// One member would use more than one member may, at two tills at once.
    async fn a_member_has_a_limit(given) {
        let limit = json!({ "per_member": { "max": 2, "period": "month" } });
        let offer = given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 1_000 }] }), limit).await;
        let orders: Vec<Value> = (0..10).map(|_| given.order(&[given.line(&given.dear, 1)], 9_000)).collect();
        let answers = join_all(orders.iter().map(|order| given.shop.owner.post("/api/v1/orders", order))).await;
        let sold: Vec<usize> = (0..10).filter(|n| answers[*n].status.is_success()).collect();
        assert_eq!(sold.len(), 2);
        for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
            assert!(["offer_member_limit", "payments_mismatch"].contains(&answer.code()), "{}", answer.text);
        }
        assert_eq!(why(&given.quote(&[given.line(&given.dear, 1)]).await, offer), "member_limit");
        given.take_back(&orders[sold[0]], json!([])).await;
        assert_eq!(why(&given.quote(&[given.line(&given.dear, 1)]).await, offer), "applies");
        given.verify().await;
        given.shop.app.advance_days(31);
        given.sell(&[given.line(&given.dear, 1)]).await;
        given.sell(&[given.line(&given.dear, 1)]).await;
        assert_eq!(why(&given.quote(&[given.line(&given.dear, 1)]).await, offer), "member_limit", "in the next month two again");
        given.verify().await;
    }

    /// What comes back in an exchange frees the offer that made it free, so that the quote before it says too much: it is told
    /// as the difference that it is, though nothing was carried.
    async fn what_comes_back_frees_its_offer_for_what_goes_out(given) {
        let limit = json!({ "per_member": { "max": 1, "period": "month" } });
        given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 10_000 }] }), limit).await;
        let free = given.sell(&[given.line(&given.cheap, 1)]).await;
        assert_eq!(free["total"], json!(0));
        assert_eq!(given.quote(&[given.line(&given.dear, 1)]).await["total"], json!(10_000), "the member has had it this month");
        let refund = json!({ "id": given.uuid(), "order": free["id"], "reason": "试", "lines": [] });
        let ask = |total| json!({ "id": given.uuid(), "refund": refund, "sale": given.order(&[given.line(&given.dear, 1)], total) });
        given.shop.owner.post("/api/v1/exchanges", &ask(10_000)).await.refused(422, "difference_mismatch");
        let made = given.shop.owner.post("/api/v1/exchanges", &ask(0)).await.ok();
        assert_eq!((&made["order"]["total"], &made["exchange"]["carried"], &made["exchange"]["paid"]), (&json!(0), &json!(0), &json!(0)));
        given.take_back(&made["order"], json!([])).await;
        given.verify().await;
    }

    /// The first purchase is the first once; when everything of it comes back it is the first again.
    async fn a_first_purchase_is_the_first(given) {
        let offer = given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 5_000 }] }), json!({ "first_purchase": true })).await;
        let lines = [given.line(&given.dear, 2)];
        let pair: Vec<Value> = (0..2).map(|_| given.order(&lines, 10_000)).collect();
        let answers = join_all(pair.iter().map(|order| given.shop.owner.post("/api/v1/orders", order))).await;
        let won: Vec<usize> = (0..2).filter(|n| answers[*n].status.is_success()).collect();
        assert_eq!(won.len(), 1, "two first orders at once");
        assert_eq!(why(&given.quote(&lines).await, offer), "not_first_purchase");
        given.take_back(&pair[won[0]], json!([{ "line": 0, "quantity_milli": 1_000 }])).await;
        assert_eq!(why(&given.quote(&lines).await, offer), "not_first_purchase", "something was kept");
        given.take_back(&pair[won[0]], json!([])).await;
        assert_eq!(why(&given.quote(&lines).await, offer), "applies");
        given.verify().await;
        let other = given.sell(&[given.line(&given.cheap, 1)]).await;
        assert_eq!(other["offers"][0]["version"], json!(1), "an order keeps the version that priced it");
    }

    /// A birthday is celebrated once, in its days, lunar or not; a stranger has none.
    async fn a_birthday_counts_once_a_year(given) {
        let terms = json!({ "birthday": { "days_before": 3, "days_after": 3 } });
        let offer = given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 2_000 }] }), terms).await;
        let lines = [given.line(&given.dear, 1)];
        assert_eq!(why(&given.quote(&lines).await, offer), "birthday_unknown");
        let path = format!("/api/v1/members/{}", given.member.as_str().unwrap());
        given.shop.owner.patch(&path, &json!({ "birthday": "1990-12-01" })).await.ok();
        assert_eq!(why(&given.quote(&lines).await, offer), "not_around_birthday", "22 November");
        // 农历十月十五 of 2026 is 23 November.
        given.shop.owner.patch(&path, &json!({ "birthday": "1990-10-15", "birthday_lunar": true })).await.ok();
        assert_eq!(given.quote(&lines).await["total"], json!(8_000));
        let order = given.sell(&lines).await;
        assert_eq!(why(&given.quote(&lines).await, offer), "member_limit");
        given.take_back(&order, json!([])).await;
        given.sell(&lines).await;
        given.shop.app.advance_days(380);
        assert_eq!(why(&given.quote(&lines).await, offer), "not_around_birthday", "7 December 2027, the lunar day was 12 November");
        given.verify().await;
    }

    /// A new customer is shown good products, as long as they are new.
    async fn starter_picks_are_for_the_new(given) {
        let product = given.shop.product(json!({ "name": "明星产品", "kind": "goods", "variants": [{ "sku": "STAR", "price": 100, "cost": 50 }] })).await;
        let settings = json!({ "visits_max": 1, "products": [product["id"], given.uuid()] });
        given.shop.owner.put("/api/v1/settings/starter-picks", &settings).await.ok();
        given.shop.cashier.put("/api/v1/settings/starter-picks", &settings).await.refused(403, "permission_missing");
        let path = format!("/api/v1/members/{}/starter-picks", given.member.as_str().unwrap());
        let shown = given.shop.cashier.get(&path).await.ok();
        assert_eq!((shown["visits_left"].as_i64(), &shown["products"][0]["name"], shown["products"].as_array().unwrap().len()), (Some(1), &json!("明星产品"), 1));
        assert_eq!(shown["products"][0]["variants"][0]["cost"], Value::Null);
        given.sell(&[given.line(&given.dear, 1)]).await;
        given.shop.app.step().await;
        assert_eq!(given.shop.owner.get(&path).await.ok()["products"], json!([]));
        given.shop.rival.get(&path).await.refused(404, "member_not_found");
    }

    /// Somebody would have a birthday every month.
    async fn a_birthday_is_changed_so_often(given) {
        given.shop.owner.put("/api/v1/settings/member", &json!({ "country": "CN", "birthday_edits_max": 1 })).await.ok();
        let path = format!("/api/v1/members/{}", given.member.as_str().unwrap());
        for birthday in ["1990-05-01", "1990-06-01"] {
            given.shop.owner.patch(&path, &json!({ "birthday": birthday })).await.ok();
        }
        given.shop.owner.patch(&path, &json!({ "birthday": "1990-06-01", "name": "王小二" })).await.ok();
        given.shop.owner.patch(&path, &json!({ "birthday": "1990-11-22" })).await.refused(422, "birthday_edits_used_up");
        given.shop.owner.patch(&path, &json!({ "birthday": null })).await.refused(422, "birthday_edits_used_up");
    }

    /// Members with the tag have it, others not.
    async fn a_tag_opens_an_offer(given) {
        let tag = given.shop.owner.post("/api/v1/tags", &json!({ "name": "贵宾" })).await.ok()["id"].clone();
        let offer = given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 2_000 }] }), json!({ "tags": [tag] })).await;
        let lines = [given.line(&given.dear, 1)];
        assert_eq!(why(&given.quote(&lines).await, offer), "wrong_tag");
        given.shop.owner.patch(&format!("/api/v1/tags/{}/members", tag.as_str().unwrap()), &json!({ "give_to": [given.member] })).await.ok();
        assert_eq!(given.quote(&lines).await["total"], json!(8_000));
    }

    /// A gift is free where it was earned, and refused where it was not; its stock is taken.
    async fn a_gift_is_chosen(given) {
        let gifts = json!([{ "variant": given.cheap, "pieces": 1 }]);
        let offer = given.offer(json!({ "kind": "gift", "threshold": 20_000, "gifts": gifts }), json!({ "budget": { "count": 1 } })).await;
        let mut gift = given.line(&given.cheap, 1);
        gift["gift"] = json!(offer);
        let two = [given.line(&given.dear, 2)];
        let offered = given.quote(&two).await;
        assert_eq!((&offered["total"], &offered["offers"][0]["gifts"]["choose"]), (&json!(20_000), &json!(1)), "the till asks to choose");
        let with = [given.line(&given.dear, 2), gift.clone()];
        assert_eq!(given.quote(&with).await["total"], json!(20_000));
        let order = given.sell(&with).await;
        assert_eq!((&order["lines"][1]["net"], &order["savings"][0]["reason"]["code"]), (&json!(0), &json!("gift")));
        assert_eq!(given.shop.on_hand(given.shop.org.store.0, &given.cheap).await, 999_000);
        assert_eq!(given.used(offer).await, (1, 6_000));
        let greedy = given.order(&with, 26_000);
        given.shop.owner.post("/api/v1/orders", &greedy).await.refused(422, "gift_not_earned");
        let short = given.order(&[given.line(&given.dear, 1), gift], 16_000);
        given.shop.owner.post("/api/v1/orders", &short).await.refused(422, "gift_not_earned");
        given.take_back(&order, json!([])).await;
        assert_eq!(given.used(offer).await, (0, 0));
        given.verify().await;
    }

    /// Coupons for the next order come after the sale, once, and go with it where nobody used them.
    async fn coupons_for_the_next_order_come_and_go(given) {
        let terms = json!({ "benefit": { "kind": "amount", "off": 500 }, "validity": { "kind": "relative", "days": 30 } });
        let template = json!({ "id": given.uuid(), "name": "下次减5", "terms": terms, "state": "published" });
        given.shop.owner.post("/api/v1/coupon-templates", &template).await.ok();
        given.offer(json!({ "kind": "coupon", "threshold": 15_000, "template": template["id"], "count": 2 }), json!({})).await;
        let quote = given.quote(&[given.line(&given.dear, 2)]).await;
        assert_eq!((&quote["total"], &quote["offers"][0]["coupons"]["count"]), (&json!(20_000), &json!(2)));
        let order = given.sell(&[given.line(&given.dear, 2)]).await;
        assert!(given.coupons().await.is_empty(), "not before the sale is done");
        given.shop.app.step().await;
        given.shop.app.step().await;
        assert_eq!(given.coupons().await, ["active", "active"]);
        given.take_back(&order, json!([{ "line": 0, "quantity_milli": 500 }])).await;
        given.shop.app.step().await;
        assert_eq!(given.coupons().await, ["active", "active"], "150.00 is enough still");
        given.take_back(&order, json!([{ "line": 0, "quantity_milli": 1 }])).await;
        given.shop.app.step().await;
        assert_eq!(given.coupons().await, ["revoked", "revoked"]);
        let at_once = given.sell(&[given.line(&given.dear, 2)]).await;
        given.take_back(&at_once, json!([])).await;
        given.shop.app.step().await;
        assert!(given.coupons().await.iter().all(|state| state == "revoked"), "the refund came before the coupons did");
    }

    /// Why an order cost what it cost can be told later, also when the offers are others by then.
    async fn an_order_can_be_asked_for_its_reasons(given) {
        let ladder = |threshold: i64| json!({ "kind": "ladder", "steps": [{ "threshold": threshold, "off": 1_000 }] });
        let applied = given.offer(ladder(10_000), json!({})).await;
        let short = given.offer(ladder(50_000), json!({})).await;
        let order = given.sell(&[given.line(&given.dear, 1)]).await;
        given.shop.app.advance_ms(60_000);
        let stopped = json!({ "offer": { "id": applied, "name": "活动", "rule": ladder(99_000) }, "state": "stopped" });
        given.shop.owner.put(&format!("/api/v1/offers/{applied}"), &stopped).await.ok();
        let late = given.offer(ladder(10_000), json!({})).await;
        let path = format!("/api/v1/orders/{}/reasons", order["id"].as_str().unwrap());
        let reasons = given.shop.owner.get(&path).await.ok();
        assert_eq!(reasons["exact"], json!(true), "{reasons}");
        let threshold = reasons["stages"].as_array().unwrap().iter().find(|stage| stage["stage"] == "threshold").unwrap();
        assert_eq!((&threshold["saved"], &threshold["savings"][0]["source"]), (&json!(1_000), &json!(applied)));
        assert_eq!((why(&reasons, applied), why(&reasons, short)), ("applies".to_owned(), "threshold_short".to_owned()));
        assert!(!reasons["offers"].as_array().unwrap().iter().any(|verdict| verdict["offer"] == json!(late)), "it did not run yet");
        given.shop.rival.get(&path).await.refused(404, "order_not_found");
    }

    /// Publishing is no surprise: what collides is told before, and what can never apply.
    async fn clashes_are_told_before_publishing(given) {
        let rule = json!({ "kind": "unit_price", "price": 5_000 });
        let running = given.offer(rule.clone(), json!({ "scope": { "products": [given.dear] } })).await;
        let ask = |more: Value| {
            let mut offer = json!({ "id": given.uuid(), "name": "新", "rule": rule });
            offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            offer
        };
        let check = async |more: Value| {
            let found = given.shop.owner.post("/api/v1/offers/check", &ask(more)).await.ok();
            found.as_array().unwrap().iter().map(|view| (view["clash"]["code"].as_str().unwrap().to_owned(), view["offer"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(check(json!({ "scope": { "products": [given.dear] } })).await, [("two_prices".to_owned(), json!(running))]);
        assert!(check(json!({ "scope": { "products": [given.cheap] } })).await.is_empty());
        assert_eq!(check(json!({ "to": "2026-11-21", "scope": { "products": [given.cheap] } })).await, [("over".to_owned(), Value::Null)]);
        let quote = given.quote(&[given.line(&given.dear, 1)]).await;
        assert_eq!((&quote["total"], &quote["lines"][0]["shares"]["activity"]), (&json!(5_000), &json!(5_000)));
    }

    /// A counter that was changed by hand is found.
    async fn verify_counts_the_uses(given) {
        let more = json!({ "budget": { "count": 9 }, "per_member": { "max": 9, "period": "ever" } });
        given.offer(json!({ "kind": "percent", "steps": [{ "rate_off": 1_000 }] }), more).await;
        given.sell(&[given.line(&given.dear, 1)]).await;
        given.verify().await;
        let checks = [("UPDATE offer_budget SET count_used = count_used + 1", "offer_budget"),
            ("UPDATE offer_budget SET count_used = count_used - 1, money_used = money_used - 1", "offer_budget")];
        for (text, check) in checks {
            given.tamper(text).await;
            assert!(given.difference().await.unwrap().contains(check));
        }
        given.tamper("UPDATE offer_budget SET money_used = money_used + 1").await;
        given.verify().await;
        given.tamper("UPDATE offer_member SET used = used + 1").await;
        assert!(given.difference().await.unwrap().contains("offer_member"));
    }

    /// Points are multiplied on the goods of the offer, and go back as they came.
    async fn an_offer_multiplies_points(given) {
        let rule = json!({ "id": given.uuid(), "name": "积分", "kind": { "kind": "amount", "points": 1, "per": 100 } });
        given.shop.owner.put("/api/v1/settings/earn", &json!({ "rules": [rule] })).await.ok();
        let before = given.sell(&[given.line(&given.dear, 1)]).await;
        assert_eq!(before["points_earned"], json!(100));
        given.offer(json!({ "kind": "points", "rate": 30_000 }), json!({ "days_of_month": [22] })).await;
        let order = given.sell(&[given.line(&given.dear, 1)]).await;
        assert_eq!(order["points_earned"], json!(300), "on the member day three times");
        assert_eq!(given.take_back(&order, json!([])).await["points_clawed"], json!(300));
        given.shop.app.advance_days(1);
        assert_eq!(given.sell(&[given.line(&given.dear, 1)]).await["points_earned"], json!(100));
    }
}
