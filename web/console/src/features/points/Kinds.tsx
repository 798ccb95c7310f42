import { api, newId, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import type { Case, Part } from "../../parts/form/model";
import { SettingForm } from "../../parts/Section";

/** The kinds of points that a shop has beside its own: each earned and spent by itself. */
export function Kinds({
  rules,
  expiry,
  spending,
  transfer,
}: {
  rules: Part[];
  expiry: Case[];
  spending: Part[];
  transfer: Part[];
}) {
  const { t } = useTranslation(["app", "ui"]);
  const days: Part = { at: "days", kind: "whole", required: true, label: t("benefits.points.pendingDays") };
  const date: Part = { at: "date", kind: "date", required: true, label: t("benefits.points.pendingDate") };
  const fields: Part[] = [
    { at: "name", kind: "text", required: true, label: t("benefits.points.kindName") },
    {
      at: "earn.rules",
      kind: "list",
      label: t("benefits.points.rules"),
      add: t("benefits.points.addRule"),
      make: () => ({ id: newId(), name: "", kind: { kind: "amount", per: 100, points: 1 }, scope: {} }),
      fields: rules,
    },
    { at: "earn.principal_earns", kind: "switch", label: t("benefits.points.principalEarns") },
    // Another kind may not end by inactivity.
    {
      at: "earn.expiry",
      kind: "oneOf",
      tag: "kind",
      label: t("benefits.points.expiry"),
      cases: expiry.filter((one) => one.value !== "inactivity"),
    },
    {
      at: "pending",
      kind: "oneOf",
      tag: "kind",
      label: t("benefits.points.pending"),
      cases: [
        { value: "none", label: t("benefits.points.pendingKinds.none"), make: {} },
        { value: "days", label: t("benefits.points.pendingKinds.days"), make: { days: 7 }, fields: [days] },
        { value: "until", label: t("benefits.points.pendingKinds.until"), make: { date: null }, fields: [date] },
      ],
    },
    ...spending,
    ...transfer,
  ];
  return (
    <SettingForm<Schema<"PointsKinds">>
      name="points-kinds"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/points-kinds")}
      write={(body) => api.PUT("/api/v1/settings/points-kinds", { body })}
      sections={[
        {
          title: t("benefits.points.otherKinds"),
          help: t("benefits.points.otherKindsHelp"),
          fields: [
            {
              at: "kinds",
              kind: "list",
              label: t("benefits.points.otherKinds"),
              add: t("benefits.points.addKind"),
              make: () => ({
                id: newId(),
                name: "",
                earn: { rules: [], expiry: { kind: "never" }, principal_earns: false },
                pending: { kind: "none" },
                spending: null,
                transfer: null,
              }),
              fields,
            },
          ],
        },
      ]}
    />
  );
}
