import { createFileRoute } from "@tanstack/react-router";
import { CouponsPage } from "../../features/coupon/CouponsPage";

export const Route = createFileRoute("/$merchant/coupons")({ component: CouponsPage });
