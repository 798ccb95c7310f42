import { api, newId, newKey, once, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd-mobile";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBenefit } from "../../shared/coupon";
import { Field } from "../../shared/form";
import { Ends, Page, Refusal, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

type Redeemed = Schema<"MyRedemption">;

/** Turns a code into what it is worth: a coupon, or a gift card's money in the wallet. A QR code brings it along. */
export function RedeemPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const client = useQueryClient();
  const [code, setCode] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const decision = useRef({ of: "", id: "", key: "" });
  const redeem = useMutation({
    mutationFn: async (text: string) => {
      // The same code is the same decision, however often the button is pressed.
      if (decision.current.of !== text) decision.current = { of: text, id: newId(), key: newKey() };
      const { data } = await api.POST("/api/v1/me/redemptions", {
        params: { header: once(decision.current.key) },
        body: { id: decision.current.id, code: text },
      });
      return data as Redeemed;
    },
    onSuccess: async (_, text) => {
      decision.current = { of: "", id: "", key: "" };
      setCode((now) => (now.trim() === text ? "" : now));
      await client.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!redeem.isPending) redeem.mutate(code.trim());
  };
  return (
    <Page title={t("redeem.title")} up={`/${merchant}/coupons`}>
      {redeem.data ? <Won won={redeem.data} /> : null}
      <form className="form" onSubmit={submit}>
        <p>{t("redeem.lead")}</p>
        <Field
          label={t("redeem.code")}
          hint={t("redeem.hint")}
          value={code}
          required
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          onChange={(event) => setCode(event.target.value)}
        />
        <Refusal error={redeem.error} />
        <Button
          type="submit"
          block
          color="primary"
          size="large"
          loading={redeem.isPending}
          disabled={code.trim() === ""}
        >
          {t("redeem.do")}
        </Button>
      </form>
    </Page>
  );
}

/** What the code was worth, and where it is now. */
function Won({ won }: { won: Redeemed }) {
  const { t } = useTranslation();
  const pen = usePen();
  const benefit = useBenefit();
  const params = { merchant: String(useShop().merchant) };
  return (
    <section className="notice" role="status">
      {won.kind === "coupon" ? (
        <>
          <p>{t("redeem.coupon")}</p>
          <Row
            title={won.coupon.name}
            note={<Ends on={won.coupon.expires_on} />}
            side={benefit(won.coupon)}
            to="/$merchant/coupons"
            params={params}
          />
        </>
      ) : (
        <>
          <p>{t("redeem.giftCard", { amount: pen.money(won.amount) })}</p>
          <Link to="/$merchant/wallet" params={params}>
            {t("redeem.seeWallet")}
          </Link>
        </>
      )}
    </section>
  );
}
