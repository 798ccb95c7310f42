//! Gift cards: sold once, spent once, never guessed.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    /// A batch of cards of 100.00 for twelve months: their ids and codes.
    pub(crate) async fn cards(&self, count: i64) -> Vec<(Uuid, String)> {
        let id = self.uuid();
        let draft = json!({ "id": id, "name": "春节礼品卡", "face": 10_000, "cards": count, "months": 12 });
        self.owner().post("/api/v1/gift-card-batches", &draft).await.ok();
        let page = self.owner().get(&format!("/api/v1/gift-card-batches/{id}/codes?limit=200")).await.ok();
        let of = |card: &Value| (card["card"].as_str().unwrap().parse().unwrap(), card["code"].as_str().unwrap().to_owned());
        page["items"].as_array().unwrap().iter().map(of).collect()
    }
    fn sale(&self) -> Value {
        json!({ "store": self.shop.store, "payments": [{ "tender": "alipay", "amount": 10_000 }] })
    }
    pub(crate) async fn sold_card(&self) -> (Uuid, String) {
        let (card, code) = self.cards(1).await.remove(0);
        self.role(Role::Cashier).post(&format!("/api/v1/gift-cards/{card}/sale"), &self.sale()).await.ok();
        (card, code)
    }
    async fn found(&self, code: &str) -> Value {
        self.role(Role::Manager).get(&format!("/api/v1/gift-card-codes/{code}")).await.ok()
    }
}

scenario! {
    setup = shop;

    /// A card is worth nothing until it is sold, and is sold once.
    async fn a_card_is_sold_once(given) {
        let cards = given.cards(2).await;
        let (card, code) = &cards[0];
        let seen = given.found(&code.to_lowercase()).await;
        assert_eq!((&seen["state"], &seen["balance"]), (&json!("new"), &json!(0)));
        let redemption = json!({ "id": given.uuid(), "card": card, "member": given.member().await });
        given.owner().post("/api/v1/gift-card-redemptions", &redemption).await.refused(422, "gift_card_not_usable");
        let codes = given.race(&format!("/api/v1/gift-cards/{card}/sale"), (0..20).map(|_| given.sale()).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| code.is_empty() || code == "gift_card_sold"), "{codes:?}");
        let seen = given.found(code).await;
        assert_eq!((&seen["state"], &seen["balance"], &seen["expires_on"]), (&json!("active"), &json!(10_000), &json!("2027-11-22")));
        assert_eq!((given.got("alipay").await, given.got("prepaid_sold").await, given.got("revenue").await), (-10_000, 0, 0));
        for (payments, status, code) in [
            (json!([{ "tender": "cash", "amount": 9_000 }]), 422, "payments_mismatch"),
            (json!([{ "tender": "wallet", "amount": 10_000 }]), 422, "gift_card_tender_wrong"),
        ] {
            let sale = json!({ "store": given.shop.store, "payments": payments });
            given.owner().post(&format!("/api/v1/gift-cards/{}/sale", cards[1].0), &sale).await.refused(status, code);
        }
        given.verify().await;
        let hand = "UPDATE gift_card SET face = face + 1 WHERE merchant_id = $1 AND sold_at IS NOT NULL";
        assert_eq!(given.broken_by(hand).await.as_deref(), Some("gift_card"));
    }

    /// All of a card goes into one wallet, once, as principal.
    async fn a_card_is_redeemed_into_one_wallet(given) {
        let (card, code) = given.sold_card().await;
        given.app.advance_ms(1_000);
        let members = given.members(10).await;
        let bodies = members.iter().map(|member| json!({ "id": given.uuid(), "card": card, "member": member })).collect();
        let codes = given.race("/api/v1/gift-card-redemptions", bodies).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| code.is_empty() || code == "gift_card_empty"), "{codes:?}");
        let mut principal = 0;
        for member in &members {
            principal += given.balance(*member, AccountKind::Principal).await;
        }
        assert_eq!((principal, given.found(&code).await["balance"].as_i64(), given.got("prepaid_moved").await), (10_000, Some(0), 0));
        let today = given.today();
        let day = given.owner().get(&format!("/api/v1/gift-cards/{card}/at?date={today}")).await.ok();
        assert_eq!(day["balances"], json!([{ "account": "gift_card", "start": 0, "end": 0 }]));
        let moved: Vec<&Value> = day["entries"].as_array().unwrap().iter().map(|entry| &entry["amount"]).collect();
        assert_eq!(moved, [&json!(-10_000), &json!(10_000)], "newest first");
        given.owner().get(&format!("/api/v1/gift-cards/{}/at?date={today}", given.uuid())).await.refused(404, "gift_card_not_found");
        given.verify().await;
    }

    /// A lost card is blocked and found again; an unused one goes back to its payments; one that was used doesn't.
    async fn cards_are_blocked_and_given_back(given) {
        let (card, code) = given.sold_card().await;
        let member = given.member().await;
        let path = |verb: &str| format!("/api/v1/gift-cards/{card}/{verb}");
        given.role(Role::Cashier).post(&path("block"), &json!({})).await.refused(403, "permission_missing");
        given.owner().post(&path("block"), &json!({})).await.ok();
        let redemption = json!({ "id": given.uuid(), "card": card, "member": member });
        given.owner().post("/api/v1/gift-card-redemptions", &redemption).await.refused(422, "gift_card_not_usable");
        given.owner().post(&path("unblock"), &json!({})).await.ok();
        given.owner().put("/api/v1/settings/approval", &json!({ "top_up_refund_limit": 9_999 })).await.ok();
        let back = json!({ "id": given.uuid() });
        given.owner().post(&path("return"), &back).await.refused(422, "approval_needed");
        given.owner().put("/api/v1/settings/approval", &json!({})).await.ok();
        given.owner().post(&path("return"), &back).await.ok();
        assert_eq!((given.got("alipay").await, given.found(&code).await["state"].clone()), (0, json!("returned")));
        given.owner().post(&path("return"), &json!({ "id": given.uuid() })).await.refused(422, "gift_card_not_usable");
        let (used, _) = given.sold_card().await;
        given.owner().post("/api/v1/gift-card-redemptions", &json!({ "id": given.uuid(), "card": used, "member": member })).await.ok();
        given.owner().post(&format!("/api/v1/gift-cards/{used}/return"), &json!({ "id": given.uuid() })).await.refused(422, "gift_card_used");
        given.verify().await;
    }

    /// A card's last day ends when it ends, and what it held is the shop's then.
    async fn a_card_ends_with_its_last_day(given) {
        let (card, code) = given.sold_card().await;
        given.app.advance_days(365);
        shuke_ledger::lot::expire(given.app.db(), &given.cx()).await.unwrap();
        assert_eq!(given.found(&code).await["state"], json!("active"));
        given.app.advance_days(1);
        shuke_ledger::lot::expire(given.app.db(), &given.cx()).await.unwrap();
        assert_eq!((given.found(&code).await["balance"].clone(), given.got("gift_card_expired").await), (json!(0), 10_000));
        let redemption = json!({ "id": given.uuid(), "card": card, "member": given.member().await });
        given.owner().post("/api/v1/gift-card-redemptions", &redemption).await.refused(422, "gift_card_not_usable");
        given.verify().await;
    }

    /// Codes can't be tried out, are stored nowhere, and open nothing of another merchant.
    async fn codes_cant_be_guessed(given) {
        let (card, code) = given.sold_card().await;
        let other = Given { app: given.app.clone(), shop: shuke_org::fixture::shop(&given.app.app).await.unwrap() };
        other.owner().get(&format!("/api/v1/gift-card-codes/{code}")).await.refused(404, "gift_card_not_found");
        other.owner().post(&format!("/api/v1/gift-cards/{card}/block"), &json!({})).await.refused(404, "gift_card_not_found");
        let stmt = shuke_db::Stmt::built("SELECT COUNT(*) FROM gift_card WHERE hash = $1", vec![shuke_db::ToValue::to_value(&code)]);
        let stored: i64 = given.app.db().read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap()[0].get(0).unwrap();
        assert_eq!(stored, 0);
        for _ in 0..20 {
            given.role(Role::Cashier).get("/api/v1/gift-card-codes/0000-0000-0000-0000").await.refused(404, "gift_card_not_found");
        }
        given.role(Role::Cashier).get(&format!("/api/v1/gift-card-codes/{code}")).await.refused(429, "coupon_code_throttled");
    }
}
