import { asProblem } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Form } from "./form/Form";
import type { Section } from "./form/model";
import { Loaded, useRefresh } from "./Parts";

/** One section of the settings as a form: read, changed, saved whole. */
export function SettingForm<T extends object>({
  name,
  title,
  read,
  write,
  sections,
  permission = "org:write",
  aside,
}: {
  name: string;
  title?: string;
  read: () => Promise<{ data?: T | undefined }>;
  write: (value: T) => Promise<unknown>;
  sections: Section<T>[] | ((value: T) => Section<T>[]);
  permission?: string;
  aside?: (value: T) => ReactNode;
}) {
  const may = useMay(permission);
  const refresh = useRefresh();
  const setting = useQuery({
    queryKey: ["settings", name],
    queryFn: async () => (await read()).data as T,
    retry: (count, error) => asProblem(error).offline && count < 3,
  });
  return (
    <Loaded query={setting}>
      {(value) => (
        <Form<T>
          key={JSON.stringify(value)}
          id={`setting-${name}`}
          title={title}
          readOnly={!may}
          initial={value}
          sections={sections}
          save={write}
          saved={() => refresh("settings")}
          aside={aside}
        />
      )}
    </Loaded>
  );
}
