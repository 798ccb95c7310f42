import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAssets } from "../../shared/assets";
import { useGap } from "../../shared/gap";
import { Empty, Loaded, Page, Part, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

type Tier = Schema<"TierView">;

export function TierPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const assets = useAssets();
  return (
    <Page title={t("tier.title")} up={`/${merchant}`}>
      <Loaded query={assets}>
        {({ tier }) => (
          <>
            <Standing tier={tier} />
            <Way tier={tier} />
            <Benefits tier={tier} />
          </>
        )}
      </Loaded>
      <Memberships />
    </Page>
  );
}

function Standing({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const pen = usePen();
  const until = tier.current.valid_until;
  return (
    <div className="figure">
      <span className="figure-label">{t("tier.current")}</span>
      <strong>{tier.name ?? t("home.noTier")}</strong>
      <span className="row-note">{until ? t("tier.validUntil", { day: pen.day(until) }) : t("tier.forever")}</span>
      {tier.paid ? <span className="row-note">{t("tier.paid", { day: pen.day(tier.paid.until) })}</span> : null}
    </div>
  );
}

function Way({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const pen = usePen();
  const gap = useGap();
  const { next, keep, totals } = tier;
  const missing = keep
    ? gap({ amount: keep.missing.amount, count: keep.missing.count, growth: keep.missing.growth })
    : "";
  return (
    <>
      {next ? (
        <Part title={t("tier.toNext", { tier: next.name })}>
          <p className="gap">
            {gap({ amount: next.amount_missing, count: next.count_missing, growth: next.growth_missing })}
          </p>
          {next.by ? <p className="row-note">{t("tier.by", { day: pen.day(next.by) })}</p> : null}
        </Part>
      ) : (
        <p className="notice">{t("home.top")}</p>
      )}
      {keep ? (
        <Part title={t("tier.keep")}>
          <p>
            {missing
              ? t("tier.keepMissing", { gap: missing, day: pen.day(keep.by) })
              : t("tier.kept", { day: pen.day(keep.by) })}
          </p>
        </Part>
      ) : null}
      <Part title={t("tier.totals")}>
        <p>
          {t("tier.totalsLine", { amount: pen.money(totals.amount), n: pen.count(totals.count) })}
          {totals.growth ? ` · ${t("tier.growth", { n: pen.count(totals.growth) })}` : ""}
        </p>
        {tier.window_from ? <p className="row-note">{t("tier.since", { day: pen.day(tier.window_from) })}</p> : null}
      </Part>
    </>
  );
}

function Benefits({ tier }: { tier: Tier }) {
  const { t } = useTranslation();
  const pen = usePen();
  const off = 10_000 - (tier.benefits?.discount ?? 10_000);
  const times = tier.benefits?.points_multiplier ?? 10_000;
  const lines = [
    off > 0 ? t("tier.discount", { fold: pen.fold(off), rate: pen.rate(off) }) : "",
    times > 10_000 ? t("tier.multiplier", { times: String(times / 10_000) }) : "",
    ...tier.privileges,
  ].filter(Boolean);
  return (
    <Part title={t("tier.benefits")}>
      {lines.length === 0 ? <Empty>{t("tier.noBenefits")}</Empty> : null}
      <ul className="list">
        {lines.map((line) => (
          <li key={line}>
            <Row title={line} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Memberships() {
  const { t } = useTranslation();
  const pen = usePen();
  const { data = [] } = useQuery({
    queryKey: ["get", "/api/v1/me/memberships"],
    queryFn: async () => (await api.GET("/api/v1/me/memberships")).data as Schema<"Membership">[],
  });
  const running = data.filter((one) => one.state === "active" && pen.daysTo(one.ends_on) >= 0);
  if (running.length === 0) return null;
  return (
    <Part title={t("tier.membership")}>
      <ul className="list">
        {running.map((one) => (
          <li key={one.id}>
            <Row title={one.plan.name} side={t("until", { day: pen.day(one.ends_on) })} />
          </li>
        ))}
      </ul>
    </Part>
  );
}
