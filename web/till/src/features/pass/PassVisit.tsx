import { api, newId, newKey, once, query } from "@shuke/api";
import { day, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { type Brief, TILL_VIEW } from "../../core/members";
import { say } from "../../core/Notices";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

/** Uses a visit of a pass without a sale. */
export function PassVisit({ member, onClose }: { member: Brief; onClose: () => void }) {
  const { t } = useWriting();
  const { store } = usePlace();
  const queries = useQueryClient();
  const list = query.useQuery("get", "/api/v1/members/{id}/passes", {
    params: { path: { id: member.id }, query: { limit: 20 } },
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  // One visit per time this panel is open and per item: pressing again is a retry.
  const attempts = useRef<Record<string, { id: string; key: string }>>({});
  const use = async (pass: string, item: number, name: string) => {
    if (busy) return;
    const attempt = attempts.current[`${pass}${item}`] ?? { id: newId(), key: newKey() };
    attempts.current[`${pass}${item}`] = attempt;
    setBusy(true);
    setError(undefined);
    try {
      await api.POST("/api/v1/pass-visits", {
        params: { header: once(attempt.key) },
        body: { id: attempt.id, pass, item, store: store.id, visits: 1 },
      });
      await queries.invalidateQueries({ queryKey: ["get", "/api/v1/members/{id}/passes"] });
      await queries.invalidateQueries({ queryKey: TILL_VIEW });
      say(t("pass.visited", { name }), "good");
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const active = (list.data?.items ?? []).filter((pass) => pass.state === "active");
  return (
    <Panel title={t("pass.visitTitle")} onClose={onClose}>
      <p>{t("pass.visitHint")}</p>
      <ProblemNotice error={error ?? list.error} />
      {list.isPending ? <p>{t("ui:state.loading")}</p> : active.length === 0 ? <p>{t("pass.empty")}</p> : null}
      <ul className="picks">
        {active.flatMap((pass) =>
          pass.items.map((item, at) => (
            <li key={pass.id + item.terms.name}>
              <button
                type="button"
                className="btn wide"
                disabled={busy}
                onClick={() => void use(pass.id, at, item.terms.name)}
              >
                <span className="grow">
                  {pass.name} · {item.terms.name}
                </span>
                <small>
                  {item.visits_left == null ? t("member.unlimited") : t("member.visits", { count: item.visits_left })}
                  {pass.expires_on ? ` · ${t("member.until", { on: day(pass.expires_on, language()) })}` : ""}
                </small>
              </button>
            </li>
          )),
        )}
      </ul>
    </Panel>
  );
}
