import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Part } from "../../parts/form/model";
import { useFormat, useLabel } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useTerms } from "../../parts/terms";

type View = Schema<"PassPlanView">;

/** Plans of passes: visits sold at once, used one by one. */
export function PassPlans() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("loyalty:configure");
  const plans = useQuery({
    queryKey: ["pass-plans"],
    queryFn: async () => (await api.GET("/api/v1/pass-plans")).data ?? [],
  });
  return (
    <Rows<View>
      title={t("benefits.wallet.passes")}
      query={plans}
      rowKey={(row) => row.plan.id}
      may={may}
      add={t("benefits.pass.add")}
      empty={t("benefits.pass.empty")}
      columns={[
        { key: "name", title: t("form.name"), render: (row) => row.plan.name },
        { key: "state", title: t("form.state"), render: (row) => label("publishState", row.state) },
        { key: "price", title: t("benefits.pass.price"), number: true, render: (row) => f.money(row.plan.price) },
        {
          key: "items",
          title: t("benefits.pass.items"),
          render: (row) =>
            row.plan.items.map((item) => `${item.name} ${item.visits ?? t("member.unlimited")}`).join("，"),
        },
      ]}
      drawer={(row, close) => <PlanDrawer view={row} onClose={close} />}
    />
  );
}

function useValidity(): Part {
  const { t } = useTranslation(["app", "ui"]);
  const start: Part = {
    at: "start",
    kind: "choice",
    required: true,
    label: t("benefits.pass.start"),
    options: [
      { value: "purchase", label: t("benefits.pass.atPurchase") },
      { value: "first_visit", label: t("benefits.pass.atFirst") },
    ],
  };
  return {
    at: "plan.validity",
    kind: "oneOf",
    tag: "kind",
    label: t("benefits.pass.validity"),
    cases: [
      {
        value: "months",
        label: t("benefits.pass.months"),
        make: { months: 12, start: "purchase" },
        fields: [{ at: "months", kind: "whole", required: true, label: t("benefits.pass.months") }, start],
      },
      {
        value: "days",
        label: t("benefits.pass.days"),
        make: { days: 30, start: "purchase" },
        fields: [{ at: "days", kind: "whole", required: true, label: t("benefits.pass.days") }, start],
      },
      {
        value: "until",
        label: t("benefits.pass.untilDay"),
        make: { on: null },
        fields: [{ at: "on", kind: "date", required: true, label: t("benefits.pass.untilDay") }],
      },
      { value: "always", label: t("benefits.pass.always"), make: {} },
    ],
  };
}

function PlanDrawer({ view, onClose }: { view: View | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const terms = useTerms();
  const validity = useValidity();
  return (
    <FormDrawer<View>
      id={`pass-plan-${view?.plan.id ?? "new"}`}
      title={view?.plan.name ?? t("benefits.pass.add")}
      open
      onClose={onClose}
      initial={
        view ??
        ({
          plan: {
            id: newId(),
            name: "",
            price: null,
            items: [{ name: "", visits: 10, worth: null, services: {} }],
            validity: { kind: "months", months: 12, start: "purchase" },
            refund: { method: "pro_rata", fee: 0 },
          },
          state: "published",
        } as unknown as View)
      }
      sections={[
        {
          title: "",
          fields: [
            { at: "plan.name", kind: "text", required: true, label: t("form.name") },
            { at: "plan.price", kind: "money", required: true, label: t("benefits.pass.price") },
            {
              at: "plan.items",
              kind: "list",
              label: t("benefits.pass.items"),
              add: t("benefits.pass.addItem"),
              make: () => ({ name: "", visits: 10, worth: null, services: {} }),
              fields: [
                { at: "name", kind: "text", required: true, label: t("benefits.pass.itemName") },
                { at: "visits", kind: "whole", label: t("benefits.pass.visits") },
                { at: "worth", kind: "money", required: true, label: t("benefits.pass.worth") },
                {
                  at: "value_visits",
                  kind: "whole",
                  label: t("benefits.pass.valueVisits"),
                  when: (item) => item.visits == null,
                },
                { at: "per_day_max", kind: "whole", label: t("benefits.pass.perDay") },
                terms.scope("services"),
              ],
            },
            validity as never,
            {
              at: "plan.refund.method",
              kind: "choice",
              label: t("benefits.pass.refundMethod"),
              options: [
                { value: "pro_rata", label: t("benefits.pass.proRata") },
                { value: "list_price", label: t("benefits.pass.listPrice") },
                { value: "never", label: t("benefits.pass.never") },
              ],
            },
            { at: "plan.refund.fee", kind: "rate", label: t("benefits.pass.fee") },
            { at: "plan.transferable", kind: "switch", label: t("benefits.pass.transferable") },
            { ...terms.stores, at: "plan.stores" } as never,
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
          ? api.PUT("/api/v1/pass-plans/{id}", { params: { path: { id: view.plan.id } }, body: value })
          : api.POST("/api/v1/pass-plans", { params: { header: once(key) }, body: value.plan })
      }
      saved={() => refresh("pass-plans")}
    />
  );
}
