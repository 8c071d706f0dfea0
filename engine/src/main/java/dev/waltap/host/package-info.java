// SPDX-License-Identifier: Apache-2.0
/**
 * The process, its threads and its files, and what Linux says under {@code /proc} of mounts and
 * locks.
 */
@NullMarked
package dev.waltap.host;

import org.jspecify.annotations.NullMarked;
