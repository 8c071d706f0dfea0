// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.acceptance;

import java.sql.Connection;
import java.time.Duration;

/** A capture with an oracle behind it. Used from one thread; closing it ends the capture. */
public interface Judge extends AutoCloseable {

  /** Waits until everything up to this marker is emitted, and judged. */
  void awaitMarker(long marker, Duration limit) throws Exception;

  /** Demands that replica and source are equal; nothing may be written meanwhile. */
  void compareWith(Connection source) throws Exception;

  /** Transactions emitted so far. */
  long transactions();

  /** Changes emitted so far. */
  long changes();

  /** How often history was lost so far. */
  long gaps() throws Exception;

  @Override
  void close() throws Exception;
}
