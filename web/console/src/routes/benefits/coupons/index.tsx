import { createFileRoute } from "@tanstack/react-router";
import { Coupons } from "../../../features/coupon/Coupons";

export const Route = createFileRoute("/benefits/coupons/")({ component: Coupons });
