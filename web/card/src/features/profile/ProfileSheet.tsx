import { api, asProblem, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { BirthdayField, Choice, Field, Toggle, wholeBirthday } from "../../shared/form";
import { ME, type Me } from "../../shared/me";
import { Refusal, Sheet } from "../../shared/parts";
import { usePen } from "../../shared/shop";

/** What is left out stays as it is. */
type Change = Partial<Schema<"ProfileChange">>;

/** What was changed, and only that: a birthday may be changed only so often. */
function changes(me: Me, form: Form): Change {
  const text = (value: string) => value.trim() || null;
  const change: Change = {};
  if (text(form.name) !== (me.person.name ?? null)) change.name = text(form.name);
  if (text(form.email) !== (me.person.email ?? null)) change.email = text(form.email);
  const before = [me.person.birthday ?? "", me.person.birthday ? !!me.person.birthday_lunar : false];
  if (form.birthday !== before[0] || (form.birthday !== "" && form.lunar !== before[1])) {
    if (form.birthday === "") change.birthday = null;
    else if (wholeBirthday(form.birthday))
      Object.assign(change, { birthday: form.birthday, birthday_lunar: form.lunar });
  }
  if (form.gender !== (me.gender ?? "")) change.gender = (form.gender || null) as Change["gender"];
  const region = { province: text(form.province), city: text(form.city), district: text(form.district) };
  if ((["province", "city", "district"] as const).some((key) => region[key] !== (me.region[key] ?? null)))
    change.region = region;
  return change;
}

const formOf = (me: Me) => ({
  name: me.person.name ?? "",
  email: me.person.email ?? "",
  birthday: me.person.birthday ?? "",
  lunar: !!me.person.birthday_lunar,
  gender: (me.gender ?? "") as string,
  province: me.region.province ?? "",
  city: me.region.city ?? "",
  district: me.region.district ?? "",
});
type Form = ReturnType<typeof formOf>;

export function ProfileSheet({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const client = useQueryClient();
  const [form, setForm] = useState<Form>(() => formOf(me));
  const put = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const save = useMutation({
    mutationFn: async (change: Change) => {
      if (Object.keys(change).length === 0) return undefined;
      return (await api.PATCH("/api/v1/me", { body: change as Schema<"ProfileChange"> })).data;
    },
    onSuccess: (data) => {
      if (data) client.setQueryData(ME, data);
      onClose();
    },
  });
  const fault = (name: string) => (save.error ? asProblem(save.error).field(`/${name}`) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(changes(me, form));
  };
  return (
    <Sheet title={t("profile.edit")} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Field
          label={t("profile.name")}
          autoComplete="name"
          value={form.name}
          onChange={(event) => put({ name: event.target.value })}
        />
        <BirthdayField
          label={t("profile.birthday")}
          hint={t("profile.birthdayHint")}
          value={form.birthday}
          onChange={(birthday) => put({ birthday })}
          thisYear={Number(pen.today.slice(0, 4))}
        />
        <Toggle label={t("profile.lunar")} on={form.lunar} onChange={(lunar) => put({ lunar })} />
        <Choice
          label={t("profile.gender")}
          value={form.gender}
          onChange={(event) => put({ gender: event.target.value })}
        >
          <option value="">{t("profile.genders.none")}</option>
          <option value="female">{t("profile.genders.female")}</option>
          <option value="male">{t("profile.genders.male")}</option>
          <option value="other">{t("profile.genders.other")}</option>
        </Choice>
        <Field
          label={t("profile.email")}
          type="email"
          autoComplete="email"
          value={form.email}
          fault={fault("email")}
          onChange={(event) => put({ email: event.target.value })}
        />
        <Field
          label={t("profile.province")}
          autoComplete="address-level1"
          value={form.province}
          onChange={(event) => put({ province: event.target.value })}
        />
        <Field
          label={t("profile.cityName")}
          autoComplete="address-level2"
          value={form.city}
          onChange={(event) => put({ city: event.target.value })}
        />
        <Field
          label={t("profile.district")}
          autoComplete="address-level3"
          value={form.district}
          onChange={(event) => put({ district: event.target.value })}
        />
        <Refusal error={save.error} />
        <Button type="submit" block color="primary" size="large" loading={save.isPending}>
          {t("ui:do.save")}
        </Button>
      </form>
    </Sheet>
  );
}
