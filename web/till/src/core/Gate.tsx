// Before anything is sold: who is here (session), and where this device stands (store and till).
import { watchSignedOut } from "@shuke/api";
import { SessionProvider, useSession, useSigning, type Who } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { restoreCart } from "./cart";
import { openDatabase } from "./db";
import { keepPlace, type Place, PlaceProvider, placeOf } from "./place";
import { startQueue } from "./queue";

const KEPT = "shuke.till.who";
/** How long the till goes on for whoever was signed in last, while the server is out of reach. */
const ALONE_MS_MAX = 16 * 3_600_000;

function whoBefore(): Who | undefined {
  try {
    const before = JSON.parse(localStorage.getItem(KEPT) ?? "null") as { who: Who; at: number } | null;
    return before && Date.now() - before.at < ALONE_MS_MAX ? before.who : undefined;
  } catch {
    return undefined;
  }
}

/** Works for whoever is signed in: the database is open, the queue runs. */
function useWorks(who: Who | undefined): boolean {
  const [open, setOpen] = useState(false);
  const merchant = who?.merchant.id;
  useEffect(() => {
    if (merchant === undefined) return undefined;
    openDatabase(merchant);
    const stop = startQueue();
    void restoreCart().finally(() => setOpen(true));
    return stop;
  }, [merchant]);
  return open;
}

export function Gate({
  signIn: SignIn,
  choose: Choose,
  children,
}: {
  signIn: (props: { over: boolean }) => ReactNode;
  choose: (props: { onChoose: (place: Place) => void }) => ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation("ui");
  const session = useSession();
  const signing = useSigning();
  const [last, setLast] = useState<Who | undefined>(undefined);
  const now = session.data ?? undefined;
  const who =
    now ??
    last ??
    (session.isError || session.failureCount > 0 || session.fetchStatus === "paused" ? whoBefore() : undefined);
  const [place, setPlace] = useState<Place | undefined>(undefined);
  const merchant = who?.merchant.id;
  const open = useWorks(who);
  useEffect(() => {
    if (!now) return;
    setLast(now);
    localStorage.setItem(KEPT, JSON.stringify({ who: now, at: Date.now() }));
  }, [now]);
  useEffect(() => {
    if (merchant !== undefined) setPlace(placeOf(merchant));
  }, [merchant]);
  const { over } = signing;
  useEffect(() => watchSignedOut(over), [over]);
  if (!who) {
    if (session.isPending) return <p className="centre">{t("state.loading")}</p>;
    if (session.isError)
      return (
        <main className="centre">
          <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
        </main>
      );
    return <SignIn over={false} />;
  }
  if (!open) return <p className="centre">{t("state.loading")}</p>;
  return (
    <SessionProvider who={who}>
      {place ? (
        <PlaceProvider
          value={{
            place,
            leave: () => {
              keepPlace(who.merchant.id, undefined);
              setPlace(undefined);
            },
          }}
        >
          {children}
        </PlaceProvider>
      ) : (
        <Choose
          onChoose={(chosen) => {
            keepPlace(who.merchant.id, chosen);
            setPlace(chosen);
          }}
        />
      )}
      {session.data === null ? <SignIn over={true} /> : null}
    </SessionProvider>
  );
}
