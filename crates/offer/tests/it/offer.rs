//! Threshold offers: their life, their versions, and what the book holds.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_offer::offer::{Offer, store};
use shuke_org::OrgAuthenticator;
use shuke_org::fixture::{self, Shop};
use shuke_testkit::{Kind, TestApp, scenario};

struct Given {
    app: TestApp,
    shop: Shop,
}

async fn shop(kind: Kind) -> Given {
    let routes = shuke_org::routes().merge(shuke_loyalty::routes()).merge(shuke_offer::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await;
    let shop = fixture::shop(&app.app).await.unwrap();
    Given { app, shop }
}

impl Given {
    fn role(&self, role: Role) -> TestApp {
        self.app.as_token(self.shop.token(role))
    }
    fn marketer(&self) -> TestApp {
        self.role(Role::Marketer)
    }
    fn draft(&self, state: &str) -> (Uuid, Value) {
        let id = self.shop.cx(&self.app.app).uuid();
        let rule = json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] });
        (id, json!({ "offer": { "id": id, "name": "满100减10", "rule": rule }, "state": state }))
    }
    async fn running(&self) -> Vec<Offer> {
        self.app.db().read(&self.shop.merchant, |tx, merchant| Box::pin(store::published(tx, *merchant))).await.unwrap()
    }
    async fn version(&self) -> i64 {
        let load = self.app.db().read(&self.shop.merchant, |tx, merchant| Box::pin(shuke_loyalty::book::load(tx, *merchant)));
        load.await.unwrap().version
    }
}

scenario! {
    setup = shop;

    /// Only what is published runs; every change is noticed by whoever keeps the book.
    async fn an_offer_runs_while_it_is_published(given) {
        let mut version = given.version().await;
        let (id, mut draft) = given.draft("draft");
        let made = given.marketer().post("/api/v1/offers", &draft).await.ok();
        assert_eq!((&made["version"], &made["state"]), (&json!(1), &json!("draft")));
        assert!(given.running().await.is_empty());
        let path = format!("/api/v1/offers/{id}");
        for (state, running) in [("published", 1), ("stopped", 0), ("published", 1)] {
            draft["state"] = json!(state);
            let changed = given.marketer().put(&path, &draft).await.ok();
            assert_eq!((&changed["version"], &changed["state"]), (&json!(1), &json!(state)), "a new state is no new version");
            assert_eq!(given.running().await.len(), running);
            let next = given.version().await;
            assert!(next > version);
            version = next;
        }
        draft["state"] = json!("draft");
        given.marketer().put(&path, &draft).await.refused(422, "offer_state_wrong");
        let published = given.marketer().get("/api/v1/offers?state=published").await.ok();
        assert_eq!(published["items"].as_array().unwrap().len(), 1);
        assert_eq!(given.marketer().get("/api/v1/offers?state=draft").await.ok()["items"], json!([]));
    }

    /// What an offer said when something was sold must stay readable.
    async fn an_edit_is_a_new_version(given) {
        let (id, mut draft) = given.draft("published");
        given.marketer().post("/api/v1/offers", &draft).await.ok();
        let path = format!("/api/v1/offers/{id}");
        draft["offer"]["rule"]["steps"][0]["off"] = json!(2_000);
        draft["version"] = json!(1);
        assert_eq!(given.marketer().put(&path, &draft).await.ok()["version"], json!(2));
        given.marketer().put(&path, &draft).await.refused(409, "offer_version_taken");
        let running = serde_json::to_value(given.running().await).unwrap();
        assert_eq!(running[0]["rule"]["steps"][0]["off"], json!(2_000));
        let versions = given.marketer().get(&format!("{path}/versions")).await.ok();
        let offs: Vec<_> = versions["items"].as_array().unwrap().iter().map(|v| v["offer"]["rule"]["steps"][0]["off"].clone()).collect();
        assert_eq!(offs, [json!(2_000), json!(1_000)]);
        assert!(versions["items"][0]["actor"].as_str().unwrap().starts_with("key:"));
    }

    /// Two people who edit one offer at the same moment: one of them has to look again, nothing is lost.
    async fn two_edits_at_once_dont_overwrite_each_other(given) {
        let (id, draft) = given.draft("published");
        given.marketer().post("/api/v1/offers", &draft).await.ok();
        let path = format!("/api/v1/offers/{id}");
        let client = given.marketer();
        let edits = (0..20).map(|n| {
            let mut edit = draft.clone();
            edit["offer"]["name"] = json!(format!("满减 {n}"));
            edit["version"] = json!(1);
            let (client, path) = (client.clone(), path.clone());
            async move { client.put(&path, &edit).await }
        });
        let answers = futures::future::join_all(edits).await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
        for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            answer.refused(409, "offer_version_taken");
        }
    }

    /// Offers that can't be, people who may not, and other merchants.
    async fn offers_are_checked_and_walled(given) {
        let (id, mut draft) = given.draft("published");
        given.role(Role::Cashier).post("/api/v1/offers", &draft).await.refused(403, "permission_missing");
        given.app.anonymous().get("/api/v1/offers").await.refused(401, "not_signed_in");
        given.marketer().post_with_key("/api/v1/offers", "one", &draft).await.ok();
        assert!(given.marketer().post_with_key("/api/v1/offers", "one", &draft).await.replayed());
        given.marketer().post("/api/v1/offers", &draft).await.refused(409, "offer_taken");
        draft["offer"]["rule"]["steps"][0]["off"] = json!(10_001);
        let path = format!("/api/v1/offers/{id}");
        given.marketer().put(&path, &draft).await.refused(400, "offer_invalid");
        draft["offer"]["rule"]["steps"] = json!([]);
        given.marketer().put(&path, &draft).await.refused(400, "offer_invalid");
        let other = fixture::shop(&given.app.app).await.unwrap();
        let foreign = given.app.as_token(other.token(Role::Owner));
        let (_, sound) = given.draft("published");
        foreign.get(&path).await.refused(404, "offer_not_found");
        foreign.put(&path, &sound).await.refused(404, "offer_not_found");
        foreign.get(&format!("{path}/versions")).await.refused(404, "offer_not_found");
        assert_eq!(foreign.get("/api/v1/offers").await.ok()["items"], json!([]));
        assert_eq!(given.running().await.len(), 1);
    }
}
