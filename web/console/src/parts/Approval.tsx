import { api, asProblem, newId, newKey, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "./Act";

export type Asked = Pick<Schema<"ApprovalAsk">, "kind" | "subject" | "amount" | "reason" | "store">;

/** A write that needs a second person's word above a limit: sends it, and where it needs one shows whom to ask. */
export function useApproved<T>(
  asked: (value: T) => Asked,
  send: (value: T, key: string, approval: string | null) => Promise<unknown>,
): { save: (value: T, key: string) => Promise<void>; second: () => ReactNode } {
  const [ask, setAsk] = useState<Asked>();
  const [approval, setApproval] = useState<string>();
  return {
    save: async (value, key) => {
      try {
        await send(value, key, approval ?? null);
      } catch (thrown) {
        if (asProblem(thrown).code === "approval_needed") setAsk(asked(value));
        throw thrown;
      }
      setAsk(undefined);
      setApproval(undefined);
    },
    second: () => ask && <SecondPerson key={JSON.stringify(ask)} asked={ask} given={setApproval} />,
  };
}

/** Above the limit: asks a second person, who decides here with name and password, or in a session of their own. */
export function SecondPerson({ asked, given }: { asked: Asked; given: (approval: string) => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const [id, setId] = useState<string>();
  return (
    <Alert
      type="info"
      showIcon
      title={t("sales.approval.needed")}
      description={
        id ? (
          <Waiting id={id} given={given} />
        ) : (
          <Act
            label={t("sales.approval.ask")}
            said={t("sales.approval.asked")}
            act={async (key) => {
              const made = newId();
              await api.POST("/api/v1/approvals", { params: { header: once(key) }, body: { id: made, ...asked } });
              setId(made);
            }}
          />
        )
      }
    />
  );
}

function Waiting({ id, given }: { id: string; given: (approval: string) => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useId();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const approval = useQuery({
    queryKey: ["approvals", id],
    refetchInterval: 3_000,
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/approvals/{id}", { params: { path: { id } } });
      if (data?.state === "given") given(id);
      return data ?? null;
    },
  });
  const decide = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await api.POST("/api/v1/approvals/{id}/decision", {
        params: { path: { id }, header: once(newKey()) },
        body: { given: true, username, password },
      });
      given(id);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  if (approval.data?.state === "given") return <p>{t("sales.approval.given")}</p>;
  if (approval.data?.state === "declined") return <p>{t("sales.approval.declined")}</p>;
  return (
    <div className="sign-in">
      <p>{t("sales.approval.waiting")}</p>
      <label htmlFor={`${label}-name`}>{t("sales.approval.username")}</label>
      <Input
        id={`${label}-name`}
        value={username}
        autoComplete="off"
        onChange={(event) => setUsername(event.target.value)}
      />
      <label htmlFor={`${label}-password`}>{t("sales.approval.password")}</label>
      <Input.Password
        id={`${label}-password`}
        value={password}
        autoComplete="off"
        onChange={(event) => setPassword(event.target.value)}
      />
      <ProblemNotice error={error} />
      <Button loading={busy} disabled={!username || !password} onClick={() => void decide()}>
        {t("sales.approval.here")}
      </Button>
    </div>
  );
}
