import { api, newKey, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** The receipt of an order or a refund, as it is printed; every print is counted. */
export function ReceiptButton({ document, kind }: { document: string; kind: Schema<"ReceiptKind"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const [text, setText] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/receipts", {
        params: { header: once(newKey()) },
        body: { document, kind, format: "text" },
      });
      setText(data?.text ?? "");
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <>
      <Button loading={busy} onClick={() => void show()}>
        {t("sales.order.print")}
      </Button>
      <ProblemNotice error={error} />
      <Modal
        open={text !== undefined}
        title={t("sales.order.printed")}
        onCancel={() => setText(undefined)}
        onOk={() => window.print()}
        okText={t("ui:do.print")}
        cancelText={t("ui:do.close")}
      >
        <pre className="receipt">{text}</pre>
      </Modal>
    </>
  );
}
