//! Stamps, paid memberships and passes of two members who become one, and two again.

use crate::counter::{Counter, counter};
use crate::merge::{everything, merge, path, step, text, two, undo};
use serde_json::{Value, json};
use shuke_testkit::{Reply, scenario};

impl Counter {
    /// Three stamps fill a card and give 7 points; a stamp for each piece.
    async fn stamp_card(&self) {
        let card = json!({ "id": self.uuid(), "name": "集点卡", "per": { "kind": "piece" }, "needed": 3, "gift": { "points": 7 } });
        self.owner.put("/api/v1/settings/stamps", &json!({ "cards": [card] })).await.ok();
    }
    /// Pieces for a member at 47.50; readers have followed.
    async fn buys_pieces(&self, member: &Value, pieces: i64) -> Value {
        let mut cart = self.cart(&[pieces]);
        cart["member"] = member.clone();
        cart["payments"] = json!([{ "tender": "cash", "amount": pieces * 4_750 }]);
        let order = self.sell(&cart).await;
        step(self).await;
        order
    }
    /// Stamps on the card that isn't full, and full cards.
    async fn stamps(&self, member: &Value) -> (i64, i64) {
        let card = self.owner.get(&path(member, "/stamps")).await.ok()[0].clone();
        (card["stamps"].as_i64().unwrap(), card["rounds"].as_i64().unwrap())
    }
    /// A yearly plan of 365.00 over the tier that everybody has.
    async fn plan(&self) -> Value {
        let tier = self.owner.get("/api/v1/settings/tiers").await.ok()["tiers"][0]["id"].clone();
        let plan = json!({ "id": self.uuid(), "name": "年卡", "tier": tier, "price": 36_500, "term": { "kind": "days", "days": 365 },
            "trial_days": 7, "gift": { "points": 100 }, "remind_days": 3 });
        self.owner.post("/api/v1/membership-plans", &plan).await.ok();
        plan["id"].clone()
    }
    async fn term(&self, plan: &Value, member: &Value, tender: Option<&str>) -> Reply {
        let term = json!({ "id": self.uuid(), "plan": plan, "member": member, "store": self.stall.store, "tender": tender, "trial": tender.is_none() });
        self.cashier.post("/api/v1/memberships", &term).await
    }
    /// A pass of three visits to the first variant for 90.00, paid from the wallet.
    async fn pass(&self, member: &Value) -> Value {
        let item = json!({ "name": "洗剪吹", "services": { "products": [self.stall.variants[0]] }, "visits": 3, "worth": 3_000 });
        let plan = json!({ "id": self.uuid(), "name": "三次卡", "price": 9_000, "items": [item], "validity": { "kind": "days", "days": 90, "start": "purchase" } });
        self.owner.post("/api/v1/pass-plans", &plan).await.ok();
        let pass = json!({ "id": self.uuid(), "member": member, "store": self.stall.store, "plan": plan["id"],
            "payments": [{ "tender": "wallet", "amount": 9_000 }] });
        self.cashier.post("/api/v1/passes", &pass).await.ok()["id"].clone()
    }
    async fn visit(&self, pass: &Value) -> Value {
        let visit = json!({ "id": self.uuid(), "pass": pass, "store": self.stall.store });
        self.cashier.post("/api/v1/pass-visits", &visit).await.ok();
        visit["id"].clone()
    }
    async fn undo_visit(&self, visit: &Value) -> Reply {
        self.cashier.post(&format!("/api/v1/pass-visits/{}/undo", text(visit)), &json!({})).await
    }
}

scenario! {
    setup = counter;

    /// Something of it would stay behind, be given twice, or not come back row by row.
    async fn stamps_passes_and_memberships_follow_and_come_back(at) {
        let (stays, goes) = two(&at);
        at.stamp_card().await;
        let plan = at.plan().await;
        at.buys_pieces(&stays, 5).await;
        let lost = at.buys_pieces(&stays, 2).await;
        at.cashier.post("/api/v1/refunds", &at.back(&lost, &[])).await.ok();
        at.buys_pieces(&goes, 4).await;
        let half = at.buys_pieces(&goes, 3).await;
        let third = at.buys_pieces(&goes, 3).await;
        at.cashier.post("/api/v1/refunds", &at.back(&third, &[])).await.ok();
        step(&at).await;
        assert_eq!((at.stamps(&stays).await, at.stamps(&goes).await), ((2, 1), (1, 2)));
        let pass = at.pass(&goes).await;
        let early = at.visit(&pass).await;
        at.term(&plan, &goes, None).await.ok();
        at.term(&plan, &goes, Some("cash")).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let before = everything(&at).await;
        let (ours, theirs) = (at.balances(&stays).await, at.balances(&goes).await);

        at.app.advance_ms(120_000);
        let merged = merge(&at, &stays, &goes).await;
        assert_eq!(at.difference().await, None);
        assert_eq!(at.stamps(&stays).await, (3, 3), "nothing is given before the reader comes");
        undo(&at, &merged).await.ok();
        let after = everything(&at).await;
        for (table, rows) in &before {
            assert_eq!(after[table], *rows, "{table}");
        }

        at.app.advance_ms(120_000);
        let merged = merge(&at, &stays, &goes).await;
        step(&at).await;
        assert_eq!(at.stamps(&stays).await, (0, 4), "what both had fills one more card");
        assert_eq!(at.balances(&stays).await["points"], ours["points"] + theirs["points"] + 7);
        assert_eq!(at.difference().await, None);
        let seen = at.owner.get(&path(&stays, "/memberships")).await.ok();
        assert_eq!(seen.as_array().unwrap().len(), 2);
        at.term(&plan, &stays, None).await.refused(422, "membership_trial_off");
        // An order and a visit from before are undone under the survivor, and what the pass has is theirs.
        at.cashier.post("/api/v1/refunds", &at.back(&half, &[(0, 1_000)])).await.ok();
        at.undo_visit(&early).await.ok();
        let visit = at.visit(&pass).await;
        step(&at).await;
        assert_eq!(at.stamps(&stays).await, (2, 3));
        assert_eq!(at.difference().await, None);
        undo(&at, &merged).await.refused(422, "merge_used");
        at.undo_visit(&visit).await.ok();
        undo(&at, &merged).await.ok();
        step(&at).await;
        assert_eq!((at.stamps(&stays).await, at.stamps(&goes).await), ((2, 1), (0, 2)));
        assert_eq!(at.difference().await, None);
        let shown = at.owner.get(&format!("/api/v1/passes/{}", text(&pass))).await.ok();
        assert_eq!((&shown["member"], &shown["uses"]), (&goes, &json!(0)));
        assert_eq!(at.balances(&stays).await, ours);
    }

    /// Two terms that run would overlap, or a renewal would hang in the air.
    async fn terms_of_both_dont_run_beside_each_other(at) {
        let (stays, goes) = two(&at);
        let plan = at.plan().await;
        at.term(&plan, &stays, Some("cash")).await.ok();
        let bought = at.term(&plan, &goes, Some("cash")).await.ok();
        let body = json!({ "survivor": stays, "absorbed": goes, "reason": "同一个人" });
        at.manager.post("/api/v1/merges", &body).await.refused(422, "merge_memberships");
        at.cashier.post(&format!("/api/v1/memberships/{}/refund", text(&bought["id"])), &json!({ "reason": "x" })).await.ok();
        let first = merge(&at, &stays, &goes).await;
        undo(&at, &first).await.ok();
        let again = merge(&at, &goes, &stays).await;
        assert_eq!(at.difference().await, None);
        at.app.advance_ms(1_000);
        let renewed = at.term(&plan, &goes, Some("cash")).await.ok();
        undo(&at, &again).await.refused(422, "merge_used");
        at.cashier.post(&format!("/api/v1/memberships/{}/refund", text(&renewed["id"])), &json!({ "reason": "x" })).await.ok();
        undo(&at, &again).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
    }
}
