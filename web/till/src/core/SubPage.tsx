import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

/** A page beside the sale: Esc leads back to the till. */
export function SubPage({ top, children }: { top: ReactNode; children: ReactNode }) {
  const navigate = useNavigate();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      void navigate({ to: "/" });
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [navigate]);
  return (
    <div className="till">
      {top}
      <main className="sub">{children}</main>
    </div>
  );
}
