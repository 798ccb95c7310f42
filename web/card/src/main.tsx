import { newQueryClient } from "@shuke/api";
import { applyMode, loadSentences, startTexts } from "@shuke/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles.css";
import { routeTree } from "./routeTree.gen";
import { watchInstall } from "./shared/install";
import { remember } from "./shared/kept";
import { watchSession } from "./shared/session";
import { arriveFromWechat } from "./shared/wechat";
import { en } from "./texts/en";
import { zh } from "./texts/zh";

// Before the router reads the address: a code is no part of it.
arriveFromWechat();
const router = createRouter({ routeTree, basepath: "/card", defaultPreload: "intent", scrollRestoration: true });
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const queries = newQueryClient();
const { queries: asked, ...others } = queries.getDefaultOptions();
// What is known is kept for the next time without a network; what changed meanwhile shows on coming back.
queries.setDefaultOptions({
  ...others,
  queries: { ...asked, gcTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: true },
});

async function start() {
  applyMode();
  for (const event of ["shuke:mode", "storage"]) addEventListener(event, applyMode);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyMode);
  void loadSentences();
  watchInstall();
  remember(queries);
  watchSession(queries);
  await startTexts({ zh, en });
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
  if (import.meta.env.PROD) void navigator.serviceWorker?.register("/card/sw.js", { scope: "/card/" });
}

void start();
