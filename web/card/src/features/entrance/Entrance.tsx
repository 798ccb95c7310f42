import { api, asProblem, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../shared/form";
import { forget, keepPhone, knowsMember, lastPhone } from "../../shared/kept";
import { Refusal } from "../../shared/parts";
import { signedIn } from "../../shared/session";
import { useShop } from "../../shared/shop";
import { JoinForm } from "./JoinForm";
import { WechatEnter } from "./WechatEnter";

type Join = Schema<"Join">;

/**
 * Signing in by a code to the phone; who is no member yet joins with the same code. Over a page (`over`) nothing leads
 * away from what was typed there.
 */
export function Entrance({ over }: { over?: boolean }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [phone, setPhone] = useState(lastPhone);
  const [code, setCode] = useState("");
  const [sent, setSent] = useState<{ phone: string; againAt: number }>();
  const [joining, setJoining] = useState(false);
  const enter = useEntering(shop.merchant, () => setJoining(true));
  const send = useMutation({
    mutationFn: async (to: string) => {
      const { data } = await api.POST("/api/v1/me/codes", { body: { merchant: shop.merchant, phone: to } });
      return data;
    },
    // A second code would make the first one worthless: only a person asks for it again.
    retry: false,
    onSuccess: (_, to) => {
      setSent({ phone: to, againAt: Date.now() + 60_000 });
      enter.reset();
      setCode("");
    },
  });
  if (!shop.phone)
    return (
      <>
        {over ? null : <WechatEnter />}
        <p className="refusal">{t("shop.noPhone")}</p>
      </>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!sent) send.mutate(phone);
    else enter.mutate({ phone: sent.phone, code });
  };
  if (sent && joining) {
    return (
      <JoinForm
        busy={enter.isPending}
        error={enter.error}
        onJoin={(join: Join) => enter.mutate({ phone: sent.phone, code, join })}
      />
    );
  }
  return (
    <>
      <form className="form" onSubmit={submit}>
        <Field
          label={t("entrance.phone")}
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          required
          value={phone}
          readOnly={!!sent}
          onChange={(event) => setPhone(event.target.value)}
        />
        {sent ? (
          <>
            <p role="status">{t("entrance.sent", { phone: sent.phone })}</p>
            <CodeField value={code} onChange={setCode} />
          </>
        ) : null}
        <Refusal error={enter.error && asProblem(enter.error).code !== "join_needed" ? enter.error : undefined} />
        <Refusal error={send.error} />
        <Button
          type="submit"
          block
          color="primary"
          size="large"
          loading={send.isPending || enter.isPending}
          disabled={sent ? code.length < 6 : phone.trim() === ""}
        >
          {sent ? t("entrance.enter") : t("entrance.send")}
        </Button>
        {sent ? (
          <div className="beside">
            <Again at={sent.againAt} busy={send.isPending} onAgain={() => send.mutate(sent.phone)} />
            <button type="button" className="quiet" onClick={() => setSent(undefined)}>
              {t("entrance.change")}
            </button>
          </div>
        ) : null}
      </form>
      {over ? null : <WechatEnter />}
    </>
  );
}

function CodeField({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const { t } = useTranslation();
  return (
    <Field
      label={t("entrance.code")}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]*"
      maxLength={6}
      required
      autoFocus
      value={value}
      onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, 6))}
    />
  );
}

function useEntering(merchant: number, onJoinNeeded: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ phone, code, join }: { phone: string; code: string; join?: Join }) => {
      const body = { merchant, phone, code, ...(join ? { join } : {}) };
      return (await api.POST("/api/v1/me/session", { body })).data;
    },
    // The code can be tried only so often.
    retry: false,
    onSuccess: async (me, { phone }) => {
      const before = client.getQueryData<Schema<"Profile">>(["get", "/api/v1/me", {}]);
      // Another person on this phone: nothing of the one before is shown to them.
      if (knowsMember(client) && before?.id !== me?.id) forget(client);
      keepPhone(phone);
      client.setQueryData(["get", "/api/v1/me", {}], me);
      await signedIn(client);
    },
    onError: (error) => {
      if (asProblem(error).code === "join_needed") onJoinNeeded();
    },
  });
}

function Again({ at, busy, onAgain }: { at: number; busy: boolean; onAgain: () => void }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((at - now) / 1000);
  return (
    <button type="button" className="quiet" disabled={seconds > 0 || busy} onClick={onAgain}>
      {seconds > 0 ? t("entrance.wait", { seconds }) : t("entrance.resend")}
    </button>
  );
}
