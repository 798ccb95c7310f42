// What is said in the corner: it never takes the focus and never stops the queue.
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { createStore, useStore } from "./store";

export interface Notice {
  id: number;
  kind: "said" | "good" | "bad";
  text: string;
  action?: { label: string; act: () => void } | undefined;
}

const notices = createStore<Notice[]>([]);
let last = 0;

const STAY_MS = 8_000;

/** Says something in the corner for a while. */
export function say(text: string, kind: Notice["kind"] = "said", action?: Notice["action"]): void {
  last += 1;
  const id = last;
  notices.set((before) => [...before.filter((notice) => notice.text !== text), { id, kind, text, action }].slice(-4));
}

const drop = (id: number) => notices.set((before) => before.filter((notice) => notice.id !== id));

function Line({ notice }: { notice: Notice }) {
  const { t } = useTranslation("ui");
  useEffect(() => {
    const timer = setTimeout(() => drop(notice.id), STAY_MS);
    return () => clearTimeout(timer);
  }, [notice.id]);
  const { action } = notice;
  return (
    <li className={`notice ${notice.kind}`}>
      <span>{notice.text}</span>
      {action ? (
        <button
          type="button"
          className="btn small"
          onClick={() => {
            action.act();
            drop(notice.id);
          }}
        >
          {action.label}
        </button>
      ) : null}
      <button type="button" className="btn plain small" aria-label={t("do.close")} onClick={() => drop(notice.id)}>
        ✕
      </button>
    </li>
  );
}

export function Notices() {
  const all = useStore(notices);
  return (
    <ul className="notices" aria-live="polite">
      {all.map((notice) => (
        <Line key={notice.id} notice={notice} />
      ))}
    </ul>
  );
}
