//! What was bought by whom, each day once.

use crate::orders::{NONE, Orders};

/// An item that a member bought on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bought {
    /// The member.
    pub member: u32,
    /// The item.
    pub item: u32,
    /// The day.
    pub day: i32,
}

/// All that members bought before a day, sorted by member, item, day, each once.
pub fn bought(orders: &Orders, until: i32) -> Vec<Bought> {
    let of = |(order, item): &(u32, u32)| {
        let order = &orders.orders[*order as usize];
        (order.member != NONE && order.day < until).then_some(Bought { member: order.member, item: *item, day: order.day })
    };
    let mut all: Vec<Bought> = orders.baskets.iter().filter_map(of).collect();
    all.sort_unstable();
    all.dedup();
    all
}
