//! Grades, and which is a member's: pure.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result};
use shuke_org::setting::Section;
use utoipa::ToSchema;

const GRADES_MAX: usize = 10;

/// A grade, and what it asks for. Every condition must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Its name.
    #[schema(example = "老客户")]
    pub name: String,
    /// Interactions of every kind, at least.
    #[serde(default)]
    pub interactions_min: i64,
    /// Purchases that count, at least.
    #[serde(default)]
    pub orders_min: i64,
    /// Days since the member joined, at least.
    #[serde(default)]
    pub days_min: i64,
}

/// The grades, the lowest first. Settings section `relationship`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RelationshipPolicy {
    /// 1 to 10 grades; the first asks for nothing, so that everybody has one.
    pub grades: Vec<Grade>,
}

impl Default for RelationshipPolicy {
    fn default() -> Self {
        let grade = |name: &str, interactions_min, orders_min| Grade { name: name.to_owned(), interactions_min, orders_min, days_min: 0 };
        Self { grades: vec![grade("新客户", 0, 0), grade("熟悉", 3, 1), grade("老客户", 10, 4), grade("挚友", 30, 12)] }
    }
}

impl Section for RelationshipPolicy {
    const NAME: &'static str = "relationship";
    fn check(&self) -> Result<()> {
        let fault = |place: String, detail: &str| {
            Err(Error::invalid("relationship_policy_invalid", "these grades can't be used").field(place, "out_of_range", detail))
        };
        if self.grades.is_empty() || self.grades.len() > GRADES_MAX {
            return fault("/grades".to_owned(), "give 1 to 10 grades");
        }
        for (index, grade) in self.grades.iter().enumerate() {
            let length = grade.name.trim().chars().count();
            if !(1..=20).contains(&length) || grade.name.chars().any(char::is_control) {
                return fault(format!("/grades/{index}/name"), "a grade's name has 1 to 20 characters");
            }
            let conditions = [grade.interactions_min, grade.orders_min, grade.days_min];
            if conditions.iter().any(|least| *least < 0) || (index == 0 && conditions.iter().any(|least| *least > 0)) {
                return fault(format!("/grades/{index}"), "conditions are 0 or more, and the first grade asks for nothing");
            }
        }
        Ok(())
    }
}

/// How often a shop and a member had to do with each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Interactions {
    /// Purchases that count.
    pub orders: i64,
    /// Talks, and contacts that the member opened, answered or used.
    pub contacts: i64,
    /// Notes that staff wrote.
    pub notes: i64,
}

impl Interactions {
    /// All of them.
    pub const fn total(&self) -> i64 {
        self.orders + self.contacts + self.notes
    }
}

/// How well a shop and a member know each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Relationship {
    /// The grade's name.
    pub grade: String,
    /// Its place, from 0 for the lowest.
    pub rank: i64,
    /// What it follows from.
    pub interactions: Interactions,
    /// Interactions of every kind.
    pub total: i64,
    /// Days since the member joined.
    pub days: i64,
}

impl RelationshipPolicy {
    /// The grade of somebody: the highest whose conditions hold.
    pub fn grade(&self, interactions: Interactions, days: i64) -> Relationship {
        let holds = |grade: &Grade| {
            interactions.total() >= grade.interactions_min && interactions.orders >= grade.orders_min && days >= grade.days_min
        };
        let rank = self.grades.iter().rposition(holds).unwrap_or(0);
        let grade = self.grades.get(rank).map(|grade| grade.name.clone()).unwrap_or_default();
        Relationship { grade, rank: i64::try_from(rank).unwrap_or(0), interactions, total: interactions.total(), days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(orders: i64, contacts: i64) -> Interactions {
        Interactions { orders, contacts, notes: 0 }
    }

    #[test]
    fn the_highest_grade_whose_conditions_hold_is_the_members() {
        let policy = RelationshipPolicy::default();
        let grade = |orders, contacts| policy.grade(known(orders, contacts), 0).grade;
        assert_eq!(grade(0, 0), "新客户");
        assert_eq!(grade(0, 50), "新客户", "talks alone don't make a customer known");
        assert_eq!(grade(1, 2), "熟悉");
        assert_eq!(grade(3, 20), "熟悉");
        assert_eq!(grade(4, 6), "老客户");
        assert_eq!(grade(12, 18), "挚友");
    }

    #[test]
    fn the_first_grade_is_everybodys() {
        let mut policy = RelationshipPolicy::default();
        assert!(policy.check().is_ok());
        policy.grades[0].orders_min = 1;
        assert_eq!(policy.check().unwrap_err().code(), "relationship_policy_invalid");
        policy.grades.clear();
        assert!(policy.check().is_err());
        let days = RelationshipPolicy {
            grades: vec![
                Grade { name: "新".to_owned(), interactions_min: 0, orders_min: 0, days_min: 0 },
                Grade { name: "老".to_owned(), interactions_min: 0, orders_min: 0, days_min: 365 },
            ],
        };
        assert_eq!((days.grade(known(0, 0), 364).rank, days.grade(known(0, 0), 365).rank), (0, 1));
    }
}
