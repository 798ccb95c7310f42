import { api, newKey, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { say } from "./Notices";
import { Panel } from "./Panel";
import { Paper, type PaperHandle } from "./Paper";
import { bytesOf, choosePrinter, knownPrinter, type Printer, ways } from "./printer";

const WIDTH = "shuke.till.paper";

interface Which {
  kind: Schema<"ReceiptKind">;
  document: string;
}

const widthKept = (): Schema<"PaperWidth"> => (localStorage.getItem(WIDTH) === "58mm" ? "58mm" : "80mm");

/** The receipt as the next print will be; looking at it is no print. */
function usePreview({ kind, document }: Which, width: Schema<"PaperWidth">) {
  const [seen, setSeen] = useState<Schema<"Printed"> | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again, after a failure or a print
  useEffect(() => {
    let left = false;
    setError(undefined);
    api
      .POST("/api/v1/receipts", {
        params: { header: once(newKey()) },
        body: { document, kind, format: "html", width, preview: true },
      })
      .then(({ data }) => {
        if (!left) setSeen(data);
      })
      .catch((thrown: unknown) => {
        if (!left) setError(thrown);
      });
    return () => {
      left = true;
    };
  }, [document, kind, width, round]);
  return { seen, error, again: () => setRound((now) => now + 1) };
}

/** Prints once for each time that it is asked for: what the server has counted is not counted again after a failure. */
function usePrinting({ kind, document }: Which, width: Schema<"PaperWidth">) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const keys = useRef<Record<string, string>>({});
  const print = async (format: "html" | "escpos", put: (printed: Schema<"Printed">) => Promise<void> | void) => {
    if (busy) return false;
    setBusy(true);
    setError(undefined);
    const name = `${format}${width}`;
    keys.current[name] ??= newKey();
    try {
      const { data } = await api.POST("/api/v1/receipts", {
        params: { header: once(keys.current[name]) },
        body: { document, kind, format, width, preview: false },
      });
      if (!data) return false;
      await put(data);
      delete keys.current[name];
      return true;
    } catch (thrown) {
      setError(thrown);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { print, busy, error };
}

/** A receipt on the screen, as it will be on paper. The first print is the original, later ones are copies. */
export function Receipt({ kind, document, onClose }: Which & { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const [width, setWidth] = useState(widthKept);
  const preview = usePreview({ kind, document }, width);
  const printing = usePrinting({ kind, document }, width);
  const paper = useRef<PaperHandle>(null);
  const { seen } = preview;
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
      <ProblemNotice error={preview.error} onRetry={preview.again} />
      {seen?.text ? (
        <Paper ref={paper} page={seen.text} title={t("receipt.title")} />
      ) : preview.error ? null : (
        <p>{t("ui:state.loading")}</p>
      )}
      {seen && seen.copy > 0 ? <p>{t("receipt.copy", { count: seen.copy })}</p> : null}
      <ProblemNotice error={printing.error} />
      <div className="choices">
        <button
          type="button"
          className="btn main"
          disabled={!seen || printing.busy}
          onClick={() => void printing.print("html", (printed) => paper.current?.print(printed.text ?? ""))}
        >
          {t("ui:do.print")}
        </button>
        <Direct
          busy={!seen || printing.busy}
          onPrint={async (printer) => {
            const done = await printing.print("escpos", (printed) => printer.print(bytesOf(printed.escpos ?? "")));
            if (!done) return;
            say(t("receipt.sent", { name: printer.name }), "good");
            preview.again();
          }}
        />
      </div>
    </Panel>
  );
}

/** To a receipt printer without the browser's dialog, where the browser can talk to one. */
function Direct({ busy, onPrint }: { busy: boolean; onPrint: (printer: Printer) => Promise<void> }) {
  const { t } = useTranslation(["app", "ui"]);
  const [printer, setPrinter] = useState<Printer | undefined>(undefined);
  const [error, setError] = useState("");
  useEffect(() => {
    void knownPrinter()
      .then(setPrinter)
      .catch(() => undefined);
  }, []);
  if (ways.length === 0) return null;
  const choose = async (way: (typeof ways)[number]) => {
    setError("");
    try {
      const chosen = await choosePrinter(way);
      if (chosen) setPrinter(chosen);
    } catch {
      setError(t("receipt.noPrinter"));
    }
  };
  return (
    <>
      {printer ? (
        <button type="button" className="btn" disabled={busy} onClick={() => void onPrint(printer)}>
          {t("receipt.direct")} <small>{printer.name}</small>
        </button>
      ) : null}
      {ways.map((way) => (
        <button type="button" key={way} className="btn plain" onClick={() => void choose(way)}>
          {t(`receipt.${way}`)}
        </button>
      ))}
      {error ? <p className="warn">{error}</p> : null}
    </>
  );
}
