import { newQueryClient } from "@shuke/api";
import { applyMode, loadSentences, startTexts } from "@shuke/ui";
import { Frame } from "@shuke/ui/antd";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { watchConnection } from "./core/connection";
import { routeTree } from "./routeTree.gen";
import "./core/base.css";
import "./core/parts.css";
import { en } from "./texts/en";
import { zh } from "./texts/zh";

const router = createRouter({ routeTree, basepath: "/till", defaultPreload: "intent", scrollRestoration: true });
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const queries = newQueryClient();

/** The worker keeps the till's files, so that it opens without the network. */
function startWorker() {
  if (import.meta.env.PROD && "serviceWorker" in navigator)
    void navigator.serviceWorker.register("/till/sw.js", { scope: "/till/" }).catch(() => undefined);
}

async function start() {
  applyMode();
  watchConnection();
  void loadSentences();
  const texts = await startTexts({ zh, en });
  document.title = texts.t("title");
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Frame fontSize={18}>
          <RouterProvider router={router} />
        </Frame>
      </QueryClientProvider>
    </StrictMode>,
  );
  startWorker();
}

// A newer till was put in place of the one that runs: what is in the cart is kept, so load it anew.
addEventListener("vite:preloadError", () => location.reload());

void start();
