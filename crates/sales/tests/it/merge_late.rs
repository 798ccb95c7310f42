//! What readers count of a member's orders only after the member was merged, or after that was undone.
//!
//! Readers come when they come: each scenario forces one order of things, the last one lets them race.

use crate::counter::{Counter, counter};
use crate::merge::{everything, merge, path, step, text, two, undo};
use serde_json::{Value, json};
use shuke_db::{Stmt, ToValue as _};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Counter {
    /// Stamps, a kind of points and growth follow from sales.
    async fn all_that_follows(&self) -> Value {
        let card = json!({ "id": self.uuid(), "name": "集点卡", "per": { "kind": "piece" }, "needed": 3, "gift": { "points": 7 } });
        self.owner.put("/api/v1/settings/stamps", &json!({ "cards": [card] })).await.ok();
        let shells = json!(self.uuid());
        let rule = json!({ "id": self.uuid(), "name": "到店", "kind": { "kind": "visit", "points": 5 } });
        let kinds = json!({ "kinds": [{ "id": shells, "name": "贝壳", "earn": { "rules": [rule] } }] });
        self.owner.put("/api/v1/settings/points-kinds", &kinds).await.ok();
        let mut tiers = self.owner.get("/api/v1/settings/tiers").await.ok();
        tiers["growth"] = json!({ "points": 1, "per": 100, "per_order": 0 });
        self.owner.put("/api/v1/settings/tiers", &tiers).await.ok();
        shells
    }
    /// Pieces for a member at 47.50; no reader has followed yet.
    async fn sells_unread(&self, member: &Value, pieces: i64) -> Value {
        let mut cart = self.cart(&[pieces]);
        cart["member"] = member.clone();
        cart["payments"] = json!([{ "tender": "cash", "amount": pieces * 4_750 }]);
        self.sell(&cart).await
    }
    async fn takes_back_unread(&self, order: &Value, lines: &[(i64, i64)]) {
        self.cashier.post("/api/v1/refunds", &self.back(order, lines)).await.ok();
    }
    /// What counts for a member by orders: purchases and their money, growth, stamps, shells.
    async fn counted(&self, member: &Value, shells: &Value) -> (i64, i64, i64, i64, i64) {
        let id: Uuid = text(member).parse().unwrap();
        let number = async |sql: &'static str| {
            let stmt = Stmt::built(sql, vec![self.stall.merchant.to_value(), id.to_value()]);
            let row = self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.row(stmt.clone()))).await.unwrap().unwrap();
            row.get::<i64>(0).unwrap()
        };
        let kinds = self.cashier.get(&path(member, "/points-kinds")).await.ok();
        let of = kinds.as_array().unwrap().iter().find(|view| view["kind"] == *shells).unwrap();
        (
            number("SELECT CAST(COUNT(*) AS BIGINT) FROM purchase WHERE merchant_id = $1 AND member_id = $2").await,
            number("SELECT CAST(COALESCE(SUM(amount - refunded), 0) AS BIGINT) FROM purchase WHERE merchant_id = $1 AND member_id = $2")
                .await,
            number("SELECT CAST(COALESCE(SUM(growth), 0) AS BIGINT) FROM growth WHERE merchant_id = $1 AND member_id = $2").await,
            number("SELECT CAST(COALESCE(SUM(stamps), 0) AS BIGINT) FROM stamp_entry WHERE merchant_id = $1 AND member_id = $2").await,
            of["points"]["balance"].as_i64().unwrap(),
        )
    }
    /// What `verify` says.
    async fn sound(&self) {
        assert_eq!(self.difference().await, None);
    }
}

const NOTHING: (i64, i64, i64, i64, i64) = (0, 0, 0, 0, 0);

scenario! {
    setup = counter;

    /// An order that was counted for the survivor would stay with them, with its growth, its stamps and its points.
    async fn an_order_that_is_counted_late_comes_back_all_the_same(at) {
        let shells = at.all_that_follows().await;
        let (stays, goes) = two(&at);
        let order = at.sells_unread(&goes, 4).await;
        at.app.advance_ms(120_000);
        let merged = merge(&at, &stays, &goes).await;
        step(&at).await;
        assert_eq!(at.counted(&stays, &shells).await, (1, 19_000, 190, 4, 5), "while merged it is the survivor's");
        assert_eq!(at.counted(&goes, &shells).await, NOTHING);
        at.sound().await;
        at.app.advance_ms(1_000);
        undo(&at, &merged).await.ok();
        step(&at).await;
        assert_eq!(at.counted(&goes, &shells).await, (1, 19_000, 190, 4, 5));
        assert_eq!(at.counted(&stays, &shells).await, NOTHING);
        at.sound().await;
        let view = at.cashier.get(&path(&goes, "")).await.ok();
        assert_eq!(view["orders"], json!(1));
        assert_eq!(at.cashier.get(&path(&stays, "")).await.ok()["orders"], json!(0));
        // Merged and undone once more, row by row the same.
        let before = everything(&at).await;
        let again = merge(&at, &stays, &goes).await;
        undo(&at, &again).await.ok();
        for (table, rows) in everything(&at).await {
            assert_eq!(rows, before[table], "{table}");
        }
        at.takes_back_unread(&order, &[]).await;
        step(&at).await;
        assert_eq!(at.counted(&goes, &shells).await, (1, 0, 0, 0, 0));
        at.sound().await;
    }

    /// A refund that is read later would be missed, or taken from the one who has the order no more.
    async fn a_refund_that_is_read_late_finds_its_order(at) {
        let shells = at.all_that_follows().await;
        let (stays, goes) = two(&at);
        let order = at.sells_unread(&goes, 4).await;
        step(&at).await;
        // Told of the absorbed member, read for the survivor.
        at.takes_back_unread(&order, &[(0, 1_000)]).await;
        let merged = merge(&at, &stays, &goes).await;
        step(&at).await;
        assert_eq!(at.counted(&stays, &shells).await, (1, 14_250, 142, 3, 4));
        at.sound().await;
        // Told of the survivor, read for the one who has the order again.
        at.takes_back_unread(&order, &[(0, 1_000)]).await;
        at.app.advance_ms(1_000);
        undo(&at, &merged).await.ok();
        step(&at).await;
        assert_eq!(at.counted(&goes, &shells).await, (1, 9_500, 95, 2, 2));
        assert_eq!(at.counted(&stays, &shells).await, NOTHING);
        at.sound().await;
        at.takes_back_unread(&order, &[]).await;
        step(&at).await;
        at.sound().await;
    }

    /// Sold, taken back in part and merged before any reader came: all of it is counted by whoever has it then.
    async fn a_chain_of_merges_gives_a_late_order_back_step_by_step(at) {
        let shells = at.all_that_follows().await;
        let [a, b, c] = [0, 1, 2].map(|index| json!(at.stall.members[index].member));
        let order = at.sells_unread(&a, 2).await;
        at.takes_back_unread(&order, &[(0, 1_000)]).await;
        let first = merge(&at, &b, &a).await;
        at.app.advance_ms(1_000);
        let second = merge(&at, &c, &b).await;
        step(&at).await;
        let left = (1, 4_750, 47, 1, 2);
        assert_eq!(at.counted(&c, &shells).await, left);
        at.sound().await;
        at.app.advance_ms(1_000);
        undo(&at, &second).await.ok();
        step(&at).await;
        assert_eq!((at.counted(&b, &shells).await, at.counted(&c, &shells).await), (left, NOTHING));
        at.sound().await;
        undo(&at, &first).await.ok();
        step(&at).await;
        assert_eq!((at.counted(&a, &shells).await, at.counted(&b, &shells).await), (left, NOTHING));
        at.sound().await;
    }

    /// Readers that run beside a merge and its undoing would write for whoever had the order a moment ago.
    async fn readers_race_with_merges(at) {
        let shells = at.all_that_follows().await;
        let (stays, goes) = two(&at);
        for round in 1..=6 {
            at.sells_unread(&goes, 1).await;
            let (_, merged) = tokio::join!(at.app.step(), merge(&at, &stays, &goes));
            at.app.advance_ms(1_000);
            let (_, undone) = tokio::join!(at.app.step(), undo(&at, &merged));
            undone.ok();
            step(&at).await;
            assert_eq!(at.counted(&goes, &shells).await, (round, 4_750 * round, 47 * round, round, 5 * round));
            assert_eq!(at.counted(&stays, &shells).await, NOTHING);
            at.sound().await;
        }
    }
}
