//! Finding members: each kind of text, paging, filters.

use crate::support::{encoded, numbers, shop, text};
use serde_json::json;
use shuke_member::member::ops::identify;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// Every text that a cashier types finds the member, and is told for what it was taken.
    async fn every_kind_of_text_finds(shop) {
        let fang = shop.cashier.post("/api/v1/members", &json!({ "phone": "13800000042", "name": "王小芳", "card_number": "VIP0001" })).await.ok();
        let fei = shop.enrol("13900000042", "王小飞").await;
        let maria = shop.enrol("+44 20 7946 0958", "Maria da Silva").await;
        let (fang, fei, maria) = (text(&fang["number"]), text(&fei["number"]), text(&maria["number"]));
        let plastic = shop.cashier.post("/api/v1/members", &json!({ "name": "陈", "card_number": "88001234" })).await.ok();
        let plastic = text(&plastic["number"]);
        for (q, by, found) in [
            ("13800000042", "number", vec![fang]),
            ("+86 138 0000 0042", "number", vec![fang]),
            ("138-0000-0042", "number", vec![fang]),
            ("0042", "last_four", vec![fang, fei]),
            ("王小芳", "name", vec![fang]),
            ("王 小芳", "name", vec![fang]),
            ("wxf", "initials", vec![fang, fei]),
            ("WX", "initials", vec![fang, fei]),
            ("mari", "initials", vec![maria]),
            ("Maria da", "initials", vec![maria]),
            (fang, "number", vec![fang]),
            ("vip0001", "number", vec![fang]),
            ("88001234", "number", vec![plastic]),
            ("020 7946 0958", "number", vec![]),
            ("+442079460958", "number", vec![maria]),
            ("王", "name", vec![]),
            ("xyz", "initials", vec![]),
            ("9999", "last_four", vec![]),
        ] {
            let page = shop.cashier.get(&format!("/api/v1/members?q={}", encoded(q))).await.ok();
            let mut numbers = numbers(&page);
            let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
            numbers.sort();
            found.sort();
            assert_eq!((&page["matched_by"], numbers), (&json!(by), found), "{q}");
        }
        shop.cashier.get("/api/v1/members?q=").await.refused(400, "search_malformed");
        shop.cashier.get("/api/v1/members?q=..").await.refused(400, "search_malformed");
        shop.cashier.get("/api/v1/members?q=wxf&stage=lost").await.refused(400, "search_and_filter");
        let found = shop.app.db().read(&(shop.cx(), &shop.app.app.vault), |tx, (cx, vault)| Box::pin(identify(tx, cx, vault, "0042"))).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.iter().any(|member| member.name.as_deref() == Some("王*芳")));
    }

    /// Where the merchant is elsewhere, numbers without a prefix are of that country.
    async fn the_country_is_a_setting(shop) {
        shop.owner.put("/api/v1/settings/member", &json!({ "country": "GB" })).await.ok();
        shop.owner.put("/api/v1/settings/member", &json!({ "country": "gb" })).await.refused(400, "country_malformed");
        let maria = shop.enrol("020 7946 0958", "Maria").await;
        assert_eq!(shop.find("+44 20 7946 0958").await, [text(&maria["number"])]);
    }

    /// Pages follow one another without gap or repetition, by initials and by last four digits.
    async fn pages_follow_one_another(shop) {
        let mut all = Vec::new();
        for n in 0..7 {
            all.push(text(&shop.enrol(&format!("1380009{n:04}"), ["王一", "王二", "吴三", "王二", "万五", "王六", "王一"][n]).await["number"]).to_owned());
        }
        all.sort();
        for path in ["/api/v1/members?q=w&limit=2", "/api/v1/members?limit=2"] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = shop.cashier.get(&format!("{path}{cursor}")).await.ok();
                seen.extend(numbers(&page));
                match page.get("next") {
                    Some(next) => cursor = format!("&cursor={}", text(next)),
                    None => break,
                }
            }
            seen.sort();
            assert_eq!(seen, all, "{path}");
        }
        shop.cashier.get("/api/v1/members?cursor=!").await.refused(400, "cursor_malformed");
    }

    /// Filters narrow the list, alone and together.
    async fn filters_narrow(shop) {
        let tag = shop.owner.post("/api/v1/tags", &json!({ "name": "奶粉" })).await.ok()["id"].clone();
        let body = json!({ "name": "甲", "tags": [tag], "store": shop.org.store, "birthday": "1990-08-15", "region": { "province": "上海", "city": "上海" } });
        let a = shop.cashier.post("/api/v1/members", &body).await.ok();
        let b = shop.cashier.post("/api/v1/members", &json!({ "name": "乙", "tags": [tag], "birthday": "1990-08-15", "birthday_lunar": true })).await.ok();
        shop.sale(&b["id"], 100).await;
        shop.app.step().await;
        let (a, b) = (text(&a["number"]), text(&b["number"]));
        for (query, found) in [
            ("stage=prospect".to_owned(), vec![a]),
            ("stage=active".to_owned(), vec![b]),
            (format!("tag={}", text(&tag)), vec![b, a]),
            (format!("tag={}&stage=active", text(&tag)), vec![b]),
            (format!("store={}", shop.org.store), vec![a]),
            (format!("store={}", shop.org.other_store), vec![]),
            ("province=%E4%B8%8A%E6%B5%B7&city=%E4%B8%8A%E6%B5%B7".to_owned(), vec![a]),
            ("birthday=08-15".to_owned(), vec![a]),
        ] {
            let page = shop.cashier.get(&format!("/api/v1/members?{query}")).await.ok();
            let mut listed = numbers(&page);
            let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
            listed.sort();
            found.sort();
            assert_eq!(listed, found, "{query}");
        }
        shop.cashier.get("/api/v1/members?city=x").await.refused(400, "region_incomplete");
    }
}
