//! Writes of one merchant that name what is another's.

use super::Given;
use serde_json::{Value, json};

/// Operations whose bodies name nothing by an id, or only in the filters of a rule: there a name that is
/// not one's own matches nothing.
pub const NAMES_NOTHING: &[&str] = &[
    "change_approval_policy",
    "begin_totp",
    "bring_import_file",
    "change_card_policy",
    "change_message_policy",
    "set_sms_gateway",
    "set_wechat_account",
    "remove_wechat_account",
    "change_checkout_policy",
    "change_claim_policy",
    "change_earn_policy",
    "change_identity_policy",
    "change_member_settings",
    "change_offline_policy",
    "change_merchant",
    "change_own_password",
    "change_points_kinds",
    "change_pass_earn_policy",
    "change_points_spending",
    "change_points_terms",
    "change_receipt_policy",
    "change_refund_policy",
    "change_settlement_policy",
    "change_shift_policy",
    "change_relationship_policy",
    "change_sign_in_policy",
    "change_stage_bands",
    "change_stamp_scheme",
    "change_streak_scheme",
    "change_starter_picks",
    "change_tax_policy",
    "change_tier_scheme",
    "change_till_sign_in",
    "remove_own_pin",
    "set_own_pin",
    "sign_in_with_pin",
    "change_wallet_policy",
    "check_offer",
    "create_card_design",
    "confirm_totp",
    "create_coupon_template",
    "create_field",
    "create_gift_card_batch",
    "create_offer",
    "create_pass_plan",
    "create_setup",
    "create_store",
    "create_tag",
    "create_trial",
    "create_webhook",
    "publish_terms",
    "refresh_lake",
    "sign_in",
    "sign_out",
    "try_earn_policy",
    "try_price",
    "verify_ledger",
];

/// Each names one thing of ours in a request of theirs that would else be good.
pub fn foreign(given: &Given) -> Vec<(&'static str, Value)> {
    let mut all = sales(given);
    all.extend(stock(given));
    all.extend(others(given));
    all
}

/// A body with one field of another's.
fn with(mut body: Value, pointer: &str, value: &Value) -> Value {
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}")) = value.clone();
    body
}

fn id(given: &Given) -> String {
    given.theirs.stall.shop.cx(&given.app.app).uuid().to_string()
}

fn sales(given: &Given) -> Vec<(&'static str, Value)> {
    let (ours, theirs) = (&given.ours.things, &given.theirs.things);
    let mut cart = given.theirs.cart(&id(given));
    let mut all = vec![
        ("checkout", with(cart.clone(), "/store", &ours["store"])),
        ("checkout", with(cart.clone(), "/member", &ours["member"])),
        ("checkout", with(cart.clone(), "/lines/0/variant", &ours["variant"])),
        ("open_shift", json!({ "id": id(given), "till": ours["till"], "opening": 0 })),
        ("hold_cart", json!({ "id": id(given), "store": ours["store"], "cart": { "lines": given.theirs.cart("")["lines"] } })),
        ("print_receipt", json!({ "kind": "sale", "document": ours["order"], "format": "text" })),
        ("print_receipt", json!({ "kind": "refund", "document": ours["refund"], "format": "text" })),
        ("print_receipt", json!({ "kind": "top_up", "document": ours["top_up"], "format": "text" })),
        ("quote_refund", json!({ "order": ours["order"] })),
        ("set_stock_limit", json!({ "store": ours["store"], "policy": "refuse" })),
        ("set_stock_limit", json!({ "store": theirs["store"], "variant": ours["variant"], "policy": "refuse" })),
        ("make_settlement", with(given.theirs.settlement(), "/store", &ours["store"])),
        ("make_settlement", with(given.theirs.settlement(), "/other_store", &ours["other_store"])),
        (
            "exchange_goods",
            json!({ "id": id(given), "refund": { "id": id(given), "order": ours["order"], "reason": "x" }, "sale": given.theirs.cart(&id(given)) }),
        ),
        ("refund_order", json!({ "id": id(given), "order": ours["order"], "reason": "x" })),
    ];
    cart["till"] = ours["till"].clone();
    all.push(("checkout", cart.clone()));
    cart["till"] = Value::Null;
    cart["coupons"] = json!({ "kind": "selected", "coupons": [ours["coupon"]] });
    all.push(("checkout", cart.clone()));
    for field in ["id", "payments", "till"] {
        cart.as_object_mut().unwrap().remove(field);
    }
    cart["coupons"] = json!({ "kind": "none" });
    all.extend([
        ("quote_cart", with(cart.clone(), "/store", &ours["store"])),
        ("quote_cart", with(cart.clone(), "/member", &ours["member"])),
        ("quote_cart", with(cart, "/lines/0/variant", &ours["variant"])),
    ]);
    let top_up = json!({ "id": id(given), "member": theirs["member"], "store": theirs["store"], "amount": 100, "tender": "cash" });
    let by_plan = json!({ "id": id(given), "member": theirs["member"], "store": theirs["store"], "plan": ours["plan"], "tender": "cash" });
    let issue = json!({ "id": id(given), "template": theirs["template"], "members": [theirs["member"]] });
    let redemption = json!({ "id": id(given), "coupon": theirs["voucher"], "store": theirs["store"] });
    let pass = json!({ "id": id(given), "member": theirs["member"], "store": theirs["store"], "plan": theirs["pass_plan"], "payments": [{ "tender": "cash", "amount": 900 }] });
    let visit = json!({ "id": id(given), "pass": theirs["pass"], "store": theirs["store"] });
    all.extend([
        ("sell_pass", with(pass.clone(), "/member", &ours["member"])),
        ("sell_pass", with(pass.clone(), "/store", &ours["store"])),
        ("sell_pass", with(pass, "/plan", &ours["pass_plan"])),
        ("visit_with_pass", with(visit.clone(), "/pass", &ours["pass"])),
        ("visit_with_pass", with(visit, "/store", &ours["store"])),
        ("redeem_gift_card", json!({ "id": id(given), "card": ours["gift_card"], "member": theirs["member"] })),
        ("redeem_gift_card", json!({ "id": id(given), "card": theirs["gift_card"], "member": ours["member"] })),
    ]);
    all.extend([
        ("create_coupon_batch", json!({ "id": id(given), "template": ours["template"], "name": "x", "codes": 1 })),
        ("claim_coupon", json!({ "code": "0000-0000-0000-0000", "member": ours["member"] })),
        ("redeem_coupon", with(redemption.clone(), "/coupon", &ours["voucher"])),
        ("redeem_coupon", with(redemption, "/store", &ours["store"])),
    ]);
    all.extend([
        ("top_up", with(top_up.clone(), "/member", &ours["member"])),
        ("top_up", with(top_up, "/store", &ours["store"])),
        ("top_up", by_plan),
        ("issue_coupons", with(issue.clone(), "/template", &ours["template"])),
        ("issue_coupons", with(issue, "/members/0", &ours["member"])),
        ("create_membership_plan", with(given.theirs.membership_plan(), "/gift/coupons/0", &ours["template"])),
        ("sell_membership", with(given.theirs.membership(), "/plan", &ours["membership_plan"])),
        ("sell_membership", with(given.theirs.membership(), "/member", &ours["member"])),
        ("sell_membership", with(given.theirs.membership(), "/store", &ours["store"])),
        ("redeem_reward", json!({ "id": id(given), "reward": ours["reward"], "member": theirs["member"], "store": theirs["store"] })),
        ("redeem_reward", json!({ "id": id(given), "reward": theirs["reward"], "member": ours["member"], "store": theirs["store"] })),
        ("redeem_reward", json!({ "id": id(given), "reward": theirs["reward"], "member": theirs["member"], "store": ours["store"] })),
        (
            "create_reward",
            json!({ "id": id(given), "name": "x", "terms": {
            "gives": { "kind": "coupon", "template": ours["template"], "count": 1 }, "points": 1 } }),
        ),
        ("transfer_points", json!({ "id": id(given), "from": theirs["member"], "to": ours["member"], "points": 1 })),
        ("create_reward", json!({ "id": id(given), "name": "x", "terms": { "gives": { "kind": "gift" }, "points": 1, "points_kind": ours["points_kind"] } })),
        (
            "transfer_points",
            json!({ "id": id(given), "from": theirs["member"], "to": theirs["sharer"], "points": 1, "points_kind": ours["points_kind"] }),
        ),
        ("transfer_points", json!({ "id": id(given), "from": ours["member"], "to": theirs["member"], "points": 1 })),
    ]);
    all
}

fn stock(given: &Given) -> Vec<(&'static str, Value)> {
    let (ours, theirs) = (&given.ours.things, &given.theirs.things);
    let mut all = Vec::new();
    let lines = |field: &str| json!([{ "variant": theirs["variant"], field: 1_000 }]);
    for (operation, body) in [
        ("receive_stock", json!({ "store": theirs["store"], "lines": lines("quantity_milli") })),
        ("count_stock", json!({ "store": theirs["store"], "lines": lines("counted_milli") })),
        ("adjust_stock", json!({ "store": theirs["store"], "reason": "correction", "note": "x", "lines": lines("delta_milli") })),
    ] {
        all.push((operation, with(body.clone(), "/store", &ours["store"])));
        all.push((operation, with(body, "/lines/0/variant", &ours["variant"])));
    }
    let transfer = json!({ "from_store": theirs["store"], "to_store": theirs["other_store"], "lines": lines("quantity_milli") });
    all.extend([
        ("transfer_stock", with(transfer.clone(), "/from_store", &ours["store"])),
        ("transfer_stock", with(transfer.clone(), "/to_store", &ours["store"])),
        ("transfer_stock", with(transfer, "/lines/0/variant", &ours["variant"])),
    ]);
    all
}

fn others(given: &Given) -> Vec<(&'static str, Value)> {
    let (ours, theirs) = (&given.ours.things, &given.theirs.things);
    let variant = json!({ "sku": "FOREIGN", "price": 100 });
    let mut follow_up = given.theirs.follow_up();
    follow_up["assigned_to"] = theirs["staff"].clone();
    follow_up["reason"] = json!("别家");
    let batch = json!({
        "id": id(given), "tag": theirs["tag"], "store": theirs["store"], "assigned_to": theirs["staff"], "reason": "x", "due_on": "2026-11-25",
    });
    vec![
        ("create_follow_up", with(follow_up.clone(), "/member", &ours["member"])),
        ("create_follow_up", with(follow_up.clone(), "/store", &ours["store"])),
        ("create_follow_up", with(follow_up, "/assigned_to", &ours["staff"])),
        ("create_follow_up_batch", with(batch.clone(), "/tag", &ours["tag"])),
        ("create_follow_up_batch", with(batch.clone(), "/store", &ours["store"])),
        ("create_follow_up_batch", with(batch, "/assigned_to", &ours["staff"])),
        ("create_card_batch", json!({ "name": "x", "cards": 1, "design": ours["card_design"] })),
        ("merge_members", json!({ "survivor": theirs["sharer"], "absorbed": ours["sharer"], "reason": "x" })),
        ("merge_members", json!({ "survivor": ours["sharer"], "absorbed": theirs["sharer"], "reason": "x" })),
        ("create_card_batch", json!({ "name": "x", "cards": 1, "store": ours["store"] })),
        ("claim_order", json!({ "order": ours["nobodys_order"], "buyer": { "kind": "known", "member": theirs["member"] } })),
        ("claim_order", json!({ "order": theirs["nobodys_order"], "buyer": { "kind": "known", "member": ours["member"] } })),
        ("receive_offline_sales", json!({ "till": ours["till"], "sales": [] })),
        ("register_device", json!({ "name": "x", "till": ours["till"] })),
        ("create_till", json!({ "name": "x", "store": ours["store"] })),
        (
            "ask_approval",
            json!({ "id": id(given), "kind": "refund", "subject": id(given), "amount": 1, "store": ours["store"], "reason": "x" }),
        ),
        ("create_member", json!({ "name": "x", "store": ours["store"] })),
        ("create_member", json!({ "name": "x", "tags": [ours["tag"]] })),
        ("start_insight_run", json!({ "analysis": "pareto", "parameters": { "store": ours["store"] } })),
        ("start_insight_run", json!({ "analysis": "portrait", "parameters": { "tag": ours["tag"] } })),
        (
            "start_insight_run",
            json!({ "analysis": "uplift", "parameters": { "treated": theirs["tag"], "held_out": ours["tag"], "from": "2026-11-01" } }),
        ),
        ("create_category", json!({ "name": "x", "parent": ours["category"] })),
        ("create_product", json!({ "name": "x", "kind": "goods", "category": ours["category"], "variants": [variant] })),
        (
            "create_staff",
            json!({ "username": "foreign", "name": "x", "role": "cashier", "password": "right horse", "stores": [ours["store"]] }),
        ),
        ("create_api_key", json!({ "name": "x", "scopes": ["member:read"], "stores": [ours["store"]] })),
        ("create_top_up_plan", json!({ "id": id(given), "name": "x", "pay": 100, "coupons": [ours["template"]] })),
        ("identify_member", json!({ "code": "WALL0001" })),
    ]
}
