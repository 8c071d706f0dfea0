// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * What the shop's application does: first one transaction of each kind that is worth seeing, then,
 * if it is to go on, business as usual. Every transaction but the one that is rolled back changes
 * at least one row or table, since the show waits for its events.
 */
final class Story implements Iterator<ShopTransaction> {

  /** How many rows the large transaction inserts. */
  static final int MANY = 10_000;

  static final List<String> SHOP =
      List.of(
          "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
          "CREATE TABLE products(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, price REAL,"
              + " stock INTEGER)",
          "CREATE TABLE orders(id INTEGER PRIMARY KEY,"
              + " customer INTEGER REFERENCES customers ON DELETE CASCADE,"
              + " product INTEGER, quantity INTEGER)",
          "CREATE TABLE visits(id INTEGER PRIMARY KEY, page TEXT)",
          "INSERT INTO customers(name) VALUES ('Ada'), ('Grace'), ('Hedy')",
          "INSERT INTO products(name, price, stock) VALUES ('lamp', 123.05, 7), ('chair', 59.9, 12),"
              + " ('desk', 210.5, 2), ('rug', 75.25, 9)");

  private static final List<ShopTransaction> ONE_OF_EACH_KIND =
      List.of(
          ShopTransaction.of("INSERT INTO orders(customer, product, quantity) VALUES (3, 1, 2)"),
          ShopTransaction.of("UPDATE products SET price = 99.95 WHERE name = 'lamp'"),
          ShopTransaction.of(
              "BEGIN",
              "INSERT INTO orders(customer, product, quantity) VALUES (1, 2, 1)",
              "UPDATE products SET stock = stock - 1 WHERE id = 2",
              "COMMIT"),
          ShopTransaction.of("BEGIN", "DELETE FROM orders", "ROLLBACK"),
          ShopTransaction.of("ALTER TABLE products ADD COLUMN color TEXT DEFAULT 'white'"),
          ShopTransaction.of(
              "REPLACE INTO products(id, name, price, stock, color) VALUES (9, 'desk', 189.5, 3,"
                  + " 'oak') -- name is UNIQUE"),
          ShopTransaction.of("DELETE FROM customers WHERE id = 3 -- orders: ON DELETE CASCADE"),
          ShopTransaction.of(
              "BEGIN",
              "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < "
                  + MANY
                  + ") INSERT INTO visits(page) SELECT '/products/' || i FROM n",
              "COMMIT"));

  private static final int CUSTOMERS = 2;
  private static final List<Integer> PRODUCTS = List.of(1, 2, 4, 9);

  /** Orders that stay, so that there is always one to delete. */
  private static final int MIN_ORDERS = 3;

  private final boolean endless;
  private final Random random = new Random();
  private int scene;

  /** How many there are; the first transactions leave one. */
  private int orders = 1;

  /**
   * A story from its beginning.
   *
   * @param endless whether it goes on when all kinds were seen
   */
  Story(boolean endless) {
    this.endless = endless;
  }

  @Override
  public boolean hasNext() {
    return endless || scene < ONE_OF_EACH_KIND.size();
  }

  @Override
  public ShopTransaction next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the story has ended");
    }
    return scene < ONE_OF_EACH_KIND.size() ? ONE_OF_EACH_KIND.get(scene++) : business();
  }

  private ShopTransaction business() {
    int product = PRODUCTS.get(random.nextInt(PRODUCTS.size()));
    return switch (random.nextInt(4)) {
      case 0 ->
          ShopTransaction.of(
              "UPDATE products SET price = round(price + 0.25, 2) WHERE id = " + product);
      case 1 -> ShopTransaction.of("UPDATE products SET stock = stock + 5 WHERE id = " + product);
      case 2 -> orders > MIN_ORDERS ? shipment() : order(product);
      default -> order(product);
    };
  }

  private ShopTransaction order(int product) {
    orders++;
    int quantity = 1 + random.nextInt(4);
    return ShopTransaction.of(
        "BEGIN",
        "INSERT INTO orders(customer, product, quantity) VALUES ("
            + (1 + random.nextInt(CUSTOMERS))
            + ", "
            + product
            + ", "
            + quantity
            + ")",
        "UPDATE products SET stock = stock - " + quantity + " WHERE id = " + product,
        "COMMIT");
  }

  private ShopTransaction shipment() {
    orders--;
    return ShopTransaction.of("DELETE FROM orders WHERE id = (SELECT min(id) FROM orders)");
  }
}
