//! A server with a shop on it.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_org::fixture::{self, Shop};
use shuke_org::{OrgAuthenticator, routes};
use shuke_testkit::{Kind, Reply, TestApp};

pub struct Given {
    pub app: TestApp,
    pub shop: Shop,
}

impl Given {
    /// A client that shows a role's API key.
    pub fn key(&self, role: Role) -> TestApp {
        self.app.as_token(self.shop.token(role))
    }
    /// A client that shows a role's session.
    pub fn person(&self, role: Role) -> TestApp {
        self.app.as_session(self.shop.session(role))
    }
    pub fn id(&self, role: Role) -> String {
        self.shop.person(role).unwrap().id.to_string()
    }
}

/// A server without a merchant.
pub async fn empty(kind: Kind) -> TestApp {
    TestApp::start(kind, routes(), Box::new(OrgAuthenticator)).await
}

/// A server with one shop.
pub async fn shop(kind: Kind) -> Given {
    let app = empty(kind).await;
    let shop = fixture::shop(&app.app).await.unwrap();
    Given { app, shop }
}

pub async fn sign_in(app: &TestApp, username: &str, password: &str) -> Reply {
    app.post("/api/v1/session", &json!({"username": username, "password": password})).await
}

pub fn draft() -> Value {
    json!({"name": "熟客", "trade": "beauty", "store": "一店", "username": "Lin", "password": "right horse"})
}
