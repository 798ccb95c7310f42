import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { Form } from "../../parts/form/Form";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { Loaded, useRefresh } from "../../parts/Parts";
import { Timeline } from "./Timeline";

/** What happened between the shop and a member: notes, contacts, consents, stages. */
export function Contacts({ member, happened }: { member: Schema<"MemberView">; happened: Schema<"Happening">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <div className="two">
      <section className="form-section" aria-label={t("member.happened")}>
        <h2>{t("member.happened")}</h2>
        <Timeline happened={happened} />
      </section>
      <Notes id={member.id} />
      <ContactLog id={member.id} />
      <Consents member={member} />
      <Terms member={member} />
      <Stages id={member.id} />
    </div>
  );
}

function Notes({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState(false);
  const notes = useQuery({
    queryKey: ["member", id, "notes"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/notes", { params: { path: { id }, query: { limit: 50 } } })).data?.items ??
      [],
  });
  return (
    <section className="form-section" aria-label={t("member.notes")}>
      <div className="page-head">
        <h2>{t("member.notes")}</h2>
        {may && <Button onClick={() => setOpen(true)}>{t("member.noteAdd")}</Button>}
      </div>
      <Loaded query={notes}>
        {(rows) => (
          <ol className="timeline">
            {rows.length === 0 && <li>{t("ui:state.empty")}</li>}
            {rows.map((note) => (
              <li key={note.id}>
                <time>{f.moment(note.at)}</time> {note.pinned && <Tag color="gold">{t("member.pinned")}</Tag>}
                {note.text}{" "}
                {may && (
                  <Act
                    small
                    label={t("ui:do.remove")}
                    ask={t("member.noteRemoveAsk")}
                    act={(_key) =>
                      api.DELETE("/api/v1/members/{id}/notes/{note}", {
                        params: { path: { id, note: note.id } },
                      })
                    }
                    done={() => refresh("member")}
                  />
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <FormDrawer<Schema<"NoteDraft">>
        id={`note-${id}`}
        title={t("member.noteAdd")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ text: "", pinned: false }}
        sections={[
          {
            title: "",
            fields: [
              { at: "text", kind: "area", required: true, label: t("member.noteText") },
              { at: "pinned", kind: "switch", label: t("member.notePin") },
            ],
          },
        ]}
        save={(body, key) =>
          api.POST("/api/v1/members/{id}/notes", { params: { path: { id }, header: once(key) }, body })
        }
        saved={() => refresh("member")}
      />
    </section>
  );
}

function ContactLog({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState(false);
  const contacts = useQuery({
    queryKey: ["member", id, "contacts"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/contacts", { params: { path: { id }, query: { limit: 50 } } })).data
        ?.items ?? [],
  });
  return (
    <section className="form-section" aria-label={t("member.contacts")}>
      <div className="page-head">
        <h2>{t("member.contacts")}</h2>
        {may && <Button onClick={() => setOpen(true)}>{t("member.contactAdd")}</Button>}
      </div>
      <Loaded query={contacts}>
        {(rows) => (
          <ol className="timeline">
            {rows.length === 0 && <li>{t("ui:state.empty")}</li>}
            {rows.map((one) => (
              <li key={one.id}>
                <time>{f.moment(one.at)}</time> {label("contactChannel", one.channel)} ·{" "}
                {label("contactKind", one.kind)} · {label("contactOutcome", one.outcome)} {one.subject}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <FormDrawer<Schema<"ContactDraft">>
        id={`contact-${id}`}
        title={t("member.contactAdd")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ channel: "phone", kind: "talk", outcome: "answered", subject: "" }}
        sections={[
          {
            title: "",
            fields: [
              {
                at: "channel",
                kind: "choice",
                required: true,
                label: t("member.contactChannel"),
                options: options("contactChannel"),
              },
              {
                at: "kind",
                kind: "choice",
                required: true,
                label: t("member.contactKind"),
                options: options("contactKind"),
              },
              {
                at: "outcome",
                kind: "choice",
                required: true,
                label: t("member.contactOutcome"),
                options: options("contactOutcome"),
              },
              { at: "subject", kind: "area", required: true, label: t("member.contactSubject") },
            ],
          },
        ]}
        save={(body, key) =>
          api.POST("/api/v1/members/{id}/contacts", { params: { path: { id }, header: once(key) }, body })
        }
        saved={() => refresh("member")}
      />
    </section>
  );
}

function Consents({ member }: { member: Schema<"MemberView"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const { id } = member;
  const changes = useQuery({
    queryKey: ["member", id, "consents"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/consent-changes", { params: { path: { id } } })).data?.items ?? [],
  });
  const channels = options("consentChannel");
  const said = Object.fromEntries(
    channels.map(({ value }) => [value, member.consents.find((one) => one.channel === value)?.granted ?? false]),
  );
  return (
    <section className="form-section narrow" aria-label={t("member.consent.title")}>
      <Form<Record<string, boolean>>
        key={JSON.stringify(said)}
        id={`consent-${id}`}
        initial={said}
        readOnly={!may}
        submit={t("member.consent.save")}
        sections={[
          {
            title: t("member.consent.title"),
            fields: channels.map(({ value, label: name }) => ({ at: value, kind: "switch" as const, label: name })),
          },
        ]}
        save={(value, _key) => {
          const changed = Object.fromEntries(Object.entries(value).filter(([channel, one]) => said[channel] !== one));
          return api.PUT("/api/v1/members/{id}/consents", {
            params: { path: { id } },
            body: { channels: changed },
          });
        }}
        saved={() => refresh("member")}
      />
      <h3>{t("member.consent.history")}</h3>
      <ol className="timeline">
        {(changes.data ?? []).map((one) => (
          <li key={one.id}>
            <time>{f.moment(one.at)}</time> {label("consentChannel", one.channel)}{" "}
            {one.granted ? t("member.consent.agreed") : t("member.consent.refused")}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The terms that a member accepted, and recording that they accept those of today. */
function Terms({ member }: { member: Schema<"MemberView"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const terms = useQuery({
    queryKey: ["terms", "newest"],
    queryFn: async () => (await api.GET("/api/v1/terms", { params: { query: { limit: 1 } } })).data?.items[0] ?? null,
  });
  const newest = terms.data;
  const due = newest && !member.terms.some((one) => one.version === newest.version);
  return (
    <section className="form-section" aria-label={t("member.terms")}>
      <h2>{t("member.terms")}</h2>
      {member.terms.length === 0 && (
        <p className="help">{newest ? t("ui:state.empty") : t("member.fields.termsEmpty")}</p>
      )}
      <ol className="timeline">
        {member.terms.map((one) => (
          <li key={one.version}>
            <time>{f.moment(one.at)}</time> {t("member.termsVersion")} {one.version}
          </li>
        ))}
      </ol>
      {due && may && (
        <Act
          label={t("member.acceptTerms")}
          ask={t("member.acceptAsk", { title: newest.title, version: newest.version })}
          act={(_key) =>
            api.PUT("/api/v1/members/{id}/terms-acceptances", {
              params: { path: { id: member.id } },
              body: { version: newest.version },
            })
          }
          done={() => refresh("member")}
        />
      )}
    </section>
  );
}

function Stages({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const changes = useQuery({
    queryKey: ["member", id, "stages"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/stage-changes", { params: { path: { id } } })).data?.items ?? [],
  });
  return (
    <section className="form-section" aria-label={t("member.stageChanges")}>
      <h2>{t("member.stageChanges")}</h2>
      <ol className="timeline">
        {(changes.data ?? []).length === 0 && <li>{t("ui:state.empty")}</li>}
        {(changes.data ?? []).map((one) => (
          <li key={one.id}>
            <time>{f.day(one.on)}</time> {label("stage", one.from)} → {label("stage", one.to)} (
            {label("stageCause", one.cause)})
          </li>
        ))}
      </ol>
    </section>
  );
}
