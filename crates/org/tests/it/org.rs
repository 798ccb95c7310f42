//! Merchant, stores, tills, settings, audit.

use crate::support::shop;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shuke_http::Role;
use shuke_kernel::{Error, Result};
use shuke_org::setting::{self, Section};
use shuke_testkit::scenario;

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct RoundingOff {
    unit_minor: i64,
}

impl Section for RoundingOff {
    const NAME: &'static str = "rounding_off";
    fn check(&self) -> Result<()> {
        if self.unit_minor < 0 {
            return Err(Error::invalid("unit_negative", "a unit is not negative"));
        }
        Ok(())
    }
}

scenario! {
    setup = shop;

    /// A store is opened, changed and closed; it takes the merchant's zone unless it has its own.
    async fn a_store_is_opened_and_closed(given) {
        let owner = given.key(Role::Owner);
        let store = owner.post("/api/v1/stores", &json!({"name": " 三店 ", "region": "华东"})).await.ok();
        assert_eq!((&store["name"], &store["zone"], &store["active"]), (&json!("三店"), &json!("Asia/Shanghai"), &json!(true)));
        owner.post("/api/v1/stores", &json!({"name": "三店"})).await.refused(409, "store_name_taken");
        owner.post("/api/v1/stores", &json!({"name": "四店", "zone": "nowhere"})).await.refused(400, "zone_unknown");
        let path = format!("/api/v1/stores/{}", store["id"].as_str().unwrap());
        let changed = owner.put(&path, &json!({"name": "三店", "zone": "Asia/Urumqi", "active": false})).await.ok();
        assert_eq!(owner.get(&path).await.ok(), changed);
        assert_eq!((&changed["zone"], &changed["active"], &changed["region"]), (&json!("Asia/Urumqi"), &json!(false), &json!("")));
        let other = owner.put(&path, &json!({"name": "静安店"})).await;
        other.refused(409, "store_name_taken");
        given.person(Role::Cashier).get(&path).await.ok();
        given.person(Role::Manager).put(&path, &json!({"name": "x"})).await.refused(403, "permission_missing");
        owner.put("/api/v1/stores/00000000-0000-0000-0000-000000000001", &json!({"name": "x"})).await.refused(404, "store_not_found");
    }

    /// A list is walked page by page, each row once.
    async fn a_list_is_walked_in_pages(given) {
        let owner = given.key(Role::Owner);
        for n in 0..5 {
            owner.post("/api/v1/stores", &json!({"name": format!("店{n}")})).await.ok();
            given.app.advance_ms(1);
        }
        let mut names = Vec::new();
        let mut path = "/api/v1/stores?limit=3".to_owned();
        loop {
            let page = owner.get(&path).await.ok();
            names.extend(page["items"].as_array().unwrap().iter().map(|store| store["name"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/stores?limit=3&cursor={next}");
        }
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!((count, names.len()), (7, 7));
        owner.get("/api/v1/stores?limit=0").await.refused(400, "limit_out_of_range");
        owner.get("/api/v1/stores?limit=x").await.refused(400, "query_malformed");
        owner.get("/api/v1/stores?cursor=x").await.refused(400, "cursor_malformed");
    }

    /// Tills are numbered; a number is never given twice.
    async fn tills_are_numbered(given) {
        let owner = given.key(Role::Owner);
        let draft = |name: &str| json!({"store": given.shop.store, "name": name});
        let third = owner.post("/api/v1/tills", &draft("后台")).await.ok();
        assert_eq!(third["number"], 3);
        let path = format!("/api/v1/tills/{}", third["id"].as_str().unwrap());
        let changed = owner.put(&path, &json!({"store": given.shop.other_store, "name": "后台", "active": false})).await.ok();
        assert_eq!((&changed["number"], &changed["active"]), (&json!(3), &json!(false)));
        assert_eq!(owner.post("/api/v1/tills", &draft("又一台")).await.ok()["number"], 4);
        let lost = json!({"store": "00000000-0000-0000-0000-000000000001", "name": "x"});
        owner.post("/api/v1/tills", &lost).await.refused(422, "store_unknown");
    }

    /// The merchant's name and zone change, its currency doesn't; the book version tells.
    async fn a_merchant_changes(given) {
        let owner = given.key(Role::Owner);
        let before = owner.get("/api/v1/merchant").await.ok();
        let after = owner.put("/api/v1/merchant", &json!({"name": "新名", "zone": "Asia/Urumqi", "currency": "USD"})).await.ok();
        assert_eq!((&after["name"], &after["currency"]), (&json!("新名"), &json!("CNY")));
        assert_eq!(after["book_version"].as_i64(), before["book_version"].as_i64().map(|version| version + 1));
        assert_eq!(owner.get("/api/v1/merchant").await.ok(), after);
    }

    /// A slice's section: its default, then what was put; a wrong one is refused; the book version tells.
    async fn a_section_is_put_and_got(given) {
        let db = given.app.db();
        let cx = given.shop.cx(&given.app.app);
        let get = || db.read(&cx.merchant, |tx, merchant| Box::pin(setting::ops::get::<RoundingOff>(tx, *merchant)));
        let owner = given.key(Role::Owner);
        let version = || async { owner.get("/api/v1/merchant").await.ok()["book_version"].as_i64().unwrap() };
        let before = version().await;
        assert_eq!(get().await.unwrap(), RoundingOff::default());
        for unit_minor in [10, 100] {
            let section = RoundingOff { unit_minor };
            db.write(&(&cx, &section), |tx, (cx, section)| Box::pin(setting::ops::put(tx, cx, *section))).await.unwrap();
            assert_eq!(get().await.unwrap(), section);
        }
        let wrong = RoundingOff { unit_minor: -1 };
        let refused = db.write(&(&cx, &wrong), |tx, (cx, section)| Box::pin(setting::ops::put(tx, cx, *section))).await;
        assert_eq!(refused.unwrap_err().code(), "unit_negative");
        assert_eq!(owner.get("/api/v1/settings").await.ok(), json!({"rounding_off": {"unit_minor": 100}}));
        assert_eq!(version().await, before + 2);
    }

    /// Every change stands in the audit log with who, what it was and what it is.
    async fn changes_are_audited(given) {
        let owner = given.person(Role::Owner);
        let path = format!("/api/v1/stores/{}", given.shop.store);
        given.app.advance_ms(1);
        owner.put(&path, &json!({"name": "新店名"})).await.ok();
        let entries = owner.get(&format!("/api/v1/audit?subject={}", given.shop.store)).await.ok();
        let last = &entries["items"][0];
        assert_eq!((&last["action"], &last["old"]["name"], &last["new"]["name"]), (&json!("store.changed"), &json!("静安店"), &json!("新店名")));
        assert_eq!(last["actor"], json!(format!("staff:{}", given.id(Role::Owner))));
        assert_eq!(entries["items"].as_array().unwrap().len(), 2);
        let all = owner.get("/api/v1/audit?limit=200").await;
        assert!(!all.text.contains("argon2") && !all.text.contains("password_hash"), "a secret is in the audit log");
        let page = owner.get("/api/v1/audit?limit=1").await.ok();
        let next = owner.get(&format!("/api/v1/audit?limit=1&cursor={}", page["next"].as_str().unwrap())).await.ok();
        assert_ne!(page["items"][0]["id"], next["items"][0]["id"]);
        given.person(Role::Cashier).get("/api/v1/audit").await.refused(403, "permission_missing");
    }
}
