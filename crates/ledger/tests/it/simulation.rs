//! Random journals on the real ledger and on the plain model: equal at every step.

use crate::model::{Lot, Model, Op};
use crate::support::{Ledger, MERCHANT, ledger, shop};
use shuke_db::{Tx, sql};
use shuke_kernel::time::{Zone, add_days};
use shuke_kernel::{Cx, Instant, Random, Result, Uuid};
use shuke_ledger::AccountKind::{self, Bonus, Points, PointsDebt, Principal};
use shuke_ledger::hold::{self, HoldRequest};
use shuke_ledger::journal::ops::holdings;
use shuke_ledger::journal::{outstanding_read, outstanding_stmt};
use shuke_ledger::{Journal, LotTerms, lot, seal};
use shuke_testkit::{START, scenario};

const MEMBERS: u64 = 3;
const HOUR_MS: i64 = 3_600_000;

/// Steps on each database: CI's number, a soak's, or that of the environment.
fn steps() -> u64 {
    let usual = if std::env::var_os("SHUKE_SOAK").is_some() { 1_000_000 } else { 10_000 };
    std::env::var("SHUKE_STEPS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn seed() -> u64 {
    std::env::var("SHUKE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| Random::system().u64() >> 16)
}

struct Dice {
    random: Random,
    origins: Vec<(Uuid, Uuid)>,
    sources: Vec<(Uuid, Uuid)>,
}

impl Dice {
    fn below(&self, bound: i64) -> i64 {
        i64::try_from(self.random.below(u64::try_from(bound).unwrap())).unwrap()
    }
    fn member(&self) -> Uuid {
        Uuid::from_u128(u128::from(0xA + self.random.below(MEMBERS)))
    }
    fn kind(&self) -> AccountKind {
        [Points, Points, Principal, Bonus][self.random.below(4) as usize]
    }
    fn pick<T: Copy>(&self, of: &[T]) -> Option<T> {
        let recent = of.len().min(40);
        (recent > 0).then(|| of[of.len() - 1 - self.random.below(recent as u64) as usize])
    }

    fn op(&mut self, now: Instant, model: &Model) -> Op {
        let zone = Zone::parse("America/New_York").unwrap();
        let id = self.random.uuid(now);
        let (member, kind) = (self.member(), self.kind());
        let day = |days: i64| {
            let date = add_days(zone.date(now), i32::try_from(days).unwrap());
            (date, zone.end(date))
        };
        match self.random.below(20) {
            0..4 => {
                let expires = (self.below(3) > 0).then(|| day(self.below(12)));
                let available = now.plus_ms(if self.below(4) == 0 { self.below(60) * HOUR_MS } else { 0 });
                self.sources.push((id, member));
                Op::Grant { id, member, kind, amount: 1 + self.below(200), available, expires }
            }
            4..7 => {
                self.origins.push((id, member));
                Op::Spend { id, member, kind, amount: 1 + self.below(120) }
            }
            7..9 => {
                let points = self.below(1 + model.available(member, Points, now));
                let principal = self.below(1 + model.available(member, Principal, now));
                self.origins.push((id, member));
                self.sources.push((id, member));
                Op::Sale { id, member, points, principal, earned: self.below(60) }
            }
            9..12 => match self.pick(&self.origins).filter(|(origin, _)| model.out(*origin, kind) > 0) {
                Some((origin, member)) => {
                    let grace = (self.below(3) == 0).then(|| day(3));
                    Op::GiveBack { id, origin, member, kind, amount: 1 + self.below(model.out(origin, kind)), grace }
                }
                None => Op::ExpireHolds,
            },
            12..14 => match self.pick(&self.sources) {
                Some((granted_by, member)) => {
                    Op::ClawBack { id, member, granted_by, amount: 1 + self.below(90), forgive: self.below(4) == 0 }
                }
                None => Op::Seal,
            },
            14..16 => {
                let amount = 1 + self.below(60);

                Op::Hold { id, member, kind, amount, until: now.plus_ms((1 + self.below(30)) * HOUR_MS) }
            }
            16 => self.pick(&model.open_holds()).map_or(Op::ExpireHolds, |(id, ..)| Op::Release { id }),
            17 => self.pick(&model.open_holds()).map_or(Op::ExpireHolds, |(hold, member, kind, amount)| {
                self.origins.push((id, member));
                Op::Settle { id, hold, member, kind, amount: 1 + self.below(amount) }
            }),
            18 => Op::ExpireLots,
            _ => [Op::ExpireHolds, Op::Seal][self.random.below(2) as usize].clone(),
        }
    }
}

async fn sale(tx: &mut Tx, cx: &Cx, id: Uuid, member: Uuid, spends: &[(AccountKind, i64)], earned: i64) -> Result<()> {
    let mut holdings = holdings(tx, cx, member, true).await?;
    let mut journal = Journal::new("sale", id, None);
    for (kind, amount) in spends {
        journal.spend(cx, &mut holdings, *kind, *amount, shop(*kind, true), "spent")?;
    }
    let terms = LotTerms { available_at: cx.now, expires: None };
    journal.grant(cx, &mut holdings, Points, earned, shop(Points, false), terms, "earned")?;
    journal.post(tx, cx, &[&holdings]).await
}

async fn in_tx(tx: &mut Tx, cx: &Cx, op: &Op) -> Result<()> {
    match op {
        Op::Grant { id, member, kind, amount, available, expires } => {
            let mut holdings = holdings(tx, cx, *member, true).await?;
            let mut journal = Journal::new("grant", *id, None);
            let terms = LotTerms { available_at: *available, expires: *expires };
            journal.grant(cx, &mut holdings, *kind, *amount, shop(*kind, false), terms, "granted")?;
            journal.post(tx, cx, &[&holdings]).await
        }
        Op::Spend { id, member, kind, amount } => sale(tx, cx, *id, *member, &[(*kind, *amount)], 0).await,
        Op::Sale { id, member, points, principal, earned } => {
            sale(tx, cx, *id, *member, &[(Points, *points), (Principal, *principal)], *earned).await
        }
        Op::GiveBack { id, origin, member, kind, amount, grace } => {
            let mut holdings = holdings(tx, cx, *member, true).await?;
            let [rows] = tx.all([outstanding_stmt(cx.merchant, *origin)]).await?;
            let mut out = outstanding_read(tx, cx.merchant, *member, &rows).await?;
            let mut journal = Journal::new("refund", *id, None).of_origin(*origin);
            if let Some(until) = grace {
                journal = journal.with_grace(*until);
            }
            journal.give_back(cx, &mut holdings, &mut out, *kind, *amount, shop(*kind, true), "given_back")?;
            journal.post(tx, cx, &[&holdings]).await
        }
        Op::ClawBack { id, member, granted_by, amount, forgive } => {
            let mut holdings = holdings(tx, cx, *member, true).await?;
            let granted = tx.rows(lot::granted_stmt(cx.merchant, *member, *granted_by)).await?;
            holdings.with_granted(&granted)?;
            let mut journal = Journal::new("refund", *id, None).of_origin(*granted_by);
            journal.claw_back(&mut holdings, *granted_by, *amount, shop(Points, false), *forgive, "clawed_back")?;
            journal.post(tx, cx, &[&holdings]).await
        }
        Op::Hold { id, member, kind, amount, until } => {
            hold::hold(tx, cx, &HoldRequest { id: *id, member: *member, kind: *kind, amount: *amount, until: *until }).await
        }
        Op::Release { id } => hold::release(tx, cx, *id).await.map(|_| ()),
        Op::Settle { id, hold, member, kind, amount } => {
            let mut holdings = holdings(tx, cx, *member, true).await?;
            hold::settle(tx, cx, *hold, &mut holdings).await?;
            let mut journal = Journal::new("sale", *id, None);
            journal.spend(cx, &mut holdings, *kind, *amount, shop(*kind, true), "spent")?;
            journal.post(tx, cx, &[&holdings]).await
        }
        Op::ExpireHolds | Op::ExpireLots | Op::Seal => unreachable!("these open their own transactions"),
    }
}

async fn apply(ledger: &Ledger, cx: &Cx, op: &Op) -> Result<()> {
    match op {
        Op::ExpireHolds => hold::expire(&ledger.db, cx).await.map(|_| ()),
        Op::ExpireLots => lot::expire(&ledger.db, cx).await.map(|_| ()),
        Op::Seal => seal::run(&ledger.db, cx).await.map(|_| ()),
        op => ledger.db.write(&(cx, op), |tx, (cx, op)| Box::pin(in_tx(tx, cx, op))).await,
    }
}

type LotRow = (AccountKind, Instant, i64, i64, Option<Instant>);

async fn lots_of(ledger: &Ledger, member: Uuid) -> Vec<LotRow> {
    let read = ledger.db.read(&member, |tx, member| {
        Box::pin(async move {
            let stmt = sql!(
                "SELECT kind, created_at, granted, remaining, expires_at FROM lot WHERE merchant_id = $1 AND owner = $2 ORDER BY created_at",
                MERCHANT,
                member
            );
            let rows = tx.rows(stmt).await?;
            rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).collect()
        })
    });
    read.await.unwrap()
}

async fn assert_equal(ledger: &Ledger, cx: &Cx, model: &Model, member: Uuid, op: &Op) {
    let read = ledger.db.read(&(cx, member), |tx, (cx, member)| Box::pin(holdings(tx, cx, *member, false))).await.unwrap();
    let state: Vec<_> =
        [Points, Principal, Bonus, PointsDebt].iter().map(|kind| (*kind, read.balance(*kind).balance, read.balance(*kind).held)).collect();
    assert_eq!(state, model.state(member), "balances of {member} after {op:?}");
    for kind in [Points, Principal, Bonus] {
        assert_eq!(read.available(kind, cx.now), model.available(member, kind, cx.now), "{kind:?} that {member} can spend after {op:?}");
    }
    let of_model = |lot: &Lot| (lot.kind, lot.created, lot.granted, lot.left, lot.expires);
    let expected: Vec<LotRow> = model.lots.iter().filter(|lot| lot.owner == member).map(of_model).collect();
    assert_eq!(lots_of(ledger, member).await, expected, "lots of {member} after {op:?}");
}

/// Whoever may have changed.
fn touched(op: &Op) -> Option<Uuid> {
    match op {
        Op::Grant { member, .. }
        | Op::Spend { member, .. }
        | Op::Sale { member, .. }
        | Op::GiveBack { member, .. }
        | Op::ClawBack { member, .. }
        | Op::Hold { member, .. }
        | Op::Settle { member, .. } => Some(*member),
        _ => None,
    }
}

scenario! {
    setup = ledger;

    /// Any difference between what the ledger does and what the laws say, in any order of operations.
    async fn random_journals_agree_with_the_model(ledger) {
        let (seed, steps) = (seed(), steps());
        println!("SHUKE_SEED={seed} SHUKE_STEPS={steps}");
        let mut dice = Dice { random: Random::seeded(seed), origins: Vec::new(), sources: Vec::new() };
        let mut model = Model::default();
        let mut now = START;
        let mut done = std::collections::BTreeMap::<String, u64>::new();
        for step in 0..steps {
            now = now.plus_ms(1 + dice.below(if dice.below(10) == 0 { 30 * HOUR_MS } else { HOUR_MS }));
            let op = dice.op(now, &model);
            let cx = ledger.cx(now);
            let mut next = model.clone();
            let expected = next.apply(now, &op);
            let found = apply(&ledger, &cx, &op).await;
            let code = found.as_ref().copied().map_err(|error| error.code());
            assert_eq!(code, expected, "seed {seed}, step {step}, {op:?}: {found:?}");
            if expected.is_ok() {
                model = next;
            }
            let name = format!("{op:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
            *done.entry(format!("{name} {}", if expected.is_ok() { "done" } else { "refused" })).or_default() += 1;
            let members = (0..MEMBERS).map(|n| Uuid::from_u128(u128::from(0xA + n)));
            for member in members.filter(|member| touched(&op).is_none_or(|touched| touched == *member)) {
                assert_equal(&ledger, &cx, &model, member, &op).await;
            }
            if step % 100 == 99 {
                ledger.verified().await;
            }
        }
        println!("{done:?}");
        ledger.seal(&ledger.cx(now)).await;
        assert_eq!(ledger.verified().await.unsealed_entries, 0);
    }
}
