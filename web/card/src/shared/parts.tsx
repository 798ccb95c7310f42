// What every page is made of.
import { asProblem } from "@shuke/api";
import { fieldSentence, sentence } from "@shuke/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { Button, Skeleton } from "antd-mobile";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { BackIcon, MoreIcon } from "./icons";
import { usePen } from "./shop";

/** A page below the first ones: its title, and the way back. */
export function Page({ title, up, children }: { title: string; up?: string; children: ReactNode }) {
  const { t } = useTranslation("ui");
  const router = useRouter();
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <header className="top">
        {up === undefined ? null : (
          <Link
            className="back"
            to={up}
            aria-label={t("do.back")}
            onClick={(event) => {
              if (!router.history.canGoBack()) return;
              event.preventDefault();
              router.history.back();
            }}
          >
            <BackIcon />
          </Link>
        )}
        <h1>{title}</h1>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** What was refused: what happened, what is safe, what to do. */
export function Refusal({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation("ui");
  const { language } = usePenLanguage();
  if (!error) return null;
  const problem = asProblem(error);
  return (
    <div className="refusal" role="alert">
      <p>{sentence(problem, language)}</p>
      {(problem.body?.fields ?? []).map((fault) => (
        <p key={fault.field + fault.detail}>{fieldSentence(fault, language)}</p>
      ))}
      {problem.status >= 500 && problem.requestId ? (
        <small>{t("problem.request", { id: problem.requestId })}</small>
      ) : null}
      {onRetry ? (
        <Button size="small" onClick={onRetry}>
          {t("do.retry")}
        </Button>
      ) : null}
    </div>
  );
}

function usePenLanguage() {
  const { i18n } = useTranslation(["app", "ui"]);
  return { language: i18n.language === "en" ? ("en" as const) : ("zh" as const) };
}

/** What was asked for; while it comes its outline, where it doesn't come why. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T, unknown>;
  children: (data: T) => ReactNode;
}) {
  const { t } = useTranslation(["app", "ui"]);
  if (query.data !== undefined) return children(query.data);
  const away = query.fetchStatus === "paused" || (query.error ? asProblem(query.error).offline : false);
  if (away) {
    return (
      <div className="refusal" role="alert">
        <p>{t("offline.nothing")}</p>
        <Button size="small" onClick={() => void query.refetch()}>
          {t("ui:do.retry")}
        </Button>
      </div>
    );
  }
  if (query.error) return <Refusal error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true">
      <span className="hidden" role="status">
        {t("loading")}
      </span>
      <Skeleton.Title animated />
      <Skeleton.Paragraph lineCount={4} animated />
    </div>
  );
}

/** A titled part of a page. */
export function Part({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="part" aria-labelledby={id}>
      <div className="part-top">
        <h2 id={id}>{title}</h2>
        {more}
      </div>
      {children}
    </section>
  );
}

/** A line of a list: what it is, a second line, and at the right how much. */
export function Row({ title, note, side, sideNote, tone, to, params, onClick, disabled }: RowProps) {
  const inner = (
    <>
      <span className="row-text">
        <span className="row-title">{title}</span>
        {note ? <span className="row-note">{note}</span> : null}
      </span>
      {side || sideNote ? (
        <span className="row-side">
          <span className={tone ? `row-amount ${tone}` : "row-amount"}>{side}</span>
          {sideNote ? <span className="row-note">{sideNote}</span> : null}
        </span>
      ) : null}
      {to || onClick ? <MoreIcon /> : null}
    </>
  );
  if (to) {
    return (
      <Link className="row" to={to} params={params as never}>
        {inner}
      </Link>
    );
  }
  if (onClick) {
    return (
      <button type="button" className="row" onClick={onClick} disabled={disabled}>
        {inner}
      </button>
    );
  }
  return <div className="row">{inner}</div>;
}

interface RowProps {
  title: ReactNode;
  note?: ReactNode;
  side?: ReactNode;
  sideNote?: ReactNode;
  tone?: "in" | "out";
  to?: string;
  params?: Record<string, string>;
  onClick?: () => void;
  disabled?: boolean;
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** A sheet from below, over the page: closed by Esc, by the button, by a tap beside it. */
export function Sheet({ title, onClose, children, plain }: SheetProps) {
  const { t } = useTranslation("ui");
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={plain ? "sheet plain" : "sheet"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose?.();
      }}
      onKeyDown={undefined}
    >
      <div className="sheet-body">
        <div className="part-top">
          <h2 id={id}>{title}</h2>
          {onClose ? (
            <button type="button" className="quiet" onClick={onClose}>
              {t("do.close")}
            </button>
          ) : null}
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface SheetProps {
  title: string;
  /** None for a sheet that has to be answered. */
  onClose?: () => void;
  children: ReactNode;
  /** White in the dark mode too, so that scanners read it. */
  plain?: boolean;
}

/** A button that shows the next page of a list. */
export function More({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown; error: unknown };
}) {
  const { t } = useTranslation(["app", "ui"]);
  if (!query.hasNextPage) return null;
  return (
    <>
      <Refusal error={query.error} />
      <Button block fill="none" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("more")}
      </Button>
    </>
  );
}

/** When something ends, near ends first said in days. */
export function Ends({ on }: { on: string | null | undefined }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  if (!on) return <>{t("forever")}</>;
  return <span className={pen.daysTo(on) <= 7 ? "near" : undefined}>{t("until", { day: pen.day(on) })}</span>;
}
