import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import type { Part, Section } from "../../parts/form/model";
import { useFormat } from "../../parts/format";
import { useCategoryName, useStoreName, useTierName } from "../../parts/refs";
import { useTerms } from "../../parts/terms";

type Draft = { name: string; terms: Schema<"CouponTerms"> };

/** The terms in a few plain sentences, as they are told to a member. */
export function useCouponSays(): (terms: Schema<"CouponTerms">) => string[] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const tierName = useTierName();
  const storeName = useStoreName();
  const categoryName = useCategoryName();
  const list = (names: string[]) => names.join(t("benefits.coupon.said.comma"));
  const gives = ({ benefit, threshold }: Schema<"CouponTerms">) => {
    const from = threshold ? t("benefits.coupon.said.threshold", { money: f.money(threshold) }) : "";
    switch (benefit.kind) {
      case "amount":
        return from + t("benefits.coupon.said.amount", { money: f.money(benefit.off) });
      case "percent":
        return (
          from +
          t("benefits.coupon.said.percent", { rate: f.rate(benefit.rate_off) }) +
          (benefit.max_off ? t("benefits.coupon.said.percentMax", { money: f.money(benefit.max_off) }) : "")
        );
      case "gift":
        return from + t("benefits.coupon.said.gift", { n: f.count(benefit.pieces ?? 1) });
      case "service":
        return t("benefits.coupon.said.service");
      case "exchange":
        return from + t("benefits.coupon.said.exchange", { money: f.money(benefit.price) });
    }
  };
  const when = ({ validity }: Schema<"CouponTerms">) => {
    if (validity.kind === "fixed")
      return t("benefits.coupon.said.fixed", { from: f.day(validity.from), to: f.day(validity.to) });
    const days = f.count(validity.days);
    return validity.start_after_days
      ? t("benefits.coupon.said.later", { wait: f.count(validity.start_after_days), days })
      : t("benefits.coupon.said.days", { days });
  };
  return (terms) => {
    const { scope, limits } = terms;
    const categories = (scope?.categories ?? []).map(categoryName);
    const goods = (scope?.products ?? []).length;
    const tiers = (terms.tiers ?? []).map(tierName);
    const stores = (terms.stores ?? []).map(storeName);
    return [
      gives(terms),
      when(terms),
      categories.length > 0 && t("benefits.coupon.said.only", { names: list(categories) }),
      goods > 0 && t("benefits.coupon.said.goods", { n: f.count(goods) }),
      scope?.except_specials && t("benefits.coupon.said.noSpecials"),
      tiers.length > 0 && t("benefits.coupon.said.tiers", { names: list(tiers) }),
      stores.length > 0 && t("benefits.coupon.said.stores", { names: list(stores) }),
      (limits?.uses ?? 1) > 1 && t("benefits.coupon.said.uses", { n: f.count(limits?.uses) }),
      limits?.per_member_max != null && t("benefits.coupon.said.perMember", { n: f.count(limits.per_member_max) }),
      limits?.issued_max != null && t("benefits.coupon.said.issued", { n: f.count(limits.issued_max) }),
      terms.stacking?.kind === "alone" && t("benefits.coupon.said.alone"),
      !terms.combines_with_offers && t("benefits.coupon.said.noOffers"),
      terms.transferable && t("benefits.coupon.said.transferable"),
    ].filter((one): one is string => Boolean(one));
  };
}

/** What a new template says before anything is changed. */
export function firstTerms(): Schema<"CouponTerms"> {
  return {
    benefit: { kind: "amount", off: 1_000 },
    threshold: 5_000,
    validity: { kind: "relative", days: 30, start_after_days: 0 },
    stacking: { kind: "free" },
    limits: { uses: 1, per_order_max: 1 },
    scope: {},
  } as unknown as Schema<"CouponTerms">;
}

/** The terms of a coupon in sections. */
export function useCouponSections(): Section<Draft>[] {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const goods = (label: string): Part => ({
    at: "goods",
    kind: "ref",
    of: "variant",
    many: true,
    required: true,
    label,
  });
  const pieces: Part = { at: "pieces", kind: "whole", label: t("benefits.offer.pieces") };
  const kind = (value: Schema<"Benefit">["kind"], make: Record<string, unknown>, fields: Part[]) => ({
    value,
    label: t(`benefits.coupon.kinds.${value}`),
    make,
    fields,
  });
  const within = (part: Part): Part => ({ ...part, at: `terms.${part.at}` });
  return [
    {
      title: t("benefits.coupon.benefit"),
      fields: [
        { at: "name", kind: "text", required: true, label: t("form.name") },
        {
          at: "terms.benefit",
          kind: "oneOf",
          tag: "kind",
          label: t("benefits.coupon.benefit"),
          cases: [
            kind("amount", { off: 1_000 }, [
              { at: "off", kind: "money", required: true, label: t("benefits.offer.off") },
            ]),
            kind("percent", { rate_off: 1_000 }, [
              {
                at: "rate_off",
                kind: "rate",
                required: true,
                label: t("benefits.offer.rateOff"),
                help: t("benefits.offer.rateOffHelp"),
              },
              { at: "max_off", kind: "money", label: t("benefits.offer.maxOff") },
            ]),
            kind("gift", { goods: [], pieces: 1 }, [goods(t("benefits.coupon.goods")), pieces]),
            kind("service", { services: [] }, [
              {
                at: "services",
                kind: "ref",
                of: "variant",
                many: true,
                required: true,
                label: t("benefits.coupon.services"),
              },
            ]),
            kind("exchange", { goods: [], pieces: 1, price: null }, [
              goods(t("benefits.coupon.goods")),
              pieces,
              { at: "price", kind: "money", required: true, label: t("benefits.offer.price") },
            ]),
          ],
        },
        { at: "terms.threshold", kind: "money", label: t("benefits.coupon.threshold") },
        within(terms.scope()) as never,
      ],
    },
    {
      title: t("benefits.coupon.validity"),
      fields: [
        {
          at: "terms.validity",
          kind: "oneOf",
          tag: "kind",
          label: t("benefits.coupon.validity"),
          cases: [
            {
              value: "relative",
              label: t("benefits.coupon.relative"),
              make: { days: 30, start_after_days: 0 },
              fields: [
                { at: "days", kind: "whole", required: true, label: t("benefits.coupon.days") },
                { at: "start_after_days", kind: "whole", label: t("benefits.coupon.startAfter") },
              ],
            },
            {
              value: "fixed",
              label: t("benefits.coupon.fixed"),
              make: { from: null, to: null },
              fields: [
                { ...terms.from, required: true },
                { ...terms.to, required: true },
              ],
            },
          ],
        },
        { at: "terms.except_dates", kind: "lines", label: t("benefits.coupon.exceptDates") },
      ],
    },
    {
      title: t("benefits.offer.who"),
      fields: [
        within(terms.tiers) as never,
        within(terms.stores) as never,
        within(terms.channels) as never,
        { at: "terms.transferable", kind: "switch", label: t("benefits.coupon.transferable") },
      ],
    },
    {
      title: t("benefits.coupon.limits"),
      fields: [
        { at: "terms.limits.issued_max", kind: "whole", label: t("benefits.coupon.issuedMax") },
        { at: "terms.limits.per_member_max", kind: "whole", label: t("benefits.coupon.perMemberMax") },
        { at: "terms.limits.per_order_max", kind: "whole", label: t("benefits.coupon.perOrderMax") },
        { at: "terms.limits.uses", kind: "whole", label: t("benefits.coupon.uses") },
        {
          at: "terms.stacking",
          kind: "oneOf",
          tag: "kind",
          label: t("benefits.coupon.stacking"),
          cases: [
            { value: "free", label: t("benefits.coupon.free"), make: {} },
            { value: "alone", label: t("benefits.coupon.alone"), make: {} },
            {
              value: "class",
              label: t("benefits.coupon.class"),
              make: { class: "" },
              fields: [{ at: "class", kind: "text", required: true, label: t("benefits.coupon.className") }],
            },
          ],
        },
        { at: "terms.combines_with_member_price", kind: "switch", label: t("benefits.coupon.withMember") },
        { at: "terms.combines_with_offers", kind: "switch", label: t("benefits.coupon.withOffers") },
      ],
    },
  ];
}
