import { expect, it } from "vitest";
import { slipPage } from "./slip";

it("writes what was sold, and nothing in a name becomes a part of the page", () => {
  const page = slipPage({
    title: "offline",
    store: "A & B",
    head: ["till 1", ""],
    lines: [{ name: '<img src="x">', pieces: "2", net: "12.00" }],
    sums: [["total", "12.00"]],
    foot: "thanks",
  });
  expect(page).toContain("<h1>A &amp; B</h1>");
  expect(page).toContain("&lt;img src=&quot;x&quot;&gt;");
  expect(page).not.toContain("<img");
  expect(page.match(/<p class="s">/g)).toHaveLength(2);
  expect(page).not.toContain("<p></p>");
});
