//! What is taken out is complete, comes in again, and tells of nobody unless it is asked to.

use crate::import::{bench, import, numbers};
use shuke_kernel::MerchantId;
use shuke_server::export::{self, Kind as List, Request};
use shuke_server::import::Kind as What;
use shuke_server::import::run::Options;
use shuke_testkit::scenario;

const MEMBERS: &str = "手机号,姓名,会员卡号,生日,标签,积分,储值余额,到期日\n\
    13800138000,王小芳,V0001,1990-08-15,老客,1200,300.50,2030-01-31\n\
    +85251234567,=cmd|calc,V0002,,,,12.34,\n";

fn request(kind: List, personal: bool) -> Request {
    let (merchant, actor, headings) = (MerchantId(1), shuke_kernel::Actor::System, export::Headings::Names);
    Request { kind, merchant, actor, personal, headings, from: None, until: None }
}

scenario! {
    setup = bench;

    /// A line that is lost on the way out, or an amount that is rounded.
    async fn orders_go_out_and_come_in_again(one) {
        let other = bench(one.kind()).await;
        one.import(&one.options(What::Orders, &crate::import::slice())).await;
        for name in ["orders.csv", "orders.xlsx"] {
            let file = one.folder.path().join(name);
            assert_eq!(export::write(&one.app.app, &request(List::Orders, false), &file).await.unwrap(), 2_988);
        }
        let options = Options { batch_rows: 700, ..other.options(What::Orders, &one.folder.path().join("orders.xlsx")) };
        let report = import(&other.app.app, &options).await.unwrap();
        assert_eq!(report.bad_rows, 0, "{:?}", report.bad_examples);
        assert_eq!((report.counts["orders"], report.counts["orders_of_members"], report.counts["sales_amount"]), (137, 123, 5_743_190));
        let text = "SELECT CAST(SUM(amount) AS BIGINT), COUNT(*) FROM refund";
        let file = one.folder.path().join("refunds.csv");
        assert_eq!(export::write(&one.app.app, &request(List::Refunds, false), &file).await.unwrap(), 6);
        assert_eq!(numbers(one.app.db(), text).await, [32_523, 6]);
        assert_eq!(std::fs::read_to_string(file).unwrap().matches(",imported").count(), 6);
        let file = one.folder.path().join("products.csv");
        assert_eq!(export::write(&one.app.app, &request(List::Products, false), &file).await.unwrap(), 1_304);
        let some = Request { from: "2010-12-02".parse().ok(), until: "2011-02-01".parse().ok(), ..request(List::Orders, false) };
        assert_eq!(export::write(&one.app.app, &some, &one.folder.path().join("some.csv")).await.unwrap(), 11);
    }

    /// A name in a file that nobody asked for, an export that leaves no trace, a formula that runs.
    async fn persons_go_out_only_when_asked_for_and_on_record(one) {
        let file = one.file("members.csv", MEMBERS);
        let report = one.import(&one.options(What::Members, &file)).await;
        assert_eq!(report.counts["members_new"], 2, "{report:#?}");
        let path = one.folder.path().join("out.csv");
        export::write(&one.app.app, &request(List::Members, false), &path).await.unwrap();
        let plain = std::fs::read_to_string(&path).unwrap();
        assert!(!["王小芳", "13800138000", "1990", "calc", "5123"].iter().any(|secret| plain.contains(secret)), "{plain}");
        assert!(plain.contains("V0001") && plain.contains("老客"), "{plain}");
        export::write(&one.app.app, &request(List::Members, true), &path).await.unwrap();
        let personal = std::fs::read_to_string(&path).unwrap();
        assert!(personal.contains("13800138000,王小芳,,1990-08-15") && personal.contains(",'+85251234567,'=cmd|calc,"), "{personal}");
        let told = "SELECT COUNT(*) FROM audit WHERE action = 'list.exported' AND new_value LIKE '%\"personal\":true%'";
        assert_eq!(numbers(one.app.db(), told).await, [1]);
        export::write(&one.app.app, &request(List::Balances, false), &path).await.unwrap();
        let balances = std::fs::read_to_string(&path).unwrap();
        assert!(balances.contains(",1200,300.50,,2030-01-31") && balances.contains(",,12.34,,"), "{balances}");
        let other = bench(one.kind()).await;
        export::write(&one.app.app, &request(List::Members, true), &path).await.unwrap();
        let report = other.import(&other.options(What::Members, &path)).await;
        assert_eq!((report.counts["members_new"], report.bad_rows), (2, 0), "{report:#?}");
    }
}
