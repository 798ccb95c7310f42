import { api } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PayingCard } from "./model";

/** Finds a gift card by its code; it pays what it holds, or what is left to pay. */
export function GiftCardField({
  rest,
  taken,
  onCard,
  onClose,
}: {
  rest: number;
  taken: PayingCard[];
  onCard: (card: PayingCard) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [said, setSaid] = useState("");
  const find = async () => {
    if (busy || !code.trim()) return;
    setBusy(true);
    setError(undefined);
    setSaid("");
    try {
      const { data } = await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: code.trim() } } });
      if (!data) return;
      if (taken.some((one) => one.card === data.id)) setSaid(t("pay.cardTwice"));
      else if (data.state !== "active" || data.balance <= 0) setSaid(t("pay.cardEmpty"));
      else onCard({ card: data.id, ending: code.trim().slice(-4), amount: Math.min(rest, data.balance) });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <fieldset className="stack">
      <legend>{t("tender.gift_card")}</legend>
      <label>
        {t("pay.cardCode")}
        <input
          className="field"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the one thing to type
          autoFocus
          value={code}
          onChange={(event) => setCode(event.target.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") onClose();
            if (event.key !== "Enter") return;
            event.preventDefault();
            void find();
          }}
        />
      </label>
      {said ? <p className="warn">{said}</p> : null}
      <ProblemNotice error={error} />
      <div className="choices">
        <button type="button" className="btn main" disabled={busy || !code.trim()} onClick={() => void find()}>
          {t("pay.cardUse")}
        </button>
        <button type="button" className="btn" onClick={onClose}>
          {t("ui:do.cancel")}
        </button>
      </div>
    </fieldset>
  );
}
