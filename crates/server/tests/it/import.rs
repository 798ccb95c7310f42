//! Files come in exactly, once, and whatever interrupts them.

use crate::support::server;
use shuke_db::{Db, Location, Stmt, Value};
use shuke_http::App;
use shuke_kernel::{Currency, MerchantId};
use shuke_server::import::Kind as What;
use shuke_server::import::ground::{self, Wishes};
use shuke_server::import::run::{self, Options, Outcome, Report};
use shuke_server::wiring;
use shuke_testkit::{Kind, TestApp, scenario};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub fn slice() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/online_retail_slice.csv")
}

pub struct Bench {
    pub app: TestApp,
    pub folder: TempDir,
}

pub async fn bench(kind: Kind) -> Bench {
    Bench { app: server(kind).await, folder: tempfile::tempdir().unwrap() }
}

impl Bench {
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
    pub fn options(&self, what: What, file: &Path) -> Options {
        Options { report: self.folder.path().join("bad.csv"), batch_rows: 500, ..Options::new(what, file) }
    }
    pub fn kind(&self) -> Kind {
        match self.app.test_db().config().location {
            Location::Folder(_) => Kind::Sqlite,
            Location::Postgres(_) => Kind::Postgres,
        }
    }
    fn bad(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("bad.csv")).unwrap_or_default()
    }
    pub async fn import(&self, options: &Options) -> Report {
        import(&self.app.app, options).await.unwrap()
    }
}

pub async fn import(app: &App, options: &Options) -> shuke_kernel::Result<Report> {
    let wishes = Wishes { currency: Some(Currency::parse("GBP")?), ..Wishes::default() };
    let (ground, _) = ground::find_or_found(app, &wishes, &options.file).await?;
    run::run(Some(&app.db), &ground, options).await
}

pub async fn numbers(db: &Db, text: &'static str) -> Vec<i64> {
    let rows = db.read(&text, |tx, text| Box::pin(tx.rows(Stmt::built(*text, Vec::new())))).await.unwrap();
    rows.iter().flat_map(|row| (0..row.width()).map(|column| row.get(column).unwrap())).collect()
}

/// Everything that an import of orders leaves behind, without what is drawn or timed.
async fn left_behind(db: &Db) -> Vec<String> {
    let texts = [
        "SELECT external_number, business_date, total, gross, payments FROM sales_order ORDER BY external_number, business_date",
        "SELECT external_number, business_date, amount FROM refund ORDER BY external_number, business_date",
        "SELECT o.external_number, l.sku, l.name, l.quantity_milli, l.unit_price, l.gross FROM order_line l
         JOIN sales_order o ON o.id = l.order_id ORDER BY o.external_number, l.sku, l.name, l.quantity_milli, l.gross",
        "SELECT c.number, s.orders, s.amount, s.first_purchase_on, s.last_purchase_on, m.province, m.joined_on FROM card c
         JOIN member m ON m.id = c.member_id JOIN member_stat s ON s.member_id = m.id WHERE c.kind = 'physical' ORDER BY c.number",
        "SELECT v.sku, p.name, v.price FROM variant v JOIN product p ON p.id = v.product_id ORDER BY v.sku",
        "SELECT kind, position, finished, counts FROM import_run ORDER BY id",
    ];
    let mut found = Vec::new();
    for text in texts {
        let rows = db.read(&text, |tx, text| Box::pin(tx.rows(Stmt::built(*text, Vec::new())))).await.unwrap();
        found.extend(rows.iter().map(|row| format!("{:?}", (0..row.width()).map(|c| row.get::<Value>(c).unwrap()).collect::<Vec<_>>())));
    }
    found
}

pub async fn must_verify(db: &Db) {
    let report = shuke_ledger::verify::run_with(db, MerchantId(1), &wiring::checks()).await.unwrap();
    assert_eq!(report.first_difference, None);
}

scenario! {
    setup = bench;

    /// A figure that is a penny off, a return that counts as a purchase, a line that is lost.
    async fn past_orders_come_in_to_the_penny(bench) {
        let report = bench.import(&bench.options(What::Orders, &slice())).await;
        assert_eq!(report.outcome, Outcome::Imported);
        let count = |name: &str| report.counts.get(name).copied().unwrap_or(0);
        assert_eq!((report.rows, report.bad_rows), (3_018, 4));
        assert_eq!((count("orders"), count("orders_of_members"), count("order_lines")), (137, 123, 2_988));
        assert_eq!((count("returns"), count("returns_of_members"), count("return_lines")), (6, 6, 26));
        assert_eq!((count("sales_amount"), count("sales_amount_of_members"), count("returns_amount_of_members")), (5_743_190, 4_586_564, 32_523));
        assert_eq!((count("members_new"), count("products_new")), (100, 1_304));
        assert_eq!((count("bad.order_number_unexpected"), count("bad.stock_correction")), (3, 1));
        let db = &bench.app.app.db;
        assert_eq!(numbers(db, "SELECT CAST(SUM(amount) AS BIGINT), CAST(SUM(orders) AS BIGINT) FROM member_stat").await, [4_554_041, 123]);
        assert_eq!(numbers(db, "SELECT COUNT(*) FROM order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.external_number = '542806'").await, [6]);
        assert_eq!(numbers(db, "SELECT gross FROM order_line WHERE sku = 'PADS'").await, [0, 0, 0]);
        assert_eq!(bench.bad().lines().count(), 5, "{}", bench.bad());
        assert!(bench.bad().contains("A563186") && bench.bad().contains("\n3002,order_number_unexpected,"), "{}", bench.bad());
        must_verify(db).await;
    }

    /// A second start that doubles everything, or an overlapping file that does.
    async fn what_is_there_already_stays_as_it_is(bench) {
        bench.import(&bench.options(What::Orders, &slice())).await;
        let before = left_behind(bench.app.db()).await;
        let again = bench.import(&bench.options(What::Orders, &slice())).await;
        assert_eq!(again.outcome, Outcome::AlreadyImported);
        assert_eq!(left_behind(bench.app.db()).await, before);
        let mut longer = std::fs::read_to_string(slice()).unwrap();
        longer.push_str("600001,85123A,A HEART,2,2011-12-09 12:00:00,2.55,17850,United Kingdom\n");
        let other = bench.import(&bench.options(What::Orders, &bench.file("longer.csv", longer))).await;
        let count = |name: &str| other.counts.get(name).copied().unwrap_or(0);
        assert_eq!((count("orders"), count("orders_there"), count("returns_there")), (1, 137, 6));
        assert_eq!((count("members_new"), count("products_new"), count("lines_there")), (0, 0, 3_014));
        assert_eq!(numbers(bench.app.db(), "SELECT CAST(SUM(amount) AS BIGINT) FROM member_stat").await, [4_554_551]);
        must_verify(bench.app.db()).await;
    }

    /// A dry run that writes, or that promises what the import then doesn't do.
    async fn a_dry_run_writes_nothing_and_says_what_will_come(bench) {
        let mut options = bench.options(What::Orders, &slice());
        options.dry_run = true;
        let app = &bench.app.app;
        let wishes = Wishes { currency: Some(Currency::parse("GBP").unwrap()), ..Wishes::default() };
        let ground = ground::look(None, app.vault.clone(), &wishes).await.unwrap();
        let nowhere = run::run(None, &ground, &options).await.unwrap();
        let (ground, _) = ground::find_or_found(app, &wishes, &options.file).await.unwrap();
        let dry = run::run(Some(&app.db), &ground, &options).await.unwrap();
        assert_eq!((dry.outcome, nowhere.outcome), (Outcome::DryRun, Outcome::DryRun));
        for table in ["SELECT COUNT(*) FROM member", "SELECT COUNT(*) FROM sales_order", "SELECT COUNT(*) FROM product", "SELECT COUNT(*) FROM import_run"] {
            assert_eq!(numbers(&app.db, table).await, [0], "{table}");
        }
        assert!(bench.bad().is_empty() && dry.bad_examples.len() == 4);
        options.dry_run = false;
        let real = bench.import(&options).await;
        for told in [dry, nowhere] {
            for (name, count) in real.counts.iter().filter(|(name, _)| !name.ends_with("_known")) {
                assert_eq!(told.counts.get(name), Some(count), "{name}");
            }
        }
    }

    /// A restart that loses a batch, doubles one, or reports a bad row twice.
    async fn stopped_after_every_batch_it_ends_the_same(bench) {
        let whole = server(bench.kind()).await;
        let options = Options { report: bench.folder.path().join("whole.csv"), ..bench.options(What::Orders, &slice()) };
        import(&whole.app, &options).await.unwrap();
        let options = Options { batch_rows: 97, batches_max: Some(3), ..bench.options(What::Orders, &slice()) };
        let mut starts = 0;
        while bench.import(&options).await.outcome == Outcome::Stopped {
            starts += 1;
        }
        assert!(starts > 9, "{starts}");
        let known = |line: &String| !line.contains("members_known");
        let (one, other) = (left_behind(bench.app.db()).await, left_behind(whole.db()).await);
        assert_eq!(one.iter().filter(|line| known(line)).collect::<Vec<_>>(), other.iter().filter(|line| known(line)).collect::<Vec<_>>());
        assert_eq!(bench.bad(), std::fs::read_to_string(bench.folder.path().join("whole.csv")).unwrap());
        must_verify(bench.app.db()).await;
    }

    /// The real program, killed where it happens to be.
    async fn killed_at_any_moment_it_goes_on(bench) {
        let copies = 6;
        let file = bench.file("long.csv", repeated(copies));
        let config = bench.app.test_db().config().location.clone();
        let folder = bench.folder.path().to_owned();
        let start = move || spawn(&config, &folder, &file);
        let mut cut = 0;
        for target in [1, 7_000, 14_000] {
            let mut child = start();
            while child.try_wait().unwrap().is_none() {
                let reached = numbers(bench.app.db(), "SELECT COALESCE(MAX(position), 0) FROM import_run").await;
                if reached[0] >= target {
                    break;
                }
                tokio::task::yield_now().await;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            cut += numbers(bench.app.db(), "SELECT COUNT(*) FROM import_run WHERE position > 0 AND position < 18000").await[0];
        }
        assert!(cut > 0, "it was never killed in the middle");
        assert!(start().wait().unwrap().success());
        assert_eq!(numbers(bench.app.db(), "SELECT COUNT(*), CAST(SUM(total) AS BIGINT) FROM sales_order").await, [137 * copies, 5_743_190 * copies]);
        assert_eq!(numbers(bench.app.db(), "SELECT CAST(SUM(amount) AS BIGINT), CAST(SUM(orders) AS BIGINT) FROM member_stat").await, [4_554_041 * copies, 123 * copies]);
        assert_eq!(numbers(bench.app.db(), "SELECT COUNT(*) FROM order_line").await, [2_988 * copies]);
        assert_eq!(i64::try_from(bench.bad().lines().count()).unwrap(), 1 + 4 * copies);
        must_verify(bench.app.db()).await;
    }

    /// A member who comes twice, a birthday that is guessed, a balance without an entry.
    async fn members_come_with_cards_tags_and_balances(bench) {
        let text = "手机号,姓名,会员卡号,生日,性别,标签,入会日期,积分,储值余额,赠送金,到期日\n\
                    138-0013-8000,王小芳,V0001,1990年8月15日,女,老客;高消费,2024/3/5,1200,300.50,20,\n\
                    13800138001,李强,V0002,,男,老客,2024-03-06,0,,,2030-01-31\n\
                    +86 13800138000,王芳,V0003,,,,,,,,\n\
                    13800138002,陈静,V0002,,,,,,,,\n\
                    1380013,赵磊,,,,,,,,,\n\
                    ,没有,,,,,,,,,\n\
                    13800138003,孙悦,V0004,8月1日,,,,10,,,2020-01-01\n\
                    13800138004,孙悦,V0005,8月1日,,,,10,1.005,,\n\
                    13800138005,周明,V0006,8月1日,,,,10,,,\n";
        let file = bench.file("members.csv", text);
        let report = bench.import(&bench.options(What::Members, &file)).await;
        let count = |name: &str| report.counts.get(name).copied().unwrap_or(0);
        assert_eq!((count("members_new"), report.bad_rows), (3, 6), "{report:#?}");
        for code in ["bad.member_twice", "bad.phone_malformed", "bad.member_unidentifiable", "bad.expired_already", "bad.amount_too_fine"] {
            assert!(count(code) >= 1, "{code}");
        }
        assert_eq!((count("points"), count("principal_amount"), count("bonus_amount")), (1_210, 30_050, 2_000));
        let db = bench.app.db();
        assert_eq!(numbers(db, "SELECT balance FROM account ORDER BY kind, balance").await, [2_000, 10, 1_200, 30_050]);
        assert_eq!(numbers(db, "SELECT COUNT(*) FROM member_tag").await, [3]);
        let again = bench.file("again.csv", format!("{text}13800138009,吴敏,V0009,,,,,,,,\n"));
        let report = bench.import(&bench.options(What::Members, &again)).await;
        assert_eq!((report.counts["members_new"], report.counts["members_there"]), (1, 3));
        assert!(bench.bad().contains("\n2,member_there,"), "{}", bench.bad());
        let balances = bench.file("balances.csv", "会员,积分,本金,有效期\nV0002,50,10,2030-01-31\n13800138000,5,,\nV9999,1,,\nV0002,50,,2030-01-31\n");
        let report = bench.import(&bench.options(What::Balances, &balances)).await;
        assert_eq!((report.counts["openings"], report.counts["bad.balance_there"], report.counts["bad.member_unknown"]), (2, 2, 1));
        must_verify(db).await;
    }

    /// A catalogue row that is refused and takes the others with it.
    async fn products_come_row_by_row(bench) {
        let text = "商品编码,商品名称,条码,分类,售价,会员价,库存\n\
                    A1,飞鹤奶粉,6901,母婴/奶粉,298,268.00,5\nA2,尿不湿,6902,母婴/尿裤,89.9,,\nA3,湿巾,6901,母婴,9.9,,\n\
                    A4,,6904,,1,,\nA5,负价,,,-1,,\nA1,飞鹤奶粉,6901,母婴/奶粉,298,268.00,5\n";
        let file = bench.file("products.csv", text);
        let mut options = bench.options(What::Products, &file);
        options.dry_run = true;
        let told = bench.import(&options).await;
        options.dry_run = false;
        let report = bench.import(&options).await;
        assert_eq!(told.counts, report.counts);
        assert_eq!((report.counts["products_new"], report.counts["products_same"]), (2, 1), "{report:#?}");
        assert_eq!((report.counts["bad.barcode_taken"], report.counts["bad.name_missing"], report.counts["bad.price_negative"]), (1, 1, 1));
        assert_eq!(numbers(bench.app.db(), "SELECT price, COALESCE(member_price, 0) FROM variant ORDER BY sku").await, [29_800, 26_800, 8_990, 0]);
        assert_eq!(numbers(bench.app.db(), "SELECT on_hand_milli FROM stock ORDER BY on_hand_milli").await, [0, 5_000]);
        must_verify(bench.app.db()).await;
    }

    /// The figures of the reference, on the whole file; for `make soak`, with the file in SHUKE_ONLINE_RETAIL.
    async fn the_whole_of_online_retail(bench) {
        let Some(file) = std::env::var_os("SHUKE_ONLINE_RETAIL") else { return };
        let mut options = Options { as_of: "2011-12-10".parse().ok(), ..bench.options(What::Orders, Path::new(&file)) };
        options.batch_rows = run::BATCH_ROWS;
        let report = bench.import(&options).await;
        let count = |name: &str| report.counts.get(name).copied().unwrap_or(0);
        assert_eq!((report.rows, count("members_new"), count("orders_of_members")), (541_909, 4_372, 18_536));
        assert_eq!(count("orders") + count("returns"), 25_900 - 1_336 - 3);
        assert_eq!(count("sales_amount_of_members"), 891_140_790);
        let stages = ["active", "marginal", "dormant", "lost"].map(|stage| report.stages[stage]);
        assert_eq!(stages, [2_890, 597, 778, 74]);
        let db = bench.app.db();
        assert_eq!(numbers(db, "SELECT COUNT(*) FROM member_stat WHERE orders > 0").await, [4_339]);
        assert_eq!(numbers(db, "SELECT CAST(SUM(amount) AS BIGINT) FROM member_stat").await, [830_006_581]);
        must_verify(db).await;
    }

    /// Half an import without a word, or a panic, from a file that is broken.
    async fn broken_rows_are_reported_one_by_one(bench) {
        let text = "订单号,商品编码,商品名称,数量,时间,单价,会员卡号,类型\n\
                    S1,A,奶粉,1,2026-01-05 10:00,10,V1001,销售\n\
                    S1,B,\"湿\"\"巾\",0.5,2026-01-05 10:00,9.99,V1001,销售\n\
                    S1,B,湿巾,1,2026-01-05 10:00,9.99,V1002,销售\n\
                    S2,A,奶粉,1,not a day,10,,\n\
                    S2,A,奶粉,x,2026-01-05 10:00,10,,\n\
                    S2,A,奶粉,0,2026-01-05 10:00,10,,\n\
                    S2,A,奶粉,1,2026-01-05 10:00,-10,,\n\
                    S2,A,奶粉,-1,2026-01-05 10:00,0,,\n\
                    S2,A,奶粉,1,2026-01-05 10:00,,,\n\
                    ,A,奶粉,1,2026-01-05 10:00,10,,\n\
                    S2,,,1,2026-01-05 10:00,10,,\n\
                    S2,A,奶粉,1,1899-01-05 10:00,10,,\n\
                    S2,A,奶粉,0.0001,2026-01-05 10:00,10,,\n\
                    S2,A,奶粉,1,2026-01-05 10:00\n\
                    S2,A,奶粉,99999999999999999999,2026-01-05 10:00,99999999999999999999,,\n\
                    S3,A,奶粉,2,2026-01-06 10:00,10,V1001,退货\n";
        let file = bench.file("broken.csv", encoding(text));
        let report = bench.import(&bench.options(What::Orders, &file)).await;
        let bad: Vec<&str> = report.counts.keys().filter_map(|name| name.strip_prefix("bad.")).collect();
        let wanted = [
            "amount_too_large", "cells_missing", "customer_differs", "date_malformed", "date_out_of_range", "number_malformed", "order_number_missing",
            "price_missing", "price_negative", "quantity_too_fine", "quantity_zero", "sku_missing", "stock_correction",
        ];
        assert_eq!(bad, wanted);
        assert_eq!((report.counts["orders"], report.counts["sales_amount"], report.counts["returns_amount"]), (1, 1_500, 2_000));
        assert_eq!(bench.bad().lines().count(), 14);
        must_verify(bench.app.db()).await;
        let whole = bench.file("whole.csv.gz", zipped(&std::fs::read(slice()).unwrap()));
        let bytes = std::fs::read(&whole).unwrap();
        let torn = bench.file("torn.csv.gz", &bytes[..bytes.len() / 2]);
        let error = import(&bench.app.app, &bench.options(What::Orders, &torn)).await.unwrap_err();
        assert!(error.code() == "file_damaged" && error.detail().contains("are in and stay"), "{error}");
        must_verify(bench.app.db()).await;
        let report = bench.import(&bench.options(What::Orders, &whole)).await;
        assert!(report.counts["orders_there"] > 0 && report.counts["orders"] > 0);
        assert_eq!(numbers(bench.app.db(), "SELECT COUNT(*), CAST(SUM(l.gross) AS BIGINT) FROM order_line l").await, [2_990, 5_744_690]);
        must_verify(bench.app.db()).await;
        let cut = bench.file("cut.csv", &text.as_bytes()[..text.find("S2").unwrap() + 20]);
        assert!(import(&bench.app.app, &bench.options(What::Orders, &cut)).await.is_ok_and(|report| report.bad_rows > 0));
    }
}

/// Shops' programs still write GBK.
fn encoding(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// The slice several times over, each time with other order numbers.
fn repeated(copies: i64) -> String {
    let text = std::fs::read_to_string(slice()).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let mut out = format!("{header}\n");
    for copy in 0..copies {
        for line in body.lines() {
            let at = usize::from(line.starts_with(['C', 'A']));
            out.push_str(&format!("{}{}{}\n", &line[..at], copy + 1, &line[at..]));
        }
    }
    out
}

fn spawn(location: &Location, folder: &Path, file: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
    command.args(["import", "orders", "--json", "--currency", "GBP"]).arg(file).arg("--bad").arg(folder.join("bad.csv"));
    match location {
        Location::Folder(data) => command.arg("--data").arg(data),
        Location::Postgres(url) => command.arg("--db").arg(url).arg("--data").arg(folder.join("key")),
    };
    command.env_remove("SHUKE_KEY").env_remove("SHUKE_DB").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
