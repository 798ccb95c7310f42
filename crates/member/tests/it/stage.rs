//! Stages over the months.

use crate::support::{shop, text};
use serde_json::{Value, json};
use shuke_kernel::time::add_days;
use shuke_testkit::scenario;

fn date(text: &str) -> shuke_kernel::Date {
    text.parse().unwrap()
}

scenario! {
    setup = shop;

    /// A member who stops buying walks through the stages on the right days, an event at each.
    async fn a_member_walks_through_the_stages(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.sale(&id, 5000).await;
        shop.app.step().await;
        let mut day = shop.today().await;
        assert_eq!(shop.show(&id).await["stage_due_on"], "2027-02-23");
        let mut seen = vec![("2026-11-22".to_owned(), "active".to_owned())];
        while day < date("2027-12-01") {
            day = add_days(day, 1);
            let changed = shop.wake_on(day).await;
            if changed > 0 {
                seen.push((day.to_string(), text(&shop.show(&id).await["stage"]).to_owned()));
            }
        }
        let walked = [("2026-11-22", "active"), ("2027-02-23", "marginal"), ("2027-05-23", "dormant"), ("2027-11-23", "lost")];
        assert_eq!(seen, walked.map(|(day, stage)| (day.to_owned(), stage.to_owned())));
        let events = shop.events(&id, "member.stage_changed").await;
        let told: Vec<(&str, &str, &str)> = events.iter().map(|e| (text(&e["on"]), text(&e["to"]), text(&e["cause"]))).collect();
        assert_eq!(told, [
            ("2026-11-22", "active", "purchase"), ("2027-02-23", "marginal", "time"),
            ("2027-05-23", "dormant", "time"), ("2027-11-23", "lost", "time"),
        ]);
        assert_eq!(shop.show(&id).await.get("stage_due_on"), None);

        shop.sale(&id, 100).await;
        shop.app.step().await;
        let shown = shop.show(&id).await;
        assert_eq!((&shown["stage"], &shown["stage_since"]), (&json!("active"), &json!("2027-12-01")));
    }

    /// A server that slept for a year dates every change on its day, once.
    async fn a_late_midnight_dates_each_change(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.sale(&id, 5000).await;
        shop.app.step().await;
        assert_eq!(shop.wake_on(date("2028-01-01")).await, 3);
        assert_eq!(shop.wake_on(date("2028-01-01")).await, 0);
        let changes = shop.cashier.get(&format!("/api/v1/members/{}/stage-changes", text(&id))).await.ok();
        let dates: Vec<&str> = changes["items"].as_array().unwrap().iter().map(|change| text(&change["on"])).collect();
        assert_eq!(dates, ["2027-11-23", "2027-05-23", "2027-02-23", "2026-11-22"]);
    }

    /// A trade may have new and loyal members; when the bands change, everybody follows.
    async fn a_trade_may_have_its_own_bands(shop) {
        let once = shop.enrol("13800000042", "甲").await["id"].clone();
        let often = shop.enrol("13800000043", "乙").await["id"].clone();
        shop.sale(&once, 100).await;
        for _ in 0..3 {
            shop.sale(&often, 100).await;
        }
        shop.app.step().await;
        let stages = |counts: Value| -> Vec<(String, i64)> {
            let all = counts.as_array().unwrap().iter().map(|count| (text(&count["stage"]).to_owned(), count["members"].as_i64().unwrap()));
            all.filter(|(_, members)| *members > 0).collect()
        };
        assert_eq!(stages(shop.cashier.get("/api/v1/stages").await.ok()), [("active".to_owned(), 2)]);
        let bands = json!({ "active_months": 2, "marginal_months": 4, "dormant_months": 6, "new_days": 30, "loyal_purchases": 3 });
        shop.cashier.put("/api/v1/settings/stage", &bands).await.refused(403, "permission_missing");
        shop.owner.put("/api/v1/settings/stage", &json!({ "active_months": 9 })).await.refused(400, "stage_bands_malformed");
        shop.app.advance_ms(1);
        shop.owner.put("/api/v1/settings/stage", &bands).await.ok();
        shop.app.step().await;
        let expected = [("new".to_owned(), 1), ("loyal".to_owned(), 1)];
        assert_eq!(stages(shop.cashier.get("/api/v1/stages").await.ok()), expected);
        assert_eq!(stages(shop.cashier.get("/api/v1/stages?on=2026-11-22").await.ok()), expected);
        assert_eq!(stages(shop.cashier.get("/api/v1/stages?on=2026-11-21").await.ok()), [("prospect".to_owned(), 2)]);
        assert_eq!(stages(shop.cashier.get("/api/v1/stages?on=2027-05-01").await.ok()), [("dormant".to_owned(), 2)]);
        assert_eq!(shop.events(&often, "member.stage_changed").await[1]["cause"], "bands");
        assert_eq!(shop.wake_on(date("2026-12-23")).await, 1);
        assert_eq!(shop.show(&once).await["stage"], "active");
        assert_eq!(shop.show(&often).await["stage"], "loyal");
    }
}
