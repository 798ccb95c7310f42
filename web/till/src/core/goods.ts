// The catalogue in the browser: fetched whole when it changed, searched here, so that a scan costs no
// round trip and works without the server.
import { api, type Schema } from "@shuke/api";
import { db, type Goods, keep, kept } from "./db";
import { createStore } from "./store";

type Product = Schema<"Page_Product">["items"][number];

/** When the catalogue was fetched, Unix milliseconds; undefined before the first time. */
export const goodsAsOf = createStore<number | undefined>(undefined);

export function goodsOf(product: Product): Goods[] {
  return product.variants
    .filter((variant) => product.state === "on_sale" && variant.state === "on_sale")
    .map((variant) => ({
      variant: variant.id,
      product: product.id,
      name: variant.name ? `${product.name} ${variant.name}` : product.name,
      initials: product.initials.toLowerCase(),
      sku: variant.sku,
      barcodes: variant.barcodes,
      category: product.category ?? undefined,
      kind: product.kind,
      special: product.special,
      unit: product.unit,
      price: variant.price,
      memberPrice: variant.member_price ?? undefined,
      activity: variant.activity
        ? {
            price: variant.activity.price,
            from: variant.activity.from ?? undefined,
            until: variant.activity.until ?? undefined,
          }
        : undefined,
    }));
}

/** Fetches the whole catalogue and puts it in place of the one before, in one step. */
export async function refreshGoods(): Promise<void> {
  const all: Goods[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/products", {
      params: { query: { state: "on_sale", limit: 200, ...(cursor ? { cursor } : {}) } },
    });
    for (const product of data?.items ?? []) all.push(...goodsOf(product));
    cursor = data?.next ?? undefined;
  } while (cursor);
  const now = Date.now();
  await db().transaction("rw", db().goods, db().kept, async () => {
    await db().goods.clear();
    await db().goods.bulkPut(all);
    await keep("goods-as-of", now);
  });
  goodsAsOf.set(now);
}

/** Says how old the kept catalogue is, then fetches the present one. */
export async function startGoods(): Promise<void> {
  goodsAsOf.set(await kept<number>("goods-as-of"));
  await refreshGoods();
}

/** What exactly this barcode or stock code names. */
export async function goodsByCode(code: string): Promise<Goods | undefined> {
  return (
    (await db().goods.where("barcodes").equals(code).first()) ?? (await db().goods.where("sku").equals(code).first())
  );
}

const FOUND_MAX = 8;

/** Goods whose name, initials or stock code holds the text, those that begin with it first; at most eight. */
export async function searchGoods(text: string): Promise<Goods[]> {
  const wanted = text.toLowerCase();
  const letters = /^[a-z0-9]+$/.test(wanted);
  const found = await db()
    .goods.filter(
      (goods) =>
        goods.name.toLowerCase().includes(wanted) ||
        goods.sku.toLowerCase().startsWith(wanted) ||
        (letters && goods.initials.includes(wanted)),
    )
    .toArray();
  const rank = (goods: Goods) => (goods.initials.startsWith(wanted) || goods.name.startsWith(text) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, FOUND_MAX);
}
