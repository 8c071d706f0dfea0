// SPDX-License-Identifier: Apache-2.0
/** A shop whose application writes, and a show of each transaction beside the events it gave. */
@NullMarked
package dev.waltap.demo;

import org.jspecify.annotations.NullMarked;
