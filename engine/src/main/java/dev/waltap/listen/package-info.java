// SPDX-License-Identifier: Apache-2.0
/**
 * Serves changes over HTTP as server-sent events, to any number of clients, each of which may go on
 * where it was as long as what follows is still kept.
 */
@NullMarked
package dev.waltap.listen;

import org.jspecify.annotations.NullMarked;
