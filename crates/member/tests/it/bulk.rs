//! Enrolling many at once.

use crate::support::{Shop, shop, text};
use serde_json::json;
use shuke_member::card::CardNumber;
use shuke_member::member::ops::enrol_many;
use shuke_member::member::{Enrol, EnrolOutcome, KnownBy, Person, Phone};
use shuke_testkit::scenario;
use std::collections::HashSet;

fn person(phone: &str, name: &str) -> Enrol {
    let phone = Some(Phone::parse(phone, "CN").unwrap());
    Enrol { person: Person { phone, name: Some(name.to_owned()), ..Person::default() }, ..Enrol::default() }
}

fn holder(card: &str) -> Enrol {
    Enrol { card_number: Some(CardNumber::parse(card).unwrap()), ..Enrol::default() }
}

async fn import(shop: &Shop, batch: &[Enrol]) -> Vec<EnrolOutcome> {
    let input = (shop.cx(), &shop.app.app.vault, batch);
    shop.app.db().write(&input, |tx, (cx, vault, batch)| Box::pin(enrol_many(tx, cx, vault, batch))).await.unwrap()
}

scenario! {
    setup = shop;

    /// Who is a member already is told by phone or card, further up in the batch too; a row that
    /// can't be is refused alone; the others are enrolled.
    async fn a_batch_tells_each_row_apart(shop) {
        let there = shop.enrol("13800000001", "甲").await;
        let mut wrong = person("13800000009", "己");
        wrong.terms_version = Some("none".to_owned());
        let batch = [
            person("13800000002", "乙"), person("+8613800000001", "甲"), person("138 0000 0002", "乙"), holder("12346"), holder("12346"), wrong,
            person("13800000003", "丙"),
        ];
        let outcomes = import(&shop, &batch).await;
        let [EnrolOutcome::Enrolled(second), EnrolOutcome::Known { id, by: KnownBy::Phone }, EnrolOutcome::Known { id: again, by: KnownBy::Phone },
            EnrolOutcome::Enrolled(holder), EnrolOutcome::Known { id: same, by: KnownBy::Card }, EnrolOutcome::Refused(error), EnrolOutcome::Enrolled(_)] = &outcomes[..] else {
            panic!("{outcomes:?}")
        };
        assert_eq!((id.to_string().as_str(), *again, *same, error.code()), (text(&there["id"]), second.id, holder.id, "terms_unknown"));
        assert_eq!(shop.find("13800000002").await.concat(), second.number);
        assert_eq!(shop.find("12346").await.concat(), holder.number);
        assert!(shop.find("13800000009").await.is_empty());
        let outcomes = import(&shop, &batch).await;
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, EnrolOutcome::Enrolled(_))).count(), 0);
    }

    /// Thousands cost a few statements per five hundred, and every number is another one.
    async fn thousands_cost_few_statements(shop) {
        let batch: Vec<Enrol> = (0..2000).map(|n| person(&format!("139{n:08}"), "王小芳")).collect();
        let before = shop.app.db().counts();
        let outcomes = import(&shop, &batch).await;
        let spent = shop.app.db().counts().statements - before.statements;
        assert!(spent <= 4 * 8 + 10, "{spent} statements");
        let numbers: HashSet<&str> =
            outcomes.iter().filter_map(|outcome| if let EnrolOutcome::Enrolled(e) = outcome { Some(e.number.as_str()) } else { None }).collect();
        assert_eq!(numbers.len(), 2000);
        let page = shop.cashier.get("/api/v1/members?q=wxf&limit=200").await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 200);
        assert_eq!(shop.cashier.get("/api/v1/stages").await.ok()[0], json!({ "stage": "prospect", "members": 2000 }));
    }
}
