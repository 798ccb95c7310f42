import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

// The origin stays that of the page: the server refuses writes from another site.
const server = { target: process.env.SHUKE_SERVER ?? "http://127.0.0.1:7300", changeOrigin: false };

export default defineConfig({
  base: "/card/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
    // The whole card is kept on the phone, so that it opens without a network; what the server says is
    // kept by `shared/kept.ts`, never by the worker.
    VitePWA({
      registerType: "autoUpdate",
      injectRegister: false,
      manifest: {
        id: "/card/",
        name: "会员卡 · Member card",
        short_name: "会员卡",
        lang: "zh-CN",
        start_url: "/card/",
        scope: "/card/",
        display: "standalone",
        orientation: "portrait",
        theme_color: "#d4380d",
        background_color: "#f4f4f2",
        icons: [
          { src: "icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,png,webmanifest}"],
        navigateFallback: "/card/index.html",
        navigateFallbackAllowlist: [/^\/card\//],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: true,
        sourcemap: false,
      },
    }),
  ],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 7303, proxy: { "/api": server } },
  preview: { port: 7303, proxy: { "/api": server } },
});
