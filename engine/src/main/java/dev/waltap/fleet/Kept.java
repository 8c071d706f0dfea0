// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.capture.Parked;
import org.jspecify.annotations.Nullable;

/**
 * What is kept in memory of a member that is parked, to catch up without being opened.
 *
 * @param selection what decides what it emits, as of then: {@link CaptureFactory#selection}
 * @param stamp what its files looked like before the capture ended, which any later write to them
 *     has changed; null if that is not known
 */
record Kept(Parked capture, String selection, @Nullable FileStamp stamp) {}
