import { api, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Card = Schema<"GiftCardView">;

/** A gift card as it is found by its code. */
export interface FoundCard {
  card: Card;
  /** The end of its code, by which people tell it from others. */
  ending: string;
}

/** Four times four letters and digits, as they are printed on a card; nothing else in a shop looks so. */
export const isGiftCode = (text: string) =>
  /^[0-9a-z]{4}([\s-]?[0-9a-z]{4}){3}$/i.test(text.trim()) && /[a-z]/i.test(text);

/** The card with a code. */
export async function findGiftCard(code: string): Promise<FoundCard | undefined> {
  const { data } = await api.GET("/api/v1/gift-card-codes/{code}", { params: { path: { code: code.trim() } } });
  return data && { card: data, ending: code.trim().slice(-4).toUpperCase() };
}

/** Asks for a gift card's code, scanned or typed. `onFound` takes the card, or answers what speaks against it. */
export function GiftCode({
  submit,
  onFound,
  onClose,
}: {
  submit: string;
  onFound: (found: FoundCard) => string | undefined;
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
      const found = await findGiftCard(code);
      if (found) setSaid(onFound(found) ?? "");
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
      {said ? (
        <p className="warn" role="alert">
          {said}
        </p>
      ) : null}
      <ProblemNotice error={error} />
      <div className="choices">
        <button type="button" className="btn main" disabled={busy || !code.trim()} onClick={() => void find()}>
          {submit}
        </button>
        <button type="button" className="btn" onClick={onClose}>
          {t("ui:do.cancel")}
        </button>
      </div>
    </fieldset>
  );
}
