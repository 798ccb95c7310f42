//! What a cell says that holds one of a few words: its code, or the word that a Chinese shop has for it. The import
//! reads either, so that a list comes back as it went out.

/// Codes and their words.
type Words = &'static [(&'static str, &'static str)];

const GENDER: Words = &[("female", "女"), ("male", "男"), ("other", "其他")];
const CALENDAR: Words = &[("solar", "公历"), ("lunar", "农历")];
const MEMBER_STATE: Words = &[("active", "正常"), ("frozen", "冻结"), ("erased", "已抹除"), ("merged", "已并入别的会员")];
const STAGE: Words = &[
    ("prospect", "潜在"),
    ("new", "新会员"),
    ("active", "活跃"),
    ("loyal", "忠实"),
    ("marginal", "边缘"),
    ("dormant", "沉睡"),
    ("lost", "流失"),
];
const SOURCE: Words = &[
    ("pay_then_join", "先买后入会"),
    ("store", "门店"),
    ("till", "收银台"),
    ("wechat", "微信"),
    ("referral", "朋友介绍"),
    ("import", "导入"),
    ("card", "会员卡页"),
    ("online", "线上"),
];
const CHANNEL: Words = &[("till", "门店收银"), ("online", "线上")];
const KIND: Words = &[("goods", "商品"), ("service", "服务")];
const SALE_STATE: Words = &[("on_sale", "在售"), ("off_sale", "停售")];
const REASON: Words = &[("imported", "导入")];

fn words(list: &str, column: &str) -> Words {
    match (list, column) {
        ("members", "gender") => GENDER,
        ("members", "birthday_calendar") => CALENDAR,
        ("members", "state") => MEMBER_STATE,
        ("members", "stage") => STAGE,
        ("members", "source") => SOURCE,
        ("orders", "channel") => CHANNEL,
        ("products", "kind") => KIND,
        ("products", "state") => SALE_STATE,
        ("refunds", "reason") => REASON,
        _ => &[],
    }
}

/// The Chinese word for a code; the text itself where it is no code.
pub(super) fn chinese<'a>(list: &str, column: &str, code: &'a str) -> &'a str {
    words(list, column).iter().find(|(known, _)| *known == code).map_or(code, |(_, word)| word)
}

/// The code that a text means, by its word or by itself; none where it is neither.
pub fn meant(list: &str, column: &str, text: &str) -> Option<&'static str> {
    words(list, column).iter().find(|(code, word)| *code == text || *word == text).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_loyalty::rule::Channel;
    use shuke_member::Stage;
    use shuke_member::member::{Gender, MemberState};
    use shuke_sales::product::{ProductKind, SaleState};

    /// A value that a program added and nobody found a word for would stand in a Chinese list as a code.
    #[test]
    fn every_code_has_a_word_that_leads_back() {
        let codes = [
            ("members", "gender", Gender::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()),
            ("members", "state", MemberState::ALL.iter().map(|one| one.as_str()).collect()),
            ("members", "stage", Stage::ALL.iter().map(|one| one.as_str()).collect()),
            ("orders", "channel", Channel::ALL.iter().map(|one| one.as_str()).collect()),
            ("products", "kind", ProductKind::ALL.iter().map(|one| one.as_str()).collect()),
            ("products", "state", SaleState::ALL.iter().map(|one| one.as_str()).collect()),
        ];
        for (list, column, codes) in codes {
            for code in codes {
                let word = chinese(list, column, code);
                assert!(!word.is_ascii(), "{list}.{column}: {code}");
                assert_eq!((meant(list, column, word), meant(list, column, code)), (Some(code), Some(code)));
            }
        }
        assert_eq!((chinese("members", "source", "地推"), meant("members", "source", "地推")), ("地推", None));
    }
}
