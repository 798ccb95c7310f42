//! Households, companies, and cards that several use.

use crate::support::{Shop, shop, text};
use serde_json::{Value, json};
use shuke_testkit::scenario;
use std::sync::Arc;

async fn household(shop: &Shop) -> Value {
    shop.cashier.post("/api/v1/members", &json!({ "name": "王家", "kind": "group" })).await.ok()["id"].clone()
}

fn path(id: &Value, rest: &str) -> String {
    format!("/api/v1/members/{}{rest}", text(id))
}

async fn no_fault(shop: &Shop) {
    let fault = shop.app.db().read(&shop.org.merchant, |tx, merchant| Box::pin(shuke_member::verify::first_fault(tx, *merchant))).await;
    assert_eq!(fault.unwrap(), None);
}

scenario! {
    setup = shop;

    /// People join and leave; a group is in no group, and nobody is in one twice.
    async fn people_belong_to_a_group(shop) {
        let home = household(&shop).await;
        let (a, b) = (shop.enrol("13800000042", "王小芳").await["id"].clone(), shop.enrol("13800000043", "王大明").await["id"].clone());
        let people = path(&home, "/people");
        shop.cashier.post(&people, &json!({ "person": a, "part": "head" })).await.ok();
        let group = shop.cashier.post(&people, &json!({ "person": b })).await.ok();
        let who: Vec<(&Value, &Value, &Value)> =
            group["people"].as_array().unwrap().iter().map(|one| (&one["member"]["id"], &one["member"]["name"], &one["part"])).collect();
        assert_eq!(who, [(&a, &json!("王*芳"), &json!("head")), (&b, &json!("王*明"), &json!("person"))]);
        shop.cashier.post(&people, &json!({ "person": a })).await.refused(409, "group_person_taken");
        shop.cashier.post(&people, &json!({ "person": home })).await.refused(422, "group_nested");
        shop.cashier.post(&path(&a, "/people"), &json!({ "person": b })).await.refused(422, "group_needed");
        shop.cashier.patch(&path(&home, ""), &json!({ "kind": "individual" })).await.refused(422, "group_has_people");
        let groups = shop.cashier.get(&path(&a, "/groups")).await.ok();
        assert_eq!(groups["items"][0]["member"]["id"], home);
        assert_eq!(shop.cashier.get(&path(&home, "/users")).await.ok()["items"].as_array().unwrap().len(), 2);

        let one = format!("{people}/{}", text(&a));
        assert_eq!(shop.cashier.delete(&one).await.status, 204);
        shop.cashier.delete(&one).await.refused(404, "group_person_not_found");
        assert_eq!(shop.cashier.get(&path(&a, "/groups")).await.ok()["items"], json!([]));
        no_fault(&shop).await;
        assert_eq!(shop.owner.post(&path(&b, "/erase"), &json!({})).await.ok()["state"], "erased");
        assert_eq!(shop.cashier.get(&people).await.ok()["people"], json!([]));
        no_fault(&shop).await;
    }

    /// However many join at once, no more than the limit do.
    async fn no_more_join_than_may(shop) {
        let home = household(&shop).await;
        shop.cashier.put(&path(&home, "/group"), &json!({ "people_max": 2 })).await.ok();
        let mut people = Vec::new();
        for number in 0..6 {
            people.push(shop.enrol(&format!("1380000005{number}"), "王").await["id"].clone());
        }
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for person in people {
            let (shop, path) = (shop.clone(), path(&home, "/people"));
            running.spawn(async move { shop.cashier.post(&path, &json!({ "person": person })).await });
        }
        let replies = running.join_all().await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 2);
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.code() == "group_full"));
        shop.cashier.put(&path(&home, "/group"), &json!({ "people_max": 1 })).await.refused(422, "group_full");
        shop.cashier.put(&path(&home, "/group"), &json!({ "people_max": 0 })).await.refused(400, "group_limit_malformed");
        no_fault(&shop).await;
    }

    /// A card is shared up to its limit; one that is lost is shared by nobody, and its successor by all who shared it.
    async fn a_card_is_shared_up_to_its_limit(shop) {
        let owner = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let cards = path(&owner, "/cards");
        let card = shop.cashier.post(&cards, &json!({ "kind": "physical", "number": "FAMILY01" })).await.ok();
        let one = format!("{cards}/{}", text(&card["id"]));
        let mut others = Vec::new();
        for number in 0..6 {
            others.push(shop.enrol(&format!("1380000005{number}"), "王").await["id"].clone());
        }
        shop.cashier.post(&format!("{one}/shares"), &json!({ "member": others[0] })).await.refused(422, "card_shared_full");
        assert_eq!(shop.cashier.put(&format!("{one}/sharing"), &json!({ "shared_max": 3 })).await.ok()["shared_max"], 3);
        shop.cashier.post(&format!("{one}/shares"), &json!({ "member": owner })).await.refused(422, "card_shared_with_owner");
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for other in others.clone() {
            let (shop, path) = (shop.clone(), format!("{one}/shares"));
            running.spawn(async move { shop.cashier.post(&path, &json!({ "member": other })).await });
        }
        let replies = running.join_all().await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 3);
        let users = || async { shop.cashier.get(&path(&owner, "/users")).await.ok()["items"].clone() };
        let sharing = users().await;
        assert_eq!(sharing.as_array().unwrap().len(), 3);
        no_fault(&shop).await;

        shop.cashier.patch(&one, &json!({ "lost": true })).await.ok();
        assert_eq!(users().await, json!([]), "a lost card opens nothing for anybody");
        let next = shop.cashier.post(&cards, &json!({ "kind": "physical", "number": "FAMILY02", "replaces": card["id"] })).await.ok();
        assert_eq!((&next["shared"], &next["shared_max"]), (&json!(3), &json!(3)));
        assert_eq!(users().await, sharing);
        let gone = format!("{cards}/{}/shares/{}", text(&next["id"]), text(&sharing[0]["id"]));
        assert_eq!(shop.cashier.delete(&gone).await.status, 204);
        shop.cashier.delete(&gone).await.refused(404, "card_share_not_found");
        shop.owner.post(&path(&sharing[1]["id"], "/erase"), &json!({})).await.ok();
        assert_eq!(users().await.as_array().unwrap().len(), 1);
        no_fault(&shop).await;
    }

    /// `verify` names a group, a card and a batch that count wrongly.
    async fn wrong_counts_are_found(shop) {
        let home = household(&shop).await;
        let a = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.cashier.post(&path(&home, "/people"), &json!({ "person": a })).await.ok();
        shop.owner.post("/api/v1/card-batches", &json!({ "name": "首批", "cards": 3 })).await.ok();
        for (break_it, mend_it, check) in [
            ("UPDATE member_group SET people = people + 1 WHERE merchant_id = $1", "UPDATE member_group SET people = people - 1 WHERE merchant_id = $1", "group"),
            ("UPDATE card SET shared_max = 1, shared = 1 WHERE merchant_id = $1", "UPDATE card SET shared = 0 WHERE merchant_id = $1", "card_share"),
            ("UPDATE card_batch SET left_over = 2 WHERE merchant_id = $1", "UPDATE card_batch SET left_over = 3 WHERE merchant_id = $1", "card_stock"),
        ] {
            for text in [break_it, mend_it] {
                let input = (shop.org.merchant, text);
                shop.app.db().write(&input, |tx, (merchant, text)| {
                    Box::pin(async move { tx.exec(shuke_db::Stmt::built(*text, vec![shuke_db::ToValue::to_value(merchant)])).await })
                }).await.unwrap();
                let fault = shop.app.db().read(&shop.org.merchant, |tx, merchant| Box::pin(shuke_member::verify::first_fault(tx, *merchant))).await.unwrap();
                assert_eq!(fault.map(|fault| fault.check), (text == break_it).then_some(check));
            }
        }
    }
}
