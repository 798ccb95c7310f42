// A real shop in a real browser: the binary with a small fresh demo, and the system's Chromium.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeEach } from "vitest";

/** The password of everybody in a demo. */
export const PASSWORD = "shuke-demo";

const BIN = process.env.SHUKE_BIN ?? resolve(import.meta.dirname, "../../target/debug/shuke");

export interface Options {
  trade?: string;
  /** An empty server instead of a demo. */
  empty?: boolean;
  members?: number;
  months?: number;
  /** Whether the server may call programs on this machine. */
  private?: boolean;
}

/**
 * How long a page may take for one step. A machine that meets the pages for the first time, with nothing in its caches
 * and other work to do, takes many times what this one takes; a fault never comes to an end.
 */
export const STEP_MS = 30_000;

/** How many times slower than this machine the browser is, to see what a slow one would: `E2E_SLOWER=6`. */
const SLOWER = Number(process.env.E2E_SLOWER ?? 1);

/** A running server; `stop` leaves nothing behind. */
export class Shop {
  url = "";
  /** What the server wrote to standard error so far. */
  log = "";
  #child: ChildProcess | undefined;
  #browser: Browser | undefined;
  readonly #data = mkdtempSync(join(tmpdir(), "shuke-e2e-"));
  readonly #options: Options;

  private constructor(options: Options) {
    this.#options = options;
  }

  static async open(options: Options = {}): Promise<Shop> {
    const shop = new Shop(options);
    await shop.start();
    return shop;
  }

  /** Starts the server, again on the same port after `kill`. */
  async start(): Promise<void> {
    const { trade = "mother-and-baby", members = 60, months = 2, empty = false } = this.#options;
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const outward = this.#options.private ? ["--webhooks-private"] : [];
    const demo = empty ? [] : ["--demo", trade, "--demo-members", String(members), "--demo-months", String(months)];
    const child = spawn(BIN, ["serve", "--data", this.#data, "--listen", listen, ...outward, ...demo], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    this.#child = child;
    await new Promise<void>((ready, failed) => {
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${this.log}`)));
      child.stderr?.on("data", (bytes: Buffer) => {
        this.log += bytes.toString();
        const found = /listening on (http:\/\/[\d.:]+)/.exec(this.log) ?? /(http:\/\/127\.0\.0\.1:\d+)/.exec(this.log);
        if (found?.[1] && !this.url) this.url = found[1];
        if (this.url) ready();
      });
    });
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((again) => setTimeout(again, 50));
    }
  }

  /** Ends the server at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.removeAllListeners("exit");
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  async #chromium(): Promise<Browser> {
    this.#browser ??= await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return this.#browser;
  }

  /** A browser of its own: cookies, storage, language. */
  async context(
    options: {
      width?: number;
      height?: number;
      locale?: string;
      colorScheme?: "light" | "dark";
      userAgent?: string;
    } = {},
  ): Promise<BrowserContext> {
    const { width = 1280, height = 800, locale = "zh-CN", colorScheme = "light", userAgent } = options;
    const browser = await this.#chromium();
    const context = await browser.newContext({
      viewport: { width, height },
      locale,
      colorScheme,
      baseURL: this.url,
      timezoneId: "Asia/Shanghai",
      ...(userAgent ? { userAgent } : {}),
    });
    context.setDefaultTimeout(STEP_MS);
    if (SLOWER > 1)
      context.on("page", async (page) => {
        const devtools = await context.newCDPSession(page);
        await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
      });
    return context;
  }

  /** What stands on every page that is open, for whoever has only the log of a machine that is elsewhere. */
  async seen(): Promise<string> {
    const pages = this.#browser?.contexts().flatMap((context) => context.pages()) ?? [];
    const texts = pages.map(async (page) => {
      const text = await page
        .locator("body")
        .textContent({ timeout: 2_000 })
        .then(
          (all) => all ?? "",
          (error: Error) => error.message,
        );
      return `  ${page.url()}\n    ${text.replace(/\s*\n\s*/g, " | ").slice(0, 1_500)}`;
    });
    return (await Promise.all(texts)).join("\n");
  }

  async stop(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    await this.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Calls the API as a member of staff would from a program. */
  async call<T>(cookie: string, method: string, path: string, body?: unknown, key = crypto.randomUUID()): Promise<T> {
    const headers: Record<string, string> = { cookie, "Content-Type": "application/json", "Idempotency-Key": key };
    const answer = await fetch(this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** Signs in without a browser; the answer is the cookie for `call`. */
  async signIn(username: string): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`sign-in as ${username}: ${answer.status} ${await answer.text()}`);
    return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  }
}

/**
 * A shop for the tests that follow, and what `prepare` does with it. A test that is tried again gets another one, for it
 * must not stand on what its first try left; and each try that fails says what the pages showed, for the next may pass.
 * Stands after the file's own `afterEach`, which then closes the pages when they were looked at.
 */
export function openShop(options: Options, prepare: (shop: Shop) => Promise<void>): void {
  let shop: Shop | undefined;
  beforeEach(async ({ task }) => {
    if (shop && !task.result?.retryCount) return;
    await shop?.stop();
    shop = undefined;
    const fresh = await Shop.open(options);
    shop = fresh;
    try {
      await prepare(fresh);
    } catch (error) {
      // Half prepared is not prepared: the next try begins anew.
      shop = undefined;
      await fresh.stop();
      throw error;
    }
  });
  afterEach(async ({ task }) => {
    const errors = task.result?.errors ?? [];
    if (!shop || task.result?.state !== "fail" || errors.length === 0) return;
    const last = errors.at(-1);
    console.error(
      `${task.name}, try ${(task.result.retryCount ?? 0) + 1}: ${last?.stack ?? last?.message}\n${await shop.seen()}`,
    );
  });
  afterAll(() => shop?.stop());
}

interface Fault {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: unknown; html: string }[];
}

/** Waits until what comes or goes has come or gone: halfway, every text is pale. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every((one) => {
      const ends = Number(one.effect?.getComputedTiming().endTime ?? 0);
      return one.playState !== "running" || !Number.isFinite(ends);
    }),
  );
}

/** The serious accessibility faults of the page as it is now. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"));
  const faults = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(where: Document, how: object): Promise<{ violations: Fault[] }> };
    };
    return (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })).violations;
  });
  return faults
    .filter((fault) => fault.impact === "serious" || fault.impact === "critical")
    .map(
      (fault) =>
        `${fault.id}: ${fault.help}\n${fault.nodes.map((node) => `    ${String(node.target)} ${node.html.slice(0, 160)}`).join("\n")}`,
    );
}
