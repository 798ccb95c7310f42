//! Webhooks, to a receiver of the test's own.

use crate::support::{Given, shop};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use shuke_http::Role;
use shuke_org::webhook::courier::{Outlet, send_due};
use shuke_testkit::{Kind, TestApp, scenario};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

/// Somebody who listens, notes what comes, and answers as the test wants.
#[derive(Clone)]
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn listen() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks?shop=1", listener.local_addr().unwrap());
        let receiver = Self { url, status: Arc::new(AtomicU16::new(204)), got: Arc::default() };
        let router = axum::Router::new().route("/hooks", axum::routing::post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }
    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
    fn taken(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.got.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).unwrap()
}

struct Listening {
    given: Given,
    owner: TestApp,
    receiver: Receiver,
}

async fn listening(kind: Kind) -> Listening {
    let given = shop(kind).await;
    let given = Given { app: given.app.with_runner(shuke_org::runner(shuke_jobs::Runner::default())), ..given };
    given.app.app.slot::<Outlet>().set_private(true);
    // What founding the shop left in the log is of no interest.
    given.app.step().await;
    let owner = given.key(Role::Owner);
    Listening { owner, receiver: Receiver::listen().await, given }
}

impl Listening {
    async fn hook(&self, kinds: &[&str]) -> (String, String) {
        let made = self.owner.post("/api/v1/webhooks", &json!({ "url": self.receiver.url, "kinds": kinds })).await.ok();
        (made["webhook"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
    }
    /// Something happens: a store is made.
    async fn happen(&self, name: &str) {
        self.owner.post("/api/v1/stores", &json!({ "name": name })).await.ok();
    }
    /// The log is read and what is due is sent.
    async fn send(&self) -> u64 {
        self.given.app.step().await;
        send_due(&self.given.app.app).await.unwrap()
    }
    async fn deliveries(&self, hook: &str, query: &str) -> Vec<Value> {
        self.owner.get(&format!("/api/v1/webhooks/{hook}/deliveries{query}")).await.ok()["items"].as_array().unwrap().clone()
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

fn sign(secret: &str, message: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key).unwrap();
    mac.update(message.as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Whether a message is signed with a secret.
fn signed((headers, body): &(HeaderMap, String), secret: &str) -> bool {
    let message = format!("{}.{}.{body}", text(headers, "webhook-id"), text(headers, "webhook-timestamp"));
    text(headers, "webhook-signature").split(' ').any(|signature| signature == sign(secret, &message))
}

scenario! {
    setup = listening;

    /// An event arrives once, signed, with what happened; other kinds don't.
    async fn an_event_arrives_signed(world) {
        let (hook, secret) = world.hook(&["store.created"]).await;
        world.happen("三店").await;
        assert_eq!(world.send().await, 1);
        let got = world.receiver.taken();
        assert_eq!(got.len(), 1);
        assert!(signed(&got[0], &secret) && !signed(&got[0], &format!("whsec_{}", STANDARD.encode([0; 32]))));
        let body: Value = serde_json::from_str(&got[0].1).unwrap();
        assert_eq!((&body["type"], &body["timestamp"]), (&json!("store.created"), &json!("2026-11-22T02:00:00Z")));
        assert_eq!(body["data"]["payload"]["name"], json!("三店"));
        let at_s: i64 = text(&got[0].0, "webhook-timestamp").parse().unwrap();
        assert_eq!(at_s, world.given.app.clock.now().0 / 1000);
        let listed = world.deliveries(&hook, "?state=delivered").await;
        assert_eq!((listed.len(), listed[0]["id"].as_str().unwrap()), (1, text(&got[0].0, "webhook-id")));
        assert_eq!(world.send().await, 0, "it was sent twice");
    }

    /// What fails is tried again later and later, under one id, and at last is dead; a replay brings it back.
    async fn what_fails_is_tried_again_and_can_be_replayed(world) {
        let (hook, _) = world.hook(&[]).await;
        world.receiver.answer(500);
        world.happen("三店").await;
        assert_eq!(world.send().await, 1);
        let first = world.deliveries(&hook, "").await.remove(0);
        assert_eq!((&first["state"], &first["attempts"], &first["last_status"]), (&json!("waiting"), &json!(1), &json!(500)));
        assert_eq!(world.send().await, 0, "it did not wait");
        let mut attempts = 1;
        while world.deliveries(&hook, "?state=dead").await.is_empty() {
            world.given.app.advance_ms(12 * 3_600_000);
            attempts += world.send().await;
            assert!(attempts <= 10, "it is never given up");
        }
        assert_eq!(attempts, 10);
        let ids: std::collections::BTreeSet<String> = world.receiver.taken().iter().map(|(headers, _)| text(headers, "webhook-id").to_owned()).collect();
        assert_eq!(ids.len(), 1);
        world.receiver.answer(204);
        assert_eq!(world.send().await, 0);
        let replayed = world.owner.post(&format!("/api/v1/webhooks/{hook}/replays"), &json!({})).await.ok();
        assert_eq!(replayed, json!({ "deliveries": 1 }));
        assert_eq!(world.send().await, 1);
        let id = ids.first().unwrap();
        assert_eq!(text(&world.receiver.taken()[0].0, "webhook-id"), id);
        // What was delivered can be asked for again by name.
        let named = world.owner.post(&format!("/api/v1/webhooks/{hook}/replays"), &json!({ "deliveries": [id] })).await.ok();
        assert_eq!((named, world.send().await), (json!({ "deliveries": 1 }), 1));
    }

    /// After a rotation both secrets sign, until the overlap ends.
    async fn two_secrets_sign_for_a_while(world) {
        let (hook, old) = world.hook(&[]).await;
        let path = format!("/api/v1/webhooks/{hook}/rotations");
        world.owner.post(&path, &json!({ "overlap_hours": 721 })).await.refused(400, "overlap_out_of_range");
        let rotated = world.owner.post_with_key(&path, "rotate", &json!({ "overlap_hours": 2 })).await.ok();
        let new = rotated["secret"].as_str().unwrap().to_owned();
        let again = world.owner.post_with_key(&path, "rotate", &json!({ "overlap_hours": 2 })).await;
        assert!(again.replayed() && again.json["secret"].is_null(), "a retry rotates again or shows the secret");
        world.happen("三店").await;
        world.send().await;
        let got = world.receiver.taken().remove(0);
        assert!(signed(&got, &old) && signed(&got, &new));
        world.given.app.advance_ms(2 * 3_600_000);
        world.happen("四店").await;
        world.send().await;
        let got = world.receiver.taken().remove(0);
        assert!(!signed(&got, &old) && signed(&got, &new));
    }

    /// Nothing goes to this machine or a private network unless the operator allows it.
    async fn private_targets_are_refused(world) {
        let outlet = world.given.app.app.slot::<Outlet>();
        let (hook, _) = world.hook(&[]).await;
        outlet.set_private(false);
        for url in ["https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.7/x", "https://169.254.169.254/latest"] {
            world.owner.post("/api/v1/webhooks", &json!({ "url": url })).await.refused(422, "webhook_target_private");
        }
        world.owner.post("/api/v1/webhooks", &json!({ "url": "http://shop.example/x" })).await.refused(400, "webhook_url_malformed");
        // A webhook that stands already gets nothing either.
        world.happen("三店").await;
        assert_eq!(world.send().await, 1);
        assert!(world.receiver.taken().is_empty(), "it went to a private address");
        let delivery = world.deliveries(&hook, "").await.remove(0);
        assert!(delivery["last_fault"].is_string() && delivery["last_status"].is_null(), "{delivery}");
    }

    /// A receiver that says it is gone is not asked again; what is switched off gets nothing.
    async fn gone_is_gone(world) {
        let (hook, _) = world.hook(&[]).await;
        world.receiver.answer(410);
        world.happen("三店").await;
        world.send().await;
        let list = world.owner.get("/api/v1/webhooks").await.ok();
        assert_eq!(list[0]["active"], json!(false));
        assert_eq!(world.deliveries(&hook, "?state=dead").await.len(), 1);
        world.happen("四店").await;
        assert_eq!(world.send().await, 0);
        assert_eq!(world.owner.delete(&format!("/api/v1/webhooks/{hook}")).await.status, 204);
        world.owner.get(&format!("/api/v1/webhooks/{hook}/deliveries")).await.refused(404, "webhook_not_found");
    }

    /// Two couriers send what is due once.
    async fn two_couriers_share_the_work(world) {
        world.hook(&["store.created"]).await;
        for n in 0..30 {
            world.happen(&format!("店{n}")).await;
        }
        world.given.app.step().await;
        let app = &world.given.app.app;
        let (one, two) = tokio::join!(send_due(app), send_due(app));
        assert_eq!(one.unwrap() + two.unwrap(), 30);
        assert_eq!(world.receiver.taken().len(), 30);
    }
}
