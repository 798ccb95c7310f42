import type { Schema } from "@shuke/api";
import { Button } from "antd-mobile";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { BirthdayField, Choice, Field, Toggle, wholeBirthday } from "../../shared/form";
import { Refusal, Sheet } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

/** What it takes to join. */
export function JoinForm({
  busy,
  error,
  onJoin,
}: {
  busy: boolean;
  error: unknown;
  onJoin: (join: Schema<"Join">) => void;
}) {
  const { t } = useTranslation();
  const shop = useShop();
  const pen = usePen();
  const [name, setName] = useState("");
  const [birthday, setBirthday] = useState("");
  const [lunar, setLunar] = useState(false);
  const [gender, setGender] = useState("");
  const [accepted, setAccepted] = useState(false);
  const [reading, setReading] = useState(false);
  const [asked, setAsked] = useState(false);
  if (!shop.join) return <p className="refusal">{t("entrance.joinClosed")}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (shop.terms && !accepted) return;
    const born = wholeBirthday(birthday);
    onJoin({
      name: name.trim() || null,
      birthday: born ? birthday : null,
      birthday_lunar: born && lunar,
      gender: (gender || null) as Schema<"Gender"> | null,
      store: null,
      terms_version: shop.terms?.version ?? null,
      consents: {},
    });
  };
  return (
    <form className="form" onSubmit={submit}>
      <h2>{t("entrance.joinTitle", { shop: shop.name })}</h2>
      <p>{t("entrance.joinLead")}</p>
      <Field
        label={t("entrance.name")}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <BirthdayField
        label={t("entrance.birthday")}
        hint={t("entrance.birthdayHint")}
        value={birthday}
        onChange={setBirthday}
        thisYear={Number(pen.today.slice(0, 4))}
      />
      {wholeBirthday(birthday) ? <Toggle label={t("profile.lunar")} on={lunar} onChange={setLunar} /> : null}
      <Choice label={t("profile.gender")} value={gender} onChange={(event) => setGender(event.target.value)}>
        <option value="">{t("profile.genders.none")}</option>
        <option value="female">{t("profile.genders.female")}</option>
        <option value="male">{t("profile.genders.male")}</option>
      </Choice>
      {shop.terms ? (
        <div className="accept">
          <label>
            <input type="checkbox" checked={accepted} onChange={(event) => setAccepted(event.target.checked)} />{" "}
            {t("entrance.accept")}
          </label>
          <button type="button" className="quiet" onClick={() => setReading(true)}>
            {shop.terms.title}
          </button>
          {asked && !accepted ? (
            <small className="fault" role="alert">
              {t("entrance.acceptNeeded")}
            </small>
          ) : null}
        </div>
      ) : null}
      <Refusal error={asked ? error : undefined} />
      <Button type="submit" block color="primary" size="large" loading={busy}>
        {t("entrance.join")}
      </Button>
      {reading && shop.terms ? (
        <Sheet title={shop.terms.title} onClose={() => setReading(false)}>
          <p className="terms">{shop.terms.body}</p>
        </Sheet>
      ) : null}
    </form>
  );
}
