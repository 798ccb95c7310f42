//! What the till shows at once about who stands there.

use crate::counter::counter;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

const DAY_MS: i64 = 86_400_000;

scenario! {
    setup = counter;

    /// One call says who it is, what they have and can use, what is near, and what to offer.
    async fn one_call_says_who_stands_there(at) {
        let path = format!("/api/v1/members/{}", at.member().as_str().unwrap());
        // It is 22 November 2026.
        at.owner.patch(&path, &json!({ "name": "王小芳", "birthday": "1990-11-27", "state": "active" })).await.ok();
        at.owner.post(&format!("{path}/dependents"), &json!({ "relation": "child", "name": "豆豆", "born_on": "2025-09-20" })).await.ok();
        at.owner.post(&format!("{path}/notes"), &json!({ "text": "怕热", "pinned": true })).await.ok();
        at.owner.post(&format!("{path}/notes"), &json!({ "text": "闲聊" })).await.ok();
        let fresh = at.cashier.get(&format!("{path}/till-view")).await.ok();
        assert_eq!((&fresh["member"]["name"], &fresh["days_since_last"]), (&json!("王*芳"), &Value::Null));
        assert_eq!(fresh["birthdays"], json!([{ "of": "member", "in_days": 5 }]));
        assert_eq!((&fresh["children"][0]["months"], &fresh["notes"][0]["text"]), (&json!(14), &json!("怕热")));
        assert_eq!(fresh["notes"].as_array().unwrap().len(), 1);
        assert!(fresh["balances"]["points"]["balance"].as_i64().unwrap() > 0 && fresh["tier"].is_object());
        assert!(fresh["coupons"].as_array().unwrap().iter().all(|coupon| coupon["usable"].is_boolean()));
        assert_eq!(fresh["replenish"], json!([]));

        for _ in 0..3 {
            let mut cart = at.cart(&[1]);
            cart["member"] = at.member();
            cart["payments"][0]["amount"] = json!(4_750);
            at.sell(&cart).await;
            at.app.advance_ms(20 * DAY_MS);
        }
        while at.app.step().await > 0 {}
        let due = at.cashier.get(&format!("{path}/till-view")).await.ok();
        assert_eq!((due["replenish"].as_array().unwrap().len(), &due["replenish"][0]["every_days"], &due["replenish"][0]["due_in_days"]), (1, &json!(20), &json!(0)));
        assert_eq!(due["days_since_last"], 20);
        assert!(!due.to_string().contains("1990") && !due.to_string().contains("王小芳"), "the till shows no more than it needs");
        at.app.as_token(at.stall.shop.token(Role::Analyst)).get(&format!("{path}/till-view")).await.refused(403, "permission_missing");
    }
}
