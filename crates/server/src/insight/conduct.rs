//! Conduct 经手: what staff did that should be asked about, from the ledger and the orders themselves.
//!
//! Plain rules, each with its reason. A person takes back, undoes sales a moment after they were made, or takes coupons
//! far more often than the others: the chance of so many at the others' rate, by the binomial distribution, is below
//! one in a thousand, and the rate is at least twice theirs. A person gives points or money by hand: the same member three times, or most of all that
//! was given by hand in the shop. A person serves one member several times a day: whose card is it?
//!
//! An alert is a question. Whoever takes back what others sold, such as a manager at the desk, is not compared.

use shuke_insight::report::{Cell, Format, Plot, Report, Table, Text, says, share};
use shuke_kernel::{Currency, Money};
use shuke_ledger::AccountKind;
use shuke_ledger::journal::ByHand;
use shuke_member::MemberId;
use shuke_sales::order::conduct::{Conduct, Made};
use std::collections::HashMap;

/// Sales from which on a person is compared.
const SALES_MIN: i64 = 20;
/// Refunds, voids or coupons from which on they are compared.
const DEEDS_MIN: i64 = 5;
/// The chance below which so many are remarkable.
const CHANCE_MAX: f64 = 0.001;
/// Gifts by hand to one member from which on they are remarkable.
const SAME_MEMBER_MIN: i64 = 3;
/// Gifts by hand of one person from which on their share of all is looked at.
const GIFTS_MIN: i64 = 5;

/// What a person may do far more often than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Taking back.
    Refund,
    /// Taking a sale back as a whole a moment after it was made.
    Void,
    /// Taking a coupon.
    Coupon,
}

/// What is to be asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// How often beside so many sales, and the others' rate.
    Rate { deed: Deed, times: i64, sales: i64, usual: f64, money: Money },
    /// Gifts by hand to one member.
    SameMember { kind: AccountKind, count: i64, amount: i64 },
    /// Gifts by hand: how many, how much, and which part of all.
    MostGifts { kind: AccountKind, count: i64, amount: i64, part: f64 },
    /// One member served several times a day.
    Often { count: i64, days: i64, money: Money },
}

/// A question about a person, and the member it is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) actor: String,
    pub(super) member: Option<MemberId>,
    pub(super) question: Question,
}

fn is_person(actor: &str) -> bool {
    actor.starts_with("staff:")
}

/// The chance of at least `k` of `n`, each at a rate: the tail of the binomial distribution, added up in logarithms.
fn chance(n: i64, k: i64, rate: f64) -> f64 {
    if k <= 0 {
        return 1.0;
    }
    if rate <= 0.0 || k > n {
        return 0.0;
    }
    let (mut log, mut sum) = (0.0_f64, 0.0_f64);
    for i in 0..k {
        log += ((n - i) as f64 / (i + 1) as f64).ln() + rate.ln();
    }
    log += (n - k) as f64 * (1.0 - rate).max(f64::MIN_POSITIVE).ln();
    for i in k..=n {
        sum += log.exp();
        log += ((n - i) as f64 / (i + 1) as f64).ln() + rate.ln() - (1.0 - rate).max(f64::MIN_POSITIVE).ln();
    }
    sum.min(1.0)
}

/// What somebody did far more often than the others, beside the sales of each.
fn rates(deed: Deed, sales: &[Made], done: &[Made]) -> Vec<Asked> {
    let sold: HashMap<&str, i64> = sales.iter().map(|made| (made.actor.as_str(), made.count)).collect();
    let all_sales: i64 = sales.iter().map(|made| made.count).sum();
    let all_done: i64 = done.iter().map(|made| made.count).sum();
    let mut asked = Vec::new();
    for made in done.iter().filter(|made| is_person(&made.actor)) {
        let sales = sold.get(made.actor.as_str()).copied().unwrap_or(0);
        let others = (all_sales - sales, all_done - made.count);
        if sales < SALES_MIN || made.count < DEEDS_MIN || others.0 < SALES_MIN {
            continue;
        }
        // One more than there were: where the others never did it, the rate is not nothing.
        let usual = (others.1 + 1) as f64 / (others.0 + 1) as f64;
        if made.count as f64 >= 2.0 * usual * sales as f64 && chance(sales, made.count, usual) < CHANCE_MAX {
            let question = Question::Rate { deed, times: made.count, sales, usual, money: made.amount };
            asked.push(Asked { actor: made.actor.clone(), member: None, question });
        }
    }
    asked
}

/// What was given by hand.
fn gifts(by_hand: &[ByHand]) -> Vec<Asked> {
    let mut asked = Vec::new();
    let mut people: HashMap<(&str, AccountKind), (i64, i64)> = HashMap::new();
    let mut all: HashMap<AccountKind, (i64, i64)> = HashMap::new();
    for gift in by_hand.iter().filter(|gift| is_person(&gift.actor)) {
        for sum in [people.entry((gift.actor.as_str(), gift.kind)).or_default(), all.entry(gift.kind).or_default()] {
            *sum = (sum.0 + gift.count, sum.1.saturating_add(gift.amount));
        }
        if gift.count >= SAME_MEMBER_MIN {
            let question = Question::SameMember { kind: gift.kind, count: gift.count, amount: gift.amount };
            asked.push(Asked { actor: gift.actor.clone(), member: Some(MemberId(gift.member)), question });
        }
    }
    let mut people: Vec<_> = people.into_iter().collect();
    people.sort_by_key(|((actor, kind), _)| ((*actor).to_owned(), *kind));
    for ((actor, kind), (count, amount)) in people {
        let (_, total) = all.get(&kind).copied().unwrap_or_default();
        let part = amount as f64 / total.max(1) as f64;
        // Alone at it, a person has all of it: that is no comparison.
        if count >= GIFTS_MIN && part > 0.5 && amount < total {
            asked.push(Asked { actor: actor.to_owned(), member: None, question: Question::MostGifts { kind, count, amount, part } });
        }
    }
    asked
}

/// What is to be asked, refunds first.
pub(super) fn questions(conduct: &Conduct, by_hand: &[ByHand]) -> Vec<Asked> {
    let mut asked = rates(Deed::Refund, &conduct.sales, &conduct.refunds);
    asked.extend(rates(Deed::Void, &conduct.sales, &conduct.voids));
    asked.extend(rates(Deed::Coupon, &conduct.sales, &conduct.couponed));
    asked.extend(gifts(by_hand));
    asked.extend(conduct.often.iter().filter(|often| is_person(&often.actor)).map(|often| Asked {
        actor: often.actor.clone(),
        member: Some(often.member),
        question: Question::Often { count: often.count, days: often.days, money: often.amount },
    }));
    asked
}

fn what(kind: AccountKind) -> Text {
    match kind {
        AccountKind::Principal => says("本金", "principal"),
        AccountKind::Bonus => says("赠送金", "bonus"),
        _ => says("积分", "points"),
    }
}

fn much(kind: AccountKind, amount: i64, format: &Format) -> String {
    if kind == AccountKind::Points { amount.to_string() } else { format.money(amount) }
}

/// What a deed is called, and why it is asked about.
fn rate_words(deed: Deed, (times, sales): (i64, i64), own: &str, usual: &str) -> (Text, Text) {
    match deed {
        Deed::Refund => (
            says("退款多", "many refunds"),
            says(
                format!("卖了 {sales} 单，退了 {times} 单（{own}），别人平均 {usual}"),
                format!("{times} refunds beside {sales} sales ({own}); the others' rate is {usual}"),
            ),
        ),
        Deed::Void => (
            says("刚卖就退", "sales undone at once"),
            says(
                format!("卖了 {sales} 单，{times} 单在一刻钟内整单退掉（{own}），别人平均 {usual}；钱真退给顾客了吗"),
                format!(
                    "{times} of {sales} sales taken back within 15 minutes ({own}); the others' rate is {usual}: did the money go back?"
                ),
            ),
        ),
        Deed::Coupon => (
            says("用券多", "many coupons"),
            says(
                format!("卖了 {sales} 单，{times} 单用了券（{own}），别人平均 {usual}；看看是不是顾客自己的券"),
                format!("{times} of {sales} sales with coupons ({own}); the others' rate is {usual}: were they the customers' own?"),
            ),
        ),
    }
}

/// What it is, why, how often, and the money that it is about.
fn words(question: &Question, format: &Format) -> (Text, Text, i64, Cell) {
    match question {
        Question::Rate { deed, times, sales, usual, money } => {
            let (name, reason) = rate_words(*deed, (*times, *sales), &share(*times as f64 / *sales as f64), &share(*usual));
            (name, reason, *times, Cell::Money(money.0))
        }
        Question::SameMember { kind, count, amount } => {
            let (kind_name, sum) = (what(*kind), much(*kind, *amount, format));
            let reason = says(
                format!("给同一位会员手工加{} {count} 次，共 {sum}", kind_name.zh),
                format!("gave the same member {} by hand {count} times, {sum} in all", kind_name.en),
            );
            let money = if *kind == AccountKind::Points { Cell::Nothing } else { Cell::Money(*amount) };
            (says("给同一人加分加钱", "gifts to one member"), reason, *count, money)
        }
        Question::MostGifts { kind, count, amount, part } => {
            let (kind_name, sum) = (what(*kind), much(*kind, *amount, format));
            let reason = says(
                format!("手工加{} {count} 次，共 {sum}，占全店 {}", kind_name.zh, share(*part)),
                format!("gave {} by hand {count} times, {sum} in all: {} of the shop's", kind_name.en, share(*part)),
            );
            let money = if *kind == AccountKind::Points { Cell::Nothing } else { Cell::Money(*amount) };
            (says("手工加得多", "most gifts by hand"), reason, *count, money)
        }
        Question::Often { count, days, money } => {
            let reason = says(
                format!("{days} 天里给同一位会员记了 {count} 单，是不是在用自己的卡给散客积分"),
                format!("{count} sales to one member on {days} days: is somebody's own card used for customers without one"),
            );
            (says("同一张卡刷得多", "one card used often"), reason, *count, Cell::Money(money.0))
        }
    }
}

/// The report. `name` tells what a person is called, `member` how a member is written.
pub(super) fn report(
    asked: &[Asked],
    looked_at: usize,
    (days, as_of): (i64, i32),
    currency: Currency,
    name: &dyn Fn(&str) -> String,
    member: &dyn Fn(MemberId) -> Option<String>,
) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let head = [("员工", "staff"), ("什么", "kind"), ("为什么", "reason"), ("会员", "member"), ("次数", "count"), ("金额", "money")];
    let mut list = Table::new(says("该问一问的", "To ask about"), &head);
    let mut kinds: Vec<(Text, usize)> = Vec::new();
    for one in asked {
        let (kind, reason, count, money) = words(&one.question, &format);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind.clone(), 1)),
        }
        let about = one.member.and_then(member).map_or(Cell::Nothing, Cell::Name);
        list.rows.push(vec![Cell::Name(name(&one.actor)), Cell::Word(kind), Cell::Word(reason), about, Cell::Count(count), money]);
    }
    let told = |pick: fn(&Text) -> &str, joint: &str| {
        kinds.iter().map(|(kind, count)| format!("{} {count}", pick(kind))).collect::<Vec<_>>().join(joint)
    };
    let finding = if kinds.is_empty() {
        says(
            format!("看了 {looked_at} 位员工最近 {days} 天经手的单，没有需要问的。"),
            format!("{looked_at} people's last {days} days: nothing to ask."),
        )
    } else {
        says(
            format!("看了 {looked_at} 位员工最近 {days} 天经手的单：{}。", told(|kind| &kind.zh, "，")),
            format!("{looked_at} people's last {days} days: {}.", told(|kind| &kind.en, ", ")),
        )
    };
    let bars = kinds.iter().map(|(kind, count)| (kind.clone(), *count as f64, count.to_string())).collect();
    Report {
        kind: "conduct",
        title: says("经手：哪些操作该问一问", "Conduct: what staff did that should be asked about"),
        as_of,
        currency,
        findings: vec![finding],
        next: vec![says(
            "先看小票和监控再问人；常常手工加分的，改成要第二人批准。",
            "Look at receipts and cameras before you ask; where points are often given by hand, let a second person approve.",
        )],
        warnings: vec![says(
            "提醒只是疑问，不是结论：专管退换的人退得自然多。",
            "An alert is a question, not a verdict: whoever does the returns has many of them.",
        )],
        method: says(
            "退款、刚卖就退、用券按其他人的比率算二项分布的上尾，低于千分之一且至少两倍才提；手工加分看次数和占比；同一张卡看一天几次。从账本和订单直接算。",
            "Refunds, sales undone at once and coupons by the upper tail of the binomial distribution at the others' rate, below 0.001 and at least twice the rate; gifts by hand by number and share; one card by uses a day. Computed from the ledger and the orders.",
        ),
        figures: serde_json::json!({ "people": looked_at, "days": days, "questions": asked.len() }),
        plots: vec![Plot::Bars { title: says("哪类最多？", "Which kind is most frequent?"), axis: says("条", "alerts"), bars }],
        tables: vec![list.clone()],
        list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Uuid;
    use shuke_sales::order::conduct::Often;

    fn made(actor: &str, count: i64) -> Made {
        Made { actor: actor.to_owned(), count, amount: Money(count * 100) }
    }

    fn gift(actor: &str, member: u128, count: i64, amount: i64) -> ByHand {
        ByHand { actor: actor.to_owned(), member: Uuid::from_u128(member), kind: AccountKind::Points, count, amount }
    }

    #[test]
    fn the_tail_is_that_of_the_binomial_distribution() {
        assert!((chance(10, 3, 0.2) - 0.322_200_473_6).abs() < 1e-9);
        assert!((chance(100, 20, 0.1) - 0.001_978_561).abs() < 1e-8);
        assert_eq!((chance(5, 0, 0.3), chance(5, 6, 0.3), chance(5, 1, 0.0)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn refunds_are_held_against_the_others() {
        let sales = vec![made("staff:a", 100), made("staff:b", 100), made("staff:c", 100)];
        let usual = Conduct { sales: sales.clone(), refunds: vec![made("staff:a", 5), made("staff:b", 4)], ..Conduct::default() };
        assert_eq!(questions(&usual, &[]), []);
        let many = Conduct { sales, refunds: vec![made("staff:a", 20), made("staff:b", 4), made("staff:desk", 50)], ..Conduct::default() };
        let found = questions(&many, &[]);
        assert!(found.is_empty(), "the desk's refunds are the others' too: {found:?}");
        let alone = Conduct { refunds: vec![made("staff:a", 20), made("staff:b", 4)], ..many };
        let found = questions(&alone, &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].actor, "staff:a");
        assert!(matches!(found[0].question, Question::Rate { deed: Deed::Refund, times: 20, sales: 100, .. }));
    }

    #[test]
    fn voids_and_coupons_are_held_against_the_others() {
        let sales = vec![made("staff:a", 100), made("staff:b", 100), made("api_key:web", 500)];
        let conduct = Conduct {
            sales,
            voids: vec![made("staff:b", 9), made("staff:a", 1)],
            couponed: vec![made("staff:a", 40), made("staff:b", 6), made("api_key:web", 60)],
            ..Conduct::default()
        };
        let found = questions(&conduct, &[]);
        let told: Vec<(&str, Deed, i64)> = found
            .iter()
            .filter_map(|one| match &one.question {
                Question::Rate { deed, times, .. } => Some((one.actor.as_str(), *deed, *times)),
                _ => None,
            })
            .collect();
        assert_eq!(told, [("staff:b", Deed::Void, 9), ("staff:a", Deed::Coupon, 40)]);
        let kinds = report(&found, 2, (90, 20_000), Currency::CNY, &|_| "王芳".into(), &|_| None);
        assert!(kinds.findings[0].zh.contains("刚卖就退 1") && kinds.findings[0].zh.contains("用券多 1"), "{:?}", kinds.findings);
    }

    #[test]
    fn gifts_by_hand_are_asked_about_where_they_gather() {
        let hands = [gift("staff:a", 1, 3, 300), gift("staff:a", 2, 2, 900), gift("staff:b", 3, 1, 100), gift("system", 4, 90, 9_000)];
        let found = questions(&Conduct::default(), &hands);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(matches!(found[0].question, Question::SameMember { count: 3, amount: 300, .. }));
        assert!(matches!(found[1].question, Question::MostGifts { count: 5, amount: 1_200, .. }));
        let alone = questions(&Conduct::default(), &hands[..2]);
        assert_eq!(alone.len(), 1, "who is alone at it is not compared");
    }

    #[test]
    fn a_card_that_is_used_all_day_is_asked_about() {
        let often = Often { actor: "staff:a".into(), member: MemberId(Uuid::nil()), count: 30, days: 6, amount: Money(3_000) };
        let conduct = Conduct { often: vec![often], ..Conduct::default() };
        let asked = questions(&conduct, &[]);
        let written = report(&asked, 4, (90, 20_000), Currency::CNY, &|_| "王芳".into(), &|_| Some("7".into()));
        assert_eq!(written.list.rows.len(), 1);
        assert!(written.findings[0].zh.contains("同一张卡刷得多 1"), "{:?}", written.findings);
    }
}
