// SPDX-License-Identifier: Apache-2.0
/** What a message broker's record says of a change: which kind of topic, key and value. */
@NullMarked
package dev.waltap.message;

import org.jspecify.annotations.NullMarked;
