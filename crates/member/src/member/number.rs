//! Member numbers: ten digits, the last a check digit (Luhn, ISO/IEC 7812-1 annex B), the first
//! never 0. They are drawn at random, so that no counter is locked by all who enrol and nobody can
//! tell the number of members from one. Of a few drawn numbers, the enrolment takes one that is
//! free; the unique key has the last word.

use shuke_kernel::Random;

/// How many numbers an enrolment draws: with a hundred million members of the nine hundred million
/// possible, all of them are taken once in 350 million enrolments.
pub(crate) const DRAWN: usize = 4;

/// A new random number.
pub fn draw(random: &Random) -> String {
    let body = (100_000_000 + random.below(900_000_000)).to_string();
    let check = check_digit(&body);
    format!("{body}{check}")
}

/// Luhn's check digit of digits.
pub(crate) fn check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(index, digit)| match digit * 2 {
            double if index % 2 == 0 => double / 10 + double % 10,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: usize = 10;

    fn is_number(text: &str) -> bool {
        let digits = text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        digits && text.split_at_checked(DIGITS - 1).is_some_and(|(body, check)| check == check_digit(body).to_string())
    }

    #[test]
    fn the_check_digit_is_luhns() {
        // The standard's own example.
        assert_eq!(check_digit("7992739871"), 3);
    }

    #[test]
    fn one_wrong_digit_is_noticed() {
        let random = Random::seeded(7);
        for _ in 0..200 {
            let number = draw(&random);
            assert!(is_number(&number), "{number}");
            for place in 0..DIGITS {
                let mut wrong = number.clone().into_bytes();
                wrong[place] = b'0' + (wrong[place] - b'0' + 1) % 10;
                assert!(!is_number(&String::from_utf8(wrong).unwrap()));
            }
        }
    }
}
