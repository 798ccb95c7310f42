// Takes the pictures of the README: after `make faces` and a build of the server,
// `SHUKE_BIN=../target/debug/shuke node scripts/screenshots.mjs`. A demo of its own, the same every time.
import { mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { customer, memberCookie, Shop, withCookie } from "./faces.mjs";

const FOLDER = resolve("../docs/images");
/** Bytes of one picture: they are fetched by everybody who clones. */
const PICTURE_BYTES_MAX = 300_000;
const PHONE = "13900005678";

mkdirSync(FOLDER, { recursive: true });
const shop = await Shop.open({ members: 300, months: 4 });
try {
  const owner = await shop.signIn("owner");
  const member = await customer(shop, owner, PHONE, "许知微");
  await till(await shop.signIn("cashier"));
  await page("console", owner, "/console/", { width: 1280, height: 800 }, "main h1, main h2");
  await page("member", owner, `/console/members/${member.id}`, { width: 1280, height: 800 }, "main h1, main h2");
  await page("card", await memberCookie(shop, owner, PHONE), "/card/1", { width: 360, height: 740 }, ".tiles");
} finally {
  await shop.stop();
}

/** A page as it is when everything on it has come. */
async function page(name, cookie, path, size, ready, act) {
  const context = await withCookie(await shop.context(size), shop, cookie);
  const tab = await context.newPage();
  await tab.goto(path);
  await tab.locator(ready).first().waitFor();
  await act?.(tab);
  await tab.waitForLoadState("networkidle");
  await tab.waitForFunction(
    () => !document.querySelector("[aria-busy=true], .ant-skeleton-active, .ant-spin-spinning"),
  );
  const file = `${FOLDER}/${name}.png`;
  await tab.screenshot({ path: file, animations: "disabled" });
  await context.close();
  const { size: bytes } = statSync(file);
  if (bytes > PICTURE_BYTES_MAX) throw new Error(`${file} is larger than ${PICTURE_BYTES_MAX} bytes`);
  console.log(`${file} ${Math.round(bytes / 1000)} kB`);
}

/** The till with a member and goods in the cart, scanned as a cashier would. */
async function till(cookie) {
  const { items } = await shop.call(cookie, "GET", "/api/v1/products?limit=100&state=on_sale");
  const codes = items
    .filter((one) => one.kind === "goods" && one.variants[0]?.barcodes[0])
    .slice(0, 3)
    .map((one) => one.variants[0].barcodes[0]);
  await page("till", cookie, "/till/", { width: 1280, height: 800 }, ".btn.main, input", async (tab) => {
    const place = tab.locator("main.centre .btn.main").first();
    if (await place.count()) await place.click();
    const search = tab.getByRole("combobox").first();
    for (const words of [...codes, PHONE]) {
      await search.fill(words);
      await tab.keyboard.press("Enter");
      await tab.waitForLoadState("networkidle");
    }
    await tab.getByText("许").first().waitFor();
  });
}
