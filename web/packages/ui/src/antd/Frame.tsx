import { LoadingOutlined } from "@ant-design/icons";
import { App, ConfigProvider, theme } from "antd";
import enGB from "antd/locale/en_GB";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ACCENT, applyMode, LINK } from "../theme";

// Decoration beside words that say the same in the language of the page; antd's own says "loading" in every language.
const SPINNER = (
  <span aria-hidden="true">
    <LoadingOutlined spin />
  </span>
);

/** antd with our tokens, in the language and mode of the moment. */
export function Frame({
  children,
  accent = ACCENT,
  fontSize = 14,
}: {
  children: ReactNode;
  accent?: string;
  fontSize?: number;
}) {
  const { i18n } = useTranslation();
  const [mode, setMode] = useState(applyMode);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const look = () => setMode(applyMode());
    system.addEventListener("change", look);
    addEventListener("shuke:mode", look);
    return () => {
      system.removeEventListener("change", look);
      removeEventListener("shuke:mode", look);
    };
  }, []);
  return (
    <ConfigProvider
      spin={{ indicator: SPINNER }}
      button={{ loadingIcon: SPINNER }}
      locale={i18n.language === "en" ? enGB : zhCN}
      theme={{
        algorithm: mode === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: accent,
          colorLink: LINK[mode],
          colorLinkHover: LINK[mode],
          colorLinkActive: LINK[mode],
          fontSize,
          borderRadius: 6,
          motionDurationSlow: "0.2s",
        },
      }}
    >
      <App>{children}</App>
    </ConfigProvider>
  );
}
