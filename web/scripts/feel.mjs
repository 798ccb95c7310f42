// How the till feels, by the browser's own clock, from the key press to what the cashier sees: a scan to its
// line, to the price, a member's phone to the member, the key that takes the cash to the change.
// `make faces`, a release build, then `SHUKE_BIN=../target/release/shuke node scripts/feel.mjs`; `--json` for a program.
import { Shop, withCookie } from "./faces.mjs";

const SALES = 30;

const shop = await Shop.open({ members: 200, months: 2 });
const times = { line: [], price: [], member: [], done: [] };
try {
  const cookie = await shop.signIn("cashier");
  const call = (method, path, body) => shop.call(cookie, method, path, body);
  const { items } = await call("GET", "/api/v1/products?limit=100&state=on_sale");
  const codes = items
    .filter((one) => one.kind === "goods")
    .flatMap((one) => one.variants.map((variant) => variant.barcodes[0]))
    .filter(Boolean);
  const phone = "13900005678";
  const member = await call("POST", "/api/v1/members", { id: crypto.randomUUID(), phone, name: "许知微" });
  const context = await withCookie(await shop.context(), shop, cookie);
  const page = await context.newPage();
  await page.goto("/till/");
  await page.getByRole("group", { name: "收银台", exact: true }).getByRole("button").first().click();
  await page.getByRole("combobox").waitFor();
  // The snapshot is there once the first scan finds its goods.
  await page.keyboard.type(codes[0]);
  await page.keyboard.press("Enter");
  await page.locator(".line").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".line").first().waitFor({ state: "detached" });

  /** Presses a key, and answers after how many milliseconds the page shows what is asked for. */
  const took = async (key, shows) => {
    // As text: the page's own policy lets nothing be made into a function.
    await page.evaluate(`window.took = new Promise((done) => {
      let began;
      const seen = ${String(shows)};
      addEventListener("keydown", () => (began ??= performance.now()), { capture: true, once: true });
      const look = () => (began !== undefined && seen() ? done(performance.now() - began) : requestAnimationFrame(look));
      look();
    }); undefined`);
    await page.keyboard.press(key);
    return page.evaluate(() => window.took);
  };

  for (let sale = 0; sale < SALES; sale++) {
    await page.keyboard.type(codes[(sale * 3) % codes.length]);
    times.line.push(await took("Enter", () => document.querySelectorAll(".line").length === 1));
    await page.keyboard.press("Delete");
    await page.locator(".line").waitFor({ state: "detached" });
    await page.keyboard.type(codes[(sale * 3) % codes.length]);
    times.price.push(
      await took(
        "Enter",
        () => !!document.querySelector(".line .net") && !!document.querySelector(".lines[aria-busy=false]"),
      ),
    );
    await page.keyboard.type(phone);
    await page.getByRole("option").first().waitFor();
    times.member.push(await took("Enter", () => !!document.querySelector(".assets")));
    await page.locator(".totals[aria-busy=false]").waitFor();
    times.done.push(await took("F4", () => !!document.querySelector("dialog .enormous")));
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached" });
  }
  const sold = await call("GET", `/api/v1/orders?member=${member.id}&limit=100`);
  if (sold.items.length !== SALES) throw new Error(`${sold.items.length} sales instead of ${SALES}`);
  await context.close();
} finally {
  await shop.stop();
}

const at = (list, share) => Math.round(list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * share)]);
const figures = Object.fromEntries(
  Object.entries(times).map(([what, list]) => [
    what,
    { median: at(list, 0.5), slowest: at(list, 1), p95: at(list, 0.95) },
  ]),
);
if (process.argv.includes("--json")) console.log(JSON.stringify(figures));
else
  for (const [what, { median, p95, slowest }] of Object.entries(figures))
    console.log(`${what}: ${median} ms (95 %: ${p95}, slowest of ${SALES}: ${slowest})`);
