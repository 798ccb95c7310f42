//! 服装: seasons, sizes, few visits and large baskets.

use super::{Preset, PresetFieldKind, category, field, product, service, text};
use crate::Trade;

const TOPS: &[&str] = &["S", "M", "L", "XL"];
const BOTTOMS: &[&str] = &["26", "27", "28", "29", "30"];
const SHOES: &[&str] = &["36", "37", "38", "39", "40"];

pub(super) static PRESET: Preset = Preset {
    trade: Trade::Fashion,
    name: text("服装", "Fashion"),
    stage_months: [4, 8, 14],
    categories: &[
        category("women", None, "女装", "Women"),
        category("top", Some("women"), "上装", "Tops"),
        category("bottom", Some("women"), "下装", "Bottoms"),
        category("dress", Some("women"), "连衣裙", "Dresses"),
        category("coat", Some("women"), "外套", "Coats"),
        category("shoes", None, "鞋履", "Shoes"),
        category("accessory", None, "配饰", "Accessories"),
        category("service", None, "衣物服务", "Services"),
    ],
    fields: &[
        field(
            "size_top",
            "上装尺码",
            "Top size",
            PresetFieldKind::Choice,
            &[text("S", "S"), text("M", "M"), text("L", "L"), text("XL", "XL")],
        ),
        field("size_shoe", "鞋码", "Shoe size", PresetFieldKind::Number, &[]),
        field(
            "style",
            "风格偏好",
            "Style",
            PresetFieldKind::Choice,
            &[text("通勤", "Office"), text("休闲", "Casual"), text("运动", "Sport"), text("甜美", "Sweet")],
        ),
        field("height", "身高厘米", "Height in cm", PresetFieldKind::Number, &[]),
    ],
    products: &[
        product("top", "真丝衬衫", "Silk shirt", 45900, 120, TOPS),
        product("top", "纯棉T恤", "Cotton T-shirt", 12900, 60, TOPS),
        product("top", "针织开衫", "Cardigan", 32900, 150, TOPS),
        product("top", "羊毛衫", "Wool sweater", 49900, 180, TOPS),
        product("top", "卫衣", "Sweatshirt", 25900, 120, TOPS),
        product("top", "吊带背心", "Camisole", 9900, 60, TOPS),
        product("bottom", "直筒牛仔裤", "Straight jeans", 35900, 150, BOTTOMS),
        product("bottom", "阔腿裤", "Wide trousers", 32900, 150, BOTTOMS),
        product("bottom", "半身长裙", "Long skirt", 29900, 120, TOPS),
        product("bottom", "西装短裤", "Tailored shorts", 22900, 150, TOPS),
        product("dress", "碎花连衣裙", "Floral dress", 45900, 120, TOPS),
        product("dress", "针织连衣裙", "Knit dress", 49900, 150, TOPS),
        product("dress", "小黑裙", "Little black dress", 59900, 0, TOPS),
        product("coat", "西装外套", "Blazer", 69900, 0, TOPS),
        product("coat", "风衣", "Trench coat", 89900, 0, TOPS),
        product("coat", "羊绒大衣", "Cashmere coat", 199900, 0, TOPS),
        product("coat", "轻薄羽绒服", "Light down jacket", 79900, 0, TOPS),
        product("shoes", "小白鞋", "White sneakers", 39900, 180, SHOES),
        product("shoes", "乐福鞋", "Loafers", 49900, 0, SHOES),
        product("shoes", "短靴", "Ankle boots", 69900, 0, SHOES),
        product("accessory", "丝巾", "Silk scarf", 19900, 150, &[]),
        product("accessory", "皮带", "Leather belt", 16900, 0, &[]),
        product("accessory", "帆布包", "Canvas bag", 15900, 0, &[]),
        product("accessory", "棉袜三双装", "Cotton socks, 3 pairs", 4900, 60, &[]),
    ],
    services: &[
        service("service", "改裤长", "Hemming", 3000, 20),
        service("service", "羊绒护理", "Cashmere care", 9800, 30),
        service("service", "形象顾问", "Styling advice", 29800, 60),
    ],
};
