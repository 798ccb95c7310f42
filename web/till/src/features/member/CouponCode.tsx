import { api, newKey, once } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { TILL_VIEW } from "../../core/members";
import { say } from "../../core/Notices";

/** Turns a code on paper or in a message into a coupon of the member. */
export function CouponCode({ member, onClaimed }: { member: string; onClaimed: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const attempt = useRef({ of: "", key: "" });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const typed = code.trim();
    if (busy || !typed) return;
    if (attempt.current.of !== typed) attempt.current = { of: typed, key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/coupon-claims", {
        params: { header: once(attempt.current.key) },
        body: { code: typed, member },
      });
      setCode("");
      if (data) say(t("coupon.claimed", { name: data.name }), "good");
      await queries.invalidateQueries({ queryKey: TILL_VIEW });
      onClaimed();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <div className="choices">
        <label className="grow">
          {t("coupon.code")}
          <input
            className="field"
            autoComplete="off"
            spellCheck={false}
            maxLength={40}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </label>
        <button type="submit" className="btn" disabled={busy || !code.trim()}>
          {t("coupon.claim")}
        </button>
      </div>
      <ProblemNotice error={error} />
    </form>
  );
}
