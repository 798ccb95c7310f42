import { BulbOutlined, TranslationOutlined } from "@ant-design/icons";
import { keepMode, language, type ModeChoice, modeChoice, switchLanguage } from "@shuke/ui";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";

const MODES: ModeChoice[] = ["light", "dark", "system"];

/** Language, and light or dark. */
export function Choices() {
  const { t } = useTranslation("ui");
  const choose = (choice: ModeChoice) => {
    keepMode(choice);
    dispatchEvent(new Event("shuke:mode"));
  };
  return (
    <span className="choices">
      <Button
        type="text"
        icon={<TranslationOutlined />}
        title={t("language.switch")}
        onClick={() => void switchLanguage(language() === "zh" ? "en" : "zh")}
      >
        {t("language.other")}
      </Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectable: true,
          selectedKeys: [modeChoice()],
          items: MODES.map((mode) => ({ key: mode, label: t(`theme.${mode}`) })),
          onClick: ({ key }) => choose(key as ModeChoice),
        }}
      >
        <Button type="text" icon={<BulbOutlined />} aria-label={t(`theme.${modeChoice()}`)} />
      </Dropdown>
    </span>
  );
}
