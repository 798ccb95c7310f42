import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useTerms } from "../../parts/terms";
import { GiftCards } from "./GiftCards";
import { PassPlans } from "./PassPlans";

/** What customers pay for ahead: wallet, passes, gift cards. */
export function Prepaid() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.prepaid")}
      tabs={[
        { key: "plans", label: t("benefits.wallet.plans"), render: () => <TopUpPlans /> },
        { key: "passes", label: t("benefits.wallet.passes"), render: () => <PassPlans /> },
        { key: "gift", label: t("benefits.wallet.gift"), render: () => <GiftCards /> },
      ]}
    />
  );
}

type View = Schema<"PlanView">;

function TopUpPlans() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("loyalty:configure");
  const plans = useQuery({
    queryKey: ["top-up-plans"],
    queryFn: async () => (await api.GET("/api/v1/top-up-plans")).data ?? [],
  });
  return (
    <Rows<View>
      title={t("benefits.wallet.plans")}
      query={plans}
      rowKey={(row) => row.plan.id}
      may={may}
      add={t("benefits.wallet.add")}
      empty={t("benefits.wallet.empty")}
      columns={[
        { key: "name", title: t("form.name"), render: (row) => row.plan.name },
        { key: "state", title: t("form.state"), render: (row) => label("publishState", row.state) },
        { key: "pay", title: t("benefits.wallet.pay"), number: true, render: (row) => f.money(row.plan.pay) },
        {
          key: "bonus",
          title: t("benefits.wallet.bonus"),
          number: true,
          render: (row) => f.money(row.plan.bonus ?? 0),
        },
        { key: "from", title: t("benefits.from"), render: (row) => f.day(row.plan.from) },
        { key: "to", title: t("benefits.to"), render: (row) => f.day(row.plan.to) },
      ]}
      drawer={(row, close) => <PlanDrawer view={row} onClose={close} />}
    />
  );
}

function PlanDrawer({ view, onClose }: { view: View | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const terms = useTerms();
  return (
    <FormDrawer<View>
      id={`top-up-plan-${view?.plan.id ?? "new"}`}
      title={view?.plan.name ?? t("benefits.wallet.add")}
      open
      onClose={onClose}
      initial={
        view ?? ({ plan: { id: newId(), name: "", pay: null, bonus: 0 }, state: "published" } as unknown as View)
      }
      sections={[
        {
          title: "",
          fields: [
            { at: "plan.name", kind: "text", required: true, label: t("form.name") },
            { at: "plan.pay", kind: "money", required: true, label: t("benefits.wallet.pay") },
            { at: "plan.bonus", kind: "money", label: t("benefits.wallet.bonus") },
            { at: "plan.coupons", kind: "ref", of: "template", many: true, label: t("benefits.wallet.coupons") },
            { ...terms.stores, at: "plan.stores" } as never,
            { ...terms.from, at: "plan.from" } as never,
            { ...terms.to, at: "plan.to" } as never,
            {
              at: "state",
              kind: "choice",
              required: true,
              label: t("form.state"),
              when: () => Boolean(view),
              options: (["published", "stopped"] as const).map((value) => ({
                value,
                label: label("publishState", value),
              })),
            },
          ],
        },
      ]}
      save={(value, key) =>
        view
          ? api.PUT("/api/v1/top-up-plans/{id}", { params: { path: { id: view.plan.id } }, body: value })
          : api.POST("/api/v1/top-up-plans", { params: { header: once(key) }, body: value.plan })
      }
      saved={() => refresh("top-up-plans")}
    />
  );
}
