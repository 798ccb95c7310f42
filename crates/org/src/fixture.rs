//! A shop with staff of every role, made through the ops: for tests of this and the higher slices,
//! and for the demo.

use crate::merchant::{self, Founding, Owner, Trade};
use crate::session::{self, Token};
use crate::staff::{self, NewStaff, Password, PasswordHash, Username};
use crate::store::{self, StoreDraft};
use crate::till::{self, TillDraft};
use crate::{StaffId, StoreId, TillId, key};
use shuke_db::Tx;
use shuke_http::perm::Permissions;
use shuke_http::{AppInner, Role, Vault};
use shuke_kernel::{Cx, Instant, MerchantId, Random, Result};

/// The password of everybody in a fixture. The demo shows it; nothing else uses it.
pub const PASSWORD: &str = "shuke-demo";

/// A shop: two stores, a till in each, one member of staff per role.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The merchant's number.
    pub merchant: MerchantId,
    /// The first store, to which everybody but the owner is bound.
    pub store: StoreId,
    /// The second store.
    pub other_store: StoreId,
    /// The till of the first store.
    pub till: TillId,
    /// The till of the second store.
    pub other_till: TillId,
    /// Everybody, in the order of [`Role::ALL`].
    pub staff: Vec<Person>,
}

/// A member of staff, their session, and an API key that may do the same.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their role.
    pub role: Role,
    /// Their id. Their user name is the role's text.
    pub id: StaffId,
    /// Their session's secret. It ends after 12 idle hours, as every session.
    pub session: String,
    /// A key with the role's permissions and stores that never runs out: for tests that move the clock.
    pub token: String,
}

impl Shop {
    /// The person with a role.
    pub fn person(&self, role: Role) -> Option<&Person> {
        self.staff.iter().find(|person| person.role == role)
    }
    /// The API key of a role, or nothing.
    pub fn token(&self, role: Role) -> &str {
        self.person(role).map_or("", |person| &person.token)
    }
    /// The session of a role, or nothing.
    pub fn session(&self, role: Role) -> &str {
        self.person(role).map_or("", |person| &person.session)
    }
    /// The system's own context in this shop.
    pub fn cx(&self, app: &AppInner) -> Cx {
        Cx::system(self.merchant, app.clock.now(), app.random.clone())
    }
}

/// What a shop is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Its trade.
    pub trade: Trade,
    /// Its currency.
    pub currency: String,
    /// Its zone.
    pub zone: String,
    /// Its stores.
    pub stores: [String; 2],
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            name: "熟客母婴".to_owned(),
            trade: Trade::MotherAndBaby,
            currency: "CNY".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            stores: ["静安店".to_owned(), "徐汇店".to_owned()],
        }
    }
}

/// Founds a shop after the default plan. Every call founds another merchant.
pub async fn shop(app: &AppInner) -> Result<Shop> {
    planned(app, &Plan::default()).await
}

/// Founds a shop after a plan.
pub async fn planned(app: &AppInner, plan: &Plan) -> Result<Shop> {
    static HASH: tokio::sync::OnceCell<PasswordHash> = tokio::sync::OnceCell::const_new();
    let hash = HASH.get_or_try_init(|| async { Password::parse(PASSWORD, "")?.hash(&app.random).await }).await?;
    let input = (plan, hash, app.clock.now(), &app.random, &app.vault);
    app.db.write(&input, |tx, (plan, hash, now, random, vault)| Box::pin(found(tx, plan, hash, *now, random, vault))).await
}

async fn found(tx: &mut Tx, plan: &Plan, hash: &PasswordHash, now: Instant, random: &Random, vault: &Vault) -> Result<Shop> {
    let owner = Owner { username: Username::parse(Role::Owner.as_str())?, name: title(Role::Owner).to_owned(), password: hash.clone() };
    let founding = Founding::new(&plan.name, plan.trade, &plan.currency, &plan.zone, &plan.stores[0], owner)?;
    let founded = merchant::ops::found(tx, now, random, &founding).await?;
    let cx = Cx::system(founded.merchant, now, random.clone());
    let other = store::ops::create(tx, &cx, &StoreDraft::named(&plan.stores[1])).await?;
    let mut tills = Vec::new();
    for store in [founded.store, other.id] {
        tills.push(till::ops::create(tx, &cx, &TillDraft { store, name: "前台".to_owned(), active: true }).await?.id);
    }
    let mut staff = Vec::new();
    for role in Role::ALL {
        let stores = (*role != Role::Owner).then(|| vec![founded.store]);
        let id = match role {
            Role::Owner => founded.owner,
            _ => {
                let username = Username::parse(role.as_str())?;
                let new = NewStaff { username, name: title(*role).to_owned(), role: *role, stores: stores.clone(), password: hash.clone() };
                staff::ops::create(tx, &cx, &new).await?.id
            }
        };
        staff.push(person(tx, &cx, vault, *role, id, stores).await?);
    }
    Ok(Shop { merchant: founded.merchant, store: founded.store, other_store: other.id, till: tills[0], other_till: tills[1], staff })
}

async fn person(tx: &mut Tx, cx: &Cx, vault: &Vault, role: Role, id: StaffId, stores: Option<Vec<StoreId>>) -> Result<Person> {
    let session = Token::new(vault, cx.merchant, id);
    session::ops::start(tx, cx, id, &session, vault).await?;
    let token = key::KeyToken::new(vault, cx.merchant, cx.id());
    let held = Permissions::of_role(role);
    let scopes = held.texts().into_iter().map(str::to_owned).collect();
    let draft = key::KeyDraft { name: role.as_str().to_owned(), scopes, stores, expires_at: None };
    key::ops::create(tx, cx, held, &draft, &token, vault).await?;
    Ok(Person { role, id, session: session.as_str().to_owned(), token: token.as_str().to_owned() })
}

const fn title(role: Role) -> &'static str {
    match role {
        Role::Owner => "店主 林岚",
        Role::Manager => "店长 周明",
        Role::Cashier => "收银 王芳",
        Role::Technician => "技师 陈静",
        Role::Marketer => "营销 赵磊",
        Role::Analyst => "分析 孙悦",
    }
}
