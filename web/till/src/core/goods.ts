// The catalogue as the last snapshot brought it: searched in the browser, so that a scan costs no round
// trip and works without the server.
import { api, asProblem, type Schema } from "@shuke/api";
import { db, type Goods } from "./db";

/** What the server says of a scanned code. */
interface Scanned {
  variant: string;
  product: string;
  product_name: string;
  variant_name: string;
  sku: string;
  kind: Schema<"ProductKind">;
  special: boolean;
  on_sale: boolean;
  price: number;
  member_price: number | null;
}

/** What exactly this barcode or stock code names. */
export async function goodsByCode(code: string): Promise<Goods | undefined> {
  return (
    (await db().goods.where("barcodes").equals(code).first()) ?? (await db().goods.where("sku").equals(code).first())
  );
}

/** Goods that came into the catalogue after the snapshot: asked of the server by their barcode, and kept. */
export async function goodsByCodeThere(code: string, store: string): Promise<Goods | undefined> {
  try {
    const { data } = await api.GET("/api/v1/variants/by-barcode/{code}", {
      params: { path: { code }, query: { store } },
    });
    const found = data as unknown as Scanned | undefined;
    if (!found?.on_sale) return undefined;
    const goods: Goods = {
      variant: found.variant,
      product: found.product,
      name: found.variant_name ? `${found.product_name} ${found.variant_name}` : found.product_name,
      initials: "",
      sku: found.sku,
      barcodes: [code],
      kind: found.kind,
      special: found.special,
      unit: "",
      price: found.price,
      memberPrice: found.member_price ?? undefined,
    };
    await db().goods.put(goods);
    return goods;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.offline || problem.status === 404) return undefined;
    throw problem;
  }
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
