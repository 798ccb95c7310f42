import { useMay } from "@shuke/ui";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Analysis } from "./model";

interface Step {
  to: LinkProps["to"];
  params?: { id: string } | { analysis: string };
  text: "coupon" | "coupons" | "stages" | "offer" | "products" | "stock" | "orders" | "approvals" | "audit" | "rules";
  permission: string;
}

const STEPS: Partial<Record<Analysis, Step[]>> = {
  cohorts: [{ to: "/benefits/coupons/$id", params: { id: "new" }, text: "coupon", permission: "loyalty:configure" }],
  basket: [
    { to: "/benefits/offers/$id", params: { id: "new" }, text: "offer", permission: "offer:write" },
    { to: "/goods/products", text: "products", permission: "catalogue:read" },
  ],
  churn: [{ to: "/insight/$analysis", params: { analysis: "stages" }, text: "stages", permission: "insight:read" }],
  prices: [{ to: "/goods/products", text: "products", permission: "catalogue:read" }],
  demand: [{ to: "/goods/stock", text: "stock", permission: "catalogue:read" }],
  uplift: [{ to: "/benefits/coupons", text: "coupons", permission: "loyalty:read" }],
  forecast: [{ to: "/goods/stock", text: "stock", permission: "catalogue:read" }],
  anomalies: [{ to: "/sales/orders", text: "orders", permission: "sale:read" }],
  conduct: [
    { to: "/sales/orders", text: "orders", permission: "sale:read" },
    { to: "/settings/audit", text: "audit", permission: "audit:read" },
    { to: "/settings/rules", text: "rules", permission: "org:read" },
  ],
};

/** Where to go from what was found, where it is not about members. */
export function Steps({ analysis, of }: { analysis: Analysis; of: string | null | undefined }) {
  const steps = STEPS[analysis] ?? [];
  const goods: Step[] =
    analysis === "pareto" && of === "items"
      ? [{ to: "/goods/products", text: "products", permission: "catalogue:read" }]
      : [];
  const all = [...steps, ...goods];
  if (all.length === 0) return null;
  return (
    <p className="page-actions">
      {all.map((step) => (
        <StepLink key={step.text} step={step} />
      ))}
    </p>
  );
}

function StepLink({ step }: { step: Step }) {
  const { t } = useTranslation(["app", "ui"]);
  if (!useMay(step.permission)) return null;
  return (
    <Link to={step.to} params={step.params as never}>
      {t(`insight.step.${step.text}`)}
    </Link>
  );
}
