// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.capture.Parked;

/**
 * What is kept in memory of a member that is parked, to catch up without being opened.
 *
 * @param selection what decides what it emits, as of then: {@link CaptureFactory#selection}
 */
record Kept(Parked capture, String selection) {}
