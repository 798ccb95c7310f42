//! The wall between members and staff, and between one member and another.

use super::document::{Operation, every, operations};
use super::things::{Side, named_in};
use super::{Given, OPEN, call, knock, two_merchants};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::{TestApp, scenario};

/// Who needs no session: whoever is about to begin one.
const DOORS: &[&str] = &["send_sign_in_code", "show_card_shop", "sign_in_by_wechat", "sign_in_member"];

fn own_operations() -> Vec<Operation> {
    let found: Vec<Operation> = every().into_iter().filter(|o| o.is_members() && !DOORS.contains(&o.id.as_str())).collect();
    assert!(found.len() > 25, "only {}", found.len());
    found
}

/// A member who joins a side's shop with a phone.
async fn joined(given: &Given, side: &Side, phone: &str) -> TestApp {
    side.owner.put("/api/v1/settings/messages", &json!({ "sms": "log" })).await.ok();
    let merchant = side.stall.shop.merchant.0;
    let door = given.app.anonymous();
    door.post("/api/v1/me/codes", &json!({ "merchant": merchant, "phone": phone })).await.ok();
    let messages = side.owner.get("/api/v1/messages").await.ok();
    let message = messages["items"].as_array().unwrap().iter().find(|m| m["to"].as_str().unwrap().ends_with(phone)).unwrap().clone();
    let code: String = message["text"].as_str().unwrap().split("验证码是 ").nth(1).unwrap().chars().take(6).collect();
    let join = json!({ "name": "墙上人", "terms_version": "1" });
    let reply = door.post("/api/v1/me/session", &json!({ "merchant": merchant, "phone": phone, "code": code, "join": join })).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    given.app.with_member_cookie_of(&reply)
}

fn body(operation: &str) -> Value {
    match operation {
        "change_my_dependent" => json!({ "relation": "child", "name": "小宝", "born_on": "2026-01-02" }),
        _ => Value::Null,
    }
}

scenario! {
    setup = two_merchants;

    /// A member would do what is staff's.
    async fn a_member_is_nobody_to_staffs_operations(given) {
        let member = joined(&given, &given.ours, "13900000001").await;
        member.get("/api/v1/me").await.ok();
        for operation in operations().iter().filter(|operation| !OPEN.contains(&operation.id.as_str())) {
            let path = operation.of(&given.ours);
            let reply = knock(&member, operation, &path).await;
            assert_eq!(reply.status, 401, "{} {path}: {}", operation.id, reply.text);
        }
    }

    /// Somebody else than the member would see or do what is the member's own.
    async fn nobody_but_the_member_is_let_in(given) {
        let shop = &given.ours.stall.shop;
        let strangers = [
            given.app.anonymous(),
            given.app.as_member("1.nonsense"),
            given.app.as_member(&format!("{}.{}.made-up", shop.merchant, given.ours.text("member").replace('-', ""))),
            given.app.as_session(shop.session(Role::Owner)),
            given.app.as_token(shop.token(Role::Owner)),
        ];
        for operation in own_operations() {
            let path = operation.of(&given.ours);
            for stranger in &strangers {
                if operation.id == "sign_out_member" {
                    continue;
                }
                let reply = knock(stranger, &operation, &path).await;
                assert_eq!(reply.status, 401, "{} {path}: {}", operation.id, reply.text);
                assert_eq!(reply.header("content-type"), "application/problem+json");
            }
        }
    }

    /// A member would see or change what is another member's, of the same shop or of another.
    async fn what_is_another_members_is_not_there(given) {
        let neighbour = joined(&given, &given.ours, "13900000001").await;
        let foreigner = joined(&given, &given.theirs, "13900000001").await;
        let walked: Vec<Operation> = own_operations().into_iter().filter(Operation::has_parameters).collect();
        assert!(walked.len() >= 5, "only {}", walked.len());
        for (number, operation) in walked.iter().enumerate() {
            let ours: Vec<String> = named_in(&operation.path).iter().map(|name| given.ours.text(name)).collect();
            let path = operation.at(&ours, &given.ours);
            for (who, client) in [("neighbour", &neighbour), ("foreigner", &foreigner)] {
                let reply = call(client, operation, &path, &body(&operation.id), &format!("{who}-{number}")).await;
                assert_eq!(reply.status, 404, "{} {path} by the {who}: {}", operation.id, reply.text);
            }
        }
        // A list shows nothing that is another member's; the shop's own things are everybody's.
        for operation in own_operations().iter().filter(|operation| operation.is_get() && !operation.has_parameters()) {
            for (side, client) in [(&given.ours, &neighbour), (&given.theirs, &foreigner)] {
                let path = operation.of(side);
                let text = client.get(&path).await.ok().to_string();
                let shown: Vec<&str> = given.ours.named(&text).into_iter().chain(given.theirs.named(&text)).collect();
                let shops = ["store", "other_store", "reward", "template", "tier", "points_kind"];
                assert!(shown.iter().all(|name| shops.contains(name)), "{path} shows {shown:?}");
                if std::ptr::eq(side, &given.theirs) {
                    assert_eq!(given.ours.named(&text), Vec::<&str>::new(), "{path} shows what is another shop's");
                }
            }
        }
        let elsewhere = format!("/api/v1/me/rewards?store={}", given.ours.text("store"));
        foreigner.get(&elsewhere).await.refused(404, "store_not_found");
        let redeem = json!({ "id": given.ours.stall.shop.cx(&given.app.app).uuid(), "reward": given.ours.things["reward"], "store": given.theirs.things["store"] });
        foreigner.post("/api/v1/me/reward-orders", &redeem).await.refused(404, "reward_not_found");
        let code = given.ours.owner.get(&format!("/api/v1/orders/{}/claim-code", given.ours.text("nobodys_order"))).await.ok();
        foreigner.post("/api/v1/me/claims", &json!({ "code": code["code"] })).await.refused(422, "receipt_code_forged");
        let card = json!({ "id": given.ours.stall.shop.cx(&given.app.app).uuid(), "code": given.ours.text("gift_card_code") });
        foreigner.post("/api/v1/me/redemptions", &card).await.refused(404, "coupon_code_not_found");
    }
}
