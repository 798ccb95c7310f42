//! What is taken out is complete, comes in again, and tells of nobody unless it is asked to.

use crate::import::{Bench, bench, import, numbers};
use shuke_kernel::MerchantId;
use shuke_server::export::{self, Kind as List, Request};
use shuke_server::import::Kind as What;
use shuke_server::import::run::Options;
use shuke_testkit::scenario;

const MEMBERS: &str = "手机号,姓名,会员卡号,生日,标签,积分,储值余额,到期日\n\
    13800138000,王小芳,V0001,1990-08-15,老客,1200,300.50,2030-01-31\n\
    +85251234567,=cmd|calc,V0002,,,,12.34,\n";

const RICH: &str = "手机号,姓名,会员卡号,生日,生日历法,性别,标签,入会日期,门店,省,城市,区县,来源,邮箱,备注\n\
    13800138000,王小芳,V0001,1990-08-15,公历,女,老客,2024-03-01,静安店,上海市,上海市,静安区,微信,fang@example.com,怕辣\n\
    13800138001,李四,,1991-02-30,农历,其他,\"老客、VIP\",2025-01-31,,,,,地推,,\n\
    ,,V0003,--02-30,农历,,,2025-06-01,徐汇店,江苏省,苏州市,,,,\n";

const GOODS: &str = "货号,SKU,商品名称,规格,条码,分类,售价,会员价,成本价,单位,品牌,商品类型,状态\n\
    P1,P1-S,纸尿裤,S 码,6901234567892,母婴/纸尿裤,129.00,119.00,80.50,包,初禾,商品,在售\n\
    P1,P1-M,纸尿裤,M 码,,母婴/纸尿裤,139.00,,,包,初禾,商品,停售\n\
    X9,X9,婴儿推拿,,,护理,88.00,,,次,,服务,在售\n\
    Y1,Y1,旧款奶瓶,,\"6901234567908、6901234567915\",母婴,59.00,,,个,,商品,停售\n";

/// The rows of a CSV, the header among them, in an order of their own, without so many columns at the front.
fn rows(path: &std::path::Path, skip: usize) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let mut found: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().skip(skip).map(str::to_owned).collect()).collect();
    found.sort();
    found
}

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

    /// A list that its own program can't read again, a value that comes back as another, a product that comes on sale.
    async fn what_went_out_comes_back_unchanged(one) {
        one.import(&one.options(What::Members, &one.file("rich.csv", RICH))).await;
        let report = one.import(&one.options(What::Products, &one.file("goods.csv", GOODS))).await;
        assert_eq!((report.counts["products_new"], report.bad_rows), (4, 0), "{report:#?}");
        for (headings, extension) in [(export::Headings::Chinese, "xlsx"), (export::Headings::Names, "csv")] {
            let other = bench(one.kind()).await;
            for (list, what) in [(List::Members, What::Members), (List::Products, What::Products)] {
                let wanted = Request { headings, ..request(list, true) };
                let file = |bench: &Bench, name: &str| bench.folder.path().join(name);
                let went = file(&one, &format!("went.{extension}"));
                export::write(&one.app.app, &wanted, &went).await.unwrap();
                let report = other.import(&other.options(what, &went)).await;
                assert_eq!((report.bad_rows, report.rows), (0, if list == List::Members { 3 } else { 4 }), "{report:#?}");
                export::write(&one.app.app, &wanted, &file(&one, "went.csv")).await.unwrap();
                export::write(&other.app.app, &wanted, &file(&other, "came.csv")).await.unwrap();
                // The member's number is each shop's own.
                let skip = usize::from(list == List::Members);
                assert_eq!(rows(&file(&other, "came.csv"), skip), rows(&file(&one, "went.csv"), skip));
            }
        }
        let words = rows(&one.folder.path().join("went.csv"), 0).concat().concat();
        assert!(words.contains("off_sale") && words.contains("service"), "{words}");
        let file = one.folder.path().join("zh.csv");
        let zh = Request { headings: export::Headings::Chinese, ..request(List::Members, true) };
        export::write(&one.app.app, &zh, &file).await.unwrap();
        let words = rows(&file, 0).concat().concat();
        let wanted = ["女", "其他", "农历", "公历", "微信", "地推", "潜在", "正常", "1991-02-30"];
        assert!(wanted.iter().all(|word| words.contains(word)) && !words.contains("female"), "{words}");
        // And into the shop that it came from: nobody is enrolled twice, no product is made or changed.
        let report = one.import(&one.options(What::Members, &file)).await;
        assert_eq!((report.counts["members_there"], report.counts.get("members_new").copied().unwrap_or(0)), (3, 0), "{report:#?}");
        let file = one.folder.path().join("goods-zh.csv");
        export::write(&one.app.app, &Request { kind: List::Products, ..zh }, &file).await.unwrap();
        let report = one.import(&one.options(What::Products, &file)).await;
        assert_eq!((report.counts["products_same"], report.bad_rows), (4, 0), "{report:#?}");
    }
}
