import { api } from "@shuke/api";
import { keepMode, type ModeChoice, modeChoice, switchLanguage } from "@shuke/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "../../shared/form";
import { isInstalled, useInstall } from "../../shared/install";
import { forget } from "../../shared/kept";
import type { Me } from "../../shared/me";
import { Page, Part, Refusal, Row, Sheet } from "../../shared/parts";
import { signedOut } from "../../shared/session";
import { useLabels, usePen } from "../../shared/shop";
import { Consents } from "./Consents";
import { Family } from "./Family";
import { ProfileSheet } from "./ProfileSheet";
import { TermsPart } from "./TermsPart";
import { WechatPart } from "./WechatPart";

export function ProfilePage({ me }: { me: Me }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <Page title={t("profile.title")}>
      <Person me={me} />
      <Family me={me} />
      <Consents me={me} />
      <TermsPart me={me} />
      <Cards me={me} />
      <WechatPart />
      <Settings />
      <SignOut />
    </Page>
  );
}

function Person({ me }: { me: Me }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const [editing, setEditing] = useState(false);
  const gender = useLabels("profile.genders");
  const { person, region } = me;
  const rows: [string, string | null | undefined][] = [
    [t("profile.name"), person.name],
    // A number of the shop's own country is read without its code.
    [t("profile.phone"), person.phone?.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3")],
    [
      t("profile.birthday"),
      person.birthday &&
        `${person.birthday.replace(/^--/, "")}${person.birthday_lunar ? ` · ${t("profile.lunar")}` : ""}`,
    ],
    [t("profile.gender"), me.gender ? gender(me.gender) : undefined],
    [t("profile.email"), person.email],
    [t("profile.city"), [region.province, region.city, region.district].filter(Boolean).join(" ")],
  ];
  return (
    <Part
      title={t("profile.edit")}
      more={
        <button type="button" className="quiet" onClick={() => setEditing(true)}>
          {t("ui:do.edit")}
        </button>
      }
    >
      <ul className="list">
        {rows.map(([label, value]) => (
          <li key={label}>
            <Row title={label} side={value || <span className="row-note">{t("profile.notSet")}</span>} />
          </li>
        ))}
      </ul>
      <p className="row-note">{t("profile.joined", { day: pen.day(me.joined_on) })}</p>
      {editing ? <ProfileSheet me={me} onClose={() => setEditing(false)} /> : null}
    </Part>
  );
}

function Cards({ me }: { me: Me }) {
  const { t } = useTranslation(["app", "ui"]);
  const kind = useLabels("profile.cardKinds");
  const state = useLabels("profile.cardStates");
  if (me.cards.length === 0) return null;
  return (
    <Part title={t("profile.cards")}>
      <ul className="list">
        {me.cards.map((card) => (
          <li key={card.id}>
            <Row title={card.number} note={kind(card.kind)} side={state(card.state)} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Settings() {
  const { t, i18n } = useTranslation(["app", "ui"]);
  const install = useInstall();
  const [choice, setChoice] = useState<ModeChoice>(modeChoice);
  return (
    <Part title={t("profile.settings")}>
      <div className="form">
        <Choice
          label={t("profile.language")}
          value={i18n.language}
          onChange={(event) => void switchLanguage(event.target.value === "en" ? "en" : "zh")}
        >
          <option value="zh">{i18n.language === "zh" ? t("ui:language.name") : t("ui:language.other")}</option>
          <option value="en">{i18n.language === "en" ? t("ui:language.name") : t("ui:language.other")}</option>
        </Choice>
        <Choice
          label={t("profile.theme")}
          value={choice}
          onChange={(event) => {
            const next = event.target.value as ModeChoice;
            keepMode(next);
            setChoice(next);
            dispatchEvent(new Event("shuke:mode"));
          }}
        >
          <option value="system">{t("ui:theme.system")}</option>
          <option value="light">{t("ui:theme.light")}</option>
          <option value="dark">{t("ui:theme.dark")}</option>
        </Choice>
      </div>
      {isInstalled() ? null : install ? (
        <Button block onClick={() => void install()}>
          {t("profile.install")}
        </Button>
      ) : (
        <p className="row-note">{t("ui:pair", { name: t("profile.install"), says: t("home.installHint") })}</p>
      )}
    </Part>
  );
}

function SignOut() {
  const { t } = useTranslation(["app", "ui"]);
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const leave = useMutation({
    mutationFn: async () => {
      await api.DELETE("/api/v1/me/session");
    },
    onSuccess: () => {
      forget(client);
      signedOut();
    },
  });
  return (
    <>
      <Button block size="large" onClick={() => setAsking(true)}>
        {t("profile.signOut")}
      </Button>
      {asking ? (
        <Sheet title={t("profile.signOut")} onClose={() => setAsking(false)}>
          <p>{t("profile.signOutSure")}</p>
          <Refusal error={leave.error} />
          <Button block size="large" color="primary" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t("profile.signOut")}
          </Button>
        </Sheet>
      ) : null}
    </>
  );
}
