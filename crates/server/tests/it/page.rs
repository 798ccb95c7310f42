//! The start page, health, and what stands nowhere.

use crate::support::server;
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_server::pages::FIRST_CART;
use shuke_testkit::{TestApp, scenario};
use std::collections::BTreeMap;

async fn set_up(app: &TestApp) -> TestApp {
    let draft = json!({"name": "熟客", "trade": "grocery", "store": "一店", "username": "owner", "password": "right horse"});
    let reply = app.post("/api/v1/setup", &draft).await;
    let owner = app.with_cookie_of(&reply);
    reply.ok();
    owner
}

scenario! {
    setup = server;

    /// The page keeps to the content policy: nothing inline, nothing from elsewhere.
    async fn the_start_page_keeps_the_policy(app) {
        let page = app.get("/start").await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-security-policy").contains("default-src 'self'"));
        assert!(page.header("content-type").starts_with("text/html"));
        for inline in ["<style", "style=", "onclick", "onload", "javascript:", "https://", "http://"] {
            assert!(!page.text.contains(inline), "the page holds {inline}");
        }
        let scripts: Vec<&str> = page.text.split("<script").skip(1).collect();
        assert!(scripts.iter().all(|script| script.trim_start().starts_with("src=") && script.contains("></script>")), "{scripts:?}");
        for (path, kind) in [("/start.js", "text/javascript"), ("/start.css", "text/css"), ("/first-cart.json", "application/json")] {
            let found = app.get(path).await;
            assert!(found.status == 200 && found.header("content-type").starts_with(kind), "{path}");
            assert!(!found.text.contains("innerHTML"), "{path} writes HTML");
        }
    }

    /// The steps on the page work as they stand there.
    async fn the_first_cart_sells(app) {
        set_up(&app).await;
        let steps: Vec<Value> = serde_json::from_str(FIRST_CART).unwrap();
        let mut client = app.anonymous();
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        let mut last = Value::Null;
        for step in steps {
            if let Some(makes) = step["makes"].as_str() {
                // What uuidgen makes: a random one.
                variables.insert(makes.to_owned(), Uuid::from_u128(0x1234_5678_9abc_4def_8123_4567_89ab_cdef).to_string());
            }
            let fill = |text: String| variables.iter().fold(text, |text, (name, value)| text.replace(&format!("${name}"), value));
            let path = fill(step["path"].as_str().unwrap().to_owned());
            let body = step.get("body").map(|body| fill(body.to_string()).replace("您的密码", "right horse").into_bytes());
            let key = step["key"].as_bool().unwrap_or_default().then_some(path.as_str());
            let reply = client.call(step["method"].as_str().unwrap().parse().unwrap(), &path, key, body).await;
            if step["signs_in"] == true {
                client = client.with_cookie_of(&reply);
            }
            last = reply.ok();
            for (name, pointer) in step["save"].as_object().into_iter().flatten() {
                variables.insert(name.clone(), last.pointer(pointer.as_str().unwrap()).unwrap().as_str().unwrap().to_owned());
            }
        }
        assert_eq!(last["id"].as_str(), variables.get("ORDER").map(String::as_str), "{last}");
    }

    /// What stands nowhere, and a method that an address doesn't take, are told as problems.
    async fn what_stands_nowhere_is_a_problem(app) {
        let missing = app.get("/api/v1/unicorns").await;
        assert_eq!(missing.header("content-type"), "application/problem+json");
        missing.refused(404, "not_found");
        app.delete("/api/v1/stores").await.refused(405, "method_not_allowed");
    }

    /// A server says that it lives and that it is ready, and the document is there.
    async fn health_is_told(app) {
        assert_eq!(app.get("/healthz").await.text, "ok\n");
        let ready = app.get("/readyz").await.ok();
        assert_eq!(ready["ready"], true);
        // The tests' own PostgreSQL does not sync: that has to be said.
        assert_eq!(ready["faults"].as_array().unwrap().is_empty(), app.db().kind() == shuke_testkit::Kind::Sqlite);
        assert!(app.get("/api/openapi.json").await.ok()["paths"]["/api/v1/stores"].is_object());
    }

    /// Every answer carries the headers that keep pages and data safe, and its request's id.
    async fn every_answer_is_guarded(app) {
        for path in ["/start", "/api/v1/setup", "/api/v1/stores", "/nowhere"] {
            let reply = app.get(path).await;
            for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")] {
                assert_eq!(reply.header(name), value, "{path}");
            }
            assert!(!reply.header("x-request-id").is_empty() && !reply.header("content-security-policy").is_empty(), "{path}");
        }
        assert_eq!(app.get("/api/v1/setup").await.header("cache-control"), "no-store");
    }
}
