import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import type { Case, Part } from "../../parts/form/model";
import { useFormat } from "../../parts/format";
import { useTerms } from "../../parts/terms";

type Rule = Schema<"OfferRule">;

/** A rule in a few plain words. */
export function useSays(): (rule: Rule) => string {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  return (rule) => {
    const say = (a: string, b = "") => t(`benefits.offer.saysText.${rule.kind}`, { a, b });
    switch (rule.kind) {
      case "ladder":
        return rule.steps
          .map((step) => t("benefits.offer.saysText.ladder", { a: f.money(step.threshold), b: f.money(step.off) }))
          .join("，");
      case "repeating":
        return say(f.money(rule.every), f.money(rule.off));
      case "percent":
        return rule.steps.map((step) => t("benefits.offer.saysText.percent", { a: f.rate(step.rate_off) })).join("，");
      case "unit_price":
        return say(f.money(rule.price));
      case "unit_percent":
        return say(f.rate(rule.rate_off));
      case "nth_piece":
        return say(f.count(rule.nth), f.rate(rule.rate_off));
      case "cheapest_free":
        return say(f.count(rule.pieces), f.count(rule.free));
      case "bundle":
        return say(f.money(rule.price));
      case "buy_get":
        return say(f.count(rule.buy), f.count(rule.pieces));
      case "gift":
        return say(f.money(rule.threshold ?? 0));
      case "coupon":
        return say(f.money(rule.threshold ?? 0), f.count(rule.count ?? 1));
      case "points":
        return say(f.rate(rule.rate));
    }
  };
}

/** The kinds of offers, each with what it asks for. */
export function useCases(): Case[] {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const money = (at: string, label: string, required = true): Part => ({ at, kind: "money", label, required });
  const whole = (at: string, label: string, required = false): Part => ({ at, kind: "whole", label, required });
  const rate: Part = {
    at: "rate_off",
    kind: "rate",
    required: true,
    label: t("benefits.offer.rateOff"),
    help: t("benefits.offer.rateOffHelp"),
  };
  const times = whole("times_max", t("benefits.offer.timesMax"));
  const same: Part = { at: "same_product", kind: "switch", label: t("benefits.offer.same") };
  const threshold = money("threshold", t("benefits.offer.threshold"), false);
  const pieces = whole("pieces", t("benefits.offer.pieces"), true);
  const kind = (value: Rule["kind"], make: Record<string, unknown>, fields: Part[]): Case => ({
    value,
    label: t(`benefits.offer.kinds.${value}`),
    make,
    fields,
  });
  const steps = (make: () => Record<string, unknown>, fields: Part[]): Part => ({
    at: "steps",
    kind: "list",
    label: t("benefits.offer.steps"),
    add: t("benefits.offer.addStep"),
    make,
    fields,
  });
  return [
    kind("ladder", { steps: [{ threshold: 30_000, off: 3_000 }] }, [
      steps(
        () => ({ threshold: null, off: null }),
        [money("threshold", t("benefits.offer.threshold")), money("off", t("benefits.offer.off"))],
      ),
    ]),
    kind("repeating", { every: 10_000, off: 1_000 }, [
      money("every", t("benefits.offer.every")),
      money("off", t("benefits.offer.off")),
      times,
    ]),
    kind("percent", { steps: [{ threshold: 0, pieces: 0, rate_off: 1_000 }] }, [
      steps(
        () => ({ threshold: 0, pieces: 0, rate_off: null }),
        [threshold, whole("pieces", t("benefits.offer.piecesMin")), rate],
      ),
      money("max_off", t("benefits.offer.maxOff"), false),
    ]),
    kind("unit_price", { price: null }, [money("price", t("benefits.offer.price"))]),
    kind("unit_percent", { rate_off: 1_000 }, [rate]),
    kind("nth_piece", { nth: 2, rate_off: 5_000 }, [whole("nth", t("benefits.offer.nth"), true), rate, same, times]),
    kind("cheapest_free", { pieces: 4, free: 1 }, [pieces, whole("free", t("benefits.offer.free"), true), same, times]),
    kind("bundle", { price: null, parts: [{ pieces: 1, scope: {} }] }, [
      money("price", t("benefits.offer.price")),
      {
        at: "parts",
        kind: "list",
        label: t("benefits.offer.parts"),
        add: t("benefits.offer.addPart"),
        make: () => ({ pieces: 1, scope: {} }),
        fields: [pieces, terms.scope()],
      },
      times,
    ]),
    kind("buy_get", { buy: 2, pieces: 1, rate_off: 10_000, get: {} }, [
      whole("buy", t("benefits.offer.buy"), true),
      pieces,
      rate,
      terms.scope("get", t("benefits.offer.getScope")),
      times,
    ]),
    kind("gift", { threshold: 0, gifts: [{ variant: null, pieces: 1 }], choose: 1, pieces: 1, times_max: 1 }, [
      threshold,
      {
        at: "gifts",
        kind: "list",
        label: t("benefits.offer.gifts"),
        add: t("benefits.offer.addGift"),
        make: () => ({ variant: null, pieces: 1 }),
        fields: [
          { at: "variant", kind: "ref", of: "variant", required: true, label: t("benefits.offer.giftVariant") },
          pieces,
        ],
      },
      whole("choose", t("benefits.offer.choose")),
      pieces,
      times,
    ]),
    kind("coupon", { threshold: 0, count: 1, template: null }, [
      threshold,
      { at: "template", kind: "ref", of: "template", required: true, label: t("benefits.offer.template") },
      whole("count", t("benefits.offer.count")),
    ]),
    kind("points", { threshold: 0, rate: 20_000 }, [
      threshold,
      {
        at: "rate",
        kind: "rate",
        required: true,
        label: t("benefits.offer.multiply"),
        help: t("benefits.offer.multiplyHelp"),
      },
    ]),
  ];
}
