import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    include: ["packages/**/*.test.{ts,tsx}", "{console,till,card}/src/**/*.test.{ts,tsx}"],
    environment: "jsdom",
  },
});
