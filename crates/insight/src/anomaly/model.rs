//! Rules and the forest over orders.

use super::forest::forest;
use crate::orders::{NONE, Orders};
use rayon::prelude::*;
use serde::Serialize;

/// Why there is an alert.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// A member gives back much of what she buys: share, and minor units.
    ReturnsMuch {
        /// Share of money bought.
        share: f64,
        /// Minor units.
        money: i64,
    },
    /// Many purchases of one member on one day.
    ManyInADay {
        /// Purchases.
        orders: u32,
        /// The day.
        day: i32,
    },
    /// A staff gives back far more often than colleagues.
    StaffReturns {
        /// Share of that staff's orders.
        share: f64,
        /// Share over all.
        usual: f64,
    },
    /// Figures that the forest separates at once.
    Unusual {
        /// The score.
        score: f64,
        /// The figure that is farthest from the median.
        figure: &'static str,
        /// How many spreads away.
        distance: f64,
    },
}

/// One alert.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Alert {
    /// The member's number, [`NONE`] where it is about a staff.
    pub member: u32,
    /// The staff's number, [`NONE`] where it is about a member.
    pub staff: u32,
    /// Why.
    pub reason: Reason,
    /// Minor units that it is about, to put alerts in order.
    pub money: i64,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Anomalies {
    /// Members looked at.
    pub members: usize,
    /// Alerts, the most money first within a kind.
    pub alerts: Vec<Alert>,
}

/// Shown from this score on.
const SCORE_MIN: f64 = 0.6;
/// Most alerts of the forest, as a share of members.
const FOREST_SHARE: usize = 100;
/// The names of the features.
const FIGURES: [&str; 5] = ["orders", "money", "money_per_order", "returned_share", "lines_per_order"];

#[derive(Clone, Copy, Default)]
struct Totals {
    orders: u32,
    sold: i64,
    returned: i64,
    lines: u32,
    today: (i32, u32),
    busiest: (i32, u32),
}

/// Looks at members and staff up to a day.
pub fn anomalies(orders: &Orders, as_of: i32) -> Anomalies {
    let mut totals = vec![Totals::default(); orders.members.len()];
    let mut staff = vec![(0_u32, 0_u32); orders.staff.len()];
    for order in orders.orders.iter().filter(|order| order.day <= as_of) {
        if order.staff != NONE {
            let (all, back) = &mut staff[order.staff as usize];
            *all += 1;
            *back += u32::from(order.returned > 0);
        }
        if order.member == NONE {
            continue;
        }
        let total = &mut totals[order.member as usize];
        total.sold = total.sold.saturating_add(order.sold);
        total.returned = total.returned.saturating_add(order.returned);
        if order.purchase {
            total.orders += 1;
            total.lines = total.lines.saturating_add(order.lines.0);
            total.today = if total.today.0 == order.day { (order.day, total.today.1 + 1) } else { (order.day, 1) };
            if total.today.1 > total.busiest.1 {
                total.busiest = total.today;
            }
        }
    }
    let members = totals.iter().filter(|total| total.orders > 0).count();
    let mut alerts = rules(&totals);
    alerts.extend(of_staff(&staff));
    alerts.extend(strangers(&totals));
    alerts.sort_by_key(|alert| (rank(&alert.reason), std::cmp::Reverse(alert.money), alert.member, alert.staff));
    Anomalies { members, alerts }
}

const fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::StaffReturns { .. } => 0,
        Reason::ReturnsMuch { .. } => 1,
        Reason::ManyInADay { .. } => 2,
        Reason::Unusual { .. } => 3,
    }
}

fn rules(totals: &[Totals]) -> Vec<Alert> {
    let buyers = totals.iter().filter(|total| total.orders > 0);
    let (count, sold) =
        buyers.fold((0_i64, 0_i64), |(count, sold), total| (count + i64::from(total.orders), sold.saturating_add(total.sold)));
    let ticket = sold / count.max(1);
    let mut alerts = Vec::new();
    for (member, total) in totals.iter().enumerate() {
        let member = u32::try_from(member).unwrap_or(NONE);
        let alert = |reason, money| Alert { member, staff: NONE, reason, money };
        // Half of it, and worth more than five ordinary purchases.
        if total.returned > ticket.saturating_mul(5) && total.returned.saturating_mul(2) > total.sold {
            let share = total.returned as f64 / total.sold.max(1) as f64;
            alerts.push(alert(Reason::ReturnsMuch { share, money: total.returned }, total.returned));
        }
        if total.busiest.1 >= 5 {
            alerts.push(alert(Reason::ManyInADay { orders: total.busiest.1, day: total.busiest.0 }, total.sold));
        }
    }
    alerts
}

/// A staff with at least thirty orders whose returns are three times as frequent as all and beyond chance.
fn of_staff(staff: &[(u32, u32)]) -> Vec<Alert> {
    let (all, back) = staff.iter().fold((0_u64, 0_u64), |(all, back), (a, b)| (all + u64::from(*a), back + u64::from(*b)));
    let usual = back as f64 / all.max(1) as f64;
    let flagged = staff.iter().enumerate().filter(|(_, (own, own_back))| {
        let (n, k) = (f64::from(*own), f64::from(*own_back));
        *own >= 30 && k / n > 3.0 * usual && k - n * usual > 3.0 * (n * usual * (1.0 - usual)).sqrt()
    });
    let of = |(number, (own, own_back)): (usize, &(u32, u32))| Alert {
        member: NONE,
        staff: u32::try_from(number).unwrap_or(NONE),
        reason: Reason::StaffReturns { share: f64::from(*own_back) / f64::from(*own), usual },
        money: i64::from(*own_back),
    };
    flagged.map(of).collect()
}

fn strangers(totals: &[Totals]) -> Vec<Alert> {
    let buyers: Vec<usize> = (0..totals.len()).filter(|m| totals[*m].orders > 0).collect();
    if buyers.len() < 50 {
        return Vec::new();
    }
    let rows: Vec<[f64; 5]> = buyers
        .iter()
        .map(|m| {
            let t = &totals[*m];
            let orders = f64::from(t.orders);
            let back = if t.sold > 0 { t.returned as f64 / t.sold as f64 } else { 0.0 };
            [
                orders.ln_1p(),
                (t.sold as f64).ln_1p(),
                (t.sold as f64 / orders).ln_1p(),
                back.min(2.0),
                (f64::from(t.lines) / orders).ln_1p(),
            ]
        })
        .collect();
    let forest = forest(&rows, 1);
    let scores: Vec<f64> = rows.par_iter().map(|row| forest.score(row)).collect();
    let middle: [(f64, f64); 5] = std::array::from_fn(|d| {
        let mut values: Vec<f64> = rows.iter().map(|row| row[d]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
        (at(0.5), ((at(0.75) - at(0.25)) / 1.349).max(1e-9))
    });
    let mut strange: Vec<usize> = (0..rows.len()).filter(|at| scores[*at] > SCORE_MIN).collect();
    strange.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    strange.truncate((rows.len() / FOREST_SHARE).max(5));
    let of = |at: usize| {
        let away = |d: usize| (rows[at][d] - middle[d].0) / middle[d].1;
        let figure = (0..5).max_by(|a, b| away(*a).abs().total_cmp(&away(*b).abs())).unwrap_or(0);
        let reason = Reason::Unusual { score: scores[at], figure: FIGURES[figure], distance: away(figure).clamp(-999.0, 999.0) };
        Alert { member: u32::try_from(buyers[at]).unwrap_or(NONE), staff: NONE, reason, money: totals[buyers[at]].sold }
    };
    strange.into_iter().map(of).collect()
}
