//! The ledger through the front door.

use serde_json::{Value, json};
use shuke_db::sql;
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Uuid};
use shuke_ledger::AccountKind::{Cash, Points, Principal, Revenue};
use shuke_ledger::journal::ops::holdings;
use shuke_ledger::verify::{Checks, Difference};
use shuke_ledger::{Account, Journal, LotTerms, runner};
use shuke_org::{OrgAuthenticator, fixture};
use shuke_testkit::{Kind, TestApp, scenario};

struct Shop {
    app: TestApp,
    org: fixture::Shop,
    owner: TestApp,
    /// The address of the member.
    path: String,
    member: Uuid,
}

async fn shop(kind: Kind) -> Shop {
    let routes = shuke_org::routes().merge(shuke_member::routes()).merge(shuke_ledger::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await.with_runner(runner(Runner::default()));
    let org = fixture::shop(&app.app).await.unwrap();
    let owner = app.as_token(org.token(Role::Owner));
    let member = owner.post("/api/v1/members", &json!({ "phone": "13800000042", "name": "王芳" })).await.ok();
    let member = Uuid::parse_str(member["id"].as_str().unwrap()).unwrap();
    Shop { path: format!("/api/v1/members/{member}"), app, org, owner, member }
}

impl Shop {
    fn cx(&self) -> Cx {
        self.org.cx(&self.app.app)
    }
    async fn get(&self, rest: &str) -> Value {
        self.owner.get(&format!("{}{rest}", self.path)).await.ok()
    }
    async fn adjust(&self, body: &Value) -> Value {
        self.owner.post(&format!("{}/adjustments", self.path), body).await.ok()
    }
    /// A sale with a lot that is not available yet.
    async fn sell(&self, earned: i64) {
        let input = (self.cx(), self.member, Uuid::from(self.org.store));
        let work = self.app.db().write(&input, |tx, (cx, member, store)| {
            Box::pin(async move {
                let mut holdings = holdings(tx, cx, *member, true).await?;
                let mut journal = Journal::new("sale", cx.uuid(), Some(*store));
                let terms = LotTerms { available_at: cx.now.plus_ms(1_000), expires: None };
                journal.transfer(Account::of(Cash, *store), Account::of(Revenue, *store), 9_900, "paid")?;
                journal.grant(cx, &mut holdings, Principal, 500, Account::of(Cash, *store), terms, "top_up")?;
                journal.grant(
                    cx,
                    &mut holdings,
                    Points,
                    earned,
                    Account::merchant(shuke_ledger::AccountKind::PointsIssued),
                    terms,
                    "earned",
                )?;
                journal.post(tx, cx, &[&holdings]).await
            })
        });
        work.await.unwrap();
    }
}

scenario! {
    setup = shop;

    /// A balance that a screen shows wrongly: pending as available, or the wrong end.
    async fn balances_say_what_can_be_spent_and_what_ends_next(shop) {
        let empty = shop.get("/balances").await;
        assert_eq!(empty["points"], json!({"balance": 0, "available": 0, "held": 0, "pending": 0, "debt": 0, "next_expiry": null}));
        shop.adjust(&json!({"account": "points", "amount": 30, "reason": "开业", "expires_on": "2026-12-31"})).await;
        shop.adjust(&json!({"account": "points", "amount": 20, "reason": "开业", "expires_on": "2026-12-31"})).await;
        shop.adjust(&json!({"account": "points", "amount": 5, "reason": "开业", "expires_on": "2027-01-31"})).await;
        shop.sell(40).await;
        let points = &shop.get("/balances").await["points"];
        let next = json!({"on": "2026-12-31", "amount": 50});
        assert_eq!(*points, json!({"balance": 95, "available": 55, "held": 0, "pending": 40, "debt": 0, "next_expiry": next}));
        shop.app.advance_ms(1_000);
        assert_eq!(shop.get("/balances").await["points"]["available"], 95);
    }

    /// An adjustment without a reason, twice, beyond the balance, by who may not, or for another store.
    async fn adjustments_are_guarded(shop) {
        let path = format!("{}/adjustments", shop.path);
        let give = json!({"account": "bonus", "amount": 700, "reason": "补偿"});
        let first = shop.owner.post_with_key(&path, "one", &give).await;
        assert_eq!(first.status, 201);
        let first = first.ok();
        let again = shop.owner.post_with_key(&path, "one", &give).await;
        assert!(again.replayed());
        assert_eq!(again.ok(), first);
        assert_eq!(first["balances"]["bonus"]["balance"], 700);
        let refused = async |body: Value, status, code: &str| {
            shop.owner.post(&path, &body).await.refused(status, code);
        };
        refused(json!({"account": "bonus", "amount": 1, "reason": " "}), 400, "reason_missing").await;
        refused(json!({"account": "bonus", "amount": 0, "reason": "x"}), 400, "adjustment_kind_wrong").await;
        refused(json!({"account": "cash", "amount": 1, "reason": "x"}), 400, "adjustment_kind_wrong").await;
        refused(json!({"account": "bonus", "amount": -701, "reason": "x"}), 422, "balance_insufficient").await;
        refused(json!({"account": "bonus", "amount": 1, "reason": "x", "expires_on": "2026-11-21"}), 400, "expiry_past").await;
        refused(json!({"account": "bonus", "amount": 1, "reason": "x", "store": Uuid::nil()}), 422, "store_unknown").await;
        refused(json!({"account": "bonus", "amount": i64::MAX, "reason": "x"}), 400, "amount_too_large").await;
        refused(json!({"account": "bonus", "amount": i64::MIN, "reason": "x"}), 400, "amount_too_large").await;
        let manager = shop.app.as_token(shop.org.token(Role::Manager));
        manager.post(&path, &give).await.refused(400, "store_missing");
        let mut there = give.clone();
        there["store"] = json!(shop.org.other_store);
        manager.post(&path, &there).await.refused(403, "store_not_yours");
        there["store"] = json!(shop.org.store);
        manager.post(&path, &there).await.ok();
        shop.app.as_token(shop.org.token(Role::Cashier)).post(&path, &there).await.refused(403, "permission_missing");
        assert_eq!(shop.get("/balances").await["bonus"]["balance"], 1400);
        let audit = shop.owner.get(&format!("/api/v1/audit?subject={}", shop.member)).await;
        assert!(audit.text.contains("补偿"), "the reason is in the audit log: {}", audit.text);
    }

    /// A statement that skips or repeats an entry between pages, or tells it from the wrong side.
    async fn the_statement_pages_through_every_entry(shop) {
        for amount in [10, 20, 30, -15, 40, -5, 7] {
            shop.adjust(&json!({"account": "points", "amount": amount, "reason": "x"})).await;
            shop.app.advance_ms(if amount == 20 { 0 } else { 5 });
        }
        shop.adjust(&json!({"account": "bonus", "amount": 1, "reason": "x"})).await;
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = shop.get(&format!("/statement?kind=points&limit=2{next}")).await;
            seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["amount"].as_i64().unwrap()));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, [-15, -5, 7, 10, 20, 30, 40]);
        let newest = &shop.get("/statement?limit=1").await["items"][0];
        assert_eq!((&newest["account"], &newest["amount"], &newest["other"]), (&json!("bonus"), &json!(1), &json!("adjustment")));
        assert_eq!((&newest["why"], &newest["source_kind"]), (&json!("adjusted"), &json!("adjustment")));
        shop.owner.get(&format!("{}/statement?limit=500", shop.path)).await.refused(400, "limit_out_of_range");
        shop.owner.get(&format!("{}/statement?cursor=x", shop.path)).await.refused(400, "cursor_malformed");
    }

    /// Lots that are shown when they are empty, or not shown when they are asked for.
    async fn lots_are_listed_open_or_all(shop) {
        shop.adjust(&json!({"account": "points", "amount": 10, "reason": "x", "expires_on": "2026-12-31"})).await;
        shop.app.advance_ms(5);
        shop.adjust(&json!({"account": "points", "amount": 20, "reason": "x"})).await;
        shop.adjust(&json!({"account": "bonus", "amount": 5, "reason": "x"})).await;
        shop.adjust(&json!({"account": "points", "amount": -12, "reason": "x"})).await;
        let lots = async |query: &str| -> Vec<(String, i64, i64)> {
            let page = shop.get(&format!("/lots{query}")).await;
            let lot = |lot: &Value| (lot["kind"].as_str().unwrap().to_owned(), lot["granted"].as_i64().unwrap(), lot["remaining"].as_i64().unwrap());
            page["items"].as_array().unwrap().iter().map(lot).collect()
        };
        assert_eq!(lots("?kind=points").await, [("points".to_owned(), 20, 18)]);
        assert_eq!(lots("?kind=points&all=true").await, [("points".to_owned(), 20, 18), ("points".to_owned(), 10, 0)]);
        assert_eq!(lots("").await.len(), 2);
        let first = shop.get("/lots?all=true&limit=2").await;
        let second = shop.get(&format!("/lots?all=true&limit=2&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (2, 1));
    }

    /// A day whose end is not the next day's start, or that ends in another zone.
    async fn a_past_day_shows_what_it_was_and_why(shop) {
        shop.adjust(&json!({"account": "points", "amount": 10, "reason": "x"})).await;
        // 10:00 in Shanghai; 13 h 59 min later is the last minute of the day there, and 15:59 in UTC.
        shop.app.advance_ms((13 * 60 + 59) * 60_000);
        shop.adjust(&json!({"account": "points", "amount": 5, "reason": "x"})).await;
        shop.app.advance_ms(60_000);
        shop.adjust(&json!({"account": "points", "amount": -3, "reason": "x"})).await;
        let day = shop.get("/balances/at?date=2026-11-22").await;
        assert_eq!(day["balances"], json!([{"account": "points", "start": 0, "end": 15}]));
        let amounts: Vec<_> = day["entries"].as_array().unwrap().iter().map(|entry| entry["amount"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [5, 10]);
        let next = shop.get("/balances/at?date=2026-11-23").await;
        assert_eq!(next["balances"], json!([{"account": "points", "start": 15, "end": 12}]));
        assert_eq!((next["entries"].as_array().unwrap().len(), &next["more"]), (1, &json!(false)));
        assert_eq!(shop.get("/balances/at?date=2026-11-21").await["balances"], json!([]));
        shop.owner.get(&format!("{}/balances/at?date=21.11.2026", shop.path)).await.refused(400, "date_malformed");
    }

    /// The shop's own figures: of another store to who is bound, or of another day.
    async fn shop_accounts_are_summed_by_day_and_store(shop) {
        shop.sell(40).await;
        shop.app.advance_days(1);
        shop.sell(1).await;
        let path = "/api/v1/ledger/accounts?from=2026-11-22&to=2026-11-22";
        let items = shop.owner.get(path).await.ok()["items"].clone();
        let row = |account: &str, store: Value, debits: i64, credits: i64| json!({"account": account, "store": store, "debits": debits, "credits": credits});
        let store = json!(shop.org.store);
        assert_eq!(items, json!([row("cash", store.clone(), 10_400, 0), row("points_issued", json!(null), 40, 0), row("revenue", store.clone(), 0, 9_900)]));
        let cashier = shop.app.as_token(shop.org.token(Role::Cashier));
        assert_eq!(cashier.get(path).await.ok()["items"].as_array().unwrap().len(), 2, "the merchant's own is not theirs");
        let both = shop.owner.get("/api/v1/ledger/accounts?from=2026-11-22&to=2026-11-23").await.ok();
        assert_eq!(both["items"][0]["debits"], 20_800);
        cashier.get(&format!("{path}&store={}", shop.org.other_store)).await.refused(403, "store_not_yours");
        shop.owner.get("/api/v1/ledger/accounts?from=2026-11-22&to=2027-11-23").await.refused(400, "dates_wrong");
        shop.owner.get("/api/v1/ledger/accounts?from=2026-11-22&to=2026-11-21").await.refused(400, "dates_wrong");
    }

    /// A difference that the owner is not told of; somebody else who may ask.
    async fn the_owner_has_everything_verified(shop) {
        shop.sell(40).await;
        let report = shop.owner.post("/api/v1/ledger/verify", &json!({})).await.ok();
        assert_eq!((&report["entries"], &report["accounts"], &report["first_difference"]), (&json!(3), &json!(2), &json!(null)));
        let harm = shop.app.db().write(&(), |tx, ()| Box::pin(tx.exec(sql!("UPDATE account SET balance = 41 WHERE kind = 'points'"))));
        harm.await.unwrap();
        let report = shop.owner.post("/api/v1/ledger/verify", &json!({})).await.ok();
        assert_eq!(report["first_difference"]["check"], "balance");
        assert!(report["first_difference"]["text"].as_str().unwrap().contains(&shop.member.to_string()));
        shop.app.as_token(shop.org.token(Role::Manager)).post("/api/v1/ledger/verify", &json!({})).await.refused(403, "permission_missing");
    }

    /// A check of a slice above that is forgotten.
    async fn other_slices_checks_are_run(shop) {
        shop.app.app.slot::<Checks>().add(|_, _| Box::pin(async { Ok(Some(Difference::new("stock", "one piece is missing"))) }));
        let report = shop.owner.post("/api/v1/ledger/verify", &json!({})).await.ok();
        assert_eq!(report["first_difference"], json!({"check": "stock", "text": "one piece is missing"}));
    }

    /// A member of another merchant, or nobody.
    async fn only_ones_own_members_are_there(shop) {
        shop.sell(40).await;
        let other = fixture::shop(&shop.app.app).await.unwrap();
        let stranger = shop.app.as_token(other.token(Role::Owner));
        let nobody = format!("/api/v1/members/{}", Uuid::from_u128(7));
        for rest in ["/balances", "/lots", "/statement", "/balances/at?date=2026-11-22"] {
            stranger.get(&format!("{}{rest}", shop.path)).await.refused(404, "member_not_found");
            shop.owner.get(&format!("{nobody}{rest}")).await.refused(404, "member_not_found");
            shop.app.anonymous().get(&format!("{}{rest}", shop.path)).await.refused(401, "not_signed_in");
        }
        let give = json!({"account": "bonus", "amount": 700, "reason": "x"});
        stranger.post(&format!("{}/adjustments", shop.path), &give).await.refused(404, "member_not_found");
        assert_eq!(stranger.get("/api/v1/ledger/accounts?from=2026-11-22&to=2026-11-22").await.ok()["items"], json!([]));
        assert_eq!(stranger.post("/api/v1/ledger/verify", &json!({})).await.ok()["entries"], 0);
    }
}
