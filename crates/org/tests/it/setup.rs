//! The first run.

use crate::support::{draft, empty};
use serde_json::{Value, json};
use shuke_testkit::scenario;

scenario! {
    setup = empty;

    /// An empty server asks to be set up, once; the owner is signed in and may do everything.
    async fn the_first_run_founds_a_merchant(app) {
        let before = app.get("/api/v1/setup").await.ok();
        assert_eq!(before["needed"], true);
        assert_eq!(before["trades"].as_array().unwrap().len(), 4);
        let reply = app.post("/api/v1/setup", &draft()).await;
        assert_eq!(reply.status, 201);
        assert!(reply.header("set-cookie").contains("HttpOnly; SameSite=Strict"), "{}", reply.header("set-cookie"));
        let owner = app.with_cookie_of(&reply);
        let who = owner.get("/api/v1/session").await.ok();
        assert_eq!((&who["role"], &who["merchant"]["id"], &who["stores"]), (&json!("owner"), &json!(1), &Value::Null));
        assert_eq!((&who["merchant"]["zone"], &who["merchant"]["currency"]), (&json!("Asia/Shanghai"), &json!("CNY")));
        assert_eq!(app.get("/api/v1/setup").await.ok()["needed"], false);
        assert_eq!(owner.get("/api/v1/stores").await.ok()["items"][0]["name"], "一店");
        app.post("/api/v1/setup", &draft()).await.refused(409, "already_set_up");
    }

    /// Of two who set up at once, one does.
    async fn two_at_once_make_one(app) {
        let two = [draft(), draft()];
        let (a, b) = tokio::join!(app.post("/api/v1/setup", &two[0]), app.post("/api/v1/setup", &two[1]));
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", a.text, b.text);
        let loser = if a.status == 409 { a } else { b };
        assert_eq!(loser.code(), "already_set_up");
    }

    /// What can't be taken names its field, and nothing is founded.
    async fn a_wrong_draft_founds_nothing(app) {
        for (field, value, code) in [
            ("password", json!("short"), "password_weak"),
            ("username", json!("a b"), "username_malformed"),
            ("zone", json!("Mars/Olympus"), "zone_unknown"),
            ("name", json!(""), "text_malformed"),
            ("trade", json!("piracy"), "body_malformed"),
        ] {
            let mut draft = draft();
            draft[field] = value;
            app.post("/api/v1/setup", &draft).await.refused(400, code);
        }
        assert_eq!(app.get("/api/v1/setup").await.ok()["needed"], true);
    }
}
