import { keepMode, language, type ModeChoice, modeChoice, switchLanguage, useMay, useSigning, useWho } from "@shuke/ui";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConflicts } from "../../core/conflicts";
import { connected } from "../../core/connection";
import { Panel } from "../../core/Panel";
import { useLeavePlace, usePlace } from "../../core/place";
import { waitingSales } from "../../core/queue";
import { useStore } from "../../core/store";
import { OwnPin, RegisterDevice } from "./Device";
import "./topbar.css";

/** Where, who, and whether the server answers; the middle belongs to the page. */
export function TopBar({ children, shift }: { children?: ReactNode; shift?: ReactNode }) {
  const { t } = useTranslation(["app", "ui"]);
  const { store, till } = usePlace();
  const online = useStore(connected);
  const sales = useStore(waitingSales);
  const conflicts = useConflicts();
  const here = sales.filter((sale) => sale.state === "refused").length;
  const refused = here + conflicts.items.length;
  const waiting = sales.length - here;
  const [menu, setMenu] = useState(false);
  return (
    <header className="top">
      <div className="where">
        <Link to="/" className="home">
          {store.name} · {till.name}
        </Link>
        {shift}
      </div>
      <div className="middle">{children}</div>
      <Link to="/waiting" className={`state ${online ? "on" : "off"}${refused > 0 ? " bad" : ""}`}>
        <span aria-hidden="true">{online ? "●" : "○"}</span> {online ? t("top.online") : t("top.offline")}
        {" · "}
        <span data-testid="waiting">{t("top.waiting", { count: waiting })}</span>
        {refused > 0 ? ` · ${t("top.refused", { count: refused })}` : ""}
      </Link>
      <button type="button" className="btn" onClick={() => setMenu(true)}>
        {t("top.menu")}
      </button>
      {menu ? <Menu onClose={() => setMenu(false)} /> : null}
    </header>
  );
}

function Menu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const who = useWho();
  const leave = useLeavePlace();
  const { signOut } = useSigning();
  const manages = useMay("device:manage");
  const [open, setOpen] = useState<"pin" | "device" | undefined>(undefined);
  const [mode, setMode] = useState<ModeChoice>(modeChoice());
  return (
    <Panel title={`${who.name} · ${t(`role.${who.role}`)}`} onClose={onClose} side>
      <nav className="stack" aria-label={t("top.menu")}>
        {(
          [
            ["/", "top.sell", "Esc"],
            ["/orders", "top.orders", "F6"],
            ["/shift", "top.shift", "F7"],
            ["/waiting", "top.queue", ""],
          ] as const
        ).map(([to, text, key]) => (
          <Link key={to} to={to} className="btn wide" onClick={onClose}>
            <span className="grow">{t(text)}</span> {key ? <kbd>{key}</kbd> : null}
          </Link>
        ))}
        <fieldset className="choices">
          <legend>{t("top.look")}</legend>
          {(["light", "dark", "system"] as const).map((one) => (
            <button
              type="button"
              key={one}
              className="btn small"
              aria-pressed={mode === one}
              onClick={() => {
                keepMode(one);
                setMode(one);
                dispatchEvent(new Event("shuke:mode"));
              }}
            >
              {t(`ui:theme.${one}`)}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          className="btn"
          lang={language() === "zh" ? "en" : "zh-CN"}
          onClick={() => void switchLanguage(language() === "zh" ? "en" : "zh")}
        >
          {t("ui:language.other")}
        </button>
        <button type="button" className="btn" onClick={() => setOpen("pin")}>
          {t("top.ownPin")}
        </button>
        {manages ? (
          <button type="button" className="btn" onClick={() => setOpen("device")}>
            {t("top.register")}
          </button>
        ) : null}
        <button
          type="button"
          className="btn"
          onClick={() => {
            onClose();
            leave();
          }}
        >
          {t("top.move")}
        </button>
        <button type="button" className="btn" onClick={() => void signOut().then(() => location.reload())}>
          {t("ui:do.signOut")}
        </button>
      </nav>
      {open === "pin" ? <OwnPin onClose={() => setOpen(undefined)} /> : null}
      {open === "device" ? <RegisterDevice onClose={() => setOpen(undefined)} /> : null}
    </Panel>
  );
}
