// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a writer does.
 *
 * @param transactions how many transactions it commits
 * @param rows how many rows each of them changes
 * @param rate transactions per second at most; 0 for as fast as it can
 * @param tables how many tables it writes to, in turn
 * @param mix what the transactions do
 * @param valueSize bytes of the payload column of an ordinary row
 * @param synchronous OFF, NORMAL, FULL or EXTRA
 * @param seed all that is random follows from it
 * @param checkpointEvery transactions between checkpoints; 0 leaves it to SQLite
 * @param checkpointMode PASSIVE, FULL, RESTART or TRUNCATE
 * @param cacheSize pages of cache, small ones make transactions spill; 0 for SQLite's default
 * @param marker the marker to write at the end; 0 for none
 * @param seconds when to end even if not all transactions are committed; 0 for never
 * @param autocheckpoint pages of WAL past which commits checkpoint; 1000 is SQLite's default
 */
public record WriterOptions(
    long transactions,
    int rows,
    double rate,
    int tables,
    Mix mix,
    int valueSize,
    String synchronous,
    long seed,
    long checkpointEvery,
    String checkpointMode,
    int cacheSize,
    long marker,
    double seconds,
    int autocheckpoint) {

  /** What transactions do. */
  public enum Mix {
    /** New rows only. */
    INSERT,
    /** Updates of rows that are there. */
    UPDATE,
    /** Everything, with rollbacks, big rows and truncating deletes. */
    ALL
  }

  /** A thousand single-row transactions of everything in three tables. */
  public static final WriterOptions DEFAULT =
      new WriterOptions(1000, 1, 0, 3, Mix.ALL, 100, "NORMAL", 1, 0, "PASSIVE", 0, 0, 0, 1000);

  /** The first part of the acceptance workload: 200,000 transactions of one row in three tables. */
  public static final WriterOptions SMALL_TRANSACTIONS =
      DEFAULT.with("--mix", "INSERT").with("--transactions", "200000");

  /** The second part of the acceptance workload: 200 transactions of 10,000 rows. */
  public static final WriterOptions LARGE_TRANSACTIONS =
      DEFAULT.with("--mix", "INSERT").with("--transactions", "200").with("--rows", "10000");

  /** These options with another value for one of them, by its name on the command line. */
  public WriterOptions with(String option, String value) {
    List<String> arguments = new ArrayList<>(arguments());
    int index = arguments.indexOf(option);
    if (index < 0) {
      throw new IllegalArgumentException("no option " + option + " among " + arguments);
    }
    arguments.set(index + 1, value);
    return parse(arguments);
  }

  /** The options as arguments of {@link dev.waltap.testdata.WriterMain}. */
  public List<String> arguments() {
    return List.of(
        "--transactions", Long.toString(transactions),
        "--rows", Integer.toString(rows),
        "--rate", Double.toString(rate),
        "--tables", Integer.toString(tables),
        "--mix", mix.name(),
        "--value-size", Integer.toString(valueSize),
        "--synchronous", synchronous,
        "--seed", Long.toString(seed),
        "--checkpoint-every", Long.toString(checkpointEvery),
        "--checkpoint-mode", checkpointMode,
        "--cache-size", Integer.toString(cacheSize),
        "--marker", Long.toString(marker),
        "--seconds", Double.toString(seconds),
        "--autocheckpoint", Integer.toString(autocheckpoint));
  }

  /** Reads arguments; what they do not name is as in {@link #DEFAULT}. */
  public static WriterOptions parse(List<String> arguments) {
    List<String> all = new ArrayList<>(DEFAULT.arguments());
    for (int i = 0; i < arguments.size(); i += 2) {
      int index = all.indexOf(arguments.get(i));
      if (index < 0 || i + 1 == arguments.size()) {
        throw new IllegalArgumentException("no such option, or no value: " + arguments.get(i));
      }
      all.set(index + 1, arguments.get(i + 1));
    }
    return new WriterOptions(
        Long.parseLong(all.get(1)),
        Integer.parseInt(all.get(3)),
        Double.parseDouble(all.get(5)),
        Integer.parseInt(all.get(7)),
        Mix.valueOf(all.get(9).toUpperCase(Locale.ROOT)),
        Integer.parseInt(all.get(11)),
        all.get(13),
        Long.parseLong(all.get(15)),
        Long.parseLong(all.get(17)),
        all.get(19),
        Integer.parseInt(all.get(21)),
        Long.parseLong(all.get(23)),
        Double.parseDouble(all.get(25)),
        Integer.parseInt(all.get(27)));
  }
}
