//! `verify` finds what a hand in the database, or a fault of ours, has changed.

use crate::import::{Bench, bench, must_verify, slice};
use shuke_db::Stmt;
use shuke_kernel::MerchantId;
use shuke_server::import::Kind as What;
use shuke_server::wiring;
use shuke_testkit::scenario;

async fn run(bench: &Bench, text: &'static str) {
    let changed = bench.app.db().write(&text, |tx, text| Box::pin(tx.exec(Stmt::built(*text, Vec::new())))).await.unwrap();
    assert!(changed > 0, "{text}");
}

/// What verify finds after a change, which is then undone.
async fn finds(bench: &Bench, change: &'static str, undo: &'static str) -> String {
    run(bench, change).await;
    let report = shuke_ledger::verify::run_with(bench.app.db(), MerchantId(1), &wiring::checks()).await.unwrap();
    run(bench, undo).await;
    report.first_difference.map(|difference| difference.check).unwrap_or_default()
}

scenario! {
    setup = bench;

    /// A check that sees nothing.
    async fn each_check_sees_what_it_is_for(bench) {
        bench.import(&bench.options(What::Orders, &slice())).await;
        let products = bench.file("products.csv", "sku,name,price,stock\nA1,milk,2.50,4\n");
        bench.import(&bench.options(What::Products, &products)).await;
        must_verify(bench.app.db()).await;
        let order = |change| format!("UPDATE sales_order SET {change} WHERE external_number = '536365'").leak() as &'static str;
        let of_order = "order_id IN (SELECT id FROM sales_order WHERE external_number = '536365')";
        let purchase = |change| format!("UPDATE purchase SET {change} WHERE {of_order}").leak() as &'static str;
        let line = |change| format!("UPDATE order_line SET {change} WHERE sku = '71053' AND {of_order}").leak() as &'static str;
        let stat = |change| {
            format!("UPDATE member_stat SET {change} WHERE member_id IN (SELECT member_id FROM sales_order WHERE external_number = '536365')").leak()
                as &'static str
        };
        for (check, change, undo) in [
            ("order", order("gross = gross + 1"), order("gross = gross - 1")),
            ("order", order("payments = '[]'"), order("payments = '[{\"tender\":\"other\",\"amount\":13912,\"refunded\":0}]'")),
            ("order_line", line("gross = gross + 1, net = net + 1"), line("gross = gross - 1, net = net - 1")),
            ("order_line", line("share_coupon = 1"), line("share_coupon = 0")),
            ("order_line", line("points_earned = 1"), line("points_earned = 0")),
            ("refund", order("refunds = 1"), order("refunds = 0")),
            ("refund", order("points_clawed = 1"), order("points_clawed = 0")),
            ("purchase", purchase("amount = amount + 1"), purchase("amount = amount - 1")),
            ("member_stat", stat("orders = orders + 1"), stat("orders = orders - 1")),
            ("member_stat", stat("last_purchase_on = '2011-12-08'"), stat("last_purchase_on = '2010-12-01'")),
            ("return", "UPDATE return_line SET amount = amount + 1", "UPDATE return_line SET amount = amount - 1"),
            ("stock", "UPDATE stock SET on_hand_milli = on_hand_milli + 1", "UPDATE stock SET on_hand_milli = on_hand_milli - 1"),
        ] {
            assert_eq!(finds(&bench, change, undo).await, check, "{change}");
        }
        // Without the import's mark an order or a return is one of ours, and needs a journal.
        run(&bench, "UPDATE refund SET import_id = NULL WHERE external_number = 'C536379'").await;
        let found = shuke_ledger::verify::run_with(bench.app.db(), MerchantId(1), &wiring::checks()).await.unwrap();
        assert_eq!(found.first_difference.unwrap().check, "refund_journal");
        run(&bench, order("import_id = NULL")).await;
        let found = shuke_ledger::verify::run_with(bench.app.db(), MerchantId(1), &wiring::checks()).await.unwrap();
        assert_eq!(found.first_difference.unwrap().check, "order_journal");
    }
}
