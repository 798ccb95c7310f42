//! Follow-ups go where their member goes; and `verify` sees what a hand in the database has changed.

use crate::support::{Shop, path, shop, text};
use serde_json::{Value, json};
use shuke_testkit::scenario;

async fn merge(shop: &Shop, survivor: &Value, absorbed: &Value) -> Value {
    let body = json!({ "survivor": survivor, "absorbed": absorbed, "reason": "同一个人" });
    shop.manager.post("/api/v1/merges", &body).await.ok()
}

/// Member, state and end of each follow-up, by its id.
async fn standing(shop: &Shop, ids: &[&Value]) -> Vec<[Value; 3]> {
    let mut found = Vec::new();
    for id in ids {
        let one = shop.show(id).await;
        found.push([one["member"].clone(), one["state"].clone(), one["ended_how"].clone()]);
    }
    found
}

scenario! {
    setup = shop;

    /// A merge would lose a task, leave two for the same reason, or not give back what it took.
    async fn a_merge_takes_them_along_and_gives_them_back(shop) {
        let (stays, goes) = (shop.enrol("13800000041", "甲").await, shop.enrol("13800000042", "乙").await);
        let own = shop.follow_up(&stays).await["id"].clone();
        let twice = shop.follow_up(&goes).await["id"].clone();
        let mut other = shop.draft(&goes);
        other["reason"] = json!("生日问候");
        let other = shop.manager.post("/api/v1/follow-ups", &other).await.ok()["id"].clone();
        let mut past = shop.draft(&goes);
        past["reason"] = json!("试用回访");
        let past = shop.manager.post("/api/v1/follow-ups", &past).await.ok()["id"].clone();
        shop.tried(&past, "talked").await;
        let ids = [&own, &twice, &other, &past];
        let before = standing(&shop, &ids).await;

        let merged = merge(&shop, &stays, &goes).await;
        let end = |state: &str, how: Value| [stays.clone(), json!(state), how];
        let after = [end("open", Value::Null), end("given_up", json!("merged")), end("open", Value::Null), end("done", json!("result"))];
        assert_eq!(standing(&shop, &ids).await, after);
        shop.manager.post("/api/v1/follow-ups", &shop.draft(&goes)).await.refused(422, "member_merged");
        assert_eq!(shop.difference().await, None);

        shop.manager.post(&format!("/api/v1/merges/{}/undo", text(&merged["id"])), &json!({})).await.ok();
        assert_eq!(standing(&shop, &ids).await, before);
        assert_eq!(shop.difference().await, None);
    }

    /// What was written about somebody would outlive them, or be missing from what they are given.
    async fn an_export_says_it_all_and_an_erasure_takes_it_away(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let open = shop.follow_up(&member).await["id"].clone();
        shop.cashier.post(&path(&open, "/attempts"), &json!({ "how": "wechat", "outcome": "call_again", "note": "周末在家", "next_on": "2026-11-28" })).await.ok();
        let mut other = shop.draft(&member);
        other["reason"] = json!("生日问候");
        let up = shop.manager.post("/api/v1/follow-ups", &other).await.ok()["id"].clone();
        shop.manager.post(&path(&up, "/give-up"), &json!({ "reason": "在国外" })).await.ok();
        let told = shop.owner.get(&format!("/api/v1/members/{}/export", text(&member))).await.ok()["sections"]["care"].to_string();
        for said in ["七天穿着感受", "要不要换大一码", "周末在家", "在国外", "生日问候"] {
            assert!(told.contains(said), "{said} is not in {told}");
        }
        // At rest nobody reads them.
        let sealed = "SELECT CAST(COUNT(*) AS BIGINT) FROM follow_up f LEFT JOIN follow_up_attempt a ON a.merchant_id = f.merchant_id AND a.follow_up_id = f.id
            WHERE f.merchant_id = $1 AND (f.script LIKE '%大一码%' OR f.end_note LIKE '%国外%' OR a.note LIKE '%周末%')";
        assert_eq!(shop.number(sealed).await, 0);

        shop.owner.post(&format!("/api/v1/members/{}/erase", text(&member)), &json!({})).await.ok();
        let detail = shop.show(&open).await;
        assert_eq!((&detail["state"], &detail["ended_how"], &detail["reason"], &detail["attempts"]), (&json!("given_up"), &json!("erased"), &json!(""), &json!(1)));
        assert_eq!((&detail["script"], &detail["tries"][0]["note"], &shop.show(&up).await["end_note"]), (&Value::Null, &Value::Null, &Value::Null));
        let left = "SELECT CAST(COUNT(*) AS BIGINT) FROM follow_up f LEFT JOIN follow_up_attempt a ON a.merchant_id = f.merchant_id AND a.follow_up_id = f.id
            WHERE f.merchant_id = $1 AND (f.script IS NOT NULL OR f.end_note IS NOT NULL OR a.note IS NOT NULL OR f.reason <> '')";
        assert_eq!(shop.number(left).await, 0);
        shop.manager.post("/api/v1/follow-ups", &shop.draft(&member)).await.refused(422, "member_erased");
        assert_eq!(shop.difference().await, None);
    }

    /// A check that sees nothing.
    async fn each_check_sees_what_it_is_for(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let tag = shop.tag("流失", &[&member]).await;
        let done = shop.follow_up(&member).await["id"].clone();
        shop.tried(&done, "bought").await;
        shop.marketer.post("/api/v1/follow-ups/batches", &shop.batch(&tag)).await.ok();
        assert_eq!(shop.difference().await, None);
        for (check, change, undo) in [
            ("follow_up_attempts", "attempts = attempts + 1", "attempts = attempts - 1"),
            ("follow_up_state", "outcome = 'talked'", "outcome = 'bought'"),
            ("follow_up_state", "state = 'given_up'", "state = 'done'"),
        ] {
            let one = "WHERE merchant_id = $1 AND reason <> '流失挽回'";
            assert_eq!(shop.tamper(&format!("UPDATE follow_up SET {change} {one}"), vec![]).await, 1);
            assert_eq!(shop.difference().await.as_deref(), Some(check), "{change}");
            shop.tamper(&format!("UPDATE follow_up SET {undo} {one}"), vec![]).await;
        }
        shop.tamper("UPDATE follow_up_attempt SET outcome = 'not_reached' WHERE merchant_id = $1", vec![]).await;
        assert_eq!(shop.difference().await.as_deref(), Some("follow_up_state"));
        shop.tamper("UPDATE follow_up_attempt SET outcome = 'bought' WHERE merchant_id = $1", vec![]).await;
        shop.tamper("UPDATE follow_up_batch SET made = made + 1 WHERE merchant_id = $1", vec![]).await;
        assert_eq!(shop.difference().await.as_deref(), Some("follow_up_batch"));
        shop.tamper("UPDATE follow_up_batch SET made = made - 1 WHERE merchant_id = $1", vec![]).await;
        assert_eq!(shop.difference().await, None);
    }
}
