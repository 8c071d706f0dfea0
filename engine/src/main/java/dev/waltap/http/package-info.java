// SPDX-License-Identifier: Apache-2.0
/** Posts batches of changes to an address, by HTTP. */
@NullMarked
package dev.waltap.http;

import org.jspecify.annotations.NullMarked;
