import { api, newKey, once, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice, Field } from "../../shared/form";
import { ME, type Me } from "../../shared/me";
import { Empty, Part, Refusal, Row, Sheet } from "../../shared/parts";
import { useLabels, usePen } from "../../shared/shop";

type Dependent = Schema<"DependentView">;
type Draft = Schema<"DependentDraft">;

export function Family({ me }: { me: Me }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const relation = useLabels("profile.relations");
  const [editing, setEditing] = useState<Dependent | "new">();
  const when = (one: Dependent) =>
    one.born_on
      ? t("profile.born", { day: pen.day(one.born_on) })
      : one.due_on
        ? t("profile.expecting", { day: pen.day(one.due_on) })
        : undefined;
  return (
    <Part
      title={t("profile.dependents")}
      more={
        <button type="button" className="quiet" onClick={() => setEditing("new")}>
          {t("profile.addDependent")}
        </button>
      }
    >
      {me.dependents.length === 0 ? <Empty>{t("profile.noDependents")}</Empty> : null}
      <ul className="list">
        {me.dependents.map((one) => (
          <li key={one.id}>
            <Row
              title={one.name || relation(one.relation)}
              note={when(one)}
              side={relation(one.relation)}
              onClick={() => setEditing(one)}
            />
          </li>
        ))}
      </ul>
      {editing ? (
        <FamilySheet one={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      ) : null}
    </Part>
  );
}

function useSaving(one: Dependent | undefined, onDone: () => void) {
  const client = useQueryClient();
  const [key] = useState(newKey);
  const done = async () => {
    await client.invalidateQueries({ queryKey: ME });
    onDone();
  };
  const save = useMutation({
    mutationFn: async (body: Draft) => {
      if (one) await api.PUT("/api/v1/me/dependents/{dependent}", { params: { path: { dependent: one.id } }, body });
      else await api.POST("/api/v1/me/dependents", { params: { header: once(key) }, body });
    },
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: async () => {
      if (one) await api.DELETE("/api/v1/me/dependents/{dependent}", { params: { path: { dependent: one.id } } });
    },
    onSuccess: done,
  });
  return { save, remove };
}

function FamilySheet({ one, onClose }: { one: Dependent | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const relations = useLabels("profile.relations");
  const [relation, setRelation] = useState<string>(one?.relation ?? "child");
  const [name, setName] = useState(one?.name ?? "");
  const [gender, setGender] = useState<string>(one?.gender ?? "");
  const [born, setBorn] = useState(one?.born_on ?? "");
  const [due, setDue] = useState(one?.due_on ?? "");
  const [sure, setSure] = useState(false);
  const { save, remove } = useSaving(one, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      relation: relation as Draft["relation"],
      name: name.trim() || null,
      gender: (gender || null) as Draft["gender"],
      born_on: born || null,
      due_on: due || null,
    });
  };
  return (
    <Sheet title={one ? t("profile.editDependent") : t("profile.addDependent")} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <Choice label={t("profile.relation")} value={relation} onChange={(event) => setRelation(event.target.value)}>
          {["child", "spouse", "parent", "relative", "pet"].map((key) => (
            <option key={key} value={key}>
              {relations(key)}
            </option>
          ))}
        </Choice>
        <Field
          label={t("profile.name")}
          value={name}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
        <Choice label={t("profile.gender")} value={gender} onChange={(event) => setGender(event.target.value)}>
          <option value="">{t("profile.genders.none")}</option>
          <option value="female">{t("profile.genders.female")}</option>
          <option value="male">{t("profile.genders.male")}</option>
        </Choice>
        <Field
          label={t("profile.bornOn")}
          type="date"
          value={born}
          disabled={due !== ""}
          onChange={(event) => setBorn(event.target.value)}
        />
        {relation === "child" ? (
          <Field
            label={t("profile.dueOn")}
            type="date"
            value={due}
            disabled={born !== ""}
            onChange={(event) => setDue(event.target.value)}
          />
        ) : null}
        <Refusal error={save.error ?? remove.error} />
        <Button type="submit" block color="primary" size="large" loading={save.isPending}>
          {t("ui:do.save")}
        </Button>
        {one ? (
          <Button
            block
            size="large"
            loading={remove.isPending}
            onClick={() => (sure ? remove.mutate() : setSure(true))}
          >
            {sure
              ? t("profile.removeSure", { name: one.name || relations(one.relation) })
              : t("profile.removeDependent")}
          </Button>
        ) : null}
      </form>
    </Sheet>
  );
}
