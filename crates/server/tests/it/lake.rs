//! The lake holds what the database says: late refunds, merges and erasures included, once, whatever breaks off.

use crate::support::server;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_insight::lake::{Line, line};
use shuke_kernel::{MerchantId, Uuid};
use shuke_sales::fixture::{self, Size, Stall};
use shuke_sales::order::conduct;
use shuke_server::insight::courier::work_due;
use shuke_server::lake::{Place, refresh, sweep};
use shuke_server::wiring;
use shuke_testkit::{Kind, TestApp, scenario};
use std::future::Future;
use std::task::Poll;

struct Given {
    app: TestApp,
    stall: Stall,
    owner: TestApp,
}

async fn shop(kind: Kind) -> Given {
    let app = server(kind).await;
    let stall = fixture::stall(&app.app, &Size { members: 3, variants: 3, ..Size::default() }).await.unwrap();
    let owner = app.as_token(stall.shop.token(Role::Owner));
    Given { app, stall, owner }
}

/// Every line of a merchant's lake, by document and product, as the mirrored manifest names them.
async fn lines(app: &TestApp, merchant: MerchantId) -> Vec<Line> {
    let shelf = app.app.slot::<Place>().shelf();
    let manifest: Value = serde_json::from_slice(&shelf.get(&format!("merchant={merchant}/manifest.json")).await.unwrap()).unwrap();
    let mut found = Vec::new();
    for file in manifest["files"].as_array().unwrap().iter().filter(|file| file["data_set"] == "lines") {
        let bytes = shelf.get(file["name"].as_str().unwrap()).await.unwrap();
        line::read(bytes, |lines| {
            found.extend_from_slice(lines);
            Ok(())
        })
        .unwrap();
    }
    found.sort_by_key(|line| (line.time_ms, line.document, line.product));
    found
}

async fn files(app: &TestApp, merchant: MerchantId) -> Vec<String> {
    app.app.slot::<Place>().shelf().list(&format!("merchant={merchant}")).await.unwrap()
}

async fn must_verify(app: &TestApp, merchant: MerchantId) {
    let report = shuke_ledger::verify::run_with(app.db(), merchant, &wiring::checks()).await.unwrap();
    assert!(report.first_difference.is_none(), "{:?}", report.first_difference);
}

impl Given {
    fn uuid(&self) -> Uuid {
        self.stall.shop.cx(&self.app.app).uuid()
    }
    /// A sale of two goods to a member, 95.00 in all.
    async fn sell(&self, member: usize) -> Uuid {
        let id = self.uuid();
        let line = |at: usize| json!({ "variant": self.stall.variants[at], "quantity_milli": 1_000 });
        let cart = json!({
            "id": id, "store": self.stall.store, "member": self.stall.members[member].member, "lines": [line(0), line(1)],
            "coupons": { "kind": "none" }, "payments": [{ "tender": "cash", "amount": 9_500 }],
        });
        self.owner.post("/api/v1/orders", &cart).await.ok();
        self.app.step().await;
        id
    }
    async fn refund(&self, order: Uuid, lines: Value) {
        self.owner.post("/api/v1/refunds", &json!({ "id": self.uuid(), "order": order, "lines": lines, "reason": "x" })).await.ok();
        self.app.step().await;
    }
    async fn refresh(&self) -> u64 {
        refresh(&self.app.app, self.stall.merchant, true, None).await.unwrap()
    }
    async fn lines(&self) -> Vec<Line> {
        lines(&self.app, self.stall.merchant).await
    }
    /// The file of a month, as the manifest names it.
    async fn file_of(&self, month: &str) -> String {
        let shelf = self.app.app.slot::<Place>().shelf();
        let manifest: Value =
            serde_json::from_slice(&shelf.get(&format!("merchant={}/manifest.json", self.stall.merchant)).await.unwrap()).unwrap();
        let own: Vec<&Value> = manifest["files"].as_array().unwrap().iter().filter(|file| file["month"] == month).collect();
        assert_eq!(own.len(), 1, "{manifest}");
        own[0]["name"].as_str().unwrap().to_owned()
    }
}

/// Drops a future after it was polled so often; none where it had not ended.
async fn polled<F: Future>(times: usize, work: F) -> Option<F::Output> {
    let mut work = Box::pin(work);
    for _ in 0..times {
        let once = std::future::poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await;
        if let Poll::Ready(output) = once {
            return Some(output);
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    None
}

scenario! {
    setup = shop;

    /// A refund that comes a month later stands in its own month; when nothing is left of the order, its month is written again.
    async fn late_refunds_are_in_the_lake_once(given) {
        let order = given.sell(0).await;
        given.sell(1).await;
        assert_eq!(given.refresh().await, 2, "November and the members");
        assert_eq!(given.refresh().await, 0, "nothing is behind any more");
        let sold = given.lines().await;
        assert_eq!(sold.iter().map(|line| (line.amount_minor, line.quantity_milli, line.is_undone)).collect::<Vec<_>>(), [(4_750, 1_000, false); 4]);
        assert!(sold.iter().all(|line| line.member.is_some() && !line.is_return && !line.name.is_empty()));
        let november = given.file_of("2026-11").await;

        given.app.advance_days(20);
        given.refund(order, json!([{ "line": 0, "quantity_milli": 1_000 }])).await;
        given.refresh().await;
        assert_eq!(given.file_of("2026-11").await, november, "a month that did not change is not written again");
        let back: Vec<Line> = given.lines().await.into_iter().filter(|line| line.is_return).collect();
        assert_eq!(back.iter().map(|line| (line.amount_minor, line.quantity_milli, line.is_undone)).collect::<Vec<_>>(), [(-4_750, -1_000, false)]);

        given.app.advance_days(25);
        given.refund(order, json!([])).await;
        given.refresh().await;
        assert_ne!(given.file_of("2026-11").await, november);
        let all = given.lines().await;
        assert_eq!(all.iter().filter(|line| line.is_undone).count(), 4, "the order and both refunds are no purchase any more");
        assert_eq!(all.iter().map(|line| line.amount_minor).sum::<i64>(), 9_500, "one order is left");
        must_verify(&given.app, given.stall.merchant).await;
        // What was replaced goes after an hour, and not before.
        assert!(files(&given.app, given.stall.merchant).await.contains(&november));
        given.app.advance_ms(3_700_000);
        assert!(sweep(&given.app.app, given.stall.merchant).await.unwrap() > 0);
        assert!(!files(&given.app, given.stall.merchant).await.contains(&november));
        assert_eq!(given.lines().await, all);
    }

    /// A worker dies at every place where it can; whoever comes next leaves each line in the lake once.
    async fn a_worker_that_dies_neither_loses_nor_doubles(given) {
        let merchant = given.stall.merchant;
        let (mut broke_off, mut ended, mut sold) = (0, 0, 0);
        for times in 1..60 {
            given.sell(times % 3).await;
            sold += 1;
            match polled(times, refresh(&given.app.app, merchant, true, None)).await {
                Some(done) => {
                    done.unwrap();
                    ended += 1;
                }
                None => broke_off += 1,
            }
            if ended == 3 {
                break;
            }
        }
        given.refresh().await;
        assert!(broke_off >= 2, "it died {broke_off} times");
        assert_eq!(given.lines().await.len(), 2 * sold);
        must_verify(&given.app, merchant).await;
        given.app.advance_ms(3_700_000);
        sweep(&given.app.app, merchant).await.unwrap();
        let left = files(&given.app, merchant).await;
        assert_eq!(left.len(), 3, "lines, members, manifest: {left:?}");
        assert_eq!(given.lines().await.len(), 2 * sold);
    }

    /// Two workers refresh one lake at one moment: each month is exchanged by one of them.
    async fn two_workers_exchange_a_month_once(given) {
        for member in 0..3 {
            given.sell(member).await;
        }
        let merchant = given.stall.merchant;
        let one = || refresh(&given.app.app, merchant, true, None);
        let done = tokio::join!(one(), one(), one());
        assert_eq!(done.0.unwrap() + done.1.unwrap() + done.2.unwrap(), 2, "one month and the members");
        assert_eq!(given.lines().await.len(), 6);
        must_verify(&given.app, merchant).await;
        given.app.advance_ms(3_700_000);
        sweep(&given.app.app, merchant).await.unwrap();
        assert_eq!(files(&given.app, merchant).await.len(), 3);
    }

    /// What happens while a month is read is written with the next refresh.
    async fn a_sale_meanwhile_is_not_lost(given) {
        given.sell(0).await;
        let merchant = given.stall.merchant;
        let (_, _) = tokio::join!(refresh(&given.app.app, merchant, true, None), async {
            for member in 0..3 {
                given.sell(member).await;
            }
        });
        given.refresh().await;
        assert_eq!(given.lines().await.len(), 8);
        must_verify(&given.app, merchant).await;
    }

    /// Nobody who was erased is in the lake, and nobody finds them by their number; the shop's sales stay.
    async fn who_is_erased_leaves_the_lake_at_once(given) {
        given.sell(0).await;
        given.sell(1).await;
        given.refresh().await;
        let member = given.stall.members[0].member;
        assert_eq!(given.lines().await.iter().filter(|line| line.member.is_none()).count(), 0);
        given.owner.post(&format!("/api/v1/members/{member}/erase"), &json!({})).await.ok();
        given.app.step().await;
        assert!(work_due(&given.app.app).await.unwrap() >= 1, "the lake is due at once");
        let lines = given.lines().await;
        assert_eq!((lines.len(), lines.iter().filter(|line| line.member.is_none()).count()), (4, 2));
        must_verify(&given.app, given.stall.merchant).await;
        let shown = given.owner.get("/api/v1/insight/lake").await.ok();
        assert_eq!((&shown["behind"], &shown["refreshing"]), (&json!(false), &json!(false)), "{shown}");
    }

    /// A sale that is taken back as a whole within a quarter of an hour is a void of who took it back; a later or partial one is not.
    async fn sales_undone_at_once_are_counted(given) {
        let at_once = given.sell(0).await;
        given.refund(at_once, json!([])).await;
        let in_parts = given.sell(1).await;
        given.refund(in_parts, json!([{ "line": 0, "quantity_milli": 1_000 }])).await;
        given.refund(in_parts, json!([])).await;
        let part = given.sell(2).await;
        given.refund(part, json!([{ "line": 0, "quantity_milli": 1_000 }])).await;
        let late = given.sell(0).await;
        given.app.advance_ms(16 * 60_000);
        given.refund(late, json!([])).await;
        let day = shuke_kernel::time::parse_date("2026-11-22").unwrap();
        let input = (given.stall.merchant, (day, day));
        let read = given.app.db().read(&input, |tx, (merchant, days)| Box::pin(conduct::conduct(tx, *merchant, *days, None)));
        let done = read.await.unwrap();
        assert_eq!(done.voids.iter().map(|made| made.count).sum::<i64>(), 2, "{:?}", done.voids);
        assert_eq!((done.sales[0].count, done.refunds[0].count, done.couponed.len()), (4, 5, 0));
    }

    /// Two who became one are one in the lake, and two again when that is undone.
    async fn a_merge_is_one_member_in_the_lake(given) {
        given.sell(0).await;
        given.sell(1).await;
        given.refresh().await;
        let numbers = |lines: Vec<Line>| lines.into_iter().filter_map(|line| line.member).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(numbers(given.lines().await).len(), 2);
        let pair = json!({ "survivor": given.stall.members[0].member, "absorbed": given.stall.members[1].member, "reason": "x" });
        let merge = given.owner.post("/api/v1/merges", &pair).await.ok();
        given.app.step().await;
        given.refresh().await;
        assert_eq!(numbers(given.lines().await).len(), 1);
        given.owner.post(&format!("/api/v1/merges/{}/undo", merge["id"].as_str().unwrap()), &json!({})).await.ok();
        given.app.step().await;
        given.refresh().await;
        assert_eq!(numbers(given.lines().await).len(), 2);
        must_verify(&given.app, given.stall.merchant).await;
    }

    /// A merchant's files hold that merchant's lines, and lie in its own folder.
    async fn merchants_have_lakes_of_their_own(given) {
        given.sell(0).await;
        let other = fixture::stall(&given.app.app, &Size { members: 1, variants: 2, ..Size::default() }).await.unwrap();
        let theirs = Given { app: given.app.clone(), owner: given.app.as_token(other.shop.token(Role::Owner)), stall: other };
        theirs.sell(0).await;
        theirs.sell(0).await;
        given.refresh().await;
        theirs.refresh().await;
        let (ours, others) = (given.lines().await, theirs.lines().await);
        assert_eq!((ours.len(), others.len()), (2, 4));
        assert!(ours.iter().all(|line| line.store == given.stall.store.into_bytes()));
        assert!(others.iter().all(|line| line.store == theirs.stall.store.into_bytes()));
        must_verify(&given.app, given.stall.merchant).await;
        must_verify(&given.app, theirs.stall.merchant).await;
    }

    /// A hand in the manifest, or a line that was not written, is found.
    async fn verify_sees_a_lake_that_differs(given) {
        given.sell(0).await;
        given.refresh().await;
        must_verify(&given.app, given.stall.merchant).await;
        let change = "UPDATE lake_file SET amount = amount + 1 WHERE data_set = 'lines'";
        given.app.db().write(&change, |tx, text| Box::pin(tx.exec(shuke_db::Stmt::built(*text, Vec::new())))).await.unwrap();
        let report = shuke_ledger::verify::run_with(given.app.db(), given.stall.merchant, &wiring::checks()).await.unwrap();
        assert_eq!(report.first_difference.unwrap().check, "lake");
    }
}
