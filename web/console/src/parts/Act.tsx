import { asProblem, newKey } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { App, Button, Modal } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  /** What happens, and what stays: asked before it is done. */
  ask?: ReactNode;
  /** Sends it once; a retry of the same decision has the same key. */
  act: (key: string) => Promise<unknown>;
  done?: () => void;
  /** Whether it can be done as things stand; says itself what is missing. */
  ready?: () => boolean;
  danger?: boolean;
  primary?: boolean;
  small?: boolean;
  icon?: ReactNode;
  said?: string;
  /** Not now: what it is about is still on its way. */
  disabled?: boolean;
}

/** A button that does something: asks where it matters, can't be pressed twice, says why it was refused. */
export function Act({ label, ask, act, done, ready, danger, primary, small, icon, said, disabled }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const key = useRef<string>(undefined);
  const run = async () => {
    if (busy) return;
    key.current ??= newKey();
    setBusy(true);
    setError(undefined);
    try {
      await act(key.current);
      key.current = undefined;
      setOpen(false);
      void message.success(said ?? t("form.done"));
      done?.();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (!problem.offline && problem.status < 500) key.current = undefined;
      setError(thrown);
      setOpen(true);
    }
    setBusy(false);
  };
  return (
    <>
      <Button
        danger={danger}
        type={primary ? "primary" : "default"}
        size={small ? "small" : "middle"}
        icon={icon}
        loading={busy && !open}
        disabled={disabled}
        onClick={() => {
          if (ready && !ready()) return;
          if (ask) setOpen(true);
          else void run();
        }}
      >
        {label}
      </Button>
      <Modal
        open={open}
        title={label}
        onCancel={() => setOpen(false)}
        onOk={() => void run()}
        okText={label}
        cancelText={t("ui:do.cancel")}
        okButtonProps={{ danger: Boolean(danger) }}
        confirmLoading={busy}
        destroyOnHidden
      >
        {ask}
        <ProblemNotice error={error} />
      </Modal>
    </>
  );
}
