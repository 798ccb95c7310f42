//! A shop with two stores, staff of every role, and a rival merchant on the same server.

use serde_json::{Value, json};
use shuke_http::{App, OpenApiRouter, Role};
use shuke_jobs::Runner;
use shuke_kernel::{Result, Uuid};
use shuke_org::{OrgAuthenticator, fixture};
use shuke_sales::stock::{self, Difference};
use shuke_testkit::{Kind, TestApp};

/// A shop and its clients.
pub struct Shop {
    pub app: TestApp,
    pub org: fixture::Shop,
    pub owner: TestApp,
    /// Bound to the first store.
    pub manager: TestApp,
    /// Bound to the first store.
    pub cashier: TestApp,
    /// The owner of another merchant.
    pub rival: TestApp,
}

pub async fn shop(kind: Kind) -> Shop {
    made(kind, shuke_org::routes().merge(shuke_sales::routes()), Runner::default().reader(stock::StoreReader)).await
}

/// The same with everything below sales: members, loyalty, offers, and their readers.
pub async fn whole_shop(kind: Kind) -> Shop {
    let routes = shuke_org::routes().merge(shuke_member::routes()).merge(shuke_loyalty::routes()).merge(shuke_offer::routes());
    let runner = shuke_loyalty::runner(shuke_member::runner(Runner::default()));
    made(kind, routes.merge(shuke_sales::routes()), shuke_sales::runner(shuke_offer::runner(runner))).await
}

async fn made(kind: Kind, routes: OpenApiRouter<App>, runner: Runner) -> Shop {
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await.with_runner(runner);
    let org = fixture::shop(&app.app).await.unwrap();
    let rival = fixture::shop(&app.app).await.unwrap();
    Shop {
        owner: app.as_token(org.token(Role::Owner)),
        manager: app.as_token(org.token(Role::Manager)),
        cashier: app.as_token(org.token(Role::Cashier)),
        rival: app.as_token(rival.token(Role::Owner)),
        app,
        org,
    }
}

impl Shop {
    /// Makes a product through the API.
    pub async fn product(&self, body: Value) -> Value {
        self.owner.post("/api/v1/products", &body).await.ok()
    }
    /// Makes counted goods with one variant; answers the variant's id.
    pub async fn goods(&self, sku: &str, price: i64) -> Value {
        let body = json!({ "name": sku, "kind": "goods", "variants": [{ "sku": sku, "price": price, "cost": 50 }] });
        self.product(body).await["variants"][0]["id"].clone()
    }
    /// Makes a category; answers its id.
    pub async fn category(&self, name: &str, parent: Option<&Value>) -> Value {
        self.owner.post("/api/v1/categories", &json!({ "name": name, "parent": parent })).await.ok()["id"].clone()
    }
    /// Receives stock.
    pub async fn receive(&self, store: Uuid, variant: &Value, quantity_milli: i64) -> Value {
        let lines = json!([{ "variant": variant, "quantity_milli": quantity_milli }]);
        self.owner.post("/api/v1/stock/receipts", &json!({ "store": store, "supplier": "供应商", "lines": lines })).await.ok()
    }
    /// Thousandths on hand, as the list shows it.
    pub async fn on_hand(&self, store: Uuid, variant: &Value) -> i64 {
        let page = self.owner.get(&format!("/api/v1/stock?store={store}&limit=200")).await.ok();
        let rows = page["items"].as_array().unwrap();
        rows.iter().find(|row| row["variant"] == *variant).map_or(i64::MIN, |row| row["on_hand_milli"].as_i64().unwrap())
    }
    /// Recomputes all stock.
    pub async fn verify(&self) -> Result<Option<Difference>> {
        self.app.db().read(&self.org.merchant, |tx, merchant| Box::pin(stock::verify(tx, *merchant))).await
    }
}
