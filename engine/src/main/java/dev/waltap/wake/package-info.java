// SPDX-License-Identifier: Apache-2.0
/** When to look for commits: polling, file watching, timers, and any of them together. */
@NullMarked
package dev.waltap.wake;

import org.jspecify.annotations.NullMarked;
