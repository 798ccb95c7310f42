//! Many rows in statements of few sizes, so that each database prepares few of them.

use crate::product::store::placeholders;
use shuke_db::{Stmt, ToValue, Value};
use shuke_kernel::MerchantId;

/// Most rows of one statement.
const ROWS_MAX: usize = 256;

/// Cuts rows into parts of 256, and the rest into powers of two.
pub(crate) fn chunked(mut rows: Vec<Vec<Value>>) -> Vec<Vec<Vec<Value>>> {
    let mut parts = Vec::new();
    let mut size = ROWS_MAX;
    while !rows.is_empty() {
        while size > rows.len() {
            size /= 2;
        }
        let rest = rows.split_off(size);
        parts.push(std::mem::replace(&mut rows, rest));
    }
    parts
}

/// `head (…)` with the keys, the last of them repeated up to a power of two. At least one key.
pub(crate) fn padded<T: ToValue>(head: &str, merchant: MerchantId, keys: &[T]) -> Stmt {
    let size = keys.len().next_power_of_two();
    let mut params = vec![merchant.to_value()];
    params.extend(keys.iter().map(ToValue::to_value));
    if let Some(last) = keys.last() {
        params.resize_with(size + 1, || last.to_value());
    }
    Stmt::built(format!("{head}({})", placeholders(2, size)), params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_of_few_sizes_and_lose_nothing() {
        let rows = |count: i64| (0..count).map(|n| vec![Value::Int(n)]).collect::<Vec<_>>();
        let sizes = |count| chunked(rows(count)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), Vec::<usize>::new());
        assert_eq!(sizes(601), [256, 256, 64, 16, 8, 1]);
        assert_eq!(chunked(rows(601)).concat(), rows(601));
    }
}
