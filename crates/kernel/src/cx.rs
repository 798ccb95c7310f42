//! What every use case needs to know about its call: for whom, by whom, when.

use crate::{Instant, MerchantId, Uuid};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};

/// Who acts. Stored beside everything that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The system itself: midnight work, imports, event readers.
    System,
    /// A member of staff.
    Staff(Uuid),
    /// A program with an API key.
    Key(Uuid),
    /// A member on their own phone.
    Member(Uuid),
}

impl Actor {
    /// `staff:0190…`, as written into journals and the audit log.
    pub fn text(&self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Staff(id) => format!("staff:{id}"),
            Self::Key(id) => format!("key:{id}"),
            Self::Member(id) => format!("member:{id}"),
        }
    }
}

/// Where random bits come from: the machine, or a seed in tests and the demo.
#[derive(Clone, Debug, Default)]
pub struct Random(Option<Arc<Mutex<u64>>>);

impl Random {
    /// The machine's entropy.
    pub const fn system() -> Self {
        Self(None)
    }
    /// A repeatable sequence (SplitMix64).
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(seed))))
    }
    /// 64 random bits.
    pub fn u64(&self) -> u64 {
        match &self.0 {
            Some(state) => {
                let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                z ^ (z >> 31)
            }
            None => {
                let mut bytes = [0_u8; 8];
                if getrandom::fill(&mut bytes).is_err() {
                    // Without entropy no id and no secret can be made: stop rather than repeat one.
                    std::process::abort();
                }
                u64::from_le_bytes(bytes)
            }
        }
    }
    /// A number in `0..bound` (bias below 2⁻³² for bounds under 2³²).
    pub fn below(&self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.u64()) * u128::from(bound.max(1))) >> 64).unwrap_or(0)
    }
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0_u8; N];
        for chunk in out.chunks_mut(8) {
            let word = self.u64().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        out
    }
    /// A new UUIDv7 at a moment.
    pub fn uuid(&self, at: Instant) -> Uuid {
        let ms = u64::try_from(at.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes()).into_uuid()
    }
}

/// The context of one call: merchant, actor, time, ids. Ops take it, and read nothing else of the world.
#[derive(Clone, Debug)]
pub struct Cx {
    /// The merchant whose data is touched.
    pub merchant: MerchantId,
    /// Who acts.
    pub actor: Actor,
    /// The time of the call; one value for everything that the call writes.
    pub now: Instant,
    /// Where new ids come from.
    pub random: Random,
}

impl Cx {
    /// A context for the system's own work.
    pub fn system(merchant: MerchantId, now: Instant, random: Random) -> Self {
        Self { merchant, actor: Actor::System, now, random }
    }
    /// A new id, at the time of the call.
    pub fn uuid(&self) -> Uuid {
        self.random.uuid(self.now)
    }
    /// A new typed id.
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.uuid())
    }
}
