import { api, newKey, once } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd-mobile";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../shared/form";
import { Page, Refusal } from "../../shared/parts";
import { useShop } from "../../shared/shop";
import type { MyOrder } from "./OrdersPage";

/** Makes an order mine that had no buyer: by the code of the receipt, which a scan brings along. */
export function ClaimPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [code, setCode] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const key = useRef({ of: "", key: "" });
  const claim = useMutation({
    mutationFn: async (text: string) => {
      // The same code is the same decision, however often the button is pressed.
      if (key.current.of !== text) key.current = { of: text, key: newKey() };
      const { data } = await api.POST("/api/v1/me/claims", {
        params: { header: once(key.current.key) },
        body: { code: text },
      });
      return data as MyOrder;
    },
    onSuccess: async (order) => {
      await client.invalidateQueries();
      await navigate({
        to: "/$merchant/orders/$order",
        params: { merchant: String(merchant), order: order.id },
        replace: true,
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    claim.mutate(code.trim());
  };
  return (
    <Page title={t("order.claim")} up={`/${merchant}/orders`}>
      <form className="form" onSubmit={submit}>
        <p>{t("order.claimLead")}</p>
        <Field
          label={t("order.claimCode")}
          value={code}
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => setCode(event.target.value)}
        />
        <Refusal error={claim.error} />
        <Button
          type="submit"
          block
          color="primary"
          size="large"
          loading={claim.isPending}
          disabled={code.trim() === ""}
        >
          {t("order.claimDo")}
        </Button>
      </form>
    </Page>
  );
}
