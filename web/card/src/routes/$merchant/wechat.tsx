import { createFileRoute } from "@tanstack/react-router";
import { WechatPage } from "../../features/profile/WechatPage";

export const Route = createFileRoute("/$merchant/wechat")({ component: WechatPage });
