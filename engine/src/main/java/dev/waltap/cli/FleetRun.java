// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.FleetBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetMember;
import dev.waltap.fleet.FleetEngine;
import dev.waltap.handler.Causes;
import dev.waltap.handler.ClosedPipeException;
import dev.waltap.text.Plural;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs the captures of many databases to their end or until a signal, as {@link CaptureRun} does
 * that of one.
 *
 * @param endless whether being stopped is their regular end
 * @param monitoring shows the captures to those who watch them
 * @param sources where databases are looked for, for people
 */
record FleetRun(
    Shell shell, Console console, boolean endless, Monitoring monitoring, String sources) {

  /**
   * Runs them.
   *
   * @param configure gives the fleet its databases and options; whether a database was captured
   *     before, it may ask
   * @param started gets what makes the fleet capture other databases, before it runs
   */
  int run(
      CaptureMode mode,
      MemberSinks sinks,
      BiConsumer<FleetBuilder, Predicate<FleetMember>> configure,
      Consumer<Consumer<CapturedDatabases>> started) {
    StopSignals signals = shell.signals();
    FleetConsole listener = new FleetConsole(console, endless, sources);
    FleetBuilder builder =
        Waltap.fleet().listener(monitoring.fleet(listener, sinks)).ignoring(sinks.files());
    if (sinks.areShared()) {
      builder.sharedOutput(sinks);
    } else {
      builder.outputs(sinks, sinks::isShared);
    }
    configure.accept(builder, listener::hasRun);
    try (Fleet fleet = builder.build()) {
      signals.onStop(
          () -> {
            sinks.stop();
            fleet.close();
          });
      if (fleet instanceof FleetEngine engine) {
        engine.onTick(listener::tick);
      }
      started.accept(databases -> change(fleet, databases));
      fleet.run(mode);
    } catch (RuntimeException e) {
      if (signals.received() == 0 || Causes.find(ClosedPipeException.class, e) != null) {
        throw e;
      }
      console.warning(String.valueOf(e.getMessage()));
    } finally {
      listener.ended();
    }
    int signal = signals.received();
    if (signal != 0 && !endless) {
      return ExitCode.ofSignal(signal);
    }
    if (!endless) {
      console.note(
          "done with "
              + Plural.of(listener.captured(), "database")
              + ", of which "
              + listener.failed()
              + " failed: delivered "
              + Plural.of(sinks.changes(), "change"));
    }
    return listener.exitCode(endless);
  }

  private static void change(Fleet fleet, CapturedDatabases databases) {
    if (fleet instanceof FleetEngine engine) {
      engine.change(databases.sources(), databases.mostOpen());
    }
  }
}
