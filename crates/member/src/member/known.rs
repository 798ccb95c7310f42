//! Who is a member already: many phones and card numbers in few statements.

use super::enrol::phone_index;
use super::model::MemberId;
use super::{Phone, store};
use crate::card::{self, CardNumber};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};
use std::collections::HashMap;

/// Keys that one statement asks for.
const BATCH_KEYS: usize = 500;

/// Members by their phones.
pub async fn by_phones(tx: &mut Tx, cx: &Cx, vault: &Vault, phones: &[Phone]) -> Result<HashMap<Phone, MemberId>> {
    let mut found = HashMap::new();
    for batch in phones.chunks(BATCH_KEYS) {
        let indexes: HashMap<String, &Phone> = batch.iter().map(|phone| (phone_index(vault, cx.merchant, phone), phone)).collect();
        let asked: Vec<&str> = indexes.keys().map(String::as_str).collect();
        for (index, id, _) in store::phones_taken(tx, cx.merchant, &asked).await? {
            if let Some(phone) = indexes.get(&index) {
                found.insert((*phone).clone(), id);
            }
        }
    }
    Ok(found)
}

/// Members by the numbers of their cards, whatever has become of the cards.
pub async fn by_cards(tx: &mut Tx, cx: &Cx, numbers: &[CardNumber]) -> Result<HashMap<CardNumber, MemberId>> {
    let mut found = HashMap::new();
    for batch in numbers.chunks(BATCH_KEYS) {
        let asked: Vec<&str> = batch.iter().map(CardNumber::as_str).collect();
        for (number, id) in card::taken(tx, cx.merchant, &asked).await? {
            found.insert(CardNumber::parse(&number)?, id);
        }
    }
    Ok(found)
}
