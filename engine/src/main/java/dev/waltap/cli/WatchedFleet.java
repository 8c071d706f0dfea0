// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.monitor.DatabaseState;
import dev.waltap.monitor.Monitor;
import dev.waltap.monitor.MonitoredDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows the captures of many databases to those who watch, and passes on what it hears. A member
 * that was ready stays so while it is parked, opened again, or waits for its turn: nothing that is
 * committed meanwhile is lost. For any thread.
 */
final class WatchedFleet implements FleetListener {
  private final Monitor monitor;
  private final FleetListener next;
  private final Map<FleetMember, MonitoredDatabase> databases = new ConcurrentHashMap<>();
  private final Set<FleetMember> ready = ConcurrentHashMap.newKeySet();
  private final Set<FleetMember> failed = ConcurrentHashMap.newKeySet();

  WatchedFleet(Monitor monitor, FleetListener next) {
    this.monitor = monitor;
    this.next = next;
    monitor.looksForDatabases(true);
  }

  private MonitoredDatabase database(FleetMember member) {
    return databases.computeIfAbsent(
        member,
        added -> {
          MonitoredDatabase database = monitor.register(added.name());
          database.metrics(added::metrics);
          return database;
        });
  }

  /** A handler that also shows what it delivered. */
  ChangesHandler shown(FleetMember member, ChangesHandler handler) {
    return database(member).shown(handler);
  }

  @Override
  public void ready() {
    monitor.looksForDatabases(false);
    next.ready();
  }

  @Override
  public void searched(Path directory, @Nullable String problem) {
    monitor.isSearched(directory, problem == null);
    next.searched(directory, problem);
  }

  @Override
  public void counted(FleetMember member, CaptureMetrics counted) {
    database(member).counted(counted);
    next.counted(member, counted);
  }

  @Override
  public void moved(FleetMember member, MemberState from, MemberState to) {
    MonitoredDatabase database = database(member);
    switch (to) {
      case RUNNING -> {
        ready.add(member);
        failed.remove(member);
        database.state(DatabaseState.READY, null);
      }
      case PARKED -> database.state(DatabaseState.PARKED, null);
      case WAITING, OPENING -> {
        if (!ready.contains(member) && member.failure() == null) {
          database.state(DatabaseState.STARTING, null);
        }
      }
      case BACKING_OFF -> backsOff(member, database);
      case PARKING, ENDING -> {}
      case GONE -> forget(member, database);
    }
    next.moved(member, from, to);
  }

  /** One that was ready and only waits for descriptors, which is no failure, stays so. */
  private void backsOff(FleetMember member, MonitoredDatabase database) {
    CaptureException failure = member.failure();
    if (failure != null || !ready.contains(member)) {
      ready.remove(member);
      database.state(DatabaseState.RETRYING, why(failure));
    }
  }

  /** One that failed for good is shown until the command ends. */
  private void forget(FleetMember member, MonitoredDatabase database) {
    ready.remove(member);
    if (!failed.contains(member)) {
      databases.remove(member);
      database.close();
    }
  }

  @Override
  public void failed(FleetMember member, CaptureException failure, boolean retried) {
    if (!retried) {
      failed.add(member);
    }
    ready.remove(member);
    DatabaseState state = retried ? DatabaseState.RETRYING : DatabaseState.FAILED;
    MonitoredDatabase database = database(member);
    database.warned(why(failure));
    database.state(state, why(failure));
    next.failed(member, failure, retried);
  }

  private static String why(@Nullable CaptureException failure) {
    return failure == null ? "" : String.valueOf(failure.getMessage());
  }

  @Override
  public void note(FleetMember member, String message) {
    next.note(member, message);
  }

  @Override
  public void warning(FleetMember member, String message) {
    database(member).warned(message);
    next.warning(member, message);
  }

  @Override
  public void detail(FleetMember member, String message) {
    next.detail(member, message);
  }
}
