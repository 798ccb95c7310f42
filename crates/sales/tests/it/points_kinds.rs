//! Several kinds of points: earned by sales, spent as money or for rewards, given, corrected, undone exactly.

use crate::counter::{Counter, counter};
use crate::merge::{everything, merge, path, step, text, two, undo};
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    /// Two kinds: 金币, one for each yuan, that pay (10 for 1.00) and can be given; 贝壳, five for a visit, for rewards.
    async fn kinds(&self) -> (Value, Value) {
        let (coins, shells) = (json!(self.uuid()), json!(self.uuid()));
        let rule = |kind: Value| json!([{ "id": self.uuid(), "name": "消费", "kind": kind }]);
        let spending = json!({ "step_points": 10, "step_money": 100 });
        let kinds = json!({ "kinds": [
            { "id": coins, "name": "金币", "earn": { "rules": rule(json!({ "kind": "amount", "points": 1, "per": 100 })), "expiry": { "kind": "months", "months": 1 } },
              "spending": spending, "transfer": { "min": 5, "max": 50, "limits": [{ "period": "day", "max": 60 }], "fee": 1_000 } },
            { "id": shells, "name": "贝壳", "earn": { "rules": rule(json!({ "kind": "visit", "points": 5 })) } },
        ] });
        self.owner.put("/api/v1/settings/points-kinds", &kinds).await.ok();
        (coins, shells)
    }
    /// Balance, what of it can be spent, and what is owed.
    async fn has(&self, member: &Value, kind: &Value) -> (i64, i64, i64) {
        let kinds = self.cashier.get(&path(member, "/points-kinds")).await.ok();
        let found = kinds.as_array().unwrap().iter().find(|view| view["kind"] == *kind).unwrap().clone();
        let number = |field: &str| found["points"][field].as_i64().unwrap();
        (number("balance"), number("available"), number("debt"))
    }
    async fn give(&self, member: &Value, kind: &Value, points: i64) -> shuke_testkit::Reply {
        let body = json!({ "id": self.uuid(), "points": points, "reason": "补发", "store": self.stall.store });
        self.manager.post(&path(member, &format!("/points-kinds/{}/adjustments", text(kind))), &body).await
    }
    /// A cart of pieces for a member, 47.50 each, of which so many coins pay.
    fn cart_of(&self, member: &Value, pieces: i64, kind: &Value, coins: i64) -> Value {
        let mut cart = self.cart(&[pieces]);
        cart["member"] = member.clone();
        if coins > 0 {
            cart["points"] = json!({ "kind": "exact", "points": coins });
            cart["points_kind"] = kind.clone();
        }
        cart["payments"] = json!([{ "tender": "cash", "amount": pieces * 4_750 - coins * 10 }]);
        cart
    }
    async fn sells(&self, cart: &Value) -> Value {
        let order = self.sell(cart).await;
        step(self).await;
        order
    }
    async fn takes_back(&self, order: &Value, lines: &[(i64, i64)]) -> Value {
        let refund = self.cashier.post("/api/v1/refunds", &self.back(order, lines)).await.ok();
        step(self).await;
        refund
    }
}

scenario! {
    setup = counter;

    /// A kind would pay for another, stay earned after a refund, or come back to other lots.
    async fn each_kind_is_earned_spent_and_taken_back_by_itself(at) {
        let (coins, shells) = at.kinds().await;
        let (member, _) = two(&at);
        let own = at.balances(&member).await;
        let mut ask = at.cart_of(&member, 4, &coins, 0);
        for field in ["id", "payments"] {
            ask.as_object_mut().unwrap().remove(field);
        }
        let quote = at.cashier.post("/api/v1/quotes", &ask).await.ok();
        let earns: Vec<i64> = quote["earns_kinds"].as_array().unwrap().iter().map(|kind| kind["earned"]["points"].as_i64().unwrap()).collect();
        assert_eq!(earns, [190, 5]);
        let first = at.sells(&at.cart_of(&member, 4, &coins, 0)).await;
        assert_eq!((at.has(&member, &coins).await, at.has(&member, &shells).await), ((190, 190, 0), (5, 5, 0)));
        assert_eq!(at.balances(&member).await["points"], own["points"] + 190, "the shop's own points are what they were");
        assert_eq!(at.difference().await, None);

        // 150 coins pay 15.00; what they pay earns nothing.
        let mut unpaid = at.cart_of(&member, 2, &shells, 150);
        at.cashier.post("/api/v1/orders", &unpaid).await.refused(422, "points_not_usable");
        unpaid["points_kind"] = json!(at.uuid());
        at.cashier.post("/api/v1/orders", &unpaid).await.refused(422, "points_kind_unknown");
        let second = at.sells(&at.cart_of(&member, 2, &coins, 150)).await;
        assert_eq!((&second["points_spent"], &second["points_kind"], &second["total"]), (&json!(150), &coins, &json!(8_000)));
        assert_eq!(at.has(&member, &coins).await, (190 - 150 + 80, 120, 0));
        assert_eq!(at.balances(&member).await["points"], own["points"] + 190 + 80);
        at.cashier.post("/api/v1/orders", &at.cart_of(&member, 9, &coins, 130)).await.refused(422, "points_not_usable");
        assert_eq!(at.difference().await, None);

        // The first order comes back in parts, though its coins were spent: they are owed, and paid when they come back.
        at.takes_back(&first, &[(0, 1_500)]).await;
        at.takes_back(&first, &[]).await;
        assert_eq!(at.has(&member, &coins).await, (80, 0, 150));
        assert_eq!(at.has(&member, &shells).await, (5, 5, 0), "the second visit's");
        assert_eq!(at.difference().await, None);
        at.takes_back(&second, &[(0, 500)]).await;
        at.takes_back(&second, &[]).await;
        assert_eq!((at.has(&member, &coins).await, at.has(&member, &shells).await), ((0, 0, 0), (0, 0, 0)));
        assert_eq!(at.balances(&member).await, own);
        assert_eq!(at.difference().await, None);
        let entries = at.cashier.get(&path(&member, &format!("/points-kinds/{}/statement?limit=200", text(&coins)))).await.ok();
        let own = entries["items"].as_array().unwrap().iter().filter(|entry| entry["account"] == "points");
        assert_eq!(own.map(|entry| entry["amount"].as_i64().unwrap()).sum::<i64>(), 0, "{entries}");
        let day = entries["items"][0]["at"].as_i64().unwrap();
        let date = shuke_kernel::Zone::parse("Asia/Shanghai").unwrap().date(shuke_kernel::Instant(day));
        let of_day = async |kind: &Value, date: String| {
            let page = path(&member, &format!("/points-kinds/{}/at?date={date}", text(kind)));
            at.cashier.get(&page).await
        };
        let view = of_day(&coins, date.to_string()).await.ok();
        let points = view["balances"].as_array().unwrap().iter().find(|row| row["account"] == "points").unwrap().clone();
        assert_eq!((&points["start"], &points["end"]), (&json!(0), &json!(0)), "all was taken back");
        assert_eq!(view["entries"].as_array().unwrap().len(), entries["items"].as_array().unwrap().len());
        assert_eq!(of_day(&coins, "2020-01-01".to_owned()).await.ok()["balances"], json!([]));
        let shop = at.owner.get("/api/v1/ledger/accounts?from=2026-01-01&to=2026-12-31").await.ok();
        let issued = shop["items"].as_array().unwrap().iter().find(|row| row["account"] == "points_issued" && row["points_kind"] == coins).unwrap().clone();
        assert_eq!((&issued["debits"], &issued["credits"], &issued["store"]), (&json!(270), &json!(270), &Value::Null));
    }

    /// Points would outlive their day, or their end touch another kind.
    async fn a_kind_ends_by_its_own_days(at) {
        let (coins, shells) = at.kinds().await;
        let (member, _) = two(&at);
        at.sells(&at.cart_of(&member, 1, &coins, 0)).await;
        let lots = at.cashier.get(&path(&member, &format!("/points-kinds/{}/lots", text(&coins)))).await.ok();
        assert_eq!((&lots[0]["remaining"], lots[0]["expires_on"].is_string()), (&json!(47), true));
        at.app.advance_days(40);
        let cx = at.stall.shop.cx(&at.app.app);
        shuke_ledger::midnight(at.app.db(), &cx, shuke_kernel::Zone::utc().date(cx.now)).await.unwrap();
        assert_eq!((at.has(&member, &coins).await, at.has(&member, &shells).await), ((0, 0, 0), (5, 5, 0)));
        step(&at).await;
        let (merchant, id) = (at.stall.merchant, at.stall.members[0].member.0);
        let told = at.app.db().read(&(merchant, id), |tx, (merchant, id)| Box::pin(shuke_jobs::event::of_subject(tx, *merchant, *id, 500))).await.unwrap();
        assert!(told.iter().any(|event| event.kind == "points_kind.expired" && event.payload.contains("47")));
        let shop = at.owner.get("/api/v1/ledger/accounts?from=2026-11-01&to=2027-03-31").await.ok();
        let expired = shop["items"].as_array().unwrap().iter().find(|row| row["account"] == "points_expired").unwrap().clone();
        assert_eq!((&expired["credits"], &expired["points_kind"]), (&json!(47), &coins));
        assert_eq!(at.difference().await, None);
    }

    /// A correction or a gift would go to another kind, past a limit, or twice.
    async fn kinds_are_corrected_given_and_spent_on_rewards(at) {
        let (coins, shells) = at.kinds().await;
        let (member, friend) = two(&at);
        at.owner.put("/api/v1/settings/approval", &json!({ "points_adjustment_limit": 100, "valid_minutes": 60 })).await.ok();
        at.give(&member, &coins, 90).await.ok();
        at.give(&member, &coins, 11).await.refused(422, "approval_needed");
        at.give(&member, &shells, 40).await.ok();
        at.give(&member, &shells, -41).await.refused(422, "balance_insufficient");
        at.give(&member, &json!(at.uuid()), 1).await.refused(404, "points_kind_not_found");
        at.cashier.post(&path(&member, &format!("/points-kinds/{}/adjustments", text(&coins))), &json!({})).await.refused(403, "permission_missing");

        let gift = |points: i64, kind: &Value| json!({ "id": at.uuid(), "from": member, "to": friend, "points": points, "points_kind": kind, "store": at.stall.store });
        at.owner.post("/api/v1/points-transfers", &gift(5, &shells)).await.refused(422, "points_transfer_off");
        at.owner.post("/api/v1/points-transfers", &gift(51, &coins)).await.refused(422, "points_transfer_amount_wrong");
        let given = at.owner.post("/api/v1/points-transfers", &gift(40, &coins)).await.ok();
        assert_eq!((&given["fee"], &given["points_kind"]), (&json!(4), &coins));
        at.owner.post("/api/v1/points-transfers", &gift(21, &coins)).await.refused(422, "quota_exhausted");
        assert_eq!((at.has(&member, &coins).await.0, at.has(&friend, &coins).await.0), (46, 40));
        assert_eq!(at.difference().await, None);

        let reward = json!({ "id": at.uuid(), "name": "围裙", "state": "published", "stock": 3,
            "terms": { "gives": { "kind": "gift" }, "points": 15, "points_kind": shells } });
        at.owner.post("/api/v1/rewards", &reward).await.ok();
        let own = at.balances(&member).await;
        let offers = at.cashier.get(&path(&member, &format!("/rewards?store={}", at.stall.store))).await.ok();
        assert_eq!((&offers[0]["can"], &offers[0]["reward"]["worth"]), (&json!(2), &Value::Null));
        let redemption = json!({ "id": at.uuid(), "reward": reward["id"], "member": member, "store": at.stall.store, "quantity": 2 });
        at.cashier.post("/api/v1/reward-orders", &redemption).await.ok();
        assert_eq!((at.has(&member, &shells).await.0, at.balances(&member).await), (10, own.clone()));
        assert_eq!(at.difference().await, None);
        let once_more = json!({ "id": at.uuid(), "reward": reward["id"], "member": member, "store": at.stall.store });
        at.cashier.post("/api/v1/reward-orders", &once_more).await.refused(422, "balance_insufficient");
        at.cashier.post(&format!("/api/v1/reward-orders/{}/cancel", text(&redemption["id"])), &json!({ "reason": "不要了" })).await.ok();
        assert_eq!((at.has(&member, &shells).await.0, at.balances(&member).await), (40, own));
        assert_eq!(at.difference().await, None);

        let none = json!({ "kinds": [] });
        at.owner.put("/api/v1/settings/points-kinds", &none).await.refused(422, "points_kind_held");
    }

    /// The last coins would be spent twice by two tills, or a new purse be made twice.
    async fn the_last_coins_are_spent_once(at) {
        let (coins, _) = at.kinds().await;
        let (member, _) = two(&at);
        at.give(&member, &coins, 100).await.ok();
        let carts: Vec<Value> = (0..6).map(|_| at.cart_of(&member, 1, &coins, 60)).collect();
        let replies = futures::future::join_all(carts.iter().map(|cart| at.cashier.post("/api/v1/orders", cart))).await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 1);
        assert!(replies.iter().all(|reply| ["", "points_not_usable", "balance_insufficient"].contains(&reply.code())));
        step(&at).await;
        assert_eq!(at.has(&member, &coins).await.0, 40 + 41);
        let other = json!(at.stall.members[2].member);
        let first: Vec<_> = futures::future::join_all((0..6).map(|_| at.give(&other, &coins, 5))).await;
        assert!(first.iter().all(|reply| reply.status.is_success()));
        assert_eq!(at.has(&other, &coins).await.0, 30);
        assert_eq!(at.difference().await, None);
    }

    /// Purses of two members who become one would stay behind, or not come back row by row.
    async fn purses_follow_a_merge_and_come_back(at) {
        let (coins, shells) = at.kinds().await;
        let (stays, goes) = two(&at);
        let early = at.sells(&at.cart_of(&goes, 2, &coins, 0)).await;
        let paid = at.sells(&at.cart_of(&goes, 2, &coins, 50)).await;
        at.sells(&at.cart_of(&stays, 1, &coins, 0)).await;
        let (ours, theirs) = (at.has(&stays, &coins).await, at.has(&goes, &coins).await);
        assert_eq!((ours.0, theirs.0), (47, 95 - 50 + 90));
        at.app.advance_ms(120_000);
        let before = everything(&at).await;
        let merged = merge(&at, &stays, &goes).await;
        assert_eq!((at.has(&stays, &coins).await.0, at.has(&stays, &shells).await.0), (47 + 135, 15));
        assert_eq!(at.difference().await, None);
        undo(&at, &merged).await.ok();
        assert_eq!(at.difference().await, None);
        let after = everything(&at).await;
        for table in ["account", "lot", "order"] {
            assert_eq!(after[table], before[table], "{table}");
        }
        at.app.advance_ms(120_000);
        merge(&at, &stays, &goes).await;
        step(&at).await;
        // Refunds of orders from before find purse, lots and what was earned under the survivor.
        at.takes_back(&paid, &[(0, 700)]).await;
        at.takes_back(&early, &[]).await;
        at.takes_back(&paid, &[]).await;
        assert_eq!((at.has(&stays, &coins).await, at.has(&stays, &shells).await), ((47, 47, 0), (5, 5, 0)));
        assert_eq!(at.difference().await, None);
        let export = at.owner.get(&path(&stays, "/export")).await.ok();
        assert_eq!(export["sections"]["loyalty"]["points_kinds"].as_array().unwrap().len(), 2);
    }

    /// An order that was paid first and claimed then would earn nothing of the kinds, and no stamps.
    async fn a_claimed_order_earns_every_kind(at) {
        let (coins, shells) = at.kinds().await;
        let (member, _) = two(&at);
        let card = json!({ "id": at.uuid(), "name": "集点卡", "per": { "kind": "piece" }, "needed": 3, "gift": { "points": 7 } });
        at.owner.put("/api/v1/settings/stamps", &json!({ "cards": [card] })).await.ok();
        let nobodys = at.sells(&at.cart(&[2])).await;
        at.cashier.post("/api/v1/claims", &json!({ "order": nobodys["id"], "buyer": { "kind": "known", "member": member } })).await.ok();
        step(&at).await;
        assert_eq!((at.has(&member, &coins).await.0, at.has(&member, &shells).await.0), (100, 5));
        assert_eq!(at.cashier.get(&path(&member, "/stamps")).await.ok()[0]["stamps"], 2);
        at.takes_back(&nobodys, &[(0, 500)]).await;
        at.takes_back(&nobodys, &[]).await;
        assert_eq!((at.has(&member, &coins).await, at.has(&member, &shells).await), ((0, 0, 0), (0, 0, 0)));
        assert_eq!(at.difference().await, None);
    }

    /// A hand in the database would go unseen.
    async fn verify_sees_what_was_changed(at) {
        let (coins, _) = at.kinds().await;
        let (member, _) = two(&at);
        at.sells(&at.cart_of(&member, 2, &coins, 0)).await;
        assert_eq!(at.difference().await, None);
        for (change, back, check) in [
            ("UPDATE points_accrual SET points = points + 1", "UPDATE points_accrual SET points = points - 1", "points_accrual"),
            ("UPDATE points_accrual SET clawed = 1", "UPDATE points_accrual SET clawed = 0", "points_clawed"),
        ] {
            at.tamper(change).await;
            assert!(at.difference().await.unwrap().starts_with(check));
            at.tamper(back).await;
        }
        at.tamper("UPDATE transfer SET debit_owner = source_id WHERE source_kind = 'points_kind' AND debit_kind = 'points_issued'").await;
        assert!(at.difference().await.unwrap().starts_with("points_kind"), "{:?}", at.difference().await);
        at.tamper("UPDATE points_purse SET kind_id = id").await;
        assert!(at.difference().await.unwrap().starts_with("purse"));
    }
}
