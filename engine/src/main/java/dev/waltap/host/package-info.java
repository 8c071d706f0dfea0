/** What Linux says under {@code /proc} of mounts, locks, and this process; nothing elsewhere. */
@NullMarked
package dev.waltap.host;

import org.jspecify.annotations.NullMarked;
