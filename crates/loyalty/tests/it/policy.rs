//! The policies: checked, in the book, and tried out.

use crate::support::{Given, shop};
use serde_json::json;
use shuke_http::Role;
use shuke_kernel::{Money, Points};
use shuke_loyalty::book::{self, Book};
use shuke_loyalty::rule::RoundingOff;
use shuke_testkit::scenario;

impl Given {
    async fn book(&self) -> Book {
        self.app.db().read(&self.shop.merchant, |tx, merchant| Box::pin(book::load(tx, *merchant))).await.unwrap()
    }
}

scenario! {
    setup = shop;

    /// A server that keeps the book must notice every change.
    async fn every_change_raises_the_books_version(given) {
        let mut version = given.book().await.version;
        let rule = given.uuid();
        let earn = json!({ "rules": [{ "id": rule, "name": "1元1分", "kind": { "kind": "amount", "points": 1, "per": 100 } }] });
        let changes = [
            ("earn", earn),
            ("points", json!({ "spending": { "step_points": 100, "step_money": 100 } })),
            ("wallet", json!({ "expiry": { "principal_months": 24 } })),
            ("checkout", json!({ "rounding": "jiao", "coupons_max": 3 })),
            ("refund", json!({ "forgive_points": true, "restore_expired_grace_days": 7 })),
            ("tiers", json!({ "tiers": [], "qualify_by": "all" })),
        ];
        for (section, body) in changes {
            let path = format!("/api/v1/settings/{section}");
            given.role(Role::Cashier).put(&path, &body).await.refused(403, "permission_missing");
            let stored = given.owner().put(&path, &body).await.ok();
            assert_eq!(given.role(Role::Cashier).get(&path).await.ok(), stored);
            let next = given.book().await.version;
            assert!(next > version, "{section}");
            version = next;
        }
        let plan = json!({ "id": given.uuid(), "name": "充值", "pay": 100 });
        given.owner().post("/api/v1/top-up-plans", &plan).await.ok();
        let book = given.book().await;
        assert!(book.version > version);
        assert_eq!((book.rounding, book.coupons_max, book.refund.forgive_points), (RoundingOff::Jiao, 3, true));
        assert_eq!(book.spending.map(|spending| spending.step_points), Some(Points(100)));
        assert_eq!((book.plans.len(), book.plans[0].pay), (1, Money(100)));
        assert_eq!(book.wallet_expiry.principal_months, Some(24));
    }

    /// A policy that can't be is refused with its place, and nothing changes.
    async fn policies_are_checked_at_the_door(given) {
        let version = given.book().await.version;
        let rule = json!({ "id": given.uuid(), "name": "x", "kind": { "kind": "amount", "points": 0, "per": 100 } });
        let wrong = [
            ("earn", json!({ "rules": [rule] }), "earn_policy_invalid", "/rules/0/kind"),
            ("points", json!({ "spending": { "step_points": 0, "step_money": 1 } }), "points_spending_invalid", "/step_points"),
            ("wallet", json!({ "expiry": { "bonus_months": 0 } }), "wallet_policy_invalid", "/expiry/bonus_months"),
            ("checkout", json!({ "coupons_max": 21 }), "checkout_policy_invalid", "/coupons_max"),
            ("refund", json!({ "restore_expired_grace_days": 0 }), "refund_policy_invalid", "/restore_expired_grace_days"),
        ];
        for (section, body, code, field) in wrong {
            let answer = given.owner().put(&format!("/api/v1/settings/{section}"), &body).await.refused(400, code);
            assert_eq!(answer["fields"][0]["field"], json!(field));
        }
        given.owner().put("/api/v1/settings/refund", &json!({ "forgive": true })).await.refused(400, "body_malformed");
        assert_eq!(given.book().await.version, version);
    }

    /// The example earns what a sale would: rule by rule, with the tier's multiplier, rounded down once.
    async fn an_example_shows_what_a_purchase_earns(given) {
        let [_, _, gold] = given.tiers().await;
        let (amount, visit) = (given.uuid(), given.uuid());
        let earn = json!({
            "rules": [
                { "id": amount, "name": "1元1分", "kind": { "kind": "amount", "points": 1, "per": 100 } },
                { "id": visit, "name": "到店", "kind": { "kind": "visit", "points": 5 } },
            ],
            "expiry": { "kind": "year_end", "years": 1 },
        });
        given.owner().put("/api/v1/settings/earn", &earn).await.ok();
        given.owner().put("/api/v1/settings/points", &json!({ "spending": { "step_points": 10, "step_money": 10 } })).await.ok();
        let tried = given.role(Role::Cashier).post("/api/v1/points/example", &json!({ "amount": 1_099, "tier": gold })).await.ok();
        let earned = &tried["earned"];
        assert_eq!((&earned["points"], &earned["expires_on"]), (&json!(21), &json!("2027-12-31")));
        let steps: Vec<_> = earned["steps"].as_array().unwrap().iter().map(|step| (step["name"].clone(), step["points"].clone())).collect();
        assert_eq!(steps, [(json!("1元1分"), json!(16)), (json!("到店"), json!(5))]);
        assert_eq!(tried["worth"], json!(20));
        let other = json!({ "amount": 1_000, "policy": { "rules": [] } });
        let tried = given.owner().post("/api/v1/points/example", &other).await.ok();
        assert_eq!(tried["earned"]["points"], json!(0), "a policy that is not in force yet");
        given.owner().post("/api/v1/points/example", &json!({ "amount": -1 })).await.refused(400, "amount_negative");
    }
}
