// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.FleetBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.FleetMember;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.fleet.Discovery;
import dev.waltap.handler.Causes;
import dev.waltap.handler.ClosedPipeException;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.io.FileNames;
import dev.waltap.schema.TableFilter;
import dev.waltap.state.StateDirectory;
import dev.waltap.text.Plural;
import dev.waltap.wake.WakeSignals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that delivers events of a database. */
abstract class CaptureCommand extends ShellCommand {

  /** The one database, where there is but one. */
  private Path database = Path.of("");

  @Mixin private CapturedDatabases databases = new CapturedDatabases();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private StateOptions state = new StateOptions();
  @Mixin private MonitorOptions monitor = new MonitorOptions();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Most changes delivered at once (256).")
  private int batchSize = 256;

  @Option(
      names = "--on-gap",
      paramLabel = "reconcile|bootstrap|fail",
      description =
          "When history was lost: emit the net changes, start over, or exit 3 (reconcile).")
  private GapPolicy onGap = GapPolicy.RECONCILE;

  @Option(
      names = "--guard",
      paramLabel = "adaptive|always|never",
      description =
          "When to hold a read transaction so that no history can be lost: only where the"
              + " application does not notice, always at the writer's cost, or never (adaptive).")
  private GuardMode guard = GuardMode.ADAPTIVE;

  @Option(
      names = "--wal-limit",
      paramLabel = "SIZE",
      converter = OptionConverters.Size.class,
      description =
          "The WAL size at which any read transaction is released (256MiB). A snapshot that is"
              + " being scanned continues from a newer one then.")
  private long walLimit = CaptureOptions.DEFAULT_WAL_LIMIT;

  @Option(
      names = "--flush-interval",
      paramLabel = "TIME",
      description =
          "How long a change may wait until it is synced, in an output file, and counts as delivered"
              + " (100ms). More often, the application's own syncs wait for ours where the disk is"
              + " the same.")
  private Duration flushInterval = CaptureOptions.DEFAULT_FLUSH_INTERVAL;

  @Option(
      names = "--low-latency",
      description =
          "Look for commits all the time: one waits for tens of microseconds instead of a fraction"
              + " of a millisecond, at several times the processor time.")
  private boolean lowLatency;

  @Option(names = "--no-schema-events", description = "Leave out SCHEMA events.")
  private boolean noSchemaEvents;

  @Option(
      names = "--source-name",
      paramLabel = "NAME",
      description =
          "What source.database of each event says (the file's name); with many databases,"
              + " {database} in it stands for that of each.")
  private @Nullable String sourceName;

  /** The databases that SIGHUP brought last; null before. */
  private volatile @Nullable CapturedDatabases reloaded;

  /** Whether what the output holds makes it necessary to deliver all rows first. */
  private boolean startsOver;

  CaptureCommand(Shell shell) {
    super(shell);
  }

  /** Whether to end when caught up. */
  boolean once() {
    return false;
  }

  /** Whether the command runs until it is stopped. */
  abstract boolean endless();

  /** Whether the command moves the saved position. */
  boolean usesState() {
    return true;
  }

  abstract void configure(CaptureBuilder builder);

  abstract void capture(ChangeDataCapture capture);

  /** What {@link #capture} does, for each of several databases. */
  abstract CaptureMode mode();

  @Override
  int run(Console console) throws Exception {
    if (once()) {
      console.silence();
    }
    state.check(this, once());
    monitor.check(this);
    if (!databases.isOne(this)) {
      return runAll(console);
    }
    database = databases.one();
    console.about(databaseName());
    if (output.needsWholeRows() && filter.excludesColumns()) {
      throw usage("--exclude-column is not for --format changeset, which holds whole rows");
    }
    output.check(this, database, databaseName(), state.directory(database), console);
    CaptureBuilder builder = builder();
    // An output is opened only for a database that is there.
    DatabaseChecks.requirePresent(database);
    if (once() && !state.isPresent(database)) {
      throw usage(
          "--once needs state: run 'waltap setup "
              + FileNames.text(database)
              + "' first, or give --state");
    }
    try (Monitoring monitoring = monitor.open(this, console);
        StreamOpening opening = new StreamOpening(database, stateDirectory());
        Sink sink = output.open(shell(), console)) {
      monitoring.watch(databaseName());
      shell().signals().onStop(sink.stop());
      // An output may wait long for its server before the capture is opened.
      shell().signals().onHangup(hangup(sink.reopening(), console, monitoring, null));
      if (!begin(builder, opening, console)) {
        return endless() ? ExitCode.OK : ExitCode.ofSignal(shell().signals().received());
      }
      builder.handler(monitoring.handler(sink.handler()));
      return new CaptureRun(shell(), console, endless(), monitoring)
          .run(
              builder,
              sink.stop(),
              capture -> {
                captureAndSummarize(capture, console);
              });
    }
  }

  private int runAll(Console console) throws IOException {
    OutputOfMany all = requireUsableForMany();
    // An output is opened only for databases that can be looked for.
    Discovery.requireDirectories(databases.sources());
    try (Monitoring monitoring = monitor.open(this, console);
        MemberSinks sinks = sinks(all, console)) {
      shell().signals().onStop(sinks::stop);
      boolean rotated = !(sinks instanceof SharedSink shared) || shared.isRotated();
      return new FleetRun(shell(), console, endless(), monitoring, databases.describe())
          .run(
              mode(),
              sinks,
              this::configureAll,
              fleet ->
                  shell()
                      .signals()
                      .onHangup(
                          hangup(rotated ? sinks::reopen : null, console, monitoring, fleet)));
    }
  }

  /**
   * What SIGHUP does.
   *
   * @param reopen null where there is nothing to rotate
   * @param fleet null for one database
   * @return null for what it does otherwise
   */
  private @Nullable Runnable hangup(
      @Nullable Runnable reopen,
      Console console,
      Monitoring monitoring,
      @Nullable Consumer<CapturedDatabases> fleet) {
    Settings settings = settings();
    if (settings == null || settings.file() == null) {
      return reopen;
    }
    Reload.Running running =
        new Reload.Running() {
          @Override
          public boolean isFleet() {
            return fleet != null;
          }

          @Override
          public List<Runnable> prepare(CaptureCommand other, Set<String> refused)
              throws IOException {
            return renewals(other, console, monitoring, fleet, refused);
          }
        };
    return new Reload(this, settings, console, reopen == null ? () -> {} : reopen, running);
  }

  private List<Runnable> renewals(
      CaptureCommand other,
      Console console,
      Monitoring monitoring,
      @Nullable Consumer<CapturedDatabases> fleet,
      Set<String> refused)
      throws IOException {
    List<Runnable> all = new ArrayList<>();
    if (fleet == null) {
      other.requireUsable(console);
    } else {
      other.databases.isOne(other);
      other.requireUsableForMany(console);
      Discovery.requireDirectories(other.databases.sources());
      if (endless() && !once()) {
        CapturedDatabases now = reloaded == null ? databases : reloaded;
        other.databases.requireRoom(now, state, new OutputOfMany(output).files());
      }
      all.add(
          () -> {
            reloaded = other.databases;
            fleet.accept(other.databases);
          });
    }
    all.addAll(output.renewals(other.output, other, console, refused));
    Runnable token = monitor.renewal(other.monitor, monitoring);
    if (token != null) {
      all.add(token);
    } else if (monitor.hasToken() != other.monitor.hasToken()) {
      refused.add(MonitorOptions.TOKEN);
    }
    return all;
  }

  private OutputOfMany requireUsableForMany() throws IOException {
    OutputOfMany all = new OutputOfMany(output);
    all.check(this, databases.files(), state.root());
    try {
      configureAll(Waltap.fleet(), member -> false);
      return all;
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private void requireUsableForMany(Console console) throws IOException {
    state.check(this, false);
    monitor.check(this);
    monitor.requireToken();
    OutputOfMany all = requireUsableForMany();
    checkForAny(all, console);
  }

  /** What is wrong with the outputs of all is said once, and at once. */
  private void checkForAny(OutputOfMany all, Console console) throws IOException {
    all.checkListening(this, console);
    Path any = Path.of("database");
    all.of("database").check(this, any, "database", StateDirectory.pathFor(any), console);
  }

  private MemberSinks sinks(OutputOfMany all, Console console) throws IOException {
    if (all.isOneShared()) {
      return all.open(shell(), console);
    }
    checkForAny(all, console);
    return OwnSinks.open(
        this, console, all, onGap, usesState(), member -> memberName(member.name()));
  }

  private String memberName(String name) {
    return sourceName == null ? name : sourceName.replace(DatabasePattern.DATABASE, name);
  }

  /**
   * Gives a fleet what the options say.
   *
   * @param hasRun whether a database has been captured by this command before
   */
  private void configureAll(FleetBuilder fleet, Predicate<FleetMember> hasRun) {
    databases.applyTo(fleet);
    state.applyTo(fleet);
    if (!usesState()) {
      fleet.noState();
    }
    fleet.once(once());
    if (sourceName != null) {
      fleet.sourceName(sourceName);
    }
    applyTo(Waltap.open(Path.of("checked"))); // Refused before anything is opened.
    fleet.each(
        (member, builder) -> {
          applyTo(builder);
          state.applyLag(builder);
          if (hasRun.test(member)) {
            builder.rebootstrap(false); // Only the first time: it continues after a pause.
          }
        });
  }

  /**
   * Refuses what can't go together, for one database or many, and touches nothing.
   *
   * @return whether there is one database alone
   */
  final boolean requireUsable(Console console) throws IOException {
    state.check(this, false);
    monitor.check(this);
    monitor.requireToken();
    boolean one = databases.isOne(this);
    if (one) {
      database = databases.one();
      output.check(this, database, databaseName(), state.directory(database), console);
      builder();
    } else {
      requireUsableForMany(console);
    }
    return one;
  }

  final CapturedDatabases databases() {
    return databases;
  }

  final OutputOptions output() {
    return output;
  }

  final StateOptions state() {
    return state;
  }

  final TableFilter tableFilter() {
    return filter.tables();
  }

  private @Nullable Path stateDirectory() {
    return usesState() && state.isPresent(database) ? state.directory(database) : null;
  }

  private String databaseName() {
    return sourceName != null ? sourceName : FileNames.lastName(database);
  }

  /** Returns whether there is something to run: not if a signal came while it waited. */
  private boolean begin(CaptureBuilder builder, StreamOpening opening, Console console)
      throws IOException, InterruptedException {
    try {
      startsOver = opening.open(output.stream(), onGap, console) && usesState();
      if (output.asksForStream()) {
        output.begin(opening.known());
      } else if (output.stream() == null) {
        opening.forget();
      }
      if (startsOver) {
        builder.rebootstrap(true);
      }
      return true;
    } catch (DeliveryStoppedException e) {
      console.detail(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private CaptureBuilder builder() {
    CaptureBuilder builder = Waltap.open(database);
    try {
      state.applyTo(builder, database);
      if (sourceName != null) {
        builder.sourceName(sourceName);
      }
      applyTo(builder);
      return builder.once(once());
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /** The options that are the same for one database and for each of several. */
  private void applyTo(CaptureBuilder builder) {
    filter.applyTo(builder);
    builder
        .batchSize(batchSize)
        .onGap(onGap)
        .guard(guard)
        .walLimit(walLimit)
        .flushInterval(flushInterval)
        .schemaEvents(!noSchemaEvents);
    if (lowLatency) {
      builder.wakeSignal(WakeSignals::lowLatencyPolling);
    }
    configure(builder);
  }

  private void captureAndSummarize(ChangeDataCapture capture, Console console) {
    try {
      if (startsOver) {
        capture.bootstrapAndCdc();
      } else {
        capture(capture);
      }
    } catch (RuntimeException e) {
      // A closed pipe ends it without a word.
      if (Causes.find(ClosedPipeException.class, e) == null) {
        summarize(capture.metrics(), console);
      }
      throw e;
    }
    CaptureMetrics metrics = capture.metrics();
    if (once()) {
      console.note(caughtUp(metrics));
    }
    summarize(metrics, console);
  }

  private static String caughtUp(CaptureMetrics metrics) {
    return metrics.changes() == 0
        ? "caught up: there was nothing to deliver"
        : "caught up: delivered "
            + Plural.of(metrics.changes(), "change")
            + " of "
            + Plural.of(metrics.deliveredTransactions(), "transaction")
            + ", up to position "
            + metrics.position();
  }

  private static void summarize(CaptureMetrics metrics, Console console) {
    detail(
        console,
        "delivered %s (%s) of %s; last position %s",
        Plural.of(metrics.changes(), "change"),
        Plural.of(metrics.bytes(), "byte"),
        Plural.of(metrics.deliveredTransactions(), "transaction"),
        metrics.position() == null ? "none" : metrics.position());
    detail(
        console,
        "read %s in %s of the WAL, which has %s; not read: %s",
        Plural.of(metrics.frames(), "frame"),
        Plural.of(metrics.generations(), "generation"),
        Plural.of(metrics.walBytes(), "byte"),
        Plural.of(metrics.lagFrames(), "frame"));
    detail(
        console,
        "overrun by the WAL %s, %s emitted as net changes in %d ms; read for %d ms",
        Plural.of(metrics.overruns(), "time"),
        Plural.of(metrics.reconciles(), "gap"),
        metrics.reconcileTime().toMillis(),
        metrics.readTransactionTime().toMillis());
    detail(
        console,
        "page set of %s in %s, %.1f %% of look-ups served uncompressed",
        Plural.of(metrics.pageSetPages(), "page"),
        Plural.of(metrics.pageSetBytes(), "byte"),
        metrics.pageSetHitRate() * 100);
  }

  private static void detail(Console console, String format, Object... values) {
    console.detail(String.format(Locale.ROOT, format, values));
  }
}
