//! The list in each order, and that an index answers every search and list, however many members there are.

use crate::support::{Shop, numbers, shop, text};
use serde_json::{Value, json};
use shuke_db::Stmt;
use shuke_kernel::{MerchantId, Uuid};
use shuke_member::Stage;
use shuke_member::member::ops::enrol_many;
use shuke_member::member::store::{
    Filter, Key, Sort, by_figure_stmt, by_initials_stmt, by_last4_stmt, by_name_stmt, filtered_stmt, nameless_stmt,
};
use shuke_member::member::{Birthday, Enrol, Person, Phone, Region};
use shuke_member::tag::TagId;
use shuke_testkit::{Kind, scenario};

/// All pages of a list, a row each.
async fn all_pages(shop: &Shop, query: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.cashier.get(&format!("/api/v1/members?limit=1{query}{cursor}")).await.ok();
        seen.extend(numbers(&page));
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", text(next)),
            None => return seen,
        }
    }
}

/// A second later than whoever came before, so that the ids tell who did.
async fn enrolled(shop: &Shop, body: Value) -> (Value, String) {
    shop.app.advance_ms(1_000);
    let member = shop.cashier.post("/api/v1/members", &body).await.ok();
    (member["id"].clone(), text(&member["number"]).to_owned())
}

scenario! {
    setup = shop;

    /// Each order goes on from page to page without gap or repetition, ties and members without a purchase or name too.
    async fn each_order_is_whole(shop) {
        let mut members = Vec::new();
        for (place, name) in ["王一", "陈二", "王一", "安四", "李五"].into_iter().enumerate() {
            members.push(enrolled(&shop, json!({ "phone": format!("1380000000{place}"), "name": name })).await);
        }
        let (_, nameless) = enrolled(&shop, json!({ "phone": "13800000009" })).await;
        for (place, amount) in [(0, 300), (1, 500), (3, 500), (4, 100)] {
            shop.sale(&members[place].0, amount).await;
            shop.app.step().await;
            // 陈二 and 安四 buy on one day, 李五 on a later one.
            if place != 1 {
                shop.app.clock.advance_ms(86_400_000);
            }
        }
        let of = |places: &[usize]| places.iter().map(|place| members[*place].1.clone()).collect::<Vec<_>>();
        let spend = all_pages(&shop, "&sort=spend").await;
        assert_eq!(spend, [of(&[3, 1, 0, 4]), vec![nameless.clone()], of(&[2])].concat());
        let visit = all_pages(&shop, "&sort=last_visit").await;
        assert_eq!(visit, [of(&[4, 3, 1, 0]), vec![nameless.clone()], of(&[2])].concat());
        let name = all_pages(&shop, "&sort=name").await;
        assert_eq!(name, [of(&[3, 1, 4, 0, 2]), vec![nameless.clone()]].concat());
        assert_eq!(all_pages(&shop, "").await, [vec![nameless.clone()], of(&[4, 3, 2, 1, 0])].concat());
        assert_eq!(all_pages(&shop, "&sort=newest").await, all_pages(&shop, "").await);
        assert_eq!(all_pages(&shop, "&sort=spend&stage=active").await, of(&[3, 1, 0, 4]));
        assert_eq!(all_pages(&shop, "&sort=last_visit&stage=prospect").await, [vec![nameless], of(&[2])].concat());
    }

    /// Whoever was merged is in no list, in whatever order.
    async fn merged_members_are_in_no_order(shop) {
        let (kept, number) = enrolled(&shop, json!({ "phone": "13800000001", "name": "王一" })).await;
        let (gone, _) = enrolled(&shop, json!({ "phone": "13800000002", "name": "王二" })).await;
        shop.sale(&gone, 500).await;
        shop.app.step().await;
        shop.owner.post("/api/v1/merges", &json!({ "survivor": kept, "absorbed": gone, "reason": "同一人" })).await.ok();
        for sort in ["newest", "last_visit", "spend", "name"] {
            assert_eq!(all_pages(&shop, &format!("&sort={sort}")).await, std::slice::from_ref(&number), "{sort}");
        }
    }

    /// What no index carries is refused, and so is a cursor of another order.
    async fn an_order_without_its_index_is_refused(shop) {
        for n in 0..3 {
            enrolled(&shop, json!({ "phone": format!("1380000000{n}"), "name": "王一" })).await;
        }
        let list = |query: String| { let cashier = &shop.cashier; async move { cashier.get(&format!("/api/v1/members?{query}")).await } };
        list(format!("sort=spend&store={}", shop.org.store)).await.refused(400, "sort_and_filter");
        list("sort=name&stage=active".to_owned()).await.refused(400, "sort_and_filter");
        list("sort=spend&q=wy".to_owned()).await.refused(400, "sort_and_filter");
        let next = text(&list("limit=1".to_owned()).await.ok()["next"]).to_owned();
        for sort in ["spend", "last_visit"] {
            list(format!("limit=1&sort={sort}&cursor={next}")).await.refused(400, "cursor_malformed");
        }
    }

    /// At a million members a search or a list that reads the table takes seconds: each is answered along one index,
    /// in its order.
    async fn every_search_and_list_has_its_index(shop) {
        let merchant = shop.org.merchant;
        crowd(&shop).await;
        for (stmt, index) in statements(merchant) {
            let plan = plan(&shop, &stmt).await;
            // PostgreSQL chooses by its statistics, which its second wall blurs where there is little: an index it must be.
            assert!(plan.contains(index) || shop.app.db().kind() == Kind::Postgres, "{index} is not in the plan of {stmt:?}:\n{plan}");
            assert!(!plan.contains("SCAN m") && !plan.contains("Seq Scan") && !plan.contains("USE TEMP B-TREE"), "{stmt:?}:\n{plan}");
            assert!(!plan.contains("Sort  ("), "{stmt:?}:\n{plan}");
        }
        for (sort, index) in [(Sort::Spend, "member_stat_by_spend"), (Sort::LastVisit, "member_stat_by_visit")] {
            for after in [None, Some(Key { amount: Some(100), day: Some("2026-01-01".to_owned()), ..Key::default() })] {
                let stmt = by_figure_stmt(merchant, (sort, None), after.as_ref(), 51).unwrap();
                let plan = plan(&shop, &stmt).await;
                // The first rows of each stage come in order, and only these few are sorted together. Who has never
                // bought has no visit to go by.
                let stages = Stage::ALL.len() - usize::from(sort == Sort::LastVisit);
                let found = plan.matches(index).count();
                assert!(found == stages || (found > 0 && shop.app.db().kind() == Kind::Postgres), "{plan}");
                assert!(!plan.contains("SCAN m") && !plan.contains("SCAN s") && !plan.contains("Seq Scan"), "{plan}");
                assert!(plan.matches("Sort  (").count() <= 1, "{plan}");
            }
        }
    }
}

scenario! {
    setup = shop;

    /// Filters together go along one index; whoever follows is found by the member's id, on every page.
    async fn filters_together_follow_by_the_member(shop) {
        crowd(&shop).await;
        let newest = Key { id: Uuid::max(), ..Key::default() };
        for filter in pairs() {
            for before in [None, Some(&newest)] {
                let stmt = filtered_stmt(shop.org.merchant, &filter, before, 51);
                let plan = plan(&shop, &stmt).await;
                assert!(!plan.contains("Seq Scan") && !plan.contains("Sort  (") && !plan.contains("USE TEMP B-TREE"), "{filter:?}:\n{plan}");
                if shop.app.db().kind() == Kind::Postgres {
                    continue;
                }
                for step in plan.lines().skip(1) {
                    // `id=?` and `member_id=?`, beside whatever else the index holds; never all members before a place.
                    assert!(step.contains("id=?") && !step.contains("id<?"), "{filter:?}:\n{plan}");
                }
            }
        }
    }
}

/// Every two filters of different kinds, and some three.
fn pairs() -> Vec<Filter> {
    let text = |text: &str| Some(text.to_owned());
    let one: [fn(&mut Filter); 7] = [
        |filter| filter.stage = Some(Stage::Lost),
        |filter| filter.tag = Some(TagId(Uuid::nil())),
        |filter| filter.store = Some(shuke_org::StoreId(Uuid::nil())),
        |filter| filter.province = Some("上海".to_owned()),
        |filter| filter.city = Some("上海".to_owned()),
        |filter| filter.district = Some("静安".to_owned()),
        |filter| filter.birthday = Some("08-15".to_owned()),
    ];
    let mut all = vec![Filter { stage: Some(Stage::Lost), tag: Some(TagId(Uuid::nil())), province: text("上海"), ..Filter::default() }];
    for (at, first) in one.iter().enumerate() {
        for second in &one[at + 1..] {
            let mut filter = Filter::default();
            first(&mut filter);
            second(&mut filter);
            // A city is of its province, a district of its city.
            filter.city = filter.city.or_else(|| filter.district.as_ref().and(text("上海")));
            filter.province = filter.province.or_else(|| filter.city.as_ref().and(text("上海")));
            all.push(filter);
        }
    }
    all
}

/// Two thousand members of one store who are told apart by everything else, as the planner has to know.
async fn crowd(shop: &Shop) {
    let member = |n: usize| Enrol {
        person: Person {
            phone: Some(Phone::parse(&format!("139{n:08}"), "CN").unwrap()),
            name: Some(["王小芳", "李伟", "陈静", "周敏"][n % 4].to_owned()),
            birthday: Some(Birthday::parse(&format!("1990-{:02}-{:02}", n % 12 + 1, n / 12 % 28 + 1), n.is_multiple_of(5)).unwrap()),
            ..Person::default()
        },
        region: Region {
            province: Some(["上海", "江苏", "浙江"][n % 3].to_owned()),
            city: Some(["上海", "南京", "杭州"][n / 3 % 3].to_owned()),
            district: Some(["静安", "徐汇", "浦东"][n / 9 % 3].to_owned()),
        },
        home_store: Some(shop.org.store),
        ..Enrol::default()
    };
    let batch: Vec<Enrol> = (0..2_000).map(member).collect();
    let input = (shop.cx(), &shop.app.app.vault, &batch);
    shop.app.db().write(&input, |tx, (cx, vault, batch)| Box::pin(enrol_many(tx, cx, vault, batch))).await.unwrap();
    shop.app.db().filled().await.unwrap();
}

/// Every search and filter with the index that answers it.
fn statements(merchant: MerchantId) -> Vec<(Stmt, &'static str)> {
    let key = Key { initials: Some("wxf".to_owned()), ..Key::default() };
    let newest = Key { id: Uuid::max(), ..Key::default() };
    let filter = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filtered_stmt(merchant, &filter, Some(&newest), 51)
    };
    let some = |text: &str| Some(text.to_owned());
    let region = move |parts: usize| {
        let names = [some("上海"), some("上海").filter(|_| parts > 1), some("静安").filter(|_| parts > 2)];
        let [province, city, district] = names;
        filtered_stmt(merchant, &Filter { province, city, district, ..Filter::default() }, None, 51)
    };
    vec![
        (by_last4_stmt(merchant, "0042", Some(&key), 51), "member_by_phone_last4"),
        (by_name_stmt(merchant, "x", Some(&key), 51), "member_by_name"),
        (by_initials_stmt(merchant, ("w", Some("x")), Some(&key), 51), "member_by_initials"),
        (nameless_stmt(merchant, Uuid::nil(), 51), "member_by_initials"),
        (filter(|filter| filter.stage = Some(Stage::Lost)), "member_stat_by_stage"),
        (filter(|filter| filter.tag = Some(TagId(Uuid::nil()))), "member_tag_by_tag"),
        (filter(|filter| filter.store = Some(shuke_org::StoreId(Uuid::nil()))), "member_by_store"),
        (filter(|filter| filter.birthday = Some("08-15".to_owned())), "member_by_birthday"),
        (region(1), "member_by_province"),
        (region(2), "member_by_city"),
        (region(3), "member_by_region"),
        (by_figure_stmt(merchant, (Sort::Spend, Some(Stage::Lost)), None, 51).unwrap(), "member_stat_by_spend"),
        (by_figure_stmt(merchant, (Sort::LastVisit, Some(Stage::Lost)), None, 51).unwrap(), "member_stat_by_visit"),
    ]
}

/// How the database would answer. PostgreSQL reads a small table whole and sorts it; told not to, it shows whether
/// there is an index that carries the order.
async fn plan(shop: &Shop, stmt: &Stmt) -> String {
    let kind = shop.app.db().kind();
    let input = (kind, stmt);
    let plan = shop.app.db().write(&input, |tx, (kind, stmt)| {
        Box::pin(async move {
            if *kind == Kind::Postgres {
                for off in ["seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"] {
                    let text = format!("SELECT set_config('enable_{off}', 'off', TRUE)");
                    tx.rows(Stmt::built(text, Vec::new())).await?;
                }
            }
            let column = if *kind == Kind::Sqlite { 3 } else { 0 };
            tx.rows(stmt.explained(*kind)).await?.iter().map(|row| row.get(column)).collect::<shuke_kernel::Result<Vec<String>>>()
        })
    });
    plan.await.unwrap().join("\n")
}
