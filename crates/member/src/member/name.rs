//! Names: how they are compared, found by their initials, and masked.

use pinyin::ToPinyin as _;

/// Surnames that are read otherwise than the character usually is.
const SURNAMES: &[(char, char)] = &[
    ('单', 's'),
    ('解', 'x'),
    ('仇', 'q'),
    ('查', 'z'),
    ('区', 'o'),
    ('曾', 'z'),
    ('朴', 'p'),
    ('盖', 'g'),
    ('覃', 'q'),
    ('翟', 'z'),
    ('员', 'y'),
    ('繁', 'p'),
    ('洗', 'x'),
    ('种', 'c'),
    ('召', 's'),
    ('秘', 'b'),
    ('牟', 'm'),
    ('折', 's'),
    ('乐', 'y'),
    ('祭', 'z'),
    ('尉', 'y'),
    ('长', 'z'),
];
/// As many letters of a name as a search looks at.
const INITIALS_LETTERS_MAX: usize = 32;

/// A name as it is compared: lower case, single spaces, none where it has Chinese characters.
pub fn normalised(name: &str) -> String {
    let joint = if name.chars().any(is_han) { "" } else { " " };
    name.split_whitespace().collect::<Vec<_>>().join(joint).to_lowercase()
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// What a name is found by: the pinyin initials of a Chinese name (王小芳: `wxf`), the letters and
/// digits of a Latin one (Maria da Silva: `mariadasilva`), both where it mixes them. Lower-case
/// a–z and 0–9 only, so that both databases sort it alike.
pub fn initials(name: &str) -> String {
    let mut out = String::new();
    for (index, c) in name.trim().chars().enumerate() {
        let letter = match SURNAMES.iter().find(|(surname, _)| index == 0 && *surname == c) {
            // 尉 and 长 are read so in 尉迟 and 长孙 only.
            Some(('尉', _)) if !name.contains("尉迟") => first_letter(c),
            Some(('长', _)) if !name.contains("长孙") => first_letter(c),
            Some((_, letter)) => Some(*letter),
            None => first_letter(c),
        };
        out.extend(letter);
        if out.len() >= INITIALS_LETTERS_MAX {
            break;
        }
    }
    out
}

fn first_letter(c: char) -> Option<char> {
    if c.is_ascii_alphanumeric() {
        return Some(c.to_ascii_lowercase());
    }
    c.to_pinyin().and_then(|pinyin| pinyin.plain().chars().next()).map(|letter| letter.to_ascii_lowercase())
}

/// The first text that doesn't start with `prefix` but sorts after all that do; none where all do.
pub fn prefix_end(prefix: &str) -> Option<String> {
    let mut end = prefix.as_bytes().to_vec();
    while let Some(last) = end.pop() {
        let next = match last {
            b'z' => continue,
            b'9' => b'a',
            other => other + 1,
        };
        end.push(next);
        return String::from_utf8(end).ok();
    }
    None
}

/// A name for those who need to address a person, not to know them: 王*芳, 王*, M**** S****.
pub fn masked(name: &str) -> String {
    let name = name.trim();
    if name.chars().any(is_han) {
        let all: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).collect();
        return match all.as_slice() {
            [] => String::new(),
            [only] => only.to_string(),
            [first, _] => format!("{first}*"),
            [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
        };
    }
    let word = |word: &str| word.chars().next().map(|first| format!("{first}****"));
    name.split_whitespace().filter_map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_a_cashier_types() {
        assert_eq!(initials("王小芳"), "wxf");
        assert_eq!(initials("欧阳娜娜"), "oynn");
        assert_eq!(initials("单雄信"), "sxx");
        assert_eq!(initials("曾国藩"), "zgf");
        assert_eq!(initials("王单"), "wd");
        assert_eq!(initials("尉迟恭"), "ycg");
        assert_eq!(initials("Maria da Silva"), "mariadasilva");
        assert_eq!(initials("Amy 陈"), "amyc");
        assert_eq!(initials("！？"), "");
    }

    #[test]
    fn a_prefix_ends_before_the_next_text() {
        assert_eq!(prefix_end("wx").as_deref(), Some("wy"));
        assert_eq!(prefix_end("wz").as_deref(), Some("x"));
        assert_eq!(prefix_end("a9").as_deref(), Some("aa"));
        assert_eq!(prefix_end("zz"), None);
    }

    #[test]
    fn a_masked_name_keeps_its_ends() {
        assert_eq!(masked("王小芳"), "王*芳");
        assert_eq!(masked("王芳"), "王*");
        assert_eq!(masked("欧阳娜娜"), "欧**娜");
        assert_eq!(masked("Maria Silva"), "M**** S****");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn names_compare_without_regard_to_spaces_and_case() {
        assert_eq!(normalised("  Maria   SILVA "), "maria silva");
        assert_eq!(normalised("王 小芳"), "王小芳");
    }
}
