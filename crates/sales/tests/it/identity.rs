//! Who spends: proofs at checkout, and those who use another's card.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::scenario;

/// A cart of one piece that the member's wallet pays: 50.00 at 95折.
fn by_wallet(at: &Counter, member: &Value) -> Value {
    let mut cart = at.cart(&[1]);
    cart["member"] = member.clone();
    cart["payments"] = json!([{ "tender": "wallet", "amount": 4_750 }]);
    cart
}

async fn proof(at: &Counter, member: &Value, body: Value) -> Value {
    at.cashier.post(&format!("/api/v1/members/{}/proofs", member.as_str().unwrap()), &body).await.ok()["proof"].clone()
}

scenario! {
    setup = counter;

    /// Above its amounts a sale needs a proof for this member and this order; below it doesn't.
    async fn spending_much_needs_a_proof(at) {
        let member = at.member();
        let path = format!("/api/v1/members/{}/pin", member.as_str().unwrap());
        assert_eq!(at.cashier.put(&path, &json!({ "pin": "902417" })).await.status, 204);
        at.owner.put("/api/v1/settings/identity", &json!({ "wallet_above": 4_749, "points_above": 0 })).await.ok();
        let mut cart = by_wallet(&at, &member);
        at.cashier.post("/api/v1/orders", &cart).await.refused(422, "identity_needed");
        let other = json!(at.stall.members[1].member);
        let other_order = proof(&at, &member, json!({ "order": at.uuid(), "pin": "902417" })).await;
        for wrong in [json!("SKP.1.x"), other_order] {
            cart["identity"] = json!({ "proof": wrong });
            at.cashier.post("/api/v1/orders", &cart).await.refused(422, "proof_invalid");
        }
        let good = proof(&at, &member, json!({ "order": cart["id"], "pin": "902417" })).await;
        let mut of_another = by_wallet(&at, &other);
        of_another["id"] = cart["id"].clone();
        of_another["identity"] = json!({ "proof": good });
        at.cashier.post("/api/v1/orders", &of_another).await.refused(422, "proof_invalid");
        cart["identity"] = json!({ "proof": good });
        let sold = at.cashier.post_with_key("/api/v1/orders", "sold", &cart).await.ok();
        at.app.advance_ms(10 * 60_000);
        let again = at.cashier.post_with_key("/api/v1/orders", "sold", &cart).await;
        assert!(again.replayed() && again.json == sold, "a retry after the proof's time finds the answer");

        let mut cash = at.cart(&[1]);
        cash["member"] = member.clone();
        cash["payments"] = json!([{ "tender": "cash", "amount": 4_750 }]);
        at.cashier.post("/api/v1/orders", &cash).await.ok();
        let mut points = cash.clone();
        points["id"] = json!(at.uuid());
        points["points"] = json!({ "kind": "exact", "points": 100 });
        points["payments"] = json!([{ "tender": "cash", "amount": 4_650 }]);
        at.cashier.post("/api/v1/orders", &points).await.refused(422, "identity_needed");
        let late = proof(&at, &member, json!({ "order": points["id"], "pin": "902417" })).await;
        points["identity"] = json!({ "proof": late });
        at.app.advance_ms(5 * 60_000);
        at.cashier.post("/api/v1/orders", &points).await.refused(422, "proof_invalid");
        at.owner.put("/api/v1/settings/identity", &json!({ "wallet_above": 4_750 })).await.ok();
        at.cashier.post("/api/v1/orders", &by_wallet(&at, &member)).await.ok();
        assert_eq!(at.difference().await, None);
    }

    /// Who belongs to the group or shares the card may use it, and the order says who did.
    async fn the_order_says_who_used_the_card(at) {
        let (family, person) = (json!(at.stall.members[0].member), json!(at.stall.members[1].member));
        let stranger = json!(at.stall.members[2].member);
        let member = format!("/api/v1/members/{}", family.as_str().unwrap());
        at.cashier.patch(&member, &json!({ "kind": "group" })).await.ok();
        at.cashier.post(&format!("{member}/people"), &json!({ "person": person })).await.ok();
        let used = |by: &Value| {
            let mut cart = by_wallet(&at, &family);
            cart["identity"] = json!({ "used_by": by });
            cart
        };
        let order = at.cashier.post("/api/v1/orders", &used(&person)).await.ok();
        assert_eq!((&order["member"], &order["used_by"]), (&family, &person));
        let shown = at.cashier.get(&format!("/api/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!(shown["used_by"], person);
        at.cashier.post("/api/v1/orders", &used(&stranger)).await.refused(422, "user_not_allowed");
        let card = at.cashier.post(&format!("{member}/cards"), &json!({ "kind": "physical", "number": "FAMILY01" })).await.ok();
        let card = format!("{member}/cards/{}", card["id"].as_str().unwrap());
        at.cashier.put(&format!("{card}/sharing"), &json!({ "shared_max": 1 })).await.ok();
        at.cashier.post(&format!("{card}/shares"), &json!({ "member": stranger })).await.ok();
        at.cashier.post("/api/v1/orders", &used(&stranger)).await.ok();
        at.cashier.patch(&card, &json!({ "lost": true })).await.ok();
        at.cashier.post("/api/v1/orders", &used(&stranger)).await.refused(422, "user_not_allowed");
        assert!(at.cashier.post("/api/v1/orders", &used(&family)).await.ok().get("used_by").is_none(), "the member as such");
        let mut nobody = at.cart(&[1]);
        nobody["identity"] = json!({ "used_by": person });
        at.cashier.post("/api/v1/orders", &nobody).await.refused(422, "member_needed");

        // A person of the group proves with their own PIN.
        let pin = format!("/api/v1/members/{}/pin", person.as_str().unwrap());
        assert_eq!(at.cashier.put(&pin, &json!({ "pin": "902417" })).await.status, 204);
        at.owner.put("/api/v1/settings/identity", &json!({ "wallet_above": 0 })).await.ok();
        let mut cart = used(&person);
        let proofs = format!("{member}/proofs");
        at.cashier.post(&proofs, &json!({ "order": cart["id"], "pin": "902417" })).await.refused(422, "pin_not_set");
        let asked = json!({ "order": cart["id"], "pin": "902417", "used_by": person });
        cart["identity"]["proof"] = at.cashier.post(&proofs, &asked).await.ok()["proof"].clone();
        at.cashier.post("/api/v1/orders", &cart).await.ok();
        at.cashier.post(&proofs, &json!({ "order": at.uuid(), "pin": "902417", "used_by": stranger })).await.refused(422, "user_not_allowed");
    }
}
