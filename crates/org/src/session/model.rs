//! A session's token, its limits, and who it stands for.

use crate::StaffId;
use crate::merchant::Merchant;
use crate::staff::Staff;
use serde::{Deserialize, Serialize};
use shuke_http::{Caller, Role, Vault};
use shuke_kernel::{Actor, Instant, MerchantId, Uuid};
use utoipa::ToSchema;

/// A session ends this long after it began.
pub const SESSION_MS_MAX: i64 = 30 * 86_400_000;
/// A session ends this long after its last request.
pub const IDLE_MS_MAX: i64 = 12 * 3_600_000;
/// How far the stored time of the last request may be behind: what a request need not write.
pub(crate) const SEEN_LAG_MS_MAX: i64 = 5 * 60_000;

/// What the cookie holds.
#[derive(Clone)]
pub struct Token {
    /// Whose merchant.
    pub merchant: MerchantId,
    /// Who.
    pub staff: StaffId,
    text: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({}, {})", self.merchant, self.staff)
    }
}

impl Token {
    /// A new one.
    pub fn new(vault: &Vault, merchant: MerchantId, staff: StaffId) -> Self {
        let text = format!("{merchant}.{}.{}", staff.0.simple(), vault.new_secret());
        Self { merchant, staff, text }
    }
    /// Reads one, where the text could be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let merchant = parts.next()?.parse().ok().map(MerchantId)?;
        let staff = StaffId(Uuid::parse_str(parts.next()?).ok()?);
        parts.next().filter(|secret| !secret.is_empty())?;
        Some(Self { merchant, staff, text: text.to_owned() })
    }
    /// The text of the cookie.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// What the database holds of it.
    pub fn hash(&self, vault: &Vault) -> String {
        vault.secret_hash(&self.text)
    }
}

/// A session's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) staff: StaffId,
    pub(crate) created_at: Instant,
    pub(crate) seen_at: Instant,
    /// For setting up a second factor only.
    pub(crate) limited: bool,
    /// Its own idle time, where it was begun at a till's device.
    pub(crate) idle_ms: Option<i64>,
}

impl Session {
    /// Whether it counts at this moment.
    pub(crate) fn lives(&self, now: Instant) -> bool {
        now.since_ms(self.created_at) < SESSION_MS_MAX && now.since_ms(self.seen_at) < self.idle_ms.unwrap_or(IDLE_MS_MAX)
    }
    /// Whether the time of its last request has to be written.
    pub(crate) fn lags(&self, now: Instant) -> bool {
        now.since_ms(self.seen_at) > self.idle_ms.map_or(SEEN_LAG_MS_MAX, |idle| SEEN_LAG_MS_MAX.min(idle / 4))
    }
}

shuke_kernel::text_enum! {
    /// What kind of caller.
    pub enum ActorKind {
        /// A member of staff.
        Staff = "staff",
        /// A program with an API key.
        Key = "key",
    }
}

/// Who is signed in, and what they may do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Who {
    /// Whether a person or a program.
    pub kind: ActorKind,
    /// Their id.
    pub id: Uuid,
    /// The name to show.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// What they may do.
    #[schema(example = json!(["member:read", "sale:write"]))]
    pub permissions: Vec<String>,
    /// The stores they may touch; null means all.
    pub stores: Option<Vec<Uuid>>,
    /// Their merchant.
    pub merchant: Merchant,
}

impl Who {
    /// Who a caller is.
    pub fn of(caller: &Caller, merchant: Merchant) -> Self {
        let (kind, id) = match caller.cx.actor {
            Actor::Key(id) => (ActorKind::Key, id),
            Actor::Staff(id) | Actor::Member(id) => (ActorKind::Staff, id),
            Actor::System => (ActorKind::Staff, Uuid::nil()),
        };
        Self {
            kind,
            id,
            name: caller.name.clone(),
            role: caller.role,
            permissions: caller.permissions.texts().into_iter().map(str::to_owned).collect(),
            stores: caller.stores.clone(),
            merchant,
        }
    }
}

/// The caller that a member of staff is; in a limited session one who may do nothing.
pub(crate) fn caller(cx: shuke_kernel::Cx, staff: &Staff, limited: bool) -> Caller {
    use shuke_http::perm::Permissions;
    Caller {
        cx,
        role: staff.role,
        stores: staff.stores.as_ref().map(|stores| stores.iter().map(|store| store.0).collect()),
        permissions: if limited { Permissions::default() } else { Permissions::of_role(staff.role) },
        name: staff.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let vault = Vault::new([1; 32], Random::seeded(1));
        let token = Token::new(&vault, MerchantId(7), StaffId(Uuid::from_u128(5)));
        let again = Token::parse(token.as_str()).unwrap();
        assert_eq!((again.merchant, again.staff), (MerchantId(7), StaffId(Uuid::from_u128(5))));
        assert_eq!(again.hash(&vault), token.hash(&vault));
        assert!(!format!("{token:?}").contains(token.as_str().rsplit('.').next().unwrap()));
        for wrong in ["", "7", "7.x.y", "x.00000000000000000000000000000005.y", "7.00000000000000000000000000000005."] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_session_ends_by_age_and_by_idleness() {
        let session = Session {
            staff: StaffId(Uuid::nil()),
            created_at: Instant(0),
            seen_at: Instant(SESSION_MS_MAX - 1),
            limited: false,
            idle_ms: None,
        };
        assert!(session.lives(Instant(SESSION_MS_MAX - 1)));
        assert!(!session.lives(Instant(SESSION_MS_MAX)));
        let idle = Session { seen_at: Instant(0), ..session };
        assert!(idle.lives(Instant(IDLE_MS_MAX - 1)));
        assert!(!idle.lives(Instant(IDLE_MS_MAX)));
        let at_till = Session { idle_ms: Some(60_000), ..idle };
        assert!(at_till.lives(Instant(59_999)) && !at_till.lives(Instant(60_000)) && at_till.lags(Instant(15_001)));
    }
}
