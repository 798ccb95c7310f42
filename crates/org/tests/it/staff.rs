//! Who may manage staff, and what revoking does.

use crate::support::{draft, shop, sign_in};
use serde_json::json;
use shuke_http::Role;
use shuke_org::fixture::PASSWORD;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// An owner enters somebody; they sign in, bound to their store.
    async fn an_owner_enters_staff(given) {
        let owner = given.person(Role::Owner);
        let new = json!({"username": "XiaoWang", "password": "left horse", "name": "小王", "role": "cashier", "stores": [given.shop.other_store]});
        let reply = owner.post_with_key("/api/v1/staff", "k1", &new).await;
        assert_eq!(reply.status, 201);
        let staff = reply.ok();
        assert_eq!((&staff["username"], &staff["active"]), (&json!("xiaowang"), &json!(true)));
        assert!(staff.get("password").is_none() && staff.get("password_hash").is_none());
        let again = owner.post_with_key("/api/v1/staff", "k1", &new).await;
        assert!(again.replayed());
        assert_eq!(again.ok()["id"], staff["id"]);
        owner.post("/api/v1/staff", &new).await.refused(409, "staff_username_taken");
        let who = sign_in(&given.app, "xiaowang", "left horse").await.ok();
        assert_eq!(who["stores"], json!([given.shop.other_store]));
    }

    /// What can't be is refused by its name.
    async fn wrong_staff_is_refused(given) {
        let owner = given.key(Role::Owner);
        let nowhere = "00000000-0000-0000-0000-000000000001";
        for (change, status, code) in [
            (json!({"role": "owner"}), 422, "owner_bound_to_stores"),
            (json!({"stores": []}), 422, "staff_without_store"),
            (json!({"stores": [nowhere]}), 422, "store_unknown"),
            (json!({"password": "12345678"}), 400, "password_weak"),
            (json!({"name": "\n"}), 400, "text_malformed"),
            (json!({"role": "king"}), 400, "body_malformed"),
        ] {
            let mut new = json!({"username": "li", "password": "left horse", "name": "李", "role": "cashier", "stores": [given.shop.store]});
            for (field, value) in change.as_object().unwrap() {
                new[field] = value.clone();
            }
            owner.post("/api/v1/staff", &new).await.refused(status, code);
        }
        owner.get(&format!("/api/v1/staff/{nowhere}")).await.refused(404, "staff_not_found");
        owner.get("/api/v1/staff/xyz").await.refused(404, "not_found");
    }

    /// Nobody but an owner manages staff; a manager sees those of the own stores.
    async fn only_owners_manage_staff(given) {
        for role in [Role::Manager, Role::Cashier, Role::Technician, Role::Marketer, Role::Analyst] {
            let person = given.person(role);
            person.post("/api/v1/staff", &draft()).await.refused(403, "permission_missing");
            let change = json!({"name": "x", "role": "owner", "stores": null, "active": true});
            person.put(&format!("/api/v1/staff/{}", given.id(role)), &change).await.refused(403, "permission_missing");
            person.put(&format!("/api/v1/staff/{}/password", given.id(Role::Owner)), &json!({"password": "left horse"})).await.refused(403, "permission_missing");
        }
        given.person(Role::Cashier).get("/api/v1/staff").await.refused(403, "permission_missing");
        let elsewhere = json!({"username": "li", "password": "left horse", "name": "李", "role": "cashier", "stores": [given.shop.other_store]});
        let elsewhere = given.key(Role::Owner).post("/api/v1/staff", &elsewhere).await.ok();
        let path = format!("/api/v1/staff/{}", elsewhere["id"].as_str().unwrap());
        given.key(Role::Owner).get(&path).await.ok();
        given.person(Role::Manager).get(&path).await.refused(404, "staff_not_found");
        let seen = given.person(Role::Manager).get("/api/v1/staff").await.ok();
        assert_eq!(seen["items"].as_array().unwrap().len(), Role::ALL.len());
    }

    /// Who is revoked is out with the next request, and comes back only by signing in again.
    async fn the_revoked_are_out_at_once(given) {
        let cashier = given.person(Role::Cashier);
        cashier.get("/api/v1/session").await.ok();
        let path = format!("/api/v1/staff/{}", given.id(Role::Cashier));
        let change = |active: bool| json!({"name": "王芳", "role": "cashier", "stores": [given.shop.store], "active": active});
        given.person(Role::Owner).put(&path, &change(false)).await.ok();
        cashier.get("/api/v1/session").await.refused(401, "session_ended");
        sign_in(&given.app, "cashier", PASSWORD).await.refused(401, "sign_in_failed");
        given.person(Role::Owner).put(&path, &change(true)).await.ok();
        cashier.get("/api/v1/session").await.refused(401, "session_ended");
        sign_in(&given.app, "cashier", PASSWORD).await.ok();
    }

    /// A changed role counts with the next request.
    async fn a_changed_role_counts_at_once(given) {
        let person = given.person(Role::Manager);
        person.get("/api/v1/staff").await.ok();
        let change = json!({"name": "周明", "role": "cashier", "stores": [given.shop.store], "active": true});
        given.person(Role::Owner).put(&format!("/api/v1/staff/{}", given.id(Role::Manager)), &change).await.ok();
        person.get("/api/v1/staff").await.refused(403, "permission_missing");
    }

    /// A password that the owner sets ends the sessions of its owner.
    async fn a_set_password_ends_sessions(given) {
        let path = format!("/api/v1/staff/{}/password", given.id(Role::Cashier));
        assert_eq!(given.person(Role::Owner).put(&path, &json!({"password": "left horse"})).await.status, 204);
        given.person(Role::Cashier).get("/api/v1/session").await.refused(401, "session_ended");
        sign_in(&given.app, "cashier", "left horse").await.ok();
    }

    /// There is always an owner, also when two leave at once.
    async fn the_last_owner_stays(given) {
        let owner = given.key(Role::Owner);
        let path = |id: &str| format!("/api/v1/staff/{id}");
        let leave = json!({"name": "林岚", "role": "manager", "stores": null, "active": true});
        let gone = json!({"name": "林岚", "role": "owner", "stores": null, "active": false});
        owner.put(&path(&given.id(Role::Owner)), &leave).await.refused(422, "owner_last");
        owner.put(&path(&given.id(Role::Owner)), &gone).await.refused(422, "owner_last");
        let second = json!({"username": "two", "password": "left horse", "name": "二", "role": "owner"});
        let second = owner.post("/api/v1/staff", &second).await.ok()["id"].as_str().unwrap().to_owned();
        let (first, second) = (path(&given.id(Role::Owner)), path(&second));
        let (a, b) = tokio::join!(owner.put(&first, &leave), owner.put(&second, &gone));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort();
        assert_eq!(codes, ["", "owner_last"], "{} {}", a.text, b.text);
        let left = owner.get("/api/v1/staff").await.ok();
        let owners = left["items"].as_array().unwrap().iter().filter(|s| s["role"] == "owner" && s["active"] == true).count();
        assert_eq!(owners, 1);
    }

    /// One owner demoted twice at once counts once.
    async fn one_demotion_counts_once(given) {
        let owner = given.key(Role::Owner);
        for name in ["two", "three"] {
            let new = json!({"username": name, "password": "left horse", "name": name, "role": "owner"});
            owner.post("/api/v1/staff", &new).await.ok();
        }
        let path = format!("/api/v1/staff/{}", given.id(Role::Owner));
        let leave = json!({"name": "林岚", "role": "manager", "stores": null, "active": true});
        let replies = futures::future::join_all((0..4).map(|_| owner.put(&path, &leave))).await;
        assert!(replies.iter().all(|reply| reply.status == 200 || reply.code() == "staff_changed"), "{replies:?}");
        let staff = owner.get("/api/v1/staff").await.ok();
        let two = staff["items"].as_array().unwrap().iter().find(|s| s["username"] == "two").unwrap().clone();
        let gone = json!({"name": "二", "role": "owner", "stores": null, "active": false});
        owner.put(&format!("/api/v1/staff/{}", two["id"].as_str().unwrap()), &gone).await.ok();
    }
}
