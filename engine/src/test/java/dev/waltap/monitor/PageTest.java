// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.live.LiveStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a real browser, where one is installed. */
@Tag("slow")
class PageTest {
  @TempDir private static Path directory = Path.of("");
  private static @Nullable Chromium started;

  private @Nullable MonitorServer server;
  private Monitor monitor = new Monitor(10, new LiveStream(true));

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> program = Chromium.installed();
    assumeTrue(program.isPresent(), "no browser is installed");
    started = Chromium.start(program.orElseThrow(), directory);
  }

  @AfterAll
  static void end() {
    if (started != null) {
      started.close();
    }
  }

  @AfterEach
  void closeServer() throws Exception {
    browser().open("about:blank");
    if (server != null) {
      server.close();
    }
  }

  private static Chromium browser() {
    if (started == null) {
      throw new IllegalStateException("no browser");
    }
    return started;
  }

  private void open(boolean rows) throws Exception {
    LiveStream stream = new LiveStream(rows);
    monitor = new Monitor(10, stream);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    MonitorSettings settings = new MonitorSettings(any, null, LagBound.NONE, rows, "test");
    MonitorServer opened = MonitorServer.open(settings, monitor);
    server = opened;
    browser().complaints().clear();
    browser().size(1200, 800, false);
    browser().open(opened.address());
  }

  private ChangesHandler capture(String name) throws Exception {
    MonitoredDatabase database = monitor.register(name);
    database.metrics(() -> Metrics.of(5, Duration.ofMillis(7)));
    database.state(DatabaseState.READY, null);
    return database.shown(changes -> {});
  }

  private static void awaitLive() throws Exception {
    browser().await("document.getElementById('link').textContent === 'live'");
  }

  private static String log() throws Exception {
    return browser().evaluate("document.getElementById('log').innerText");
  }

  private static Change update(long frame, Row before, Row after) {
    return Change.builder("products", Operation.UPDATE)
        .before(before)
        .after(after)
        .key(Row.of("id", after.getLong("id")))
        .position(new Position(1, frame, 0))
        .build();
  }

  private static Change insert(String table, long frame, Row row) {
    return Change.builder(table, Operation.INSERT)
        .after(row)
        .position(new Position(1, frame, 0))
        .build();
  }

  @Test
  void showsRowsAndMarksTheColumnsThatChanged() throws Exception {
    open(true);
    ChangesHandler handler = capture("shop.db");
    awaitLive();
    Row before = Row.of("id", 1, "name", "lamp", "price", 123.05);
    Row after = Row.of("id", 1, "name", "lamp", "price", 99.95);
    handler.handleChanges(List.of(update(4, before, after)));
    browser().await("document.querySelectorAll('.change').length === 1");
    assertThat(log()).contains("shop.db", "UPDATE", "products");
    assertThat(browser().evaluate("[...document.querySelectorAll('.old')].map(e => e.innerText)"))
        .isEqualTo("123.05");
    assertThat(browser().evaluate("[...document.querySelectorAll('.new')].map(e => e.innerText)"))
        .isEqualTo("99.95");
    assertThat(
            browser()
                .evaluate("[...document.querySelectorAll('.same .val')].map(e => e.innerText)"))
        .isEqualTo("1,'lamp'");
    assertThat(browser().evaluate("document.querySelector('.key .name').innerText"))
        .isEqualTo("id");
    handler.handleChanges(List.of(update(5, after, before)));
    browser().await("document.querySelectorAll('.tx').length === 2");
    assertThat(browser().evaluate("document.querySelector('.tx .new').innerText"))
        .as("the newest is first")
        .isEqualTo("123.05");
    browser().await("document.getElementById('databases').innerText.includes('shop.db')");
    browser().await("document.querySelectorAll('.tile .curve').length === 4");
    awaitLive();
    assertThat(browser().complaints()).isEmpty();
  }

  @Test
  void whatStandsInRowsIsTextAndNeverRuns() throws Exception {
    open(true);
    String evil =
        "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script>";
    ChangesHandler handler = capture(evil);
    awaitLive();
    handler.handleChanges(List.of(insert(evil, 1, Row.of(evil, evil))));
    browser().await("document.querySelectorAll('.change').length === 1");
    assertThat(log()).contains(evil);
    browser().await("document.querySelectorAll('#databases tr').length === 1");
    assertThat(browser().evaluate("document.querySelectorAll('img, main script').length"))
        .isEqualTo("0");
    assertThat(browser().evaluate("document.title")).isEqualTo("Waltap");
    assertThat(browser().complaints()).isEmpty();
  }

  @Test
  void theDatabaseAndTheTableCanBeChosen() throws Exception {
    open(true);
    ChangesHandler one = capture("one.db");
    ChangesHandler two = capture("two.db");
    awaitLive();
    browser().await("document.querySelectorAll('#database option').length === 3");
    browser()
        .evaluate(
            "(document.getElementById('database').value = 'two.db',"
                + " document.getElementById('table').value = 'ord*')");
    one.handleChanges(List.of(insert("orders", 1, Row.of("id", 1))));
    two.handleChanges(
        List.of(insert("people", 1, Row.of("id", 2)), insert("orders", 1, Row.of("id", 3))));
    browser().await("document.querySelectorAll('.change').length > 0");
    assertThat(browser().evaluate("[...document.querySelectorAll('.new')].map(e => e.innerText)"))
        .isEqualTo("3");
    String tables = "[...document.querySelectorAll('#tables tr')].map(e => e.innerText.trim())";
    browser().await("document.querySelectorAll('#tables tr').length === 2");
    assertThat(browser().evaluate(tables + ".map(e => e.replace(/\\s+/g, ' ')).sort().join()"))
        .isEqualTo("orders 1 0 0,people 1 0 0");
    // Tables of one name are one row, as tenants have the same ones.
    browser()
        .evaluate(
            "(document.getElementById('database').value = '',"
                + " document.getElementById('database').dispatchEvent(new Event('change')))");
    assertThat(browser().evaluate(tables + ".map(e => e.replace(/\\s+/g, ' ')).sort().join()"))
        .isEqualTo("orders 2 0 0,people 1 0 0");
  }

  @Test
  void thePauseStopsTheStreamAndCountsWhatPasses() throws Exception {
    open(true);
    ChangesHandler handler = capture("shop.db");
    awaitLive();
    browser().evaluate("document.getElementById('pause').click()");
    browser().await("document.getElementById('link').textContent === 'paused'");
    handler.handleChanges(List.of(insert("t", 1, Row.of("id", 1))));
    browser().await("document.getElementById('missed').innerText.includes('1 change has passed')");
    assertThat(browser().evaluate("document.querySelectorAll('.change').length")).isEqualTo("0");
    browser().evaluate("document.getElementById('pause').click()");
    handler.handleChanges(List.of(insert("t", 2, Row.of("id", 2))));
    browser().await("document.querySelectorAll('.change').length === 1");
  }

  @Test
  void whatComesTooFastIsSaidAndThePageStaysBounded() throws Exception {
    open(true);
    ChangesHandler handler = capture("shop.db");
    awaitLive();
    for (int i = 0; i < 20; i++) {
      List<Change> batch = Collections.nCopies(1000, insert("t" + i, i, Row.of("id", i)));
      handler.handleChanges(batch);
    }
    browser().await("document.getElementById('missed').innerText.includes('left out')");
    browser().await("document.getElementById('tables').innerText.includes('1,000')");
    assertThat(Integer.parseInt(browser().evaluate("document.querySelectorAll('.change').length")))
        .isBetween(100, 400);
  }

  @Test
  void withoutRowsItShowsHowManyChange() throws Exception {
    open(false);
    ChangesHandler handler = capture("shop.db");
    awaitLive();
    handler.handleChanges(List.of(insert("people", 1, Row.of("name", "SECRET"))));
    browser().await("document.querySelectorAll('.change').length === 1");
    assertThat(log()).contains("people", "INSERT", "1").doesNotContain("SECRET");
    assertThat(browser().evaluate("document.body.innerText")).contains("--page-rows");
  }

  @Test
  void itFitsOnAPhone() throws Exception {
    open(true);
    ChangesHandler handler = capture("a-database-with-a-rather-long-name-that-does-not-fit.db");
    browser().size(360, 740, true);
    awaitLive();
    handler.handleChanges(
        List.of(insert("a_table_with_a_long_name_too", 1, Row.of("text", "word".repeat(100)))));
    browser().await("document.querySelectorAll('.change').length === 1");
    browser().await("document.querySelectorAll('#databases tr').length === 1");
    assertThat(browser().evaluate("document.documentElement.scrollWidth")).isEqualTo("360");
  }

  @Test
  void itGoesOnWhenTheProcessIsThereAgain() throws Exception {
    open(true);
    capture("shop.db");
    awaitLive();
    MonitorServer first = server;
    if (first == null) {
      throw new IOException("no server");
    }
    int port = java.net.URI.create(first.address()).getPort();
    first.close();
    browser().await("document.getElementById('link').textContent.startsWith('no answer')");
    monitor = new Monitor(10, new LiveStream(true));
    ChangesHandler handler = capture("shop.db");
    server =
        MonitorServer.open(
            new MonitorSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                null,
                LagBound.NONE,
                true,
                "test"),
            monitor);
    awaitLive();
    handler.handleChanges(List.of(insert("again", 1, Row.of("id", 1))));
    browser().await("document.getElementById('log').innerText.includes('again')");
  }
}
