import { api, once, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { Facts, useRefresh } from "../../parts/Parts";
import { FIRST_PAYING, type Paying, payments, usePayingFields } from "../../parts/paying";
import { useStores } from "../../parts/refs";
import { useUrl } from "../../parts/url";

interface Props {
  id: string;
  onClose: () => void;
}

/** The store at the top, or the first. */
function useStore(): string {
  const stores = useStores();
  const [{ store }] = useUrl();
  return store ?? stores[0]?.id ?? "";
}

/** Sells a pass to a member. */
export function SellPass({ id, onClose }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const store = useStore();
  const paying = usePayingFields(true);
  const plans = useQuery({
    queryKey: ["pass-plans"],
    queryFn: async () => (await api.GET("/api/v1/pass-plans")).data ?? [],
  });
  if (!plans.data || !store) return null;
  const sold = plans.data.filter((one) => one.state === "published").map((one) => one.plan);
  const priceOf = (plan: string) => sold.find((one) => one.id === plan)?.price ?? 0;
  return (
    <FormDrawer<Paying & { plan: string; store: string }>
      id={`pass-sale-${id}`}
      title={t("benefits.pass.sell")}
      open
      onClose={onClose}
      submit={t("benefits.pass.sellDo")}
      initial={{ plan: "", store, ...FIRST_PAYING }}
      sections={(value) => [
        {
          title: "",
          help: sold.length === 0 ? t("benefits.pass.noPlans") : undefined,
          fields: [
            {
              at: "plan",
              kind: "choice",
              required: true,
              label: t("benefits.pass.which"),
              options: sold.map((one) => ({ value: one.id, label: `${one.name} ${f.money(one.price)}` })),
            },
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            ...(priceOf(value.plan) > 0 ? (paying as never[]) : []),
          ],
        },
      ]}
      save={({ plan, store, ...paid }, key) =>
        api.POST("/api/v1/passes", {
          params: { header: once(key) },
          body: { id: key, member: id, plan, store, payments: payments(priceOf(plan), paid) },
        })
      }
      saved={() => refresh("member")}
    />
  );
}

/** Sells a term of a paid membership, or gives the free trial. */
export function SellMembership({ id, onClose }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const store = useStore();
  const plans = useQuery({
    queryKey: ["membership-plans"],
    queryFn: async () => (await api.GET("/api/v1/membership-plans")).data ?? [],
  });
  if (!plans.data || !store) return null;
  const sold = plans.data.filter((one) => one.state === "published").map((one) => one.plan);
  const tries = (plan: string) => sold.some((one) => one.id === plan && one.trial_days != null);
  const tenders: Schema<"TopUpTender">[] = ["wechat_pay", "alipay", "cash", "bank_card", "other"];
  return (
    <FormDrawer<{ plan: string; store: string; trial: boolean; tender: Schema<"TopUpTender"> }>
      id={`membership-sale-${id}`}
      title={t("benefits.tier.sell")}
      open
      onClose={onClose}
      submit={t("benefits.tier.sellDo")}
      initial={{ plan: "", store, trial: false, tender: "wechat_pay" }}
      sections={[
        {
          title: "",
          help: sold.length === 0 ? t("benefits.tier.noPlans") : undefined,
          fields: [
            {
              at: "plan",
              kind: "choice",
              required: true,
              label: t("benefits.tier.plans"),
              options: sold.map((one) => ({ value: one.id, label: `${one.name} ${f.money(one.price)}` })),
            },
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            { at: "trial", kind: "switch", label: t("benefits.tier.trial"), when: (value) => tries(value.plan) },
            {
              at: "tender",
              kind: "choice",
              required: true,
              label: t("sales.order.payments"),
              options: tenders.map((value) => ({ value, label: label("tender", value) })),
              when: (value) => !value.trial,
            },
          ],
        },
      ]}
      save={({ tender, trial, ...value }, key) => {
        const free = trial && tries(value.plan);
        return api.POST("/api/v1/memberships", {
          params: { header: once(key) },
          body: { id: key, member: id, ...value, trial: free, tender: free ? null : tender },
        });
      }}
      saved={() => refresh("member")}
    />
  );
}

/** Turns a code into a coupon of the member's. */
export function ClaimCoupon({ id, onClose }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<{ code: string }>
      id={`coupon-claim-${id}`}
      title={t("benefits.coupon.claim")}
      open
      onClose={onClose}
      submit={t("benefits.coupon.claimDo")}
      initial={{ code: "" }}
      sections={[
        {
          title: "",
          help: t("benefits.coupon.claimHelp"),
          fields: [{ at: "code", kind: "text", required: true, label: t("benefits.coupon.findCode") }],
        },
      ]}
      save={({ code }, key) =>
        api.POST("/api/v1/coupon-claims", { params: { header: once(key) }, body: { code, member: id } })
      }
      saved={() => refresh("member")}
    />
  );
}

/** Moves what a gift card holds into the member's wallet. */
export function RedeemGiftCard({ id, onClose }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<{ code: string }>
      id={`gift-card-redeem-${id}`}
      title={t("benefits.wallet.toWallet")}
      open
      onClose={onClose}
      submit={t("benefits.wallet.toWalletDo")}
      initial={{ code: "" }}
      sections={[
        {
          title: "",
          help: t("benefits.wallet.toWalletHelp"),
          fields: [{ at: "code", kind: "text", required: true, label: t("benefits.wallet.findCode") }],
        },
      ]}
      actions={({ code }) => <Holds code={code} />}
      save={async ({ code }, key) => {
        const { data } = await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: code.trim() } } });
        const card = (data as Schema<"GiftCardView">).id;
        await api.POST("/api/v1/gift-card-redemptions", {
          params: { header: once(key) },
          body: { id: key, card, member: id },
        });
      }}
      saved={() => refresh("member")}
    />
  );
}

/** How much a whole code stands for, before it is moved. */
function Holds({ code }: { code: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const whole = code.replace(/[\s-]/g, "");
  const found = useQuery({
    queryKey: ["gift-card-code", whole],
    enabled: whole.length >= 16,
    retry: false,
    queryFn: async () =>
      (await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: whole } } }))
        .data as Schema<"GiftCardView">,
  });
  if (!found.data) return null;
  return (
    <Facts
      items={[
        [t("form.state"), label("giftCardState", found.data.state)],
        [t("benefits.wallet.balance"), f.money(found.data.balance)],
      ]}
    />
  );
}
