// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.MemberState;
import dev.waltap.cli.LogLine.Level;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FleetConsoleTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nanos = System.nanoTime();
  private final Console console =
      new Console(new PrintStream(err, true, UTF_8), false, false, false, () -> nanos);
  private final FleetConsole fleet = new FleetConsole(console, true, "/srv matches '*.db'");

  private static FakeMember member(int number) {
    return new FakeMember("below/tenant" + number + ".db");
  }

  private void fail(FakeMember member, String words) {
    fleet.failed(member, new CaptureException(Reason.FAILED, words), true);
  }

  private void lacksDescriptors(int number) {
    fail(
        member(number),
        member(number).database() + ": not captured: this process may have 120 open files");
  }

  private String said() {
    String text = err.toString(UTF_8);
    err.reset();
    return text;
  }

  private void seconds(int seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
    fleet.tick();
  }

  @Test
  void whatIsWrongWithManyDatabasesIsSaidOnceAndThenTheirNumber() {
    for (int i = 1; i <= 43; i++) {
      lacksDescriptors(i);
    }
    assertThat(said())
        .isEqualTo(
            "waltap: warning: /srv/below/tenant1.db: not captured: this process may have 120 open"
                + " files; the others continue, this one is tried again\n");
    seconds(1);
    assertThat(said())
        .isEqualTo(
            "waltap: warning: 42 more databases (--verbose names them): not captured: this process"
                + " may have 120 open files; tried again\n");
    seconds(100);
    assertThat(said()).isEmpty();
    lacksDescriptors(50);
    assertThat(said()).as("an hour of these is a few lines").startsWith("waltap: warning: below/");
    lacksDescriptors(51);
    lacksDescriptors(52);
    seconds(3);
    assertThat(said()).isEmpty();
    seconds(1);
    assertThat(said())
        .startsWith("waltap: warning: below/tenant51.db, below/tenant52.db: not captured: this ");
  }

  /** However many kinds there are: those of one that makes room for another are said then. */
  @Test
  void noWarningIsCountedInVain() {
    for (int i = 1; i <= 4; i++) {
      fleet.warning(member(i), "something is odd");
    }
    said();
    for (int kind = 0; kind < 1000; kind++) {
      fleet.warning(member(5), "page " + kind + " is odd");
    }
    assertThat(said())
        .contains(
            "waltap: warning: below/tenant2.db, below/tenant3.db, below/tenant4.db: something is"
                + " odd\n");
  }

  @Test
  void theReadyLineComesAfterAllThatItSpeaksOf() {
    for (int i = 1; i <= 12; i++) {
      FakeMember member = member(i);
      fleet.moved(member, MemberState.WAITING, MemberState.BACKING_OFF);
      lacksDescriptors(i);
    }
    said();
    fleet.ready();
    assertThat(said())
        .startsWith("waltap: warning: 11 more databases (--verbose names them): not captured")
        .endsWith(
            "waltap: ready, but no database can be captured yet, see above: each is tried again\n");
    lacksDescriptors(13);
    said();
    lacksDescriptors(14);
    fleet.ended();
    assertThat(said()).contains("below/tenant14.db: not captured");
  }

  @Test
  void whatDiffersIsSaidOfEach() {
    fail(member(1), "/srv/below/tenant1.db: is not in WAL mode");
    fail(member(2), "/srv/below/tenant2.db-wal: is not readable");
    fail(member(3), "/srv/below/tenant3.db: POST to http://h/ failed: HTTP 404");
    fail(member(4), "/srv/below/tenant4.db: POST to http://h/ failed: HTTP 500");
    assertThat(said().lines()).hasSize(4);
    fail(member(5), "/srv/below/tenant5.db-wal: is not readable");
    fail(member(6), "/srv/below/tenant6.db-wal: is not readable");
    assertThat(said()).isEmpty();
    seconds(1);
    assertThat(said())
        .isEqualTo(
            "waltap: warning: below/tenant5.db, below/tenant6.db: DB-wal: is not readable; tried"
                + " again\n");
  }

  /** Each of many databases has a handler of its own, which tries again by itself. */
  @Test
  void aReceiverThatIsDeadIsSaidOnceOfAllDatabases() {
    for (int i = 0; i < 20; i++) {
      console.outputWarning("POST to http://h/ failed: connection refused; trying again");
      console.outputWarning(
          "POST to http://h/ failed: connection refused; 1" + i + " attempts in 5 s");
    }
    assertThat(said().lines())
        .containsExactly(
            "waltap: warning: POST to http://h/ failed: connection refused; trying again",
            "waltap: warning: POST to http://h/ failed: connection refused; 10 attempts in 5 s");
    seconds(2);
    assertThat(said())
        .contains("waltap: warning: 19 more times: POST to http://h/ failed: connection refused;");
    nanos += TimeUnit.MINUTES.toNanos(11);
    seconds(0);
    console.outputWarning("POST to http://h/ failed: connection refused; trying again");
    assertThat(said()).as("another time").startsWith("waltap: warning: POST to");
  }

  @Test
  void eachIsSaidWhereDetailsAreWanted() {
    console.level(Level.DEBUG);
    for (int i = 1; i <= 12; i++) {
      fleet.warning(member(i), "something is odd");
    }
    seconds(1);
    assertThat(said().lines())
        .hasSize(12)
        .contains("waltap: warning: below/tenant12.db: something is odd");
  }

  @Test
  void aLineAboutOneDatabaseNamesItAlsoInJson() {
    console.writeJson();
    fleet.warning(member(1), "something is odd");
    fleet.warning(member(2), "something is odd");
    seconds(1);
    assertThat(said())
        .contains("\"database\":\"below/tenant1.db\",\"message\":\"below/tenant1.db: something")
        .contains("\"database\":\"below/tenant2.db\",\"message\":\"below/tenant2.db: something");
    fleet.warning(member(3), "something is odd");
    fleet.warning(member(4), "something is odd");
    seconds(100);
    assertThat(said()).doesNotContain("\"database\"").contains("tenant3.db, below/tenant4.db: so");
  }

  @Test
  void aNameIsNotTakenForAPartOfAWord() {
    fleet.warning(new FakeMember("a"), "a: at any rate, a file is missing");
    fleet.warning(new FakeMember("b"), "b: at any rate, a file is missing");
    seconds(1);
    assertThat(said()).contains("b: at any rate");
  }
}
