//! Everybody with a tag, followed up.

use crate::support::{path, shop, text};
use serde_json::{Value, json};
use shuke_db::ToValue as _;
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// Somebody would be called twice, against their will, or from a store that isn't theirs; or nobody would know who was left out.
    async fn everybody_who_may_is_followed_up_once(shop) {
        let (a, b) = (shop.enrol("13800000041", "甲").await, shop.enrol("13800000042", "乙").await);
        let quiet = shop.enrol("13800000043", "丙").await;
        shop.owner.put(&format!("/api/v1/members/{}/consents", text(&quiet)), &json!({ "channels": { "phone": false } })).await.ok();
        let nowhere = shop.enrol_in("13800000044", "丁", Value::Null).await;
        let elsewhere = shop.enrol_in("13800000045", "戊", json!(shop.org.other_store)).await;
        let gone = shop.enrol("13800000046", "己").await;
        let tag = shop.tag("流失", &[&a, &b, &quiet, &nowhere, &elsewhere, &gone]).await;
        shop.owner.post(&format!("/api/v1/members/{}/erase", text(&gone)), &json!({})).await.ok();
        let mut own = shop.draft(&b);
        own["reason"] = json!("流失挽回");
        shop.manager.post("/api/v1/follow-ups", &own).await.ok();

        let body = shop.batch(&tag);
        let made = shop.marketer.post_with_key("/api/v1/follow-ups/batches", "batch", &body).await.ok();
        let counts = |made: &Value| ["made", "had_one", "unwelcome", "without_store", "elsewhere"].map(|name| made[name].as_i64().unwrap());
        assert_eq!(counts(&made), [1, 1, 1, 1, 1]);
        let rows = shop.owner.get(&format!("/api/v1/follow-ups?batch={}", text(&body["id"]))).await.ok();
        let row = &rows["items"][0];
        assert_eq!((&row["member"], &row["script"], &row["store"]), (&a, &json!("送一张满100减20的券"), &json!(shop.org.store)));
        assert_eq!(shop.told(&row["id"]).await, ["follow_up.created"]);

        // A retry answers the same; the id again under another key is refused; the same for the same tag makes none.
        let again = shop.marketer.post_with_key("/api/v1/follow-ups/batches", "batch", &body).await;
        assert!(again.replayed());
        assert_eq!(again.ok(), made);
        shop.marketer.post("/api/v1/follow-ups/batches", &body).await.refused(409, "follow_up_batch_pkey");
        assert_eq!(counts(&shop.marketer.post("/api/v1/follow-ups/batches", &shop.batch(&tag)).await.ok()), [0, 2, 1, 1, 1]);

        // With a store, everybody is that store's matter.
        let mut here = shop.batch(&tag);
        here["store"] = json!(shop.org.other_store);
        shop.marketer.post("/api/v1/follow-ups/batches", &here).await.refused(403, "store_not_yours");
        here["reason"] = json!("新店开业");
        here["assigned_to"] = shop.staff(Role::Cashier);
        shop.owner.post("/api/v1/follow-ups/batches", &here).await.refused(422, "follow_up_assignee_wrong");
        here["assigned_to"] = shop.staff(Role::Owner);
        let made = shop.owner.post("/api/v1/follow-ups/batches", &here).await.ok();
        assert_eq!(counts(&made), [4, 0, 1, 0, 0]);
        assert_eq!(shop.difference().await, None);
        shop.rival.post("/api/v1/follow-ups/batches", &shop.batch(&tag)).await.refused(404, "tag_not_found");
        shop.cashier.post("/api/v1/follow-ups/batches", &shop.batch(&tag)).await.refused(403, "permission_missing");
    }

    /// Two who press the button at once would have everybody called twice.
    async fn two_batches_at_once_make_one_each(shop) {
        let mut members = Vec::new();
        for number in 0..12 {
            members.push(shop.enrol(&format!("138000002{number:02}"), "会员").await);
        }
        let tag = shop.tag("流失", &members.iter().collect::<Vec<_>>()).await;
        let (first, second, third) = (shop.batch(&tag), shop.batch(&tag), shop.batch(&tag));
        let (a, b, c) = tokio::join!(
            shop.manager.post("/api/v1/follow-ups/batches", &first),
            shop.marketer.post("/api/v1/follow-ups/batches", &second),
            shop.owner.post("/api/v1/follow-ups/batches", &third)
        );
        let answers = [a.ok(), b.ok(), c.ok()];
        let sum = |name: &str| answers.iter().map(|made| made[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum("made"), sum("had_one")), (12, 24));
        assert_eq!(shop.number("SELECT CAST(COUNT(*) AS BIGINT) FROM follow_up WHERE merchant_id = $1").await, 12);
        assert_eq!(shop.number("SELECT CAST(COUNT(DISTINCT member_id) AS BIGINT) FROM follow_up WHERE merchant_id = $1").await, 12);
        assert_eq!(shop.difference().await, None);
    }

    /// Who says no, or becomes another member, while a batch is made would be called all the same, or as nobody.
    async fn what_happens_to_members_meanwhile_holds(shop) {
        for round in 0..4 {
            let (quiet, stays) = (shop.enrol(&format!("1380000031{round}"), "丙").await, shop.enrol(&format!("1380000032{round}"), "甲").await);
            let goes = shop.enrol(&format!("1380000033{round}"), "乙").await;
            let tag = shop.tag(&format!("流失{round}"), &[&quiet, &stays, &goes]).await;
            let (batch, no) = (shop.batch(&tag), json!({ "channels": { "phone": false } }));
            let consents = format!("/api/v1/members/{}/consents", text(&quiet));
            let same = json!({ "survivor": stays, "absorbed": goes, "reason": "同一个人" });
            let (a, b, c) = tokio::join!(
                shop.marketer.post("/api/v1/follow-ups/batches", &batch),
                shop.owner.put(&consents, &no),
                shop.manager.post("/api/v1/merges", &same)
            );
            a.ok();
            b.ok();
            c.ok();
            shop.app.step().await;
            assert!(shop.listed(&shop.owner, &format!("member={}&state=open", text(&quiet))).await.is_empty());
            assert!(shop.listed(&shop.owner, &format!("member={}", text(&goes))).await.is_empty());
            assert_eq!(shop.listed(&shop.owner, &format!("member={}&state=open", text(&stays))).await.len(), 1);
        }
        assert_eq!(shop.difference().await, None);
    }

    /// A shop would find five thousand calls in its list, or half of a batch.
    async fn a_tag_that_nobody_could_call_through_is_refused(shop) {
        let tag = shop.tag("全体", &[]).await;
        let cx = shop.cx();
        let id: shuke_kernel::Uuid = serde_json::from_value(tag.clone()).unwrap();
        let columns = ["merchant_id", "member_id", "tag_id", "by_rule", "at", "actor"];
        let row = || vec![cx.merchant.to_value(), cx.uuid().to_value(), id.to_value(), false.to_value(), cx.now.to_value(), "system".to_value()];
        for rows in [2_500, 2_500, 1] {
            let stmt = shuke_db::insert("member_tag", &columns, (0..rows).map(|_| row()).collect());
            shop.app.db().write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap();
        }
        shop.marketer.post("/api/v1/follow-ups/batches", &shop.batch(&tag)).await.refused(422, "follow_up_members_too_many");
        let real = shop.enrol("13800000042", "王小芳").await;
        let few = shop.tag("少数", &[&real]).await;
        let made = shop.marketer.post("/api/v1/follow-ups/batches", &shop.batch(&few)).await.ok();
        assert_eq!(made["made"], 1);
        let row = shop.owner.get(&format!("/api/v1/follow-ups?member={}", text(&real))).await.ok()["items"][0]["id"].clone();
        assert_eq!(shop.owner.get(&path(&row, "")).await.ok()["batch"], made["id"]);
    }
}
