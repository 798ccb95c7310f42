import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Modal } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "./FormDrawer";
import type { Field } from "./form/model";
import { shift, useFormat, useLabel, useToday } from "./format";
import { useRefresh } from "./Parts";

/** Who may be given follow-ups of a store, or of any store of whoever looks; with a store, its own number of a name. */
export function useAssignees(store: string | null | undefined): { value: string; label: string }[] {
  const label = useLabel();
  const found = useQuery({
    queryKey: ["follow-ups", "assignees", store],
    staleTime: 60_000,
    enabled: useMay("follow-up:write"),
    queryFn: async () =>
      (await api.GET("/api/v1/follow-ups/assignees", { params: { query: { store: store || undefined } } })).data ?? [],
  });
  return (found.data ?? []).map((one) => ({ value: one.id, label: `${one.name} · ${label("role", one.role)}` }));
}

interface Draft {
  tag: string | null;
  reason: string;
  script: string;
  due_on: string;
  store: string | null;
  assigned_to: string | null;
}

/** What one and many have in common. */
function useFields(assignees: { value: string; label: string }[], storeHelp: string): Field<Draft>[] {
  const { t } = useTranslation(["app", "ui"]);
  return [
    { at: "reason", kind: "text", required: true, label: t("care.reason"), help: t("care.reasonHelp") },
    { at: "script", kind: "area", label: t("care.script"), help: t("care.scriptHelp") },
    { at: "due_on", kind: "date", required: true, label: t("care.dueOn") },
    { at: "store", kind: "ref", of: "store", label: t("care.store"), help: storeHelp },
    {
      at: "assigned_to",
      kind: "choice",
      label: t("care.assignee"),
      help: t("care.assigneeHelp"),
      options: assignees,
    },
  ];
}

function useInitial(): Draft {
  const today = useToday();
  return { tag: null, reason: "", script: "", due_on: shift(today, 1), store: null, assigned_to: null };
}

/** Has somebody contact a member. */
export function ArrangeOne({
  member,
  name,
  store,
  onClose,
}: {
  member: string;
  name: string;
  /** The store that the member belongs to. */
  store: string | null | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const fields = useFields(useAssignees(store), t("care.storeOneHelp"));
  const initial = useInitial();
  return (
    <FormDrawer<Draft>
      id={`follow-up-${member}`}
      title={t("care.arrangeOf", { name })}
      open
      onClose={onClose}
      initial={{ ...initial, store: store ?? null }}
      submit={t("care.arrange")}
      sections={[{ title: "", fields }]}
      save={({ tag: _, ...value }, key) =>
        api.POST("/api/v1/follow-ups", {
          params: { header: once(key) },
          body: { id: key, member, ...value, store: value.store || null, assigned_to: value.assigned_to || null },
        })
      }
      saved={() => refresh("follow-ups", "member")}
    />
  );
}

/** Has somebody contact everybody with a tag; says then how many it came to, and who was left out. */
export function ArrangeTag({
  tag,
  run,
  onClose,
}: {
  /** The tag that is chosen at first. */
  tag?: string | undefined;
  /** The analysis that found its members. */
  run?: string | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const [made, setMade] = useState<Schema<"FollowUpBatch">>();
  const told = useRef(false);
  const fields = useFields(useAssignees(undefined), t("care.storeManyHelp"));
  const initial = useInitial();
  if (made) return <Made batch={made} onClose={onClose} />;
  return (
    <FormDrawer<Draft>
      id={`follow-up-tag-${tag ?? "new"}`}
      title={t("care.arrangeTag")}
      open
      // What it came to takes the form's place; whoever has read it closes that.
      onClose={() => told.current || onClose()}
      initial={{ ...initial, tag: tag ?? null }}
      submit={t("care.arrange")}
      sections={[
        {
          title: "",
          help: t("care.arrangeTagHelp"),
          fields: [{ at: "tag", kind: "ref", of: "tag", required: true, label: t("member.tag") }, ...fields],
        },
      ]}
      save={async (value, key) => {
        const { data } = await api.POST("/api/v1/follow-ups/batches", {
          params: { header: once(key) },
          body: {
            ...value,
            id: key,
            tag: value.tag ?? "",
            run: run ?? null,
            store: value.store || null,
            assigned_to: value.assigned_to || null,
          },
        });
        refresh("follow-ups");
        told.current = true;
        setMade(data as Schema<"FollowUpBatch">);
      }}
    />
  );
}

function Made({ batch, onClose }: { batch: Schema<"FollowUpBatch">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const may = useMay("follow-up:read");
  const left = (["had_one", "unwelcome", "without_store", "elsewhere"] as const).filter((why) => batch[why] > 0);
  return (
    <Modal open title={t("care.made", { n: f.count(batch.made) })} footer={null} onCancel={onClose}>
      {left.length > 0 && (
        <>
          <p>{t("care.leftOut")}</p>
          <ul>
            {left.map((why) => (
              <li key={why}>{t(`care.left.${why}`, { n: f.count(batch[why]) })}</li>
            ))}
          </ul>
        </>
      )}
      {may && (
        <Link to="/members/follow-ups" search={{ batch: batch.id } as never} onClick={onClose}>
          {t("care.openList")}
        </Link>
      )}
    </Modal>
  );
}
