// SPDX-License-Identifier: Apache-2.0
/**
 * What an output in a jar of its own gives, and what it is given: Kafka, and others with large
 * clients; and the rules for the saved state against the position that such an output keeps.
 */
@NullMarked
package dev.waltap.output;

import org.jspecify.annotations.NullMarked;
