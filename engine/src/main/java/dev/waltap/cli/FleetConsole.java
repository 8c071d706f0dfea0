// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.io.FileNames;
import dev.waltap.text.Plural;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says on standard error how the captures of many databases go, a line each that names its
 * database, and what that makes the exit code. Any thread.
 */
final class FleetConsole implements FleetListener {
  private static final int MOST_NAMED = 10;

  /** Stands for a database in what is said of several. */
  private static final String DATABASE = "DB";

  private final Console console;
  private final Map<String, Reason> failing = new ConcurrentHashMap<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  private final Set<String> ran = ConcurrentHashMap.newKeySet();

  private final String sources;
  private final boolean endless;

  /**
   * What is said of a fleet.
   *
   * @param endless whether what fails is tried again, rather than left out
   * @param sources where databases are looked for, as {@code /srv matches '*.db'}
   */
  FleetConsole(Console console, boolean endless, String sources) {
    this.console = console;
    this.endless = endless;
    this.sources = sources;
    console.mergeAlike();
  }

  /** Says what is true of those that were found: there may be none, or none that works. */
  @Override
  public void ready() {
    console.writeAlike(true);
    int bad = failing.size();
    if (!seen.isEmpty()) {
      console.note(found());
    }
    if (seen.isEmpty()) {
      console.ready(
          "ready, waiting for databases: none yet in "
              + sources
              + "; one that appears is captured from its first row on");
    } else if (bad == 0) {
      console.ready(Console.READY);
    } else if (bad == seen.size()) {
      console.ready(
          "ready, but no database can be captured"
              + (endless ? " yet, see above: each is tried again" : ", see above"));
    } else {
      console.ready(
          Console.READY
              + ", but for "
              + Plural.of(bad, "database")
              + " that can't be captured"
              + (endless ? " yet" : "")
              + ", see above");
    }
  }

  private String found() {
    List<String> names = new ArrayList<>(seen);
    names.sort(null);
    int more = names.size() - MOST_NAMED;
    return "found "
        + Plural.of(names.size(), "database")
        + ": "
        + String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())))
        + (more > 0 ? " and " + more + " more" : "");
  }

  @Override
  public void searched(Path directory, @Nullable String problem) {
    String name = FileNames.text(directory);
    if (problem == null) {
      console.note(name + " can be searched again: the databases in it are captured");
    } else {
      console.warning(
          name
              + " can't be searched for databases any more: "
              + problem
              + ": nothing in it is captured until it is there again; check the path");
    }
  }

  @Override
  public void moved(FleetMember member, MemberState from, MemberState to) {
    seen.add(member.name());
    if (to == MemberState.RUNNING) {
      ran.add(member.name());
      failing.remove(member.name());
    }
  }

  /** Says what it is time for; to be called some times a second, whether or not anything passes. */
  void tick() {
    console.writeAlike(false);
  }

  @Override
  public void failed(FleetMember member, CaptureException failure, boolean retried) {
    failing.put(member.name(), failure.reason());
    String lost =
        retried && member.stateDirectory() == null
            ? "; it has no state: what is changed until then is not delivered"
            : "";
    String words = String.valueOf(failure.getMessage());
    String message =
        named(member, words)
            + (retried ? "; the others continue, this one is tried again" + lost : "");
    String alike = unnamed(member, words) + (retried ? "; tried again" + lost : "");
    console.about(
        member.name(),
        () -> {
          console.warning(member.name(), message, alike);
          console.stackTrace(failure);
        });
  }

  @Override
  public void note(FleetMember member, String message) {
    console.about(member.name(), () -> console.note(named(member, message)));
  }

  @Override
  public void warning(FleetMember member, String message) {
    console.about(
        member.name(),
        () -> console.warning(member.name(), named(member, message), unnamed(member, message)));
  }

  @Override
  public void detail(FleetMember member, String message) {
    console.about(member.name(), () -> console.detail(named(member, message)));
  }

  private static String named(FleetMember member, String message) {
    return message.contains(member.name()) ? message : member.name() + ": " + message;
  }

  /** The same of any database: what others say of theirs is equal to it. */
  private static String unnamed(FleetMember member, String message) {
    String text = message.replace(FileNames.text(member.database()), DATABASE);
    Pattern name = Pattern.compile("(?<![\\w.])" + Pattern.quote(member.name()) + "(?!\\w)");
    text = name.matcher(text).replaceAll(DATABASE);
    return text.startsWith(DATABASE + ": ") ? text.substring(DATABASE.length() + 2) : text;
  }

  /** Says what was not said yet: nothing follows. */
  void ended() {
    console.writeAlike(true);
  }

  /** Whether it has been captured before. */
  boolean hasRun(FleetMember member) {
    return ran.contains(member.name());
  }

  /** How many databases there were. */
  int captured() {
    return seen.size();
  }

  /** How many of them failed, and did not recover. */
  int failed() {
    return failing.size();
  }

  /**
   * The worst of all.
   *
   * @param endless whether to be stopped is the regular end; only a gap that must not be closed
   *     counts then
   */
  int exitCode(boolean endless) {
    int worst = ExitCode.OK;
    for (Reason reason : failing.values()) {
      int code = reason == Reason.GAP ? ExitCode.GAP : endless ? ExitCode.OK : ExitCode.FAILED;
      worst = Math.max(worst, code);
    }
    return worst;
  }
}
