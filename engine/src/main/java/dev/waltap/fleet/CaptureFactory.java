// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.WakeSignal;
import java.util.function.UnaryOperator;

/** Makes the captures of a fleet's members. */
@FunctionalInterface
public interface CaptureFactory {

  /**
   * A capture of this member that nothing has run yet.
   *
   * @param signals has to be put around the wake signal of the capture
   * @param listener is to be notified of how it goes
   */
  ChangeDataCapture open(
      FleetMember member,
      MemberOutput output,
      UnaryOperator<WakeSignal> signals,
      CaptureListener listener);
}
