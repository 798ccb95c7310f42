//! One of everything that a merchant can have, made through the API, and what an operation of the
//! document needs to be called: path, query, body.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_sales::fixture::{self, Size};
use shuke_server::insight::courier::work_due;
use shuke_testkit::TestApp;
use std::collections::BTreeMap;

/// A merchant with one of everything.
pub struct Side {
    pub owner: TestApp,
    pub stall: fixture::Stall,
    /// By name: `member`, `order`, …
    pub things: BTreeMap<&'static str, Value>,
}

/// What stands under `/segment/{…}`.
pub const SEGMENTS: &[(&str, &str)] = &[
    ("api-keys", "key"),
    ("approvals", "approval"),
    ("by-barcode", "barcode"),
    ("card-batches", "card_batch"),
    ("card-designs", "card_design"),
    ("cards", "card"),
    ("categories", "category"),
    ("coupon-batches", "coupon_batch"),
    ("coupon-codes", "coupon_code"),
    ("coupon-issues", "coupon_issue"),
    ("coupon-redemptions", "coupon_redemption"),
    ("coupon-templates", "template"),
    ("coupons", "coupon"),
    ("dependents", "dependent"),
    ("devices", "device"),
    ("exchanges", "exchange"),
    ("fields", "field"),
    ("follow-ups", "follow_up"),
    ("gift-card-batches", "gift_card_batch"),
    ("gift-card-codes", "gift_card_code"),
    ("gift-cards", "gift_card"),
    ("held-carts", "held_cart"),
    ("imports", "import"),
    ("members", "member"),
    ("merges", "merge"),
    ("notes", "note"),
    ("offline-sales", "offline_sale"),
    ("membership-plans", "membership_plan"),
    ("memberships", "membership"),
    ("offers", "offer"),
    ("orders", "order"),
    ("people", "person"),
    ("points-kinds", "points_kind"),
    ("pass-plans", "pass_plan"),
    ("pass-visits", "pass_visit"),
    ("passes", "pass"),
    ("prices", "store"),
    ("products", "product"),
    ("shares", "person"),
    ("reward-orders", "reward_order"),
    ("rewards", "reward"),
    ("runs", "insight_run"),
    ("saves", "insight_save"),
    ("settlements", "settlement"),
    ("shifts", "shift"),
    ("staff", "staff"),
    ("stores", "store"),
    ("tags", "tag"),
    ("tills", "till"),
    ("top-up-plans", "plan"),
    ("top-ups", "top_up"),
    ("trials", "trial"),
    ("variants", "variant"),
    ("webhooks", "webhook"),
];

/// The names of what the parameters of a path stand for, in their order.
pub fn named_in(path: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let thing = |pair: &[&str]| {
        pair[1].starts_with('{').then(|| {
            let known = SEGMENTS.iter().find(|(segment, _)| *segment == pair[0]);
            known.unwrap_or_else(|| panic!("{path}: say in SEGMENTS what {} of {} is, and make one", pair[1], pair[0])).1
        })
    };
    parts.windows(2).filter_map(thing).collect()
}

/// The path with its parameters filled in.
pub fn filled(path: &str, values: &[String]) -> String {
    let mut left = values.iter();
    let part = |part: &str| if part.starts_with('{') { left.next().unwrap().clone() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

impl Side {
    pub async fn make(app: &TestApp, number: u32) -> Self {
        let size = Size { members: 1, variants: 2, uses: 10, ..Size::default() };
        let stall = fixture::stall(&app.app, &size).await.unwrap();
        let owner = app.as_token(stall.shop.token(Role::Owner));
        let mut side = Self { owner, stall, things: BTreeMap::new() };
        side.know();
        side.make_goods(number).await;
        side.make_people(number).await;
        side.make_rules().await;
        side.make_rewards().await;
        side.sell().await;
        side.analyse().await;
        side
    }

    pub fn text(&self, name: &str) -> String {
        let thing = self.things.get(name).unwrap_or_else(|| panic!("there is no {name}"));
        thing.as_str().map_or_else(|| thing.to_string(), str::to_owned)
    }
    fn uuid(&self) -> String {
        self.stall.shop.cx(&self.owner.app).uuid().to_string()
    }
    /// Whether a text names anything of this merchant.
    pub fn named(&self, text: &str) -> Vec<&'static str> {
        self.things.iter().filter(|(_, thing)| thing.as_str().is_some_and(|id| text.contains(id))).map(|(name, _)| *name).collect()
    }

    fn know(&mut self) {
        let (shop, customer) = (&self.stall.shop, self.stall.members[0]);
        self.things.extend([
            ("store", json!(shop.store)),
            ("other_store", json!(shop.other_store)),
            ("till", json!(shop.till)),
            ("member", json!(customer.member)),
            ("coupon", json!(customer.coupon)),
            ("template", json!(self.stall.template)),
            ("variant", json!(self.stall.variants[0])),
            ("cashier", json!(shop.person(Role::Cashier).unwrap().id)),
        ]);
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.owner.post(path, &body).await.ok()
    }

    async fn make_goods(&mut self, number: u32) {
        let category = self.post("/api/v1/categories", json!({ "name": "奶粉" })).await["id"].clone();
        let barcode = format!("690123456{number:04}");
        let variant = json!({ "sku": "WALL", "price": 100, "barcodes": [barcode], "track_stock": true });
        let product = self.post("/api/v1/products", json!({ "name": "墙", "kind": "goods", "variants": [variant] })).await;
        let lines = json!([{ "variant": self.things["variant"], "quantity_milli": 1_000 }]);
        let receipt = self.post("/api/v1/stock/receipts", json!({ "store": self.things["store"], "lines": lines })).await;
        self.things.extend([
            ("category", category),
            ("barcode", json!(barcode)),
            ("product", product["id"].clone()),
            ("receipt", receipt["id"].clone()),
        ]);
    }

    async fn make_people(&mut self, number: u32) {
        let member = format!("/api/v1/members/{}", self.text("member"));
        let card = self.post(&format!("{member}/cards"), json!({ "kind": "physical", "number": format!("WALL{number:04}") })).await;
        let dependent = self.post(&format!("{member}/dependents"), json!({ "relation": "child", "born_on": "2026-01-02" })).await;
        let tag = self.post("/api/v1/tags", json!({ "name": "奶粉客户" })).await;
        let field = self.post("/api/v1/fields", json!({ "key": "job", "label": "职业", "kind": "text" })).await;
        let staff = json!({ "username": "wall", "name": "墙", "role": "cashier", "password": "right horse", "stores": null });
        let staff = self.post("/api/v1/staff", staff).await;
        let key = self.post("/api/v1/api-keys", json!({ "name": "wall", "scopes": ["member:read"] })).await;
        let webhook = self.post("/api/v1/webhooks", json!({ "url": "https://shop.example/hooks" })).await;
        self.post("/api/v1/terms", json!({ "version": "1", "title": "章程", "body": "…" })).await;
        let person = self.post("/api/v1/members", json!({ "name": "墙内人" })).await["id"].clone();
        self.owner.patch(&member, &json!({ "kind": "group" })).await.ok();
        self.post(&format!("{member}/people"), json!({ "person": person })).await;
        let sharing = format!("{member}/cards/{}", card["id"].as_str().unwrap());
        self.owner.put(&format!("{sharing}/sharing"), &json!({ "shared_max": 2 })).await.ok();
        self.post(&format!("{sharing}/shares"), json!({ "member": person })).await;
        let sharer = self.post("/api/v1/members", json!({ "name": "墙外人" })).await["id"].clone();
        let note = self.post(&format!("{member}/notes"), json!({ "text": "x" })).await;
        assert_eq!(self.owner.put(&format!("{member}/pin"), &json!({ "pin": "902417" })).await.status, 204);
        let design = self.post("/api/v1/card-designs", self.design()).await["id"].clone();
        let batch = self.post("/api/v1/card-batches", json!({ "name": "墙", "cards": 2, "design": design })).await["id"].clone();
        let (a, b) = (self.member("墙甲").await, self.member("墙乙").await);
        let merge = self.post("/api/v1/merges", json!({ "survivor": a, "absorbed": b, "reason": "x" })).await["id"].clone();
        self.things.insert("merge", merge);
        self.things.extend([("person", person), ("sharer", sharer), ("note", note), ("card_design", design), ("card_batch", batch)]);
        let contact = json!({ "channel": "sms", "kind": "message", "subject": "x", "outcome": "sent" });
        self.post(&format!("{member}/contacts"), contact).await;
        let approval = json!({ "id": self.uuid(), "kind": "refund", "subject": self.things["member"], "amount": 1, "store": self.things["store"], "reason": "x" });
        let cashier = self.owner.as_token(self.stall.shop.token(Role::Cashier));
        let approval = cashier.post("/api/v1/approvals", &approval).await.ok();
        self.things.insert("approval", approval["id"].clone());
        let follow_up = self.post("/api/v1/follow-ups", self.follow_up()).await["id"].clone();
        self.things.insert("follow_up", follow_up);
        let device = self.post("/api/v1/devices", json!({ "name": "平板", "till": self.things["till"] })).await["id"].clone();
        self.things.insert("device", device);
        self.things.extend([
            ("card", card["id"].clone()),
            ("dependent", dependent["id"].clone()),
            ("tag", tag["id"].clone()),
            ("field", field["id"].clone()),
            ("staff", staff["id"].clone()),
            ("key", key["key"]["id"].clone()),
            ("webhook", webhook["webhook"]["id"].clone()),
        ]);
    }

    async fn make_rules(&mut self) {
        let (plan, offer) = (json!(self.uuid()), json!(self.uuid()));
        self.things.extend([("plan", plan), ("offer", offer)]);
        self.post("/api/v1/top-up-plans", self.plan()).await;
        self.post("/api/v1/offers", json!({ "offer": self.offer(), "state": "draft" })).await;
        let trial = json!(self.uuid());
        let tried = json!({ "id": trial, "name": "试算", "rule": { "kind": "offer", "offer": self.offer() }, "from": "2026-11-01", "to": "2026-11-30" });
        self.post("/api/v1/trials", tried).await;
        self.things.insert("trial", trial);
        let coupon = self.owner.get(&format!("/api/v1/coupons/{}", self.text("coupon"))).await.ok();
        self.things.insert("coupon_code", coupon["code"].clone());
        self.make_coupons().await;
        self.make_prepaid().await;
    }

    /// A batch of codes, an issue of service vouchers, and a voucher that was redeemed.
    async fn make_coupons(&mut self) {
        let batch = json!({ "id": self.uuid(), "template": self.things["template"], "name": "墙", "codes": 1 });
        let batch = self.post("/api/v1/coupon-batches", batch).await;
        let mut terms = self.terms();
        terms["benefit"] = json!({ "kind": "service", "services": [self.things["variant"]] });
        terms["limits"] = json!({ "uses": 5 });
        terms["transferable"] = json!(true);
        let template = json!({ "id": self.uuid(), "name": "洗澡券", "terms": terms, "state": "published" });
        let template = self.post("/api/v1/coupon-templates", template).await;
        let issue = json!({ "id": self.uuid(), "template": template["id"], "members": [self.things["member"]], "count": 2 });
        let issued = self.post("/api/v1/coupon-issues", issue.clone()).await;
        let friend = self.post("/api/v1/members", json!({ "name": "朋友" })).await;
        let redemption = json!({ "id": self.uuid(), "coupon": issued["coupons"][0]["id"], "store": self.things["store"] });
        let redemption = self.post("/api/v1/coupon-redemptions", redemption).await;
        self.things.extend([
            ("coupon", issued["coupons"][1]["id"].clone()),
            ("friend", friend["id"].clone()),
            ("coupon_batch", batch["id"].clone()),
            ("coupon_issue", issue["id"].clone()),
            ("voucher", issued["coupons"][0]["id"].clone()),
            ("coupon_redemption", redemption["id"].clone()),
        ]);
    }

    async fn make_rewards(&mut self) {
        let kind = json!(self.uuid());
        self.things.insert("points_kind", kind);
        self.owner.put("/api/v1/settings/points-kinds", &self.points_kinds()).await.ok();
        let given = json!({ "id": self.uuid(), "points": 100, "reason": "x" });
        self.post(&format!("/api/v1/members/{}/points-kinds/{}/adjustments", self.text("member"), self.text("points_kind")), given).await;
        let (reward, redemption) = (json!(self.uuid()), json!(self.uuid()));
        let draft = json!({ "id": reward, "name": "礼品", "terms": self.reward_terms(), "state": "published", "stock": 9 });
        self.post("/api/v1/rewards", draft).await;
        let member = &self.things["member"];
        let redeem = json!({ "id": redemption, "reward": reward, "member": member, "store": self.things["store"] });
        self.post("/api/v1/reward-orders", redeem).await;
        self.things.extend([("reward", reward), ("reward_order", redemption)]);
        let tier = self.owner.get("/api/v1/settings/tiers").await.ok()["tiers"][0]["id"].clone();
        self.things.insert("tier", tier);
        let plan = self.post("/api/v1/membership-plans", self.membership_plan()).await["plan"]["id"].clone();
        self.things.insert("membership_plan", plan);
        let term = self.post("/api/v1/memberships", self.membership()).await["id"].clone();
        self.things.insert("membership", term);
    }

    /// A gift card that was sold, and a pass with a visit.
    async fn make_prepaid(&mut self) {
        let batch = json!({ "id": self.uuid(), "name": "墙", "face": 100, "cards": 2 });
        let batch = self.post("/api/v1/gift-card-batches", batch).await["id"].clone();
        let path = format!("/api/v1/gift-card-batches/{}/codes", batch.as_str().unwrap());
        let cards = self.owner.get(&path).await.ok()["items"].clone();
        let plan = json!(self.uuid());
        self.things.extend([
            ("gift_card_batch", batch),
            ("gift_card_code", cards[0]["code"].clone()),
            ("gift_card", cards[0]["card"].clone()),
            ("pass_plan", plan),
        ]);
        self.post("/api/v1/pass-plans", self.pass_plan()).await;
        let payments = json!([{ "tender": "cash", "amount": 900 }]);
        let pass = json!({ "id": self.uuid(), "member": self.things["member"], "store": self.things["store"], "plan": self.things["pass_plan"], "payments": payments });
        let pass = self.post("/api/v1/passes", pass).await["id"].clone();
        let visit = json!({ "id": self.uuid(), "pass": pass, "store": self.things["store"] });
        let visit = self.post("/api/v1/pass-visits", visit).await["id"].clone();
        self.things.extend([("pass", pass), ("pass_visit", visit)]);
    }

    async fn sell(&mut self) {
        let order = self.uuid();
        self.post("/api/v1/orders", self.cart(&order)).await;
        let nobodys = self.uuid();
        let mut cart = self.cart(&nobodys);
        cart["member"] = Value::Null;
        cart["payments"][0]["amount"] = json!(5_000);
        self.post("/api/v1/orders", cart).await;
        self.things.insert("nobodys_order", json!(nobodys));
        let refund = json!({ "id": self.uuid(), "order": order, "reason": "x", "lines": [{ "line": 0, "quantity_milli": 500 }] });
        let refund = self.post("/api/v1/refunds", refund).await;
        self.owner.put("/api/v1/settings/shift", &json!({ "mode": "optional" })).await.ok();
        let shift = json!({ "id": self.uuid(), "till": self.things["till"], "opening": 10_000 });
        let shift = self.post("/api/v1/shifts", shift).await;
        let held = json!({ "id": self.uuid(), "store": self.things["store"], "cart": { "lines": self.cart("")["lines"] } });
        let held = self.post("/api/v1/held-carts", held).await;
        self.things.extend([("shift", shift["id"].clone()), ("held_cart", held["id"].clone())]);
        let mut sale = self.cart(&self.uuid());
        sale["lines"][0]["quantity_milli"] = json!(100);
        sale["payments"] = json!([]);
        let refund_of = json!({ "id": self.uuid(), "order": order, "reason": "x", "lines": [{ "line": 0, "quantity_milli": 100 }] });
        let exchange = self.post("/api/v1/exchanges", json!({ "id": self.uuid(), "refund": refund_of, "sale": sale })).await;
        self.things.insert("exchange", exchange["exchange"]["id"].clone());
        let top_up =
            json!({ "id": self.uuid(), "member": self.things["member"], "store": self.things["store"], "amount": 100, "tender": "cash" });
        let top_up = self.post("/api/v1/top-ups", top_up).await;
        let (offline, variant) = (json!(self.uuid()), &self.things["variant"]);
        let line = json!({ "variant": variant, "quantity_milli": 100, "unit_price": 5_000, "gross": 500, "net": 500 });
        let alone = json!({ "id": offline, "at": 0, "snapshot": "", "lines": [line], "payments": [{ "tender": "cash", "amount": 500 }], "total": 500 });
        let sent = self.post("/api/v1/offline-sales", json!({ "till": self.things["till"], "sales": [alone] })).await;
        assert_eq!(sent["items"][0]["state"], "waiting", "{sent}");
        self.things.insert("offline_sale", offline);
        let path = "/api/v1/imports?kind=members&name=x.csv";
        let brought = self.owner.call(axum::http::Method::POST, path, None, Some("name,phone\n墙内人,13900000077\n".into())).await;
        self.things.insert("import", brought.ok()["id"].clone());
        self.things.extend([("order", json!(order)), ("refund", refund["id"].clone()), ("top_up", top_up["id"].clone())]);
        let settlement = self.post("/api/v1/settlements", self.settlement()).await["id"].clone();
        let path = format!("/api/v1/settlements/{}/confirm", settlement.as_str().unwrap());
        self.post(&path, json!({ "store": self.things["other_store"] })).await;
        self.things.insert("settlement", settlement);
    }

    /// An analysis that has ended, and a group of it that was saved.
    async fn analyse(&mut self) {
        self.owner.step().await;
        let run = self.post("/api/v1/insight/runs", json!({ "analysis": "pareto" })).await["id"].clone();
        work_due(&self.owner.app).await.unwrap();
        let path = format!("/api/v1/insight/runs/{}", run.as_str().unwrap());
        let found = self.owner.get(&path).await.ok();
        assert_eq!(found["run"]["state"], "done", "{found}");
        let save = self.post(&format!("{path}/saves"), self.saved_group()).await["id"].clone();
        work_due(&self.owner.app).await.unwrap();
        self.things.extend([("insight_run", run), ("insight_save", save)]);
    }

    fn saved_group(&self) -> Value {
        json!({ "group": "best_fifth", "name": "洞察" })
    }
    pub fn settlement(&self) -> Value {
        json!({ "id": self.uuid(), "store": self.things["store"], "other_store": self.things["other_store"], "to": "2026-11-22" })
    }
    async fn member(&self, name: &str) -> Value {
        self.post("/api/v1/members", json!({ "name": name })).await["id"].clone()
    }
    pub fn follow_up(&self) -> Value {
        json!({ "id": self.uuid(), "member": self.things["member"], "store": self.things["store"], "reason": "墙", "due_on": "2026-11-25" })
    }
    fn design(&self) -> Value {
        let element = json!({ "side": "front", "kind": "qr", "text": "{number}", "x": 0, "y": 0, "width": 100, "height": 100 });
        json!({ "name": "墙", "width": 856, "height": 540, "elements": [element] })
    }
    fn plan(&self) -> Value {
        json!({ "id": self.things["plan"], "name": "充100送10", "pay": 10_000, "bonus": 1_000 })
    }
    fn pass_plan(&self) -> Value {
        let validity = json!({ "kind": "days", "days": 30, "start": "purchase" });
        let items = json!([{ "name": "洗澡", "visits": 9, "worth": 200 }]);
        json!({ "id": self.things["pass_plan"], "name": "九次卡", "price": 900, "items": items, "validity": validity, "transferable": true })
    }
    fn offer(&self) -> Value {
        let rule = json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] });
        json!({ "id": self.things["offer"], "name": "满100减10", "rule": rule })
    }
    pub fn membership_plan(&self) -> Value {
        let tier = self.things["tier"].clone();
        json!({
            "id": self.uuid(), "name": "年卡", "tier": tier, "price": 100, "term": { "kind": "months", "months": 12 },
            "gift": { "coupons": [self.things["template"]] },
        })
    }
    pub fn membership(&self) -> Value {
        json!({
            "id": self.uuid(), "plan": self.things["membership_plan"], "member": self.things["member"], "store": self.things["store"],
            "tender": "cash",
        })
    }
    fn points_kinds(&self) -> Value {
        json!({ "kinds": [{ "id": self.things["points_kind"], "name": "金币", "transfer": { "min": 1 } }] })
    }
    fn reward_terms(&self) -> Value {
        json!({ "gives": { "kind": "gift" }, "points": 1 })
    }
    pub fn terms(&self) -> Value {
        let validity = json!({ "kind": "fixed", "from": "2026-01-01", "to": "2027-01-01" });
        json!({ "benefit": { "kind": "amount", "off": 100 }, "validity": validity })
    }
    /// A sale of one piece to the member: 50.00 at 95折.
    pub fn cart(&self, order: &str) -> Value {
        json!({
            "id": order, "store": self.things["store"], "member": self.things["member"],
            "lines": [{ "variant": self.things["variant"], "quantity_milli": 1_000 }],
            "payments": [{ "tender": "cash", "amount": 4_750 }],
        })
    }

    /// A body that an operation on one of this merchant's things takes.
    pub fn body(&self, operation: &str) -> Value {
        match operation {
            "decide_offline_sale" => json!({ "accepted": false, "note": "x" }),
            "preview_import" | "start_import" => json!({}),
            "save_insight_group" => self.saved_group(),
            "accept_terms" => json!({ "version": "1" }),
            "add_variant" => json!({ "sku": "WALL2", "price": 100 }),
            "decide_approval" => json!({ "given": true, "username": "owner", "password": shuke_org::fixture::PASSWORD }),
            "change_card_design" => self.design(),
            "change_card_sharing" => json!({ "shared_max": 3 }),
            "change_category" | "change_member" | "change_product" | "change_variant" => json!({ "name": "新" }),
            "change_coupon_template" => json!({ "name": "新", "terms": self.terms(), "state": "stopped" }),
            "change_dependent" => json!({ "relation": "child", "name": "小宝", "born_on": "2026-01-02" }),
            "change_field" => json!({ "key": "job", "label": "工作", "kind": "text" }),
            "change_follow_up" => json!({ "due_on": "2026-11-26", "assigned_to": null }),
            "record_follow_up_attempt" => json!({ "how": "phone", "outcome": "not_reached", "next_on": "2026-11-27" }),
            "give_up_follow_up" => json!({ "reason": "x" }),
            "change_group" => json!({ "people_max": 20 }),
            "change_pass_plan" => json!({ "plan": self.pass_plan(), "state": "stopped" }),
            "change_offer" => json!({ "offer": self.offer(), "state": "published" }),
            "change_staff" => json!({ "name": "新", "role": "cashier", "active": true, "stores": null }),
            "change_store" => json!({ "name": "新" }),
            "change_tag" => json!({ "name": "新" }),
            "change_till" => json!({ "name": "新", "store": self.things["store"] }),
            "change_webhook" => json!({ "url": "https://shop.example/hooks" }),
            "change_top_up_plan" => json!({ "plan": self.plan(), "state": "stopped" }),
            "create_adjustment" => json!({ "account": "points", "amount": 10, "reason": "x" }),
            "create_card" => json!({ "kind": "digital" }),
            "create_contact" => json!({ "channel": "sms", "kind": "message", "subject": "x", "outcome": "sent" }),
            "create_note" => json!({ "text": "y" }),
            "declare_preferences" => json!({ "口味": "不辣" }),
            "join_group" => json!({ "person": self.things["sharer"] }),
            "prove_identity" => json!({ "order": self.things["order"], "pin": "902417" }),
            "set_pin" => json!({ "pin": "902417", "current": "902417" }),
            "share_card" => json!({ "member": self.things["sharer"] }),
            "void_stock_cards" => json!({ "numbers": ["000000018"] }),
            "create_dependent" => json!({ "relation": "pet", "name": "旺财" }),
            "cancel_reward_order" => json!({ "reason": "x" }),
            "change_membership_plan" => json!({ "plan": self.membership_plan(), "state": "published" }),
            "adjust_points_kind" => json!({ "id": self.uuid(), "points": 5, "reason": "x" }),
            "enter_growth" => json!({ "id": self.uuid(), "growth": 5, "reason": "x" }),
            "refund_membership" => json!({ "reason": "x" }),
            "change_reward" => json!({ "name": "新", "terms": self.reward_terms(), "state": "published" }),
            "restock_reward" => json!({ "pieces": 1 }),
            "release_pending_points" | "cancel_pending_points" => json!({ "source": self.things["order"] }),
            "report_card" => json!({ "lost": false }),
            "extend_pass" => json!({ "until": "2028-01-01", "reason": "x" }),
            "freeze_pass" | "thaw_pass" => json!({ "reason": "x" }),
            "refund_pass" => json!({ "id": self.uuid(), "amount": 100, "reason": "x" }),
            "return_gift_card" => json!({ "id": self.uuid() }),
            "sell_gift_card" => json!({ "store": self.things["store"], "payments": [{ "tender": "cash", "amount": 100 }] }),
            "transfer_pass" => json!({ "id": self.uuid(), "to": self.things["friend"] }),
            "refund_top_up" => json!({ "id": self.uuid(), "amount": 100, "reason": "x" }),
            "replay_webhook_deliveries" | "rotate_api_key" | "rotate_webhook_secret" => json!({}),
            "revoke_coupon" | "revoke_template_coupons" | "revoke_coupon_batch" | "revoke_coupon_issue" => json!({ "reason": "x" }),
            "set_consents" => json!({ "channels": { "sms": true } }),
            "confirm_settlement" => json!({ "store": self.things["store"] }),
            "pay_settlement" => json!({ "reference": "x" }),
            "close_shift" => json!({ "counted": 10_100 }),
            "move_cash" => json!({ "id": self.uuid(), "direction": "in", "amount": 100, "reason": "x" }),
            "resume_cart" => json!({}),
            "set_kit" => json!({ "parts": [] }),
            "set_member_tier" => json!({ "tier": null, "locked_until": "2027-01-01", "reason": "x" }),
            "set_staff_password" => json!({ "password": "another horse" }),
            "set_store_price" => json!({ "price": 99 }),
            "transfer_coupon" => json!({ "to": self.things["friend"] }),
            "tag_members" => json!({ "give_to": [self.things["member"]] }),
            other => panic!("say in Side::body what {other} takes"),
        }
    }
}
