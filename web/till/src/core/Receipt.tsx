import { api, newKey, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "./Panel";

const WIDTH = "shuke.till.paper";

/** A receipt on the screen, as it will be on paper. The first print is the original, later ones are copies. */
export function Receipt({
  kind,
  document: id,
  onClose,
}: {
  kind: Schema<"ReceiptKind">;
  document: string;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const frame = useRef<HTMLIFrameElement>(null);
  const [width, setWidth] = useState<Schema<"PaperWidth">>(localStorage.getItem(WIDTH) === "58mm" ? "58mm" : "80mm");
  const [printed, setPrinted] = useState<Schema<"Printed"> | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [round, setRound] = useState(0);
  // One print is one copy, however often the answer gets lost.
  const keys = useRef<Record<string, string>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again after a failure
  useEffect(() => {
    let left = false;
    const name = `${id}${width}`;
    keys.current[name] ??= newKey();
    setError(undefined);
    api
      .POST("/api/v1/receipts", {
        params: { header: once(keys.current[name]) },
        body: { document: id, kind, format: "html", width },
      })
      .then(({ data }) => {
        if (!left) setPrinted(data);
      })
      .catch((thrown: unknown) => {
        if (!left) setError(thrown);
      });
    return () => {
      left = true;
    };
  }, [id, kind, width, round]);
  return (
    <Panel title={t("receipt.title")} onClose={onClose}>
      <div className="choices">
        {(["58mm", "80mm"] as const).map((one) => (
          <button
            type="button"
            key={one}
            className="btn small"
            aria-pressed={width === one}
            onClick={() => {
              localStorage.setItem(WIDTH, one);
              setWidth(one);
            }}
          >
            {one}
          </button>
        ))}
      </div>
      <ProblemNotice error={error} onRetry={() => setRound(round + 1)} />
      {printed?.text ? (
        <iframe
          ref={frame}
          className="paper"
          title={t("receipt.title")}
          sandbox="allow-same-origin allow-modals"
          srcDoc={printed.text}
        />
      ) : error ? null : (
        <p>{t("ui:state.loading")}</p>
      )}
      {printed && printed.copy > 0 ? <p>{t("receipt.copy", { count: printed.copy })}</p> : null}
      <button
        type="button"
        className="btn main"
        disabled={!printed}
        onClick={() => frame.current?.contentWindow?.print()}
      >
        {t("ui:do.print")}
      </button>
    </Panel>
  );
}
