// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.Captures;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * All that one fuzzed database follows from, as the command line has it.
 *
 * @param seed all that is random follows from it
 * @param transactions how many to commit
 * @param burst how many to commit before they are checked against the source; more than 1 means in
 *     their sum every other time, and one by one in between
 * @param features what may happen
 * @param capture which capture is checked: a name that {@link Captures#named} knows
 * @param tables what the names of captured tables begin with; empty captures all
 */
public record FuzzCase(
    long seed, int transactions, int burst, Set<Feature> features, String capture, String tables) {

  /** A case of all features and tables, captured by Waltap. */
  public static FuzzCase of(long seed, int transactions, int burst) {
    return new FuzzCase(seed, transactions, burst, EnumSet.allOf(Feature.class), "waltap", "");
  }

  /** This case with another seed. */
  public FuzzCase withSeed(long other) {
    return new FuzzCase(other, transactions, burst, features, capture, tables);
  }

  /** This case with these features only. */
  public FuzzCase withFeatures(Set<Feature> wanted) {
    return new FuzzCase(seed, transactions, burst, wanted, capture, tables);
  }

  /** This case for the capture of this name. */
  public FuzzCase withCapture(String name) {
    return new FuzzCase(seed, transactions, burst, features, name, tables);
  }

  /** This case where only tables are captured whose names begin like this. */
  public FuzzCase withTables(String prefix) {
    return new FuzzCase(seed, transactions, burst, features, capture, prefix);
  }

  /** The options of {@code FuzzMain} that make this case. */
  public String arguments() {
    StringBuilder line = new StringBuilder();
    line.append("--seed ").append(seed);
    line.append(" --transactions ").append(transactions);
    line.append(" --burst ").append(burst);
    line.append(" --capture ").append(capture);
    if (!tables.isEmpty()) {
      line.append(" --tables ").append(tables);
    }
    for (Feature feature : Feature.values()) {
      if (!features.contains(feature)) {
        line.append(" --no-").append(feature.option());
      }
    }
    return line.toString();
  }

  /** The command that does this case again. */
  public String command() {
    return "java -cp bench/target/benchmarks.jar dev.waltap.testdata.FuzzMain " + arguments();
  }

  CaptureFactory factory() {
    return tables.isEmpty()
        ? Captures.named(capture)
        : Captures.named(capture, tables + "*", Markers.TABLE);
  }

  Predicate<String> captured() {
    return table -> table.startsWith(tables) || table.equals(Markers.TABLE);
  }
}
