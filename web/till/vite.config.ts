import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

// The origin stays that of the page: the server refuses writes from another site.
const server = { target: process.env.SHUKE_SERVER ?? "http://127.0.0.1:7300", changeOrigin: false };
const proxy = { "/api": server, "/healthz": server };

export default defineConfig({
  base: "/till/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
    VitePWA({
      strategies: "generateSW",
      // The content policy allows no inline script: main.tsx registers the worker.
      injectRegister: false,
      registerType: "autoUpdate",
      scope: "/till/",
      manifest: {
        name: "熟客 收银台",
        short_name: "收银台",
        lang: "zh-CN",
        start_url: "/till/",
        scope: "/till/",
        display: "standalone",
        theme_color: "#d4380d",
        background_color: "#f5f5f4",
        icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" }],
      },
      workbox: {
        // Only the till's own files; what the API answers is never kept by the worker.
        globPatterns: ["**/*.{js,css,html,svg}"],
        navigateFallback: "/till/index.html",
        navigateFallbackAllowlist: [/^\/till\//],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: true,
      },
    }),
  ],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 7302, proxy },
  preview: { proxy },
});
