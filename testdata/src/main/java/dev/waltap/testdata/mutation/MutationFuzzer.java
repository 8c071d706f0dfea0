package dev.waltap.testdata.mutation;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.format.DatabaseException;
import dev.waltap.inspect.WalInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Damages bytes of committed pages, of WALs and of database files, one input after the other, each
 * with a seed of its own. For one thread.
 */
public final class MutationFuzzer {
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Of so many inputs one is of files, which takes longer. */
  private static final int FILES_EVERY = 20;

  private final List<RecordedDatabase> bases = new ArrayList<>();

  /** Makes the databases that are damaged. */
  public MutationFuzzer() throws Exception {
    bases.add(RecordedDatabase.record(512));
    bases.add(RecordedDatabase.record(1024));
  }

  /**
   * Runs inputs.
   *
   * @param seed of the first; each has the next
   * @param print takes lines for people
   * @return whether all ended well
   */
  public boolean run(long seed, long inputs, long minutes, Consumer<String> print)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
    long followed = 0;
    long done = 0;
    Path directory = Files.createTempDirectory("waltap-mutation");
    try {
      for (; done < inputs && System.nanoTime() - end < 0; done++) {
        long begun = System.nanoTime();
        try {
          followed += one(seed + done, directory) ? 1 : 0;
          if (System.nanoTime() - begun > MOST_NANOS) {
            throw new AssertionError("took longer than 20 s");
          }
        } catch (Throwable e) {
          print.accept("FAILED, again with: --seed " + (seed + done) + " --inputs 1: " + e);
          for (StackTraceElement at : e.getStackTrace()) {
            print.accept("  at " + at);
          }
          return false;
        }
      }
    } finally {
      for (String name : List.of("a.db", "a.db-wal")) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.delete(directory);
    }
    print.accept(
        done + " inputs from seed " + seed + ", " + followed + " followed, the rest refused");
    return true;
  }

  private boolean one(long seed, Path directory) throws IOException {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    RecordedDatabase base = bases.get(random.nextInt(bases.size()));
    return seed % FILES_EVERY == 0
        ? inspect(base, random, directory)
        : new DamagedPages(base).run(random);
  }

  /** Inspects a copied pair of files, one of which is damaged; no SQLite has a part in it. */
  private static boolean inspect(RecordedDatabase base, Random random, Path directory)
      throws IOException {
    byte[] database = base.database().clone();
    byte[] wal = base.wal().clone();
    new Mutation(random).damage(random.nextBoolean() ? wal : database, base.database());
    Path path = directory.resolve("a.db");
    Files.write(path, database);
    Files.write(Path.of(path + "-wal"), wal);
    try (WalInspection inspection = WalInspection.open(path)) {
      inspection.tell(new Nobody());
      return true;
    } catch (DatabaseException | CaptureException e) {
      return false;
    }
  }

  private static final class Nobody implements WalInspection.Sink {
    @Override
    public void summary(WalInspection.@Nullable Summary summary) {}

    @Override
    public void change(Change change) {}

    @Override
    public void transaction(WalInspection.Transaction transaction) {}

    @Override
    public void undecodable(String why) {}
  }
}
