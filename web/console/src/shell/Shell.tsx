import {
  AppstoreOutlined,
  BulbOutlined,
  GiftOutlined,
  HomeOutlined,
  LogoutOutlined,
  MenuOutlined,
  SearchOutlined,
  SettingOutlined,
  ShopOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { useSigning, useWho } from "@shuke/ui";
import { Link, useLocation } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Choices } from "./Choices";
import { Palette } from "./Palette";
import { Period } from "./Period";
import { GROUPS, type Group, usePages } from "./pages";

const ICONS: Record<Group, ReactNode> = {
  today: <HomeOutlined />,
  members: <TeamOutlined />,
  sales: <ShopOutlined />,
  goods: <AppstoreOutlined />,
  benefits: <GiftOutlined />,
  insight: <BulbOutlined />,
  settings: <SettingOutlined />,
};

/** The frame of every page: menu at the left, store and period at the top. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation(["app", "ui"]);
  const { signOut } = useSigning();
  const who = useWho();
  const [menu, setMenu] = useState(false);
  const [search, setSearch] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setSearch(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("ui:skip")}
      </a>
      <nav className="side" aria-label={t("shell.menu")}>
        <p className="brand">{who.merchant.name}</p>
        <Menu />
      </nav>
      <header className="top">
        <Button
          className="menu-button"
          icon={<MenuOutlined />}
          aria-label={t("shell.menu")}
          onClick={() => setMenu(true)}
        />
        <Period />
        <Button icon={<SearchOutlined />} onClick={() => setSearch(true)} className="search-button">
          {t("shell.search")} <kbd>Ctrl K</kbd>
        </Button>
        <span className="grow" />
        <Choices />
        <span className="who">{who.name}</span>
        <Button type="text" icon={<LogoutOutlined />} aria-label={t("ui:do.signOut")} onClick={() => void signOut()} />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Drawer placement="left" open={menu} onClose={() => setMenu(false)} title={who.merchant.name} size={260}>
        <Menu onGo={() => setMenu(false)} />
      </Drawer>
      {search && <Palette onClose={() => setSearch(false)} />}
    </div>
  );
}

function Menu({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const pages = usePages();
  const { pathname } = useLocation();
  return (
    <ul className="menu">
      {GROUPS.map((group) => {
        const own = pages.filter((page) => page.group === group);
        const first = own[0];
        if (!first) return null;
        const here = group === "today" ? pathname === "/" : pathname.startsWith(`/${group}`);
        return (
          <li key={group} className={here ? "here" : undefined}>
            <Link to={first.to} onClick={onGo} activeProps={{}} className="group">
              {ICONS[group]} {t(`group.${group}`)}
            </Link>
            {here && own.length > 1 && (
              <ul>
                {own.map((page) => (
                  <li key={page.to}>
                    <Link
                      to={page.to}
                      onClick={onGo}
                      activeOptions={{ exact: page.to === "/members", includeSearch: false }}
                    >
                      {page.title}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}
