//! Permissions and the roles that hold them.

/// Declares the permissions: an enum, its texts, and one type each for [`Allow`](crate::Allow).
macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal [$($role:ident)*];)*) => {
        /// What a caller may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$doc])* $name),* }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The text, as API keys and the OpenAPI document name it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
            /// The permission with this text.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|permission| permission.as_str() == text)
            }
            /// Whether a role holds it. Owners hold all.
            pub fn held_by(self, role: Role) -> bool {
                role == Role::Owner || match self { $(Self::$name => [$(Role::$role),*].contains(&role)),* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

/// A type that stands for a permission in a handler's signature.
pub trait Needs: Send + Sync + 'static {
    /// Which.
    const PERMISSION: Permission;
}

shuke_kernel::text_enum! {
    /// A member of staff's role.
    pub enum Role {
        /// 店主: everything.
        Owner = "owner",
        /// 店长: runs a store.
        Manager = "manager",
        /// 收银员: sells.
        Cashier = "cashier",
        /// 技师: serves.
        Technician = "technician",
        /// 营销: coupons, offers, reaching members.
        Marketer = "marketer",
        /// 分析: reads figures, sees no personal data.
        Analyst = "analyst",
    }
}

permissions! {
    /// See the merchant's settings and stores.
    OrgRead = "org:read" [Manager Cashier Technician Marketer Analyst];
    /// Change settings and stores.
    OrgWrite = "org:write" [];
    /// See staff.
    StaffRead = "staff:read" [Manager];
    /// Create, change and revoke staff.
    StaffWrite = "staff:write" [];
    /// Create and revoke API keys.
    KeyWrite = "key:write" [];
    /// Register the devices that stand at tills, and take them out of use.
    DeviceManage = "device:manage" [Manager];
    /// Ask a second person to approve a write above a limit.
    ApprovalAsk = "approval:ask" [Manager Cashier];
    /// Approve what somebody else asks for.
    ApprovalGive = "approval:give" [Manager];
    /// See, make and change webhooks, and send their deliveries again.
    WebhookWrite = "webhook:write" [];
    /// Read the audit log.
    AuditRead = "audit:read" [Manager];
    /// List members and see their figures; who they are needs `member:identify`.
    MemberRead = "member:read" [Manager Cashier Technician Marketer Analyst];
    /// See who a member is, masked, and search by phone or name.
    MemberIdentify = "member:identify" [Manager Cashier Technician Marketer];
    /// Enrol and change members.
    MemberWrite = "member:write" [Manager Cashier];
    /// See full phone numbers and other personal data; every look is logged.
    MemberReveal = "member:reveal" [Manager];
    /// Define fields, tags, terms.
    MemberConfigure = "member:configure" [Manager Marketer];
    /// Merge two members, and undo it.
    MemberMerge = "member:merge" [Manager];
    /// Export personal data.
    MemberExport = "member:export" [];
    /// See balances and journals.
    LedgerRead = "ledger:read" [Manager Cashier Technician Marketer Analyst];
    /// Adjust a balance by hand.
    LedgerAdjust = "ledger:adjust" [Manager];
    /// See what the shop sold, received and owes.
    ReportRead = "report:read" [Manager Marketer Analyst];
    /// See the analyses and what they found.
    InsightRead = "insight:read" [Manager Marketer Analyst];
    /// Run analyses, stop and remove them.
    InsightRun = "insight:run" [Manager Marketer Analyst];
    /// Settle prepaid value between stores.
    Settle = "settlement:write" [Manager];
    /// Have everything that is derived computed again.
    LedgerVerify = "ledger:verify" [];
    /// See earn rules, tiers, plans, coupon templates.
    LoyaltyRead = "loyalty:read" [Manager Cashier Technician Marketer Analyst];
    /// Change earn rules, tiers, plans, coupon templates.
    LoyaltyConfigure = "loyalty:configure" [Manager Marketer];
    /// Issue and revoke coupons.
    CouponIssue = "coupon:issue" [Manager Marketer];
    /// Take money for prepaid value.
    WalletTopUp = "wallet:top-up" [Manager Cashier];
    /// Move points from one member to another.
    PointsTransfer = "points:transfer" [Manager Cashier];
    /// Redeem rewards, hand them over, cancel.
    RewardRedeem = "reward:redeem" [Manager Cashier];
    /// See offers.
    OfferRead = "offer:read" [Manager Cashier Technician Marketer Analyst];
    /// Change offers.
    OfferWrite = "offer:write" [Manager Marketer];
    /// See the catalogue and stock.
    CatalogueRead = "catalogue:read" [Manager Cashier Technician Marketer Analyst];
    /// Change the catalogue.
    CatalogueWrite = "catalogue:write" [Manager];
    /// Receive, count and move stock.
    StockWrite = "stock:write" [Manager];
    /// Quote and check out.
    Sell = "sale:write" [Manager Cashier Technician];
    /// See orders.
    SaleRead = "sale:read" [Manager Cashier Technician Marketer Analyst];
    /// Close other people's shifts, and see what a drawer should hold before it is counted.
    ShiftManage = "shift:manage" [Manager];
    /// Refund.
    Refund = "sale:refund" [Manager Cashier];
    /// See whom the store is to contact, and what came of it.
    FollowUpRead = "follow-up:read" [Manager Cashier Technician Marketer];
    /// Say who is to be contacted, by whom and when.
    FollowUpWrite = "follow-up:write" [Manager Marketer];
    /// Take a follow-up over, and record what came of it.
    FollowUpRecord = "follow-up:record" [Manager Cashier Technician Marketer];
}

/// The permissions that a caller holds, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// Those of a role.
    pub fn of_role(role: Role) -> Self {
        Self::of(Permission::ALL.iter().copied().filter(|permission| permission.held_by(role)))
    }
    /// These.
    pub fn of(permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u64))
    }
    /// Whether one is among them.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }
    /// Those in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Their texts.
    pub fn texts(self) -> Vec<&'static str> {
        Permission::ALL.iter().filter(|permission| self.has(**permission)).map(|permission| permission.as_str()).collect()
    }
}
