import { api, newQueryClient, watchSignedOut } from "@shuke/api";
import { applyMode, loadSentences, startTexts } from "@shuke/ui";
import { Frame } from "@shuke/ui/antd";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { parseSearch, stringifySearch } from "./parts/url";
import { routeTree } from "./routeTree.gen";
import { SIGNED_OUT, TOTP_DUE } from "./shell/Gate";
import { en } from "./texts/en";
import { zh } from "./texts/zh";
import "./console.css";
import "./kit.css";

const router = createRouter({
  routeTree,
  basepath: "/console",
  defaultPreload: "intent",
  scrollRestoration: true,
  parseSearch,
  stringifySearch,
});
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const queries = newQueryClient();

// Whatever is answered 401 asks for the password over the page; the page and what was typed stay.
watchSignedOut(() => dispatchEvent(new Event(SIGNED_OUT)));
api.use({
  async onResponse({ response }) {
    if (response.status === 403) {
      const body = (await response.clone().json()) as { code?: string };
      if (body.code === "totp_due") dispatchEvent(new Event(TOTP_DUE));
    }
    return undefined;
  },
});

async function start() {
  applyMode();
  void loadSentences();
  const texts = await startTexts({ zh, en });
  document.title = texts.t("title");
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Frame fontSize={14}>
          <RouterProvider router={router} />
        </Frame>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
