//! Analyses asked for through the API: found, kept, shown, saved, and walled.

use crate::support::server;
use axum::http::Method;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_org::fixture;
use shuke_server::insight::courier::work_due;
use shuke_server::lake::Place;
use shuke_server::upload::courier::import_due;
use shuke_testkit::{Kind, Reply, TestApp, scenario};
use std::collections::BTreeSet;
use std::fmt::Write as _;

struct Given {
    app: TestApp,
    shop: fixture::Shop,
    owner: TestApp,
}

/// Past orders of 90 members over 17 months: some come often, some stopped coming.
fn past() -> String {
    let mut text = String::from("订单号,商品编码,商品名称,数量,时间,单价,会员卡号,门店\n");
    let mut state = 7_u64;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let goods =
        [("N1", "奶粉", "268.00"), ("Z1", "纸尿裤", "99.00"), ("S1", "湿巾", "12.50"), ("P1", "奶瓶", "78.00"), ("Y1", "婴儿油", "45.00")];
    let mut number = 0;
    for member in 0..90_u64 {
        let every = 12 + dice(50);
        let stops = if member % 4 == 0 { 150 + dice(250) } else { 519 };
        let mut day = dice(150);
        while day < stops {
            let date = shuke_kernel::time::add_days(shuke_kernel::time::parse_date("2025-06-20").unwrap(), i32::try_from(day).unwrap());
            number += 1;
            let first = dice(5);
            for pick in 0..=dice(3) {
                let (code, name, price) = goods[usize::try_from((first + pick) % 5).unwrap()];
                let (pieces, hour) = (1 + dice(2), 9 + dice(11));
                let _ = writeln!(text, "D{number:05},{code},{name},{pieces},{date} {hour:02}:00,{price},K{member:03},静安店");
            }
            day += 1 + every / 2 + dice(every);
        }
    }
    text
}

async fn shop(kind: Kind) -> Given {
    let app = server(kind).await;
    let shop = fixture::shop(&app.app).await.unwrap();
    let owner = app.as_token(shop.token(Role::Owner));
    let brought = owner.call(Method::POST, "/api/v1/imports?kind=orders&name=x.csv", None, Some(past().into_bytes())).await.ok();
    let path = format!("/api/v1/imports/{}", brought["id"].as_str().unwrap());
    owner.post(&format!("{path}/start"), &json!({})).await.ok();
    import_due(&app.app).await.unwrap();
    let done = owner.get(&path).await.ok();
    assert_eq!((&done["state"], &done["report"]["bad_rows"]), (&json!("done"), &json!(0)), "{done}");
    app.step().await;
    Given { app, shop, owner }
}

impl Given {
    fn role(&self, role: Role) -> TestApp {
        self.app.as_session(self.shop.session(role))
    }
    async fn start(&self, who: &TestApp, analysis: &str, parameters: Value) -> Reply {
        who.post("/api/v1/insight/runs", &json!({ "analysis": analysis, "parameters": parameters })).await
    }
    /// Runs an analysis to its end; its path.
    async fn run(&self, analysis: &str, parameters: Value) -> String {
        let run = self.start(&self.owner, analysis, parameters).await.ok();
        assert_eq!((&run["state"], &run["progress"]), (&json!("queued"), &json!(0)));
        work_due(&self.app.app).await.unwrap();
        format!("/api/v1/insight/runs/{}", run["id"].as_str().unwrap())
    }
    async fn done(&self, analysis: &str, parameters: Value) -> (String, Value) {
        let path = self.run(analysis, parameters).await;
        let shown = self.owner.get(&path).await.ok();
        assert_eq!(shown["run"]["state"], "done", "{analysis}: {}", shown["run"]);
        (path, shown["report"].clone())
    }
    /// The owner gives the first member ten points by hand, so often; the member's number.
    async fn give_by_hand(&self, times: u32) -> String {
        let members = self.owner.get("/api/v1/members?limit=1").await.ok();
        let member = &members["items"][0];
        let path = format!("/api/v1/members/{}/adjustments", member["id"].as_str().unwrap());
        for _ in 0..times {
            self.role(Role::Owner).post(&path, &json!({ "account": "points", "amount": 10, "reason": "x" })).await.ok();
        }
        self.app.step().await;
        member["number"].as_str().unwrap().to_owned()
    }
    /// Saves a group of a run; how that ended.
    async fn save(&self, path: &str, body: Value) -> Value {
        let asked = self.owner.post(&format!("{path}/saves"), &body).await.ok();
        work_due(&self.app.app).await.unwrap();
        self.owner.get(&format!("/api/v1/insight/saves/{}", asked["id"].as_str().unwrap())).await.ok()
    }
    /// The members of the two largest stages, as tags.
    async fn two_tags(&self) -> (Value, Value) {
        let (path, report) = self.done("stages", json!({})).await;
        let mut tags = Vec::new();
        for at in 0..2 {
            let save = self.save(&path, json!({ "group": report["groups"][at]["key"], "name": format!("组{at}") })).await;
            assert_eq!((&save["state"], &save["given"]), (&json!("done"), &report["groups"][at]["members"]), "{save}");
            tags.push(save["tag"].clone());
        }
        (tags[0].clone(), tags[1].clone())
    }
    /// A published template of coupons, 20 off.
    async fn template(&self, limits: Value) -> Value {
        let terms =
            json!({ "benefit": { "kind": "amount", "off": 2_000 }, "validity": { "kind": "relative", "days": 7 }, "limits": limits });
        let id = self.shop.cx(&self.app.app).uuid();
        let draft = json!({ "id": id, "name": "回来看看", "terms": terms, "state": "published" });
        self.owner.post("/api/v1/coupon-templates", &draft).await.ok()["id"].clone()
    }
    async fn issued(&self, template: &Value) -> Value {
        self.owner.get(&format!("/api/v1/coupon-templates/{}", template.as_str().unwrap())).await.ok()["issued"].clone()
    }
    async fn tagged(&self, tag: &Value) -> usize {
        self.owner.get(&format!("/api/v1/members?tag={}&limit=200", tag.as_str().unwrap())).await.ok()["items"].as_array().unwrap().len()
    }
}

scenario! {
    setup = shop;

    /// Each analysis ends with findings in both languages, a next step, its method, a page, and a list.
    async fn every_analysis_runs_on_the_lake(given) {
        given.give_by_hand(3).await;
        let (busy, quiet) = given.two_tags().await;
        let known = given.owner.get("/api/v1/insight/analyses").await.ok();
        let names: Vec<&str> = known.as_array().unwrap().iter().map(|one| one["analysis"].as_str().unwrap()).collect();
        let all: Vec<&str> = shuke_insight::ask::Analysis::ALL.iter().map(|analysis| analysis.as_str()).collect();
        assert_eq!(names, all);
        for analysis in &names {
            let parameters = match *analysis {
                "portrait" => json!({ "tag": busy }),
                "uplift" => json!({ "treated": busy, "held_out": quiet, "from": "2026-06-01" }),
                _ => json!({}),
            };
            // Not in the same moment as the night's.
            given.app.advance_ms(1_000);
            let (path, report) = given.done(analysis, parameters).await;
            for part in ["findings", "next"] {
                let texts = report[part].as_array().unwrap();
                assert!(!texts.is_empty() && texts.iter().all(|text| text["zh"] != "" && text["en"] != ""), "{analysis}: {part}");
            }
            assert!(report["method"]["zh"] != "" && !report["tables"].as_array().unwrap().is_empty(), "{analysis}");
            assert!(!report.to_string().contains("\\u0001"), "{analysis}: a number of the lake is shown");
            let page = given.owner.get(&format!("{path}/page")).await;
            assert!(page.status == 200 && page.text.contains(report["title"]["zh"].as_str().unwrap()) && !page.text.contains('\u{1}'), "{analysis}");
            let list = given.owner.get(&format!("{path}/list")).await;
            assert!(list.status == 200 && list.text.lines().count() > 1 && !list.text.contains('\u{1}'), "{analysis}: {}", list.text);
            // The newest of each analysis is one, and of this one it is this run.
            let latest = given.owner.get("/api/v1/insight/runs?latest=true").await.ok();
            let latest: Vec<(&str, &str)> = latest["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|run| (run["analysis"].as_str().unwrap(), run["id"].as_str().unwrap()))
                .collect();
            assert!(latest.iter().any(|(of, id)| of == analysis && path.ends_with(id)), "{analysis}: {latest:?}");
            assert_eq!(latest.iter().map(|(of, _)| of).collect::<BTreeSet<_>>().len(), latest.len(), "{latest:?}");
        }
    }

    /// What the analyses say of a member agrees with what the shop's own figures say.
    async fn figures_agree_with_the_shops(given) {
        let (path, report) = given.done("rfm", json!({ "cut": "median" })).await;
        assert_eq!(report["as_of"], "2026-11-22");
        let list = given.owner.get(&format!("{path}/list")).await.text;
        let mut read = csv::Reader::from_reader(list.trim_start_matches('\u{feff}').as_bytes());
        let head: Vec<String> = read.headers().unwrap().iter().map(str::to_owned).collect();
        let column = |name: &str| head.iter().position(|one| one == name).unwrap();
        let members = given.owner.get("/api/v1/members?limit=200").await.ok();
        let rows: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 90);
        for member in members["items"].as_array().unwrap() {
            let own = rows.iter().find(|row| row[column("member")] == *member["number"].as_str().unwrap()).unwrap();
            assert_eq!(own[column("orders")], member["orders"].to_string(), "{member}");
            let amount = member["amount"].as_i64().unwrap();
            assert_eq!(own[column("money")], format!("{}.{:02}", amount / 100, amount % 100), "{member}");
            assert_eq!(own[column("last_purchase")], *member["last_purchase_on"].as_str().unwrap());
        }
    }

    /// The members of a group get a tag, exactly they, and again after another analysis.
    async fn a_group_is_saved_as_a_tag(given) {
        let (path, report) = given.done("stages", json!({})).await;
        let groups = report["groups"].as_array().unwrap();
        assert_eq!(groups.iter().map(|group| group["members"].as_i64().unwrap()).sum::<i64>(), 90, "{groups:?}");
        let (first, second) = (&groups[0], &groups[1]);
        let save = |group: &Value, name: &str| json!({ "group": group["key"], "name": name });
        let asked = given.owner.post(&format!("{path}/saves"), &save(first, "洞察名单")).await.ok();
        assert_eq!((&asked["state"], &asked["given"]), (&json!("queued"), &json!(0)));
        work_due(&given.app.app).await.unwrap();
        let done = given.owner.get(&format!("/api/v1/insight/saves/{}", asked["id"].as_str().unwrap())).await.ok();
        assert_eq!((&done["state"], &done["given"], &done["taken"]), (&json!("done"), &first["members"], &json!(0)), "{done}");
        assert_eq!(json!(given.tagged(&asked["tag"]).await), first["members"]);
        // The same tag for another group: those of the first lose it.
        let again = given.owner.post(&format!("{path}/saves"), &json!({ "group": second["key"], "tag": asked["tag"] })).await.ok();
        work_due(&given.app.app).await.unwrap();
        let done = given.owner.get(&format!("/api/v1/insight/saves/{}", again["id"].as_str().unwrap())).await.ok();
        assert_eq!((&done["given"], &done["taken"]), (&second["members"], &first["members"]), "{done}");
        assert_eq!(json!(given.tagged(&asked["tag"]).await), second["members"]);
        assert_eq!(given.owner.get(&format!("{path}/saves")).await.ok()["items"].as_array().unwrap().len(), 2);

        given.owner.post(&format!("{path}/saves"), &json!({ "group": "nobody", "name": "x" })).await.refused(422, "insight_group_unknown");
        given.owner.post(&format!("{path}/saves"), &json!({ "group": first["key"] })).await.refused(400, "insight_tag_missing");
        let rule = json!({ "name": "按规则", "rule": { "all": [{ "kind": "orders", "at_least": 1 }] } });
        let ruled = given.owner.post("/api/v1/tags", &rule).await;
        if ruled.status == 201 {
            given.owner.post(&format!("{path}/saves"), &save(first, "按规则")).await.refused(422, "tag_by_rule");
        }
        given.role(Role::Analyst).post(&format!("{path}/saves"), &save(first, "x")).await.refused(403, "permission_missing");
    }

    /// With the tag the members of a group get a coupon, of one run once; taken back they are by the run.
    async fn a_group_gets_a_coupon_once(given) {
        let (path, report) = given.done("stages", json!({})).await;
        let group = &report["groups"][0];
        let count = group["members"].as_i64().unwrap();
        let template = given.template(json!({ "uses": 1 })).await;
        let body = json!({ "group": group["key"], "name": "唤回", "coupon": template });
        let first = given.save(&path, body.clone()).await;
        assert_eq!((&first["state"], &first["issued"], &first["passed_over"]), (&json!("done"), &json!(count), &json!(0)), "{first}");
        let again = given.save(&path, body.clone()).await;
        assert_eq!((&again["state"], &again["issued"]), (&json!("done"), &json!(0)), "{again}");
        assert_eq!(given.issued(&template).await, count);
        // Who wants another run's coupon gets it, as far as the template allows.
        let (other, _) = given.done("stages", json!({})).await;
        assert_eq!(given.save(&other, body).await["issued"], json!(count));
        let run = path.rsplit('/').next().unwrap();
        given.owner.post(&format!("/api/v1/coupon-issues/{run}/revoke"), &json!({ "reason": "x" })).await.ok();
        assert_eq!(given.issued(&template).await, count, "those of the first run are back");
    }

    /// A budget that ends in the middle is given out to the last coupon; when it is raised, the rest get theirs and nobody two.
    async fn a_budget_ends_in_the_middle_of_a_group(given) {
        let (path, report) = given.done("stages", json!({})).await;
        let group = &report["groups"][0];
        let count = group["members"].as_i64().unwrap();
        let template = given.template(json!({ "issued_max": 7, "per_member_max": 1 })).await;
        let body = json!({ "group": group["key"], "name": "唤回", "coupon": template });
        let cut = given.save(&path, body.clone()).await;
        assert_eq!((&cut["state"], &cut["fault_code"], &cut["issued"]), (&json!("failed"), &json!("coupon_budget_exhausted"), &json!(7)), "{cut}");
        assert_eq!(given.issued(&template).await, 7);
        assert_eq!(json!(given.tagged(&cut["tag"]).await), json!(count), "the tag is there all the same");
        let draft = given.owner.get(&format!("/api/v1/coupon-templates/{}", template.as_str().unwrap())).await.ok();
        let mut terms = draft["terms"].clone();
        terms["limits"]["issued_max"] = json!(1_000);
        let change = json!({ "name": draft["name"], "terms": terms, "state": "published" });
        given.owner.put(&format!("/api/v1/coupon-templates/{}", template.as_str().unwrap()), &change).await.ok();
        let rest = given.save(&path, body.clone()).await;
        assert_eq!((&rest["state"], &rest["issued"]), (&json!("done"), &json!(count - 7)), "{rest}");
        // Another run: everybody has had the one that is allowed.
        let (other, _) = given.done("stages", json!({})).await;
        let none = given.save(&other, body).await;
        assert_eq!((&none["state"], &none["issued"], &none["passed_over"]), (&json!("done"), &json!(0), &json!(count)), "{none}");
        assert_eq!(given.issued(&template).await, count);
    }

    /// A coupon asks for its permission and for a template that issues.
    async fn a_coupon_for_a_group_needs_its_permission(given) {
        let (path, report) = given.done("stages", json!({})).await;
        let key = &report["groups"][0]["key"];
        let unknown = json!({ "group": key, "name": "x", "coupon": given.shop.cx(&given.app.app).uuid() });
        given.owner.post(&format!("{path}/saves"), &unknown).await.refused(404, "coupon_template_not_found");
        let template = given.template(json!({})).await;
        let stopped = given.owner.get(&format!("/api/v1/coupon-templates/{}", template.as_str().unwrap())).await.ok();
        let stop = json!({ "name": stopped["name"], "terms": stopped["terms"], "state": "stopped" });
        let changed = given.owner.put(&format!("/api/v1/coupon-templates/{}", template.as_str().unwrap()), &stop).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let body = json!({ "group": key, "name": "x", "coupon": template });
        given.owner.post(&format!("{path}/saves"), &body).await.refused(422, "coupon_template_not_published");
    }

    /// What is known of members goes into churn and portraits, with what they need next by a child's age.
    async fn what_is_known_of_members_is_looked_at(given) {
        let members = given.owner.get("/api/v1/members?limit=200").await.ok();
        for (at, member) in members["items"].as_array().unwrap().iter().enumerate() {
            let path = format!("/api/v1/members/{}", member["id"].as_str().unwrap());
            let source = ["朋友介绍", "路过"][at % 2];
            given.owner.patch(&path, &json!({ "source": source })).await.ok();
            let child = json!({ "relation": "child", "name": "宝宝", "born_on": format!("2025-{:02}-15", at % 9 + 1) });
            given.owner.post(&format!("{path}/dependents"), &child).await.ok();
        }
        given.app.step().await;
        let (busy, quiet) = given.two_tags().await;
        let (_, churn) = given.done("churn", json!({})).await;
        assert!(churn.to_string().contains("来源 source"), "{}", churn["tables"]);
        let (_, portrait) = given.done("portrait", json!({ "tag": quiet })).await;
        assert!(portrait.to_string().contains("阶段 stage"), "{}", portrait["tables"]);
        let (_, next) = given.done("next", json!({})).await;
        assert!(next["groups"].as_array().unwrap().iter().any(|group| group["key"] == "due"), "{}", next["groups"]);
        assert!(next.to_string().contains("月龄"), "{}", next["findings"]);
        // Nothing was taken off these orders by a system that we know, so that the usual price stands for the one before.
        let (_, prices) = given.done("prices", json!({})).await;
        assert_eq!(prices["figures"]["prices"]["listed"], false, "{}", prices["figures"]);
        for (parameters, code) in [
            (json!({}), "insight_tag_needed"),
            (json!({ "treated": busy, "held_out": quiet }), "insight_from_needed"),
        ] {
            given.start(&given.owner, "uplift", parameters).await.refused(400, code);
        }
        let path = given.run("uplift", json!({ "treated": busy, "held_out": busy, "from": "2026-06-01" })).await;
        assert_eq!(given.owner.get(&path).await.ok()["run"]["fault_code"], "insight_sides_overlap");
        let empty = given.owner.post("/api/v1/tags", &json!({ "name": "没有人" })).await.ok()["id"].clone();
        let path = given.run("portrait", json!({ "tag": empty })).await;
        assert_eq!(given.owner.get(&path).await.ok()["run"]["fault_code"], "insight_tag_empty");
    }

    /// The owner sees and runs all; manager, marketer and analyst of a store see and run that store's; a cashier nothing.
    async fn who_may_see_and_run(given) {
        let (path, _) = given.done("pareto", json!({})).await;
        let (of_store, _) = given.done("pareto", json!({ "store": given.shop.store })).await;
        for role in [Role::Manager, Role::Marketer, Role::Analyst] {
            let person = given.role(role);
            person.get(&of_store).await.ok();
            person.get(&path).await.refused(404, "insight_run_not_found");
            let seen = person.get("/api/v1/insight/runs").await.ok();
            let elsewhere = |run: &Value| run["parameters"]["store"] != json!(given.shop.store);
            assert!(!seen["items"].as_array().unwrap().iter().any(elsewhere), "{seen}");
        }
        for role in [Role::Cashier, Role::Technician] {
            given.role(role).get(&path).await.refused(403, "permission_missing");
            given.start(&given.role(role), "pareto", json!({})).await.refused(403, "permission_missing");
        }
        let manager = given.role(Role::Manager);
        manager.get(&format!("{path}/list")).await.refused(404, "insight_run_not_found");
        manager.post(&format!("{path}/cancel"), &json!({})).await.refused(404, "insight_run_not_found");
        given.start(&manager, "pareto", json!({ "store": given.shop.other_store })).await.refused(403, "store_not_yours");
        let own = given.start(&manager, "pareto", json!({})).await.ok();
        assert_eq!(own["parameters"]["store"], json!(given.shop.store));
        assert_eq!(manager.get("/api/v1/insight/runs").await.ok()["items"].as_array().unwrap().len(), 2);
    }

    /// One that is stopped is not computed; one key starts one run; what makes no sense is refused at once.
    async fn runs_are_stopped_repeated_and_refused(given) {
        let body = json!({ "analysis": "rfm", "parameters": {} });
        let one = given.owner.post_with_key("/api/v1/insight/runs", "same", &body).await.ok();
        let two = given.owner.post_with_key("/api/v1/insight/runs", "same", &body).await.ok();
        assert_eq!(one["id"], two["id"]);
        let path = format!("/api/v1/insight/runs/{}", one["id"].as_str().unwrap());
        given.owner.get(&format!("{path}/page")).await.refused(422, "insight_run_not_done");
        given.owner.delete(&path).await.refused(409, "insight_run_running");
        assert_eq!(given.owner.post(&format!("{path}/cancel"), &json!({})).await.ok()["state"], "cancelled");
        work_due(&given.app.app).await.unwrap();
        let shown = given.owner.get(&path).await.ok();
        assert!(shown["run"]["state"] == "cancelled" && shown["report"].is_null(), "{shown}");
        assert_eq!(given.owner.delete(&path).await.status, 204);
        given.owner.get(&path).await.refused(404, "insight_run_not_found");
        for (analysis, parameters, code) in [
            ("rfm", json!({ "cut": "many" }), "cut_malformed"),
            ("basket", json!({ "support": 2.0 }), "share_malformed"),
            ("clusters", json!({ "groups": 1 }), "groups_malformed"),
            ("forecast", json!({ "days": 0 }), "horizon_malformed"),
        ] {
            given.start(&given.owner, analysis, parameters).await.refused(400, code);
        }
        // What can't be computed ends failed, and says why.
        let path = given.run("rfm", json!({ "as_of": "2024-01-01" })).await;
        let failed = given.owner.get(&path).await.ok();
        assert_eq!((&failed["run"]["state"], &failed["run"]["fault_code"]), (&json!("failed"), &json!("members_too_few")), "{failed}");
    }

    /// A lake that was lost, as after a restore, is written again by the run that misses it.
    async fn a_lost_lake_is_written_again(given) {
        given.done("pareto", json!({})).await;
        let shelf = given.app.app.slot::<Place>().shelf();
        for name in shelf.list(&format!("merchant={}/lines", given.shop.merchant)).await.unwrap() {
            shelf.remove(&name).await.unwrap();
        }
        let path = given.run("pareto", json!({})).await;
        for _ in 0..40 {
            if given.owner.get(&path).await.ok()["run"]["state"] == "done" {
                break;
            }
            given.app.advance_ms(60_000);
            work_due(&given.app.app).await.unwrap();
        }
        assert_eq!(given.owner.get(&path).await.ok()["run"]["state"], "done");
    }

    /// Points that one person gives one member by hand again and again are asked about, with the member's number.
    async fn hand_made_gifts_are_asked_about(given) {
        given.give_by_hand(2).await;
        let (_, report) = given.done("conduct", json!({})).await;
        assert_eq!(report["list"]["rows"], json!([]), "two are no habit");
        let number = given.give_by_hand(2).await;
        let (_, report) = given.done("conduct", json!({ "days": 30 })).await;
        let row = &report["list"]["rows"][0];
        assert_eq!((&row[1]["value"]["en"], &row[3]["value"], &row[4]["value"]), (&json!("gifts to one member"), &json!(number), &json!(4)), "{row}");
        assert_eq!(report["groups"][0]["key"], "gifts_to_one_member");
        let (_, before) = given.done("conduct", json!({ "as_of": "2026-11-20" })).await;
        assert_eq!(before["list"]["rows"], json!([]));
    }

    /// More lines than the server may take into memory are refused, not tried.
    async fn memory_is_bounded(given) {
        given.app.app.slot::<Place>().set_lines_max(100);
        let path = given.run("rfm", json!({})).await;
        let failed = given.owner.get(&path).await.ok();
        assert_eq!((&failed["run"]["state"], &failed["run"]["fault_code"]), (&json!("failed"), &json!("lines_too_many")), "{failed}");
    }

    /// Every night the standard set is asked for once; a set that nobody computed gives way to the next.
    async fn the_night_asks_for_the_standard_set(given) {
        let scheduled = || async {
            let items = given.owner.get("/api/v1/insight/runs?limit=200").await.ok()["items"].as_array().unwrap().clone();
            items.into_iter().filter(|run| run["scheduled"] == true).count()
        };
        let first = scheduled().await;
        given.app.advance_days(1);
        given.app.step().await;
        given.app.step().await;
        let set = given.owner.get("/api/v1/insight/analyses").await.ok().as_array().unwrap().iter().filter(|one| one["nightly"] == true).count();
        assert!(set >= 10 && scheduled().await == set, "{first} {set} {}", scheduled().await);
        given.app.advance_days(1);
        given.app.step().await;
        given.app.step().await;
        assert_eq!(scheduled().await, set, "a set that nobody computed gives way");
        work_due(&given.app.app).await.unwrap();
        let latest = given.owner.get("/api/v1/insight/runs?latest=true").await.ok();
        assert_eq!(latest["items"].as_array().unwrap().len(), set, "{latest}");
    }

    /// A member who was erased stands as nobody in what was found before.
    async fn an_erased_member_is_nobody_in_old_findings(given) {
        let (path, _) = given.done("rfm", json!({})).await;
        let members = given.owner.get("/api/v1/members?limit=200").await.ok();
        let one = &members["items"][0];
        let (id, number) = (one["id"].as_str().unwrap(), one["number"].as_str().unwrap());
        assert!(given.owner.get(&format!("{path}/list")).await.text.contains(number));
        given.owner.post(&format!("/api/v1/members/{id}/erase"), &json!({})).await.ok();
        let list = given.owner.get(&format!("{path}/list")).await.text;
        assert!(!list.contains(number) && list.contains("已注销"), "{list}");
        assert!(!given.owner.get(&path).await.text.contains(number));
    }
}
