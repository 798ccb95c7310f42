import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
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
  // Before the browser paints, and closed before it is taken off the page: then focus goes back by itself.
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) {
      shown.showModal();
      // The browser would choose the closing button; what is to be typed or pressed comes first.
      const first = (what: string) => shown.querySelector<HTMLElement>(`.body ${what}`);
      (first("[data-first]") ?? first("input:not([type=checkbox], [type=date])") ?? first(".btn.main"))?.focus();
    }
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
