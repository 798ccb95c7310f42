import { newQueryClient } from "@shuke/api";
import { applyMode, loadSentences, startTexts } from "@shuke/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { routeTree } from "./routeTree.gen";
import { en } from "./texts/en";
import { zh } from "./texts/zh";

const router = createRouter({ routeTree, basepath: "/card", defaultPreload: "intent", scrollRestoration: true });
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const queries = newQueryClient();

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
        <>
          <RouterProvider router={router} />
        </>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
