//! The walls, walked over every operation of the OpenAPI document: nobody without credentials, nobody
//! without the permission, nobody from another merchant. An operation that the walk can't call, because
//! nobody said what its parameters or its body are, fails it: a new one can't be forgotten.

mod bodies;
mod document;
mod own;
mod stores;
pub mod things;

use crate::support::server;
use document::{Operation, operations};
use serde_json::json;
use shuke_http::{Permission, Role};
use shuke_testkit::{Kind, Reply, TestApp, scenario};
use std::collections::BTreeMap;
use things::{Side, named_in};

/// Two merchants on one server.
pub struct Given {
    pub app: TestApp,
    pub ours: Side,
    pub theirs: Side,
}

pub async fn two_merchants(kind: Kind) -> Given {
    let app = server(kind).await;
    let ours = Side::make(&app, 1).await;
    let theirs = Side::make(&app, 2).await;
    Given { app, ours, theirs }
}

/// Who needs no credentials.
const OPEN: &[&str] = &["create_setup", "show_setup", "sign_in"];
/// What everybody who is signed in may do with their own session.
const OWN: &[&str] = &[
    "begin_totp",
    "change_own_password",
    "confirm_totp",
    "remove_own_pin",
    "set_own_pin",
    "show_device",
    "show_session",
    "show_totp",
    "sign_in_with_pin",
    "sign_out",
];
/// Lists and pages that name nothing by an id.
const WITHOUT_IDS: &[&str] = &[
    "count_follow_ups",
    "count_stages",
    "list_settlements_due",
    "list_stock_limits",
    "export_list",
    "list_messages",
    "list_terms",
    "report_consumed",
    "report_prepaid",
    "report_received",
    "report_sold",
    "list_analyses",
    "show_approval_policy",
    "show_lake",
    "show_offline_policy",
    "show_card_policy",
    "show_message_policy",
    "show_sms_gateway",
    "show_wechat_account",
    "show_checkout_policy",
    "show_claim_policy",
    "show_earn_policy",
    "show_identity_policy",
    "show_reach",
    "show_member_settings",
    "show_merchant",
    "show_pass_earn_policy",
    "show_points_spending",
    "show_points_terms",
    "show_receipt_policy",
    "show_refund_policy",
    "show_settlement_policy",
    "show_shift_policy",
    "show_relationship_policy",
    "show_sign_in_policy",
    "show_stage_bands",
    "show_stamp_scheme",
    "show_streak_scheme",
    "show_starter_picks",
    "show_tax_policy",
    "show_till_sign_in",
    "show_wallet_policy",
];
const BROKEN: &[u8] = b"{";

/// A request whose body can't be read: whoever is refused is refused before that.
async fn knock(client: &TestApp, operation: &Operation, path: &str) -> Reply {
    let body = (!operation.is_get()).then(|| BROKEN.to_vec());
    client.call(operation.method.clone(), path, None, body).await
}

/// A request as it should be.
async fn call(client: &TestApp, operation: &Operation, path: &str, body: &serde_json::Value, key: &str) -> Reply {
    let body = operation.has_body.then(|| body.to_string().into_bytes());
    client.call(operation.method.clone(), path, (!operation.is_get()).then_some(key), body).await
}

/// Keys with everything but a permission, and with nothing else.
async fn keys(owner: &TestApp, permission: &str) -> (TestApp, TestApp) {
    let all: Vec<&str> = Permission::ALL.iter().map(|p| p.as_str()).collect();
    let but: Vec<&str> = all.iter().copied().filter(|text| *text != permission).collect();
    let mut made = Vec::new();
    for scopes in [but, vec![permission]] {
        let key = owner.post("/api/v1/api-keys", &json!({ "name": permission, "scopes": scopes })).await.ok();
        made.push(owner.as_token(key["token"].as_str().unwrap_or_else(|| panic!("{key}"))));
    }
    let only = made.pop().unwrap();
    (made.pop().unwrap(), only)
}

/// What comes first when the owner does everything: reading, then writing, then what ends things.
/// What can be done only after the others of its thing, one after the other.
const AFTERWARDS: &[&str] = &[
    "block_gift_card",
    "unblock_gift_card",
    "return_gift_card",
    "thaw_pass",
    "transfer_pass",
    "undo_pass_visit",
    "refund_pass",
    "pay_settlement",
    "give_up_follow_up",
];

fn order(operation: &Operation) -> usize {
    match operation.method.as_str() {
        "GET" => 0,
        "DELETE" => 300,
        _ if operation.id.starts_with("revoke") || operation.id.starts_with("cancel") => 200,
        _ if operation.id == "erase_member" => 400,
        _ => AFTERWARDS.iter().position(|id| *id == operation.id).map_or(1, |place| 100 + place),
    }
}

scenario! {
    setup = two_merchants;

    /// Something would be open to everybody.
    async fn without_credentials_there_is_nothing(given) {
        for operation in operations().iter().filter(|operation| !OPEN.contains(&operation.id.as_str())) {
            let path = operation.of(&given.ours);
            let mut strangers = vec![given.app.anonymous()];
            // A key has no session of its own whoever it is, and signing out of a dead session is done already.
            if !OWN.contains(&operation.id.as_str()) {
                strangers.extend([given.app.as_session("1.nonsense"), given.app.as_token("sk_1_nonsense")]);
            }
            for client in strangers {
                let reply = knock(&client, operation, &path).await;
                assert_eq!(reply.status, 401, "{} {}: {}", operation.id, path, reply.text);
                assert_eq!(reply.header("content-type"), "application/problem+json");
            }
        }
    }

    /// Somebody would do what their role or key does not allow.
    async fn without_the_permission_there_is_nothing(given) {
        let mut by_permission: BTreeMap<String, (TestApp, TestApp)> = BTreeMap::new();
        for operation in operations() {
            let Some(text) = &operation.permission else {
                assert!(OPEN.contains(&operation.id.as_str()) || OWN.contains(&operation.id.as_str()), "{} needs no permission", operation.id);
                continue;
            };
            let permission = Permission::parse(text).unwrap();
            let path = operation.of(&given.ours);
            if !by_permission.contains_key(text) {
                by_permission.insert(text.clone(), keys(&given.ours.owner, text).await);
            }
            let (but, only) = &by_permission[text];
            let lacking = Role::ALL.iter().filter(|role| !permission.held_by(**role));
            let mut refused: Vec<TestApp> = lacking.map(|role| given.app.as_session(given.ours.stall.shop.session(*role))).collect();
            refused.push(but.clone());
            for client in refused {
                let reply = knock(&client, &operation, &path).await;
                assert_eq!((reply.status.as_u16(), reply.code()), (403, "permission_missing"), "{} {path}: {}", operation.id, reply.text);
            }
            // The permission is the one that it needs: with it alone the door opens, though nothing is there.
            let nowhere: Vec<String> = named_in(&operation.path).iter().map(|_| shuke_kernel::Uuid::nil().to_string()).collect();
            let path = if operation.is_get() { path } else { operation.at(&nowhere, &given.ours) };
            let reply = knock(only, &operation, &path).await;
            assert!(![401, 403].contains(&reply.status.as_u16()) && reply.status.as_u16() < 500, "{} {path} with {text} alone: {}", operation.id, reply.text);
        }
    }

    /// One merchant would see or change what is another's.
    async fn another_merchant_finds_nothing(given) {
        let mut walked: Vec<Operation> = operations().into_iter().filter(Operation::has_parameters).collect();
        walked.sort_by_key(order);
        for (number, operation) in walked.iter().enumerate() {
            let body = if operation.has_body { given.ours.body(&operation.id) } else { serde_json::Value::Null };
            let names = named_in(&operation.path);
            let ours: Vec<String> = names.iter().map(|name| given.ours.text(name)).collect();
            // With two parameters the first may be their own: the second is still ours.
            let mut mixed = ours.clone();
            mixed[0] = given.theirs.text(names[0]);
            let attempts = if names.len() > 1 { vec![ours, mixed] } else { vec![ours] };
            for values in attempts {
                let path = operation.at(&values, &given.theirs);
                let reply = call(&given.theirs.owner, operation, &path, &body, &format!("theirs-{number}")).await;
                assert_eq!(reply.status, 404, "{} {path}: {}", operation.id, reply.text);
            }
        }
        // The same requests are good when their owner sends them, also after all that was tried.
        for (number, operation) in walked.iter().enumerate() {
            let body = if operation.has_body { given.ours.body(&operation.id) } else { serde_json::Value::Null };
            let reply = call(&given.ours.owner, operation, &operation.of(&given.ours), &body, &format!("ours-{number}")).await;
            assert!(reply.status.is_success(), "{} {}: {} {}", operation.id, operation.of(&given.ours), reply.status, reply.text);
        }
    }

    /// A list would show what is another merchant's.
    async fn lists_show_ones_own(given) {
        for operation in operations().iter().filter(|operation| operation.is_get() && !operation.has_parameters()) {
            if OPEN.contains(&operation.id.as_str()) || OWN.contains(&operation.id.as_str()) {
                continue;
            }
            let path = operation.of(&given.theirs);
            let text = given.theirs.owner.get(&path).await.ok().to_string();
            assert_eq!(given.ours.named(&text), Vec::<&str>::new(), "{path} shows what is another's");
            let shown = !given.theirs.named(&text).is_empty();
            assert_eq!(shown, !WITHOUT_IDS.contains(&operation.id.as_str()), "{path} shows ids, or none: {text}");
            // What is asked for by name is not there.
            if operation.query.iter().any(|(name, required)| *required && ["store", "variant"].contains(&name.as_str())) {
                let reply = given.theirs.owner.get(&operation.of(&given.ours)).await;
                assert_eq!(reply.status, 404, "{} shows what is another's: {}", operation.id, reply.text);
            }
            for (name, _) in operation.query.iter().filter(|(name, _)| given.ours.things.contains_key(name.as_str())) {
                let mark = if path.contains('?') { '&' } else { '?' };
                let reply = given.theirs.owner.get(&format!("{path}{mark}{name}={}", given.ours.text(name))).await;
                let seen = [given.ours.named(&reply.text), given.theirs.named(&reply.text)].concat();
                assert!(reply.status.is_client_error() || seen.iter().all(|thing| *thing == name), "{path} by {name}: {}", reply.text);
            }
        }
    }

    /// What is another merchant's would be named in one's own write.
    async fn a_write_names_ones_own(given) {
        let listed: Vec<&str> = bodies::NAMES_NOTHING.iter().copied().chain(bodies::foreign(&given).iter().map(|(id, _)| *id)).collect();
        let writes: Vec<Operation> = operations().into_iter().filter(|o| !o.is_get() && !o.has_parameters()).collect();
        for operation in &writes {
            assert!(listed.contains(&operation.id.as_str()), "say in bodies what {} may name", operation.id);
        }
        for (number, (id, body)) in bodies::foreign(&given).into_iter().enumerate() {
            let operation = writes.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("there is no {id}"));
            let reply = call(&given.theirs.owner, operation, &operation.path, &body, &format!("foreign-{number}")).await;
            assert!([404, 422].contains(&reply.status.as_u16()), "{id} with {body}: {} {}", reply.status, reply.text);
        }
    }
}
