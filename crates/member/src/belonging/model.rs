//! A slice's part, and the list of all.

use crate::merge::OwnPart;
use crate::{Member, MemberId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Instant, Uuid};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use utoipa::ToSchema;

/// Two members of whom one becomes the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The merge.
    pub merge: Uuid,
    /// Whose things move.
    pub from: MemberId,
    /// To whom.
    pub into: MemberId,
    /// When it was done; the present moment while it is being done.
    pub at: Instant,
}

/// What a slice holds of a member. What takes a transaction neither begins nor commits it.
pub trait Belonging: Send + Sync {
    /// The name of the part: the section of an export.
    fn name(&self) -> &'static str;
    /// The tables of the slice that name a member, for the test that none is forgotten.
    fn tables(&self) -> &'static [&'static str];
    /// Everything, in the clear.
    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, member: MemberId) -> Future<'t, Value>;
    /// Takes away what tells who the member was; figures and value stay.
    fn erase<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, member: MemberId) -> Future<'t, ()>;
    /// Gives everything of one member to another. Answers what it takes to undo it.
    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, pair: Pair) -> Future<'t, Value>;
    /// Gives it back, by what [`Self::merge`] answered.
    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()>;
}

/// The parts of all slices of a server, kept in [`shuke_http::AppInner::slot`].
#[derive(Default)]
pub struct Belongings(RwLock<Vec<Arc<dyn Belonging>>>);

impl Belongings {
    /// Adds a slice's part; one that is there already stays.
    pub fn add(&self, part: impl Belonging + 'static) {
        let mut parts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !parts.iter().any(|known| known.name() == part.name()) {
            parts.push(Arc::new(part));
        }
    }
    /// Every part, this crate's first.
    pub fn parts(&self) -> Vec<Arc<dyn Belonging>> {
        let own: Arc<dyn Belonging> = Arc::new(OwnPart);
        let others = self.0.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(own).chain(others.iter().cloned()).collect()
    }
}

/// Everything that is known of a member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberExport {
    /// The member.
    pub member: MemberId,
    /// The number that people see.
    pub number: String,
    /// When it was taken out.
    pub exported_at: Instant,
    /// By slice: what it holds.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub sections: BTreeMap<String, Value>,
}

impl MemberExport {
    pub(super) fn of(member: &Member, at: Instant) -> Self {
        Self { member: member.id, number: member.number.clone(), exported_at: at, sections: BTreeMap::new() }
    }
}
