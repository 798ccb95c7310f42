//! Names as numbers: each distinct text once, in one piece of memory.

/// Texts with a number each, from 0 in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Numbers by hash, open addressing; `EMPTY` where there is none.
    slots: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0x51_7C_C1_B7_27_22_0A_95_u64 ^ (bytes.len() as u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0_u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    hash ^ (hash >> 29)
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The bytes of a number's text.
    pub fn bytes(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let Some(end) = self.ends.get(at) else { return &[] };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..*end]
    }
    /// The text of a number; what is no UTF-8 is read as GBK.
    pub fn text(&self, number: u32) -> String {
        decode(self.bytes(number)).into_owned()
    }
    /// The number of a text, a new one where it is new; none beyond 4 billion.
    pub fn number(&mut self, bytes: &[u8]) -> Option<u32> {
        if self.slots.len() < self.ends.len() * 2 + 16 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash(bytes) as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => break,
                number if self.bytes(number) == bytes => return Some(number),
                _ => at = (at + 1) & mask,
            }
        }
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number < EMPTY)?;
        self.slots[at] = number;
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        Some(number)
    }
    /// The number of a text that is there.
    pub fn find(&self, bytes: &[u8]) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash(bytes) as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => return None,
                number if self.bytes(number) == bytes => return Some(number),
                _ => at = (at + 1) & mask,
            }
        }
    }
    fn grow(&mut self) {
        let size = (self.ends.len() * 4 + 64).next_power_of_two();
        self.slots = vec![EMPTY; size];
        for number in 0..self.ends.len() {
            let number = u32::try_from(number).unwrap_or(EMPTY);
            let mut at = hash(self.bytes(number)) as usize & (size - 1);
            while self.slots[at] != EMPTY {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = number;
        }
    }
    /// The numbers in the order of their texts: short before long, so that 9 stands before 10.
    pub fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(EMPTY)).collect();
        order.sort_unstable_by(|a, b| {
            let (a, b) = (self.bytes(*a), self.bytes(*b));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        });
        order
    }
    /// The same names in this order.
    pub fn in_order(&self, order: &[u32]) -> Self {
        let mut names = Self::default();
        for number in order {
            names.bytes.extend_from_slice(self.bytes(*number));
            names.ends.push(names.bytes.len());
        }
        names.grow();
        names
    }
}

/// Text of a cell: UTF-8, or else GBK.
pub fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        let numbers: Vec<_> = (0..5_000).map(|i| names.number(format!("m{i}").as_bytes()).unwrap()).collect();
        assert_eq!(numbers, (0..5_000).collect::<Vec<u32>>());
        assert_eq!((names.number(b"m77"), names.find(b"m77"), names.find(b"m5000")), (Some(77), Some(77), None));
        assert_eq!(Names::default().find(b"m77"), None);
        assert_eq!(names.number(b""), Some(5_000));
        assert_eq!((names.len(), names.text(4_999).as_str()), (5_001, "m4999"));
    }

    #[test]
    fn numbers_stand_in_their_own_order() {
        let mut names = Names::default();
        for text in ["10", "9", "100", "b", "a"] {
            names.number(text.as_bytes());
        }
        let sorted = names.in_order(&names.order());
        assert_eq!((0..5).map(|n| sorted.text(n)).collect::<Vec<_>>(), ["9", "a", "b", "10", "100"]);
        assert_eq!(decode(&[0xB9, 0xCB, 0xBF, 0xCD]), "顾客");
    }
}
