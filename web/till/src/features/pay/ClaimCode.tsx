import { query } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { QrCode } from "@shuke/ui/qr";
import { useTranslation } from "react-i18next";

/** What the customer scans with a phone to make an order theirs that had no buyer: the points come along. */
export function ClaimCode({ order }: { order: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const code = query.useQuery("get", "/api/v1/orders/{id}/claim-code", { params: { path: { id: order } } });
  const address = code.data ? new URL(code.data.path, location.origin).href : "";
  return (
    <section className="claim" aria-label={t("claim.title")} aria-busy={code.isPending}>
      <ProblemNotice error={code.error} onRetry={() => void code.refetch()} />
      {code.isPending ? <p>{t("ui:state.loading")}</p> : null}
      {code.data ? (
        <>
          <QrCode text={address} label={t("claim.title")} />
          <p>{t("claim.hint")}</p>
          <code>{code.data.code}</code>
        </>
      ) : null}
    </section>
  );
}
