-- The shop's tables. Safe to run again: every start runs it. The constraints are real, so that what a flow does
-- wrong (an email twice, more sold than there is) is refused by the database itself.

CREATE TABLE IF NOT EXISTS users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL CONSTRAINT users_email_is_an_address CHECK (position('@' IN email) > 1),
    name          text NOT NULL CONSTRAINT users_name_is_not_empty CHECK (name <> ''),
    password_hash text NOT NULL,
    role          text NOT NULL DEFAULT 'customer' CONSTRAINT users_role_is_known CHECK (role IN ('customer', 'admin')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_is_unique UNIQUE (email)
);

CREATE TABLE IF NOT EXISTS products (
    sku        text PRIMARY KEY CONSTRAINT products_sku_is_plain CHECK (sku ~ '^[A-Za-z0-9-]{1,40}$'),
    name       text NOT NULL,
    category   text NOT NULL,
    price      numeric(10, 2) NOT NULL CONSTRAINT products_price_is_positive CHECK (price > 0),
    stock      integer NOT NULL DEFAULT 0 CONSTRAINT products_stock_is_not_negative CHECK (stock >= 0),
    attributes jsonb NOT NULL DEFAULT '{}',
    revision   integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS products_by_category ON products (category, sku);

CREATE TABLE IF NOT EXISTS orders (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         bigint NOT NULL CONSTRAINT orders_belong_to_a_user REFERENCES users ON DELETE CASCADE,
    state           text NOT NULL DEFAULT 'placed'
                    CONSTRAINT orders_state_is_known CHECK (state IN ('placed', 'paid', 'cancelled')),
    total           numeric(12, 2) NOT NULL CONSTRAINT orders_total_is_not_negative CHECK (total >= 0),
    idempotency_key text,
    fingerprint     text NOT NULL,  -- of the body: the same key with another body is a mistake of the caller
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_key_is_used_once UNIQUE (user_id, idempotency_key)
);
CREATE INDEX IF NOT EXISTS orders_of_a_user ON orders (user_id, created_at DESC, id);

CREATE TABLE IF NOT EXISTS order_lines (
    order_id   uuid NOT NULL CONSTRAINT lines_belong_to_an_order REFERENCES orders ON DELETE CASCADE,
    sku        text NOT NULL CONSTRAINT lines_name_a_product REFERENCES products,
    quantity   integer NOT NULL CONSTRAINT lines_quantity_is_positive CHECK (quantity > 0),
    unit_price numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, sku)
);

CREATE TABLE IF NOT EXISTS payments (
    order_id   uuid PRIMARY KEY CONSTRAINT payments_belong_to_an_order REFERENCES orders ON DELETE CASCADE,
    method     text NOT NULL,
    amount     numeric(12, 2) NOT NULL,
    state      text NOT NULL DEFAULT 'pending'
               CONSTRAINT payments_state_is_known CHECK (state IN ('pending', 'authorised', 'declined')),
    verdict    text NOT NULL,  -- what the bank will say at decided_at
    decided_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS payments_undecided ON payments (decided_at) WHERE state = 'pending';

-- Events on their way to Kafka: written with the change they tell of, deleted once the broker has them.
CREATE TABLE IF NOT EXISTS outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT outbox_event_is_unique UNIQUE,
    topic      text NOT NULL,
    key        text,
    value      text NOT NULL,
    headers    jsonb NOT NULL,
    copies     integer NOT NULL DEFAULT 1,  -- still to be published; the fault panel may want two
    due_at     timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- How far a reader of events has come.
CREATE TABLE IF NOT EXISTS positions (
    reader      text NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (reader, topic, partition)
);

CREATE TABLE IF NOT EXISTS notifications (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   text NOT NULL CONSTRAINT notifications_tell_an_event_once UNIQUE,
    order_id   text NOT NULL,  -- as the event says; nobody asks whether there is such an order
    event      text NOT NULL,
    recipient  text,
    message    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS notifications_of_an_order ON notifications (order_id, id);

-- The goods that are always there. A start tops their stock up again and leaves everything else as it is.
INSERT INTO products (sku, name, category, price, stock, attributes) VALUES
    ('coffee-1kg',  'Coffee beans, 1 kg',   'coffee', 24.90, 5000, '{"origin": "Ethiopia", "organic": true}'),
    ('coffee-250g', 'Coffee beans, 250 g',  'coffee',  7.50, 5000, '{"origin": "Ethiopia", "organic": true}'),
    ('espresso-1kg','Espresso beans, 1 kg', 'coffee', 27.40, 5000, '{"origin": "Brazil", "organic": false}'),
    ('tea-green',   'Green tea, 100 g',     'tea',     9.95, 5000, '{"origin": "Japan", "organic": true}'),
    ('tea-black',   'Black tea, 100 g',     'tea',     6.80, 5000, '{"origin": "Assam", "organic": false}'),
    ('tea-mint',    'Mint tea, 50 g',       'tea',     3.20, 5000, '{"origin": "Morocco", "organic": true}'),
    ('mug-blue',    'Mug, blue',            'kitchen', 12.00, 5000, '{"colour": "blue", "volume_ml": 330}'),
    ('mug-red',     'Mug, red',             'kitchen', 12.00, 5000, '{"colour": "red", "volume_ml": 330}'),
    ('kettle',      'Kettle, 1.7 l',        'kitchen', 59.90, 5000, '{"colour": "steel", "volume_ml": 1700}'),
    ('grinder',     'Hand grinder',         'kitchen', 84.00, 5000, '{"burrs": "steel"}'),
    ('gift-card',   'Gift card',            'cards',  25.00, 5000, '{}'),
    ('last-one',    'The only one we had',  'kitchen', 99.99,    0, '{"note": "sold out for good"}')
ON CONFLICT (sku) DO UPDATE SET stock = EXCLUDED.stock, updated_at = now()
    WHERE products.stock <> EXCLUDED.stock;
