import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useShift } from "./useShift";

/** The shift in the bar: whether one runs, and the way to it. */
export function ShiftMark() {
  const { t } = useTranslation(["app", "ui"]);
  const shift = useShift();
  if (!shift.on) return null;
  return (
    <Link to="/shift" className={shift.needed ? "warn" : ""}>
      {shift.open ? t("top.shiftOpen") : t("top.shiftClosed")}
    </Link>
  );
}
