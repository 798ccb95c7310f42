//! What sales events make of a member's figures.

use crate::support::{Shop, id, shop};
use serde_json::{Value, json};
use shuke_kernel::{Date, Money};
use shuke_member::purchase::{Purchase, ops};
use shuke_testkit::scenario;

async fn figures(shop: &Shop, id: &Value) -> (i64, i64, Value, Value) {
    let member = shop.show(id).await;
    let last = member.get("last_purchase_on").cloned().unwrap_or(Value::Null);
    (member["orders"].as_i64().unwrap(), member["amount"].as_i64().unwrap(), last, member["stage"].clone())
}

scenario! {
    setup = shop;

    /// Every event counts once, however often the reader looks.
    async fn events_count_once(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.sale(&id, 5000).await;
        shop.sale(&id, 2500).await;
        shop.sale(&Value::Null, 9900).await;
        for _ in 0..3 {
            shop.app.step().await;
        }
        assert_eq!(figures(&shop, &id).await, (2, 7500, json!("2026-11-22"), json!("active")));
        assert_eq!(shop.events(&id, "member.purchases_changed").await.len(), 2);
        assert_eq!(shop.events(&id, "member.stage_changed").await.len(), 1);
    }

    /// A partial refund lowers the amount; a whole one takes the purchase back, and its stage.
    async fn refunds_are_taken_into_account(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let order = shop.sale(&id, 5000).await;
        shop.app.step().await;
        shop.refund(&id, order, 2000, false).await;
        shop.app.step().await;
        assert_eq!(figures(&shop, &id).await, (1, 3000, json!("2026-11-22"), json!("active")));
        shop.app.advance_ms(1);
        shop.refund(&id, order, 3000, true).await;
        shop.app.step().await;
        assert_eq!(figures(&shop, &id).await, (0, 0, Value::Null, json!("prospect")));
        let changes = shop.events(&id, "member.stage_changed").await;
        assert_eq!(changes.iter().map(|change| (&change["from"], &change["to"])).collect::<Vec<_>>(), [
            (&json!("prospect"), &json!("active")),
            (&json!("active"), &json!("prospect")),
        ]);
    }

    /// A refund that is read before its sale comes out the same.
    async fn the_order_of_events_does_not_matter(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let order = shop.cx().uuid();
        shop.refund(&id, order, 2000, false).await;
        shop.app.step().await;
        assert_eq!(figures(&shop, &id).await.0, 0);
        apply(&shop, &[purchase(&id, order, 5000, "2026-11-22", true)]).await;
        assert_eq!(figures(&shop, &id).await, (1, 3000, json!("2026-11-22"), json!("active")));
    }

    /// The importer's batch: repeated rows replace, returns without their order lower the amount
    /// only, members who aren't there are left out, and the same batch again changes nothing.
    async fn a_batch_can_be_repeated(shop) {
        let a = shop.enrol("13800000042", "甲").await["id"].clone();
        let b = shop.enrol("13800000043", "乙").await["id"].clone();
        let nobody = json!("0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f");
        let order = shop.cx().uuid();
        let batch = [
            purchase(&a, order, 1, "2026-11-01", true),
            purchase(&a, order, 1000, "2026-11-01", true),
            purchase(&a, shop.cx().uuid(), 2000, "2026-05-01", true),
            purchase(&a, shop.cx().uuid(), -500, "2026-11-20", false),
            purchase(&b, shop.cx().uuid(), -300, "2026-11-20", false),
            purchase(&nobody, shop.cx().uuid(), 100, "2026-11-20", true),
        ];
        for _ in 0..2 {
            apply(&shop, &batch).await;
            assert_eq!(figures(&shop, &a).await, (2, 2500, json!("2026-11-01"), json!("active")));
            assert_eq!(figures(&shop, &b).await, (0, -300, Value::Null, json!("prospect")));
        }
        assert_eq!(shop.show(&a).await["first_purchase_on"], "2026-05-01");
    }

    /// Those who compute one member's figures at once take turns: nothing is lost.
    async fn several_at_once_take_turns(shop) {
        let a = shop.enrol("13800000042", "甲").await["id"].clone();
        let shop = std::sync::Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (shop, order) = (shop.clone(), purchase(&a, shop.cx().uuid(), 100, "2026-11-01", true));
            running.spawn(async move { apply(&shop, &[order]).await });
        }
        running.join_all().await;
        assert_eq!(figures(&shop, &a).await.0, 8);
    }
}

fn purchase(member: &Value, order: shuke_kernel::Uuid, amount: i64, date: &str, counts: bool) -> Purchase {
    Purchase { member: id(member), order, store: None, date: date.parse::<Date>().unwrap(), amount: Money(amount), counts }
}

async fn apply(shop: &Shop, purchases: &[Purchase]) {
    let input = (shop.cx(), purchases);
    shop.app.db().write(&input, |tx, (cx, purchases)| Box::pin(ops::apply_purchases(tx, cx, purchases))).await.unwrap();
}
