// SPDX-License-Identifier: Apache-2.0
/**
 * Changes on their way to the handler: staged on the capture thread, handed over through a bounded
 * queue, delivered in batches by the thread of whoever runs the capture.
 *
 * <pre>
 *   capture thread                                     caller's thread
 *   decode ──▶ StagedChanges ──▶ ChangeQueue ──▶ Delivery ──▶ handler
 *                 one owner       lock, bounded     one owner
 * </pre>
 */
@NullMarked
package dev.waltap.deliver;

import org.jspecify.annotations.NullMarked;
