// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.api.CaptureException;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a fleet says where nobody listens. */
final class LoggingFleetListener implements FleetListener {
  private final Logger logger = System.getLogger(LoggingListener.LOGGER);

  @Override
  public void ready() {
    logger.log(Level.INFO, "ready: every later commit will be emitted");
  }

  @Override
  public void searched(Path directory, @Nullable String problem) {
    if (problem == null) {
      logger.log(Level.INFO, directory + " can be searched for databases again");
    } else {
      logger.log(
          Level.WARNING, directory + " can't be searched for databases any more: " + problem);
    }
  }

  @Override
  public void failed(FleetMember member, CaptureException failure, boolean retried) {
    log(Level.WARNING, member, failure.getMessage() + (retried ? "; tried again" : ""));
  }

  @Override
  public void note(FleetMember member, String message) {
    log(Level.INFO, member, message);
  }

  @Override
  public void warning(FleetMember member, String message) {
    log(Level.WARNING, member, message);
  }

  @Override
  public void detail(FleetMember member, String message) {
    log(Level.DEBUG, member, message);
  }

  private void log(Level level, FleetMember member, String message) {
    logger.log(level, message.contains(member.name()) ? message : member.name() + ": " + message);
  }
}
