//! The fields that a file can bring, and the column names under which shops' programs write them.
//!
//! Names are compared after [`super::header::normal`]: lower case, without spaces, signs and brackets.
//! The first name of each field is the field's own. Earlier names win over later ones.

use super::header::Kind;

/// One field of a kind of file.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

const fn field(name: &'static str, columns: &'static [&'static str]) -> Field {
    Field { name, columns }
}

const PHONE: Field = field(
    "phone",
    &[
        "手机号",
        "手机号码",
        "手机",
        "会员手机",
        "会员手机号",
        "会员手机号码",
        "移动电话",
        "联系电话",
        "联系方式",
        "电话",
        "电话号码",
        "mobile",
        "mobilephone",
        "mobilenumber",
        "cellphone",
        "phonenumber",
        "telephone",
        "tel",
        "cell",
    ],
);
const CARD_NUMBER: Field = field(
    "card_number",
    &[
        "会员卡号",
        "卡号",
        "会员编号",
        "会员号",
        "会员号码",
        "编号",
        "card",
        "cardno",
        "cardid",
        "cardcode",
        "membernumber",
        "memberno",
        "memberid",
        "membercode",
        "customerid",
        "customernumber",
        "id",
    ],
);
const STORE: Field = field(
    "store",
    &["门店", "店铺", "店名", "门店名称", "所属门店", "开卡门店", "消费门店", "店", "shop", "storename", "branch", "outlet"],
);
const NOTE: Field = field("note", &["备注", "说明", "会员备注", "notes", "remark", "remarks", "comment", "comments", "memo"]);
const POINTS: Field = field(
    "points",
    &["积分", "积分余额", "当前积分", "可用积分", "剩余积分", "会员积分", "point", "pointsbalance", "pointbalance", "availablepoints"],
);
const PRINCIPAL: Field = field(
    "principal",
    &[
        "本金",
        "储值本金",
        "本金余额",
        "储值余额",
        "储值",
        "余额",
        "卡余额",
        "账户余额",
        "卡内余额",
        "充值余额",
        "balance",
        "walletbalance",
        "wallet",
        "prepaid",
        "storedvalue",
    ],
);
const BONUS: Field =
    field("bonus", &["赠送金", "赠金", "赠送余额", "赠送金余额", "赠金余额", "赠送金额", "赠送", "bonusbalance", "giftbalance", "gift"]);
const EXPIRES_ON: Field = field(
    "expires_on",
    &[
        "到期日",
        "到期日期",
        "有效期",
        "有效期至",
        "过期日期",
        "失效日期",
        "expiry",
        "expirydate",
        "expirationdate",
        "expires",
        "expiresat",
        "validuntil",
    ],
);

const MEMBERS: &[Field] = &[
    PHONE,
    field("name", &["姓名", "会员姓名", "会员名称", "客户姓名", "顾客姓名", "称呼", "fullname", "membername", "customername"]),
    CARD_NUMBER,
    field("birthday", &["生日", "出生日期", "会员生日", "出生年月日", "birthdate", "dateofbirth", "dob", "birth"]),
    field("gender", &["性别", "sex"]),
    field("tier", &["等级", "会员等级", "会员级别", "级别", "卡类型", "会员卡类型", "level", "grade", "memberlevel", "membertier"]),
    field("tags", &["标签", "会员标签", "tag", "labels", "label"]),
    field(
        "joined_on",
        &[
            "入会日期",
            "注册日期",
            "开卡日期",
            "办卡日期",
            "入会时间",
            "注册时间",
            "开卡时间",
            "办卡时间",
            "创建时间",
            "创建日期",
            "加入时间",
            "joined",
            "joindate",
            "joinedat",
            "registered",
            "registeredat",
            "registrationdate",
            "signupdate",
            "createdat",
            "created",
            "createdon",
            "since",
        ],
    ),
    POINTS,
    PRINCIPAL,
    BONUS,
    EXPIRES_ON,
    STORE,
    NOTE,
    field("email", &["邮箱", "电子邮箱", "电子邮件", "mail", "emailaddress"]),
    field("birthday_calendar", &["生日历法", "历法"]),
    field("source", &["来源", "会员来源", "客户来源", "来源渠道"]),
    field("province", &["省", "省份", "所在省"]),
    field("city", &["市", "城市", "所在城市"]),
    field("district", &["区", "区县", "县", "所在区"]),
];

const PRODUCTS: &[Field] = &[
    field(
        "sku",
        &[
            "商品编码",
            "商品编号",
            "商品代码",
            "货号",
            "款号",
            "编码",
            "编号",
            "商品货号",
            "skucode",
            "skuid",
            "skuno",
            "code",
            "stockcode",
            "productcode",
            "productid",
            "itemcode",
            "itemno",
            "itemid",
            "id",
        ],
    ),
    field("barcode", &["条码", "条形码", "商品条码", "国际条码", "ean", "ean13", "upc", "gtin"]),
    field(
        "name",
        &[
            "商品名称",
            "名称",
            "品名",
            "商品名",
            "商品",
            "项目名称",
            "服务名称",
            "productname",
            "product",
            "itemname",
            "item",
            "title",
            "description",
        ],
    ),
    field("category", &["分类", "商品分类", "类别", "品类", "商品类别", "类目", "categoryname", "department", "group"]),
    field(
        "price",
        &[
            "售价",
            "零售价",
            "销售价",
            "单价",
            "价格",
            "标价",
            "吊牌价",
            "原价",
            "unitprice",
            "retailprice",
            "saleprice",
            "sellingprice",
            "listprice",
        ],
    ),
    field("member_price", &["会员价", "会员价格", "memberprice", "vipprice", "clubprice"]),
    field("cost", &["成本", "成本价", "进价", "进货价", "采购价", "unitcost", "costprice", "purchaseprice"]),
    field("stock", &["库存", "库存数量", "库存量", "现有库存", "数量", "onhand", "stockonhand", "inventory", "quantity", "qty"]),
    field("unit", &["单位", "计量单位", "uom", "unitofmeasure"]),
    field("brand", &["品牌", "brandname"]),
    field("kind", &["类型", "商品类型", "type", "producttype"]),
    // Where both stand in a file, the product's code beside the variant's number.
    field("code", &["货号"]),
    field("variant_name", &["规格", "规格名", "规格名称", "variant", "variantname"]),
    field("state", &["状态", "商品状态", "上下架"]),
    STORE,
    NOTE,
];

const ORDERS: &[Field] = &[
    field(
        "order_number",
        &[
            "订单号",
            "订单编号",
            "单号",
            "小票号",
            "流水号",
            "销售单号",
            "交易号",
            "单据号",
            "单据编号",
            "orderno",
            "orderid",
            "order",
            "invoiceno",
            "invoicenumber",
            "invoice",
            "receiptno",
            "receipt",
            "transactionid",
            "billno",
        ],
    ),
    field(
        "sku",
        &[
            "商品编码",
            "商品编号",
            "商品代码",
            "货号",
            "款号",
            "条码",
            "条形码",
            "商品条码",
            "skucode",
            "stockcode",
            "productcode",
            "productid",
            "itemcode",
            "itemno",
            "barcode",
            "code",
        ],
    ),
    field(
        "description",
        &["商品名称", "商品", "品名", "商品名", "名称", "项目名称", "项目", "productname", "product", "itemname", "item", "name"],
    ),
    field("quantity", &["数量", "购买数量", "销售数量", "件数", "qty", "count", "units"]),
    field(
        "time",
        &[
            "下单时间",
            "销售时间",
            "消费时间",
            "交易时间",
            "支付时间",
            "订单时间",
            "成交时间",
            "时间",
            "消费日期",
            "销售日期",
            "下单日期",
            "交易日期",
            "订单日期",
            "日期",
            "invoicedate",
            "orderdate",
            "ordertime",
            "orderedat",
            "soldat",
            "date",
            "datetime",
            "timestamp",
            "createdat",
            "transactiondate",
        ],
    ),
    field("unit_price", &["单价", "售价", "销售单价", "成交价", "实际售价", "price", "saleprice", "sellingprice"]),
    field(
        "amount",
        &[
            "金额",
            "实收",
            "实付",
            "实付金额",
            "实收金额",
            "小计",
            "成交金额",
            "销售金额",
            "应收金额",
            "total",
            "linetotal",
            "subtotal",
            "lineamount",
            "netamount",
        ],
    ),
    field(
        "customer",
        &[
            "会员卡号",
            "会员号",
            "会员编号",
            "会员",
            "卡号",
            "会员手机",
            "会员手机号",
            "手机号",
            "手机",
            "顾客",
            "客户",
            "customerid",
            "customernumber",
            "customerno",
            "member",
            "memberid",
            "memberno",
            "cardnumber",
            "cardno",
            "phone",
            "mobile",
            "userid",
            "buyer",
        ],
    ),
    field("region", &["地区", "国家", "区域", "省份", "country", "countryregion", "province", "state"]),
    STORE,
    field("type", &["类型", "单据类型", "交易类型", "订单类型", "业务类型", "ordertype", "transactiontype", "documenttype"]),
    field("channel", &["渠道", "销售渠道", "来源", "订单来源", "source", "saleschannel"]),
    NOTE,
];

const BALANCES: &[Field] = &[
    field(
        "member",
        &[
            "会员卡号",
            "卡号",
            "会员编号",
            "会员号",
            "手机号",
            "手机号码",
            "手机",
            "会员手机",
            "会员手机号",
            "电话",
            "会员",
            "memberid",
            "memberno",
            "membernumber",
            "cardnumber",
            "cardno",
            "card",
            "customerid",
            "customer",
            "phone",
            "mobile",
        ],
    ),
    POINTS,
    PRINCIPAL,
    BONUS,
    EXPIRES_ON,
    STORE,
    NOTE,
];

pub(super) const fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Members => MEMBERS,
        Kind::Products => PRODUCTS,
        Kind::Orders => ORDERS,
        Kind::Balances => BALANCES,
    }
}

/// Of each group at least one field must have a column.
pub(super) const fn required(kind: Kind) -> &'static [&'static [&'static str]] {
    match kind {
        Kind::Members => &[&["phone", "card_number"]],
        Kind::Products => &[&["name"], &["price"]],
        Kind::Orders => &[&["order_number"], &["sku", "description"], &["time"], &["unit_price", "amount"]],
        Kind::Balances => &[&["member"], &["points", "principal", "bonus"]],
    }
}

/// The names of a kind's fields.
pub(crate) fn names(kind: Kind) -> Vec<String> {
    of(kind).iter().map(|field| field.name.to_owned()).collect()
}

/// The same as [`required`], to be shown.
pub(crate) fn required_names(kind: Kind) -> Vec<Vec<String>> {
    required(kind).iter().map(|group| group.iter().map(|name| (*name).to_owned()).collect()).collect()
}
