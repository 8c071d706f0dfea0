// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.fuzz.Selection.Place;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The statements of a case, made without a capture: they follow from its seed alone. So any of them
 * can be left out, and the others stay what they are.
 *
 * @param setup the database before them
 * @param bootstrap whether the capture starts with a bootstrap
 * @param steps each step's statements: those of step 0 run before the capture starts
 * @param groups which of the others, from step 1, are compared together
 */
record Script(Setup setup, boolean bootstrap, List<List<Sql>> steps, List<Steps.Group> groups) {

  /**
   * Makes it.
   *
   * @param lastStep how far: to the end of this one's group
   */
  static Script of(FuzzCase fuzzed, int lastStep) throws Exception {
    Random random = new Random(fuzzed.seed());
    Setup setup = Setup.random(random, fuzzed.features());
    List<List<Sql>> statements = new ArrayList<>();
    List<Steps.Group> groups = new ArrayList<>();
    try (TestDatabase database = setup.create();
        Connection observer = database.open()) {
      Snapshot empty = new SnapshotReader(observer, table -> true).read();
      try (RandomSteps steps = new RandomSteps(fuzzed, random, setup, database, empty)) {
        statements.add(steps.statements());
        boolean bootstrap = random.nextBoolean();
        new Rounds(steps, observer, fuzzed.captured())
            .run(
                new Rounds.Watcher() {
                  @Override
                  public boolean starts(Steps.Group group) {
                    return statements.size() <= lastStep && groups.add(group);
                  }

                  @Override
                  public void stepped() {
                    statements.add(steps.statements());
                  }
                });
        return new Script(setup, bootstrap, statements, groups);
      }
    }
  }

  /** Where there are statements, in order. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (int step = 0; step < steps.size(); step++) {
      for (int i = 0; i < steps.get(step).size(); i++) {
        places.add(new Place(step, i));
      }
    }
    return places;
  }

  Selection selection(List<Place> places) {
    return Selection.of(places, steps.stream().map(List::size).toList());
  }
}
