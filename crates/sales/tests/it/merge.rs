//! Two records of one customer become one, and two again.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_db::{Stmt, ToValue as _};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn path(id: &Value, rest: &str) -> String {
    format!("/api/v1/members/{}{rest}", text(id))
}

/// Two members of the stall: the one who stays, and the one who becomes that one.
pub fn two(at: &Counter) -> (Value, Value) {
    (json!(at.stall.members[0].member), json!(at.stall.members[1].member))
}

pub async fn merge(at: &Counter, survivor: &Value, absorbed: &Value) -> Value {
    let body = json!({ "survivor": survivor, "absorbed": absorbed, "reason": "同一个人" });
    at.manager.post("/api/v1/merges", &body).await.ok()
}

pub async fn undo(at: &Counter, merge: &Value) -> shuke_testkit::Reply {
    at.manager.post(&format!("/api/v1/merges/{}/undo", text(&merge["id"])), &json!({})).await
}

/// One piece at 95折 for 47.50, of which points pay 1.00 and the coupon of the stall 5.00, the rest by wallet and cash.
async fn buys(at: &Counter, member: usize) -> Value {
    let mut cart = at.cart(&[1, 1]);
    cart["member"] = json!(at.stall.members[member].member);
    cart["coupons"] = json!({ "kind": "selected", "coupons": [at.stall.members[member].coupon] });
    cart["points"] = json!({ "kind": "exact", "points": 100 });
    cart["payments"] = json!([{ "tender": "wallet", "amount": 4_450 }, { "tender": "cash", "amount": 4_450 }]);
    at.sell(&cart).await
}

pub async fn step(at: &Counter) {
    while at.app.step().await > 0 {}
}

async fn rows(at: &Counter, text: &str) -> Vec<String> {
    let stmt = Stmt::built(text.to_owned(), vec![at.stall.merchant.to_value()]);
    let rows = at.app.db().read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
    let read = |row: &shuke_db::Row| {
        (0..row.width()).map(|column| format!("{:?}", row.get::<shuke_db::Value>(column).unwrap())).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(read).collect()
}

/// Everything that must come back, table by table.
pub async fn everything(at: &Counter) -> BTreeMap<&'static str, Vec<String>> {
    let mut out = BTreeMap::new();
    for (name, text) in [
        (
            "account",
            "SELECT owner, kind, balance, held FROM account WHERE merchant_id = $1 AND (balance <> 0 OR is_closed) ORDER BY owner, kind",
        ),
        (
            "lot",
            "SELECT owner, kind, id, granted, remaining, short, expired, expires_at, available_at FROM lot WHERE merchant_id = $1 ORDER BY id",
        ),
        ("coupon", "SELECT id, member_id, uses_left, place FROM coupon WHERE merchant_id = $1 ORDER BY id"),
        (
            "quota",
            "SELECT member_id, template_id, issued FROM coupon_quota WHERE merchant_id = $1 AND issued <> 0 ORDER BY member_id, template_id",
        ),
        ("order", "SELECT id, member_id, points_earned, refunded FROM sales_order WHERE merchant_id = $1 ORDER BY id"),
        ("refund", "SELECT id, member_id, amount FROM refund WHERE merchant_id = $1 ORDER BY id"),
        ("claim", "SELECT order_id, member_id FROM order_claim WHERE merchant_id = $1 ORDER BY order_id"),
        ("purchase", "SELECT member_id, order_id, amount, refunded FROM purchase WHERE merchant_id = $1 ORDER BY member_id, order_id"),
        (
            "stat",
            "SELECT member_id, orders, amount, first_purchase_on, last_purchase_on, stage, stage_since, stage_due_on FROM member_stat WHERE merchant_id = $1 ORDER BY member_id",
        ),
        (
            "tier",
            "SELECT member_id, tier_id, valid_until, locked_until, due_on, overlay_tier, overlay_until FROM member_tier
             WHERE merchant_id = $1 AND (tier_id IS NOT NULL OR overlay_until IS NOT NULL) ORDER BY member_id",
        ),
        (
            "stamp_card",
            "SELECT member_id, card_id, stamps, rounds FROM stamp_card WHERE merchant_id = $1 AND stamps + rounds > 0 ORDER BY member_id",
        ),
        ("stamp_entry", "SELECT order_id, member_id, card_id, stamps, lapsed FROM stamp_entry WHERE merchant_id = $1 ORDER BY order_id"),
        ("gift", "SELECT source_id, member_id, cause, place, points, taken_back FROM gift WHERE merchant_id = $1 ORDER BY source_id"),
        ("membership", "SELECT id, member_id, ends_on, state, refunded FROM membership WHERE merchant_id = $1 ORDER BY id"),
        ("pass", "SELECT id, member_id, uses, starts_on, expires_on, refunded FROM pass WHERE merchant_id = $1 ORDER BY id"),
        ("pass_visit", "SELECT source_id, line, member_id, pass_id FROM pass_visit WHERE merchant_id = $1 ORDER BY source_id, line"),
        ("growth", "SELECT source_id, member_id, growth FROM growth WHERE merchant_id = $1 ORDER BY source_id"),
        ("reward_order", "SELECT id, member_id, points, state FROM reward_order WHERE merchant_id = $1 ORDER BY id"),
        ("card", "SELECT id, member_id, number, state, shared, shared_max FROM card WHERE merchant_id = $1 ORDER BY id"),
        ("share", "SELECT card_id, member_id FROM card_share WHERE merchant_id = $1 ORDER BY card_id, member_id"),
        ("tag", "SELECT member_id, tag_id FROM member_tag WHERE merchant_id = $1 ORDER BY member_id, tag_id"),
        (
            "field",
            "SELECT subject_id, field_id, text_value, int_value FROM field_value WHERE merchant_id = $1 ORDER BY subject_id, field_id, place",
        ),
        ("dependent", "SELECT id, member_id FROM dependent WHERE merchant_id = $1 ORDER BY id"),
        ("consent", "SELECT member_id, channel, granted, at FROM consent WHERE merchant_id = $1 ORDER BY member_id, channel"),
        ("terms", "SELECT member_id, version, at FROM terms_acceptance WHERE merchant_id = $1 ORDER BY member_id, version"),
        ("note", "SELECT id, member_id FROM member_note WHERE merchant_id = $1 ORDER BY id"),
        ("contact", "SELECT id, member_id FROM contact WHERE merchant_id = $1 ORDER BY id"),
        ("group", "SELECT group_id, person_id FROM group_person WHERE merchant_id = $1 ORDER BY group_id, person_id"),
        (
            "member",
            "SELECT id, number, state, phone_index, name_index, merged_into, gender, province FROM member WHERE merchant_id = $1 ORDER BY id",
        ),
    ] {
        out.insert(name, rows(at, text).await);
    }
    out
}

/// Gives a member one of everything that hangs on a profile.
async fn furnish(at: &Counter, id: &Value, mark: &str) {
    let tag = at.owner.post("/api/v1/tags", &json!({ "name": mark })).await.ok();
    at.owner.patch(&format!("/api/v1/tags/{}/members", text(&tag["id"])), &json!({ "give_to": [id] })).await.ok();
    at.cashier.post(&path(id, "/cards"), &json!({ "kind": "physical", "number": format!("CARD{mark}") })).await.ok();
    at.cashier.post(&path(id, "/dependents"), &json!({ "relation": "child", "born_on": "2026-01-02" })).await.ok();
    at.cashier.post(&path(id, "/notes"), &json!({ "text": mark })).await.ok();
    at.cashier
        .post(&path(id, "/contacts"), &json!({ "channel": "sms", "kind": "talk", "subject": mark, "outcome": "answered" }))
        .await
        .ok();
    at.cashier.put(&path(id, "/preferences/declared"), &json!({ mark: mark })).await.ok();
    at.cashier.put(&path(id, "/consents"), &json!({ "channels": { "sms": true } })).await.ok();
}

scenario! {
    setup = counter;

    /// Value, orders, cards and the profile follow; a refund afterwards is as exact as before.
    async fn everything_becomes_the_survivors(at) {
        let (stays, goes) = two(&at);
        furnish(&at, &goes, "A1").await;
        at.owner.patch(&path(&goes, ""), &json!({ "gender": "female" })).await.ok();
        let before = at.cashier.get(&path(&goes, "")).await.ok();
        let (ours, theirs) = (at.balances(&stays).await, at.balances(&goes).await);
        let order = buys(&at, 1).await;
        step(&at).await;
        let spent = at.balances(&goes).await;
        merge(&at, &stays, &goes).await;
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let after = at.balances(&stays).await;
        for kind in ["points", "principal", "bonus"] {
            assert_eq!(after[kind], ours[kind] + spent[kind], "{kind}");
            assert_eq!(at.balances(&goes).await[kind], 0);
        }
        let member = at.cashier.get(&path(&stays, "")).await.ok();
        assert_eq!((&member["gender"], &member["orders"]), (&json!("female"), &json!(1)));
        assert_eq!(member["dependents"].as_array().unwrap().len(), 1);
        assert!(member["tags"].as_array().unwrap().iter().any(|tag| tag["name"] == "A1"));
        for code in ["CARDA1", text(&before["number"])] {
            assert_eq!(at.cashier.post("/api/v1/codes/identify", &json!({ "code": code })).await.ok()["id"], stays, "{code}");
            assert_eq!(at.cashier.get(&format!("/api/v1/members?q={code}")).await.ok()["items"][0]["id"], stays, "{code}");
        }
        let gone = at.cashier.get(&path(&goes, "")).await.ok();
        assert_eq!((&gone["state"], &gone["merged_into"]), (&json!("merged"), &stays));
        let orders = at.cashier.get(&path(&stays, "/orders")).await.ok();
        assert_eq!(orders["items"][0]["id"], order["id"]);
        let mut cart = at.cart(&[1]);
        cart["member"] = goes.clone();
        at.cashier.post("/api/v1/orders", &cart).await.refused(422, "member_not_active");
        at.cashier.patch(&path(&goes, ""), &json!({ "name": "x" })).await.refused(422, "member_merged");

        for lines in [vec![(0, 500)], vec![(1, 1_000)], vec![]] {
            at.cashier.post("/api/v1/refunds", &at.back(&order, &lines)).await.ok();
            assert_eq!(at.difference().await, None);
        }
        let end = at.balances(&stays).await;
        for kind in ["points", "principal", "bonus"] {
            assert_eq!(end[kind], ours[kind] + theirs[kind], "{kind}");
        }
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let coupon = at.cashier.get(&format!("/api/v1/coupons/{}", at.stall.members[1].coupon)).await.ok();
        assert_eq!((&coupon["member"], &coupon["uses_left"]), (&stays, &json!(1_000_000)));
    }

    /// Undone, everything is as it was, row by row.
    async fn undoing_brings_everything_back(at) {
        let (stays, goes) = two(&at);
        furnish(&at, &stays, "B2").await;
        furnish(&at, &goes, "A1").await;
        at.cashier.patch(&path(&stays, ""), &json!({ "phone": null })).await.ok();
        let family = at.cashier.post("/api/v1/members", &json!({ "name": "王家", "kind": "group" })).await.ok()["id"].clone();
        at.cashier.post(&path(&family, "/people"), &json!({ "person": goes })).await.ok();
        let card = at.cashier.post(&path(&family, "/cards"), &json!({ "kind": "physical", "number": "FAMILY01" })).await.ok();
        let card = path(&family, &format!("/cards/{}", text(&card["id"])));
        at.cashier.put(&format!("{card}/sharing"), &json!({ "shared_max": 2 })).await.ok();
        for member in [&stays, &goes] {
            at.cashier.post(&format!("{card}/shares"), &json!({ "member": member })).await.ok();
        }
        for member in [0, 1, 1] {
            buys(&at, member).await;
        }
        let nobodys = at.sell(&at.cart(&[1])).await;
        at.cashier.post("/api/v1/claims", &json!({ "order": nobodys["id"], "buyer": { "kind": "known", "member": goes } })).await.ok();
        step(&at).await;
        let before = everything(&at).await;
        at.app.advance_ms(1_000);
        let merged = merge(&at, &stays, &goes).await;
        step(&at).await;
        assert_ne!(everything(&at).await["lot"], before["lot"]);
        assert_eq!(at.difference().await, None);
        at.app.advance_ms(1_000);
        undo(&at, &merged).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let after = everything(&at).await;
        for (table, rows) in &before {
            assert_eq!(after[table], *rows, "{table}");
        }
        undo(&at, &merged).await.refused(409, "merge_undone");
        let again = merge(&at, &stays, &goes).await;
        undo(&at, &again).await.ok();
        let history = at.cashier.get(&path(&stays, "/merges")).await.ok();
        assert_eq!(history["items"].as_array().unwrap().len(), 2);
    }

    /// What came over and was used stands in the way, until it is given back; a refund of an old order goes along.
    async fn what_was_used_stands_in_the_way(at) {
        let (stays, goes) = two(&at);
        let old = buys(&at, 1).await;
        step(&at).await;
        at.app.advance_ms(120_000);
        let merged = merge(&at, &stays, &goes).await;
        at.app.advance_ms(1_000);
        at.cashier.post("/api/v1/refunds", &at.back(&old, &[(0, 1_000)])).await.ok();
        let mut cart = at.cart(&[1]);
        cart["member"] = stays.clone();
        let balance = at.balances(&stays).await;
        // More than the survivor had alone, so lots of both are used.
        cart["lines"][0]["quantity_milli"] = json!(25_000_000_000_i64);
        cart["payments"] = json!([{ "tender": "wallet", "amount": 118_750_000_000_i64 }]);
        assert!(balance["principal"] > 118_750_000_000);
        let used = at.sell(&cart).await;
        step(&at).await;
        undo(&at, &merged).await.refused(422, "merge_used");
        at.cashier.post("/api/v1/refunds", &at.back(&used, &[])).await.ok();
        step(&at).await;
        undo(&at, &merged).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
        at.cashier.post("/api/v1/refunds", &at.back(&old, &[])).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let shown = at.cashier.get(&format!("/api/v1/orders/{}", text(&old["id"]))).await.ok();
        assert_eq!(shown["member"], goes);
        at.app.advance_days(31);
        let late = merge(&at, &stays, &goes).await;
        at.app.advance_days(31);
        undo(&at, &late).await.refused(422, "merge_undo_late");
    }

    /// A chain of merges leads to the last one, and is undone from its end.
    async fn merges_follow_each_other(at) {
        let [a, b, c] = [0, 1, 2].map(|index| json!(at.stall.members[index].member));
        let number = at.cashier.get(&path(&a, "")).await.ok()["number"].clone();
        let first = merge(&at, &b, &a).await;
        let second = merge(&at, &c, &b).await;
        assert_eq!(at.cashier.post("/api/v1/codes/identify", &json!({ "code": number })).await.ok()["id"], c);
        at.manager.post("/api/v1/merges", &json!({ "survivor": c, "absorbed": a, "reason": "x" })).await.refused(422, "member_merged");
        at.manager.post("/api/v1/merges", &json!({ "survivor": c, "absorbed": c, "reason": "x" })).await.refused(400, "merge_same");
        let home = at.cashier.post("/api/v1/members", &json!({ "name": "王家", "kind": "group" })).await.ok()["id"].clone();
        at.manager.post("/api/v1/merges", &json!({ "survivor": home, "absorbed": c, "reason": "x" })).await.refused(422, "merge_kinds_differ");
        at.cashier.post("/api/v1/merges", &json!({ "survivor": c, "absorbed": home, "reason": "x" })).await.refused(403, "permission_missing");
        undo(&at, &first).await.refused(422, "merge_undo_order");
        undo(&at, &second).await.ok();
        assert_eq!(at.cashier.post("/api/v1/codes/identify", &json!({ "code": number })).await.ok()["id"], b);
        undo(&at, &first).await.ok();
        assert_eq!(at.cashier.post("/api/v1/codes/identify", &json!({ "code": number })).await.ok()["id"], a);
        assert_eq!(at.difference().await, None);
    }

    /// Sales that are under way while members merge lose nothing: refused, or the survivor's.
    async fn sales_under_way_lose_nothing(at) {
        let (stays, goes) = two(&at);
        let at = Arc::new(at);
        let mut running = tokio::task::JoinSet::new();
        for index in 0..12 {
            let (at, goes, stays) = (at.clone(), goes.clone(), stays.clone());
            running.spawn(async move {
                if index == 5 || index == 6 {
                    let body = json!({ "survivor": stays, "absorbed": goes, "reason": "同一个人" });
                    return at.manager.post("/api/v1/merges", &body).await;
                }
                let mut cart = at.cart(&[1]);
                cart["member"] = goes;
                cart["payments"] = json!([{ "tender": if index % 2 == 0 { "wallet" } else { "cash" }, "amount": 4_750 }]);
                at.cashier.post("/api/v1/orders", &cart).await
            });
        }
        let replies = running.join_all().await;
        let merged = replies.iter().filter(|reply| reply.status.is_success() && reply.json.get("absorbed").is_some()).count();
        assert_eq!(merged, 1, "{replies:?}");
        for reply in &replies {
            let known = ["member_not_active", "account_closed", "member_merged", "member_merged_already"];
            assert!(reply.status.is_success() || known.contains(&reply.code()), "{} {}", reply.status, reply.text);
        }
        step(&at).await;
        assert_eq!(at.difference().await, None);
        let left: Vec<Uuid> = at.app.db().read(&(at.stall.merchant, at.stall.members[1].member), |tx, (merchant, member)| {
            Box::pin(async move {
                tx.rows(shuke_db::sql!("SELECT id FROM sales_order WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await?.iter().map(|row| row.get(0)).collect()
            })
        }).await.unwrap();
        assert_eq!(left, Vec::<Uuid>::new(), "no order is left behind");
        assert_eq!(at.balances(&goes).await["principal"], 0);
    }

    /// One document holds what every slice knows; erased, nothing tells who it was, and the ledger is whole.
    async fn a_member_is_exported_and_erased(at) {
        let (stays, goes) = two(&at);
        for (member, phone) in [(&stays, "13911111111"), (&goes, "13922222222")] {
            at.cashier.patch(&path(member, ""), &json!({ "phone": phone, "name": "欧阳小芳", "email": "fang@example.com" })).await.ok();
        }
        furnish(&at, &stays, "B2").await;
        furnish(&at, &goes, "A1").await;
        buys(&at, 0).await;
        merge(&at, &stays, &goes).await;
        step(&at).await;
        at.manager.get(&path(&stays, "/export")).await.refused(403, "permission_missing");
        let export = at.owner.get(&path(&stays, "/export")).await.ok();
        let sections: Vec<&String> = export["sections"].as_object().unwrap().keys().collect();
        assert_eq!(sections, ["ledger", "loyalty", "member", "offer", "sales"]);
        let member = &export["sections"]["member"];
        assert_eq!(member["profile"]["person"]["phone"], "+8613911111111");
        assert_eq!(member["notes"].as_array().unwrap().len(), 2);
        assert_eq!(export["sections"]["sales"]["orders"].as_array().unwrap().len(), 1);
        assert!(export["sections"]["ledger"]["entries"].as_array().unwrap().len() > 2);
        assert!(export["sections"]["ledger"]["lots"].as_array().unwrap().len() > 2);
        assert_eq!(export["sections"]["loyalty"]["coupons"].as_array().unwrap().len(), 2);
        let audit = at.owner.get(&format!("/api/v1/audit?subject={}", text(&stays))).await.ok();
        assert!(audit["items"].as_array().unwrap().iter().any(|entry| entry["action"] == "member.exported"));

        let value = at.balances(&stays).await;
        at.owner.post(&path(&goes, "/erase"), &json!({})).await.refused(422, "member_merged");
        at.owner.post(&path(&stays, "/erase"), &json!({})).await.ok();
        step(&at).await;
        assert_eq!(at.difference().await, None);
        assert_eq!(at.balances(&stays).await, value, "the ledger keeps its numbers");
        for q in ["13911111111", "13922222222", "CARDA1", "%E6%AC%A7%E9%98%B3%E5%B0%8F%E8%8A%B3"] {
            let found = at.cashier.get(&format!("/api/v1/members?q={q}")).await.ok();
            assert_eq!(found["items"], json!([]), "{q}");
        }
        at.owner.get(&path(&stays, "/export")).await.refused(422, "member_erased");
        let left = rows(&at, "SELECT id, phone, name, email, note, birthday FROM member WHERE merchant_id = $1 AND (phone IS NOT NULL OR name IS NOT NULL OR email IS NOT NULL)").await;
        for id in [&stays, &goes] {
            assert!(!left.iter().any(|row| row.contains(text(id))), "{left:?}");
        }
        for table in ["member_note", "member_preference", "member_pin", "dependent", "contact", "member_merge_part"] {
            assert_eq!(rows(&at, &format!("SELECT merchant_id FROM {table} WHERE merchant_id = $1")).await, Vec::<String>::new(), "{table}");
        }
    }

    /// The 360° view shows what there is, and to each as much as they may see.
    async fn the_view_shows_everything_at_once(at) {
        let (member, _) = two(&at);
        furnish(&at, &member, "B2").await;
        buys(&at, 0).await;
        step(&at).await;
        let view = at.cashier.get(&path(&member, "/overview")).await.ok();
        assert_eq!(view["member"]["id"], member);
        assert_eq!(view["orders"][0]["lines"].as_array().unwrap().len(), 2);
        assert!(view["lots"].as_array().unwrap().len() >= 3 && view["coupons"].as_array().unwrap().len() == 1);
        assert_eq!((&view["notes"][0]["text"], &view["declared"]["declared"]), (&json!("B2"), &json!({ "B2": "B2" })));
        assert_eq!(view["relationship"]["total"], 3);
        let kinds: Vec<&str> = view["timeline"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
        for kind in ["joined", "order", "contact", "stage", "value"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        let happened = |kind: &str| view["timeline"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap();
        assert_eq!((&happened("order")["order"], &happened("order")["amount"]), (&view["orders"][0]["id"], &view["orders"][0]["total"]));
        assert!(happened("contact")["outcome"].is_string());
        assert_ne!(happened("value")["moves"][0]["amount"], 0);
        assert_eq!(view["habits"]["tenders"].as_array().unwrap().len(), 3);
        let preferences = at.cashier.get(&path(&member, "/preferences")).await.ok();
        assert_eq!(preferences["derived"]["products"].as_array().unwrap().len(), 2);
        assert_eq!(preferences["derived"]["stores"][0]["key"], json!(at.stall.store));
        let key = at.owner.post("/api/v1/api-keys", &json!({ "name": "x", "scopes": ["member:read"] })).await.ok();
        let little = at.app.as_token(text(&key["token"])).get(&path(&member, "/overview")).await.ok();
        assert_eq!((&little["orders"], &little["notes"], &little["lots"]), (&json!([]), &json!([]), &json!([])));
        assert!(little.get("balances").is_none() && little["member"]["person"] == json!({}));
        assert!(little["timeline"].as_array().unwrap().iter().all(|one| one["kind"] != "value" && one.get("moves").is_none()));
    }
}
