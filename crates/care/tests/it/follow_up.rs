//! One member, followed up.

use crate::support::{DRESS, path, shop, text};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// A try that reached nobody would end the task, or a task that is done would be called about again.
    async fn a_follow_up_is_open_until_somebody_answers(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let made = shop.follow_up(&member).await;
        assert_eq!((&made["state"], &made["attempts"], &made["store"]), (&json!("open"), &json!(0), &json!(shop.org.store)));
        let seen = shop.cashier.get("/api/v1/follow-ups?state=open").await.ok();
        let row = &seen["items"][0];
        assert_eq!((&row["who"]["name"], &row["who"]["phone"], &row["who"]["stage"]), (&json!("王*芳"), &json!("138****0042"), &json!("prospect")));

        let missed = json!({ "how": "phone", "outcome": "not_reached", "next_on": "2026-11-25" });
        let open = shop.cashier.post(&path(&made["id"], "/attempts"), &missed).await.ok();
        assert_eq!((&open["state"], &open["due_on"], &open["attempts"]), (&json!("open"), &json!("2026-11-25"), &json!(1)));
        let done = shop.tried(&made["id"], "bought").await;
        assert_eq!((&done["state"], &done["outcome"], &done["ended_how"], &done["attempts"]), (&json!("done"), &json!("bought"), &json!("result"), &json!(2)));
        shop.cashier.post(&path(&made["id"], "/attempts"), &missed).await.refused(409, "follow_up_ended");
        shop.manager.post(&path(&made["id"], "/give-up"), &json!({ "reason": "x" })).await.refused(409, "follow_up_ended");
        shop.manager.put(&path(&made["id"], ""), &json!({ "due_on": "2026-11-30", "assigned_to": null })).await.refused(409, "follow_up_ended");

        let detail = shop.show(&made["id"]).await;
        let tries = detail["tries"].as_array().unwrap();
        assert_eq!(tries.len(), 2);
        assert_eq!((&tries[0]["next_on"], &tries[1]["note"], &tries[1]["outcome"]), (&json!("2026-11-25"), &json!("客人说好的"), &json!("bought")));
        assert_eq!((&detail["script"], &detail["today"]), (&json!("穿着合适吗？\n要不要换大一码"), &json!("2026-11-22")));
        let mut told = shop.told(&made["id"]).await;
        told.sort_unstable();
        assert_eq!(told, ["follow_up.attempted", "follow_up.created", "follow_up.done"]);
        // The tries are contacts with the member too.
        let contacts = shop.manager.get(&format!("/api/v1/members/{}/contacts", text(&member))).await.ok();
        let said: Vec<(&Value, &Value)> = contacts["items"].as_array().unwrap().iter().map(|one| (&one["outcome"], &one["subject"])).collect();
        assert_eq!(said.len(), 2);
        assert!(said.contains(&(&json!("failed"), &json!(DRESS))) && said.contains(&(&json!("used"), &json!(DRESS))), "{said:?}");
        assert_eq!(shop.difference().await, None);
    }

    /// A day that is over, a second call for the same reason, a colleague who can't would be taken.
    async fn what_cannot_be_is_refused(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let with = |key: &str, value: Value| { let mut draft = shop.draft(&member); draft[key] = value; draft };
        let make = async |draft: Value| shop.manager.post("/api/v1/follow-ups", &draft).await;
        make(with("due_on", json!("2026-11-21"))).await.refused(400, "follow_up_day_wrong");
        make(with("due_on", json!("2027-11-24"))).await.refused(400, "follow_up_day_wrong");
        make(with("reason", json!(" "))).await.refused(400, "text_malformed");
        make(with("script", json!("字".repeat(2_001)))).await.refused(400, "text_malformed");
        make(with("assigned_to", shop.staff(Role::Analyst))).await.refused(422, "follow_up_assignee_wrong");
        make(with("assigned_to", json!(shop.uuid()))).await.refused(422, "follow_up_assignee_wrong");
        make(with("store", json!(shop.org.other_store))).await.refused(403, "store_not_yours");
        make(with("store", json!(shop.uuid()))).await.refused(404, "store_not_found");
        make(with("member", json!(shop.uuid()))).await.refused(404, "member_not_found");
        let nowhere = shop.enrol_in("13800000043", "无店", Value::Null).await;
        make(with("member", nowhere.clone())).await.refused(400, "follow_up_store_missing");
        let mut placed = with("member", nowhere);
        placed["store"] = json!(shop.org.store);
        make(placed).await.ok();

        let made = shop.follow_up(&member).await;
        make(shop.draft(&member)).await.refused(409, "follow_up_open");
        make(with("reason", json!("生日问候"))).await.ok();
        let try_with = async |body: Value| shop.cashier.post(&path(&made["id"], "/attempts"), &body).await;
        try_with(json!({ "how": "phone", "outcome": "not_reached" })).await.refused(400, "follow_up_next_missing");
        try_with(json!({ "how": "phone", "outcome": "not_reached", "next_on": "2026-11-21" })).await.refused(400, "follow_up_day_wrong");
        try_with(json!({ "how": "phone", "outcome": "bought", "next_on": "2026-11-25" })).await.refused(400, "follow_up_next_unneeded");
        assert_eq!(shop.show(&made["id"]).await["attempts"], 0);
        // Once it is done, there is room for the same reason again.
        shop.tried(&made["id"], "not_needed").await;
        shop.follow_up(&member).await;
        assert_eq!(shop.difference().await, None);
    }

    /// Who asked to be left alone would be called again.
    async fn who_wants_no_contact_is_left_alone(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let consents = format!("/api/v1/members/{}/consents", text(&member));
        shop.manager.put(&consents, &json!({ "channels": { "phone": true, "sms": true } })).await.ok();
        let first = shop.follow_up(&member).await;
        let mut other = shop.draft(&member);
        other["reason"] = json!("生日问候");
        let other = shop.manager.post("/api/v1/follow-ups", &other).await.ok();
        let done = shop.tried(&first["id"], "do_not_contact").await;
        assert_eq!((&done["state"], &done["outcome"]), (&json!("done"), &json!("do_not_contact")));
        let ended = shop.show(&other["id"]).await;
        assert_eq!((&ended["state"], &ended["ended_how"]), (&json!("given_up"), &json!("unwelcome")));
        let said = shop.show(&first["id"]).await["consents"].clone();
        assert!(said.as_array().unwrap().len() == 4 && said.as_array().unwrap().iter().all(|one| one["granted"] == false), "{said}");
        shop.manager.post("/api/v1/follow-ups", &shop.draft(&member)).await.refused(422, "follow_up_unwelcome");
        assert!(shop.app.step().await > 0);

        // Said at the desk, it ends what is open as well; another channel left open doesn't.
        shop.manager.put(&consents, &json!({ "channels": { "phone": true } })).await.ok();
        let again = shop.follow_up(&member).await;
        shop.manager.put(&consents, &json!({ "channels": { "sms": true } })).await.ok();
        shop.manager.put(&consents, &json!({ "channels": { "phone": false } })).await.ok();
        shop.app.step().await;
        assert_eq!(shop.show(&again["id"]).await["state"], "open");
        shop.manager.put(&consents, &json!({ "channels": { "sms": false } })).await.ok();
        shop.app.step().await;
        assert_eq!(shop.show(&again["id"]).await["ended_how"], "unwelcome");
        assert_eq!(shop.difference().await, None);
    }

    /// Somebody would see another store's members, or take a colleague's work.
    async fn each_sees_their_store_and_decides_about_their_own(shop) {
        let (here, there) = (shop.enrol("13800000042", "王小芳").await, shop.enrol_in("13800000043", "李四", json!(shop.org.other_store)).await);
        let ours = shop.follow_up(&here).await;
        let theirs = shop.owner.post("/api/v1/follow-ups", &shop.draft(&there)).await.ok();
        assert_eq!(shop.listed(&shop.cashier, "").await, [ours["id"].clone()]);
        shop.cashier.get(&path(&theirs["id"], "")).await.refused(404, "follow_up_not_found");
        shop.cashier.get(&format!("/api/v1/follow-ups?store={}", shop.org.other_store)).await.refused(403, "store_not_yours");
        shop.cashier.post(&path(&theirs["id"], "/attempts"), &json!({ "how": "phone", "outcome": "talked" })).await.refused(404, "follow_up_not_found");
        let analyst = shop.app.as_session(shop.org.session(Role::Analyst));
        analyst.get("/api/v1/follow-ups").await.refused(403, "permission_missing");
        shop.cashier.post("/api/v1/follow-ups", &shop.draft(&here)).await.refused(403, "permission_missing");

        let give = |to: Value| json!({ "due_on": "2026-11-23", "assigned_to": to });
        let (cashier, technician) = (shop.staff(Role::Cashier), shop.staff(Role::Technician));
        let at = path(&ours["id"], "");
        shop.cashier.put(&at, &give(technician.clone())).await.refused(403, "permission_missing");
        shop.cashier.get(&path(&ours["id"], "/phone")).await.refused(422, "follow_up_not_yours");
        let taken = shop.cashier.put(&at, &give(cashier.clone())).await.ok();
        assert_eq!(taken["assigned_to"], cashier);
        shop.technician.put(&at, &give(technician.clone())).await.refused(409, "follow_up_taken");
        shop.technician.post(&path(&ours["id"], "/give-up"), &json!({ "reason": "x" })).await.refused(409, "follow_up_taken");
        assert_eq!(shop.listed(&shop.cashier, "mine=true").await, [ours["id"].clone()]);
        assert!(shop.listed(&shop.cashier, "unassigned=true").await.is_empty());
        let seen = shop.cashier.get("/api/v1/follow-ups?mine=true").await.ok();
        assert!(seen["items"][0]["assignee"].is_string(), "{seen}");

        // Whoever is to call sees the number, and it is written down who looked.
        let number = shop.cashier.get(&path(&ours["id"], "/phone")).await.ok();
        assert_eq!((&number["name"], &number["phone"]), (&json!("王小芳"), &json!("+8613800000042")));
        let looks = shop.owner.get(&format!("/api/v1/audit?subject={}", text(&here))).await.ok();
        let looked = |entry: &Value| entry["action"] == "member.looked" && entry["new"]["follow_up"] == ours["id"];
        assert!(looks["items"].as_array().unwrap().iter().any(looked), "{looks}");

        let given = shop.manager.put(&at, &json!({ "due_on": "2026-11-30", "assigned_to": technician })).await.ok();
        assert_eq!((&given["assigned_to"], &given["due_on"]), (&technician, &json!("2026-11-30")));
        shop.cashier.get(&path(&ours["id"], "/phone")).await.refused(422, "follow_up_not_yours");
        let up = shop.technician.post(&path(&ours["id"], "/give-up"), &json!({ "reason": "号码是空号" })).await.ok();
        assert_eq!((&up["state"], &up["ended_how"], &up["end_note"]), (&json!("given_up"), &json!("given_up"), &json!("号码是空号")));
        shop.technician.get(&path(&ours["id"], "/phone")).await.refused(409, "follow_up_ended");
        let may = shop.marketer.get("/api/v1/follow-ups/assignees").await.ok();
        let named: Vec<&Value> = may.as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert!(named.contains(&&cashier) && !named.contains(&&shop.staff(Role::Analyst)), "{may}");
    }

    /// Another merchant would read or end what is ours.
    async fn another_merchant_finds_nothing(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let ours = shop.follow_up(&member).await;
        assert!(shop.listed(&shop.rival, "").await.is_empty());
        shop.rival.get(&path(&ours["id"], "")).await.refused(404, "follow_up_not_found");
        shop.rival.get(&path(&ours["id"], "/phone")).await.refused(404, "follow_up_not_found");
        shop.rival.post(&path(&ours["id"], "/attempts"), &json!({ "how": "phone", "outcome": "talked" })).await.refused(404, "follow_up_not_found");
        shop.rival.post(&path(&ours["id"], "/give-up"), &json!({ "reason": "x" })).await.refused(404, "follow_up_not_found");
        shop.rival.post("/api/v1/follow-ups", &shop.draft(&member)).await.refused(404, "member_not_found");
        shop.rival.get(&format!("/api/v1/follow-ups?member={}", text(&member))).await.refused(404, "member_not_found");
        assert_eq!(shop.show(&ours["id"]).await["state"], "open");
    }

    /// A page would leave somebody out, or what is most urgent would come last.
    async fn a_list_goes_through_all_by_their_days(shop) {
        let mut by_day = Vec::new();
        for number in 0..7 {
            let member = shop.enrol(&format!("138000001{number:02}"), "会员").await;
            let mut draft = shop.draft(&member);
            draft["due_on"] = json!(format!("2026-11-{}", 22 + (number * 3) % 7));
            if number == 0 {
                draft["assigned_to"] = shop.staff(Role::Cashier);
            }
            by_day.push((text(&draft["due_on"]).to_owned(), shop.manager.post("/api/v1/follow-ups", &draft).await.ok()["id"].clone()));
        }
        by_day.sort_by_key(|(day, _)| day.clone());
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = shop.cashier.get(&format!("/api/v1/follow-ups?state=open&limit=2{cursor}")).await.ok();
            found.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, by_day.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>());
        assert_eq!(shop.listed(&shop.cashier, "state=open&due_to=2026-11-23").await, found[..2].to_vec());
        found.reverse();
        assert_eq!(shop.listed(&shop.cashier, "").await, found);

        shop.app.advance_days(3);
        let counts = shop.app.as_token(shop.org.token(Role::Cashier)).get("/api/v1/follow-ups/counts").await.ok();
        assert_eq!(counts, json!({ "today": "2026-11-25", "overdue": 3, "due_today": 1, "mine": 0 }));
        shop.app.clock.advance_ms(-3 * 86_400_000);
        let counts = shop.cashier.get(&format!("/api/v1/follow-ups/counts?store={}", shop.org.store)).await.ok();
        assert_eq!(counts, json!({ "today": "2026-11-22", "overdue": 0, "due_today": 1, "mine": 1 }));
    }

    /// Two colleagues would both book a result, or both take the same task.
    async fn of_two_results_one_counts(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        for _ in 0..4 {
            let made = shop.follow_up(&member).await;
            let at = path(&made["id"], "/attempts");
            let (bought, talked) = (json!({ "how": "phone", "outcome": "bought" }), json!({ "how": "store", "outcome": "talked" }));
            let (a, b) = tokio::join!(shop.cashier.post(&at, &bought), shop.technician.post(&at, &talked));
            let mut codes = [a.code().to_owned(), b.code().to_owned()];
            codes.sort_unstable();
            assert_eq!(codes, ["", "follow_up_ended"]);
            let detail = shop.show(&made["id"]).await;
            assert_eq!((detail["tries"].as_array().unwrap().len(), &detail["state"]), (1, &json!("done")));
        }
        let made = shop.follow_up(&member).await;
        let take = |role| json!({ "due_on": made["due_on"], "assigned_to": shop.staff(role) });
        let (mine, theirs) = (take(Role::Cashier), take(Role::Technician));
        let at = path(&made["id"], "");
        let (a, b) = tokio::join!(shop.cashier.put(&at, &mine), shop.technician.put(&at, &theirs));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "follow_up_taken"]);
        // The same request again is the same try, not another one.
        let body = json!({ "how": "phone", "outcome": "call_again", "next_on": "2026-11-26" });
        let first = shop.cashier.post_with_key(&path(&made["id"], "/attempts"), "again", &body).await.ok();
        let again = shop.cashier.post_with_key(&path(&made["id"], "/attempts"), "again", &body).await;
        assert!(again.replayed());
        assert_eq!((again.ok(), shop.show(&made["id"]).await["attempts"].clone()), (first, json!(1)));
        assert_eq!(shop.difference().await, None);
    }
}
