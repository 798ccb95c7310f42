import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
  ],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // The origin stays that of the page: the server refuses writes from another site.
  server: {
    port: 7301,
    proxy: { "/api": { target: process.env.SHUKE_SERVER ?? "http://127.0.0.1:7300", changeOrigin: false } },
  },
});
