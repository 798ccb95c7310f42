//! Coupons of every kind at the till: what they give, why they don't apply, and how they come back.

use crate::purse::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    /// Lets an order use so many coupons.
    async fn coupons_max(&self, max: u8) {
        self.owner.put("/api/v1/settings/checkout", &json!({ "coupons_max": max })).await.ok();
    }
}

scenario! {
    setup = counter;

    /// A gift is free once its goods are in the cart and the rest reaches the threshold; it comes back
    /// with the gift, and nobody pays or earns for it.
    async fn a_gift_is_free_and_comes_back(given) {
        let terms = json!({ "benefit": { "kind": "gift", "goods": [given.variant(1)] }, "threshold": 9_000 });
        let gift = given.coupon(terms).await;
        assert_eq!(given.verdict(&given.cart(&[(0, 2)]), gift).await, Err("goods_missing".to_owned()));
        assert_eq!(given.verdict(&given.cart(&[(0, 1), (1, 2)]), gift).await, Err("threshold_short".to_owned()), "the gift itself doesn't count");
        let cart = given.with(&given.cart(&[(0, 2), (1, 2)]), &[gift]);
        let order = given.sell(&cart, 14_250).await;
        assert_eq!((order["lines"][1]["shares"]["coupon"].as_i64(), order["points_earned"].as_i64()), (Some(4_750), Some(142)));
        assert_eq!(given.uses_left(gift).await, 0);
        given.take_back(&order, &[(0, 2)]).await;
        assert_eq!(given.uses_left(gift).await, 0, "the gift is still with the customer");
        given.take_back(&order, &[(1, 1)]).await;
        given.take_back(&order, &[]).await;
        assert_eq!(given.uses_left(gift).await, 1);
        given.sound().await;
    }

    /// An exchange coupon leaves a fixed price for its pieces and no more.
    async fn an_exchange_leaves_its_price(given) {
        let benefit = json!({ "kind": "exchange", "goods": [given.variant(2)], "price": 990, "pieces": 2 });
        let coupon = given.coupon(json!({ "benefit": benefit })).await;
        let cart = given.with(&given.cart(&[(2, 3)]), &[coupon]);
        let order = given.sell(&cart, 4_750 + 2 * 990).await;
        assert_eq!(order["savings"][1]["reason"], json!({ "code": "coupon_exchange", "price": 990 }));
        let back = given.take_back(&order, &[(0, 1)]).await;
        let rest = given.take_back(&order, &[]).await;
        assert_eq!(back["amount"].as_i64().unwrap() + rest["amount"].as_i64().unwrap(), 6_730);
        given.sound().await;
    }

    /// Two vouchers give two times a service, not one and a half.
    async fn vouchers_give_one_time_each(given) {
        given.coupons_max(4).await;
        let template = given.template(json!({ "benefit": { "kind": "service", "services": [given.variant(3)] }, "limits": { "per_order_max": 2 } })).await;
        let coupons = [given.issue(template, given.member(0)).await, given.issue(template, given.member(0)).await, given.issue(template, given.member(0)).await];
        let mut cart = given.cart(&[(3, 3)]);
        cart["coupons"] = json!({ "kind": "auto" });
        let quote = given.quote(&cart).await["quote"].clone();
        assert_eq!(quote["total"], json!(4_250), "one of three is left, less the stall's own 5.00: {quote}");
        let left: Vec<_> = quote["coupons"].as_array().unwrap().iter().filter(|c| c["saved"] == json!(0) && coupons.iter().any(|id| c["coupon"] == json!(id))).collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0]["why_not"]["code"], json!("template_limit"));
    }

    /// Of a class an order uses one, and one that stands alone goes with none; the quote says which is in the way.
    async fn classes_keep_coupons_apart(given) {
        given.coupons_max(3).await;
        let off = |amount: i64, stacking: serde_json::Value| json!({ "benefit": { "kind": "amount", "off": amount }, "stacking": stacking });
        let class = json!({ "kind": "class", "class": "满减" });
        let (small, large) = (given.coupon(off(300, class.clone())).await, given.coupon(off(400, class)).await);
        let (free, alone) = (given.coupon(off(200, json!({ "kind": "free" }))).await, given.coupon(off(550, json!({ "kind": "alone" }))).await);
        let mut cart = given.cart(&[(0, 1)]);
        cart["coupons"] = json!({ "kind": "auto" });
        let own = given.stall.members[0].coupon.0;
        let verdicts = [given.verdict(&cart, large).await, given.verdict(&cart, free).await, given.verdict(&cart, own).await];
        assert_eq!(verdicts, [Ok(400), Ok(200), Ok(500)], "4.00, 2.00 and the stall's own 5.00 are more than 5.50 alone");
        for out in [small, alone] {
            assert_eq!(given.verdict(&cart, out).await, Err("stacked_out".to_owned()));
        }
        let both = given.with(&given.cart(&[(0, 1)]), &[small, large]);
        given.try_sell(&both, json!([{ "tender": "cash", "amount": 4_350 }])).await.refused(422, "coupon_not_usable");
    }

    /// Hours and days: the clock stands at 10:00 on a Sunday in Shanghai.
    async fn hours_and_days_are_kept(given) {
        let terms = |hours: serde_json::Value, except: serde_json::Value| json!({ "benefit": { "kind": "amount", "off": 100 }, "hours": hours, "except_dates": except });
        let weekdays = given.coupon(terms(json!([{ "from_minute": 0, "to_minute": 0, "weekdays": [1, 2, 3, 4, 5] }]), json!([]))).await;
        let lunch = given.coupon(terms(json!([{ "from_minute": 660, "to_minute": 840 }]), json!(["2026-11-23"]))).await;
        let cart = given.cart(&[(0, 1)]);
        assert_eq!(given.verdict(&given.with(&cart, &[weekdays]), weekdays).await, Err("outside_hours".to_owned()));
        assert_eq!(given.verdict(&given.with(&cart, &[lunch]), lunch).await, Err("outside_hours".to_owned()));
        given.app.advance_ms(3_600_000);
        assert_eq!(given.verdict(&given.with(&cart, &[lunch]), lunch).await, Ok(100));
        given.app.advance_days(1);
        assert_eq!(given.verdict(&given.with(&cart, &[lunch]), lunch).await, Err("excluded_date".to_owned()));
        assert_eq!(given.verdict(&given.with(&cart, &[weekdays]), weekdays).await, Ok(100), "Monday");
    }

    /// A limit in a week counts over orders, is refused by the database where two come at once, and a
    /// refund frees its place in the week of the use.
    async fn a_period_has_its_limit(given) {
        let limits = json!({ "per_period": { "period": "week", "max": 2 }, "uses": 9 });
        let coupon = given.coupon(json!({ "benefit": { "kind": "amount", "off": 100 }, "limits": limits })).await;
        let cart = given.with(&given.cart(&[(0, 1)]), &[coupon]);
        let body = |given: &Counter| {
            let mut body = cart.clone();
            body["id"] = json!(given.uuid());
            body["payments"] = json!([{ "tender": "cash", "amount": 4_650 }]);
            body
        };
        let codes = given.race("/api/v1/orders", (0..12).map(|_| body(&given)).collect()).await;
        let won = codes.iter().filter(|code| code.is_empty()).count();
        assert_eq!(won, 2, "{codes:?}");
        assert!(codes.iter().all(|code| ["", "coupon_period_limit", "coupon_not_usable"].contains(&code.as_str())), "{codes:?}");
        assert_eq!(given.verdict(&cart, coupon).await, Err("period_limit".to_owned()));
        given.app.advance_days(1);
        assert_eq!(given.verdict(&cart, coupon).await, Ok(100), "Monday is another week");
        let order = given.sell(&cart, 4_650).await;
        given.sell(&cart, 4_650).await;
        assert_eq!(given.verdict(&cart, coupon).await, Err("period_limit".to_owned()));
        given.app.advance_days(7);
        given.take_back(&order, &[]).await;
        given.sound().await;
        let used = "UPDATE coupon_period SET used = used - 1 WHERE merchant_id = $1 AND starts_on = '2026-11-23' AND used = 1";
        assert_eq!(given.broken_by(used).await.as_deref(), Some("coupon_period"), "the refund freed a place in the week of the use");
    }

    /// A member who has given a coupon away while the till was open uses it no more.
    async fn what_was_given_away_is_not_used(given) {
        let coupon = given.coupon(json!({ "benefit": { "kind": "amount", "off": 100 }, "transferable": true })).await;
        let cart = given.with(&given.cart(&[(0, 1)]), &[coupon]);
        given.owner.post(&format!("/api/v1/coupons/{coupon}/transfer"), &json!({ "to": given.member(1) })).await.ok();
        given.try_sell(&cart, json!([{ "tender": "cash", "amount": 4_650 }])).await.refused(422, "coupon_not_usable");
        let mut theirs = cart.clone();
        theirs["member"] = json!(given.member(1));
        given.sell(&theirs, 4_650).await;
        given.sound().await;
    }

    /// Whoever asks what has become of a template's coupons sees of each whose it is and where it was used: in which
    /// sale, or without one; what was taken back was not used.
    async fn a_templates_coupons_say_what_became_of_them(given) {
        let template = given.template(json!({ "benefit": { "kind": "amount", "off": 100 } })).await;
        let first = given.issue(template, given.member(0)).await;
        given.app.advance_ms(60_000);
        let second = given.issue(template, given.member(1)).await;
        given.app.advance_ms(60_000);
        let third = given.issue(template, given.member(0)).await;
        let path = format!("/api/v1/coupon-templates/{template}/coupons");
        let rows = async |query: &str| given.owner.get(&format!("{path}{query}")).await.ok()["items"].as_array().unwrap().clone();
        let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect::<Vec<shuke_kernel::Uuid>>();
        let all = rows("").await;
        assert_eq!(ids(&all), [third, second, first], "newest first");
        assert_eq!((&all[1]["member"], &all[1]["owner"]["id"]), (&json!(given.member(1)), &json!(given.member(1))));
        assert!(all[1]["owner"]["number"].is_string() && all[1].get("last_use").is_none(), "{}", all[1]);

        let order = given.sell(&given.with(&given.cart(&[(0, 1)]), &[first]), 4_650).await;
        let used = rows("?state=used").await;
        assert_eq!(ids(&used), [first]);
        let told = json!({ "order": order["id"], "store": given.stall.store, "at": order["at"] });
        assert_eq!((&used[0]["last_use"], &used[0]["state"]), (&told, &json!("used")));
        assert_eq!(ids(&rows("?state=active").await), [third, second]);
        let page = given.owner.get(&format!("{path}?limit=2")).await.ok();
        assert_eq!(ids(&rows(&format!("?limit=2&cursor={}", page["next"].as_str().unwrap())).await), [first]);

        given.take_back(&order, &[]).await;
        assert!(rows("?state=used").await.is_empty());
        let back = rows("?state=active").await;
        assert!(ids(&back) == [third, second, first] && back[2].get("last_use").is_none(), "{back:?}");
        given.owner.post(&format!("/api/v1/coupons/{second}/revoke"), &json!({})).await.ok();
        assert_eq!(ids(&rows("?state=revoked").await), [second]);
        given.app.advance_days(70);
        assert_eq!(ids(&rows("?state=expired").await), [third, first]);
        assert!(rows("?state=active").await.is_empty());
        let nobody = given.uuid();
        given.owner.get(&format!("/api/v1/coupon-templates/{nobody}/coupons")).await.refused(404, "coupon_template_not_found");
    }

    /// A voucher that was redeemed without a sale says where; undone, it was not used. Several uses show the last.
    async fn the_last_use_is_shown_with_or_without_a_sale(given) {
        let terms = json!({ "benefit": { "kind": "service", "services": [given.variant(3)] }, "limits": { "uses": 3 } });
        let template = given.template(terms).await;
        let coupon = given.issue(template, given.member(0)).await;
        let path = format!("/api/v1/coupon-templates/{template}/coupons");
        let last = async || given.owner.get(&path).await.ok()["items"][0]["last_use"].clone();
        let redemption = given.uuid();
        let draft = json!({ "id": redemption, "coupon": coupon, "store": given.stall.store, "uses": 1 });
        let redeemed = given.owner.post("/api/v1/coupon-redemptions", &draft).await.ok();
        assert_eq!(last().await, json!({ "store": given.stall.store, "at": redeemed["at"] }));
        given.app.advance_ms(60_000);
        let cart = given.with(&given.cart(&[(3, 1)]), &[coupon]);
        let total = given.quote(&cart).await["payable"].as_i64().unwrap();
        let order = given.sell(&cart, total).await;
        assert_eq!(last().await["order"], order["id"], "the later of two");
        given.take_back(&order, &[]).await;
        assert_eq!(last().await, json!({ "store": given.stall.store, "at": redeemed["at"] }));
        given.owner.post(&format!("/api/v1/coupon-redemptions/{redemption}/undo"), &json!({})).await.ok();
        assert_eq!(last().await, Value::Null);
    }
}
