//! Messages on their way to a gateway.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Cx;
use shuke_org::message::courier::send_due;
use shuke_org::message::{MessageChannel, NewMessage, ops};
use shuke_org::webhook::courier::Outlet;
use shuke_testkit::scenario;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Mutex;

/// A gateway on this machine: keeps what it gets, and answers what it is told to.
struct Gateway {
    port: u16,
    answer: Arc<AtomicU16>,
    got: Arc<Mutex<Vec<String>>>,
}

async fn gateway() -> Gateway {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway { port: listener.local_addr().unwrap().port(), answer: Arc::new(AtomicU16::new(200)), got: Arc::default() };
    let (answer, got) = (gateway.answer.clone(), gateway.got.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut text = String::new();
            let mut chunk = [0; 4096];
            while !text.contains("\"text\"") || !text.ends_with('}') {
                let read = stream.read(&mut chunk).await.unwrap_or(0);
                if read == 0 {
                    break;
                }
                text.push_str(&String::from_utf8_lossy(&chunk[..read]));
            }
            got.lock().await.push(text);
            let reply = format!("HTTP/1.1 {} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", answer.load(Ordering::SeqCst));
            let _ = stream.write_all(reply.as_bytes()).await;
        }
    });
    gateway
}

async fn post(given: &Given, text: &str, ends_ms: i64) {
    let cx: Cx = given.shop.cx(&given.app.app);
    let input = (&cx, &given.app.app.vault, text, ends_ms);
    let posted = given.app.db().write(&input, |tx, (cx, vault, text, ends_ms)| {
        Box::pin(async move {
            let new = NewMessage {
                channel: MessageChannel::Sms,
                purpose: "test",
                to: "+8613800000042",
                text,
                ends_at: cx.now.plus_ms(*ends_ms),
                withheld: false,
            };
            ops::post(tx, cx, vault, &new).await
        })
    });
    posted.await.unwrap();
}

async fn listed(given: &Given) -> Vec<Value> {
    given.key(Role::Owner).get("/api/v1/messages").await.ok()["items"].as_array().unwrap().clone()
}

scenario! {
    setup = shop;

    /// A message reaches the gateway signed, once; its text is shown to nobody afterwards.
    async fn a_message_reaches_the_gateway(given) {
        let owner = given.key(Role::Owner);
        owner.put("/api/v1/settings/messages", &json!({ "sms": "gateway" })).await.refused(422, "message_gateway_missing");
        owner.put("/api/v1/settings/sms-gateway", &json!({ "url": "http://127.0.0.1:9/" })).await.refused(400, "webhook_url_malformed");
        given.app.app.slot::<Outlet>().set_private(true);
        let gateway = gateway().await;
        let set = owner.put("/api/v1/settings/sms-gateway", &json!({ "url": format!("http://127.0.0.1:{}/sms", gateway.port) })).await.ok();
        assert!(set["secret"].as_str().unwrap().starts_with("whsec_"));
        assert!(owner.get("/api/v1/settings/sms-gateway").await.ok().get("secret").is_none());
        owner.put("/api/v1/settings/messages", &json!({ "sms": "gateway", "sign": "熟客" })).await.ok();
        post(&given, "您的登录验证码是 123456", 300_000).await;
        assert_eq!(send_due(&given.app.app).await.unwrap(), 1);
        assert_eq!(send_due(&given.app.app).await.unwrap(), 0);
        let got = gateway.got.lock().await.clone();
        assert_eq!(got.len(), 1);
        assert!(got[0].contains("webhook-signature: v1,") && got[0].contains("\"to\":\"+8613800000042\""), "{}", got[0]);
        assert!(got[0].contains("【熟客】您的登录验证码是 123456"), "{}", got[0]);
        let message = &listed(&given).await[0];
        assert_eq!((&message["state"], &message["to"], &message["text"]), (&json!("sent"), &json!("**********0042"), &Value::Null));
        given.person(Role::Manager).get("/api/v1/messages").await.refused(403, "permission_missing");
    }

    /// A gateway that is down is tried again, until the message is of no use any more.
    async fn a_gateway_that_is_down_is_tried_again(given) {
        given.app.app.slot::<Outlet>().set_private(true);
        let gateway = gateway().await;
        let owner = given.key(Role::Owner);
        owner.put("/api/v1/settings/sms-gateway", &json!({ "url": format!("http://127.0.0.1:{}/sms", gateway.port) })).await.ok();
        owner.put("/api/v1/settings/messages", &json!({ "sms": "gateway" })).await.ok();
        gateway.answer.store(503, Ordering::SeqCst);
        post(&given, "一", 300_000).await;
        send_due(&given.app.app).await.unwrap();
        assert_eq!((&listed(&given).await[0]["state"], &listed(&given).await[0]["last_fault"]), (&json!("waiting"), &json!("the gateway answered 503")));
        assert_eq!(send_due(&given.app.app).await.unwrap(), 0, "not at once");
        gateway.answer.store(200, Ordering::SeqCst);
        given.app.advance_ms(5_000);
        send_due(&given.app.app).await.unwrap();
        assert_eq!(listed(&given).await[0]["state"], "sent");
        gateway.answer.store(503, Ordering::SeqCst);
        post(&given, "二", 10_000).await;
        send_due(&given.app.app).await.unwrap();
        given.app.advance_ms(10_000);
        send_due(&given.app.app).await.unwrap();
        assert_eq!(listed(&given).await[0]["state"], "failed");
        assert_eq!(gateway.got.lock().await.len(), 3, "what is of no use is not sent");
    }

    /// Whoever tries things out reads the texts in the console.
    async fn what_goes_to_the_log_is_shown_to_owners(given) {
        given.key(Role::Owner).put("/api/v1/settings/messages", &json!({ "sms": "log" })).await.ok();
        post(&given, "一", 300_000).await;
        send_due(&given.app.app).await.unwrap();
        let message = &listed(&given).await[0];
        assert_eq!((&message["state"], &message["to"], &message["text"]), (&json!("sent"), &json!("+8613800000042"), &json!("【熟客母婴】一")));
        let (db, shop) = (given.app.db(), &given.shop);
        let row = db.read(&shop.merchant, |tx, merchant| {
            Box::pin(async move { tx.row(shuke_db::sql!("SELECT address FROM message WHERE merchant_id = $1", merchant)).await?.unwrap().get::<String>(0) })
        }).await.unwrap();
        assert!(row.starts_with("1.") && !row.contains("0042"), "the address is sealed: {row}");
    }
}
