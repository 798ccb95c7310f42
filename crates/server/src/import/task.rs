//! What the four kinds of files have in common: rows are taken one by one into a batch, the batch is
//! planned against what is there, and then written.

use super::balances::Balances;
use super::ground::{Ground, Shop};
use super::members::Members;
use super::orders::Orders;
use super::products::Products;
use super::{Kind, Mapping, Row};
use shuke_db::{Db, Tx};
use shuke_kernel::{Error, Result, Uuid};
use shuke_member::MemberId;
use shuke_sales::product::Sold;
use std::collections::HashMap;

/// A row of the batch that can't be used after all.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Which row of the batch, from 0.
    pub row: usize,
    /// Why.
    pub error: Error,
}

/// What will come of a batch.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// Rows that can't be used.
    pub refusals: Vec<Refusal>,
    /// What is to be added to the run's counts.
    pub counts: Vec<(&'static str, i64)>,
    /// Names of what is there already.
    pub there: Vec<String>,
}

/// What a batch made, to be known by the next one.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Products by SKU.
    pub goods: HashMap<String, Sold>,
    /// Members by the customer's name in the file.
    pub members: HashMap<String, MemberId>,
    /// Stores.
    pub shops: Vec<Shop>,
}

/// The work on one kind of file.
pub(super) enum Task {
    Members(Members),
    Products(Products),
    Orders(Orders),
    Balances(Balances),
}

macro_rules! each {
    ($self:expr, $task:ident => $body:expr) => {
        match $self {
            Self::Members($task) => $body,
            Self::Products($task) => $body,
            Self::Orders($task) => $body,
            Self::Balances($task) => $body,
        }
    };
}

impl Task {
    /// Learns from the first rows how the file writes things.
    pub(super) fn new(kind: Kind, ground: &Ground, mapping: &Mapping, sample: &[Row]) -> Result<Self> {
        Ok(match kind {
            Kind::Members => Self::Members(Members::new(mapping, sample)?),
            Kind::Products => Self::Products(Products::new(ground, mapping)),
            Kind::Orders => Self::Orders(Orders::new(ground, mapping, sample)?),
            Kind::Balances => Self::Balances(Balances::new(mapping, sample)?),
        })
    }

    /// Says which run this is, whether it goes on with an earlier one, and whether it only pretends.
    pub(super) fn begin(&mut self, run: Uuid, resumed: bool, dry: bool) {
        each!(self, task => task.begin(run, resumed, dry));
    }
    /// Begins a batch.
    pub(super) fn clear(&mut self) {
        each!(self, task => task.clear());
    }
    /// How many rows at the end of a batch wait for the next one, because what they bring is not whole.
    pub(super) fn unfinished(&self, rows: &[Row]) -> usize {
        match self {
            Self::Orders(orders) => orders.unfinished(rows),
            _ => 0,
        }
    }
    /// Takes a row into the batch, or says why not.
    pub(super) fn take(&mut self, ground: &Ground, index: usize, row: &Row) -> Result<()> {
        each!(self, task => task.take(ground, index, row))
    }
    /// Looks at what is there, and says what will come of the batch.
    pub(super) async fn plan(&mut self, db: Option<&Db>, ground: &Ground) -> Result<Planned> {
        each!(self, task => task.plan(db, ground).await)
    }
    /// Writes the batch. May run twice.
    pub(super) async fn write(&self, tx: &mut Tx, ground: &Ground) -> Result<Effects> {
        each!(self, task => task.write(tx, ground).await)
    }
    /// Remembers what the batch made.
    pub(super) fn committed(&mut self, effects: Effects) {
        each!(self, task => task.committed(effects));
    }
    /// Remembers what the batch would have made.
    pub(super) fn pretended(&mut self) {
        each!(self, task => task.pretended());
    }
}
