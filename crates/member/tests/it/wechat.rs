//! Members who link their WeChat account, against a WeChat on this machine.

use crate::support::{Shop, shop, text};
use serde_json::{Value, json};
use shuke_org::webhook::courier::Outlet;
use shuke_testkit::{Reply, TestApp, scenario};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Mutex;

const PHONE: &str = "13800000042";
const OTHER: &str = "13900000007";

/// Answers as WeChat does: each code names an openid, once.
struct Wechat {
    port: u16,
    codes: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Wechat {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wechat = Self { port: listener.local_addr().unwrap().port(), codes: Arc::default(), asked: Arc::default() };
        let (codes, asked) = (wechat.codes.clone(), wechat.asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = String::new();
                let mut chunk = [0; 4096];
                while !head.contains("\r\n\r\n") {
                    let read = stream.read(&mut chunk).await.unwrap_or(0);
                    if read == 0 {
                        break;
                    }
                    head.push_str(&String::from_utf8_lossy(&chunk[..read]));
                }
                let line = head.lines().next().unwrap_or_default().to_owned();
                let code = line.split("code=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).unwrap_or_default().to_owned();
                asked.lock().await.push(line.clone());
                let body = match codes.lock().await.remove(&code) {
                    _ if !line.contains("secret=s3cret") => json!({ "errcode": 40125, "errmsg": "invalid appsecret" }),
                    Some(openid) => json!({ "access_token": "t", "expires_in": 7200, "openid": openid, "scope": "snsapi_base" }),
                    None => json!({ "errcode": 40029, "errmsg": "invalid code" }),
                };
                let body = body.to_string();
                let reply = format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        wechat
    }

    /// A code of somebody who is known to WeChat by this openid.
    async fn code(&self, code: &str, openid: &str) -> Value {
        self.codes.lock().await.insert(code.to_owned(), openid.to_owned());
        json!({ "code": code })
    }
}

/// A shop with a WeChat account, at a WeChat on this machine.
async fn with_wechat(shop: &Shop) -> Wechat {
    let wechat = Wechat::open().await;
    shop.app.app.slot::<Outlet>().set_private(true);
    let here = format!("http://127.0.0.1:{}", wechat.port);
    let draft = json!({ "app_id": "wx0001", "secret": "s3cret", "api_url": here, "open_url": here });
    shop.owner.put("/api/v1/settings/wechat", &draft).await.ok();
    wechat
}

async fn sign_in(shop: &Shop, code: &str) -> Reply {
    let body = json!({ "merchant": shop.org.merchant.0, "code": code });
    shop.app.anonymous().post("/api/v1/me/session/wechat", &body).await
}

/// Two members of the shop, signed in by phone.
async fn two(shop: &Shop) -> (TestApp, TestApp) {
    for (phone, name) in [(PHONE, "王小芳"), (OTHER, "李小明")] {
        shop.enrol(phone, name).await;
    }
    shop.texts_on().await;
    (shop.own(PHONE).await, shop.own(OTHER).await)
}

scenario! {
    setup = shop;

    /// The account is set with its secret, which nobody sees; without one nothing is linked.
    async fn an_account_is_set_and_taken_away(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let me = shop.own(PHONE).await;
        let front = format!("/api/v1/me/shop?merchant={}", shop.org.merchant);
        assert_eq!(me.get("/api/v1/me/wechat").await.ok(), json!({ "linked_at": null }));
        me.put("/api/v1/me/wechat", &json!({ "code": "c1" })).await.refused(422, "wechat_off");
        assert!(shop.app.anonymous().get(&front).await.ok().get("wechat").is_none());
        shop.owner.put("/api/v1/settings/wechat", &json!({ "app_id": "wx0001" })).await.refused(422, "wechat_secret_needed");
        shop.cashier.get("/api/v1/settings/wechat").await.refused(403, "permission_missing");
        let set = shop.owner.put("/api/v1/settings/wechat", &json!({ "app_id": "wx0001", "secret": "s3cret" })).await;
        assert_eq!(set.clone().ok()["app_id"], "wx0001");
        let shown = shop.owner.get("/api/v1/settings/wechat").await.ok();
        assert_eq!(shown["api_url"], "https://api.weixin.qq.com");
        assert!(!shown.to_string().contains("s3cret") && !set.text.contains("s3cret"));
        let door = shop.app.anonymous().get(&front).await.ok()["wechat"].clone();
        assert_eq!(door, json!({ "app_id": "wx0001", "authorize_url": "https://open.weixin.qq.com/connect/oauth2/authorize" }));
        assert!(!shop.owner.get("/api/v1/audit").await.ok().to_string().contains("s3cret"));
        assert_eq!(shop.owner.delete("/api/v1/settings/wechat").await.status, 204);
        assert!(shop.app.anonymous().get(&front).await.ok().get("wechat").is_none());
    }

    /// A member links their account, and from then on WeChat signs them in, until they unlink it.
    async fn a_linked_account_signs_in(shop) {
        let wechat = with_wechat(&shop).await;
        let (me, _) = two(&shop).await;
        wechat.code("c1", "oABC").await;
        sign_in(&shop, "c1").await.refused(422, "wechat_unlinked");
        let linked = me.put("/api/v1/me/wechat", &wechat.code("c2", "oABC").await).await.ok();
        assert!(linked["linked_at"].is_number());
        assert_eq!(me.get("/api/v1/me/wechat").await.ok(), linked);
        wechat.code("c3", "oABC").await;
        let reply = sign_in(&shop, "c3").await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let again = shop.app.with_member_cookie_of(&reply);
        assert_eq!(again.get("/api/v1/me").await.ok()["person"]["phone"], "+8613800000042");
        // A code counts once, and what can't be a code is not even asked about.
        sign_in(&shop, "c3").await.refused(422, "wechat_code_wrong");
        let asked = wechat.asked.lock().await.len();
        sign_in(&shop, "c3&secret=x").await.refused(422, "wechat_code_wrong");
        assert_eq!(wechat.asked.lock().await.len(), asked);
        assert_eq!(again.delete("/api/v1/me/wechat").await.status, 204);
        assert_eq!(again.delete("/api/v1/me/wechat").await.status, 204);
        wechat.code("c4", "oABC").await;
        sign_in(&shop, "c4").await.refused(422, "wechat_unlinked");
    }

    /// Two members who show one account at once: one has it, the other is told so.
    async fn an_account_is_one_members(shop) {
        let wechat = with_wechat(&shop).await;
        let (me, other) = two(&shop).await;
        let (mine, theirs) = (wechat.code("c1", "oABC").await, wechat.code("c2", "oABC").await);
        let (first, second) = tokio::join!(me.put("/api/v1/me/wechat", &mine), other.put("/api/v1/me/wechat", &theirs));
        let mut found = [(first.status.as_u16(), first.code().to_owned()), (second.status.as_u16(), second.code().to_owned())];
        found.sort();
        assert_eq!(found, [(200, String::new()), (409, "member_wechat_taken".to_owned())]);
        let (winner, loser) = if first.status == 200 { (me, other) } else { (other, me) };
        // Another account takes the place of the first, which is free again.
        winner.put("/api/v1/me/wechat", &wechat.code("c3", "oXYZ").await).await.ok();
        loser.put("/api/v1/me/wechat", &wechat.code("c4", "oABC").await).await.ok();
    }

    /// Whoever loses their sessions loses the link: another phone, an erasure, a merge.
    async fn a_link_ends_with_the_sessions(shop) {
        let wechat = with_wechat(&shop).await;
        let (me, other) = two(&shop).await;
        me.put("/api/v1/me/wechat", &wechat.code("c1", "oABC").await).await.ok();
        other.put("/api/v1/me/wechat", &wechat.code("c2", "oXYZ").await).await.ok();
        let found = |phone: &'static str| { let shop = &shop; async move { shop.owner.get(&format!("/api/v1/members?q={phone}")).await.ok()["items"][0]["id"].clone() } };
        let (first, second) = (found(PHONE).await, found(OTHER).await);
        let told = shop.owner.get(&format!("/api/v1/members/{}/export", text(&first))).await.ok();
        assert_eq!(told["sections"]["member"]["wechat"]["openid"], "oABC", "{told}");
        shop.owner.patch(&format!("/api/v1/members/{}", text(&first)), &json!({ "phone": "13700000001" })).await.ok();
        wechat.code("c3", "oABC").await;
        sign_in(&shop, "c3").await.refused(422, "wechat_unlinked");
        shop.owner.post(&format!("/api/v1/members/{}/erase", text(&second)), &json!({})).await.ok();
        wechat.code("c4", "oXYZ").await;
        sign_in(&shop, "c4").await.refused(422, "wechat_unlinked");
    }

    /// A wrong secret is the shop's to mend, and a WeChat that is away is tried again later.
    async fn what_goes_wrong_says_whose_it_is(shop) {
        let wechat = with_wechat(&shop).await;
        let (me, _) = two(&shop).await;
        let here = format!("http://127.0.0.1:{}", wechat.port);
        let account = |secret: &str, api: &str| json!({ "app_id": "wx0001", "secret": secret, "api_url": api, "open_url": api });
        shop.owner.put("/api/v1/settings/wechat", &account("other", &here)).await.ok();
        me.put("/api/v1/me/wechat", &wechat.code("c1", "oABC").await).await.refused(422, "wechat_misconfigured");
        shop.owner.put("/api/v1/settings/wechat", &account("s3cret", "http://127.0.0.1:9")).await.ok();
        me.put("/api/v1/me/wechat", &json!({ "code": "c2" })).await.refused(503, "wechat_unreachable");
        shop.app.app.slot::<Outlet>().set_private(false);
        me.put("/api/v1/me/wechat", &json!({ "code": "c2" })).await.refused(503, "wechat_unreachable");
    }
}
