//! Categories, products, prices and bulk import, through the API.

use crate::support::{Shop, shop};
use serde_json::{Value, json};
use shuke_kernel::{Money, Uuid};
use shuke_sales::product::{ForSale, ImportProduct, Imported, import_many, store};
use shuke_testkit::scenario;

fn texts(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

async fn for_sale(shop: &Shop, store: Uuid, variant: &Value) -> ForSale {
    let variant: Uuid = variant.as_str().unwrap().parse().unwrap();
    let input = (shop.org.merchant, store, variant);
    let row = shop.app.db().read(&input, |tx, (merchant, store, variant)| {
        Box::pin(async move { tx.row(store::for_sale_stmt(*merchant, *store, &[*variant])).await })
    });
    store::for_sale_row(&row.await.unwrap().unwrap()).unwrap()
}

scenario! {
    setup = shop;

    /// A cashier who types a code, a part of the name or its initials must find the product, and only it.
    async fn a_product_is_found_by_what_a_cashier_types(shop) {
        let milk = shop.product(json!({ "name": "飞鹤奶粉 700g", "kind": "goods", "code": "FH700", "brand": "飞鹤", "variants": [
            { "sku": "FH700-1", "name": "1段", "price": 26_800, "barcodes": ["6901", "6902"] },
            { "sku": "FH700-2", "name": "2段", "price": 25_800, "attributes": { "段": "2" } },
        ] })).await;
        shop.product(json!({ "name": "帮宝适纸尿裤", "kind": "goods", "variants": [{ "sku": "BBS-L", "price": 15_900 }] })).await;
        assert_eq!((milk["initials"].as_str(), milk["variants"].as_array().unwrap().len()), (Some("fhnf700g"), 2));
        for q in ["FH700", "fh700-2", "FH700-2", "6902", "fhnf", "奶粉", "%E9%A3%9E%E9%B9%A4"] {
            let found = shop.owner.get(&format!("/api/v1/products?q={}", encoded(q))).await.ok();
            // An SKU is found as it is written; "fh700-2" in small letters is no SKU of ours.
            let wanted: &[&str] = if q == "fh700-2" { &[] } else { &["FH700"] };
            assert_eq!(texts(&found, "code"), wanted, "{q}");
        }
        shop.owner.get("/api/v1/products?q=%00").await.refused(400, "query_malformed");
        let shown: Value = shop.owner.get(&format!("/api/v1/products/{}", milk["id"].as_str().unwrap())).await.ok();
        assert_eq!(shown, milk);
        let scanned = shop.owner.get(&format!("/api/v1/variants/by-barcode/6901?store={}", shop.org.store)).await.ok();
        assert_eq!((&scanned["variant"], scanned["price"].as_i64(), scanned["on_hand_milli"].as_i64()), (&milk["variants"][0]["id"], Some(26_800), Some(0)));
        shop.owner.get(&format!("/api/v1/variants/by-barcode/FH700-2?store={}", shop.org.store)).await.ok();
        shop.owner.get(&format!("/api/v1/variants/by-barcode/%00?store={}", shop.org.store)).await.refused(404, "not_found");
        shop.owner.get(&format!("/api/v1/variants/by-barcode/6909?store={}", shop.org.store)).await.refused(404, "variant_not_found");
    }

    /// A page that repeats or skips a product is a list that nobody can trust.
    async fn pages_go_through_every_product_once(shop) {
        for number in 0..7 {
            // Two have the same initials, so that the id must decide.
            let name = format!("奶粉{}", number / 2);
            shop.product(json!({ "name": name, "kind": "goods", "variants": [{ "sku": format!("S{number}"), "price": 100 }] })).await;
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = shop.owner.get(&format!("/api/v1/products?limit=2{cursor}")).await.ok();
            seen.extend(texts(&page, "code"));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..7).map(|number| format!("S{number}")).collect::<Vec<_>>());
    }

    /// A code, SKU or barcode that two things share would sell the wrong one.
    async fn codes_are_taken_once(shop) {
        let first = json!({ "name": "A", "kind": "goods", "code": "A", "variants": [{ "sku": "A1", "price": 1, "barcodes": ["11"] }] });
        let first = shop.product(first).await;
        let with = |code: &str, sku: &str, barcode: &str| {
            json!({ "name": "B", "kind": "goods", "code": code, "variants": [{ "sku": sku, "price": 1, "barcodes": [barcode] }] })
        };
        shop.owner.post("/api/v1/products", &with("A", "B1", "22")).await.refused(409, "product_code_taken");
        shop.owner.post("/api/v1/products", &with("B", "A1", "22")).await.refused(409, "variant_sku_taken");
        shop.owner.post("/api/v1/products", &with("B", "B1", "11")).await.refused(409, "barcode_taken");
        assert_eq!(texts(&shop.owner.get("/api/v1/products").await.ok(), "code"), ["A"], "nothing half-made is left");
        shop.rival.post("/api/v1/products", &with("A", "A1", "11")).await.ok();
        let id = first["id"].as_str().unwrap();
        let second = json!({ "sku": "A2", "price": 1, "barcodes": ["11"] });
        shop.owner.post(&format!("/api/v1/products/{id}/variants"), &second).await.refused(409, "barcode_taken");
        shop.owner.post(&format!("/api/v1/products/{id}/variants"), &json!({ "sku": "A2", "price": 1 })).await.ok();
    }

    /// What can't be is refused with its place, and never reaches the database.
    async fn faults_name_their_field(shop) {
        let post = async |body: Value| shop.owner.post("/api/v1/products", &body).await;
        let one = |variant: Value| json!({ "name": "A", "kind": "goods", "variants": [variant] });
        let fault = post(one(json!({ "sku": "A", "price": -1 }))).await.refused(400, "amount_out_of_range");
        assert_eq!(fault["fields"][0]["field"], "/variants/0/price");
        post(json!({ "name": "A", "kind": "goods", "variants": [] })).await.refused(400, "variants_out_of_range");
        post(json!({ "name": "a\u{0}b", "kind": "goods", "variants": [{ "sku": "A", "price": 1 }] })).await.refused(400, "text_nul");
        post(one(json!({ "sku": "A B", "price": 1 }))).await.refused(400, "code_malformed");
        post(one(json!({ "sku": "A", "price": 1, "activity": { "price": 1, "from": 5, "until": 5 } }))).await.refused(400, "window_empty");
        post(json!({ "name": "A", "kind": "service", "variants": [{ "sku": "A", "price": 1, "track_stock": true }] }))
            .await
            .refused(400, "service_has_no_stock");
        post(json!({ "name": "A", "kind": "goods", "category": Uuid::from_u128(1), "variants": [{ "sku": "A", "price": 1 }] }))
            .await
            .refused(422, "category_unknown");
    }

    /// A sale reads price, category and stock of the store in one statement: each must be the store's own.
    async fn a_sale_reads_the_stores_own_price_and_stock(shop) {
        let (here, there) = (shop.org.store.0, shop.org.other_store.0);
        let milk = shop.goods("M", 1_000).await;
        shop.receive(here, &milk, 5_000).await;
        let prices = format!("/api/v1/variants/{}/prices", milk.as_str().unwrap());
        shop.owner.put(&format!("{prices}/{there}"), &json!({ "price": 900 })).await.ok();
        assert_eq!((for_sale(&shop, here, &milk).await.price, for_sale(&shop, there, &milk).await.price), (Money(1_000), Money(900)));
        assert_eq!(for_sale(&shop, here, &milk).await.on_hand_milli, Some(5_000));
        assert_eq!(for_sale(&shop, there, &milk).await.on_hand_milli, Some(0));
        assert!(for_sale(&shop, Uuid::from_u128(9), &milk).await.never_stocked());
        assert_eq!(shop.owner.get(&prices).await.ok()["items"][0]["price"], 900);
        shop.owner.delete(&format!("{prices}/{there}")).await;
        assert_eq!(for_sale(&shop, there, &milk).await.price, Money(1_000));
        shop.manager.put(&format!("{prices}/{there}"), &json!({ "price": 1 })).await.refused(403, "store_not_yours");
        shop.owner.put(&format!("{prices}/{}", Uuid::from_u128(9)), &json!({ "price": 1 })).await.refused(404, "store_not_found");

        let before = shop.app.db().counts();
        for_sale(&shop, here, &milk).await;
        assert_eq!(shop.app.db().counts().since(before).statements, 1);
    }

    /// Null clears, absence keeps: a form that sends one field must not wipe the others.
    async fn a_patch_changes_what_it_names(shop) {
        let product = shop.product(json!({ "name": "车", "kind": "goods", "brand": "B", "variants": [
            { "sku": "C", "price": 500, "member_price": 400, "cost": 300, "barcodes": ["1", "2"] },
        ] })).await;
        let (id, variant) = (product["id"].as_str().unwrap(), product["variants"][0]["id"].as_str().unwrap());
        let path = format!("/api/v1/variants/{variant}");
        let changed = shop.owner.patch(&path, &json!({ "member_price": null, "barcodes": ["2", "3"] })).await.ok();
        assert_eq!((&changed["member_price"], &changed["cost"], &changed["barcodes"]), (&Value::Null, &json!(300), &json!(["2", "3"])));
        let product = shop.owner.patch(&format!("/api/v1/products/{id}"), &json!({ "name": "推车", "state": "off_sale" })).await.ok();
        assert_eq!((&product["brand"], &product["initials"], &product["variants"][0]), (&json!("B"), &json!("tc"), &changed));
        let good = for_sale(&shop, shop.org.store.0, &json!(variant)).await;
        assert!(!good.on_sale && good.member_price.is_none());
        shop.owner.patch(&format!("/api/v1/products/{}", Uuid::from_u128(5)), &json!({})).await.refused(404, "product_not_found");
        shop.owner.patch(&format!("/api/v1/variants/{}", Uuid::from_u128(5)), &json!({})).await.refused(404, "variant_not_found");
        shop.rival.patch(&path, &json!({ "price": 1 })).await.refused(404, "variant_not_found");
        shop.rival.get(&format!("/api/v1/products/{id}")).await.refused(404, "product_not_found");
        shop.cashier.patch(&path, &json!({ "price": 1 })).await.refused(403, "permission_missing");
        shop.app.anonymous().patch(&path, &json!({ "price": 1 })).await.refused(401, "not_signed_in");
    }

    /// A rule on a category means everything below it: after a move, sales must see the new path.
    async fn a_moved_category_takes_its_products_along(shop) {
        let food = shop.category("食品", None).await;
        let milk = shop.category("奶粉", Some(&food)).await;
        let baby = shop.category("婴儿", Some(&milk)).await;
        let other = shop.category("母婴", None).await;
        let product = json!({ "name": "A", "kind": "goods", "category": baby, "variants": [{ "sku": "A", "price": 1 }] });
        let product = shop.product(product).await;
        let variant = &product["variants"][0]["id"];
        let ids = |path: &[&Value]| path.iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect::<Vec<Uuid>>();
        assert_eq!(for_sale(&shop, shop.org.store.0, variant).await.categories, ids(&[&food, &milk, &baby]));
        let path = |id: &Value| format!("/api/v1/categories/{}", id.as_str().unwrap());
        shop.owner.patch(&path(&milk), &json!({ "parent": other })).await.ok();
        assert_eq!(for_sale(&shop, shop.org.store.0, variant).await.categories, ids(&[&other, &milk, &baby]));
        let within = async |id: &Value| texts(&shop.owner.get(&format!("/api/v1/products?category={}", id.as_str().unwrap())).await.ok(), "code");
        assert_eq!((within(&other).await, within(&food).await), (vec!["A".to_owned()], vec![]));
        shop.owner.patch(&path(&other), &json!({ "parent": baby })).await.refused(422, "category_below_itself");
        shop.owner.delete(&path(&baby)).await.refused(422, "category_in_use");
        shop.owner.delete(&path(&milk)).await.refused(422, "category_in_use");
        assert_eq!(shop.owner.delete(&path(&food)).await.status, 204);
        shop.owner.get(&path(&food)).await.refused(404, "category_not_found");
        shop.owner.post("/api/v1/categories", &json!({ "name": "奶粉", "parent": other })).await.refused(409, "category_name_taken");
        shop.owner.patch(&format!("/api/v1/products/{}", product["id"].as_str().unwrap()), &json!({ "category": null })).await.ok();
        assert_eq!(for_sale(&shop, shop.org.store.0, variant).await.categories, ids(&[]));
        shop.rival.patch(&path(&milk), &json!({ "name": "x" })).await.refused(404, "category_not_found");
    }

    /// Two moves at once must not make a ring that no walk ever leaves.
    async fn opposite_moves_make_no_ring(shop) {
        let (a, b) = (shop.category("a", None).await, shop.category("b", None).await);
        let path = |id: &Value| format!("/api/v1/categories/{}", id.as_str().unwrap());
        let (ab, ba) = (json!({ "parent": b }), json!({ "parent": a }));
        let (path_a, path_b) = (path(&a), path(&b));
        let (one, two) = tokio::join!(shop.owner.patch(&path_a, &ab), shop.owner.patch(&path_b, &ba));
        let codes = [one.code().to_owned(), two.code().to_owned()];
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        assert!(codes.contains(&"category_below_itself".to_owned()), "{codes:?}");
    }

    /// Whoever brings a list in twice must not get everything twice, and one bad row must not cost the others.
    async fn a_list_comes_in_once_and_bad_rows_stay_out(shop) {
        let mut rows: Vec<ImportProduct> = (0..500).map(|n| ImportProduct::goods(&format!("P{n}"), &format!("商品{n}"), Money(n))).collect();
        rows[1].code = "P0".to_owned();
        rows[2].category = vec!["食品".to_owned(), "奶粉".to_owned()];
        rows[3].barcodes = vec!["690".to_owned()];
        rows[4].barcodes = vec!["690".to_owned()];
        rows[5].sku = "has space".to_owned();
        rows[6].track_stock = true;
        let cx = shop.org.cx(&shop.app.app);
        let bring = async |rows: &Vec<ImportProduct>| {
            let input = (cx.clone(), rows.clone());
            shop.app.db().write(&input, |tx, (cx, rows)| Box::pin(import_many(tx, cx, rows))).await.unwrap()
        };
        let before = shop.app.db().counts();
        let first = bring(&rows).await;
        let statements = shop.app.db().counts().since(before).statements;
        assert!(statements <= 20, "{statements} statements for 500 rows");
        let refused: Vec<(usize, &str)> = first.iter().enumerate().filter_map(|(index, row)| match row {
            Imported::Refused(error) => Some((index, error.code())),
            _ => None,
        }).collect();
        assert_eq!(refused, [(4, "barcode_taken"), (5, "code_malformed")]);
        assert!(matches!((&first[0], &first[1]), (Imported::Created(a, _), Imported::Created(b, _)) if a == b), "one product, two variants");
        let good = for_sale(&shop, shop.org.store.0, &json!(first[2].variant().unwrap())).await;
        assert_eq!((good.categories.len(), good.price, good.on_hand_milli), (2, Money(2), None));
        let counted = for_sale(&shop, shop.org.other_store.0, &json!(first[6].variant().unwrap())).await;
        assert_eq!(counted.on_hand_milli, Some(0), "a counted variant has stock in every store");

        let again = bring(&rows).await;
        assert!(again.iter().all(|row| matches!(row, Imported::Same(..) | Imported::Refused(_))));
        assert!(first.iter().zip(&again).all(|(one, two)| one.variant() == two.variant()));
        rows[7].price = Money(70_000);
        rows[8].name = "新名".to_owned();
        rows[8].member_price = None;
        let third = bring(&rows).await;
        let changed: Vec<usize> = (0..500).filter(|index| matches!(third[*index], Imported::Changed(..))).collect();
        assert_eq!(changed, [7, 8]);
        assert_eq!(for_sale(&shop, shop.org.store.0, &json!(third[7].variant().unwrap())).await.price, Money(70_000));
        assert_eq!(good.categories, for_sale(&shop, shop.org.store.0, &json!(first[2].variant().unwrap())).await.categories);
    }
}

/// Percent-encodes a query value; what is encoded already is left alone.
fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
