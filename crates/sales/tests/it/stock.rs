//! Stock: documents, the last piece, and that it adds up.

use crate::support::{Shop, shop};
use serde_json::{Value, json};
use shuke_db::{Stmt, ToValue as _, sql};
use shuke_kernel::Uuid;
use shuke_sales::stock::{Delta, Difference, Movement, MovementKind, store};
use shuke_testkit::scenario;

const PIECE: i64 = 1_000;

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Sells one piece as checkout does: a guarded statement and a movement, queued in one transaction.
async fn sell_one(shop: &Shop, variant: Uuid) -> Result<(), String> {
    let cx = shop.org.cx(&shop.app.app);
    let order = cx.uuid();
    let input = (cx, shop.org.store.0, order, variant);
    let sold = shop.app.db().write(&input, |tx, (cx, store, order, variant)| {
        Box::pin(async move {
            let taken = Delta { variant: *variant, delta_milli: -PIECE };
            let movement = Movement {
                source: *order,
                line: 1,
                kind: MovementKind::Sale,
                store: *store,
                variant: *variant,
                delta_milli: -PIECE,
                unit_cost: None,
            };
            for stmt in [store::take_stmt(cx.merchant, *store, &[taken]), store::movements_stmt(cx, &[movement])].into_iter().flatten() {
                tx.queue(stmt).await?;
            }
            Ok(())
        })
    });
    sold.await.map_err(|error| error.code().to_owned())
}

async fn run(shop: &Shop, stmt: Stmt) {
    shop.app.db().write(&stmt, |tx, stmt| Box::pin(async move { tx.exec(stmt.clone()).await.map(|_| ()) })).await.unwrap();
}

scenario! {
    setup = shop;

    /// The last piece sold twice is a customer who goes home without it.
    async fn of_a_hundred_who_take_the_last_ten_exactly_ten_win(shop) {
        let variant = shop.goods("LAST", 100).await;
        shop.receive(shop.org.store.0, &variant, 10 * PIECE).await;
        let shop = std::sync::Arc::new(shop);
        let sales: Vec<_> = (0..100).map(|_| {
            let (shop, variant) = (shop.clone(), id(&variant));
            tokio::spawn(async move { sell_one(&shop, variant).await })
        }).collect();
        let mut won = 0;
        for sale in sales {
            match sale.await.unwrap() {
                Ok(()) => won += 1,
                Err(code) => assert_eq!(code, "stock_insufficient"),
            }
        }
        assert_eq!((won, shop.on_hand(shop.org.store.0, &variant).await), (10, 0));
        assert_eq!(shop.verify().await.unwrap(), None);
    }

    /// Baskets that name the same goods in another order must not stop each other.
    async fn baskets_in_any_order_all_go_through(shop) {
        let mut variants = Vec::new();
        for number in 0..5 {
            let variant = shop.goods(&format!("B{number}"), 100).await;
            shop.receive(shop.org.store.0, &variant, 100 * PIECE).await;
            variants.push(id(&variant));
        }
        let shop = std::sync::Arc::new(shop);
        let baskets: Vec<_> = (0..40).map(|basket: usize| {
            let (shop, mut variants) = (shop.clone(), variants.clone());
            variants.rotate_left(basket % 5);
            if basket.is_multiple_of(2) {
                variants.reverse();
            }
            tokio::spawn(async move {
                let deltas: Vec<Delta> = variants.iter().map(|variant| Delta { variant: *variant, delta_milli: -PIECE }).collect();
                let stmt = store::take_stmt(shop.org.merchant, shop.org.store.0, &deltas).unwrap();
                run(&shop, stmt).await;
            })
        }).collect();
        for basket in baskets {
            basket.await.unwrap();
        }
        for variant in &variants {
            assert_eq!(shop.on_hand(shop.org.store.0, &json!(variant)).await, 60 * PIECE);
        }
    }

    /// Two people who count the same shelf at once must leave what they counted, not the difference twice.
    async fn counts_at_once_leave_what_was_counted(shop) {
        let variant = shop.goods("C", 100).await;
        let here = shop.org.store.0;
        shop.receive(here, &variant, 100 * PIECE).await;
        let count = json!({ "store": here, "lines": [{ "variant": variant, "counted_milli": 50 * PIECE }] });
        let counts: Vec<_> = (0..16).map(|_| {
            let (client, count) = (shop.owner.clone(), count.clone());
            tokio::spawn(async move { client.post("/api/v1/stock/counts", &count).await.ok() })
        }).collect();
        let mut moved = 0;
        for counted in counts {
            moved += counted.await.unwrap()["lines"].as_array().unwrap().len();
        }
        assert_eq!((moved, shop.on_hand(here, &variant).await), (1, 50 * PIECE), "the first writes the difference, the others find none");
        assert_eq!(shop.verify().await.unwrap(), None);
    }

    /// A count during sales must not bring sold pieces back.
    async fn a_count_and_sales_at_once_add_up(shop) {
        let variant = shop.goods("CS", 100).await;
        let here = shop.org.store.0;
        shop.receive(here, &variant, 100 * PIECE).await;
        let shop = std::sync::Arc::new(shop);
        let sales: Vec<_> = (0..30).map(|_| {
            let (shop, variant) = (shop.clone(), id(&variant));
            tokio::spawn(async move { sell_one(&shop, variant).await.unwrap() })
        }).collect();
        let count = json!({ "store": here, "lines": [{ "variant": variant, "counted_milli": 80 * PIECE }] });
        let counted = shop.owner.post("/api/v1/stock/counts", &count).await.ok();
        for sale in sales {
            sale.await.unwrap();
        }
        let found = counted["lines"].as_array().unwrap().first().map_or(0, |line| line["delta_milli"].as_i64().unwrap());
        // The count found 80 - found; what was sold after it is the rest of the thirty.
        let sold_before = 100 * PIECE - (80 * PIECE - found);
        assert!((0..=30 * PIECE).contains(&sold_before), "{sold_before}");
        assert_eq!(shop.on_hand(here, &variant).await, 80 * PIECE - (30 * PIECE - sold_before));
        assert_eq!(shop.verify().await.unwrap(), None);
    }

    /// What leaves one store arrives in the other, once, and never more than was there.
    async fn a_transfer_is_guarded_and_loses_nothing(shop) {
        let variant = shop.goods("T", 100).await;
        let (here, there) = (shop.org.store.0, shop.org.other_store.0);
        shop.receive(here, &variant, 5 * PIECE).await;
        let body = json!({ "from_store": here, "to_store": there, "lines": [{ "variant": variant, "quantity_milli": PIECE }] });
        let moves: Vec<_> = (0..20).map(|_| {
            let (client, body) = (shop.owner.clone(), body.clone());
            tokio::spawn(async move { client.post("/api/v1/stock/transfers", &body).await })
        }).collect();
        let mut won = 0;
        for moved in moves {
            let moved = moved.await.unwrap();
            if moved.status.is_success() {
                won += 1;
            } else {
                moved.refused(422, "stock_insufficient");
            }
        }
        assert_eq!((won, shop.on_hand(here, &variant).await, shop.on_hand(there, &variant).await), (5, 0, 5 * PIECE));

        shop.receive(here, &variant, 20 * PIECE).await;
        let back = json!({ "from_store": there, "to_store": here, "lines": [{ "variant": variant, "quantity_milli": 100 }] });
        let both: Vec<_> = (0..40).map(|index| {
            let (client, body) = (shop.owner.clone(), if index % 2 == 0 { body.clone() } else { back.clone() });
            tokio::spawn(async move { client.post("/api/v1/stock/transfers", &body).await.ok() })
        }).collect();
        for moved in both {
            moved.await.unwrap();
        }
        assert_eq!(shop.on_hand(here, &variant).await + shop.on_hand(there, &variant).await, 25 * PIECE);
        assert_eq!(shop.verify().await.unwrap(), None);
        shop.manager.post("/api/v1/stock/transfers", &body).await.refused(403, "store_not_yours");
        let same = json!({ "from_store": here, "to_store": here, "lines": [{ "variant": variant, "quantity_milli": 1 }] });
        shop.owner.post("/api/v1/stock/transfers", &same).await.refused(400, "stores_equal");
    }

    /// The history must explain what is on hand, piece by piece.
    async fn the_history_says_what_happened(shop) {
        let variant = shop.goods("H", 100).await;
        let here = shop.org.store.0;
        shop.receive(here, &variant, 8 * PIECE).await;
        shop.app.advance_ms(1);
        let broken = json!({ "store": here, "reason": "damage", "note": "摔坏", "lines": [{ "variant": variant, "delta_milli": -PIECE }] });
        shop.owner.post("/api/v1/stock/adjustments", &broken).await.ok();
        shop.app.advance_ms(1);
        let found = json!({ "store": here, "reason": "correction", "note": "找到", "lines": [{ "variant": variant, "delta_milli": 500 }] });
        shop.manager.post("/api/v1/stock/adjustments", &found).await.ok();
        shop.app.advance_ms(1);
        shop.owner.post("/api/v1/stock/counts", &json!({ "store": here, "lines": [{ "variant": variant, "counted_milli": 7_000 }] })).await.ok();
        let path = format!("/api/v1/stock/movements?store={here}&variant={}&limit=3", variant.as_str().unwrap());
        let page = shop.owner.get(&path).await.ok();
        let rows = |page: &Value| -> Vec<(String, i64, String)> {
            let row = |row: &Value| {
                (row["kind"].as_str().unwrap().to_owned(), row["delta_milli"].as_i64().unwrap(), row["note"].as_str().unwrap().to_owned())
            };
            page["items"].as_array().unwrap().iter().map(row).collect()
        };
        let row = |kind: &str, delta, note: &str| (kind.to_owned(), delta, note.to_owned());
        assert_eq!(rows(&page), [row("count", -500, ""), row("adjust", 500, "找到"), row("damage", -PIECE, "摔坏")]);
        let rest = shop.owner.get(&format!("{path}&cursor={}", page["next"].as_str().unwrap())).await.ok();
        assert_eq!(rows(&rest), [row("receive", 8 * PIECE, "")]);
        assert_eq!((&rest["items"][0]["supplier"], &rest["items"][0]["unit_cost"]), (&json!("供应商"), &json!(50)));
        assert_eq!(shop.verify().await.unwrap(), None);
    }

    /// A retry must not receive the delivery twice.
    async fn a_receipt_is_taken_in_once(shop) {
        let variant = shop.goods("R", 100).await;
        let here = shop.org.store.0;
        let body = json!({ "store": here, "lines": [{ "variant": variant, "quantity_milli": PIECE }, { "variant": variant, "quantity_milli": 500 }] });
        let first = shop.owner.post_with_key("/api/v1/stock/receipts", "k1", &body).await;
        let second = shop.owner.post_with_key("/api/v1/stock/receipts", "k1", &body).await;
        assert!(second.replayed() && !first.replayed());
        assert_eq!(first.ok(), second.ok());
        assert_eq!(shop.on_hand(here, &variant).await, 1_500);
    }

    /// What has run low is listed, and only that.
    async fn low_stock_is_listed(shop) {
        let here = shop.org.store.0;
        let (low, high) = (shop.goods("LOW", 1).await, shop.goods("HIGH", 1).await);
        shop.receive(here, &low, 2 * PIECE).await;
        shop.receive(here, &high, 20 * PIECE).await;
        let page = shop.cashier.get(&format!("/api/v1/stock?store={here}&at_most_milli=3000")).await.ok();
        let rows = page["items"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["sku"], &rows[0]["on_hand_milli"]), (1, &json!("LOW"), &json!(2 * PIECE)));
        shop.cashier.get(&format!("/api/v1/stock?store={}", shop.org.other_store)).await.refused(403, "store_not_yours");
        shop.owner.get(&format!("/api/v1/stock?store={}", Uuid::from_u128(1))).await.refused(404, "store_not_found");
        shop.rival.get(&format!("/api/v1/stock?store={here}")).await.refused(404, "store_not_found");
    }

    /// Faults of a document are told by line, and nothing of it is written.
    async fn a_document_is_whole_or_not_at_all(shop) {
        let here = shop.org.store.0;
        let variant = shop.goods("W", 1).await;
        let service = shop.product(json!({ "name": "洗护", "kind": "service", "variants": [{ "sku": "SV", "price": 1 }] })).await;
        let receipt = |lines: Value| json!({ "store": here, "lines": lines });
        let bad = receipt(json!([{ "variant": variant, "quantity_milli": 1 }, { "variant": Uuid::from_u128(3), "quantity_milli": 1 }]));
        let fault = shop.owner.post("/api/v1/stock/receipts", &bad).await.refused(422, "variant_unknown");
        assert_eq!(fault["fields"][0]["field"], "/lines/1/variant");
        let bad = receipt(json!([{ "variant": service["variants"][0]["id"], "quantity_milli": 1 }]));
        shop.owner.post("/api/v1/stock/receipts", &bad).await.refused(422, "stock_not_tracked");
        shop.owner.post("/api/v1/stock/receipts", &receipt(json!([]))).await.refused(400, "lines_out_of_range");
        let zero = receipt(json!([{ "variant": variant, "quantity_milli": 0 }]));
        shop.owner.post("/api/v1/stock/receipts", &zero).await.refused(400, "quantity_out_of_range");
        let twice = json!({ "store": here, "lines": [{ "variant": variant, "counted_milli": 1 }, { "variant": variant, "counted_milli": 2 }] });
        shop.owner.post("/api/v1/stock/counts", &twice).await.refused(400, "variant_twice");
        let adds = json!({ "store": here, "reason": "damage", "note": "x", "lines": [{ "variant": variant, "delta_milli": 1 }] });
        shop.owner.post("/api/v1/stock/adjustments", &adds).await.refused(400, "damage_adds");
        let takes = json!({ "store": here, "reason": "correction", "note": "x", "lines": [{ "variant": variant, "delta_milli": -1 }] });
        shop.owner.post("/api/v1/stock/adjustments", &takes).await.refused(422, "stock_insufficient");
        shop.cashier.post("/api/v1/stock/adjustments", &takes).await.refused(403, "permission_missing");
        shop.rival.post("/api/v1/stock/adjustments", &takes).await.refused(404, "store_not_found");
        assert_eq!((shop.on_hand(here, &variant).await, shop.verify().await.unwrap()), (0, None));
    }

    /// Where the policy allows it, goods that the system has not yet heard of are sold all the same.
    async fn what_may_be_oversold_goes_below_zero(shop) {
        let here = shop.org.store.0;
        let body = json!({ "name": "O", "kind": "goods", "variants": [{ "sku": "O", "price": 1, "oversell": true }] });
        let variant = shop.product(body).await["variants"][0]["id"].clone();
        sell_one(&shop, id(&variant)).await.unwrap();
        assert_eq!((shop.on_hand(here, &variant).await, shop.verify().await.unwrap()), (-PIECE, None));
        let path = format!("/api/v1/variants/{}", variant.as_str().unwrap());
        shop.owner.patch(&path, &json!({ "oversell": false })).await.refused(422, "stock_insufficient");
        shop.receive(here, &variant, PIECE).await;
        shop.owner.patch(&path, &json!({ "oversell": false })).await.ok();
        assert_eq!(sell_one(&shop, id(&variant)).await, Err("stock_insufficient".to_owned()));
    }

    /// A store's limit would be passed by two sales at once, or be forgotten when a variant is new.
    async fn a_store_sells_down_to_its_limit(shop) {
        let here = shop.org.store.0;
        let (variant, other) = (shop.goods("LIMIT", 1).await, shop.goods("OTHER", 1).await);
        shop.receive(here, &variant, PIECE).await;
        shop.app.advance_ms(1);
        let rule = |variant: &Value, policy: &str, max: Option<i64>| json!({ "store": here, "variant": variant, "policy": policy, "max_milli": max });
        let put = async |body: Value| shop.owner.put("/api/v1/stock/limits", &body).await;
        put(rule(&Value::Null, "allow", Some(2 * PIECE))).await.ok();
        let sales = (0..6).map(|_| sell_one(&shop, id(&variant)));
        let outcomes = futures::future::join_all(sales).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3, "{outcomes:?}");
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().err().is_none_or(|code| code == "stock_oversold")), "{outcomes:?}");
        assert_eq!((shop.on_hand(here, &variant).await, shop.verify().await.unwrap()), (-2 * PIECE, None));
        let path = format!("/api/v1/stock/movements?store={here}&variant={}", variant.as_str().unwrap());
        let history = shop.owner.get(&path).await.ok();
        let after: Vec<i64> = history["items"].as_array().unwrap().iter().map(|row| row["on_hand_milli"].as_i64().unwrap()).collect();
        assert_eq!(after, [-2 * PIECE, -PIECE, 0, PIECE], "what the negative came from is not shown");
        let listed = shop.owner.get(&format!("/api/v1/stock?store={here}&at_most_milli=-1")).await.ok();
        assert_eq!((&listed["items"][0]["on_hand_milli"], &listed["items"][0]["oversell_max_milli"]), (&json!(-2 * PIECE), &json!(2 * PIECE)));

        // Nothing is forbidden that has happened already; a variant's own rule goes before the store's.
        put(rule(&variant, "refuse", None)).await.refused(422, "stock_insufficient");
        put(rule(&variant, "allow", Some(PIECE))).await.refused(422, "stock_oversold");
        put(rule(&variant, "allow", Some(3 * PIECE))).await.ok();
        put(rule(&Value::Null, "refuse", None)).await.ok();
        assert_eq!(sell_one(&shop, id(&variant)).await, Ok(()));
        assert_eq!(sell_one(&shop, id(&variant)).await, Err("stock_oversold".to_owned()));
        assert_eq!(sell_one(&shop, id(&other)).await, Err("stock_insufficient".to_owned()));
        let body = json!({ "name": "NEW", "kind": "goods", "variants": [{ "sku": "NEW", "price": 1, "oversell": true }] });
        let new = shop.product(body).await["variants"][0]["id"].clone();
        assert_eq!(sell_one(&shop, id(&new)).await, Err("stock_insufficient".to_owned()), "the store's rule goes before the variant's wish");
        put(rule(&Value::Null, "inherit", None)).await.ok();
        assert_eq!(sell_one(&shop, id(&new)).await, Ok(()));
        let rules = shop.owner.get(&format!("/api/v1/stock/limits?store={here}")).await.ok();
        assert_eq!(rules, json!([{ "store": here, "variant": variant, "policy": "allow", "max_milli": 3 * PIECE }]));
        put(rule(&variant, "refuse", Some(1))).await.refused(400, "stock_limit_wrong");
        shop.cashier.put("/api/v1/stock/limits", &rule(&variant, "inherit", None)).await.refused(403, "permission_missing");
        shop.rival.put("/api/v1/stock/limits", &rule(&variant, "inherit", None)).await.refused(404, "store_not_found");
    }

    /// A store that opens later must be able to sell what the others sell.
    async fn a_new_store_opens_its_stock(shop) {
        let variant = shop.goods("N", 1).await;
        let store = shop.owner.post("/api/v1/stores", &json!({ "name": "新店" })).await.ok()["id"].clone();
        assert_eq!(shop.on_hand(id(&store), &variant).await, i64::MIN);
        shop.app.step().await;
        assert_eq!(shop.on_hand(id(&store), &variant).await, 0);
        shop.receive(id(&store), &variant, PIECE).await;
        assert_eq!(shop.on_hand(id(&store), &variant).await, PIECE);
    }

    /// A line that was written twice would move the stock twice.
    async fn a_line_moves_its_stock_once(shop) {
        let variant = shop.goods("ONCE", 1).await;
        let cx = shop.org.cx(&shop.app.app);
        let movement = Movement {
            source: Uuid::from_u128(1),
            line: 1,
            kind: MovementKind::Sale,
            store: shop.org.store.0,
            variant: id(&variant),
            delta_milli: -1,
            unit_cost: None,
        };
        let input = (cx, [movement]);
        let write = async || {
            let work = shop.app.db().write(&input, |tx, (cx, movements)| {
                Box::pin(async move {
                    match store::movements_stmt(cx, movements) {
                        Some(stmt) => tx.queue(stmt).await,
                        None => Ok(()),
                    }
                })
            });
            work.await.map_err(|error| error.code().to_owned())
        };
        assert_eq!(write().await, Ok(()));
        assert_eq!(write().await, Err("stock_movement_twice".to_owned()));
    }

    /// Stock that somebody changed behind the movements' back is named.
    async fn a_tampered_row_is_found(shop) {
        let here = shop.org.store.0;
        let (one, two) = (shop.goods("V1", 1).await, shop.goods("V2", 1).await);
        shop.receive(here, &one, PIECE).await;
        shop.receive(here, &two, PIECE).await;
        assert_eq!(shop.verify().await.unwrap(), None);
        let set = |on_hand: i64| {
            sql!("UPDATE stock SET on_hand_milli = $1 WHERE variant_id = $2 AND store_id = $3", on_hand, id(&two), here)
        };
        run(&shop, set(1_001)).await;
        let found = Difference { store: here, variant: id(&two), on_hand_milli: 1_001, moved_milli: 1_000 };
        assert_eq!(shop.verify().await.unwrap(), Some(found));
        run(&shop, set(1_000)).await;
        assert_eq!(shop.verify().await.unwrap(), None);
        run(&shop, sql!("DELETE FROM stock_movement WHERE variant_id = $1", id(&one).to_value())).await;
        assert_eq!(shop.verify().await.unwrap().map(|found| found.variant), Some(id(&one)));
        run(&shop, sql!("DELETE FROM stock WHERE variant_id = $1", id(&one))).await;
        run(&shop, sql!("DELETE FROM stock WHERE variant_id = $1", id(&two))).await;
        let found = Difference { store: here, variant: id(&two), on_hand_milli: 0, moved_milli: 1_000 };
        assert_eq!(shop.verify().await.unwrap(), Some(found), "movements without a row");
    }
}
