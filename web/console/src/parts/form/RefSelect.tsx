import { api, type Schema } from "@shuke/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  useCardDesigns,
  useCategories,
  useProduct,
  useProducts,
  useStores,
  useTags,
  useTemplates,
  useTiers,
  useTills,
} from "../refs";
import type { Choice, Reference } from "./model";

interface Props {
  id?: string;
  of: Reference;
  many?: boolean | undefined;
  value: unknown;
  onChange: (next: unknown) => void;
  status?: "error";
  "aria-describedby"?: string | undefined;
  "aria-label"?: string;
}

/** Chooses what is named by an id: a store, a tier, a product… */
export function RefSelect({ of, ...rest }: Props) {
  switch (of) {
    case "store":
      return <Picker {...rest} options={named(useStores)} />;
    case "till":
      return <Picker {...rest} options={named(useTills)} />;
    case "tier":
      return <Picker {...rest} options={named(useTiers)} />;
    case "category":
      return <Picker {...rest} options={named(useCategories)} />;
    case "template":
      return <Picker {...rest} options={named(useTemplates)} />;
    case "tag":
      return <Picker {...rest} options={named(useTags)} />;
    case "design":
      return <Picker {...rest} options={named(useCardDesigns)} />;
    case "product":
      return <ProductPicker {...rest} />;
    case "variant":
      return <VariantPicker {...rest} />;
    case "member":
      return <MemberPicker {...rest} />;
  }
}

/** A list of few as choices. */
type Named = () => { id: string; name: string }[];
function named(useThem: Named): () => Choice[] {
  return () => useThem().map((one) => ({ value: one.id, label: one.name }));
}

type PickerProps = Omit<Props, "of"> & {
  options: (() => Choice[]) | Choice[];
  onSearch?: (text: string) => void;
};

function Picker({ many, value, onChange, options: given, onSearch, ...rest }: PickerProps) {
  const { t } = useTranslation(["app", "ui"]);
  const setOpen = useNamedList(rest.id, rest["aria-label"]);
  const options = typeof given === "function" ? given() : given;
  const search = onSearch ? { filterOption: false as const, onSearch } : { optionFilterProp: "label" as const };
  const shared = {
    ...rest,
    options,
    showSearch: search,
    style: { width: "100%" },
    placeholder: t("form.choose"),
    onOpenChange: setOpen,
  };
  return many ? (
    <Select {...shared} mode="multiple" value={(value ?? []) as string[]} onChange={onChange} />
  ) : (
    <Select
      {...shared}
      allowClear
      value={(value ?? undefined) as string | undefined}
      onChange={(next) => onChange(next ?? null)}
    />
  );
}

/** Gives the open list of a choice the name of its field: the kit gives it none. */
function useNamedList(id: string | undefined, label: string | undefined): (open: boolean) => void {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open || !id) return;
    const name = () => {
      const text = label ?? document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent ?? "";
      const list = document.getElementById(`${id}_list`);
      if (list && list.getAttribute("aria-label") !== text) list.setAttribute("aria-label", text);
    };
    name();
    const changes = new MutationObserver(name);
    changes.observe(document.body, { childList: true, subtree: true });
    return () => changes.disconnect();
  }, [open, id, label]);
  return setOpen;
}

function ProductPicker(props: Omit<Props, "of">) {
  const [q, setQ] = useState("");
  const found = useProducts(q);
  const chosen = (props.many ? ((props.value ?? []) as string[]) : [props.value as string]).filter(Boolean);
  const unknown = chosen.find((id) => !found.some((product) => product.id === id));
  const named = useProductNames(chosen);
  const options = [
    ...found.map((product) => ({ value: product.id, label: product.name })),
    ...(unknown ? named.filter((one) => !found.some((product) => product.id === one.value)) : []),
  ];
  return <Picker {...props} options={options} onSearch={setQ} />;
}

function useProductNames(ids: string[]): Choice[] {
  return (
    useQuery({
      queryKey: ["products", "names", ...ids],
      enabled: ids.length > 0,
      staleTime: 60_000,
      placeholderData: keepPreviousData,
      queryFn: () =>
        Promise.all(
          ids.slice(0, 50).map(async (id) => {
            const { data } = await api.GET("/api/v1/products/{id}", { params: { path: { id } } });
            return { value: id, label: data?.name ?? id };
          }),
        ),
    }).data ?? []
  );
}

/** What one pays for: a product's name with its variant's. */
export function goodsName(product: Schema<"Product">, variant: Schema<"Variant">): string {
  return [product.name, variant.name].filter(Boolean).join(" ");
}

const known = new Map<string, string>();

function VariantPicker(props: Omit<Props, "of">) {
  const [q, setQ] = useState("");
  const found = useProducts(q);
  const options = found.flatMap((product) =>
    product.variants.map((variant) => ({
      value: variant.id,
      label: `${goodsName(product, variant)} · ${variant.sku}`,
    })),
  );
  for (const option of options) known.set(option.value, option.label);
  const chosen = (props.many ? ((props.value ?? []) as string[]) : [props.value as string]).filter(Boolean);
  const rest = chosen
    .filter((id) => known.has(id) && !options.some((option) => option.value === id))
    .map((id) => ({ value: id, label: known.get(id) ?? id }));
  return <Picker {...props} options={[...options, ...rest]} onSearch={setQ} />;
}

function MemberPicker(props: Omit<Props, "of">) {
  const [q, setQ] = useState("");
  const found = useQuery({
    queryKey: ["members", "pick", q],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/members", { params: { query: { q: q || undefined, limit: 20 } } });
      return (data?.items ?? []).map((member) => ({
        value: member.id,
        label: [member.name, member.phone, member.number].filter(Boolean).join(" · "),
      }));
    },
  });
  const options = found.data ?? [];
  for (const option of options) known.set(option.value, option.label);
  const chosen = (props.many ? ((props.value ?? []) as string[]) : [props.value as string]).filter(Boolean);
  const rest = chosen
    .filter((id) => known.has(id) && !options.some((option) => option.value === id))
    .map((id) => ({ value: id, label: known.get(id) ?? id }));
  return <Picker {...props} options={[...options, ...rest]} onSearch={setQ} />;
}

/** The one variant of a product, where it has but one. */
export function useOnlyVariant(product: string | undefined): Schema<"Variant"> | undefined {
  const found = useProduct(product);
  return found?.variants.length === 1 ? found.variants[0] : undefined;
}
