// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.WakeSignal;
import dev.waltap.capture.CaptureEngine;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes the captures of a fleet's members. */
public interface CaptureFactory {

  /**
   * A capture that was made.
   *
   * @param selection as by {@link #selection}, of this capture
   */
  record Opened(CaptureEngine capture, @Nullable String selection) {}

  /**
   * A capture of this member that nothing has run yet, and its selection, as of then. For the
   * member's thread.
   *
   * @param signals has to be put around the wake signal of the capture
   * @param listener is to be notified of how it goes
   */
  Opened open(
      FleetMember member,
      MemberOutput output,
      UnaryOperator<WakeSignal> signals,
      CaptureListener listener);

  /**
   * What decides, beside the database and its state, what a capture of this member would emit when
   * it is opened: its tables, above all. As long as the text is the same, nothing does. For the
   * fleet's thread, of members that are not open.
   *
   * @return null where it may emit something each time
   */
  @Nullable String selection(FleetMember member);
}
