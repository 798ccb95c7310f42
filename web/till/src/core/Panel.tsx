import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";

/**
 * Something that has the whole attention for a moment: a dialog of the browser's own, so that focus stays in
 * it and goes back where it came from. Esc closes it unless `locked`.
 */
export function Panel({
  title,
  onClose,
  children,
  wide = false,
  locked = false,
  side = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  locked?: boolean;
  /** At the right side, over the whole height. */
  side?: boolean;
}) {
  const { t } = useTranslation("ui");
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (!shown?.open) shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`panel${wide ? " wide" : ""}${side ? " side" : ""}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!locked) onClose();
      }}
      onKeyDown={(event) => {
        // What is typed in a dialog is not the page's.
        event.stopPropagation();
        if (event.key === "Escape") {
          event.preventDefault();
          if (!locked) onClose();
        }
      }}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        {locked ? null : (
          <button type="button" className="btn plain" onClick={onClose} aria-label={t("do.close")}>
            ✕
          </button>
        )}
      </header>
      <div className="body">{children}</div>
    </dialog>
  );
}
