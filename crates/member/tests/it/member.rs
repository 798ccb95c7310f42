//! Enrolling, seeing, changing, erasing.

use crate::support::{shop, text};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// One call brings everything a first visit gives, and the answer shows it masked.
    async fn a_first_visit_is_one_call(shop) {
        let terms = json!({ "version": "2026-11", "title": "会员章程", "body": "…" });
        shop.owner.post("/api/v1/terms", &terms).await.ok();
        let tag = shop.owner.post("/api/v1/tags", &json!({ "name": "奶粉客户" })).await.ok();
        let field = json!({ "key": "skin_type", "label": "肤质", "kind": "choice", "options": ["干性", "油性"] });
        shop.owner.post("/api/v1/fields", &field).await.ok();
        let body = json!({
            "id": "0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f", "phone": "138 0000 0042", "name": "王小芳", "gender": "female",
            "birthday": "1990-08-15", "email": "fang@example.com", "note": "喜欢下午来", "store": shop.org.store, "source": "store",
            "region": { "province": "上海", "city": "上海", "district": "静安" }, "card_number": "vip-0001",
            "dependents": [{ "relation": "child", "name": "王小宝", "born_on": "2026-01-02" }],
            "tags": [tag["id"]], "fields": { "skin_type": "干性" }, "consents": { "sms": true, "phone": false }, "terms_version": "2026-11",
        });
        let member = shop.cashier.post_with_key("/api/v1/members", "visit-1", &body).await;
        assert_eq!(member.status, 201);
        let member = member.ok();
        assert_eq!(member["id"], body["id"]);
        assert_eq!(member["person"]["name"], "王*芳");
        assert_eq!(member["person"]["phone"], "138****0042");
        assert_eq!(member["person"]["birthday"], "--08");
        assert_eq!(member["person"].get("note"), None);
        assert_eq!(member["person"].get("age_years"), None);
        assert_eq!(member["stage"], "prospect");
        assert_eq!(member["joined_on"], "2026-11-22");
        assert_eq!(member["cards"][0]["number"], member["number"]);
        assert_eq!(member["cards"][1]["number"], "VIP0001");
        assert_eq!(member["dependents"][0]["name"], "王*宝");
        assert_eq!(member["tags"][0]["name"], "奶粉客户");
        assert_eq!(member["fields"], json!({ "skin_type": "干性" }));
        assert_eq!((&member["consents"][0]["channel"], &member["consents"][0]["granted"]), (&json!("phone"), &json!(false)));
        assert_eq!((&member["consents"][1]["channel"], &member["consents"][1]["granted"]), (&json!("sms"), &json!(true)));
        assert_eq!(member["terms"][0]["version"], "2026-11");
        assert_eq!(shop.events(&member["id"], "member.enrolled").await[0]["number"], member["number"]);

        let again = shop.cashier.post_with_key("/api/v1/members", "visit-1", &body).await;
        assert!(again.replayed());
        assert_eq!(again.ok(), member);
    }

    /// A phone belongs to one member, whatever its spelling; who has it is told by id, not by name.
    async fn a_phone_is_one_member(shop) {
        let first = shop.enrol("13800000042", "王小芳").await;
        let refused = shop.cashier.post("/api/v1/members", &json!({ "phone": "+86 138-0000-0042", "name": "李四" })).await;
        let refused = refused.refused(409, "member_phone_taken");
        let detail = text(&refused["fields"][0]["detail"]);
        assert!(detail.contains(text(&first["id"])) && detail.contains(text(&first["number"])), "{detail}");
        assert!(!refused.to_string().contains('王') && !refused.to_string().contains("0042"));
        let other = shop.enrol("13800000043", "李四").await;
        let path = format!("/api/v1/members/{}", text(&other["id"]));
        shop.cashier.patch(&path, &json!({ "phone": "13800000042" })).await.refused(409, "member_phone_taken");
        shop.cashier.patch(&path, &json!({ "phone": "13800000043", "name": "李思" })).await.ok();
    }

    /// What can't be is refused with its field, and nothing is written.
    async fn faults_name_their_field(shop) {
        for (body, code, field) in [
            (json!({}), "member_unidentifiable", ""),
            (json!({ "phone": "12" }), "phone_malformed", "/phone"),
            (json!({ "name": "a", "birthday": "1990-02-30" }), "birthday_malformed", "/birthday"),
            (json!({ "name": "a", "birthday": "2999-01-01" }), "birthday_malformed", "/birthday"),
            (json!({ "name": "a", "email": "nobody" }), "email_malformed", "/email"),
            (json!({ "name": "a", "card_number": "!" }), "card_number_malformed", "/card_number"),
            (json!({ "name": "a", "joined_on": "2999-01-01" }), "joined_on_future", "/joined_on"),
            (json!({ "name": "a", "dependents": [{ "relation": "child", "born_on": "2026-01-01", "due_on": "2026-01-01" }] }), "dependent_malformed", "/due_on"),
        ] {
            let answer = shop.cashier.post("/api/v1/members", &body).await.refused(400, code);
            assert_eq!(answer["fields"][0]["field"].as_str().unwrap_or_default(), field);
        }
        let nowhere = json!({ "name": "a", "terms_version": "none" });
        shop.cashier.post("/api/v1/members", &nowhere).await.refused(422, "terms_unknown");
        let tag = json!({ "name": "a", "tags": ["0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f"] });
        shop.cashier.post("/api/v1/members", &tag).await.refused(422, "tag_unknown");
        let store = json!({ "name": "a", "store": "0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f" });
        shop.owner.post("/api/v1/members", &store).await.refused(422, "store_unknown");
        shop.cashier.post("/api/v1/members", &json!({ "name": "a", "store": shop.org.other_store })).await.refused(403, "store_not_yours");
        assert_eq!(shop.owner.get("/api/v1/members").await.ok()["items"], json!([]));
    }

    /// Roles see what they need: analysts nobody, cashiers a mask, and in full only who may, on record.
    async fn each_role_sees_what_it_needs(shop) {
        let id = shop.cashier.post("/api/v1/members", &json!({ "phone": "13800000042", "name": "王小芳", "birthday": "1990-08-15" })).await.ok()["id"].clone();
        let path = format!("/api/v1/members/{}", text(&id));
        for role in [Role::Owner, Role::Manager, Role::Cashier, Role::Technician, Role::Marketer] {
            let person = shop.role(role).get(&path).await.ok()["person"].clone();
            assert_eq!((&person["name"], &person["phone"]), (&json!("王*芳"), &json!("138****0042")), "{role:?}");
            assert_eq!(shop.role(role).get("/api/v1/members").await.ok()["items"][0]["name"], "王*芳");
        }
        let analyst = shop.role(Role::Analyst);
        assert_eq!(analyst.get(&path).await.ok()["person"], json!({}));
        let listed = analyst.get("/api/v1/members").await.ok();
        assert_eq!((listed["items"][0].get("name"), listed["items"][0].get("phone")), (None, None));
        analyst.get("/api/v1/members?q=13800000042").await.refused(403, "personal_search_forbidden");

        let reveal = format!("{path}?reveal=true");
        for role in [Role::Cashier, Role::Technician, Role::Marketer, Role::Analyst] {
            shop.role(role).get(&reveal).await.refused(403, "permission_missing");
        }
        let looks = format!("/api/v1/audit?subject={}", text(&id));
        let looked = |log: Value| log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "member.looked").count();
        assert_eq!(looked(shop.owner.get(&looks).await.ok()), 0);
        let person = shop.role(Role::Manager).get(&reveal).await.ok()["person"].clone();
        assert_eq!(person["name"], "王小芳");
        assert_eq!(person["phone"], "+8613800000042");
        assert_eq!((&person["birthday"], &person["age_years"]), (&json!("1990-08-15"), &json!(36)));
        assert_eq!(looked(shop.owner.get(&looks).await.ok()), 1);
    }

    /// A change touches what it names, null takes away, and the indexes follow.
    async fn a_change_touches_what_it_names(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let path = format!("/api/v1/members/{}", text(&member["id"]));
        let changed = shop.cashier.patch(&path, &json!({ "name": "李思思", "gender": "female", "birthday": "--02-29" })).await.ok();
        assert_eq!((&changed["person"]["name"], &changed["person"]["phone"]), (&json!("李*思"), &json!("138****0042")));
        assert!(shop.find("wxf").await.is_empty());
        assert_eq!(shop.find("lss").await.len(), 1);
        let changed = shop.cashier.patch(&path, &json!({ "phone": null, "gender": null })).await.ok();
        assert_eq!((changed["person"].get("phone"), changed.get("gender")), (None, None));
        assert!(shop.find("13800000042").await.is_empty());
        shop.cashier.patch(&path, &json!({ "state": "erased" })).await.refused(400, "state_malformed");
        assert_eq!(shop.cashier.patch(&path, &json!({ "state": "frozen" })).await.ok()["state"], "frozen");
        shop.role(Role::Technician).patch(&path, &json!({ "name": "x" })).await.refused(403, "permission_missing");
        assert_eq!(shop.events(&member["id"], "member.changed").await.len(), 3);
    }

    /// Erasing leaves the number and the figures, and nothing that tells who it was.
    async fn erasing_leaves_the_numbers(shop) {
        let body = json!({ "phone": "13800000042", "name": "王小芳", "dependents": [{ "relation": "child", "name": "小宝" }], "card_number": "VIP0001" });
        let member = shop.cashier.post("/api/v1/members", &body).await.ok();
        shop.sale(&member["id"], 5000).await;
        shop.app.step().await;
        let path = format!("/api/v1/members/{}/erase", text(&member["id"]));
        shop.cashier.post(&path, &json!({})).await.refused(403, "permission_missing");
        let erased = shop.owner.post(&path, &json!({})).await.ok();
        assert_eq!((&erased["state"], &erased["number"], &erased["amount"]), (&json!("erased"), &member["number"], &json!(5000)));
        assert_eq!((&erased["person"], &erased["cards"], &erased["dependents"]), (&json!({}), &json!([]), &json!([])));
        for q in ["13800000042", "0042", "王小芳", "wxf", "VIP0001"] {
            assert!(shop.find(q).await.is_empty(), "{q}");
        }
        let patch = shop.cashier.patch(&format!("/api/v1/members/{}", text(&member["id"])), &json!({ "name": "x" })).await;
        patch.refused(422, "member_erased");
        shop.enrol("13800000042", "王小芳").await;
    }

    /// A member of another merchant isn't there.
    async fn merchants_are_walls(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let rival = shuke_org::fixture::shop(&shop.app.app).await.unwrap();
        let rival = shop.app.as_token(rival.token(Role::Owner));
        let path = format!("/api/v1/members/{}", text(&id));
        for suffix in ["", "?reveal=true", "/code", "/stage-changes", "/contacts", "/consent-changes"] {
            rival.get(&format!("{path}{suffix}")).await.refused(404, "member_not_found");
        }
        rival.patch(&path, &json!({ "name": "x" })).await.refused(404, "member_not_found");
        rival.post(&format!("{path}/erase"), &json!({})).await.refused(404, "member_not_found");
        rival.post(&format!("{path}/contacts"), &json!({ "channel": "sms", "kind": "message", "subject": "x", "outcome": "sent" })).await.refused(404, "member_not_found");
        assert_eq!(rival.get("/api/v1/members?q=13800000042").await.ok()["items"], json!([]));
        rival.post("/api/v1/members", &json!({ "phone": "13800000042" })).await.ok();
    }

    /// Dependents, consents, terms and contacts each have their life.
    async fn a_profile_has_a_life(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let path = format!("/api/v1/members/{}", text(&member["id"]));
        let child = shop.cashier.post(&format!("{path}/dependents"), &json!({ "relation": "child", "due_on": "2027-03-01" })).await.ok();
        let one = format!("{path}/dependents/{}", text(&child["id"]));
        shop.cashier.put(&one, &json!({ "relation": "child", "name": "小宝", "born_on": "2026-11-20" })).await.ok();
        assert_eq!(shop.show(&member["id"]).await["dependents"][0]["born_on"], "2026-11-20");
        assert_eq!(shop.cashier.delete(&one).await.status, 204);
        shop.cashier.delete(&one).await.refused(404, "dependent_not_found");

        shop.cashier.put(&format!("{path}/consents"), &json!({ "channels": { "sms": true } })).await.ok();
        shop.app.advance_ms(1);
        let now = shop.cashier.put(&format!("{path}/consents"), &json!({ "channels": { "sms": false, "wechat": true } })).await.ok();
        assert_eq!((&now[0]["channel"], &now[0]["granted"]), (&json!("sms"), &json!(false)));
        let said = shop.cashier.get(&format!("{path}/consent-changes")).await.ok();
        assert_eq!(said["items"].as_array().unwrap().len(), 3);
        assert_eq!(said["items"][2]["granted"], true);

        shop.owner.post("/api/v1/terms", &json!({ "version": "1", "title": "章程", "body": "…" })).await.ok();
        shop.owner.post("/api/v1/terms", &json!({ "version": "1", "title": "章程", "body": "另一个" })).await.refused(409, "terms_version_taken");
        shop.cashier.put(&format!("{path}/terms-acceptances"), &json!({ "version": "2" })).await.refused(422, "terms_unknown");
        let accepted = shop.cashier.put(&format!("{path}/terms-acceptances"), &json!({ "version": "1" })).await.ok();
        shop.app.advance_ms(1);
        assert_eq!(shop.cashier.put(&format!("{path}/terms-acceptances"), &json!({ "version": "1" })).await.ok(), accepted);

        let contact = json!({ "channel": "sms", "kind": "campaign", "subject": "双十一", "outcome": "sent" });
        shop.cashier.post(&format!("{path}/contacts"), &contact).await.ok();
        shop.app.advance_ms(1);
        shop.cashier.post(&format!("{path}/contacts"), &json!({ "channel": "sms", "kind": "campaign", "subject": "双十一", "outcome": "used" })).await.ok();
        let first = shop.cashier.get(&format!("{path}/contacts?limit=1")).await.ok();
        assert_eq!(first["items"][0]["outcome"], "used");
        let second = shop.cashier.get(&format!("{path}/contacts?limit=1&cursor={}", text(&first["next"]))).await.ok();
        assert_eq!((&second["items"][0]["outcome"], second.get("next")), (&json!("sent"), None));
    }
}

#[test]
fn nothing_personal_is_stored_in_the_clear() {
    shuke_testkit::run(async {
        let shop = shop(shuke_testkit::Kind::Sqlite).await;
        let body = json!({ "phone": "13812345678", "name": "欧阳secret", "email": "hidden@example.com", "note": "geheimnis", "birthday": "1990-08-15",
            "dependents": [{ "relation": "child", "name": "verborgen" }] });
        let member = shop.cashier.post("/api/v1/members", &body).await.ok();
        shop.role(Role::Manager).get(&format!("/api/v1/members/{}?reveal=true", text(&member["id"]))).await.ok();
        let shuke_db::Location::Folder(folder) = &shop.app.test_db().config().location else { panic!("not a folder") };
        let mut found = 0;
        for file in ["shuke.db", "shuke.db-wal"] {
            let bytes = std::fs::read(folder.join(file)).unwrap_or_default();
            found += bytes.windows(9).filter(|window| *window == b"geheimnis").count();
            for secret in ["13812345678", "欧阳secret", "hidden@example.com", "geheimnis", "1990-08-15", "verborgen"] {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in {file}");
            }
            // The search itself must be able to find something.
            found += bytes.windows(10).filter(|window| *window == text(&member["number"]).as_bytes()).count();
        }
        assert!(found > 0);
    });
}
