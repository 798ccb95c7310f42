import { api } from "@shuke/api";
import { SessionProvider, useSession, type Who } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { Button, Modal, Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Totp } from "../features/account-me/Me";
import { Setup } from "../features/setup/Setup";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

/** Told to the window when an answer says that nobody is signed in any more. */
export const SIGNED_OUT = "shuke:signed-out";

/** Told when an answer says that a second factor has to be set up before anything else. */
export const TOTP_DUE = "shuke:totp-due";

/** Lets in who is signed in; an empty server is set up first. */
export function Gate() {
  const { t } = useTranslation(["app", "ui"]);
  const session = useSession();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const end = () => setOver(true);
    addEventListener(SIGNED_OUT, end);
    return () => removeEventListener(SIGNED_OUT, end);
  }, []);
  if (session.isPending)
    return (
      <main className="waiting" role="status">
        <Spin /> {t("ui:state.loading")}
      </main>
    );
  if (session.error)
    return (
      <main className="door">
        <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  if (!session.data) return <Outside />;
  return <Inside who={session.data} over={over} back={() => setOver(false)} />;
}

function Inside({ who, over, back }: { who: Who; over: boolean; back: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const client = useQueryClient();
  const [due, setDue] = useState<"due" | "done">();
  useEffect(() => {
    const ask = () => setDue((now) => now ?? "due");
    addEventListener(TOTP_DUE, ask);
    return () => removeEventListener(TOTP_DUE, ask);
  }, []);
  if (due)
    return (
      <SessionProvider who={who}>
        <main className="door wide">
          <h1>{t("settings.me.totpMust")}</h1>
          <Totp done={() => setDue("done")} />
          {due === "done" && (
            <Button
              type="primary"
              onClick={() => {
                setDue(undefined);
                void client.invalidateQueries();
              }}
            >
              {t("start.next")}
            </Button>
          )}
        </main>
      </SessionProvider>
    );
  return (
    <SessionProvider who={who}>
      <Shell>
        <Outlet />
      </Shell>
      <Modal open={over} footer={null} closable={false} title={t("signIn.again")} destroyOnHidden>
        <p>{t("ui:problem.signedOut")}</p>
        <SignIn
          plain
          done={() => {
            back();
            void client.invalidateQueries();
          }}
        />
      </Modal>
    </SessionProvider>
  );
}

function Outside() {
  const setup = useQuery({
    queryKey: ["setup"],
    queryFn: async () => (await api.GET("/api/v1/setup")).data ?? { needed: false, trades: [] },
  });
  if (setup.isPending) return <main className="waiting" aria-busy />;
  if (setup.error)
    return (
      <main className="door">
        <ProblemNotice error={setup.error} onRetry={() => void setup.refetch()} />
      </main>
    );
  if (setup.data?.needed) return <Setup trades={setup.data.trades} />;
  return (
    <main className="door">
      <SignIn />
    </main>
  );
}
