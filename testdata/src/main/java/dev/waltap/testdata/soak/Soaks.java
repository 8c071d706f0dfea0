package dev.waltap.testdata.soak;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.workload.Workload;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** The scenarios of {@link dev.waltap.testdata.SoakMain}; each prints its figures. */
public final class Soaks {
  private final SoakOptions options;
  private final Random random = new Random(1);

  public Soaks(SoakOptions options) {
    this.options = options;
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private WriterOptions writer(int number, double seconds) {
    return WriterOptions.DEFAULT
        .with("--mix", "INSERT")
        .with("--transactions", Long.toString(Long.MAX_VALUE / 2))
        .with("--tables", "1")
        .with("--seed", Integer.toString(number + 1))
        .with("--synchronous", options.synchronous())
        .with("--rate", Double.toString(options.rate()))
        .with("--seconds", Double.toString(seconds));
  }

  /** Runs the writers to their end; gives their transactions per second, and the largest WAL. */
  private double[] write(TestDatabase database, double seconds)
      throws IOException, InterruptedException {
    List<WriterProcess> writers = new ArrayList<>();
    for (int i = 0; i < options.writers(); i++) {
      writers.add(WriterProcess.start(database.path(), writer(i, seconds)));
    }
    double largest = 0;
    Path wal = Path.of(database.path() + "-wal");
    while (writers.stream().anyMatch(WriterProcess::isAlive)) {
      largest = Math.max(largest, (double) wal.toFile().length());
      Thread.sleep(10);
    }
    double sum = 0;
    for (WriterProcess writer : writers) {
      sum += writer.await(Duration.ofSeconds(30));
    }
    return new double[] {sum, largest};
  }

  private static boolean intact(TestDatabase database) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
      return "ok".equals(row.getString(1));
    }
  }

  private static String finish(TestDatabase database, CaptureProcess capture, long marker)
      throws SQLException, IOException {
    try (Connection connection = database.open()) {
      Markers.create(connection);
      Markers.write(connection, marker);
    }
    return capture.check(marker);
  }

  /** Writers alone, with a capture, and alone again, on a new database each time. */
  public boolean load() throws Exception {
    boolean good = true;
    for (int round = 0; round < 3; round++) {
      boolean captured = round == 1;
      try (TestDatabase database = TestDatabase.create();
          Connection keeper = database.open()) {
        TestDatabase.number(keeper, "SELECT count(*) FROM sqlite_schema");
        try (CaptureProcess capture =
            captured ? CaptureProcess.start(database.path(), options.guard()) : null) {
          double[] figures = write(database, options.seconds());
          String said = capture == null ? "" : finish(database, capture, 1);
          good &= said.isEmpty() || said.startsWith("equal");
          print(
              "load %s: %.0f commits/s, largest WAL %.1f MB %s",
              captured ? "captured" : "alone   ", figures[0], figures[1] / 1e6, said);
        }
      }
    }
    return good;
  }

  /** The capture is stopped in mid-load, again and again. */
  public boolean stop() throws Exception {
    double seconds = options.times() * (options.stopSeconds() + 1) + 1;
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess capture = CaptureProcess.start(database.path(), options.guard());
        WriterProcess writer = WriterProcess.start(database.path(), writer(0, seconds))) {
      for (int i = 0; i < options.times(); i++) {
        Thread.sleep(1000);
        capture.stop();
        Thread.sleep(Math.round(options.stopSeconds() * 1000));
        capture.resume();
      }
      double rate = writer.await(Duration.ofSeconds(60));
      String said = finish(database, capture, 1);
      boolean intact = intact(database);
      print(
          "stop: %d times %.1f s, %.0f commits/s, WAL %.1f MB, integrity %s; %s",
          options.times(),
          options.stopSeconds(),
          rate,
          Path.of(database.path() + "-wal").toFile().length() / 1e6,
          intact ? "ok" : "BAD",
          said);
      return intact && said.startsWith("equal");
    }
  }

  /** Truncates the WAL once a second under load, timeout a second; not captured by guard none. */
  public boolean truncate() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess capture =
            options.guard().equals("none")
                ? null
                : CaptureProcess.start(database.path(), options.guard());
        WriterProcess writer =
            WriterProcess.start(database.path(), writer(0, options.seconds() + 2));
        Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 1000");
      Histogram micros = new Histogram(3);
      int done = 0;
      int attempts = (int) options.seconds();
      for (int i = 0; i < attempts; i++) {
        Thread.sleep(1000);
        long start = System.nanoTime();
        try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
          done += row.getInt(1) == 0 ? 1 : 0;
        }
        micros.recordValue((System.nanoTime() - start) / 1000);
      }
      double rate = writer.await(Duration.ofSeconds(30));
      String said = capture == null ? "equal, not captured" : finish(database, capture, 1);
      print(
          "truncate: %d of %d succeeded, p50 %.1f ms, max %.1f ms, %.0f commits/s; %s",
          done,
          attempts,
          micros.getValueAtPercentile(50) / 1000.0,
          micros.getMaxValue() / 1000.0,
          rate,
          said);
      return said.startsWith("equal") && done * 100 >= attempts * 99;
    }
  }

  /** Writers and captures are killed at random moments; one capture lives on and sees it all. */
  public boolean kill() throws Exception {
    int intact = 0;
    int restarts = 0;
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess witness = CaptureProcess.start(database.path(), options.guard())) {
      WriterOptions killed =
          writer(0, 60).with("--mix", "ALL").with("--rows", "20").with("--cache-size", "10");
      String said = "";
      for (int i = 0; i < options.times(); i++) {
        WriterOptions next = killed.with("--seed", Integer.toString(i));
        try (WriterProcess writer = WriterProcess.start(database.path(), next);
            CaptureProcess capture = CaptureProcess.start(database.path(), options.guard())) {
          Thread.sleep(random.nextInt(300));
          if (random.nextBoolean()) {
            capture.kill();
            writer.kill();
          } else {
            writer.kill();
            capture.kill();
          }
        }
        intact += intact(database) ? 1 : 0;
        restarts += restarted(database) ? 1 : 0;
        said = finish(database, witness, i + 1);
        if (!said.startsWith("equal")) {
          break;
        }
      }
      print(
          "kill: %d writers and captures killed, integrity ok %d, WAL restarted %d; %s",
          options.times(), intact, restarts, said);
      return intact == options.times() && restarts == intact && said.startsWith("equal");
    }
  }

  private static boolean restarted(TestDatabase database) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(RESTART)")) {
      return row.getInt(1) == 0;
    }
  }

  /**
   * Commits at a rate within this process; by System.nanoTime, from before and after the commit.
   */
  public boolean latency() throws Exception {
    double rate = options.rate() > 0 ? options.rate() : 1000;
    int count = (int) (rate * options.seconds());
    AtomicLongArray arrivals = new AtomicLongArray(count + 1);
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        CaptureOfOne capture = new CaptureOfOne(connection, database.path(), arrivals)) {
      int warmup = (int) (rate * 5);
      capture.insert(connection, -warmup, 0, rate, null);
      long[] before = new long[count + 1];
      long[] after = capture.insert(connection, 1, count, rate, before);
      Thread.sleep(500);
      Histogram fromBegin = new Histogram(3);
      Histogram fromEnd = new Histogram(3);
      for (int i = 1; i <= count; i++) {
        fromBegin.recordValue(Math.max(0, arrivals.get(i) - before[i]));
        fromEnd.recordValue(Math.max(0, arrivals.get(i) - after[i]));
      }
      report("statement begun to handler", fromBegin);
      report("commit returned to handler", fromEnd);
      print("laps %d", capture.engine.metrics().laps());
      return true;
    }
  }

  private static void report(String what, Histogram nanos) {
    print(
        "latency, %s: p50 %.1f us, p90 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us of %d",
        what,
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(90) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3,
        nanos.getTotalCount());
  }

  /** CPU time of an idle capture, then how long the first commit takes. */
  public boolean idle() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      Markers.create(connection);
      try (CaptureProcess capture = CaptureProcess.start(database.path(), options.guard())) {
        Thread.sleep(5000);
        long cpu = capture.cpuNanos();
        long start = System.nanoTime();
        Thread.sleep((long) (options.seconds() * 1000));
        double share = (capture.cpuNanos() - cpu) / (double) (System.nanoTime() - start);
        print("idle: %.3f %% of a core over %.0f s", share * 100, options.seconds());
      }
      AtomicLongArray arrivals = new AtomicLongArray(options.times() + 1);
      try (CaptureOfOne capture = new CaptureOfOne(connection, database.path(), arrivals)) {
        capture.insert(connection, -2000, 0, 1000, null);
        StringBuilder latencies = new StringBuilder();
        for (int i = 1; i <= options.times(); i++) {
          Thread.sleep((long) (options.seconds() * 1000));
          long[] after = capture.insert(connection, i, i, 0, null);
          Thread.sleep(100);
          latencies.append(String.format(Locale.ROOT, " %.2f", (arrivals.get(i) - after[i]) / 1e6));
        }
        print("idle: commit returned to handler, ms:%s", latencies);
      }
      return true;
    }
  }

  /** A capture that notes when the row of each id arrives. */
  private static final class CaptureOfOne implements AutoCloseable {
    private final ChangeDataCapture engine;
    private final Thread thread;

    CaptureOfOne(Connection connection, Path database, AtomicLongArray arrivals)
        throws SQLException, InterruptedException {
      TestDatabase.execute(
          connection,
          "PRAGMA synchronous = NORMAL",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, amount REAL)");
      CountDownLatch ready = new CountDownLatch(1);
      engine =
          Waltap.open(database)
              .handler(batch -> note(batch, arrivals))
              .listener(
                  new CaptureListener() {
                    @Override
                    public void ready() {
                      ready.countDown();
                    }
                  })
              .build();
      thread = new Thread(engine::cdc, "capture");
      thread.start();
      ready.await();
    }

    private static void note(List<Change> batch, AtomicLongArray arrivals) {
      long now = System.nanoTime();
      for (Change change : batch) {
        long id = change.key() == null ? 0 : change.key().getLong(0);
        if (id > 0) {
          arrivals.set((int) id, now);
        }
      }
    }

    /** Inserts these ids at a rate; gives when each commit returned, by id. */
    long[] insert(
        Connection connection,
        int first,
        int last,
        double rate,
        long @org.jspecify.annotations.Nullable [] before)
        throws SQLException {
      long[] after = new long[Math.max(0, last) + 1];
      long start = System.nanoTime();
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO t VALUES(?, 'name', 1.5)")) {
        for (int id = first; id <= last; id++) {
          long due = rate > 0 ? start + (long) ((id - first) * 1e9 / rate) : start;
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          insert.setLong(1, id);
          long begun = System.nanoTime();
          insert.execute();
          if (id > 0) {
            after[id] = System.nanoTime();
            if (before != null) {
              before[id] = begun;
            }
          }
        }
      }
      return after;
    }

    @Override
    public void close() throws InterruptedException {
      engine.close();
      thread.join(TimeUnit.SECONDS.toMillis(30));
    }
  }

  /** The same statements with and without a capture leave the same database. */
  public boolean twin() throws Exception {
    WriterOptions same =
        WriterOptions.DEFAULT
            .with("--transactions", "3000")
            .with("--rows", "10")
            .with("--cache-size", "20");
    try (TestDatabase one = TestDatabase.create();
        TestDatabase other = TestDatabase.create()) {
      try (CaptureProcess capture = CaptureProcess.start(one.path(), options.guard())) {
        run(one, same);
      }
      run(other, same);
      boolean rows;
      try (Connection first = one.open();
          Connection second = other.open()) {
        rows =
            new SnapshotReader(first, table -> true)
                .read()
                .equals(new SnapshotReader(second, table -> true).read());
        TestDatabase.execute(first, "PRAGMA wal_checkpoint(TRUNCATE)");
        TestDatabase.execute(second, "PRAGMA wal_checkpoint(TRUNCATE)");
      }
      // Not before the connections are closed: closing a file drops their locks.
      long different = differentPages(one.path(), other.path());
      boolean intact = intact(one);
      print("twin: rows %s, %d pages differ", rows ? "equal" : "DIFFERENT", different);
      return rows && intact;
    }
  }

  /** A consumer that takes much less than is written, and then recovers. */
  public boolean slow() throws Exception {
    return new SlowSoak(options).run();
  }

  private static void run(TestDatabase database, WriterOptions writer) throws SQLException {
    try (Connection connection = database.open();
        Workload workload = new Workload(connection, writer).prepare()) {
      workload.run();
    }
  }

  private static long differentPages(Path one, Path other) throws IOException {
    try (java.io.RandomAccessFile a = new java.io.RandomAccessFile(one.toFile(), "r");
        java.io.RandomAccessFile b = new java.io.RandomAccessFile(other.toFile(), "r")) {
      long different = Math.abs(a.length() - b.length()) / 4096;
      byte[] left = new byte[4096];
      byte[] right = new byte[4096];
      for (long at = 0; at + 4096 <= Math.min(a.length(), b.length()); at += 4096) {
        a.readFully(left);
        b.readFully(right);
        different += java.util.Arrays.equals(left, right) ? 0 : 1;
      }
      return different;
    }
  }
}
