//! Seeded secrets that must be in no log, no metric and no file in the clear.

use crate::served::{Ground, Served};
use crate::wire::Client;
use serde_json::{Value, json};
use shuke_db::backup::{self, Pace};
use shuke_http::Role;
use shuke_kernel::Instant;
use shuke_org::fixture::PASSWORD;
use shuke_sales::fixture::Size;
use shuke_testkit::{Kind, run};

const PHONE: &str = "13987651234";
const NAME: &str = "慕容秘密";
const NOTE: &str = "对花生过敏要小心";
const WRONG: &str = "wrong-horse-7741";
const PIN: &str = "70429183";
const WRONG_PIN: &str = "61830475";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const STAFF_PIN: &str = "704291";
const WRONG_STAFF_PIN: &str = "618305";

async fn post(client: &mut Client, path: &str, body: &Value) -> Value {
    let key = format!("{path}-{}", body.to_string().len());
    client.post(path, &key, &body.to_string()).await.unwrap().json
}

async fn keeps_them(kind: Kind) {
    let ground = Ground::prepare(kind, &Size::default()).await;
    let mut server = Served::start_with(&ground.place, &[], &[("SHUKE_LOG", "trace")]).await;
    let token = ground.stall.shop.token(Role::Owner).to_owned();
    let mut owner = Client::new(server.address, &token);
    let member = post(&mut owner, "/api/v1/members", &json!({ "phone": PHONE, "name": NAME, "note": NOTE })).await;
    assert!(member["id"].is_string() || member["member"].is_object(), "{member}");
    let made = post(&mut owner, "/api/v1/api-keys", &json!({ "name": "x", "scopes": ["org:read"] })).await;
    let hook = post(&mut owner, "/api/v1/webhooks", &json!({ "url": "https://shop.example/hooks" })).await;
    let (key, secret) = (made["token"].as_str().unwrap().to_owned(), hook["secret"].as_str().unwrap().to_owned());
    let mut hidden = hidden(&server, &ground, &mut owner, &member).await;
    hidden.extend(at_the_till(&server, &ground).await);
    // Looked for, mistyped, and shown where something goes wrong.
    owner.get(&format!("/api/v1/members?q={PHONE}")).await.unwrap();
    post(&mut owner, "/api/v1/session", &json!({ "username": "owner", "password": WRONG })).await;
    post(&mut owner, "/api/v1/session", &json!({ "username": "owner", "password": PASSWORD })).await;
    post(&mut owner, "/api/v1/members", &json!({ "phone": [PHONE], "name": NAME, "note": NOTE })).await;
    post(&mut owner, "/api/v1/members", &json!({ "phone": PHONE, "name": NAME })).await;
    assert_eq!(Client::new(server.address, &key).get("/api/v1/stores").await.unwrap().status, 200);
    without_permission(&mut server, &ground, &member).await;
    let on_a_trace = format!("{token}\r\ntraceparent: 00-{TRACE}-00f067aa0ba902b7-01");
    Client::new(server.address, &on_a_trace).get("/api/v1/stores").await.unwrap();
    let metrics = text_of(&server, "/metrics").await;
    assert!(metrics.contains("shuke_http_request_seconds_bucket") && metrics.contains("route=\"/api/v1/members\""), "{metrics}");
    let log = server.log();
    assert!(log.contains("path=\"/api/v1/members\""), "it logs no request: {log}");
    assert!(log.contains(&format!("trace=\"{TRACE}\"")), "it lost the caller's trace");
    server.kill_9();

    let root = ground.place.key.clone().unwrap_or_else(|| key_file(&ground));
    let mut secrets = vec![PHONE, NAME, NOTE, WRONG, PASSWORD, &token, &key, &secret, "Bearer", &root];
    secrets.extend(hidden.iter().map(String::as_str));
    for pin in [STAFF_PIN, WRONG_STAFF_PIN] {
        for text in [&log, &metrics] {
            let line = text.lines().find(|line| stands_alone(line.as_bytes(), pin, |byte| byte.is_ascii_alphanumeric() || byte == b'.'));
            assert!(line.is_none(), "{kind:?}: a staff PIN is in the log: {line:?}");
        }
    }
    for (what, text) in [("log", &log), ("metrics", &metrics)] {
        for secret in &secrets {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{kind:?}: the {what} holds {secret}: {line:?}");
        }
    }
    let file = ground.place.data.join("copy.backup");
    backup::write(&ground.db().await, &file, Instant(0), Pace::Fast).await.unwrap();
    let mut files = vec![unpacked(&file)];
    for name in ["shuke.db", "shuke.db-wal"] {
        files.extend(std::fs::read(ground.place.data.join(name)).ok());
    }
    for bytes in files {
        for pin in [STAFF_PIN, WRONG_STAFF_PIN] {
            assert!(!stands_alone(&bytes, pin, |byte| byte.is_ascii_digit()), "{kind:?}: a file holds a staff PIN");
        }
        for secret in secrets.iter().filter(|secret| **secret != "Bearer") {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{kind:?}: a file holds {secret}");
        }
    }
}

/// What is proved with: a member's PIN, an authenticator's secret and a recovery code, a gift card's code; each
/// set, used rightly and wrongly.
async fn hidden(server: &Served, ground: &Ground, owner: &mut Client, member: &Value) -> Vec<String> {
    let id = member["id"].as_str().unwrap();
    let pin = owner.put(&format!("/api/v1/members/{id}/pin"), "pin", &json!({ "pin": PIN }).to_string()).await.unwrap();
    assert_eq!(pin.status, 204, "{pin:?}");
    post(owner, &format!("/api/v1/members/{id}/proofs"), &json!({ "pin": PIN })).await;
    post(owner, &format!("/api/v1/members/{id}/proofs"), &json!({ "pin": WRONG_PIN })).await;

    let mut cashier = Client::signed_in(server.address, ground.stall.shop.session(Role::Cashier));
    let begun = post(&mut cashier, "/api/v1/session/totp", &json!({ "password": PASSWORD })).await;
    let secret = begun["secret"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
    let bytes = totp_rs::Secret::Encoded(secret.clone()).to_bytes().unwrap();
    let shown = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes).unwrap();
    let now = shuke_kernel::Clock::system().now().0 / 1_000;
    let code = shown.generate(u64::try_from(now).unwrap());
    let confirmed = post(&mut cashier, "/api/v1/session/totp/confirmation", &json!({ "code": code })).await;
    let recovery = confirmed["recovery_codes"][0].as_str().unwrap_or_else(|| panic!("{confirmed}")).to_owned();
    let sign_in = json!({ "username": "cashier", "password": PASSWORD, "code": recovery });
    post(&mut cashier, "/api/v1/session", &sign_in).await;

    let of = |random: u128| shuke_kernel::Uuid::from_u128((7_u128 << 76) | (2_u128 << 62) | random);
    let cards = json!({ "id": of(1), "name": "卡", "face": 10_000, "cards": 1 });
    post(owner, "/api/v1/gift-card-batches", &cards).await;
    let listed = owner.get(&format!("/api/v1/gift-card-batches/{}/codes", of(1))).await.unwrap().json;
    let card = listed["items"][0]["code"].as_str().unwrap_or_else(|| panic!("{listed}")).to_owned();
    assert_eq!(owner.get(&format!("/api/v1/gift-card-codes/{card}")).await.unwrap().status, 200);
    let mistyped: String = card.chars().rev().collect();
    owner.get(&format!("/api/v1/gift-card-codes/{mistyped}")).await.unwrap();
    vec![PIN.into(), WRONG_PIN.into(), secret, recovery, card.replace('-', ""), card]
}

/// A cashier's PIN at a till's device, set, used rightly and wrongly. What its cookies hold.
async fn at_the_till(server: &Served, ground: &Ground) -> Vec<String> {
    let shop = &ground.stall.shop;
    let mut manager = Client::signed_in(server.address, shop.session(Role::Manager));
    let device = json!({ "till": shop.till, "name": "前台平板" }).to_string();
    let device = manager.post("/api/v1/devices", "device", &device).await.unwrap();
    let device = device.cookie.clone().unwrap_or_else(|| panic!("{device:?}"));
    let pin = json!({ "password": PASSWORD, "pin": STAFF_PIN }).to_string();
    assert_eq!(manager.put("/api/v1/session/pin", "staff-pin", &pin).await.unwrap().status, 204);
    let mut till = Client::with_cookie(server.address, &device);
    let staff = till.get("/api/v1/device").await.unwrap().json["people"][0]["id"].clone();
    let wrong =
        till.post("/api/v1/device/session", "enter-1", &json!({ "staff": staff, "pin": WRONG_STAFF_PIN }).to_string()).await.unwrap();
    assert_eq!((wrong.status, &wrong.json["code"]), (401, &json!("staff_pin_wrong")), "{wrong:?}");
    let right = till.post("/api/v1/device/session", "enter-2", &json!({ "staff": staff, "pin": STAFF_PIN }).to_string()).await.unwrap();
    let session = right.cookie.clone().unwrap_or_else(|| panic!("{right:?}"));
    // As it should not be sent.
    till.post("/api/v1/device/session", "enter-3", &json!({ "staff": staff, "pin": [STAFF_PIN] }).to_string()).await.unwrap();
    let secrets = [device, session].map(|cookie| cookie.rsplit(['=', '.']).next().unwrap_or_default().to_owned());
    assert!(secrets.iter().all(|secret| secret.len() >= 20), "{secrets:?}");
    secrets.to_vec()
}

/// Whether the bytes hold it, and not as a part of something longer: six digits are in many a time and id by chance.
fn stands_alone(bytes: &[u8], secret: &str, is_part: impl Fn(u8) -> bool) -> bool {
    let is_end = |place: Option<usize>| place.and_then(|place| bytes.get(place)).is_none_or(|byte| !is_part(*byte));
    let found = bytes.windows(secret.len()).enumerate().filter(|(_, window)| *window == secret.as_bytes());
    found.map(|(place, _)| place).any(|place| is_end(place.checked_sub(1)) && is_end(Some(place + secret.len())))
}

/// Who may not see a person in full sees them nowhere, and takes no file away.
async fn without_permission(server: &mut Served, ground: &Ground, member: &Value) {
    let mut analyst = Client::new(server.address, ground.stall.shop.token(Role::Analyst));
    let id = member["id"].as_str().unwrap();
    let export = analyst.get(&format!("/api/v1/members/{id}/export")).await.unwrap();
    assert_eq!((export.status, &export.json["code"]), (403, &json!("permission_missing")), "{export:?}");
    for path in ["/api/v1/members?limit=200".to_owned(), format!("/api/v1/members/{id}"), format!("/api/v1/members?q={PHONE}")] {
        let seen = analyst.get(&path).await.unwrap();
        let text = seen.json.to_string();
        assert!(seen.status == 403 || text.contains(id), "{path}: {seen:?}");
        for secret in [PHONE, NAME, NOTE] {
            assert!(!text.contains(secret), "{path} shows {secret}: {text}");
        }
    }
}

fn key_file(ground: &Ground) -> String {
    std::fs::read_to_string(ground.place.data.join("key")).unwrap().trim().to_owned()
}

fn unpacked(file: &std::path::Path) -> Vec<u8> {
    let packed = std::fs::read(file).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed["shuke backup 1\n".len()..]), &mut bytes).unwrap();
    bytes
}

async fn text_of(server: &Served, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[test]
fn no_log_and_no_file_holds_a_secret_on_sqlite() {
    run(keeps_them(Kind::Sqlite));
}

#[test]
fn no_log_and_no_file_holds_a_secret_on_postgres() {
    run(keeps_them(Kind::Postgres));
}
