//! Names and numbers of people who don't exist.
//!
//! Names are put together from common surnames and given names. Mobile numbers are of the block
//! 1349, which the numbering plan of China set aside for satellite phones and which is hardly in
//! use: they are well-formed and pass as mobile numbers, and are nobody's in a shop. A demo sends
//! nothing anyway.

use super::dice::Dice;
use shuke_member::member::Gender;

/// Surnames, with how many of a thousand people have them.
const SURNAMES: &[(&str, i64)] = &[
    ("王", 72),
    ("李", 71),
    ("张", 68),
    ("刘", 53),
    ("陈", 50),
    ("杨", 31),
    ("黄", 24),
    ("赵", 23),
    ("吴", 21),
    ("周", 20),
    ("徐", 17),
    ("孙", 16),
    ("马", 14),
    ("朱", 14),
    ("胡", 13),
    ("郭", 13),
    ("何", 12),
    ("林", 12),
    ("高", 12),
    ("罗", 11),
    ("郑", 10),
    ("梁", 10),
    ("谢", 9),
    ("宋", 8),
    ("唐", 8),
    ("许", 8),
    ("韩", 7),
    ("邓", 7),
    ("冯", 7),
    ("曹", 7),
    ("彭", 6),
    ("曾", 6),
    ("肖", 6),
    ("田", 5),
    ("董", 5),
    ("潘", 5),
    ("袁", 5),
    ("蔡", 5),
    ("蒋", 5),
    ("余", 5),
    ("于", 5),
    ("杜", 4),
    ("叶", 4),
    ("程", 4),
    ("魏", 4),
    ("苏", 4),
    ("吕", 4),
    ("丁", 4),
    ("任", 4),
    ("沈", 4),
    ("姚", 3),
    ("卢", 3),
    ("钟", 3),
    ("姜", 3),
    ("崔", 3),
    ("谭", 3),
    ("陆", 3),
    ("范", 3),
    ("汪", 3),
    ("石", 3),
    ("金", 3),
    ("顾", 2),
    ("方", 2),
    ("夏", 2),
    ("邵", 1),
    ("欧阳", 1),
    ("诸葛", 1),
    ("上官", 1),
];

const WOMEN: &[&str] = &[
    "婷", "静", "敏", "丽", "娜", "艳", "芳", "倩", "雪", "颖", "琳", "洁", "璐", "蕾", "薇", "婷婷", "丹丹", "佳怡", "雨欣", "思琪",
    "梦瑶", "晓燕", "海燕", "春梅", "玉兰", "晓红", "慧敏", "雅琴", "佳慧", "文静", "雪梅", "丽娟", "美玲", "秀英", "嘉欣", "诗涵", "欣怡",
    "晨曦", "若兰", "语嫣", "紫萱", "小雨", "晓彤", "雨晴", "心怡", "雅婷", "冰洁", "月华", "瑞雪", "芷若", "佩珊", "淑芬", "莉莉", "园园",
    "宁",
];

const MEN: &[&str] = &[
    "伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "鹏", "浩", "斌", "峰", "凯", "亮", "志强", "建国", "俊杰", "浩然", "子轩",
    "宇航", "文博", "志远", "海涛", "晓东", "建华", "国栋", "立新", "家豪", "天宇", "一鸣", "明哲", "思远", "泽宇", "永强", "振华", "少华",
    "卫东", "子涵", "逸飞", "嘉诚", "瑞林", "金龙", "广平", "新宇", "博文", "书恒", "启明", "宏伟", "正阳", "旭东", "晨", "瑜", "睿",
];

const CHILDREN: &[&str] = &[
    "沐辰", "一诺", "梓涵", "奕辰", "语桐", "若汐", "宇泽", "诗雨", "浩宇", "欣妍", "子墨", "可馨", "皓轩", "艺涵", "沐阳", "思睿", "清妍",
    "糖糖", "豆豆", "果果", "小满", "安安", "悠悠", "团团", "米粒", "布丁", "小宝", "乐乐", "多多", "朵朵", "暖暖", "壮壮", "年年", "点点",
];

/// Districts, with how many of a hundred members live there.
pub(super) const DISTRICTS: &[(&str, i64)] =
    &[("静安区", 26), ("徐汇区", 24), ("浦东新区", 28), ("长宁区", 8), ("黄浦区", 7), ("闵行区", 7)];

/// A surname.
pub(super) fn surname(dice: &Dice) -> &'static str {
    SURNAMES.get(dice.weighted(SURNAMES.iter().map(|(_, share)| *share))).map_or("王", |(name, _)| name)
}

/// A given name.
pub(super) fn given(gender: Gender, dice: &Dice) -> &'static str {
    dice.pick(if gender == Gender::Male { MEN } else { WOMEN }).copied().unwrap_or("宁")
}

/// A child's name, as parents tell it to the shop.
pub(super) fn child(dice: &Dice) -> &'static str {
    dice.pick(CHILDREN).copied().unwrap_or("小宝")
}

/// The mobile number of the member with this place, eleven digits: another one for each of the
/// first ten million places, in no visible order.
pub(super) fn mobile(place: u64) -> String {
    // 7,654,321 has no factor in common with ten million: every place has a number of its own.
    format!("1349{:07}", (place.wrapping_mul(7_654_321).wrapping_add(2_345_678)) % 10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_member::member::Phone;
    use std::collections::BTreeSet;

    #[test]
    fn every_member_has_a_mobile_number_of_their_own_that_passes_as_one() {
        let numbers: BTreeSet<String> = (0..20_000).map(mobile).collect();
        assert_eq!(numbers.len(), 20_000);
        for number in numbers.iter().take(200) {
            assert_eq!(Phone::parse(number, "CN").unwrap().as_str(), format!("+86{number}"));
            let general = phonenumber::parse(Some(phonenumber::country::CN), number).unwrap();
            assert!(phonenumber::is_valid(&general), "{number}");
        }
    }

    #[test]
    fn no_name_stands_twice_in_its_list() {
        for list in [WOMEN, MEN, CHILDREN] {
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
        }
        assert_eq!(SURNAMES.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), SURNAMES.len());
    }
}
