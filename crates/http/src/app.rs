//! The state that every handler gets.

use crate::{Caller, Credential, Vault};
use shuke_db::{Db, Future};
use shuke_jobs::Work;
use shuke_kernel::{Clock, Random};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// Shared by all handlers; cheap to clone.
pub type App = Arc<AppInner>;

/// The parts of a running server.
pub struct AppInner {
    /// The database.
    pub db: Db,
    /// The one clock.
    pub clock: Clock,
    /// Ids and secrets.
    pub random: Random,
    /// Encryption of personal data, blind indexes, signatures.
    pub vault: Vault,
    /// Who a credential belongs to.
    pub authenticator: Box<dyn Authenticator>,
    /// Whether cookies are sent over https only.
    pub secure_cookies: bool,
    slots: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// Finds the caller of a credential. The slice that owns staff and keys implements it.
pub trait Authenticator: Send + Sync {
    /// The caller, or `not_signed_in` / `session_expired`.
    fn authenticate<'a>(&'a self, app: &'a AppInner, credential: &'a Credential) -> Future<'a, Caller>;
}

impl AppInner {
    /// A server's state.
    pub fn new(db: Db, clock: Clock, random: Random, vault: Vault, authenticator: Box<dyn Authenticator>) -> Self {
        Self { db, clock, random, vault, authenticator, secure_cookies: false, slots: RwLock::new(HashMap::new()) }
    }

    /// The one value of a type that a slice keeps in memory (a cache, a limiter), made on first use.
    pub fn slot<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let found = self.slots.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).cloned();
        if let Some(Ok(value)) = found.map(Arc::downcast::<T>) {
            return value;
        }
        let mut slots = self.slots.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let entry = slots.entry(key).or_insert_with(|| Arc::new(T::default()));
        entry.clone().downcast::<T>().unwrap_or_default()
    }

    /// What jobs and readers work with.
    pub fn work(&self) -> Work {
        Work { db: self.db.clone(), clock: self.clock.clone(), random: self.random.clone() }
    }
}
