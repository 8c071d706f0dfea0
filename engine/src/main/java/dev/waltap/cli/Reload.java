// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ParameterException;

/**
 * What SIGHUP does: reopens output files, and reads the file of options again, if there is one. All
 * of it is checked as at the start; if anything is wrong, nothing is changed. What can't change
 * while a capture runs is named in one warning. For any thread, one at a time.
 */
final class Reload implements Runnable {

  /** Whose files are read again, whatever has changed. */
  private static final Set<String> FILES =
      Set.of("--header", "--hmac-key", "--listen-token", "--metrics-token");

  private static final String LEVEL = "--log-level";

  private static final Set<String> DATABASES =
      Set.of("--database", "--directory", "--match", "--recursive");

  /** What of a fleet can change. */
  private static final Set<String> OF_FLEETS =
      Set.of("--database", "--directory", "--match", "--recursive", "--max-open");

  /** The capture that runs. */
  interface Running {

    /** Whether it is one of many databases. */
    boolean isFleet();

    /**
     * Checks other options, and touches nothing.
     *
     * @param refused gets the names of those that can't take effect
     * @return what makes them take effect
     */
    List<Runnable> prepare(CaptureCommand other, Set<String> refused) throws IOException;
  }

  private final CaptureCommand command;
  private final Console console;
  private final Runnable reopen;
  private final Running running;

  /** What is in effect. */
  private final Map<String, List<String>> values;

  /**
   * For a command that runs.
   *
   * @param settings has the file of options
   * @param reopen reopens output files
   */
  Reload(
      CaptureCommand command,
      Settings settings,
      Console console,
      Runnable reopen,
      Running running) {
    this.command = command;
    this.console = console;
    this.reopen = reopen;
    this.running = running;
    this.values = new HashMap<>(settings.values());
  }

  @Override
  public synchronized void run() {
    reopen.run();
    Invocation invocation = new Invocation(command.shell(), command.arguments());
    try {
      CaptureCommand other = (CaptureCommand) invocation.command();
      Settings read = Objects.requireNonNull(other.settings());
      Set<String> refused = new TreeSet<>();
      List<Runnable> prepared = running.prepare(other, refused);
      Map<String, List<String>> now = read.values();
      Set<String> changed = changed(now);
      changed.forEach(
          name -> {
            if (!canChange(name)) {
              refused.add(name);
            }
          });
      prepared.forEach(Runnable::run);
      if (changed.contains(LEVEL)) {
        console.level(other.level());
      }
      changed.removeAll(refused);
      changed.forEach(name -> keep(name, now));
      report(String.valueOf(read.file() == null ? "" : read.file().name()), changed, refused);
    } catch (ParameterException e) {
      refuse(invocation.line(e));
    } catch (IOException | CaptureException | IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  private boolean canChange(String name) {
    return name.equals(LEVEL)
        || FILES.contains(name)
        || (running.isFleet() && OF_FLEETS.contains(name));
  }

  private void keep(String name, Map<String, List<String>> now) {
    List<String> value = now.get(name);
    if (value == null) {
      values.remove(name);
    } else {
      values.put(name, value);
    }
  }

  private Set<String> changed(Map<String, List<String>> now) {
    Set<String> names = new TreeSet<>(values.keySet());
    names.addAll(now.keySet());
    names.removeIf(name -> Objects.equals(values.get(name), now.get(name)));
    if (command.databases().areTyped(command)) {
      names.removeAll(DATABASES); // Those of the file don't count.
    }
    return names;
  }

  private void refuse(String why) {
    console.warning(
        why
            + ": nothing was changed, and the options stay as they were: put that right, and send"
            + " SIGHUP again");
  }

  private void report(String file, Set<String> changed, Set<String> refused) {
    console.note(
        "options read again from "
            + file
            + (changed.isEmpty() ? "" : ", and changed: " + String.join(", ", changed)));
    if (!refused.isEmpty()) {
      List<String> names = new ArrayList<>(refused);
      console.warning(
          String.join(", ", names)
              + (names.size() == 1 ? " has" : " have")
              + " changed in "
              + file
              + ", which takes effect with the next start only: stop the capture, and start it"
              + " again");
    }
  }
}
