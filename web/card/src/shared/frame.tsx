import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CodeIcon, CouponIcon, MeIcon, OrderIcon, RewardIcon } from "./icons";
import { useOffline } from "./kept";
import { usePen, useShop } from "./shop";

/** Without a network: of when what is shown is. */
export function OfflineBar() {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const client = useQueryClient();
  const at = useOffline();
  return (
    <div role="status">
      {at ? (
        <p className="offline">
          {t("offline.bar", { at: pen.moment(at) })}
          <button type="button" className="quiet" onClick={() => void client.refetchQueries({ type: "active" })}>
            {t("ui:do.retry")}
          </button>
        </p>
      ) : null}
    </div>
  );
}

/** Five ways, in reach of a thumb. */
export function Nav() {
  const { t } = useTranslation(["app", "ui"]);
  const params = { merchant: String(useShop().merchant) };
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      <Link to="/$merchant" params={params} activeOptions={{ exact: true }}>
        <CodeIcon />
        {t("nav.home")}
      </Link>
      <Link to="/$merchant/coupons" params={params}>
        <CouponIcon />
        {t("nav.coupons")}
      </Link>
      <Link to="/$merchant/rewards" params={params}>
        <RewardIcon />
        {t("nav.rewards")}
      </Link>
      <Link to="/$merchant/orders" params={params}>
        <OrderIcon />
        {t("nav.orders")}
      </Link>
      <Link to="/$merchant/me" params={params}>
        <MeIcon />
        {t("nav.me")}
      </Link>
    </nav>
  );
}
