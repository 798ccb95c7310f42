//! Who the members are: everything about one follows from their number, so that the bench can ask for them.

use shuke_kernel::Date;
use shuke_kernel::time::add_days;

/// Surnames and given names with their initials.
const SURNAMES: [(&str, char); 20] = [
    ("王", 'w'),
    ("李", 'l'),
    ("张", 'z'),
    ("刘", 'l'),
    ("陈", 'c'),
    ("杨", 'y'),
    ("赵", 'z'),
    ("黄", 'h'),
    ("周", 'z'),
    ("吴", 'w'),
    ("徐", 'x'),
    ("孙", 's'),
    ("胡", 'h'),
    ("朱", 'z'),
    ("高", 'g'),
    ("林", 'l'),
    ("何", 'h'),
    ("郭", 'g'),
    ("马", 'm'),
    ("罗", 'l'),
];
const GIVEN: [(&str, char); 20] = [
    ("芳", 'f'),
    ("伟", 'w'),
    ("娜", 'n'),
    ("静", 'j'),
    ("敏", 'm'),
    ("强", 'q'),
    ("磊", 'l'),
    ("洋", 'y'),
    ("艳", 'y'),
    ("勇", 'y'),
    ("军", 'j'),
    ("杰", 'j'),
    ("娟", 'j'),
    ("涛", 't'),
    ("明", 'm'),
    ("超", 'c'),
    ("兰", 'l'),
    ("霞", 'x'),
    ("平", 'p'),
    ("刚", 'g'),
];
const PROVINCES: [&str; 10] = ["上海", "江苏", "浙江", "安徽", "广东", "山东", "河南", "四川", "湖北", "福建"];
const CITIES: [&str; 4] = ["东城", "西城", "南城", "北城"];
const DISTRICTS: [&str; 3] = ["一区", "二区", "三区"];
/// Orders of ten members, fifty in all.
const ORDERS: [usize; 10] = [0, 1, 1, 2, 3, 4, 5, 7, 10, 17];

/// The days over which orders are spread.
pub(super) const DAYS: usize = 730;

/// A number that looks like any other, from a member's number and what is asked.
pub(super) fn any(number: usize, salt: usize) -> usize {
    let mut x = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((x ^ (x >> 31)) >> 1).unwrap_or(0)
}

pub(super) fn phone(number: usize) -> String {
    format!("138{number:08}")
}

/// A name of three characters, and its initials.
pub(super) fn name(number: usize) -> (String, String) {
    let parts = [SURNAMES[number % 20], GIVEN[number / 20 % 20], GIVEN[number / 400 % 20]];
    (parts.iter().map(|(text, _)| *text).collect(), parts.iter().map(|(_, initial)| *initial).collect())
}

/// Province, city and district: every second member is of the first province.
pub(super) fn region(number: usize) -> [&'static str; 3] {
    let far = any(number, 1);
    let province = if far.is_multiple_of(2) { PROVINCES[0] } else { PROVINCES[far / 2 % 10] };
    [province, CITIES[far / 20 % 4], DISTRICTS[far / 80 % 3]]
}

/// Month and day, and whether by the moon.
pub(super) fn birthday(number: usize) -> (String, bool) {
    let born = any(number, 2);
    (format!("{}-{:02}-{:02}", 1950 + born % 60, born / 60 % 12 + 1, born / 720 % 28 + 1), born.is_multiple_of(31))
}

/// How long ago the member joined, in days.
pub(super) fn joined_days_ago(number: usize) -> usize {
    DAYS + any(number, 3) % 400
}

/// Whether the member is of the first store; three of ten are of the other.
pub(super) fn of_first_store(number: usize) -> bool {
    any(number, 4) % 10 < 7
}

/// Days ago of the member's orders, the oldest first. Whoever buys less has more often stopped.
pub(super) fn bought_days_ago(number: usize) -> Vec<usize> {
    let count = ORDERS[any(number, 5) % 10];
    let stopped = if count < 5 { any(number, 6) % (DAYS - 60) } else { any(number, 6) % 120 };
    let mut days: Vec<usize> = (0..count).map(|place| stopped + any(number, 100 + place) % (DAYS - stopped)).collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days
}

/// The last day of the member's points: one of the next year's, the first of them tomorrow's eve.
pub(super) fn points_until(number: usize, today: Date) -> Date {
    add_days(today, i32::try_from(any(number, 7) % 365).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_members_have_five_million_orders_and_every_kind_of_stage() {
        let all = || (0..20_000).map(bought_days_ago);
        let orders: usize = all().map(|days| days.len()).sum();
        assert!((95_000..105_000).contains(&orders), "{orders}");
        let last = |from: usize, to: usize| all().filter(|days| days.last().is_some_and(|last| (from..to).contains(last))).count();
        assert!([last(0, 90), last(90, 180), last(180, 365), last(365, 730)].iter().all(|count| *count > 500));
        assert!(all().filter(Vec::is_empty).count() > 1_000);
    }

    #[test]
    fn what_is_asked_for_is_what_was_written() {
        assert_eq!(phone(4_711), "13800004711");
        assert_eq!(name(421), ("李伟伟".to_owned(), "lww".to_owned()));
    }
}
