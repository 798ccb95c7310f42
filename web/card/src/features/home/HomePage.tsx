import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Assets, useAssets } from "../../shared/assets";
import { type MyCoupon, useBenefit } from "../../shared/coupon";
import { useGap } from "../../shared/gap";
import { MoreIcon } from "../../shared/icons";
import { isInstalled, useInstall } from "../../shared/install";
import type { Me } from "../../shared/me";
import { Ends, Loaded, Part, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

/** What the card opens to: the code, and what I have. */
export function HomePage({ me, code, groups }: { me: Me; code: ReactNode; groups: ReactNode }) {
  const { t } = useTranslation();
  const shop = useShop();
  const assets = useAssets(true);
  useEffect(() => {
    document.title = `${shop.name} ${t("title")}`;
  }, [shop.name, t]);
  return (
    <>
      <header className="top home-top">
        <h1>{shop.name}</h1>
        <p>{me.person.name ? t("home.hello", { name: me.person.name }) : t("home.helloNoName")}</p>
      </header>
      <main id="content" tabIndex={-1}>
        {code}
        <Loaded query={assets}>
          {(found) => (
            <>
              <TierLine assets={found} />
              <Tiles assets={found} />
              <Soon coupons={found.coupons} />
              <Passes assets={found} />
            </>
          )}
        </Loaded>
        {groups}
        <Install />
      </main>
    </>
  );
}

function TierLine({ assets: { tier } }: { assets: Assets }) {
  const { t } = useTranslation();
  const gap = useGap();
  const { merchant } = useShop();
  const { next } = tier;
  const missing = next
    ? gap({ amount: next.amount_missing, count: next.count_missing, growth: next.growth_missing })
    : "";
  return (
    <Link className="tier-line" to="/$merchant/tier" params={{ merchant: String(merchant) }}>
      <strong>{tier.name ?? t("home.noTier")}</strong>
      <span>{next ? t("home.next", { gap: missing, tier: next.name }) : t("home.top")}</span>
      <MoreIcon />
    </Link>
  );
}

function Tiles({ assets }: { assets: Assets }) {
  const { t } = useTranslation();
  const pen = usePen();
  const { points, principal, bonus } = assets.balances;
  const ends = (on: string, amount: string) => t("home.expires", { amount, day: pen.day(on) });
  const walletNext = [principal.next_expiry, bonus.next_expiry]
    .filter((one) => one != null)
    .sort((a, b) => (a.on < b.on ? -1 : 1))[0];
  const usable = assets.coupons.filter((coupon) => coupon.usable).length;
  return (
    <div className="tiles">
      <Tile
        to="/$merchant/points"
        label={t("home.points")}
        value={pen.count(points.available)}
        note={
          points.next_expiry
            ? ends(points.next_expiry.on, t("points.of", { n: pen.count(points.next_expiry.amount) }))
            : undefined
        }
      />
      <Tile
        to="/$merchant/wallet"
        label={t("home.wallet")}
        value={pen.money(principal.available + bonus.available)}
        note={
          walletNext
            ? ends(walletNext.on, pen.money(walletNext.amount))
            : bonus.available > 0
              ? t("home.bonusPart", { amount: pen.money(bonus.available) })
              : undefined
        }
      />
      <Tile
        to="/$merchant/passes"
        label={t("home.passes")}
        value={assets.passes.length > 0 ? t("home.passesCount", { n: assets.passes.length }) : t("home.none")}
      />
      <Tile
        to="/$merchant/coupons"
        label={t("home.coupons")}
        value={assets.coupons.length > 0 ? t("home.couponsCount", { n: usable }) : t("home.none")}
      />
    </div>
  );
}

function Tile({ to, label, value, note }: { to: string; label: string; value: string; note?: string | undefined }) {
  const { merchant } = useShop();
  return (
    <Link className="tile" to={to} params={{ merchant: String(merchant) } as never}>
      <span className="tile-label">{label}</span>
      <strong>{value}</strong>
      {note ? <span className="row-note">{note}</span> : null}
    </Link>
  );
}

function Soon({ coupons }: { coupons: MyCoupon[] }) {
  const { t } = useTranslation();
  const pen = usePen();
  const benefit = useBenefit();
  const { merchant } = useShop();
  const soon = coupons.filter((coupon) => coupon.usable && pen.daysTo(coupon.expires_on) <= 14).slice(0, 3);
  if (soon.length === 0) return null;
  return (
    <Part title={t("home.soon")}>
      <ul className="list">
        {soon.map((coupon) => (
          <li key={coupon.id}>
            <Row
              title={coupon.name}
              note={<Ends on={coupon.expires_on} />}
              side={benefit(coupon)}
              to="/$merchant/coupons"
              params={{ merchant: String(merchant) }}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Passes({ assets }: { assets: Assets }) {
  const { t } = useTranslation();
  const pen = usePen();
  const { merchant } = useShop();
  if (assets.passes.length === 0) return null;
  return (
    <Part title={t("home.myPasses")}>
      <ul className="list">
        {assets.passes.slice(0, 3).map((pass) => (
          <li key={pass.id}>
            <Row
              title={pass.name}
              note={<Ends on={pass.expires_on} />}
              side={pass.items
                .map((item) =>
                  item.visits_left == null ? t("pass.unlimited") : t("pass.left", { n: pen.count(item.visits_left) }),
                )
                .join(" · ")}
              to="/$merchant/passes/$pass"
              params={{ merchant: String(merchant), pass: pass.id }}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

const DISMISSED = "shuke.card.install";

/** Offered once, and never again where the member said later. */
function Install() {
  const { t } = useTranslation();
  const install = useInstall();
  const [hidden, setHidden] = useState(() => isInstalled() || localStorage.getItem(DISMISSED) !== null);
  if (hidden || !install) return null;
  const away = () => {
    localStorage.setItem(DISMISSED, "1");
    setHidden(true);
  };
  return (
    <aside className="notice beside">
      <span>{t("home.installNow")}</span>
      <button type="button" className="quiet" onClick={() => void install().then(away)}>
        {t("home.install")}
      </button>
      <button type="button" className="quiet" onClick={away}>
        {t("home.later")}
      </button>
    </aside>
  );
}
