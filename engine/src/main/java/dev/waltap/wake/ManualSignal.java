// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

/** Looks when it is woken. */
final class ManualSignal extends ParkingSignal {
  @Override
  long pause(long now) {
    return Long.MAX_VALUE;
  }
}
