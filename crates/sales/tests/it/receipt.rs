//! Receipts: the same figures in every format, the original once.

use crate::counter::{Counter, counter};
use base64::Engine as _;
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    async fn print(&self, kind: &str, document: &Value, format: &str, width: &str) -> Value {
        let ask = json!({ "kind": kind, "document": document, "format": format, "width": width });
        self.cashier.post("/api/v1/receipts", &ask).await.ok()
    }
}

fn text(printed: &Value) -> &str {
    printed["text"].as_str().unwrap()
}

scenario! {
    setup = counter;

    /// A receipt would leave out what was taken off, or a second one would pass for the original.
    async fn an_order_is_printed_and_reprinted_as_a_copy(shop) {
        let product = shop.owner.get("/api/v1/products").await.ok()["items"][0].clone();
        let care = json!([{ "products": [product["id"]], "text": "30℃ 以下手洗 <b>" }, { "products": [shop.uuid()], "text": "不相干" }]);
        let policy = json!({ "header": ["欢迎光临"], "footer": ["七日内凭票退换"], "care": care });
        shop.owner.put("/api/v1/settings/receipt", &policy).await.ok();
        shop.owner.put("/api/v1/settings/tax", &json!({ "mode": "inclusive", "rate": 1_300 })).await.ok();
        let mut cart = shop.cart(&[]);
        cart["lines"] = json!([{ "variant": product["variants"][0]["id"], "quantity_milli": 2_500 }]);
        cart["member"] = shop.member();
        cart["till"] = json!(shop.stall.shop.till);
        cart["coupons"] = json!({ "kind": "selected", "coupons": [shop.stall.members[0].coupon] });
        cart["payments"] = json!([{ "tender": "cash", "amount": 1_375 }, { "tender": "wallet", "amount": 10_000 }]);
        let order = shop.sell(&cart).await;
        let first = shop.print("sale", &order["id"], "text", "58mm").await;
        assert_eq!(first["copy"], 0);
        for needed in [
            "静安店", "欢迎光临", order["number"].as_str().unwrap(), "前台", "2.5 x 50.00", "125.00", "-6.25", "-5.00", "应付", "113.75",
            "现金", "13.75", "获得积分", "税率13%", "30℃ 以下手洗", "七日内凭票退换",
        ] {
            assert!(text(&first).contains(needed), "{needed} is missing in\n{}", text(&first));
        }
        assert!(!text(&first).contains("副本") && !text(&first).contains("不相干"));
        for _ in 0..2 {
            let look = json!({ "kind": "sale", "document": order["id"], "format": "html", "preview": true });
            let seen = shop.cashier.post("/api/v1/receipts", &look).await.ok();
            assert_eq!(seen["copy"], 1, "looking at a receipt is no print");
        }
        let again = shop.print("sale", &order["id"], "html", "80mm").await;
        assert_eq!(again["copy"], 1);
        assert!(text(&again).contains("【副本 1】") && text(&again).contains("手洗 &lt;b&gt;") && !text(&again).contains("<b>"));
        let bytes = shop.print("sale", &order["id"], "escpos", "80mm").await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(bytes["escpos"].as_str().unwrap()).unwrap();
        let total = b"113.75\n";
        assert!(bytes.starts_with(b"\x1b@") && bytes.windows(total.len()).any(|part| part == total));
        // Two tills at once: one original at most, and every print with a number of its own.
        let other = shop.sell(&shop.cart(&[1])).await;
        let (a, b) = tokio::join!(shop.print("sale", &other["id"], "text", "58mm"), shop.print("sale", &other["id"], "text", "58mm"));
        let mut copies = [a["copy"].as_i64().unwrap(), b["copy"].as_i64().unwrap()];
        copies.sort_unstable();
        assert_eq!(copies, [0, 1]);
    }

    /// What comes back or is paid in advance would have no paper, or somebody else's store would print it.
    async fn refunds_and_top_ups_have_theirs(shop) {
        let order = shop.sell(&shop.cart(&[2])).await;
        let refund = shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(0, 1_000)])).await.ok();
        let printed = shop.print("refund", &refund["id"], "text", "80mm").await;
        for needed in ["退货单", order["number"].as_str().unwrap(), "-1 x 50.00", "退款", "50.00", "-50.00", "不合适"] {
            assert!(text(&printed).contains(needed), "{needed} is missing in\n{}", text(&printed));
        }
        let top_up = json!({ "id": shop.uuid(), "member": shop.member(), "store": shop.stall.store, "amount": 30_000, "tender": "alipay" });
        shop.cashier.post("/api/v1/top-ups", &top_up).await.ok();
        let printed = shop.print("top_up", &top_up["id"], "text", "58mm").await;
        for needed in ["充值单", "储值本金", "300.00", "支付宝"] {
            assert!(text(&printed).contains(needed), "{needed} is missing in\n{}", text(&printed));
        }
        for kind in ["sale", "refund", "top_up"] {
            let ask = json!({ "kind": kind, "document": shop.uuid(), "format": "text" });
            assert_eq!(shop.cashier.post("/api/v1/receipts", &ask).await.status, 404, "{kind}");
        }
        let lines: Vec<&str> = vec!["x"; 11];
        shop.owner.put("/api/v1/settings/receipt", &json!({ "footer": lines })).await.refused(400, "receipt_policy_invalid");
    }
}
