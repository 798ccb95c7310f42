//! A batch of orders: planned against what is there, then written.

use super::super::ground::open_shops;
use super::*;

impl Orders {
    /// Finds out which orders, members and goods are there, and what will come of the batch.
    pub(in super::super) async fn plan(&mut self, db: Option<&Db>, ground: &Ground) -> Result<Planned> {
        let mut planned = Planned::default();
        self.find_heads(db, ground).await?;
        self.settle(&mut planned)?;
        self.find_members(db, ground, &mut planned).await?;
        self.refuse_strangers(&mut planned);
        self.find_goods(db, ground, &mut planned).await?;
        self.add_up(&mut planned)?;
        Ok(planned)
    }

    async fn find_heads(&mut self, db: Option<&Db>, ground: &Ground) -> Result<()> {
        if self.dry {
            for draft in &mut self.drafts {
                if self.would.contains(&short(draft.id)) {
                    draft.before =
                        Some(Head { import: Some(self.run), member: None, at: draft.at, date: draft.date, amount: Money::ZERO, lines: 0 });
                }
            }
        }
        let Some(db) = db else { return Ok(()) };
        for kind in [PastKind::Sale, PastKind::Return] {
            let ids: Vec<Uuid> =
                self.drafts.iter().filter(|draft| draft.kind == kind && draft.before.is_none()).map(|draft| draft.id).collect();
            let input = (ground.cx.merchant, kind, ids);
            let mut heads = db.read(&input, |tx, (merchant, kind, ids)| Box::pin(import::heads(tx, *merchant, *kind, ids))).await?;
            for draft in self.drafts.iter_mut().filter(|draft| draft.before.is_none()) {
                draft.before = heads.remove(&draft.id);
            }
        }
        Ok(())
    }

    /// Leaves out the orders that another import, or a till, has brought.
    fn settle(&mut self, planned: &mut Planned) -> Result<()> {
        let (run, mut last_there) = (self.run, self.last_there);
        for draft in &mut self.drafts {
            let Some(head) = &draft.before else { continue };
            if head.import == Some(run) {
                (draft.at, draft.date) = (head.at, head.date);
                continue;
            }
            draft.there = true;
            let word = if draft.kind == PastKind::Sale { "orders_there" } else { "returns_there" };
            planned.counts.push(("lines_there", count(draft.lines.len())));
            if last_there != draft.id {
                planned.counts.push((word, 1));
                planned.there.push(draft.number.clone());
            }
            last_there = draft.id;
        }
        self.last_there = last_there;
        Ok(())
    }

    async fn find_members(&mut self, db: Option<&Db>, ground: &Ground, planned: &mut Planned) -> Result<()> {
        let mut unknown: HashMap<&str, usize> = HashMap::new();
        for (index, draft) in self.drafts.iter().enumerate().filter(|(_, draft)| !draft.there) {
            if let Some(name) = draft.customer.as_deref().filter(|name| !self.members.contains_key(*name)) {
                unknown.entry(name).or_insert(index);
            }
        }
        let names: Vec<&str> = unknown.keys().copied().collect();
        let found = match db {
            Some(db) if !names.is_empty() => self.style.customers.known(db, ground, &names).await?,
            _ => HashMap::new(),
        };
        let mut newcomers: Vec<(usize, Newcomer)> = Vec::new();
        for (name, index) in unknown {
            if found.contains_key(name) || (self.dry && self.would.contains(&hash(&["member", name]))) {
                continue;
            }
            let draft = &self.drafts[index];
            newcomers
                .push((index, Newcomer { name: name.to_owned(), region: draft.region.clone(), joined_on: draft.date, shop: draft.shop }));
        }
        // In the order of the file, so that the same file gives the same members in the same order.
        newcomers.sort_by_key(|(index, _)| *index);
        self.newcomers = newcomers.into_iter().map(|(_, newcomer)| newcomer).collect();
        planned.counts.push(("members_new", count(self.newcomers.len())));
        if self.count_known {
            planned.counts.push(("members_known", count(found.len())));
        }
        self.members.extend(found);
        Ok(())
    }

    /// Lines that join an order of another customer.
    fn refuse_strangers(&mut self, planned: &mut Planned) {
        for draft in &mut self.drafts {
            let Some(before) = draft.before.as_ref().filter(|_| !draft.there).and_then(|head| head.member) else { continue };
            let own = draft.customer.as_ref().map(|name| self.members.get(name).copied());
            if own.is_some_and(|own| own != Some(before)) {
                for line in draft.lines.drain(..) {
                    let error = Error::invalid("customer_differs", "an earlier line of this order belongs to another customer");
                    planned.refusals.push(Refusal { row: line.row, error });
                }
            }
        }
        self.drafts.retain(|draft| !draft.lines.is_empty());
    }

    async fn find_goods(&mut self, db: Option<&Db>, ground: &Ground, planned: &mut Planned) -> Result<()> {
        let mut order: Vec<&str> = Vec::new();
        let mut unknown: HashMap<&str, (&str, Money)> = HashMap::new();
        for line in self.drafts.iter().filter(|draft| !draft.there).flat_map(|draft| &draft.lines) {
            // A name that is only the code waits for a better one.
            let nameless = |sold: &Sold| sold.name == line.sku && !line.name.is_empty() && line.name != line.sku;
            if self.goods.get(&line.sku).is_some_and(|sold| !nameless(sold)) {
                continue;
            }
            let entry = unknown.entry(&line.sku).or_insert_with(|| {
                order.push(&line.sku);
                (&line.name, line.unit_price)
            });
            if entry.0.is_empty() {
                *entry = (&line.name, line.unit_price);
            }
        }
        let found = match db {
            Some(db) if !order.is_empty() => {
                let input = (ground.cx.merchant, &order);
                db.read(&input, |tx, (merchant, skus)| Box::pin(product::sold(tx, *merchant, skus))).await?
            }
            _ => HashMap::new(),
        };
        let mut made = Vec::new();
        let mut fresh = 0;
        for sku in order {
            let (name, price) = unknown.get(sku).copied().unwrap_or_default();
            let known = found.get(sku).is_some_and(|sold| sold.name != sku || name.is_empty() || name == sku);
            if known || (self.dry && self.would.contains(&hash(&["goods", sku]))) {
                continue;
            }
            fresh += usize::from(!found.contains_key(sku));
            made.push(ImportProduct::goods(sku, if name.is_empty() { sku } else { name }, price));
        }
        planned.counts.push(("products_new", count(fresh)));
        if self.count_known {
            planned.counts.push(("products_known", count(found.len())));
        }
        self.goods.extend(found);
        self.new_goods = made;
        Ok(())
    }

    fn add_up(&self, planned: &mut Planned) -> Result<()> {
        for draft in self.drafts.iter().filter(|draft| !draft.there) {
            let (documents, lines, amount, of_members) = match draft.kind {
                PastKind::Sale => (["orders", "orders_of_members"], "order_lines", "sales_amount", "sales_amount_of_members"),
                PastKind::Return => (["returns", "returns_of_members"], "return_lines", "returns_amount", "returns_amount_of_members"),
            };
            let member = usize::from(draft.customer.is_some());
            if draft.before.is_none() {
                planned.counts.extend(documents.into_iter().take(1 + member).map(|name| (name, 1)));
            }
            let sum = draft.amount()?.0;
            planned.counts.extend([(lines, count(draft.lines.len())), (amount, sum), (of_members, if member == 1 { sum } else { 0 })]);
        }
        Ok(())
    }

    /// Writes stores, goods, members, and then the orders themselves.
    pub(in super::super) async fn write(&self, tx: &mut Tx, ground: &Ground) -> Result<Effects> {
        let shops = open_shops(tx, &ground.cx, &self.shops).await?;
        let mut goods = HashMap::with_capacity(self.new_goods.len());
        for part in self.new_goods.chunks(PRODUCTS_MAX) {
            for (wanted, made) in part.iter().zip(product::import_many(tx, &ground.cx, part).await?) {
                let (product, variant) = match made {
                    product::Imported::Created(product, variant)
                    | product::Imported::Changed(product, variant)
                    | product::Imported::Same(product, variant) => (product, variant),
                    product::Imported::Refused(error) => return Err(error),
                };
                goods.insert(wanted.sku.clone(), Sold { product, variant, name: wanted.name.clone() });
            }
        }
        let members = self.style.customers.enrol(tx, ground, &self.newcomers, |shop| shops[shop].id).await?;
        let mut past = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts.iter().filter(|draft| !draft.there) {
            past.push(self.past(draft, &shops, &goods, &members)?);
        }
        import::write(tx, &ground.cx, self.run, &past).await?;
        Ok(Effects { goods, members, shops })
    }

    fn past(&self, draft: &Draft, shops: &[Shop], goods: &HashMap<String, Sold>, members: &HashMap<String, MemberId>) -> Result<PastOrder> {
        let missing = |what: &str| Error::internal(format!("an import has lost {what}"));
        let member = match &draft.customer {
            Some(name) => Some(*members.get(name).or_else(|| self.members.get(name)).ok_or_else(|| missing("a member"))?),
            None => draft.before.as_ref().and_then(|head| head.member),
        };
        let line = |line: &Line| {
            let sold = goods.get(&line.sku).or_else(|| self.goods.get(&line.sku)).ok_or_else(|| missing("a product"))?;
            Ok(PastLine {
                product: sold.product.0,
                variant: sold.variant.0,
                name: if line.name.is_empty() { sold.name.clone() } else { line.name.clone() },
                sku: line.sku.clone(),
                quantity_milli: line.quantity_milli,
                unit_price: line.unit_price,
                amount: line.amount,
            })
        };
        Ok(PastOrder {
            id: draft.id,
            kind: draft.kind,
            number: draft.number.clone(),
            store: shops[draft.shop].id.ok_or_else(|| missing("a store"))?,
            member,
            channel: draft.channel,
            at: draft.at,
            date: draft.date,
            lines: draft.lines.iter().map(line).collect::<Result<_>>()?,
            before: draft.before.clone(),
        })
    }

    pub(in super::super) fn committed(&mut self, effects: Effects) {
        self.goods.extend(effects.goods);
        self.members.extend(effects.members);
        self.shops = effects.shops;
    }

    pub(in super::super) fn pretended(&mut self) {
        let orders = self.drafts.iter().filter(|draft| !draft.there).map(|draft| short(draft.id));
        let members = self.newcomers.iter().map(|newcomer| hash(&["member", &newcomer.name]));
        let goods = self.new_goods.iter().map(|goods| hash(&["goods", &goods.sku]));
        self.would.extend(orders.chain(members).chain(goods));
    }
}

/// Half of an id: enough to tell what one file names.
fn short(id: Uuid) -> u64 {
    id.as_u64_pair().0
}
